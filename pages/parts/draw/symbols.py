"""A network that learns symbols of one's own from a handful of drawings of each."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlcore.config import class_names, teaching
from dlcore.config.class_names import joined
from dlcore.data.own.examples import FEWEST_OF_A_CLASS as FEWEST
from dlcore.data.own.sheet import Sheet, checked
from dlcore.errors import DlcoreError, InvalidValue
from dlcore.formula.numbers import percent
from pages.figures.sheet import sheet as picture_sheet
from pages.parts.draw import project
from pages.parts.draw.board import Board
from pages.shared import link, my_drawings, page, reader, session, short_run
from pages.shared.canvas import DRAW as CANVAS
from pages.shared.canvas import put
from pages.shared.glossary import explain

MOST = 10
"""Classes that are taught here."""
NAMES = "symbols"
START = "smile, frown"
STARTS = {
    "Smile and frown": START,
    "Shapes": "circle, square, triangle",
    "Letters": "A, E, H, T, X",
    "Ten digits by my hand": "0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
}
MEASURED = (
    "It begins with the convolutions of cnn-64, which know strokes already, and learns to doubt generated scribbles, "
    "signs and letters. Measured with 10 generated drawings of each: of 300 new circles, squares and triangles it "
    "reads 99 % right and refuses none; of new scribbles it refuses 97 %, of letters 84 %. Smile and frown "
    "are harder: 93 % right, and 63 % of scribbles refused."
)
GENERATED = 10
"""Drawings of each class that are made at a click."""
SAMPLES = 32
_RUN, _READ, _PROBLEM, _SEED = "_symbols_run", "_symbols_read", "_symbols_problem", "_symbols_seed"


def show(board: Board) -> None:
    """From names to drawings, to a network that tells them apart, and to a file that opens elsewhere."""
    st.markdown("**Start with** one of these, or write your own names.")
    with st.container(horizontal=True, gap="small"):
        for title, names in STARTS.items():
            st.button(title, key=f"start_{title.split()[0].lower()}", on_click=_name, args=(names,))
    typed = link.text(NAMES, "What to tell apart: two to ten names, separated by commas", START, 460, placeholder=START)
    try:
        classes = named(typed)
    except InvalidValue as error:
        page.problem(error)
        return
    _add(board, classes)
    mine = my_drawings.show("draw-symbols", classes)
    my_drawings.take_home("symbols", classes)
    if mine:
        _augmented(classes)
    _train(classes)
    project.show(board)


def named(typed: str) -> tuple[str, ...]:
    """The classes that somebody wrote; InvalidValue says what is wrong with them."""
    names = tuple(checked(each) for each in typed.replace("\n", ",").split(",") if each.strip())
    if not class_names.FEWEST <= len(names) <= MOST:
        raise InvalidValue(f"name {class_names.FEWEST} to {MOST} classes, separated by commas: these are {len(names)}")
    return class_names.checked(names)


def _name(names: str) -> None:
    """A callback."""
    st.session_state[NAMES] = names


# Drawings.


def _add(board: Board, classes: Sequence[str]) -> None:
    usable = board.drawn is not None and not board.drawn.problem
    counts = my_drawings.sheet().counts
    st.markdown(
        f"**Draw a handful of each** on the canvas above, {FEWEST} at least, and say what it is: "
        "the canvas is empty again for the next one."
    )
    image = board.drawn.image if board.drawn else None
    with st.container(horizontal=True, gap="small", key="add_symbols"):
        for name in classes:
            st.button(
                f"Add as {page.plain(name)}: {counts.get(name, 0)}", key=f"add_{name}", disabled=not usable,
                on_click=_put, args=(name, image), type="primary" if usable else "secondary",
            )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Generate {GENERATED} of each", icon=":material/auto_awesome:", on_click=_generate, args=(classes,),
            disabled=not _known(classes), key="generate",
            help="To try it at once: the program draws them in a shaky hand. They are marked as generated; "
            "your own drawings teach it your own hand.",
        )  # fmt: skip


def _put(name: str, image: np.ndarray) -> None:
    """A callback: onto the sheet, and the canvas is empty for the next one."""
    if my_drawings.add(name, image):
        put(CANVAS, ())


def _known(classes: Sequence[str]) -> list[str]:
    """Those of which the program knows strokes."""
    from dlcore.data.starters import STROKES

    return [each for each in classes if each in STROKES]


def _generate(classes: Sequence[str]) -> None:
    """A callback: more drawings of every class that the program can draw."""
    from dlcore.data.starters import generated

    def grown(now: Sheet) -> Sheet:
        for name in _known(classes):
            begun = now.counts.get(name, 0)
            for number in range(begun, begun + GENERATED):
                now = now.add(name, generated(name, 1000 * classes.index(name) + number), generated=True)
        return now

    my_drawings.change(grown)


def _augmented(classes: Sequence[str]) -> None:
    """What augmentation makes of the drawings: as many as training will show, of which some are drawn."""
    with st.expander("What augmentation makes of them", icon=":material/auto_awesome_motion:"):
        now = my_drawings.sheet().of(classes)
        seed = st.session_state.get(_SEED, 0)
        chosen = np.random.default_rng(seed).choice(len(now), SAMPLES)
        images = augmented(np.stack([now[each].image for each in chosen]), seed)
        copies = teaching.copies(len(now))
        st.markdown(
            f"Training shows each drawing {copies:,} times: turned, slanted, bent, thinner or thicker, never twice "
            f"alike. {SAMPLES} of them:",
            help=explain("augmentation"),
        )
        captions = [now[each].name for each in chosen]
        said = [f"augmented: {name}" for name in captions]
        st.html(picture_sheet(images, captions, [False] * SAMPLES, said))
        st.button("Show others", icon=":material/refresh:", on_click=_others, key="other_samples")


def augmented(images: np.ndarray, seed: int) -> np.ndarray:
    """Images uint8 (N, 28, 28), each changed at random as training does it."""
    import torch

    from dlcore.data.augment import Augment

    change = Augment(teaching.AUGMENT, torch.Generator().manual_seed(seed))
    floats = torch.from_numpy(images)[:, None].float().div(255)
    changed = change(floats, torch.zeros(len(images), dtype=torch.int64))
    return changed.mul(255).round().byte().squeeze(1).numpy()


def _others() -> None:
    """A callback."""
    st.session_state[_SEED] = st.session_state.get(_SEED, 0) + 1


# Training.


def _train(classes: tuple[str, ...]) -> None:
    counts = my_drawings.sheet().counts
    short = [name for name in classes if counts.get(name, 0) < FEWEST]
    st.button(
        "Train it", type="primary", icon=":material/play_arrow:", key="train_symbols", disabled=bool(short),
        on_click=_begin, args=(classes,),
    )  # fmt: skip
    st.caption(MEASURED)
    if short:
        st.caption(
            page.plain(f"Still to draw: {joined([f'{FEWEST - counts.get(each, 0)} × {each}' for each in short])}.")
        )
    if problem := st.session_state.pop(_PROBLEM, ""):
        page.problem(problem)
    if run_id := st.session_state.get(_RUN):
        with page.sentences():
            _watch(run_id)


def _begin(classes: tuple[str, ...]) -> None:
    """A callback."""
    try:
        found = my_drawings.sheet().examples(classes).examples
        config = teaching.symbols(classes, len(found.labels), found.digest)
        title = f"{joined(classes)}, from {len(found.labels)} drawings"
        st.session_state[_RUN] = session.store().submit(config, session.owner(), title, found.data)
    except DlcoreError as error:
        st.session_state[_PROBLEM] = str(error)


def _watch(run_id: str) -> None:
    """How the run stands; when it has ended, its network reads the canvas."""
    run = session.store().readable(run_id)
    short_run.watch("symbols", [run])
    if bad := short_run.ended_badly(run):
        page.problem(bad)
    if not (run.has_weights and run.finished) or run.active:
        return
    if st.session_state.get(_READ) != run_id:
        st.session_state[_READ] = run_id
        reader.use(run_id)
        st.rerun()
    sizes = run.started_record.sizes
    right = round(run.finished.test.get("accuracy", 0.0) * sizes["test"])
    st.success(
        f"**It reads now: draw one of them above.** Of {sizes['test']} drawings that it was not trained on it reads "
        f"{right} right ({percent(right / sizes['test'])}). It learned from {sizes['train']:,} changed copies. "
        "What looks like none of the classes gets no answer: it also learned to doubt scribbles, signs and letters "
        "that the program generated.",
        icon=":material/check:",
    )
    st.page_link(page.of_kind(run.kind), label="Curves, code and files", icon=":material/monitoring:",
                 query_params={"run": run.id})  # fmt: skip
