"""Training on sequences: which task a config describes, and what can be watched while it is learned.

Snapshots, written before the first step and after every epoch; K samples of the validation split that stay the same,
T steps, F features, L layers. All float32 unless said otherwise.

Every task:
  hidden      states (L, T, H), H = units of a layer (forwards first, then backwards), the first 128 of them;
              inputs (T, F), or int32 code points (T,) of a text: one sample, hidden states after every step
  gradients   distance int64 (T,) from 0; state, hidden (T,): norm of ∂loss/∂(h, c) and of ∂loss/∂h_t at so many steps
              before the end, mean over K samples, where the loss is that of the last step; not of bidirectional ones
Classes (signals, digits, mnist, fashion, recall):
  reading     inputs (K, T, F), labels int64 (K,), probabilities (K, T, classes) after every step
adding:
  adding      inputs (K, T, 2), targets (K,), outputs (K, T): what the network would answer after every step
Series (sines, mackey-glass, series), in the series' own units:
  forecast    time int64 (N,), truth, one_step, free, naive, linear, linear_free (N,), NaN where there is none;
              start int64 (): the time from which `free` and `linear_free` feed on themselves
Texts (topics, own):
  samples     codes int32 (3, 240), code points; temperatures (3,); prompt int32 (P,), code points
  next        prompt int32 (P,), code points; codes int32 (A,) and probabilities (A,) of every next character, the
              likeliest first

Metrics: classes have loss (cross-entropy) and accuracy; adding has loss (mean squared error), and naive in validation
and test; series have loss (mean squared error of the standardised series), and naive and linear in validation and test;
texts have loss (cross-entropy a character), perplexity and accuracy.
"""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from dlcore.config.sequences import SERIES, TEXTS, SequenceRun
from dlcore.data.sample import stratified
from dlcore.data.sequences import Whole, Windows, load
from dlcore.data.sets import Progress
from dlcore.inspect.forecasts import baselines
from dlcore.inspect.recurrent import is_amount
from dlcore.models.rnn import Recurrent, build
from dlcore.training.records import Snapshot
from dlcore.training.task import NO_THRESHOLD, Confusion, SimpleTask
from dlcore.training.tasks.recurrent import EVALUATION_BATCH
from dlcore.training.tasks.recurrent.goals import TellClass, TellNumber
from dlcore.training.tasks.recurrent.pictures import SAMPLES, pictures
from dlcore.use import novelty


class SequenceTask(SimpleTask[Recurrent]):
    """Everything about one run on sequences that is not the loop; see `dlcore.training.task.Task`."""

    def __init__(self, config: SequenceRun, where: torch.device, progress: Progress | None = None) -> None:
        self.data = load(config.data, config.training.seed, progress)
        self.config = config = config.on(self.data.name)
        self.device = where
        torch.manual_seed(config.training.seed)
        self.model = build(config).to(where)
        self.name, self.notice, self.labels = self.data.name, self.data.notice, self.data.labels
        self.splits = {name: split.to(where) for name, split in self.data.splits()}
        self.goal = self._goal()
        self.metrics = self.goal.metrics
        self.known = self._baselines()
        self.generator = torch.Generator(where)
        wanted = config.training.precision
        self.precision = "fp32" if wanted == "auto" else wanted
        held = self.splits["validation"]
        classes = self.labels and isinstance(held, Whole)
        places = stratified(held.targets, SAMPLES) if classes else torch.arange(min(SAMPLES, len(held)))
        self.fixed = held.batch(places.to(where))

    def _goal(self) -> TellClass | TellNumber:
        if is_amount(self.config):
            return TellNumber()
        return TellClass(self.config.training.label_smoothing, perplexity=self.config.data.name in TEXTS)

    def _baselines(self) -> dict[str, dict[str, float]]:
        """What a simple rule reaches on validation and test."""
        if self.config.data.name in SERIES:
            return baselines(self.data)
        if self.config.data.name != "adding":
            return {}
        whole = {name: split for name, split in self.splits.items() if isinstance(split, Whole)}
        return {name: {"naive": split.targets.sub(1).square().mean().item()} for name, split in whole.items()}

    @property
    def sizes(self) -> dict[str, int]:
        """Sequences in each split; of series and texts, windows."""
        return {name: len(split) for name, split in self.splits.items()}

    def outputs(self, split: Whole | Windows, index: Tensor) -> tuple[Tensor, Tensor]:
        """float32 outputs (M, …) and targets (M,): those that count, one after the other."""
        batch = split.batch(index)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            outputs = self.model(batch.inputs)
        if batch.counted is None:
            return outputs.float(), batch.targets
        return outputs[batch.counted].float(), batch.targets[batch.counted]

    def loss(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """The loss to descend on the training sequences at `index` (B,), and the metrics to show, stacked."""
        return self.goal.loss(*self.outputs(self.splits["train"], index))

    @torch.inference_mode()
    def predict(self, name: str) -> tuple[Tensor, Tensor]:
        """Outputs and targets of a whole split, in eval mode."""
        self.model.eval()
        split = self.splits[name]
        index = torch.arange(len(split), device=self.device)
        parts = [self.outputs(split, part) for part in index.split(EVALUATION_BATCH)]
        self.model.train()
        outputs, targets = (torch.cat(each) for each in zip(*parts, strict=True))
        return outputs, targets

    def evaluate(self, name: str) -> dict[str, float]:
        """Metrics on a split, and those of the simple rules beside it."""
        return {**self.goal.measure(*self.predict(name)), **self.known.get(name, {})}

    def snapshots(self, step: int, epoch: int) -> Iterable[Snapshot]:
        """What there is to look at; see the top of this module."""
        for name, arrays in pictures(self.model, self.data, self.fixed):
            yield Snapshot(step, epoch, name, arrays)

    def examine(self) -> tuple[dict[str, float], Confusion, float]:
        """After training: metrics and confusion matrix on the test split; a novelty threshold where images are read."""
        outputs, targets = self.predict("test")
        test = {**self.goal.measure(outputs, targets), **self.known.get("test", {})}
        if not self.labels:
            return test, (), NO_THRESHOLD
        pairs = targets * len(self.labels) + outputs.argmax(1)
        counts = torch.bincount(pairs, minlength=len(self.labels) ** 2).view(len(self.labels), -1)
        images = self.config.reads_images
        threshold = novelty.threshold(self.predict("validation")[0].cpu()) if images else NO_THRESHOLD
        return test, tuple(map(tuple, counts.tolist())), threshold

    def figures(self, means: Mapping[str, float]) -> dict[str, float]:
        return self.goal.figures(means)
