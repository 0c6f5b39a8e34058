"""Which lines of a run's script do each of the eight stages of a step: found in the script itself. No torch in here."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.training.script import Ran, export

T = TypeVar("T")
STAGES = ("preprocess", "build", "initialise", "forward", "loss", "backward", "update", "evaluate")
"""The stages, in their order: data preprocessing, building, initialisation, forward pass, loss, backward pass, update,
evaluation."""


@dataclass(frozen=True)
class Lines:
    """Lines of the script. part: what in them does it, a piece of their text; empty if all of it does"""

    text: str
    part: str = ""


def stage_lines(config: RunConfig, ran: Ran | None = None) -> dict[str, Lines]:
    """For each of STAGES, the lines of the exported script that do it, as they stand there.

    Raises InvalidValue for a run of another kind.
    """
    if config.kind != "image":
        raise InvalidValue("only the script of a run on images is told in eight stages: choose one from the Train page")
    script = export(config, ran)
    body = ast.parse(script).body
    epochs, steps = _first(
        (each, inner.body) for each in _loops(body) for inner in _loops(each.body) if any(_assigned("loss", inner.body))
    )
    loss = _first(_assigned("loss", steps))
    network = _first(_called(("model", "logits"), steps))
    forward = _around(network, steps)
    prepared = [each for each in _assigned("x", steps) if any(_called(("standardise",), [each]))]
    model = _first(_assigned("model", body))
    found: dict[str, tuple[ast.stmt, ast.expr | None]] = {
        "preprocess": (prepared[-1], None) if prepared else (forward, network.args[0]),
        "build": (model, None),
        "initialise": (body[body.index(model) - 1], None),
        "forward": (forward, network),
        "loss": (loss, loss.value),
        "backward": (_around(_first(_called(("backward",), steps)), steps), None),
        "update": (_around(_first(_called(("step",), steps)), steps), None),
        "evaluate": (_first(_assigned("loss", epochs.body)), None),
    }
    return {name: _lines(script, *found[name]) for name in STAGES}


def _lines(script: str, statement: ast.stmt, part: ast.expr | None) -> Lines:
    whole = ast.get_source_segment(script, statement) or ""
    return Lines(whole, (ast.get_source_segment(script, part) or "") if part else "")


def _first(found: Iterable[T]) -> T:
    for each in found:
        return each
    raise InvalidValue("the script of this run has none of the lines that were looked for")


def _loops(statements: Sequence[ast.stmt]) -> Iterator[ast.For]:
    return (each for each in statements if isinstance(each, ast.For))


def _assigned(name: str, statements: Sequence[ast.stmt]) -> Iterator[ast.Assign]:
    """Statements that give a value to a name, alone or first of several."""
    for each in statements:
        if isinstance(each, ast.Assign):
            targets = each.targets[0].elts if isinstance(each.targets[0], ast.Tuple) else each.targets
            if isinstance(targets[0], ast.Name) and targets[0].id == name:
                yield each


def _called(names: tuple[str, ...], statements: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    """Calls of a function, or of a method, by these names, at any depth."""
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in names:
                    yield node


def _around(inner: ast.AST, statements: Sequence[ast.stmt]) -> ast.stmt:
    """The statement in which something stands."""
    return _first(each for each in statements if any(node is inner for node in ast.walk(each)))
