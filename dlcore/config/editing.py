"""Networks changed block by block: every change gives another network, which need not fit yet. No torch in here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dlcore.config.block import Argument, Block, Misfit, Shape, written
from dlcore.config.blocks.activation import Activation
from dlcore.config.blocks.residual import Residual
from dlcore.config.network import Network
from dlcore.config.network_text import parse, wrong_end
from dlcore.errors import InvalidValue

Place = tuple[int, ...]
"""Where a block is: its index; inside of a residual block, behind the index of that: the way (0 through, 1 around), and
the index there."""

Blocks = tuple[Block, ...]

_LEAVING = -1
"""Marks the block that is on its way to another place."""


@dataclass(frozen=True)
class Part:
    """A block in its place, whether it fits there or not.

    given, shape: before and behind it, None where that is not known, since a block did not fit
    problem: why it does not fit, and what would; ways: the parts inside of a residual block
    """

    place: Place
    block: Block
    given: Shape | None
    shape: Shape | None
    problem: str = ""
    ways: tuple[tuple["Part", ...], ...] = ()

    @property
    def parameters(self) -> int | None:
        """Numbers that it learns, None if that is not known yet."""
        return None if self.given is None or self.shape is None else self.block.parameters(self.given)

    @property
    def multiply_adds(self) -> int | None:
        """For one sample, None if that is not known yet."""
        return None if self.given is None or self.shape is None else self.block.multiply_adds(self.given)


@dataclass(frozen=True)
class Value:
    """One value of a block as a person writes it; an empty text is what the block works out itself."""

    name: str
    rule: Argument
    text: str


def parts(network: Network, given: Shape, gives: int | None = None) -> tuple[Part, ...]:
    """Every block of a network with its shapes, as far as these are known.

    gives: the numbers that have to come out at its end
    """
    placed = _placed(network.blocks, given, ())
    last = placed[-1]
    if gives is None or last.shape is None or last.shape == (gives,):
        return placed
    return (*placed[:-1], replace(last, problem=wrong_end(last.shape, gives)))


def every(some: tuple[Part, ...]) -> Iterator[Part]:
    """These parts, each with those inside of it."""
    for each in some:
        yield each
        for way in each.ways:
            yield from every(way)


def values(block: Block) -> tuple[Value, ...]:
    """What can be set of a block, in the order of its text."""
    if isinstance(block, Activation):
        function = Argument("word", 0, 0, "the function", allowed=block.words())
        rules = block.rules(block.function)
        usual = {each.name: each.default for each in block.BY_WORD[block.function].parameters}
        given = {**usual, **dict(zip(rules, block.values, strict=False))}
        more = (Value(name, rule, written(float(given[name]))) for name, rule in rules.items())
        return (Value("function", function, block.function), *more)
    return tuple(
        Value(name, rule, "" if (value := getattr(block, name)) is None else written(value, both=rule.kind == "pair"))
        for name, rule in block.arguments().items()
    )


def found(network: Network, place: Place) -> Block:
    """The block at this place; InvalidValue if there is none."""
    way = _way(network.blocks, place)
    if not 0 <= place[-1] < len(way):
        raise _nowhere(place)
    return way[place[-1]]


def added(network: Network, place: Place, text: str) -> Network:
    """With the blocks of a text at this place, before what is there now."""
    new = parse(text).blocks
    return _whole(_changed(network.blocks, place, lambda way, at: (*way[:at], *new, *way[at:]), beyond=1))


def removed(network: Network, place: Place) -> Network:
    """Without this block; a residual block whose way through would be empty goes with it."""
    return _whole(_without(network.blocks, place))


def copied(network: Network, place: Place) -> Network:
    """With a second one of this block behind it."""
    return _whole(_changed(network.blocks, place, lambda way, at: (*way[: at + 1], *way[at:])))


def moved(network: Network, place: Place, to: Place) -> Network:
    """With this block before the one that is at `to` now, or at the end of that way."""
    new = found(network, place)
    if to[: len(place)] == place and len(to) > len(place):
        raise InvalidValue(f"{new.name} cannot be moved into itself: choose a place outside of it")
    marked = _put(network.blocks, place, new.at(_LEAVING))
    grown = _changed(marked, to, lambda way, at: (*way[:at], new, *way[at:]), beyond=1)
    return _whole(_without(grown, _leaving(grown)))


def wrapped(network: Network, place: Place) -> Network:
    """With this block as the way through a new residual block."""
    return _whole(_put(network.blocks, place, Residual((found(network, place),))))


def unwrapped(network: Network, place: Place) -> Network:
    """With the way through this residual block in its place."""
    group = found(network, place)
    if not isinstance(group, Residual):
        raise InvalidValue(f"{group.name} has no blocks inside of it: choose a residual block")
    return _whole(_changed(network.blocks, place, lambda way, at: (*way[:at], *group.through, *way[at + 1 :])))


def altered(network: Network, place: Place, name: str, text: str) -> Network:
    """With one value of a block as it is written here; InvalidValue says what it may be."""
    here = found(network, place)
    known = {each.name: each for each in values(here)}
    if name not in known:
        raise InvalidValue(f"{here.name} has no {name[:40]}: use {', '.join(known) or 'none of its own'}")
    text = text.strip().lower()
    _check(here, known[name], text)
    (new,) = parse(_rewritten(here, name, text)).blocks
    return _whole(_put(network.blocks, place, new))


def _check(block: Block, value: Value, text: str) -> None:
    """InvalidValue, in the words of the text's parser, if this cannot be written there."""
    if value.rule.option and not text:
        return  # left to the block
    try:
        value.rule.read(text)
    except ValueError:
        raise InvalidValue(value.rule.refusal(block.name, value.name, text)) from None


def _rewritten(block: Block, name: str, text: str) -> str:
    """The text of a block with another value."""
    if name == "function":
        return text
    given = [each if each.name != name else replace(each, text=text) for each in values(block)]
    words = [block.name] if not isinstance(block, Activation) else []
    for each in given:
        words += [each.name, each.text] if each.rule.option and each.text else [each.text]
    return " ".join(filter(None, words))


def _placed(blocks: Blocks, given: Shape | None, at: Place) -> tuple[Part, ...]:
    placed = []
    for index, each in enumerate(blocks):
        placed.append(_part(each, given, (*at, index)))
        given = placed[-1].shape
    return tuple(placed)


def _part(block: Block, given: Shape | None, place: Place) -> Part:
    ways = tuple(_placed(way, given, (*place, side)) for side, way in enumerate(_ways(block)))
    if given is None:
        return Part(place, block, None, None, ways=ways)
    try:
        return Part(place, block, given, block.shape(given), ways=ways)
    except Misfit as error:
        inside = any(each.problem for way in ways for each in every(way))
        return Part(place, block, given, None, "" if inside else str(error), ways)


def _ways(block: Block) -> tuple[Blocks, ...]:
    return (block.through, block.around) if isinstance(block, Residual) else ()


def _way(blocks: Blocks, place: Place) -> Blocks:
    """The sequence in which a place is."""
    if len(place) % 2 == 0:
        raise _nowhere(place)
    for index, side in zip(place[:-1:2], place[1::2], strict=True):
        ways = _ways(blocks[index]) if 0 <= index < len(blocks) else ()
        if not 0 <= side < len(ways):
            raise _nowhere(place)
        blocks = ways[side]
    return blocks


def _changed(blocks: Blocks, place: Place, change: Callable[[Blocks, int], Blocks], beyond: int = 0) -> Blocks:
    """These blocks with the sequence of a place changed; beyond: places behind its last block that there are too."""
    if not 0 <= place[-1] < len(_way(blocks, place)) + beyond:
        raise _nowhere(place)
    if len(place) == 1:
        return change(blocks, place[0])
    group = blocks[place[0]]
    ways = [*_ways(group)]
    ways[place[1]] = _changed(ways[place[1]], place[2:], change, beyond)
    return (*blocks[: place[0]], Residual(*ways, start=group.start), *blocks[place[0] + 1 :])


def _put(blocks: Blocks, place: Place, new: Block) -> Blocks:
    return _changed(blocks, place, lambda way, at: (*way[:at], new, *way[at + 1 :]))


def _without(blocks: Blocks, place: Place) -> Blocks:
    through = len(place) > 1 and place[-2] == 0
    if through and len(_way(blocks, place)) == 1:
        return _without(blocks, place[:-2])
    return _changed(blocks, place, lambda way, at: (*way[:at], *way[at + 1 :]))


def _leaving(blocks: Blocks, at: Place = ()) -> Place:
    """The place of the block that is marked; an empty one if it is not among these."""
    for index, each in enumerate(blocks):
        place = (*at, index)
        if each.start == _LEAVING:
            return place
        for side, way in enumerate(_ways(each)):
            if inside := _leaving(way, (*place, side)):
                return inside
    return ()


def _whole(blocks: Blocks) -> Network:
    """A network of these blocks, with their places in its text; InvalidValue where that is too long."""
    if not blocks:
        raise InvalidValue("a network has at least one block: add another one before you remove this")
    return parse(Network(blocks).text)


def _nowhere(place: Place) -> InvalidValue:
    return InvalidValue(f"there is no block at {place}: the network has changed since")
