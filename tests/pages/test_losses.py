"""The page on losses: what it shows is what dlcore computes, and no link or click breaks it."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.errors import InvalidValue
from dlcore.functions.line_fit import fit
from dlcore.functions.losses import LOSSES, loss
from dlcore.functions.slow_start import learn
from pages.figures import losses as figures
from pages.parts.losses import classes, curves, outlier, slow
from pages.parts.losses.numbers import short, with_numbers
from tests.pages.visits import metrics, printed, text, visited

MODULES = {"curves": curves, "outlier": outlier, "classes": classes, "slow": slow}
WHOLE = st.integers(0, 1000).map(lambda value: value / 100)


def visit(section: str, **link: str):
    return visited("pages/losses.py", "0" * 32, loss_section=section, **link)


def numbers(words: list[str]) -> list[float]:
    return [
        float(word.strip("[]tensor(),")) for word in words if re.fullmatch(r"[\[\]tensor(),\d.e+-]*\d[\]),.]*", word)
    ]


@pytest.mark.parametrize("section", MODULES)
def test_every_section_opens_and_every_experiment_works(section):
    app = visit(section)
    for experiment in MODULES[section].EXPERIMENTS:
        app.button(f"try_{experiment.title}").click().run()
        assert not app.exception
        assert not app.warning
        for key, value in experiment.values.items():
            assert app.session_state[key] == value


def test_numbers_and_formula_follow_the_prediction():
    app = visit("curves")
    app.multiselect("loss_shown_number").set_value(["huber"]).run()
    app.slider("loss_at_number").set_value(3.0).run()
    wanted = loss("huber")
    assert metrics(app) == {"Loss": "2.5", "Gradient": "1"}
    assert wanted.latex() in text(app)
    assert r"1 \left(\left|3 - 0\right| - 0.5 \cdot 1\right) = 2.5" in text(app)
    app.slider("loss_huber_delta").set_value(4.0).run()
    assert metrics(app) == {"Loss": "4.5", "Gradient": "3"}


@pytest.mark.parametrize("axis", curves.AXES)
def test_every_loss_of_an_axis_can_be_shown_at_its_ends(axis):
    about, names = curves.AXES[axis], curves.offered(axis)
    for end in (about.low, about.high):
        app = visit("curves", loss_axis=axis, **{f"loss_at_{axis}": str(end)})
        app.multiselect(f"loss_shown_{axis}").set_value(list(names)).run()
        assert not app.exception
        assert len(app.metric) == 2 * len(names)
        assert "nan" not in text(app).lower().replace("unan", "")


def test_without_a_loss_there_is_an_invitation():
    app = visit("curves")
    app.multiselect("loss_shown_number").set_value([]).run()
    assert "Choose a loss" in app.info[0].value


def test_the_table_tells_how_far_the_outlier_moves_each_line():
    page = text(visit("outlier"))
    points, held = outlier.read(outlier.WITH_OUTLIER)
    for name in ("mse", "mae", "huber"):
        line, without = fit(name, *points.T), fit(name, *np.delete(points, held, axis=0).T)
        assert f"{line.slope:.3f} x" in page
        moved = line(points[held, 0]) - without(points[held, 0])
        assert f"{moved:+.2f}".replace("-", "−") in page


def test_no_card_on_the_outlier_leaves_something_of_the_one_before():
    settings = [set(each.values) for each in outlier.EXPERIMENTS]
    assert all(each == settings[0] for each in settings)
    app = visit("outlier")
    app.button("try_From Huber to MSE").click().run()
    app.button("try_Almost half is wrong").click().run()
    assert app.slider("loss_fit_delta").value == 1.0


def test_a_wide_huber_is_the_line_of_least_squares():
    app = visit("outlier", loss_fit_delta="10")
    points, _ = outlier.read(outlier.WITH_OUTLIER)
    assert text(app).count(f"{fit('mse', *points.T).slope:.3f} x") == 2


def test_the_ringed_point_can_be_removed_until_two_are_left():
    app = visit("outlier", loss_points="1,1; 2,2; 3,9*")
    app.button("loss_remove").click().run()
    assert outlier.read(app.session_state["loss_points"])[0].tolist() == [[1, 1], [2, 2]]
    assert app.button("loss_remove").disabled


def test_the_gradient_of_the_cross_entropy_is_prediction_minus_target():
    app = visit("classes")
    assert "The gradient **is** p − y" in text(app)
    z = torch.tensor(classes.START, dtype=torch.float64)
    assert metrics(app)["Cross-entropy: loss"] == short(loss("cross-entropy")(z, torch.tensor(0)).item())
    for name in ("hinge-classes", "brier-classes", "focal-classes"):
        app.selectbox("loss_of_classes").set_value(name).run()
        assert "not p − y" in text(app) or "much smaller" in text(app)


@pytest.mark.parametrize("name", ["cross-entropy", "kl"])
def test_a_smoothed_target_is_called_q_as_in_the_formula(name):
    app = visit("classes", loss_of_classes=name, loss_smoothing="0.1")
    assert "<th>q</th><th>p − q</th>" in text(app)
    assert "0.9250" in text(app)
    assert "The gradient **is** p − q." in text(app)
    picture = figures.probability_bars([0.2, 0.8], [0.95, 0.05], ["cat", "dog"], 0, symbol="q", dark=False)
    assert picture.layout.xaxis.title.text.endswith("target q")
    app.slider("loss_smoothing").set_value(0.0).run()
    assert "<th>y</th><th>p − y</th>" in text(app)
    assert "The gradient **is** p − y." in text(app)


@pytest.mark.parametrize("name", curves.offered("logits"))
def test_every_line_of_a_loss_over_classes_is_shown_with_its_numbers(name):
    app = visit("classes", loss_of_classes=name)
    formula = " ".join(app.latex[0].value.split())
    for step in LOSSES[name].steps:
        assert f"{step.left} = {step.latex()} = " in formula
    result = loss(name)(torch.tensor(classes.START, dtype=torch.float64), torch.tensor(0)).item()
    assert f"= {result:.4g} " in formula


def test_a_step_down_the_gradient_lowers_the_loss():
    app = visit("classes")
    before = float(metrics(app)["Cross-entropy: loss"])
    for _ in range(5):
        promised = app.button("loss_step").help.split("becomes ")[1].rstrip(".")
        app.button("loss_step").click().run()
        assert metrics(app)["Cross-entropy: loss"] == promised
    assert float(metrics(app)["Cross-entropy: loss"]) < before / 3
    assert app.slider("loss_z0").value > classes.START[0]
    sure = visit("classes", loss_z0="5", loss_z1="1.5")
    sure.button("loss_step").click().run()
    assert sure.slider("loss_z0").value > 5


def test_label_smoothing_and_class_weights_reach_the_loss():
    app = visit("classes", loss_smoothing="0.2", loss_w0="3")
    z = torch.tensor(classes.START)
    weights = torch.tensor([3.0, 1, 1, 1])
    expected = torch.nn.functional.cross_entropy(
        z, torch.tensor(0), weight=weights, label_smoothing=0.2, reduction="none"
    )
    assert float(metrics(app)["Cross-entropy: loss"]) == pytest.approx(expected.item(), rel=1e-3)


def test_the_race_tells_how_long_each_neuron_took():
    told = metrics(visit("slow", loss_start="5", loss_goal="0"))
    assert told["Squared error"] == str(learn("sigmoid-mse", 5.0, steps=slow.STEPS).steps_until_right)
    assert told["Cross-entropy"] == str(learn("bce-logits", 5.0, steps=slow.STEPS).steps_until_right)
    assert metrics(visit("slow", loss_start="8"))["Squared error"] == f"more than {slow.STEPS}"


def test_the_factors_of_the_chain_rule_multiply_to_the_gradient():
    for name, way in slow.raced(6.0, 0.0, 0.5).items():
        chain, step = slow._readouts(name, way)
        outer, inner, gradient = chain.values.T
        np.testing.assert_allclose(outer * inner, gradient, rtol=1e-5, atol=1e-7)
        before, rate, slope, after = step.values.T
        assert set(rate) == {0.5}
        np.testing.assert_array_equal(slope, gradient)
        np.testing.assert_allclose(after[:-1], before[1:], atol=1e-12)  # what is shown is what was applied


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"loss_section": "nonsense"}, "loss_section=nonsense"),
        ({"loss_section": "curves", "loss_at_number": "1e9"}, "between -4 and 4"),
        ({"loss_section": "curves", "loss_axis": "<b>"}, "number, probability, logit"),
        ({"loss_section": "classes", "loss_z0": "nan"}, "between -6 and 6"),
        ({"loss_section": "slow", "loss_rate": "-1"}, "one of 0.1"),
        ({"loss_section": "outlier", "loss_points": "1,2; 3"}, "written x,y such as 2,3.5, got '3'"),
        ({"loss_section": "outlier", "loss_points": "1,2; 3,1e400"}, "y between -2 and 12"),
        ({"loss_section": "outlier", "loss_points": "1,2"}, "2 to 30 points, got 1"),
        ({"loss_section": "outlier", "loss_points": "1,1;" * 500}, "points cannot be used"),
    ],
)
def test_a_bad_link_is_answered_with_a_sentence(link, words):
    app = visited("pages/losses.py", "0" * 32, **link)
    assert words in " ".join(each.value for each in app.warning).replace("\\", "")


@given(st.lists(st.tuples(WHOLE, WHOLE), min_size=2, max_size=outlier.MOST), st.data())
def test_points_survive_being_written_and_read(points, data):
    held = data.draw(st.integers(0, len(points) - 1))
    read, marked = outlier.read(outlier.write(points, held))
    assert marked == held
    assert read.tolist() == [list(point) for point in points]


@given(st.text(alphabet="0123456789,;.*-e nainf", max_size=60))
def test_any_text_gives_points_or_a_sentence(text):
    try:
        points, held = outlier.read(text)
    except InvalidValue:
        return
    assert np.isfinite(points).all()
    assert 0 <= held < len(points)


def test_thirty_points_fit_into_the_link():
    assert len(outlier.write([(8.88, -1.88)] * outlier.MOST, 3)) <= outlier._LONGEST


def test_the_code_of_the_curves_runs_and_prints_what_is_shown():
    chosen = {"huber": {"delta": 0.5}, "quantile": {"tau": 0.9}}
    found = numbers(printed(curves.script(chosen, 2.0, 0.5)).split())
    values = [
        f(2.0, 0.5, **parameters) for name, parameters in chosen.items() for f in (loss(name), loss(name).gradient)
    ]
    assert found == pytest.approx([value.item() for value in values])


def test_the_code_of_the_lines_runs_and_prints_them():
    points, _ = outlier.read(outlier.WITH_OUTLIER)
    lines = [fit(name, *points.T, delta=0.5) for name in ("mse", "mae", "huber")]
    found = numbers(printed(outlier.script(points, 0.5)).split())
    assert found == pytest.approx([value for line in lines for value in (line.slope, line.intercept)])


def test_the_code_of_the_classes_runs_and_prints_what_is_shown():
    parameters = {"epsilon": 0.1, "w": torch.tensor([1.0, 2.0, 1.0, 1.0], dtype=torch.float64)}
    found = numbers(printed(classes.script("cross-entropy", [1.0, 2.0, 0.0, -1.0], 1, parameters)).split())
    z = torch.tensor([1.0, 2.0, 0.0, -1.0])
    value = loss("cross-entropy")(z, torch.tensor(1), **parameters).item()
    gradient = loss("cross-entropy").gradient(z, torch.tensor(1), **parameters).tolist()
    assert found == pytest.approx([*z.softmax(-1).tolist(), value, *gradient], abs=1e-4)


def test_the_code_of_the_race_runs_and_prints_its_result():
    found = printed(slow.script(5.0, 0.0, 0.5)).split()
    assert found[0] == "sigmoid-mse"
    assert int(found[3]) == learn("sigmoid-mse", 5.0, steps=slow.STEPS).steps_until_right


def test_only_the_case_that_holds_is_shown_with_numbers():
    huber = loss("huber").formula
    assert with_numbers(huber, {"p": 0.5, "y": 0.0, "delta": 1.0}) == r"0.5 \left(0.5 - 0\right)^{2}"
    assert with_numbers(huber, {"p": 5.0, "y": 0.0, "delta": 1.0}).startswith(r"1 \left(")


def test_points_and_tangents_lie_on_the_curves():
    x = np.linspace(-4, 4, 9)
    curve = figures.Curve("MSE", "#3f90da", x, x**2, now=2.25, slope=3.0)
    picture = figures.curves([curve], 1.5, 0.0, x_title="p", y_title="L", x_range=(-4, 4), y_range=(0, 6), dark=False)
    points, line, tangent = picture.data
    assert (points.x[0], points.y[0]) == (1.5, 2.25)
    assert np.asarray(line.y).tolist() == (x**2).tolist()
    (x0, x1), (y0, y1) = tangent.x, tangent.y
    assert (y1 - y0) / (x1 - x0) == pytest.approx(3)
    assert (y0 + y1) / 2 == pytest.approx(2.25)


def test_curves_are_drawn_through_all_of_their_points_and_at_every_place_of_a_slider():
    x = np.linspace(-4, 4, 9)
    curve = figures.Curve("MSE", "#3f90da", x, x**2, now=2.25, slope=3.0)
    both = (
        figures.curves([curve], 1.5, 0.0, x_title="p", y_title="L", x_range=(-4, 4), y_range=(0, 6), dark=False),
        figures.gradient_by_logit(x, {"bce": ("Cross-entropy", x)}, 1.0, dark=False),
    )
    assert all(each.line.simplify is False for picture in both for each in picture.data if each.mode == "lines")
    for axis in curves.AXES.values():
        places = np.linspace(axis.low, axis.high, curves._DRAWN)
        stops = np.arange(axis.low, axis.high, axis.step)
        assert np.abs(places[:, None] - stops).min(0).max() < 1e-9


def drawn(now: list[float], prediction: float = 0.02, target: float | None = 1.0):
    x = np.linspace(0, 1, 9)
    shown = [figures.Curve("BCE", "#e76300", x, x, now=each) for each in now]
    ranges = {"x_range": (0.0, 1.0), "y_range": (-8.0, 8.0)}
    return figures.curves(shown, prediction, target, x_title="p", y_title="gradient", **ranges, dark=False)


def test_a_point_beyond_the_picture_is_shown_at_its_edge_with_its_number():
    picture = drawn([-50.0, -27.84, -1.96, 2500.0])
    points = picture.data[0]
    assert all(-8 < each < 8 for each in points.y)
    assert points.y[0] < points.y[1] < points.y[2] == -1.96
    assert list(points.marker.symbol) == ["triangle-down", "triangle-down", "circle", "triangle-up"]
    said = {each.text: each.y for each in picture.layout.annotations}
    assert (said["−50"], said["−27.8"], said["2,500"]) == (points.y[0], points.y[1], points.y[3])
    assert "−1.96" not in said


@pytest.mark.parametrize(("prediction", "target"), [(0.02, 1.0), (1.0, 0.0), (0.98, 1.0), (0.0, 0.0), (1.0, 1.0)])
def test_the_names_of_prediction_and_target_stay_within_the_axis_and_apart(prediction, target):
    said = {each.text: each for each in drawn([1.0], prediction, target).layout.annotations}
    for each in said.values():
        assert each.xanchor == ("left" if each.x < 0.5 else "right")
    if abs(prediction - target) < 0.25:
        assert said["prediction"].yanchor != said["target"].yanchor


def test_a_huge_number_is_a_power_of_ten_in_the_picture_and_beside_it():
    app = visit("curves", loss_axis="probability", loss_at_probability="0")
    assert "−10¹²" in [each.value for each in app.metric if each.label == "Gradient"]
    assert "−10¹²" in {each.text for each in drawn([-1e12], 0.0).layout.annotations}


def test_no_number_of_a_formula_is_less_than_nothing_and_nothing():
    app = visit("classes", loss_of_classes="hinge-classes")
    assert "-0" not in re.sub(r"-0\.", "", app.latex[0].value)


def test_sums_of_two_long_terms_are_in_two_lines_whatever_their_numbers_are():
    for y in ("1", "0.35"):
        bce, focal, brier = (each.value.count(r"\\") for each in visit("curves", loss_axis="probability",
                             loss_target_probability=y).latex)  # fmt: skip
        assert (bce, focal, brier) == (2, 3, 1)


def test_names_above_a_picture_leave_room_for_the_buttons_of_the_chart():
    assert drawn([1.0]).layout.margin.t >= 26 + 24


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "+0.500"), (-2.0, "−2.000"), (-0.0003, "0.000"), (0.0003, "0.000"), (0.0, "0.000")]
)
def test_what_is_rounded_to_zero_has_no_sign(value, text):
    assert figures.gradient_bars([value, 1.0], ["cat", "dog"], 0, dark=False).layout.annotations[0].text == text


def test_the_start_of_the_race_has_a_real_minus():
    assert "z = −8," in text(visit("slow", loss_start="-8"))


def test_zero_is_not_said_to_be_the_least_of_every_loss():
    assert "0 is perfect" not in text(visit("curves"))
    soft = loss("bce")(torch.linspace(0.01, 0.99, 99, dtype=torch.float64), 0.3)
    assert soft.min() > 0.5
    assert int(soft.argmin()) == 29


def test_every_loss_of_a_curve_has_a_colour_and_no_two_on_one_axis_share_it():
    for axis in curves.AXES:
        colours = [figures.colour(name) for name in curves.offered(axis)]
        assert len(set(colours)) == len(colours)


def test_arrows_lead_from_the_probability_to_the_target():
    picture = figures.probability_bars([0.2, 0.8], [1.0, 0.0], ["cat", "dog"], 0, dark=False)
    arrows = [each for each in picture.layout.annotations if each.showarrow]
    assert [(each.ax, each.x) for each in arrows] == [(0.2, 1.0), (0.8, 0.0)]
    assert arrows[0].arrowcolor == figures.NEGATIVE
    assert arrows[1].arrowcolor == figures.POSITIVE
