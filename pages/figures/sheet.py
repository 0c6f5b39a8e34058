"""Sheets of small grey images as HTML: sharp pixels in the ink of the page, light or dark, a caption under each."""

import html
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image

from pages.figures import png

_ENLARGE = 4
_MARK = "#e76300"

STYLE = f"""<style>
.sheet {{ display: grid; gap: 8px 6px; grid-template-columns: repeat(auto-fill, minmax(78px, 1fr)); }}
.sheet figure {{ margin: 0; text-align: center; font-size: 14px; line-height: 20px; min-width: 0; }}
.sheet span {{ display: block; width: 60px; height: 60px; margin: 0 auto; border-radius: 4px; overflow: hidden;
  border: 2px solid rgba(128, 128, 128, 0.25); }}
.sheet i {{ display: block; width: 56px; height: 56px; background: currentColor;
  -webkit-mask: var(--ink) center / 56px 56px no-repeat; mask: var(--ink) center / 56px 56px no-repeat; }}
.sheet .marked span {{ border: 2px dashed {_MARK}; }}
.sheet .marked figcaption {{ font-weight: 700; }}
.sheet figcaption {{ overflow-wrap: anywhere; min-height: 20px; max-height: 60px; overflow: hidden; }}
</style>"""


def sheet(images: np.ndarray, captions: Sequence[str], marked: Sequence[bool], descriptions: Sequence[str]) -> str:
    """HTML of a grid that fills the width there is.

    images: uint8 (N, 28, 28), 0 = background
    captions: a word or two under each; marked: framed, because something is to be noticed
    descriptions: what a screen reader says, and what the pointer shows
    """
    cells = map(_cell, images, captions, marked, descriptions)
    return f'{STYLE}<div class="sheet">{"".join(cells)}</div>'


def empty_sheet(count: int) -> str:
    """The same grid with nothing in it yet, so that nothing jumps when the images come."""
    cell = "<figure><span></span><figcaption>&nbsp;</figcaption></figure>"
    return f'{STYLE}<div class="sheet" aria-hidden="true">{cell * count}</div>'


def _cell(image: np.ndarray, caption: str, marked: bool, description: str) -> str:
    said = html.escape(description)
    picture = f'<i role="img" aria-label="{said}" style="--ink: url({ink(image)})"></i>'
    frame = "marked" if marked else "plain"
    words = f"<figcaption>{html.escape(caption)}</figcaption>"
    return f'<figure class="{frame}" title="{said}"><span>{picture}</span>{words}</figure>'


def ink(image: np.ndarray) -> str:
    """A data address of a PNG whose opacity is a uint8 (h, w) image; enlarged, since browsers smooth masks."""
    return _png(image.tobytes(), image.shape)


@lru_cache(maxsize=512)
def _png(pixels: bytes, shape: tuple[int, int]) -> str:
    alpha = np.frombuffer(pixels, dtype=np.uint8).reshape(shape)
    alpha = alpha.repeat(_ENLARGE, axis=0).repeat(_ENLARGE, axis=1)
    image = Image.merge("LA", (Image.new("L", alpha.shape[::-1]), Image.fromarray(alpha)))
    return png.address(image, optimize=True)
