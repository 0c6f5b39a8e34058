"""The end of a run: why it ended, and what the weights that are kept reach on the test split."""

from dataclasses import replace

from dlcore.config.run import RunConfig
from dlcore.config.training import LOWEST_RATE, TrainingConfig
from dlcore.formula.numbers import plain
from dlcore.models import files
from dlcore.training.keeper import Keeper, Kept
from dlcore.training.records import Finished, Moment
from dlcore.training.task import Confusion, Task


def message(reason: str, place: str, kept: str, settings: TrainingConfig, rate: float) -> str:
    """What to say of a run that ended for this reason at this place.

    kept: a sentence on the weights that there are, or nothing; rate: the learning rate that was in use
    """
    epochs = settings.epochs
    said = {
        "diverged": f"The loss stopped being a number at {place}: training diverged.",
        "early stopping": f"No better validation loss for {settings.early_stopping} epochs.",
        "stopped": f"Stopped after {place}.",
        "completed": f"All {epochs:,} epochs are done." if epochs > 1 else "The one epoch is done.",
    }[reason]
    smaller = plain(max(rate / 10, LOWEST_RATE))
    advice = f"Try a smaller learning rate, such as {smaller}." if reason == "diverged" else ""
    return " ".join(filter(None, (said, "" if reason == "completed" else kept, advice)))


def examined(end: Finished, config: RunConfig, task: Task, keeper: Keeper) -> Finished:
    """The record of the end, with the weights that are kept and their figures. The best are the model."""
    config = config.on(task.name)
    if keeper.best is None or keeper.last is None:
        return end
    last, last_weights = None, b""
    if keeper.last is not keeper.best:
        last, last_weights, _ = _measured(config, task, keeper.last)
    best, weights, confusion = _measured(config, task, keeper.best)
    return replace(
        end,
        test=best.test,
        confusion=confusion,
        weights=weights,
        last_weights=last_weights,
        best=best,
        last=last or best,
    )


def _measured(config: RunConfig, task: Task, kept: Kept) -> tuple[Moment, bytes, Confusion]:
    """Where weights are from, with their figures; the weights as a file, whose header says the same; their mistakes."""
    task.restore(kept.weights)
    test, confusion, threshold = task.examine()
    told = {"data": task.name, "split": "test", "samples": task.sizes["test"], "weights": kept.moment.said, **test}
    weights = files.save(kept.weights, config, threshold=threshold, labels=task.labels, measured=told)
    return replace(kept.moment, test=test), weights, confusion
