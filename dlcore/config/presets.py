"""The networks that have a name: values that a run begins with. No torch in here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from dlcore.config.registry import Registry


@dataclass(frozen=True)
class Preset:
    """A name for settings.

    kind: of run, see dlcore.config.kinds
    data: the sets that it can be trained on, the usual one first
    model, training: the settings that it stands for; others have their defaults
    """

    name: str
    title: str
    kind: str
    data: Collection[str]
    model: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)


PRESETS: Registry[Preset] = Registry("preset", "dlcore.training.tasks")
"""By name. Each kind of run registers its own."""
