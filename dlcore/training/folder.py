"""What a finished run leaves in a folder: model.safetensors and card.json."""

import json
import tempfile
from pathlib import Path
from typing import Any

from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError, InvalidValue
from dlcore.training.records import Finished, Started

MODEL = "model.safetensors"
CARD = "card.json"


def prepare(out: Path) -> None:
    """Make the folder before a long training, not after it; InvalidValue if it cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or error
        raise InvalidValue(
            f"out must be a folder that can be written, got {str(out)!r} ({cause}): try another --out"
        ) from error
    for name in (MODEL, CARD):
        if (out / name).is_dir():
            raise InvalidValue(
                f"out must be a folder in which {name} is a file or missing, got {str(out)!r}, where it is a folder: "
                "try another --out"
            )


def write(out: Path, config: RunConfig, started: Started, finished: Finished) -> dict[str, Any]:
    """Write the kept model and the card of the run; the card's figures, flat.

    Where nothing was kept, the model of an earlier run goes: a folder never mixes two. DlcoreError if it fails.
    """
    summary = {
        "preset": config.preset,
        "network": config.summary,
        "data": started.data,
        "device": started.device,
        "device_name": started.device_name,
        "precision": started.precision,
        "parameters": started.parameters,
        "epochs": finished.epoch,
        "train_seconds": finished.train_seconds,
        "samples_per_second": finished.samples / finished.train_seconds if finished.train_seconds else None,
        "test_accuracy": finished.test.get("accuracy"),
        "test_loss": finished.test.get("loss"),
        **{f"test_{name}": value for name, value in finished.test.items() if name not in ("accuracy", "loss")},
        "test_samples": started.sizes["test"],
        "reason": finished.reason,
        "message": finished.message,
        "notice": started.notice,
        "out": str(out),
    }
    card = {**summary, "config": config.to_dict(), "confusion": finished.confusion}
    text = json.dumps(card, indent=2) + "\n"
    try:
        _replace(out, finished.weights, text.encode())
    except OSError as error:
        raise DlcoreError(
            f"The results cannot be written to {str(out)!r} ({error.strerror or error}): "
            "make room there or choose another --out, and train again."
        ) from error
    return summary


def _replace(out: Path, weights: bytes, card: bytes) -> None:
    """Put both files in place once both are whole on the disk."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".writing-", ignore_cleanup_errors=True) as scratch:
        model = Path(scratch, MODEL)
        model.write_bytes(weights)
        written = Path(scratch, CARD)
        written.write_bytes(card)
        if weights:
            model.replace(out / MODEL)
        else:
            (out / MODEL).unlink(missing_ok=True)
        written.replace(out / CARD)
