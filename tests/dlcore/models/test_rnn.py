"""Recurrent networks: sizes, formulas, truncated backpropagation, reading both ways."""

import pytest
import torch
from torch import nn

from dlcore.config.run import RunConfig
from dlcore.config.sequences import CELLS, RecurrentConfig
from dlcore.errors import InvalidValue
from dlcore.models import files
from dlcore.models.build import build
from dlcore.models.rnn import SimpleGated
from dlcore.use.classifier import Classifier

OWN = "the quick brown fox jumps over the lazy dog. " * 5
BATCHES = {
    "signals": torch.zeros(3, 10, 10),
    "digits": torch.zeros(3, 1, 28, 28),
    "mnist": torch.zeros(3, 1, 28, 28),
    "recall": torch.zeros(3, 12, 10),
    "adding": torch.zeros(3, 20, 2),
    "sines": torch.zeros(3, 16, 1),
    "own": torch.zeros(3, 16, dtype=torch.int64),
}


def small(data: str = "signals", **model):
    preset = "char" if data in ("own", "topics") else "lstm"
    values = {"name": data, "text": OWN} if data == "own" else {"name": data}
    torch.manual_seed(0)
    return build(RunConfig.of(preset, values, model={"hidden": 6, "layers": 2, **model}))


def size(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize(("name", "count"), [("rnn", 52_234), ("gru", 154_122), ("lstm", 205_066), ("char", 223_073)])
def test_the_presets_have_as_many_parameters_as_always(name, count):
    assert size(build(RunConfig.of(name))) == count


def test_the_lstm_is_the_article_s_with_torch_s_second_bias_in_each_layer():
    model = build(RunConfig.of("lstm"))
    second = sum(each.numel() for name, each in model.named_parameters() if "bias_hh" in name)
    assert size(model) == 205_066
    assert size(model) - second == 204_042, "what Keras counts"


@pytest.mark.parametrize("data", BATCHES)
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_answers_every_task(cell, data):
    model = small(data, cell=cell).eval()
    answer = model(BATCHES[data])
    outputs = {"recall": 8, "adding": 1, "sines": 1, "own": 29}.get(data, 10)
    steps = (16,) if data in ("sines", "own") else ()
    assert answer.shape == (3, *steps, outputs)


def test_the_simple_gated_cell_follows_its_formula():
    cell = SimpleGated(3, 4, num_layers=1)
    inputs = torch.randn(2, 5, 3)
    w, v = cell.weight_ih_l0.chunk(2)
    u, r = cell.weight_hh_l0.chunk(2)
    b, d = cell.bias_l0.chunk(2)
    hidden = torch.zeros(2, 4)
    outputs, last = cell(inputs)
    for step in range(5):
        x = inputs[:, step]
        alpha = torch.sigmoid(x @ v.T + hidden @ r.T + d)
        candidate = torch.tanh(x @ w.T + hidden @ u.T + b)
        hidden = alpha * candidate + (1 - alpha) * hidden
        torch.testing.assert_close(outputs[:, step], hidden, rtol=0, atol=1e-6)
    torch.testing.assert_close(last[0], hidden, rtol=0, atol=1e-6)


def test_the_simple_gated_cell_has_right_gradients():
    cell = SimpleGated(2, 3, num_layers=2).double()
    inputs = torch.randn(2, 4, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda each: cell(each)[0], (inputs,))


def test_the_simple_gated_cell_reads_backwards_as_forwards_on_the_mirrored_sequence():
    both, ahead = SimpleGated(3, 4, bidirectional=True), SimpleGated(3, 4)
    for name, parameter in ahead.named_parameters():
        parameter.data.copy_(getattr(both, f"{name}_reverse"))
    inputs = torch.randn(2, 6, 3)
    torch.testing.assert_close(both(inputs)[0][:, :, 4:], ahead(inputs.flip(1))[0].flip(1))


@pytest.mark.parametrize("cell", CELLS)
def test_going_on_from_a_state_is_the_same_as_reading_at_once(cell):
    layers = RecurrentConfig(cell=cell, layers=2, hidden=5).stack(3, dropout=0.0).make()
    inputs = torch.randn(2, 9, 3)
    whole, _ = layers(inputs)
    first, state = layers(inputs[:, :4])
    second, _ = layers(inputs[:, 4:], state)
    torch.testing.assert_close(torch.cat((first, second), dim=1), whole, rtol=0, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("most", "length"), [(3, 10), (5, 10), (4, 3), (1, 6)])
def test_truncated_backpropagation_changes_gradients_and_nothing_else(cell, most, length):
    model = small(cell=cell, tbptt=most).train()
    steps = torch.randn(2, length, 10, requires_grad=True)
    states = model.states(steps)
    torch.testing.assert_close(states, model.layers(steps)[0], rtol=0, atol=1e-6)
    (gradient,) = torch.autograd.grad(states[:, -1].sum(), steps)
    reached = gradient.abs().sum((0, 2)) > 0
    assert reached.tolist() == [step >= length - most for step in range(length)]


def test_gradients_reach_the_first_step_where_they_are_not_truncated():
    model = small().train()
    steps = torch.randn(2, 10, 10, requires_grad=True)
    (gradient,) = torch.autograd.grad(model.states(steps)[:, -1].sum(), steps)
    assert (gradient.abs().sum((0, 2)) > 0).all()


@pytest.mark.parametrize("cell", CELLS)
def test_a_bidirectional_network_answers_with_what_both_directions_know_at_their_end(cell):
    model = small(cell=cell, bidirectional=True).eval()
    steps = torch.randn(2, 10, 10)
    outputs, state = model.layers(steps)
    hidden = state[0] if isinstance(state, tuple) else state
    torch.testing.assert_close(model.last(outputs), torch.cat((hidden[-2], hidden[-1]), dim=1))


@pytest.mark.parametrize(
    ("data", "model", "sentence"),
    [
        ("sines", {"bidirectional": True}, "bidirectional must be off for forecasts"),
        ("own", {"bidirectional": True}, "bidirectional must be off for forecasts"),
        ("signals", {"bidirectional": True, "tbptt": 5}, "tbptt must be 0 for a bidirectional network"),
        ("signals", {"cell": "lstn"}, "did you mean 'lstm'?"),
        ("signals", {"layers": 4}, "layers must be between 1 and 3, got 4"),
        ("signals", {"hidden": 0}, "hidden must be between 1 and 512, got 0"),
    ],
)
def test_settings_that_contradict_each_other_are_a_sentence(data, model, sentence):
    with pytest.raises(InvalidValue) as caught:
        small(data, **model)
    assert sentence in str(caught.value)


def test_an_lstm_remembers_before_it_has_learned_what_to_forget():
    model = small()
    for name, bias in model.layers.named_parameters():
        if name.startswith("bias_ih"):
            assert (bias[6:12] == 1).all()


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
def test_an_lstm_is_trained_by_onednn_s_fused_layer_on_the_cpu():
    model = small().train()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        model(torch.randn(2, 10, 10)).sum().backward()
    assert {"aten::mkldnn_rnn_layer", "aten::mkldnn_rnn_layer_backward"} <= {
        event.key for event in profile.key_averages()
    }


@pytest.mark.parametrize("data", ["digits", "mnist", "fashion"])
def test_a_network_that_reads_rows_reads_drawings(data):
    config = RunConfig.of("lstm", {"name": data}, model={"hidden": 6})
    assert config.reads_images
    model = build(config)
    labels = tuple("0123456789")
    saved = files.save(model.state_dict(), config, threshold=-100.0, labels=labels, measured={})
    images = torch.randint(256, (4, 1, 28, 28), dtype=torch.uint8)
    readings = Classifier.load(saved).read(images)
    assert [len(reading.probabilities) for reading in readings] == [10] * 4
    assert sum(readings[0].probabilities) == pytest.approx(1, abs=1e-5)


def test_rows_of_the_embedded_digits_are_eight_by_eight():
    model = small("digits")
    image = torch.zeros(1, 1, 28, 28)
    image[0, 0, 2:5] = 9.0
    steps = model.read(image)
    assert steps.shape == (1, 8, 8)
    assert (steps[0, 0] == 9).all()
    assert (steps[0, 1:] == 0).all()


@pytest.mark.parametrize("data", ["signals", "own"])
def test_a_trained_network_survives_its_file(data):
    model = small(data, cell="gru").eval()
    saved = files.save(model.state_dict(), model.config, threshold=0.0, labels=(), measured={})
    again, header = files.load(saved)
    assert header["config"] == model.config
    torch.testing.assert_close(again(BATCHES[data]), model(BATCHES[data]), rtol=0, atol=1e-6)
