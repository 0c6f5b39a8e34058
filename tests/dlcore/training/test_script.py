"""The exported script is the run: same numbers, to the last digit printed."""

import ast
import itertools
import subprocess
import sys

import pytest
import torch
from torch import nn
from torch.nn import functional

from dlcore.config.block import BLOCKS
from dlcore.config.initialisations import INITIALISATIONS
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.config.schedules import SCHEDULES
from dlcore.data import mnist
from dlcore.formula.needs import INSTALLED
from dlcore.formula.source import Code
from dlcore.functions.activations import ACTIVATIONS
from dlcore.training import script
from dlcore.training.loop import fit
from dlcore.training.script import Part, Ran, export
from dlcore.training.task import NO_THRESHOLD, Phase, SimpleTask

FEW = {"train_size": 100}
EVERY_BLOCK = (
    "conv 8 3x3 init he, batch-norm, relu, "
    "residual(conv 12 3x3 pad 1 groups 2, group-norm 4, silu 2, conv 12 1x1, batch-norm init zeros; conv 12 1x1), "
    "depthwise 3x3 stride 2 pad 1 init orthogonal, layer-norm, pool 2, gelu, average-pool 2 stride 1, "
    "residual(depthwise 3x3 pad 1), global-pool, flatten, dropout 0.1, dense 24 init small, batch-norm, layer-norm, "
    "prelu, dense 10 init xavier"
)


def activations(*, changed: bool) -> str:
    """A network with every activation, at its own parameters or halfway to their upper limits."""
    values = {name: [each.default / 2 + each.high / 2 for each in found.parameters] if changed else []
              for name, found in ACTIVATIONS.items()}  # fmt: skip
    texts = [" ".join((name, *(f"{each:g}" for each in given))) for name, given in values.items()]
    return f"flatten, dense 12, {', '.join(f'residual(dense 12, {text})' for text in texts)}, layer-norm, dense 10"


def starts() -> str:
    """A network with every start of the weights."""
    dense = ", tanh, ".join(f"dense 12 init {name}" for name in INITIALISATIONS if name != "zeros")
    return f"flatten, {dense}, residual(dense 12 init zeros), dense 10"


CASES = {
    "plain": RunConfig.of("mlp", training={"epochs": 2}),
    "convolutions": RunConfig.of("cnn-64", FEW, {"epochs": 1, "schedule": "one-cycle", "optimizer": "adamw"}),
    "wide": RunConfig.of(
        "cnn-128", FEW, {"epochs": 1, "batch_size": 128, "gradient_clip": 0.5, "optimizer": "nesterov"}
    ),
    "bf16": RunConfig.of("cnn-64", FEW, {"epochs": 1, "precision": "bf16", "dropout": 0.3}),
    "hard data": RunConfig.of(
        "mlp",
        {"train_size": 300, "imbalance": 0.8, "label_noise": 0.2},
        {"epochs": 40, "early_stopping": 2, "label_smoothing": 0.1, "schedule": "cosine", "seed": 3},
    ),
    "augmented": RunConfig.of("mlp", {"augment": ("elastic", "thickness"), **FEW}, {"epochs": 1}),
    "outliers": RunConfig.of("mlp", {"outliers": 0.2, **FEW}, {"epochs": 1}),
    "generated": RunConfig.of(
        "cnn-64", {"augment": ("affine", "pen"), "outliers": 0.1, "label_noise": 0.3, "train_size": 200},
        {"epochs": 2, "label_smoothing": 0.1},
    ),
    "every block": RunConfig.of(EVERY_BLOCK, FEW, {"epochs": 2}),
    "every block in bf16": RunConfig.of(EVERY_BLOCK, FEW, {"epochs": 2, "precision": "bf16"}),
    "activations": RunConfig.of(activations(changed=False), FEW, {"epochs": 1}),
    "activations with parameters": RunConfig.of(activations(changed=True), FEW, {"epochs": 1}),
    "starts": RunConfig.of(starts(), FEW, {"epochs": 1, "optimizer": "sgd"}),
    **{
        f"{optimizer}, {schedule}": RunConfig.of(
            "mlp", FEW, {"epochs": 2, "optimizer": optimizer, "schedule": schedule, "weight_decay": 0.01}
        )
        for optimizer, schedule in zip(OPTIMIZERS, itertools.cycle(SCHEDULES))
    },
}  # fmt: skip


def test_the_cases_leave_out_no_block():
    found = {each.name for each in RunConfig.of(EVERY_BLOCK).model.value.every()}
    assert found == set(BLOCKS)


@pytest.fixture(autouse=True)
def few_outliers(monkeypatch):
    """Drawing thousands takes many seconds."""
    monkeypatch.setattr("dlcore.training.tasks.images.OUTLIER_POOL", 50)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_script_prints_the_numbers_of_the_run(name, printed, expected):
    lines, precision = expected(list(fit(CASES[name])))
    assert printed(export(CASES[name], Ran(precision))) == lines


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_the_script_of_every_preset_does(preset, printed, expected):
    config = RunConfig.of(preset, {"train_size": 60}, {"epochs": 1})
    lines, precision = expected(list(fit(config)))
    assert printed(export(config, Ran(precision))) == lines


def test_a_script_runs_in_an_empty_folder(alone, expected):
    config = RunConfig.of(EVERY_BLOCK, FEW, {"epochs": 1})
    lines, precision = expected(list(fit(config)))
    assert alone(export(config, Ran(precision))) == lines


@pytest.fixture
def small_sets(tmp_path, monkeypatch):
    """Files of MNIST and of Fashion-MNIST with fewer images: blobs that depend on the class."""
    counts = {"train": 5_600, "t10k": 300}
    monkeypatch.setattr(mnist, "COUNTS", counts)
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path / "data"))
    generator = torch.Generator().manual_seed(0)
    for name, folder in mnist.FOLDERS.items():
        raw = tmp_path / "data" / folder / "raw"
        raw.mkdir(parents=True)
        kinds = torch.rand(10, 1, 4, 4, generator=generator)
        for part, count in counts.items():
            labels = torch.randint(10, (count,), generator=generator)
            coarse = kinds[labels] * torch.rand(count, 1, 4, 4, generator=generator)
            images = functional.interpolate(coarse, size=(28, 28), mode="bilinear").mul(255).to(torch.uint8)
            image_file, label_file = mnist.files(part)
            (raw / image_file).write_bytes(header(3, count, 28, 28) + images.numpy().tobytes())
            (raw / label_file).write_bytes(header(1, count) + labels.to(torch.uint8).numpy().tobytes())
        assert mnist.on_disk(name)


def header(dimensions: int, *shape: int) -> bytes:
    """Of an IDX file of bytes."""
    return bytes([0, 0, 8, dimensions]) + b"".join(each.to_bytes(4, "big") for each in shape)


@pytest.mark.slow
@pytest.mark.parametrize(
    "config",
    [
        RunConfig.of("mlp", {"name": "mnist"}, {"epochs": 2}),
        RunConfig.of("cnn-64", {"name": "fashion", "imbalance": 0.5, "label_noise": 0.1}, {"epochs": 1}),
        RunConfig.of("ae-conv", {"name": "fashion", **FEW}, {"epochs": 1}),
        RunConfig.of("gru", {"name": "mnist", **FEW}, {"epochs": 1}, model={"hidden": 6}),
    ],
    ids=lambda config: f"{config.name} {config.data.name}",
)
def test_scripts_on_downloaded_sets_print_the_numbers_of_the_run(config, small_sets, alone, expected):
    records = list(fit(config))
    assert records[0].data == config.data.name
    lines, precision = expected(records)
    assert alone(export(config, Ran(precision))) == lines


class Pair(SimpleTask):
    """Two numbers for each of some points, each with a loss of its own that sees the other."""

    name, notice, labels, precision = "points", "", (), "fp32"

    def __init__(self):
        self.sizes = {"train": 30, "validation": 30, "test": 30}
        torch.manual_seed(0)
        self.generator = torch.Generator()
        self.points = torch.linspace(-1, 1, 30)[:, None]
        self.model = nn.ModuleDict({"one": nn.Linear(1, 1), "other": nn.Linear(1, 1)})

    def gap(self, x):
        return self.model["one"](x) - self.model["other"](x)

    @property
    def phases(self):
        def chase(index):
            loss = self.gap(self.points[index]).square().mean()
            return loss, loss.detach()[None]

        def flee(index):
            loss = self.gap(self.points[index]).cos().mean()
            return loss, loss.detach()[None]

        one, other = (tuple(self.model[name].parameters()) for name in ("one", "other"))
        return Phase(one, chase, ("loss",), name="one"), Phase(other, flee, ("other",), rate=0.5, name="other")

    def evaluate(self, name):
        with torch.inference_mode():
            return {"loss": self.gap(self.points).square().mean().item()}

    def snapshots(self, step, epoch):
        return ()

    def examine(self):
        return self.evaluate("test"), (), NO_THRESHOLD


PAIR = Part(
    title="a pair", prints="loss", definitions=Code(), data=Code("points = torch.linspace(-1, 1, 30)[:, None]"),
    model='one, other = nn.Linear(1, 1), nn.Linear(1, 1)\nmodel = nn.ModuleDict({"one": one, "other": other})',
    evaluation="""@torch.inference_mode()
def evaluate(x):
    loss = (one(x) - other(x)).square().mean().item()
    return loss, f"loss {loss:.6f}"
""",
    phases=(
        script.Phase(
            ("x = points[index]", "loss = (one(x) - other(x)).square().mean()"), "one.parameters()", name="one"
        ),
        script.Phase(("loss = (one(x) - other(x)).cos().mean()",), "other.parameters()", 0.5, "other"),
    ),
    size="len(points)", validation="points", test="points",
)  # fmt: skip


def test_the_phases_of_a_step_take_turns(monkeypatch, printed, expected):
    config = RunConfig.of("mlp", training={"epochs": 3, "batch_size": 7, "gradient_clip": 0.1, "learning_rate": 0.1})
    monkeypatch.setattr("dlcore.training.task.make", lambda *given: Pair())
    lines, _ = expected(list(fit(config)))
    assert printed(script.joined(config, PAIR)) == lines


@pytest.mark.parametrize("size", [50, 30])
def test_the_script_of_a_run_that_diverged_ends_where_the_run_did(size, printed, expected):
    training = {"optimizer": "sgd", "learning_rate": 0.16, "batch_size": size, "epochs": 20, "precision": "fp32"}
    config = RunConfig.of("flatten, dense 20, dense 20, dense 10", FEW, training)
    records = list(fit(config))
    assert records[-1].reason == "diverged"
    message = f"The loss stopped being a number at step {records[-1].step}: training diverged."
    lines = expected(records)[0][:-1]
    assert len(lines) > 1
    assert printed(export(config)) == [*lines, message]


PACKAGES = {"sklearn": "scikit-learn"}


@pytest.mark.parametrize(
    "config",
    [CASES["generated"], CASES["every block"], RunConfig.of("vae", {"name": "fashion"}), RunConfig.of("char")],
    ids=lambda config: config.name,
)  # fmt: skip
def test_a_script_names_every_package_that_it_imports(config):
    text = export(config)
    head = ast.get_docstring(ast.parse(text))
    line = next(line for line in head.splitlines() if line.startswith("Install first: pip install "))
    named = set(line.removeprefix("Install first: pip install ").split(". ")[0].split())
    modules = {each.module for each in ast.walk(ast.parse(text)) if isinstance(each, ast.ImportFrom)}
    tops = {each.split(".")[0] for each in modules} | {"torch"}
    if "dlcore" in tops:
        assert INSTALLED in head
        return
    assert named == {PACKAGES.get(each, each) for each in tops if each not in sys.stdlib_module_names}


@pytest.mark.parametrize("config", [*CASES.values(), RunConfig.of("cvae"), RunConfig.of("lstm"), RunConfig.of("char")],
                         ids=lambda config: config.summary)  # fmt: skip
def test_a_script_is_neat(config, tmp_path):
    (tmp_path / "script.py").write_text(export(config), encoding="utf-8")
    for what in (["check", "--select", "E,F,I"], ["format", "--diff"]):
        command = [sys.executable, "-m", "ruff", *what, "--isolated", "--line-length", "120", "script.py"]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout


def test_a_script_says_what_it_lacks_of_the_run():
    head = ast.get_docstring(ast.parse(export(RunConfig.of("lstm", start="an earlier one"))))
    assert "the weights of the run 'an earlier one'" in head
    assert "figures are others" in head
    assert "figures are others" not in export(RunConfig.of("mlp", start="an earlier one"))


def test_scripts_of_images_are_written_without_torch():
    code = (
        "import sys; from dlcore.config.run import RunConfig; from dlcore.training.script import export;"
        "[export(RunConfig.of(each)) for each in ('mlp', 'cnn-64', 'residual(conv 1 3x3 pad 1), flatten, dense 10')];"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
