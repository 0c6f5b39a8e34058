"""The section Generate: new images from random codes."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from pages.figures import words
from pages.figures.latent import as_pixels
from pages.parts.autoencoder.choice import Choice
from pages.parts.autoencoder.codes import Known, names, opened, script, unseen
from pages.parts.autoencoder.gallery import gallery
from pages.parts.autoencoder.generate_cards import EXPERIMENTS, Shown
from pages.shared import address, link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain

_COUNT, _STYLES, _SEEDS = 40, 10, 9_999
_TRAINING = 5_000
_PICTURES = ("ae_generated", "ae_generated_0")


def section(choice: Choice) -> None:
    """A sheet of new images, each with the training image that is most like it."""
    found = opened(choice)
    _board(choice, found)
    _what_is_going_on(choice)


@address.fragment
def _board(choice: Choice, found: Known) -> None:
    left, right = st.columns([3, 9], gap="large")
    with left:
        spread = link.slider(
            "ae_spread", "Distance from the middle", 0.0, 3.0, 1.0, 0.05,
            help="Random codes are multiplied by this. The network was trained for 1.",
        )  # fmt: skip
        seed = link.number("ae_dream", "Seed", 0, _SEEDS, 0, 1, help="The same seed gives the same codes.")
        st.button("Draw others", icon=":material/casino:", on_click=_others, key="ae_others")
        numbers = st.container()
    codes = random_codes(choice, found, seed, spread)
    drawn = _decoded(choice, codes)
    with right:
        _by_class(choice, drawn) if choice.autoencoder.conditional else _sheet(drawn)
    with numbers:
        like, usual = _numbers(choice, drawn)
    show_code(_script(choice, seed, spread))
    distance, first = like.distance.mean().item(), choice.data.train.labels[like.nearest[0]]
    again = partial(_distance, choice, found, seed)
    try_this(EXPERIMENTS, Shown(drawn, distance, usual, names(choice)[first], again), _PICTURES)


def _others() -> None:
    st.session_state["ae_dream"] = (int(st.session_state.get("ae_dream", 0)) + 1) % (_SEEDS + 1)


def random_codes(choice: Choice, found: Known, seed: int, spread: float) -> Tensor:
    """(40, k): from the prior of a variational one, else from a normal distribution with its codes' covariance."""
    generator = torch.Generator().manual_seed(seed)
    noise = spread * torch.randn(_COUNT, choice.autoencoder.code_size, generator=generator)
    if choice.autoencoder.variational:
        return noise
    values, vectors = torch.linalg.eigh(torch.cov(found.codes.T))
    return found.mean + noise @ (vectors * values.clamp(min=0).sqrt()).T


# The pictures.


def _decoded(choice: Choice, codes: Tensor) -> np.ndarray:
    """uint8 (N, 28, 28): an image a code, or of the first _STYLES codes one for each class that it is told."""
    if not choice.autoencoder.conditional:
        return as_pixels(choice.autoencoder.decode(codes).numpy())
    styles, classes = codes[:_STYLES], len(choice.autoencoder.labels)
    labels = torch.arange(classes).repeat_interleave(len(styles))
    return as_pixels(choice.autoencoder.decode(styles.repeat(classes, 1), labels).numpy())


def _sheet(drawn: np.ndarray) -> None:
    st.markdown(f"**{_COUNT} images that nobody drew**", help=explain("latent code"))
    gallery("ae_generated", list(drawn), size=84)


def _by_class(choice: Choice, drawn: np.ndarray) -> None:
    """A row for each class; the images of a column share their code."""
    titles = choice.autoencoder.labels
    st.markdown("**One row for each class. The images in a column share one code: the same style.**")
    rows = drawn.reshape(len(titles), _STYLES, 28, 28)
    for label, (title, images) in enumerate(zip(titles, rows, strict=True)):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width=28 if max(map(len, titles)) < 3 else 90):
                st.markdown(f"**{page.plain(title)}**")
            with st.container():
                gallery(f"ae_generated_{label}", list(images), size=56, columns=_STYLES)


# The numbers.


@dataclass(frozen=True)
class _Likeness:
    """The nearest training image of each of N images, and how far away it is: mean squared difference of a pixel."""

    nearest: Tensor
    distance: Tensor


def _likeness(images: np.ndarray, training: Tensor) -> _Likeness:
    flat = torch.from_numpy(images).flatten(1).float() / 255
    distance, nearest = torch.cdist(flat, training).min(1)
    return _Likeness(nearest, distance.square() / flat.shape[1])


@st.cache_resource(max_entries=3, show_spinner=False)
def _training(data: str, _choice: Choice) -> tuple[Tensor, float]:
    """Training images as float32 (N, 784), and how far from them images are that were never seen, on average."""
    flat = _choice.data.train.images[:_TRAINING].flatten(1).float() / 255
    real = unseen(_choice, 200).images.squeeze(1).numpy()
    return flat, _likeness(real, flat).distance.mean().item()


def _distance(choice: Choice, found: Known, seed: int, spread: float) -> float:
    """How far images at a spread are from known ones, on average."""
    drawn = _decoded(choice, random_codes(choice, found, seed, spread))
    return _likeness(drawn, _training(choice.data.name, choice)[0]).distance.mean().item()


def _numbers(choice: Choice, drawn: np.ndarray) -> tuple[_Likeness, float]:
    """Shown beside the images; returns how like known images they are, and how far real ones are from those."""
    training, usual = _training(choice.data.name, choice)
    like = _likeness(drawn, training)
    distance = like.distance.mean().item()
    st.metric(
        "To the nearest known image", words.loss(distance), f"{words.times(distance, usual)} that of real images",
        delta_color="off", delta_arrow="off",
        help="Mean squared difference per pixel from the most similar training image. Zero would be a copy. Real "
        "images that were not used for training are {words.loss(usual)} away.",
    )  # fmt: skip
    closest = int(like.distance.argmin())
    at = like.nearest[closest]
    st.markdown("The new image that is most like a training image, beside that image:")
    gallery(
        "ae_closest",
        [drawn[closest], choice.data.train.images[at, 0].numpy()],
        ["new", "known"],
        ["", names(choice)[choice.data.train.labels[at]]],
        size=84,
    )
    return like, usual


def _what_is_going_on(choice: Choice) -> None:
    with st.expander("What is going on", icon=":material/help:"):
        if choice.autoencoder.variational:
            st.markdown(
                "A variational autoencoder is trained so that the codes of all images together look like a standard "
                "normal distribution, the **prior**. A random code from that distribution most likely lies among the "
                "codes of images, so the decoder turns it into something that looks like one of them. The images are "
                "blurred because the decoder draws the mean of everything that the code could stand for."
            )
        else:
            st.markdown(
                "This autoencoder is **not** variational: nothing in its training shapes how its codes are "
                "distributed, so there is no prior to sample from. A normal distribution with the mean and covariance "
                "of its codes is used instead. Many of its samples lie in gaps between the codes. Choose a "
                "variational autoencoder above and compare."
            )


def _script(choice: Choice, seed: int, spread: float) -> str:
    size = choice.autoencoder.code_size
    lines = [
        f"generator = torch.Generator().manual_seed({seed})",
        f"codes = {spread:g} * torch.randn({_COUNT}, {size}, generator=generator)",
    ]
    imports = ["import torch"]
    if not choice.autoencoder.variational:
        imports.append("from dlcore import data")
        lines += [
            f"known = autoencoder.encode(data.load({choice.data.name!r}).test.images)",
            "values, vectors = torch.linalg.eigh(torch.cov(known.T))",
            "codes = known.mean(0) + codes @ (vectors * values.clamp(min=0).sqrt()).T",
        ]
    if choice.autoencoder.conditional:
        lines += [
            f"labels = torch.arange({len(choice.autoencoder.labels)}).repeat_interleave({_STYLES})",
            f"images = autoencoder.decode(codes[:{_STYLES}].repeat({len(choice.autoencoder.labels)}, 1), labels)",
        ]
    else:
        lines.append("images = autoencoder.decode(codes)")
    return script(choice, "\n".join([*lines, "print(images.shape)"]), *imports)
