"""What a finished run leaves in a folder: model.safetensors and card.json."""

import json
from pathlib import Path
from typing import Any

from dlcore.errors import InvalidValue
from dlcore.training.config import RunConfig
from dlcore.training.records import Finished, Started

MODEL = "model.safetensors"
CARD = "card.json"


def prepare(out: Path) -> None:
    """Make the folder before a long training, not after it; InvalidValue if it cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InvalidValue(
            f"out must be a folder that can be written, got {str(out)!r} ({error.strerror}): try another --out"
        ) from error


def write(out: Path, config: RunConfig, started: Started, finished: Finished) -> dict[str, Any]:
    """Write the kept model and the card of the run; the card's figures, flat."""
    summary = {
        "preset": config.preset,
        "data": started.data,
        "device": started.device,
        "device_name": started.device_name,
        "precision": started.precision,
        "parameters": started.parameters,
        "epochs": finished.epoch,
        "train_seconds": finished.train_seconds,
        "samples_per_second": finished.samples / finished.train_seconds if finished.train_seconds else None,
        "test_accuracy": finished.test.get("accuracy"),
        **{f"test_{name}": value for name, value in finished.test.items() if name != "accuracy"},
        "test_samples": started.sizes["test"],
        "reason": finished.reason,
        "message": finished.message,
        "notice": started.notice,
        "out": str(out),
    }
    if finished.weights:
        (out / MODEL).write_bytes(finished.weights)
    card = {**summary, "config": config.to_dict(), "confusion": finished.confusion}
    (out / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return summary
