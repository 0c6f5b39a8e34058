"""One step of a run, done again and looked at: the same batch, the same arithmetic, and somebody who looks."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from torch import Tensor, nn
from torch.optim import Optimizer

from dlcore.config.images import ImageRun, described
from dlcore.data.sets import Progress
from dlcore.errors import DataUnavailable, InvalidValue
from dlcore.inspect import stages
from dlcore.inspect.stages import Answered, Batch, Pass, Pull, Stages, Values
from dlcore.inspect.update import Moved
from dlcore.models.initial import chance_apart
from dlcore.training import checkpoint
from dlcore.training.controls import Controls
from dlcore.training.loop import Loop
from dlcore.training.records import Changed, Step
from dlcore.training.tasks.images.task import ImageTask


def walk(
    config: ImageRun,
    step: int = 0,
    weights: Mapping[str, Tensor] | None = None,
    *,
    precision: str = "auto",
    changes: Sequence[Changed] = (),
    progress: Progress | None = None,
    examples: bytes | None = None,
) -> Stages:
    """Do step number `step` of a run, counted from 0, on the CPU, by the loop that trains.

    The batch is that of the run, also in its augmentation, its dropout and its outliers, which depend on the seed and
    the step alone.

    weights: of the network before that step; by default those that the run's seed draws
    precision: of its arithmetic, as its record of the start has it; by default that of the config
    changes: settings that were changed by hand before the step; examples: as `fit` takes them
    An optimizer that remembers earlier steps begins anew: see `Stages.remembers`.
    Raises InvalidValue for a run of another kind or a step that it does not have, and DataUnavailable.
    """
    if config.kind != "image":
        raise InvalidValue("only a run of a network for images can be walked through: choose one from the Train page")
    controls = Controls()
    for each in changes:
        controls.set(each.setting, each.value)
    with chance_apart():
        loop = Loop(_on_the_cpu(config, precision), controls, progress=progress, examples=examples)
        task = cast(ImageTask, loop.task)
        if task.name != config.data.name:
            raise DataUnavailable(
                f"The images of {config.data.name}, of which this run was made, cannot be had now: "
                "a step of it cannot be done again without them."
            )
        if not 0 <= step < loop.total:
            raise InvalidValue(f"step must be between 0 and {loop.total - 1:,}, got {step!r}")
        blocks = stages.named(described(config))
        drawn = stages.starts(task.model, blocks)
        if weights:
            task.restore(weights)
        loop.step = step
        validation = task.splits["validation"]
        before = Answered.of(task.predict(validation), validation.labels)
        watch = _Watch(loop, task)
        record = next(each for each in loop.epoch() if isinstance(each, Step))
        watch.close()
        after = Answered.of(task.predict(validation), validation.labels)
    titles = {path: stages.title(path, blocks) for path in blocks}
    return Stages(
        step=record.step, epoch=record.epoch, rate=record.learning_rate, starts=drawn,
        batch=watch.batch(record), passes=watch.passes(titles), pulls=watch.pulls(titles), moved=watch.moved(titles),
        before=before, after=after, remembers=watch.remembers, clipped=watch.clipped,
        weights=checkpoint.model_state(task.model),
    )  # fmt: skip


def _on_the_cpu(config: ImageRun, precision: str) -> ImageRun:
    chosen = config.training.precision if precision == "auto" else precision
    return replace(config, device="cpu", training=replace(config.training, precision=chosen))


class _Watch:
    """Looks at the one step that follows, through torch's own hooks."""

    def __init__(self, loop: Loop, task: ImageTask) -> None:
        self.config, self.task = loop.config, task
        (self.optimizer,) = loop.optimizers
        (phase,) = loop.phases
        self.parameters = dict(task.model.named_parameters())
        self.given: dict[str, Values] = {}
        self.gradients: dict[str, Tensor] = {}
        self.old: dict[str, Tensor] = {}
        self.used: dict[str, Tensor] = {}
        self.remembered: dict[str, dict[str, object]] = {}
        self._loss = phase.loss
        loop.phases = (replace(phase, loss=self._noted),)
        model = task.model
        self._handles = [
            model.register_forward_pre_hook(self._read),
            model.register_forward_hook(self._answered),
            *(each.register_forward_hook(self._passed(name)) for name, each in model.named_children()),
            *(each.register_post_accumulate_grad_hook(self._pulled(name)) for name, each in self.parameters.items()),
            self.optimizer.register_step_pre_hook(self._about_to_move),
        ]

    def close(self) -> None:
        """Look no more."""
        for each in self._handles:
            each.remove()

    # What is seen while the step goes on.

    def _noted(self, index: Tensor) -> tuple[Tensor, Tensor]:
        self.index = index
        self.loss, shown = self._loss(index)
        return self.loss, shown

    def _read(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.inputs = inputs[0].detach().clone()

    def _answered(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self.logits = output.detach().float()

    def _passed(self, name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            self.given[name] = Values.of(output)

        return note

    def _pulled(self, name: str) -> Callable[[Tensor], None]:
        def note(parameter: Tensor) -> None:
            if parameter.grad is not None:
                self.gradients[name] = parameter.grad.detach().clone()

        return note

    def _about_to_move(self, optimizer: Optimizer, *arguments: object) -> None:
        for name, each in self.parameters.items():
            self.old[name] = each.detach().clone()
            self.remembered[name] = copy.deepcopy(optimizer.state.get(each, {}))
            if each.grad is not None:
                self.used[name] = each.grad.detach().clone()

    # What it comes to.

    @property
    def remembers(self) -> bool:
        """Whether the optimizer keeps something of each weight for the next step."""
        states = self.optimizer.state.values()
        return any(isinstance(each, Tensor) and each.ndim for state in states for each in state.values())

    @property
    def clipped(self) -> float | None:
        """The norm of the whole gradient, if it was cut."""
        most, whole = self.config.training.gradient_clip, stages.norm(list(self.gradients.values()))
        return whole if most and whole > most else None

    def batch(self, record: Step) -> Batch:
        train, index = self.task.train, self.index
        return Batch(
            index, train.labels[index], train.images[index], self.inputs, self.logits, self.loss.item(),
            record.values["accuracy"],
        )  # fmt: skip

    def passes(self, titles: Mapping[str, str]) -> tuple[Pass, ...]:
        first = Pass("input", Values.of(self.inputs))
        return (first, *(Pass(titles[name], values) for name, values in self.given.items()))

    def pulls(self, titles: Mapping[str, str]) -> tuple[Pull, ...]:
        """Of each layer that learns, its weights and biases together."""
        layers: dict[str, list[str]] = {}
        for name in self.gradients:
            layers.setdefault(name.rpartition(".")[0], []).append(name)
        ordered = sorted(layers, key=list(titles).index)
        return tuple(
            Pull(
                titles[layer],
                sum(self.old[name].numel() for name in layers[layer]),
                stages.norm([self.gradients[name] for name in layers[layer]]),
                stages.norm([self.old[name] for name in layers[layer]]),
                stages.norm([self.parameters[name].detach() - self.old[name] for name in layers[layer]]),
            )
            for layer in ordered
        )

    def moved(self, titles: Mapping[str, str]) -> tuple[Moved, ...]:
        """Of each layer that learns, the weight with the largest gradient."""
        names = [name for name in self.used if name.endswith(".weight")]
        return tuple(self._one(name, titles[name.rpartition(".")[0]]) for name in names)

    def _one(self, name: str, layer: str) -> Moved:
        gradient = self.used[name].contiguous()
        flat = int(gradient.abs().nan_to_num().flatten().argmax())
        place = tuple(int(each) for each in np.unravel_index(flat, gradient.shape))
        state, steps = {}, 0
        for each, value in self.remembered.get(name, {}).items():
            if each == "step":
                steps = int(cast(Tensor, value))
            elif isinstance(value, Tensor) and value.shape == gradient.shape:
                state[each] = value[place].item()
        return Moved(
            layer, name, place, self.old[name][place].item(), gradient[place].item(),
            self.parameters[name].detach()[place].item(), state, steps, _settings(self.optimizer),
            self.config.training.optimizer,
        )  # fmt: skip


def _settings(optimizer: Optimizer) -> dict[str, float]:
    """The numbers among an optimizer's settings, the betas by name."""
    group = optimizer.param_groups[0]
    numbers = {name: float(value) for name, value in group.items() if type(value) in (int, float)}
    betas = dict(zip(("beta1", "beta2"), group.get("betas", ()), strict=False))
    return numbers | betas
