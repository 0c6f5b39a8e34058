"""The data of a recurrent run as lines of a plain PyTorch script: signals, memory tasks, rows, series and text."""

import inspect
import textwrap
from types import ModuleType

from dlcore.data import memory, pasted, sequences, series, signals, text
from dlcore.training import script
from dlcore.training.config import RunConfig
from dlcore.training.sequence_config import ROWS, SERIES, TEXTS

_GENERATED = """

def made(count, generator):
{made}


train = made({train}, torch.Generator().manual_seed({seed}))
held = torch.Generator().manual_seed({held})  # what is held out is the same for every seed
validation, test = made({validation}, held), made({test}, held)
"""

_MADE = {
    "signals": "    labels = torch.randint(10, (count,), generator=generator)\n"
    "    return signals(labels, {noise}, generator), labels",
    "recall": "    labels = torch.randint(8, (count,), generator=generator)\n"
    "    return recall(labels, {delay}, generator), labels",
    "adding": "    return adding(count, {delay}, generator)",
}

_ROWS = """
{subset}train, validation, test = (x_train, y_train), (x_validation, y_validation), (x_test, y_test)
"""

_SUBSET = """if len(y_train) > {size}:  # fewer training images
    few = torch.randperm(len(y_train), generator=torch.Generator().manual_seed({seed}))[:{size}]
    x_train, y_train = x_train[few], y_train[few]
"""

_WHOLE_BATCH = """

def batch(split, index):
    return split[0][index]{normalised}, split[1][index], ...  # all of the targets count


def size(split):
    return len(split[1])

"""

_SERIES = {
    "sines": "raw = sines({waves}, generator)\n",
    "mackey-glass": "raw = mackey_glass({tau}, generator)\n",
    "series": "raw = torch.tensor([{numbers}], dtype=torch.float64)\n",
}

_JITTER = "raw = raw + {jitter} * torch.randn(raw.shape, generator=generator, dtype=torch.float64)\n"

_SERIES_PARTS = """first, second = round(len(raw) * 0.7), round(len(raw) * 0.85)
values = ((raw - raw[:first].mean().item()) / raw[:first].std().item()).float()
window = min({window}, (first - 1) // 2)
warm_up = window // 4  # steps of a window before forecasts count
"""

_TOPICS = """
from pydoc_data.topics import topics

plain = str.maketrans({plain!r})
text = "\\n\\n".join(topics[name] for name in sorted(topics)).translate(plain)
"""

_TEXT_PARTS = """characters = {characters!r}  # the first one stands for all others
number = {{character: place for place, character in enumerate(characters)}}
values = torch.tensor([number.get(character, 0) for character in text])
first, second = round(len(values) * 0.8), round(len(values) * 0.9)
window, warm_up = min({window}, second - first - 1), 0
generator = torch.Generator().manual_seed({seed})
"""

_WINDOWS = """

def held_out(values, start, end):  # windows in which each of values[start:end] is forecast once
    targets = torch.arange(start, end, window - warm_up)
    starts = (targets - 1 - warm_up).clamp(0, end - 1 - window)
    return values, starts, targets - 1 - starts


last = first - 1 - window
starts = torch.arange(0, last + 1, min(max(last // 2_000, 1), window))
{subset}train = values[:first], starts, torch.full_like(starts, warm_up)
{held}

def batch(split, index):  # the target of every step is the next value
    values, starts, skipped = split
    steps = torch.arange(window + 1)
    pieces = values[starts[index][:, None] + steps]
    return pieces[:, :-1]{feature}, pieces[:, 1:], steps[:-1] >= skipped[index][:, None]


def size(split):
    return len(split[1])

"""

_SUBSET_WINDOWS = """if len(starts) > {size}:  # fewer training windows
    starts = starts[torch.randperm(len(starts), generator=generator)[:{size}]]
"""

_HELD = {
    "series": "validation, test = held_out(values, first, second), held_out(values, second, len(values))\n",
    "texts": "validation = held_out(values[first:second], 1, second - first)\n"
    "test = held_out(values[second:], 1, len(values) - second)\n",
}


def data_code(config: RunConfig) -> str:
    """Lines that make `train`, `validation` and `test`, with `batch(split, index)` and `size(split)` to read them."""
    data, seed = config.data, config.training.seed
    if data.name in SERIES:
        return _series(config) + _windows(config, "series")
    if data.name in TEXTS:
        return _text(config) + _windows(config, "texts")
    if data.name in ROWS:
        subset = _SUBSET.format(size=data.train_size, seed=seed) if data.train_size is not None else ""
        normalised = ".float().div(255).sub(0.1307).div(0.3081)"
        return script.data_code(config) + _ROWS.format(subset=subset) + _WHOLE_BATCH.format(normalised=normalised)
    constants = {
        "signals": "STEPS = SENSORS = 10\n\n\n",
        "recall": f"SYMBOLS = {memory.SYMBOLS!r}\nRECALL_FEATURES = len(SYMBOLS) + 2\n\n\n",
    }
    made = _MADE[data.name].format(noise=data.noise, delay=data.delay)
    return (
        constants.get(data.name, "")
        + source(signals if data.name == "signals" else memory, data.name)
        + _GENERATED.format(
            made=made,
            train=data.train_size or sequences.TRAIN,
            seed=seed,
            held=sequences.HELD_SEED,
            validation=sequences.VALIDATION,
            test=sequences.TEST,
        )
        + _WHOLE_BATCH.format(normalised="")
    )


def _series(config: RunConfig) -> str:
    data = config.data
    numbers = ""
    code = f"generator = torch.Generator().manual_seed({config.training.seed})\n"
    if data.name == "series":
        numbers = ", ".join(f"{each:g}" if float(f"{each:g}") == each else repr(each)
                            for each in pasted.numbers(data.text, data.column))  # fmt: skip
        numbers = "\n" + textwrap.fill(numbers, 116, initial_indent="    ", subsequent_indent="    ") + "\n"
    else:
        names = ["LENGTH", "PERIODS"] if data.name == "sines" else \
            ["LENGTH", "MACKEY_STEP", "MACKEY_EVERY", "MACKEY_START"]  # fmt: skip
        constants = "".join(f"{name} = {getattr(series, name)!r}\n" for name in names)
        functions = ("standard", "sines") if data.name == "sines" else ("standard", "_mackey_glass", "mackey_glass")
        lines = source(series, *functions).replace("@functools.lru_cache(maxsize=8)\n", "")
        code = f"{constants}\n\n{lines}\n\n{code}"
    code += _SERIES[data.name].format(waves=data.waves, tau=data.tau, numbers=numbers)
    if data.name != "series":
        code += _JITTER.format(jitter=data.jitter)
    return code + _SERIES_PARTS.format(window=data.window)


def _text(config: RunConfig) -> str:
    data = config.data
    if data.name == "topics":
        plain = {chr(code): value for code, value in text.PLAIN.items()}
        code = _TOPICS.format(plain=plain).lstrip("\n")
    else:
        code = f"text = {pasted.letters(data.text)!r}\n"
    characters = "".join(text.alphabet(data).characters)
    return code + _TEXT_PARTS.format(characters=characters, window=data.window, seed=config.training.seed)


def _windows(config: RunConfig, kind: str) -> str:
    size = config.data.train_size
    return _WINDOWS.format(
        subset="" if size is None else _SUBSET_WINDOWS.format(size=size),
        held=_HELD[kind],
        feature="[:, :, None]" if kind == "series" else "",
    )


def source(module: ModuleType, *functions: str) -> str:
    """The very lines that dlcore runs."""
    return "\n\n".join(textwrap.dedent(inspect.getsource(getattr(module, name))) for name in functions)
