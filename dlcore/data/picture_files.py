"""The files that pictures come in → pixels: bounded before a pixel is decoded, and read as far as they go. No torch."""

import io
import struct
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, features

from dlcore.errors import UnreadableImage

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", *(("AVIF",) if features.check("avif") else ()))
JPEG = ("JPEG", "MPO")
MAX_BYTES = 24_000_000
"""Of an image file, unless a caller says otherwise: a telephone's largest."""
MAX_SIDE = 4096
PHOTO_SIDE, PHOTO_PIXELS, PROGRESSIVE_PIXELS = 16_384, 170_000_000, 25_000_000
"""Of a JPEG, which is decoded at an eighth, a quarter or a half of its size; a progressive one takes memory for all."""
WANTED_SIDE = 1120
"""A JPEG is decoded at the smallest of these sizes whose longer side is at least this."""
LEAST_SHARE = 0.3
"""Of the rows of a picture that is cut off."""
FILL = 128
"""The grey that a JPEG decoder leaves where the file ended."""
SAVE = "save it as JPEG or PNG, or bring a screenshot of it."
HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
OTHERS = {
    b"<svg": "a drawing in SVG",
    b"<?xml": "a text in XML",
    b"<!doctype": "a page of the web",
    b"<html": "a page of the web",
    b"%pdf": "a PDF",
    b"pk\x03\x04": "a ZIP or a document of an office program",
    b"8bps": "a file of Photoshop",
    b"\xff\x0a": "a picture in JPEG XL",
    b"\0\0\0\x0cjxl ": "a picture in JPEG XL",
    b"\0\0\0\x0cjp  ": "a picture in JPEG 2000",
}
"""First bytes, in lower case → what a file is."""
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What EXIF says of how the camera was held → what puts the picture upright."""


@dataclass(frozen=True)
class Picture:
    """A decoded picture.

    pixels: uint8 (H, W, 4), RGBA
    note: empty, or a sentence on what is missing from it
    """

    pixels: np.ndarray
    note: str = ""


def decode(data: bytes, *, max_bytes: int = MAX_BYTES, max_side: int | None = None) -> np.ndarray:
    """The pixels of an image file as uint8 (H, W, 4) RGBA, upright; see `opened`."""
    return opened(data, max_bytes=max_bytes, max_side=max_side).pixels


def opened(data: bytes, *, max_bytes: int = MAX_BYTES, max_side: int | None = None) -> Picture:
    """The picture in an image file, upright. A large JPEG comes at a fraction of its size, a cut one as far as it goes.

    max_side: of any file; without it, MAX_SIDE, and PHOTO_SIDE of a JPEG
    Length, format and size are checked before a pixel is decoded; UnreadableImage says what is wrong.
    """
    if len(data) > max_bytes:
        raise UnreadableImage(
            f"The image has {len(data):,} bytes, but at most {max_bytes:,} are allowed: save it smaller."
        )
    try:
        return _opened(data, max_side)
    except UnreadableImage:
        raise
    except Exception as error:  # a damaged file makes Pillow raise nearly anything
        raise UnreadableImage(_why(data)) from error


def _opened(data: bytes, max_side: int | None) -> Picture:
    try:
        return _pixels(data, max_side)
    except OSError:  # its end is missing; with a mark of an end behind it, what is missing is decoded as grey
        if not data.startswith(b"\xff\xd8"):
            raise
        return _pixels(data + b"\xff\xd9", max_side, cut_off=True)


def _pixels(data: bytes, max_side: int | None, *, cut_off: bool = False) -> Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(image, max_side)
        if image.format in JPEG and max_side is None:
            shrink = WANTED_SIDE / max(image.size)
            image.draft(None, (max(1, int(image.width * shrink)), max(1, int(image.height * shrink))))
        turn = UPRIGHT.get(_orientation(image))
        rgba, note = _rgba(image), ""
        if cut_off:
            rgba, note = _without_fill(rgba)
        return Picture(np.asarray(rgba if turn is None else rgba.transpose(turn)), note)


def _check_size(image: Image.Image, max_side: int | None) -> None:
    photo = image.format in JPEG and max_side is None
    side = max_side or (PHOTO_SIDE if photo else MAX_SIDE)
    if max(image.size) > side:
        raise UnreadableImage(
            f"The image is {image.width}×{image.height} pixels, but at most {side} a side are allowed: scale it down."
        )
    most = PROGRESSIVE_PIXELS if image.info.get("progressive") else PHOTO_PIXELS
    if photo and image.width * image.height > most:
        raise UnreadableImage(
            f"The image is {image.width}×{image.height} pixels, but at most {most // 1_000_000} megapixels are "
            "allowed: scale it down."
        )


def _rgba(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # 16 bits a pixel and more; convert() would clip them
        levels = np.asarray(image, dtype=np.float64)
        span = np.ptp(levels) or 1.0
        image = Image.fromarray(((levels - levels.min()) * (255 / span)).astype(np.uint8))
    return image.convert("RGBA")


def _orientation(image: Image.Image) -> int:
    """How the camera was held, also where the rest of EXIF is damaged; 1 if it does not say."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # as above
        return _first_tag(image.info.get("exif", b""))


def _first_tag(exif: bytes) -> int:
    """The orientation in the first directory of an EXIF block, whatever else is in there."""
    block = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    try:
        start = struct.unpack_from(f"{order}I", block, 4)[0]
        for entry in range(struct.unpack_from(f"{order}H", block, start)[0]):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", block, start + 2 + 12 * entry)
            if tag == ORIENTATION:
                return value
    except struct.error:
        pass
    return 1


def _without_fill(image: Image.Image) -> tuple[Image.Image, str]:
    """The rows of a cut JPEG that are there, and a sentence if some are not. image: RGBA"""
    pixels = np.asarray(image)
    filled: np.ndarray = np.abs(pixels[..., :3].astype(np.int16) - FILL).max(2) <= 1
    there = len(pixels) - int(np.argmin(np.asarray(filled.all(1))[::-1])) if not filled.all() else 0
    share = there / len(pixels)
    if share < LEAST_SHARE:
        raise UnreadableImage(f"This JPEG ends after {100 * share:.0f} % of its picture: save or send it once more.")
    if share == 1:
        return image, ""
    kept = pixels[:there].copy()
    for height in (16, 8):  # of the row of blocks in which it ends: what is missing there goes on as above
        first = there - height
        missing = np.asarray(filled[first:there].all(0)) if first > 0 else np.zeros(0, bool)
        if missing.any():
            start = len(missing) - int(np.argmin(missing[::-1])) if not missing.all() else 0
            kept[first:, start:] = kept[first - 1, start:]
            break
    return Image.fromarray(kept), f"The file ends early: {100 * share:.0f} % of the picture is in it."


def _why(data: bytes) -> str:
    """Why a file cannot be read, by what it is."""
    if not data:
        return "The file is empty: bring one with a picture in it."
    start = data[:64].lower()
    if start[4:8] == b"ftyp":
        brand = start[8:12]
        name = "HEIC" if brand in HEIF else "AVIF" if brand in (b"avif", b"avis") else ""
        if name == "AVIF" and "AVIF" in FORMATS:
            return f"This AVIF picture is damaged: {SAVE}"
        if name:
            return f"This is a {name} picture, which cannot be read here: {SAVE}"
        return "This is a film and no picture: take a photograph, or save one moment of it as JPEG or PNG."
    for mark, name in OTHERS.items():
        if start.lstrip().startswith(mark):
            return f"This is {name} and no picture that can be read: {SAVE}"
    allowed = ", ".join(FORMATS)
    return f"This is not an image that can be read: use one of {allowed}, undamaged."
