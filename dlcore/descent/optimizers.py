"""Every optimizer of torch that makes sense on two numbers, with its settings, and Newton's method beside them.

Left out: Muon (and Adafactor), which work on weight matrices. Muon replaces a matrix of momentum by the nearest
orthogonal one; of a single row of two numbers that leaves the direction and throws the length away, which says nothing
about Muon.
"""

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from dlcore.descent.newton import Newton
from dlcore.descent.objective import Objective
from dlcore.errors import InvalidValue
from dlcore.formula.parameter import Parameter, all_checked

Settings = Mapping[str, float | bool]

LOWEST_RATE, HIGHEST_RATE = 1e-6, 10.0
MOST_TRIES = 25
"""Gradients that a line search may ask for in one step."""


def _rate(default: float, title: str = "Learning rate α") -> Parameter:
    return Parameter(
        "lr", title, default, LOWEST_RATE, HIGHEST_RATE, "How far one step goes.", r"\alpha", log=True
    )  # fmt: skip


def _share(name: str, title: str, default: float, symbol: str, help: str, high: float = 0.9999) -> Parameter:
    return Parameter(name, title, default, 0.0, high, help, symbol)


_MOMENTUM = _share(
    "momentum", "Momentum μ", 0.9, r"\mu", "The share of the last velocity that is kept. 0.9 remembers about ten steps."
)
_BETA1 = _share("beta1", "β₁", 0.9, r"\beta_1", "The share of the running mean of gradients that is kept.")
_BETA2 = _share("beta2", "β₂", 0.999, r"\beta_2", "The share of the running mean of squared gradients that is kept.")


def _epsilon(default: float) -> Parameter:
    return Parameter(
        "eps", "ε", default, 1e-16, 1.0, "Keeps the division finite where gradients are tiny.", r"\epsilon", log=True
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Rule:
    """One optimizer.

    scales: what a good learning rate depends on: "slope" (steps are in proportion to the gradient: the curvature),
        "length" (steps have a length of their own: it is the size of the landscape), "both" or "nothing"
    share: for "length" and "both": the share of the landscape's width that is a good rate
    arguments: settings → the keyword arguments of the torch class
    state: names in the optimizer's state that are worth recording
    """

    name: str
    title: str
    kind: type[torch.optim.Optimizer]
    settings: tuple[Parameter, ...]
    about: str
    source: str
    state: tuple[str, ...] = ()
    scales: str = "slope"
    share: float = 0.0
    arguments: Callable[[Settings], dict[str, Any]] = dict

    def checked(self, settings: Settings | None = None) -> dict[str, float | bool]:
        """All settings, those that are not given at their defaults; InvalidValue for what is not allowed."""
        return all_checked(self.name, self.settings, settings or {})

    def build(self, theta: Tensor, settings: Settings, objective: Objective) -> torch.optim.Optimizer:
        """The optimizer of the parameter `theta` (d,)."""
        needs: dict[str, Any] = {"hessian": objective.hessian} if self.kind is Newton else {}
        return self.kind([theta], **needs, **self.arguments(settings))

    def code(self, settings: Settings, objective: str = "objective") -> str:
        """The call that builds it for `theta`, as Python. objective: what the objective is called there."""
        library = "" if self.kind is Newton else "torch.optim."
        needs = [f"{objective}.hessian"] if self.kind is Newton else []
        given = [f"{name}={value!r}" for name, value in self.arguments(settings).items()]
        return f"{library}{self.kind.__name__}({', '.join(['[theta]', *needs, *given])})"

    def suited(self, objective: Objective) -> float:
        """A learning rate that suits a landscape: rounded down to one digit, within limits.

        For steps in proportion to the slope it is just below 1/λmax, with the largest curvature at the start and at the
        minima; half of what would diverge there.
        """
        if self.scales == "nothing":
            return self.settings[0].default
        wanted = math.inf
        if self.scales in ("length", "both"):
            wanted = self.share * max(high - low for low, high in objective.bounds)
        if self.scales in ("slope", "both"):
            places = torch.tensor([objective.start, *objective.minima], dtype=torch.float64)
            bends = torch.linalg.eigvalsh(torch.nan_to_num(objective.hessian(places)))
            wanted = min(wanted, 1 / max(bends.abs().max().item(), 1e-6))
        return min(max(_one_digit(wanted), LOWEST_RATE), 1.0)


def _one_digit(value: float) -> float:
    power = math.floor(math.log10(value))
    return float(f"{math.floor(value / 10**power + 1e-9)}e{power}")


def _betas(settings: Settings) -> dict[str, Any]:
    rest = {name: value for name, value in settings.items() if name not in ("beta1", "beta2")}
    return {**rest, "betas": (settings["beta1"], settings["beta2"])}


def _with(**fixed: Any) -> Callable[[Settings], dict[str, Any]]:
    return lambda settings: {**(_betas(settings) if "beta1" in settings else settings), **fixed}


def _nesterov(settings: Settings) -> dict[str, Any]:
    return {**settings, "nesterov": settings["momentum"] > 0}  # torch refuses it without momentum: plain descent


def _rprop(settings: Settings) -> dict[str, Any]:
    return {"lr": settings["lr"], "etas": (settings["shrink"], settings["grow"])}


def _lbfgs(settings: Settings) -> dict[str, Any]:
    search = "strong_wolfe" if settings["line_search"] else None
    rest = {"history_size": settings["history"], "line_search_fn": search}
    return {"lr": settings["lr"], "max_iter": 1, "max_eval": MOST_TRIES, **rest}


_RULES = (
    Rule(
        "sgd", "SGD", torch.optim.SGD, (_rate(0.05),),
        "Straight down the slope; the steeper, the longer the step.", "Cauchy, 1847",
    ),
    Rule(
        "momentum", "Momentum", torch.optim.SGD,
        (_rate(0.05), _MOMENTUM,
         _share("dampening", "Dampening τ", 0.0, r"\tau", "The share of each new gradient that is left out.", 1.0)),
        "A heavy ball: each gradient changes its velocity, and the velocity moves it.",
        "Polyak, 1964, doi:10.1016/0041-5553(64)90137-5", ("momentum_buffer",),
    ),
    Rule(
        "nesterov", "Nesterov", torch.optim.SGD, (_rate(0.05), _MOMENTUM),
        "Momentum that looks ahead: it corrects where the velocity is about to lead.",
        "Nesterov, 1983; Sutskever et al., 2013", ("momentum_buffer",), arguments=_nesterov,
    ),
    Rule(
        "adagrad", "AdaGrad", torch.optim.Adagrad,
        (_rate(0.5),
         Parameter("lr_decay", "Decay of the rate", 0.0, 0.0, 1.0, "Divides the rate by 1 + (t − 1) · decay.", r"\eta"),
         _epsilon(1e-10)),
        "Divides each coordinate by the root of all its squared gradients so far: steps only ever shrink.",
        "Duchi et al., 2011, jmlr.org/papers/v12/duchi11a.html", ("sum",), "length", 0.08,
    ),
    Rule(
        "rmsprop", "RMSprop", torch.optim.RMSprop,
        (_rate(0.05), _share("alpha", "Memory ρ", 0.99, r"\rho", "The share of the mean of squares that is kept."),
         _share("momentum", "Momentum μ", 0.0, r"\mu", "The share of the last velocity that is kept."), _epsilon(1e-8)),
        "AdaGrad that forgets: a running mean of squared gradients instead of their sum.",
        "Tieleman and Hinton, 2012", ("square_avg", "momentum_buffer"), "length", 0.01,
    ),
    Rule(
        "adadelta", "Adadelta", torch.optim.Adadelta,
        (_rate(1.0), _share("rho", "Memory ρ", 0.9, r"\rho", "The share of both running means that is kept."),
         _epsilon(1e-6)),
        "Needs no learning rate: it measures its steps in units of its last steps. It starts slowly.",
        "Zeiler, 2012, arXiv:1212.5701", ("square_avg", "acc_delta"), "nothing",
    ),
    Rule(
        "adam", "Adam", torch.optim.Adam, (_rate(0.1), _BETA1, _BETA2, _epsilon(1e-8)),
        "Momentum divided by the root of the mean squared gradient: every coordinate takes steps of about α.",
        "Kingma and Ba, 2015, arXiv:1412.6980", ("exp_avg", "exp_avg_sq"), "length", 0.02, _with(),
    ),
    Rule(
        "amsgrad", "AMSGrad", torch.optim.Adam, (_rate(0.1), _BETA1, _BETA2, _epsilon(1e-8)),
        "Adam that divides by the largest mean square so far, so that its steps cannot grow again.",
        "Reddi et al., 2018, arXiv:1904.09237", ("exp_avg", "exp_avg_sq", "max_exp_avg_sq"), "length", 0.02,
        _with(amsgrad=True),
    ),
    Rule(
        "adamw", "AdamW", torch.optim.AdamW,
        (_rate(0.1), _BETA1, _BETA2, _epsilon(1e-8),
         Parameter("weight_decay", "Weight decay λ", 0.01, 0.0, 1.0, "Pull towards zero, apart from the gradient.",
                   r"\lambda")),
        "Adam, with a pull towards zero that is kept out of the moments.",
        "Loshchilov and Hutter, 2019, arXiv:1711.05101", ("exp_avg", "exp_avg_sq"), "length", 0.02, _with(),
    ),
    Rule(
        "nadam", "NAdam", torch.optim.NAdam,
        (_rate(0.1), _BETA1, _BETA2, _epsilon(1e-8),
         Parameter("momentum_decay", "Momentum decay ψ", 0.004, 0.0, 1.0, "How fast it reaches β₁.", r"\psi")),
        "Adam with Nesterov's look ahead.", "Dozat, 2016, openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ",
        ("exp_avg", "exp_avg_sq", "mu_product"), "length", 0.02, _with(),
    ),
    Rule(
        "radam", "RAdam", torch.optim.RAdam, (_rate(0.1), _BETA1, _BETA2, _epsilon(1e-8)),
        "Adam that does not divide at all until its mean square can be trusted.",
        "Liu et al., 2020, arXiv:1908.03265", ("exp_avg", "exp_avg_sq"), "both", 0.02, _with(),
    ),
    Rule(
        "adamax", "Adamax", torch.optim.Adamax, (_rate(0.1), _BETA1, _BETA2, _epsilon(1e-8)),
        "Adam with the largest recent gradient in place of the root mean square.",
        "Kingma and Ba, 2015, arXiv:1412.6980", ("exp_avg", "exp_inf"), "length", 0.02, _with(),
    ),
    Rule(
        "rprop", "Rprop", torch.optim.Rprop,
        (_rate(0.05, "First step length α"),
         Parameter("grow", "Growth η⁺", 1.2, 1.0001, 3.0, "Lengthens the step while the sign stays.", r"\eta^{+}"),
         Parameter("shrink", "Shrinking η⁻", 0.5, 0.01, 0.9999, "Shortens it when the sign flips.", r"\eta^{-}")),
        "Looks only at signs: while the slope keeps its sign the step grows, when it flips the step shrinks.",
        "Riedmiller and Braun, 1993, doi:10.1109/ICNN.1993.298623", ("step_size", "prev"), "length", 0.01, _rprop,
    ),
    Rule(
        "lbfgs", "L-BFGS", torch.optim.LBFGS,
        (_rate(1.0), Parameter("history", "Steps remembered", 10, 1, 100, "Pairs of steps and gradient changes that "
                               "estimate the curvature.", integer=True),
         Parameter("line_search", "Line search", True, 0, 1, "Tries lengths until the step is good (strong Wolfe).")),
        "Learns the curvature from how the gradient changed along its last steps.",
        "Liu and Nocedal, 1989, doi:10.1007/BF01589116", ("d", "t"), "nothing", arguments=_lbfgs,
    ),
    Rule(
        "newton", "Newton", Newton,
        (_rate(1.0), Parameter("damping", "Damping δ", 0.0, 0.0, 1000.0, "Added to every curvature.", r"\delta"),
         Parameter("saddle_free", "Saddle-free", True, 0, 1, "Take |λ| for each curvature λ: every step leads down."),
         Parameter("longest", "Longest step", 10.0, 0.001, 1000.0, "No step is longer than this.")),
        "Divides by the curvature itself: on a quadratic bowl it needs one step.",
        "Newton, 1669; saddle-free: Dauphin et al., 2014, arXiv:1406.2572", ("eigenvalues", "direction"), "nothing",
    ),
)  # fmt: skip

OPTIMIZERS: dict[str, Rule] = {each.name: each for each in _RULES}
"""Name, as in links and in code → the optimizer, in the order of menus."""


@dataclass(frozen=True)
class Racer:
    """An optimizer with all its settings."""

    rule: Rule
    settings: Settings

    @property
    def rate(self) -> float:
        """Its learning rate, before any schedule."""
        return self.settings["lr"]

    def at(self, rate: float) -> "Racer":
        """The same at another learning rate, whatever the limits of the control for it are."""
        return Racer(self.rule, {**self.settings, "lr": rate})

    def code(self, objective: str = "objective") -> str:
        """The call that builds it for `theta`, as Python. objective: what the objective is called there."""
        return self.rule.code(self.settings, objective)


def optimizer(name: str, **settings: float | bool) -> Racer:
    """The optimizer called `name`, set up; InvalidValue for what is not known or not allowed."""
    if name not in OPTIMIZERS:
        close = difflib.get_close_matches(str(name), OPTIMIZERS, n=1)
        hint = f": did you mean {close[0]!r}?" if close else f": it is one of {', '.join(OPTIMIZERS)}"
        raise InvalidValue(f"unknown optimizer {name!r}{hint}")
    return Racer(OPTIMIZERS[name], OPTIMIZERS[name].checked(settings))
