"""A trained network that reads drawings: bundled with the project, from a file, from a folder, or from bytes."""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from dlcore.config.run import RunConfig
from dlcore.data import ink
from dlcore.data.pixels import normalise
from dlcore.errors import WeightsUnreadable
from dlcore.machine import regular
from dlcore.machine.device import resolve
from dlcore.models import files
from dlcore.models.initial import initial
from dlcore.use import novelty

DEFAULT = "reader"
CARD = "card.json"
MAX_CARD_BYTES = 1 << 20
DIGITS = tuple("0123456789")
_AT_ONCE = 250

NO_NUMBERS = "The weights of this network are no numbers: its training went wrong, so that it cannot read."
UNLIKE = "It does not look like what this network was trained on."


@dataclass(frozen=True)
class Reading:
    """What a network says of one image.

    digit: index of the most likely class; label: its name
    probabilities: of every class; confidence: of the most likely one
    score: how much it resembles the training images, see `Classifier.scores`
    is_digit: whether it is likely to be one of the classes at all; reason: if not, a sentence that says why
    """

    digit: int
    label: str
    confidence: float
    probabilities: tuple[float, ...]
    score: float
    is_digit: bool
    reason: str


class Classifier:
    """A network in eval mode with frozen weights; `read` may be called from many threads at once."""

    def __init__(self, model: nn.Module, header: Mapping[str, Any], name: str, card: Mapping[str, Any]) -> None:
        self.model = model
        self.name = name
        self.labels: tuple[str, ...] = header["labels"]
        self.config: RunConfig = header["config"]
        self.threshold: float = header["threshold"]
        self.temperature: float = header.get("temperature", 1.0)
        """By which its logits are divided already, so that its probabilities are calibrated."""
        self.card = {"measured": header["measured"], **card}
        self.device = next(model.parameters()).device

    @classmethod
    def load(cls, source: str | Path | bytes | bytearray | memoryview, *, device: str = "cpu") -> "Classifier":
        """Load a network.

        source: the name of a bundled one, a .safetensors file, a folder that training wrote, or a file's bytes
        Raises WeightsUnreadable, with what there is instead.
        """
        if isinstance(source, bytes | bytearray | memoryview):
            data, name, card = bytes(source), "", {}
        elif str(source) in bundled():
            folder = resources.files("dlcore.weights")
            name = str(source)
            data = folder.joinpath(f"{name}.safetensors").read_bytes()
            card = _card(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
        else:
            data, name, card = _from_disk(source)
        model, header = files.load(data)
        if not header["config"].reads_images:
            raise WeightsUnreadable(
                f"These are the weights of {header['config'].summary}, which does not classify images: "
                f"name one of {', '.join(bundled())}, or train a classifier."
            )
        model = model.to(resolve(device)).to(memory_format=torch.channels_last)  # where convolutions are quickest
        return cls(model, header, name or header["config"].name, card)

    @classmethod
    def untrained(cls, config: RunConfig, labels: tuple[str, ...]) -> "Classifier":
        """The network of a run as it was before it learned. labels: names of its classes"""
        header = {"labels": labels, "config": config, "threshold": -math.inf, "measured": {}}
        return cls(initial(config), header, config.name, {})

    @property
    def reads_digits(self) -> bool:
        """Whether its classes are the ten digits."""
        return self.labels == DIGITS

    @torch.inference_mode()
    def logits(self, images: np.ndarray | Tensor) -> Tensor:
        """float32 logits (N, classes), on the CPU, of images uint8 (N, 1, 28, 28), 0 = paper."""
        images = torch.as_tensor(images).to(self.device)
        return self.model(normalise(images)).float().cpu()

    def logits_of_many(self, images: Tensor) -> Tensor:
        """The same of any number of images, some at a time."""
        return torch.cat([self.logits(part) for part in images.split(_AT_ONCE)])

    def scores(self, logits: Tensor) -> Tensor:
        """How much images resemble the training images, float32 (N,), from what `logits` gave for them.

        One below `threshold` is none of the classes. It is the `novelty.score` of the logits before their temperature,
        which tell better than calibrated ones what is no class.
        """
        return novelty.score(logits * self.temperature)

    @property
    def accepted_odds(self) -> float:
        """Log-odds of a class, calibrated, from which on no image is taken for none of the classes.

        Of K other classes with logits z before the temperature T ≤ 1: Σ exp(z) ≤ K^(1 − T) (Σ exp(z/T))^T.
        """
        spread = max(0.0, 1 - self.temperature) * math.log(max(1, len(self.labels) - 1))
        return (self.threshold + spread) / self.temperature

    def read(self, images: np.ndarray | Tensor, problems: Sequence[str] = ()) -> list[Reading]:
        """Say what each image is.

        images: uint8 (N, 1, 28, 28), 0 = paper
        problems: for each image, empty or why it cannot be read, as `ink.read` found
        """
        if len(images) == 0:
            return []
        logits = self.logits(images)
        rows = zip(logits.softmax(1).tolist(), self.scores(logits).tolist(), strict=True)
        problems = problems or [""] * len(images)
        return [self._reading(*row, problem) for row, problem in zip(rows, problems, strict=True)]

    def _reading(self, probabilities: list[float], score: float, problem: str) -> Reading:
        if not all(map(math.isfinite, probabilities)):
            return Reading(0, self.labels[0], 0.0, (0.0,) * len(self.labels), -sys.float_info.max, False, NO_NUMBERS)
        confidence = max(probabilities)
        digit = probabilities.index(confidence)
        reason = problem or ("" if score >= self.threshold else UNLIKE)
        return Reading(digit, self.labels[digit], confidence, tuple(probabilities), score, not reason, reason)

    def drawing(self, pixels: np.ndarray, *, canvas: bool = False) -> tuple[ink.Ink, Reading]:
        """Read a drawing or a picture of one: pixels as `ink.read` takes them; UnreadableImage if they are none."""
        drawn = ink.read(pixels, canvas=canvas)
        return drawn, self.read(drawn.image[None, None], [drawn.problem])[0]


def bundled() -> tuple[str, ...]:
    """Names of the classifiers of images that come with the project, the default first."""
    folder = resources.files("dlcore.weights")
    found = (entry.name for entry in folder.iterdir())
    names = {name.removesuffix(".safetensors") for name in found if name.endswith(".safetensors")}
    cards = {name: _card(folder.joinpath(f"{name}.json").read_text(encoding="utf-8")) for name in names}
    own = [name for name, card in cards.items() if RunConfig.of(card["preset"], {"name": card["data"]}).reads_images]
    return tuple(sorted(own, key=lambda name: (name != DEFAULT, name)))


def _from_disk(source: str | Path) -> tuple[bytes, str, dict[str, Any]]:
    path = Path(source)
    data = files.read(source, bundled())
    if not path.is_dir():
        return data, path.stem, {}
    try:
        return data, path.stem, _card(regular.read(path / CARD, MAX_CARD_BYTES))
    except OSError:
        return data, path.stem, {}


def _card(text: str | bytes) -> dict[str, Any]:
    """A card is only shown: what cannot be read is left out."""
    try:
        card = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return card if isinstance(card, dict) and isinstance(card.get("measured", {}), dict) else {}
