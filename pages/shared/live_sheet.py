"""A sheet of images whose captions change while you look: updated in place, so that no image blinks."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.figures.sheet import STYLE, ink

_UPDATE = """
export default function({ data, parentElement }) {
  const root = parentElement.querySelector(".sheet");
  data.cells.forEach((cell, place) => {
    const figure = root.children[place] ?? root.appendChild(blank());
    if (figure.ink !== cell.ink) {
      figure.ink = cell.ink;
      const mask = cell.ink ? `url(${cell.ink})` : "linear-gradient(#0000, #0000)";
      figure.querySelector("i").style.setProperty("--ink", mask);
    }
    figure.className = cell.marked ? "marked" : "plain";
    figure.title = cell.said;
    figure.querySelector("i").setAttribute("aria-label", cell.said);
    figure.querySelector("figcaption").textContent = cell.caption;
  });
  while (root.children.length > data.cells.length) root.lastChild.remove();
}

function blank() {
  const figure = document.createElement("figure");
  const frame = figure.appendChild(document.createElement("span"));
  frame.appendChild(document.createElement("i")).setAttribute("role", "img");
  figure.appendChild(document.createElement("figcaption"));
  return figure;
}
"""
_component = st.components.v2.component(
    "dlcore_live_sheet", html=f'{STYLE}<div class="sheet"></div>', js=_UPDATE, isolate_styles=False
)


def live_sheet(
    key: str, images: np.ndarray, captions: Sequence[str], marked: Sequence[bool], descriptions: Sequence[str]
) -> None:
    """Draw or update the sheet called `key`; the arguments are those of `pages.figures.sheet.sheet`."""
    cells = [
        {"ink": ink(image), "caption": caption, "marked": bool(mark), "said": said}
        for image, caption, mark, said in zip(images, captions, marked, descriptions, strict=True)
    ]
    _component(key=key, data={"cells": cells})


def empty_live_sheet(key: str, count: int) -> None:
    """The place of `count` images that are still to come."""
    _component(key=key, data={"cells": [{"ink": "", "caption": " ", "marked": False, "said": ""}] * count})
