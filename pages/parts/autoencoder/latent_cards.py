"""Questions on the map of codes, with answers from the codes and pictures that are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from dlcore.formula.numbers import number, percent
from dlcore.inspect import latent
from pages.parts.autoencoder.codes import REACH, Known
from pages.shared.experiments import Answer, Experiment, Reply

_ONE_NETWORK = "Measured on this one network: a newly trained one has different codes."


@dataclass(frozen=True)
class Shown:
    """What is on the screen: known codes, the decoded one (k,), the plane, and both ways between two images.

    places(): codes (P, k) evenly over the picture; none under t-SNE, which has no way back
    ways: title → uint8 (T, 28, 28)
    """

    known: Known
    code: Tensor
    places: Callable[[], Tensor]
    ways: dict[str, np.ndarray]

    @property
    def usual(self) -> float:
        """How far two neighbouring codes of images usually are apart."""
        return latent.usual_distance(self.known.codes)


def _plane(shown: Shown) -> Reply:
    places = shown.places()
    if not len(places):
        return Answer("t-SNE cannot turn a point of its plane back into a code: choose PCA above.", _ONE_NETWORK)
    far = torch.cdist(places, shown.known.codes).min(1).values
    near = (far <= 2 * shown.usual).double().mean().item()
    return Answer(
        f"Of {len(far)} points spread evenly over the picture, {percent(near)} lie within "
        f"{number(2 * shown.usual, 2)} of the code of an image, which is twice the usual distance between neighbours. "
        f"What is drawn elsewhere is the decoder’s guess: the furthest point is {number(far.max().item(), 2)} away.",
        f"{_ONE_NETWORK} Codes of {len(shown.known.codes)} images.",
    )


def _off(shown: Shown) -> Reply:
    far = (shown.known.codes - shown.code).norm(dim=1).min().item()
    return Answer(
        f"It still draws something, because the decoder accepts any code. The nearest code of an image is "
        f"{number(far, 3)} away, {number(far / shown.usual, 2)} times the usual distance between neighbours, so "
        f"nothing in its training says what belongs there.",
        _ONE_NETWORK,
    )


def _way(shown: Shown) -> Reply:
    pixels, code = (images.astype(float) / 255 for images in shown.ways.values())
    off = float(np.square(code[len(code) // 2] - pixels[len(pixels) // 2]).mean())
    ends = float(np.square(pixels[0] - pixels[-1]).mean())
    return Answer(
        f"Halfway, the two mixes differ by {number(off, 2)} (mean squared difference per pixel), which is "
        f"{percent(off / ends)} of the difference between the two images at the ends. A mix of pixels is exactly the "
        f"mean of both images, each half as dark; a mix of codes is drawn as a single new image.",
        f"One pair of images. {_ONE_NETWORK}",
        right=1 if off > 0.05 * ends else 0,
    )


def experiments(known: Known, titles: Sequence[str]) -> list[Experiment]:
    """Questions, with the controls that answer them for this model."""
    first = {label: place for place, label in reversed(list(enumerate(known.labels.tolist())))}
    one, other = (4, 9) if {4, 9} <= first.keys() else sorted(first)[:2]
    return [
        Experiment(
            "The whole plane",
            "How much of the plane lies near the code of an image, and what is drawn elsewhere?",
            {"ae_show": "both", **{f"ae_z{rank}": 0.0 for rank in range(1, len(known.order) + 1)}},
            answer=_plane,
        ),
        Experiment(
            "Off the map",
            "What does it draw where it has never seen a code?",
            {"ae_z1": REACH, "ae_z2": REACH}, answer=_off,
        ),
        Experiment(
            f"From {titles[one]} to {titles[other]}",
            "Mix the pixels or mix the codes: is the image halfway the same?",
            {"ae_from": first[one], "ae_to": first[other]}, answer=_way,
            choices=("Nearly the same", "Another image"),
        ),
    ]  # fmt: skip
