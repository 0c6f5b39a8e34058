"""What the network thinks while a drawing comes about: stroke by stroke, and along each stroke."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlcore.data import ink
from dlcore.data.growing import Line, Moment, moments
from dlcore.data.strokes import render
from dlcore.formula.numbers import percent
from pages.figures import recurrent as bars
from pages.figures import strokes as figures
from pages.figures import theme
from pages.parts.draw.board import Board, verdict
from pages.shared import canvas, page, present
from pages.shared.canvas_strokes import polylines
from pages.shared.examples import PEN, UNITS
from pages.shared.plot import Frames, Track, plot

if TYPE_CHECKING:
    from dlcore.use.classifier import Reading

GROUP = "draw-strokes"
MOST_ROWS = 8
MOST_CLASSES = 12


@dataclass(frozen=True)
class Replay:
    """A drawing, moment by moment, and what was read at each.

    images: uint8 (moments, 28, 28), 0 = paper
    """

    moments: list[Moment]
    images: np.ndarray
    readings: "list[Reading]"


def section(board: Board) -> None:
    """The film of the drawing with the probabilities beside it, and the moment at which the answer was found."""
    if board.drawn is None:
        st.caption("Draw something, and see what the network thinks while your drawing grows.")
        return
    if board.several:
        st.caption("This works with one digit at a time: clear the canvas and draw a single one.")
        return
    lines = polylines(canvas.DRAW)
    if not lines:
        st.caption("The strokes of this picture are not known: draw with the pen, and they can be replayed.")
        return
    replay = replayed(board, lines)
    with present.unfitted("strokes"):
        st.markdown(f"{told(replay, board.nothing)} Play it, or drag the slider.")
        _film(replay, board.classifier.labels, board.nothing)
        with present.aside("strokes_table"):
            st.markdown(_table(replay, board.nothing))


def replayed(board: Board, lines: tuple[Line, ...]) -> Replay:
    """All moments of the drawing, read in one batch; the last is the drawing itself, as the answer has it."""
    found, images, problems = _pictures(lines)
    images = np.concatenate([images[:-1], board.drawn.image[None]])
    readings = board.classifier.read(images[:, None], [*problems[:-1], board.drawn.problem])
    return Replay(found, images, readings)


@st.cache_data(max_entries=64, show_spinner=False)
def _pictures(lines: tuple[Line, ...]) -> tuple[list[Moment], np.ndarray, list[str]]:
    """The moments, what the network would be given at each, and why it could not be read."""
    found = moments(lines)
    inks = [ink.read(render(each.lines, size=UNITS, width=PEN), canvas=True) for each in found]
    return found, np.stack([each.image for each in inks]), [each.problem for each in inks]


def told(replay: Replay, nothing: str) -> str:
    """From which moment on the answer is what it is at the end."""
    verdicts = [each.label if each.is_digit else None for each in replay.readings]
    last, count = verdicts[-1], len(verdicts)
    differs = [place for place in range(count) if verdicts[place] != last]
    said = f"**{page.plain(last)}**" if last else f"**{nothing}**"
    if not differs:
        return f"From the first piece of line on, the answer is {said}."
    moment, before = replay.moments[differs[-1] + 1], replay.readings[differs[-1]]
    where = f"stroke {moment.stroke + 1} of {replay.moments[-1].stroke + 1}"
    return (
        f"From {percent(moment.share, 0)} of the drawing on ({where}), the answer is {said}. "
        f"Just before, it was {verdict(before, nothing)}."
    )


def _film(replay: Replay, labels: Sequence[str], nothing: str) -> None:
    dark, count = page.is_dark(), len(replay.moments)
    said = np.array([each.probabilities for each in replay.readings], dtype=np.float32)
    refused = [not each.is_digit for each in replay.readings]
    captions = [
        f"stroke {moment.stroke + 1}: {reading.label if reading.is_digit else nothing}"
        for moment, reading in zip(replay.moments, replay.readings, strict=True)
    ]

    def frames(tracks, *, bar: bool = False) -> Frames:
        return Frames(count, tracks, captions, group=GROUP, bar=bar, arrive="play", fps=10)

    left, right = st.columns([7, 5], gap="medium")
    with left:
        film = figures.growing(replay.moments, replay.images, UNITS, dark=dark)
        plot(
            "drawfig_growing", film.figure, height=330, frames=frames(film.tracks, bar=True), file_name="strokes",
            alt="The drawing as it grows, and the picture that the network is given at that moment.",
        )  # fmt: skip
    with right:
        shown = sorted(np.argsort(-said.max(0), kind="stable")[:MOST_CLASSES].tolist())
        names, colours = ([each[place] for place in shown] for each in (labels, theme.digit_colours(len(labels))))
        figure = bars.bars(said[-1, shown], names, colours=colours, dark=dark)
        plot(
            "drawfig_growing_bars", figure, height=360, file_name="probabilities",
            frames=frames([Track(0, x=said[:, shown], mode="set")]),
            alt="The probability of each class at the chosen moment.",
        )  # fmt: skip
    film = figures.course(replay.moments, said, refused, labels, dark=dark)
    plot(
        "drawfig_course", film.figure, height=290, frames=frames(film.tracks), file_name="course",
        alt="The probability of each class while the drawing grows.",
    )  # fmt: skip
    if any(refused):
        st.caption(f"Shaded: the answer at that moment is “{nothing}”.")


def _table(replay: Replay, nothing: str) -> str:
    """What was read after every stroke; of a single one, after every quarter."""
    places = [place for place, each in enumerate(replay.moments) if each.whole]
    if len(places) == 1:
        shares = np.array([each.share for each in replay.moments])
        places = sorted({int(abs(shares - quarter).argmin()) for quarter in (0.25, 0.5, 0.75, 1)})
    rows = []
    for place in places[:MOST_ROWS]:
        moment, reading = replay.moments[place], replay.readings[place]
        when = f"stroke {moment.stroke + 1}" if moment.whole else "part of it"
        rows.append(f"| {when} | {percent(moment.share, 0)} | {verdict(reading, nothing)} |")
    return "\n".join(["| After | Drawn | The answer |", "|:--|--:|:--|", *rows])
