"""The tree of an expression."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, eq=False)
class Node:
    """A number, a name, or an operation called with arguments; [start, end) is its place in the text."""

    kind: str
    value: float | str
    arguments: tuple["Node", ...]
    start: int
    end: int

    @property
    def number(self) -> float:
        """What a number is worth."""
        return float(self.value)

    @property
    def word(self) -> str:
        """What a name or an operation is called."""
        return str(self.value)

    def replaced(self, names: Mapping[str, "Node"]) -> "Node":
        """The same tree with other trees in place of `names`."""
        if self.kind == "name":
            return names.get(self.word, self)
        return replace(self, arguments=tuple(each.replaced(names) for each in self.arguments))
