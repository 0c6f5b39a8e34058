"""What one unit, one weight, one input or the loss computes, and its chain of partial derivatives."""

import re
from dataclasses import dataclass

from dlcore.backprop.derivatives import DERIVATIVES
from dlcore.backprop.matrices import Cell
from dlcore.backprop.network import Network
from dlcore.backprop.records import has_shortcut, loss_formula, loss_numbers, title
from dlcore.functions.activations import activation
from dlcore.functions.losses import loss

MAX_TERMS = 4


@dataclass(frozen=True)
class Line:
    """A formula with a word on what it is for."""

    label: str
    latex: str


def unit(network: Network, layer: int, m: int, cell: Cell) -> tuple[Line, ...]:
    """Unit i of a layer: forward, then back. The numbers are those at i and s."""
    i, before = cell("+i", False), network.units[layer - 1]
    z, a, here = _of("z", i, layer), _of("a", i, layer), rf"\delta_{{{i}}}^{{[{layer}]}}"
    products = _sum([(f"W.{layer}.i.{j}", f"A.{layer - 1}.{j}.s") for j in range(before)], cell)
    name = network.activations[layer - 1]
    lines = [
        Line(
            "Weighted sum",
            rf"{z} = \sum_j w_{{{i}j}}^{{[{layer}]}} a_j^{{[{layer - 1}]}} + b_{{{i}}}^{{[{layer}]}} = {products} + "
            rf"{cell(f'b.{layer}.i', True)} = {cell(f'Z.{layer}.i.s', False)}",
        ),
        Line(f"Activate: {title(name)}", _activated(network, layer, a, z, cell)),
        Line("Gradient by its output", _upstream(network, layer, i, cell)),
    ]
    dA, delta = _by("L", a), cell(f"delta.{layer}.i.s", False)
    if name == "softmax" and has_shortcut(network):
        lines.append(
            Line(
                "Its error δ: softmax with this loss",
                rf"{here} = a_{{{i}}} - y_{{{i}}} = {cell(f'A.{layer}.i.s', False)} - {cell('Y.i.s', True)} = {delta}",
            )
        )
    elif name == "softmax":
        lines.append(
            Line(
                "Its error δ, through every output of softmax",
                rf"{here} = \sum_k {_by('L', 'a_k')} \, a_k (1_{{[k = {i}]}} - a_{{{i}}}) = {delta}",
            )
        )
    else:
        slope = cell(f"slope.{layer}.i.s", False)
        lines.append(Line("Slope of the activation", rf"{_by(a, z)} = g'(z) = {DERIVATIVES[name].latex} = {slope}"))
        lines.append(
            Line(
                "Its error δ",
                rf"{here} = {_by('L', z)} = {dA} \cdot {_by(a, z)} = {cell(f'dA.{layer}.i.s', False)} \cdot "
                rf"{cell(f'slope.{layer}.i.s', True)} = {delta}",
            )
        )
    bias = rf"b_{{{i}}}^{{[{layer}]}}"
    mean = _mean([f"delta.{layer}.i.{s}" for s in range(m)], cell)
    lines.append(
        Line(
            "Gradient of its bias",
            rf"{_by('J', bias)} = \frac{{1}}{{m}} \sum_s {here}(s) = {mean}{cell(f'db.{layer}.i', False)}",
        )
    )
    lines.append(Line("Update of its bias", _updated(bias, f"b.{layer}.i", f"db.{layer}.i", f"newb.{layer}.i", cell)))
    return tuple(lines)


def weight(network: Network, layer: int, m: int, cell: Cell) -> tuple[Line, ...]:
    """The weight from unit j to unit i of a layer."""
    i, j = cell("+i", False), cell("+j", False)
    w, z, a = rf"w_{{{i}{j}}}^{{[{layer}]}}", _of("z", i, layer), _of("a", i, layer)
    source = rf"a_{{{j}}}^{{[{layer - 1}]}}"
    incoming = cell(f"A.{layer - 1}.j.s", True)
    part = cell(f"dw.{layer}.i.j.s", False)
    if network.activations[layer - 1] == "softmax":
        chain = (
            rf"{_by('L', w)} = {_by('L', z)} \cdot {_by(z, w)} = \delta_{{{i}}}^{{[{layer}]}} \, {source} = "
            rf"{cell(f'delta.{layer}.i.s', False)} \cdot {incoming} = {part}"
        )
    else:
        chain = (
            rf"{_by('L', w)} = {_by('L', a)} \cdot {_by(a, z)} \cdot {_by(z, w)} = "
            rf"{cell(f'dA.{layer}.i.s', False)} \cdot {cell(f'slope.{layer}.i.s', True)} \cdot {incoming} = {part}"
        )
    mean = _mean([f"dw.{layer}.i.j.{s}" for s in range(m)], cell)
    product = rf"{cell(f'W.{layer}.i.j', False)} \cdot {incoming} = {cell(f'wa.{layer}.i.j.s', False)}"
    total = rf"{_by('J', w)} = \frac{{1}}{{m}} \sum_s {_by('L_s', w)}"
    return (
        Line("Forward", rf"{w} \, {source} = {product}"),
        Line("Chain of partial derivatives, this sample", chain),
        Line("Mean over the batch", f"{total} = {mean}{cell(f'dW.{layer}.i.j', False)}"),
        Line("Update", _updated(w, f"W.{layer}.i.j", f"dW.{layer}.i.j", f"newW.{layer}.i.j", cell)),
    )


def entry(network: Network, cell: Cell) -> tuple[Line, ...]:
    """Input i."""
    i = cell("+i", False)
    x = rf"x_{{{i}}}"
    terms = _sum([(f"W.1.{k}.i", f"delta.1.{k}.s") for k in range(network.units[1])], cell)
    return (
        Line("Forward", rf"a_{{{i}}}^{{[0]}} = {x} = {cell('A.0.i.s', False)}"),
        Line(
            "Gradient by this input",
            rf"{_by('L', x)} = \sum_k w_{{k{i}}}^{{[1]}} \delta_k^{{[1]}} = {terms} = {cell('dX.i.s', False)}",
        ),
    )


def total(network: Network, m: int, cell: Cell) -> tuple[Line, ...]:
    """The loss."""
    mean = _mean([f"loss.{s}" for s in range(m)], cell)
    return (
        Line(loss(network.loss).title, rf"L = {loss_formula(network)}"),
        Line("This sample", loss_numbers(network, cell)),
        Line("Mean over the batch", rf"J = \frac{{1}}{{m}} \sum_s L_s = {mean}{cell('J', False)}"),
        Line("After the update, same batch", f"J = {cell('newJ', False)}"),
    )


def _activated(network: Network, layer: int, a: str, z: str, cell: Cell) -> str:
    name, result = network.activations[layer - 1], cell(f"A.{layer}.i.s", False)
    if name == "softmax":
        return rf"{a} = \frac{{e^{{z_{{{cell('+i', False)}}}}}}}{{\sum_k e^{{z_k}}}} = {result}"
    about = activation(name)
    formula = about.formula.latex({each.name: each.default for each in about.parameters})
    formula = re.sub(r"(?<![A-Za-z\\])x(?![A-Za-z])", "z", formula).replace(r"1 \left(", r"\left(")
    return rf"{a} = g({z}) = {formula}, \quad g({cell(f'Z.{layer}.i.s', False)}) = {result}"


def _upstream(network: Network, layer: int, i: str, cell: Cell) -> str:
    a, result = _of("a", i, layer), cell(f"dA.{layer}.i.s", False)
    if layer == network.depth:
        return rf"{_by('L', a)} = {result}"
    above, wide = layer + 1, network.units[layer + 1]
    terms = _sum([(f"W.{above}.{k}.i", f"delta.{above}.{k}.s") for k in range(wide)], cell)
    return rf"{_by('L', a)} = \sum_k w_{{k{i}}}^{{[{above}]}} \delta_k^{{[{above}]}} = {terms} = {result}"


def _updated(symbol: str, old: str, slope: str, new: str, cell: Cell) -> str:
    return (
        rf"{symbol} \leftarrow {symbol} - \alpha {_by('J', symbol)} = {cell(old, False)} - {cell('rate', False)} \cdot "
        rf"{cell(slope, True)} = {cell(new, False)}"
    )


def _of(letter: str, index: str, layer: int) -> str:
    return rf"{letter}_{{{index}}}^{{[{layer}]}}"


def _by(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


def _sum(pairs: list[tuple[str, str]], cell: Cell) -> str:
    return " + ".join(
        rf"{cell(left, place > 0)} \cdot {cell(right, True)}" for place, (left, right) in enumerate(pairs)
    )


def _mean(places: list[str], cell: Cell) -> str:
    """The mean written out with its equals sign; nothing for one sample or for many."""
    if not 1 < len(places) <= MAX_TERMS:
        return ""
    terms = " + ".join(cell(place, number > 0) for number, place in enumerate(places))
    return rf"\frac{{{terms}}}{{{len(places)}}} = "
