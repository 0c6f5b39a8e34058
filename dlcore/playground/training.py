"""One network that learns its points, update by update. All of it follows from its setup, and can be had again."""

import copy
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import vector_to_parameters

from dlcore.config.schedules import SCHEDULES
from dlcore.errors import InvalidValue
from dlcore.inspect.loss_plane import flat
from dlcore.models.build import sequential
from dlcore.models.initial import chance_apart
from dlcore.playground import heads
from dlcore.playground.features import given
from dlcore.playground.setup import Setup, weights
from dlcore.training.optimizers import make
from dlcore.training.seeds import mix


@dataclass(frozen=True)
class Moment:
    """A network after so many updates.

    weights: float32 (P,); losses, scores: of the training and the test points, without penalty or dropout; gradients:
    the length of the last batch's gradient by the weights of each dense layer, NaN before the first update
    """

    update: int
    weights: np.ndarray
    losses: tuple[float, float]
    scores: tuple[float, float]
    gradients: tuple[float, ...]

    @property
    def sound(self) -> bool:
        """Whether losses and weights are numbers still."""
        return bool(np.isfinite(self.losses).all() and np.isfinite(self.weights).all())


@dataclass(frozen=True)
class State:
    """From which training goes on as if nothing had been."""

    update: int
    weights: Tensor
    optimizer: dict[str, Any]


class Training:
    """The network of a setup at its start, and the way on from there."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.points = setup, setup.points()
        self.inputs = given(torch.from_numpy(self.points.points), setup.features)
        self.targets = torch.from_numpy(self.points.targets)
        task = heads.task(self.points.classes)
        self.loss = heads.LOSSES[task, "squared" if task == "values" else setup.loss]
        self.score = heads.SCORES[task]
        network = setup.described(self.points)
        with chance_apart():
            torch.default_generator.manual_seed(setup.seed)
            self.model = sequential(network, (len(setup.features),))
        self.parameters = list(self.model.parameters())
        if setup.start:
            self._begin_with(torch.from_numpy(weights(setup.start)))
        self.matrices = [each for each in self.parameters if each.dim() > 1]
        self.optimizer = make(setup.training, self.parameters, torch.device("cpu"))
        self.batch = min(setup.batch_size, self.points.train)
        self.batches = -(-self.points.train // self.batch)
        self.update = 0
        self._dropout = network.has("dropout")
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.long)

    def _begin_with(self, start: Tensor) -> None:
        count = sum(each.numel() for each in self.parameters)
        if len(start) != count:
            raise InvalidValue(
                f"the link brings {len(start):,} weights, but this network has {count:,}: reset to those of the seed"
            )
        with torch.no_grad():
            vector_to_parameters(start, self.parameters)

    def advance(self, updates: int) -> None:
        """Make so many updates."""
        with chance_apart() if self._dropout else nullcontext():
            for _ in range(updates):
                self._step()

    def _step(self) -> None:
        setup = self.setup
        epoch, place = divmod(self.update, self.batches)
        if epoch != self._epoch:
            chance = torch.Generator().manual_seed(mix(setup.seed, -1 - epoch))
            self._epoch, self._order = epoch, torch.randperm(self.points.train, generator=chance)
        chosen = self._order[place * self.batch : (place + 1) * self.batch]
        if self._dropout:
            torch.default_generator.manual_seed(mix(setup.seed, self.update))
        self.optimizer.zero_grad()
        loss = self.loss(self.model(self.inputs[chosen]), self.targets[chosen])
        if setup.penalty != "none":
            loss = loss + setup.penalty_rate * penalty(setup.penalty, self.matrices)
        loss.backward()
        if setup.schedule != "constant":
            factor = SCHEDULES[setup.schedule](self.update, setup.updates)
            for group in self.optimizer.param_groups:
                group["lr"] = setup.learning_rate * factor
        self.optimizer.step()
        self.update += 1

    def weights(self) -> Tensor:
        """A copy of all weights and biases, layer by layer, (P,)."""
        return flat(self.model)

    @torch.no_grad()
    def moment(self) -> Moment:
        """The network as it is now."""
        if self._dropout:
            self.model.eval()
        outputs = self.model(self.inputs)
        if self._dropout:
            self.model.train()
        halves = [(outputs[each], self.targets[each]) for each in self.points.halves]
        first, second = (self.loss(*half).item() for half in halves)
        scores = tuple(self.score(*half).item() for half in halves)
        pulls = tuple(float("nan") if each.grad is None else each.grad.norm().item() for each in self.matrices)
        return Moment(self.update, self.weights().numpy(), (first, second), (scores[0], scores[1]), pulls)

    def state(self) -> State:
        """What `restore` goes back to."""
        return State(self.update, self.weights(), copy.deepcopy(self.optimizer.state_dict()))

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back, or on, to a state of a training with the same setup."""
        self.update = state.update
        vector_to_parameters(state.weights.clone(), self.parameters)
        self.optimizer.load_state_dict(copy.deepcopy(state.optimizer))


def penalty(name: str, matrices: list[nn.Parameter]) -> Tensor:
    """What the weights cost, biases left out: l1 the sum of their sizes, l2 half the sum of their squares."""
    terms = [each.abs().sum() if name == "l1" else each.square().sum() / 2 for each in matrices]
    return torch.stack(terms).sum()
