"""To add something is to touch one place: here everything is added from outside, trained, shown and exported."""

from dataclasses import dataclass, replace

import pytest
import torch

from dlcore.config.block import BLOCKS, Block, Shape, block
from dlcore.config.image_sets import IMAGE_SETS, ImageSet
from dlcore.config.kinds import KINDS
from dlcore.config.optimizers import OPTIMIZERS, Optimizer
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.data.sets import Dataset, Split
from dlcore.formula.calls import Call
from dlcore.functions.activations import ACTIVATIONS, activation
from dlcore.runs.store import Store
from dlcore.training.loop import fit
from dlcore.training.records import Epoch, Finished
from dlcore.training.script import export
from tests import outside
from tests.pages.visits import ME, metrics, printed, text, trained, visited

SHORT = {"epochs": 1, "batch_size": 50, "precision": "fp32"}
FEW = {"train_size": 100}


def told(records) -> list[str]:
    """The validation losses, and that of the test, as scripts print them."""
    losses = [each.validation["loss"] for each in records if isinstance(each, Epoch)]
    losses += [each.test["loss"] for each in records if isinstance(each, Finished)]
    return [f"loss {loss:.6f}" for loss in losses]


def repeats(config: RunConfig) -> bool:
    """Whether the script of a run prints what the run measured."""
    lines = printed(export(config)).splitlines()
    return all(figure in line for figure, line in zip(told(list(fit(config))), lines, strict=True))


def test_an_activation(monkeypatch):
    bent = replace(activation("sine"), name="bent", title="Bent", text="sin(omega*x) + x/2")
    monkeypatch.setitem(ACTIVATIONS, "bent", bent)
    config = RunConfig.of("flatten, dense 20, bent 2, dense 10", FEW, SHORT)
    assert repeats(config)
    assert "torch.sin(2.0 * x) + (x / 2.0)" in export(config)


def test_a_block(monkeypatch):
    @block
    @dataclass(frozen=True)
    class Shuffle(Block):
        name = "shuffle"
        example = "shuffle"
        about = "Maps change places."

        def shape(self, given: Shape) -> Shape:
            return given

        def call(self, given: Shape) -> Call:
            return Call("nn.ChannelShuffle", 2)

    try:
        config = RunConfig.of("conv 4 5x5 stride 3, shuffle, relu, flatten, dense 10", FEW, SHORT)
        assert repeats(config)
        assert "nn.ChannelShuffle(2)" in export(config)
    finally:
        BLOCKS.remove("shuffle")


@pytest.fixture
def adamax():
    OPTIMIZERS.register(Optimizer("adamax", "Adamax", lambda config: {"betas": (config.momentum, 0.99)}, True, False))
    yield
    OPTIMIZERS.remove("adamax")


def test_an_optimizer(adamax):
    assert repeats(RunConfig.of("flatten, dense 10", FEW, {**SHORT, "optimizer": "adamax"}))
    app = visited("pages/train.py", optimizer="adamax")
    assert not app.warning
    assert app.selectbox(key="optimizer").value == "adamax"


NAMES = tuple("abcdefghij")
CODE = """
angles = torch.arange(300) * 0.1
images = (angles.sin()[:, None, None, None] * torch.linspace(0, 255, 784).view(1, 1, 28, 28)).abs().to(torch.uint8)
labels = torch.arange(300) % 10
x_train, y_train = images[:200], labels[:200]
x_validation, y_validation = images[200:250], labels[200:250]
x_test, y_test = images[250:], labels[250:]
"""


@pytest.fixture
def bars():
    def load(progress):
        made = {"torch": torch}
        exec(CODE, made)
        parts = (Split(made[f"x_{name}"], made[f"y_{name}"]) for name in ("train", "validation", "test"))
        return Dataset("bars", *parts, NAMES)

    IMAGE_SETS.register(ImageSet("bars", "Bars (300 images)", "Bars", NAMES, load, CODE))
    yield
    IMAGE_SETS.remove("bars")


def test_an_image_set(bars, tmp_path, monkeypatch):
    config = RunConfig.of("flatten, dense 10", {"name": "bars"}, SHORT)
    assert repeats(config)
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path))
    app = visited("pages/train.py", data="bars")
    assert not app.warning
    assert "bars: Bars (300 images)." in app.segmented_control(key="data").help


@pytest.fixture
def curve():
    KINDS.register(outside.KIND)
    PRESETS.register(outside.PRESET)
    yield
    KINDS.remove("curve")
    PRESETS.remove("curve")


def test_a_kind_of_run_is_trained_exported_and_stored(curve, tmp_path):
    config = RunConfig.of("curve", {"points": 30}, {"batch_size": 7})
    assert (config.kind, config.training.epochs, config.model.hidden) == ("curve", 3, 6)
    assert repeats(config)
    store = Store(f"sqlite:///{tmp_path / 'runs.db'}")
    run = trained(store, config)
    assert (run.state, run.config) == ("finished", config)
    assert len(store.snapshot_steps(run.id, "curve")) == 4
    assert [each.id for each in store.runs(ME, kind="curve")] == [run.id]


def test_a_kind_of_run_is_shown_by_its_own_view(curve, tmp_path, monkeypatch):
    store = Store(f"sqlite:///{tmp_path / 'runs.db'}")
    monkeypatch.setattr("pages.shared.session.store", lambda: store)
    run = trained(store, RunConfig.of("curve", {"points": 30}))

    def page(run_id):
        from dlcore.config.kinds import KINDS
        from pages.shared.run_panel import run_panel

        run_panel(run_id, "0" * 32, KINDS["curve"].find("view")(run_id))

    from streamlit.testing.v1 import AppTest

    app = AppTest.from_function(page, args=(run.id,), default_timeout=60).run()
    assert not app.exception
    assert "seen at 30 points" in [each.value for each in app.text]
    assert metrics(app)["Squared error"] == f"{run.finished.test['loss']:.4f}"
    assert "learned by a curve" not in text(app)
    assert any("as dlcore trains it" in each.value for each in app.code)


def test_a_page_is_a_file_and_a_line():
    from pathlib import Path

    root = Path(__file__).parents[1]
    entry = "".join((root / name).read_text() for name in ("app.py", "pages/shared/contents.py"))
    for path in (root / "pages").glob("*.py"):
        lines = [line for line in entry.splitlines() if f'"{path.stem}"' in line or f"pages/{path.stem}.py" in line]
        assert len(lines) == (path.stem != "__init__"), path.name
