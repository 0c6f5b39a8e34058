"""A drawing replayed: what was thought of it at every moment, and when the answer was found."""

import numpy as np
import pytest

from dlcore.data import ink
from dlcore.data.growing import Moment, moments
from dlcore.data.strokes import render
from dlcore.use.classifier import UNLIKE, Classifier, Reading
from pages.figures import strokes as figures
from pages.parts.draw import strokes
from pages.parts.draw.board import Board
from pages.shared import canvas
from pages.shared.examples import EXAMPLES, PEN, UNITS
from tests.pages.test_draw import answer, browser, click, draw, drawn, learned, visit  # noqa: F401
from tests.pages.visits import text

SEVEN = canvas.as_tuples(EXAMPLES[0].strokes)


@pytest.fixture
def films(monkeypatch):
    """What the plots of the section were given."""
    shown = {}
    monkeypatch.setattr(strokes, "plot", lambda key, figure, **options: shown.update({key: options["frames"]}))
    return shown


def test_each_moment_is_read_as_the_drawing_would_be_that_ends_there():
    classifier = Classifier.load("mlp")
    pixels = render(SEVEN, size=UNITS, width=PEN)
    board = Board("mlp", classifier, canvas.Drawing(pixels, SEVEN), ink.read(pixels, canvas=True))
    replay = strokes.replayed(board, SEVEN)
    assert len(replay.moments) == len(replay.readings) == len(replay.images)
    for moment, reading in zip(replay.moments, replay.readings, strict=True):
        _, alone = classifier.drawing(render(moment.lines, size=UNITS, width=PEN), canvas=True)
        assert np.allclose(alone.probabilities, reading.probabilities, atol=1e-5)
        assert (alone.label, alone.is_digit, alone.reason) == (reading.label, reading.is_digit, reading.reason)
    assert replay.readings[-1].label == classifier.drawing(pixels, canvas=True)[1].label == "7"


def test_it_invites_and_then_replays_the_drawing_to_the_answer_above_it(visit, browser, films):  # noqa: F811
    app = visit(draw_section="strokes")
    assert any("while your drawing grows" in each.value for each in app.caption)
    click(app, "7 with a bar")
    assert set(films) == {"drawfig_growing", "drawfig_growing_bars", "drawfig_course"}
    assert len({(each.count, each.group) for each in films.values()}) == 1
    assert [each.bar for each in films.values()] == [True, False, False]
    (said,) = films["drawfig_growing_bars"].tracks
    assert said.x[-1].argmax() == 7
    assert ">7<" in answer(app)
    assert films["drawfig_growing"].labels[-1] == "stroke 2: 7"
    assert "the answer is **7**. Just before, it was not a digit" in text(app)
    assert "| stroke 1 |" in text(app)


def test_a_network_of_ones_own_is_asked_too(visit, browser, store, films):  # noqa: F811
    app = visit(draw_section="strokes", run=learned(store))
    click(app, "Slashed zero")
    assert films["drawfig_course"].count > 10
    assert "| stroke 2 | 100\u00a0% |" in text(app)


def test_what_is_drawn_by_hand_is_replayed_as_far_as_it_is_known(visit, browser, films):  # noqa: F811
    app = visit(draw_section="strokes")
    draw(app, browser, drawn(), [{"type": "path", "path": [["M", 100, 80], ["Q", 170, 80, 240, 80], ["L", 150, 270]]}])
    assert films["drawfig_growing"].labels[-1] == "stroke 1: 7"
    films.clear()
    draw(app, browser, drawn([[(60, 60), (60, 200)]]), [{"type": "Image"}])
    assert not films
    assert any("not known" in each.value for each in app.caption)


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ("1177", "From 75\u00a0% of the drawing on (stroke 1 of 1), the answer is **7**."),
        ("7777", "From the first piece of line on, the answer is **7**."),
        ("1--7", "Just before, it was not a digit (most likely -, 80.0\u00a0%)."),
        ("77--", "From 75\u00a0% of the drawing on (stroke 1 of 1), the answer is **not a digit**."),
        ("7171", "From 100\u00a0% of the drawing on (stroke 1 of 1), the answer is **1**. Just before, it was 7,"),
    ],
)
def test_the_moment_at_which_the_answer_was_found(labels, says):
    shown = [Moment((), 0, place == 3, (place + 1) / 4) for place in range(4)]
    readings = [Reading(0, each, 0.8, (0.8, 0.2), 0, each != "-", "" if each != "-" else UNLIKE) for each in labels]
    said = strokes.told(strokes.Replay(shown, np.zeros((4, 28, 28)), readings), "not a digit")
    assert says in said.replace("\\", "")


def test_the_pen_leaves_gaps_between_strokes_and_doubt_is_shaded_as_one():
    found = moments(SEVEN, most=10)
    film = figures.growing(found, np.zeros((len(found), 28, 28), np.uint8), UNITS, dark=False)
    path, picture = film.tracks
    assert film.count == len(found)
    assert np.isnan(path.x[-1]).sum() == 1
    assert picture.z.shape == (len(found), 784)
    refused = [True, True, False, True] + [False] * (len(found) - 4)
    said = np.full((len(found), 10), 0.1)
    course = figures.course(found, said, refused, "0123456789", dark=True).figure
    bands = [each for each in course.layout.shapes if each.type == "rect"]
    assert [(each.x0, each.x1) for each in bands] == [(0, found[1].share), (found[2].share, found[3].share)]
