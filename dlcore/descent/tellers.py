"""The published formulas of every optimizer: what each step computes, in which order, as LaTeX with places for numbers.

A teller gets the terms of all steps of a trace, adds its own (arrays (n, d) or (n,)), and returns its formulas as pairs
of stage and template, and the whole update as one formula. It has to leave the step in `s`; `memory` is what is
remembered as a direction, `rate` the factor for each coordinate. A place is ⟨name of a term⟩.
"""

from collections.abc import Callable

import numpy as np

from dlcore.descent.trace import Trace

Terms = dict[str, np.ndarray]
Told = list[tuple[str, str]]


def _before(values: np.ndarray, first: float = 0.0) -> np.ndarray:
    """What `values` (n, …) were one step earlier."""
    return np.concatenate([np.full_like(values[:1], first), values[:-1]])


def _steps(terms: Terms) -> np.ndarray:
    return np.arange(1, len(terms["lr"]) + 1)


def _column(values: np.ndarray) -> np.ndarray:
    return values[:, None]


def _sgd(terms: Terms, trace: Trace) -> tuple[Told, str]:
    terms["rate"] = terms["lr"]
    terms["s"] = _column(terms["lr"]) * terms["g"]
    return [("scale", r"s = \alpha\, g = ⟨lr⟩ \cdot ⟨g⟩ = ⟨s⟩")], r"\theta - \alpha\, g = ⟨old⟩ - ⟨lr⟩ \cdot ⟨g⟩"


def _velocity(terms: Terms, trace: Trace) -> None:
    """torch keeps none where the momentum is 0: there it is the gradient itself."""
    terms["v"] = trace.state.get("momentum_buffer", terms["g"])
    terms["v_old"] = _before(terms["v"])


def _momentum(terms: Terms, trace: Trace) -> tuple[Told, str]:
    _velocity(terms, trace)
    terms["kept"] = np.where(terms["momentum"] > 0, 1 - terms["dampening"], 1.0)
    terms["kept"][:1] = 1.0  # torch's first velocity is the gradient itself, dampening or not
    terms["rate"], terms["memory"] = terms["lr"], terms["v"]
    terms["s"] = _column(terms["lr"]) * terms["v"]
    return [
        ("moments", r"v = \mu\, v + (1 - \tau)\, g = ⟨momentum⟩ \cdot ⟨v_old⟩ + ⟨kept⟩ \cdot ⟨g⟩ = ⟨v⟩"),
        ("scale", r"s = \alpha\, v = ⟨lr⟩ \cdot ⟨v⟩ = ⟨s⟩"),
    ], r"\theta - \alpha\, v = ⟨old⟩ - ⟨lr⟩ \cdot ⟨v⟩"


def _nesterov(terms: Terms, trace: Trace) -> tuple[Told, str]:
    _velocity(terms, trace)
    terms["rate"], terms["memory"] = terms["lr"], terms["v"]
    terms["s"] = _column(terms["lr"]) * (terms["g"] + _column(terms["momentum"]) * terms["v"])
    return [
        ("moments", r"v = \mu\, v + g = ⟨momentum⟩ \cdot ⟨v_old⟩ + ⟨g⟩ = ⟨v⟩"),
        ("scale", r"s = \alpha\,(g + \mu\, v) = ⟨lr⟩ \cdot \left(⟨g⟩ + ⟨momentum⟩ \cdot ⟨v⟩\right) = ⟨s⟩"),
    ], r"\theta - \alpha\,(g + \mu\, v) = ⟨old⟩ - ⟨lr⟩ \cdot \left(⟨g⟩ + ⟨momentum⟩ \cdot ⟨v⟩\right)"


def _adagrad(terms: Terms, trace: Trace) -> tuple[Told, str]:
    terms["sum"] = trace.state["sum"]
    terms["sum_old"] = _before(terms["sum"])
    slowed = terms["lr"] / (1 + (_steps(terms) - 1) * terms["lr_decay"])
    terms["rate"] = _column(slowed) / (np.sqrt(terms["sum"]) + _column(terms["eps"]))
    terms["s"] = terms["rate"] * terms["g"]
    return [
        ("moments", r"G = G + g^2 = ⟨sum_old⟩ + ⟨g2⟩ = ⟨sum⟩"),
        ("scale", r"\frac{\alpha}{\sqrt{G} + \epsilon} = ⟨rate⟩"),
        ("scale", r"s = \frac{\alpha}{\sqrt{G} + \epsilon} \odot g = ⟨rate⟩ \odot ⟨g⟩ = ⟨s⟩"),
    ], r"\theta - \frac{\alpha}{\sqrt{G} + \epsilon} \odot g = ⟨old⟩ - ⟨rate⟩ \odot ⟨g⟩"


def _rmsprop(terms: Terms, trace: Trace) -> tuple[Told, str]:
    terms["v"] = trace.state["square_avg"]
    terms["v_old"], terms["rest"] = _before(terms["v"]), 1 - terms["alpha"]
    terms["rate"] = _column(terms["lr"]) / (np.sqrt(terms["v"]) + _column(terms["eps"]))
    told = [
        ("moments", r"v = \rho\, v + (1 - \rho)\, g^2 = ⟨alpha⟩ \cdot ⟨v_old⟩ + ⟨rest⟩ \cdot ⟨g2⟩ = ⟨v⟩"),
        ("scale", r"\frac{\alpha}{\sqrt{v} + \epsilon} = ⟨rate⟩"),
    ]
    if "momentum_buffer" not in trace.state:
        terms["s"] = terms["rate"] * terms["g"]
        told.append(("scale", r"s = \frac{\alpha}{\sqrt{v} + \epsilon} \odot g = ⟨rate⟩ \odot ⟨g⟩ = ⟨s⟩"))
        return told, r"\theta - \frac{\alpha}{\sqrt{v} + \epsilon} \odot g = ⟨old⟩ - ⟨rate⟩ \odot ⟨g⟩"
    terms["b"] = terms["memory"] = trace.state["momentum_buffer"]
    terms["b_old"] = _before(terms["b"])
    terms["unit"] = terms["g"] / (np.sqrt(terms["v"]) + _column(terms["eps"]))
    terms["s"] = _column(terms["lr"]) * terms["b"]
    told[1:] = [
        ("scale", r"u = \frac{g}{\sqrt{v} + \epsilon} = ⟨unit⟩"),
        ("scale", r"b = \mu\, b + u = ⟨momentum⟩ \cdot ⟨b_old⟩ + ⟨unit⟩ = ⟨b⟩"),
        ("scale", r"s = \alpha\, b = ⟨lr⟩ \cdot ⟨b⟩ = ⟨s⟩"),
    ]
    return told, r"\theta - \alpha\, b = ⟨old⟩ - ⟨lr⟩ \cdot ⟨b⟩"


def _adadelta(terms: Terms, trace: Trace) -> tuple[Told, str]:
    terms["v"], terms["u"] = trace.state["square_avg"], trace.state["acc_delta"]
    terms["v_old"], terms["u_old"], terms["rest"] = _before(terms["v"]), _before(terms["u"]), 1 - terms["rho"]
    epsilon = _column(terms["eps"])
    terms["rate"] = _column(terms["lr"]) * np.sqrt(terms["u_old"] + epsilon) / np.sqrt(terms["v"] + epsilon)
    terms["s"] = terms["rate"] * terms["g"]
    return [
        ("moments", r"v = \rho\, v + (1 - \rho)\, g^2 = ⟨rho⟩ \cdot ⟨v_old⟩ + ⟨rest⟩ \cdot ⟨g2⟩ = ⟨v⟩"),
        ("scale", r"\alpha\,\frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}} = ⟨rate⟩"),
        ("scale", r"s = \alpha\,\frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}} \odot g = ⟨rate⟩ \odot ⟨g⟩ = ⟨s⟩"),
        ("scale", r"u = \rho\, u + (1 - \rho)\left(\frac{s}{\alpha}\right)^{2} = ⟨u⟩"),
    ], r"\theta - \alpha\,\frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}} \odot g = ⟨old⟩ - ⟨rate⟩ \odot ⟨g⟩"


_FIRST = r"m = \beta_1 m + (1 - \beta_1)\, g = ⟨beta1⟩ \cdot ⟨m_old⟩ + ⟨rest1⟩ \cdot ⟨g⟩ = ⟨m⟩"
_SECOND = r"v = \beta_2 v + (1 - \beta_2)\, g^2 = ⟨beta2⟩ \cdot ⟨v_old⟩ + ⟨rest2⟩ \cdot ⟨g2⟩ = ⟨v⟩"
_FIRST_HAT = r"\hat m = \frac{m}{1 - \beta_1^{t}} = ⟨m⟩ \,/\, ⟨c1⟩ = ⟨mhat⟩"
_SECOND_HAT = r"\hat v = \frac{v}{1 - \beta_2^{t}} = ⟨v⟩ \,/\, ⟨c2⟩ = ⟨vhat⟩"
_STEP = r"\frac{\alpha}{\sqrt{\hat v} + \epsilon}"


def _moments(terms: Terms, trace: Trace, second: str = "exp_avg_sq") -> None:
    """What all of Adam's family has in common."""
    beta1, beta2, t = terms["beta1"], terms["beta2"], _steps(terms)
    terms["m"], terms["v"] = trace.state["exp_avg"], trace.state[second]
    terms["m_old"], terms["v_old"] = _before(terms["m"]), _before(terms["v"])
    terms["rest1"], terms["rest2"] = 1 - beta1, 1 - beta2
    terms["c1"], terms["c2"] = 1 - beta1**t, 1 - beta2**t
    terms["mhat"], terms["vhat"] = terms["m"] / _column(terms["c1"]), terms["v"] / _column(terms["c2"])
    terms["memory"] = terms["m"]


def _adam(terms: Terms, trace: Trace) -> tuple[Told, str]:
    _moments(terms, trace)
    told = [("moments", _FIRST), ("moments", _SECOND), ("bias", _FIRST_HAT), ("bias", _SECOND_HAT)]
    if "max_exp_avg_sq" in trace.state:
        terms["vmax"] = trace.state["max_exp_avg_sq"]
        terms["vhat"] = terms["vmax"] / _column(terms["c2"])
        told[2:] = [
            ("moments", r"v_{\max} = \max(v_{\max}, v) = ⟨vmax⟩"),
            ("bias", _FIRST_HAT),
            ("bias", r"\hat v = \frac{v_{\max}}{1 - \beta_2^{t}} = ⟨vmax⟩ \,/\, ⟨c2⟩ = ⟨vhat⟩"),
        ]
    terms["rate"] = _column(terms["lr"]) / (np.sqrt(terms["vhat"]) + _column(terms["eps"]))
    terms["s"] = terms["rate"] * terms["mhat"]
    told.append(("scale", rf"{_STEP} = ⟨rate⟩"))
    if "weight_decay" not in terms:
        told.append(("scale", rf"s = {_STEP} \odot \hat m = ⟨rate⟩ \odot ⟨mhat⟩ = ⟨s⟩"))
        return told, rf"\theta - {_STEP} \odot \hat m = ⟨old⟩ - ⟨rate⟩ \odot ⟨mhat⟩"
    terms["shrink"] = terms["lr"] * terms["weight_decay"]
    terms["s"] = terms["s"] + _column(terms["shrink"]) * terms["old"]
    told.append(
        (
            "scale",
            rf"s = {_STEP} \odot \hat m + \alpha\lambda\,\theta = ⟨rate⟩ \odot ⟨mhat⟩ + ⟨shrink⟩ \cdot ⟨old⟩ = ⟨s⟩",
        )
    )
    return told, rf"\theta - \alpha\lambda\,\theta - {_STEP} \odot \hat m = ⟨old⟩ - ⟨s⟩"


def _nadam(terms: Terms, trace: Trace) -> tuple[Told, str]:
    _moments(terms, trace)
    product, t = trace.state["mu_product"], _steps(terms)
    mu, following = (terms["beta1"] * (1 - 0.5 * 0.96 ** (at * terms["momentum_decay"])) for at in (t, t + 1))
    terms["a"], terms["b"] = (1 - mu) / (1 - product), following / (1 - product * following)
    terms["rate"] = _column(terms["lr"]) / (np.sqrt(terms["vhat"]) + _column(terms["eps"]))
    terms["ahead"] = _column(terms["a"]) * terms["g"] + _column(terms["b"]) * terms["m"]
    terms["s"] = terms["rate"] * terms["ahead"]
    ahead = r"\frac{1 - \mu_t}{1 - \prod \mu}\, g + \frac{\mu_{t+1}}{1 - \prod \mu}\, m"
    return [
        ("moments", _FIRST),
        ("moments", _SECOND),
        ("bias", rf"\bar m = {ahead} = ⟨a⟩ \cdot ⟨g⟩ + ⟨b⟩ \cdot ⟨m⟩ = ⟨ahead⟩"),
        ("bias", _SECOND_HAT),
        ("scale", rf"{_STEP} = ⟨rate⟩"),
        ("scale", rf"s = {_STEP} \odot \bar m = ⟨rate⟩ \odot ⟨ahead⟩ = ⟨s⟩"),
    ], rf"\theta - {_STEP} \odot \bar m = ⟨old⟩ - ⟨rate⟩ \odot ⟨ahead⟩"


def _radam(terms: Terms, trace: Trace) -> tuple[Told, str]:
    _moments(terms, trace)
    beta2, t = terms["beta2"], _steps(terms)
    limit = 2 / (1 - beta2) - 1
    terms["rho"] = limit - 2 * t * beta2**t / terms["c2"]
    trusted = terms["rho"] > 5
    rho = np.where(trusted, terms["rho"], 6.0)
    terms["r"] = np.sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho))
    scaled = _column(terms["r"]) / ((np.sqrt(terms["v"]) + _column(terms["eps"])) / np.sqrt(_column(terms["c2"])))
    terms["rate"] = _column(terms["lr"]) * np.where(_column(trusted), scaled, 1.0)
    terms["s"] = terms["rate"] * terms["mhat"]
    return [
        ("moments", _FIRST),
        ("moments", _SECOND),
        ("bias", _FIRST_HAT),
        ("bias", r"\rho_t = \rho_\infty - \frac{2 t \beta_2^{t}}{1 - \beta_2^{t}} = ⟨rho⟩"),
        (
            "scale",
            r"a = \begin{cases} \alpha\, r_t / (\sqrt{\hat v} + \epsilon) & \text{if } \rho_t > 5 \\"
            r" \alpha & \text{else} \end{cases} = ⟨rate⟩",
        ),
        ("scale", r"s = a \odot \hat m = ⟨rate⟩ \odot ⟨mhat⟩ = ⟨s⟩"),
    ], r"\theta - a \odot \hat m = ⟨old⟩ - ⟨rate⟩ \odot ⟨mhat⟩"


def _adamax(terms: Terms, trace: Trace) -> tuple[Told, str]:
    _moments(terms, trace, "exp_inf")
    terms["rate"] = _column(terms["lr"]) / terms["v"]
    terms["s"] = terms["rate"] * terms["mhat"]
    return [
        ("moments", _FIRST),
        ("moments", r"u = \max(\beta_2 u,\; |g| + \epsilon) = ⟨v⟩"),
        ("bias", _FIRST_HAT),
        ("scale", r"\frac{\alpha}{u} = ⟨rate⟩"),
        ("scale", r"s = \frac{\alpha}{u} \odot \hat m = ⟨rate⟩ \odot ⟨mhat⟩ = ⟨s⟩"),
    ], r"\theta - \frac{\alpha}{u} \odot \hat m = ⟨old⟩ - ⟨rate⟩ \odot ⟨mhat⟩"


def _rprop(terms: Terms, trace: Trace) -> tuple[Told, str]:
    terms["size"], terms["used"] = trace.state["step_size"], trace.state["prev"]
    terms["g_old"] = _before(terms["used"])
    terms["size_old"] = _before(terms["size"], trace.racer.rate)
    terms["rate"] = terms["size"]
    terms["s"] = np.sign(terms["used"]) * terms["size"]
    return [
        ("moments", r"g_{\text{last}} = ⟨g_old⟩,\quad \eta_{\text{last}} = ⟨size_old⟩"),
        (
            "scale",
            r"\eta = \begin{cases} \eta^{+} \eta & \text{same sign} \\ \eta^{-} \eta & \text{sign flipped} \\"
            r" \eta & \text{one is zero} \end{cases} = ⟨size⟩",
        ),
        ("scale", r"s = \eta \odot \operatorname{sign}(g) \text{, 0 where it flipped} = ⟨s⟩"),
    ], r"\theta - \eta \odot \operatorname{sign}(g) = ⟨old⟩ - ⟨s⟩"


def _lbfgs(terms: Terms, trace: Trace) -> tuple[Told, str]:
    if "d" not in trace.state:  # it never took a step: the slope was zero from the start
        return untold(terms, trace)
    terms["s"] = terms["old"] - terms["new"]
    terms["tries"] = trace.evaluations.astype(float)
    terms["d"], terms["t"] = trace.state["d"], trace.state["t"]
    terms["memory"] = -terms["d"]
    return [
        ("moments", r"d = -B\, g = ⟨d⟩ \quad (B \approx H^{-1} \text{, learned})"),
        ("scale", r"t = ⟨t⟩ \quad \text{found with } ⟨tries⟩ \text{ gradients}"),
        ("scale", r"s = -t\, d = ⟨s⟩"),
    ], r"\theta + t\, d = ⟨old⟩ + ⟨t⟩ \cdot ⟨d⟩"


def untold(terms: Terms, trace: Trace) -> tuple[Told, str]:
    """Of an optimizer whose formulas nobody has written down here: the step alone."""
    terms["s"] = terms["old"] - terms["new"]
    return [("scale", r"s = ⟨s⟩")], r"\theta - s = ⟨old⟩ - ⟨s⟩"


def _newton(terms: Terms, trace: Trace) -> tuple[Told, str]:
    terms["eigenvalues"], terms["d"] = trace.state["eigenvalues"], trace.state["direction"]
    terms["s"] = terms["old"] - terms["new"]
    inverse = r"|H|^{-1}" if trace.racer.settings["saddle_free"] else r"H^{-1}"
    damped = trace.racer.settings["damping"] > 0
    if damped:
        inverse = inverse.replace("|H|", r"(|H| + \delta I)") if "|" in inverse else r"(H + \delta I)^{-1}"
    return [
        ("moments", r"\text{eigenvalues of } H \text{: } ⟨eigenvalues⟩"),
        ("scale", rf"{inverse} g = -⟨d⟩"),
        ("scale", rf"s = \alpha\, {inverse} g = ⟨s⟩ \quad \text{{(no longer than }} ⟨longest⟩ \text{{)}}"),
    ], rf"\theta - \alpha\, {inverse} g = ⟨old⟩ - ⟨s⟩"


TELLERS: dict[str, Callable[[Terms, Trace], tuple[Told, str]]] = {
    "sgd": _sgd, "momentum": _momentum, "nesterov": _nesterov, "adagrad": _adagrad, "rmsprop": _rmsprop,
    "adadelta": _adadelta, "adam": _adam, "amsgrad": _adam, "adamw": _adam, "nadam": _nadam, "radam": _radam,
    "adamax": _adamax, "rprop": _rprop, "lbfgs": _lbfgs, "newton": _newton,
}  # fmt: skip
"""Name of an optimizer → who tells its steps; `untold` does for any other."""
