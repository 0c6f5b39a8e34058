"""A drawing becomes the image that a network reads, whatever it was drawn with."""

import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from dlcore import data
from dlcore.data import ink
from dlcore.data.strokes import render
from dlcore.errors import UnreadableImage

SEVEN = [[(60, 60), (180, 60), (110, 220)]]


def drawn(shift=(0, 0), scale=1.0, size=280, width=18):
    moved = [[(x * scale + shift[0], y * scale + shift[1]) for x, y in stroke] for stroke in SEVEN]
    return render(moved, size=size, width=width)


def difference(one, other):
    return np.abs(one.image.astype(int) - other.image.astype(int)).mean()


def png(array, format="PNG"):
    file = io.BytesIO()
    Image.fromarray(array).save(file, format)
    return file.getvalue()


def test_the_digit_fills_twenty_pixels_and_its_mass_lies_in_the_middle():
    image = ink.read(drawn()).image
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    mass = image / image.sum()
    assert mass.sum(1) @ np.arange(28) == pytest.approx(14, abs=0.51)
    assert mass.sum(0) @ np.arange(28) == pytest.approx(14, abs=0.51)
    assert image.max() == 255


def test_place_on_the_canvas_does_not_matter():
    assert difference(ink.read(drawn()), ink.read(drawn(shift=(37, 21)))) < 2


def test_size_of_the_drawing_does_not_matter():
    assert difference(ink.read(drawn()), ink.read(drawn(scale=3, size=840, width=54))) < 2


@pytest.mark.parametrize(
    "change",
    [
        lambda grey: 255 - grey,
        lambda grey: np.stack([grey] * 3, axis=2),
        lambda grey: np.stack([255 - grey] * 3 + [np.full_like(grey, 255)], axis=2),
        lambda grey: np.stack([np.zeros_like(grey)] * 3 + [grey], axis=2),
        lambda grey: np.stack([np.full_like(grey, 255)] * 3 + [grey], axis=2),
        lambda grey: (grey // 3 + 90).astype(np.uint8),
        lambda grey: grey[..., None],
    ],
    ids=["dark on light", "rgb", "rgba", "black on nothing", "white on nothing", "faint", "one channel"],
)
def test_colours_do_not_matter(change):
    assert difference(ink.read(drawn()), ink.read(change(drawn()))) < 2


def test_stray_specks_do_not_spoil_the_crop():
    spotted = drawn().copy()
    spotted[4:7, 4:7] = 255
    spotted[270:276, 268:274] = 255
    assert difference(ink.read(drawn()), ink.read(spotted)) < 2


def test_noise_in_the_paper_is_not_ink():
    noisy = drawn().astype(int) // 2 + np.random.default_rng(0).integers(60, 75, (280, 280))
    assert difference(ink.read(drawn()), ink.read(noisy.astype(np.uint8))) < 6


@pytest.mark.parametrize(
    ("pixels", "problem"),
    [
        (np.zeros((280, 280), np.uint8), ink.BLANK),
        (np.full((280, 280, 3), 255, np.uint8), ink.BLANK),
        (np.zeros((280, 280, 4), np.uint8), ink.BLANK),
        (np.full((1, 1), 9, np.uint8), ink.BLANK),
        (render([[(140, 140)]]), ink.DOT),
        (render([[(140, 140)]], width=90), ink.DOT),
        (render([[(10, y), (270, y)] for y in range(10, 280, 10)]), ink.FULL),
        (drawn(), ""),
    ],
)
def test_what_can_be_no_digit_is_named(pixels, problem):
    read = ink.read(pixels, canvas=True)
    assert read.problem == problem
    if problem != ink.FULL:  # which may be ruled paper on a picture
        assert ink.read(pixels).problem == ink.OF_PICTURES.get(problem, "")
    assert "canvas" not in ink.read(pixels).problem
    assert read.image.shape == (28, 28)


def test_every_step_is_shown():
    steps = ink.read(drawn()).steps
    assert [step.name for step in steps] == ["ink", "crop", "scale", "centre"]
    assert all(step.image.dtype == np.uint8 and step.caption for step in steps)
    assert steps[0].image.shape == (280, 280)
    assert max(steps[2].image.shape) == 20
    assert np.array_equal(steps[-1].image, ink.read(drawn()).image)


def test_without_crop_the_place_on_the_canvas_matters():
    corner = drawn(scale=0.4)
    image = ink.read(corner, crop=False, scale=False, centre=False).image
    assert image[:14, :14].sum() > 0.9 * image.sum()


def test_without_scale_a_small_drawing_stays_small():
    image = ink.read(drawn(scale=0.4), scale=False).image
    assert np.ptp(np.flatnonzero(image.any(1))) + 1 < 12


def test_without_centre_the_box_is_in_the_middle():
    rows = np.flatnonzero(ink.read(drawn(), centre=False).image.any(1))
    assert rows[0] + rows[-1] == pytest.approx(27, abs=1)


def test_without_smoothing_edges_are_jagged():
    smooth, jagged = ink.read(drawn()).image, ink.read(drawn(), smooth=False).image
    assert np.mean((jagged > 0) & (jagged < 255)) < 0.5 * np.mean((smooth > 0) & (smooth < 255))


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.tuples(st.integers(1, 60), st.integers(1, 60))
        | st.tuples(st.integers(1, 60), st.integers(1, 60), st.sampled_from([1, 3, 4])),
    ),
    st.tuples(*[st.booleans()] * 4),
)
def test_any_pixels_become_an_image(pixels, switches):
    crop, scale, centre, smooth = switches
    for canvas in (False, True):
        image = ink.read(pixels, crop=crop, scale=scale, centre=centre, smooth=smooth, canvas=canvas).image
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8


def test_a_large_image_is_read():
    pixels = np.asarray(Image.fromarray(drawn()).resize((4096, 3000)))
    assert ink.read(pixels).problem == ""


@pytest.mark.parametrize("pixels", [np.zeros((3, 3)), np.zeros((0, 4), np.uint8), np.zeros((2, 2, 2), np.uint8), 7])
def test_what_is_no_drawing_is_refused(pixels):
    with pytest.raises(UnreadableImage, match="A drawing must be"):
        ink.read(pixels)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_image_files_are_decoded(format):
    pixels = ink.decode(png(drawn(), format))
    assert pixels.shape == (280, 280, 4)
    assert difference(ink.read(drawn()), ink.read(pixels)) < 6


def test_sixteen_bits_a_pixel_are_read():
    deep = drawn().astype(np.uint16) * 100
    assert difference(ink.read(drawn()), ink.read(ink.decode(png(deep)))) < 2


def test_a_forged_size_is_refused_before_decoding():
    forged = png(np.zeros((1, 5000), np.uint8))
    with pytest.raises(UnreadableImage, match="5000×1"):
        ink.decode(forged)


def test_too_many_bytes_are_refused():
    with pytest.raises(UnreadableImage, match="24,000,001 bytes"):
        ink.decode(bytes(24_000_001))


@pytest.mark.parametrize("data", [b"", b"no image", png(drawn())[:200], png(drawn(), "JPEG")[:300]])
def test_damaged_files_are_refused(data):
    with pytest.raises(UnreadableImage, match=r"not an image that can be read|empty|ends after"):
        ink.decode(data)


def test_ink_needs_no_torch():
    code = "import sys, dlcore.data.ink; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _tight(images):
    """Digits without a margin, ink on paper and the other way round."""
    for image in images:
        rows, columns = np.flatnonzero((image > 0).any(1)), np.flatnonzero((image > 0).any(0))
        cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        yield from (cut, 255 - cut)


@pytest.mark.parametrize("enlarged", [1, 12])
def test_digits_without_a_margin_are_not_blank(enlarged):
    """What is spread among the pixels of a tight crop is its ink and no noise."""
    images = data.load("digits").test.images[:150, 0].numpy()
    for cut in _tight(images):
        size = (cut.shape[1] * enlarged, cut.shape[0] * enlarged)
        drawn = np.asarray(Image.fromarray(cut).resize(size, Image.Resampling.BICUBIC))
        assert ink.read(drawn).problem != ink.OF_PICTURES[ink.BLANK]


@pytest.mark.parametrize("level", [60, 128, 200])
@pytest.mark.parametrize("noise", [0, 2, 5, 10, 20])
@pytest.mark.parametrize("shape", [(28, 28), (20, 12), (280, 280)])
def test_paper_is_blank_whatever_its_grey_and_its_noise(level, noise, shape):
    paper = level + noise * np.random.default_rng(level + noise).standard_normal(shape)
    problem = ink.read(np.clip(paper, 0, 255).astype(np.uint8)).problem
    assert problem == ink.OF_PICTURES[ink.BLANK]
