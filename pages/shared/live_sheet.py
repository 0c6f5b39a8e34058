"""A sheet of images whose captions change while you look: updated in place, so that no image blinks."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages.figures.sheet import STYLE, ink

_UPDATE = """
export default function({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".sheet");
  root.classList.toggle("removable", Boolean(data.places));
  data.cells.forEach((cell, place) => {
    const figure = root.children[place] ?? root.appendChild(blank(data.places));
    if (figure.ink !== cell.ink) {
      figure.ink = cell.ink;
      const mask = cell.ink ? `url(${cell.ink})` : "linear-gradient(#0000, #0000)";
      figure.querySelector("i").style.setProperty("--ink", mask);
    }
    figure.className = cell.marked ? "marked" : "plain";
    figure.title = cell.said;
    figure.querySelector("i").setAttribute("aria-label", cell.said);
    figure.querySelector("figcaption").textContent = cell.caption;
    const remove = figure.querySelector("button");
    if (!remove) return;
    remove.setAttribute("aria-label", `Remove ${cell.said}`);
    remove.onclick = () => setTriggerValue("remove", { place: data.places[place], count: data.count });
  });
  while (root.children.length > data.cells.length) root.lastChild.remove();
}

function blank(removable) {
  const figure = document.createElement("figure");
  const frame = figure.appendChild(document.createElement("span"));
  frame.appendChild(document.createElement("i")).setAttribute("role", "img");
  if (removable) {
    const cross = figure.appendChild(document.createElement("button"));
    Object.assign(cross, { type: "button", textContent: "×" });
  }
  figure.appendChild(document.createElement("figcaption"));
  return figure;
}
"""
_REMOVABLE = """<style>
.sheet.removable { max-height: 21rem; overflow-y: auto; padding: 4px 2px; }
.sheet.removable figure { position: relative; }
.sheet.removable button { position: absolute; top: -4px; right: calc(50% - 38px); width: 24px; height: 24px; padding: 0;
  border: 1px solid rgba(128, 128, 128, 0.4); border-radius: 50%; font: inherit; font-size: 16px; line-height: 20px;
  color: inherit; background: light-dark(#fbfaf7, #12161d); cursor: pointer; }
.sheet.removable button:is(:hover, :focus-visible) { border-color: currentColor; outline: 1px solid currentColor; }
</style>"""
_component = st.components.v2.component(
    "dlcore_live_sheet", html=f'{STYLE}{_REMOVABLE}<div class="sheet"></div>', js=_UPDATE, isolate_styles=False
)


def live_sheet(
    key: str, images: np.ndarray, captions: Sequence[str], marked: Sequence[bool], descriptions: Sequence[str]
) -> None:
    """Draw or update the sheet called `key`; the arguments are those of `pages.figures.sheet.sheet`."""
    _component(key=key, data={"cells": _cells(images, captions, marked, descriptions)})


def removable_sheet(
    key: str,
    images: Sequence[np.ndarray],
    captions: Sequence[str],
    marked: Sequence[bool],
    descriptions: Sequence[str],
    *,
    places: Sequence[int],
    count: int,
    removed: Callable[[Any], None],
) -> None:
    """The same with a cross at each image, which may be pressed.

    places: of the images in the list that they are from, which has `count` of them
    removed: is given `place` and `count` as the browser shows them, or whatever else a browser may send
    """
    data = {"cells": _cells(images, captions, marked, descriptions), "places": list(places), "count": count}
    _component(key=key, data=data, on_remove_change=lambda: removed(st.session_state[key].get("remove")))


def _cells(
    images: Iterable[np.ndarray], captions: Sequence[str], marked: Sequence[bool], descriptions: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        {"ink": ink(image), "caption": caption, "marked": bool(mark), "said": said}
        for image, caption, mark, said in zip(images, captions, marked, descriptions, strict=True)
    ]


def empty_live_sheet(key: str, count: int) -> None:
    """The place of `count` images that are still to come."""
    _component(key=key, data={"cells": [{"ink": "", "caption": " ", "marked": False, "said": ""}] * count})
