"""What theory says about a signal through depth: no network is run, only one number a layer is followed.

Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.functions.activations import slope
from dlcore.functions.propagation import INITIALISATIONS, Setting


@dataclass(frozen=True)
class Theory:
    """Variance of the activations of each layer, and gradient norm relative to the last layer's; (depth,) each."""

    variance: Tensor
    gradient: Tensor


def predict(setting: Setting) -> Theory:
    """What layers of infinite width would do, if they have neither norm nor skip connections.

    In a wide layer z is normal with a variance q, and with g = n·Var(W): q' = g·E[f(z)²]; on its way back the square
    of the gradient's norm is multiplied by g·E[f'(z)²] in every layer.
    """
    function, gain = setting.function, INITIALISATIONS[setting.init].gain(setting.width)
    count = 1001
    normal = torch.special.ndtri((torch.arange(count, dtype=torch.float64) + 0.5) / count)
    normal = normal / normal.square().mean().sqrt()
    q, variance, steepness = gain, [], []
    for _ in range(setting.depth):
        z = normal * math.sqrt(min(q, 1e250))
        out = function(z)
        variance.append(float(out.var(correction=0)))
        steepness.append(float(slope(function, z).square().mean()))
        q = gain * float(out.square().mean())
    gradient = [1.0]
    for layer in range(setting.depth - 2, -1, -1):
        gradient.append(gradient[-1] * math.sqrt(gain * steepness[layer]))
    return Theory(torch.tensor(variance, dtype=torch.float64), torch.tensor(gradient[::-1], dtype=torch.float64))
