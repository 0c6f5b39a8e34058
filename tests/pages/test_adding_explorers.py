"""An activation, a loss or an optimizer that stands in its registry, and nowhere else, is on every page about them."""

import pytest
import torch

from dlcore.descent.optimizers import OPTIMIZERS, Rule
from dlcore.formula.parameter import Parameter
from dlcore.functions.activations import ACTIVATIONS, Activation
from dlcore.functions.losses import LOSSES, Loss, over_classes, scalar
from tests.pages.visits import metric, metrics, text, visited

BENT = Activation("bent", "Bent identity", "(sqrt(x**2 + 1) - 1)/2 + x", ("-inf", "inf"), "smooth", "a test")
LOG_COSH = scalar(
    "log-cosh", "Logarithm of cosh", "regression", "number", "log(cosh(s*(p - y)))", "a test",
    Parameter("s", "How narrow it is", 1.0, 0.5, 2.0, symbol="s", step=0.5), short="Log-cosh",
)  # fmt: skip
DOUBT = over_classes(
    "doubt", "Cost of doubt",
    (("m", "z", "max"), ("s", "exp(z - m)", "sum"), ("L", "t*y*(m - z + log(s))", "sum")), "a test",
    Parameter("t", "How much it counts", 2.0, 1.0, 4.0, symbol="t", step=0.5),
)  # fmt: skip
AVERAGED = Rule(
    "averaged", "Averaged SGD", torch.optim.ASGD, (Parameter("lr", "Learning rate α", 0.05, 1e-6, 10.0, log=True),),
    "SGD that also averages where it has been.", "a test",
)  # fmt: skip


@pytest.fixture
def bent(monkeypatch) -> Activation:
    monkeypatch.setitem(ACTIVATIONS, BENT.name, BENT)
    return BENT


@pytest.fixture(params=[LOG_COSH, DOUBT], ids=lambda each: each.name)
def added(monkeypatch, request) -> Loss:
    monkeypatch.setitem(LOSSES, request.param.name, request.param)
    return request.param


@pytest.fixture
def averaged(monkeypatch) -> Rule:
    monkeypatch.setitem(OPTIMIZERS, AVERAGED.name, AVERAGED)
    return AVERAGED


def code(app) -> str:
    return app.code[-1].value


def test_an_activation_is_drawn_with_its_numbers_and_listed_with_its_properties(bent):
    app = visited("pages/activations.py", act_focus="bent", act_compare="relu", act_x="0.75")
    assert not app.warning
    assert "Bent identity" in app.selectbox(key="act_focus").options
    assert (metric(app, "f(0.75)"), metric(app, "f′(0.75)")) == ("0.875", "1.3")
    assert list(app.dataframe[0].value["Activation"]) == ["Bent identity", "ReLU"]
    assert 'activation("bent")' in code(app)


@pytest.mark.parametrize(
    ("section", "control"),
    [("neuron", "act_neuron"), ("few", "act_few"), ("depth", "act_f_a"), ("curves", "act_compare")],
)
def test_an_activation_is_offered_in_every_section_that_offers_any(bent, section, control):
    app = visited("pages/activations.py", act_section=section, **{control: "bent"})
    assert not app.warning
    chosen = next(each for each in (*app.selectbox, *app.multiselect) if each.key == control)
    assert "Bent identity" in chosen.options
    assert chosen.value in ("bent", ["bent"])


def test_a_loss_is_drawn_with_its_formula_its_numbers_and_its_sliders(added):
    link = {"loss_section": "classes", "loss_of_classes": added.name, "loss_t": "3"}
    given, title, slider = "t=3.0", "Cost of doubt", "loss_t"
    if added is LOG_COSH:
        link = {
            "loss_section": "curves",
            "loss_shown_number": added.name,
            "loss_at_number": "2",
            "loss_log_cosh_s": "2",
        }
        given, title, slider = "s=2.0", "Log-cosh", "loss_log_cosh_s"
    app = visited("pages/losses.py", **link)
    assert not app.warning
    offered = app.multiselect(key="loss_shown_number") if added is LOG_COSH else app.selectbox(key="loss_of_classes")
    assert title in offered.options
    assert app.slider(key=slider).value == float(given[2:])
    assert added.latex() in text(app)
    assert f'loss("{added.name}")' in code(app)
    assert given in code(app)
    worth = {"Loss": "3.307", "Gradient": "1.999"} if added is LOG_COSH else {"Cost of doubt: loss": "5.485"}
    assert worth.items() <= metrics(app).items()


def test_an_optimizer_races_and_is_followed_step_by_step(averaged):
    race = visited("pages/descent.py", gd_section="race", gd_optimizers="averaged", gd_landscape="bowl", gd_rate="0.1")
    assert not race.warning
    assert "Averaged SGD" in race.multiselect(key="gd_optimizers").options
    assert "Averaged SGD</td>" in text(race)
    assert "torch.optim.ASGD([theta], lr=0.1)" in code(race)

    steps = visited("pages/descent.py", gd_section="steps", gd_one="averaged", gd_landscape="bowl")
    assert not steps.warning
    assert steps.selectbox(key="gd_one").value == "averaged"
    assert "**Averaged SGD.** SGD that also averages where it has been." in text(steps)
    assert "torch.optim.ASGD" in code(steps)


def test_an_optimizer_is_swept_only_where_many_runs_can_step_at_once(averaged, monkeypatch):
    swept = visited("pages/descent.py", gd_section="sweep", gd_landscape="bowl")
    assert "Averaged SGD" not in swept.multiselect(key="gds_optimizers").options
    heavier = Rule("heavier", "Heavier ball", torch.optim.SGD, averaged.settings, "…", "a test")
    monkeypatch.setitem(OPTIMIZERS, "heavier", heavier)
    for section, control in (("sweep", "gds_optimizers"), ("basins", "gdb_optimizer")):
        app = visited("pages/descent.py", gd_section=section, gd_landscape="bowl", **{control: "heavier"})
        assert not app.warning
        assert not app.exception
        assert "heavier" in code(app)
