"""The network that one builds: what the browser is given and what it may ask for, and the same network as text."""

from functools import partial

import pytest

from dlcore.config.network_text import parse
from dlcore.errors import InvalidValue
from pages.parts.train import builder
from tests.pages.visits import ME, button, visited, warnings, words

NETWORK = parse("conv 8 3x3, relu, residual(conv 8 3x3 pad 1, relu), pool 2, flatten, dense 10")


@pytest.fixture
def visit(store):
    return partial(visited, "pages/train.py", ME)


def test_every_block_is_drawn_with_its_share_of_the_costs():
    shown = builder.data(NETWORK, 10, 64)
    assert [each["said"] for each in shown["parts"]] == ["8×26×26"] * 3 + ["8×13×13", "1,352", "10"]
    for cost in range(2):
        assert sum(each["costs"][cost]["share"] for each in shown["parts"]) == pytest.approx(1)
    group = shown["parts"][2]
    assert [each["text"] for each in group["ways"][0]] == ["conv 8 3×3 pad 1", "relu"]
    assert shown["sum"].startswith("14,194 parameters")
    assert shown["problem"] == ""


def test_what_does_not_fit_is_marked_at_its_block():
    shown = builder.data(parse("conv 8 3x3, pool 30 pad 1, relu, dense 10".replace("30 pad 1", "28")), 10, 64)
    assert [bool(each["problem"]) for each in shown["parts"]] == [False, True, False, False]
    assert shown["problem"] == (
        "Block 2, pool 28: pool with a window of 28×28 is given 8×26×26: 26×26 is the largest that fits."
    )
    assert "as far as is known" in shown["sum"]


def test_a_network_that_is_too_large_says_where():
    assert (
        "of them in dense 4096" in builder.data(parse("flatten, dense 4096, dense 4096, dense 10"), 10, 64)["problem"]
    )


def test_the_end_has_to_give_the_classes():
    assert "end with dense 7" in builder.data(NETWORK, 7, 64)["problem"]


def test_everything_in_the_palette_can_be_added():
    for each in builder.data(NETWORK, 10, 64)["palette"]:
        after = builder._applied(NETWORK, {"act": "add", "place": [0], "text": each["text"]})
        assert len(after.blocks) == len(NETWORK.blocks) + 1


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"act": "remove", "place": [1]}, "conv 8 3x3, residual("),
        ({"act": "copy", "place": [0]}, "conv 8 3x3, conv 8 3x3, relu"),
        ({"act": "move", "place": [1], "to": [0]}, "relu, conv 8 3x3"),
        ({"act": "wrap", "place": [1]}, "conv 8 3x3, residual(relu)"),
        ({"act": "unwrap", "place": [2]}, "conv 8 3x3, relu, conv 8 3x3 pad 1, relu, pool"),
        ({"act": "set", "place": [2, 0, 0], "name": "pad", "text": "2"}, "conv 8 3x3, relu, residual(conv 8 3x3 pad 2"),
    ],
)
def test_an_act_changes_the_network(event, text):
    assert builder._applied(NETWORK, event).text.startswith(text)


@pytest.mark.parametrize(
    "event",
    [None, 3, {}, {"act": "remove"}, {"act": "remove", "place": []}, {"act": "remove", "place": "0"},
     {"act": "move", "place": [0], "to": {"a": 1}}, {"act": "boom", "place": [0]}, {"place": [True], "act": "copy"}],
)  # fmt: skip
def test_nonsense_changes_nothing(event):
    assert builder._applied(NETWORK, event) is None


@pytest.mark.parametrize(
    "event",
    [{"act": "remove", "place": [99]}, {"act": "set", "place": [0], "name": "channels", "text": "9" * 5000},
     {"act": "add", "place": [0], "text": "x" * 5000}, {"act": "set", "place": [0], "name": None, "text": None}],
)  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(event):
    with pytest.raises(InvalidValue):
        builder._applied(NETWORK, event)


def test_a_typed_network_is_trained(visit, store):
    app = visit()
    app.text_area(key="network_text").set_value("Flatten,  dense 32, relu, dense 10").run()
    assert app.selectbox(key="preset").value == "flatten, dense 32, relu, dense 10"
    assert "25,450" in words(app)
    button(app, "Start training").click().run()
    (run,) = store.runs(ME)
    assert run.config.model.network == "flatten, dense 32, relu, dense 10"
    assert run.title == "flatten → dense 32 → dense 10 on digits".replace("flatten → ", "")


def test_a_preset_that_is_typed_is_the_preset(visit):
    app = visit()
    app.text_area(key="network_text").set_value("flatten, dense 128, relu, dropout 0.2, dense 10").run()
    assert app.selectbox(key="preset").value == "mlp"
    app.selectbox(key="preset").set_value("cnn-64").run()
    assert app.text_area(key="network_text").value.startswith("conv 32 3x3, pool 2")


def test_a_slip_is_shown_where_it_is_and_what_was_typed_stays(visit, store):
    app = visit()
    app.text_area(key="network_text").set_value("flatten, dens 10").run()
    (warning,) = warnings(app)
    assert "did you mean dense?" in warning
    assert app.text_area(key="network_text").value == "flatten, dens 10"
    app.text_area(key="network_text").set_value("flatten, dense 10").run()
    assert not warnings(app)


def test_a_network_that_does_not_fit_cannot_be_started_and_its_link_can_be_shared(visit, store):
    app = visit(preset="conv 8 3x3, dense 10")
    assert not warnings(app), "the picture says it"
    assert app.selectbox(key="preset").value == "conv 8 3x3, dense 10"
    button(app, "Start training").click().run()
    assert "block 2, dense 10: dense reads plain numbers" in warnings(app)[0]
    assert not store.runs(ME)


def test_what_was_built_can_be_chosen_again(visit):
    app = visit(preset="flatten, dense 10")
    app.selectbox(key="preset").set_value("mlp").run()
    app.selectbox(key="preset").set_value("flatten, dense 10").run()
    assert "7,850" in words(app)
