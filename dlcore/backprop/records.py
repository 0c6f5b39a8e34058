"""One update as a list of steps: forward layer by layer, the loss, back layer by layer, the update.

Every step has its formula in symbols and with the very numbers in it. The numbers are asked for by a place such as
"W.2.0.1" (layer 2, row 0, column 1) or "A.1.0.s" (layer 1, unit 0, the sample being looked at); whoever asks may answer
with a number, or with a place-holder that is filled later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from dlcore.backprop import gradients
from dlcore.backprop.lesson import Moment
from dlcore.backprop.matrices import Cell, batch, column, jacobian, matrix, vector
from dlcore.backprop.network import Network
from dlcore.formula import latex
from dlcore.functions.activations import activation
from dlcore.functions.losses import loss

SEPARATOR = r", \quad "
"""Between formulas that stand side by side."""
_HERE, _THERE = 9001.0, 9002.0
"""Numbers put into a loss's formula for prediction and target, to find their places in its LaTeX."""


@dataclass(frozen=True)
class Step:
    """kind: start, forward, loss, backward or update; layer: from 1 on, 0 where there is none."""

    kind: str
    layer: int
    title: str
    words: str
    symbols: str
    numbers: str


def steps(moment: Moment, sample: int = 0) -> tuple[Step, ...]:
    """All steps of one update; forward and back are written out for the batch's sample at `sample`."""
    found = values(moment)
    return layout(
        moment.lesson.network, len(moment.samples), lambda place, bracket: _written(found, place, bracket, sample)
    )


def _written(found: dict[str, Any], place: str, bracket: bool, sample: int) -> str:
    value = read(found, place.replace(".s", f".{sample}"))
    text = latex.number(value, 3)
    return rf"\left({text}\right)" if bracket and (value < 0 or r"\cdot" in text) else text


def values(moment: Moment) -> dict[str, Any]:
    """Every number of one update as nested lists, ready for JSON. Index 0 of a list of layers is the input."""
    passed, back = moment.passed, moment.back

    def layers(tensors: Iterable[Tensor | None]) -> list[Any]:
        return [None, *([] if each is None else each.tolist() for each in tensors)]

    return {
        "A": [each.tolist() for each in passed.A],
        "Z": layers(passed.Z),
        "W": layers(W for W, _ in moment.parameters),
        "b": layers(b.squeeze(1) for _, b in moment.parameters),
        "dA": layers(back.dA),
        "slope": layers(back.slope),
        "delta": layers(back.delta),
        "dW": layers(back.dW),
        "db": layers(each.squeeze(1) for each in back.db),
        "newW": layers(W for W, _ in moment.after),
        "newb": layers(b.squeeze(1) for _, b in moment.after),
        "dX": back.dX.tolist(),
        "Y": moment.Y.tolist(),
        "loss": passed.losses.tolist(),
        "J": passed.J,
        "newJ": moment.J_after,
        "rate": moment.lesson.rate,
    }


def read(found: dict[str, Any], place: str) -> float:
    """The number at a place. "wa.l.i.j.s" is a weight times what goes in, "dw.l.i.j.s" one sample's part of dW."""
    name, *indices = place.split(".")
    numbers = [int(each) for each in indices]
    if name in ("wa", "dw"):
        layer, i, j, s = numbers
        other = found["W"][layer][i][j] if name == "wa" else found["delta"][layer][i][s]
        return other * found["A"][layer - 1][j][s]
    value = found[name]
    for index in numbers:
        value = value[index]
    return value


def layout(network: Network, m: int, cell: Cell) -> tuple[Step, ...]:
    """The steps of an update with `m` samples, their numbers as `cell` writes them."""
    L, units = network.depth, network.units
    found = [
        Step(
            "start",
            0,
            "The input",
            "The sample enters the network.",
            "A^{[0]} = X",
            f"A^{{[0]}} = {column('A.0', units[0], cell)}",
        )
    ]
    for layer in range(1, L + 1):
        found.append(_forward(network, layer, cell))
    found.append(_loss(network, m, cell))
    for layer in range(L, 0, -1):
        found.append(_backward(network, layer, m, cell))
    found.append(_update(network, cell))
    return tuple(found)


def _forward(network: Network, layer: int, cell: Cell) -> Step:
    rows, before = network.units[layer], network.units[layer - 1]
    g = network.activations[layer - 1]
    z, a = column(f"Z.{layer}", rows, cell), column(f"A.{layer}", rows, cell)
    w, x = matrix(f"W.{layer}", rows, before, cell), column(f"A.{layer - 1}", before, cell)
    Z, A, b = _symbol("Z", layer), _symbol("A", layer), _symbol("b", layer)
    return Step(
        "forward",
        layer,
        f"Forward, layer {layer}",
        f"Each unit multiplies its inputs by its weights, adds them up with its bias, and applies {title(g)}.",
        _joined(f"{Z} = {_symbol('W', layer)} {_symbol('A', layer - 1)} + {b}", f"{A} = {_symbol('g', layer)}({Z})"),
        _joined(f"{Z} = {w} {x} + {vector(f'b.{layer}', rows, cell)} = {z}", f"{A} = {_named(g)}({Z}) = {a}"),
    )


def _loss(network: Network, m: int, cell: Cell) -> Step:
    mean, here = r"J = \frac{1}{m} \sum_s L_s", loss_numbers(network, cell)
    return Step(
        "loss",
        0,
        "The loss",
        f"How wrong the answer is: {loss(network.loss).title}, averaged over the batch.",
        _joined(f"L = {loss_formula(network)}", mean),
        _joined(here, f"{mean} = {cell('J', False)}") if m > 1 else f"J = {here}",
    )


def _backward(network: Network, layer: int, m: int, cell: Cell) -> Step:
    words, symbols, numbers = _delta(network, layer, cell)
    rows, before = network.units[layer], network.units[layer - 1]
    delta = _symbol(r"\delta", layer)
    by_w, by_b = (rf"\frac{{\partial J}}{{\partial {_symbol(name, layer)}}}" for name in "Wb")
    factor = "" if m == 1 else rf"\frac{{1}}{{{m}}} "
    product = (
        f"{batch(f'delta.{layer}', rows, m, cell)} {batch(f'A.{layer - 1}', before, m, cell, turned=True)} = "
        f"{matrix(f'dW.{layer}', rows, before, cell)}"
    )
    return Step(
        "backward",
        layer,
        f"Backward, layer {layer}",
        words,
        _joined(
            symbols,
            rf"{by_w} = \frac{{1}}{{m}} {delta} A^{{[{layer - 1}]T}}",
            rf"{by_b} = \frac{{1}}{{m}} \sum_s {delta}(s)",
        ),
        _joined(numbers, f"{by_w} = {factor}{product}", f"{by_b} = {vector(f'db.{layer}', rows, cell)}"),
    )


def _delta(network: Network, layer: int, cell: Cell) -> tuple[str, str, str]:
    """Words, symbols and numbers of δ[layer]."""
    rows, name, last = network.units[layer], network.activations[layer - 1], layer == network.depth
    delta, here = column(f"delta.{layer}", rows, cell), _symbol(r"\delta", layer)
    asked, by_a = column(f"dA.{layer}", rows, cell), rf"\frac{{\partial L}}{{\partial {_symbol('A', layer)}}}"
    if last and has_shortcut(network):
        return (
            "Softmax and this loss together have the simplest gradient of all.",
            f"{here} = {_symbol('A', layer)} - Y",
            f"{here} = {column(f'A.{layer}', rows, cell)} - {column('Y', rows, cell)} = {delta}",
        )
    if name == "softmax":
        return (
            "The Jacobian of softmax carries the gradient from the probabilities to the logits.",
            rf"{here} = \left(\frac{{\partial A}}{{\partial Z}}\right)^{{T}} {by_a}",
            f"{here} = {jacobian(layer, rows, cell)} {asked} = {delta}",
        )
    slope, by_z = column(f"slope.{layer}", rows, cell), rf"\odot g'({_symbol('Z', layer)})"
    if last:
        words = "δ is the slope of the loss times the slope of the activation."
        return words, f"{here} = {by_a} {by_z}", rf"{here} = {asked} \odot {slope} = {delta}"
    above = layer + 1
    wide = network.units[above]
    w, blame = matrix(f"W.{above}", wide, rows, cell, turned=True), column(f"delta.{above}", wide, cell)
    return (
        f"The errors δ of layer {above} come back through its weights, multiplied by the slope of the activation.",
        rf"{here} = \left(W^{{[{above}]T}} \delta^{{[{above}]}}\right) {by_z}",
        rf"{here} = \left({w} {blame}\right) \odot {slope} = {delta}",
    )


def _update(network: Network, cell: Cell) -> Step:
    lines = []
    for layer in range(1, network.depth + 1):
        rows, before = network.units[layer], network.units[layer - 1]
        old, slope, new = (matrix(f"{name}.{layer}", rows, before, cell) for name in ("W", "dW", "newW"))
        lines.append(rf"W^{{[{layer}]}} = {old} - {cell('rate', False)} {slope} = {new}")
        old, slope, new = (vector(f"{name}.{layer}", rows, cell) for name in ("b", "db", "newb"))
        lines.append(rf"b^{{[{layer}]}} = {old} - {cell('rate', False)} {slope} = {new}")
    rule = r"%s^{[l]} \leftarrow %s^{[l]} - \alpha \frac{\partial J}{\partial %s^{[l]}}"
    return Step(
        "update",
        0,
        "The update",
        "Every weight and bias takes one step against its gradient.",
        _joined(*(rule.replace("%s", name) for name in "Wb")),
        _joined(*lines),
    )


def _symbol(letter: str, layer: int) -> str:
    return f"{letter}^{{[{layer}]}}"


def _joined(*formulas: str) -> str:
    return SEPARATOR.join(formulas)


def title(name: str) -> str:
    """An activation's name as people write it."""
    return "softmax" if name == "softmax" else activation(name).title


def _named(name: str) -> str:
    return rf"\mathrm{{{title(name).split(' / ')[0].replace(' ', '~')}}}"


def has_shortcut(network: Network) -> bool:
    """Whether δ of the output is A − Y."""
    return gradients.has_shortcut(network.activations[-1], network.loss)


def loss_formula(network: Network) -> str:
    """The loss of a sample in symbols, with a for what the network says."""
    about = loss(network.loss)
    if network.activations[-1] == "softmax" and network.loss == "cross-entropy":
        return r"-\sum_k y_k \ln a_k"
    if about.kind == "classification":
        return r",\; ".join(f"{step.left} = {step.latex()}" for step in about.steps[:-1]) + rf",\; L = {about.latex()}"
    text = _elementwise(network, "a", "y")
    return text if network.units[-1] == 1 else rf"\sum_k \left({text}\right)"


def _elementwise(network: Network, prediction: str, target: str) -> str:
    about = loss(network.loss)
    given = {each.name: each.default for each in about.parameters} | {about.symbol: _HERE, "y": _THERE}
    return about.latex(given).replace("9001", prediction).replace("9002", target)


def loss_numbers(network: Network, cell: Cell) -> str:
    """The loss of the sample with its numbers."""
    L, units = network.depth, network.units[-1]
    result = cell("loss.s", False)
    if network.activations[-1] == "softmax" and network.loss == "cross-entropy":
        terms = " + ".join(rf"{cell(f'Y.{k}.s', False)} \ln {cell(f'A.{L}.{k}.s', True)}" for k in range(units))
        return rf"L = -\left({terms}\right) = {result}"
    if loss(network.loss).kind == "classification":
        return f"L = {result}"
    terms = [_elementwise(network, cell(f"A.{L}.{k}.s", True), cell(f"Y.{k}.s", True)) for k in range(units)]
    return rf"L = {' + '.join(terms)} = {result}" if units <= 2 else f"L = {result}"
