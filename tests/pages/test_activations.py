"""The page on activations, used as a visitor uses it, and opened with links that make no sense."""

from functools import partial

import numpy as np
import pytest
import torch

from dlcore.functions.activations import ACTIVATIONS, activation
from dlcore.functions.propagation import Setting, judge, propagate
from pages.figures import activations as figures
from pages.figures import signal
from pages.figures.softmax import probability
from pages.parts.activations import common, curves, depth, few, gating, neuron, softmax
from pages.parts.activations.depth_cards import EXPERIMENTS, Shown
from tests.pages.visits import metric, printed, visited, warned

SECTIONS = {"curves": curves, "neuron": neuron, "few": few, "depth": depth, "softmax": softmax, "gates": gating}
visit = partial(visited, "pages/activations.py", "0" * 32)


def number(app, label) -> str:
    """A metric, with the minus of a keyboard in both its label and its value."""
    return metric(app, label.replace("-", "−")).replace("−", "-")


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS)
def test_every_experiment_sets_controls_that_exist(section):
    app = visit(act_section=section)
    for experiment in SECTIONS[section].EXPERIMENTS:
        app.button(key=f"try_{experiment.title}").click().run()
        assert not app.exception
        assert not app.warning
        for key, value in experiment.values.items():
            assert app.session_state[key] == value
    assert printed(app.code[-1].value).strip()


def test_titles_of_experiments_are_unique():
    titles = [each.title for part in SECTIONS.values() for each in part.EXPERIMENTS]
    assert len(titles) == len(set(titles))


# --- curves ---


@pytest.mark.parametrize("name", ["sigmoid", "relu", "step", "selu", "hard-tanh"])
def test_value_slope_formula_and_code_agree(name):
    app = visit(act_focus=name, act_x="-0.5")
    x = torch.tensor(-0.5, dtype=torch.float64)
    value, slope = float(activation(name)(x)), float(activation(name).derivative(x))
    assert float(number(app, "f(-0.5)")) == pytest.approx(value, abs=5e-3)
    assert float(number(app, "f′(-0.5)")) == pytest.approx(slope, abs=5e-3)
    lines = printed(app.code[-1].value).splitlines()
    assert float(lines[1]) == pytest.approx(value)
    assert float(lines[2]) == pytest.approx(slope)


def test_parameters_have_sliders_and_count():
    app = visit(act_focus="elu", act_x="-3", act_elu_alpha="2")
    assert float(number(app, "f(-3)")) == pytest.approx(2 * (np.exp(-3) - 1), abs=0.01)
    app.slider(key="act_elu_alpha").set_value(0.5).run()
    assert float(number(app, "f(-3)")) == pytest.approx(0.5 * (np.exp(-3) - 1), abs=0.01)
    assert "alpha=0.5" in app.code[-1].value


def test_saturation_is_told():
    app = visit(act_focus="sigmoid", act_x="5")
    assert any("Saturated" in each.value for each in app.markdown)
    app.slider(key="act_x").set_value(0.0).run()
    assert any("25.0\u00a0% of the gradient" in each.value for each in app.markdown)


@pytest.mark.parametrize(
    ("name", "x", "says"),
    [
        ("relu", "0", "slope is 0 just left of it and 1 just right of it. At the kink itself autograd takes 0."),
        ("leaky-relu", "0", "slope is 0.01 just left"),
        ("selu", "0", "A **kink**"),
        ("hard-sigmoid", "3", "slope is 0.167 just left of it and 0 just right"),
        ("hard-tanh", "-1", "slope is 0 just left of it and 1 just right"),
        ("relu6", "6", "slope is 1 just left of it and 0 just right"),
        ("step", "0", "A **jump**: the value leaps from 0 to 1"),
    ],
)
def test_a_kink_is_not_called_saturated(name, x, says):
    told = [each.value for each in visit(act_focus=name, act_x=x).markdown]
    assert any(says in each for each in told), told
    assert not any("**Saturated**" in each for each in told)


def test_elu_has_a_kink_only_where_its_alpha_makes_one():
    said = "At the kink itself autograd takes"
    assert not any(said in each.value for each in visit(act_focus="elu", act_x="0").markdown)
    assert any(said in each.value for each in visit(act_focus="elu", act_x="0", act_elu_alpha="2").markdown)


def test_a_turning_point_is_not_saturated_and_a_falling_slope_turns_the_gradient():
    app = visit(act_focus="gelu", act_x="-0.75")
    assert any("Turning point" in each.value for each in app.markdown)
    assert not any("Saturated" in each.value for each in app.markdown)
    app.slider(key="act_x").set_value(-1.0).run()
    assert any(
        "8.3\u00a0% of the gradient gets through here, with the opposite sign" in each.value for each in app.markdown
    )
    app.slider(key="act_x").set_value(-4.0).run()
    assert any("Saturated" in each.value for each in app.markdown)


@pytest.mark.parametrize(("x", "shown"), [("-0.75", "−0.17"), ("-4", "0.000"), ("0", "0")])
def test_numbers_have_a_real_minus(x, shown):
    app = visit(act_focus="gelu", act_x=x)
    assert app.metric[0].label == f"f({x})".replace("-", "−")
    assert app.metric[0].value == shown


def test_numbers_of_a_neuron_have_a_real_minus():
    app = visit(act_section="neuron", act_inputs="one", act_w="1.5", act_b="0.5", act_at="-1")
    assert app.metric[0].value == "−1"
    assert any("z = 0 at x = −0.33" in each.value for each in app.caption)


def test_a_mean_that_is_rounded_to_zero_has_no_sign():
    frame = visit(act_all="true").dataframe[0].value
    means = [f"{each:.3f}" for each in frame[curves.MEAN]]
    assert "0.000" in means
    assert "-0.000" not in means


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


def test_every_property_in_the_table_follows_the_sliders():
    app = visit(
        act_focus="elu", act_elu_alpha="3", act_compare=["hard-tanh", "prelu"], act_hard_tanh_low="-3",
        act_hard_tanh_high="0.1", act_prelu_a="1",
    )  # fmt: skip
    frame = app.dataframe[0].value.set_index("Activation")
    assert list(frame["Smoothness"]) == ["kink", "kink", "smooth"]
    assert list(frame["Zero-centred"]) == [False, False, True]
    app.slider(key="act_elu_alpha").set_value(1.0)
    app.slider(key="act_hard_tanh_high").set_value(3.0)
    app.slider(key="act_prelu_a").set_value(0.5).run()
    frame = app.dataframe[0].value.set_index("Activation")
    assert list(frame["Smoothness"]) == ["once", "kink", "kink"]
    assert list(frame["Zero-centred"]) == [False, True, False]


def test_nothing_to_compare_with_is_fine_and_all_of_them_too():
    app = visit()
    for names in ([], list(ACTIVATIONS)):
        app.multiselect(key="act_compare").set_value(names).run()
        listed = list(app.dataframe[0].value["Activation"])
        assert sorted(listed) == sorted({common.names()[name] for name in ("gelu", *names)})


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


def test_the_verdict_and_the_chart_speak_of_the_same_spread():
    card = next(each for each in EXPERIMENTS if each.title == "Saved by a norm")
    app = visit(act_section="depth")
    app.button(key="try_Saved by a norm").click().run()
    said = " ".join(each.value for each in app.markdown)
    assert "by root mean square, with a spread σ of 0.0094" in said
    assert "with a spread σ of 0.21" in said
    saved = propagate(Setting("sigmoid", "small", 30, norm="batch"))
    hopeless = propagate(Setting("sigmoid", "small", 30))
    assert f"{float(saved.variance[-1]):.2f}" in card.answer(Shown({"a": hopeless, "b": saved})).said


# --- a few neurons ---


def test_a_typed_function_is_fitted():
    app = visit(act_section="few", act_target="own", act_typed="x**2/4", act_n="4")
    assert float(number(app, "Typical error")) < 0.05
    assert metric(app, "Parameters") == "13"
    assert "x**2/4" in app.code[-1].value


@pytest.mark.parametrize(
    ("typed", "says"),
    [("log(x)", "no value"), ("sin(x", "parenthes"), ("__import__('os').system('ls')", "character"),
     ("9**9**9", "no value"), ("1/x", "no value at x = 0"), ("tan(x)", "at x = "),
     ("", "Type a function"), ("exp(x**4)", "stays between")],
)  # fmt: skip
def test_what_cannot_be_fitted_gets_a_sentence_and_no_traceback(typed, says):
    app = visit(act_section="few", act_target="own", act_typed=typed or " ")
    assert says in warned(app)
    assert app.info


# --- softmax, neuron, gates ---


def test_softmax_names_the_winner():
    app = visit(act_section="softmax", act_z3="5")
    assert metric(app, "Most probable") == "fox"
    assert metric(app, "Entropy").endswith("bits")


def test_one_neuron_adds_up_what_the_formula_says():
    app = visit(act_section="neuron", act_inputs="two", act_w1="2", act_w2="-1", act_b="0.5", act_at1="1", act_at2="1")
    assert float(number(app, "z")) == pytest.approx(1.5)
    assert float(number(app, "a")) == pytest.approx(np.tanh(1.5), abs=1e-3)


def test_the_card_and_is_an_and():
    app = visit(act_section="neuron")
    app.button(key="try_AND").click().run()
    found = {}
    for place in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)):
        for key, value in zip(("act_at1", "act_at2"), place, strict=True):
            app.slider(key=key).set_value(value)
        app.run()
        found[place] = float(number(app, "a"))
    assert found.pop((1.0, 1.0)) > 0.7
    assert max(found.values()) < 0.3


def test_the_formula_of_a_gate_says_what_it_is():
    general, plugged = visit(act_section="gates").latex
    assert r"\text{output} = a" in general.value
    assert r"\text{output} = 1.5" in plugged.value


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
    assert key in warned(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [("depth", "act_depth", "999"), ("depth", "act_init_a", "zeros"), ("depth", "act_width", "7"),
     ("few", "act_n", "1e9"), ("few", "act_start", "-1"), ("softmax", "act_t", "0"), ("gates", "act_gate", "door")],
)  # fmt: skip
def test_a_bad_value_in_another_section_is_named_too(section, key, value):
    app = visit(act_section=section, **{key: value})
    assert key in warned(app)
    assert not app.exception


# --- figures and words ---


def test_regions_are_the_stretches_where_a_mask_holds():
    mask = (figures.X < -4) | (figures.X > 5)
    (left, right) = figures.regions(mask)
    assert left == pytest.approx((-6, -4), abs=0.02)
    assert right == pytest.approx((5, 6), abs=0.02)
    assert figures.regions(np.zeros_like(mask)) == []


def test_flat_at_an_end_is_told_from_flat_at_a_turning_point():
    gelu = activation("gelu").derivative(torch.from_numpy(figures.X)).numpy()
    assert len(figures.regions(np.abs(gelu) < 0.05)) == 2
    ((left, right),) = figures.flat_ends(gelu, 0.05)
    assert left == -6
    assert right == pytest.approx(-2.35, abs=0.1)


@pytest.mark.parametrize(("name", "x"), [("relu", 6.0), ("squared-relu", 5.0), ("linear", -6.0), ("gelu", 1.0)])
def test_the_point_to_drag_is_in_the_picture(name, x):
    curve = figures.Curve(
        name,
        "#000000",
        activation(name)(torch.from_numpy(figures.X)).numpy(),
        activation(name).derivative(torch.from_numpy(figures.X)).numpy(),
    )
    value, slope = curves.at(activation(name), x, {})
    figure = figures.curves([curve], curve, [], (x, value, slope), dark=False)
    for axis, level in ((figure.layout.yaxis, value), (figure.layout.yaxis2, slope)):
        assert axis.range[0] < level < axis.range[1]


def test_up_to_ten_curves_have_ten_colours_and_keep_them():
    names = list(ACTIVATIONS)[:10]
    found = figures.colours(names)
    assert len(set(found.values())) == 10
    assert figures.colours(["relu"])["relu"] == figures.colours(["gelu", "relu"])["relu"]
    assert len(figures.colours(list(ACTIVATIONS))) == len(ACTIVATIONS)


def test_a_jump_is_not_drawn_as_a_wall():
    step = (figures.X > 0).astype(float)
    curve = figures.Curve("Step", "#000000", step, np.zeros_like(step), breaks=True)
    figure = figures.curves([curve], curve, [], (1.0, 1.0, 0.0), dark=False)
    drawn = next(trace for trace in figure.data if trace.name == "Step")
    assert np.isnan(np.asarray(drawn.y, dtype=float)).sum() == 1


def test_ridges_show_at_most_ten_layers_and_every_spread():
    shown = propagate(Setting("relu", "large", depth=50, width=16))
    figure = signal.ridges(shown.histogram.numpy(), shown.variance.numpy(), 3.0, "#3f90da", dark=False)
    assert len(figure.data) == signal.RIDGES
    assert figure.layout.yaxis.ticktext[0] == "50"
    assert len(figure.layout.annotations) == signal.RIDGES


def test_layers_without_a_number_are_a_gap_and_named():
    values = np.array([0.5, 0.4, np.nan, np.inf])
    figure = signal.by_layer(
        [signal.Line("A", values), signal.Line("B", values[:2])], title="dead units", unit=".0%", dark=False
    )
    assert np.isnan(figure.data[0].y[2:]).all()
    assert [each.text for each in figure.layout.annotations] == ["A: too large to measure in layers 3–4"]
    none = signal.by_layer([signal.Line("A", np.full(50, np.nan))], title="gradient", log=True, dark=False)
    assert [each.text for each in none.layout.annotations] == ["A: too large to measure in layers 1–50"]
    app = visit(act_section="depth", act_f_a="squared-relu", act_init_a="large", act_depth="50")
    assert any("the signal is too large for any number" in each.value for each in app.markdown)


def test_an_axis_of_powers_shows_where_float32_ends():
    line = signal.Line("A", np.logspace(0, -60, 30))
    figure = signal.by_layer([line], title="gradient", log=True, dark=False)
    assert any("float32" in each.text for each in figure.layout.annotations)
    variance = signal.by_layer([line], title="variance", log=True, square=True, dark=False)
    assert not variance.layout.annotations, "a standard deviation of 1e-30 is a number of float32"
    assert not variance.layout.shapes
    tiny = signal.by_layer(
        [signal.Line("A", np.logspace(0, -100, 30))], title="variance", log=True, square=True, dark=False
    )
    assert tiny.layout.shapes[0].y0 == pytest.approx(signal.FLOAT32[0] ** 2, rel=1e-6)
    empty = signal.by_layer([signal.Line("A", np.zeros(5))], title="gradient", log=True, dark=False)
    assert empty.layout.yaxis.range[0] < -2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "50.0\u00a0%"),
        (0.034, "3.4\u00a0%"),
        (1.0, "99.99\u00a0%"),
        (1e-9, "<\u00a00.1\u00a0%"),
        (0.0, "<\u00a00.1\u00a0%"),
    ],
)
def test_probabilities_are_never_rounded_to_all_or_nothing(value, text):
    assert probability(value) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.02, 0.0098, 0.01], ["0.02", "0.0098", "0.01"]),
        ([0.5, 0.0, 120.0], ["0.5", "0", "120"]),
        ([0.5, 1e-24], ["5·10⁻¹", "10⁻²⁴"]),
        ([1.0, 3e12, np.inf], ["10⁰", "3·10¹²", "too large"]),
    ],
)
def test_spreads_are_short_and_in_one_notation(values, texts):
    assert signal.spreads(np.array(values)) == texts


def test_a_number_before_a_fraction_gets_a_dot():
    assert common.dotted(r"2 \frac{1}{2}") == r"2 \cdot \frac{1}{2}"
    assert r"\cdot" in common.formula(activation("silu"), {"x": 2.0, "beta": 1.0})
