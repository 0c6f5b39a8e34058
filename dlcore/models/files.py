"""A trained model as one safetensors file: weights, and in its header the config and what was measured.

Format: https://huggingface.co/docs/safetensors (8 bytes of header length, a JSON header, the tensors).
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from dlcore.config.migration import NewerVersion
from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError, WeightsUnreadable, cause
from dlcore.machine import regular
from dlcore.models.build import build

KEY = "dlcore"
FILE = "model.safetensors"
"""The name that a file of weights has in the folder that training wrote."""
MAX_BYTES = 64 << 20


def save(
    tensors: Mapping[str, Tensor],
    config: RunConfig,
    *,
    threshold: float,
    labels: tuple[str, ...],
    measured: Mapping[str, Any],
    temperature: float = 1.0,
) -> bytes:
    """One file from a model's state dict.

    threshold: novelty score below which a drawing is none of the classes
    measured: figures with the data and split they were measured on
    temperature: by which its logits are divided already, see dlcore.use.calibration
    """
    header = {
        "config": config.to_dict(),
        "threshold": threshold,
        "temperature": temperature,
        "labels": labels,
        "measured": dict(measured),
    }
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return save_tensors(contiguous, metadata={KEY: json.dumps(header)})


def read(source: str | Path, bundled: Sequence[str]) -> bytes:
    """What is in a .safetensors file, or in the one of a folder that training wrote.

    bundled: the names that could be used instead, for the sentence of WeightsUnreadable
    """
    file = source
    try:
        if not str(source):
            raise ValueError("the name is empty")
        if Path(source).is_dir():
            file = Path(source, FILE)
        data = regular.read(Path(file), MAX_BYTES)
    except (OSError, ValueError) as error:
        raise WeightsUnreadable(
            f"No weights at {str(file)!r} ({cause(error)}): name one of "
            f"{', '.join(bundled)}, a .safetensors file, or a folder that training wrote."
        ) from error
    if len(data) > MAX_BYTES:
        raise WeightsUnreadable(
            f"{file} is larger than the {MAX_BYTES:,} bytes that weights may have: name another file."
        )
    return data


def load(data: bytes) -> tuple[nn.Module, dict[str, Any]]:
    """The model in eval mode and its header (config: RunConfig, threshold, temperature, labels, measured).

    Weights in half precision are read exactly, and worked with in single.
    Raises WeightsUnreadable if the bytes are damaged or hold another kind of model.
    """
    if len(data) > MAX_BYTES:
        raise WeightsUnreadable(f"a weights file may have up to {MAX_BYTES:,} bytes, got {len(data):,}")
    try:
        tensors = load_tensors(data)
        header = _checked(json.loads(_metadata(data)[KEY]))
        model = build(header["config"])
        model.load_state_dict(renamed(tensors))
    except NewerVersion as error:
        raise WeightsUnreadable(str(error)) from error
    except (SafetensorError, DlcoreError, RuntimeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise WeightsUnreadable(
            "these weights cannot be read: the file is damaged or was not written by dlcore. Train the model again."
        ) from error
    return model.eval().requires_grad_(False), header


def renamed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights under today's names: the first dense layer of an MLP was once called hidden."""
    return {re.sub(r"^hidden\.", "dense.", name): tensor for name, tensor in tensors.items()}


def modern(data: bytes) -> bytes:
    """The same file with its weights under today's names."""
    if b'"hidden.' not in data[8 : 8 + int.from_bytes(data[:8], "little")]:
        return data
    return save_tensors(renamed(load_tensors(data)), metadata=_metadata(data))


def _metadata(data: bytes) -> dict[str, str]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length])["__metadata__"]


def _checked(header: Mapping[str, Any]) -> dict[str, Any]:
    """The header with its values as `load` gives them; TypeError, ValueError and the like where they are forged."""
    config = RunConfig.from_dict(header["config"])
    threshold, labels, measured = float(header["threshold"]), header["labels"], header["measured"]
    if not math.isfinite(threshold) or not isinstance(labels, list) or not isinstance(measured, dict):
        raise ValueError("threshold, labels or measured are none")
    temperature = float(header.get("temperature", 1.0))  # older files have none
    if not 0 < temperature < math.inf:
        raise ValueError("the temperature is none")
    if config.reads_images and len(labels) != (classes := len(config.data.names)):
        raise ValueError(f"{len(labels)} labels for {classes} classes")
    labels = tuple(map(str, labels))
    return {
        "config": config, "threshold": threshold, "temperature": temperature, "labels": labels, "measured": measured,
    }  # fmt: skip
