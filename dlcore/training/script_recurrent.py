"""A run of a recurrent network as a plain PyTorch script that gives the same numbers again."""

from dlcore.data import text
from dlcore.models import rnn
from dlcore.training import script, script_sequences
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
    return head + script_sequences.data_code(config) + _network(config) + _measure(config) + _loop(config)


def _network(config: RunConfig) -> str:
    model, settings, name = config.model, config.training, config.data.name
    alphabet = text.alphabet(config.data) if name in TEXTS else None
    features, outputs = rnn.sizes(config.data, alphabet)
    ways = 1 + model.bidirectional
    embedding = f"        self.embedding = nn.Embedding({features}, {rnn.CHARACTER_SIZE})\n" if alphabet else ""
    code = script_sequences.source(rnn, "SimpleGated") + "\n" if model.cell == "simple-gated" else ""
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
