"""A network that reads a drawing row by row: one watches its mind change."""

import numpy as np
import pytest

from dlcore.config.run import RunConfig
from dlcore.use.classifier import UNLIKE, Reading
from pages.parts.draw import rows
from tests.pages.test_draw import browser, draw, visit  # noqa: F401
from tests.pages.visits import html, trained

TITLE = "How its answer changes, row by row"


@pytest.fixture
def run(store):
    both_ways = {"hidden": 6, "layers": 1, "bidirectional": True}
    config = RunConfig.of("gru", {"name": "digits", "train_size": 60}, {"epochs": 1}, model=both_ways)
    return trained(store, config).id


def subheaders(app):
    return [each.value for each in app.subheader]


def test_it_invites_to_draw_and_then_shows_every_row(visit, browser, run, monkeypatch):  # noqa: F811
    shown = {}
    monkeypatch.setattr(rows, "plot", lambda key, figure, **options: shown.update({key: options["frames"]}))
    app = visit(run=run)
    assert TITLE in subheaders(app)
    assert not shown
    draw(app, browser)
    assert shown["drawfig_rows"].count == shown["drawfig_mind"].count == 8
    assert shown["drawfig_rows"].group == shown["drawfig_mind"].group
    (mind,) = shown["drawfig_mind"].tracks
    assert np.allclose(mind.x.sum(axis=1), 1, atol=1e-5)
    refused = any("Not a digit" in each for each in html(app))
    assert any(("is the most likely class" if refused else "on, it reads a") in each.value for each in app.markdown)


def test_networks_that_see_the_whole_image_have_no_rows(visit, browser):  # noqa: F811
    app = visit()
    draw(app, browser)
    assert TITLE not in subheaders(app)


@pytest.mark.parametrize(("best", "row"), [([1, 2, 2, 2], 2), ([2, 2, 2, 2], 1), ([2, 1, 2, 1], 4)])
def test_the_moment_from_which_it_is_sure(best, row):
    said = np.eye(3)[best]
    assert f"From row {row} of 4 on, it reads a **c**." in rows._moment(said, reading(is_digit=True))


def test_what_is_not_taken_for_a_digit_is_not_taken_for_one_below_either():
    said = rows._moment(np.eye(3)[[1, 2, 2, 2]], reading(is_digit=False))
    assert "From row 2 of 4 on, **c** is the most likely class, with 33.0\u00a0% at the end." in said
    assert "it reads a" not in said
    assert "does not look like" in said


def reading(*, is_digit):
    return Reading(2, "c", 0.33, (0.3, 0.37, 0.33), 0.0, is_digit, "" if is_digit else UNLIKE)
