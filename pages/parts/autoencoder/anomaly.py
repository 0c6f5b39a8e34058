"""The section Anomaly: what an autoencoder cannot draw again is unlike all that it knows."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.data import outliers
from dlcore.formula.numbers import fixed, percent
from dlcore.inspect import latent
from pages.figures import latent as figures
from pages.parts.autoencoder.anomaly_cards import MOST, STEP, Shown, experiments
from pages.parts.autoencoder.choice import Choice, images
from pages.parts.autoencoder.codes import COUNT, images_line, opened, script, unseen, untold
from pages.parts.autoencoder.gallery import gallery
from pages.shared import address, link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain
from pages.shared.plot import plot

_SEED, _HEIGHT, _WORST = 0, 400, 7
_ODD = {
    "scribbles": "letters, signs and scribbles",
    "fashion": "pieces of clothing",
    "digits": "handwritten digits",
    "turned": "images upside down",
}


@dataclass(frozen=True)
class _Scores:
    """Images uint8 (N, 1, 28, 28), what is drawn of them uint8 (N, 28, 28), and the squared error of each (N,)."""

    images: Tensor
    drawn: np.ndarray
    errors: Tensor


def section(choice: Choice) -> None:
    """Errors of usual and odd images, a threshold between them, and what it makes of them."""
    opened(choice)
    kinds = _kinds(choice)
    kind = link.choice("ae_odd", "What is odd?", kinds, kinds[0], names=_ODD, look="segmented", width="content")
    usual, odd = _usual(choice.name, choice.data.name, choice), _odd(choice.name, choice.data.name, kind, choice)
    _board(choice, kind, kinds, usual, odd)
    _what_is_going_on(choice)


def _kinds(choice: Choice) -> tuple[str, ...]:
    """What can be odd beside the choice's data, on this machine."""
    if choice.data.name == "fashion":
        return "digits", "scribbles", "turned"
    return ("scribbles", *(("fashion",) if IMAGE_SETS["fashion"].ready() else ()), "turned")


@st.cache_resource(max_entries=8, show_spinner="Drawing the usual images")
def _usual(name: str, data: str, _choice: Choice) -> _Scores:
    return _scores(_choice, unseen(_choice).images)


@st.cache_resource(max_entries=12, show_spinner="Drawing the odd images")
def _odd(name: str, data: str, kind: str, _choice: Choice) -> _Scores:
    if kind == "scribbles":
        return _scores(_choice, outliers.outliers(COUNT, _SEED))
    if kind == "turned":
        return _scores(_choice, unseen(_choice).images.flip(2, 3))
    found = images(kind)
    return _scores(_choice, torch.cat((found.test.images, found.validation.images))[:COUNT])


def _scores(choice: Choice, images: Tensor) -> _Scores:
    """Nobody knows the class of an image here: a conditional one is told the class with which it draws best."""
    return _Scores(images, *_drawn(choice, images, untold(choice, images)))


def _drawn(choice: Choice, images: Tensor, labels: Tensor | None) -> tuple[np.ndarray, Tensor]:
    drawn = choice.autoencoder.decode(choice.autoencoder.encode(images, labels), labels)
    return figures.as_pixels(drawn.numpy()), (drawn - images.squeeze(1) / 255).square().mean((1, 2))


@address.fragment
def _board(choice: Choice, kind: str, kinds: tuple[str, ...], usual: _Scores, odd: _Scores) -> None:
    controls, numbers = st.columns([5, 7], gap="large", vertical_alignment="bottom")
    with controls:
        threshold = link.slider(
            "ae_threshold", "Error threshold", 0.0, MOST, 0.05, STEP, format="%.4f",
            help="Images with a larger reconstruction error than this are called odd. You can also drag the triangle "
            "in the chart.",
        )  # fmt: skip
    curve = latent.roc(usual.errors, odd.errors)
    wrong, found = ((each.errors >= threshold).double().mean().item() for each in (usual, odd))
    with numbers, st.container(horizontal=True):
        st.metric(
            "Found",
            percent(found),
            width=130,
            help=f"True positive rate: the share of the {_ODD[kind]} that are called odd.",
        )
        st.metric(
            "False alarms",
            percent(wrong),
            width=150,
            help="False positive rate: the share of the usual images that are called odd.",
        )
        st.metric("Area under the curve", fixed(curve.area, 3), width=200,
                  help="The probability that an odd image has a larger error than a usual one. Guessing gives 0.5."
                  f"\n\n{explain('ROC curve')}")  # fmt: skip
    said, dark = ("usual images", _ODD[kind]), page.is_dark()
    left, right = st.columns([7, 5], gap="large")
    with left:
        figure = figures.errors(usual.errors.numpy(), odd.errors.numpy(), threshold, said, dark)
        plot(
            "ae_errors", figure, height=_HEIGHT, drag={len(figure.data) - 1: "x"}, on_move=_move, on_pick=_pick,
            alt="Reconstruction errors of usual and odd images, and the threshold", file_name="errors",
        )  # fmt: skip
    with right:
        plot(
            "ae_roc", figures.roc(curve.usual.numpy(), curve.odd.numpy(), (wrong, found), said, dark), height=_HEIGHT,
            alt="Share of odd images found against share of false alarms, for every threshold", file_name="roc",
        )  # fmt: skip
    with present.aside("mistakes"):
        _mistakes(choice, kind, usual, odd, threshold)
    show_code(_script(choice, kind, threshold))
    shown = Shown(usual.errors, odd.errors, threshold, _ODD[kind])
    try_this(experiments(usual.errors, kinds), shown, "ae_errors")


def _move(trace: int, index: int, x: float, y: float) -> None:
    _pick(x, y)


def _pick(x: float, y: float) -> None:
    st.session_state["ae_threshold"] = round(min(MOST, max(0.0, round(x / STEP) * STEP)), 4)


def _mistakes(choice: Choice, kind: str, usual: _Scores, odd: _Scores, threshold: float) -> None:
    """The worst mistakes at this threshold: the image, and what is drawn of it."""
    left, right = st.columns(2, gap="large")
    alarms = [each for each in usual.errors.argsort(descending=True).tolist() if usual.errors[each] >= threshold]
    misses = [each for each in odd.errors.argsort().tolist() if odd.errors[each] < threshold]
    with left:
        st.markdown(f"**{len(alarms):,} false alarms** of {len(usual.errors):,}: usual images that are drawn badly")
        _pairs("ae_alarms", usual, alarms[:_WORST])
    with right:
        st.markdown(f"**{len(misses):,} missed** of {len(odd.errors):,}: {_ODD[kind]} that are drawn well")
        _pairs("ae_misses", odd, misses[:_WORST])


def _pairs(key: str, scores: _Scores, chosen: list[int]) -> None:
    empty = [None] * (_WORST - len(chosen))
    read = [*(scores.images[each, 0].numpy() for each in chosen), *empty]
    gallery(f"{key}_read", read, size=56, columns=_WORST)
    captions = [fixed(scores.errors[each], 4) for each in chosen] + [""] * len(empty)
    drawn = [*(scores.drawn[each] for each in chosen), *empty]
    gallery(f"{key}_drawn", drawn, captions=captions, size=56, columns=_WORST)


def _what_is_going_on(choice: Choice) -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "An autoencoder learns to draw what it was trained on and has no room in its code for anything else. The "
            "**reconstruction error** therefore measures how unusual an image is, and no odd images were needed for "
            "training. A **threshold** turns the error into an answer; the **ROC curve** shows what each threshold "
            "would find, and at what price. Beware: simple shapes, such as a dot or a straight line, are easy to draw "
            "even if the network has never seen them."
            + (
                " This autoencoder needs the class of an image. Here nobody knows it, so each image gets the class "
                "with which it is drawn best."
                if choice.autoencoder.conditional
                else ""
            )
        )


def _script(choice: Choice, kind: str, threshold: float) -> str:
    imports = ["import torch", "from dlcore import data", "from dlcore.inspect import latent"]
    if kind == "scribbles":
        imports.append("from dlcore.data.outliers import outliers")
        odd = f"odd = outliers({COUNT}, seed={_SEED})"
    elif kind == "turned":
        odd = "odd = images.flip(2, 3)"
    else:
        odd = f"other = data.load({kind!r})\nodd = torch.cat((other.test.images, other.validation.images))[:{COUNT}]"
    score = "    return latent.errors(autoencoder.model, images)"
    if choice.autoencoder.conditional:
        score = (
            "    classes = latent.fitting_classes(autoencoder.model, images)\n"
            "    return latent.errors(autoencoder.model, images, classes)"
        )
    body = f"""{images_line(choice)}
{odd}


def score(images):
{score}


usual, other = score(images), score(odd)
print("found", (other >= {threshold:g}).float().mean(), "false alarms", (usual >= {threshold:g}).float().mean())
print("area", latent.roc(usual, other).area)"""
    return script(choice, body, *imports)
