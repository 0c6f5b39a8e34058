"""The text of a network, which a person types: read into its blocks, or refused with the place and what would fit."""

import difflib
import re
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import Any

from dlcore.config.block import BLOCKS, Argument, Block, Misfit, Shape, said
from dlcore.config.blocks.activation import Activation
from dlcore.config.blocks.residual import Residual
from dlcore.config.network import Network, every
from dlcore.errors import InvalidValue

MOST_TEXT, MOST_BLOCKS, DEEPEST = 2_000, 100, 4

_TOKEN = re.compile(r"\s*(?:([A-Za-z][\w-]*)|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?:[xX×]\d+)?)|([(),;])|(\S))")
_ALIASES = {
    "maxpool": "pool", "max-pool": "pool", "avg-pool": "average-pool", "avgpool": "average-pool",
    "global-average-pool": "global-pool", "batchnorm": "batch-norm", "layernorm": "layer-norm",
    "groupnorm": "group-norm", "fc": "dense", "conv2d": "conv", "leakyrelu": "leaky-relu", "swish": "silu",
}  # fmt: skip
"""Other names that people give to blocks."""


class InvalidNetwork(InvalidValue):
    """A text that is no network, or one that does not fit. `position` is the index of the character where it shows."""

    def __init__(self, sentence: str, text: str, position: int) -> None:
        self.text, self.position = text, max(0, min(position, len(text)))
        super().__init__(f"{sentence} (character {self.position + 1})")

    @property
    def pointer(self) -> str:
        """The text, and below it a caret under the character."""
        return f"{self.text}\n{' ' * self.position}^"


@lru_cache(maxsize=256)
def parse(text: str, given: Shape | None = None, gives: int | None = None) -> Network:
    """The network of a text; InvalidNetwork says which block and character is wrong, and what would fit.

    given: the shape that goes in, with which every block is checked; gives: the numbers that have to come out
    """
    if not isinstance(text, str):
        raise InvalidValue(f"a network must be a text such as flatten, dense 10, got {type(text).__name__}")
    if len(text) > MOST_TEXT:
        raise InvalidNetwork(f"a network may have {MOST_TEXT:,} characters, this has {len(text):,}", text, MOST_TEXT)
    network = Network(_Reader(text).read())
    if given is not None:
        _check_shapes(network, text, given, gives)
    return network


def _check_shapes(network: Network, text: str, given: Shape, gives: int | None) -> None:
    try:
        shape = network.rows(given)[-1].shape
    except Misfit as error:
        wrong = error.block or network.blocks[0]
        raise InvalidNetwork(f"{_place(network, wrong)}: {error}", text, wrong.start) from None
    if gives is not None and shape != (gives,):
        last = network.blocks[-1]
        raise InvalidNetwork(f"{_place(network, last)}: {wrong_end(shape, gives)}", text, last.start)


def wrong_end(shape: Shape, gives: int) -> str:
    """What to do where a network gives this shape at its end, and not one number a class."""
    return (
        f"the network gives {said(shape)} at its end, but {gives} classes are to be told apart: end with dense {gives}"
    )


def _place(network: Network, wrong: Block) -> str:
    """Block 3, conv 64 3x3; counted on the outermost level."""
    places = (place for place, each in enumerate(network.blocks, 1) if any(inner is wrong for inner in every((each,))))
    return f"block {next(places, 1)}, {wrong.text}"


def _token(found: re.Match[str]) -> tuple[int, str, int]:
    """Which kind of token (1: word, 2: value, 3: mark, 4: anything else), its characters, and where it begins."""
    kind = found.lastindex or 0
    return kind, str(found[kind]), found.start(kind)


class _Reader:
    """Reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [_token(found) for found in _TOKEN.finditer(text)]
        self.place = self.count = self.number = 0
        self.classes = {word: each for each in BLOCKS.values() for word in each.words()}

    def read(self) -> tuple[Block, ...]:
        blocks = self._sequence(0)
        if self.place < len(self.tokens):
            raise self._wrong("a closing parenthesis or semicolon has no residual( before it")
        return blocks

    def _sequence(self, depth: int) -> tuple[Block, ...]:
        blocks = [self._block(depth)]
        while self._take(","):
            blocks.append(self._block(depth))
        return tuple(blocks)

    def _block(self, depth: int) -> Block:
        self.number += depth == 0
        self.count += 1
        if self.count > MOST_BLOCKS:
            raise self._wrong(f"a network may have {MOST_BLOCKS} blocks, this has more")
        kind, word, start = self._next()
        if kind == 2 and (before := self._before_comma()):
            raise self._wrong(f"decimals are written with a point, as in {before}.{word}")
        if kind != 1:
            raise self._wrong("a block is missing here, such as conv 32 3x3, relu, pool 2, flatten or dense 10")
        name = word.lower()
        name = _ALIASES.get(name, name) if name not in self.classes else name
        if name not in self.classes or name == Activation.name:
            near = difflib.get_close_matches(name, self.classes, n=1)
            known = f"did you mean {near[0]}?" if near else f"use {', '.join(each.name for each in BLOCKS.values())}"
            raise self._wrong(f"{word[:40]!r} is no block: {known}")
        self.place += 1
        made = self.classes[name]
        if made is Residual:
            return self._residual(depth).at(start)
        return (self._activation(name) if made is Activation else self._plain(made)).at(start)

    def _plain(self, made: type[Block]) -> Block:
        """A block's own values in their order, then its options by their names."""
        rules = made.arguments()
        values: dict[str, Any] = {}
        for name, rule in rules.items():
            if not rule.option and self._next()[0] == 2:
                values[name] = self._value(made.name, name, rule)
            elif not rule.option and name in _required(made):
                raise self._wrong(f"{made.name} needs the {rule.help} here, as in {made.example}")
        while self._next()[0] == 1:
            name = self._next()[1].lower()
            if name in self.classes or name in _ALIASES:
                raise self._wrong(f"a comma is missing before {name!r}")
            if name not in rules or not rules[name].option or name in values:
                options = [each for each, rule in rules.items() if rule.option and each not in values]
                fit = f"{', '.join(options)} or a comma" if options else "a comma"
                raise self._wrong(f"{name[:40]!r} does not belong to {made.name}: {fit} would fit here")
            self.place += 1
            values[name] = self._value(made.name, name, rules[name])
        self._end(made.example)
        return made(**values)

    def _activation(self, name: str) -> Block:
        values = []
        for parameter, rule in Activation.rules(name).items():
            if self._next()[0] == 2:
                values.append(self._value(name, parameter, rule))
        self._end(name)
        return Activation(name, tuple(values))

    def _residual(self, depth: int) -> Block:
        if depth >= DEEPEST:
            raise self._wrong(f"residual blocks may be nested {DEEPEST} deep")
        if not self._take("("):
            raise self._wrong(f"residual needs its blocks in parentheses, as in {Residual.example}")
        through = self._sequence(depth + 1)
        around = self._sequence(depth + 1) if self._take(";") else ()
        if not self._take(")"):
            raise self._wrong("a closing parenthesis or a comma is missing here")
        return Residual(through, around)

    def _value(self, block: str, name: str, rule: Argument) -> Any:
        kind, text, _ = self._next()
        try:
            if kind not in (1, 2):
                raise ValueError(text)
            value = rule.read(text.lower())
        except ValueError:
            raise self._wrong(rule.refusal(block, name, text)) from None
        self.place += 1
        return value

    def _end(self, example: str) -> None:
        kind, text, _ = self._next()
        if kind and text not in (",", ")", ";"):
            raise self._wrong(f"{text[:40]!r} is too much here: a comma and the next block would fit, after {example}")

    def _next(self) -> tuple[int, str, int]:
        return self.tokens[self.place] if self.place < len(self.tokens) else (0, "", len(self.text))

    def _take(self, mark: str) -> bool:
        found = self._next()[:2] == (3, mark)
        self.place += found
        return found

    def _before_comma(self) -> str:
        """The value before the last comma; empty if there is none."""
        last = self.tokens[max(self.place - 2, 0) : self.place]
        return last[0][1] if len(last) == 2 and last[0][0] == 2 and last[1][1] == "," else ""

    def _wrong(self, sentence: str) -> InvalidNetwork:
        return InvalidNetwork(f"block {max(1, self.number)}: {sentence}", self.text, self._next()[2])


def _required(made: type[Block]) -> set[str]:
    """Names of the values that have no default."""
    return {each.name for each in fields(made) if each.default is MISSING}
