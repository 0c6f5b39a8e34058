"""A digit is found on paper of every kind, and a clean drawing is left as it is."""

import numpy as np
import pytest
from scipy import ndimage

from dlcore import data
from dlcore.data import ink
from dlcore.data.photo.clean import clean
from dlcore.data.strokes import render

SIDE = 320
DIGITS = {
    "1": [[(160, 80), (160, 240)]],
    "2": [[(110, 110), (130, 85), (175, 80), (200, 105), (190, 145), (110, 235), (210, 235)]],
    "5": [[(200, 85), (125, 85), (120, 150), (175, 145), (200, 185), (175, 230), (115, 230)]],
    "7": [[(105, 85), (210, 85), (140, 240)]],
}
ROWS, COLS = np.mgrid[:SIDE, :SIDE] / (SIDE - 1)


def amount(digit, width=16):
    return render(DIGITS[digit], size=SIDE, width=width) / 255


def sheet(digit="7", paper=235.0, pen=35.0, width=16):
    part = amount(digit, width)
    return paper * (1 - part) + pen * part


def levels(picture):
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


def noisy(picture, deviation, seed=0):
    return picture + np.random.default_rng(seed).normal(0, deviation, picture.shape)


def difference(picture, digit):
    clean = ink.read((255 * amount(digit)).astype(np.uint8), canvas=True).image
    return np.abs(ink.read(levels(picture)).image.astype(int) - clean.astype(int)).mean()


def is_read(picture, digit="7", most=16):
    """Whether what is left is the digit alone, as if it had been drawn."""
    read = ink.read(levels(picture))
    return read.problem == "" and difference(picture, digit) < most


def names(picture):
    return [step.name for step in ink.read(levels(picture)).steps]


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize(
    "light",
    [
        0.35 + 0.65 * COLS,
        1 - 0.6 * ROWS,
        1 - 0.4 * (COLS > 0.47),
        1 - 0.5 * ndimage.gaussian_filter((ROWS + COLS > 1).astype(float), 9),
        1 - 1.1 * ((ROWS - 0.5) ** 2 + (COLS - 0.5) ** 2),
    ],
    ids=["from the left", "from above", "half shadow", "soft shadow", "vignette"],
)
def test_uneven_light_is_taken_away(digit, light):
    picture = noisy(sheet(digit) * light, 2)
    assert is_read(picture, digit)
    assert "light" in names(picture)


def test_chalk_and_pencil_in_uneven_light():
    assert is_read(noisy(sheet(paper=60, pen=210) * (1 - 0.4 * COLS), 2))
    assert is_read(noisy(sheet(paper=215, pen=130) * (1 - 0.3 * COLS), 2))


@pytest.mark.parametrize("thickness", [1, 2, 4, 8])
@pytest.mark.parametrize("inset", [0, 1, 20])
@pytest.mark.parametrize("level", [0, 190])
def test_a_frame_is_taken_away(thickness, inset, level):
    framed = sheet(paper=255, pen=0)
    inside = np.zeros((SIDE, SIDE), bool)
    inside[inset : SIDE - inset, inset : SIDE - inset] = True
    inside[inset + thickness : SIDE - inset - thickness, inset + thickness : SIDE - inset - thickness] = False
    framed[inside] = level
    assert is_read(framed)


@pytest.mark.parametrize("sides", ["t", "b", "l", "r", "tl", "br", "tb", "tlr"])
@pytest.mark.parametrize("thickness", [1, 3, 8])
def test_lines_at_some_edges_are_taken_away(sides, thickness):
    picture = sheet(paper=255, pen=0)
    for side in sides:
        turns = "tlbr".index(side)
        np.rot90(picture, -turns)[:thickness] = 0
    assert is_read(picture)


@pytest.mark.parametrize("digit", ["2", "7"])
@pytest.mark.parametrize("pitch", [14, 25, 40])
@pytest.mark.parametrize(("level", "thickness"), [(200, 1), (120, 2), (90, 3)])
@pytest.mark.parametrize("squared", [False, True])
def test_printed_lines_are_taken_away(digit, pitch, level, thickness, squared):
    paper = np.full((SIDE, SIDE), 240.0)
    place = (np.arange(SIDE) + 5) % pitch < thickness
    paper[place] = level
    if squared:
        paper[:, place] = level
    part = amount(digit)
    assert is_read(paper * (1 - part) + 35 * part, digit)


def test_turned_lines_are_taken_away():
    across = (np.arange(SIDE)[:, None] - 0.07 * np.arange(SIDE)) % 30
    paper = np.where(across < 2, 130.0, 240.0)
    part = amount("7")
    picture = noisy(ndimage.gaussian_filter(paper * (1 - part) + 35 * part, 0.7), 2)
    assert is_read(picture)
    assert "lines" in names(picture)


@pytest.mark.parametrize("sides", ["tblr", "t", "lr", "tlr", "br"])
@pytest.mark.parametrize("desk", [40, 90])
def test_a_dark_desk_is_taken_away(sides, desk):
    picture = sheet()
    for side in sides:
        np.rot90(picture, -"tlbr".index(side))[:30] = desk
    assert is_read(noisy(picture, 2))


def test_a_turned_sheet_is_told_from_the_desk():
    on_desk = ndimage.rotate(sheet() - 60, 12, order=1) + 60
    read = ink.read(levels(noisy(on_desk, 2)))
    assert read.problem == ""
    assert difference(noisy(on_desk, 2), "7") < 20


@pytest.mark.parametrize(("paper", "pen"), [((0, 130, 0), (255, 0, 0)), ((90, 130, 250), (190, 120, 40))])
def test_colours_of_one_brightness_are_told_apart(paper, pen):
    part = amount("7")[..., None]
    picture = np.array(paper) * (1 - part) + np.array(pen) * part
    assert is_read(picture)
    assert "colour" in names(picture)


def test_faint_ink_is_found_and_noise_is_none():
    assert is_read(sheet(paper=140, pen=120))
    assert is_read(noisy(sheet(paper=190, pen=60), 20))


def test_a_long_strip_and_a_tiny_picture_are_read():
    strip = np.full((4000, 60), 255.0)
    strip[3000:3060] = 255 - render([[(20, 15), (40, 15), (27, 46)]], size=60, width=4)
    assert ink.read(levels(strip)).problem == ""
    tiny = sheet().reshape(10, 32, 10, 32).mean((1, 3))
    assert is_read(tiny, most=20)
    assert "enlarge" in names(tiny)


@pytest.mark.parametrize("paper", [np.full((200, 200), 235.0), 120 + 100 * ROWS, 220 - 90 * ROWS * COLS])
def test_of_a_picture_with_nothing_on_it_the_sentence_names_the_cause(paper):
    problem = ink.read(levels(noisy(paper, 2))).problem
    assert "picture" in problem
    assert "canvas" not in problem


def test_a_canvas_is_left_as_it_is_and_so_is_a_clean_file():
    for digit in DIGITS:
        for width in (8, 18, 34):
            drawn = render(DIGITS[digit], size=SIDE, width=width)
            on_canvas = ink.read(drawn, canvas=True)
            assert [step.name for step in on_canvas.steps] == ["ink", "crop", "scale", "centre"]
            rgb = np.stack([drawn] * 3 + [np.full_like(drawn, 255)], axis=2)
            for same in (drawn, 255 - drawn, rgb):
                assert np.array_equal(ink.read(same).image, ink.read(same, canvas=True).image)


def test_digits_of_a_set_are_left_as_they_are():
    for image in data.load("digits").test.images[:60, 0].numpy():
        for large in (np.kron(image, np.ones((5, 5), np.uint8)), 255 - np.kron(image, np.ones((10, 10), np.uint8))):
            assert np.array_equal(ink.read(large).image, ink.read(large, canvas=True).image)


def test_each_step_has_a_name_a_caption_and_a_picture():
    steps = clean(levels(noisy(sheet() * (0.4 + 0.6 * COLS), 2))).steps
    assert steps[0].name == "picture"
    assert all(step.caption and step.image.dtype == np.uint8 and step.image.ndim == 2 for step in steps)
