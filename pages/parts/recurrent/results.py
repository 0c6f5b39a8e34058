"""What was measured when a run of a recurrent network has ended, and on what."""

import math

import streamlit as st

from dlcore.config.sequences import CLASSES, SERIES, TEXTS
from dlcore.runs.run import Run
from pages.figures import words
from pages.parts.recurrent import foretold
from pages.shared import page, run_kept
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
    left.metric(label, value)
    start = run.started_record
    count = start.sizes.get("test", 0) if start else 0
    data = page.plain(run.data)
    kept = run_kept.sentence(done)
    sequences = "1 sequence" if count == 1 else f"{count:,} sequences"
    right.markdown(
        f"{sentence} Measured once, on the test split of {data} ({sequences}), which played no part in "
        f"training.{kept} Training took {done.train_seconds:,.1f} s."
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
        return "Test accuracy", f"{100 * test['accuracy']:.2f} %", f"Test loss {loss:.4f}."
    if name in TEXTS:
        right = f" The most likely one is right in {words.share(test['accuracy'])}." if "accuracy" in test else ""
        unsure = math.exp(min(loss, 700.0))
        return "Test perplexity", f"{unsure:.2f}", f"As unsure as between {unsure:.1f} characters.{right}"
    if name in SERIES:
        said = compared(loss, naive, "naive forecasts")
        linear = against_linear(loss, test["linear"]) if "linear" in test else "."
        return "Test error (squared)", words.loss(loss), f"One step ahead {said}{linear}"
    solved = "Solved" if loss < SOLVED else f"Not solved, for which the error has to be below {SOLVED:g}"
    return "Test error (squared)", words.loss(loss), f"{solved}; to say 1 always costs {naive:.4f}."


def against_linear(error: float, linear: float) -> str:
    """The end of a sentence: how an error stands to that of the linear model, which may be perfect."""
    if linear < EXACT:
        return (
            f". The linear model makes next to no error here ({words.loss(linear)}): each value is a weighted "
            "sum of those before it."
        )
    return f", and {compared(error, linear, 'the linear model')} ({words.loss(linear)})."


def compared(error: float, other: float, name: str) -> str:
    """How an error stands to that of a baseline: 3.5 times less than naive forecasts have."""
    have = "has" if name.startswith("the ") else "have"
    if not (error > 0 and other > 0):
        return f"{words.loss(error)} where {name} {have} {words.loss(other)}"
    if error <= other:
        return f"{words.times(other, error)} less than {name} {have}"
    return f"{words.times(error, other)} as much as {name} {have}"
