"""What was measured when a run of a recurrent network has ended, and on what."""

import math

import streamlit as st

from dlcore.config.sequences import CLASSES, SERIES, TEXTS
from dlcore.formula.numbers import number
from dlcore.runs.run import Run
from pages.figures import words
from pages.parts.recurrent import foretold
from pages.shared import page, run_kept
from pages.shared.glossary import explain
from pages.shared.tested import mistakes

SOLVED = 0.01
"""The mean squared error below which the adding problem counts as solved."""

EXACT = 1e-6
"""The mean squared error of a standardised series below which the linear model has found its rule: 0.1 % of it."""


def ended(run: Run) -> None:
    """Test figures, and for classes what was taken for what."""
    done = run.finished
    if not done or not math.isfinite(done.test.get("loss", math.nan)):
        return
    label, value, sentence = _measured(run)
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.metric(label, value, help=explain("test", *(("perplexity",) if label == "Test perplexity" else ())))
    start = run.started_record
    count = start.sizes.get("test", 0) if start else 0
    data = page.plain(run.data)
    kept = run_kept.sentence(done)
    sequences = "1 sequence" if count == 1 else f"{count:,} sequences"
    right.markdown(
        f"{sentence} Measured once, on the test split of {data} ({sequences}), which played no part in "
        f"training.{kept} Training took {words.duration(done.train_seconds)}."
    )
    if run.config.data.name in SERIES:
        if reason := foretold.why(run.config, "test", done.test["loss"]):
            st.markdown(reason)
        if run.has_weights:
            foretold.foretold(run)
    if done.confusion:
        mistakes(run)


def _measured(run: Run) -> tuple[str, str, str]:
    """The name of the figure that counts, the figure, and what it means."""
    test, name = run.finished.test, run.config.data.name
    loss, naive = test["loss"], test.get("naive", math.nan)
    if name in CLASSES and "accuracy" in test:
        return "Test accuracy", words.share(test["accuracy"]), f"Test loss {words.loss(loss)}."
    if name in TEXTS:
        share = words.share(test.get("accuracy"))
        right = f" The most likely one is right {share} of the time." if "accuracy" in test else ""
        unsure = math.exp(min(loss, 700.0))
        said = f"As unsure as a choice between {number(unsure, 3)} equally likely characters.{right}"
        return "Test perplexity", number(unsure), said
    if name in SERIES:
        said = compared(loss, naive, "naive forecasts")
        linear = against_linear(loss, test["linear"]) if "linear" in test else "."
        return "Test error (squared)", words.loss(loss), f"One step ahead, the error is {said}{linear}"
    solved = "Solved" if loss < SOLVED else f"Not solved: the error would have to be below {number(SOLVED)}"
    said = f"{solved}. Always answering 1 has an error of {words.loss(naive)}."
    return "Test error (squared)", words.loss(loss), said


def against_linear(error: float, linear: float) -> str:
    """The end of a sentence: how an error stands to that of the linear model, which may be perfect."""
    if linear < EXACT:
        return (
            f". The linear model makes next to no error here ({words.loss(linear)}): each value is a weighted "
            "sum of those before it."
        )
    return f", and {compared(error, linear, 'the linear model')} ({words.loss(linear)})."


def compared(error: float, other: float, name: str) -> str:
    """How an error stands to that of a baseline: 3.5 times smaller than that of naive forecasts."""
    if not (error > 0 and other > 0):
        return f"{words.loss(error)}, against {words.loss(other)} for {name}"
    if error <= other:
        return f"{words.times(other, error)} smaller than that of {name}"
    return f"{words.times(error, other)} that of {name}"
