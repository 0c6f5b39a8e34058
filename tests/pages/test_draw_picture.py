"""A picture of one's own on the page Draw."""

import io

import numpy as np
import pytest
from PIL import Image

from dlcore.data.strokes import render
from pages.shared.examples import EXAMPLES
from tests.pages.test_draw import answer, browser, click, visit

__all__ = ["browser", "visit"]

SEVEN = render(EXAMPLES[0].strokes) / 255


def saved(picture, format="JPEG"):
    file = io.BytesIO()
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(file, format)
    return file.getvalue()


def photographed():
    light = 0.4 + 0.6 * np.arange(280) / 280
    return saved((235 - 200 * SEVEN) * light + np.random.default_rng(0).normal(0, 2, SEVEN.shape))


def bring(app, data, name="photo.jpg"):
    app.get("file_uploader")[0].upload(name, data).run()
    assert not app.exception


def shown(app):
    return " ".join(each.proto.body for each in app.get("html"))


def test_a_photograph_is_read_its_steps_are_shown_and_there_is_a_way_back(visit):
    app = visit()
    bring(app, photographed())
    assert ">7<" in answer(app)
    for title in ("Your picture", "Even light", "Its ink", "What the network sees"):
        assert title in shown(app)
    click(app, "Back to the canvas")
    assert "Nothing drawn yet" in answer(app)
    assert "Even light" not in shown(app)


def test_a_clean_picture_needs_no_more_steps_than_a_drawing(visit):
    app = visit()
    bring(app, saved(255 - 255 * SEVEN, "PNG"))
    assert ">7<" in answer(app)
    assert "Your picture" not in shown(app)


def test_an_example_takes_the_place_of_a_picture(visit):
    app = visit()
    bring(app, photographed())
    click(app, "Slashed zero")
    assert ">0<" in answer(app)


def test_the_same_picture_may_come_twice_and_switches_hold_for_it(visit):
    app = visit(crop="false")
    for _ in range(2):
        bring(app, photographed())
        assert any("With every step on: **7**" in each.value for each in app.markdown)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        (b"words", "not an image"),
        (b"", "empty"),
        (saved(np.zeros((1, 5000)), "PNG"), "4096 a side"),
    ],
    ids=["HEIC", "words", "empty", "too wide"],
)
def test_what_cannot_be_read_is_one_sentence(visit, data, says):
    app = visit()
    bring(app, data)
    assert len(app.warning) == 1
    assert says in app.warning[0].value
    bring(app, photographed())
    assert not app.warning
    assert ">7<" in answer(app)


def test_a_picture_with_nothing_on_it_is_named_as_such(visit):
    app = visit()
    bring(app, saved(np.full((200, 200), 230)))
    assert "Nothing stands out from the background of this picture" in answer(app)
