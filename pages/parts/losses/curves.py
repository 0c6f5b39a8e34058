"""Loss and gradient against the prediction, for any number of losses."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
import torch

from dlcore.functions.losses import LOSSES, Loss, loss
from pages.figures import losses as figures
from pages.parts.losses.curves_cards import EXPERIMENTS, Shown
from pages.parts.losses.numbers import Row, legend, rows, short, with_result
from pages.shared import address, link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.plot import plot


@dataclass(frozen=True)
class Axis:
    """What a prediction may be: its range, and how its losses are drawn."""

    title: str
    low: float
    high: float
    step: float
    start: float
    targets: tuple[float, float, float, float]
    at_first: tuple[str, ...]
    loss_range: tuple[float, float]
    gradient_range: tuple[float, float]


AXES = {
    "number": Axis(
        "prediction p", -4.0, 4.0, 0.05, 1.5, (-3.0, 3.0, 0.0, 0.25),
        ("mse", "mae", "huber"), (-0.3, 6.0), (-5.0, 5.0),
    ),
    "probability": Axis(
        "predicted probability p", 0.0, 1.0, 0.01, 0.2, (0.0, 1.0, 1.0, 0.05),
        ("bce", "focal", "brier"), (-0.25, 5.0), (-8.0, 8.0),
    ),
    "logit": Axis(
        "predicted logit z", -8.0, 8.0, 0.1, -3.0, (0.0, 1.0, 1.0, 0.05),
        ("bce-logits", "sigmoid-mse", "hinge"), (-0.4, 8.0), (-1.2, 1.2),
    ),
}  # fmt: skip
"""What a loss takes → the axis on which it is drawn."""
AXIS_HELP = (
    "What the network gives: any number (regression), a probability from 0 to 1, or a logit, which a sigmoid turns "
    "into a probability."
)
_DRAWN = 801
"""Places of a curve: among them all that the sliders allow, so that kinks are drawn where they are."""
_ROOM = 0.04
"""What the picture shows beyond each end of the axis, as a part of it, so that points at the ends are whole."""


@address.fragment
def section() -> None:
    """Loss and gradient with the controls beside them, and a row for each loss below."""
    stage, controls = st.columns([9, 4], gap="medium")
    with controls:
        kind = link.choice("loss_axis", "The prediction is a", tuple(AXES), "number", look="segmented", help=AXIS_HELP)
        axis = AXES[kind]
        names = offered(kind)
        shown = link.many(f"loss_shown_{kind}", "Losses", tuple(names), axis.at_first, names=names)
        at = f"loss_at_{kind}"
        prediction = link.slider(at, axis.title.capitalize(), axis.low, axis.high, axis.start, axis.step)
        low, high, first, step = axis.targets
        target = link.slider(f"loss_target_{kind}", "Target y", low, high, first, step)
        chosen = {name: _parameters(LOSSES[name]) for name in shown}
    with stage:
        if not shown:
            st.info("Choose a loss to see its curve.", icon=":material/show_chart:")
        else:
            legend((names[name], figures.colour(name)) for name in shown)
            _pictures(axis, at, prediction, target, chosen)
            st.caption("Drag a point, or click anywhere in a picture: that becomes the prediction.")
    if shown:
        rows(_row(name, prediction, target, parameters) for name, parameters in chosen.items())
        shown_now = Shown(prediction, target, chosen)
        try_this(EXPERIMENTS, shown_now, [f"loss_at_{each}_loss" for each in (kind, *AXES)])
        show_code(script(chosen, prediction, target))


def offered(takes: str) -> dict[str, str]:
    """The losses of one kind of prediction by their names, with their short titles."""
    return {name: each.short for name, each in LOSSES.items() if each.takes == takes}


def _parameters(one: Loss) -> dict[str, float]:
    """A slider for each parameter of a loss."""
    values = {}
    for each in one.parameters:
        key = f"loss_{one.name.replace('-', '_')}_{each.name}"
        high = min(each.high, 5.0)
        values[each.name] = link.slider(
            key,
            f"{one.short}: ${each.symbol}$",
            each.low,
            high,
            each.default,
            each.step,
            help=each.help or f"{each.title}.",
        )
    return values


def _pictures(axis: Axis, at: str, prediction: float, target: float, chosen: Mapping[str, Mapping[str, float]]) -> None:
    x = torch.linspace(axis.low, axis.high, _DRAWN, dtype=torch.float64)
    here = torch.tensor(prediction, dtype=torch.float64)
    dark = page.is_dark()
    values, slopes = [], []
    for name, parameters in chosen.items():
        one = loss(name)
        now, pull = one(here, target, **parameters).item(), one.gradient(here, target, **parameters).item()
        look = {"title": one.title, "colour": figures.colour(name), "x": x.numpy()}
        values.append(figures.Curve(y=one(x, target, **parameters).numpy(), now=now, slope=pull, **look))
        slopes.append(figures.Curve(y=one.gradient(x, target, **parameters).numpy(), now=pull, **look))
    weight = max([1.0, *(parameters.get("w", 1.0) for parameters in chosen.values())])

    room = _ROOM * (axis.high - axis.low)

    def move(x: float) -> None:
        st.session_state[at] = snapped(x, axis.low, axis.high, axis.step)

    for place, curves, title, (low, high), says in zip(
        st.columns(2),
        (values, slopes),
        ("loss L", "gradient ∂L/∂" + axis.title[-1]),
        (axis.loss_range, axis.gradient_range),
        ("The loss against the prediction", "The gradient of the loss against the prediction"),
        strict=True,
    ):
        picture = figures.curves(
            curves, prediction, target if axis.title[-1] == "p" else None,
            x_title=axis.title, y_title=title, x_range=(axis.low - room, axis.high + room),
            y_range=(low * weight, high * weight), dark=dark,
        )  # fmt: skip
        with place:
            plot(
                f"{at}_{title[:4].strip()}", picture, height=400, drag={0: "x"},
                on_move=lambda trace, index, x, y: move(x), on_pick=lambda x, y: move(x),
                alt=f"{says}, of {', '.join(each.title for each in curves)}.", file_name=title.split()[0],
            )  # fmt: skip


def snapped(value: float, low: float, high: float, step: float) -> float:
    """The nearest place of a slider."""
    return round(min(max(low + round((value - low) / step) * step, low), high), 6)


def _row(name: str, prediction: float, target: float, parameters: Mapping[str, float]) -> Row:
    one = loss(name)
    here = torch.tensor(prediction, dtype=torch.float64)
    value, pull = one(here, target, **parameters).item(), one.gradient(here, target, **parameters).item()
    numbers = {one.symbol: prediction, "y": target, **parameters}
    return Row(
        one.title,
        figures.colour(name),
        one.latex(),
        with_result(one.formula, numbers, value),
        (("Loss", short(value)), ("Gradient", short(pull))),
    )


def script(chosen: Mapping[str, Mapping[str, float]], prediction: float, target: float) -> str:
    """What ran."""
    lines = ["from dlcore.functions.losses import loss", ""]
    for name, parameters in chosen.items():
        given = "".join(f", {key}={value!r}" for key, value in parameters.items())
        lines += [
            f'value = loss("{name}")({prediction!r}, {target!r}{given})',
            f'gradient = loss("{name}").gradient({prediction!r}, {target!r}{given})',
            f'print("{name}", value.item(), gradient.item())',
        ]
    return "\n".join(lines)
