"""A recurrent network step by step, by its formulas: every gate of every unit."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from dlcore.errors import InvalidValue
from dlcore.models.rnn import Recurrent

SIGNALS = {
    "rnn-tanh": ("sum", "hidden"),
    "rnn-relu": ("sum", "hidden"),
    "simple-gated": ("candidate", "alpha", "hidden"),
    "gru": ("reset", "update", "candidate", "hidden"),
    "lstm": ("input", "forget", "candidate", "output", "cell", "hidden"),
}
"""What each cell computes in a step, in this order; `hidden` is what the next layer and the next step read."""
GATES = ("alpha", "reset", "update", "input", "forget", "output")
"""Those that are shares from 0 to 1."""


@dataclass(frozen=True)
class Weights:
    """Of one layer in one direction. The rows of each are the blocks of H that torch stacks: i f g o, or r z n."""

    inputs: Tensor
    """(blocks · H, F)"""
    hidden: Tensor
    """(blocks · H, H)"""
    input_bias: Tensor
    hidden_bias: Tensor
    """(blocks · H,); zeros in the simple gated cell, which has one bias only."""


@dataclass(frozen=True)
class Layer:
    """One layer in one direction over one sequence, in the order of time, also where it reads backwards.

    seen: what it reads, (T, F); values: by the names in SIGNALS, each (T, H)
    """

    number: int
    backwards: bool
    cell: str
    seen: Tensor
    values: dict[str, Tensor]
    weights: Weights

    @property
    def name(self) -> str:
        return f"layer {self.number}{', backwards' if self.backwards else ''}"

    @cached_property
    def hidden(self) -> Tensor:
        """(T, H)."""
        return self.values["hidden"]

    def before(self, name: str) -> Tensor:
        """`hidden` or `cell` (T, H) as each step finds it: as the step before left it, zeros at the first."""
        states = self.values[name]
        empty = torch.zeros_like(states[:1])
        return torch.cat((states[1:], empty)) if self.backwards else torch.cat((empty, states[:-1]))


@dataclass(frozen=True)
class Trace:
    """One sequence through a network. steps: (T, F) as the first layer reads them; layers: from the first one up."""

    steps: Tensor
    layers: tuple[Layer, ...]

    def __len__(self) -> int:
        return len(self.steps)

    @cached_property
    def states(self) -> Tensor:
        """(L, T, directions · H): hidden states of every layer, forwards first."""
        ahead = [layer.hidden for layer in self.layers if not layer.backwards]
        back = [layer.hidden for layer in self.layers if layer.backwards]
        return torch.stack([torch.cat(pair, dim=1) for pair in zip(ahead, *([back] if back else []), strict=True)])


@torch.no_grad()
def trace(model: Recurrent, inputs: Tensor) -> Trace:
    """Send one sequence, without the batch dimension, through the layers by their formulas, and keep every signal.

    inputs: float32 (T, F), normalised images (1, 28, 28), or int64 (T,) of a text
    """
    if inputs.numel() == 0:
        raise InvalidValue("a sequence must have at least one step, got none")
    training = model.training
    model.eval()
    steps = model.read(inputs[None])[0]
    model.train(training)
    found, seen = [], steps
    directions = (False, True) if model.config.model.bidirectional else (False,)
    for number in range(model.config.model.layers):
        ways = [_layer(model, seen, number, backwards) for backwards in directions]
        found += ways
        seen = torch.cat([way.hidden for way in ways], dim=1)
    return Trace(steps, tuple(found))


def _layer(model: Recurrent, seen: Tensor, number: int, backwards: bool) -> Layer:
    cell = model.config.model.cell
    weights = weights_of(model, number, backwards)
    size = weights.hidden.shape[1]
    values = [{"hidden": seen.new_zeros(size), "cell": seen.new_zeros(size)}]
    read = torch.nn.functional.linear(seen, weights.inputs, weights.input_bias)
    for now in read.flip(0) if backwards else read:
        held = weights.hidden @ values[-1]["hidden"] + weights.hidden_bias
        values.append(_step(cell, now, held, values[-1]))
    values = values[:0:-1] if backwards else values[1:]
    signals = {name: torch.stack([each[name] for each in values]) for name in SIGNALS[cell]}
    return Layer(number + 1, backwards, cell, seen, signals, weights)


def _step(cell: str, now: Tensor, held: Tensor, before: dict[str, Tensor]) -> dict[str, Tensor]:
    """One step of a cell. now: W x_t + b; held: U h_{t−1} + b, the blocks of both stacked."""
    if cell == "lstm":
        i, f, g, o = (now + held).chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * before["cell"] + i * g
        return {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "hidden": o * c.tanh()}
    if cell == "gru":
        (r, z, n), (held_r, held_z, held_n) = now.chunk(3), held.chunk(3)
        r, z = (r + held_r).sigmoid(), (z + held_z).sigmoid()
        n = (n + r * held_n).tanh()
        return {"reset": r, "update": z, "candidate": n, "hidden": (1 - z) * n + z * before["hidden"]}
    if cell == "simple-gated":
        candidate, alpha = (now + held).chunk(2)
        candidate, alpha = candidate.tanh(), alpha.sigmoid()
        hidden = alpha * candidate + (1 - alpha) * before["hidden"]
        return {"candidate": candidate, "alpha": alpha, "hidden": hidden}
    total = now + held
    return {"sum": total, "hidden": total.relu() if cell == "rnn-relu" else total.tanh()}


def weights_of(model: Recurrent, number: int, backwards: bool = False) -> Weights:
    """The weights of layer `number` (from 0) in one direction."""
    found = dict(model.layers.named_parameters())
    end = f"l{number}{'_reverse' if backwards else ''}"
    if model.config.model.cell == "simple-gated":
        bias = found[f"bias_{end}"]
        return Weights(found[f"weight_ih_{end}"], found[f"weight_hh_{end}"], bias, torch.zeros_like(bias))
    return Weights(*(found[f"{name}_{end}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))
