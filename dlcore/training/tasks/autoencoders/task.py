"""What autoencoders are trained on and measured by.

Metrics, all per batch or split: `loss` (what is descended, per pixel), `bce` and `mse` (per pixel), and for
variational ones `kl` (nats per image), for others `silent` (share of the code's numbers that are next to zero).

Snapshots, one of each name at every epoch, of the same validation images (N at most 1,000):

`reconstructions`, 24 of them that have every class
    images   uint8 (24, 28, 28), what was to be drawn
    inputs   uint8 (24, 28, 28), what was read: other than `images` where they are corrupted
    outputs  uint8 (24, 28, 28), what was drawn
    pca      uint8 (24, 28, 28), what PCA with as many components draws from the same inputs
    labels   int64 (24,)
`codes`
    codes    float32 (N, k), of a variational one their means
    plane    float32 (N, 2), the codes themselves for k = 2, else their two principal components, turned so that
             they move as little as possible from epoch to epoch
    labels   int64 (N,)
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from dlcore import data
from dlcore.config.autoencoders import PIXELS, AutoencoderRun
from dlcore.data.augment import Augment
from dlcore.data.prepare import training_split
from dlcore.data.sample import stratified
from dlcore.data.sets import Progress
from dlcore.models.autoencoder import Autoencoder, build, kl, pixels
from dlcore.training.records import Snapshot
from dlcore.training.task import NO_THRESHOLD, Confusion, SimpleTask
from dlcore.training.tasks.autoencoders import EVALUATION_BATCH, SILENT

SHEET = 24
CLOUD = 1_000


@dataclass(frozen=True)
class PCA:
    """The best linear way to squeeze images into a few numbers and back: mean (784,), components (k, 784)."""

    mean: Tensor
    components: Tensor

    @classmethod
    def of(cls, images: Tensor, size: int) -> "PCA":
        """From images uint8 (N, 1, 28, 28), by the eigenvectors of their covariance.

        In float64: of few images the covariance is singular, and in float32 its decomposition may not converge.
        """
        where = torch.device("cpu") if images.device.type == "mps" else images.device  # which has no float64
        total = torch.zeros(PIXELS, dtype=torch.float64, device=where)
        products = torch.zeros(PIXELS, PIXELS, dtype=torch.float64, device=where)
        for part in images.split(5_000):
            flat = pixels(part).flatten(1).to(where).double()
            total += flat.sum(0)
            products += flat.T @ flat
        mean = total / len(images)
        _, vectors = torch.linalg.eigh(products / len(images) - torch.outer(mean, mean))
        components = vectors[:, -size:].flip(1).T.contiguous()
        return cls(*(each.float().to(images.device) for each in (mean, components)))

    def codes(self, images: Tensor) -> Tensor:
        """Codes (N, k) of images float32 (N, 1, 28, 28), 0 to 1."""
        return (images.flatten(1) - self.mean) @ self.components.T

    def __call__(self, images: Tensor) -> Tensor:
        """Reconstructions of images float32 (N, 1, 28, 28), 0 to 1, which may leave that range."""
        return (self.codes(images) @ self.components + self.mean).view_as(images)


class AutoencoderTask(SimpleTask[Autoencoder]):
    """One run of an autoencoder, see `dlcore.training.task.Task`."""

    def __init__(self, config: AutoencoderRun, where: torch.device, progress: Progress | None = None) -> None:
        dataset = data.load(config.data.name, progress=progress)
        self.config = config = config.on(dataset.name)
        self.device = where
        self.name, self.notice, self.labels = dataset.name, dataset.notice, dataset.labels
        self.train = training_split(dataset, config.data, config.training.seed).to(where)
        self.splits = {"validation": dataset.validation.to(where), "test": dataset.test.to(where)}
        self.sheet = stratified(dataset.validation.labels[:CLOUD], SHEET).to(where)
        self.generator = torch.Generator(where)
        self.augment = Augment(config.data.augment, self.generator, progress) if config.data.augment else None
        torch.manual_seed(config.training.seed)
        self.model = build(config).to(where)
        self.metrics = ("loss", "bce", "mse", "kl" if self.model.variational else "silent")
        self.precision = "fp32" if config.training.precision == "auto" else config.training.precision
        self.pca = PCA.of(self.train.images, config.model.code_size)

    @property
    def sizes(self) -> dict[str, int]:
        """Samples in each split."""
        return {"train": len(self.train), **{name: len(split) for name, split in self.splits.items()}}

    def loss(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """The loss to descend on the training samples at `index` (B,), and the metrics to show, stacked."""
        labels = self.train.labels.index_select(0, index)
        images = pixels(self.train.images.index_select(0, index))
        if self.augment:
            images = self.augment(images, self.train.shown.index_select(0, index)).clamp(0, 1)
        shown = self._measure(images, self.corrupt(images, self.generator), labels, self.generator)
        return shown[0], shown.detach()

    def corrupt(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """The images that are read instead of `images`, float32 (N, 1, 28, 28)."""
        kind, amount = self.config.model.corruption, self.config.model.corruption_amount
        if kind == "noise":
            noise = torch.randn(images.shape, generator=generator, device=images.device)
            return (images + amount * noise).clamp(0, 1)
        if kind == "masking":
            return images * (torch.rand(images.shape, generator=generator, device=images.device) >= amount)
        return images

    def _measure(self, images: Tensor, inputs: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
        """The metrics of a batch, stacked; the first is the loss, with its gradient."""
        settings = self.config.model
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            mean, log_variance = self.model.distribution(inputs, labels)
            code = mean if log_variance is None else _drawn(mean, log_variance, generator)
            logits = self.model.logits(code, labels).float()
        bce = functional.binary_cross_entropy_with_logits(logits, images)
        mse = functional.mse_loss(logits.sigmoid(), images)
        loss = bce if settings.reconstruction == "bce" else mse
        if log_variance is not None:
            last = kl(mean.float(), log_variance.float()).mean()
            loss = loss + settings.beta * last / PIXELS
        else:
            size = mean.abs()
            last = (size <= SILENT * size.max()).float().mean()
            if settings.sparsity:
                loss = loss + settings.sparsity * size.mean()
        return torch.stack((loss, bce.detach(), mse.detach(), last.detach()))

    @torch.inference_mode()
    def evaluate(self, name: str) -> dict[str, float]:
        """Metrics on the split called `name`, and `pca_mse`, PCA's on the same inputs.

        Noise and masks, and the codes of a variational one, are drawn from the same numbers each time.
        """
        split = self.splits[name]
        generator = self._fixed_generator()
        self.model.eval()
        total = torch.zeros(len(self.metrics) + 1, device=self.device)
        for part in torch.arange(len(split), device=self.device).split(EVALUATION_BATCH):
            images, labels = pixels(split.images[part]), split.labels[part]
            inputs = self.corrupt(images, generator)
            pca = functional.mse_loss(self.pca(inputs).clamp(0, 1), images)
            total += len(part) * torch.cat((self._measure(images, inputs, labels, generator), pca[None]))
        self.model.train()
        return dict(zip((*self.metrics, "pca_mse"), (total / len(split)).tolist(), strict=True))

    def _fixed_generator(self) -> torch.Generator:
        return torch.Generator(self.device).manual_seed(self.config.training.seed)

    @torch.inference_mode()
    def snapshots(self, step: int, epoch: int) -> tuple[Snapshot, ...]:
        """Reconstructions and codes, as the module describes them; none once the codes are no numbers any more."""
        cloud = self.splits["validation"][torch.arange(min(CLOUD, len(self.splits["validation"])), device=self.device)]
        images = pixels(cloud.images)
        inputs = self.corrupt(images, self._fixed_generator())
        self.model.eval()
        codes = self.model.encode(inputs, cloud.labels)
        few = self.sheet
        outputs = self.model.decode(codes[few], cloud.labels[few])
        self.model.train()
        if not codes.isfinite().all():
            return ()
        sheets = {"images": images[few], "inputs": inputs[few], "outputs": outputs}
        sheets["pca"] = self.pca(inputs[few]).clamp(0, 1)
        drawn = {name: sheet.mul(255).round().to(torch.uint8).squeeze(1) for name, sheet in sheets.items()}
        points = codes if codes.shape[1] == 2 else turned(codes, self.pca.codes(images)[:, :2])
        return (
            _snapshot(step, epoch, "reconstructions", {**drawn, "labels": cloud.labels[few]}),
            _snapshot(step, epoch, "codes", {"codes": codes, "plane": points, "labels": cloud.labels}),
        )

    def examine(self) -> tuple[dict[str, float], Confusion, float]:
        """After training: metrics on the test split; there are no classes to confuse."""
        return self.evaluate("test"), (), NO_THRESHOLD


def _drawn(mean: Tensor, log_variance: Tensor, generator: torch.Generator) -> Tensor:
    """A code from each distribution, in a way that gradients pass (the reparameterization trick)."""
    noise = torch.randn(mean.shape, generator=generator, device=mean.device)
    return mean + (0.5 * log_variance).exp() * noise


def turned(codes: Tensor, goal: Tensor) -> Tensor:
    """The two principal components (N, 2) of codes (N, k), turned as near as can be to points `goal` (N, 2).

    Components have no sign, and no order where they are alike: turned to the same goal (orthogonal Procrustes), a
    scatter of them drifts from epoch to epoch instead of jumping.
    """
    centred = codes - codes.mean(0)
    _, _, axes = torch.linalg.svd(centred.T @ centred)
    points = centred @ axes[:2].T
    left, _, right = torch.linalg.svd(points.T @ goal)
    return points @ (left @ right)


def _snapshot(step: int, epoch: int, name: str, arrays: Mapping[str, Tensor]) -> Snapshot:
    return Snapshot(step, epoch, name, {key: value.cpu().numpy() for key, value in arrays.items()})
