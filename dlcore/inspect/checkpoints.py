"""A run's network as it was at its start, after an epoch, or at its end."""

import re
import threading
from collections.abc import Sequence

import torch
from torch import nn

from dlcore.errors import InvalidValue
from dlcore.models import files
from dlcore.models.build import build
from dlcore.runs.store import Store
from dlcore.training.config import RunConfig

START, KEPT = "start", "kept"
_seeding = threading.Lock()


def initial(config: RunConfig) -> nn.Sequential:
    """The network before its first step, drawn again from the run's seed; in eval mode.

    The store keeps models from the end of an epoch on. The weights before that follow from the seed: these are them.
    """
    with _seeding, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(config.training.seed)
        return build(config).eval().requires_grad_(False)


def names(epochs: Sequence[int]) -> dict[str, str]:
    """Every checkpoint's name with its title, from the first to the last.

    epochs: those whose models are kept, as `Store.weight_epochs` lists them
    """
    after = {f"epoch-{epoch}": f"After epoch {epoch}" for epoch in epochs}
    return {START: "Before training", **after, KEPT: "The trained network"}


def load(store: Store, run_id: str, name: str) -> nn.Sequential:
    """The network of a run at a checkpoint, in eval mode.

    Raises InvalidValue, RunNotFound or WeightsUnreadable if there is none.
    """
    if name == START:
        return initial(store.run(run_id).config)
    if name == KEPT:
        return files.load(store.weights(run_id))[0]
    named = re.fullmatch(r"epoch-([0-9]{1,9})", str(name))
    if not named:
        raise InvalidValue(f"a checkpoint is {START}, epoch-3 or {KEPT}, got {str(name)[:40]!r}")
    return files.load(store.weights(run_id, int(named[1])))[0]
