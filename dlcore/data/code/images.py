"""Images: x_train, y_train, x_validation, y_validation, x_test, y_test; see dlcore.data.prepare."""

from collections.abc import Iterable

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.formula.source import Code


def images(
    name: str,
    size: int | None = None,
    imbalance: float = 0.0,
    label_noise: float = 0.0,
    shown: bool = False,
    classes: int = 0,
) -> Code:
    """Lines that load an image set, and make its training split smaller, unbalanced or noisy.

    classes: how many there are; 0 for those of the set
    shown: whether the classes that the images show are wanted too, as `shown_train`, where labels are made wrong
    """
    chosen = IMAGE_SETS[name]
    classes = classes or len(chosen.labels)
    changes = [
        *(_long_tail(imbalance, classes) if imbalance else ()),
        *(_subset(size) if size is not None else ()),
        *(_label_noise(label_noise, classes, shown) if label_noise else ()),
    ]
    if changes:
        changes.insert(0, "chance = torch.Generator().manual_seed(SEED)")
    return Code.joined(Code(chosen.code, chosen.imports, chosen.needs), Code("\n".join(changes)))


def _long_tail(imbalance: float, classes: int) -> Iterable[str]:
    yield "kept = []"
    yield f"for label in range({classes}):  # a long tail: class k keeps a shrinking share of its images"
    yield "    members = (y_train == label).nonzero().squeeze(1)"
    yield f"    count = max(1, round(len(members) * (1 - {imbalance}) ** (label / {classes - 1})))"
    yield "    kept.append(members[torch.randperm(len(members), generator=chance)[:count]])"
    yield "x_train, y_train = x_train[torch.cat(kept)], y_train[torch.cat(kept)]"


def _subset(size: int) -> Iterable[str]:
    yield f"if len(y_train) > {size}:  # fewer training images"
    yield f"    few = torch.randperm(len(y_train), generator=chance)[:{size}]"
    yield "    x_train, y_train = x_train[few], y_train[few]"


def _label_noise(share: float, classes: int, shown: bool) -> Iterable[str]:
    yield f"wrong = torch.randperm(len(y_train), generator=chance)[: round({share} * len(y_train))]  # wrong labels"
    yield "y_train, shown_train = y_train.clone(), y_train" if shown else "y_train = y_train.clone()"
    drawn = f"torch.randint(1, {classes}, (len(wrong),), generator=chance)"
    yield f"y_train[wrong] = (y_train[wrong] + {drawn}) % {classes}"
