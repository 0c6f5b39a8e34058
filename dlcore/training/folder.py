"""What a finished run leaves in a folder: model.safetensors, last.safetensors where it differs, and card.json."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError, InvalidValue, cause
from dlcore.training.records import Finished, Moment, Started

MODEL = "model.safetensors"
"""The best weights, by the loss on the validation split."""
LAST = "last.safetensors"
"""The weights that training ended with, where they are others."""
CARD = "card.json"


def prepare(out: Path) -> None:
    """Make the folder before a long training, not after it; InvalidValue if it cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except (OSError, ValueError) as error:
        raise InvalidValue(
            f"out must be a folder that can be written, got {str(out)!r} ({cause(error)}): try another --out"
        ) from error
    for name in (MODEL, LAST, CARD):
        if (out / name).is_dir():
            raise InvalidValue(
                f"out must be a folder in which {name} is a file or missing, got {str(out)!r}, where it is a folder: "
                "try another --out"
            )


def write(out: Path, config: RunConfig, started: Started, finished: Finished) -> dict[str, Any]:
    """Write the weights that are kept and the card of the run; the card's figures, flat.

    config: of the run, on the data that it asked for
    What was not kept, the file of an earlier run, goes: a folder never mixes two. DlcoreError if it fails.
    """
    config = config.on(started.data)
    summary = {
        "preset": config.preset,
        "network": config.summary,
        "data": started.data,
        "device": started.device,
        "device_name": started.device_name,
        "precision": started.precision,
        "parameters": started.parameters,
        "epochs": finished.step // started.steps_per_epoch,
        "steps": finished.step,
        "threads": list(finished.threads),
        "train_seconds": finished.train_seconds,
        "samples_per_second": finished.samples / finished.train_seconds if finished.train_seconds else None,
        "test_accuracy": finished.test.get("accuracy"),
        "test_loss": finished.test.get("loss"),
        **{f"test_{name}": value for name, value in finished.test.items() if name not in ("accuracy", "loss")},
        "test_samples": started.sizes["test"],
        "model": _told(finished.best),
        "last": _told(finished.last),
        "reason": finished.reason,
        "message": finished.message,
        "notice": started.notice,
        "out": str(out),
    }
    card = {**summary, "config": config.to_dict(), "confusion": finished.confusion}
    text = json.dumps(card, indent=2) + "\n"
    try:
        _replace(out, {MODEL: finished.weights, LAST: finished.last_weights, CARD: text.encode()})
    except OSError as error:
        raise DlcoreError(
            f"The results cannot be written to {str(out)!r} ({cause(error)}): "
            "make room there or choose another --out, and train again."
        ) from error
    return summary


def _told(moment: Moment | None) -> dict[str, Any] | None:
    """Which weights a file has, and what they reach."""
    if moment is None:
        return None
    return {"weights": moment.said, "step": moment.step, "validation": moment.validation, "test": moment.test}


def _replace(out: Path, contents: Mapping[str, bytes]) -> None:
    """Put all files in place once they are whole on the disk; a file without content is removed."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".writing-", ignore_cleanup_errors=True) as scratch:
        for name, content in contents.items():
            Path(scratch, name).write_bytes(content)
        for name, content in contents.items():
            if content:
                Path(scratch, name).replace(out / name)
            else:
                (out / name).unlink(missing_ok=True)
