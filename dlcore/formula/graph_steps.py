"""Through a computational graph step by step: forward through every operation, then back, with formulas as LaTeX."""

import re
from dataclasses import dataclass

from dlcore.formula import latex
from dlcore.formula.expression import parse
from dlcore.formula.graph import Graph, Vertex, texts
from dlcore.formula.node import Node

_QUOTED = re.compile(r"q_\{(\d+)\}")
_COMPARISONS = {"lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge"}
Lines = tuple[str, ...]
_BACK = "Each argument gets this node's gradient times its own partial derivative; what arrives is added up."


@dataclass(frozen=True)
class Step:
    """kind: start, forward, seed or backward; vertex: the one at work, -1 for none.

    symbols, numbers: formulas as LaTeX, the second with places for numbers, see `steps`
    values, gradients: what is known after the step, None where nothing is yet
    """

    kind: str
    vertex: int
    title: str
    words: str
    symbols: tuple[str, ...]
    numbers: tuple[str, ...]
    values: tuple[float | None, ...]
    gradients: tuple[float | None, ...]


def steps(graph: Graph) -> tuple[Step, ...]:
    """Forward through every operation, then back through every operation that gradients reach.

    Formulas name their numbers by places: #value.3# of vertex 3, #gradient.3#, #partial.5.0# of vertex 5 by its first
    argument, #part.5.0# for gradient times partial; in parentheses, as in #(value.3)#, where a minus needs them.
    """
    vertices = graph.vertices
    calls = [place for place, each in enumerate(vertices) if each.kind == "call"]
    values: list[float | None] = [each.value if each.kind != "call" else None for each in vertices]
    gradients: list[float | None] = [None] * len(vertices)
    found: list[Step] = []

    def note(kind: str, place: int, title: str, words: str, symbols: Lines = (), numbers: Lines = ()) -> None:
        found.append(Step(kind, place, title, words, symbols, numbers, tuple(values), tuple(gradients)))

    note("start", -1, "The inputs", "Variables have the values that you chose.")
    for place in calls:
        vertex = vertices[place]
        values[place] = vertex.value
        symbols = f"{vertex.symbol} = {_shown(vertices, place, names=True)}"
        numbers = f"{vertex.symbol} = {_shown(vertices, place, names=False)} = {_at('value', place)}"
        words = f"Node {_plain(vertex)} has all that it needs."
        note("forward", place, f"Forward, {_plain(vertex)}", words, (symbols,), (numbers,))
    last, root = len(vertices) - 1, vertices[-1].symbol
    gradients[last] = 1.0
    words = "The result changes as fast as itself: this 1 is what flows back."
    note("seed", last, "The result", words, (rf"\frac{{\partial {root}}}{{\partial {root}}} = 1",))
    for place in reversed(calls):
        symbols, numbers = _flow_back(vertices, place, gradients)
        if symbols:
            note("backward", place, f"Backward, {_plain(vertices[place])}", _BACK, symbols, numbers)
    return tuple(found)


def _flow_back(vertices: tuple[Vertex, ...], place: int, gradients: list[float | None]) -> tuple[Lines, Lines]:
    vertex, root = vertices[place], vertices[-1].symbol
    symbols, numbers = [], []
    if gradients[place] is None or vertex.gradient is None:
        return (), ()
    wanted = texts(vertex.operation, [vertices[each].value for each in vertex.arguments])
    for number, (argument, part) in enumerate(zip(vertex.arguments, vertex.parts, strict=True)):
        target, text = vertices[argument], wanted[number]
        if part is None or text is None or target.gradient is None:
            continue
        more = gradients[argument] is not None
        gradients[argument] = (gradients[argument] or 0.0) + part
        names = {
            **{letter: f"q{each}" for letter, each in zip("abc", vertex.arguments, strict=False)},
            "v": f"q{place}",
        }
        formula = parse(text.format(**names), tuple(names.values())).latex()
        left = rf"\frac{{\partial {root}}}{{\partial {target.symbol}}}"
        onto = r"\text{+=}" if more else "="
        own = rf"\frac{{\partial {vertex.symbol}}}{{\partial {target.symbol}}}"
        flow = rf"\frac{{\partial {root}}}{{\partial {vertex.symbol}}} \cdot {own}"
        symbols.append(rf"{left} {onto} {flow}, \; {own} = {_named(formula, vertices)}")
        flow = rf"{_at('gradient', place)} \cdot {_at(f'partial.{place}', number, True)}"
        numbers.append(rf"{left} {onto} {flow} = {_at(f'part.{place}', number)}")
    return tuple(symbols), tuple(numbers)


def _shown(vertices: tuple[Vertex, ...], place: int, *, names: bool) -> str:
    """The operation of a vertex on its arguments, by their names or by places for their numbers."""
    vertex = vertices[place]
    arguments = tuple(Node("name", f"q{each}", (), 0, 0) for each in vertex.arguments)
    if vertex.operation == "where":
        condition = vertices[vertex.arguments[0]]
        sides = tuple(Node("name", f"q{each}", (), 0, 0) for each in condition.arguments)
        arguments = (Node("call", condition.operation, sides, 0, 0), *arguments[1:])
    if vertex.operation in _COMPARISONS:
        left, right = vertex.arguments
        formula = f"q_{{{left}}} {_COMPARISONS[vertex.operation]} q_{{{right}}}"
    else:
        formula = latex.written(Node("call", vertex.operation, arguments, 0, 0), {}, {})
    if names:
        return _named(formula, vertices)
    formula = re.sub(r"(q_\{\d+\}) (?=q_)", r"\1 \\cdot ", formula)
    return _QUOTED.sub(lambda match: _at("value", int(match[1]), True), formula)


def _named(formula: str, vertices: tuple[Vertex, ...]) -> str:
    return _QUOTED.sub(lambda match: vertices[int(match[1])].symbol, formula)


def _at(name: str, place: int, bracket: bool = False) -> str:
    return rf"\text{{#({name}.{place})#}}" if bracket else rf"\text{{#{name}.{place}#}}"


def _plain(vertex: Vertex) -> str:
    return re.sub(r"[{}_]", "", vertex.symbol)
