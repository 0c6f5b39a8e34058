"""How far a series can be foretold, by networks that forecast changes, and by rules that are to be beaten."""

import math

import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.config.sequences import SequenceConfig
from dlcore.data.sequences import load
from dlcore.errors import InvalidValue
from dlcore.inspect import forecasts
from dlcore.inspect.horizon import holds, horizon
from dlcore.inspect.recurrent import answers, examples, saliency
from dlcore.models.build import build


def test_a_network_that_forecasts_the_change_adds_it_to_the_last_value_everywhere():
    config = RunConfig.of("gru", {"name": "sines", "window": 16}, model={"hidden": 6, "layers": 1, "residual": True})
    model, data = build(config).eval(), load(config.data, 0)
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.fill_(0.25)
    batch = examples(data, count=2)
    torch.testing.assert_close(model(batch.inputs), batch.inputs + 0.25)
    torch.testing.assert_close(answers(model, batch.inputs), batch.inputs + 0.25)
    start = data.bounds[1]
    free = forecasts.free_run(model, data, start, 4)
    torch.testing.assert_close(free, data.values[start - 1] + 0.25 * torch.arange(1, 5))
    assert saliency(model, batch.inputs[0]).tolist() == [0.0] * 15 + [1.0]
    with pytest.raises(InvalidValue, match="residual is for forecasts of a series"):
        RunConfig.of("gru", {"name": "signals"}, model={"residual": True})


def test_a_series_with_a_season_has_a_rule_that_repeats_its_changes():
    monthly = "\n".join(str(100 + step + 30 * math.sin(math.pi * step / 6)) for step in range(144))
    found = forecasts.seasonal(load(SequenceConfig("series", text=monthly, window=24), 0))
    assert found.lag == 12
    assert found.validation == pytest.approx(0, abs=1e-9)
    torch.manual_seed(0)
    walk = "\n".join(map(str, torch.randn(144).cumsum(0).tolist()))
    assert forecasts.seasonal(load(SequenceConfig("series", text=walk, window=24), 0)) is None


def test_a_forecast_holds_until_its_first_step_that_is_too_far_off():
    truth = torch.zeros(4, 5)
    said = torch.tensor([[0.1, 0.4, 0.5, 0.0, 0.0], [0.5, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0.3, torch.nan, 0, 0, 0]])
    assert holds(truth, said).tolist() == [2, 0, 5, 1]
    assert holds(truth, said, deviation=2.0).tolist() == [5, 5, 5, 1]


def test_the_valid_prediction_time_is_that_of_single_forecasts():
    torch.manual_seed(3)
    model = build(RunConfig.of("lstm", {"name": "sines", "window": 64}, model={"hidden": 6, "layers": 1})).eval()
    data = load(model.config.data, 0)
    found = horizon(model, data)
    assert (len(found.steps), found.most) == (50, 200)
    begin = data.bounds[1]
    alone = forecasts.free_run(model, data, begin, 200)
    assert found.steps[0] == holds(data.values[None, begin : begin + 200], alone[None])
    assert found.linear.float().median() == 200  # waves without noise are a weighted sum of what was before
