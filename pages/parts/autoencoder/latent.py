"""The section Map: every place in the code draws something. Click, drag, turn each number, and walk between two."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
import torch
from torch import Tensor

from dlcore.formula.numbers import fixed, percent
from dlcore.formula.numbers import number as written
from dlcore.inspect import latent
from pages.figures import latent as figures
from pages.figures import theme
from pages.parts.autoencoder.between import between
from pages.parts.autoencoder.choice import Choice, choose_class
from pages.parts.autoencoder.codes import MOST, REACH, Known, axes, names, opened, plane, says_told, script
from pages.parts.autoencoder.gallery import gallery
from pages.parts.autoencoder.latent_cards import Shown, experiments
from pages.shared import address, link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain
from pages.shared.plot import plot

_FEW, _NEAR, _TILES, _HEIGHT = 4, 10, 18, 510
_SHOWN = {"both": "Both", "points": "Codes of images", "drawn": "What is drawn there"}
_METHODS = {"pca": "PCA", "t-sne": "t-SNE"}


@dataclass(frozen=True)
class _Look:
    """What is on the screen: the model, the codes of known images, and the plane that they are seen in."""

    choice: Choice
    known: Known
    method: str
    plane: latent.Plane

    def place(self, code: Tensor) -> np.ndarray:
        """Where a code (k,) lies in the plane (2,); under t-SNE, where the known code nearest to it lies."""
        if self.plane.drop is not None:
            return self.plane.drop(code[None])[0].numpy()
        return self.plane.points[latent.nearest(self.known.codes, code[None], 1)[0, 0]].numpy()

    def code(self, x: float, y: float) -> Tensor:
        """The code (k,) at a place in the plane; under t-SNE, of the known image nearest to it."""
        place = torch.tensor([[x, y]], dtype=torch.float32)
        if self.plane.lift is not None:
            return self.plane.lift(place)[0]
        return self.known.codes[latent.nearest(self.plane.points, place, 1)[0, 0]]


def section(choice: Choice) -> None:
    """The map with the picture of the place that was clicked, and the way between two images."""
    found = opened(choice)
    says_told(choice)
    controls = st.container(horizontal=True, vertical_alignment="bottom")
    with controls:
        method, shown = "pca", "points"
        if choice.autoencoder.code_size > 2:
            method = link.choice("ae_plane", "Projected by", tuple(_METHODS), "pca", names=_METHODS, look="segmented",
                                 width=200, label_visibility="collapsed")  # fmt: skip
        if method == "pca":
            shown = link.choice("ae_show", "Show", tuple(_SHOWN), "both", names=_SHOWN, look="segmented", width=430,
                                label_visibility="collapsed")  # fmt: skip
    _explore(_Look(choice, found, method, plane(choice, found.codes, method)), shown)
    _what_is_going_on(choice)
    _about(choice)


@address.fragment
def _explore(look: _Look, shown: str) -> None:
    """The map, the way between two images, and the questions on both."""
    code = _board(look, shown)
    with present.aside("between"):
        ways = between(look.choice, look.known)
    seen = Shown(look.known, code, partial(_places, look), ways)
    try_this(experiments(look.known, names(look.choice)), seen, "ae_map")


def _board(look: _Look, shown: str) -> Tensor:
    """The map, and the picture of a place in it; returns the code (k,) of that place."""
    left, right = st.columns([13, 12], gap="medium")
    below = st.container()
    with right:
        drawing, numbers = st.container(), st.container()
        label = choose_class(look.choice, "ae_class", "Shown as")
    with below if len(look.known.order) > _FEW else right:
        code = _sliders(look)
    image = _decoded(look.choice, code[None], label)[0]
    with drawing:
        nearest = _pictures(look, code, image)
    with numbers, present.aside("numbers"):
        _numbers(look, code, nearest)
    with left:
        _map(look, code, label, shown)
        with present.aside("ends"):
            _as_end(int(nearest[0]))
    show_code(_script(look.choice, code, label))
    return code


def _places(look: _Look) -> Tensor:
    """Codes (P, k) evenly over the map; none where there is no way back from it."""
    if look.plane.lift is None:
        return look.known.codes[:0]
    places = figures.lattice(_scatter(look), _TILES, _TILES).reshape(-1, 2)
    return look.plane.lift(torch.from_numpy(places))


def _sliders(look: _Look) -> Tensor:
    """The code (k,) that the sliders say."""
    size = len(look.known.order)
    first, others = sorted(look.known.order[:MOST]), sorted(look.known.order[MOST:])
    wide = size > _FEW
    if wide:
        which = f"The {MOST} numbers of the code that vary most" if others else f"The {size} numbers of the code"
        st.markdown(f"**{which}**, in standard deviations from their mean")
    _rows_of_sliders(first, 4 if wide else 1)
    if others:
        _more_sliders(look, others)
    moved = [st.session_state.get(_key(number), 0.0) for number in range(size)]
    return look.known.mean + torch.tensor(moved) * look.known.unit


def _key(number: int) -> str:
    """Of the slider, and in the link, for a number of the code: counted as the decoder reads them."""
    return f"ae_z{number + 1}"


def _rows_of_sliders(numbers: Sequence[int], columns: int) -> None:
    unit = "" if columns > 1 else ", in standard deviations from its mean"
    cells = (place for _ in range(0, len(numbers), columns) for place in st.columns(columns))
    for number, place in zip(numbers, cells, strict=False):
        with place:
            link.slider(
                _key(number), f"Number {number + 1} of the code{unit}", -REACH, REACH, 0.0, 0.01,
                help="In standard deviations from the mean of the codes of known images.",
            )  # fmt: skip


def _more_sliders(look: _Look, numbers: Sequence[int]) -> None:
    """Sliders that are made only while they are seen: a code may have 128 numbers."""
    keys = [_key(number) for number in numbers]
    # What an expander starts as must not change while it is there: it would close and open by itself.
    linked = st.session_state.setdefault("_ae_more", any(key in st.query_params for key in keys))
    place = st.expander(
        f"The other {len(numbers)} numbers", expanded=linked, icon=":material/tune:", on_change="rerun", key="ae_more"
    )
    if not place.open:
        st.session_state.update({key: st.session_state.get(key, 0.0) for key in keys})
        return
    with place:
        constant = len(look.known.order) - look.known.varying
        if constant:
            st.caption(
                f"{constant} numbers of the code are the same for all images: their sliders use the mean standard "
                f"deviation of the code."
            )
        _rows_of_sliders(numbers, 4)


def _go(look: _Look, x: float, y: float) -> None:
    """A callback: the sliders go to the code at a place in the plane."""
    away = (look.code(x, y) - look.known.mean) / look.known.unit
    for number, value in enumerate(away.tolist()):
        st.session_state[_key(number)] = round(max(-REACH, min(REACH, value)), 2)


# What is drawn.


def _decoded(choice: Choice, codes: Tensor, label: int | None) -> np.ndarray:
    """uint8 (N, 28, 28)."""
    labels = None if label is None else torch.full((len(codes),), label)
    return figures.as_pixels(choice.autoencoder.decode(codes, labels).numpy())


def _pictures(look: _Look, code: Tensor, image: np.ndarray) -> Tensor:
    """The picture that is drawn, and the known images whose codes are nearest; returns their indices."""
    nearest = latent.nearest(look.known.codes, code[None], _NEAR)[0]
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=230, key="ae_drawn"):
            gallery("ae_picture", [image], ["Drawn from this code"], size=224)
        with st.container(width=186, gap="xxsmall"):
            titles = names(look.choice)
            st.html('<b style="font-size:14px">Nearest images</b>')
            gallery(
                "ae_nearest",
                [look.known.images[each, 0].numpy() for each in nearest[:4]],
                captions=[titles[look.known.labels[each]] for each in nearest[:4]],
                size=84,
            )
    return nearest


def _numbers(look: _Look, code: Tensor, nearest: Tensor) -> None:
    titles = names(look.choice)
    label, votes = Counter(look.known.labels[nearest].tolist()).most_common(1)[0]
    far = (look.known.codes[nearest[0]] - code).norm().item()
    usual = latent.usual_distance(look.known.codes)
    with st.container(horizontal=True):
        st.metric(f"Of the nearest {_NEAR} images", f"{votes} show {titles[label]}", width=190)
        st.metric(
            "Distance to the nearest", written(far, 3), width=190,
            help=f"Measured between codes. The codes of neighbouring images are usually {written(usual, 3)} apart.",
        )  # fmt: skip
    values = ", ".join(fixed(value, 2) for value in code[:6].tolist())
    more = r", \ldots" if look.choice.autoencoder.code_size > 6 else ""
    st.latex(rf"\hat x = \operatorname{{decoder}}({values}{more})")


def _map(look: _Look, code: Tensor, label: int | None, shown: str) -> None:
    figure = _figure(look, label, shown)
    marker = figures.add_place(figure, look.place(code), "decoded here", figures.HERE)
    go_there = partial(_go, look)
    plot(
        "ae_map",
        figure,
        height=_HEIGHT,
        alt="The codes of known images as points, coloured by class, and the point that is decoded",
        on_pick=go_there,
        drag={marker: "xy"},
        on_move=lambda trace, index, x, y: go_there(x, y),
        file_name="codes",
    )
    kept = look.plane.kept
    said = "" if kept is None or kept > 0.999 else f" This plane shows {percent(kept)} of the variance of the codes."
    way = (
        "Click anywhere or drag the cross: the decoder draws that point at once."
        if look.plane.lift is not None
        else "t-SNE cannot be reversed: a click uses the code of the nearest image. Distances between groups mean "
        "nothing."
    )
    with present.aside("way"):
        st.markdown(f"{way}{said}", help=explain("latent code"))


def _as_end(sample: int) -> None:
    """Buttons that make a known image the start or the end of the way below."""
    with st.container(horizontal=True):
        for key, title in (("ae_from", "Walk from the nearest image"), ("ae_to", "Walk to the nearest image")):
            if st.button(title, key=f"{key}_here", on_click=partial(st.session_state.__setitem__, key, sample)):
                st.rerun()


def _figure(look: _Look, label: int | None, shown: str) -> go.Figure:
    drawn = ""
    if shown != "points":
        drawn = _backdrop(look.choice.name, look.choice.data.name, label, theme.palette(page.is_dark())["ink"], look)
    return _scatter(look, dots=shown != "drawn", backdrop=drawn)


def _scatter(look: _Look, **options: Any) -> go.Figure:
    parts = look.plane.points.numpy(), look.known.labels.numpy(), names(look.choice)
    return figures.code_map(*parts, axes=axes(look.choice, look.method), dark=page.is_dark(), **options)


@st.cache_data(max_entries=16, show_spinner=False)
def _backdrop(name: str, data: str, label: int | None, colour: str, _look: _Look) -> str:
    """The plane, tile by tile, as the address of a picture."""
    drawn = _decoded(_look.choice, _places(_look), label)
    return figures.tapestry(drawn.reshape(_TILES, _TILES, 28, 28), colour)


def _what_is_going_on(choice: Choice) -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "The encoder gives every image a place: its **code**. The decoder goes the other way, and it can do so "
            "from **any** place, not only from those that belong to an image. That is why the whole plane can be "
            "drawn.\n\n"
            + (
                "This one is **variational**: training fills the middle of the code space without gaps, so places "
                "between two groups also give something that could be an image."
                if choice.autoencoder.variational
                else "Nothing in its training controls what lies between the codes of images. There may be gaps where "
                "the decoder draws shapes that nobody would write. A variational autoencoder has fewer of them."
            )
        )


def _about(choice: Choice) -> None:
    """What the network was trained on, what was measured, and what it cannot do, as far as its card says."""
    card = choice.autoencoder.card
    if "trained_on" not in card:
        return
    with st.expander("About this network", icon=":material/info:"):
        st.markdown(f"**Trained on** {page.plain(card['trained_on'])}")
        rows = "".join(f"| {page.plain(name)} | {written(value)} |\n" for name, value in card["measured"].items())
        st.markdown(f"| Measured | |\n|:--|--:|\n{rows}")
        st.markdown("**Know its limits**\n\n" + "\n".join(f"- {page.plain(each)}" for each in card.get("limits", ())))
        st.code(card.get("command", ""), language="bash", wrap_lines=True)


def _script(choice: Choice, code: Tensor, label: int | None) -> str:
    values = ", ".join(f"{value:.4f}" for value in code.tolist())
    told = "" if label is None else f", torch.tensor([{label}])"
    body = f"""code = torch.tensor([[{values}]])
image = autoencoder.decode(code{told})[0]
for row in image[::2]:
    print("".join(" .:-=+*#%@"[int(9.99 * ink)] * 2 for ink in row[::2]))"""
    return script(choice, body, "import torch")
