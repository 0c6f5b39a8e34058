"""What was measured on the test split of a run that tells classes apart: accuracy, mistakes, recall."""

import math

import streamlit as st

from dlcore.runs.run import Run
from pages.figures import words
from pages.shared import page, run_kept
from pages.shared.glossary import explain
from pages.shared.plot import plot
from pages.shared.run_data import data_of
from pages.shared.run_view import component_key


def test_accuracy(run: Run) -> None:
    """What was measured at the end, and on what."""
    done, start = run.finished, run.started_record
    count = sum(map(sum, done.confusion)) or (start.sizes.get("test", 0) if start else 0)
    data = page.plain(data_of(run))
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.metric("Test accuracy", words.share(done.test["accuracy"]), help=explain("test"))
    kept = run_kept.sentence(done)
    loss = f"Test loss {words.loss(done.test['loss'])}. " if math.isfinite(done.test.get("loss", math.nan)) else ""
    right.markdown(
        f"{loss}Measured once, on the {count:,} images of the test split of {data}, which played no part in training."
        f"{kept} Training took {words.duration(done.train_seconds)} for {done.samples:,} images."
    )


def mistakes(run: Run) -> None:
    """The confusion matrix and the recall of each class."""
    from pages.figures import training as figures

    labels = (
        run.started_record.labels if run.started_record else [str(each) for each in range(len(run.finished.confusion))]
    )
    dark, height = page.is_dark(), figures.room(len(labels))
    left, right = st.columns([3, 2])
    with left:
        st.markdown("**Test images: what each class was read as**, correct answers in grey")
        plot(
            component_key("confusion", run), figures.confusion(run.finished.confusion, labels, dark=dark),
            height=height, alt="How often each class was read as each class", file_name="confusion",
        )  # fmt: skip
    with right:
        st.markdown("**Recall**: the share read correctly, by class", help=explain("recall"))
        plot(
            component_key("recall", run), figures.recall(run.finished.confusion, labels, dark=dark), height=height,
            alt="The share of each class that was read correctly", file_name="recall",
        )  # fmt: skip
