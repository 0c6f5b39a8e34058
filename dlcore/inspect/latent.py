"""Looking at the codes of a trained autoencoder: what they hold, what lies between them, what they cannot draw.

images: uint8 (N, 1, 28, 28), 0 = background; labels: int64 (N,), wanted by class-conditional autoencoders only
codes: float32 (N, code size)
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.errors import InvalidValue
from dlcore.models.autoencoder import Autoencoder, pixels

BATCH = 1_000
METHODS = ("pca", "t-sne")
ACTIVE_VARIANCE = 0.01
FEW = (10, 50, 100, 500)
"""Numbers of labels for `few_labels`."""


@torch.inference_mode()
def encode(model: Autoencoder, images: Tensor, labels: Tensor | None = None) -> Tensor:
    """Codes of images, batch by batch; of a variational autoencoder their means."""
    parts = images.split(BATCH)
    told = [None] * len(parts) if labels is None else labels.split(BATCH)
    return torch.cat([model.encode(pixels(part), label) for part, label in zip(parts, told, strict=True)])


@torch.inference_mode()
def decode(model: Autoencoder, codes: Tensor, labels: Tensor | None = None) -> Tensor:
    """Images float32 (N, 28, 28), 0 to 1, drawn from codes, batch by batch."""
    parts = codes.split(BATCH)
    told = [None] * len(parts) if labels is None else labels.split(BATCH)
    return torch.cat([model.decode(part, label) for part, label in zip(parts, told, strict=True)]).squeeze(1)


def between(first: Tensor, second: Tensor, steps: int) -> Tensor:
    """(steps, …): from `first` to `second` in equal steps, both included. For codes as for pixels."""
    shares = torch.linspace(0, 1, steps).view(-1, *[1] * first.ndim)
    return torch.lerp(first.float()[None], second.float()[None], shares)


def active(codes: Tensor) -> int:
    """How many numbers of the codes (N, k) say something of the image: those whose variance over images exceeds 0.01.

    Of a variational autoencoder, by the means (Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519).
    """
    return int((codes.var(0, correction=0) > ACTIVE_VARIANCE).sum())


# Neighbours.


def usual_distance(codes: Tensor) -> float:
    """How far a code (N, k) usually is from the one next to it: the median."""
    return torch.cdist(codes, codes).topk(2, largest=False).values[:, 1].median().item()


def nearest(codes: Tensor, query: Tensor, count: int = 10) -> Tensor:
    """Indices (Q, count) of the codes (N, k) that lie nearest to each of query (Q, k), the nearest first."""
    if not 1 <= count <= len(codes):
        raise InvalidValue(f"count must be between 1 and {len(codes)}, got {count}: try {min(10, len(codes))}")
    return torch.cat([torch.cdist(part, codes).topk(count, largest=False).indices for part in query.split(BATCH)])


def neighbour_accuracy(codes: Tensor, labels: Tensor, query: Tensor, true: Tensor, count: int = 10) -> float:
    """Share of query (Q, k) whose class is the one that most of their `count` nearest codes have.

    A tie goes to the smallest class.
    """
    votes = functional.one_hot(labels[nearest(codes, query, count)]).sum(1)
    return (votes.argmax(1) == true).float().mean().item()


# A plane to look at.


@dataclass(frozen=True)
class Plane:
    """Codes in two dimensions.

    points: float32 (N, 2); kept: share of the codes' variance that they keep, None where that means nothing
    lift: from points (M, 2) of the plane back to codes (M, k), None where there is no way back
    drop: from codes (M, k) to the plane (M, 2), None where new codes cannot be placed
    """

    points: Tensor
    kept: float | None
    lift: Callable[[Tensor], Tensor] | None
    drop: Callable[[Tensor], Tensor] | None


def plane(codes: Tensor, method: Literal["pca", "t-sne"] = "pca", seed: int = 0) -> Plane:
    """Codes of two numbers as they are; wider ones by their two principal components, or by t-SNE.

    t-SNE is scikit-learn's (van der Maaten and Hinton, 2008); it takes seconds for 1,000 codes.
    """
    if method not in METHODS:
        raise InvalidValue(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if codes.shape[1] == 2:
        return Plane(codes, 1.0, lambda points: points, lambda more: more)
    if method == "t-sne":
        return Plane(_t_sne(codes, seed), None, None, None)
    mean = codes.mean(0)
    _, sizes, axes = torch.linalg.svd(codes - mean, full_matrices=False)
    axes = axes[:2] * axes[:2].gather(1, axes[:2].abs().argmax(1, keepdim=True)).sign()
    kept = (sizes[:2].square().sum() / sizes.square().sum().clamp(min=1e-12)).item()
    return Plane(
        (codes - mean) @ axes.T, kept, lambda points: mean + points @ axes, lambda more: (more - mean) @ axes.T
    )


def _t_sne(codes: Tensor, seed: int) -> Tensor:
    from sklearn.manifold import TSNE

    perplexity = min(30.0, max(2.0, (len(codes) - 1) / 3))
    points = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(codes.numpy())
    return torch.from_numpy(points).float()


# What the code knows.


@dataclass(frozen=True)
class FewLabels:
    """Test accuracy of a linear classifier that saw `labels` labelled samples: mean and deviation over the draws.

    tested: number of test samples
    """

    labels: int
    mean: float
    deviation: float
    tested: int

    @property
    def spread(self) -> float:
        """Standard deviation by both kinds of chance: which samples have labels, and which ones are tested."""
        return math.sqrt(self.deviation**2 + self.mean * (1 - self.mean) / self.tested)

    def differs(self, other: "FewLabels") -> bool:
        """Whether the two differ clearly: their spreads do not overlap."""
        return abs(self.mean - other.mean) > self.spread + other.spread


def few_labels(
    features: Tensor,
    labels: Tensor,
    test_features: Tensor,
    test_labels: Tensor,
    counts: Sequence[int] = FEW,
    *,
    draws: int = 5,
    seed: int = 0,
    standardise: bool = True,
) -> list[FewLabels]:
    """Multinomial logistic regression on a few labelled samples, for each of `counts`.

    features: float32 (N, d), codes or pixels
    standardise: each feature by its own mean and deviation. Codes need it, whose scales say nothing; pixels lose by it:
        those that hardly ever have ink become as large as all others.
    Each draw takes as many samples of every class as it can. The classifier is scikit-learn's.
    """
    from sklearn.linear_model import LogisticRegression

    if not all(10 <= count <= len(labels) for count in counts):
        raise InvalidValue(f"counts must lie between 10 and {len(labels)}, got {tuple(counts)}")
    known, test = features, test_features
    if standardise:
        mean, deviation = features.mean(0), features.std(0).clamp(min=1e-3)
        known, test = ((part - mean) / deviation for part in (known, test))
    found = []
    for count in counts:
        scores = []
        for draw in range(draws):
            chosen = balanced(labels, count, seed + draw)
            classifier = LogisticRegression(max_iter=500)
            classifier.fit(known[chosen].numpy(), labels[chosen].numpy())
            scores.append(classifier.score(test.numpy(), test_labels.numpy()))
        each = torch.tensor(scores)
        found.append(FewLabels(count, each.mean().item(), each.std(correction=0).item(), len(test)))
    return found


def balanced(labels: Tensor, count: int, seed: int) -> Tensor:
    """Indices (count,) of samples drawn so that every class has the same share, as nearly as can be."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator)
    rank = torch.empty_like(labels)
    for label in labels.unique():
        members = order[labels[order] == label]
        rank[members] = torch.arange(len(members))
    return order[rank[order].argsort(stable=True)][:count]


# Anomalies.


@torch.inference_mode()
def errors(model: Autoencoder, images: Tensor, labels: Tensor | None = None) -> Tensor:
    """Mean squared error (N,) of each image's reconstruction: how badly the autoencoder can draw it."""
    drawn = decode(model, encode(model, images, labels), labels)
    return (drawn - pixels(images).squeeze(1)).square().mean((1, 2))


@dataclass(frozen=True)
class Roc:
    """For each threshold (T,), from high to low: the share of odd and of usual samples whose score reaches it.

    area: under the curve, the chance that an odd sample scores higher than a usual one
    """

    thresholds: Tensor
    odd: Tensor
    usual: Tensor
    area: float


def roc(usual: Tensor, odd: Tensor) -> Roc:
    """The ROC of scores (N,) of usual samples against scores (M,) of odd ones; a high score means odd."""
    if len(usual) == 0 or len(odd) == 0:
        raise InvalidValue(f"there must be usual and odd samples, got {len(usual)} and {len(odd)}")
    scores = torch.cat((usual, odd)).double()
    is_odd = torch.cat((torch.zeros(len(usual)), torch.ones(len(odd)))).double()
    order = scores.argsort(descending=True)
    scores, is_odd = scores[order], is_odd[order]
    last = torch.cat((scores[1:] != scores[:-1], torch.tensor([True])))
    start = torch.zeros(1, dtype=torch.float64)
    found = torch.cat((start, (is_odd.cumsum(0) / len(odd))[last]))
    wrong = torch.cat((start, ((1 - is_odd).cumsum(0) / len(usual))[last]))
    thresholds = torch.cat((torch.tensor([torch.inf]).double(), scores[last]))
    return Roc(thresholds, found, wrong, torch.trapezoid(found, wrong).item())


@torch.inference_mode()
def fitting_classes(model: Autoencoder, images: Tensor) -> Tensor:
    """int64 (N,): of each image the class with which a conditional autoencoder draws it best. No label is read."""
    tries = [torch.full((len(images),), each) for each in range(model.classes)]
    return torch.stack([errors(model, images, each) for each in tries]).argmin(0)


# Weights.


def filters(model: Autoencoder) -> Tensor:
    """What the first layer looks for: (units, 28, 28) if it is dense, (channels, 4, 4) if it is a convolution."""
    first = next(layer for layer in model.encoder if isinstance(layer, nn.Linear | nn.Conv2d))
    weight = first.weight.detach()
    return weight[:, :784].reshape(-1, 28, 28) if weight.ndim == 2 else weight.squeeze(1)


@torch.inference_mode()
def strokes(model: Autoencoder, code: Tensor, amounts: Tensor, labels: Tensor | None = None) -> Tensor:
    """What each number of a code draws: (k, 28, 28), the change of the picture as that number grows by its amount.

    code: (k,), where to start; amounts: (k,), such as each number's deviation; labels: (1,) if it is told the class
    """
    moved = torch.cat((code[None], code + torch.diag(amounts)))
    drawn = decode(model, moved, None if labels is None else labels.expand(len(moved)))
    return drawn[1:] - drawn[0]
