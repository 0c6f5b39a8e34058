"""The page on activations, used as a visitor uses it, and opened with links that make no sense."""

import io
from contextlib import redirect_stdout
from functools import partial

import numpy as np
import pytest
import torch

from dlcore.activations import ACTIVATIONS, activation
from dlcore.propagation import Setting, judge, propagate
from pages.figures import activations as figures
from pages.figures import signal
from pages.figures.softmax import percent
from pages.parts.activations import common, curves, depth, few, gating, neuron, softmax
from tests.pages.visits import visited

SECTIONS = {"curves": curves, "neuron": neuron, "few": few, "depth": depth, "softmax": softmax, "gates": gating}
visit = partial(visited, "pages/activations.py", "0" * 32)


def ran(app) -> str:
    """What the code that is shown prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(app.code[-1].value, {})
    return printed.getvalue()


def metric(app, label) -> str:
    return next(each.value for each in app.metric if each.label == label)


def button(app, label):
    return next(each for each in app.button if each.label == label)


def warnings(app) -> str:
    return " ".join(each.value for each in app.warning)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_from_a_link_and_its_code_runs(section):
    app = visit(act_section=section)
    assert not app.warning
    assert ran(app).strip()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_experiment_sets_controls_that_exist(section):
    app = visit(act_section=section)
    for experiment in SECTIONS[section].EXPERIMENTS:
        app.button(key=f"try_{experiment.title}").click().run()
        assert not app.exception
        assert not app.warning
        for key, value in experiment.values.items():
            assert app.session_state[key] == value
    assert ran(app).strip()


def test_titles_of_experiments_are_unique():
    titles = [each.title for part in SECTIONS.values() for each in part.EXPERIMENTS]
    assert len(titles) == len(set(titles))


# --- curves ---


@pytest.mark.parametrize("name", ["sigmoid", "relu", "step", "selu", "hard-tanh"])
def test_value_slope_formula_and_code_agree(name):
    app = visit(act_focus=name, act_x="-0.5")
    x = torch.tensor(-0.5, dtype=torch.float64)
    value, slope = float(activation(name)(x)), float(activation(name).derivative(x))
    assert float(metric(app, "f(-0.5)")) == pytest.approx(value, abs=5e-3)
    assert float(metric(app, "f′(-0.5)")) == pytest.approx(slope, abs=5e-3)
    printed = ran(app).split("\n")
    assert float(printed[1]) == pytest.approx(value)
    assert float(printed[2]) == pytest.approx(slope)


def test_parameters_have_sliders_and_count():
    app = visit(act_focus="elu", act_x="-3", act_elu_alpha="2")
    assert float(metric(app, "f(-3)")) == pytest.approx(2 * (np.exp(-3) - 1), abs=0.01)
    app.slider(key="act_elu_alpha").set_value(0.5).run()
    assert float(metric(app, "f(-3)")) == pytest.approx(0.5 * (np.exp(-3) - 1), abs=0.01)
    assert "alpha=0.5" in app.code[-1].value


def test_saturation_is_told():
    app = visit(act_focus="sigmoid", act_x="5")
    assert any("Saturated" in each.value for each in app.markdown)
    app.slider(key="act_x").set_value(0.0).run()
    assert any("25% of the gradient" in each.value for each in app.markdown)


def test_the_table_has_every_activation_when_asked():
    app = visit(act_all="true")
    frame = app.dataframe[0].value
    assert len(frame) == len(ACTIVATIONS)
    tanh = frame[frame["Activation"] == "Tanh"].iloc[0]
    assert tanh["Range"] == "−1 … 1"
    assert tanh["Zero-centred"]
    assert tanh["Mean for N(0, 1)"] == pytest.approx(0, abs=1e-9)
    relu = frame[frame["Activation"] == "ReLU"].iloc[0]
    assert relu["Mean for N(0, 1)"] == pytest.approx(1 / np.sqrt(2 * np.pi), abs=1e-3)
    assert relu["Slope² for N(0, 1)"] == pytest.approx(0.5, abs=1e-3)


def test_nothing_to_compare_with_is_fine_and_all_of_them_too():
    app = visit()
    app.multiselect(key="act_compare").set_value([]).run()
    assert not app.exception
    app.multiselect(key="act_compare").set_value(list(ACTIVATIONS)).run()
    assert not app.exception


# --- depth ---


def test_the_verdict_is_that_of_dlcore_and_the_button_mends_it():
    app = visit(act_section="depth", act_f_a="sigmoid", act_init_a="xavier", act_depth="30")
    assert any("Vanishing" in each.value for each in app.markdown)
    evidence = judge(propagate(Setting("sigmoid", "xavier", 30))).evidence
    assert evidence in [each.value for each in app.markdown]
    app.button(key="actdo_fix_a").click().run()
    assert not app.exception
    assert not any("Vanishing" in each.value for each in app.markdown)
    assert any("batch norm" in each.value for each in app.markdown)
    assert app.selectbox(key="act_norm_a").value == "batch"
    assert app.selectbox(key="act_f_a").value == "sigmoid"


# --- a few neurons ---


def test_a_typed_function_is_fitted():
    app = visit(act_section="few", act_target="own", act_typed="x**2/4", act_n="4")
    assert float(metric(app, "Typical error")) < 0.05
    assert metric(app, "Parameters") == "13"
    assert "x**2/4" in app.code[-1].value


@pytest.mark.parametrize(
    ("typed", "says"),
    [("log(x)", "no value"), ("sin(x", "parenthes"), ("__import__('os').system('ls')", "character"),
     ("9**9**9", "no value"), ("", "Type a function"), ("exp(x**4)", "stay between")],
)  # fmt: skip
def test_what_cannot_be_fitted_gets_a_sentence_and_no_traceback(typed, says):
    app = visit(act_section="few", act_target="own", act_typed=typed or " ")
    assert says in warnings(app).replace("\\", "")
    assert app.info


# --- softmax, neuron, gates ---


def test_softmax_names_the_winner():
    app = visit(act_section="softmax", act_z3="5")
    assert metric(app, "Most probable") == "fox"
    assert metric(app, "Undecided by").endswith("bits")


def test_one_neuron_adds_up_what_the_formula_says():
    app = visit(act_section="neuron", act_inputs="two", act_w1="2", act_w2="-1", act_b="0.5", act_at1="1", act_at2="1")
    assert float(metric(app, "z")) == pytest.approx(1.5)
    assert float(metric(app, "a")) == pytest.approx(np.tanh(1.5), abs=1e-3)


def test_controls_are_kept_when_another_section_is_looked_at():
    app = visit(act_section="neuron", act_w="2.5")
    app.button_group(key="act_section").set_value("softmax").run()
    app.button_group(key="act_section").set_value("neuron").run()
    assert app.slider(key="act_w").value == 2.5


# --- links that make no sense ---


@pytest.mark.parametrize(
    ("key", "value"),
    [("act_section", "nonsense"), ("act_focus", "rleu"), ("act_x", "99"), ("act_x", "nan"), ("act_compare", "gelou"),
     ("act_all", "perhaps")],
)  # fmt: skip
def test_a_bad_value_in_a_link_is_named(key, value):
    app = visit(**{key: value})
    assert key.replace("_", "\\_") in warnings(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [("depth", "act_depth", "999"), ("depth", "act_init_a", "zeros"), ("depth", "act_width", "7"),
     ("few", "act_n", "1e9"), ("few", "act_start", "-1"), ("softmax", "act_t", "0"), ("gates", "act_gate", "door")],
)  # fmt: skip
def test_a_bad_value_in_another_section_is_named_too(section, key, value):
    app = visit(act_section=section, **{key: value})
    assert key.replace("_", "\\_") in warnings(app)
    assert not app.exception


# --- figures and words ---


def test_regions_are_the_stretches_where_a_mask_holds():
    mask = (figures.X < -4) | (figures.X > 5)
    (left, right) = figures.regions(mask)
    assert left == pytest.approx((-6, -4), abs=0.02)
    assert right == pytest.approx((5, 6), abs=0.02)
    assert figures.regions(np.zeros_like(mask)) == []


def test_up_to_ten_curves_have_ten_colours_and_keep_them():
    names = list(ACTIVATIONS)[:10]
    found = figures.colours(names)
    assert len(set(found.values())) == 10
    assert figures.colours(["relu"])["relu"] == figures.colours(["gelu", "relu"])["relu"]
    assert len(figures.colours(list(ACTIVATIONS))) == len(ACTIVATIONS)


def test_a_jump_is_not_drawn_as_a_wall():
    step = (figures.X > 0).astype(float)
    curve = figures.Curve("Step", "#000000", step, np.zeros_like(step), breaks=True)
    figure = figures.curves([curve], curve, [], (1.0, 1.0, 0.0))
    drawn = next(trace for trace in figure.data if trace.name == "Step")
    assert np.isnan(np.asarray(drawn.y, dtype=float)).sum() == 1


def test_ridges_show_at_most_ten_layers_and_every_spread():
    shown = propagate(Setting("relu", "large", depth=50, width=16))
    figure = signal.ridges(shown.histogram.numpy(), shown.variance.numpy(), 3.0, "#3f90da")
    assert len(figure.data) == signal.RIDGES
    assert figure.layout.yaxis.ticktext[0] == "50"
    assert len(figure.layout.annotations) == signal.RIDGES


def test_an_axis_of_powers_shows_where_float32_ends():
    line = signal.Line("A", np.logspace(0, -60, 30))
    figure = signal.by_layer([line], title="gradient", log=True)
    assert any("float32" in each.text for each in figure.layout.annotations)
    empty = signal.by_layer([signal.Line("A", np.zeros(5))], title="gradient", log=True)
    assert empty.layout.yaxis.range[0] < -2


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "50%"), (0.034, "3.4%"), (0.999, "99.9%"), (1.0, "> 99.9%"), (1e-9, "< 0.1%")]
)
def test_probabilities_are_never_rounded_to_all_or_nothing(value, text):
    assert percent(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (0.5, "0.50"), (1e-24, "1e-24"), (3e12, "3e12")])
def test_spreads_are_short(value, text):
    assert signal.short(value) == text


def test_a_number_before_a_fraction_gets_a_dot():
    assert common.dotted(r"2 \frac{1}{2}") == r"2 \cdot \frac{1}{2}"
    assert r"\cdot" in common.formula(activation("silu"), {"x": 2.0, "beta": 1.0})
