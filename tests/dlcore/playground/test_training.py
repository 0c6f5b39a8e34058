"""Training in the plane: the same as a plain loop in torch, the same again, from any moment on, and good at spirals."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError
from dlcore.playground import heads, race
from dlcore.playground.course import Course
from dlcore.playground.script import export
from dlcore.playground.setup import Setup, kept
from dlcore.playground.training import Training
from dlcore.training.checkpoint import unpack
from dlcore.training.loop import fit
from dlcore.training.records import Checkpoint, Epoch, Step
from dlcore.training.task import NO_THRESHOLD, SimpleTask

OWN = "; ".join(f"{x}, {y}, {int(x * y > 0)}" for x in (-2, -1, 1, 2.5) for y in (-3, -1, 1, 2))
SETUPS = {
    "default": Setup(),
    "squared": Setup(loss="squared", problem="xor", optimizer="momentum", penalty="l1"),
    "classes": Setup(problem="gauss", classes=4, optimizer="adam", learning_rate=0.02, penalty="l2", batch_size=64),
    "brier": Setup(problem="circle", classes=3, loss="squared", network="dense 6 init he, relu, dense 5, gelu"),
    "dropout": Setup(problem="spiral", network="dense 8, silu 2, dropout 0.2, dense 8, sine", schedule="cosine"),
    "value": Setup(
        problem="hills", features=("x1", "x2", "sin-x1", "product"), optimizer="rmsprop", learning_rate=0.01
    ),
    "rule": Setup(problem="rule", rule="y > sin(x)", noise=5, schedule="one-cycle", updates=150, network=""),
    "formula": Setup(problem="rule", rule="sin(x1)*x2", network="dense 4, softplus"),
    "own": Setup(problem="own", own=OWN, share=70, batch_size=3),
}


@pytest.fixture(autouse=True)
def _threads():
    """Scripts that run here set the number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", SETUPS)
def test_it_is_what_the_exported_loop_in_torch_does(name):
    setup = SETUPS[name]
    training = Training(setup)
    training.advance(120)
    space = {}
    exec(export(setup, training.points, 120), space)
    theirs = torch.nn.utils.parameters_to_vector(space["model"].parameters()).detach().numpy()
    np.testing.assert_allclose(training.weights().numpy(), theirs, rtol=1e-5, atol=1e-7)
    found = training.moment()
    assert found.losses[1] == pytest.approx(float(space["loss"]), rel=1e-5)
    assert found.scores[1] == pytest.approx(float(space["score"]), abs=1e-6)


def penalty(name, matrices):
    """What the weights cost, for autograd."""
    terms = [each.abs().sum() if name == "l1" else each.square().sum() / 2 for each in matrices]
    return torch.stack(terms).sum()


class Plane(SimpleTask):
    """The problem of a setup as a task of the training loop: what the playground's own loop is measured against."""

    name, notice, labels, precision, metrics = "plane", "", (), "fp32", ("loss",)

    def __init__(self, setup):
        self.one, self.setup, self.generator = Training(setup), setup, torch.Generator()
        self.model = self.one.model
        train = self.one.points.train
        self.sizes = {"train": train, "validation": train, "test": len(self.one.inputs) - train}

    def loss(self, index):
        loss = self.one.loss(self.model(self.one.inputs[index]), self.one.targets[index])
        if self.setup.penalty != "none":
            loss = loss + self.setup.penalty_rate * penalty(self.setup.penalty, self.one.matrices)
        return loss, loss.detach()[None]

    def evaluate(self, name):
        moment = self.one.moment()
        return {"loss": moment.losses[name == "test"]}

    def snapshots(self, step, epoch):
        return ()

    def examine(self):
        return self.evaluate("test"), (), NO_THRESHOLD


@pytest.mark.parametrize("name", SETUPS)
def test_it_is_what_the_training_loop_of_all_runs_does(name, monkeypatch):
    setup = replace(SETUPS[name], updates=3 * Training(SETUPS[name]).batches)
    monkeypatch.setattr("dlcore.training.task.make", lambda *_: Plane(setup))
    settings = {**vars(setup.training), "epochs": 3, "precision": "fp32"}
    records = list(fit(RunConfig.of("mlp", training=settings)))
    steps = [each for each in records if isinstance(each, Step)]
    last = [each for each in records if isinstance(each, Checkpoint)][-1]
    theirs = unpack("model", last.tensors)

    training = Training(setup)
    training.advance(setup.updates)
    assert len(steps) == last.step == setup.updates
    ours = training.model.state_dict()
    assert ours.keys() == theirs.keys()
    for each in ours:
        np.testing.assert_allclose(ours[each].numpy(), theirs[each].numpy(), rtol=1e-6, atol=1e-8)
    assert [each.validation["loss"] for each in records if isinstance(each, Epoch)][-1] == pytest.approx(
        training.moment().losses[0], rel=1e-6
    )


def test_weights_changed_by_hand_are_where_it_begins():
    weights = Training(Setup()).weights().numpy()
    weights[3] = 7.5
    setup = Setup(start=kept(weights))
    assert Training(setup).moment().weights[3] == 7.5
    space = {}
    exec(export(setup, setup.points(), 30), space)
    again = Training(setup)
    again.advance(30)
    theirs = torch.nn.utils.parameters_to_vector(space["model"].parameters()).detach()
    np.testing.assert_allclose(again.weights(), theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("start", ["AAAA", "not/weights!", kept(np.array([np.nan] * 25, dtype=np.float32))])
def test_weights_that_do_not_fit_are_a_sentence(start):
    with pytest.raises(DlcoreError, match="those of the seed"):
        Training(Setup(start=start))


def test_any_moment_can_be_had_again_whatever_was_asked_for_before():
    setup = SETUPS["dropout"]
    straight = Course(setup).after(0, 10, 30, 60).moments
    course = Course(setup)
    course.after(0, 100, 3, 60)
    back = course.after(140, 1, 10, 60).moments
    assert back[-1].update == 150
    assert np.array_equal(back[-1].weights, straight[14].weights)
    assert back[-1].losses == straight[14].losses
    assert np.array_equal(course.first.weights, Training(setup).weights())


def test_a_stretch_ends_where_it_has_to():
    course = Course(Setup(updates=130))
    assert [each.update for each in course.after(0, 50, 9, 60).moments] == [50, 100, 130]
    assert course.after(100, 50, 9, 60).ended
    assert course.after(130, 1, 1, 60).moments == ()
    found = course.after(20, 30, 9, 60, to=60)
    assert [each.update for each in found.moments] == [50, 60]
    assert not found.ended


def test_a_loss_that_is_lost_ends_the_course():
    course = Course(Setup(problem="plane", network="dense 8, relu, dense 8, relu", learning_rate=10.0))
    found = course.after(0, 5, 100, 60)
    assert found.ended
    assert found.lost
    assert all(each.sound for each in found.moments[:-1])


def test_the_gradients_are_those_of_the_last_batch():
    training = Training(Setup(batch_size=2000, learning_rate=1e-6))
    training.advance(1)
    outputs = training.model(training.inputs[: training.points.train])
    training.loss(outputs, training.targets[: training.points.train]).backward()
    doubled = [each.grad.norm().item() for each in training.matrices]
    training2 = Training(Setup(batch_size=2000, learning_rate=1e-6))
    training2.advance(1)
    np.testing.assert_allclose(np.array(training2.moment().gradients) * 2, doubled, rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_spiral_is_learned_from_every_seed(seed):
    setup = Setup(
        problem="spiral", features=("x1", "x2", "sin-x1", "sin-x2"), network="dense 12, tanh, dense 8, tanh",
        optimizer="adam", learning_rate=0.02, batch_size=25, seed=seed, schedule="cosine", updates=3000,
    )  # fmt: skip
    training = Training(setup)
    training.advance(3000)
    assert training.moment().scores[1] >= 0.97


def test_the_answers_of_a_race_are_those_of_the_network_at_its_end():
    for setup, kinds in ((Setup(problem="xor", network="dense 6, tanh"), 1), (Setup(problem="gauss", classes=3), 3)):
        contest = race.run(setup, 1, 60)
        assert contest.answers.shape == (race.SIDE, race.SIDE, kinds)
        training = Training(setup)
        training.advance(60)
        corner = training.model(torch.tensor([[-6.0, 6.0]]))  # rows go down, so that it comes first
        expected = torch.tanh(corner / 2) if kinds == 1 else torch.softmax(corner, 1)
        np.testing.assert_allclose(contest.answers[0, 0], expected[0].detach().numpy(), rtol=1e-5)
        assert contest.scores[0, -1] == pytest.approx(training.moment().scores[1])


@pytest.mark.parametrize(("kind", "loss"), list(heads.LOSSES))
def test_the_gradient_of_every_loss_by_hand_is_that_of_autograd(kind, loss):
    torch.manual_seed(0)
    outputs = (3 * torch.randn(13, 4 if kind == "many" else 1)).requires_grad_()
    targets = torch.randn(13) if kind == "values" else torch.randint(4 if kind == "many" else 2, (13,)).float()
    heads.LOSSES[kind, loss](outputs, targets).backward()
    found = heads.PULLS[kind, loss](outputs.detach(), targets)
    torch.testing.assert_close(found, outputs.grad, rtol=1e-6, atol=1e-8)


def test_gradients_of_a_moment_that_is_gone_back_to_are_its_own():
    course = Course(Setup())
    there = course.after(0, 50, 3, 60).moments
    back = course.at(50, 60)
    assert back.update == 50
    assert back.gradients == there[0].gradients != there[2].gradients
    assert np.isnan(course.at(0, 60).gradients).all()
