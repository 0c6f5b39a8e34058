"""Inside of recurrent networks: the formulas that run, gradients that are real, texts that can be written again."""

import math
import re

import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.config.sequences import CELLS, SequenceConfig
from dlcore.data.sequences import load
from dlcore.errors import InvalidValue
from dlcore.inspect import forecasts, writing
from dlcore.inspect.recurrent import answers, dataset, examples, gradient_by_distance, loss_at_end, saliency
from dlcore.inspect.terms import terms
from dlcore.inspect.unroll import GATES, SIGNALS, trace
from dlcore.models.build import build

OWN = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. 🙂 (x) " * 6


def network(cell: str = "lstm", data: str = "signals", **model):
    preset = "char" if data in ("own", "topics") else "lstm"
    values = {"name": data, "window": 16, "delay": 12} | ({"text": OWN} if data == "own" else {})
    torch.manual_seed(3)
    config = RunConfig.of(preset, values, model={"cell": cell, "hidden": 6, "layers": 2, **model})
    return build(config).eval()


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_the_formulas_give_what_torch_s_own_cells_give(cell, bidirectional):
    model = network(cell, bidirectional=bidirectional)
    inputs = torch.randn(10, 10)
    seen = trace(model, inputs)
    outputs, state = model.layers(inputs[None])
    torch.testing.assert_close(seen.states[-1], outputs[0], rtol=0, atol=1e-6)
    last = state[0] if isinstance(state, tuple) else state
    for place, layer in enumerate(seen.layers):
        end = 0 if layer.backwards else -1
        assert list(layer.values) == list(SIGNALS[cell])
        torch.testing.assert_close(layer.hidden[end], last[place, 0], rtol=0, atol=1e-6)
        if cell == "lstm":
            torch.testing.assert_close(layer.values["cell"][end], state[1][place, 0], rtol=0, atol=1e-6)


def test_the_gates_are_those_of_torch_s_lstm_cell_step_by_step():
    model = network()
    inputs = torch.randn(10, 10)
    layer = trace(model, inputs).layers[0]
    cell = torch.nn.LSTMCell(10, 6)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data.copy_(getattr(model.layers, f"{name}_l0"))
    hidden, kept = torch.zeros(1, 6), torch.zeros(1, 6)
    for step in range(10):
        hidden, kept = cell(inputs[step : step + 1], (hidden, kept))
        torch.testing.assert_close(layer.hidden[step], hidden[0], rtol=0, atol=1e-6)
        torch.testing.assert_close(layer.values["cell"][step], kept[0], rtol=0, atol=1e-6)
    for name, value in layer.values.items():
        if name in GATES:
            assert ((value > 0) & (value < 1)).all()


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_unit_s_formulas_show_the_numbers_that_make_its_values(cell, bidirectional):
    model = network(cell, bidirectional=bidirectional)
    for layer in trace(model, torch.randn(10, 10)).layers:
        for step, unit in ((0, 0), (4, 3), (9, 5)):
            found = terms(layer, step, unit)
            assert [term.name for term in found] == list(SIGNALS[cell])[: len(found)] or cell == "lstm"
            for term in found:
                assert term.value == pytest.approx(layer.values[term.name][step, unit].item())
                assert term.numbers.endswith(f"= {term.value:.3f}")
                assert evaluated(term.numbers) == pytest.approx(term.value, abs=4e-3)


def evaluated(latex: str) -> float:
    """The middle part of `letter = expression = value`, as Python computes it."""
    text = latex.split(" = ")[1].replace(r"\cdot", "*")
    for mark in (r"\sigma", r"\tanh", r"\mathrm{ReLU}"):
        text = text.replace(mark, mark.strip("\\").replace("mathrm{ReLU}", "relu"))
    scope = {"sigma": lambda x: 1 / (1 + math.exp(-x)), "tanh": math.tanh, "relu": lambda x: max(0.0, x)}
    return eval(text, {"__builtins__": {}}, scope)


@pytest.mark.parametrize(("step", "unit", "sentence"), [
    (10, 0, "step must be a whole number from 0 to 9, got 10"), (0, 6, "unit must be a whole number from 0 to 5"),
    (True, 0, "step"), (0, -1, "unit"), (1.0, 0, "step"),
])  # fmt: skip
def test_steps_and_units_that_there_are_not_are_a_sentence(step, unit, sentence):
    layer = trace(network(), torch.randn(10, 10)).layers[0]
    with pytest.raises(InvalidValue, match=sentence):
        terms(layer, step, unit)


def test_an_empty_sequence_is_a_sentence():
    with pytest.raises(InvalidValue, match="at least one step"):
        trace(network(), torch.empty(0, 10))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_answer_after_each_step_is_what_the_network_says_of_that_beginning(bidirectional):
    model = network(bidirectional=bidirectional)
    inputs = torch.randn(3, 10, 10)
    found = answers(model, inputs)
    assert found.shape == (3, 10, 10)
    for end in (1, 4, 10):
        torch.testing.assert_close(found[:, end - 1], model(inputs[:, :end]).softmax(1), rtol=0, atol=1e-6)


def test_an_image_is_answered_row_by_row():
    found = answers(network(data="mnist"), torch.randn(2, 1, 28, 28))
    assert found.shape == (2, 28, 10)
    assert torch.allclose(found.sum(2), torch.ones(2, 28))


@pytest.mark.parametrize("cell", CELLS)
def test_saliency_is_the_norm_of_finite_differences(cell):
    model = network(cell).double()
    inputs = torch.randn(10, 10, dtype=torch.float64)
    target, small = 4, 1e-6
    moved = inputs + small * torch.eye(100, dtype=torch.float64).view(100, 10, 10)
    slopes = (model(moved)[:, target] - model(inputs[None])[0, target]) / small
    torch.testing.assert_close(saliency(model, inputs, target), slopes.view(10, 10).norm(dim=1), rtol=1e-3, atol=1e-6)
    with pytest.raises(InvalidValue, match="target must be a class from 0 to 9, got 10"):
        saliency(model, inputs, 10)


def test_looking_leaves_the_network_as_it_is():
    model = network().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    batch = examples(dataset(model.config), "validation", 3)
    answers(model, batch.inputs)
    saliency(model, batch.inputs[0])
    gradient_by_distance(model, batch.inputs, batch.targets)
    trace(model, batch.inputs[0])
    assert model.training
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_by_distance_are_those_of_the_states(cell):
    """Against finite differences of the loss when the hidden state after one step is nudged."""
    model = network(cell, data="adding", layers=1).double()
    batch = examples(dataset(model.config), count=1)
    inputs, targets = batch.inputs.double(), batch.targets.double()
    found = gradient_by_distance(model, inputs, targets)
    assert found.distance.tolist() == list(range(12))
    for distance in (0, 1, 5):
        cut, small = 12 - distance, 1e-6
        _, state = model.layers(inputs[:, :cut])
        slopes = []
        for unit in range(6):
            losses = []
            for way in (-small, small):
                hidden = (state[0] if isinstance(state, tuple) else state).clone()
                hidden[0, 0, unit] += way
                nudged = (hidden, state[1]) if isinstance(state, tuple) else hidden
                last = model.layers(inputs[:, cut:], nudged)[0][:, -1] if distance else hidden[-1]
                losses.append(loss_at_end(model, model.answer(last, inputs[:, -1]), targets).item())
            slopes.append((losses[1] - losses[0]) / (2 * small))
        assert found.hidden[distance].item() == pytest.approx(math.hypot(*slopes), rel=1e-3, abs=1e-7)
    assert (found.state >= found.hidden - 1e-9).all()
    assert torch.equal(found.state, found.hidden) == (cell != "lstm")


def test_one_step_has_no_distance_but_its_own():
    model = network("gru")
    found = gradient_by_distance(model, torch.randn(3, 1, 10), torch.tensor([0, 1, 2]))
    assert found.distance.tolist() == [0]
    assert found.state.item() > 0


def test_gradients_by_distance_are_not_for_networks_that_read_both_ways():
    model = network(bidirectional=True)
    batch = examples(dataset(model.config), count=2)
    with pytest.raises(InvalidValue, match="forwards only"):
        gradient_by_distance(model, batch.inputs, batch.targets)


@pytest.mark.parametrize("data", ["signals", "recall", "adding", "sines", "own", "digits"])
def test_every_task_can_be_looked_into(data):
    model = network(data=data)
    batch = examples(dataset(model.config), count=2)
    steps = model.read(batch.inputs).shape[1]
    assert answers(model, batch.inputs).shape[:2] == (2, steps)
    assert saliency(model, batch.inputs[0]).shape == (steps,)
    assert gradient_by_distance(model, batch.inputs, batch.targets).state.shape == (steps,)
    assert trace(model, batch.inputs[0]).states.shape == (2, steps, 6)


# Series


def test_the_linear_baseline_is_least_squares():
    values = torch.randn(200)
    rule = forecasts.Linear.fit(values, 3)
    table = torch.cat((values.unfold(0, 3, 1)[:-1], torch.ones(197, 1)), dim=1).double()
    left = table @ torch.cat((rule.weights, torch.tensor([rule.bias], dtype=torch.float64))) - values[3:].double()
    assert (table.T @ left).abs().max() < 1e-9
    assert rule.one_step(values, 0, 5)[:3].isnan().all()
    torch.testing.assert_close(rule.one_step(values, 50, 60).double(), (values[50:60].double() + left[47:57]))


def test_a_trend_that_leads_out_of_the_training_part_is_counted():
    rising = "\n".join(str(100 + step) for step in range(100))
    found = forecasts.beyond(load(SequenceConfig("series", text=rising, window=8), 0))
    assert (found.outside, found.count) == (15, 15)
    assert (found.low, found.high) == pytest.approx((100, 169))
    assert forecasts.beyond(load(SequenceConfig("sines"), 0)).outside == 0


def test_a_forecast_starts_from_the_truth_and_then_feeds_on_itself():
    model = network(data="sines")
    data = load(model.config.data, 0)
    window, start = data.train.length, data.bounds[0]
    found = forecasts.forecast(model, data, horizon=30)
    assert found.time.tolist() == list(range(start - window, start + 30))
    assert found.free[:window].isnan().all()
    own = (data.values.double() * data.deviation + data.mean).float()
    torch.testing.assert_close(found.truth, own[found.time])
    torch.testing.assert_close(found.naive, own[found.time - 1])
    torch.testing.assert_close(found.free[window], found.one_step[window], rtol=0, atol=1e-5)
    said = list(data.values[start - window : start])
    for step in range(4):
        said.append(model(torch.stack(said).view(1, -1, 1))[0, -1, 0].detach())
        expected = said[-1] * data.deviation + data.mean
        assert found.free[window + step].item() == pytest.approx(expected.item(), abs=1e-4)


def test_a_forecast_goes_beyond_the_end_of_the_series():
    model = network(data="sines")
    data = load(model.config.data, 0)
    found = forecasts.forecast(model, data, start=len(data.values), horizon=10)
    assert found.truth[-10:].isnan().all()
    assert found.one_step[-10:].isnan().all()
    assert found.free[-10:].isfinite().all()
    assert found.linear_free[-10:].isfinite().all()
    for start, horizon in ((0, 10), (len(data.values) + 1, 10), (500, 0), (500, 10**9), (True, 5)):
        with pytest.raises(InvalidValue, match="must be a whole number from"):
            forecasts.forecast(model, data, start, horizon)


def test_sequences_with_one_answer_each_are_not_forecast():
    model = network(data="signals")
    with pytest.raises(InvalidValue, match="forecasts are made of a series"):
        forecasts.forecast(model, load(model.config.data, 0))


# Texts


def test_a_continuation_is_the_same_for_the_same_seed_and_another_for_another():
    model = network(data="own")
    first, again, other = (writing.continuation(model, "Zwölf", 60, 1.0, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first) == 60
    assert set(first) <= set(OWN)


def test_a_low_temperature_takes_the_likeliest_character():
    model = network(data="own")
    likely = writing.next_characters(model, "Boxkämpfer jagen", 1.0)
    assert writing.continuation(model, "Boxkämpfer jagen", 1, 0.05, 7) == likely[0][0] or likely[0][1] < 0.2
    assert sum(share for _, share in likely) == pytest.approx(1)
    assert [share for _, share in likely] == sorted((share for _, share in likely), reverse=True)
    cold, hot = (writing.next_characters(model, "jagen", each)[0][1] for each in (0.1, 5.0))
    assert cold > likely[0][1] > hot


def test_probabilities_at_a_temperature_are_the_softmax_of_scaled_logits():
    logits = torch.tensor([9.0, 1.0, 2.0])
    shares = writing.distribution(logits, 0.5)
    assert shares[0] == 0, "the mark for unknown characters is never written"
    torch.testing.assert_close(shares[1:], torch.tensor([2.0, 4.0], dtype=torch.float64).softmax(0))


def test_a_network_that_diverged_still_writes_something():
    model = network(data="own")
    model.output.weight.data.fill_(math.nan)
    assert set(writing.continuation(model, "a", 20)) <= set(OWN)


@pytest.mark.parametrize("prompt", ["", "x", "日本語\U0001f600\ud800", "a\x00b", "y" * 100_000, "\n\n"])
def test_any_prompt_is_continued(prompt):
    assert len(writing.continuation(network(data="own"), prompt, 5)) == 5


@pytest.mark.parametrize(("values", "sentence"), [
    ({"temperature": 0.0}, "temperature must be between 0.05 and 5, got 0.0: try 0.8"),
    ({"temperature": math.nan}, "temperature"), ({"temperature": "hot"}, "temperature"),
    ({"count": 0}, "count must be a whole number from 1 to 2,000, got 0: try 240"), ({"count": 10**9}, "count"),
])  # fmt: skip
def test_ways_to_write_that_there_are_not_are_a_sentence(values, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        writing.continuation(network(data="own"), "Zwölf", **values)


def test_only_networks_that_read_texts_write():
    for call in (writing.next_characters, writing.continuation, writing.activations):
        with pytest.raises(InvalidValue, match="did not learn to write"):
            call(network(), "a")


def test_activations_colour_a_text_unit_by_unit():
    model = network(data="own")
    found = writing.activations(model, "Viktor 🙂")
    assert found.shape == (8, 2, 6)
    outputs, _ = model.layers(model.read(model.alphabet.encode("Viktor 🙂")[None]))
    torch.testing.assert_close(found[:, -1], outputs[0], rtol=0, atol=1e-6)


def test_a_temperature_turns_even_infinite_logits_into_probabilities():
    shares = writing.distribution(torch.tensor([0.0, torch.inf, 1.0, -torch.inf]), 0.05)
    assert shares.tolist() == [0.0, 1.0, 0.0, 0.0]


def test_the_first_words_to_read_are_those_of_the_test_part():
    lines = [f"zeile {number} ist hier zu ende" for number in range(100)]
    config = SequenceConfig("own", text="\n".join(lines))
    shown = writing.unseen(config, 20)
    assert shown in "\n".join(lines[90:])
    assert re.fullmatch(r"zeile 9\d ist hier ", shown)
    assert writing.unseen(SequenceConfig("own", text="字文" * 150), 20) == "字文" * 10
