"""A step may have several phases, each with parameters, a loss and an optimizer of its own: two adversaries."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.config.fields import DataSection, ModelSection, choice, number
from dlcore.config.kinds import KINDS, Kind
from dlcore.config.run import RunConfig
from dlcore.training.checkpoint import unpack
from dlcore.training.loop import fit
from dlcore.training.records import Checkpoint, Epoch, Finished, Started, Step
from dlcore.training.task import NO_THRESHOLD, Phase


@dataclass(frozen=True)
class Numbers(DataSection):
    name: str = choice("ring", ("ring",), "Points in the plane.")


@dataclass(frozen=True)
class Adversaries(ModelSection):
    hidden: int = number(8, 1, 64, "Units.", integer=True)


class Adversarial:
    """Points on a ring: one network draws them, the other tells drawn ones from real ones."""

    name, notice, labels, precision = "ring", "", (), "fp32"
    sizes: Mapping[str, int] = {"train": 40, "validation": 8, "test": 8}

    def __init__(self, config, where, progress=None):
        hidden = config.model.hidden
        torch.manual_seed(config.training.seed)
        self.model = nn.ModuleDict(
            {
                "judge": nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, 1)),
                "painter": nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, 2)),
            }
        )
        turn = torch.arange(40) / 40 * 6.283
        self.points = torch.stack((turn.cos(), turn.sin()), dim=1)
        self.generator = torch.Generator()
        self.seen: list[tuple[str, int, bool, bool]] = []
        self.begun: list[int] = []

    def _drawn(self, count: int) -> Tensor:
        return self.model["painter"](torch.randn(count, 2, generator=self.generator))

    def _judged(self, index: Tensor) -> tuple[Tensor, Tensor]:
        real, drawn = self.model["judge"](self.points[index]), self.model["judge"](self._drawn(len(index)).detach())
        loss = functional.softplus(-real).mean() + functional.softplus(drawn).mean()
        return loss, torch.stack((loss.detach(), (real > 0).float().mean()))

    def _painted(self, index: Tensor) -> tuple[Tensor, Tensor]:
        loss = functional.softplus(-self.model["judge"](self._drawn(len(index)))).mean()
        return loss, loss.detach()[None]

    @property
    def phases(self):
        judge, painter = (tuple(self.model[name].parameters()) for name in ("judge", "painter"))
        return (
            Phase(judge, self._judged, ("loss", "trust"), name="judge"),
            Phase(painter, self._painted, ("painter",), rate=0.5, name="painter"),
        )

    def begin(self, step):
        self.begun.append(step)

    def after_backward(self, phase, step):
        graded = [all(each.grad is not None for each in self.model[name].parameters()) for name in ("judge", "painter")]
        self.seen.append((phase.name, step, *graded))

    def noticed(self):
        return ()

    def figures(self, means):
        return {**means, "both": means["loss"] + means["painter"]}

    def evaluate(self, name):
        return {"loss": 1.0}

    def snapshots(self, step, epoch):
        return ()

    def examine(self):
        return {"loss": 1.0}, (), NO_THRESHOLD

    def restore(self, weights):
        self.model.load_state_dict(weights)


@pytest.fixture(autouse=True)
def kind():
    KINDS.register(
        Kind(
            name="adversarial", title="draws and judges", data=Numbers, model=Adversaries, preset="", network="",
            task=f"{__name__}:make", script="", unit="points", headline=("both",), page="", view="",
            named=lambda config: "", summary=lambda config: "adversaries",
        )
    )  # fmt: skip
    yield
    KINDS.remove("adversarial")


made: list[Adversarial] = []


def make(config, where, progress=None):
    made.append(Adversarial(config, where, progress))
    return made[-1]


def config(**training) -> RunConfig:
    return RunConfig(kind="adversarial", training={"epochs": 2, "batch_size": 16, "optimizer": "adam", **training})


def test_the_phases_of_a_step_take_turns_and_each_moves_its_own_parameters():
    records = list(fit(config()))
    steps = [each for each in records if isinstance(each, Step)]
    assert len(steps) == 6
    assert all(set(each.values) == {"loss", "trust", "painter"} for each in steps)
    assert [each[:2] for each in made[-1].seen[:4]] == [("judge", 0), ("painter", 0), ("judge", 1), ("painter", 1)]
    assert made[-1].begun == list(range(6))
    assert made[-1].seen[0] == ("judge", 0, True, False), "the painter has not been touched yet"
    start = next(each for each in records if isinstance(each, Started))
    assert start.parameters == sum(each.numel() for each in made[-1].model.parameters())
    assert isinstance(records[-1], Finished)
    assert records[-1].reason == "completed"


def test_it_is_the_plain_loop_with_two_optimizers():
    records = fit(config(optimizer="sgd", learning_rate=0.1))
    *_, last = (each for each in records if isinstance(each, Checkpoint))
    trained = unpack("model", last.tensors)
    task = Adversarial(config(), torch.device("cpu"))
    judge, painter = (torch.optim.SGD(task.model[name].parameters(), lr=lr)
                      for name, lr in (("judge", 0.1), ("painter", 0.05)))  # fmt: skip
    from dlcore.training.seeds import mix

    step = 0
    for epoch in range(2):
        order = torch.randperm(40, generator=torch.Generator().manual_seed(mix(0, -1 - epoch)))
        for index in order.split(16):
            task.generator.manual_seed(mix(0, step))
            for optimizer, loss in ((judge, task._judged), (painter, task._painted)):
                optimizer.zero_grad()
                loss(index)[0].backward()
                optimizer.step()
            step += 1
    for name, tensor in task.model.state_dict().items():
        torch.testing.assert_close(trained[name], tensor, rtol=1e-6, atol=1e-7)


def test_an_epochs_figures_are_the_tasks_own():
    epoch = next(each for each in fit(config()) if isinstance(each, Epoch))
    assert epoch.train["both"] == epoch.train["loss"] + epoch.train["painter"]


def test_a_resumed_run_goes_on_as_if_nothing_had_been():
    whole = list(fit(config()))
    stop = next(each for each in whole if isinstance(each, Checkpoint))
    assert {name.split(".")[0] for name in stop.tensors} >= {"optimizer-judge", "optimizer-painter"}
    rest = list(fit(config(), resume=stop.tensors))
    after = [each for each in whole if isinstance(each, Step) and each.step > stop.step]
    assert [each for each in rest if isinstance(each, Step)] == after
