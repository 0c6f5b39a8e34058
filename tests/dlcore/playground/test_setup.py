"""What a setup takes, and how its layers are changed by buttons."""

import numpy as np
import pytest

from dlcore.errors import InvalidValue
from dlcore.playground import layers
from dlcore.playground.setup import Setup, kept, weights


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"network": "conv 8 3x3"}, "conv 8 3x3 has no place here"),
        ({"network": "dense 17, tanh"}, "up to 16 units, dense 17"),
        ({"network": "dense 4, " * 6 + "dense 4"}, "up to 6 hidden layers, these are 7"),
        ({"network": "tanh, dense 4"}, "must begin with a dense layer"),
        ({"network": "dense 4, prelu"}, "prelu learns its own shape"),
        ({"network": "dense four"}, "block 1"),
        ({"features": ()}, "at least one feature"),
        ({"features": ("x3",)}, "features must be some of"),
        ({"classes": 1000}, "classes must be between 2 and 8"),
        ({"points_made": 10**9}, "points_made must be between"),
        ({"learning_rate": float("nan")}, "learning_rate must be a number"),
        ({"problem": "moons"}, "problem must be one of"),
    ],
)
def test_what_cannot_be_trained_is_a_sentence(wrong, says):
    with pytest.raises(InvalidValue, match=says):
        Setup(**wrong)


def test_the_output_follows_from_the_points():
    for setup, output in ((Setup(), 1), (Setup(problem="gauss", classes=5), 5), (Setup(problem="plane"), 1)):
        assert setup.described(setup.points()).blocks[-1].units == output
    assert Setup(network="").described(Setup().points()).text == "dense 1"


def test_buttons_change_the_text_of_the_network():
    network = "dense 4, tanh, dropout 0.1, dense 2, relu"
    assert layers.with_units(network, 1, 3) == "dense 4, tanh, dropout 0.1, dense 3, relu"
    assert layers.with_units(network, 0, 99) == "dense 16, tanh, dropout 0.1, dense 2, relu"
    assert layers.deeper(network) == f"{network}, dense 2, relu"
    assert layers.shallower(network) == "dense 4, tanh, dropout 0.1"
    assert layers.shallower("dense 4, tanh") == ""
    assert layers.deeper("") == "dense 4, tanh"
    assert layers.deeper(", ".join(["dense 2"] * 6)) == ", ".join(["dense 2"] * 6)
    assert layers.activated(network, "gelu") == "dense 4, gelu, dropout 0.1, dense 2, gelu"
    assert layers.activation(network) is None
    assert layers.activation("dense 4, relu, dense 2, relu") == "relu"
    with pytest.raises(InvalidValue, match="no hidden layer 3"):
        layers.with_units(network, 2, 3)


def test_weights_go_into_a_link_and_come_back_whole():
    numbers = np.random.default_rng(0).standard_normal(1505).astype(np.float32)
    assert np.array_equal(weights(kept(numbers)), numbers)
    assert len(kept(numbers)) < 8100
