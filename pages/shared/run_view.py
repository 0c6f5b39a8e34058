"""What a training page adds to the panel of a run: which charts, which pictures, what is said at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlcore.runs.run import Run
from pages.figures import theme, words
from pages.shared.run_series import RunSeries
from pages.shared.settings import Settings


@dataclass(frozen=True)
class Chart:
    """A live chart of one metric.

    limits: a fixed range of its axis; form: of the numbers at the axis, in d3's language
    """

    metric: str
    title: str
    colour: str
    limits: tuple[float, float] | None = None
    form: str = ""


LOSS = Chart("loss", "loss", theme.LOSS_COLOUR)
ACCURACY = Chart("accuracy", "accuracy", theme.ACCURACY_COLOUR, (0.0, 1.02), ".0%")


@dataclass(frozen=True)
class Held:
    """The metric on validation data that stands among the numbers, and how it is said."""

    metric: str = "accuracy"
    said: Callable[[float | None], str] = words.share


def _no_colour(run: Run) -> str:
    return ""


def _nothing_to_compare(runs: Sequence[Run]) -> None:
    return


def _no_lines(run: Run, metric: str) -> list[Mapping[str, Any]]:
    return []


def _nothing_inside(run: Run) -> None:
    pass


@dataclass(frozen=True)
class View:
    """One for each training page.

    settings: the controls of its page; unit: what a sample is called, in the plural
    snapshots: names of the snapshots that `live` shows, as `seen.snapshots[name]`
    live(run, seen): pictures below the charts, drawn again at every poll: cheap, and updated in place
    inside(run): what can be looked into at the moment that the run is shown at, see pages.shared.replay
    ended(run): results and tools of a run that has ended
    lines(run, metric): more traces for the chart of a metric, such as a baseline
    colour(run): that of a run among others, "" where runs have none of their own
    compared(runs): pictures of several runs side by side
    """

    settings: Settings
    live: Callable[[Run, RunSeries], None]
    ended: Callable[[Run], None]
    unit: str = "samples"
    snapshots: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = (LOSS,)
    held: Held = field(default_factory=Held)
    lines: Callable[[Run, str], list[Mapping[str, Any]]] = _no_lines
    colour: Callable[[Run], str] = _no_colour
    compared: Callable[[Sequence[Run]], None] = _nothing_to_compare
    inside: Callable[[Run], None] = _nothing_inside


def component_key(name: str, run: Run) -> str:
    """A component's key must not contain two underscores in a row, an id may."""
    return f"{name}-{run.id.replace('_', '.')}"
