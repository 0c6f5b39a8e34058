"""Expressions that people type: one text gives the function that runs in torch and the formula that is shown.

The text is read by Python's own `ast`, and every node of the tree has to be on a whitelist. Nothing is ever evaluated
as Python: the tree is rebuilt from our own nodes, and each operation is one torch function with a derivative.

    >>> bowl = parse("x**2 + 10*y**2")
    >>> bowl(x=torch.tensor(1.0), y=torch.tensor(2.0))
    tensor(41.)
    >>> bowl.latex()
    'x^{2} + 10 y^{2}'
"""

import ast
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from dlcore.errors import DlcoreError
from dlcore.formula import code, latex
from dlcore.formula.node import Node
from dlcore.formula.numbers import plain
from dlcore.formula.spelling import spelled
from dlcore.formula.vocabulary import (
    ALIASES,
    CONSTANTS,
    FUNCTIONS,
    INSTEAD,
    MODULES,
    InvalidExpression,
    refused,
)

if TYPE_CHECKING:
    from torch import Tensor

MAX_LENGTH = 400
MAX_DEPTH = 100
MAX_NODES = 200
MAX_EXPONENT = 50
MAX_POWERS = 12
"""With something else than a number in the exponent: each takes twenty times as long as a product."""
MAX_NUMBER = 1e12

DEFINITIONS = {
    "sigmoid": "1 / (1 + exp(-x))",
    "softplus": "log(1 + exp(x))",
    "relu": "max(0, x)",
    "tanh": "(exp(x) - exp(-x)) / (exp(x) + exp(-x))",
    "log1p": "log(1 + x)",
    "clamp": "min(max(x, low), high)",
}
"""What some functions stand for. They run as one torch function, which does not overflow where the definition would."""

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}


@dataclass(frozen=True, eq=False)
class Expression:
    """A function of `variables`, read from `text`."""

    text: str
    variables: tuple[str, ...]
    root: Node

    def __call__(self, **values: "Tensor | float") -> "Tensor":
        """The value for tensors that broadcast against each other; NaN where the expression is not defined.

        Raises DlcoreError if a variable that occurs in the expression is missing.
        """
        import torch

        from dlcore.formula.operations import OPERATIONS, TAKES_NUMBERS

        missing = [name for name in self.used if name not in values]
        if missing:
            raise DlcoreError(f"{self.text!r} needs a value for {', '.join(missing)}")
        tensors = [each for each in values.values() if isinstance(each, torch.Tensor)]
        like = tensors[0] if tensors else torch.zeros((), dtype=torch.float64)

        def tensor(value: "Tensor | float") -> "Tensor":
            return (
                value
                if isinstance(value, torch.Tensor)
                else torch.full((), value, dtype=like.dtype, device=like.device)
            )

        found: dict[Node, Tensor | float] = {}
        for node in self._nodes:
            if node.kind == "number":
                found[node] = node.number
            elif node.kind == "name":
                found[node] = tensor(values[node.word])
            else:
                given: list[Tensor | float] = [found[each] for each in node.arguments]
                if node.value not in TAKES_NUMBERS or all(isinstance(each, float) for each in given):
                    given = [tensor(each) for each in given]
                found[node] = OPERATIONS[node.word](*given)
        result = tensor(found[self.root])
        if len(tensors) == 1:
            shape = tensors[0].shape
        else:  # torch.broadcast_shapes would import for seconds
            shape = torch.broadcast_tensors(*tensors)[0].shape if tensors else result.shape
        return result if result.shape == shape else result.expand(shape)

    @cached_property
    def used(self) -> tuple[str, ...]:
        """The variables that occur in the expression, in the order of `variables`."""
        names = {node.value for node in self._nodes if node.kind == "name"}
        return tuple(name for name in self.variables if name in names)

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        order: dict[Node, None] = {}

        def visit(node: Node) -> None:
            for each in node.arguments:
                visit(each)
            order.setdefault(node)

        visit(self.root)
        return tuple(order)

    def nodes(self) -> Iterator[Node]:
        """Every node once, arguments before what uses them. A variable is one node however often it occurs."""
        return iter(self._nodes)

    def latex(self, values: Mapping[str, float] | None = None, expand: Iterable[str] = ()) -> str:
        """The formula, with `values` in place of names and the functions in `expand` written as their DEFINITIONS."""
        return latex.written(self.root, values or {}, {name: _definition(name) for name in expand})

    def code(self, values: Mapping[str, float] | None = None) -> str:
        """The same in PyTorch, as one line of Python in the variables, with `values` in place of some names.

        It needs `torch` and `functional`, and computes what calling the expression does, in the same order.
        """
        return code.written(self.root, values or {})


def parse(text: str, variables: Iterable[str] = ("x", "y")) -> Expression:
    """Read an expression in `variables`.

    It is read as people write formulas, see `dlcore.formula.spelling`: 2x², |x|, √x, sin x, 0,5x, LaTeX, and PyTorch.
    Raises InvalidExpression, which says what is wrong and where, for anything but numbers, the variables, pi, e,
    + - * / **, the FUNCTIONS, and comparisons as the first argument of where(condition, then, otherwise); and for
    what is too long, too deep, or has too large an exponent.
    """
    variables = tuple(variables)
    if not isinstance(text, str) or not text.strip():
        raise InvalidExpression(f"Type a function of {_listed(variables)}", str(text or ""), 0)
    if len(text) > MAX_LENGTH:
        raise InvalidExpression(
            f"An expression may have {MAX_LENGTH} characters, this has {len(text):,}", text[:MAX_LENGTH], MAX_LENGTH
        )
    root = _Reader(text, variables).read()
    return Expression(text.strip(), variables, root)


@cache
def _definition(function: str) -> latex.Definition:
    names = ("x", "low", "high")[: FUNCTIONS[function]]
    return names, parse(DEFINITIONS[function], names).root


class _Reader:
    """Turns a text into nodes, and every refusal into a sentence with a position."""

    def __init__(self, text: str, variables: tuple[str, ...]) -> None:
        self.text = text
        self.spelled = spelled(text, variables)
        self.source = self.spelled.text
        self.variables = variables
        self.names: dict[str, Node] = {}
        self.count = self.powers = 0

    def read(self) -> Node:
        try:
            tree = ast.parse(self.source, mode="eval")
        except SyntaxError as error:
            raise self._syntax(error) from None
        except (ValueError, MemoryError, RecursionError):
            raise InvalidExpression("This is too deeply nested to be read", self.text, 0) from None
        return self._value(tree.body, 1)

    def _value(self, tree: ast.expr, depth: int) -> Node:
        node = self._node(tree, depth)
        if node.value in _COMPARISONS.values():
            raise self._refused(tree, "A comparison belongs in where(condition, then, otherwise)")
        return node

    def _node(self, tree: ast.expr, depth: int) -> Node:
        self.count += 1
        if depth > MAX_DEPTH:
            raise self._refused(tree, f"This is nested more than {MAX_DEPTH} deep")
        if self.count > MAX_NODES:
            raise self._refused(tree, f"An expression may have {MAX_NODES} parts, this has more")
        match tree:
            case ast.Constant():
                return self._number(tree)
            case ast.Name():
                return self._name(tree)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                inner = self._value(tree.operand, depth + 1)
                return inner if isinstance(tree.op, ast.UAdd) else self._call(tree, "neg", inner)
            case ast.BinOp(op=op) if type(op) in _BINARY:
                left, right = self._value(tree.left, depth + 1), self._value(tree.right, depth + 1)
                if isinstance(op, ast.Pow):
                    self._check_exponent(tree.right, right)
                return self._call(tree, _BINARY[type(op)], left, right)
            case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
                left, right = self._value(tree.left, depth + 1), self._value(tree.comparators[0], depth + 1)
                return self._call(tree, _COMPARISONS[type(op)], left, right)
            case ast.Compare():
                raise self._refused(tree, "Compare two values with <, <=, > or >=")
            case ast.Call(func=ast.Name(id=name)):
                return self._function(tree, name, depth)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if module in MODULES:
                return self._from_code(tree, name, depth)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in MODULES and name in CONSTANTS:
                return Node("number", CONSTANTS[name], (), *self._place(tree))
        raise self._refused(tree, "Only numbers, + - * / **, parentheses and known functions can be used here")

    def _number(self, tree: ast.Constant) -> Node:
        value = tree.value
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._refused(tree, "This is not a number")
        if not abs(value) <= MAX_NUMBER:
            raise self._refused(tree, f"Numbers may go up to {plain(MAX_NUMBER)}")
        return Node("number", float(value), (), *self._place(tree))

    def _name(self, tree: ast.Name) -> Node:
        if tree.id in self.variables:
            return self.names.setdefault(tree.id, Node("name", tree.id, (), *self._place(tree)))
        if tree.id in CONSTANTS:
            return Node("number", CONSTANTS[tree.id], (), *self._place(tree))
        if tree.id in FUNCTIONS:
            raise self._refused(tree, f"{tree.id} is a function: write {tree.id}(…)")
        raise self._refused(tree, f"{tree.id!r} is not known here{self._meant(tree.id)}")

    def _function(self, tree: ast.Call, name: str, depth: int) -> Node:
        if name not in FUNCTIONS:
            if name in self.variables or name in CONSTANTS:
                raise self._refused(tree.func, f"Multiplication is written *, as in {name}*(…)", after=True)
            raise self._refused(tree.func, f"{name!r} is not a function known here{_function_meant(name)}")
        if tree.keywords or any(isinstance(each, ast.Starred) for each in tree.args):
            raise self._refused(tree, f"{name} takes plain arguments")
        wanted, given = FUNCTIONS[name], len(tree.args)
        if given != wanted:
            raise self._refused(tree, f"{name} takes {wanted} argument{'s' * (wanted > 1)}, this has {given}")
        if name == "where":
            condition = self._node(tree.args[0], depth + 1)
            if condition.value not in _COMPARISONS.values():
                raise self._refused(tree.args[0], "The first argument of where is a comparison, such as x > 0")
            return self._call(tree, name, condition, *(self._value(each, depth + 1) for each in tree.args[1:]))
        return self._call(tree, name, *(self._value(each, depth + 1) for each in tree.args))

    def _from_code(self, tree: ast.Call, name: str, depth: int) -> Node:
        """A function of torch, numpy or math, as code that is shown here has it."""
        match name, tree.args:
            case "tensor", [inner]:
                return self._value(inner, depth + 1)
            case "neg" | "negative", [inner]:
                return self._call(tree, "neg", self._value(inner, depth + 1))
            case "logaddexp", [inner, ast.Call(func=ast.Attribute(attr="zeros"))]:
                return self._call(tree, "softplus", self._value(inner, depth + 1))
        return self._function(tree, ALIASES.get(name, name), depth)

    def _check_exponent(self, tree: ast.expr, exponent: Node) -> None:
        value = exponent.arguments[0] if exponent.value == "neg" else exponent
        if value.kind == "number" and value.number > MAX_EXPONENT:
            raise self._refused(tree, f"Exponents may go up to {MAX_EXPONENT}")
        self.powers += value.kind != "number"
        if self.powers > MAX_POWERS:
            raise self._refused(
                tree, f"An expression may have {MAX_POWERS} powers whose exponent is no number, this has more"
            )

    def _call(self, tree: ast.expr, operation: str, *arguments: Node) -> Node:
        return Node("call", operation, arguments, *self._place(tree))

    def _meant(self, name: str) -> str:
        if (found := re.fullmatch(r"(\w*?[A-Za-z_])(\d+)", name)) and found[1] in self.variables:
            return f": write {found[1]}*{found[2]} or {found[1]}**{found[2]}"
        known = [*self.variables, *CONSTANTS, *FUNCTIONS]
        near = difflib.get_close_matches(name.lower(), known, n=1)
        return f": did you mean {near[0]}?" if near else f": the variables are {_listed(self.variables)}"

    def _place(self, tree: ast.expr) -> tuple[int, int]:
        """Where a part stands in what was typed. Columns of `ast` count bytes of UTF-8."""
        line = self.source.encode()
        ends = (tree.col_offset, tree.end_col_offset)
        return self.spelled.place(*(len(line[:offset].decode(errors="ignore")) for offset in ends))

    def _refused(self, tree: ast.expr, why: str, *, after: bool = False) -> InvalidExpression:
        start, end = self._place(tree)
        return refused(why, self.text, end if after else start)

    def _syntax(self, error: SyntaxError) -> InvalidExpression:
        end = len(self.text.rstrip())
        position, _ = self.spelled.place(max(0, (error.offset or 1) - 1), 0)
        missing = self.source.count("(") - self.source.count(")")
        if missing > 0:
            why, position = "A closing parenthesis is missing", end
        elif missing < 0:
            why = "A closing parenthesis has no opening one"
        elif not self.source or self.source[-1] in "+-*/<>=,":
            why, position = "Something is missing here", end
        else:
            why = "This cannot be read as an expression"
        return refused(why, self.text, position)


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "nothing"


def _function_meant(name: str) -> str:
    if instead := INSTEAD.get(name.lower()):
        return f": write {instead}"
    near = difflib.get_close_matches(name.lower(), FUNCTIONS, n=1)
    return f": did you mean {near[0]}?" if near else ": use sin, cos, exp, log, sqrt, abs, tanh, sigmoid, min, max, …"
