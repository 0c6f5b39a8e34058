"""A trained model as one safetensors file: weights, and in its header the config and what was measured.

Format: https://huggingface.co/docs/safetensors (8 bytes of header length, a JSON header, the tensors).
"""

import json
from collections.abc import Mapping
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from dlcore.errors import DlcoreError, WeightsUnreadable
from dlcore.models.build import build
from dlcore.training.config import RunConfig

KEY = "dlcore"
MAX_BYTES = 64 << 20


def save(
    tensors: Mapping[str, Tensor],
    config: RunConfig,
    *,
    threshold: float,
    labels: tuple[str, ...],
    measured: Mapping[str, Any],
) -> bytes:
    """One file from a model's state dict.

    threshold: novelty score below which a drawing is none of the classes
    measured: figures with the data and split they were measured on
    """
    header = {"config": config.to_dict(), "threshold": threshold, "labels": labels, "measured": dict(measured)}
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return save_tensors(contiguous, metadata={KEY: json.dumps(header)})


def load(data: bytes) -> tuple[nn.Module, dict[str, Any]]:
    """The model in eval mode and its header (config: RunConfig, threshold, labels, measured).

    Raises WeightsUnreadable if the bytes are damaged or hold another kind of model.
    """
    if len(data) > MAX_BYTES:
        raise WeightsUnreadable(f"a weights file may have up to {MAX_BYTES:,} bytes, got {len(data):,}")
    try:
        tensors = load_tensors(data)
        header = json.loads(_metadata(data)[KEY])
        header["config"] = RunConfig.from_dict(header["config"])
        header["threshold"] = float(header["threshold"])
        header["labels"] = tuple(str(label) for label in header["labels"])
        model = build(header["config"])
        model.load_state_dict(tensors)
    except (SafetensorError, DlcoreError, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise WeightsUnreadable(
            "these weights cannot be read: the file is damaged or was not written by dlcore. Train the model again."
        ) from error
    return model.eval().requires_grad_(False), header


def _metadata(data: bytes) -> dict[str, str]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length])["__metadata__"]
