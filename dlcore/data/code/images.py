"""Images: x_train, y_train, x_validation, y_validation, x_test, y_test; see dlcore.data.prepare."""

from collections.abc import Iterable

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.data.own import FILE
from dlcore.data.own.corrections import IMAGES, LABELS
from dlcore.formula.source import Code


def images(
    name: str,
    size: int | None = None,
    imbalance: float = 0.0,
    label_noise: float = 0.0,
    shown: bool = False,
    classes: int = 0,
    copies: int = 1,
    share: float = 0.0,
) -> Code:
    """Lines that load an image set, make its training split smaller, unbalanced or noisy, and mix corrections into it.

    copies: of each training image; share: of the training images that are corrections, which `FILE` holds
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
    noted = shown and bool(label_noise)
    changes += _copies(copies, noted) if copies > 1 else ()
    mixed = Code("\n".join(_corrections(share, noted)), *_FILE) if share else Code()
    return Code.joined(Code(chosen.code, chosen.imports, chosen.needs), Code("\n".join(changes)), mixed)


_FILE = (("from safetensors.torch import load_file",), ("safetensors",))


def _copies(count: int, noted: bool) -> Iterable[str]:
    yield f"x_train, y_train = x_train.repeat({count}, 1, 1, 1), y_train.repeat({count})  # every image so many times"
    if noted:
        yield f"shown_train = shown_train.repeat({count})"


def _corrections(share: float, noted: bool) -> Iterable[str]:
    yield f'corrections = load_file("{FILE}")  # images of which somebody said what they are'
    yield f'x_right, y_right = corrections["{IMAGES}"], corrections["{LABELS}"]'
    if share == 1:
        yield "again = torch.arange(len(y_train)) % len(y_right)  # nothing else is learned, no rehearsal"
        yield "x_train, y_train = x_right[again], y_right[again]"
        if noted:
            yield "shown_train = y_train"
        return
    yield f"count = max(1, round(len(y_train) * {share} / (1 - {share})))  # so that they are {share} of the whole"
    yield "again = torch.arange(count) % len(y_right)"
    yield "x_train, y_train = torch.cat((x_train, x_right[again])), torch.cat((y_train, y_right[again]))"
    if noted:
        yield "shown_train = torch.cat((shown_train, y_right[again]))"


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
