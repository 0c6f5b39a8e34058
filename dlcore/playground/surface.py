"""The loss on the training points around where a network is, on the plane that shows most of its path there."""

import numpy as np
import torch
from torch import Tensor

from dlcore.inspect import loss_plane
from dlcore.playground.course import Course
from dlcore.playground.setup import Setup
from dlcore.playground.training import Training

MOMENTS = 30
SIDE = 25


class Probe:
    """The loss of a setup's network on its training points, at any weights (P,)."""

    def __init__(self, setup: Setup) -> None:
        self._training = Training(setup)
        self._training.model.eval()

    @torch.no_grad()
    def __call__(self, weights: Tensor) -> float:
        one = self._training
        one.chain.vector.copy_(weights)
        half = one.points.halves[0]
        return one.loss(one.model(one.inputs[half]), one.targets[half]).item()


def around(setup: Setup, update: int, side: int = SIDE) -> tuple[loss_plane.Slice, loss_plane.Course, float]:
    """The loss on a grid of side × side places around the path of the first `update` updates, and the path on it.

    The third is how much of the path lies in the plane, 0 to 1. InvalidValue where there is no path yet.
    """
    course = Course(setup)
    found = course.after(0, max(1, update // MOMENTS), MOMENTS + 1, 60, update).moments
    sound = [course.first, *(each for each in found if each.sound)]
    path = torch.from_numpy(np.stack([each.weights for each in sound]))
    plane, probe = loss_plane.path_plane(path), Probe(setup)
    shown = loss_plane.course(probe, plane, path)
    a, b = loss_plane.around(shown.points, side)
    return loss_plane.evaluate(probe, plane, a, b), shown, plane.share(path)
