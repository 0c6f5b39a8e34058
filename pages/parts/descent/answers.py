"""What the figures of each section say of its questions: from descents, sweeps, basins and planes to sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.descent.basins import Basins
from dlcore.descent.questions import Question
from dlcore.descent.sweep import Bound, Sweep, bound
from dlcore.descent.trace import Trace
from dlcore.formula.numbers import coordinates, number, percent, signed
from pages.parts.descent.network_picture import Picture
from pages.shared.experiments import Answer, Reply, Unanswered

REPEATABLE = "Exact for this landscape, start and learning rate: the same run always gives the same numbers."
Traces = Sequence[Trace]


def _title(trace: Trace) -> str:
    return trace.racer.rule.title


def _arrived(trace: Trace) -> bool:
    return trace.verdict.kind == "minimum"


def _when(trace: Trace) -> str:
    """When a descent arrived at the minimum for good, in words."""
    if not _arrived(trace) or trace.verdict.step is None:
        return f"{_title(trace)} not within {trace.steps:,} steps"
    return f"{_title(trace)} after {trace.verdict.step:,} steps"


def _joined(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


# The race.


def momentum(traces: Traces) -> Reply:
    """Steps to the minimum, by optimizer."""
    return Answer(
        f"At the minimum, to a thousandth of the map's width: {'; '.join(map(_when, traces))}. The start is the same; "
        "each has the learning rate that suits it.",
        REPEATABLE,
        right=_fastest(traces),
    )


def _fastest(traces: Traces) -> int | None:
    found = {place: trace.verdict.step for place, trace in enumerate(traces) if _arrived(trace) and trace.verdict.step}
    return min(found, key=found.__getitem__) if found else None


def too_fast(traces: Traces) -> Reply:
    """What the rate times the curvature makes of the distance, and who survives it."""
    first = traces[0]
    steepest = bound(first.objective, first.positions[0]).steepest
    rate = first.racer.rate
    lost = [_title(each) for each in traces if each.verdict.kind == "diverged"]
    calm = [_title(each) for each in traces if each.verdict.kind != "diverged"]
    lost_said = f"{_joined(lost)} diverged" if lost else "None diverged"
    return Answer(
        f"In the steepest direction each step of SGD multiplies the distance by 1 − α·λmax = 1 − {number(rate)}·"
        f"{number(steepest)} = {number(1 - rate * steepest, 3)}. {lost_said}"
        + (f"; {_joined(calm)} did not: they divide by how large the gradients have been." if calm else "."),
        REPEATABLE,
        right=0 if lost == ["SGD"] else 1 if len(lost) == len(traces) else None,
    )


def ridge(traces: Traces) -> Reply:
    """Who never left the ridge."""
    stay = [_title(each) for each in traces if not each.positions[:, 1].any()]
    leave = [f"{_title(each)} ({coordinates(each.positions[-1])})" for each in traces if each.positions[:, 1].any()]
    stays = f"{_joined(stay)} {'stays' if len(stay) == 1 else 'stay'} on the ridge for ever" if stay else "Nobody stays"
    return Answer(
        f"{stays}: at y = 0 the slope along y is exactly 0, so no step leads off it."
        + (f" {_joined(leave)} left it." if leave else " The smallest push aside would do: move the start a little."),
        REPEATABLE,
        right=0 if not leave else 1,
    )


def banana(traces: Traces) -> Reply:
    """Who reached the minimum, and how far the others have got."""
    there = [f"{_title(each)} ({each.verdict.step:,} steps)" for each in traces if _arrived(each)]
    left = [f"{_title(each)} {number(each.distances[-1], 2)}" for each in traces if not _arrived(each)]
    return Answer(
        (f"{_joined(there)} {'reaches' if len(there) == 1 else 'reach'} it" if there else "Nobody reaches it")
        + (f"; what is left of the way after {traces[0].steps:,} steps: {', '.join(left)}." if left else "."),
        REPEATABLE,
    )


def egg_box(traces: Traces) -> Reply:
    """Who found the lowest of many minima."""
    found = [_title(each) for each in traces if _arrived(each)]
    heights = ", ".join(f"{_title(each)} {number(each.values[-1], 3)}" for each in traces)
    verb = "finds" if len(found) == 1 else "find"
    lowest = traces[0].objective.lowest
    return Answer(
        f"From {coordinates(traces[0].positions[0])} {f'{_joined(found)} {verb} it' if found else 'none finds it'}. "
        f"Height at the end: {heights}; the lowest minimum has {number(lowest or 0.0)}.",
        "Exact for this start. From one start nothing follows for others: click elsewhere and compare.",
        right=1 if found else 0,
    )


# One step.


def first_step(trace: Trace) -> Reply:
    """Adam's first move along each axis, beside the slopes."""
    slopes, move, rate = trace.seen[0], np.abs(trace.moves[0]), trace.racer.rate
    return Answer(
        f"{number(move[0], 4)} along x and {number(move[1], 4)} along y, with slopes of {number(slopes[0], 3)} and "
        f"{number(slopes[1], 3)}: each is α = {number(rate, 3)}. In the first step m̂ is the gradient and √v̂ its "
        "size, so their quotient is its sign.",
        REPEATABLE,
        right=0 if np.allclose(move, rate, rtol=1e-3) else 1,
    )


def velocity(trace: Trace) -> Reply:
    """When the velocity first leads uphill."""
    turned = np.flatnonzero((trace.state["momentum_buffer"] * trace.seen).sum(axis=1) < 0)
    if not len(turned):
        return Answer(f"In none of these {trace.steps} steps does the velocity point uphill.", REPEATABLE)
    first = int(turned[0])
    before, after = trace.values[first : first + 2]
    return Answer(
        f"First in step {first + 1}, and in {len(turned)} of {trace.steps} steps. The velocity wins: the move is −α "
        f"times it, so that the height goes from {number(before, 4)} to {number(after, 4)} in that step.",
        REPEATABLE,
        right=0,
    )


def newton(trace: Trace) -> Reply:
    """Where the first step ends."""
    far = trace.distances
    return Answer(
        f"At {coordinates(trace.positions[1])}: {number(far[1], 2)} from the minimum, after {number(far[0], 3)} at the "
        "start. A bowl is its own second-order approximation, so that the step which that asks for is right.",
        REPEATABLE,
        right=0 if far[1] < 1e-9 else 1,
    )


def signs(trace: Trace) -> Reply:
    """What Rprop's step length does where the sign of the slope flips."""
    flips = trace.seen[1:] * trace.seen[:-1] < 0
    if not flips.any():
        return Unanswered("In none of these steps does a sign flip: allow it more steps.")
    step, axis = np.argwhere(flips)[0]
    before, after = trace.state["step_size"][step : step + 2, axis]
    return Answer(
        f"It is multiplied by {number(after / before, 3)}: along {'xy'[axis]} it goes from {number(before, 3)} to "
        f"{number(after, 3)} in step {step + 2}, where the sign flips first. Signs flip {int(flips.sum())} times in "
        f"{trace.steps} steps.",
        REPEATABLE,
        right=0 if after < before else 1,
    )


# The sweep.


@dataclass(frozen=True)
class Swept:
    """A sweep, the curvature at its start, and for each optimizer the widest range of rates that work, if any."""

    found: Sweep
    curvature: Bound | None
    working: tuple[Sequence[float], ...]


def bound_seen(shown: Swept) -> Reply:
    """The largest rate without divergence, beside 2/λmax."""
    limits = {}
    for row, racer in enumerate(shown.found.racers):
        fine = shown.found.rates[shown.found.losses[row].isfinite()]
        limits[racer.rule.title] = float(fine.max()) if len(fine) else 0.0
    if "SGD" not in limits or not shown.curvature or not shown.curvature.rate:
        return Unanswered("Choose SGD among the optimizers first.")
    beyond = [name for name, rate in limits.items() if rate > 10 * shown.curvature.rate]
    others = f" {_joined(beyond)} still {'has' if len(beyond) == 1 else 'have'} a finite loss at ten times that bound."
    return Answer(
        f"The largest rate at which SGD does not diverge here is {number(limits['SGD'], 3)}, and the bound 2/λmax is "
        f"{number(shown.curvature.rate, 3)}.{others if beyond else ''}",
        f"On a grid of {len(shown.found.rates)} rates, each "
        f"{number(float(shown.found.rates[1] / shown.found.rates[0]), 3)} times the one before.",
    )


def widest(shown: Swept) -> Reply:
    """Whose loss is low over the widest range of rates."""
    ranges = {
        racer.rule.title: works[-1] / works[0] for racer, works in zip(shown.found.racers, shown.working, strict=True)
        if works
    }  # fmt: skip
    if not ranges:
        return Unanswered("None gets 99 % of the way down at any rate: allow more steps.")
    order = sorted(ranges, key=ranges.__getitem__, reverse=True)[:3]
    said = ", ".join(f"{name} over a factor of {number(ranges[name], 3)}" for name in order)
    return Answer(
        f"At least 99 % of the way down, without a gap: {said}. {len(shown.found.racers) - len(ranges)} of "
        f"{len(shown.found.racers)} optimizers get there at no rate.",
        f"On a grid of {len(shown.found.rates)} rates, from this one start.",
    )


# Basins.


def shores(found: Basins) -> Reply:
    """How many neighbouring starts end in different minima."""
    apart = float(found.x[1] - found.x[0])
    return Answer(
        f"As close as the picture can tell: neighbouring starts are {number(apart, 3)} apart, and "
        f"{percent(found.mixed)} of all neighbouring pairs end differently. {len(found.ends)} ends are reached.",
        f"Counted among {found.outcome.numel():,} starts. Between neighbours there may be more: a finer grid tells.",
    )


# Predictions.


def predicted(asked: tuple[Question, str | None]) -> Reply:
    """The reason, once the visitor has said what will happen."""
    question, given = asked
    if given is None:
        return Unanswered("Say what will happen first: choose one of the three answers beside the picture.")
    return Answer(f"{question.reason} {question.trace.verdict.sentence}", REPEATABLE)


# A real network.


def path(shown: Picture) -> Reply:
    """How much of a path a plane shows, and how far its loss there is from the true one."""
    if shown.course is None or shown.share is None:
        return Unanswered("A network that comes with the app has no path. Train one on the page Train, then choose it.")
    off = np.abs(shown.course.losses - shown.course.shown)
    worst = int(off.argmax())
    return Answer(
        f"{percent(shown.share)} of the squared distances of all {len(off)} checkpoints from the last. At “"
        f"{shown.titles[worst]}” the loss of the network is {number(shown.course.losses[worst], 3)} and that of its "
        f"shadow in the plane {number(shown.course.shown[worst], 3)}: there the plane is least true.",
        f"Losses on {shown.samples} images. A plane shows much of any long walk, even of a random one.",
    )


def bowl(shown: Picture) -> Reply:
    """How often the loss falls again on the way outwards."""
    losses, centre = shown.found.losses, shown.centre
    ways, dips = shown.found.outward_dips()
    return Answer(
        f"Of {ways} straight ways from θ* to the edge {dips} go down again somewhere by more than 1 % of the height. "
        f"The loss rises from {number(centre, 3)} at θ* to {number(float(losses.max()), 3)}; the lowest on the grid is "
        f"{number(float(losses.min()), 3)} ({signed(float(losses.min()) - centre, 3)}).",
        f"Two random directions of many thousands, on {shown.samples} images: another seed shows another plane, and "
        "no plane shows all directions.",
        right=0 if dips <= 0.1 * ways else 1,
    )
