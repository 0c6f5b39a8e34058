"""A trained autoencoder: bundled with the project, from a file, from a folder that training wrote, or from bytes."""

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dlcore.config.autoencoders import CLASSES
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue, WeightsUnreadable
from dlcore.inspect import latent
from dlcore.models import files
from dlcore.models.autoencoder import Autoencoder
from dlcore.models.initial import initial

DEFAULT = "vae-2d"
_WEIGHTS = "dlcore.weights"


class TrainedAutoencoder:
    """An autoencoder in eval mode with frozen weights, on the CPU; many threads may use it at once."""

    def __init__(self, model: Autoencoder, header: Mapping[str, Any], name: str, card: Mapping[str, Any]) -> None:
        self.model = model
        self.name = name
        self.config: RunConfig = header["config"]
        self.labels: tuple[str, ...] = header["labels"]
        """Names of the classes of its training data."""
        self.card = {"measured": header["measured"], **card}

    @classmethod
    def load(cls, source: str | Path | bytes | bytearray | memoryview) -> "TrainedAutoencoder":
        """Load an autoencoder.

        source: the name of a bundled one, a .safetensors file, a folder that training wrote, or a file's bytes
        Raises WeightsUnreadable, also for the weights of another kind of network.
        """
        name, card = "", {}
        if isinstance(source, bytes | bytearray | memoryview):
            data = bytes(source)
        elif str(source) in bundled():
            name = str(source)
            data = resources.files(_WEIGHTS).joinpath(f"{name}.safetensors").read_bytes()
            card = _card(name)
        else:
            data, name = files.read(source, bundled()), Path(source).stem
        model, header = files.load(data)
        if not isinstance(model, Autoencoder):
            raise WeightsUnreadable(
                f"these are the weights of {header['config'].summary}, which is not an autoencoder."
            )
        if len(header["labels"]) != CLASSES:
            raise WeightsUnreadable(
                f"these weights name {len(header['labels'])} classes, but an autoencoder has {CLASSES}: train it again."
            )
        return cls(model, header, name or header["config"].name, card)

    @classmethod
    def untrained(cls, config: RunConfig) -> "TrainedAutoencoder":
        """The autoencoder of a run as it was before its first step."""
        model = initial(config)
        if not isinstance(model, Autoencoder):
            raise InvalidValue(f"a run of an autoencoder is wanted, got one of {config.summary}")
        labels = config.data.names
        return cls(model, {"config": config, "labels": labels, "measured": {}}, config.name, {})

    @property
    def code_size(self) -> int:
        """Numbers in a code."""
        return self.model.code_size

    @property
    def conditional(self) -> bool:
        """Whether it must be told the class, as labels int64 (N,)."""
        return self.model.conditional

    @property
    def variational(self) -> bool:
        """Whether codes drawn from a standard normal distribution decode to something like its training images."""
        return self.model.variational

    def encode(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Codes (N, k) of images uint8 (N, 1, 28, 28)."""
        return latent.encode(self.model, images, labels)

    def decode(self, codes: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images float32 (N, 28, 28), 0 to 1, of codes (N, k)."""
        return latent.decode(self.model, codes, labels)

    @torch.inference_mode()
    def sample(self, count: int, seed: int, labels: Tensor | None = None) -> Tensor:
        """`count` images float32 (N, 28, 28) from codes drawn from a standard normal distribution."""
        generator = torch.Generator().manual_seed(seed)
        return self.decode(torch.randn(count, self.code_size, generator=generator), labels)


def bundled() -> tuple[str, ...]:
    """Names of the autoencoders that come with the project, the default first."""
    found = (entry.name for entry in resources.files(_WEIGHTS).iterdir())
    names = {name.removesuffix(".safetensors") for name in found if name.endswith(".safetensors")}
    own = [name for name in names if PRESETS[_card(name)["preset"]].kind == "autoencoder"]
    return tuple(sorted(own, key=lambda name: (name != DEFAULT, name)))


def _card(name: str) -> dict[str, Any]:
    return json.loads(resources.files(_WEIGHTS).joinpath(f"{name}.json").read_text(encoding="utf-8"))
