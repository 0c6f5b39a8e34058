"""Pictures of sequences: what is drawn where, for every kind of data there is."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.config.run import RunConfig
from dlcore.data.signals import SIGNALS
from dlcore.inspect.terms import terms
from dlcore.inspect.unroll import trace
from dlcore.models.rnn import build
from pages.figures import panels as heat
from pages.figures import recurrent as figures
from pages.figures import text as texts
from pages.parts.recurrent import pictures, units
from pages.parts.recurrent.unit import numbers, readouts


def values(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("downwards", [False, True])
def test_panels_share_their_steps_and_keep_their_values(downwards):
    given, states = values(7, 3), values(7, 5)
    shown = (heat.Panel("in", given), heat.Panel("state", states, names=tuple("abcde")))
    figure = heat.panels(shown, downwards=downwards, cursor=True, dark=False)
    first, second, *cursors = figure.data
    assert np.array_equal(first.z, given if downwards else given.T)
    assert np.array_equal(second.z, states if downwards else states.T)
    assert len(cursors) == 2
    assert np.array_equal(first.y if downwards else first.x, np.arange(1, 8))
    assert (figure.layout.yaxis2.matches if downwards else figure.layout.xaxis2.matches) in ("x", "y")
    assert second.zmin == -second.zmax


def test_the_cursor_frames_one_step():
    path = heat.cursor_path(4)
    assert path.shape == (4, 5)
    assert set(path[2]) == {2.5, 3.5}


DATA = {"signals": 10, "digits": 8, "recall": 10, "adding": 2, "sines": 1}


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("dark", [False, True])
def test_one_sequence_is_drawn_for_every_task(name, dark):
    config = RunConfig.of("lstm", {"name": name}, model={"hidden": 4})
    answers = np.full((6, 1 if name == "adding" else 10), 0.1, dtype=np.float32)
    figure = pictures.steps(config, values(6, DATA[name]), values(6, 4), answers, tuple("abcdefghij"), dark=dark)
    titles = [each.text for each in figure.layout.annotations]
    assert len(titles) == (2 if name == "sines" else 3)
    assert any("hidden state, 4 units" in title for title in titles)


def test_the_characters_of_a_text_stand_at_the_axis():
    codes = np.array([ord(each) for each in "a b\n"], dtype=np.int32)
    figure = pictures.steps(RunConfig.of("char", {"name": "topics"}), codes, values(4, 3), dark=False)
    assert list(figure.layout.xaxis.ticktext) == ["a", "␣", "b", "⏎"]


def test_the_gradient_is_drawn_on_a_logarithmic_axis_with_gaps_at_zero():
    figure = figures.reach({"RNN": (np.arange(3), np.array([1.0, 0.01, 0.0]))}, colours={"RNN": "#000"}, dark=False)
    assert figure.layout.yaxis.type == "log"
    assert np.isnan(figure.data[0].y[2])
    assert figure.layout.yaxis.range[0] < -2


def test_marked_steps_stand_out_and_bars_are_shares():
    figure = figures.by_step(np.array([1.0, 2.0, 3.0]), "weight", marked=[1], dark=False)
    colours = figure.data[0].marker.color
    assert colours[1] != colours[0] == colours[2]
    assert figures.bars(np.array([0.6, 0.4]), ["a", "b"], dark=False).layout.xaxis.range == (0, 1)


def test_the_forecast_keeps_to_the_range_of_the_truth():
    time = np.arange(4)
    lines = {"truth": (time, np.array([0.0, 1, 0, 1])), "free": (time, np.array([np.nan, 1, 50, 1e6]))}
    figure = figures.forecast(lines, free_from=1, dark=False)
    assert figure.layout.yaxis.range == (-0.25, 1.25)
    assert figure.layout.shapes[0].x0 == 1


@given(st.text(max_size=60))
def test_any_text_is_coloured_and_nothing_in_it_becomes_markup(text):
    page = texts.coloured(text, np.linspace(-2, 2, len(text)))
    assert page.count("<i ") == len(text)
    assert "<script" not in texts.coloured("<script>", np.zeros(8))
    assert "&lt;b&gt;" in texts.written("<b>")
    assert all(texts.visibles(text))


def test_units_that_follow_a_text_are_found():
    text = 'f(a, [b], "c)") and\ng(1)'
    curve = units.brackets(text)
    assert curve.max() == 2
    assert units.quotes('a "b" c').tolist() == [0, 0, 1, 1, 0, 0, 0]
    assert units.place_in_line("ab\nc").tolist() == [1, 2, 0, 1]
    assert units.place_in_word("ab c").tolist() == [1, 2, 0, 1]
    states = np.stack([np.zeros(len(text)), values(len(text)), -3 * curve + 1], axis=1)
    match = units.correlations(states, curve)
    assert match[0] == 0
    assert match[2] == pytest.approx(-1)


@pytest.mark.parametrize("cell", ["rnn-tanh", "rnn-relu", "gru", "lstm", "simple-gated"])
def test_the_numbers_in_the_formulas_are_those_of_the_step(cell):
    torch.manual_seed(0)
    model = build(RunConfig.of("lstm", {"name": "signals"}, model={"cell": cell, "hidden": 5, "layers": 1})).eval()
    (layer,) = trace(model, torch.randn(10, 10)).layers
    shown = readouts(layer, 3)
    known = {each.name: each.value for each in terms(layer, 7, 3)}
    for each, (name, value) in zip(reversed(shown), reversed(known.items()), strict=False):
        assert each.values[7, -1] == pytest.approx(value, abs=1e-5), name
    found = numbers(layer, 3)
    if cell == "lstm":
        cells = found["forget"] * found["cell before"] + found["input"] * found["candidate"]
        assert np.allclose(cells, found["cell"], atol=1e-5)


def test_states_that_are_only_the_first_of_many_say_so():
    wide = RunConfig.of("lstm", model={"hidden": 192})
    titles = [
        each.text
        for each in pictures.steps(wide, np.zeros((10, 10)), np.zeros((10, 128)), dark=False).layout.annotations
    ]
    assert "hidden state, 128 of 192 units" in titles


@pytest.mark.parametrize("name", ["recall", "signals"])
def test_every_row_that_has_a_name_has_room_for_it(name):
    config = RunConfig.of("gru", {"name": name, "delay": 8})
    steps, rows = (10, 10) if name == "signals" else (9, 10)
    figure = pictures.steps(
        config, np.zeros((steps, rows)), np.zeros((steps, 32)), np.zeros((steps, 10 if name == "signals" else 8)),
        tuple("ABCDEFGH") if name == "recall" else SIGNALS, dark=False,
    )  # fmt: skip
    room = pictures.height(config) - figure.layout.margin.t - figure.layout.margin.b
    for axis in ("yaxis", "yaxis2", "yaxis3"):
        named = figure.layout[axis].ticktext
        if named:
            low, high = figure.layout[axis].domain
            assert (high - low) * room / len(named) >= 16, axis
