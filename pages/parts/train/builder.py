"""The picture of a network that one builds: every block to scale, with what it costs; clicked, moved, set and added."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from dlcore.config import editing
from dlcore.config.block import BLOCKS, Block, said
from dlcore.config.blocks.activation import Activation
from dlcore.config.editing import Part, Place
from dlcore.config.image_sets import SHAPE
from dlcore.config.network import Network, check_size
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import percent

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "dlcore_builder",
    html="""<div class="builder">
      <div class="chain" role="group" aria-label="The blocks of the network, from the image to the classes"></div>
      <p class="sum"></p>
      <p class="wrong" role="alert" hidden></p>
      <section class="panel" aria-live="polite" hidden></section>
    </div>""",
    css=(_HERE / "builder.css").read_text(encoding="utf-8"),
    js="".join((_HERE / name).read_text(encoding="utf-8") for name in ("block_picture.js", "builder.js")),
)

_OTHERS = ("elu", "gelu", "silu", "leaky-relu", "tanh", "sigmoid")
"""Activations that are offered beside the usual one; all others can be chosen once there is one."""


def builder(key: str, network: Network, classes: int, batch: int, on_change: Callable[[Network], None]) -> None:
    """Draw the network, or update the drawing called `key`.

    classes: that it has to tell apart; batch: images of a step, for its memory
    on_change(network): a callback for what it became by a click
    """

    def edited() -> None:
        event = st.session_state[key].get("edit")
        st.session_state[_problem(key)] = ""
        try:
            after = _applied(network, event)
        except InvalidValue as error:
            st.session_state[_problem(key)] = str(error)
            return
        if after is not None:
            on_change(after)

    shown = data(network, classes, batch)
    _component(key=key, data={**shown, "refused": st.session_state.get(_problem(key), "")}, on_edit_change=edited)


def data(network: Network, classes: int, batch: int) -> dict[str, Any]:
    """What the browser needs to draw a network."""
    parts = editing.parts(network, SHAPE, classes)
    wrong = next((each for each in editing.every(parts) if each.problem), None)
    sums = (sum(each.parameters or 0 for each in parts), sum(each.multiply_adds or 0 for each in parts))
    problem = f"Block {wrong.place[0] + 1}, {wrong.block.text}: {wrong.problem}." if wrong else ""
    if not wrong:
        try:
            check_size(network, SHAPE, batch)
        except InvalidValue as error:
            problem = f"{str(error)[0].upper()}{str(error)[1:]}."
    return {
        "given": {"shape": list(SHAPE), "said": f"image {said(SHAPE)}"},
        "parts": [_drawn(each, sums) for each in parts],
        "gives": f"{classes} classes",
        "sum": f"{sums[0]:,} parameters and {sums[1]:,} multiply-adds for one image"
        + (", as far as is known." if wrong else "."),
        "problem": problem,
        "palette": _palette(),
    }


def _drawn(part: Part, sums: tuple[int, int]) -> dict[str, Any]:
    """One block for the browser. sums: of the parameters and multiply-adds of all."""
    costs = (part.parameters, part.multiply_adds)
    shares = [cost / total if cost and total else 0.0 for cost, total in zip(costs, sums, strict=True)]
    return {
        "place": list(part.place),
        "text": _title(part.block),
        "about": part.block.about,
        "shape": None if part.shape is None else list(part.shape),
        "same": part.block.keeps_shape,
        "said": "?" if part.shape is None else said(part.shape).replace(" numbers", ""),
        "costs": [
            {"share": share, "said": _cost(cost, share, word)}
            for cost, share, word in zip(costs, shares, ("parameters", "multiply-adds"), strict=True)
        ],
        "problem": part.problem,
        "values": [_value(each) for each in editing.values(part.block)],
        "ways": [[_drawn(each, sums) for each in way] for way in part.ways],
    }


def _title(block: Block) -> str:
    return block.name if list(block.inside()) else re.sub(r"(?<=\d)x(?=\d)", "×", block.text)


def _cost(cost: int | None, share: float, word: str) -> str:
    if cost is None:
        return f"{word} not known yet"
    return f"{cost:,} {word}, {percent(share)} of all" if cost else f"no {word}"


def _value(value: editing.Value) -> dict[str, Any]:
    rule = value.rule
    return {
        "name": value.name,
        "text": value.text,
        "help": f"{rule.help}: {rule.wanted()}",
        "allowed": list(rule.allowed),
        "number": rule.kind in ("whole", "number"),
        "low": rule.low,
        "high": rule.high,
        "whole": rule.kind == "whole",
    }


def _palette() -> list[dict[str, str]]:
    """What can be added, each as the text of a block that is usual."""
    kinds = [each for each in BLOCKS.values() if each is not Activation]
    bends = [{"text": name, "about": Activation.about} for name in ("relu", *_OTHERS)]
    return [*({"text": each.example, "about": each.about} for each in kinds), *bends]


def _applied(network: Network, event: Any) -> Network | None:
    """The network after what the browser says was done; None for nonsense. InvalidValue where it cannot be done."""
    if not isinstance(event, dict) or (place := _place(event.get("place"))) is None:
        return None
    to, name, text = _place(event.get("to")), str(event.get("name"))[:100], str(event.get("text"))[:300]
    match event.get("act"):
        case "add":
            return editing.added(network, place, text)
        case "remove":
            return editing.removed(network, place)
        case "copy":
            return editing.copied(network, place)
        case "move" if to is not None:
            return editing.moved(network, place, to)
        case "wrap":
            return editing.wrapped(network, place)
        case "unwrap":
            return editing.unwrapped(network, place)
        case "set":
            return editing.altered(network, place, name, text)
    return None


def _place(value: Any) -> Place | None:
    if isinstance(value, list) and value and all(type(each) is int for each in value):
        return tuple(value)
    return None


def _problem(key: str) -> str:
    return f"_{key}_refused"
