"""One image through a trained network."""

import copy

import pytest
import torch
from torch.nn import functional

from dlcore import data
from dlcore.data.pixels import normalise
from dlcore.errors import InvalidValue
from dlcore.inspect.gradients import inspect
from dlcore.use.classifier import Classifier

TEST = data.load("digits").test


@pytest.mark.parametrize("name", ["mlp", "cnn-64"])
def test_every_layer_is_seen_forward_and_back(name):
    model = Classifier.load(name).model
    image, label = TEST.images[5], int(TEST.labels[5])
    found = inspect(model, image, label)
    assert [layer.name for layer in found.layers][:2] == [
        "input",
        next(iter(dict(model.named_children()))),
    ] or name == "mlp"
    assert found.layers[0].activation.shape == (1, 28, 28)
    assert found.layers[-1].name == "output"
    assert all(layer.activation.shape == layer.gradient.shape for layer in found.layers)
    logits = found.layers[-1].activation
    assert torch.allclose(logits, model(normalise(image[None]))[0], atol=1e-5)
    assert found.loss == pytest.approx(functional.cross_entropy(logits[None], torch.tensor([label])).item(), abs=1e-6)


def test_the_gradient_of_the_logits_is_softmax_minus_one_hot_and_goes_back_through_the_weights():
    model = Classifier.load("mlp").model
    label = int(TEST.labels[0])
    found = inspect(model, TEST.images[0], label)
    layers = {layer.name: layer for layer in found.layers}
    wanted = found.probabilities - functional.one_hot(torch.tensor(label), 10)
    assert torch.allclose(layers["output"].gradient, wanted, atol=1e-6)
    assert torch.allclose(layers["relu"].gradient, model.output.weight.T @ wanted, atol=1e-6)
    assert torch.allclose(
        layers["dense"].gradient, layers["relu"].gradient * (layers["dense"].activation > 0), atol=1e-6
    )
    outer = torch.outer(wanted, layers["relu"].activation)
    assert layers["output"].weight_gradient == pytest.approx(outer.norm().item(), rel=1e-5)


def test_the_network_itself_is_left_as_it_was():
    model = Classifier.load("mlp").model
    before = copy.deepcopy(model.state_dict())
    inspect(model, TEST.images[0], 1)
    assert all(torch.equal(before[name], each) for name, each in model.state_dict().items())
    assert not any(each.requires_grad or each.grad is not None for each in model.parameters())


@pytest.mark.parametrize(
    ("image", "label", "said"),
    [
        (torch.zeros(28, 28, dtype=torch.uint8), 0, "an image must be uint8"),
        (torch.zeros(1, 28, 28), 0, "an image must be uint8"),
        (torch.zeros(1, 28, 28, dtype=torch.uint8), 10, "label must be a class from 0 to 9"),
    ],
)
def test_what_is_no_image_or_no_class_is_a_sentence(image, label, said):
    with pytest.raises(InvalidValue, match=said):
        inspect(Classifier.load("mlp").model, image, label)


def test_a_network_that_is_no_chain_of_layers_is_a_sentence():
    with pytest.raises(InvalidValue, match="choose an MLP or a CNN"):
        inspect(torch.nn.GRU(28, 8), TEST.images[0], 1)
