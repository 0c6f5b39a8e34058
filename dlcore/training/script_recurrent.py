"""A run of a recurrent network as a plain PyTorch script that gives the same numbers again."""

import inspect
import textwrap
from types import ModuleType

from dlcore.data import memory, pasted, sequences, series, signals, text
from dlcore.models import rnn
from dlcore.training import script
from dlcore.training.config import RunConfig
from dlcore.training.sequence_config import FORECASTS, ROWS, SERIES, TEXTS
from dlcore.training.sequences import EVALUATION_BATCH

_HEAD = '''"""{title} on {data}, as dlcore trains it. Prints the validation curve and the test figures."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


def seed_of(step):  # every step has random numbers of its own
    value = ({seed} * 0x9E3779B97F4A7C15 + step) & 0xFFFFFFFFFFFFFFFF
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = ((value ^ (value >> 33)) * factor) & 0xFFFFFFFFFFFFFFFF
    return value >> 1


'''

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

_MODEL = """
class Network(nn.Module):
    def __init__(self):
        super().__init__()
{embedding}        self.layers = {layers}
{remember}        self.dropout = nn.Dropout({dropout})
        self.output = nn.Linear({wide}, {outputs})

    def forward(self, x):
{read}{states}        return self.output(self.dropout({last}))


torch.manual_seed({seed})
model = Network()
parameters = list(model.parameters())
optimizer = {optimizer}


def schedule(done):
{schedule}


"""

_REMEMBER = """        for name, parameter in self.layers.named_parameters():
            if name.startswith("bias_ih"):  # open forget gates: remember before learning what to forget
                nn.init.ones_(parameter.data[{hidden} : 2 * {hidden}])
"""

_STATES = "        states, _ = self.layers(x)\n"

_TRUNCATED = """        most, length = {tbptt}, x.shape[1]
        first = [length % most] if length % most else []
        pieces = [*first, *[most] * (length // most)] if self.training else [length]
        state, parts = None, []
        for piece in x.split(pieces, dim=1):  # gradients end where a piece begins
            part, state = self.layers(piece, state)
            state = tuple(each.detach() for each in state) if isinstance(state, tuple) else state.detach()
            parts.append(part)
        states = torch.cat(parts, dim=1)
"""

_MEASURE = """def outputs(split, index):
    x, y, counted = batch(split, index)
    with torch.autocast("cpu", torch.bfloat16, enabled={bf16}):
        said = model(x)
    return said[counted].float(), y[counted]


@torch.inference_mode()
def evaluate(split):
    model.eval()
    parts = [outputs(split, part) for part in torch.arange(size(split)).split({batch})]
    model.train()
    said, y = (torch.cat(each) for each in zip(*parts))
{measured}


"""

_MEASURED_CLASSES = """    loss, accuracy = functional.cross_entropy(said, y), (said.argmax(1) == y).float().mean()
    return loss.item(), f"loss {loss:.6f}, accuracy {accuracy:.4%}\""""

_MEASURED_NUMBERS = """    loss = functional.mse_loss(said.squeeze(1), y)
    return loss.item(), f"loss {loss:.6f}\""""

_LOOP = """batch_size, epochs, step = {batch_size}, {epochs}, 0
total = math.ceil(size(train) / batch_size) * epochs
{patience_start}for epoch in range(epochs):
    order = torch.randperm(size(train), generator=torch.Generator().manual_seed(seed_of(-1 - epoch)))
    for index in order.split(batch_size):
        torch.manual_seed(seed_of(step))
        for group in optimizer.param_groups:
            group["lr"] = {lr} * schedule(step / total)
        said, y = outputs(train, index)
        loss = {loss}
        optimizer.zero_grad()
        loss.backward()
{clip}        optimizer.step()
        step += 1
    loss, told = evaluate(validation)
    print(f"epoch {{epoch + 1}}: validation {{told}}")
{patience}print(f"test {{evaluate(test)[1]}}")
"""


def export(config: RunConfig) -> str:
    """A complete script for `config`, for the CPU: plain PyTorch, with nothing imported from dlcore.

    With the same number of threads it prints the numbers of the run, to the last digit.
    """
    head = _HEAD.format(title=config.model.cell.upper(), data=config.data.name, seed=config.training.seed)
    return head + _data(config) + _network(config) + _measure(config) + _loop(config)


def _source(module: ModuleType, *functions: str) -> str:
    """The very lines that dlcore runs."""
    return "\n\n".join(textwrap.dedent(inspect.getsource(getattr(module, name))) for name in functions)


def _data(config: RunConfig) -> str:
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
        + _source(signals if data.name == "signals" else memory, data.name)
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
        source = _source(series, *functions).replace("@functools.lru_cache(maxsize=8)\n", "")
        code = f"{constants}\n\n{source}\n\n{code}"
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


def _network(config: RunConfig) -> str:
    model, settings, name = config.model, config.training, config.data.name
    alphabet = text.alphabet(config.data) if name in TEXTS else None
    features, outputs = rnn.sizes(config.data, alphabet)
    ways = 1 + model.bidirectional
    embedding = f"        self.embedding = nn.Embedding({features}, {rnn.CHARACTER_SIZE})\n" if alphabet else ""
    code = _source(rnn, "SimpleGated") + "\n" if model.cell == "simple-gated" else ""
    return code + _MODEL.format(
        embedding=embedding,
        layers=_layers(config, rnn.CHARACTER_SIZE if alphabet else features),
        remember=_REMEMBER.format(hidden=model.hidden) if model.cell == "lstm" else "",
        dropout=config.dropout,
        wide=model.hidden * ways,
        outputs=outputs,
        read=_read(name),
        states=_TRUNCATED.format(tbptt=model.tbptt) if model.tbptt else _STATES,
        last=_last(config),
        seed=settings.seed,
        optimizer=script.OPTIMIZERS[settings.optimizer].format(
            lr=settings.learning_rate,
            decay=settings.weight_decay,
            momentum=settings.momentum,
            nesterov=settings.momentum > 0,
        ),
        schedule=script.SCHEDULES[settings.schedule],
    )


def _layers(config: RunConfig, features: int) -> str:
    model = config.model
    options = [str(features), str(model.hidden), str(model.layers)]
    if model.cell != "simple-gated":
        options.append("batch_first=True")
    if model.cell.startswith("rnn"):
        options.append(f'nonlinearity="{model.cell.removeprefix("rnn-")}"')
    if model.bidirectional:
        options.append("bidirectional=True")
    if model.layers > 1 and config.dropout:
        options.append(f"dropout={config.dropout}")
    kind = {"lstm": "nn.LSTM", "gru": "nn.GRU", "simple-gated": "SimpleGated"}.get(model.cell, "nn.RNN")
    return f"{kind}({', '.join(options)})"


def _read(name: str) -> str:
    """From a batch to the steps that the first layer reads."""
    if name in TEXTS:
        return "        x = self.embedding(x)\n"
    if name == "digits":
        side = 24 // rnn.SMALL_SIDE
        return f"        x = functional.avg_pool2d(x[:, :, 2:-2, 2:-2], {side}).squeeze(1)  # they were 8×8 images\n"
    return "        x = x.squeeze(1)\n" if name in ROWS else ""


def _last(config: RunConfig) -> str:
    """The states from which the answer is made."""
    if config.data.name in FORECASTS:
        return "states"
    hidden = config.model.hidden
    if config.model.bidirectional:
        return f"torch.cat((states[:, -1, :{hidden}], states[:, 0, {hidden}:]), dim=1)"
    return "states[:, -1]"


def _is_amount(config: RunConfig) -> bool:
    return config.data.name in (*SERIES, "adding")


def _measure(config: RunConfig) -> str:
    measured = _MEASURED_NUMBERS if _is_amount(config) else _MEASURED_CLASSES
    return _MEASURE.format(bf16=config.training.precision == "bf16", batch=EVALUATION_BATCH, measured=measured)


def _loop(config: RunConfig) -> str:
    settings = config.training
    smoothing = f", label_smoothing={settings.label_smoothing}" if settings.label_smoothing else ""
    loss = (
        "functional.mse_loss(said.squeeze(1), y)"
        if _is_amount(config)
        else f"functional.cross_entropy(said, y{smoothing})"
    )
    clip = f"        nn.utils.clip_grad_norm_(parameters, {settings.gradient_clip})\n" if settings.gradient_clip else ""
    return _LOOP.format(
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        patience_start="best_loss = math.inf\n" if settings.early_stopping else "",
        lr=settings.learning_rate,
        loss=loss,
        clip=clip,
        patience=script.PATIENCE.replace("PATIENCE", str(settings.early_stopping)) if settings.early_stopping else "",
    )
