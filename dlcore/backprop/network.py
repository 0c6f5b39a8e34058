"""A dense network taken apart: forward, backward and update written by hand, in the notation of the articles.

    Z[l] = W[l] A[l−1] + b[l]                 A[l] = g[l](Z[l])                     A[0] = X
    δ[l] = ∂L/∂Z[l] of each sample            δ[l] = (W[l+1]ᵀ δ[l+1]) ⊙ g[l]′(Z[l])
    ∂J/∂W[l] = (1/m) δ[l] A[l−1]ᵀ             ∂J/∂b[l] = (1/m) Σ δ[l]               W[l] ← W[l] − α ∂J/∂W[l]

A column is a sample: X is (inputs, m). J is the mean loss of the m samples. No autograd in here: the derivatives are
those of `derivatives` and `gradients`. Source: Rumelhart, Hinton and Williams, 1986, doi:10.1038/323533a0.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import torch
from torch import Tensor

from dlcore.backprop import derivatives, gradients
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between, plain, shortened
from dlcore.functions.activations import activation
from dlcore.functions.losses import loss

MAX_LAYERS, MAX_UNITS, MAX_SAMPLES = 5, 8, 32
MIN_RATE, MAX_RATE = 1e-6, 1000.0
MAX_NUMBER = 1e6
"""Weights, inputs and targets that a person may set lie within ±MAX_NUMBER."""
OUTPUTS = (*derivatives.DERIVATIVES, "softmax")
"""What the output layer may apply: an elementwise activation, or softmax over its units."""

Parameters = tuple[tuple[Tensor, Tensor], ...]
"""For every layer its weights W (units, units before) and biases b (units, 1)."""


Rows = Sequence[Sequence[float]]
"""One a sample."""


@dataclass(frozen=True)
class Network:
    """What a dense network is before it has weights.

    units: of the input and of every layer, such as (2, 3, 1)
    activations: one a layer; only the last may be "softmax"
    loss: a name in LOSSES
    Raises InvalidValue.
    """

    units: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(self.units))
        object.__setattr__(self, "activations", tuple(self.activations))
        depth = len(self.units) - 1
        if not 1 <= depth <= MAX_LAYERS:
            raise InvalidValue(f"a network must have 1 to {MAX_LAYERS} layers here, got {depth}: try 2")
        for place, units in enumerate(self.units):
            where = f"layer {place}" if place else "the input"
            if not isinstance(units, Integral) or isinstance(units, bool) or not 1 <= units <= MAX_UNITS:
                raise InvalidValue(f"{where} must have 1 to {MAX_UNITS} units, got {units!r}: try 3")
        if len(self.activations) != depth:
            raise InvalidValue(f"{depth} layers need {depth} activations, got {len(self.activations)}")
        for name in self.activations[:-1]:
            derivatives.derivative(name)
        if self.activations[-1] != "softmax":
            derivatives.derivative(self.activations[-1])
        gradients.check_pair(self.activations[-1], loss(self.loss).name, self.units[-1])

    @property
    def depth(self) -> int:
        """Layers with weights: hidden ones and the output."""
        return len(self.activations)


@dataclass(frozen=True)
class Forward:
    """What went forward. Z[l−1] and A[l] are (units, m) of layer l; A[0] is the input. losses: (m,); J: their mean."""

    Z: tuple[Tensor, ...]
    A: tuple[Tensor, ...]
    losses: Tensor
    J: float


@dataclass(frozen=True)
class Backward:
    """What came back; index 0 is layer 1.

    dA: ∂L/∂A[l] (units, m); slope: g′(Z[l]) (units, m), None for softmax, whose derivative is a matrix a sample
    delta: ∂L/∂Z[l] (units, m); dW, db: ∂J/∂W[l], ∂J/∂b[l]; dX: ∂L/∂X (inputs, m)
    shortcut: whether δ of the output was had as A − Y
    """

    dA: tuple[Tensor, ...]
    slope: tuple[Tensor | None, ...]
    delta: tuple[Tensor, ...]
    dW: tuple[Tensor, ...]
    db: tuple[Tensor, ...]
    dX: Tensor
    shortcut: bool


def applied(name: str, Z: Tensor) -> Tensor:
    """g(Z): elementwise, or softmax over the units (…, units, m)."""
    return Z.softmax(-2) if name == "softmax" else activation(name)(Z)


def passes(network: Network, parameters: Parameters, X: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Z of every layer, and A of the input and every layer, for X (inputs, m)."""
    Z, A = [], [X]
    for (W, b), name in zip(parameters, network.activations, strict=True):
        Z.append(W @ A[-1] + b)
        A.append(applied(name, Z[-1]))
    return tuple(Z), tuple(A)


def forward(network: Network, parameters: Parameters, X: Tensor, Y: Tensor) -> Forward:
    """Layer by layer from X (inputs, m) to the mean loss against Y (outputs, m)."""
    Z, A = passes(network, parameters, X)
    losses = gradients.losses(network.activations[-1], network.loss, Z[-1], A[-1], Y)
    return Forward(Z, A, losses, losses.mean().item())


def backward(
    network: Network, parameters: Parameters, passed: tuple[tuple[Tensor, ...], tuple[Tensor, ...]], Y: Tensor
) -> Backward:
    """Layer by layer from the loss back to the input: the chain rule, with every derivative written by hand.

    passed: Z and A as `passes` gives them
    """
    every_Z, every_A = passed
    m = Y.shape[1]
    dA, slope, delta, dW, db = [], [], [], [], []
    output = network.activations[-1]
    upstream = gradients.of_loss(output, network.loss, every_A[-1], Y)
    shortcut = gradients.has_shortcut(output, network.loss)
    for layer in reversed(range(network.depth)):
        name, Z, A = network.activations[layer], every_Z[layer], every_A[layer + 1]
        dA.append(upstream)
        slope.append(None if name == "softmax" else derivatives.of(name, Z))
        if name != "softmax":
            delta.append(upstream * slope[-1])
        elif shortcut:
            delta.append(gradients.shortcut(A, Y))
        else:
            delta.append(gradients.through_softmax(network.loss, Z, A, upstream, Y))
        dW.append(delta[-1] @ every_A[layer].T / m)
        db.append(delta[-1].mean(1, keepdim=True))
        upstream = parameters[layer][0].T @ delta[-1]
    return Backward(*(tuple(reversed(each)) for each in (dA, slope, delta, dW, db)), dX=upstream, shortcut=shortcut)


def update(parameters: Parameters, back: Backward, rate: float) -> Parameters:
    """One step downhill: W ← W − α ∂J/∂W, b ← b − α ∂J/∂b."""
    return tuple((W - rate * dW, b - rate * db) for (W, b), dW, db in zip(parameters, back.dW, back.db, strict=True))


def flat(parameters: Parameters) -> Tensor:
    """W row by row, then b, layer after layer, as one vector."""
    return torch.cat([part.reshape(-1) for pair in parameters for part in pair])


def unflat(network: Network, row: Tensor) -> Parameters:
    """What `flat` was made from; a stack of rows (n, parameters) gives W (n, units, units before), b (n, units, 1)."""
    found, place = [], 0
    for before, after in zip(network.units, network.units[1:], strict=False):
        W, b = row[..., place : place + after * before], row[..., place + after * before : place + after * (before + 1)]
        found.append((W.unflatten(-1, (after, before)), b.unsqueeze(-1)))
        place += after * (before + 1)
    return tuple(found)


def mean_losses(network: Network, stack: Tensor, X: Tensor, Y: Tensor) -> Tensor:
    """J (n,) of n networks at once, whose parameters are the rows of stack (n, parameters)."""
    Z, A = passes(network, unflat(network, stack), X)
    return gradients.losses(network.activations[-1], network.loss, Z[-1], A[-1], Y).mean(-1)


INITIALISATIONS = {
    "xavier": "Xavier: normal, variance 2 / (units before + units), Glorot and Bengio, 2010",
    "he": "He: normal, variance 2 / units before, He et al., 2015",
    "wide": "Wide: normal with variance 4, far too large",
    "equal": "All weights 0.5, all biases 0",
    "zero": "All zero",
}


def start(network: Network, kind: str = "xavier", seed: int = 0) -> Parameters:
    """float64 weights of a network that has learned nothing; the biases are 0."""
    if kind not in INITIALISATIONS:
        raise InvalidValue(f"initialisation must be one of {', '.join(INITIALISATIONS)}, got {kind!r}")
    if not isinstance(seed, Integral) or isinstance(seed, bool) or not 0 <= seed < 2**31:
        raise InvalidValue(f"seed must be a whole number from 0 to 2147483647, got {seed!r}: try 0")
    generator = torch.Generator().manual_seed(int(seed))
    found = []
    for before, after in zip(network.units, network.units[1:], strict=False):
        spread = {"xavier": math.sqrt(2 / (before + after)), "he": math.sqrt(2 / before), "wide": 2.0}.get(kind)
        if spread is None:
            W = torch.full((after, before), 0.5 if kind == "equal" else 0.0, dtype=torch.float64)
        else:
            W = spread * torch.randn(after, before, generator=generator, dtype=torch.float64)
        found.append((W, torch.zeros(after, 1, dtype=torch.float64)))
    return tuple(found)


def check_rate(rate: float) -> float:
    """The learning rate as a float, or InvalidValue."""
    real = isinstance(rate, Real) and not isinstance(rate, bool)
    if not real or not MIN_RATE <= rate <= MAX_RATE:
        raise InvalidValue(f"learning_rate must be {between(MIN_RATE, MAX_RATE)}, got {shortened(rate)}: try 0.5")
    return float(rate)


def check_samples(network: Network, X: Rows, Y: Rows) -> tuple[Tensor, Tensor]:
    """Rows of inputs and of targets, one a sample, as float64 X (inputs, m) and Y (outputs, m), or InvalidValue."""
    rows = [("input", X, network.units[0]), ("target", Y, network.units[-1])]
    for what, values, wide in rows:
        if not 1 <= len(values) <= MAX_SAMPLES:
            raise InvalidValue(f"there must be 1 to {MAX_SAMPLES} samples, got {len(values)}")
        for place, row in enumerate(values, start=1):
            if len(row) != wide:
                raise InvalidValue(f"sample {place} must have {wide} {what} values, got {len(row)}")
            for value in row:
                if not (isinstance(value, Real) and abs(float(value)) <= MAX_NUMBER):
                    raise InvalidValue(
                        f"sample {place} has the {what} {value!r}: use numbers within ±{plain(MAX_NUMBER)}"
                    )
    if len(X) != len(Y):
        raise InvalidValue(f"there are {len(X)} inputs but {len(Y)} targets: give each sample both")
    gradients.check_targets(network.loss, Y)
    return _columns(X), _columns(Y)


def _columns(rows: Rows) -> Tensor:
    return torch.tensor([[float(value) for value in row] for row in rows], dtype=torch.float64).T
