"""A small picture of each of the playground's problems, of points as its own shape draws them. No streamlit in here."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import quote

import numpy as np

from dlcore.playground.problems import PROBLEMS, REACH, Problem
from dlcore.playground.setup import Setup
from pages.figures.mosaic import BLUE, ORANGE
from pages.figures.sketch import line, svg

SIDE = 48
_POINTS = 90
_BORDER = "color-mix(in srgb, currentColor 20%, transparent)"
_GREY = np.array([170, 170, 170])
_OWN = ((9, 12, -1), (15, 8, -1), (8, 22, -1), (33, 38, 1), (40, 31, 1), (27, 41, 1))
"""Where a person might click first: x, y in the picture, and the colour's value."""
_SAFE = ' =:/,.()"'  # what a url in quotes of CSS may hold as it is


@lru_cache(maxsize=1)
def style(control: str) -> str:
    """CSS that makes a segmented control a grid of buttons with pictures, in the order of PROBLEMS."""
    row, button = f".st-key-{control} [role=radiogroup]", f".st-key-{control} [role=radiogroup] button"
    pictures = "".join(
        f"{button}:nth-of-type({place})::before {{ background-image: url({_address(each)}); }}"
        for place, each in enumerate(PROBLEMS.values(), 1)
    )
    return (
        f"{row} {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(4rem, 1fr)); gap: 0.3rem; }}"
        f"{button} {{ flex-direction: column; height: auto; padding: 0.35rem 0; border-radius: 0.5rem; margin: 0; }}"
        f"{button}:not([data-selected=true]) {{ border-color: {_BORDER} !important; }}"
        f"{button}::before {{ content: ''; width: {SIDE}px; height: {SIDE}px; }}"
    ) + pictures


def _address(problem: Problem) -> str:
    alone = picture(problem).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"'data:image/svg+xml,{quote(alone, safe=_SAFE)}'"


def picture(problem: Problem) -> str:
    """An SVG of SIDE × SIDE pixels."""
    if problem.name == "own":
        cross = line([(24, 17), (24, 31)], "#888", 2.5) + line([(17, 24), (31, 24)], "#888", 2.5)
        return svg(problem.title, SIDE, SIDE, *_dots(_OWN, 6.5), cross)
    made = Setup(problem=problem.name, points_made=_POINTS).points()
    low, high = float(made.targets.min()), float(made.targets.max())
    places = (SIDE / 2 * (1 + made.points * (0.9, -0.9) / REACH)).round().astype(int)
    values = 2 * (made.targets - low) / (high - low) - 1
    return svg(problem.title, SIDE, SIDE, *_dots(np.column_stack((places, values)).tolist(), 4))


def _dots(points: Iterable[Sequence[float]], width: float) -> Iterator[str]:
    """Points (x, y, value in −1 … 1), those of about the same value as one path."""
    alike: dict[str, str] = {}
    for x, y, value in points:
        colour = _colour(round(2 * value) / 2)
        alike[colour] = alike.get(colour, "") + f"M{x:g} {y:g}h0"
    for colour, path in alike.items():
        yield f'<path d="{path}" stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round"/>'


def _colour(value: float) -> str:
    """As the maps show it: blue at −1, grey at 0, orange at 1."""
    mixed = _GREY + abs(value) ** 0.6 * ((ORANGE if value > 0 else BLUE) - _GREY)
    return "#" + "".join(f"{round(each):02x}" for each in mixed.tolist())
