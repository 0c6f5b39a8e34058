"""One network that learns its points, update by update. All of it follows from its setup, and can be had again."""

import copy
import math
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlcore.config.schedules import SCHEDULES
from dlcore.errors import InvalidValue
from dlcore.models.build import sequential
from dlcore.models.chain import Chain
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
    gradient: Tensor
    optimizer: dict[str, Any]


class Training:
    """The network of a setup at its start, and the way on from there."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.points = setup, setup.points()
        self.inputs = given(torch.from_numpy(self.points.points), setup.features)
        self.targets = torch.from_numpy(self.points.targets)
        task = heads.task(self.points.classes)
        name = task, "squared" if task == "values" else setup.loss
        self.loss, self._by_outputs = heads.LOSSES[name], heads.PULLS[name]
        self.score = heads.SCORES[task]
        network = setup.described(self.points)
        with chance_apart():
            torch.default_generator.manual_seed(setup.seed)
            self.model = sequential(network, (len(setup.features),))
        self.parameters = list(self.model.parameters())
        self.matrices = [each for each in self.parameters if each.dim() > 1]
        self.chain = Chain(self.model)
        if setup.start:
            self._begin_with(torch.from_numpy(weights(setup.start)))
        self._by_matrices = [each.grad for each in self.matrices if each.grad is not None]
        self.optimizer = make(setup.training, self.parameters, torch.device("cpu"))
        self.batch = min(setup.batch_size, self.points.train)
        self.batches = -(-self.points.train // self.batch)
        self.update = 0
        self._dropout = network.has("dropout")
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.long)

    def _begin_with(self, start: Tensor) -> None:
        count = len(self.chain.vector)
        if len(start) != count:
            raise InvalidValue(
                f"the link brings {len(start):,} weights, but this network has {count:,}: reset to those of the seed"
            )
        self.chain.vector.copy_(start)

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
        outputs = self.chain.forward(self.inputs.index_select(0, chosen))
        self.chain.backward(self._by_outputs(outputs, self.targets.index_select(0, chosen)))
        if setup.penalty != "none":
            self._penalise()
        if setup.schedule != "constant":
            factor = SCHEDULES[setup.schedule](self.update, setup.updates)
            for group in self.optimizer.param_groups:
                group["lr"] = setup.learning_rate * factor
        self.optimizer.step()
        self.update += 1

    @torch.no_grad()
    def _penalise(self) -> None:
        """Add to the gradient that of the penalty: l1 sums the sizes of weights, l2 half their squares; no biases."""
        for weight, pull in zip(self.matrices, self._by_matrices, strict=True):
            pull += self.setup.penalty_rate * (weight.sign() if self.setup.penalty == "l1" else weight)

    def weights(self) -> Tensor:
        """A copy of all weights and biases, layer by layer, (P,)."""
        return self.chain.vector.clone()

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
        pulls = tuple(each.norm().item() if self.update else math.nan for each in self._by_matrices)
        return Moment(self.update, self.weights().numpy(), (first, second), (scores[0], scores[1]), pulls)

    def state(self) -> State:
        """What `restore` goes back to."""
        return State(
            self.update, self.weights(), self.chain.gradient.clone(), copy.deepcopy(self.optimizer.state_dict())
        )

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back, or on, to a state of a training with the same setup."""
        self.update = state.update
        self.chain.vector.copy_(state.weights)
        self.chain.gradient.copy_(state.gradient)
        self.optimizer.load_state_dict(copy.deepcopy(state.optimizer))
