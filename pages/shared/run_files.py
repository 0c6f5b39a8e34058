"""The files that a run leaves, to take home: they need not be understood, so every run that is listed has them."""

import csv
import io
import math
from collections.abc import Callable, Mapping

import streamlit as st

from dlcore.data.own import FILE
from dlcore.runs.curves import FIXED
from dlcore.runs.run import Run, Unreadable
from dlcore.training.records import Epoch
from dlcore.training.script import START
from pages.shared import session
from pages.shared.run_series import smoothed


def downloads(run: Run | Unreadable, place: str = "") -> None:
    """Buttons for the weights and the curve of a run, as far as there are any.

    place: where on the page, if a run has such buttons in several
    """
    name = run.config.name if isinstance(run, Run) else "run"
    if run.has_weights:
        two = isinstance(run, Run) and run.has_last
        _weights(run, "Best weights" if two else "Weights", f"{name}-{run.id}", place)
        if two:
            _weights(run, "Last weights", f"{name}-{run.id}-last", place, last=True)
    if isinstance(run, Run) and run.config.start and run.step:
        _file(
            "Start weights", lambda: session.store().start(run.id), START, f"start{place}_{run.id}",
            "The weights that it began with, as one safetensors file: its script reads them from there.",
        )  # fmt: skip
    if isinstance(run, Run) and run.config.brings:
        _file(
            "Images" if run.config.data.brought else "Corrections",
            lambda: session.store().examples(run.id) or b"", FILE, f"images{place}_{run.id}",
            "The images that it was trained on, as one safetensors file: its script reads them from there.",
        )  # fmt: skip
    if run.step:
        _file(
            "Curve", lambda: curve_csv(run), f"{name}-{run.id}.csv", f"curve{place}_{run.id}",
            "Every recorded step as CSV, with the means of each epoch and the figures on the validation split.",
            mime="text/csv",
        )  # fmt: skip


def _weights(run: Run | Unreadable, label: str, file: str, place: str, *, last: bool = False) -> None:
    which = "The weights that training ended with" if last else "The model: the weights with the lowest validation loss"
    _file(
        label, lambda: session.store().weights(run.id, last=last), f"{file}.safetensors",
        f"weights{'_last' if last else ''}{place}_{run.id}",
        f"{which}, as one safetensors file; dlcore's CLI reads it.",
    )  # fmt: skip


def _file(
    label: str, data: Callable[[], str | bytes], file: str, key: str, help: str, mime: str = "application/octet-stream"
) -> None:
    """A button that offers a file, which is made when it is pressed."""
    st.download_button(label, data, file, mime, icon=":material/download:", help=help, on_click="ignore", key=key)


def curve_csv(run: Run | Unreadable) -> str:
    """All that the charts of a run show: a header, then a line for each recorded step.

    Figures of an epoch, of training and of validation, stand in the line of its last step.
    """
    store = session.store()
    columns, rows, _ = store.curve(run.id)
    metrics = columns[len(FIXED) :]
    means = [smoothed(rows[:, columns.index(name)], rows[:, 0], run.total_steps) for name in metrics]
    lines: dict[int, dict[str, float]] = {}
    for row, *smooth in zip(rows.tolist(), *(each.tolist() for each in means), strict=True):
        shown = zip((f"smoothed_{name}" for name in metrics), smooth, strict=True)
        lines[int(row[0])] = {**dict(zip(columns, row, strict=True)), **dict(shown)}
    for _, record in store.records(run.id):
        if isinstance(record, Epoch):
            line = lines.setdefault(record.step, {"step": record.step, "epoch": record.epoch})
            line |= {f"train_{name}": value for name, value in record.train.items()}
            line |= {f"validation_{name}": value for name, value in record.validation.items()}
    return _csv([lines[step] for step in sorted(lines)])


def _csv(lines: list[Mapping[str, float]]) -> str:
    """Columns in the order in which they first appear, but those of epochs last; empty where there is no value."""
    header = sorted(dict.fromkeys(name for line in lines for name in line), key=_of_epochs)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_said(name, line.get(name, math.nan)) for name in header] for line in lines)
    return out.getvalue()


def _of_epochs(name: str) -> bool:
    return name.startswith(("train_", "validation_"))


def _said(name: str, value: float) -> str:
    if name in ("step", "epoch"):
        return str(int(value))
    return "" if math.isnan(value) else f"{value:.6g}"
