"""One click that starts runs, and the answer when they have ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dlcore.config.run import RunConfig
from dlcore.runs.run import Run
from dlcore.training.records import Epoch
from pages.shared import page, session
from pages.shared.experiments import NOT_SHOWN, Reply, Unanswered

ENOUGH = ("finished", "diverged")
"""States in which a run has shown what a card asks."""


@dataclass(frozen=True)
class Trained:
    """A run that has ended, and what it has left behind."""

    run: Run

    @cached_property
    def epochs(self) -> tuple[Epoch, ...]:
        """In their order."""
        records = (record for _, record in session.store().records(self.run.id))
        return tuple(sorted((each for each in records if isinstance(each, Epoch)), key=lambda each: each.epoch))

    def size(self, split: str) -> int:
        """How many samples a split had."""
        return self.run.started_record.sizes[split] if self.run.started_record else 0

    def arrays(self, name: str) -> Mapping[str, Any] | None:
        """The latest snapshot of this name; None if there is none."""
        found = session.store().snapshot(self.run.id, name)
        return found.arrays if found else None


@dataclass(frozen=True)
class Watched:
    """The run on the screen, and all runs of this visitor on this page, newest first."""

    run_id: str
    runs: Sequence[Run]


@dataclass(frozen=True)
class RunExperiment:
    """One click: runs to start, and the question that they answer.

    answer: the runs of `runs`, in that order, once all have ended → the answer; choices: see Experiment
    """

    title: str
    question: str
    runs: tuple[RunConfig, ...]
    answer: Callable[..., Reply] = field(kw_only=True)
    choices: tuple[str, ...] = field(default=(), kw_only=True)

    def reply(self, state: Mapping[Any, Any], shown: Watched | None) -> Reply:
        """The answer, if the run on the screen is one of this card's and all of them have ended."""
        newest = [
            next((run for run in shown.runs if run.config == config), None) if shown else None for config in self.runs
        ]
        found = [run for run in newest if run]
        if len(found) < len(newest) or not shown or shown.run_id not in {run.id for run in found}:
            return NOT_SHOWN
        if active := [_progress(run) for run in found if run.active]:
            return Unanswered(f"Still running: {'; '.join(active)}. The answer appears when all have ended.")
        if early := [f"“{page.plain(run.title)}” {run.state}" for run in found if run.state not in ENOUGH]:
            return Unanswered(f"There is no answer yet because a run did not finish: {', '.join(early)}. Run it again.")
        return self.answer(*map(Trained, found))


def _progress(run: Run) -> str:
    title = f"“{page.plain(run.title)}”"
    if run.state == "queued":
        return f"{title} is waiting for its turn"
    return f"{title} is in epoch {min(run.epoch + 1, run.config.training.epochs)} of {run.config.training.epochs}"
