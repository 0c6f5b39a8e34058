"""How a run of a recurrent network is shown: charts, numbers, baselines, by what it is asked to do."""

import contextlib
import math
from collections.abc import Mapping
from typing import Any

from dlcore.config.kinds import KINDS
from dlcore.config.sequences import CLASSES, SERIES, TEXTS
from dlcore.errors import DlcoreError
from dlcore.runs.run import Run
from pages.figures import theme, words
from pages.figures.recurrent import CELL_COLOURS
from pages.parts.recurrent import compared, live, results
from pages.parts.recurrent.controls import SETTINGS
from pages.shared import session
from pages.shared.run_view import ACCURACY, LOSS, Chart, Held, View

PERPLEXITY = Chart("perplexity", "perplexity", theme.ACCURACY_COLOUR)
ERROR = Chart("loss", "mean squared error", theme.LOSS_COLOUR)
_BASELINES = {
    "naive": (theme.DIGIT_COLOURS[8], {"adding": "always 1", "series": "naive: the last value"}),
    "linear": (theme.DIGIT_COLOURS[4], {"series": "linear model"}),
}


def kind(run: Run) -> str:
    """classes, adding, series or texts: runs of one kind measure the same."""
    name = run.config.data.name
    return next((what for what, names in _KINDS.items() if name in names), "adding")


_KINDS = {"classes": CLASSES, "series": SERIES, "texts": TEXTS}
_CHARTS = {"classes": (LOSS, ACCURACY), "texts": (LOSS, PERPLEXITY)}
_UNITS = {"texts": "passages"}


def _lines(run: Run, metric: str) -> list[Mapping[str, Any]]:
    """Baselines: what costs no learning, as horizontal lines."""
    validation = run.last_epoch.validation if run.last_epoch else {}
    end = run.step
    return [
        {
            "name": names[kind(run)],
            "x": [0, end],
            "y": [validation[name]] * 2,
            "colour": colour,
            "dash": "dot",
            "width": 2,
        }
        for name, (colour, names) in _BASELINES.items()
        if metric == "loss" and name in validation and kind(run) in names and math.isfinite(validation[name])
    ]


def view(run_id: str | None) -> View:
    """The panel for one run; for none, or one that cannot be opened, any will do."""
    what = "classes"
    with contextlib.suppress(DlcoreError):
        what = kind(session.store().readable(run_id)) if run_id else what
    return View(
        settings=SETTINGS,
        live=live.draw(what),
        ended=results.ended,
        unit=_UNITS.get(what, KINDS["recurrent"].unit),
        snapshots=live.SNAPSHOTS[what],
        charts=_CHARTS.get(what, (ERROR,)),
        held=Held() if what == "classes" else Held("loss", words.loss),
        lines=_lines,
        colour=lambda run: CELL_COLOURS[run.config.model.cell],
        compared=compared.compared,
    )
