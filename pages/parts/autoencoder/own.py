"""The section Your digit: draw it, see where it lies, and what the network makes of it."""

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from dlcore.data import ink
from dlcore.errors import UnreadableImage
from dlcore.formula.numbers import percent
from dlcore.inspect import latent
from dlcore.models.autoencoder import pixels
from pages.figures import digits, words
from pages.figures import latent as figures
from pages.parts.autoencoder.between import walk
from pages.parts.autoencoder.choice import Choice, choose_class
from pages.parts.autoencoder.codes import COUNT, Known, axes, names, opened, plane, says_told, script, told
from pages.parts.autoencoder.gallery import films, gallery
from pages.shared import address, link, page, present
from pages.shared.canvas import Drawing, digit_canvas, prompt, put
from pages.shared.code_view import show_code
from pages.shared.examples import EXAMPLES
from pages.shared.plot import plot

CANVAS = "draw"
"""This canvas is shared with the Draw page: what you draw on one appears on the other."""
_NOISE_SEED, _FILM, _HEIGHT = 0, 41, 430


def section(choice: Choice) -> None:
    """A sheet to draw on beside the map; reconstruction, denoising and a morph below."""
    found = opened(choice)
    says_told(choice)
    _board(choice, found, plane(choice, found.codes, "pca"))
    _what_is_going_on()


@address.fragment
def _board(choice: Choice, found: Known, flat: latent.Plane) -> None:
    left, right = st.columns([5, 7], gap="large")
    with left:
        drawing = _canvas()
        label = choose_class(choice, "ae_own_class", "It shows")
    read = ink.read(drawing.pixels, canvas=True) if drawing else None
    with right:
        place = st.container()
    image = None if read is None or read.problem else torch.from_numpy(read.image)[None, None]
    if read is not None and read.problem:
        page.problem(read.problem)
    pictures, numbers = st.columns([7, 5], gap="large")
    with numbers, present.aside("noise"):
        noise = link.slider("ae_spoil", "Add noise before it is read", 0.0, 1.0, 0.0, 0.05,
                            help="Standard deviation of the noise, where full ink is 1.")  # fmt: skip
    code = None if image is None else _encode(choice, spoiled(image, noise), label)
    with pictures:
        drawn = _drawn(choice, image, code, noise, label)
    with present.aside("morph"):
        film, goal = st.columns([7, 5], gap="large")
    with goal:
        into = link.slider("ae_into", "Turn it into image", 0, COUNT - 1, 1, 1)
        gallery("ae_goal", [found.images[into, 0].numpy()], captions=[names(choice)[found.labels[into]]], size=84)
    if code is not None:
        with numbers:
            _errors(choice, found, image, drawn, noise)
        with film:
            _morph(choice, found, image, code, into, label)
    with place:
        _map(choice, found, flat, code, into)
    _downloads(drawing, image)
    show_code(_script(choice, noise, label))
    prompt(CANVAS)


def _canvas() -> Drawing | None:
    st.markdown("**Draw here.** The canvas is shared with the Draw page.")
    try:
        drawing = digit_canvas(CANVAS)
    except UnreadableImage as error:
        page.problem(error)
        drawing = None
    with present.aside("examples"), st.container(horizontal=True, gap="small"):
        for example in EXAMPLES:
            st.button(example.title, help=example.question, on_click=put, args=(CANVAS, example.strokes),
                      key=f"ae_own_{example.title}")  # fmt: skip
    return drawing


def spoiled(image: Tensor, noise: float) -> Tensor:
    """uint8 (1, 1, 28, 28) with Gaussian noise, the same at every call."""
    generator = torch.Generator().manual_seed(_NOISE_SEED)
    noisy = pixels(image) + noise * torch.randn(image.shape, generator=generator)
    return noisy.clamp(0, 1).mul(255).round().to(torch.uint8)


def _encode(choice: Choice, image: Tensor, label: int | None) -> Tensor:
    return choice.autoencoder.encode(image, None if label is None else torch.tensor([label]))[0]


# Pictures.


def _map(choice: Choice, found: Known, flat: latent.Plane, code: Tensor | None, into: int) -> None:
    figure = figures.code_map(
        flat.points.numpy(), found.labels.numpy(), names(choice), axes=axes(choice, "pca"), dark=page.is_dark()
    )
    goal = flat.points[into].numpy()
    if code is not None:
        own = flat.drop(code[None])[0].numpy()
        figures.add_way(figure, np.stack([own, goal]), figures.OWN)
        figures.add_place(figure, goal, f"image {into}", figures.OWN, "circle")
        figures.add_place(figure, own, "your digit", figures.OWN, "star")
        _widen(figure, own)
    plot("ae_own_map", figure, height=_HEIGHT, file_name="your-digit",
         alt="The codes of known images, with that of your digit as a star")  # fmt: skip
    if code is None:
        st.markdown("Your digit appears on the map as soon as you lift the pen.")
        return
    nearest = latent.nearest(found.codes, code[None], 10)[0]
    titles = [names(choice)[label] for label in found.labels[nearest]]
    counted = sorted(set(titles), key=lambda each: (-titles.count(each), each))
    said = ", ".join(f"{titles.count(each)} × **{page.plain(each)}**" for each in counted)
    st.markdown(f"The star is your digit. The ten images with the nearest codes: {said}.")


def _widen(figure, place: np.ndarray) -> None:
    """Make room for a place that lies beyond the codes of known images."""
    for axis, value in (("xaxis", float(place[0])), ("yaxis", float(place[1]))):
        low, high = figure.layout[axis].range
        room = 0.05 * (high - low)
        figure.layout[axis].range = [min(low, value - room), max(high, value + room)]


def _drawn(choice: Choice, image: Tensor | None, code: Tensor | None, noise: float, label: int | None) -> Tensor | None:
    """The digit, what is read of it, and what is drawn from its code; returns the last, float32 (28, 28)."""
    titles = ["Your digit", "With noise" if noise else "What is read", "Drawn from its code"]
    if image is None:
        gallery("ae_own_pictures", [None] * 3, titles, size=168)
        return None
    drawn = choice.autoencoder.decode(code[None], None if label is None else torch.tensor([label]))[0]
    read = spoiled(image, noise)[0, 0].numpy()
    gallery("ae_own_pictures", [image[0, 0].numpy(), read, figures.as_pixels(drawn.numpy())], titles, size=168)
    return drawn


def _errors(choice: Choice, found: Known, image: Tensor, drawn: Tensor, noise: float) -> None:
    """How far the digit is from what is drawn, and from what was read."""
    before, after = ((each - pixels(image)).square().mean().item() for each in (pixels(spoiled(image, noise)), drawn))
    worse = (_usual(choice.name, choice.data.name, choice, found) < after).double().mean().item()
    with st.container(horizontal=True):
        st.metric(
            "Error of what is drawn", words.loss(after), f"worse than {percent(worse)} of known images",
            delta_color="off", delta_arrow="off", help="Mean squared difference per pixel from your own digit.",
        )  # fmt: skip
        if noise:
            says = "repaired" if after < before else "not repaired"
            st.metric("Error of what is read", words.loss(before), says, delta_color="off", delta_arrow="off")


@st.cache_resource(max_entries=8, show_spinner=False)
def _usual(name: str, data: str, _choice: Choice, _found: Known) -> Tensor:
    """Errors (N,) of known images."""
    return latent.errors(_choice.autoencoder.model, _found.images, told(_choice, _found.labels))


def _morph(choice: Choice, found: Known, image: Tensor, code: Tensor, into: int, label: int | None) -> None:
    name = names(choice)[found.labels[into]]
    st.markdown(f"**Your digit becomes image {into}, a {page.plain(name)}**")
    labels = None if label is None else torch.tensor([label, found.labels[into].item()])
    path = walk(choice, torch.stack([code, found.codes[into]]), labels, _FILM)
    said = [f"{percent(share, 0)} of the way" for share in np.linspace(0, 1, _FILM)]
    mixed = latent.between(image[0, 0], found.images[into, 0], _FILM).round().byte().numpy()
    films("ae_own_film", {"Through the pixels": mixed, "Through the code": path}, said)


def _downloads(drawing: Drawing | None, image: Tensor | None) -> None:
    """The drawing, which the code below reads, and what the network reads of it."""
    offered = (
        ("Drawing", "drawing.png", drawing and drawing.pixels),
        ("28×28 pixels", "digit.png", None if image is None else image[0, 0].numpy()),
    )
    with st.container(horizontal=True):
        for label, name, picture in offered:
            st.download_button(
                label, b"" if picture is None else digits.png(picture), name, "image/png", icon=":material/download:",
                disabled=picture is None, on_click="ignore", key=f"ae_own_{name}",
            )  # fmt: skip


def _what_is_going_on() -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "Your drawing is cropped, scaled and centred like the images that the network learned from. The encoder "
            "squeezes it into a code, the star on the map; the decoder draws it again from this code alone. What does "
            "not fit into the code is lost: the style of your handwriting, but also noise. That is why an autoencoder "
            "**denoises**, and one that was trained to do so works best."
        )


def _script(choice: Choice, noise: float, label: int | None) -> str:
    told = "" if label is None else f", torch.tensor([{label}])"
    body = f"""# drawing.png: any drawing, such as the one that the Draw page saves
drawn = ink.read(ink.decode(Path("drawing.png").read_bytes()), canvas=True)
image = torch.from_numpy(drawn.image)[None, None]
noise = torch.randn(image.shape, generator=torch.Generator().manual_seed({_NOISE_SEED}))
read = (pixels(image) + {noise:g} * noise).clamp(0, 1).mul(255).round().to(torch.uint8)
code = autoencoder.encode(read{told})
again = autoencoder.decode(code{told})
print(code, (again - pixels(image)).square().mean())"""
    return script(
        choice, body, "import torch", "from pathlib import Path", "from dlcore.data import ink",
        "from dlcore.models.autoencoder import pixels",
    )  # fmt: skip
