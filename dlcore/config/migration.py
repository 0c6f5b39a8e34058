"""Configs of older versions, translated step by step: pure functions from plain JSON to plain JSON. No torch in here.

Version 1 named a preset, whose meaning was looked up; it had no `version`. Version 2 has the kind and the values.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dlcore.errors import DlcoreError, InvalidValue

VERSION = 2

_RECURRENT = {"learning_rate": 3e-3, "schedule": "one-cycle", "gradient_clip": 1.0, "epochs": 5}
_AUTOENCODER = {"learning_rate": 3e-3, "schedule": "one-cycle", "batch_size": 32, "epochs": 30}
_CNN = "conv 32 3x3, pool 2, relu, conv 64 3x3, pool 2, relu"
_PRESETS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "mlp": ("image", "digits", {"network": "flatten, dense 128, relu, dropout 0.2, dense 10"}, {}),
    "cnn-64": (
        "image", "digits",
        {"network": f"{_CNN}, conv 64 3x3, relu, flatten, dropout 0, dense 64, relu, dense 10"}, {},
    ),
    "cnn-128": ("image", "digits", {"network": f"{_CNN}, flatten, dropout 0, dense 128, relu, dense 10"}, {}),
    "rnn": ("recurrent", "signals", {"cell": "rnn-tanh"}, _RECURRENT),
    "gru": ("recurrent", "signals", {"cell": "gru"}, _RECURRENT),
    "lstm": ("recurrent", "signals", {"cell": "lstm"}, _RECURRENT),
    "char": (
        "recurrent", "topics", {"cell": "lstm", "layers": 1, "hidden": 192}, {**_RECURRENT, "epochs": 6}
    ),
    "autoencoder": ("autoencoder", "digits", {"code_size": 32, "rectified": True}, _AUTOENCODER),
    "ae-deep": (
        "autoencoder", "digits", {"code_size": 2, "hidden": "128, 64", "activation": "silu"}, _AUTOENCODER
    ),
    "ae-conv": (
        "autoencoder", "digits", {"code_size": 32, "hidden": "16, 32", "layers": "convolutional"}, _AUTOENCODER
    ),
    "vae": ("autoencoder", "digits", {"code_size": 20, "hidden": "400", "variational": True}, _AUTOENCODER),
    "cvae": (
        "autoencoder", "digits",
        {"code_size": 20, "hidden": "400", "variational": True, "conditional": True}, _AUTOENCODER,
    ),
}  # fmt: skip
"""What the names of version 1 stood for: kind, data, model, training. They never change again."""


class NewerVersion(DlcoreError):
    """Something was written by a newer version of the program than this one."""


def upgraded(values: Mapping[str, Any]) -> dict[str, Any]:
    """A config as this version has it, from a config of this or an older one.

    Raises NewerVersion, or InvalidValue for what no version wrote.
    """
    version = values.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise InvalidValue(f"version must be a whole number from 1 to {VERSION}, got {str(version)[:40]!r}")
    if version > VERSION:
        raise NewerVersion(
            f"This was written by a newer version of the program (config {version}, this one reads up to {VERSION}): "
            "update the program to use it."
        )
    found = dict(values)
    for step in _STEPS[version - 1 :]:
        found = step(found)
    return {**found, "version": VERSION}


def _presets_as_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """1 → 2: what a preset stood for takes the place of its name."""
    found = dict(values)
    name = found.pop("preset", "cnn-64")
    if not isinstance(name, str) or name not in _PRESETS:
        raise InvalidValue(f"preset must be one of {', '.join(_PRESETS)}, got {str(name)[:80]!r}")
    kind, data, model, training = _PRESETS[name]
    usual = {"data": {"name": data}, "model": model, "training": training}
    for part, settings in usual.items():
        given = found.get(part)
        if given is None or isinstance(given, Mapping):
            found[part] = {**settings, **(given or {})}
    return {"kind": kind, **found}


_STEPS: tuple[Callable[[Mapping[str, Any]], dict[str, Any]], ...] = (_presets_as_values,)
