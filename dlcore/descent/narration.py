"""A step told in its own formulas: what was computed, in which order, and with which numbers.

torch's optimizers keep little: Adam its two running means, for example. What lies between them and the step (bias
corrections, the step per coordinate) follows from the published formulas, for all steps at once. That these lead to
where torch went is tested for every optimizer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dlcore.descent.tellers import TELLERS, Terms, untold
from dlcore.descent.trace import Trace

STAGES = {
    "gradient": ("Compute the gradient", "Which way is up, and how steep?"),
    "moments": ("Update the memory", "What is kept from earlier steps."),
    "bias": ("Correct the bias", "The memory started at zero, so it is too small at first: scale it up."),
    "scale": ("Scale", "How long the step is, for each coordinate."),
    "move": ("Move", "The new position."),
}
"""Name → title and meaning, in the order in which they happen; not every optimizer has all of them."""


@dataclass(frozen=True)
class Line:
    r"""One formula of a step.

    latex: has places \num{0}, \num{1}, … for the columns of `values` (steps, places), and \pnum{i} for a number that
        may need parentheses
    symbols: what comes before the numbers, where both are long; else it is part of `latex`
    """

    stage: str
    latex: str
    values: np.ndarray
    symbols: str = ""


@dataclass(frozen=True)
class Narration:
    """How one trace's steps came about.

    lines: in the order in which they happen; update: all of it in one formula
    memory: (n, d), what the optimizer remembers of earlier gradients, as a direction; None if it remembers none
    rates: (n, d), the factor between (remembered) gradient and step, for each coordinate; None where none is
    terms: every quantity by its name, (n, d) or (n,)
    """

    lines: tuple[Line, ...]
    update: Line
    memory: np.ndarray | None
    rates: np.ndarray | None
    terms: Mapping[str, np.ndarray]


def narrate(trace: Trace) -> Narration:
    """Tell the steps of `trace`; it needs at least one."""
    tell = TELLERS.get(trace.racer.rule.name, untold)
    terms: Terms = {
        "g": trace.seen,
        "g2": trace.seen**2,
        "old": trace.positions[:-1],
        "new": trace.positions[1:],
        "lr": trace.rates,
        **{name: np.full(trace.steps, float(value)) for name, value in trace.racer.settings.items() if name != "lr"},
    }
    told, update = tell(terms, trace)
    told = [("gradient", r"g = \nabla f(\theta) = ⟨g⟩"), *told]
    told.append(("move", r"\theta_{\text{new}} = \theta - s = ⟨old⟩ - ⟨s⟩ = ⟨new⟩"))
    rates = terms.get("rate")
    return Narration(
        lines=tuple(_line(stage, latex, terms) for stage, latex in told),
        update=_line("move", rf"\theta_{{\text{{new}}}} = {update} = ⟨new⟩", terms),
        memory=terms.get("memory"),
        rates=None if rates is None else np.broadcast_to(rates.reshape(trace.steps, -1), trace.seen.shape),
        terms=terms,
    )


def _line(stage: str, template: str, terms: Terms) -> Line:
    """Fill the places ⟨name⟩ of a template; ⟨(name)⟩ gets parentheses when it is negative."""
    columns: list[np.ndarray] = []

    def place(match: re.Match[str]) -> str:
        values = terms[match[2]]
        parts = [values] if values.ndim == 1 else list(values.T)
        numbers = range(len(columns), len(columns) + len(parts))
        columns.extend(parts)
        if len(parts) == 1:
            return rf"\{'p' if match[1] or values.ndim == 2 else ''}num{{{numbers[0]}}}"
        return r"\begin{pmatrix}" + r" \\ ".join(rf"\num{{{i}}}" for i in numbers) + r"\end{pmatrix}"

    symbols = ""
    if template.count("⟨") > 2:
        symbols, numbers = template[: template.index("⟨")].rsplit(" = ", 1)
        template = f"= {numbers}{template[template.index('⟨') :]}"
    latex = re.sub(r"⟨(\(?)(\w+)\)?⟩", place, template)
    return Line(stage, latex, np.stack(columns, axis=1), symbols)
