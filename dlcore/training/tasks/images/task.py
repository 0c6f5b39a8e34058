"""The task of telling images apart: data, network, loss and what is measured."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore import data
from dlcore.config.class_names import joined
from dlcore.config.images import ImageRun
from dlcore.data.augment import Augment
from dlcore.data.outliers import outliers, unlike
from dlcore.data.own.corrections import Corrections
from dlcore.data.pixels import normalise, standardise
from dlcore.data.prepare import repeated, training_split
from dlcore.data.sample import stratified
from dlcore.data.sets import Progress, Split
from dlcore.errors import InvalidValue
from dlcore.inspect import answers, forgetting, signal
from dlcore.inspect.answers import Answers
from dlcore.inspect.signal import Watch
from dlcore.machine import device
from dlcore.models.build import image_network
from dlcore.training.records import Snapshot
from dlcore.training.task import Phase, SimpleTask
from dlcore.training.tasks.images import EVALUATION_BATCH, NO_CLASS, OUTLIER_WEIGHT, few, pool
from dlcore.use import novelty

SHEET = 24
FEW = 300
"""Validation images from which a novelty threshold can be told: see `novelty.REJECTED`."""


class ImageTask(SimpleTask[nn.Sequential]):
    """Everything about one run that is not the loop: `fit` asks it for losses and for evaluations.

    Random numbers come from `generator` and from torch's default generator, which the loop seeds anew at every step.
    """

    metrics = ("loss", "accuracy")

    def __init__(
        self,
        config: ImageRun,
        where: torch.device,
        progress: Progress | None = None,
        examples: bytes | None = None,
    ) -> None:
        dataset = data.load(config.data.name, progress=progress, examples=examples)
        self.config = config = config.on(dataset.name)
        if dataset.labels != config.data.names:
            raise InvalidValue(
                f"the run tells {joined(config.data.names)} apart, its images show {joined(dataset.labels)}: "
                "start it anew with these"
            )
        self.device = where
        self.name, self.notice, self.labels = dataset.name, dataset.notice, dataset.labels
        self.corrections = self._corrections(examples)
        self.train = training_split(dataset, config.data, config.training.seed, self.corrections).to(where)
        self.corrections = self.corrections and self.corrections.to(where)
        self.splits = {"validation": dataset.validation.to(where), "test": dataset.test.to(where)}
        self.sheet = stratified(dataset.validation.labels, SHEET).to(where)
        self.generator = torch.Generator(where)
        self.augment = Augment(config.data.augment, self.generator, progress) if config.data.augment else None
        self.outliers = self._outliers(progress) if config.data.outliers else None
        layout = torch.channels_last if config.model.convolutional else torch.contiguous_format
        torch.manual_seed(config.training.seed)
        self.model = image_network(config).to(where)
        self.model.to(memory_format=layout)
        self.precision = self._precision()
        self.watch = Watch(self.model)
        self.steps_per_epoch = math.ceil(len(self.train) / config.training.batch_size)
        self.moments = signal.moments(self.steps_per_epoch, config.training.epochs)
        self.step = 0
        self.held: Tensor | None = None

    def _precision(self) -> str:
        wanted = self.config.training.precision
        if wanted != "auto":
            return wanted
        return "bf16" if self.config.model.convolutional and device.fast_bf16(self.device) else "fp32"

    def _corrections(self, examples: bytes | None) -> Split | None:
        """What the run learns beside its set, if anything."""
        if not self.config.data.corrected or examples is None:
            return None
        found = Corrections.read(examples)
        if found.classes != self.labels:
            raise InvalidValue(
                f"the network tells {joined(self.labels)} apart, the corrections name {joined(found.classes)}: "
                "make them anew for this network"
            )
        return Split(torch.from_numpy(found.images.copy()), torch.from_numpy(found.labels.copy()))

    def _outliers(self, progress: Progress | None) -> Tensor:
        if progress:
            progress("Drawing things that are none of the classes", 0.0)
        found = outliers(pool(self.config), self.config.training.seed).to(self.device)
        if not few(self.config):
            return found
        return unlike(found, self.train.images if self.corrections is None else self.corrections.images)

    @property
    def sizes(self) -> dict[str, int]:
        """Samples in each split."""
        return {"train": len(self.train), **{name: len(split) for name, split in self.splits.items()}}

    def logits(self, images: Tensor) -> Tensor:
        """float32 logits (N, classes) of normalised images (N, 1, 28, 28)."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            return self.model(images).float()

    def loss(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """The loss to descend on the training samples at `index` (B,), and the metrics to show, stacked."""
        labels = self.train.labels.index_select(0, index)
        images = self.train.images.index_select(0, index)
        logits, doubtful = self._forward(images, self.train.shown.index_select(0, index))
        smoothing = self.config.training.label_smoothing
        loss = functional.cross_entropy(logits, labels, label_smoothing=smoothing)
        shown = functional.cross_entropy(logits, labels).detach() if smoothing else loss.detach()
        accuracy = (logits.detach().argmax(1) == labels).float().mean()
        if doubtful is not None:
            loss = loss - OUTLIER_WEIGHT * doubtful.log_softmax(1).mean()
        return loss, torch.stack((shown, accuracy))

    def _forward(self, images: Tensor, shown: Tensor) -> tuple[Tensor, Tensor | None]:
        """Logits of a training batch, of which each image shows the class in `shown`, and of outliers with it."""
        count = 0
        if self.outliers is not None:
            count = max(1, round(self.config.data.outliers * len(shown)))
            chosen = torch.randint(len(self.outliers), (count,), generator=self.generator, device=self.device)
            images = torch.cat((images, self.outliers[chosen]))
        inputs = images.float().div_(255)
        if self.augment:
            inputs = self.augment(inputs, functional.pad(shown, (0, count), value=NO_CLASS))
        logits, doubtful = self.logits(standardise(inputs)).split((len(shown), count))
        return logits, doubtful if count else None

    @torch.inference_mode()
    def predict(self, split: Split) -> Tensor:
        """Logits (N, classes) of a whole split, in eval mode."""
        self.model.eval()
        logits = torch.cat([self.logits(normalise(images)) for images in split.images.split(EVALUATION_BATCH)])
        self.model.train()
        return logits

    def begin(self, step: int) -> None:
        self.step = step
        if step in self.moments:
            self.watch.begin()

    def after_backward(self, phase: Phase, step: int) -> None:
        if self.watch.watching:
            self.watch.look()

    def noticed(self) -> Iterable[Snapshot]:
        """Weights, activations and gradients of some steps, layer by layer; see dlcore.inspect.signal."""
        if self.watch.watching:
            epoch = self.step // self.steps_per_epoch + 1
            yield Snapshot(self.step + 1, epoch, signal.NAME, self.watch.end().arrays())

    def evaluate(self, name: str) -> dict[str, float]:
        """Mean loss and accuracy on the split called `name`.

        With corrections the validation loss is that on both, weighed as training weighs them, and the share of
        corrections that are read right is a figure too.
        """
        split = self.splits[name]
        logits = self.predict(split)
        self.held = logits if name == "validation" else self.held
        found = measure(logits, split.labels)
        if name != "validation" or self.corrections is None:
            return found
        own, share = measure(self.predict(self.corrections), self.corrections.labels), self.config.data.share
        loss = (1 - share) * found["loss"] + share * own["loss"]
        return {**found, "loss": loss, "corrections": own["accuracy"]}

    def snapshots(self, step: int, epoch: int) -> tuple[Snapshot, ...]:
        """What the network says of the validation images: of a sample that has every class with its images, and of all.

        Of a network that is to be corrected, before the first step, also what it says of the test images: only so can
        it be told afterwards what was forgotten.

        predictions: images uint8 (24, 28, 28), labels int64 (24,), probabilities float32 (24, classes)
        answers: see dlcore.inspect.answers
        forgetting.BEFORE: confusion int64 (classes, classes), rows: true, columns: read
        """
        split, sheet = self.splits["validation"], self.splits["validation"][self.sheet]
        logits = self.predict(split) if self.held is None else self.held
        self.held = None
        probabilities = logits.softmax(1).cpu()
        shown = {
            "images": sheet.images.squeeze(1).cpu().numpy(),
            "labels": sheet.labels.cpu().numpy(),
            "probabilities": probabilities[self.sheet.cpu()].numpy(),
        }
        said = Answers.measured(probabilities.numpy(), split.labels.cpu().numpy())
        found = Snapshot(step, epoch, "predictions", shown), Snapshot(step, epoch, answers.NAME, said.arrays())
        if step or self.corrections is None:
            return found
        before = {"confusion": self._confusion(self.predict(self.splits["test"])).cpu().numpy()}
        return *found, Snapshot(step, epoch, forgetting.BEFORE, before)

    def _confusion(self, logits: Tensor) -> Tensor:
        """How often each class of the test images was read as each: int64 (classes, classes)."""
        classes = len(self.labels)
        pairs = self.splits["test"].labels * classes + logits.argmax(1)
        return torch.bincount(pairs, minlength=classes**2).view(classes, classes)

    def examine(self) -> tuple[dict[str, float], tuple[tuple[int, ...], ...], float]:
        """After training: metrics and confusion matrix on the test split, novelty threshold from validation."""
        test = self.splits["test"]
        logits = self.predict(test)
        counts = self._confusion(logits)
        return measure(logits, test.labels), tuple(map(tuple, counts.tolist())), self._threshold()

    def _threshold(self) -> float:
        """The novelty threshold, from the validation split.

        Where that is small and training shows copies of a handful, its images are changed at random as those are: of
        three images alone nobody can say how far the next one may be off.
        """
        split = self.splits["validation"]
        if self.config.data.copies == 1 or not self.augment or len(split) >= FEW:
            return novelty.threshold(self.predict(split).cpu())
        many = repeated(split, math.ceil(FEW / len(split)))
        self.generator.manual_seed(self.config.training.seed)
        changed = self.augment(many.images.float().div(255), many.labels)
        logits = self.predict(Split(changed.mul(255).round().byte(), many.labels))
        return novelty.threshold(logits.cpu(), novelty.REJECTED_OF_FEW)


def measure(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """Mean cross-entropy and accuracy of logits (N, C) against labels (N,)."""
    return {
        "loss": functional.cross_entropy(logits, labels).item(),
        "accuracy": (logits.argmax(1) == labels).float().mean().item(),
    }
