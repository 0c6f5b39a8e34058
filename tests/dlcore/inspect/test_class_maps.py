"""Grad-CAM: against a case that is computed by hand, and against autograd."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from dlcore import data
from dlcore.config.image_sets import SHAPE
from dlcore.config.network_text import parse
from dlcore.config.run import RunConfig
from dlcore.data.pixels import MEAN, STD, normalise
from dlcore.errors import InvalidValue
from dlcore.inspect.class_maps import MapLayer, class_map, map_layers
from dlcore.models.build import build, sequential
from dlcore.use.classifier import Classifier

IMAGE = data.load("digits").test.images[3]


def untrained(text):
    torch.manual_seed(2)
    return sequential(parse(text, SHAPE)).eval()


def test_a_case_by_hand():
    """Two maps, the image and its negative, each averaged; class 1 counts the first twice and takes the second off."""
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 2))
    model[0].weight.data = torch.tensor([1.0, -1.0]).view(2, 1, 1, 1)
    model[0].bias.data.zero_()
    model[3].weight.data = torch.tensor([[0.0, 1.0], [2.0, -1.0]])
    model.eval()
    ink = (IMAGE[0].float() / 255 - MEAN) / STD
    (layer,) = map_layers(model)
    assert layer == MapLayer(0, (2, 28, 28))
    one = class_map(model, IMAGE, 1, layer)
    assert torch.allclose(one.values, (3 * ink / 784).clamp(min=0), rtol=1e-4, atol=1e-7)
    assert torch.equal(one.coarse, one.values)
    assert torch.allclose(class_map(model, IMAGE, 0, layer).values, (-ink / 784).clamp(min=0), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("place", [0, 5, 7])
def test_every_layer_of_a_network_is_asked_as_autograd_would(place):
    model = Classifier.load("cnn-64").model
    layer = next(each for each in map_layers(model) if each.place == place)
    found = class_map(model, IMAGE, 3, layer)
    with torch.enable_grad():
        maps = model[: place + 1](normalise(IMAGE[None])).requires_grad_(True)
        model[place + 1 :](maps)[0, 3].backward()
    weights = maps.grad.mean((2, 3))[0]
    coarse = torch.einsum("k,khw->hw", weights, maps[0]).clamp(min=0).detach()
    assert torch.allclose(found.coarse, coarse, atol=1e-6)
    assert found.coarse.shape == layer.shape[1:]
    large = functional.interpolate(coarse[None, None], (28, 28), mode="bilinear")[0, 0]
    assert torch.allclose(found.values, large, atol=1e-6)


def test_maps_begin_with_a_convolution_and_end_where_places_do():
    found = map_layers(
        untrained("pool 2, conv 4 3x3, relu, dropout 0.2, residual(conv 4 3x3 pad 1), global-pool, dense 10")
    )
    assert [(each.place, each.shape) for each in found] == [(1, (4, 12, 12)), (2, (4, 12, 12)), (4, (4, 12, 12))]
    assert [each.place for each in map_layers(untrained("conv 4 28x28, flatten, dense 10"))] == []
    assert map_layers(untrained("pool 2, flatten, dense 10")) == ()
    assert map_layers(build(RunConfig.of("gru", {"name": "digits"})).eval()) == ()


def test_a_network_without_maps_is_refused():
    with pytest.raises(InvalidValue, match="no convolutional maps"):
        class_map(build(RunConfig.of("gru", {"name": "digits"})).eval(), IMAGE, 1, MapLayer(0, (1, 2, 2)))
    with pytest.raises(InvalidValue, match="target must be a class from 0 to 9"):
        class_map(untrained("conv 4 3x3, flatten, dense 10"), IMAGE, 10, MapLayer(0, (4, 26, 26)))
