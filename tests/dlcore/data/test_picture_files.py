"""The files that pictures come in: turned, huge, damaged, cut off, or no pictures at all."""

import io

import numpy as np
import pytest
from PIL import Image

from dlcore.data import ink, picture_files
from dlcore.data.strokes import render
from dlcore.errors import UnreadableImage

SEVEN = 255 - render([[(60, 60), (180, 60), (110, 220)]])


def saved(pixels=SEVEN, format="JPEG", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def with_exif(block):
    data, block = saved(np.rot90(SEVEN)), b"Exif\0\0" + block
    return data[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + data[2:]


def is_like(pixels, other):
    return np.abs(ink.read(pixels).image.astype(int) - ink.read(other).image.astype(int)).mean() < 8


TURNED = b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
WORDS_FOR_A_NUMBER = b"\x01\x1a\0\x02\0\0\0\x04abc\0"


@pytest.mark.parametrize(
    "block",
    [
        b"MM\0*\0\0\0\x08\0\x01" + TURNED + bytes(4),
        b"MM\0*\0\0\0\x08\0\x02" + TURNED + WORDS_FOR_A_NUMBER + bytes(4),
        b"MM\0*\0\0\0\x08\0\x09" + TURNED + b"\xff" * 7,
    ],
    ids=["whole", "a resolution in words", "cut off"],
)
def test_a_turned_photograph_is_upright_whatever_else_its_exif_says(block):
    assert is_like(picture_files.decode(with_exif(block)), SEVEN)


@pytest.mark.parametrize(
    "block", [b"", b"MM", b"XX\0*\0\0\0\x08", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"]
)
def test_exif_that_says_nothing_leaves_the_picture_as_it_is(block):
    assert is_like(picture_files.decode(with_exif(block)), np.rot90(SEVEN))


def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size():
    large = Image.fromarray(SEVEN).resize((6000, 4500))
    file = io.BytesIO()
    large.save(file, "JPEG", quality=60)
    pixels = picture_files.decode(file.getvalue())
    assert 1100 < max(pixels.shape) < 2400
    assert is_like(pixels, np.asarray(large.resize((600, 450))))


def test_a_large_progressive_jpeg_and_any_large_png_are_refused():
    file = io.BytesIO()
    Image.new("L", (6000, 4500)).save(file, "JPEG", progressive=True)
    with pytest.raises(UnreadableImage, match="25 megapixels"):
        picture_files.decode(file.getvalue())
    with pytest.raises(UnreadableImage, match="4096 a side"):
        picture_files.decode(saved(np.zeros((1, 4097), np.uint8), "PNG"))


@pytest.mark.parametrize("share", [0.8, 0.9, 0.97])
def test_a_cut_jpeg_is_read_as_far_as_it_goes(share):
    noise = np.random.default_rng(0).normal(0, 6, SEVEN.shape)
    data = saved(np.clip(SEVEN + noise, 0, 255).astype(np.uint8), quality=90)
    picture = picture_files.opened(data[: int(share * len(data))])
    assert 0.6 * 280 < len(picture.pixels) < 280
    assert "% of the picture" in picture.note
    assert not (picture.pixels[..., :3] == picture_files.FILL).all(2).all(1).any()


def test_a_jpeg_without_its_last_bytes_is_whole():
    picture = picture_files.opened(saved()[:-2])
    assert picture.pixels.shape == (280, 280, 4)
    assert picture.note == ""


def test_too_little_of_a_jpeg_is_refused_with_its_share():
    data = saved(np.random.default_rng(0).integers(0, 256, (280, 280), np.uint8))
    with pytest.raises(UnreadableImage, match=r"ends after (1|2). % of its picture"):
        picture_files.opened(data[: int(0.2 * len(data))])


@pytest.mark.skipif("AVIF" not in picture_files.FORMATS, reason="this Pillow reads no AVIF")
def test_avif_is_read():
    assert is_like(picture_files.decode(saved(format="AVIF")), SEVEN)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC picture"),
        (b"\0\0\0\x18ftypmif1" + bytes(40), "HEIC picture"),
        (b"\0\0\0\x18ftypavif" + bytes(40), "AVIF picture"),
        (b"\0\0\0\x18ftypisom" + bytes(40), "a film"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\n<svg xmlns=", "SVG"),
        (b"PK\x03\x04....", "a ZIP"),
        (b"", "empty"),
        (b"no picture", "not an image that can be read"),
    ],
)
def test_what_is_no_picture_is_named(data, says):
    with pytest.raises(UnreadableImage, match=says):
        picture_files.decode(data)
