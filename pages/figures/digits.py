"""Digits and what is thought of them, as HTML that follows the page's own colours. No streamlit in here."""

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from PIL import Image

from dlcore.formula.numbers import percent

NOTHING = "–"
"""Stands where the answer will be."""


def png(image: np.ndarray) -> bytes:
    """image: uint8 (h, w) → a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=1)
    return file.getvalue()


def picture(image: np.ndarray | None, title: str, caption: str, *, faded: bool = False) -> str:
    """A pixel-sharp picture with its title and a line below it.

    image: uint8 (h, w), 0 = black, drawn as a square; None leaves an empty frame of the same size
    """
    look = "display:block;width:100%;max-width:16rem;aspect-ratio:1;border-radius:0.5rem;box-sizing:border-box;"
    if image is None:
        frame = f'<div style="{look}border:2px dashed color-mix(in srgb, currentColor 25%, transparent)"></div>'
    else:
        data = base64.b64encode(png(_square(image))).decode("ascii")
        frame = (
            f'<img src="data:image/png;base64,{data}" alt="{escape(title)}: {escape(caption)}" style="{look}'
            f"image-rendering:pixelated;opacity:{0.35 if faded else 1};"
            'border:1px solid color-mix(in srgb, currentColor 25%, transparent)">'
        )
    return (
        f'<figure style="margin:0">{frame}<figcaption style="margin-top:0.4rem;line-height:1.35">'
        f'<b>{escape(title)}</b><br><span style="opacity:0.75">{escape(caption)}</span></figcaption></figure>'
    )


def answer(symbol: str, headline: str, line: str, *, size: str = "") -> str:
    """What was read, large enough for the last row of a lecture hall, with a line beside it.

    size: of the symbol, as in CSS; by default as large as its length allows
    """
    size = size or ("7.5rem" if len(symbol) <= 2 else "3rem")
    weight, opacity = (700, 1) if symbol != NOTHING else (200, 0.4)
    return (
        '<div role="status" style="display:flex;flex-wrap:wrap;align-items:center;gap:0 1.6rem;min-height:8.5rem">'
        f'<div class="answer" style="font-size:{size};font-weight:{weight};opacity:{opacity};'
        f'line-height:1.1;min-width:5rem;text-align:center;font-variant-numeric:tabular-nums">{escape(symbol)}</div>'
        '<div style="flex:1 1 12rem">'
        f'<div style="font-size:1.6rem;font-weight:650;line-height:1.25">{escape(headline)}</div>'
        f'<div style="font-size:1.05rem;opacity:0.8;margin-top:0.2rem">{escape(line)}</div></div></div>'
    )


def bars(probabilities: Sequence[float], labels: Sequence[str], colours: Sequence[str], *, faded: bool = False) -> str:
    """A bar from 0 to 100 % for each class, in the class's colour, with its number; the longest one in bold."""
    best = int(np.argmax(probabilities))
    rows = "".join(
        _bar(label, value, colour, index == best and not faded)
        for index, (label, value, colour) in enumerate(zip(labels, probabilities, colours, strict=True))
    )
    return (
        '<div role="table" aria-label="Probability of each class" style="display:grid;gap:0.3rem 0.7rem;'
        f"grid-template-columns:max-content 1fr 4.6rem;align-items:center;font-size:1.05rem;"
        f'font-variant-numeric:tabular-nums;opacity:{0.6 if faded else 1}">{rows}</div>'
    )


def _bar(label: str, value: float, colour: str, best: bool) -> str:
    weight = 700 if best else 400
    return (
        f'<div style="font-weight:{weight}">{escape(label)}</div>'
        '<div style="height:1.05rem;border-radius:0.3rem;background:color-mix(in srgb, currentColor 9%, transparent)">'
        f'<div style="height:100%;width:{100 * value:.2f}%;border-radius:0.3rem;background:{colour}"></div></div>'
        f'<div style="text-align:right;font-weight:{weight}">{percent(value)}</div>'
    )


def _square(image: np.ndarray) -> np.ndarray:
    """`image` in the middle of a black square."""
    height, width = image.shape
    side = max(height, width)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = image
    return square
