"""A run's network as it was at its start, after an epoch, or at its end."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from dlcore.errors import InvalidValue
from dlcore.inspect.loss_plane import Path, flat
from dlcore.models import files
from dlcore.models.initial import initial
from dlcore.runs.store import Store
from dlcore.training.records import Finished

if TYPE_CHECKING:
    from dlcore.config.images import DataConfig, ImageModel
    from dlcore.config.run import RunConfig

START, LAST, KEPT = "start", "last", "kept"


def names(epochs: Sequence[int] = (), end: Finished | None = None) -> dict[str, str]:
    """Every checkpoint's name with its title, from the first to the last weights, and then the model: the best ones.

    epochs: those whose models are kept, as `Store.weight_epochs` lists them; end: of the run, if it has ended
    """
    found = {START: "Before training", **{f"epoch-{epoch}": f"After epoch {epoch}" for epoch in epochs}}
    if end and end.last and end.has_last:
        found[LAST] = f"Last weights, {end.last.said}"
    best = f" ({end.best.said})" if end and end.best else ""
    return {**found, KEPT: f"The trained network{best}"}


def load(store: Store, run_id: str, name: str) -> nn.Module:
    """The network of a run at a checkpoint, in eval mode.

    Raises InvalidValue, RunNotFound or WeightsUnreadable if there is none.
    """
    if name == START:
        config = store.readable(run_id).config
        return files.load(store.start(run_id))[0] if config.start else initial(config)
    return files.load(weights(store, run_id, name))[0]


def weights(store: Store, run_id: str, name: str) -> bytes:
    """The weights of a run at a checkpoint that is kept, as one safetensors file; errors as of `load`."""
    if name == KEPT:
        return store.weights(run_id)
    if name == LAST:
        return store.weights(run_id, last=True)
    named = re.fullmatch(r"epoch-([0-9]{1,9})", str(name))
    if not named:
        raise InvalidValue(f"a checkpoint is {START}, epoch-3, {LAST} or {KEPT}, got {str(name)[:40]!r}")
    return store.weights(run_id, int(named[1]))


def path(store: Store, run_id: str) -> Path:
    """Every network that the store kept of a run on images, and the one from before training.

    Raises InvalidValue for a run of another kind, one that has kept no network yet, and one that diverged.
    """
    run = store.readable(run_id)
    if run.config.kind != "image":
        raise InvalidValue(f"The run {run.title!r} is not one of a network for images: choose an MLP or a CNN.")
    epochs = store.weight_epochs(run_id)
    titles = names(epochs, run.finished)
    chosen = list(titles)[:-1]
    ends_with_best = run.finished is None or run.finished.best_epoch >= max(epochs, default=0)
    if run.has_weights and not run.has_last and ends_with_best:
        chosen.append(KEPT)
    if len(chosen) < 2:
        raise InvalidValue(f"The run {run.title!r} has kept no network yet: its path begins when an epoch has ended.")
    models = [load(store, run_id, name) for name in chosen]
    places = torch.stack([flat(each) for each in models])
    if not places.isfinite().all():
        raise InvalidValue(f"The run {run.title!r} diverged: its weights are no finite numbers.")
    if len(chosen) > 2 and chosen[-1] in (LAST, KEPT) and torch.equal(places[-1], places[-2]):
        chosen, places = chosen[:-1], places[:-1]
    config = cast("RunConfig[DataConfig, ImageModel]", run.config)
    return Path(config, tuple(titles[name] for name in chosen), places, models[-1])
