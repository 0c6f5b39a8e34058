"""From one image to another: through the pixels, and through the code."""

import numpy as np
import streamlit as st
from torch import Tensor

from dlcore.formula.numbers import percent
from dlcore.inspect import latent
from pages.figures.latent import as_pixels
from pages.parts.autoencoder.choice import Choice
from pages.parts.autoencoder.codes import COUNT, Known, images_line, names, script, told
from pages.parts.autoencoder.gallery import films, gallery
from pages.shared import link
from pages.shared.code_view import show_code

_STRIP, _FILM = 9, 41


def between(choice: Choice, known: Known) -> dict[str, np.ndarray]:
    """Two images to choose, the way between them as strips, and as films side by side; returns both ways."""
    st.subheader("From one image to another", anchor=False)
    left, right = st.columns([8, 5], gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            first = link.number("ae_from", "From image", 0, COUNT - 1, 0, 1, width=140)
            second = link.number("ae_to", "to image", 0, COUNT - 1, 1, 1, width=140)
            titles = names(choice)
            said = [titles[known.labels[each]] for each in (first, second)]
            st.markdown(f"**{said[0]}** to **{said[1]}**")
        through = ways(choice, known, first, second, _FILM)
        some = np.linspace(0, _FILM - 1, _STRIP).round().astype(int)
        for name, images in through.items():
            st.markdown(f"**{name}**")
            gallery(f"ae_strip_{name}", list(images[some]), size=56, columns=_STRIP)
    with right:
        labels = [f"{percent(share, 0)} of the way" for share in np.linspace(0, 1, _FILM)]
        films("ae_ways", through, labels)
    show_code(_script(choice, first, second))
    return through


def ways(choice: Choice, known: Known, first: int, second: int, steps: int) -> dict[str, np.ndarray]:
    """uint8 (steps, 28, 28) through the pixels and through the code."""
    pair = [first, second]
    images, labels = known.images[pair, 0], known.labels[pair]
    return {
        "Through the pixels": as_pixels(latent.between(images[0], images[1], steps).numpy() / 255),
        "Through the code": walk(choice, known.codes[pair], told(choice, labels), steps),
    }


def walk(choice: Choice, codes: Tensor, labels: Tensor | None, steps: int) -> np.ndarray:
    """uint8 (steps, 28, 28): decoded on the way between two codes (2, k).

    A conditional one is told the first class on the first half of the way and the second one after.
    """
    path = latent.between(codes[0], codes[1], steps)
    if labels is not None:
        labels = labels.repeat_interleave(Tensor([steps - steps // 2, steps // 2]).long())
    return as_pixels(choice.autoencoder.decode(path, labels).numpy())


def _script(choice: Choice, first: int, second: int) -> str:
    named = choice.autoencoder.conditional
    turn = f"torch.tensor([{_FILM - _FILM // 2}, {_FILM // 2}])"
    both, each = (", labels[pair]", f", labels[pair].repeat_interleave({turn})") if named else ("", "")
    body = f"""{images_line(choice)}
pair = [{first}, {second}]
codes = autoencoder.encode(images[pair]{both})
through_code = autoencoder.decode(latent.between(*codes, {_FILM}){each})
through_pixels = latent.between(*images[pair, 0], {_FILM}) / 255
print(through_code.shape, through_pixels.shape)"""
    return script(choice, body, "import torch", "from dlcore import data", "from dlcore.inspect import latent")
