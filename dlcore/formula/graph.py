"""The computational graph of an expression: values forward, gradients back, one node at a time, by hand.

Every operation brings its partial derivatives as a text that `dlcore.formula.expression` reads, so that what is
computed is what is shown. Idea: micrograd, A. Karpathy, 2020. Gradients add up where a node is used more than once.

    >>> graph = build("x*y + sin(x)", {"x": 1.0, "y": 2.0})
    >>> graph.value, graph.gradient("x")
    (2.8414709848078967, 2.5403023058681398)
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real

import torch

from dlcore.errors import InvalidValue
from dlcore.formula import latex
from dlcore.formula.expression import InvalidExpression, parse
from dlcore.formula.node import Node
from dlcore.formula.numbers import number, plain
from dlcore.formula.operations import OPERATIONS

VARIABLES = tuple("xyzabcuvwst")
MAX_VERTICES = 40
MAX_VALUE = 1e6

PARTIALS: dict[str, tuple[str | None, ...]] = {
    "add": ("1", "1"),
    "sub": ("1", "-1"),
    "mul": ("{b}", "{a}"),
    "div": ("1/{b}", "-{a}/{b}**2"),
    "pow": ("{b}*{a}**({b} - 1)", "{v}*log({a})"),
    "neg": ("-1",),
    "sin": ("cos({a})",),
    "cos": ("-sin({a})",),
    "tan": ("1 + {v}**2",),
    "asin": ("1/sqrt(1 - {a}**2)",),
    "acos": ("-1/sqrt(1 - {a}**2)",),
    "atan": ("1/(1 + {a}**2)",),
    "sinh": ("cosh({a})",),
    "cosh": ("sinh({a})",),
    "tanh": ("1 - {v}**2",),
    "exp": ("{v}",),
    "log": ("1/{a}",),
    "log2": ("1/({a}*log(2))",),
    "log10": ("1/({a}*log(10))",),
    "log1p": ("1/(1 + {a})",),
    "sqrt": ("1/(2*{v})",),
    "abs": ("sign({a})",),
    "sign": ("0",),
    "erf": ("2/sqrt(pi)*exp(-{a}**2)",),
    "sigmoid": ("{v}*(1 - {v})",),
    "softplus": ("sigmoid({a})",),
    "relu": ("where({a} > 0, 1, 0)",),
    "min": ("where({a} < {b}, 1, where({a} > {b}, 0, 0.5))", "where({b} < {a}, 1, where({b} > {a}, 0, 0.5))"),
    "max": ("where({a} > {b}, 1, where({a} < {b}, 0, 0.5))", "where({b} > {a}, 1, where({b} < {a}, 0, 0.5))"),
    "clamp": (
        "where({a} < {b}, 0, where({a} > {c}, 0, where({b} < {c},"
        " where({a} > {b}, where({a} < {c}, 1, 0.5), 0.5), 1)))",
        "where({b} < {c}, where({a} < {b}, 1, where({a} > {b}, 0, 0.5)), where({b} > {c}, 0, where({a} < {b}, 1, 0)))",
        "where({a} > {c}, 1, where({b} > {c}, 1, where({b} < {c}, where({a} < {c}, 0, 0.5), 0)))",
    ),
    "where": (None, "where({a} > 0, 1, 0)", "where({a} > 0, 0, 1)"),
    "lt": (None, None),
    "le": (None, None),
    "gt": (None, None),
    "ge": (None, None),
}
"""For each operation its derivative by each argument a, b, c, where v is its value; None where nothing flows back."""

_SIGNS = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "pow": "xʸ", "neg": "−", "exp": "eˣ", "log": "ln", "sqrt": "√",
    "abs": "|x|", "sigmoid": "σ", "relu": "ReLU", "lt": "<", "le": "≤", "gt": ">", "ge": "≥",
    "log2": "log₂", "log10": "log₁₀",
}  # fmt: skip


@dataclass(frozen=True)
class Vertex:
    """A node of the graph. `sign` is written on it; [start, end) is its place in the text.

    value: what it is worth; gradient: ∂(result)/∂(this), None where none flows
    arguments: places of the nodes that it is computed from; partials: its derivative by each of them
    parts: what each of them gets of its gradient, None where none flows
    """

    kind: str
    operation: str
    sign: str
    symbol: str
    value: float
    gradient: float | None
    arguments: tuple[int, ...]
    partials: tuple[float | None, ...]
    parts: tuple[float | None, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Graph:
    """All vertices, arguments before what uses them; the last is the result."""

    text: str
    vertices: tuple[Vertex, ...]

    @property
    def value(self) -> float:
        return self.vertices[-1].value

    def gradient(self, name: str) -> float:
        """The derivative of the result by the variable called `name`; 0 if it does not depend on it."""
        found = [each for each in self.vertices if each.kind == "name" and each.symbol == name]
        return (found[0].gradient or 0.0) if found else 0.0


def build(text: str, values: Mapping[str, float]) -> Graph:
    """The graph of an expression in VARIABLES at these values, its gradients computed.

    Raises InvalidExpression, with the character, for what is no expression, is too large to draw, or is not defined at
    these values; InvalidValue for a variable that is missing or out of range.
    """
    expression = parse(text, VARIABLES)
    nodes = tuple(expression.nodes())
    if len(nodes) > MAX_VERTICES:
        end = nodes[MAX_VERTICES].end
        raise InvalidExpression(f"Up to {MAX_VERTICES} nodes can be drawn, this has {len(nodes)}", text, end)
    for name in expression.used:
        value = values.get(name)
        if not isinstance(value, Real) or isinstance(value, bool) or not abs(value) <= MAX_VALUE:
            raise InvalidValue(f"{name} must be a number within ±{plain(MAX_VALUE)}, got {value!r}: try 1")
    places = {node: place for place, node in enumerate(nodes)}
    found = _forward(text, nodes, values)
    moving = _moving(nodes)
    partials = [_partials(node, [found[each] for each in node.arguments], found[node]) for node in nodes]
    gradients, parts = _backward(nodes, partials, moving, found)
    order = iter(range(1, len(nodes) + 1))
    return Graph(
        expression.text,
        tuple(
            Vertex(
                kind=node.kind,
                operation=node.word if node.kind == "call" else "",
                sign=_sign(node),
                symbol=_symbol(node, order, last=place == len(nodes) - 1),
                value=found[node],
                gradient=gradients[place] if node in moving else None,
                arguments=tuple(places[each] for each in node.arguments),
                partials=partials[place],
                parts=parts[place],
                start=node.start,
                end=node.end,
            )
            for place, node in enumerate(nodes)
        ),
    )


def _symbol(node: Node, order: Iterator[int], *, last: bool) -> str:
    """A variable by its name, a number as itself, the result as f, all between as v with a number of its own."""
    if node.kind != "call":
        return node.word if node.kind == "name" else latex.number(node.number)
    return "f" if last else f"v_{{{next(order)}}}"


def _sign(node: Node) -> str:
    if node.kind == "number":
        return number(node.number)
    return _SIGNS.get(node.word, node.word)


def _forward(text: str, nodes: tuple[Node, ...], values: Mapping[str, float]) -> dict[Node, float]:
    found: dict[Node, float] = {}
    for node in nodes:
        if node.kind == "number":
            found[node] = node.number
        elif node.kind == "name":
            found[node] = float(values[node.word])
        else:
            given = [torch.tensor(found[each], dtype=torch.float64) for each in node.arguments]
            if node.value == "where":
                given[0] = given[0] > 0
            found[node] = float(OPERATIONS[node.word](*given))
        if not math.isfinite(found[node]):
            raise InvalidExpression(
                f"{text.strip()[node.start : node.end][:40]} has no finite value here (character {node.start + 1})",
                text,
                node.start,
            )
    return found


def _moving(nodes: tuple[Node, ...]) -> set[Node]:
    """The nodes that depend on a variable: gradients are told for these."""
    moving: set[Node] = set()
    for node in nodes:
        if node.kind == "name" or any(each in moving for each in node.arguments):
            moving.add(node)
    return moving


def texts(operation: str, given: list[float]) -> tuple[str | None, ...]:
    """PARTIALS of an operation; a power has simpler ones where the general formula is 0 · ∞."""
    if operation == "pow":
        base, exponent = given
        return (
            "0" if exponent == 0 else PARTIALS["pow"][0],
            "0" if base == 0 and exponent >= 0 else PARTIALS["pow"][1],
        )
    return PARTIALS[operation]


def _partials(node: Node, given: list[float], value: float) -> tuple[float | None, ...]:
    if node.kind != "call":
        return ()
    names = {**dict(zip("abc", given, strict=False)), "v": value}
    found: list[float | None] = []
    for text in texts(node.word, given):
        if text is None:
            found.append(None)
            continue
        expression = parse(text.format(**{name: name for name in names}), tuple(names))
        tensors = {name: torch.tensor(each, dtype=torch.float64) for name, each in names.items()}
        found.append(float(expression(**tensors)))
    return tuple(found)


def _passed_on(gradient: float, partial: float, operation: str, number: int, text: str) -> float:
    """What argument `number` of an operation gets: gradient · partial, whose partial is written as `text`.

    Where an operation chooses, what it does not choose gets 0, also of an infinite gradient: autograd selects there.
    """
    chooses = text.startswith("where(") or (text == "0" and (operation, number) != ("pow", 1))
    return 0.0 if chooses and partial == 0 else gradient * partial


def _backward(
    nodes: tuple[Node, ...],
    partials: list[tuple[float | None, ...]],
    moving: set[Node],
    values: Mapping[Node, float],
) -> tuple[list[float], list[tuple[float | None, ...]]]:
    """The gradient of every node, and the part of it that each of its arguments gets."""
    places = {node: place for place, node in enumerate(nodes)}
    gradients = [0.0] * len(nodes)
    gradients[-1] = 1.0
    parts: list[tuple[float | None, ...]] = [()] * len(nodes)
    for place in reversed(range(len(nodes))):
        node = nodes[place]
        if node.kind != "call":
            continue
        written = texts(node.word, [values[each] for each in node.arguments])
        parts[place] = tuple(
            None if partial is None or text is None else _passed_on(gradients[place], partial, node.word, index, text)
            for index, (partial, text) in enumerate(zip(partials[place], written, strict=True))
        )
        for argument, part in zip(node.arguments, parts[place], strict=True):
            if part is not None and argument in moving:
                gradients[places[argument]] += part
    return gradients, parts
