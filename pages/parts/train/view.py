"""How a run of an image classifier is shown: what it says of the same images, its test, its mistakes."""

import math

import streamlit as st

from dlcore.config.kinds import KINDS
from dlcore.formula.numbers import fixed, percent
from dlcore.runs.run import Run
from pages.figures import words
from pages.parts.train import inside
from pages.shared import tested
from pages.shared.live_sheet import empty_live_sheet, live_sheet
from pages.shared.run_data import learned_from
from pages.shared.run_series import RunSeries
from pages.shared.run_view import ACCURACY, LOSS, View, component_key
from pages.shared.settings import IMAGES

SHEET = 24


def _live(run: Run, seen: RunSeries) -> None:
    _formula(run, seen)
    _predictions(run, seen)


def _formula(run: Run, seen: RunSeries) -> None:
    """The loss as a formula with this epoch's number in it, what that number means, and what it was measured on."""
    last = run.last_epoch
    classes = len(run.config.data.names)
    loss = last.validation["loss"] if last else math.log(classes)
    if math.isfinite(loss) and not (last and "accuracy" not in last.validation):
        when = f"After epoch {last.epoch}" if last else "Before training, when it can only guess"
        rate = "" if seen.learning_rate is None else f" Learning rate now: {words.short(seen.learning_rate)}."
        shown = f"J = -\\frac{{1}}{{n}}\\sum_i \\ln p_i(\\text{{true class}}) = {words.loss(loss)}"
        typical = f"e^{{-{words.loss(loss)}}} = {fixed(100 * math.exp(-loss), 1)}\\,\\%"
        st.markdown(
            f"{when}: validation loss ${shown}$, so the true class typically gets a probability of ${typical}$.{rate}"
        )
    learned_from(run, "images")


def _predictions(run: Run, seen: RunSeries) -> None:
    snapshot = seen.snapshots.get("predictions")
    if snapshot is None:
        st.markdown(f"**{_sample(run, SHEET)}, after every epoch**")
        empty_live_sheet(component_key("predictions", run), SHEET)
        return
    arrays = snapshot.arrays
    names = run.config.data.names
    true, probabilities = arrays["labels"].astype(int), arrays["probabilities"]
    read = probabilities.argmax(axis=1)
    wrong = read != true
    when = f"after epoch {snapshot.epoch}" if snapshot.epoch else "before training"
    st.markdown(
        f"**{_sample(run, len(true))}, {when}: {int((~wrong).sum())} of them read correctly** (framed: misread)"
    )
    captions = [f"{'✗ ' if bad else ''}{names[label]}" for label, bad in zip(read, wrong, strict=True)]
    said = [
        f"true {names[label]}, read as {names[guess]} ({percent(row[guess])} sure)"
        for label, guess, row in zip(true, read, probabilities, strict=True)
    ]
    live_sheet(component_key("predictions", run), arrays["images"], captions, wrong.tolist(), said)


def _sample(run: Run, count: int) -> str:
    """What the images of the sheet are: few of many, so that they need not show the accuracy of all."""
    total = run.started_record.sizes.get("validation", 0) if run.started_record else 0
    if count == total:
        return f"All {total} validation images"
    return f"The same sample of {count}{f' of the {total:,}' if total else ''} validation images"


def _ended(run: Run) -> None:
    done = run.finished
    if done and "accuracy" in done.test:
        tested.test_accuracy(run)
    if done and done.confusion:
        tested.mistakes(run)


_VIEW = View(
    settings=IMAGES,
    live=_live,
    ended=_ended,
    unit=KINDS["image"].unit,
    snapshots=("predictions",),
    inside=inside.inside,
    charts=(LOSS, ACCURACY),
)


def view(run_id: str | None) -> View:
    """The panel for a run: all of this kind look alike."""
    return _VIEW
