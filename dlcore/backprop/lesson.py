"""A network, its samples and its settings together: what happens in update after update, edits by hand included."""

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral

import torch
from torch import Tensor

from dlcore.backprop.network import (
    MAX_NUMBER,
    MAX_SAMPLES,
    Backward,
    Forward,
    Network,
    Parameters,
    backward,
    check_rate,
    check_samples,
    flat,
    forward,
    mean_losses,
    passes,
    start,
    unflat,
    update,
)
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import plain

MAX_UPDATES = 1000
MAX_EDITS = 40
_EDIT = re.compile(r"(\d{1,4}):([WbXY])(\d{1,2})\.(\d{1,2})(?:\.(\d{1,2}))?=([-+.\deE]{1,24})")
_PARTS = {"W": 3, "b": 2, "X": 2, "Y": 2}


Rows = tuple[tuple[float, ...], ...]
"""One a sample."""


@dataclass(frozen=True)
class Edit:
    """A number set by hand once `update` updates are done.

    name: ("W", layer, row, column), ("b", layer, row), ("X", sample, input) or ("Y", sample, output), counted from 1;
        samples are replaced from the beginning on
    """

    update: int
    name: tuple[str, *tuple[int, ...]]
    value: float

    def __str__(self) -> str:
        return f"{self.update}:{self.name[0]}{'.'.join(map(str, self.name[1:]))}={self.value:.6g}"


def read_edits(text: str) -> tuple[Edit, ...]:
    """Edits from a text such as "0:W1.2.1=0.5 100:b2.1=-1", as `str` writes each; InvalidValue if it is none."""
    found = [_edit(part) for part in text.split()]
    if len(found) > MAX_EDITS:
        raise InvalidValue(f"up to {MAX_EDITS} numbers can be set by hand, got {len(found)}: start anew")
    return tuple(found)


def _edit(part: str) -> Edit:
    limits = f"within ±{plain(MAX_NUMBER)}"
    wrong = InvalidValue(f"an edit is written 0:W1.2.1=0.5 with a number {limits}, got {part[:40]!r}")
    match = _EDIT.fullmatch(part)
    if match is None:
        raise wrong
    update, kind, *place, written = match.groups()
    numbers = tuple(int(each) for each in place if each is not None)
    try:
        value = float(written)
    except ValueError:
        raise wrong from None
    if abs(value) > MAX_NUMBER:
        raise InvalidValue(f"numbers set by hand lie {limits}, got {written[:40]}")
    if len(numbers) != _PARTS[kind] or math.isnan(value):
        raise wrong
    return Edit(int(update), (kind, *numbers), value)


@dataclass(frozen=True)
class Lesson:
    """Everything that decides the numbers. Raises InvalidValue.

    X, Y: one row a sample; batch: samples an update takes, in turn; 0 takes all
    """

    network: Network
    X: tuple[tuple[float, ...], ...]
    Y: tuple[tuple[float, ...], ...]
    rate: float = 0.5
    batch: int = 0
    initial: str = "xavier"
    seed: int = 0
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", check_rate(self.rate))
        if not isinstance(self.batch, Integral) or not 0 <= self.batch <= MAX_SAMPLES:
            raise InvalidValue(f"a batch must have 1 to {MAX_SAMPLES} samples, or 0 for all, got {self.batch!r}")
        check_samples(self.network, self.X, self.Y)
        start(self.network, self.initial, self.seed)
        for edit in self.edits:
            self._check(edit)

    def _check(self, edit: Edit) -> None:
        kind, first, *rest = edit.name
        units, samples = self.network.units, len(self.X)
        if kind in ("W", "b"):
            known = 1 <= first <= self.network.depth
            sizes = (units[first], units[first - 1]) if known else ()
        else:
            known = 1 <= first <= samples
            sizes = (units[0] if kind == "X" else units[-1],)
        if not known or not all(1 <= place <= size for place, size in zip(rest, sizes, strict=False)):
            raise InvalidValue(f"this network has no place for the edit {edit}: it was made for another one")

    def samples(self) -> tuple[Tensor, Tensor]:
        """All X (inputs, n) and Y (outputs, n), with what was set by hand."""
        rows = {"X": [list(row) for row in self.X], "Y": [list(row) for row in self.Y]}
        for edit in self.edits:
            kind, sample, *place = edit.name
            if kind in rows:
                rows[kind][sample - 1][place[0] - 1] = edit.value
        return check_samples(self.network, rows["X"], rows["Y"])

    def taken(self, done: int) -> list[int]:
        """Indices of the samples that the update after `done` updates takes."""
        total = len(self.X)
        size = min(self.batch, total) or total
        return [(done * size + place) % total for place in range(size)]

    def edited(self, parameters: Parameters, done: int) -> Parameters:
        """`parameters` with the numbers that were set by hand after `done` updates."""
        due = [edit for edit in self.edits if edit.update == done and edit.name[0] in ("W", "b")]
        if not due:
            return parameters
        changed = [[W.clone(), b.clone()] for W, b in parameters]
        for edit in due:
            kind, layer, row, *column = edit.name
            place = (row - 1, column[0] - 1) if column else (row - 1, 0)
            changed[layer - 1][kind == "b"][place] = edit.value
        return tuple((W, b) for W, b in changed)


@dataclass(frozen=True)
class Moment:
    """One update taken apart. X, Y: the batch it takes; samples: their places; after: the parameters it leads to."""

    lesson: Lesson
    done: int
    samples: tuple[int, ...]
    X: Tensor
    Y: Tensor
    parameters: Parameters
    passed: Forward
    back: Backward
    after: Parameters
    J_after: float


@dataclass(frozen=True)
class Course:
    """A network from update to update: float64, with one row for before each of n updates and one for after the last.

    losses: (n + 1,) J over all samples; parameters: (n + 1, parameters), rows as `flat` writes them
    answers: A of layer 1 and of every later one, (n + 1, units, m), of m samples
    """

    losses: Tensor
    parameters: Tensor
    answers: tuple[Tensor, ...]


class Trajectory:
    """What a lesson's updates lead to; computed as far as it is asked for, and safe to share by threads."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._X, self._Y = lesson.samples()
        self._lock = threading.Lock()
        first = lesson.edited(start(lesson.network, lesson.initial, lesson.seed), 0)
        self._rows, self._losses = [flat(first)], []

    def parameters(self, done: int) -> Parameters:
        """Weights and biases after `done` updates. InvalidValue if the loss stopped being a number before."""
        self._reach(done)
        return unflat(self.lesson.network, self._rows[done])

    def losses(self, done: int) -> list[float]:
        """J over all samples after 0, 1, … `done` updates."""
        self._reach(done)
        return self._losses[: done + 1]

    def _reach(self, done: int) -> None:
        if not isinstance(done, Integral) or not 0 <= done <= MAX_UPDATES:
            raise InvalidValue(f"updates must be between 0 and {MAX_UPDATES}, got {done!r}")
        with self._lock:
            if len(self._rows) <= done:
                parameters = unflat(self.lesson.network, self._rows[-1])
                while len(self._rows) <= done:
                    parameters = self._next(parameters, len(self._rows) - 1)
                    self._rows.append(flat(parameters))
            if len(self._losses) <= done:
                stack = torch.stack(self._rows[len(self._losses) : done + 1])
                self._losses += mean_losses(self.lesson.network, stack, self._X, self._Y).tolist()
            broken = next((at for at, J in enumerate(self._losses[: done + 1]) if not math.isfinite(J)), None)
        if broken == 0:
            raise InvalidValue("The loss is not a number: the weights or inputs are too large. Set smaller ones.")
        if broken:
            raise InvalidValue(
                f"After {broken} updates the loss is no longer a number: a step was too long. "
                f"Try the learning rate {plain(self.lesson.rate / 10)}."
            )

    def course(self, updates: int, samples: Sequence[int]) -> Course:
        """The first `updates` updates at a glance, with what the network says of the samples at these places."""
        losses = torch.tensor(self.losses(updates), dtype=torch.float64)
        rows = torch.stack(self._rows[: updates + 1])
        return Course(
            losses, rows, passes(self.lesson.network, unflat(self.lesson.network, rows), self._X[:, samples])[1][1:]
        )

    def moment(self, done: int) -> Moment:
        """The update that follows after `done` updates, with all that goes forward and back in it."""
        lesson, parameters = self.lesson, self.parameters(done)
        taken = lesson.taken(done)
        X, Y = self._X[:, taken], self._Y[:, taken]
        passed = forward(lesson.network, parameters, X, Y)
        back = backward(lesson.network, parameters, (passed.Z, passed.A), Y)
        after = update(parameters, back, lesson.rate)
        J_after = forward(lesson.network, after, X, Y).J
        return Moment(lesson, done, tuple(taken), X, Y, parameters, passed, back, after, J_after)

    def outputs(self, parameters: Parameters, X: Tensor) -> Tensor:
        """What the network says of other inputs: (outputs, n) of X (inputs, n)."""
        return passes(self.lesson.network, parameters, X)[1][-1]

    def _next(self, parameters: Parameters, done: int) -> Parameters:
        taken = self.lesson.taken(done)
        X, Y = self._X[:, taken], self._Y[:, taken]
        back = backward(self.lesson.network, parameters, passes(self.lesson.network, parameters, X), Y)
        return self.lesson.edited(update(parameters, back, self.lesson.rate), done + 1)


SETS = {
    "xor": "XOR: 1 where exactly one of two inputs is 1",
    "circles": "Circles: 16 points, the inner eight against the outer eight",
    "sine": "Sine: 9 points of one wave",
    "own": "Your own numbers",
}


def sample_set(name: str, classes: bool, own: str = "") -> tuple[Rows, Rows]:
    """Rows of X and of Y. classes: one output for each class instead of one for both; own: text for "own"."""
    if name == "own":
        X, Y = read_rows(own)
        labels = [row[0] for row in Y]
        if classes and len(Y[0]) == 1 and all(label in range(8) for label in labels):
            return X, _one_hot([int(label) for label in labels])
        return X, Y
    if name == "xor":
        X, labels = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)), [0, 1, 1, 0]
    elif name == "circles":
        angles = [math.tau * place / 8 for place in range(8)]
        rings = [(0.5, a) for a in angles] + [(1.3, a + math.tau / 16) for a in angles]
        pairs = [(round(radius * math.cos(a), 3), round(radius * math.sin(a), 3)) for radius, a in rings]
        order = [place for pair in zip(range(8), range(8, 16), strict=True) for place in pair]
        X, labels = tuple(pairs[place] for place in order), [int(place < 8) for place in order]
    elif name == "sine" and not classes:
        points = [round(-3 + 0.75 * place, 2) for place in range(9)]
        return tuple((x,) for x in points), tuple((round(math.sin(x), 4),) for x in points)
    elif name == "sine":
        raise InvalidValue("the sine has numbers as targets, not classes: choose a loss such as mse")
    else:
        raise InvalidValue(f"data must be one of {', '.join(SETS)}, got {name!r}")
    return X, _one_hot(labels) if classes else tuple((float(label),) for label in labels)


def _one_hot(labels: Sequence[int]) -> Rows:
    wide = max(2, max(labels) + 1)
    return tuple(tuple(float(place == label) for place in range(wide)) for label in labels)


def read_rows(text: str) -> tuple[Rows, Rows]:
    """Samples from a text such as "0 1: 1; 1 1: 0": inputs, a colon, targets; samples end with ; or with a line."""
    X, Y = [], []
    lines = [line for line in re.split(r"[;\n]", str(text)[:4000]) if line.strip()]
    if not 1 <= len(lines) <= MAX_SAMPLES:
        raise InvalidValue(f"write 1 to {MAX_SAMPLES} samples such as 0 1: 1, got {len(lines)}")
    for place, line in enumerate(lines, start=1):
        sides = line.split(":")
        if len(sides) != 2:
            raise InvalidValue(
                f"sample {place} must be inputs, a colon and targets, such as 0 1: 1, got {line.strip()[:40]!r}"
            )
        try:
            inputs, targets = (tuple(float(each) for each in re.split(r"[\s,]+", side.strip())) for side in sides)
        except ValueError:
            raise InvalidValue(
                f"sample {place} must be made of numbers, got {line.strip()[:40]!r}: try 0 1: 1"
            ) from None
        X.append(inputs)
        Y.append(targets)
    for what, rows in (("inputs", X), ("targets", Y)):
        if len({len(row) for row in rows}) > 1:
            raise InvalidValue(f"every sample must have as many {what} as the first, {len(rows[0])}")
    return tuple(X), tuple(Y)
