"""What a classifier gets wrong: which class it takes for which, how well it knows each, and its worst mistakes."""

import streamlit as st

from dlcore.formula.numbers import percent
from dlcore.inspect.answers import NAME, Answers
from dlcore.runs.run import Run
from pages.figures import training as figures
from pages.shared import own_images, page, session
from pages.shared.live_sheet import live_sheet
from pages.shared.plot import plot
from pages.shared.run_data import data_of
from pages.shared.run_view import component_key

SHOWN = 16


def section(run: Run, at: int | None) -> None:
    """The validation images at a moment of a run: a click on a cell of the matrix shows its images."""
    found = session.store().snapshot(run.id, NAME, at)
    if found is None or run.started_record is None:
        st.caption("What it gets wrong appears here as soon as it has read the validation images for the first time.")
        return
    answers, labels = Answers.of(found.arrays), run.started_record.labels
    count, when = len(answers.true), f"after epoch {found.epoch}" if found.epoch else "before training"
    st.markdown(
        f"{when.capitalize()} it reads **{answers.right:,} of {count:,}** validation images right "
        f"({percent(answers.right / count)}). Click a cell to see its images."
    )
    chosen = _matrix(run, answers, labels)
    _images(run, answers, labels, chosen)


def _matrix(run: Run, answers: Answers, labels: tuple[str, ...]) -> tuple[int, int] | None:
    """Confusion and accuracy by class; the cell that was clicked, as (true, read)."""
    key, dark, height = f"_cell_{run.id}", page.is_dark(), figures.room(len(labels))
    counts = answers.confusion(len(labels))

    def picked(x: float, y: float) -> None:
        cell = (round(y), round(x))
        inside = all(0 <= each < len(labels) for each in cell)
        st.session_state[key] = cell if inside and cell != st.session_state.get(key) else None

    left, right = st.columns([3, 2])
    with left:
        plot(
            component_key("mistakes", run), figures.confusion(counts, labels, dark=dark), height=height, on_pick=picked,
            alt="How often each class was read as each other", file_name="confusion",
        )  # fmt: skip
    with right:
        plot(
            component_key("classes", run), figures.recall(counts, labels, dark=dark), height=height,
            alt="The share of each class that was read right", file_name="accuracy-by-class",
        )  # fmt: skip
    return st.session_state.get(key)


def _images(run: Run, answers: Answers, labels: tuple[str, ...], cell: tuple[int, int] | None) -> None:
    if cell is None:
        places = answers.worst(SHOWN)
        st.markdown(
            "**The worst mistakes**: wrong, and surest of it" if len(places) else "**It makes no mistake here.**"
        )
    else:
        places = answers.cell(*cell, SHOWN)
        true, read = (labels[each] for each in cell)
        many = int(((answers.true == cell[0]) & (answers.read == cell[1])).sum())
        st.markdown(f"**{true}, read as {read}**: {many:,} images{', the surest first' if many > SHOWN else ''}")
    found = own_images.opened(run.data, run.id if run.config.data.brought else "")
    if found is None or len(found.validation) != len(answers.true):
        st.caption(page.plain(f"The images of {data_of(run)} are not on this machine."))
        return
    images = found.validation.images.squeeze(1).numpy()
    captions = [f"{labels[answers.true[each]]} → {labels[answers.read[each]]}" for each in places]
    said = [
        f"true {labels[answers.true[each]]}, read as {labels[answers.read[each]]} with {percent(answers.sure[each])}; "
        f"the true class got {percent(answers.truth[each])}"
        for each in places
    ]
    wrong = (answers.true[places] != answers.read[places]).tolist()
    live_sheet(component_key("worst", run), images[places], captions, wrong, said)
