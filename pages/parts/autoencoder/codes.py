"""The codes that the sections look at: of 500 images that played no part in training, computed once a model."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from dlcore.data.sets import Split
from dlcore.errors import WeightsUnreadable
from dlcore.inspect import latent
from pages.parts.autoencoder.choice import Choice
from pages.shared import page

COUNT = 500
"""All sets have that many; t-SNE takes seconds for more."""
MOST = 16
"""Numbers of a code whose sliders are seen at once; those of the others wait in an expander."""
REACH = 4.0
"""How far sliders go, in deviations."""


@dataclass(frozen=True)
class Known:
    """Images and their codes.

    images: uint8 (N, 1, 28, 28); labels: int64 (N,); codes: float32 (N, k)
    mean, deviation: (k,) of the codes; order: the numbers of a code, those that vary most first, of which the first
    `varying` ones vary at all; unit: (k,), in which each is turned: its deviation, or the mean one where it is constant
    """

    images: Tensor
    labels: Tensor
    codes: Tensor
    mean: Tensor
    deviation: Tensor
    order: tuple[int, ...]
    varying: int
    unit: Tensor

    @property
    def widest(self) -> tuple[int, ...]:
        """The numbers of a code that vary."""
        return self.order[: self.varying]


def opened(choice: Choice) -> Known:
    """Test and validation images of the choice's data; says so where other images stand in for them.

    WeightsUnreadable if they are encoded to no numbers.
    """
    found = _known(choice.name, choice.data.name, choice)
    if choice.data.notice:
        st.caption(page.plain(choice.data.notice))
    return found


def says_told(choice: Choice) -> None:
    """That the codes on the screen were made with the true classes, where they were."""
    if choice.autoencoder.conditional:
        st.caption(
            "This autoencoder is given the class. The codes here were made with the true class of each image, so they "
            "do not need to contain it."
        )


@st.cache_resource(max_entries=8, show_spinner="Encoding images")
def _known(name: str, data: str, _choice: Choice) -> Known:
    seen = unseen(_choice)
    codes = _choice.autoencoder.encode(seen.images, told(_choice, seen.labels))
    if not codes.isfinite().all():
        raise WeightsUnreadable(
            f"The codes of {_choice.title} are not finite numbers because its training diverged: "
            f"choose another network."
        )
    deviation = codes.std(0, correction=0)
    order = deviation.argsort(descending=True).tolist()
    varies = deviation > 1e-3 * deviation.max().clamp(min=1e-6)
    unit = torch.where(varies, deviation, deviation.mean().clamp(min=1e-3))
    return Known(
        seen.images, seen.labels, codes, codes.mean(0), deviation, tuple(order), max(1, int(varies.sum())), unit
    )


def unseen(choice: Choice, count: int = COUNT) -> Split:
    """The first `count` images of the test and validation splits."""
    data = choice.data
    return Split(
        torch.cat((data.test.images[:count], data.validation.images))[:count],
        torch.cat((data.test.labels[:count], data.validation.labels))[:count],
    )


def told(choice: Choice, labels: Tensor) -> Tensor | None:
    """Labels for those that are told the class, None for all others."""
    return labels if choice.autoencoder.conditional else None


def untold(choice: Choice, images: Tensor) -> Tensor | None:
    """As `told`, where nobody may know the classes: each image has the one with which it is drawn best."""
    return latent.fitting_classes(choice.autoencoder.model, images) if choice.autoencoder.conditional else None


@st.cache_resource(max_entries=8, show_spinner="Projecting the codes")
def _plane(name: str, data: str, method: str, _codes: Tensor) -> latent.Plane:
    return latent.plane(_codes, method)


def plane(choice: Choice, codes: Tensor, method: str) -> latent.Plane:
    """The codes in two dimensions, computed once for each model and method."""
    return _plane(choice.name, choice.data.name, method, codes)


def axes(choice: Choice, method: str) -> tuple[str, str]:
    """Titles of the two directions of a plane."""
    size = choice.autoencoder.code_size
    if size == 2:
        return "first number of the code", "second number"
    if method == "t-sne":
        return "t-SNE, first direction", "second"
    return "first principal component", "second"


def names(choice: Choice) -> tuple[str, ...]:
    """Names of the classes of the images that are shown."""
    return choice.data.labels


def script(choice: Choice, body: str, *imports: str) -> str:
    """Python that runs as it stands: imports, the line that loads the model, and `body`."""
    store = ("from dlcore.runs import Store",) if "Store()" in choice.code else ()
    lines = sorted({*imports, *store, "from dlcore.use.autoencoder import TrainedAutoencoder"})
    plain = [line for line in lines if line.startswith("import")]
    others = [line for line in lines if not line.startswith("import") and "dlcore" not in line]
    own = [line for line in lines if not line.startswith("import") and "dlcore" in line]
    blocks = [block for block in ("\n".join(plain + others), "\n".join(own)) if block]
    return "\n\n".join(blocks) + f"\n\n{choice.code}\n{body.strip()}\n"


def images_line(choice: Choice) -> str:
    """Lines that read the same images, for `script`; it needs `import torch` and `from dlcore import data`."""
    return (
        f"found = data.load({choice.data.name!r})\n"
        f"images = torch.cat((found.test.images[:{COUNT}], found.validation.images))[:{COUNT}]\n"
        f"labels = torch.cat((found.test.labels[:{COUNT}], found.validation.labels))[:{COUNT}]"
    )
