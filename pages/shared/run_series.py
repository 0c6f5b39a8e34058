"""What a page has read of one run so far. It reads only what is new, so its cost does not grow with the run."""

import math
from collections import OrderedDict
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import streamlit as st

from dlcore.runs.run import Run
from dlcore.runs.store import Store
from dlcore.training.curve import Curve
from dlcore.training.records import Changed, Epoch, Snapshot, Started
from pages.figures import theme, words

NEAR = 0.08
"""The share of a chart's width within which two marks become one."""
_KEPT = 6
"""Runs that one visitor's session remembers."""


class RunSeries:
    """The curves, epochs and marks of one run, read incrementally."""

    def __init__(self, run_id: str, wanted: Sequence[str] = ("predictions",)) -> None:
        self.run_id = run_id
        self.wanted = wanted
        self.epochs: dict[int, Epoch] = {}
        self.settings: dict[str, float] = {}
        """Settings that were changed during the run, by name: the latest value."""
        self.learning_rate: float | None = None
        """Of the last step that was read, schedule included."""
        self.snapshots: dict[str, Snapshot] = {}
        """The newest of each name that is wanted."""
        self.moments: list[int] = []
        """Steps to which one can go back: those of all snapshots that are wanted and kept."""
        self.awaited = ""
        """The command whose effect is still to be seen: pause, resume, step or stop."""
        self._changes: dict[int, dict[str, str]] = {}
        """What happened at a step, each in words: of several values that a setting got there, the last."""
        self._raw: dict[str, Curve] = {}
        self._smooth: dict[str, Curve] = {}
        self._mean: dict[str, float] = {}
        self._past: tuple[int, int, RunSeries] | None = None
        """The step that was gone back to, the epochs known then, and what `until` gave."""
        self._after_step = 0
        self._after_record = 0

    def update(self, store: Store, run: Run) -> None:
        """Read what is new."""
        columns, rows, self._after_step = store.curve(self.run_id, self._after_step)
        if len(rows):
            self._extend(columns, rows, run.total_steps)
        for number, record in store.records(self.run_id, self._after_record):
            self._after_record = number
            if isinstance(record, Epoch):
                self.epochs[record.epoch] = record
            elif isinstance(record, Changed):
                self.settings[record.setting] = record.value
                said = f"{record.setting.replace('_', ' ')} {words.short(record.value)}"
                self._changes.setdefault(record.step, {})[record.setting] = said
            elif isinstance(record, Started) and record.step:
                self._changes.setdefault(record.step, {})["resumed"] = "resumed"
        newest = max(self.epochs, default=0)
        for name in self.wanted:
            known = self.snapshots.get(name)
            if (known is None or known.epoch < newest) and (found := store.snapshot(self.run_id, name)):
                self.snapshots[name] = found
                self.moments = sorted({step for each in self.wanted for step in store.snapshot_steps(run.id, each)})

    def until(self, step: int, store: Store) -> "RunSeries":
        """What was known at an earlier step: curves up to there, and the snapshots of that moment."""
        if self._past is None or self._past[:2] != (step, len(self.epochs)):
            self._past = (step, len(self.epochs), self._cut(step, store))
        return self._past[2]

    def _cut(self, step: int, store: Store) -> "RunSeries":
        past = RunSeries(self.run_id, self.wanted)
        past.epochs = {number: epoch for number, epoch in self.epochs.items() if epoch.step <= step}
        past._changes = {at: said for at, said in self._changes.items() if at <= step}
        past._raw = {name: curve.until(step) for name, curve in self._raw.items()}
        past._smooth = {name: curve.until(step) for name, curve in self._smooth.items()}
        past._mean = {name: float(y[-1]) for name, curve in past._smooth.items() if len(y := curve.points[1])}
        found = {name: store.snapshot(self.run_id, name, step) for name in self.wanted}
        past.snapshots = {name: snapshot for name, snapshot in found.items() if snapshot}
        return past

    def _extend(self, columns: tuple[str, ...], rows: np.ndarray, total_steps: int) -> None:
        steps = rows[:, 0]
        self.learning_rate = float(rows[-1, columns.index("learning_rate")])
        span = _span_of_mean(total_steps)
        for index, name in enumerate(columns):
            if name in ("step", "epoch", "learning_rate"):
                continue
            values = rows[:, index]
            known = np.isfinite(values)
            if not known.any():
                continue
            values = values[known]
            self._raw.setdefault(name, Curve()).extend(steps[known], values)
            start = self._mean.get(name, float(values[0]))
            smooth = _running_mean(values, steps[known], start, span)
            self._mean[name] = float(smooth[-1])
            self._smooth.setdefault(name, Curve()).extend(steps[known], smooth)

    def has(self, metric: str) -> bool:
        """Whether this run measures it."""
        return metric in self._raw

    def peak(self, metric: str) -> float:
        """The greatest value that a step has had; 0 if there is none."""
        return float(np.max(self._raw[metric].points[1], initial=0.0)) if metric in self._raw else 0.0

    def mean(self, metric: str) -> float | None:
        """The running mean of a metric over the last steps."""
        return self._mean.get(metric)

    @property
    def changes(self) -> list[tuple[int, str]]:
        """Steps after which something was changed by hand, in their order, with what it was."""
        return [(step, ", ".join(said.values())) for step, said in sorted(self._changes.items())]

    def marks(self, end: int) -> list[tuple[float, str]]:
        """For a chart of `end` steps: where something was changed, with the numbers of `changes` from 1 on.

        Those that would be printed over one another share one mark: 2–4.
        """
        groups: list[list[int]] = []
        steps = [step for step, _ in self.changes]
        for number, step in enumerate(steps):
            if groups and step - steps[groups[-1][0]] < NEAR * end:
                groups[-1].append(number)
            else:
                groups.append([number])
        return [(steps[first], _span(first + 1, each[-1] + 1)) for each in groups for first in each[:1]]

    def traces(self, metric: str, colour: str) -> list[dict[str, Any]]:
        """For the live chart: each step faint, their running mean, training and validation by epoch."""
        raw, smooth = self._raw.get(metric), self._smooth.get(metric)
        x, y = raw.points if raw else ([], [])
        mean_x, mean_y = smooth.points if smooth else ([], [])
        epochs = [self.epochs[number] for number in sorted(self.epochs)]
        ends = [epoch.step for epoch in epochs]
        mode = "lines+markers" if len(ends) <= 20 else "lines"
        train = [epoch.train.get(metric, math.nan) for epoch in epochs]
        held = [epoch.validation.get(metric, math.nan) for epoch in epochs]
        return [
            {"name": "batch", "x": x, "y": y, "colour": colour, "opacity": 0.25, "width": 1},
            {"name": "smoothed", "x": mean_x, "y": mean_y, "colour": colour, "opacity": 0.6, "width": 1.5},
            {"name": "train", "x": ends, "y": train, "colour": colour, "dash": theme.TRAIN, "mode": mode},
            {"name": "validation", "x": ends, "y": held, "colour": colour, "dash": theme.VALIDATION, "mode": mode},
        ]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _span_of_mean(total_steps: int) -> float:
    return min(max(total_steps / 40, 4), 100)


def smoothed(values: np.ndarray, steps: np.ndarray, total_steps: int) -> np.ndarray:
    """The curve that charts call smoothed, of a whole run: values and steps (n,); NaN where there is no value."""
    known = np.isfinite(values)
    found = np.full(len(values), np.nan)
    if known.any():
        first = float(values[known][0])
        found[known] = _running_mean(values[known], steps[known], first, _span_of_mean(total_steps))
    return found


def _running_mean(values: np.ndarray, steps: np.ndarray, start: float, span: float) -> np.ndarray:
    """Exponential mean over about `span` steps; over fewer at the start of a run, so that it does not lag there."""
    weights = 2 / (np.minimum(span, steps / 3) + 1)
    pairs = zip(values.tolist(), weights.tolist(), strict=True)
    means = accumulate(pairs, lambda mean, pair: mean + min(1.0, pair[1]) * (pair[0] - mean), initial=start)
    return np.fromiter(means, dtype=np.float64, count=len(values) + 1)[1:]


def series(run_id: str, wanted: Sequence[str]) -> RunSeries:
    """This session's series of a run, with the snapshots of these names; those looked at last are kept."""
    known: OrderedDict[str, RunSeries] = st.session_state.setdefault("_run_series", OrderedDict())
    found = known.pop(run_id, None) or RunSeries(run_id, wanted)
    known[run_id] = found
    while len(known) > _KEPT:
        known.popitem(last=False)
    return found
