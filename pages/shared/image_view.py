"""How a run of an image classifier is shown: what it says of the same images, its test, its mistakes."""

import math

import streamlit as st

from dlcore.config.kinds import KINDS
from dlcore.runs.run import Run
from pages.figures import words
from pages.shared import page, run_kept
from pages.shared.live_sheet import empty_live_sheet, live_sheet
from pages.shared.plot import plot
from pages.shared.run_series import RunSeries
from pages.shared.run_view import ACCURACY, LOSS, View, component_key
from pages.shared.settings import IMAGES

SHEET = 24


def _live(run: Run, seen: RunSeries) -> None:
    _formula(run, seen)
    _predictions(run, seen)


def _formula(run: Run, seen: RunSeries) -> None:
    """The loss as a formula with this epoch's number in it, what that number means, and what it was measured on."""
    start, last = run.started_record, run.last_epoch
    classes = len(start.labels) if start and start.labels else 10
    loss = last.validation["loss"] if last else math.log(classes)
    if math.isfinite(loss) and not (last and "accuracy" not in last.validation):
        when = f"After epoch {last.epoch}" if last else "Before it learns, guessing"
        rate = "" if seen.learning_rate is None else f" Learning rate now: {words.short(seen.learning_rate)}."
        shown = f"J = -\\frac{{1}}{{n}}\\sum_i \\ln p_i(\\text{{true class}}) = {loss:.4f}"
        typical = f"e^{{-{loss:.3f}}} = {100 * math.exp(-loss):.1f}\\,\\%"
        st.markdown(f"{when}: validation loss ${shown}$, so the true class typically gets ${typical}$.{rate}")
    if start:
        sizes = ", ".join(f"{count:,} {name}" for name, count in start.sizes.items())
        st.caption(page.plain(f"{start.data}: {sizes} images. Trained on {start.device_name} in {start.precision}."))
        if start.notice:
            page.problem(start.notice)


def _predictions(run: Run, seen: RunSeries) -> None:
    snapshot = seen.snapshots.get("predictions")
    if snapshot is None:
        st.markdown(f"**{_sample(run, SHEET)}, after every epoch**")
        empty_live_sheet(component_key("predictions", run), SHEET)
        return
    arrays = snapshot.arrays
    names = run.started_record.labels if run.started_record else [str(each) for each in range(10)]
    true, probabilities = arrays["labels"].astype(int), arrays["probabilities"]
    read = probabilities.argmax(axis=1)
    wrong = read != true
    when = f"after epoch {snapshot.epoch}" if snapshot.epoch else "before training"
    st.markdown(f"**{_sample(run, len(true))}, {when}: {int((~wrong).sum())} of them read right** (framed: read wrong)")
    captions = [f"{'✗ ' if bad else ''}{names[label]}" for label, bad in zip(read, wrong, strict=True)]
    said = [
        f"true {names[label]}, read as {names[guess]} ({100 * row[guess]:.0f} % sure)"
        for label, guess, row in zip(true, read, probabilities, strict=True)
    ]
    live_sheet(component_key("predictions", run), arrays["images"], captions, wrong.tolist(), said)


def _sample(run: Run, count: int) -> str:
    """What the images of the sheet are: few of many, so that they need not show the accuracy of all."""
    total = run.started_record.sizes.get("validation", 0) if run.started_record else 0
    return f"The same sample of {count}{f' of the {total:,}' if total else ''} validation images"


def _ended(run: Run) -> None:
    done = run.finished
    if done and "accuracy" in done.test:
        test_accuracy(run)
    if done and done.confusion:
        mistakes(run)


def test_accuracy(run: Run) -> None:
    """What was measured at the end, and on what."""
    done, start = run.finished, run.started_record
    count = sum(map(sum, done.confusion)) or (start.sizes.get("test", 0) if start else 0)
    data = run.data
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.metric("Test accuracy", f"{100 * done.test['accuracy']:.2f} %")
    kept = run_kept.sentence(done)
    loss = f", test loss {done.test['loss']:.4f}" if math.isfinite(done.test.get("loss", math.nan)) else ""
    right.markdown(
        f"Measured once, on the {count:,} images of the test split of {data}, which played no part in training{loss}."
        f"{kept} Training took {done.train_seconds:,.1f} s for {done.samples:,} images."
    )


def mistakes(run: Run) -> None:
    """The confusion matrix and the recall of each class."""
    from pages.figures import training as figures

    labels = (
        run.started_record.labels if run.started_record else [str(each) for each in range(len(run.finished.confusion))]
    )
    dark = page.is_dark()
    left, right = st.columns([3, 2])
    with left:
        st.markdown("**What was read as what**, right answers in grey")
        plot(
            component_key("confusion", run), figures.confusion(run.finished.confusion, labels, dark=dark), height=480,
            alt="How often each class was read as each other", file_name="confusion",
        )  # fmt: skip
    with right:
        st.markdown("**Recall**: read right, by class")
        plot(
            component_key("recall", run), figures.recall(run.finished.confusion, labels, dark=dark), height=480,
            alt="The share of each class that was read right", file_name="recall",
        )  # fmt: skip


_VIEW = View(
    settings=IMAGES,
    live=_live,
    ended=_ended,
    unit=KINDS["image"].unit,
    snapshots=("predictions",),
    charts=(LOSS, ACCURACY),
)


def view(run_id: str | None) -> View:
    """The panel for a run: all of this kind look alike."""
    return _VIEW
