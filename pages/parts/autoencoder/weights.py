"""The section Weights: what the first layer looks for, and what each number of the code draws."""

from html import escape

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from dlcore.formula.numbers import fixed
from dlcore.inspect import latent
from pages.figures import words
from pages.figures.latent import as_pixels
from pages.figures.mosaic import mosaic
from pages.parts.autoencoder.choice import Choice
from pages.parts.autoencoder.codes import COUNT, REACH, Known, images_line, names, opened, says_told, script, told
from pages.parts.autoencoder.gallery import gallery
from pages.parts.autoencoder.weights_cards import Shown, experiments
from pages.shared import address, link
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this

_FILTERS, _STEPS = 64, 9


def section(choice: Choice) -> None:
    """The filters of the first layer beside the strokes of the code's numbers; one of them turned from end to end."""
    found = opened(choice)
    says_told(choice)
    _board(choice, found)
    _what_is_going_on()


@address.fragment
def _board(choice: Choice, found: Known) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        _filters(choice)
    with right:
        start = link.slider("ae_turn_from", "Start from the code of image", 0, COUNT - 1, 0, 1)
        code, labels = found.codes[start], told(choice, found.labels[start : start + 1])
        _strokes(choice, found, code, labels)
    size = len(found.order)
    number = link.slider("ae_unit", "Change this number of the code", 1, size, 1, 1) - 1
    constant = "," if number in found.widest else ", which is the same for all images,"
    drawn, values = turned(choice, found, code, labels, number)
    st.markdown(
        f"**Number {number + 1} of the code**{constant} from {words.short(REACH)} standard deviations below its mean "
        f"to {words.short(REACH)} above; all others stay as they are for image {start}, a "
        f"**{names(choice)[found.labels[start]]}**."
    )
    gallery("ae_turned", list(drawn), captions=[fixed(value, 2) for value in values], size=84)
    show_code(_script(choice, start, number, found.unit[number].item()))

    def strokes(image: int) -> Tensor:
        told_ = told(choice, found.labels[image : image + 1])
        return latent.strokes(choice.autoencoder.model, found.codes[image], found.deviation, told_)

    try_this(experiments(found), Shown(found, number, drawn, start, strokes), "ae_turned")


def _filters(choice: Choice) -> None:
    every = latent.filters(choice.autoencoder.model)
    strongest = every.flatten(1).norm(dim=1).argsort(descending=True)[:_FILTERS]
    shown = every[strongest.sort().values]
    st.markdown(
        f"**What the first layer looks for**  \n{len(shown)} of {len(every)} "
        f"{'units' if every.shape[1] == 28 else 'kernels'}"
    )
    _signed(shown.numpy(), "Weights of the first layer: orange adds, blue takes away")
    st.markdown(f"Weights from {fixed(shown.min(), 2)} to {fixed(shown.max(), 2)}. Orange adds, blue takes away.")


def _strokes(choice: Choice, found: Known, code: Tensor, labels: Tensor | None) -> None:
    every = latent.strokes(choice.autoencoder.model, code, found.deviation, labels)
    shown = every[sorted(found.widest[:_FILTERS])]
    silent = len(every) - len(found.widest)
    st.markdown(
        f"**What each number of the code draws**  \n{len(shown)} of {len(every)}, in the order of the code"
        + (f"; {silent} are the same for every image" if silent else "")
    )
    _signed(shown.numpy(), "How the picture changes as each number grows by one standard deviation: orange is new ink")
    reach = shown.abs().amax((1, 2))
    st.markdown(
        f"Orange is ink that appears as the number grows by one standard deviation, blue is ink that disappears. "
        f"{int((reach < 0.05).sum())} of {len(shown)} cause no visible change (less than 5 %)."
    )


def _signed(values: np.ndarray, said: str) -> None:
    """Signed pictures (N, h, w) as one, pixel-sharp."""
    address, width, height = mosaic(values)
    st.html(
        f'<img src="{address}" alt="{escape(said)}" style="display:block;width:100%;'
        f'max-width:{min(480, max(240, 8 * width))}px;aspect-ratio:{width}/{height};image-rendering:pixelated">'
    )


def turned(
    choice: Choice, found: Known, code: Tensor, labels: Tensor | None, number: int
) -> tuple[np.ndarray, list[float]]:
    """uint8 (9, 28, 28) as one number of a code (k,) goes from end to end, and its values."""
    values = found.mean[number] + torch.linspace(-REACH, REACH, _STEPS) * found.unit[number]
    codes = code.repeat(_STEPS, 1)
    codes[:, number] = values
    drawn = choice.autoencoder.decode(codes, None if labels is None else labels.expand(_STEPS))
    return as_pixels(drawn.numpy()), values.tolist()


def _what_is_going_on() -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "A unit of the first layer adds up all pixels, each times its weight: it responds most to an image with "
            "ink where its picture is orange and none where it is blue. The numbers of the code are at the other end: "
            "change one and see what the decoder adds or takes away. In a network with one layer each way, the "
            "strokes are the same wherever you start, apart from the curve of the sigmoid. Deep networks draw a "
            "different stroke at every place. Numbers that draw nothing were not needed; variational networks "
            "deliberately switch them off."
        )


def _script(choice: Choice, start: int, number: int, unit: float) -> str:
    of, one = ("labels", f", labels[{start}:{start + 1}].expand({_STEPS})")
    encoded = f"autoencoder.encode(images, {of})" if choice.autoencoder.conditional else "autoencoder.encode(images)"
    body = f"""{images_line(choice)}
codes = {encoded}
each = codes[{start}].repeat({_STEPS}, 1)
reach = torch.linspace(-{REACH:g}, {REACH:g}, {_STEPS})
each[:, {number}] = codes.mean(0)[{number}] + reach * {unit:.6g}
turned = autoencoder.decode(each{one if choice.autoencoder.conditional else ""})
print(latent.filters(autoencoder.model).shape, turned.shape)"""
    return script(choice, body, "import torch", "from dlcore import data", "from dlcore.inspect import latent")
