"""Training as a generator: it knows no screen, no store and no process; who consumes it decides what it is for."""

import math
import time
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from dlcore.config.run import RunConfig
from dlcore.config.schedules import SCHEDULES
from dlcore.data.own.examples import check_named
from dlcore.data.sets import Progress
from dlcore.errors import InvalidValue
from dlcore.machine import device
from dlcore.models import files
from dlcore.training import checkpoint, ending, optimizers, seeds, task
from dlcore.training.controls import Controls
from dlcore.training.keeper import Keeper
from dlcore.training.records import Changed, Checkpoint, Epoch, Finished, Moment, Record, Started, Step
from dlcore.training.task import Phase

GPU_BURST = 16
"""Steps between two readings of the loss on a GPU: each reading stops the pipeline."""


def fit(
    config: RunConfig,
    controls: Controls | None = None,
    *,
    start: bytes | None = None,
    resume: Mapping[str, Tensor] | None = None,
    checkpoint_seconds: float | None = None,
    progress: Progress | None = None,
    examples: bytes | None = None,
) -> Iterator[Record]:
    """Train what `config` describes: Started, then Step, Snapshot, Epoch, Checkpoint and Changed, last Finished.

    Every random number of a step depends on the seed and the step alone, so the same config on the same device with the
    same number of threads gives the same records, also when it is resumed. Not calling `next` is a pause.

    start: a weights file of a network of the same shape, to begin with instead of weights drawn by the seed; a network
        for images may tell other classes apart, its dense layers are begun anew then
    resume: tensors of an earlier Checkpoint of the same config
    checkpoint_seconds: also yield a Checkpoint within an epoch when this much time went by
    progress: called with a sentence and a fraction while data are fetched
    examples: the file of the examples of its own, if the config names some; see dlcore.data.own.examples
    Raises InvalidValue or DataUnavailable before the first record.
    """
    device.keep_freed_memory()
    run = Loop(config, controls or Controls(), start, resume, checkpoint_seconds, progress, examples)
    yield run.started()
    if run.step == 0:
        yield from run.task.snapshots(0, 0)
    while not run.over:
        yield from run.epoch()
    yield run.finished()


class Loop:
    """The state of one `fit`; who looks at a single step takes it from here too, see dlcore.training.walk."""

    def __init__(
        self,
        config: RunConfig,
        controls: Controls,
        start: bytes | None = None,
        resume: Mapping[str, Tensor] | None = None,
        checkpoint_seconds: float | None = None,
        progress: Progress | None = None,
        examples: bytes | None = None,
    ) -> None:
        if config.brings:
            check_named(config.examples, examples)
        self.config, self.controls = config, controls
        self.settings = config.training
        self.device = device.resolve(config.device)
        self.task = task.make(config, self.device, progress, examples)
        self.phases = self.task.phases
        self.optimizers = [optimizers.make(self.settings, phase.parameters, self.device) for phase in self.phases]
        self.metrics = tuple(name for phase in self.phases for name in phase.metrics)
        self.schedule = SCHEDULES[self.settings.schedule]
        self.steps_per_epoch = math.ceil(self.task.sizes["train"] / self.settings.batch_size)
        self.total = self.steps_per_epoch * self.settings.epochs
        self.checkpoint_seconds = checkpoint_seconds or math.inf
        self.saved_at = time.monotonic()
        self.step = self.samples = 0
        self.train_seconds = 0.0
        self.learning_rate = self.settings.learning_rate
        self.keeper = Keeper()
        self.threads: dict[int, None] = {}
        self.sums = [0.0] * (len(self.metrics) + 1)
        self.reason = ""
        if resume:
            self._restore(resume)
        elif start:
            self._begin_with(start)

    # State that a checkpoint carries besides the weights.

    _NUMBERS = ("step", "samples", "train_seconds", "learning_rate")

    def _checkpoint(self, end_of_epoch: bool) -> Checkpoint:
        self.saved_at = time.monotonic()
        numbers = {name: getattr(self, name) for name in self._NUMBERS}
        tensors = {
            **checkpoint.pack("model", checkpoint.model_state(self.task.model)),
            **self._optimizer_states(),
            **checkpoint.pack("loop", {**numbers, "sums": self.sums, "threads": list(self.threads)}),
            **self.keeper.pack(),
        }
        return Checkpoint(self.step, self.done_epochs, tensors, end_of_epoch)

    def _restore(self, tensors: Mapping[str, Tensor]) -> None:
        self.task.restore(checkpoint.unpack("model", tensors))
        for phase, optimizer in zip(self.phases, self.optimizers, strict=True):
            checkpoint.restore_optimizer(optimizer, self.settings, checkpoint.unpack(_slot(phase), tensors))
        loop = checkpoint.unpack("loop", tensors)
        self.sums = loop["sums"].tolist()
        for name in self._NUMBERS:
            setattr(self, name, loop[name].item())
        if "threads" in loop:
            self.threads = dict.fromkeys(map(int, loop["threads"].tolist()))
        self.keeper.restore(tensors)
        self._restore_older(tensors)
        if self._out_of_patience():
            self.reason = "early stopping"

    def _restore_older(self, tensors: Mapping[str, Tensor]) -> None:
        """Older versions kept one set of weights, and not what it had reached: that is measured again."""
        older = checkpoint.unpack("kept", tensors)
        if older and self.keeper.best is None:
            epoch = int(tensors["loop.best_epoch"].item())
            now = checkpoint.model_state(self.task.model)
            self.task.restore(older)
            moment = Moment(epoch * self.steps_per_epoch, epoch, self.task.evaluate("validation"))
            self.keeper.note(moment, checkpoint.model_state(self.task.model))
            self.task.restore(now)

    def _optimizer_states(self) -> dict[str, Tensor]:
        states = zip(self.phases, map(checkpoint.optimizer_state, self.optimizers), strict=True)
        return {name: each for phase, state in states for name, each in checkpoint.pack(_slot(phase), state).items()}

    def _begin_with(self, start: bytes) -> None:
        try:
            self.task.restore(self._fitting(files.load(start)[0].state_dict()))
        except RuntimeError as error:
            raise InvalidValue(
                "the run that this one starts from has another network: start from one like it"
            ) from error

    def _fitting(self, weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """The weights of another network; where that tells other classes apart, its dense layers are begun anew."""
        own = self.task.model.state_dict()
        if not self.config.reads_images or weights.keys() != own.keys():
            return weights
        if all(own[name].shape == each.shape for name, each in weights.items()):
            return weights
        dense = {name.rpartition(".")[0] for name, each in weights.items() if each.ndim == 2}
        return {name: own[name] if name.rpartition(".")[0] in dense else each for name, each in weights.items()}

    @property
    def done_epochs(self) -> int:
        return self.step // self.steps_per_epoch

    @property
    def epoch_number(self) -> int:
        """The epoch in which the last step lies, counted from 1; 0 before the first step."""
        return -(-self.step // self.steps_per_epoch)

    @property
    def over(self) -> bool:
        """Whether the run has ended; sets the reason where the steps are done."""
        if not self.reason and self.step >= self.total:
            self.reason = "completed"
        return bool(self.reason)

    def started(self) -> Started:
        return Started(
            step=self.step,
            epochs=self.settings.epochs,
            steps_per_epoch=self.steps_per_epoch,
            parameters=sum(each.numel() for phase in self.phases for each in phase.parameters),
            device=self.device.type,
            device_name=device.describe(self.device.type).name,
            precision=self.task.precision,
            data=self.task.name,
            sizes=self.task.sizes,
            labels=self.task.labels,
            notice=self.task.notice,
            threads=torch.get_num_threads(),
        )

    # Training.

    def epoch(self) -> Iterator[Record]:
        """The rest of the current epoch."""
        first = self.step % self.steps_per_epoch
        batches = self._order(self.done_epochs).split(self.settings.batch_size)
        waiting: list[tuple[Step, Tensor]] = []
        for index in batches[first:]:
            yield from self._obey(waiting)
            if self.reason:
                return
            waiting.append(self._advance(index))
            if self.device.type == "cpu" or self.controls.step_by_step or len(waiting) == GPU_BURST:
                yield from self._read(waiting)
            yield from self.task.noticed()
            if self.reason:
                return
        yield from self._read(waiting)
        if not self.reason:
            yield from self._end_epoch()

    def _obey(self, waiting: list[tuple[Step, Tensor]]) -> Iterator[Record]:
        """Follow the controls until they want nothing more: wishes may be added while a record is looked at."""
        due = time.monotonic() - self.saved_at > self.checkpoint_seconds
        while not self.reason:
            changes, stopped = self.controls.take_changes(), self.controls.stopped
            save = self.controls.checkpoint_wanted or due
            if not (changes or stopped or save):
                return
            self.controls.checkpoint_wanted = due = False
            yield from self._read(waiting)
            if stopped and not self.reason:
                self.reason = "stopped"
            if not self.reason:
                yield from self._change(changes)
            if save and not self.reason:
                yield self._checkpoint(end_of_epoch=False)

    def _order(self, epoch: int) -> Tensor:
        """The order of the training samples in an epoch, decided by the seed alone."""
        generator = torch.Generator().manual_seed(seeds.mix(self.settings.seed, -1 - epoch))
        return torch.randperm(self.task.sizes["train"], generator=generator).to(self.device)

    def _advance(self, index: Tensor) -> tuple[Step, Tensor]:
        """One optimizer step; its metrics stay on the device until they are read."""
        start = time.perf_counter()
        self.threads[torch.get_num_threads()] = None
        seed = seeds.mix(self.settings.seed, self.step)
        seeds.seed_default(self.device, seed)
        self.task.generator.manual_seed(seed)
        self.task.begin(self.step)
        rate = self.learning_rate * self.schedule(self.step, self.total)
        shown = [self._descend(*each, index, rate) for each in zip(self.phases, self.optimizers, strict=True)]
        self.step += 1
        self.samples += len(index)
        self.train_seconds += time.perf_counter() - start
        count = {"samples": float(len(index))}
        return Step(self.step, self.epoch_number, rate, count), shown[0] if len(shown) == 1 else torch.cat(shown)

    def _descend(self, phase: Phase, optimizer: Optimizer, index: Tensor, rate: float) -> Tensor:
        """One phase of a step; returns what it shows."""
        for group in optimizer.param_groups:
            group["lr"] = rate * phase.rate
        loss, shown = phase.loss(index)
        optimizer.zero_grad()
        loss.backward()
        self.task.after_backward(phase, self.step)
        if self.settings.gradient_clip:
            nn.utils.clip_grad_norm_(phase.parameters, self.settings.gradient_clip)
        optimizer.step()
        return shown

    def _read(self, waiting: list[tuple[Step, Tensor]]) -> Iterator[Step]:
        """The finished records of steps whose metrics were left on the device."""
        if not waiting:
            return
        start = time.perf_counter()
        rows = torch.stack([shown for _, shown in waiting]).tolist()
        self.train_seconds += time.perf_counter() - start
        steps = [step for step, _ in waiting]
        waiting.clear()
        for step, row in zip(steps, rows, strict=True):
            count = step.values["samples"]
            self.sums = [total + value * count for total, value in zip(self.sums, [*row, 1], strict=True)]
            yield Step(step.step, step.epoch, step.learning_rate, dict(zip(self.metrics, row, strict=True)))
            if not math.isfinite(row[0]):
                self.reason = "diverged"
                return

    def _change(self, changes: Mapping[str, float]) -> Iterator[Changed]:
        for setting, value in changes.items():
            if setting == "learning_rate":
                self.learning_rate = value
            elif setting == "momentum":
                for optimizer in self.optimizers:
                    optimizers.set_momentum(optimizer, self.settings, value)
            else:
                for optimizer in self.optimizers:
                    optimizers.set_weight_decay(optimizer, value)
            yield Changed(self.step, setting, value)

    def _end_epoch(self) -> Iterator[Record]:
        *totals, count = self.sums
        train = self.task.figures(dict(zip(self.metrics, (total / count for total in totals), strict=True)))
        self.sums = [0.0] * len(self.sums)
        validation = self.task.evaluate("validation")
        if not math.isfinite(validation["loss"]):
            self.reason = "diverged"
        else:
            self._keep(validation)
        yield from self.task.snapshots(self.step, self.done_epochs)
        best = self.keeper.best.moment if self.keeper.best else None
        yield Epoch(self.done_epochs, self.step, train, validation, self.train_seconds, self.samples, best)
        yield self._checkpoint(end_of_epoch=True)

    def _keep(self, validation: dict[str, float]) -> None:
        """Remember the weights as they are now."""
        whole = self.step % self.steps_per_epoch == 0
        moment = Moment(self.step, self.epoch_number, validation, whole=whole)
        self.keeper.note(moment, checkpoint.model_state(self.task.model))
        if self._out_of_patience():
            self.reason = self.reason or "early stopping"

    def _out_of_patience(self) -> bool:
        patience = self.settings.early_stopping
        return bool(patience) and self.done_epochs - self.keeper.best_epoch >= patience

    # The end.

    def finished(self) -> Finished:
        """The end, with what is kept measured on the test split."""
        if self.reason == "stopped" and self.keeper.last_step != self.step:
            self._keep(self.task.evaluate("validation"))
        end = Finished(
            step=self.step,
            epoch=self.epoch_number,
            reason=self.reason,
            message=ending.message(self.reason, self._place(), self.keeper.said, self.settings, self.learning_rate),
            test={},
            confusion=(),
            train_seconds=self.train_seconds,
            samples=self.samples,
            best_epoch=self.keeper.best_epoch,
            threads=tuple(self.threads),
        )
        return ending.examined(end, self.config, self.task, self.keeper)

    def _place(self) -> str:
        return f"step {self.step:,} of {self.total:,}, in epoch {self.epoch_number:,}"


def _slot(phase: Phase) -> str:
    """Where a checkpoint has the state of a phase's optimizer."""
    return f"optimizer-{phase.name}" if phase.name else "optimizer"
