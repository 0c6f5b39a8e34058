"""The drawing of the network: a component that gets all numbers of one update and steps through them in the browser."""

import hashlib
import json
import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
import torch

from dlcore.backprop import cards, records
from dlcore.backprop.lesson import MAX_UPDATES, Course, Moment
from dlcore.backprop.network import Network
from dlcore.formula.numbers import number
from pages.shared.formula import mathml
from pages.shared.glossary import GLOSSARY
from pages.shared.plot import PLAYER, PLAYER_CSS, packed

_HERE = Path(__file__).parent
COMMON = (_HERE / "common.js").read_text(encoding="utf-8")
"""JavaScript of numbers and formulas, shared with the drawing of an expression."""
COMMON_CSS = (_HERE / "common.css").read_text(encoding="utf-8")

_component = st.components.v2.component(
    "dlcore_network",
    html="""<div class="network">
      <div class="bar"></div>
      <div class="row"><label class="samples">Sample <select aria-label="Sample"></select></label>
        <div class="training"><output></output><button type="button" class="train">Train</button></div></div>
      <div class="stage"></div>
      <div class="say">
        <p class="words" aria-live="polite"></p><div class="symbols"></div><div class="numbers"></div></div>
      <p class="hint">Click a unit, a line or the loss: its own computation appears here, and can be changed.</p>
      <section class="card" aria-live="polite" hidden>
        <div class="top"><span class="title"></span>
          <button type="button" class="close" aria-label="Close">✕</button></div>
        <div class="lines"></div><div class="weights"></div><div class="edit"></div>
      </section>
    </div>""",
    css=PLAYER_CSS + COMMON_CSS + (_HERE / "network.css").read_text(encoding="utf-8"),
    js=PLAYER
    + COMMON
    + "".join(
        (_HERE / f"network{part}.js").read_text(encoding="utf-8") for part in ("_places", "_card", "_training", "")
    ),
)
TRAINING = "bp_training"
"""The group of figures that follow the training."""


def network_drawing(
    key: str,
    moment: Moment,
    course: Course,
    *,
    on_edit: Callable[[tuple, float], None],
    on_done: Callable[[float], None],
    on_more: Callable[[float], None],
) -> None:
    """Draw one update, or update the drawing called `key`, and let it train along `course`.

    course: from the start to beyond the moment, with its samples
    on_edit(name, value): a number was set by hand, its name as in `dlcore.backprop.lesson.Edit`
    on_done(updates): so many updates are to be done; on_more(updates): the course is to be that long
    """

    def edited() -> None:
        event = st.session_state[key].get("edit")
        if isinstance(event, dict) and isinstance(event.get("name"), list) and len(event["name"]) in (3, 4):
            on_edit(tuple(event["name"]), event.get("value"))

    def told(event: str, callback: Callable[[float], None]) -> Callable[[], None]:
        def tell() -> None:
            number = st.session_state[key].get(event)
            if isinstance(number, int | float) and math.isfinite(number):
                callback(number)

        return tell

    _component(
        key=key,
        data=data(moment, course),
        on_edit_change=edited,
        on_done_change=told("done", on_done),
        on_more_change=told("more", on_more),
    )


def data(moment: Moment, course: Course) -> dict[str, Any]:
    """What the browser needs of one update, and of those around it."""
    network, m = moment.lesson.network, len(moment.samples)
    X, Y = moment.X.T.tolist(), moment.Y.T.tolist()
    return {
        "shape": json.dumps([network.units, network.activations, network.loss, m]),
        "units": list(network.units),
        "titles": ["input", *(records.title(name) for name in network.activations)],
        "samples": [f"{place + 1}: {_row(x)} → {_row(y)}" for place, x, y in zip(moment.samples, X, Y, strict=True)],
        "places": list(moment.samples),
        "done": moment.done,
        "course": {
            "lesson": hashlib.blake2b(repr(moment.lesson).encode(), digest_size=8).hexdigest(),
            "group": TRAINING,
            "count": len(course.losses),
            "most": MAX_UPDATES,
            "losses": packed(course.losses),
            "parameters": packed(course.parameters),
            "answers": packed(torch.cat([each.flatten(1) for each in course.answers], 1)),
        },
        "values": sendable(records.values(moment)),
        "glossary": {each: GLOSSARY[each] for each in ("δ", "bias", "weight", "loss")},
        **formulas(network, m),
    }


def sendable(value: Any) -> Any:
    """Numbers that JSON does not know, as words that `revived` in common.js turns back."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {name: sendable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [sendable(each) for each in value]
    return value


def _row(values: list[float]) -> str:
    return " ".join(number(value, 3) for value in values)


@lru_cache(maxsize=64)
def formulas(network: Network, m: int) -> dict[str, Any]:
    """Steps and cards as MathML with places for the numbers: they depend on the network's shape alone."""
    steps = [
        {
            "kind": step.kind,
            "layer": step.layer,
            "title": step.title,
            "words": step.words,
            "symbols": _formulas(step.symbols),
            "numbers": _formulas(step.numbers),
        }
        for step in records.layout(network, m, _place)
    ]
    layers = range(1, network.depth + 1)
    return {
        "steps": steps,
        "cards": {
            "unit": [None, *(_lines(cards.unit(network, layer, m, _place)) for layer in layers)],
            "weight": [None, *(_lines(cards.weight(network, layer, m, _place)) for layer in layers)],
            "input": _lines(cards.entry(network, _place)),
            "loss": _lines(cards.total(network, m, _place)),
        },
    }


def _place(path: str, bracket: bool) -> str:
    return rf"\text{{#({path})#}}" if bracket else rf"\text{{#{path}#}}"


def _formulas(latex: str) -> list[str]:
    """Formulas that stand side by side, each by itself, so that they wrap on a narrow screen."""
    return [f"<span>{mathml(part)}</span>" for part in latex.split(records.SEPARATOR)]


def _lines(lines: tuple[cards.Line, ...]) -> list[tuple[str, str]]:
    return [(line.label, mathml(line.latex)) for line in lines]
