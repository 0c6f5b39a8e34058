"""Which pixels the score of a class depends on, asked in four ways."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from dlcore.config.image_sets import SHAPE
from dlcore.config.images import described
from dlcore.formula.numbers import number, percent
from dlcore.inspect.attributions import (
    FIRST_STEPS,
    MOST_STEPS,
    PATCH,
    PATCHES,
    Integrated,
    gradient,
    integrated_gradients,
    occlusion,
)
from dlcore.inspect.class_maps import ClassMap, MapLayer, class_map, map_layers
from dlcore.models.rnn import Recurrent
from dlcore.use.classifier import Classifier
from pages.figures.pixels import Panel, peak
from pages.parts.draw.why_question import ANSWER, NEXT, Question
from pages.shared import link, page, present
from pages.shared.glossary import explain
from pages.shared.pixels import pixels

PICTURE = "why_pixels"
BUDGET = 12_000_000_000
"""Multiply-adds for integrated gradients, about half a second of one core: larger networks get fewer steps."""


@dataclass(frozen=True)
class Found:
    """What the four ways say of a class. maps: None where there are none; steps: at most so many for `shares`"""

    question: Question
    target: int
    slopes: Tensor
    shares: Integrated
    maps: ClassMap | None
    falls: Tensor
    size: int
    steps: int

    @property
    def flat(self) -> bool:
        """Whether all slopes are 0, here and on the way from blank paper."""
        return not (self.slopes.any() or self.shares.values.any())


def show(question: Question) -> Found:
    """The class that is asked about, and a picture for each way of asking."""
    names = question.options(ANSWER, NEXT)
    layers = map_layers(question.classifier.model)
    st.subheader("Which pixels does it depend on?", anchor=False)
    whose, how, *where = st.columns(3 if layers else 2, gap="medium")
    with whose:
        target = question.chosen(link.choice("why_class", "Explain the score of", tuple(names), ANSWER, names=names))
    with how:
        size = int(link.stops("why_square", "Cover squares of", PATCHES, PATCH, form=lambda side: f"{side:g}×{side:g}",
                              help="For occlusion: how much of the drawing is hidden at once, in pixels."))  # fmt: skip
    layer = None
    if layers:
        with where[0]:
            layer = _layer(question, layers)
    with st.spinner("Asking four ways"):
        found = _found(question, target, layer, size)
    _score(found)
    pixels(PICTURE, _panels(found), f"Four ways to ask which pixels the score of {question.label(target)} depends on.")
    return found


def _layer(question: Question, layers: tuple[MapLayer, ...]) -> MapLayer:
    """The layer whose maps are looked at; the last one unless the visitor chooses another."""
    blocks = described(question.classifier.config).blocks
    names = {str(each.place): f"{each.place + 1}: {blocks[each.place].text}, {_places(each)}" for each in layers}
    last = str(layers[-1].place)
    return {str(each.place): each for each in layers}[
        link.choice("why_layer", "Maps of layer", tuple(names), last, names=names,
                    help="For Grad-CAM. Later layers know more of classes, and less of places.")
    ]  # fmt: skip


def _places(layer: MapLayer) -> str:
    _, height, width = layer.shape
    return f"{height}×{width}"


def _found(question: Question, target: int, layer: MapLayer | None, size: int) -> Found:
    model, image, steps = question.classifier.model, question.image, _steps(question.classifier)
    slopes = question.once(("gradient", target), lambda: gradient(model, image, target))
    shares = question.once(("shares", target), lambda: integrated_gradients(model, image, target, most=steps))
    falls = question.once(("falls", target, size), lambda: occlusion(model, image, target, size))
    maps = class_map(model, image, target, layer) if layer else None
    return Found(question, target, slopes, shares, maps, falls, size, steps)


def _steps(classifier: Classifier) -> int:
    """For how many steps of integrated gradients there is time: backwards costs twice as much as forwards."""
    if isinstance(classifier.model, Recurrent):
        work = 28 * sum(each.numel() for each in classifier.model.parameters())
    else:
        work = described(classifier.config).multiply_adds(SHAPE)
    return min(MOST_STEPS, max(FIRST_STEPS, BUDGET // (3 * max(1, work))))


def _score(found: Found) -> None:
    label, shares = page.plain(found.question.label(found.target)), found.shares
    probability = percent(found.question.reading.probabilities[found.target])
    st.markdown(
        f"The score of **{label}** is {number(shares.score)}, which makes a probability of {probability}; that of "
        f"blank paper is {number(shares.baseline)}.",
        help=explain("logit"),
    )
    if found.flat:
        st.markdown(
            f"All slopes are 0: a small change of any pixel leaves the score of {label} as it is, because the units on "
            "the way to it are silent. Only larger changes can count, such as those of occlusion."
        )
    with present.aside("why_colours"):
        st.caption(
            f"Orange speaks for {label}, blue against it. Point at a picture to read all four, or use the arrow keys."
        )


def _panels(found: Found) -> list[Panel]:
    image = found.question.image[0].numpy()
    return [
        Panel(
            "Saliency", f"Slopes up to {number(peak(found.slopes.numpy()), 3)} per black pixel",
            "Would a little more ink here raise the score (orange) or lower it (blue)? It tells what a tiny change "
            "does, not what the answer is made of.",
            image, found.slopes.numpy(),
        ),
        Panel(
            "Integrated gradients", _completeness(found.shares),
            "Shares the score out among the pixels, compared with blank paper. So it cannot credit a gap: where there "
            "is no ink, there is no share.",
            image, found.shares.values.numpy(),
        ),
        _class_map(found, image),
        Panel(
            "Occlusion", _fall(found.falls),
            f"Covers each place with {found.size}×{found.size} pixels of paper and sees how far the score falls "
            "(orange) or rises (blue). It misses what two places only do together.",
            image, found.falls.numpy(),
        ),
    ]  # fmt: skip


def _completeness(shares: Integrated) -> str:
    """Whether the shares make up the difference that they explain."""
    difference = shares.score - shares.baseline
    missed = f", {percent(abs(shares.gap / difference), 2)} off" if abs(difference) > 1e-6 else ""
    return f"Sum {number(shares.total)}; score minus that of paper {number(difference)}{missed}"


def _fall(falls: Tensor) -> str:
    most, least = falls.max().item(), falls.min().item()
    rises = f", rises by up to {number(-least, 3)}" if least < 0 else ""
    return f"The score falls by up to {number(max(0.0, most), 3)}{rises}"


def _class_map(found: Found, image) -> Panel:
    if found.maps is None:
        return Panel("Grad-CAM", missing=_why_no_map(found.question), text="It needs maps that say where something is.")
    said = f"Largest {number(peak(found.maps.values.numpy()), 3)}, from {_places(found.maps.layer)} places"
    if not found.maps.values.any():
        said = f"All {_places(found.maps.layer)} places are 0: none of these maps speaks for it"
    return Panel(
        "Grad-CAM", said,
        "Where the maps of a layer speak for the class. It shows regions, not pixels, and takes each map to mean the "
        "same everywhere, which need not be so before a dense layer.",
        image, found.maps.values.numpy(),
    )  # fmt: skip


def _why_no_map(question: Question) -> str:
    model = question.classifier.model
    if isinstance(model, Recurrent):
        return "Not for this network: it reads row after row, and has no convolutional maps."
    if any(isinstance(each, torch.nn.Conv2d) for each in model.modules()):
        return "Not for this network: each of its maps is a single number."
    return "Not for this network: it has no convolutional maps."
