"""A run of an autoencoder as a plain PyTorch script that gives the same numbers again. No torch in here."""

from itertools import pairwise

from dlcore.errors import InvalidValue
from dlcore.models.presets import preset
from dlcore.training import script
from dlcore.training.config import RunConfig

VARIATIONAL, CONDITIONAL = ("vae", "cvae"), ("cvae",)

_HEAD = '''"""{preset} on {data}, as dlcore trains it. Prints the validation curve and the test figures."""

import math

import torch
from torch import nn
from torch.nn import functional
{data_code}

def pixels(x):
    return x.float() / 255


def seed_of(step):  # every step has random numbers of its own
    value = ({seed} * 0x9E3779B97F4A7C15 + step) & 0xFFFFFFFFFFFFFFFF
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = ((value ^ (value >> 33)) * factor) & 0xFFFFFFFFFFFFFFFF
    return value >> 1

{prepare}
torch.manual_seed({seed})
encoder = nn.Sequential(
{encoder}
)
decoder = nn.Sequential(
{decoder}
)
model = nn.ModuleDict({{"encoder": encoder, "decoder": decoder}})
parameters = list(model.parameters())
optimizer = {optimizer}
generator = torch.Generator()
{augment}

def schedule(done):
{schedule}


'''

_MEASURE = """def measure(images, {labels}generator):
    inputs = {inputs}
    with torch.autocast("cpu", torch.bfloat16, enabled={bf16}):
{forward}
    bce = functional.binary_cross_entropy_with_logits(logits, images)
    mse = functional.mse_loss(logits.sigmoid(), images)
{loss}


@torch.inference_mode()
def evaluate(x, y):
    model.eval()
    generator = torch.Generator().manual_seed({seed})  # the same noise at every evaluation
    total = torch.zeros(4)
    for part in torch.arange(len(x)).split(1_000):
        total += len(part) * measure(pixels(x[part]), {told}generator)
    model.train()
    return (total / len(x)).tolist()


def told(values):
    names = ("loss", "bce", "mse", "{last}")
    return ", ".join(f"{{name}} {{value:.6f}}" for name, value in zip(names, values))


"""

_FORWARD = """        code = encoder(inputs)
        logits = decoder(code).float()"""

_FORWARD_VARIATIONAL = """        mean, log_variance = encoder({read}).chunk(2, dim=1)
        code = mean + (0.5 * log_variance).exp() * torch.randn(mean.shape, generator=generator)
        logits = decoder({code}).float()"""

_LOSS = """    size = code.abs()
    silent = (size <= 0.01 * size.max()).float().mean()
    loss = {reconstruction}{sparsity}
    return torch.stack((loss, bce.detach(), mse.detach(), silent))"""

_LOSS_VARIATIONAL = """    mean, log_variance = mean.float(), log_variance.float()
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()  # in nats per image
    loss = {reconstruction} + {beta} * kl / 784
    return torch.stack((loss, bce.detach(), mse.detach(), kl.detach()))"""

_LOOP = """batch_size, epochs, step = {batch_size}, {epochs}, 0
total = math.ceil(len(x_train) / batch_size) * epochs
{patience_start}for epoch in range(epochs):
    order = torch.randperm(len(x_train), generator=torch.Generator().manual_seed(seed_of(-1 - epoch)))
    for index in order.split(batch_size):
        torch.manual_seed(seed_of(step))
        generator.manual_seed(seed_of(step))
        for group in optimizer.param_groups:
            group["lr"] = {lr} * schedule(step / total)
        images, labels = pixels(x_train[index]), y_train[index]
{augment}        loss = measure(images, {told}generator)[0]
        optimizer.zero_grad()
        loss.backward()
{clip}        optimizer.step()
        step += 1
    held = evaluate(x_validation, y_validation)
    print(f"epoch {{epoch + 1}}: validation {{told(held)}}")
{patience}print(f"test {{told(evaluate(x_test, y_test))}}")
"""


def export(config: RunConfig, *, precision: str = "fp32") -> str:
    """A complete script for `config`, for the CPU.

    With the same number of threads it prints the numbers of the run, to the last digit. Only augmentation is imported
    from dlcore; all the rest is plain PyTorch.
    precision: fp32 or bf16, as in the run's Started record
    """
    if preset(config.preset).kind != "autoencoder":
        raise InvalidValue(f"preset must be an autoencoder, got {config.preset!r}")
    return _head(config) + _measure(config, precision) + _loop(config)


def _head(config: RunConfig) -> str:
    settings = config.training
    encoder, decoder = _convolutional(config) if config.preset == "ae-conv" else _dense(config)
    kinds = config.data.augment
    return _HEAD.format(
        preset=config.preset,
        data=config.data.name,
        data_code=script.data_code(config),
        seed=settings.seed,
        prepare=script.preparation(config),
        encoder="\n".join(f"    {line}" for line in encoder),
        decoder="\n".join(f"    {line}" for line in decoder),
        optimizer=script.OPTIMIZERS[settings.optimizer].format(
            lr=settings.learning_rate,
            decay=settings.weight_decay,
            momentum=settings.momentum,
            nesterov=settings.momentum > 0,
        ),
        augment=f"\nfrom dlcore.data.augment import Augment\naugment = Augment({kinds!r}, generator)\n"
        if kinds
        else "",
        schedule=script.SCHEDULES[settings.schedule],
    )


def _measure(config: RunConfig, precision: str) -> str:
    model = config.model
    conditional = config.preset in CONDITIONAL
    if config.preset in VARIATIONAL:
        given = ", functional.one_hot(labels, 10).float()), dim=1)"
        read = f"torch.cat((inputs.flatten(1){given}" if conditional else "inputs"
        code = f"torch.cat((code{given}" if conditional else "code"
        forward = _FORWARD_VARIATIONAL.format(read=read, code=code)
        loss = _LOSS_VARIATIONAL.format(reconstruction=model.reconstruction, beta=model.beta)
    else:
        forward = _FORWARD
        sparsity = f" + {model.sparsity} * size.mean()" if model.sparsity else ""
        loss = _LOSS.format(reconstruction=model.reconstruction, sparsity=sparsity)
    return _MEASURE.format(
        labels="labels, " if conditional else "",
        told="y[part], " if conditional else "",
        inputs=_inputs(config),
        bf16=precision == "bf16",
        forward=forward,
        loss=loss,
        seed=config.training.seed,
        last="kl" if config.preset in VARIATIONAL else "silent",
    )


def _inputs(config: RunConfig) -> str:
    kind, amount = config.model.corruption, config.model.corruption_amount
    if kind == "noise":
        return f"(images + {amount} * torch.randn(images.shape, generator=generator)).clamp(0, 1)"
    if kind == "masking":
        return f"images * (torch.rand(images.shape, generator=generator) >= {amount})"
    return "images"


def _loop(config: RunConfig) -> str:
    settings = config.training
    clip = f"        nn.utils.clip_grad_norm_(parameters, {settings.gradient_clip})\n" if settings.gradient_clip else ""
    patience = script.PATIENCE.replace("loss < best_loss", "held[0] < best_loss").replace("= loss,", "= held[0],")
    return _LOOP.format(
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        lr=settings.learning_rate,
        augment="        images = augment(images, labels).clamp(0, 1)\n" if config.data.augment else "",
        told="labels, " if config.preset in CONDITIONAL else "",
        clip=clip,
        patience_start="best_loss = math.inf\n" if settings.early_stopping else "",
        patience=patience.replace("PATIENCE", str(settings.early_stopping)) if settings.early_stopping else "",
    )


def _dense(config: RunConfig) -> tuple[list[str], list[str]]:
    """Lines of the encoder and of the decoder."""
    model = config.model
    classes = 10 if config.preset in CONDITIONAL else 0
    given = f"{model.code_size} * 2" if config.preset in VARIATIONAL else f"{model.code_size}"
    sizes = [f"784 + {classes}" if classes else "784", *map(str, model.layers), given]
    back = [f"{model.code_size} + {classes}" if classes else f"{model.code_size}", *map(str, reversed(model.layers))]
    last = ["nn.ReLU(),"] if config.preset == "autoencoder" else []
    encoder = ["nn.Flatten(),", *_stack(sizes, _bend(config)), *last]
    return encoder, [*_stack([*back, "784"], _bend(config)), "nn.Unflatten(1, (1, 28, 28)),"]


def _stack(sizes: list[str], bend: str) -> list[str]:
    """Linear layers, bent after all but the last."""
    lines = [f"nn.Linear({before}, {after})," for before, after in pairwise(sizes)]
    return [f"{line} {bend}" for line in lines[:-1]] + lines[-1:]


def _convolutional(config: RunConfig) -> tuple[list[str], list[str]]:
    first, second = config.model.layers
    flat, bend = second * 7 * 7, _bend(config)
    encoder = [
        f"nn.Conv2d(1, {first}, 4, stride=2, padding=1), {bend}",
        f"nn.Conv2d({first}, {second}, 4, stride=2, padding=1), {bend}",
        "nn.Flatten(),",
        f"nn.Linear({flat}, {config.model.code_size}),",
    ]
    decoder = [
        f"nn.Linear({config.model.code_size}, {flat}), {bend}",
        f"nn.Unflatten(1, ({second}, 7, 7)),",
        f"nn.ConvTranspose2d({second}, {first}, 4, stride=2, padding=1), {bend}",
        f"nn.ConvTranspose2d({first}, 1, 4, stride=2, padding=1),",
    ]
    return encoder, decoder


def _bend(config: RunConfig) -> str:
    """What follows a hidden layer."""
    name = {"relu": "ReLU", "silu": "SiLU", "tanh": "Tanh"}[config.model.activation]
    return f"nn.{name}()," + (f" nn.Dropout({config.dropout})," if config.dropout else "")
