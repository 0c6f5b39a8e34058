"""An expression as a line of PyTorch. No torch in here."""

from collections.abc import Mapping

from dlcore.formula.node import Node

_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_NAMES = {"min": "torch.minimum", "max": "torch.maximum", "relu": "functional.relu"}


def written(node: Node, values: Mapping[str, float]) -> str:
    """One node and all below it; names in `values` are written as their numbers."""
    if node.kind == "number":
        return repr(node.number)
    if node.kind == "name":
        return repr(float(values[node.word])) if node.word in values else node.word
    if node.value in _SIGNS:
        left, right = (_within(each, values) for each in node.arguments)
        return f"{left} {_SIGNS[node.value]} {right}"
    if node.value == "softplus":
        inner = written(node.arguments[0], values)
        return f"torch.logaddexp({inner}, torch.zeros(()))"
    inner = ", ".join(_tensor(each, values) for each in node.arguments)
    return f"{_NAMES.get(node.word, f'torch.{node.word}')}({inner})"


def _within(node: Node, values: Mapping[str, float]) -> str:
    text = written(node, values)
    return f"({text})" if node.kind == "call" and node.value in _SIGNS else text


def _tensor(node: Node, values: Mapping[str, float]) -> str:
    """What a torch function takes: numbers, and what is computed of numbers alone, have to be tensors."""
    text = written(node, values)
    return f"torch.tensor({text})" if _is_number(node, values) else text


def _is_number(node: Node, values: Mapping[str, float]) -> bool:
    """Whether Python computes it without a tensor."""
    if node.kind == "call":
        return node.value in _SIGNS and all(_is_number(each, values) for each in node.arguments)
    return node.kind == "number" or node.word in values
