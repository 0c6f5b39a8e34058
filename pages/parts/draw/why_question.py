"""What is asked why: a drawing, the network that reads it, its answer, and what has been found out so far."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from dlcore.use.classifier import Classifier, Reading
from pages.parts.draw.board import Board

ANSWER, NEXT = "answer", "next"
MOST_KEPT = 64
"""Results of one network; the oldest go first."""

T = TypeVar("T")
_results: "WeakKeyDictionary[Classifier, dict[Any, Any]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Question:
    """A board with a drawing. choice: who reads it, as `pages.shared.reader` knows it"""

    choice: str
    classifier: Classifier
    image: Tensor
    """uint8 (1, 28, 28)"""
    reading: Reading

    @classmethod
    def of(cls, board: Board) -> "Question":
        reading = board.classifier.read(board.drawn.image[None, None], [board.drawn.problem])[0]
        return cls(board.choice, board.classifier, torch.as_tensor(board.drawn.image)[None], reading)

    @cached_property
    def likeliest(self) -> list[int]:
        """All classes, the most likely one first."""
        return sorted(range(len(self.labels)), key=lambda each: -self.reading.probabilities[each])

    @property
    def labels(self) -> tuple[str, ...]:
        return self.classifier.labels

    def label(self, target: int) -> str:
        return self.labels[target]

    def chosen(self, option: str) -> int:
        """The class that an option of a control means."""
        return self.likeliest[{ANSWER: 0, NEXT: 1}[option]] if option in (ANSWER, NEXT) else int(option)

    def options(self, *first: str) -> dict[str, str]:
        """Options and their names: some relative to the answer, then every class."""
        top, second = (self.label(each) for each in self.likeliest[:2])
        answer = "Its answer" if self.reading.is_digit else "What it finds most likely"
        relative = {ANSWER: f"{answer}, {top}", NEXT: f"The next most likely, {second}"}
        return {each: relative[each] for each in first} | {str(i): name for i, name in enumerate(self.labels)}

    def once(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """What `make` gives, computed once for this network, this image and `key`. It must not hold the network."""
        known = _results.setdefault(self.classifier, {})
        whole = (self.image.numpy().tobytes(), *key)
        if whole in known:
            return known[whole]
        for old in list(known)[: max(0, len(known) - MOST_KEPT + 1)]:
            known.pop(old, None)
        known[whole] = made = make()
        return made
