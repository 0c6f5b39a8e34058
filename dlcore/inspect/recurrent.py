"""What a recurrent network thinks after every step, what it looks at, and how far back its gradients reach.

A model is `dlcore.models.rnn.Recurrent`, in training or as `dlcore.models.files.load` gives it; it is left as it is.
Gates and their numbers: dlcore.inspect.unroll and .terms. Series: .forecasts. Texts: .writing.
"""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from dlcore.config.sequences import SERIES, SequenceRun
from dlcore.data.sequences import Batch, SequenceSet, load
from dlcore.errors import InvalidValue
from dlcore.inspect.unroll import Trace, trace
from dlcore.models.rnn import Recurrent, State

__all__ = ["Distances", "Trace", "answers", "dataset", "examples", "gradient_by_distance", "saliency", "trace"]


def dataset(config: SequenceRun) -> SequenceSet:
    """The sequences that a run was trained on, again: they follow from its config."""
    return load(config.data, config.training.seed)


def examples(data: SequenceSet, split: str = "test", count: int = 12) -> Batch:
    """The first `count` sequences of a split: inputs as the network takes them, and targets."""
    found = dict(data.splits())
    if split not in found:
        raise InvalidValue(f"split must be one of {', '.join(found)}, got {split!r}")
    return found[split].batch(torch.arange(min(count, len(found[split]))))


@torch.inference_mode()
def answers(model: Recurrent, inputs: Tensor) -> Tensor:
    """What the network answers, or would answer if the sequence ended there, after every step: (N, T, outputs).

    Classes and characters: probabilities. adding: the sum. Series: the next value, standardised.
    inputs: (N, …) as the network takes them. A network that reads both ways reads each beginning anew.
    """
    training = model.training
    model.eval()
    steps = model.read(inputs)
    if model.layers.bidirectional:
        beginnings = [model.last(model.states(steps[:, :end])) for end in range(1, steps.shape[1] + 1)]
        outputs = model.answer(torch.stack(beginnings, dim=1), steps)
    else:
        outputs = model.answer(model.states(steps), steps)
    model.train(training)
    return outputs if is_amount(model.config) else outputs.softmax(2)


def is_amount(config: SequenceRun) -> bool:
    """Whether the answer is a number, not a class."""
    return config.data.name in (*SERIES, "adding")


def saliency(model: Recurrent, inputs: Tensor, target: int | None = None) -> Tensor:
    """How much each step weighs in the answer at the end: norm of ∂answer/∂x_t, float32 (T,).

    Simonyan, Vedaldi and Zisserman 2014, arXiv:1312.6034, in time instead of space. The answer is the logit of a class
    or of a character, or the number that is told.
    inputs: one sequence, without the batch dimension; target: the class, None: the likeliest
    """
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    with torch.enable_grad():
        steps = frozen.read(inputs[None]).detach().requires_grad_(True)
        answer = frozen.answer(frozen.last(frozen.states(steps)), steps[:, -1])[0]
        if target is not None and (isinstance(target, bool) or not 0 <= target < len(answer)):
            raise InvalidValue(f"target must be a class from 0 to {len(answer) - 1}, got {target!r}")
        chosen = answer.max() if target is None else answer[target]
        (gradient,) = torch.autograd.grad(chosen, steps)
    return gradient[0].norm(dim=1)


@dataclass(frozen=True)
class Distances:
    """How much the loss at the end depends on what was remembered so many steps before it; each (T,).

    distance: 0, 1, 2, … steps; hidden: norm of ∂loss_T/∂h_{T−distance}; state: of ∂loss_T/∂(h, c), which is the same
    but for an LSTM. Norms over all layers, averaged over the sequences.
    """

    distance: Tensor
    state: Tensor
    hidden: Tensor


def gradient_by_distance(model: Recurrent, inputs: Tensor, targets: Tensor) -> Distances:
    """Gradients through time: why a plain network forgets (Bengio, Simard and Frasconi 1994; Pascanu et al. 2013).

    inputs: (N, …); targets: (N,), or (N, T) of which the last counts
    """
    if model.layers.bidirectional:
        raise InvalidValue(
            "gradients by distance are for networks that read forwards only: choose one that is not bidirectional"
        )
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    with torch.enable_grad():
        steps = frozen.read(inputs)
        states = _walk(frozen, steps)
        answer = frozen.answer(_parts(states[-1])[0][-1], steps[:, -1])
        loss = loss_at_end(frozen, answer, targets)
        flat = [part for state in states for part in _parts(state)]
        gradients = torch.autograd.grad(loss, flat, allow_unused=True)
    squares = [each.square().sum((0, 2)) for each in _filled(gradients, flat)]
    table = torch.stack(squares).view(len(states), -1, len(inputs)).flip(0).float().cpu()
    distance = torch.arange(len(states))
    return Distances(distance, table.sum(1).sqrt().mean(1), table[:, 0].sqrt().mean(1))


def _walk(model: Recurrent, steps: Tensor) -> list[State]:
    """The state after every step, each of which the next is computed from; gradients begin at the first."""
    _, first = model.layers(steps[:, :1])
    states: list[State] = [(_leaf(first[0]), _leaf(first[1])) if isinstance(first, tuple) else _leaf(first)]
    for step in range(1, steps.shape[1]):
        states.append(model.layers(steps[:, step : step + 1], states[-1])[1])
    return states


def _leaf(part: Tensor) -> Tensor:
    return part.detach().requires_grad_(True)


def _parts(state: State) -> tuple[Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def _filled(gradients: Iterable[Tensor | None], states: Iterable[Tensor]) -> Iterator[Tensor]:
    """Zeros where the loss does not depend on a state, as on the cells of the last step."""
    for gradient, state in zip(gradients, states, strict=True):
        yield torch.zeros_like(state) if gradient is None else gradient


def loss_at_end(model: Recurrent, answer: Tensor, targets: Tensor) -> Tensor:
    """The sum over N sequences of the loss of the last answer (N, outputs)."""
    if model.forecasts:
        targets = targets[:, -1]
    if is_amount(model.config):
        return (answer.squeeze(1) - targets).square().sum()
    return functional.cross_entropy(answer, targets, reduction="sum")
