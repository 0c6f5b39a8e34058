"""From logits to probabilities, to the loss, to its gradient, with the numbers of this moment in every line."""

from collections.abc import Mapping

import streamlit as st
import torch

from dlcore.formula import latex
from dlcore.formula.numbers import fixed, percent, signed
from dlcore.formula.parameter import Parameter
from dlcore.functions.losses import LOSSES, Loss, Step, loss
from pages.figures import losses as figures
from pages.figures import theme
from pages.parts.losses.classes_cards import CLASSES, EXPERIMENTS, LOGITS, START, WEIGHTS, Shown
from pages.parts.losses.curves import snapped
from pages.parts.losses.numbers import short, swatch, table
from pages.shared import address, link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain
from pages.shared.plot import plot

LIMIT, STEP = 6.0, 0.01
DRAG_STEP = 0.1
LEARNING_RATE = 1.0

_KEYS = {"epsilon": "loss_smoothing"}
"""Parameters whose keys in links are not made of their names."""

# Bars need less room than curves do: all three stand side by side in a window of 1440 px.
_THREE = "<style>@container (width >= 60rem) { .st-key-loss_three .stColumn.stColumn { --least: 13rem; } }</style>"


@address.fragment
def section() -> None:
    """Three pictures in the order in which their numbers are computed, controls beside them; then the formula."""
    stage, controls = st.columns([9, 3], gap="medium")
    with controls:
        logits, true, chosen, parameters = _controls()
    z, target = torch.tensor(logits, dtype=torch.float64), torch.tensor(CLASSES.index(true))
    workings = chosen.workings(z, target, **parameters)
    gradient = chosen.gradient(z, target, **parameters)
    symbol = "q" if "q" in workings and parameters.get("epsilon") else "y"
    wanted = workings[symbol]
    with stage:
        _pictures(z, wanted, symbol, gradient, target.item())
        _numbers(chosen, z, wanted, symbol, gradient, workings["L"].item(), target.item(), parameters)
    with present.aside("formula"):
        _formula(chosen, workings, target.item())
    try_this(EXPERIMENTS, Shown(z, target.item(), chosen.name, parameters), "loss_logits")
    show_code(script(chosen.name, logits, target.item(), parameters))


def _controls() -> tuple[list[float], str, Loss, dict]:
    names = {name: each.title for name, each in LOSSES.items() if each.kind == "classification"}
    name = link.choice("loss_of_classes", "Loss", tuple(names), "cross-entropy", names=names, look="select")
    true = link.choice("loss_true", "What it really is", CLASSES, "cat", look="segmented")
    logits = [
        link.slider(key, f"Logit of {label}", -LIMIT, LIMIT, first, STEP)
        for key, label, first in zip(LOGITS, CLASSES, START, strict=True)
    ]
    chosen = loss(name)
    return logits, true, chosen, {each.name: _parameter(each) for each in chosen.parameters}


def _parameter(rule: Parameter) -> float | torch.Tensor:
    """A slider for a parameter of a loss, or one a class."""
    if not rule.per_class:
        key = _KEYS.get(rule.name, f"loss_{rule.name}")
        return link.slider(
            key, f"{rule.title} ${rule.symbol}$", rule.low, rule.high, rule.default, rule.step, help=rule.help or None
        )
    with page.expander("Class weights", ":material/balance:", "loss_weights"):
        weights = [
            link.slider(key, f"Weight of {label}", rule.low, min(rule.high, 5.0), rule.default, rule.step)
            for key, label in zip(WEIGHTS, CLASSES, strict=True)
        ]
    return torch.tensor(weights, dtype=torch.float64)


def _move(index: int, x: float) -> None:
    if 0 <= index < len(LOGITS):
        st.session_state[LOGITS[index]] = snapped(x, -LIMIT, LIMIT, DRAG_STEP)


def stepped(z: torch.Tensor, gradient: torch.Tensor) -> list[float]:
    """The logits after one step of gradient descent on themselves, as far as their sliders can show them."""
    return [snapped(each, -LIMIT, LIMIT, STEP) for each in (z - LEARNING_RATE * gradient).tolist()]


def _descend(logits: list[float]) -> None:
    """A callback: take the step."""
    for key, value in zip(LOGITS, logits, strict=True):
        st.session_state[key] = value


def _pictures(z: torch.Tensor, wanted: torch.Tensor, symbol: str, gradient: torch.Tensor, true: int) -> None:
    """`wanted` is the target that the gradient leads to, and `symbol` its letter: q if it is smoothed, else y."""
    dark, p = page.is_dark(), z.softmax(-1)
    with st.container(key="loss_three"):
        st.html(_THREE)
        one, two, three = st.columns(3)
    with one:
        st.markdown("**1. Logits** (drag them)")
        plot(
            "loss_logits", figures.logit_bars(z.tolist(), CLASSES, true, limit=LIMIT, dark=dark), height=300,
            drag={0: "x"}, on_move=lambda trace, index, x, y: _move(index, x),
            alt="A bar for the logit of each class; its end can be dragged.", file_name="logits",
        )  # fmt: skip
    with two:
        st.markdown("**2. Probabilities**")
        plot(
            "loss_probabilities",
            figures.probability_bars(p.tolist(), wanted.tolist(), CLASSES, true, symbol=symbol, dark=dark), height=300,
            alt="A bar for the probability of each class, and its target as a mark.", file_name="probabilities",
        )  # fmt: skip
    with three:
        st.markdown("**3. Gradient**")
        plot(
            "loss_gradient", figures.gradient_bars(gradient.tolist(), CLASSES, true, dark=dark), height=300,
            alt="A bar for the gradient of each logit.", file_name="gradient",
        )  # fmt: skip


def _numbers(
    chosen: Loss, z: torch.Tensor, wanted: torch.Tensor, symbol: str, gradient: torch.Tensor, value: float, true: int,
    parameters: Mapping,
) -> None:  # fmt: skip
    p = z.softmax(-1)
    following = stepped(z, gradient)
    after = chosen(torch.tensor(following, dtype=z.dtype), torch.tensor(true), **parameters).item()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.metric(f"{chosen.title}: loss", short(value))
        st.metric(f"Probability of {CLASSES[true]}", percent(p[true]))
        st.metric("Length of the gradient", short(gradient.norm().item()), help=explain("gradient", "logit"))
        st.button(
            "Take one step against the gradient", icon=":material/south_east:", on_click=_descend, args=(following,),
            key="loss_step", help=f"z ← z − {LEARNING_RATE:g} · gradient, rounded to the sliders' stops. "
            f"The loss becomes {short(after)}.",
        )  # fmt: skip
    colours = theme.digit_colours(len(CLASSES))
    rows = [
        (swatch(label, colours[k]), fixed(float(p[k]), 4), fixed(float(wanted[k]), 4),
         signed(p[k].item() - wanted[k].item(), 4), signed(gradient[k].item(), 4))
        for k, label in enumerate(CLASSES)
    ]  # fmt: skip
    table(("class", "p", symbol, f"p − {symbol}", "gradient"), rows)
    st.caption(_verdict(p - wanted, f"p − {symbol}", gradient))


def _verdict(missing: torch.Tensor, name: str, gradient: torch.Tensor) -> str:
    if torch.allclose(missing, gradient, atol=1e-9):
        return (
            f"The gradient **is** {name}. Blue arrows and bars: this logit has to rise. Orange: it has to fall. "
            "A class whose probability is already right is left alone."
        )
    if missing.norm() > 1e-6 and gradient.norm() < 0.2 * missing.norm():
        return (
            f"The gradient is much smaller than {name}: this loss hardly pulls here, however wrong the prediction is."
        )
    return f"Here the gradient is not {name}: weights, focus or another formula change it."


def _formula(chosen: Loss, workings: Mapping[str, torch.Tensor], true: int) -> None:
    """Every line that runs, in general and with the numbers of this moment."""
    st.subheader("The formula, line by line", anchor=False)
    lines = []
    for step in chosen.steps:
        lines.append(f"{step.left} = {step.latex()} = {_plugged(step, workings, true)}")
    st.latex(r" \\ ".join(lines))
    st.caption(_named(chosen, CLASSES[true]))


def _named(chosen: Loss, true: str) -> str:
    """What the letters of the formula stand for."""
    letters = {step.name for step in chosen.steps}
    said = [f"z: logits. y: 1 for the right class, else 0. Sums run over {', '.join(CLASSES)}."]
    if "c" in letters:
        said.append(
            "c: the cost of a class, −ln of its probability. Subtracting the largest logit m keeps powers finite."
        )
    if "q" in letters:
        said.append("q: the target after label smoothing; K: the number of classes.")
    if lines := [step.name for step in chosen.steps if not step.over]:
        said.append(f"The numbers of {' and '.join(lines)} are those of the class {true}.")
    return " ".join(said)


def _plugged(step: Step, workings: Mapping[str, torch.Tensor], true: int) -> str:
    """The numbers of a line: a sum's terms one by one, or what the line says of the true class."""
    if step.over:
        given = {name: value for name, value in workings.items() if name in step.formula.used}
        terms = [latex.number(round(value, 4)) for value in step.formula(**given).tolist()]
        joined = " + ".join(f"({term})" if term.startswith("-") else term for term in terms)
        terms = rf"\max\left({', '.join(terms)}\right)" if step.over == "max" else joined
        return f"{terms} = {latex.number(workings[step.name].item())}"
    given = {name: _at(value, true) for name, value in workings.items() if name in step.formula.used}
    shown = {name: float(f"{value:.4g}") for name, value in given.items()}
    return f"{step.latex(shown)} = {latex.number(_at(workings[step.name], true))}"


def _at(value: torch.Tensor, index: int) -> float:
    return (value[index] if value.ndim else value).item()


def script(name: str, logits: list[float], true: int, parameters: Mapping) -> str:
    """What ran."""
    given = "".join(
        f", {key}=torch.tensor({value.tolist()})" if isinstance(value, torch.Tensor) else f", {key}={value!r}"
        for key, value in parameters.items()
    )
    return "\n".join([
        "import torch",
        "",
        "from dlcore.functions.losses import loss",
        "",
        f"z = torch.tensor({logits})",
        f"y = torch.tensor({true})  # {CLASSES[true]} of {', '.join(CLASSES)}",
        f'chosen = loss("{name}")',
        "print(z.softmax(-1))",
        f"print(chosen(z, y{given}).item())",
        f"print(chosen.gradient(z, y{given}))",
    ])  # fmt: skip
