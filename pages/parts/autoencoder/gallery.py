"""Pictures that are updated in place, of any size, and films of them that share one bar."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages.figures.latent import mask, side_by_side
from pages.shared.plot import PLAYER, PLAYER_CSS

SIDE = 28

_CSS = """
.gallery, .films { --size: calc(var(--base) * var(--fit, 1)); }
.gallery { display: flex; flex-wrap: wrap; gap: 10px 6px; }
.gallery figure { margin: 0; width: calc(var(--size) + 2px); font-size: 14px; line-height: 20px; }
.gallery i, .films i { display: block; width: var(--size); height: var(--size); background: currentColor;
  -webkit-mask: var(--ink) 0 0 / 100% 100% no-repeat; mask: var(--ink) 0 0 / 100% 100% no-repeat; }
.gallery span, .films span { display: block; width: var(--size); border-radius: 6px; overflow: hidden;
  border: 1px solid rgba(128, 128, 128, 0.35); }
.gallery b, .films b { display: block; overflow-wrap: anywhere; }
.gallery.grid { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, calc(var(--size) + 2px))); }
.gallery.grid figure, .gallery.grid span, .gallery.grid i { width: auto; }
.gallery.grid i { height: auto; aspect-ratio: 1; }
.films .row { display: flex; flex-wrap: wrap; gap: 10px 18px; }
.films figure { margin: 0; }
.films i { -webkit-mask-size: auto 100%; mask-size: auto 100%; }
"""
_GALLERY = """
export default function({ data, parentElement }) {
  const root = parentElement.querySelector(".gallery");
  root.style.setProperty("--base", `${data.size}px`);
  root.style.setProperty("--columns", data.columns);
  root.classList.toggle("grid", data.columns > 0);
  data.cells.forEach((cell, place) => {
    const figure = root.children[place] ?? root.appendChild(blank());
    const picture = figure.querySelector("i");
    if (figure.ink !== cell.ink) {
      figure.ink = cell.ink;
      picture.style.setProperty("--ink", cell.ink ? `url(${cell.ink})` : "linear-gradient(#0000, #0000)");
    }
    figure.title = cell.said;
    picture.setAttribute("aria-label", cell.said);
    figure.querySelector("b").textContent = cell.title;
    figure.querySelector("div").textContent = cell.caption;
  });
  while (root.children.length > data.cells.length) root.lastChild.remove();
}

function blank() {
  const figure = document.createElement("figure");
  figure.innerHTML = '<b></b><span><i role="img"></i></span><div></div>';
  return figure;
}
"""
_FILMS = """
export default function({ data, parentElement }) {
  const root = parentElement.querySelector(".films");
  (root.films ??= mount(root, data.group)).update(data);
  // Streamlit calls this before every update too, not only when the films leave the page.
  return () => setTimeout(() => {
    if (root.isConnected || !root.films) return;
    root.films.close();
    root.films = undefined;
  });
}

function mount(root, name) {
  const shared = group(name);
  const row = root.appendChild(Object.assign(document.createElement("div"), { className: "row" }));
  let labels = [];
  const bar = playerBar(shared, { label: (frame) => labels[frame] ?? "" });
  root.append(bar);
  const show = (frame) => {
    for (const each of row.querySelectorAll("i")) {
      each.style.webkitMaskPosition = each.style.maskPosition = `calc(${-frame} * var(--size)) 0`;
    }
    root.dataset.frame = frame;
    bar.show(frame);
  };
  shared.members.add(show);
  return {
    update(data) {
      labels = data.labels;
      root.style.setProperty("--base", `${data.size}px`);
      data.films.forEach((film, place) => {
        const figure = row.children[place] ?? row.appendChild(document.createElement("figure"));
        if (!figure.firstChild) figure.innerHTML = '<b></b><span><i role="img"></i></span>';
        figure.querySelector("b").textContent = film.title;
        const picture = figure.querySelector("i");
        picture.setAttribute("aria-label", film.title);
        picture.style.setProperty("--ink", `url(${film.ink})`);
      });
      while (row.children.length > data.films.length) row.lastChild.remove();
      shared.load({ token: data.token, count: data.labels.length, fps: data.fps, arrive: data.arrive });
      show(shared.frame);
    },
    close: () => shared.members.delete(show),
  };
}
"""
_gallery = st.components.v2.component(
    "dlcore_gallery", html='<div class="gallery"></div>', css=_CSS, js=_GALLERY, isolate_styles=False
)
_films = st.components.v2.component(
    "dlcore_films", html='<div class="films"></div>', css=_CSS + PLAYER_CSS, js=PLAYER + _FILMS, isolate_styles=False
)


def gallery(
    key: str,
    images: Sequence[np.ndarray | None],
    titles: Sequence[str] = (),
    captions: Sequence[str] = (),
    *,
    size: int = 56,
    columns: int = 0,
) -> None:
    """Draw or update the pictures called `key`.

    images: uint8 (28, 28), 0 = background; None leaves an empty frame
    titles, captions: a line above and one below each; none by default
    size: of a picture on the screen, in pixels, a multiple of 28
    columns: how many always stand in a row, smaller where there is no room; 0: as many as there is room for
    """
    blank = [""] * len(images)
    cells = [
        {
            "ink": "" if image is None else mask(image, size // SIDE),
            "title": title,
            "caption": caption,
            "said": " ".join(filter(None, (title, caption))) or f"picture {place + 1}",
        }
        for place, (image, title, caption) in enumerate(zip(images, titles or blank, captions or blank, strict=True))
    ]
    _gallery(key=key, data={"cells": cells, "size": size, "columns": columns})


def films(key: str, rows: Mapping[str, np.ndarray], labels: Sequence[str], *, size: int = 168, fps: float = 12) -> None:
    """Films beside each other, by their titles, that play in the browser at the same time.

    rows: uint8 (T, 28, 28) each; labels: what the bar says at each of the T pictures
    """
    drawn = [{"title": title, "ink": mask(side_by_side(images), size // SIDE)} for title, images in rows.items()]
    token = hashlib.blake2b(json.dumps(drawn).encode(), digest_size=8).hexdigest()
    data: dict[str, Any] = {"films": drawn, "labels": list(labels), "size": size, "token": token, "fps": fps}
    _films(key=key, data={**data, "group": key, "arrive": "play"})
