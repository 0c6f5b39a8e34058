"""Scikit-learn's digits: embedded, and what stands in where another set cannot be had."""

from typing import TYPE_CHECKING

from dlcore.config.image_sets import IMAGE_SETS, ImageSet

if TYPE_CHECKING:
    from dlcore.data.sets import Dataset, Progress

_CODE = """
# 1,797 handwritten digits of 8×8 pixels: enlarged to 20×20, placed in 28×28 with the centre of mass in the middle
source = load_digits()
large = functional.interpolate(torch.from_numpy(source.images).float().div(16)[:, None], size=(20, 20), mode="bicubic")
large = large.clamp(0, 1).mul(255).round().to(torch.uint8)
mass = large.float().squeeze(1)
rows = (mass.sum(2) * torch.arange(20)).sum(1) / mass.sum((1, 2))
columns = (mass.sum(1) * torch.arange(20)).sum(1) / mass.sum((1, 2))
tops, lefts = (14 - rows).round().long().clamp(0, 8), (14 - columns).round().long().clamp(0, 8)
images = torch.zeros(len(large), 1, 28, 28, dtype=torch.uint8)
for i in range(len(large)):
    images[i, :, tops[i] : tops[i] + 20, lefts[i] : lefts[i] + 20] = large[i]
labels = torch.from_numpy(source.target).long()
shuffled = torch.randperm(1797, generator=torch.Generator().manual_seed(20_240_229))
test, validation, train = shuffled.split([360, 180, 1257])
x_test, y_test = images[test], labels[test]
x_validation, y_validation = images[validation], labels[validation]
x_train, y_train = images[train], labels[train]
"""


def _load(progress: "Progress | None") -> "Dataset":
    from dlcore.data import sets

    return sets.digits()


IMAGE_SETS.register(
    ImageSet(
        name="digits",
        title="Handwritten digits (scikit-learn, 1,797 images)",
        written="scikit-learn's digits",
        labels=tuple("0123456789"),
        load=_load,
        code=_CODE,
        imports=("from sklearn.datasets import load_digits",),
        needs=("scikit-learn",),
        handwritten=True,
    )
)
