"""How many steps ahead a free-running forecast holds: its valid prediction time."""

from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.data.sequences import SequenceSet
from dlcore.inspect.forecasts import linear, run_on, window_of
from dlcore.models.rnn import Recurrent

TOLERANCE = 0.4
"""A forecast holds while it is off by no more than so many standard deviations of the series (Pathak et al., 2018)."""
STARTS, MOST_STEPS = 50, 200


@dataclass(frozen=True)
class Horizon:
    """How long free-running forecasts hold from S places of the test part on, for the network and the linear model.

    steps, linear: int64 (S,), full steps before the first one that is off by more than TOLERANCE; most: where it ends
    """

    steps: Tensor
    linear: Tensor
    most: int


def horizon(model: Recurrent, data: SequenceSet) -> Horizon | None:
    """From up to 50 starts spread evenly over the test part, each for up to 200 steps; None if that part is too short.

    The network and the linear model read the truth up to the start, and only what they said themselves after it.
    """
    begin, end = data.bounds[1], len(data.values)
    most = min(MOST_STEPS, (end - begin) // 2)
    if most < 2:
        return None
    starts = torch.linspace(begin, end - most, min(STARTS, end - most - begin + 1)).round().long()
    values, window, rule = data.values.cpu(), window_of(data), linear(data)
    truth = torch.stack([values[start : start + most] for start in starts])
    before = torch.stack([values[start - window : start] for start in starts])
    plain = torch.stack([rule.free(values, int(start), most) for start in starts])
    return Horizon(holds(truth, run_on(model, before, most)), holds(truth, plain), most)


def holds(truth: Tensor, said: Tensor, deviation: float = 1.0) -> Tensor:
    """int64 (S,): how many steps forecasts (S, N) stay within TOLERANCE deviations of the truth (S, N), from the first.

    What is no number is off.
    """
    near = (said - truth).abs() <= TOLERANCE * deviation
    return near.long().cumprod(dim=1).sum(dim=1)
