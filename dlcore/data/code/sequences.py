"""Sequences: `train`, `validation` and `test`, and `batch(split, index)` to read them; see dlcore.data.sequences."""

import textwrap
from collections.abc import Iterable

from dlcore.config import pasted
from dlcore.config.sequences import ROWS, SERIES, TEXTS, SequenceConfig
from dlcore.data.code.images import images
from dlcore.formula.source import Code, source


def sequences(config: SequenceConfig) -> Code:
    """Lines that make the splits.

    `batch` gives inputs and targets; of series and texts also which of the targets count.
    """
    if config.name in SERIES:
        held = "validation, test = held_out(values, first, second), held_out(values, second, len(values))"
        return Code.joined(_series(config), _windows(config, "pieces[:, :-1, None]", held))
    if config.name in TEXTS:
        held = (
            "validation = held_out(values[first:second], 1, second - first)",
            "test = held_out(values[second:], 1, len(values) - second)",
        )
        return Code.joined(_text(config), _windows(config, "pieces[:, :-1]", *held))
    if config.name in ROWS:
        named = "train, validation, test = (x_train, y_train), (x_validation, y_validation), (x_test, y_test)"
        return Code.joined(
            source("dlcore.data.pixels:normalise"),
            images(config.name, config.train_size),
            _lines(named),
            _batch("normalise(split[0][index])"),
        )
    return Code.joined(_generated(config), _batch("split[0][index]"))


def _lines(*lines: str) -> Code:
    return Code("\n".join(lines))


def _batch(inputs: str) -> Code:
    return _lines("def batch(split, index):", f"    return {inputs}, split[1][index]")


# What is made anew: signals, recall, adding.


def _generated(config: SequenceConfig) -> Code:
    module = "signals" if config.name == "signals" else "memory"
    counts = "TRAIN" if config.train_size is None else f"{config.train_size}"
    return Code.joined(
        source(f"dlcore.data.{module}:{config.name}"),
        source("dlcore.data.sequences:TRAIN", "dlcore.data.sequences:HELD_SEED"),
        _lines(*_made(config)),
        _lines(
            f"train = made({counts}, torch.Generator().manual_seed(SEED))",
            "held = torch.Generator().manual_seed(HELD_SEED)  # what is held out is the same for every seed",
            "validation, test = made(VALIDATION, held), made(TEST, held)",
        ),
    )


def _made(config: SequenceConfig) -> Iterable[str]:
    yield "def made(count, generator):"
    if config.name == "adding":
        yield f"    return adding(count, {config.delay}, generator)"
        return
    classes, setting = ("10", config.noise) if config.name == "signals" else ("len(SYMBOLS)", config.delay)
    yield f"    labels = torch.randint({classes}, (count,), generator=generator)"
    yield f"    return {config.name}(labels, {setting}, generator), labels"


# One long sequence, of which pieces are read: series and texts.


def _series(config: SequenceConfig) -> Code:
    return Code.joined(
        _raw(config),
        _lines(
            "first, second = round(len(raw) * 0.7), round(len(raw) * 0.85)",
            "values = ((raw - raw[:first].mean().item()) / raw[:first].std().item()).float()",
            f"window = min({config.window}, (first - 1) // 2)",
            "warm_up = window // 4  # steps of a window before forecasts count",
        ),
    )


def _raw(config: SequenceConfig) -> Code:
    """The numbers of a series, and the generator that goes on to draw its windows."""
    generator = "generator = torch.Generator().manual_seed(SEED)"
    if config.name == "series":
        return _lines(
            generator, "numbers = [", _pasted(config), "]", "raw = torch.tensor(numbers, dtype=torch.float64)"
        )
    functions, made = {
        "sines": (("sines",), f"sines({config.waves}, generator)"),
        "mackey-glass": (("drawn_start", "mackey_glass"), f"mackey_glass({config.tau}, drawn_start(generator))"),
    }[config.name]
    noise = f"{config.jitter} * torch.randn(raw.shape, generator=generator, dtype=torch.float64)"
    return Code.joined(
        source(*(f"dlcore.data.series:{name}" for name in functions)),
        _lines(generator, f"raw = {made}", f"raw = raw + {noise}"),
    )


def _pasted(config: SequenceConfig) -> str:
    """Numbers as short as they can be said, in lines."""
    values = pasted.numbers(config.text, config.column, config.gaps)
    said = ", ".join(f"{each:g}" if float(f"{each:g}") == each else repr(each) for each in values)
    return textwrap.fill(f"{said},", 116, initial_indent="    ", subsequent_indent="    ")


def _text(config: SequenceConfig) -> Code:
    if config.name == "topics":
        code = source("dlcore.data.text:UNKNOWN", "dlcore.data.text:PRINTABLE", "dlcore.data.text:PLAIN")
        content = Code(
            'text = "\\n\\n".join(topics[name] for name in sorted(topics)).translate(PLAIN)\n'
            "characters = [UNKNOWN, *PRINTABLE]  # the first one stands for all others",
            ("from pydoc_data.topics import topics",),
        )
    else:
        code = source("dlcore.data.text:UNKNOWN", "dlcore.data.text:frequent")
        content = _lines(
            "text = (",
            *(f"    {line!r}" for line in pasted.letters(config.text).splitlines(keepends=True)),
            ")",
            "characters = [UNKNOWN, *frequent(text)]  # the first one stands for all others",
        )
    parts = _lines(
        "number = {character: place for place, character in enumerate(characters)}",
        "values = torch.tensor([number.get(character, 0) for character in text])",
        "first, second = round(len(values) * 0.8), round(len(values) * 0.9)",
        f"window, warm_up = min({config.window}, second - first - 1, len(values) - second - 1), 0",
        "generator = torch.Generator().manual_seed(SEED)",
    )
    return Code.joined(code, content, parts)


def _windows(config: SequenceConfig, inputs: str, *held: str) -> Code:
    """The pieces, and what reads them."""
    few = (
        f"if len(starts) > {config.train_size}:  # fewer training windows",
        f"    starts = starts[torch.randperm(len(starts), generator=generator)[:{config.train_size}]]",
    )
    return Code.joined(
        _lines(
            "def batch(split, index):  # the target of every step is the next value",
            "    values, starts, skipped = split",
            "    steps = torch.arange(window + 1)",
            "    pieces = values[starts[index][:, None] + steps]",
            f"    return {inputs}, pieces[:, 1:], steps[:-1] >= skipped[index][:, None]",
        ),
        _lines(
            "def held_out(values, start, end):  # windows in which each of values[start:end] is forecast once",
            "    targets = torch.arange(start, end, window - warm_up)",
            "    starts = (targets - 1 - warm_up).clamp(0, end - 1 - window)",
            "    return values, starts, targets - 1 - starts",
        ),
        source("dlcore.data.sequences:ENOUGH_WINDOWS"),
        _lines(
            "last = first - 1 - window",
            "starts = torch.arange(0, last + 1, min(max(last // ENOUGH_WINDOWS, 1), window))",
            *(few if config.train_size is not None else ()),
            "train = values[:first], starts, torch.full_like(starts, warm_up)",
            *held,
        ),
    )
