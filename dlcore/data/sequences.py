"""The data of recurrent networks: three splits, whole and in memory, of which a batch is taken by its index."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from dlcore.config.pasted import read
from dlcore.config.sequences import ROWS, SERIES, TEXTS, SequenceConfig
from dlcore.data import memory, series, sets, signals, text
from dlcore.data.pixels import normalise
from dlcore.data.prepare import subset
from dlcore.data.sets import Progress
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import number

TRAIN, VALIDATION, TEST = 10_000, 1_000, 2_000
ENOUGH_WINDOWS = 2_000
HELD_SEED = 20_240_229
"""Validation and test sequences are the same for every run, whatever its seed."""
SHARES: dict[tuple[str, ...], tuple[float, float]] = {TEXTS: (0.8, 0.1), SERIES: (0.7, 0.15)}
"""Training and validation parts of a text and of a series; the rest, at the end, is for the test."""


@dataclass(frozen=True)
class Batch:
    """inputs (N, …) as the network takes them; targets (N,) or (N, T); counted: which of the targets count."""

    inputs: Tensor
    targets: Tensor
    counted: Tensor | None = None


@dataclass(frozen=True)
class Whole:
    """Sequences with one target each. inputs: float32 (N, T, F), or uint8 images (N, 1, 28, 28); targets: (N,)."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.targets)

    def batch(self, index: Tensor) -> Batch:
        """The sequences at `index`."""
        inputs = self.inputs.index_select(0, index)
        return Batch(normalise(inputs) if inputs.dtype == torch.uint8 else inputs, self.targets.index_select(0, index))

    def to(self, device: torch.device) -> "Whole":
        """The same split on another device."""
        return Whole(self.inputs.to(device), self.targets.to(device))


@dataclass(frozen=True)
class Windows:
    """Pieces of one long sequence, where the target of every step is the next value.

    values: float32 (M,) of a series or int64 (M,) of a text; starts: int64 (N,), where the pieces begin
    skipped: int64 (N,), steps of each piece whose targets do not count; length: steps of a piece
    """

    values: Tensor
    starts: Tensor
    skipped: Tensor
    length: int

    def __len__(self) -> int:
        return len(self.starts)

    def batch(self, index: Tensor) -> Batch:
        """The pieces at `index`."""
        steps = torch.arange(self.length + 1, device=self.values.device)
        pieces = self.values[self.starts[index][:, None] + steps]
        counted = steps[:-1] >= self.skipped[index][:, None]
        inputs = pieces[:, :-1]
        return Batch(inputs[:, :, None] if inputs.is_floating_point() else inputs, pieces[:, 1:], counted)

    def to(self, device: torch.device) -> "Windows":
        """The same split on another device."""
        return Windows(self.values.to(device), self.starts.to(device), self.skipped.to(device), self.length)


@dataclass(frozen=True)
class SequenceSet:
    """Three splits. labels: the classes, if any; notice: a sentence about what was done to the data.

    Of series and texts also:
    values: the whole of it, as in the splits; bounds: where the validation and the test part begin
    mean, deviation: what series were standardised with; warm_up: steps of a window before forecasts count
    """

    name: str
    train: Whole | Windows
    validation: Whole | Windows
    test: Whole | Windows
    labels: tuple[str, ...] = ()
    notice: str = ""
    values: Tensor = field(default_factory=lambda: torch.empty(0))
    bounds: tuple[int, int] = (0, 0)
    mean: float = 0.0
    deviation: float = 1.0
    warm_up: int = 0

    def splits(self) -> Iterator[tuple[str, Whole | Windows]]:
        """Names and splits."""
        return iter((("train", self.train), ("validation", self.validation), ("test", self.test)))


def load(config: SequenceConfig, seed: int, progress: Progress | None = None) -> SequenceSet:
    """The sequences that `config` describes.

    seed: decides the training sequences, and all of a generated series; what is held out is the same for every run
    """
    generator = torch.Generator().manual_seed(seed)
    if config.name in SERIES:
        return _series(config, generator)
    if config.name in TEXTS:
        return _text(config, generator)
    if config.name in ROWS:
        found = sets.load(config.name, progress=progress)
        split = subset(found.train, config.train_size, generator)
        train, validation, test = (Whole(each.images, each.labels) for each in (split, found.validation, found.test))
        return SequenceSet(found.name, train, validation, test, labels=found.labels, notice=found.notice)
    held = torch.Generator().manual_seed(HELD_SEED)
    train = generated(config, config.train_size or TRAIN, generator)
    labels = {"signals": signals.SIGNALS, "recall": memory.SYMBOLS}.get(config.name, ())
    return SequenceSet(
        config.name, train, generated(config, VALIDATION, held), generated(config, TEST, held), labels=labels
    )


def generated(config: SequenceConfig, count: int, generator: torch.Generator) -> Whole:
    """`count` new sequences of signals, recall or adding."""
    if config.name == "adding":
        return Whole(*memory.adding(count, config.delay, generator))
    classes = len(signals.SIGNALS if config.name == "signals" else memory.SYMBOLS)
    labels = torch.randint(classes, (count,), generator=generator)
    if config.name == "signals":
        return Whole(signals.signals(labels, config.noise, generator), labels)
    return Whole(memory.recall(labels, config.delay, generator), labels)


def _series(config: SequenceConfig, generator: torch.Generator) -> SequenceSet:
    gaps = ""
    match config.name:
        case "sines":
            raw = series.sines(config.waves, generator)
        case "mackey-glass":
            raw = series.kept_mackey_glass(config.tau, series.drawn_start(generator))
        case _:
            reading = read(config.text, config.column, config.gaps)
            gaps, raw = reading.notice, torch.tensor(reading.values, dtype=torch.float64)
    if config.name != "series":
        raw = raw + config.jitter * torch.randn(raw.shape, generator=generator, dtype=torch.float64)
    bounds = _bounds(len(raw), SERIES)
    known = raw[: bounds[0]]
    mean, deviation = known.mean().item(), known.std().item()
    if not deviation:
        raise InvalidValue(
            f"the first {len(known)} numbers, which the network learns from, are all {number(mean)}: paste one that "
            f"changes"
        )
    values = ((raw - mean) / deviation).float()
    if not values.isfinite().all():
        raise InvalidValue(
            f"the later numbers are too far from the first {len(known)}, which the network learns from (deviation "
            f"{number(deviation, 3)} around {number(mean, 3)}): paste a series that stays on one scale"
        )
    window = min(config.window, (bounds[0] - 1) // 2)
    warm_up = window // 4
    shortened = _shortened(window, config.window, f"The series has {len(raw)} numbers")
    notice = " ".join(filter(None, (gaps, shortened)))
    train = _windows(values[: bounds[0]], window, warm_up, config.train_size, generator)
    validation = _held(values, *bounds, window, warm_up)
    test = _held(values, bounds[1], len(raw), window, warm_up)
    return SequenceSet(
        config.name, train, validation, test, notice=notice, values=values, bounds=bounds,
        mean=mean, deviation=deviation, warm_up=warm_up,
    )  # fmt: skip


def _text(config: SequenceConfig, generator: torch.Generator) -> SequenceSet:
    content = text.corpus(config)
    values = text.alphabet(config).encode(content)
    bounds = _bounds(len(values), TEXTS)
    window = min(config.window, bounds[1] - bounds[0] - 1, len(values) - bounds[1] - 1)
    notice = _shortened(window, config.window, f"The text has {len(values):,} characters")
    train = _windows(values[: bounds[0]], window, 0, config.train_size, generator)
    validation, test = (
        _held(part, 1, len(part), window, 0) for part in (values[bounds[0] : bounds[1]], values[bounds[1] :])
    )
    return SequenceSet(config.name, train, validation, test, notice=notice, values=values, bounds=bounds)


def _bounds(length: int, kind: tuple[str, ...]) -> tuple[int, int]:
    first, second = SHARES[kind]
    return round(length * first), round(length * (first + second))


def _shortened(window: int, wanted: int, why: str) -> str:
    return f"{why}: windows of {window} steps are used instead of {wanted}." if window < wanted else ""


def _windows(values: Tensor, window: int, warm_up: int, size: int | None, generator: torch.Generator) -> Windows:
    """Training windows: one after the other, overlapping as much as it takes to have enough."""
    last = len(values) - 1 - window
    stride = min(max(last // ENOUGH_WINDOWS, 1), window)
    starts = torch.arange(0, last + 1, stride)
    if size is not None and size < len(starts):
        starts = starts[torch.randperm(len(starts), generator=generator)[:size]]
    return Windows(values, starts, torch.full_like(starts, warm_up), window)


def _held(values: Tensor, start: int, end: int, window: int, warm_up: int) -> Windows:
    """Windows in which each of values[start:end] is the target that counts exactly once.

    They reach back before `start`, as a forecast does, where there is a warm-up.
    """
    first_target = torch.arange(start, end, window - warm_up)
    starts = (first_target - 1 - warm_up).clamp(0, end - 1 - window)
    return Windows(values, starts, first_target - 1 - starts, window)
