"""Texts as numbers: the manual that comes with Python, or what a person pastes."""

import functools
from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor

from dlcore.config.pasted import letters
from dlcore.config.sequences import SequenceConfig
from dlcore.errors import DataUnavailable

UNKNOWN = "\ufffd"
"""Stands for every character that the alphabet lacks; always the first in it."""
PRINTABLE = "\n" + "".join(map(chr, range(32, 127)))
MOST_CHARACTERS = 255
PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "--", "…": "..."})


class Alphabet:
    """The characters that a network knows, each with a number."""

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = (UNKNOWN, *characters)
        self._numbers = {character: number for number, character in enumerate(self.characters)}

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> Tensor:
        """int64 (len(text),); 0 for what is not in the alphabet."""
        return torch.tensor([self._numbers.get(character, 0) for character in text], dtype=torch.int64)

    def decode(self, numbers: Tensor) -> str:
        """The text of numbers (T,)."""
        return "".join(self.characters[number] for number in numbers.tolist())

    def code_points(self, numbers: Tensor) -> Tensor:
        """int32, of the same shape: Unicode's number of each character."""
        points = torch.tensor([ord(character) for character in self.characters], dtype=torch.int32)
        return points[numbers.cpu()]


def corpus(config: SequenceConfig) -> str:
    """The text to learn from."""
    return _topics() if config.name == "topics" else letters(config.text)


@functools.cache
def _topics() -> str:
    """What Python's help() says of the language itself, one topic after the other; typographic marks made plain."""
    try:
        from pydoc_data.topics import topics
    except ImportError:
        raise DataUnavailable("This Python comes without its manual (pydoc_data): paste a text of your own.") from None
    return "\n\n".join(topics[name] for name in sorted(topics)).translate(PLAIN)


def alphabet(config: SequenceConfig) -> Alphabet:
    """The characters of a text, the most frequent 255 in their order.

    For `topics` always those of a keyboard: a trained network must fit on every version of Python.
    """
    if config.name == "topics":
        return Alphabet(PRINTABLE)
    return Alphabet(frequent(corpus(config)))


def known_share(config: SequenceConfig) -> float:
    """0…1: how much of a text consists of characters that are told apart; the others count as one."""
    content = corpus(config)
    known = set(alphabet(config).characters)
    return sum(count for each, count in Counter(content).items() if each in known and each != UNKNOWN) / len(content)


def frequent(text: str) -> list[str]:
    """The characters that are most frequent in a text, in their order."""
    counts = Counter(text)
    counts.pop(UNKNOWN, None)
    return sorted(sorted(counts, key=lambda character: (-counts[character], character))[:MOST_CHARACTERS])
