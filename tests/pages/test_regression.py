"""The page on linear regression: its numbers, its link, its edits and the code that it shows."""

import re

import numpy as np
import pytest

from dlcore.config.training import TrainingConfig
from dlcore.descent.regression import Recipe, Settings, descend
from pages.figures import regression as figures
from pages.parts.regression import numbers, points, stage
from pages.parts.regression.script import script
from tests.pages.visits import ME, printed, visited, words


def visit(**link):
    return visited("pages/regression.py", ME, **link)


def table(app):
    """Row → cells, as text."""
    markup = next(each.proto.body for each in app.get("html") if "class=fits" in each.proto.body)
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", markup):
        name, *cells = re.findall(r"<t[hd]>(.*?)</t[hd]>", row)
        found[name] = cells
    return found


def test_the_page_opens_on_the_articles_example():
    app = visit()
    shown = table(app)
    assert shown["slope w"] == ["1.8863", "1.9509", "2.0000"]
    assert shown["intercept b"] == ["1.0197", "1.0197", "1.0000"]
    assert shown["ŷ at x = 0.5"][0] == "1.9628"
    assert shown["ŷ at x = 1.5"][0] == "3.8491"
    assert "2/λmax = **2**" in words(app)


def test_a_link_brings_back_the_settings():
    app = visit(reg_rate="2.02", reg_epochs="500", reg_w="-1", reg_noise="0.5")
    assert app.select_slider(key="reg_rate").value == 2.02
    assert "**Diverg" in words(app)
    assert "1.01 times the bound" in words(app)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"reg_rate": "fast"}, "reg_rate=fast"),
        (
            {"reg_low": "3", "reg_high": "1"},
            "Largest x must be at least 0.1 above Smallest x, got 1 and 3: try 1 and -1. The usual points are shown",
        ),
        ({"reg_edits": "0:1,nan"}, "A moved or added point"),
        ({"reg_edits": "zero"}, "moved or added point"),
        ({"reg_batch": "1", "reg_epochs": "5,000"}, "Epochs must be at most 1,000"),
    ],
)
def test_what_cannot_be_used_becomes_a_sentence(link, says):
    app = visit(**link)
    assert any(says in each.value.replace("\\", "") for each in app.warning)


def test_points_can_be_moved_and_added_and_the_line_follows():
    app = visit(reg_edits="0:-1,30; 100:1,-20")
    x, y = Recipe().points()
    y[0] = 30
    found = descend(np.append(x, 1.0), np.append(y, -20.0), Settings(batch_size=500))
    assert table(app)["slope w"][0] == f"{found.line()[0]:.4f}"
    app.button(key="reg_forget").click().run()
    assert table(app)["slope w"][0] == "1.8863"


def test_fewer_points_than_the_batch_are_taken_whole():
    app = visit(reg_count="10", reg_batch="100")
    assert app.slider(key="reg_batch").value == 10
    app.number_input(key="reg_count").set_value(5).run()
    assert app.slider(key="reg_batch").value == 5


def test_dlcores_training_beside_it_agrees_and_says_to_which_digit():
    app = visit(reg_beside="sgd", reg_epochs="100")
    shown = table(app)
    assert shown["slope w"][0] == shown["slope w"][1]
    assert re.search(r"differs by more than \*\*(0|\d(\.\d)?·10⁻¹[⁵⁶⁷])\*\*", words(app))


def test_just_too_far_is_as_far_as_its_card_says():
    app = visit()
    app.button(key="try_Just too far").click().run()
    assert "1 % more" in words(app)
    assert "1.01 times the bound" in words(app)


def test_an_experiment_sets_the_controls():
    app = visit(reg_count="50")
    app.button(key="try_One point at a time").click().run()
    assert app.slider(key="reg_batch").value == 1
    assert app.number_input(key="reg_count").value == 100
    assert not app.exception


@pytest.mark.parametrize(
    ("made", "chosen", "training"),
    [
        (Recipe(), Settings(), None),
        (Recipe(seed=5, count=40), Settings(batch_size=7, epochs=20, learning_rate=0.1, seed=2), None),
        (Recipe(low=2, high=9), Settings(scaling="standardise", learning_rate=0.3, epochs=80), None),
        (Recipe(outliers=0.1), Settings(start_w=-2.5, start_b=4.0, epochs=50), None),
        (Recipe(), Settings(epochs=60), TrainingConfig(optimizer="adam", schedule="cosine", momentum=0.8)),
    ],
)
def test_the_code_that_is_shown_runs_and_finds_the_same_line(made, chosen, training):
    x, y = made.points()
    lines = [line.rsplit(" ", 2) for line in printed(script(made, x, y, chosen, training)).splitlines()]
    found = {name: (float(slope), float(intercept)) for name, slope, intercept in lines}
    ours = descend(x, y, chosen)
    np.testing.assert_allclose(found["gradient descent"], ours.line(), rtol=1e-9)
    np.testing.assert_allclose(found["exact solution"], np.polyfit(x, y, 1), rtol=1e-9)
    if training:
        from dlcore.descent.line_training import train

        np.testing.assert_allclose(found["dlcore"], train(x, y, chosen, training).line(), rtol=1e-12)


def test_edits_are_limited_and_kept_in_order(monkeypatch):
    state = {}
    monkeypatch.setattr(points.st, "session_state", state)
    for index in range(40):
        points.add(Recipe(), index / 10, 1.0)
    x, _ = points.points(Recipe())
    assert len(x) == 100 + points.MOST_EDITS
    assert x[100:103].tolist() == [0.0, 0.1, 0.2]
    points.forget()
    points.move(Recipe(), 3, 1e9, -1e9)
    x, y = points.points(Recipe())
    assert (x[3], y[3]) == (100, -100)
    points.move(Recipe(), 5000, 0, 0)
    assert len(points.points(Recipe())[0]) == 100


def test_frames_begin_and_end_where_the_descent_does():
    for steps in (1, 5, 139, 140, 1000, 100_000):
        shown = stage.frame_steps(steps)
        assert shown[0] == 0
        assert shown[-1] == steps
        assert len(shown) <= stage.FRAMES
        assert (np.diff(shown) > 0).all()


def test_the_verdict_names_what_happened():
    x, y = Recipe().points()
    for chosen, says in (
        (Settings(learning_rate=3.0), "**Diverged**"),
        (Settings(learning_rate=1.4, epochs=500), "**Arrived**"),
        (Settings(batch_size=1, learning_rate=0.3, epochs=5), "jitters"),
        (Settings(epochs=10), "halves every 203 steps"),
    ):
        assert says in numbers.verdict(descend(x, y, chosen), chosen)


def test_tracks_hold_a_value_for_every_frame():
    x, y = Recipe(count=20).points()
    found = descend(x, y, Settings(epochs=30))
    steps = stage.frame_steps(found.steps)
    fit, fit_tracks = figures.fit(found, x, steps, found.bowl.minimum, (0.5, 1.5), sticks=True, dark=False)
    bowl, bowl_tracks = figures.bowl(found, steps, dark=False)
    assert all(len(track.y) == len(steps) for track in (*fit_tracks, *bowl_tracks))
    assert max(track.trace for track in fit_tracks) == len(fit.data) - 1
    assert fit.data[0].y.tolist() == y.tolist()
    assert bowl.data[1].x[0] == found.bowl.minimum[0]


@pytest.mark.parametrize(("batch", "rate"), [(100, 0.01), (7, 0.3), (100, 2.5)])
def test_the_update_that_is_shown_is_the_one_that_is_made(batch, rate):
    settings = Settings(learning_rate=rate, epochs=40, batch_size=batch)
    ours = descend(*Recipe().points(), settings)
    steps = stage.frame_steps(ours.steps)
    for readout, path in zip(stage._readouts(ours, steps, settings), (ours.w, ours.b), strict=True):
        before, alpha, slope, after = np.asarray(readout.values).T
        np.testing.assert_allclose(before - alpha * slope, after, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(after, path[np.minimum(steps, ours.steps - 1) + 1])
