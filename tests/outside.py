"""What somebody else adds: a kind of run with its data, network, task, script and view, in one module of its own."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.config.fields import DataSection, ModelSection, choice, number
from dlcore.config.kinds import Kind
from dlcore.config.presets import Preset
from dlcore.config.run import RunConfig
from dlcore.formula.source import Code
from dlcore.training.records import Snapshot
from dlcore.training.script import Part, Phase
from dlcore.training.task import NO_THRESHOLD, SimpleTask
from pages.shared.run_view import LOSS, Held, View
from pages.shared.settings import Settings


@dataclass(frozen=True)
class CurveData(DataSection):
    name: str = choice("wave", ("wave", "step"), "The function to be learned.")
    points: int = number(64, 10, 1000, "How many points of it.", integer=True)


@dataclass(frozen=True)
class CurveModel(ModelSection):
    hidden: int = number(8, 1, 64, "Hidden units.", integer=True)


CurveRun = RunConfig[CurveData, CurveModel]


def network(config: CurveRun) -> nn.Sequential:
    hidden = config.model.hidden
    return nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, 1))


class CurveTask(SimpleTask[nn.Sequential]):
    """One number against another."""

    metrics = ("loss",)
    notice, labels, precision = "", (), "fp32"

    def __init__(self, config: CurveRun, where: torch.device, progress=None) -> None:
        self.name = config.data.name
        torch.manual_seed(config.training.seed)
        self.model = network(config)
        self.x = torch.linspace(-3, 3, config.data.points)[:, None]
        self.y = self.x.sin() if self.name == "wave" else (self.x > 0).float()
        self.generator = torch.Generator()

    @property
    def sizes(self) -> dict[str, int]:
        return dict.fromkeys(("train", "validation", "test"), len(self.x))

    def loss(self, index: Tensor) -> tuple[Tensor, Tensor]:
        loss = functional.mse_loss(self.model(self.x[index]), self.y[index])
        return loss, loss.detach()[None]

    @torch.inference_mode()
    def evaluate(self, name: str) -> dict[str, float]:
        return {"loss": functional.mse_loss(self.model(self.x), self.y).item()}

    @torch.inference_mode()
    def snapshots(self, step: int, epoch: int) -> tuple[Snapshot, ...]:
        return (Snapshot(step, epoch, "curve", {"y": self.model(self.x).squeeze(1).numpy()}),)

    def examine(self):
        return self.evaluate("test"), (), NO_THRESHOLD


def part(config: CurveRun, precision: str) -> Part:
    """Its part of a script."""
    target = "x.sin()" if config.data.name == "wave" else "(x > 0).float()"
    hidden = config.model.hidden
    return Part(
        title=f"a curve on {config.data.name}",
        prints="the squared error",
        definitions=Code(),
        data=Code(f"x = torch.linspace(-3, 3, {config.data.points})[:, None]\ny = {target}"),
        model=f"model = nn.Sequential(nn.Linear(1, {hidden}), nn.Tanh(), nn.Linear({hidden}, 1))",
        evaluation="@torch.inference_mode()\ndef evaluate(x, y):\n"
        "    loss = functional.mse_loss(model(x), y).item()\n    return loss, f'loss {loss:.6f}'",
        phases=(Phase(("loss = functional.mse_loss(model(x[index]), y[index])",)),),
        size="len(x)",
        validation="x, y",
        test="x, y",
    )


def view(run_id: str | None) -> View:
    """What a page shows of such a run."""
    return View(
        settings=Settings(RunConfig.of("curve"), prefix="curve_"),
        live=lambda run, seen: st.text(f"seen at {run.config.data.points} points"),
        ended=lambda run: st.metric("Squared error", f"{run.finished.test['loss']:.4f}"),
        unit=KIND.unit,
        snapshots=("curve",),
        charts=(LOSS,),
        held=Held("loss", "{:.4f}".format),
    )


KIND = Kind(
    name="curve", title="learns a curve", data=CurveData, model=CurveModel, preset="curve",
    network=f"{__name__}:network", task=f"{__name__}:CurveTask", script=f"{__name__}:part", view=f"{__name__}:view",
    unit="points", headline=("loss",), page="train",
    named=lambda config: "curve", summary=lambda config: f"curve of {config.model.hidden}",
)  # fmt: skip
PRESET = Preset("curve", "A curve", "curve", ("wave", "step"), {"hidden": 6}, {"learning_rate": 0.05, "epochs": 3})
