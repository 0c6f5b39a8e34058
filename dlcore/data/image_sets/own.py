"""Images of one's own, which a run brings along as its examples; see dlcore.data.own."""

from typing import TYPE_CHECKING

from dlcore.config.image_sets import IMAGE_SETS, ImageSet
from dlcore.data.own import FILE
from dlcore.errors import InvalidValue

if TYPE_CHECKING:
    from dlcore.data.sets import Dataset, Progress

_CODE = f"""
# the images of one's own, as the page of the run offers them: {FILE}
own = load_file("{FILE}")
images, labels = own["images"], own["labels"]
shuffle = torch.Generator().manual_seed(20_240_229)
parts = {{"train": [], "validation": [], "test": []}}
for label in labels.unique():  # of every class 15 % for validation and 15 % for the test, one at least
    members = (labels == label).nonzero().squeeze(1)
    members = members[torch.randperm(len(members), generator=shuffle)]
    held = max(1, round(0.15 * len(members)))
    for name, part in zip(parts, members.split([len(members) - 2 * held, held, held])):
        parts[name].append(part)
train, validation, test = (torch.cat(each) for each in parts.values())
x_test, y_test = images[test], labels[test]
x_validation, y_validation = images[validation], labels[validation]
x_train, y_train = images[train], labels[train]
"""


def _load(progress: "Progress | None") -> "Dataset":
    raise InvalidValue("a run on images of one's own brings them along as its examples: hand them over")


def _read(data: bytes) -> "Dataset":
    from dlcore.data import sets

    return sets.own(data)


IMAGE_SETS.register(
    ImageSet(
        name="own",
        title="Your own images (a ZIP with a folder for each class, or a CSV of pixels)",
        written="own images",
        labels=(),
        load=_load,
        code=_CODE,
        imports=("from safetensors.torch import load_file",),
        needs=("safetensors",),
        read=_read,
    )
)
