"""A run's network as it was before its first step."""

import threading

import torch
from torch import nn

from dlcore.config.run import RunConfig
from dlcore.models.build import build

_seeding = threading.Lock()


def initial(config: RunConfig) -> nn.Module:
    """The network drawn again from the run's seed, in eval mode.

    Runs keep their networks from the end of an epoch on. The weights before that follow from the seed: these are them.
    """
    with _seeding, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(config.training.seed)
        return build(config).eval().requires_grad_(False)
