"""The playground without a browser: what its controls mean, what it sends, its link, and what it says of bad values."""

import base64

import numpy as np
import pytest
import torch

from dlcore.formula.numbers import percent
from dlcore.functions.activations import ACTIVATIONS
from dlcore.playground import race
from dlcore.playground.features import FEATURES
from dlcore.playground.problems import PROBLEMS
from dlcore.playground.setup import Setup, kept
from dlcore.playground.training import Training
from pages.figures import problems
from pages.parts.playground import rival, sent
from tests.pages import visits
from tests.pages.visits import ME, visited, warned


def visit(**link):
    return visited("pages/playground.py", ME, **link)


def picture(app):
    """What the network's picture was given."""
    return next(each for each in visits.sent(app) if "stretch" in each)


def floats(text, width):
    return np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(-1, width)


def test_the_page_opens_with_a_network_that_has_learned_already():
    shown = picture(visit())
    updates = shown["stretch"]["updates"]
    assert updates[:3] == [0, 25, 50]
    weights = floats(shown["stretch"]["weights"], 25)
    training = Training(Setup())
    assert np.array_equal(weights[0], training.weights().numpy())
    training.advance(25)
    np.testing.assert_allclose(weights[1], training.weights().numpy(), rtol=1e-5, atol=1e-7)
    assert floats(shown["points"], 3).shape == (500, 3)
    assert shown["batches"] == 25


def test_a_link_brings_back_the_setup():
    app = visit(pg_problem="spiral", pg_classes="3", pg_network="dense 6, relu, dense 3, sine", pg_features="x1",
                pg_optimizer="adam", pg_learning_rate="0.03", pg_seed="7", pg_at="40")  # fmt: skip
    shown = picture(app)
    setup = Setup(problem="spiral", classes=3, network="dense 6, relu, dense 3, sine", features=("x1",),
                  optimizer="adam", learning_rate=0.03, seed=7)  # fmt: skip
    assert shown["token"] == sent.token(setup)
    assert shown["at"] == 40
    assert [each["name"] for each in shown["layers"]] == ["relu", "sine"]
    assert app.selectbox(key="_pg_activation").value == "As in the text"
    app.selectbox(key="_pg_activation").set_value("gelu").run()
    assert app.session_state["pg_network"] == "dense 6, gelu, dense 3, gelu"


def test_weights_that_were_changed_are_in_the_link():
    weights = Training(Setup()).weights().numpy()
    weights[0] = 4.25
    shown = picture(visit(pg_start=kept(weights)))
    assert floats(shown["stretch"]["weights"], 25)[0][0] == 4.25
    assert shown["started"]


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"pg_problem": "moons"}, "pg_problem=moons"),
        ({"pg_noise": "80"}, "pg_noise=80"),
        ({"pg_network": "dense 400"}, "up to 16 units"),
        ({"pg_network": "conv 8 3x3"}, "has no place here"),
        ({"pg_problem": "rule", "pg_rule": "x1 >"}, "both of its sides"),
        ({"pg_problem": "rule", "pg_rule": "x1 > 99"}, "every point of the plane is outside of"),
        ({"pg_classes": "1000"}, "pg_classes=1000"),
        ({"pg_points_made": "1e12"}, "pg_points_made=1e12"),
        ({"pg_features": ""}, "at least one feature"),
    ],
)
def test_what_cannot_be_used_becomes_a_sentence(link, says):
    assert says in warned(visit(**{"pg_problem": "gauss", **link}))


@pytest.mark.parametrize("name", [name for name, each in ACTIVATIONS.items() if not each.learned])
def test_the_browser_gets_the_activation_that_runs(name):
    tree = sent.network(Setup(network=f"dense 2, {name}"), Setup().points())["layers"][0]["formulas"][0]
    x = torch.linspace(-4, 4, 33)
    found = torch.as_tensor([float(evaluated(tree, each)) for each in x.double()])
    assert torch.allclose(found, ACTIVATIONS[name](x), atol=1e-5)


def test_the_browser_gets_the_features_that_run():
    for each in FEATURES.values():
        found = evaluated(sent.tree(each.formula), torch.tensor(1.5), torch.tensor(-2.0))
        assert float(found) == pytest.approx(float(each.formula(x1=torch.tensor(1.5), x2=torch.tensor(-2.0))))


def test_the_code_that_is_shown_makes_the_weights_of_the_file():
    app = visit(pg_at="60", pg_network="dense 3, relu")
    app.session_state["pg_open_code"] = True
    app.run()
    script = next(each.value for each in app.code if "nn.Sequential" in each.value)
    assert visits.printed(script).startswith("training: loss ")
    training = Training(Setup(network="dense 3, relu"))
    training.advance(60)
    found = float(visits.printed(script).split("test: loss ")[1].split(",")[0])
    assert found == pytest.approx(training.moment().losses[1], abs=1e-5)


def test_the_loss_around_the_weights_is_measured_where_there_is_a_path():
    app = visit(pg_at="60")
    app.session_state["pg_open_surface"] = True
    app.run()
    assert "The training loss around the weights after 60 updates" in visits.words(app)
    assert not app.exception


def test_two_networks_race_from_the_same_seeds():
    app = visit(pg_race_seeds="3", pg_race_updates="100")
    app.session_state["pg_open_race"] = True
    app.run()
    app.button(key="pg_race_go").click().run()
    said = visits.words(app)
    assert "in the middle of 3 seeds" in said
    traces = next(each["traces"] for each in visits.sent(app) if "traces" in each)
    assert [each["name"] for each in traces if each["listed"]] == ["This network", "The rival"]
    assert len(traces) == 6
    assert "The rival" in said
    assert not app.exception


def test_a_link_that_was_taken_after_a_race_shows_its_result_again():
    link = {"pg_raced": "true", "pg_race_seeds": "1", "pg_race_updates": "50"}
    app = visit(**link, pg_rival_differs=["loss", "features", "batch_size"], pg_rival_features="product")
    said = visits.words(app)
    assert said.count("from one seed") == 2
    loss = race.run(Setup(), 1, 50).scores[0, -1]
    assert f"**This network**: test accuracy {percent(float(loss))}" in said
    pictures = [each["svg"] for each in visits.sent(app) if "svg" in each and "<image" in each["svg"]]
    assert len(pictures) == 2
    assert pictures[0] != pictures[1]
    app.number_input(key="pg_race_updates").set_value(100).run()
    assert "Press Race" in visits.words(app)
    assert "pg_raced" not in app.query_params


def test_every_setting_of_a_rival_is_one_of_the_setup_and_is_used():
    app = visit(pg_open_race="true", pg_rival_differs=list(rival._CONTROLS))
    app.session_state["pg_open_race"] = True
    app.run()
    app.number_input(key="pg_race_updates").set_value(50)
    app.button(key="pg_race_go").click().run()
    (_, other, *_), _ = app.session_state["_pg_race"]
    differing = {name for name in Setup.__dataclass_fields__ if getattr(other, name) != getattr(Setup(), name)}
    assert differing == set(rival._CONTROLS) - {"features", "penalty_rate"}  # which begin as the network's own
    assert not app.exception


@pytest.mark.parametrize("link", [{"pg_at": "soon"}, {"pg_speed": "7"}, {"pg_card": "me"}])
def test_a_moment_speed_or_card_that_there_is_not_is_a_sentence(link):
    app = visit(**link)
    assert "The link says " + "=".join(*link.items()) in warned(app)
    assert not app.query_params.keys() & link.keys()
    assert picture(app)["speed"] == 500


def test_every_problem_has_a_picture_of_its_own():
    pictures = [problems.picture(each) for each in PROBLEMS.values()]
    assert len(set(pictures)) == len(PROBLEMS)
    assert all(each.count("M") >= 6 for each in pictures)
    assert problems.style("pg_problem").count("background-image") == len(PROBLEMS)


def test_a_pasted_table_becomes_the_points_or_a_sentence():
    app = visit(pg_problem="own")
    app.text_area(key="_pg_paste").set_value("x;y;kind\n1;2;a\n-1;-2;b\n0,5;1;a\n-2;0;b").run()
    assert app.session_state["pg_own"] == "1, 2, a; -1, -2, b; 0.5, 1, a; -2, 0, b"
    assert picture(app)["names"] == ["a", "b"]
    app.text_area(key="_pg_paste").set_value("1,2,a\n3,4,a").run()
    assert "all points are of the class 'a'" in warned(app)
    assert app.session_state["pg_own"].startswith("1, 2, a")


def test_what_a_teacher_hides_is_in_the_link_and_not_seen():
    app = visit(pg_hide="pg_learning_rate", pg_learning_rate="0.3")
    assert any(".st-key-pg_learning_rate { display: none" in each for each in visits.html(app))
    assert app.select_slider(key="pg_learning_rate").value == 0.3


def evaluated(tree, *values):
    """What the browser makes of a tree, by torch's operations."""
    from dlcore.formula.operations import OPERATIONS

    if isinstance(tree, int | float):
        return torch.tensor(float(tree), dtype=torch.float64)
    if isinstance(tree, str):
        return values[int(tree)]
    return OPERATIONS[tree[0]](*(evaluated(each, *values) for each in tree[1:]))


def test_an_activation_with_a_shape_of_its_own_is_sent_with_it():
    tree = sent.network(Setup(network="dense 2, leaky-relu 0.3"), Setup().points())["layers"][0]["formulas"][0]
    assert float(evaluated(tree, torch.tensor(-2.0))) == pytest.approx(-0.6)
