"""One unit of a recurrent layer in one step: every formula of its cell with the numbers in it."""

from collections.abc import Callable
from dataclasses import dataclass

from dlcore.errors import InvalidValue
from dlcore.inspect.unroll import Layer

LETTERS = {
    "sum": "a", "hidden": "h", "alpha": r"\alpha", "reset": "r", "update": "z",
    "input": "i", "forget": "f", "output": "o", "cell": "c",
}  # fmt: skip
CANDIDATES = {"simple-gated": r"\tilde h", "gru": "n", "lstm": "g"}


@dataclass(frozen=True)
class Term:
    """One line of a unit's step. latex: the formula; numbers: the same with this step's numbers; value: its result."""

    name: str
    latex: str
    numbers: str
    value: float


Numbers = dict[str, float]
Lines = Callable[[Numbers, Numbers, list[float], list[float]], list[Term]]
"""From this step's values, the states before it, and each block's W x_t + b and U h_{t−1} + b."""


def terms(layer: Layer, step: int, unit: int) -> tuple[Term, ...]:
    """How one unit goes through one step: every formula of its cell, in order, with the numbers in it.

    Sums over many inputs are shown as what the inputs give (W x_t + b) and what the unit's layer remembers gives
    (U h_{t−1} + b). step and unit count from 0. Raises InvalidValue for ones that there are not.
    """
    for name, value, most in (("step", step, len(layer.hidden)), ("unit", unit, layer.hidden.shape[1])):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < most:
            raise InvalidValue(f"{name} must be a whole number from 0 to {most - 1}, got {value!r}")
    numbers = {name: value[step, unit].item() for name, value in layer.values.items()}
    previous = {name: layer.before(name)[step, unit].item() for name in ("hidden", "cell") if name in layer.values}
    weights, size = layer.weights, layer.hidden.shape[1]
    rows = slice(unit, None, size)
    now = (weights.inputs[rows] @ layer.seen[step] + weights.input_bias[rows]).tolist()
    held = (weights.hidden[rows] @ layer.before("hidden")[step] + weights.hidden_bias[rows]).tolist()
    return tuple(_TERMS[layer.cell](numbers, previous, now, held))


def _term(name: str, cell: str, formula: str, numbers: str, values: Numbers) -> Term:
    letter = CANDIDATES[cell] if name == "candidate" else LETTERS[name]
    value = values[name]
    return Term(name, f"{letter}_t = {formula}", f"{letter}_t = {numbers} = {_shown(value)}", value)


def _gate(name: str, cell: str, function: str, values: Numbers, now: float, held: float) -> Term:
    mark = CANDIDATES[cell] if name == "candidate" else LETTERS[name]
    formula = rf"{function}(W_{{{mark}}} x_t + U_{{{mark}}} h_{{t-1}} + b_{{{mark}}})"
    return _term(name, cell, formula, f"{function}({_shown(now)} {_signed(held)})", values)


def _lstm(v: Numbers, p: Numbers, now: list[float], held: list[float]) -> list[Term]:
    names = (("input", r"\sigma"), ("forget", r"\sigma"), ("candidate", r"\tanh"), ("output", r"\sigma"))
    gates = [_gate(name, "lstm", function, v, *each)
             for (name, function), *each in zip(names, now, held, strict=True)]  # fmt: skip
    kept = rf"{_shown(v['forget'])} \cdot {_held(p['cell'])} + {_shown(v['input'])} \cdot {_held(v['candidate'])}"
    said = rf"{_shown(v['output'])} \cdot \tanh({_shown(v['cell'])})"
    return [
        *gates,
        _term("cell", "lstm", r"f_t\, c_{t-1} + i_t\, g_t", kept, v),
        _term("hidden", "lstm", r"o_t \tanh(c_t)", said, v),
    ]


def _gru(v: Numbers, p: Numbers, now: list[float], held: list[float]) -> list[Term]:
    inner = rf"\tanh({_shown(now[2])} + {_shown(v['reset'])} \cdot {_held(held[2])})"
    mixed = (
        rf"(1 - {_shown(v['update'])}) \cdot {_held(v['candidate'])} + {_shown(v['update'])} \cdot {_held(p['hidden'])}"
    )
    return [
        _gate("reset", "gru", r"\sigma", v, now[0], held[0]),
        _gate("update", "gru", r"\sigma", v, now[1], held[1]),
        _term("candidate", "gru", r"\tanh(W_n x_t + b_n + r_t\, (U_n h_{t-1} + b'_n))", inner, v),
        _term("hidden", "gru", r"(1 - z_t)\, n_t + z_t\, h_{t-1}", mixed, v),
    ]


def _simple(v: Numbers, p: Numbers, now: list[float], held: list[float]) -> list[Term]:
    mixed = (
        rf"{_shown(v['alpha'])} \cdot {_held(v['candidate'])} + (1 - {_shown(v['alpha'])}) \cdot {_held(p['hidden'])}"
    )
    return [
        _term("candidate", "simple-gated", r"\tanh(W x_t + U h_{t-1} + b)",
              rf"\tanh({_shown(now[0])} {_signed(held[0])})", v),
        _gate("alpha", "simple-gated", r"\sigma", v, now[1], held[1]),
        _term("hidden", "simple-gated", r"\alpha_t\, \tilde h_t + (1 - \alpha_t)\, h_{t-1}", mixed, v),
    ]  # fmt: skip


def _plain(cell: str, function: str) -> Lines:
    def lines(v: Numbers, p: Numbers, now: list[float], held: list[float]) -> list[Term]:
        return [
            _term("sum", cell, r"W x_t + U h_{t-1} + b", f"{_shown(now[0])} {_signed(held[0])}", v),
            _term("hidden", cell, rf"{function}(a_t)", rf"{function}({_shown(v['sum'])})", v),
        ]

    return lines


_TERMS: dict[str, Lines] = {
    "lstm": _lstm,
    "gru": _gru,
    "simple-gated": _simple,
    "rnn-tanh": _plain("rnn-tanh", r"\tanh"),
    "rnn-relu": _plain("rnn-relu", r"\mathrm{ReLU}"),
}


def _shown(value: float) -> str:
    return f"{value:.3f}"


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'} {abs(value):.3f}"


def _held(value: float) -> str:
    return f"({value:.3f})" if value < 0 else f"{value:.3f}"
