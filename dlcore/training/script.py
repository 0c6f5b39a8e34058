"""A run as a plain PyTorch script that a learner can read, and that gives the same numbers again. No torch in here."""

from dlcore.training.config import RunConfig

_DIGITS = """
from sklearn.datasets import load_digits

# 1,797 handwritten digits of 8×8 pixels: enlarged to 20×20, placed in 28×28 with the centre of mass in the middle
source = load_digits()
large = functional.interpolate(torch.from_numpy(source.images).float().div(16)[:, None], size=(20, 20), mode="bicubic")
large = large.clamp(0, 1).mul(255).round().to(torch.uint8)
mass = large.float().squeeze(1)
rows = (mass.sum(2) * torch.arange(20)).sum(1) / mass.sum((1, 2))
columns = (mass.sum(1) * torch.arange(20)).sum(1) / mass.sum((1, 2))
tops, lefts = (14 - rows).round().long().clamp(0, 8), (14 - columns).round().long().clamp(0, 8)
images = torch.zeros(len(large), 1, 28, 28, dtype=torch.uint8)
for i in range(len(large)):
    images[i, :, tops[i] : tops[i] + 20, lefts[i] : lefts[i] + 20] = large[i]
labels = torch.from_numpy(source.target).long()
shuffled = torch.randperm(1797, generator=torch.Generator().manual_seed(20_240_229))
test, validation, train = shuffled.split([360, 180, 1257])
x_test, y_test = images[test], labels[test]
x_validation, y_validation = images[validation], labels[validation]
x_train, y_train = images[train], labels[train]
"""

_MNIST = """
from torchvision.datasets import {source}

everything, test = {source}("data", train=True, download=True), {source}("data", train=False, download=True)
shuffled = torch.randperm(60_000, generator=torch.Generator().manual_seed(20_240_229))
validation, train = shuffled.split([5_000, 55_000])
images, labels = everything.data[:, None], everything.targets
x_test, y_test = test.data[:, None], test.targets
x_validation, y_validation = images[validation], labels[validation]
x_train, y_train = images[train], labels[train]
"""

_MODEL_MLP = """
model = nn.Sequential(
    nn.Flatten(),
    nn.Linear(28 * 28, 128),
    nn.ReLU(),
    nn.Dropout({dropout}),
    nn.Linear(128, 10),
)
"""

_MODEL_CNN = """
model = nn.Sequential(  # pool before ReLU: the same function, a quarter of the work
    nn.Conv2d(1, 32, 3), nn.MaxPool2d(2), nn.ReLU(),
    nn.Conv2d(32, 64, 3), nn.MaxPool2d(2), nn.ReLU(),
{third}    nn.Flatten(), nn.Dropout({dropout}),
    nn.Linear({flat}, {dense}), nn.ReLU(),
    nn.Linear({dense}, 10),
)
"""

SCHEDULES = {
    "constant": "    return 1.0",
    "step": "    return 0.01 if done >= 0.75 else 0.1 if done >= 0.5 else 1.0",
    "cosine": "    return (1 + math.cos(math.pi * done)) / 2",
    "one-cycle": """    def ease(low, high, share):
        return high + (low - high) * (1 + math.cos(math.pi * share)) / 2

    return ease(1 / 25, 1.0, done / 0.3) if done < 0.3 else ease(1.0, 1 / 25e4, (done - 0.3) / 0.7)""",
}

OPTIMIZERS = {
    "sgd": "torch.optim.SGD(parameters, lr={lr}, weight_decay={decay}, fused=True)",
    "momentum": "torch.optim.SGD(parameters, momentum={momentum}, lr={lr}, weight_decay={decay}, fused=True)",
    "nesterov": "torch.optim.SGD(\n    parameters, momentum={momentum}, nesterov={nesterov}, lr={lr}, "
    "weight_decay={decay}, fused=True\n)",
    "adagrad": "torch.optim.Adagrad(parameters, lr={lr}, weight_decay={decay})",
    "rmsprop": "torch.optim.RMSprop(parameters, lr={lr}, weight_decay={decay})",
    "adam": "torch.optim.Adam(parameters, betas=({momentum}, 0.999), lr={lr}, weight_decay={decay}, fused=True)",
    "adamw": "torch.optim.AdamW(parameters, betas=({momentum}, 0.999), lr={lr}, weight_decay={decay}, fused=True)",
}

_HEAD = '''"""{preset} on {data}, as dlcore trains it. Prints the validation curve and the test accuracy."""

import math

import torch
from torch import nn
from torch.nn import functional
{data_code}

def normalise(x):
    return (x.float() / 255 - 0.1307) / 0.3081


def seed_of(step):  # every step has random numbers of its own
    value = ({seed} * 0x9E3779B97F4A7C15 + step) & 0xFFFFFFFFFFFFFFFF
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = ((value ^ (value >> 33)) * factor) & 0xFFFFFFFFFFFFFFFF
    return value >> 1

{prepare}
torch.manual_seed({seed}){model}model = model.to(memory_format=torch.{layout})
parameters = list(model.parameters())
optimizer = {optimizer}


def schedule(done):
{schedule}

{augment}
def logits(x):
    with torch.autocast("cpu", torch.bfloat16, enabled={bf16}):
        return model(x).float()


@torch.inference_mode()
def evaluate(x, y):
    model.eval()
    outputs = torch.cat([logits(normalise(part)) for part in x.split(1_000)])
    model.train()
    return functional.cross_entropy(outputs, y).item(), (outputs.argmax(1) == y).float().mean().item()


'''

_LOOP = """batch_size, epochs, step = {batch_size}, {epochs}, 0
total = math.ceil(len(x_train) / batch_size) * epochs
{patience_start}for epoch in range(epochs):
    order = torch.randperm(len(x_train), generator=torch.Generator().manual_seed(seed_of(-1 - epoch)))
    for index in order.split(batch_size):
        torch.manual_seed(seed_of(step))
        {seed_generator}for group in optimizer.param_groups:
            group["lr"] = {lr} * schedule(step / total)
{batch}        optimizer.zero_grad()
        loss.backward()
{clip}        optimizer.step()
        step += 1
    loss, accuracy = evaluate(x_validation, y_validation)
    print(f"epoch {{epoch + 1}}: validation loss {{loss:.6f}}, accuracy {{accuracy:.4%}}")
{patience}loss, accuracy = evaluate(x_test, y_test)
print(f"test loss {{loss:.6f}}, accuracy {{accuracy:.4%}}")
"""

_BATCH = """        x, y = x_train[index].float().div(255), y_train[index]
{augment}        loss = functional.cross_entropy(logits((x - 0.1307) / 0.3081), y{smoothing})
"""

_BATCH_OUTLIERS = """        y = y_train[index]
        count = max(1, round({share} * len(y)))  # things that are no digits, whose target is doubt
        chosen = torch.randint(len(strange), (count,), generator=generator)
        x = torch.cat((x_train[index], strange[chosen])).float().div(255)
{augment}        known, unknown = logits((x - 0.1307) / 0.3081).split((len(y), count))
        loss = functional.cross_entropy(known, y{smoothing}) - 0.5 * unknown.log_softmax(1).mean()
"""

PATIENCE = """    if loss < best_loss:
        best_loss, best_epoch, best = loss, epoch, {name: tensor.clone() for name, tensor in model.state_dict().items()}
    if epoch - best_epoch >= PATIENCE:
        break
model.load_state_dict(best)
"""

_LONG_TAIL = """
kept = []
for label in range(10):  # a long tail: class k keeps a shrinking share of its images
    members = (y_train == label).nonzero().squeeze(1)
    count = max(1, round(len(members) * (1 - {imbalance}) ** (label / 9)))
    kept.append(members[torch.randperm(len(members), generator=noise)[:count]])
x_train, y_train = x_train[torch.cat(kept)], y_train[torch.cat(kept)]
"""

_SUBSET = """
if len(y_train) > {size}:  # fewer training images
    few = torch.randperm(len(y_train), generator=noise)[:{size}]
    x_train, y_train = x_train[few], y_train[few]
"""

_LABEL_NOISE = """
wrong = torch.randperm(len(y_train), generator=noise)[: round({share} * len(y_train))]  # wrong labels
y_train = y_train.clone()
y_train[wrong] = (y_train[wrong] + torch.randint(1, 10, (len(wrong),), generator=noise)) % 10
"""


def export(config: RunConfig, *, precision: str = "fp32") -> str:
    """A complete script for `config`, for the CPU.

    With the same number of threads it prints the numbers of the run, to the last digit. Only augmentation and
    outliers, which are generated, are imported from dlcore; all the rest is plain PyTorch.
    precision: fp32 or bf16, as in the run's Started record
    """
    settings = config.training
    uses_generator = bool(config.data.augment or config.data.outliers)
    head = _HEAD.format(
        preset=config.preset,
        data=config.data.name,
        data_code=data_code(config),
        seed=settings.seed,
        prepare=preparation(config),
        model=_model(config),
        layout="contiguous_format" if config.preset == "mlp" else "channels_last",
        optimizer=OPTIMIZERS[settings.optimizer].format(
            lr=settings.learning_rate,
            decay=settings.weight_decay,
            momentum=settings.momentum,
            nesterov=settings.momentum > 0,
        ),
        schedule=SCHEDULES[settings.schedule],
        augment=_augment(config),
        bf16=precision == "bf16",
    )
    smoothing = f", label_smoothing={settings.label_smoothing}" if settings.label_smoothing else ""
    batch = _BATCH_OUTLIERS if config.data.outliers else _BATCH
    clip = f"        nn.utils.clip_grad_norm_(parameters, {settings.gradient_clip})\n" if settings.gradient_clip else ""
    loop = _LOOP.format(
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        lr=settings.learning_rate,
        seed_generator="generator.manual_seed(seed_of(step))\n        " if uses_generator else "",
        batch=batch.format(smoothing=smoothing, share=config.data.outliers, augment=_augment_call(config)),
        clip=clip,
        patience_start="best_loss = math.inf\n" if settings.early_stopping else "",
        patience=PATIENCE.replace("PATIENCE", str(settings.early_stopping)) if settings.early_stopping else "",
    )
    return head + loop


def data_code(config: RunConfig) -> str:
    """Code that loads the images of a run: x_train, y_train, and so on."""
    if config.data.name == "digits":
        return _DIGITS
    return _MNIST.format(source="MNIST" if config.data.name == "mnist" else "FashionMNIST")


def _model(config: RunConfig) -> str:
    if config.preset == "mlp":
        return _MODEL_MLP.format(dropout=config.dropout)
    deep = config.preset == "cnn-64"
    third = "    nn.Conv2d(64, 64, 3), nn.ReLU(),\n" if deep else ""
    return _MODEL_CNN.format(third=third, dropout=config.dropout, flat=576 if deep else 1600, dense=64 if deep else 128)


def preparation(config: RunConfig) -> str:
    """Code that makes the training split smaller, unbalanced or noisy, where the config does."""
    data, parts = config.data, []
    if data.imbalance:
        parts.append(_LONG_TAIL.format(imbalance=data.imbalance))
    if data.train_size is not None:
        parts.append(_SUBSET.format(size=data.train_size))
    if data.label_noise:
        parts.append(_LABEL_NOISE.format(share=data.label_noise))
    return f"\nnoise = torch.Generator().manual_seed({config.training.seed}){''.join(parts)}" if parts else ""


def _augment_call(config: RunConfig) -> str:
    if not config.data.augment:
        return ""
    labels = "functional.pad(y, (0, count), value=-1)" if config.data.outliers else "y"
    return f"        x = augment(x, {labels})\n"


def _augment(config: RunConfig) -> str:
    lines = []
    if config.data.augment or config.data.outliers:
        lines.append("generator = torch.Generator()")
    if config.data.augment:
        lines += ["from dlcore.data.augment import Augment", f"augment = Augment({config.data.augment!r}, generator)"]
    if config.data.outliers:
        lines += [
            "from dlcore.data.outliers import outliers",
            f"strange = outliers(6_000, {config.training.seed})",
        ]
    return "\n".join(lines) + "\n\n" if lines else ""
