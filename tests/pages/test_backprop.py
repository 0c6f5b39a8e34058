"""The backpropagation page, used as a visitor uses it."""

import json
import re
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from dlcore.backprop.derivatives import DERIVATIVES
from dlcore.backprop.gradients import GRADIENTS
from dlcore.backprop.lesson import Lesson, Trajectory, sample_set
from dlcore.backprop.network import MAX_LAYERS, MAX_UNITS, Network
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.formula.graph import build
from dlcore.formula.numbers import number
from pages.figures import backprop as figures
from pages.figures.layered import layered
from pages.figures.mosaic import mosaic
from pages.parts.backprop import expression, network, settings
from pages.parts.backprop.script import network_script
from tests.pages.visits import ME, button, metric, printed, trained, visited, warned

visit = partial(visited, "pages/backprop.py", ME)


def code(app):
    return next(each.value for each in app.code if "import torch" in each.value or "from dlcore" in each.value)


def moment(done=0, **other):
    X, Y = sample_set("xor", False)
    return Trajectory(
        Lesson(**{"network": Network((2, 3, 1), ("tanh", "sigmoid"), "bce"), "X": X, "Y": Y, "seed": 1, **other})
    ).moment(done)


def taught(lesson, updates=2):
    path = Trajectory(lesson)
    first = path.moment(0)
    return first, path.course(updates, first.samples)


def test_the_page_shows_the_loss_and_code_that_reproduces_its_very_numbers():
    app = visit()
    J = float(re.search(r"J = (\S+)", printed(code(app)))[1])
    assert metric(app, "J of this batch") == f"{J:.4g}"
    assert pytest.approx(moment().passed.J, abs=1e-15) == J


@pytest.mark.parametrize(
    "net",
    [
        Network((2, 3, 2), ("relu", "softmax"), "cross-entropy"),
        Network((2, 3, 2), ("gelu", "softmax"), "mse"),
        Network((2, 2, 2, 2, 1), ("mish", "elu", "sine", "linear"), "huber"),
        Network((2, 1), ("sigmoid",), "bce"),
    ],
)
def test_the_code_reproduces_every_gradient(net):
    X, Y = sample_set("xor", net.units[-1] == 2)
    there = moment(7, network=net, X=X, Y=Y, batch=3)
    lines = printed(network_script(there)).splitlines()
    assert float(lines[0].split("=")[1]) == pytest.approx(there.passed.J, abs=1e-14)
    for line, dW, db in zip(lines[1:], there.back.dW, there.back.db, strict=True):
        weights, biases = re.fullmatch(r"layer \d: dW = (.*) db = (.*)", line).groups()
        assert np.allclose(json.loads(weights), dW, atol=1e-14)
        assert np.allclose(json.loads(biases), db, atol=1e-14)


def test_updates_make_the_loss_fall():
    app = visit(bp_rate="2", bp_u1="4")
    before = float(metric(app, "Loss J, all samples"))
    app.number_input(key="bp_done").set_value(300).run()
    assert float(metric(app, "Loss J, all samples")) < 0.3 * before
    assert app.number_input(key="bp_done").value == 300
    app.number_input(key="bp_done").set_value(0).run()
    assert float(metric(app, "Loss J, all samples")) == before


def test_a_link_restores_the_network():
    app = visit(bp_layers="3", bp_u1="5", bp_a2="gelu", bp_out="softmax", bp_loss="cross-entropy", bp_start="he")
    assert "'gelu'" in code(app) or '"gelu"' in code(app)
    assert "# softmax and this loss in one" in code(app)
    assert not app.warning


def test_an_edit_in_the_link_is_in_the_numbers_and_can_be_undone():
    app = visit(bp_edits="0:W1.1.1=0.125")
    assert "0.125" in code(app)
    button(app, "Undo the edits").click().run()
    assert "0.125" not in code(app)


def test_what_the_browser_sends_as_an_edit_is_checked(monkeypatch):
    state = {}
    monkeypatch.setattr(settings.st, "session_state", state)
    settings.set_by_hand(("W", 1, 2, 1), 0.5)
    settings.set_by_hand(("W", 1, 2, 1), 0.75)
    assert state[settings.EDITS] == "0:W1.2.1=0.75"
    for name, value in ((("W", 1, 1, 1), 1e12), (("W", "x", 1, 1), 1.0), (("Q", 1, 1), 1.0), (("b", 1, 1), "much")):
        state.pop("_bp_problem", None)
        settings.set_by_hand(name, value)
        assert state["_bp_problem"]
    assert state[settings.EDITS] == "0:W1.2.1=0.75"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"bp_layers": "99"}, "between 1 and 5"),
        ({"bp_u1": "1000000"}, "between 1 and 8"),
        ({"bp_rate": "1e99"}, "must be one of"),
        ({"bp_done": "-5"}, "between 0 and"),
        ({"bp_out": "softplux"}, "must be one of"),
        ({"bp_out": "tanh"}, "bce takes probabilities from 0 to 1"),
        ({"bp_loss": "cross-entropy", "bp_data": "sine"}, "choose a loss such as mse"),
        ({"bp_edits": "0:W9.9.9=1"}, "made for another one"),
        ({"bp_edits": "<script>"}, "An edit is written"),
        ({"bp_data": "own", "bp_own": "1 2 3 4 5 6 7 8 9: 1"}, "the input must have 1 to 8 units"),
        ({"bp_data": "own", "bp_own": "one: two"}, "must be made of numbers"),
        ({"bp_data": "own", "bp_own": "1e300 0: 1"}, "use numbers within"),
        ({"bp_data": "own", "bp_own": "1 0: 7"}, "targets from 0 to 1"),
        ({"bp_data": "sine", "bp_out": "linear", "bp_a1": "squared-relu", "bp_loss": "mse", "bp_rate": "100",
          "bp_done": "500"}, "Try the learning rate"),
        ({"bp_section": "graph", "bp_expr": "x +* y"}, "character"),
        ({"bp_section": "graph", "bp_expr": "log(-x)"}, "no finite value"),
        ({"bp_section": "run", "run": "unknown"}, "There is no run"),
        ({"bp_section": "run", "bp_image": "9000"}, "between 0 and 359"),
        ({"bp_section": "everything"}, "must be one of"),
    ],
)  # fmt: skip
def test_absurd_links_are_sentences(link, said):
    app = visit(**link)
    assert said in warned(app)
    assert not app.exception


def test_every_activation_and_loss_that_is_derived_by_hand_can_be_chosen():
    app = visit()
    app.selectbox(key="bp_loss").set_value("mse").run()
    for name in DERIVATIVES:
        app.selectbox(key="bp_a1").set_value(name).run()
        assert not app.exception
        assert not app.warning
    assert len(app.selectbox(key="bp_loss").options) == len(GRADIENTS)


def test_the_proof_says_how_far_the_three_gradients_lie_apart():
    app = visit(bp_section="proof", bp_layers="3", bp_a1="gelu")
    lines = printed(code(app)).splitlines()
    for line, title, most in zip(lines[-2:], ("autograd", "the finite difference"), (1e-10, 1e-6), strict=True):
        distance = float(line.rpartition(" ")[2])
        assert distance < most
        assert metric(app, f"Largest difference from {title}") == number(distance, 2)
    assert metric(app, "Parameters") == "25"
    assert len(app.dataframe[0].value) == 25


def test_the_settings_of_the_network_last_while_another_section_is_open():
    app = visit(bp_u1="5", bp_a1="relu")
    app.segmented_control(key="bp_section").set_value("graph").run()
    app.segmented_control(key="bp_section").set_value("network").run()
    assert app.number_input(key="bp_u1").value == 5
    assert app.selectbox(key="bp_a1").value == "relu"


def test_an_expression_shows_its_gradients_beside_autograds():
    app = visit(bp_section="graph", bp_expr="x*y + sin(x)", bp_v_x="1", bp_v_y="2")
    table = app.dataframe[0].value
    assert list(table["variable"]) == ["x", "y"]
    assert table["gradient, node by node"][0] == "2.54030231"
    assert all(each == "0" or "·10⁻¹" in each for each in table["difference"])
    assert "value 2.8414709848078" in printed(code(app))


def test_an_expression_that_cannot_be_read_is_pointed_at():
    app = visit(bp_section="graph", bp_expr="x + foo(x)")
    assert app.code[0].value.splitlines() == ["x + foo(x)", "    ^"]


@pytest.mark.parametrize("checkpoint", ["start", "kept"])
def test_an_image_goes_through_the_bundled_network(checkpoint):
    app = visit(bp_section="run", bp_checkpoint=checkpoint, bp_image="17")
    assert not app.exception
    assert not app.warning
    assert "layer" in printed(code(app)) or "conv1" in printed(code(app))


def test_the_verdict_says_a_right_answer_once():
    from dlcore.data import load
    from dlcore.inspect.gradients import inspect
    from dlcore.use.classifier import Classifier
    from pages.parts.backprop.run import verdict

    digits = load("digits")
    model = Classifier.load("mlp").model
    found = inspect(model, digits.test.images[3], int(digits.test.labels[3]))
    best = int(found.probabilities.argmax())
    right, wrong = (verdict(found, digits.labels, label) for label in (best, (best + 1) % 10))
    assert "which is right" in right
    assert "the label is" not in right
    assert f"but the label is {(best + 1) % 10}" in wrong


def test_an_image_goes_through_a_run_of_ones_own_at_every_checkpoint(store):
    run = trained(store, RunConfig.of("mlp", DataConfig(train_size=60), TrainingConfig(epochs=2, batch_size=16))).id
    app = visit(bp_section="run", run=run, bp_image="9")
    options = app.selectbox(key="bp_checkpoint").options
    assert options == ["Before training", "After epoch 1", "After epoch 2", "The trained network (after epoch 2)"]
    for option in ("epoch-1", "start"):
        app.selectbox(key="bp_checkpoint").set_value(option).run()
        assert not app.exception
        assert not app.warning
        assert f"checkpoints.load(Store(), '{run}', '{option}')" in code(app)


@pytest.mark.parametrize(("section", "count"), [("network", 4), ("proof", 2), ("graph", 3)])
def test_the_experiments_of_a_section_are_one_click_each_and_stay_there(section, count):
    app = visit(bp_layers="1", bp_loss="mse", bp_section=section)
    cards = [each.key for each in app.button if each.key and each.key.startswith("try_")]
    assert len(cards) == count
    for card in cards:
        app.button(key=card).click().run()
        assert not app.exception
        assert not app.warning
        assert app.session_state["bp_section"] == section


def test_an_edit_that_cannot_be_read_is_left_out_and_the_network_is_there():
    app = visit(bp_edits="0:zz=3;9:b1.2=x")
    assert "An edit is written" in app.warning[0].value
    assert metric(app, "J of this batch")


def test_the_experiments_show_what_they_ask():
    deep = moment(0, network=Network((2, 3, 3, 3, 3, 1), ("sigmoid",) * 5, "bce"))
    assert deep.back.dW[0].abs().max() < 0.01 * deep.back.dW[-1].abs().max()
    app = visit()
    app.button(key="try_A dead unit").click().run()
    found = re.findall(r"-5\.0", code(app))
    assert found


def test_the_largest_network_fits_into_a_few_hundred_kilobytes():
    names = ("gelu",) * (MAX_LAYERS - 1)
    X, Y = sample_set("circles", False)
    net = Network((2, *[MAX_UNITS] * (MAX_LAYERS - 1), 1), (*names, "sigmoid"), "bce")
    sent = json.dumps(network.data(*taught(Lesson(net, X, Y))), allow_nan=False)
    assert len(sent) < 400_000


def test_a_training_looks_further_ahead_for_the_network_that_asked_alone(monkeypatch):
    state = {}
    monkeypatch.setattr(settings.st, "session_state", state)
    X, Y = sample_set("xor", False)
    one, other = (Lesson(Network((2, 3, 1), ("tanh", "sigmoid"), "bce"), X, Y, seed=seed) for seed in (1, 2))
    assert settings.ahead(one, 7) == 7 + settings.AHEAD
    settings.look_further(one, 400)
    assert (settings.ahead(one, 7), settings.ahead(other, 7)) == (400, 7 + settings.AHEAD)
    settings.look_further(one, 1e9)
    assert settings.ahead(one, 0) == settings.MAX_UPDATES


def test_numbers_that_json_does_not_know_are_sent_as_words():
    assert network.sendable({"a": [1.0, float("inf"), (float("nan"), None)]}) == {"a": [1.0, "inf", ["nan", None]]}


def test_a_layered_graph_leads_every_edge_on_and_gives_every_node_a_place_of_its_own():
    graph = build("(exp(x)/(exp(x) + exp(y) + exp(z)) - a)**2 * b + tanh(x*y)", dict.fromkeys("xyzab", 0.5))
    arguments = [each.arguments for each in graph.vertices]
    found = layered(arguments)
    assert len(set(found.nodes)) == len(arguments)
    for node, given in enumerate(arguments):
        for source, way in zip(given, found.edges[node], strict=True):
            assert way[0] == found.nodes[source]
            assert way[-1] == found.nodes[node]
            assert [b[0] - a[0] for a, b in pairwise(way)] == [1] * (len(way) - 1)
    assert expression.data(graph)["layers"] == found.layers


def test_a_mosaic_is_orange_above_zero_blue_below_and_clear_at_zero():
    address, width, height = mosaic(np.array([1.0, -1.0, 0.0]))
    assert (width, height) == (3, 1)
    assert address.startswith("data:image/png;base64,")
    assert mosaic(np.zeros((5, 4, 4)))[1:] == (14, 9)


@pytest.mark.parametrize("dark", [False, True])
def test_the_figures_mark_where_one_is(dark):
    curve = figures.loss_curve([0.7, 0.5, 0.4], 1, dark)
    assert (curve.figure.data[2].x[0], curve.figure.data[2].y[0]) == (1, 0.5)
    assert list(curve.figure.data[1].x) == [0, 1]
    assert curve.count == 3
    wide = figures.widths([(1e-1, 1e-3), (1e-6, 1e-10), (1e-13, 1e-4)], 1e-6, dark)
    assert wide.data[1].x[0] == 1e-6
