"""Originals and what became of them, one above the other, updated in place while a network trains."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from pages.figures.sheet import ink

COLOURS = {"original": "currentColor", "read": "#94a4a2", "drawn": "#3f90da", "PCA": "#e76300"}
"""The ink of each row; the words above the pictures have it too."""

_CSS = """
.pairs { display: grid; gap: 8px 4px; grid-template-columns: repeat(auto-fill, minmax(42px, 1fr)); }
.pairs figure { margin: 0 auto; width: 42px; border-radius: 6px; overflow: hidden;
  border: 1px solid rgba(128, 128, 128, 0.35); }
.pairs i { display: block; width: 40px; height: 40px; background: var(--colour);
  -webkit-mask: var(--ink) center / 40px 40px no-repeat; mask: var(--ink) center / 40px 40px no-repeat; }
.pairs i + i { border-top: 1px solid rgba(128, 128, 128, 0.35); }
"""
_JS = """
export default function({ data, parentElement }) {
  const root = parentElement.querySelector(".pairs");
  data.columns.forEach((cells, place) => {
    const figure = root.children[place] ?? root.appendChild(document.createElement("figure"));
    while (figure.children.length > cells.length) figure.lastChild.remove();
    figure.title = data.said[place];
    cells.forEach((cell, row) => {
      const picture = figure.children[row] ?? figure.appendChild(document.createElement("i"));
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", `${data.rows[row]}, ${data.said[place]}`);
      picture.style.setProperty("--colour", data.colours[row]);
      if (picture.ink === cell) return;
      picture.ink = cell;
      picture.style.setProperty("--ink", cell ? `url(${cell})` : "linear-gradient(#0000, #0000)");
    });
  });
  while (root.children.length > data.columns.length) root.lastChild.remove();
}
"""
_component = st.components.v2.component(
    "dlcore_pairs", html='<div class="pairs"></div>', css=_CSS, js=_JS, isolate_styles=False
)


def pairs(key: str, rows: Mapping[str, np.ndarray], said: Sequence[str]) -> None:
    """Draw or update the sheet called `key`.

    rows: from top to bottom, by their names in COLOURS: uint8 (N, 28, 28), 0 = background
    said: for each of the N columns, what a screen reader says and what the pointer shows
    """
    columns = [[ink(image) for image in column] for column in zip(*rows.values(), strict=True)]
    _component(key=key, data=_described(rows, columns, said))


def empty_pairs(key: str, rows: Sequence[str], count: int) -> None:
    """The place of pictures that are still to come."""
    _component(key=key, data=_described(rows, [[""] * len(rows)] * count, ["waiting"] * count))


def legend(rows: Sequence[str], titles: Mapping[str, str]) -> str:
    """HTML: the rows in words, from top to bottom, each in its ink."""
    words = [f'<b style="color: {COLOURS[row]}">{titles[row]}</b>' for row in rows]
    return f"<div>{' · '.join(words)}</div>"


def _described(rows, columns, said) -> dict:
    return {"rows": list(rows), "colours": [COLOURS[row] for row in rows], "columns": columns, "said": list(said)}
