"""Several digits in one drawing: it is cut where the network makes the most of what lies between the cuts.

Candidates for the cuts are those of `dlcore.data.characters`. What is worth most is found by dynamic programming, as by
LeCun et al., "Gradient-Based Learning Applied to Document Recognition", Proceedings of the IEEE 86(11), 1998, section
V, with the network's own probabilities. Where one digit is as good as two, it is one.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dlcore.data import characters, ink
from dlcore.data.characters import Cut, Line, Part
from dlcore.use.classifier import Classifier, Reading

MOST_GROUPS, MOST_PIECES = 3, 4
"""Of so many groups of strokes, and of so many pieces of a group, one character may be made."""
MOST = 12
"""Characters of a drawing; more are no number that a network of single digits should be asked for."""
COMPACT = 1.0
"""What is no wider than high, has no gap and is read as a digit is one."""
ROWS = "Here are several rows: draw the digits of one number side by side."
BROAD = 0.9
"""What is read as a digit and no wider, in heights of its line, is not cut."""


@dataclass(frozen=True)
class Worth:
    """What a character and a cut are worth, in natural logarithms of a probability, up to a constant.

    The values were sought at random on half of a set of pen strokes, placed beside one another with gaps and overlaps;
    `benchmarks.several_digits` measures them on the other half.

    probability, familiar, spread: of the log-probability, and of the novelty score above the threshold, over `spread`
    each: of every character; one: added if all of the drawing is one
    wide, low, gap: for each height of the line by which a character is wider, lower, or has a wider gap in it than
    the limit beside it
    crossed: of the ink that a cut crosses, for each width of the pen
    surest: the least probability of every character of which a cut crosses ink; below it, letters such as M and N fall
    into ones and sevens
    """

    probability: float = 1.1
    familiar: float = 0.5
    spread: float = 2.2
    each: float = 0.15
    one: float = 0.6
    wide: tuple[float, float] = (4.7, 0.46)
    low: tuple[float, float] = (20.0, 0.54)
    gap: tuple[float, float] = (0.9, 0.6)
    crossed: float = 0.8
    surest: float = 0.999


WORTH = Worth()


@dataclass(frozen=True)
class Span:
    """A candidate for a character: what lies between two borders of the line, and what the network says of it."""

    part: Part
    gap: float
    reading: Reading

    def worth(self, threshold: float, worth: Worth) -> float:
        """The more, the likelier it is one character. threshold: of the network's novelty score"""
        familiar = np.logaddexp(0.0, (threshold - self.reading.score) / worth.spread)
        too_much = (
            factor * max(0.0, excess - limit)
            for (factor, limit), excess in ((worth.wide, self.part.width), (worth.gap, self.gap))
        )
        lacking = worth.low[0] * max(0.0, worth.low[1] - self.part.height)
        likely = worth.probability * math.log(max(self.reading.confidence, 1e-9))
        return float(likely - worth.familiar * familiar - worth.each - sum(too_much) - lacking)

    @property
    def settled(self) -> bool:
        """Whether it is one digit and nothing else."""
        return self.reading.is_digit and self.part.width <= BROAD

    def certain(self, worth: Worth) -> bool:
        """Whether it may be taken from what touches it."""
        return self.reading.is_digit and self.reading.confidence >= worth.surest


Spans = dict[tuple[int, int], Span]
"""Candidates by the places of their two borders among all borders: an end of the line, the cuts, the other end."""


@dataclass(frozen=True)
class Character:
    """One of several characters.

    box: (left, top, right, bottom) in pixels of the drawing's ink, the last two just outside
    place: bool (h, w), of the shape of all the ink: what belongs to it
    image: uint8 (28, 28), 0 = paper, as it was read
    """

    box: tuple[int, int, int, int]
    place: np.ndarray
    image: np.ndarray
    reading: Reading


@dataclass(frozen=True)
class Number:
    """The characters of a drawing from left to right, two at least."""

    characters: tuple[Character, ...]

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What the network says of each."""
        return tuple(each.reading for each in self.characters)


def text(readings: Iterable[Reading], unknown: str = "?") -> str:
    """The labels one after the other, such as 42, apart where they are words; `unknown` for what is none of them."""
    labels = [each.label if each.is_digit else unknown for each in readings]
    return ("" if all(len(each) == 1 for each in labels) else " ").join(labels)


def confidence(readings: Iterable[Reading]) -> float:
    """How sure the network is of all of them: the product of their probabilities, as if they did not depend on one
    another.
    """
    return math.prod(each.confidence for each in readings)


def find(classifier: Classifier, drawn: ink.Ink, whole: Reading) -> Number | None:
    """The characters of a drawing; None where it is one, or none.

    drawn, whole: the drawing with every step on, and what the network says of all of it as one
    Of networks that do not read digits, only what stands apart is taken for several.
    """
    if drawn.problem:
        return None
    levels = drawn.levels
    if whole.is_digit and (not classifier.reads_digits or _compact(levels)):
        return None
    if characters.has_two_rows(levels):
        return None
    line = characters.line(levels)
    if sum(cut.clear for cut in line.cuts) >= MOST:
        return None
    spans = candidates(classifier, line)
    path = choose(line.cuts, spans, classifier.threshold)
    found = [spans[each].reading for each in pairwise(path)]
    if not _is_number(found, classifier):
        return None
    return Number(_characters(classifier, line, levels, path))


def reason(drawn: ink.Ink, whole: Reading) -> str:
    """Why a drawing is none of the classes: a sentence on its rows, if it has several, otherwise the reading's own."""
    rows = not drawn.problem and characters.has_two_rows(drawn.levels)
    return ROWS if rows else whole.reason


def candidates(classifier: Classifier, line: Line) -> Spans:
    """What one character can be: groups of what stands apart, and pieces of a group that is no digit as it is."""
    clear = clear_places(line.cuts)
    last = clear[-1]
    spans = _spans(classifier, line, {*_runs(clear, MOST_GROUPS), (0, last)})
    if classifier.reads_digits:
        doubted = [each for each in pairwise(clear) if not spans[each].settled]
        pieces = {run for start, stop in doubted for run in _runs(range(start, stop + 1), MOST_PIECES)}
        spans |= _spans(classifier, line, pieces - spans.keys())
    return spans


def clear_places(cuts: Sequence[Cut]) -> list[int]:
    """The places of the borders that cross no ink, the two ends of the line among them."""
    return [0, *(place for place, cut in enumerate(cuts, 1) if cut.clear), len(cuts) + 1]


def choose(cuts: Sequence[Cut], spans: Spans, threshold: float, worth: Worth = WORTH) -> list[int]:
    """The places of the borders between which the characters lie, that are worth most together.

    spans: the candidates; threshold: of the network's novelty score
    """
    price = [0.0, *(worth.crossed * cut.crossed for cut in cuts), 0.0]
    values = {each: span.worth(threshold, worth) for each, span in spans.items()}
    clear = clear_places(cuts)
    inside: dict[tuple[int, int], list[int]] = {}
    for group in pairwise(clear):
        pieces = {each: value for each, value in values.items() if group[0] <= each[0] and each[1] <= group[1]}
        own = pieces.pop(group)
        value, path = _best(pieces, *group, price)
        if value > own and all(spans[each].certain(worth) for each in pairwise(path)):
            values[group], inside[group] = value, path
    apart = {each: value for each, value in values.items() if each[0] in clear and each[1] in clear}
    apart[0, clear[-1]] += worth.one
    _, path = _best(apart, 0, clear[-1], price)
    return [0, *(place for each in pairwise(path) for place in inside.get(each, each)[1:])]


def _best(values: Mapping[tuple[int, int], float], start: int, stop: int, price: Sequence[float]):
    """The way from one border to another that is worth most, and what it is worth: (float, places of its borders)."""
    reached: dict[int, tuple[float, list[int]]] = {start: (0.0, [start])}
    for (left, right), value in sorted(values.items(), key=lambda each: each[0][1]):
        if left in reached:
            before, path = reached[left]
            total = before + value - (price[right] if right != stop else 0.0)
            if right not in reached or total > reached[right][0]:
                reached[right] = total, [*path, right]
    return reached.get(stop, (-math.inf, []))


def _runs(places: Sequence[int], most: int) -> set[tuple[int, int]]:
    """Pairs of places of which the second comes at most so many after the first."""
    return {(left, right) for at, left in enumerate(places) for right in places[at + 1 : at + 1 + most]}


def _spans(classifier: Classifier, line: Line, wanted: Iterable[tuple[int, int]]) -> Spans:
    wanted = sorted(wanted)
    if not wanted:
        return {}
    borders = [None, *line.cuts, None]
    parts = [line.part(borders[left], borders[right]) for left, right in wanted]
    gaps = [max((cut.gap for cut in line.cuts[left : right - 1]), default=0.0) for left, right in wanted]
    readings = classifier.read(np.stack([each.image for each in parts])[:, None])
    return dict(zip(wanted, map(Span, parts, gaps, readings), strict=True))


def _compact(levels: np.ndarray) -> bool:
    """Whether the ink is no wider than high and has no gap from top to bottom."""
    mask = levels > 255 * characters.INKED
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
    return bool(width <= COMPACT * height and len(columns) == width)


def _is_number(readings: Sequence[Reading], classifier: Classifier) -> bool:
    """Whether enough of several characters are known: half of the digits and two at least, all of other classes."""
    known = sum(each.is_digit for each in readings)
    return (
        1 < len(readings) <= MOST and known > 1 and (2 * known if classifier.reads_digits else known) >= len(readings)
    )


def _characters(classifier: Classifier, line: Line, levels: np.ndarray, places: Sequence[int]) -> tuple[Character, ...]:
    """What lies between these borders, in the resolution of the drawing."""
    borders = [None, *line.cuts, None]
    masks = [line.place(borders[left], borders[right]) for left, right in pairwise(places)]
    found = [ink.cleared(np.where(mask, levels, 0).astype(np.float32) / 255) for mask in masks]
    images = np.stack([ink.fitted(own) for own, _ in found])
    readings = classifier.read(images[:, None])
    boxes = [(int(x.start), int(y.start), int(x.stop), int(y.stop)) for _, (y, x) in found]
    return tuple(map(Character, boxes, masks, images, readings))
