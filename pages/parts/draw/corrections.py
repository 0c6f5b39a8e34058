"""Correct a copy of the network that reads: say what drawings really are, and train it on them for seconds."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from dlcore.config import teaching
from dlcore.config.class_names import joined
from dlcore.config.image_sets import IMAGE_SETS
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import percent
from pages.parts.draw import lesson
from pages.parts.draw.board import Board
from pages.shared import link, my_drawings, page, session, trained
from pages.shared.glossary import explain

if TYPE_CHECKING:
    from dlcore.config.run import RunConfig
    from dlcore.data.own.sheet import Drawn

MOST_BUTTONS = 12
WAYS = {"both": (True, False), "with": (True,), "without": (False,)}
NAMES = {"both": "With and without, to compare", "with": "With rehearsal", "without": "Without"}
_PROBLEM = "_teach_problem"


def show(board: Board) -> None:
    """From a drawing that was read wrong to a copy that reads it right, and to what that copy has forgotten."""
    if board.classifier.config.kind != "image":
        st.caption("This network reads row by row: choose another one above, such as cnn-64, to correct a copy of it.")
        return
    labels = board.classifier.labels
    _what_was_it(board, labels)
    mine = my_drawings.show("draw-corrections", labels)
    my_drawings.take_home("corrections", labels)
    _start(board, mine)
    lesson.show()


def _what_was_it(board: Board, labels: Sequence[str]) -> None:
    """A button for each class: one click puts the drawing on the sheet under it."""
    known = _on_sheet(board)
    if board.drawn is None:
        st.markdown("**Was it read wrong?** Draw something above, then say here what it is.")
    elif board.drawn.problem:
        st.markdown(f"**Draw something else:** {board.drawn.problem[:1].lower()}{board.drawn.problem[1:]}")
    elif known:
        st.markdown(f"**On your sheet as {page.plain(known)}.** Another click changes that; or draw the next one.")
    else:
        st.markdown("**What was it?** One click puts your drawing on the sheet with its right class.")
    usable = board.drawn is not None and not board.drawn.problem
    image = board.drawn.image if board.drawn else None
    with st.container(horizontal=True, gap="small", key="what_was_it"):
        if len(labels) > MOST_BUTTONS:
            chosen = st.selectbox("What was it?", labels, label_visibility="collapsed", key="was_class")
            st.button("Put it on the sheet", disabled=not usable, on_click=my_drawings.add, args=(chosen, image))
            return
        for label in labels:
            st.button(
                page.plain(label), key=f"was_{label}", disabled=not usable, on_click=my_drawings.add,
                args=(label, image), type="primary" if label == known else "secondary",
                help=f"It is: {page.plain(label)}",
            )  # fmt: skip


def _on_sheet(board: Board) -> str:
    """As what the drawing on the canvas is on the sheet; empty if it is not."""
    if board.drawn is None:
        return ""
    pixels = board.drawn.image.tobytes()
    return next((each.name for each in my_drawings.sheet().drawings if each.image.tobytes() == pixels), "")


def _start(board: Board, mine: "Sequence[Drawn]") -> None:
    config = board.classifier.config
    left, right = st.columns([7, 5], vertical_alignment="bottom")
    with left:
        how = link.choice(
            "rehearsal", "Rehearsal", tuple(WAYS), "both", names=NAMES, look="segmented", help=explain("rehearsal")
        )
    with right:
        st.button(
            "Fine-tune a copy", type="primary", icon=":material/school:", width="stretch", disabled=not mine,
            on_click=_begin, args=(board.choice, config, board.classifier.labels, mine, WAYS[how]),
            help=explain("fine-tuning", "forgetting"), key="fine_tune",
        )  # fmt: skip
    if problem := st.session_state.pop(_PROBLEM, ""):
        page.problem(problem)
    st.caption(page.plain(_plan(config, len(mine))))


def _plan(config: "RunConfig", count: int) -> str:
    """What is going to happen, with its numbers."""
    if not count:
        return (
            "Your sheet is empty: the copy is trained on the drawings that you put on it. Try it: press “A letter” "
            "above, say that it is a 4, and see what a copy learns and what it forgets."
        )
    drawings = "your drawing" if count == 1 else f"your {count:,} drawings"
    steps = teaching.EPOCHS * teaching.SHOWN // teaching.BATCH
    said = (
        f"A copy takes {steps} steps of {teaching.BATCH} images. With rehearsal {percent(teaching.SHARE, 0)} of them "
        f"are {drawings}, a little changed each time; the rest is from {teaching.original(config)}, which it learned "
        f"before. Without, it sees nothing but {drawings}. The network itself stays as it is."
    )
    name = config.data.name
    if not config.data.brought and not IMAGE_SETS[name].ready():
        said += f" {teaching.original(config)} is not on this machine: it is fetched first, which takes a while."
    return said


def _begin(
    choice: str, config: "RunConfig", labels: tuple[str, ...], mine: "Sequence[Drawn]", ways: Sequence[bool]
) -> None:
    """A callback: queue a run for each way."""
    from dlcore.data.own.corrections import Corrections
    from dlcore.data.own.examples import Examples

    store, group = session.store(), f"teach-{secrets.token_hex(6)}"
    try:
        own = store.examples(trained.parted(choice)[0]) if config.data.brought else None
        beside = Examples.read(own) if own else None
        found = Corrections.of([(each.name, each.image) for each in mine], labels, beside)
        for rehearse in ways:
            run = teaching.corrected(config, choice, found.digest, rehearse=rehearse, group=group)
            title = f"{config.summary} corrected: {joined(_counted(mine), most=3)}, {lesson.way(run)}"
            run_id = store.submit(run, session.owner(), title, found.data)
            lesson.open_lesson(run_id)
    except DlcoreError as error:
        st.session_state[_PROBLEM] = str(error)


def _counted(mine: "Sequence[Drawn]") -> list[str]:
    """2 × 7, 1 × 4."""
    names = [each.name for each in mine]
    return [f"{names.count(name)} × {name}" for name in dict.fromkeys(names)]
