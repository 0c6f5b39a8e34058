"""A number of several digits, as HTML that follows the page's own colours. No streamlit in here."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from dlcore.formula.numbers import percent
from pages.figures import digits

MOST_COLUMNS = 12
"""So many classes have a column each on a card; of more, and of those with longer names, the likeliest are listed."""
LISTED = 3
LINE = "1px solid color-mix(in srgb, currentColor 25%, transparent)"


@dataclass(frozen=True)
class Card:
    """A character and what is thought of it.

    box: (left, top, right, bottom) in pixels of the drawing; image: uint8 (h, w), as the network sees it
    known: whether it is one of the classes; colour: that of the likeliest class
    """

    box: tuple[int, int, int, int]
    image: np.ndarray
    label: str
    confidence: float
    probabilities: Sequence[float]
    known: bool
    colour: str

    @property
    def shown(self) -> str:
        """Its label, or a question mark."""
        return self.label if self.known else "?"


def boxed(levels: np.ndarray, cards: Sequence[Card], chosen: int) -> str:
    """The drawing with a box around each character, in the colour of its class; that of the `chosen` one is thicker.

    levels: uint8 (h, w), 0 = paper
    """
    left, top, right, bottom = _around(cards, levels.shape)
    width, height = right - left, bottom - top
    data = base64.b64encode(digits.png(levels[top:bottom, left:right])).decode("ascii")
    boxes = "".join(
        f'<div style="position:absolute;box-sizing:border-box;left:{100 * (card.box[0] - left) / width:.2f}%;'
        f"top:{100 * (card.box[1] - top) / height:.2f}%;width:{100 * (card.box[2] - card.box[0]) / width:.2f}%;"
        f"height:{100 * (card.box[3] - card.box[1]) / height:.2f}%;border-radius:0.2rem;"
        f"outline:{'3px' if place == chosen else '2px'} {'solid' if card.known else 'dashed'} "
        f"color-mix(in srgb, {card.colour} 65%, white);outline-offset:2px;"
        f'opacity:{1 if place == chosen else 0.75}"></div>'
        for place, card in enumerate(cards)
    )
    says = f"Your drawing with a box around each of its parts: {', '.join(each.shown for each in cards)}"
    return (
        f'<div class="boxed" role="img" aria-label="{escape(says)}" style="position:relative;box-sizing:content-box;'
        f"width:min(100%, {9 * width / height:.2f}rem);aspect-ratio:{width}/{height};border-radius:0.5rem;"
        f"background:url(data:image/png;base64,{data}) 0 0 / 100% 100%;overflow:hidden;"
        f'">{boxes}</div>'
    )


def cards(shown: Sequence[Card], labels: Sequence[str], colours: Sequence[str], chosen: int) -> str:
    """A card for each character: its picture, its label, how sure that is, and the probability of every class."""
    columns = len(labels) <= MOST_COLUMNS and all(len(each) == 1 for each in labels)
    body = "".join(_card(card, labels, colours, columns, place == chosen) for place, card in enumerate(shown))
    least = "8.2rem" if columns else "13rem"
    return (
        f'<div class="characters" style="display:grid;gap:0.6rem;font-variant-numeric:tabular-nums;'
        f'grid-template-columns:repeat(auto-fill, minmax(min(100%, {least}), 1fr))">{body}</div>'
    )


def _card(card: Card, labels: Sequence[str], colours: Sequence[str], columns: bool, chosen: bool) -> str:
    data = base64.b64encode(digits.png(card.image)).decode("ascii")
    sure = percent(card.confidence) if card.known else "not known"
    border = f"2px solid {card.colour}" if chosen else LINE
    return (
        f'<div role="group" aria-label="{escape(card.shown)}, {sure}" style="box-sizing:border-box;padding:0.5rem;'
        f'border:{border};border-radius:0.5rem">'
        '<div style="display:flex;align-items:center;gap:0.5rem">'
        f'<div style="flex:none;width:2.8rem;aspect-ratio:1;border-radius:0.3rem;image-rendering:pixelated;'
        f'background:url(data:image/png;base64,{data}) 0 0 / 100% 100%"></div>'
        f'<div style="min-width:0;overflow-wrap:anywhere;line-height:1.1"><b style="font-size:1.6rem">'
        f'{escape(card.shown)}</b><div style="font-size:1rem;margin-top:0.15rem">{sure}</div></div></div>'
        f"{_columns(card, labels, colours) if columns else _listed(card, labels, colours)}</div>"
    )


def _columns(card: Card, labels: Sequence[str], colours: Sequence[str]) -> str:
    """A column for each class, as high as its probability."""
    says = ", ".join(f"{label}: {percent(value)}" for label, value in zip(labels, card.probabilities, strict=True))
    each = "".join(
        f'<div title="{escape(label)}: {percent(value)}" style="flex:1;text-align:center;line-height:1.1;'
        f'font-size:0.9rem;font-weight:{700 if label == card.label and card.known else 400}">'
        '<div style="height:2.6rem;display:flex;align-items:flex-end;border-radius:0.15rem;'
        'background:color-mix(in srgb, currentColor 9%, transparent)">'
        f'<div style="width:100%;height:{100 * value:.1f}%;border-radius:0.15rem;background:{colour}"></div></div>'
        f"{escape(label)}</div>"
        for label, value, colour in zip(labels, card.probabilities, colours, strict=True)
    )
    return (
        f'<div role="img" aria-label="{escape(says)}" style="display:flex;gap:2px;margin-top:0.5rem;'
        f'opacity:{1 if card.known else 0.6}">{each}</div>'
    )


def _listed(card: Card, labels: Sequence[str], colours: Sequence[str]) -> str:
    """The likeliest classes with a bar each."""
    places = sorted(range(len(labels)), key=lambda place: -card.probabilities[place])[:LISTED]
    shown = ([each[place] for place in places] for each in (card.probabilities, labels, colours))
    return f'<div style="margin-top:0.5rem">{digits.bars(*shown, faded=not card.known)}</div>'


def _around(cards: Sequence[Card], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The box around all of them with a margin, within the drawing."""
    boxes = np.array([each.box for each in cards])
    (left, top), (right, bottom) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    margin = round(0.12 * (bottom - top)) + 4
    height, width = shape[:2]
    return max(0, left - margin), max(0, top - margin), min(width, right + margin), min(height, bottom + margin)
