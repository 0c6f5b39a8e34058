"""Lines fitted under squared, absolute and Huber loss, and what one point does to them."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between, fixed, signed
from dlcore.functions.line_fit import LOSSES as FITTED
from dlcore.functions.line_fit import Line, fit, shares_of_pull
from dlcore.functions.losses import LOSSES, loss
from pages.figures import losses as figures
from pages.parts.losses.numbers import share, swatch, table
from pages.parts.losses.outlier_cards import EXPERIMENTS, POINTS, WITH_OUTLIER, Shown
from pages.shared import address, link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.plot import plot

RANGE_X, RANGE_Y = (0.0, 10.0), (-2.0, 12.0)
MOST = 30
_LONGEST = 400


@address.fragment
def section() -> None:
    """The points and lines, and beside them a table of what each line is."""
    stage, numbers = st.columns([7, 5], gap="medium")
    with numbers:
        delta = link.slider(
            "loss_fit_delta", "Huber's δ", 0.05, 10.0, 1.0, 0.05,
            help="Errors up to δ are squared; larger ones count in proportion to their size.",
        )  # fmt: skip
    points, held, why = _points()
    lines = fits(points, held, delta)
    with stage:
        plot(
            "loss_fit_plot",
            figures.fitted_lines(points, held, lines, x_range=RANGE_X, y_range=RANGE_Y, dark=page.is_dark()),
            height=470, drag={0: "xy"}, on_move=lambda trace, index, x, y: _move(index, x, y), on_pick=_add,
            alt="Points and the lines that fit them best under squared, absolute and Huber loss.", file_name="lines",
        )  # fmt: skip
        st.caption(
            "The points as text, below, cannot be used: these are the first ones."
            if why
            else "Drag any point; click where there is none to add one. Dotted: where each line would be without the "
            "ringed point, the one moved last."
        )
    with numbers:
        _numbers(points, held, lines, delta)
        with st.container(horizontal=True):
            st.button("Remove the ringed point", icon=":material/remove:", on_click=_remove, key="loss_remove",
                      disabled=len(points) < 3)  # fmt: skip
    try_this(EXPERIMENTS, None if why else Shown(points, held, delta, lines), "loss_fit_plot")
    with page.expander("The points as text", ":material/data_array:", "loss_points_text", wrong=bool(why)):
        link.text(POINTS, "x,y of each point, with semicolons between; * marks the ringed one", WITH_OUTLIER, _LONGEST)
        if why:
            page.problem(why)
    show_code(script(points, delta))


def read(text: str) -> tuple[np.ndarray, int]:
    """Points (N, 2) and the index of the marked one, by default the last; InvalidValue if the text is none."""
    points, held = [], -1
    parts = [part.strip() for part in str(text).split(";") if part.strip()]
    if not 2 <= len(parts) <= MOST:
        raise InvalidValue(f"there must be 2 to {MOST} points, got {len(parts)}: try 1,2; 2,3.5; 3,3")
    for index, part in enumerate(parts):
        try:
            x, y = (float(each) for each in part.removesuffix("*").split(","))
        except ValueError:
            raise InvalidValue(f"a point is written x,y such as 2,3.5, got {part[:20]!r}") from None
        if not (RANGE_X[0] <= x <= RANGE_X[1] and RANGE_Y[0] <= y <= RANGE_Y[1]):
            raise InvalidValue(
                f"x must be {between(RANGE_X[0], RANGE_X[1])}, y {between(RANGE_Y[0], RANGE_Y[1])}, got {part[:20]}"
            )
        held = index if part.endswith("*") else held
        points.append((x, y))
    return np.array(points), held % len(points)


def write(points: Sequence[Sequence[float]], held: int) -> str:
    """The text that `read` reads."""
    return "; ".join(
        f"{round(float(x), 2):g},{round(float(y), 2):g}{'*' * (index == held)}" for index, (x, y) in enumerate(points)
    )


def _points() -> tuple[np.ndarray, int, str]:
    """The points in the text, and the marked one; the first ones, and a sentence, if it cannot be used."""
    try:
        return *read(address.coming(POINTS, WITH_OUTLIER)[:_LONGEST]), ""
    except InvalidValue as error:
        return *read(WITH_OUTLIER), f"The points cannot be used: {error}. The first ones are shown instead."


def _put(points: Sequence[Sequence[float]], held: int) -> None:
    low, high = np.array([RANGE_X, RANGE_Y]).T
    st.session_state[POINTS] = write(np.clip(np.asarray(points, dtype=float), low, high), held)


def _move(index: int, x: float, y: float) -> None:
    points, *_ = _points()
    if 0 <= index < len(points):
        points[index] = x, y
        _put(points, index)


def _add(x: float, y: float) -> None:
    points, *_ = _points()
    if len(points) < MOST:
        _put([*points, (x, y)], len(points))


def _remove() -> None:
    points, held, _ = _points()
    if len(points) > 2:
        _put(np.delete(points, held, axis=0), len(points) - 2)


def fits(points: np.ndarray, held: int, delta: float) -> dict[str, tuple[str, Line, Line]]:
    """For each loss its short title, its best line, and its best line without the held point."""
    others = np.delete(points, held, axis=0)
    return {
        name: (LOSSES[name].short, *(fit(name, *some.T, delta=delta) for some in (points, others))) for name in FITTED
    }


def _numbers(points: np.ndarray, held: int, lines: dict[str, tuple[str, Line, Line]], delta: float) -> None:
    rows = []
    for name, (title, line, without) in lines.items():
        part = shares_of_pull(name, line, points, delta=delta)[held]
        moved = line(points[held, 0]) - without(points[held, 0])
        rows.append((
            swatch(title, figures.colour(name)),
            f"{fixed(line.slope, 3)} x {'+' if line.intercept >= 0 else '−'} {fixed(abs(line.intercept), 2)}",
            signed(moved, 2),
            share(part, figures.colour(name)),
        ))  # fmt: skip
    table(("Best line", "y =", "line moved by", "share of the pull"), rows)
    st.caption(
        f"**Line moved by**: how far the ringed point, 1 of {len(points)}, lifts or lowers the line at its own x. "
        "**Share of the pull**: its part of the absolute gradients of all points. Squared error pulls in proportion to "
        "the error, absolute error always with the same force, Huber's loss in proportion up to δ and no harder beyond."
    )
    with st.expander("Which line is best under which loss?", icon=":material/compare:"):
        _cross_table(points, lines, delta)


def _parameters(name: str, delta: float) -> dict[str, float]:
    """δ, for a loss that has it."""
    return {each.name: delta for each in LOSSES[name].parameters if each.name == "delta"}


def _cross_table(points: np.ndarray, lines: dict[str, tuple[str, Line, Line]], delta: float) -> None:
    """Mean loss of every line under every loss: each line wins its own column."""
    targets = torch.as_tensor(points[:, 1])
    rows = []
    for name, (title, line, _) in lines.items():
        means = [
            loss(each)(torch.as_tensor(line(points[:, 0])), targets, **_parameters(each, delta)).mean().item()
            for each in lines
        ]  # fmt: skip
        texts = [
            f"<b>{fixed(mean, 4)}</b>" if each == name else fixed(mean, 4)
            for each, mean in zip(lines, means, strict=True)
        ]
        rows.append((swatch(f"{title} line", figures.colour(name)), *texts))
    table(("mean loss", *(title for title, *_ in lines.values())), rows)
    st.caption("In every column the bold number is the smallest: no other line does better under that loss.")


def script(points: np.ndarray, delta: float) -> str:
    """What ran."""
    x, y = (", ".join(f"{value:g}" for value in column) for column in points.T)
    return "\n".join([
        "from dlcore.functions.line_fit import fit",
        "",
        f"x = [{x}]",
        f"y = [{y}]",
        f"for name in {FITTED!r}:",
        f"    line = fit(name, x, y, delta={delta!r})",
        "    print(name, line.slope, line.intercept)",
    ])  # fmt: skip
