"""What each layer of a trained network sees of an image, and how each value of a map comes about.

`section` can stand on any page: it needs a network that reads images, and an image.
"""

import base64
import math
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from dlcore.config.images import described
from dlcore.formula.numbers import number
from pages.shared import page
from pages.shared.formula import mathml
from pages.shared.plot import PLAYER, PLAYER_CSS

if TYPE_CHECKING:
    from torch import Tensor

    from dlcore.inspect.exciting import Exciting
    from dlcore.inspect.recipes import Recipe
    from dlcore.inspect.walk import Layer, Walk
    from dlcore.use.classifier import Classifier

MOST_SMALL, MOST_MAPS = 16, 256
"""Maps of a layer in the row of all layers, and in the picture of the chosen layer."""

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "dlcore_inside",
    html="""<div class="inside">
      <div class="layers" role="group" aria-label="All layers, from the image to the classes"></div>
      <section class="chosen"></section>
      <section class="drill" aria-label="How one value comes about"></section>
      <section class="exciting"></section>
      <div class="tip" hidden></div>
    </div>""",
    css=PLAYER_CSS + (_HERE / "layers.css").read_text(encoding="utf-8"),
    js=PLAYER
    + "".join(
        (_HERE / f"{name}.js").read_text(encoding="utf-8") for name in ("layer_pictures", "layer_numbers", "layers")
    ),
)

_NUMBERS = {
    "weighted": r" = \num{0} + \pnum{1} = \num{2}",
    "largest": r" = \num{0}",
    "mean": r" = \frac{\num{0}}{\num{1}} = \num{2}",
    "bend": r" = f(\num{0}) = \num{1}",
    "norm": r" = \frac{\num{0} - \pnum{1}}{\sqrt{\num{2} + \num{3}}} \cdot \pnum{4} + \pnum{5} = \num{6}",
    "sum": r" = \num{0} + \pnum{1} = \num{2}",
    "same": r" = \num{0}",
    "softmax": r" = \frac{\num{0}}{\num{1}} = \num{2}",
    "pixel": r" = \frac{\num{0} / 255 - \num{1}}{\num{2}} = \num{3}",
}
"""How the numbers of a place stand behind the formula of a kind of recipe; layer_numbers.js knows which they are."""


def section(key: str, classifier: "Classifier", image: "Tensor", validation_images: "Tensor | None" = None) -> None:
    """All layers, the chosen one with its kernels, and the way to any value of its maps.

    image: uint8 (1, 28, 28), 0 = background; validation_images: uint8 (N, 1, 28, 28), among which those are found that
        excite the chosen map most
    A sentence takes its place if the network is no chain of layers on images.
    """
    from dlcore.inspect.walk import walk

    with page.sentences():
        seen = walk(classifier.model, described(classifier.config), image)
        place, map = _chosen(key, seen)
        best = None if validation_images is None else _most_exciting(classifier, seen, validation_images, place)
        shown = data(seen, place, map, classifier.labels)
        if best is not None:
            shown["exciting"] = _exciting(best, validation_images, seen.layers[place], map)

        def choose() -> None:
            event = st.session_state[key].get("choose")
            if isinstance(event, dict):
                st.session_state[f"_{key}_chosen"] = (event.get("place"), event.get("map"))

        _component(key=key, data=shown, on_choose_change=choose)


def data(walk: "Walk", place: int, map: int, labels: Sequence[str]) -> dict[str, Any]:
    """What the browser needs: small pictures of all layers, and every number behind one map of the chosen one."""
    from dlcore.inspect.opened import recipe
    from dlcore.inspect.reach import boxes

    layer, found = walk.layers[place], recipe(walk, place, map)
    classes = len(labels) == len(layer.output) and place >= len(walk.layers) - 2
    return {
        "token": f"{place} {map} {hash(walk.image.numpy().tobytes())}",
        "image": _packed(walk.image[0]),
        "layers": [_small(each, MOST_SMALL) for each in walk.layers],
        "place": place,
        "map": map,
        "maps": _small(layer, MOST_MAPS),
        "labels": list(labels) if classes else [],
        "output": _packed(layer.maps[map]),
        "boxes": _packed(boxes(walk, place, map).char()),
        "reads": list(layer.step.sources),
        "sources": [each.step.title for each in walk.given(place)],
        "recipe": _recipe(found),
        "formula": mathml(found.formula + _NUMBERS[found.kind]),
        "law": mathml(f"f(x) = {found.law}") if found.kind == "bend" else "",
    }


def _recipe(found: "Recipe") -> dict[str, Any]:
    """The numbers of a recipe, under their names."""
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    packed = {name: _packed(value) if hasattr(value, "numpy") else _sent(value) for name, value in values.items()}
    return {"kind": found.kind, **packed}


def _sent(value: Any) -> Any:
    """None in the place of what JSON cannot say."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _packed(values: "Tensor") -> dict[str, Any]:
    """A tensor for the browser: its bytes, in base64, its kind of number and its shape."""
    array = np.ascontiguousarray(values.numpy())
    return {"type": array.dtype.name, "shape": list(array.shape), "bytes": _base64(array)}


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def _small(layer: "Layer", most: int) -> dict[str, Any]:
    """A layer with its first maps in 255 shades: signed ones from −127 to 127, others from 0 to 255."""
    low, high = layer.range
    maps = layer.maps.numpy()
    finite = np.isfinite(maps)
    signed = low < 0 or not finite.all()  # on that scale what is no number stays clear
    count, height, width = maps.shape
    cells = height * width == 1 or (height == 1 and count == 1)
    top = max(abs(low), abs(high)) or 1.0
    kept = maps if cells else maps[:most]
    shades = np.nan_to_num(kept / top).clip(-1, 1) * (127 if signed else 255)
    step = layer.step
    return {
        "title": step.title,
        "about": step.about,
        "way": step.way,
        "group": step.group,
        "shape": "×".join(f"{each:,}" for each in layer.shape),
        "count": count,
        "size": [height, width],
        "kept": len(kept),
        "cells": cells,
        "signed": signed,
        "top": top,
        "range": f"{number(low, 3)} … {number(high, 3)}" if finite.any() else "no numbers",
        "shades": _base64(shades.round().astype(np.int8 if signed else np.uint8)),
    }


def _chosen(key: str, walk: "Walk") -> tuple[int, int]:
    """The layer and the map that this visitor looks at; at first the first layer, and of a layer its strongest map."""
    place, map = st.session_state.get(f"_{key}_chosen", (1, None))
    if type(place) is not int or not 0 <= place < len(walk.layers):
        place, map = 1, None
    maps = walk.layers[place].maps
    if type(map) is not int or not 0 <= map < len(maps):
        map = int(maps.nan_to_num().flatten(1).amax(1)[:MOST_MAPS].argmax())
    return place, map


_found: "WeakKeyDictionary[Classifier, dict[tuple[int, int], Exciting]]" = WeakKeyDictionary()


def _most_exciting(classifier: "Classifier", walk: "Walk", images: "Tensor", place: int) -> "Exciting | None":
    """Kept for as long as the network is. None for a row of numbers, in which no unit has been chosen."""
    from dlcore.inspect.exciting import exciting

    count, height, width = walk.layers[place].maps.shape
    if place == 0 or not len(images) or (count == height == 1 and width > 1):
        return None
    known = _found.setdefault(classifier, {})
    asked = (place, len(images))
    if asked not in known:
        known[asked] = exciting(walk, images, place)
    return known[asked]


def _exciting(best: "Exciting", images: "Tensor", layer: "Layer", map: int) -> dict[str, Any] | None:
    unit = "map" if layer.maps[0].numel() > 1 else "unit"
    values = best.values[map]
    indices, values = best.indices[map][values.isfinite()], values[values.isfinite()]
    if not len(values):
        return None
    return {
        "images": _packed(images[indices, 0]),
        "values": [number(each, 3) for each in values.tolist()],
        "numbers": indices.tolist(),
        "said": f"The validation images that excite {unit} {map + 1} of this layer most, each with its largest value "
        f"(among {best.seen:,} images).",
    }
