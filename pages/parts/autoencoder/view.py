"""How a run of an autoencoder is shown: its charts, with PCA as a line, and its numbers."""

import contextlib
import math
from collections.abc import Mapping
from typing import Any

from dlcore.config.kinds import KINDS
from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError
from dlcore.runs.run import Run
from pages.figures import theme, words
from pages.parts.autoencoder import compared, results, training
from pages.parts.autoencoder.controls import SETTINGS
from pages.parts.autoencoder.pairs import COLOURS
from pages.shared import session
from pages.shared.run_view import Chart, Held, View

LOSS = Chart("loss", "loss per pixel", theme.LOSS_COLOUR)
ERROR = Chart("mse", "squared error per pixel", theme.DIGIT_COLOURS[4])
KL = Chart("kl", "KL, nats per image", theme.DIGIT_COLOURS[1])
SILENT = Chart("silent", "silent share of the code", theme.DIGIT_COLOURS[1], (0.0, 1.02), ".0%")


def view(run_id: str | None) -> View:
    """The panel for one run; for none, or one that cannot be opened, any will do."""
    config = SETTINGS.start
    with contextlib.suppress(DlcoreError):
        config = session.store().readable(run_id).config if run_id else config
    return View(
        settings=SETTINGS,
        live=training.live,
        ended=results.ended,
        unit=KINDS["autoencoder"].unit,
        snapshots=training.SNAPSHOTS,
        charts=_charts(config),
        held=Held("loss", words.loss),
        lines=_lines,
        compared=compared.compared,
    )


def _charts(config: RunConfig) -> tuple[Chart, ...]:
    if config.model.variational:
        return (LOSS, ERROR, KL)
    return (LOSS, ERROR, SILENT) if getattr(config.model, "sparsity", 0) else (LOSS, ERROR)


def _lines(run: Run, metric: str) -> list[Mapping[str, Any]]:
    """PCA's squared error as a horizontal line."""
    error = run.last_epoch.validation.get("pca_mse", math.nan) if run.last_epoch else math.nan
    own = metric == "mse" or (metric == "loss" and run.config.model.reconstruction == "mse")
    if not own or not math.isfinite(error):
        return []
    name = f"PCA-{run.config.model.code_size}"
    return [{"name": name, "x": [0, run.step], "y": [error] * 2, "colour": COLOURS["PCA"], "dash": "dot", "width": 2}]
