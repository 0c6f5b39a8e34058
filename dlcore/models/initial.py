"""A run's network as it was before its first step."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from dlcore.config.run import RunConfig
from dlcore.models.build import build

_seeding = threading.Lock()


@contextmanager
def chance_apart() -> Iterator[None]:
    """Within this block torch's default generator may be seeded: nobody else in here does at the same time, and what it
    was is put back."""
    with _seeding, torch.random.fork_rng(devices=[]):
        yield


def initial(config: RunConfig) -> nn.Module:
    """The network drawn again from the run's seed, in eval mode.

    Runs keep their networks from the end of an epoch on. The weights before that follow from the seed: these are them.
    """
    with chance_apart():
        torch.default_generator.manual_seed(config.training.seed)
        return build(config).eval().requires_grad_(False)
