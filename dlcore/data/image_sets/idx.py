"""MNIST (LeCun, Cortes, Burges) and Fashion-MNIST (Xiao et al., 2017), downloaded when they are first used."""

from functools import partial
from typing import TYPE_CHECKING

from dlcore.config.image_sets import IMAGE_SETS, ImageSet

if TYPE_CHECKING:
    from dlcore.data.sets import Dataset, Progress

CLOTHES = (
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip

_CODE = """images, labels = everything.data[:, None], everything.targets
shuffled = torch.randperm(len(labels), generator=torch.Generator().manual_seed(20_240_229))
validation, train = shuffled.split([5_000, len(labels) - 5_000])
x_test, y_test = test.data[:, None], test.targets
x_validation, y_validation = images[validation], labels[validation]
x_train, y_train = images[train], labels[train]
"""


def _load(name: str, progress: "Progress | None") -> "Dataset":
    from dlcore.data import sets

    return sets.idx_set(name, progress)


def _ready(name: str) -> bool:
    from dlcore.data import mnist

    return mnist.on_disk(name)


def _set(name: str, title: str, written: str, source: str, labels: tuple[str, ...]) -> None:
    IMAGE_SETS.register(
        ImageSet(
            name=name,
            title=title,
            written=written,
            labels=labels,
            load=partial(_load, name),
            code=f'everything = {source}("data", train=True, download=True)\n'
            f'test = {source}("data", train=False, download=True)\n{_CODE}',
            imports=(f"from torchvision.datasets import {source}",),
            needs=("torchvision",),
            ready=partial(_ready, name),
            handwritten=name == "mnist",
        )
    )


_set("mnist", "MNIST (70,000 handwritten digits)", "MNIST", "MNIST", tuple("0123456789"))
_set("fashion", "Fashion-MNIST (70,000 pieces of clothing)", "Fashion-MNIST", "FashionMNIST", CLOTHES)
