"""Losses, each written once: the text of a formula is what runs in torch and what is shown as LaTeX.

A loss is a few steps, one line of the formula each. A loss of one number needs a single step; a loss over classes first
sums or maximises over them, so that `cross-entropy` shows, and runs, the very softmax that does not overflow.

    >>> loss("huber")(torch.tensor([0.0, 5.0]), torch.tensor([0.5, 0.0]), delta=1.0)
    tensor([0.1250, 4.5000])
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.errors import InvalidValue
from dlcore.formula.expression import Expression, parse
from dlcore.formula.parameter import Parameter, all_checked_tensors

_OVER = {"sum": lambda term: term.sum(-1, keepdim=True), "max": lambda term: term.amax(-1, keepdim=True)}
_SIGN = {"sum": r"\sum_k", "max": r"\max_k"}


@dataclass(frozen=True)
class Step:
    """One line of a loss: `name` stands for `formula`, or for its sum or maximum `over` the classes.

    indexed: the names in the formula that have a value for each class
    """

    name: str
    formula: Expression
    over: str = ""
    indexed: frozenset[str] = frozenset()

    def latex(self, values: Mapping[str, float] | None = None) -> str:
        """The line without its left side. `values` are written in place of names: for one class where it has a sum."""
        text = _with_index(self.formula.latex(values), self.indexed)
        return text if values or not self.over else f"{_SIGN[self.over]} {_in_sum(self.formula, text)}"

    @property
    def left(self) -> str:
        """What the line gives a value to: L, or with the index of a class p_k."""
        return _with_index(self.name, self.indexed)


@dataclass(frozen=True)
class Loss:
    """How wrong a prediction is.

    kind: regression (any number against any number), binary (against a target from 0 to 1), classification
        (one logit for each class against a class)
    takes: what the prediction is: number, probability, logit, or logits
    symbol: the prediction's name in the formula
    source: who proposed it, or where it is described
    short: its title where the kind of prediction is known
    family: the idea behind it, shared by losses that charge other kinds of prediction for the same
    """

    name: str
    title: str
    kind: str
    takes: str
    symbol: str
    steps: tuple[Step, ...]
    parameters: tuple[Parameter, ...]
    source: str
    short: str
    family: str

    @property
    def formula(self) -> Expression:
        """The last line; the only one, unless the loss is over classes."""
        return self.steps[-1].formula

    def latex(self, values: Mapping[str, float] | None = None) -> str:
        """The last line as LaTeX, with `values` in place of names."""
        return self.steps[-1].latex(values)

    def __call__(self, prediction: Tensor | float, target: Tensor | float, **parameters: Tensor | float) -> Tensor:
        """The loss of each sample: no mean, no sum over samples.

        prediction: float tensor, any shape; for classification logits (…, classes)
        target: broadcasts against it; for classification class indices (…) of an integer type, or probabilities
            (…, classes)
        parameters: numbers, by default those of `self.parameters`; a tensor (classes,) for one that is per class

        Raises InvalidValue for an unknown parameter or one out of its range, a probability or a binary target outside
        of 0 to 1, and a target that fits no class.
        """
        return self.workings(prediction, target, **parameters)["L"]

    def workings(
        self, prediction: Tensor | float, target: Tensor | float, **parameters: Tensor | float
    ) -> dict[str, Tensor]:
        """The value of every name in the formula, each step's with the loss "L" last.

        Names with a value for each class: (…, classes); for classification all others: (…).
        """
        values = self._values(*self._tensors(prediction, target), parameters)
        for step in self.steps:
            result = step.formula(**values)
            values[step.name] = _OVER[step.over](result) if step.over else result
        if self.kind != "classification":
            return values
        classes = self.steps[-1].indexed
        return {name: value if name in classes else value.squeeze(-1) for name, value in values.items()}

    def gradient(self, prediction: Tensor | float, target: Tensor | float, **parameters: Tensor | float) -> Tensor:
        """The derivative of each sample's loss by its prediction, from autograd; shaped like the prediction.

        At a kink it is what torch takes: 0 for the absolute value, half the slope for a maximum.
        """
        prediction, target = torch.as_tensor(prediction), torch.as_tensor(target)
        with torch.enable_grad():
            if self.kind != "classification":
                prediction, target = torch.broadcast_tensors(prediction, target)
            prediction = _floating(prediction).detach().clone().requires_grad_()
            return torch.autograd.grad(self(prediction, target, **parameters).sum(), prediction)[0]

    def _tensors(self, prediction: Tensor | float, target: Tensor | float) -> tuple[Tensor, Tensor]:
        prediction, target = _floating(torch.as_tensor(prediction)), torch.as_tensor(target, device=_device(prediction))
        if self.takes == "probability" and not _within(prediction, 0, 1):
            raise InvalidValue(f"{self.name} takes probabilities from 0 to 1: apply a sigmoid to logits first")
        if self.kind == "classification":
            return prediction, _distribution(self.name, target, prediction)
        if self.kind == "binary" and not _within(target, 0, 1):
            raise InvalidValue(f"a target of {self.name} must be between 0 and 1: use 0 and 1 for the two classes")
        return prediction, target.to(prediction.dtype)

    def _values(self, prediction: Tensor, target: Tensor, given: Mapping[str, Tensor | float]) -> dict[str, Tensor]:
        values = {self.symbol: prediction, "y": target}
        checked = all_checked_tensors(self.name, self.parameters, given)
        for each in self.parameters:
            value = torch.as_tensor(checked[each.name], dtype=prediction.dtype, device=prediction.device)
            values[each.name] = value.expand(prediction.shape[-1]) if each.per_class else value
        if self.kind == "classification":
            values["K"] = torch.tensor(float(prediction.shape[-1]), dtype=prediction.dtype, device=prediction.device)
        return values


def loss(name: str) -> Loss:
    """The loss called `name`; InvalidValue if there is none."""
    if name not in LOSSES:
        raise InvalidValue(f"loss must be one of {', '.join(LOSSES)}, got {name!r}: try cross-entropy")
    return LOSSES[name]


def _floating(value: Tensor) -> Tensor:
    return value if value.is_floating_point() else value.to(torch.get_default_dtype())


def _device(value: Tensor | float) -> torch.device:
    return value.device if isinstance(value, Tensor) else torch.device("cpu")


def _within(value: Tensor, low: float, high: float) -> bool:
    return bool(((value >= low) & (value <= high)).all())


def _distribution(name: str, target: Tensor, logits: Tensor) -> Tensor:
    """`target` as probabilities shaped like the logits."""
    if logits.ndim == 0:
        raise InvalidValue(f"{name} takes one logit for each class, got a single number")
    classes = logits.shape[-1]
    if not target.is_floating_point():
        if target.shape != logits.shape[:-1] or not _within(target, 0, classes - 1):
            raise InvalidValue(f"a target of {name} must be a class from 0 to {classes - 1} for each sample")
        return torch.nn.functional.one_hot(target.long(), classes).to(logits.dtype)
    target = target.to(logits.dtype)
    if target.shape != logits.shape or not _within(target, 0, 1) or not _within(target.sum(-1), 1 - 1e-4, 1 + 1e-4):
        raise InvalidValue(f"a target of {name} must be a class, or {classes} probabilities that sum to 1")
    return target


def _with_index(latex: str, names: frozenset[str]) -> str:
    for name in sorted(names):
        latex = re.sub(rf"(?<![\\A-Za-z]){name}(?![A-Za-z])", f"{name}_k", latex)
    return latex


def _in_sum(formula: Expression, latex: str) -> str:
    return rf"\left({latex}\right)" if formula.root.value in ("add", "sub") else latex


def scalar(
    name: str,
    title: str,
    kind: str,
    takes: str,
    text: str,
    source: str,
    *parameters: Parameter,
    short: str = "",
    family: str = "",
) -> Loss:
    """A loss of one number: its formula in p (a number or a probability) or z (a logit), y and its parameters.

    short, family: by default its title and its name
    """
    symbol = "z" if takes == "logit" else "p"
    formula = parse(text, (symbol, "y", *(each.name for each in parameters)))
    return Loss(
        name, title, kind, takes, symbol, (Step("L", formula),), parameters, source, short or title, family or name
    )


def over_classes(
    name: str,
    title: str,
    steps: tuple[tuple[str, str, str], ...],
    source: str,
    *parameters: Parameter,
    family: str = "",
) -> Loss:
    """A loss over classes: steps of (name, text, over) in the logits z, the target y, the number of classes K."""
    names = ["z", "y", "K", *(each.name for each in parameters)]
    indexed = {"z", "y", *(each.name for each in parameters if each.per_class)}
    indexed |= {step for step, _, over in steps if not over}
    lines = []
    for step, text, over in steps:
        lines.append(Step(step, parse(text, names), over, frozenset(indexed)))
        names.append(step)
    about = "classification", "logits", "z", tuple(lines), parameters, source
    return Loss(name, title, *about, short=title, family=family or name)


def _straight(name: str) -> Parameter:
    return Parameter(name, "Where the straight part begins", 1.0, 0.05, 10.0, symbol=rf"\{name}", step=0.05)


_GAMMA = Parameter(
    "gamma", "Focus on hard samples", 2.0, 0.0, 5.0, "How strongly samples that are already right are played down.",
    r"\gamma", 0.5,
)  # fmt: skip
_ALPHA = Parameter("alpha", "Weight of the ones against the zeros", 0.5, symbol=r"\alpha", step=0.05)
_POSITIVE = Parameter("w", "Weight of the ones", 1.0, 0.1, 10.0, symbol="w", step=0.1)
_SMOOTHING = Parameter(
    "epsilon", "Label smoothing", 0.0, 0.0, 0.5,
    "Takes ε of the target away from the right class and gives every class an equal part of it.", r"\epsilon", 0.01,
)  # fmt: skip
_WEIGHTS = Parameter("w", "Weight of each class", 1.0, 0.0, 10.0, symbol="w", step=0.1, per_class=True)

_COSTS = (("m", "z", "max"), ("s", "exp(z - m)", "sum"), ("c", "m - z + log(s)", ""))
"""c = -ln softmax(z). The largest logit is taken off first, so that nothing overflows."""

_ALL = (
    scalar(
        "mse", "Squared error (MSE)", "regression", "number", "(p - y)**2", "Legendre, 1805; Gauss, 1809",
        short="MSE", family="squared",
    ),
    scalar(
        "mae", "Absolute error (MAE)", "regression", "number", "abs(p - y)", "Boscovich, 1757; Laplace, 1789",
        short="MAE",
    ),
    scalar(
        "huber", "Huber", "regression", "number",
        "where(abs(p - y) <= delta, 0.5*(p - y)**2, delta*(abs(p - y) - 0.5*delta))",
        "Huber, 1964: Robust estimation of a location parameter", _straight("delta"),
    ),
    scalar(
        "smooth-l1", "Smooth L1", "regression", "number",
        "where(abs(p - y) < beta, 0.5*(p - y)**2 / beta, abs(p - y) - 0.5*beta)",
        "Girshick, 2015: Fast R-CNN, arXiv:1504.08083", _straight("beta"),
    ),
    scalar(
        "quantile", "Quantile (pinball)", "regression", "number",
        "where(y > p, tau*(y - p), (1 - tau)*(p - y))",
        "Koenker and Bassett, 1978: Regression quantiles",
        Parameter("tau", "Which quantile it aims at", 0.8, 0.05, 0.95, symbol=r"\tau", step=0.05),
        short="Quantile",
    ),
    scalar(
        "bce", "Binary cross-entropy", "binary", "probability",
        "-w*y*log(p + 1e-12) - (1 - y)*log(1 - p + 1e-12)",
        "Cox, 1958: The regression analysis of binary sequences", _POSITIVE,
        short="Cross-entropy", family="cross-entropy",
    ),
    scalar(
        "focal", "Focal", "binary", "probability",
        "-alpha*y*(1 - p + 1e-12)**gamma*log(p + 1e-12)"
        " - (1 - alpha)*(1 - y)*(p + 1e-12)**gamma*log(1 - p + 1e-12)",
        "Lin et al., 2017: Focal loss, arXiv:1708.02002", _GAMMA, _ALPHA, family="focal",
    ),
    scalar(
        "brier", "Squared error of a probability", "binary", "probability", "(p - y)**2",
        "Brier, 1950: Verification of forecasts expressed in terms of probability",
        short="Squared error", family="squared",
    ),
    scalar(
        "bce-logits", "Binary cross-entropy", "binary", "logit", "w*y*softplus(-z) + (1 - y)*softplus(z)",
        "Cox, 1958: The regression analysis of binary sequences", _POSITIVE,
        short="Cross-entropy", family="cross-entropy",
    ),
    scalar(
        "sigmoid-mse", "Squared error of the sigmoid", "binary", "logit", "(sigmoid(z) - y)**2",
        "Rumelhart, Hinton and Williams, 1986: Learning representations by back-propagating errors",
        short="Squared error", family="squared",
    ),
    scalar(
        "hinge", "Hinge", "binary", "logit", "max(0, 1 - (2*y - 1)*z)",
        "Cortes and Vapnik, 1995: Support-vector networks", family="hinge",
    ),
    scalar(
        "focal-logits", "Focal", "binary", "logit",
        "alpha*y*exp(-gamma*softplus(z))*softplus(-z)"
        " + (1 - alpha)*(1 - y)*exp(-gamma*softplus(-z))*softplus(z)",
        "Lin et al., 2017: Focal loss, arXiv:1708.02002", _GAMMA, _ALPHA, family="focal",
    ),
    over_classes(
        "cross-entropy", "Cross-entropy",
        (*_COSTS, ("q", "(1 - epsilon)*y + epsilon/K", ""), ("L", "w*q*c", "sum")),
        "Bridle, 1990; label smoothing: Szegedy et al., 2016, arXiv:1512.00567", _SMOOTHING, _WEIGHTS,
    ),
    over_classes(
        "focal-classes", "Focal",
        (*_COSTS, ("L", "w*y*(1 - exp(-c) + 1e-12)**gamma*c", "sum")),
        "Lin et al., 2017: Focal loss, arXiv:1708.02002", _GAMMA, _WEIGHTS, family="focal",
    ),
    over_classes(
        "kl", "KL divergence",
        (*_COSTS, ("q", "(1 - epsilon)*y + epsilon/K", ""), ("L", "q*(log(max(q, 1e-38)) + c)", "sum")),
        "Kullback and Leibler, 1951: On information and sufficiency", _SMOOTHING,
    ),
    over_classes(
        "brier-classes", "Squared error of the softmax",
        (("m", "z", "max"), ("s", "exp(z - m)", "sum"), ("p", "exp(z - m) / s", ""), ("L", "(p - y)**2", "sum")),
        "Brier, 1950: Verification of forecasts expressed in terms of probability", family="squared",
    ),
    over_classes(
        "hinge-classes", "Hinge over classes",
        (("t", "y*z", "sum"), ("L", "(1 - y)*max(0, 1 + z - t) / K", "sum")),
        "Weston and Watkins, 1999: Support vector machines for multi-class pattern recognition", family="hinge",
    ),
)  # fmt: skip

LOSSES: dict[str, Loss] = {each.name: each for each in _ALL}
"""Every loss by its name, in the order of menus. The targets of binary losses are 0 and 1, or in between."""
