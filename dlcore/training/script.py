"""A run as a plain PyTorch script that a learner can read, and that gives the same numbers again. No torch in here.

Each kind of run writes what is its own, a Part; here it is put into the loop that all have in common.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.run import RunConfig
from dlcore.config.schedules import SCHEDULES
from dlcore.formula.source import Code, import_lines, source, stacked

_IMPORTS = ("import math", "import torch", "from torch import nn", "from torch.nn import functional")


@dataclass(frozen=True)
class Phase:
    """How a batch becomes a loss; see dlcore.training.task.Phase.

    loss: lines that make `loss` from `index`, the training samples of the batch
    parameters: what moves, as code; rate: factor on the learning rate; name: tells phases apart if there are several
    """

    loss: tuple[str, ...]
    parameters: str = "model.parameters()"
    rate: float = 1.0
    name: str = ""


@dataclass(frozen=True)
class Part:
    """What one kind of run writes. All of it may use math, torch, nn, functional, and `SEED`, the seed of the run.

    title: what is trained on what; prints: the figures that `evaluation` tells, for a sentence
    definitions: functions and classes that come first; data: makes the splits; model: lines that make `model`
    evaluation: lines that define `evaluate`, which takes a split and returns its loss and a text that tells the figures
    phases: the parts of each step, in their order
    size: number of training samples, as code; validation, test: what `evaluate` is called with
    draws: whether data or losses draw from `generator`, which is there from the start and seeded anew at every step
    """

    title: str
    prints: str
    definitions: Code
    data: Code
    model: str
    evaluation: str
    phases: tuple[Phase, ...]
    size: str = "len(x_train)"
    validation: str = "x_validation, y_validation"
    test: str = "x_test, y_test"
    draws: bool = False


def export(config: RunConfig, *, precision: str = "fp32") -> str:
    """A complete script for `config`, for the CPU.

    With the same number of threads it prints the numbers of the run, to the last digit. It needs the packages that its
    head names: only augmentation and outliers, which are generated, are imported from dlcore.
    precision: fp32 or bf16, as in the run's Started record
    """
    wanted = config.training.precision
    return joined(config, config.about.find("script")(config, precision if wanted == "auto" else wanted))


def joined(config: RunConfig, part: Part) -> str:
    """The script of a run whose kind wrote `part`."""
    schedule = SCHEDULES[config.training.schedule]
    body = Code.joined(
        Code(f"SEED = {config.training.seed}"),
        source("dlcore.training.seeds:mix", f"{schedule.__module__}:{schedule.__name__}"),
        part.definitions,
        Code("generator = torch.Generator()" if part.draws else ""),
        part.data,
        Code(f"torch.manual_seed(SEED)\n{part.model}"),
        Code("\n".join(line for phase in part.phases for line in _optimizer(config, phase))),
        Code(part.evaluation),
        Code("\n".join(_loop(config, part, schedule.__name__))),
    )
    return stacked(_head(config, part, body.needs), import_lines((*_IMPORTS, *body.imports)), body.text) + "\n"


def autocast(precision: str, *lines: str) -> tuple[str, ...]:
    """Lines of a forward pass in a run's arithmetic."""
    return ('with torch.autocast("cpu", torch.bfloat16):', *indented(lines)) if precision == "bf16" else lines


def indented(lines: Iterable[str], levels: int = 1) -> tuple[str, ...]:
    """Lines as the body of a block."""
    return tuple(f"{'    ' * levels}{line}" for line in lines)


def _head(config: RunConfig, part: Part, needs: Iterable[str]) -> str:
    packages = [each for each in needs if each != "dlcore"]
    lines = [
        f'"""{part.title}, as dlcore trains it.',
        "",
        f"Prints {part.prints} on the validation data after every epoch, and on the test data at the end: those of a",
        "run on a CPU with the same number of threads, to the last digit.",
        *_other(config),
        "",
        f"Needs: pip install {' '.join(['torch', *packages])}",
        *(["and dlcore itself: pip install FOLDER, with the folder of its source"] if "dlcore" in needs else []),
        '"""',
    ]
    return "\n".join(lines)


def _other(config: RunConfig) -> list[str]:
    """What the run had and the script has not."""
    told = []
    if config.start:
        told.append(f"The run began with the weights of the run {config.start!r}; this begins with new ones.")
    if config.examples:
        told.append("The run was trained on examples of its own, too; this is not.")
    return ["", *told, "So its figures are others."] if told else []


def _names(phase: Phase) -> tuple[str, str]:
    """Of its parameters and its optimizer."""
    behind = f"_{phase.name}" if phase.name else ""
    return f"parameters{behind}", f"optimizer{behind}"


def _optimizer(config: RunConfig, phase: Phase) -> Iterable[str]:
    parameters, optimizer = _names(phase)
    yield f"{parameters} = list({phase.parameters})"
    yield OPTIMIZERS[config.training.optimizer].call(config.training).lines(parameters, given=f"{optimizer} = ")


def _loop(config: RunConfig, part: Part, schedule: str) -> Iterable[str]:
    """All epochs, and the test."""
    settings = config.training
    patience = settings.early_stopping
    yield f"batch_size, epochs, steps = {settings.batch_size}, {settings.epochs}, 0"
    yield f"total = math.ceil({part.size} / batch_size) * epochs"
    if patience:
        yield "best_loss, best_epoch, best = math.inf, -1, model.state_dict()"
    yield "for epoch in range(epochs):"
    yield f"    order = torch.randperm({part.size}, generator=torch.Generator().manual_seed(mix(SEED, -1 - epoch)))"
    yield "    for index in order.split(batch_size):"
    yield "        torch.manual_seed(mix(SEED, steps))  # every step has random numbers of its own"
    if part.draws:
        yield "        generator.manual_seed(mix(SEED, steps))"
    yield f"        rate = {settings.learning_rate} * {schedule}(steps, total)"
    for phase in part.phases:
        yield from indented(_descent(phase, settings.gradient_clip), 2)
    yield "        steps += 1"
    yield f"    loss, told = evaluate({part.validation})"
    yield '    print(f"epoch {epoch + 1}: validation {told}")'
    yield from indented(_end("loss", "steps"))
    if patience:
        yield from indented(_patience(patience))
        yield "model.load_state_dict(best)"
    yield f"loss, told = evaluate({part.test})"
    yield 'print(f"test {told}")'


def _descent(phase: Phase, clip: float) -> Iterable[str]:
    """One phase of a step."""
    parameters, optimizer = _names(phase)
    yield f"for group in {optimizer}.param_groups:"
    yield f'    group["lr"] = {"rate" if phase.rate == 1 else f"rate * {phase.rate}"}'
    yield from phase.loss
    yield from _end("loss.item()", "steps + 1")
    yield f"{optimizer}.zero_grad()"
    yield "loss.backward()"
    if clip:
        yield f"nn.utils.clip_grad_norm_({parameters}, {clip})"
    yield f"{optimizer}.step()"


def _end(loss: str, steps: str) -> Iterable[str]:
    """Give up as the run did."""
    yield f"if not math.isfinite({loss}):"
    yield f'    raise SystemExit(f"The loss stopped being a number at step {{{steps}}}: training diverged.")'


def _patience(epochs: int) -> Iterable[str]:
    """Remember the best weights, and stop when they are old."""
    yield "if loss < best_loss:"
    yield "    best_loss, best_epoch = loss, epoch"
    yield "    best = {name: tensor.clone() for name, tensor in model.state_dict().items()}"
    yield f"if epoch - best_epoch >= {epochs}:"
    yield "    break"
