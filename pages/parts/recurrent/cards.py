""" "Try this": runs to start, and what they answer."""

import math
from dataclasses import replace

import numpy as np
import torch

from dlcore.config.run import RunConfig
from dlcore.formula.numbers import number, percent
from dlcore.inspect.forecasts import foretold
from pages.figures import words
from pages.parts.recurrent.controls import config_for
from pages.parts.recurrent.pictures import decoded
from pages.parts.recurrent.results import SOLVED, compared
from pages.shared import page
from pages.shared.experiments import ONE_SEED, Answer, Reply, Unanswered
from pages.shared.run_experiment import RunExperiment, Trained

SHARE = 0.5
"""A value counts as foretold while the error is below this share of the series' standard deviation."""
_NOTHING = Unanswered("Nothing was measured: the run ended before its first epoch. Run it again.")


def memories(*runs: Trained) -> Reply:
    """Test errors beside that of always saying 1."""
    if not all(each.run.finished and "loss" in each.run.finished.test for each in runs):
        return _NOTHING
    errors = {each.run.config.model.cell.upper(): each.run.finished.test["loss"] for each in runs}
    solved = [name for name, error in errors.items() if error < SOLVED]
    said = ", ".join(f"{name} {words.loss(error)}" for name, error in errors.items())
    naive = runs[0].run.finished.test.get("naive", math.nan)
    return Answer(
        f"{_named(solved)}. Squared error on {runs[0].size('test'):,} test sequences: {said}. Always answering 1 has "
        f"an error of {words.loss(naive)}; solved means below {number(SOLVED)}.",
        f"One seed for each cell: with another one, a cell may or may not solve it within "
        f"{runs[0].run.config.training.epochs} epochs.",
        right=0 if not solved else 1 if len(solved) < len(errors) else 2,
    )


def _named(solved: list[str]) -> str:
    if not solved:
        return "None of them solves it"
    return f"{' and '.join(solved)} {'solves' if len(solved) == 1 else 'solve'} it"


def chaos(one: Trained) -> Reply:
    """How many steps the free-running forecast is right."""
    found = one.arrays("forecast")
    if not found:
        return _NOTHING
    truth, free, linear = (torch.as_tensor(np.asarray(found[name])) for name in ("truth", "free", "linear_free"))
    start = int(np.searchsorted(np.asarray(found["time"]), np.asarray(found["start"]).item()))
    threshold = SHARE * truth[start:].std().item()
    steps, baseline = (foretold(truth, each, start, threshold) for each in (free, linear))
    asked = len(truth) - start
    reach = f"All {asked}" if steps == asked else f"{steps} of {asked}"
    return Answer(
        f"{reach} steps: up to there its error stays below {number(threshold, 3)}, half a standard deviation of the "
        f"series. A linear model that is also fed its own forecasts lasts for {baseline} steps.",
        f"One place of the series, where the validation part begins. {ONE_SEED}",
        right=0 if steps < 20 else 1 if steps < 100 else 2,
    )


def waves(one: Trained) -> Reply:
    """The error of the free-running forecast near its start and far from it."""
    found = one.arrays("forecast")
    if not found:
        return _NOTHING
    truth, free = (np.asarray(found[name], dtype=float) for name in ("truth", "free"))
    start = int(np.searchsorted(np.asarray(found["time"]), np.asarray(found["start"]).item()))
    off, deviation = truth[start:] - free[start:], truth[start:].std()
    near, far = (np.sqrt(np.mean(part**2)) / deviation for part in (off[: len(off) // 4], off[-(len(off) // 4) :]))
    tested = one.run.finished.test if one.run.finished else {}
    said = compared(tested["loss"], tested["naive"], "naive forecasts") if tested else ""
    ahead = f" One step ahead, its error is {said}." if said else ""
    return Answer(
        f"Over {len(off)} steps in which it is fed its own forecasts, its typical error is {percent(near)} of the "
        f"waves’ standard deviation in the first quarter and {percent(far)} in the last: "
        f"{'it continues them' if far < SHARE else 'it loses them'}.{ahead}",
        f"One place of the series, where the validation part begins. {ONE_SEED}",
        right=0 if far < SHARE else 1,
    )


def writing(one: Trained) -> Reply:
    """Perplexity after the first and the last epoch, and a line of what it writes."""
    if not one.epochs:
        return _NOTHING
    first, last = (math.exp(min(each.validation["loss"], 700.0)) for each in (one.epochs[0], one.epochs[-1]))
    samples = one.arrays("samples")
    wrote = decoded(samples["codes"][0])[:60].replace("\n", " ") if samples else ""
    line = f" It writes: “{page.plain(wrote)}”." if wrote else ""
    return Answer(
        f"After epoch {one.epochs[0].epoch} it is as unsure as if it had to choose between {number(first, 3)} equally "
        f"likely characters, after epoch {one.epochs[-1].epoch} between {number(last, 3)}.{line}",
        f"Perplexity on the validation part of the text. {ONE_SEED}",
        right=0 if last < first / 1.5 else 1,
    )


def _with(config: RunConfig, **sections: dict) -> RunConfig:
    """`config` with some settings of its sections changed."""
    return replace(config, **{name: replace(getattr(config, name), **values) for name, values in sections.items()})


def _long(preset: str, delay: int = 50) -> RunConfig:
    return _with(config_for("memory", preset=preset), data={"delay": delay})


EXPERIMENTS = (
    RunExperiment(
        "Three memories",
        "Two numbers out of fifty must be added. Which of the three cells can do it? Watch the gradients fade.",
        (_long("rnn"), _long("gru"), _long("lstm")),
        answer=memories, choices=("None", "Some of them", "All three"),
    ),
    RunExperiment(
        "Chaos",
        "How many steps of a chaotic series can be predicted when every forecast is fed back in?",
        (config_for("forecast", "mackey-glass"),),
        answer=chaos, choices=("Fewer than 20", "20 to 99", "100 or more"),
    ),
    RunExperiment(
        "The same waves forever",
        "Can a network that has seen three waves continue them by itself? Watch the free-running forecast.",
        (config_for("forecast", "sines"),),
        answer=waves, choices=("It continues them", "It loses them"),
    ),
    RunExperiment(
        "Learn to write",
        "It reads Python's manual. How much surer is it of the next character after six epochs than after one?",
        (config_for("text"),),
        answer=writing, choices=("Much surer", "Hardly surer"),
    ),
)  # fmt: skip
