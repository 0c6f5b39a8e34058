"""What the descent came to, in words and numbers."""

import math

import numpy as np
import streamlit as st

from dlcore.descent.regression import Bowl, Descent, Recipe, Settings
from dlcore.formula.numbers import fixed, number


def verdict(descent: Descent, settings: Settings) -> str:
    """One sentence, as Markdown: where it got to, and why."""
    shape, alpha, whole = descent.bowl, settings.learning_rate, descent.steps_per_epoch == 1
    share = alpha / shape.bound
    if descent.diverged:
        why = f"α is {number(share, 3)} times the bound 2/λmax = {number(shape.bound)}"
        if share < 1:
            why = f"α is below the bound of all points together, {number(shape.bound)}, but single batches are steeper"
        return f"**Diverged** after {descent.steps:,} steps: {why}. Every step overshoots by more than the last."
    excess = float(shape.loss(descent.w[-1], descent.b[-1]) - shape.loss(*shape.minimum))
    start = float(shape.loss(descent.w[0], descent.b[0]) - shape.loss(*shape.minimum))
    left = excess / start if start > 0 else 0.0
    if whole and share > 1:
        return (
            f"**Diverging**: α is {number(share)} times the bound 2/λmax = {number(shape.bound)}; more epochs would "
            "show it. Each step overshoots by a little more than the last."
        )
    if left < 1e-6:
        return f"**Arrived**: the distance to the lowest loss has shrunk to {number(left, 2)} of what it was."
    if not whole:
        return (
            f"**{number(left, 2)}** of the way is left. Each step sees {settings.batch_size} of {len(shape.x)} points, "
            "so it jitters around the minimum instead of settling: a smaller α jitters less."
        )
    half = steps_to_halve(shape, alpha)
    steps = f"halves every {half:,.0f} steps" if math.isfinite(half) else "does not shrink at all"
    return f"**{number(left, 2)}** of the way down is left. The distance along the slowest direction {steps}."


def steps_to_halve(shape: Bowl, alpha: float) -> float:
    """Steps in which the distance along the slowest of the bowl's directions halves; infinite if it never does."""
    slow = max(abs(1 - alpha * each) for each in shape.curvatures)
    return math.log(0.5) / math.log(slow) if 0 < slow < 1 else 0.0 if slow == 0 else math.inf


def table(descent: Descent, made: Recipe, exact: Bowl, asked: tuple[float, ...], trained: Descent | None) -> str:
    """Gradient descent beside the exact solution and the line behind the points, as an HTML table."""
    columns = {"gradient descent": descent.line()}
    if trained:
        columns["dlcore’s training"] = trained.line()
    columns |= {"exact": exact.minimum, "behind the data": (made.slope, made.intercept)}
    rows = {
        "slope w": [w for w, _ in columns.values()],
        "intercept b": [b for _, b in columns.values()],
        **{f"ŷ at x = {number(x)}": [w * x + b for w, b in columns.values()] for x in asked},
        "loss J": [float(exact.loss(w, b)) for w, b in columns.values()],
    }
    head = "".join(f"<th>{each}</th>" for each in ("", *columns))
    body = "".join(
        f"<tr><th>{name}</th>{''.join(f'<td>{_cell(value)}</td>' for value in values)}</tr>"
        for name, values in rows.items()
    )
    return (
        "<style>.fits{border-collapse:collapse;width:100%;font-size:15px;font-variant-numeric:tabular-nums}"
        ".fits th{font-weight:500;text-align:left;padding:.22rem .5rem .22rem 0}.fits thead th{opacity:.75;"
        "vertical-align:bottom}.fits td{padding:.22rem .5rem .22rem 0}"
        ".fits tbody th,.fits td{white-space:nowrap}.fits tbody tr{border-top:1px solid rgba(128,128,128,.25)}</style>"
        "<div style='overflow-x:auto'><table class=fits>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def bound_line(descent: Descent, settings: Settings) -> str:
    """The bowl's curvature and what follows from it, as Markdown."""
    shape = descent.bowl
    low, high = shape.curvatures
    stable = "Stable" if descent.steps_per_epoch == 1 else "With all points in one batch it is stable"
    return (
        f"Curvatures λ: **{number(low, 3)}** and **{number(high, 3)}** (condition {number(shape.condition, 3)}). "
        f"{stable} below 2/λmax = **{number(shape.bound)}**, fastest at 2/(λmin + λmax) = "
        f"**{number(shape.best_rate)}**; α = {number(settings.learning_rate)}."
    )


def agreement(ours: Descent, theirs: Descent) -> tuple[int, float]:
    """Steps that both took, and the largest difference between their parameters, relative to the parameters."""
    steps = min(ours.steps, theirs.steps)
    pairs = ((ours.w, theirs.w), (ours.b, theirs.b))
    gaps = [np.abs(a[: steps + 1] - b[: steps + 1]) / np.maximum(np.abs(a[: steps + 1]), 1) for a, b in pairs]
    return steps, float(max(each.max() for each in gaps))


def show_agreement(ours: Descent, theirs: Descent, optimizer: str, schedule: str) -> None:
    """Say whether dlcore's training went the same way."""
    steps, gap = agreement(ours, theirs)
    if optimizer == "sgd" and schedule == "constant":
        st.markdown(
            f"**dlcore’s training** (`nn.Linear(1, 1)`, autograd, `torch.optim.SGD`) took the same way: over {steps:,} "
            f"steps no parameter differs by more than **{number(gap, 2)}**."
        )
    else:
        st.markdown(f"**dlcore’s training** goes its own way here, {steps:,} steps with {optimizer}, {schedule} rate.")


def _cell(value: float) -> str:
    if not math.isfinite(value):
        return "∞"
    return fixed(value, 4) if abs(value) < 1e4 else number(value)
