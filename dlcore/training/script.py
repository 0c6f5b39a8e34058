"""A run as a plain PyTorch script that a learner can read, and that gives the same numbers again. No torch in here.

Each kind of run writes what is its own, a Part; here it is put into the loop that all have in common.
"""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.run import RunConfig
from dlcore.config.schedules import SCHEDULES
from dlcore.data.own import FILE
from dlcore.formula.needs import sentence
from dlcore.formula.source import Code, import_lines, source, stacked

START = "start.safetensors"
"""The name under which a run's page offers the weights that it began with, and its script reads them."""
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
    layers: those of `model` that learn, by their names in a file of weights, with their places; empty where the script
        cannot begin with such a file
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
    layers: Mapping[str, int] = field(default_factory=dict)
    draws: bool = False


@dataclass(frozen=True)
class Ran:
    """What is known of a run beyond its config, as its records tell it.

    precision: fp32 or bf16; data: the data set that was used, empty for the one of the config
    threads: the numbers of threads that it used, one after the other; empty where they are not known
    device: cuda, mps or cpu
    """

    precision: str = "fp32"
    data: str = ""
    threads: tuple[int, ...] = ()
    device: str = "cpu"

    @property
    def promise(self) -> str:
        """How near the figures of the script are to those of the run, and on what that rests."""
        if self.device != "cpu":
            return (
                "It runs on the CPU, but the run did not: the last digits of the figures differ, because sums are "
                "added up in another order."
            )
        if not self.threads:
            return "The figures are those of a run on a CPU with the same number of threads, to the last digit."
        if len(self.threads) == 1:
            count = "1 thread" if self.threads == (1,) else f"{self.threads[0]} threads"
            return (
                f"On a CPU like that of the run and with the same torch, the figures are those of the run to the last "
                f"digit: the run used {count} of the CPU, and so does this."
            )
        *before, last = map(str, self.threads)
        return (
            f"The run used {', '.join(before)} and {last} threads, as other runs came and went; this uses "
            f"{self.threads[0]} throughout, so the last digits of the figures may differ."
        )


def export(config: RunConfig, ran: Ran | None = None) -> str:
    """A complete script for `config`, for the CPU, that does what the run did; how near it comes, `Ran.promise` says.

    It needs the packages that its head names: only augmentation and outliers, which are generated, are imported from
    dlcore.
    """
    ran = ran or Ran()
    config = config.on(ran.data or config.data.name)
    wanted = config.training.precision
    return joined(config, config.about.find("script")(config, ran.precision if wanted == "auto" else wanted), ran)


def joined(config: RunConfig, part: Part, ran: Ran | None = None) -> str:
    """The script of a run whose kind wrote `part`."""
    ran = ran or Ran()
    schedule = SCHEDULES[config.training.schedule]
    body = Code.joined(
        Code("\n".join(_begin(config, ran))),
        source("dlcore.training.seeds:mix", f"{schedule.__module__}:{schedule.__name__}"),
        part.definitions,
        Code("generator = torch.Generator()" if part.draws else ""),
        part.data,
        Code(f"torch.manual_seed(SEED)\n{part.model}"),
        _begun(part.layers) if _begins(config, part) else Code(),
        Code("\n".join(line for phase in part.phases for line in _optimizer(config, phase))),
        Code(part.evaluation),
        Code("\n".join(_loop(config, part, schedule.__name__))),
    )
    return stacked(_head(config, part, body.needs, ran), import_lines((*_IMPORTS, *body.imports)), body.text) + "\n"


def autocast(precision: str, *lines: str) -> tuple[str, ...]:
    """Lines of a forward pass in a run's arithmetic."""
    return ('with torch.autocast("cpu", torch.bfloat16):', *indented(lines)) if precision == "bf16" else lines


def indented(lines: Iterable[str], levels: int = 1) -> tuple[str, ...]:
    """Lines as the body of a block."""
    return tuple(f"{'    ' * levels}{line}" for line in lines)


def _begin(config: RunConfig, ran: Ran) -> Iterable[str]:
    if ran.threads:
        yield f"torch.set_num_threads({ran.threads[0]})  # others round otherwise"
    yield f"SEED = {config.training.seed}"


def _head(config: RunConfig, part: Part, needs: Iterable[str], ran: Ran) -> str:
    lines = [
        f'"""{part.title}, as dlcore trains it.',
        "",
        *textwrap.wrap(
            f"Prints {part.prints} on the validation data after every epoch. The model is the one with the lowest "
            f"loss there; its figures on the test data are printed at the end. {ran.promise}",
            88,
        ),
        *_other(config, part),
        "",
        sentence(("torch", *needs), " and ".join(_files(config, part))),
        '"""',
    ]
    return "\n".join(lines)


def _begins(config: RunConfig, part: Part) -> bool:
    """Whether the script begins with weights from a file."""
    return bool(config.start and part.layers)


def _files(config: RunConfig, part: Part) -> list[str]:
    """Those that the script reads."""
    return [*([FILE] if config.brings else []), *([START] if _begins(config, part) else [])]


def _begun(layers: Mapping[str, int]) -> Code:
    """The weights that the run began with, from their file."""
    lines = (
        "layers = {",
        *(f'    "{name}": {place},' for name, place in layers.items()),
        "}",
        f'start = load_file("{START}")  # the weights that the run began with, whose layers have names',
        "for name in list(start):",
        '    layer, _, rest = name.partition(".")',
        '    start[f"{layers[layer]}.{rest}"] = start.pop(name)',
        "own = model.state_dict()",
        "if any(each.shape != own[name].shape for name, each in start.items()):",
        "    # it told other classes apart: its dense layers are begun anew",
        '    dense = {name.rpartition(".")[0] for name, each in start.items() if each.ndim == 2}',
        '    start.update({name: own[name] for name in start if name.rpartition(".")[0] in dense})',
        "model.load_state_dict(start)",
    )
    return Code("\n".join(lines), ("from safetensors.torch import load_file",), ("safetensors",))


def _other(config: RunConfig, part: Part) -> list[str]:
    """What the run had and the script has not."""
    if not config.start or _begins(config, part):
        return []
    told = f"The run began with the weights of the run {config.start!r}; this begins with new ones."
    return ["", told, "So its figures are others."]


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
    yield f"best_loss, {'best_epoch, ' if patience else ''}best = math.inf, {'-1, ' if patience else ''}None"
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
    yield from indented(_best(patience))
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


def _best(patience: int) -> Iterable[str]:
    """Remember the best weights; with patience, stop when they are old."""
    yield "if loss < best_loss:"
    yield "    best_loss, best = loss, {name: tensor.clone() for name, tensor in model.state_dict().items()}"
    if patience:
        yield "    best_epoch = epoch"
        yield f"if epoch - best_epoch >= {patience}:"
        yield "    break"
