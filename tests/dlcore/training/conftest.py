"""What tests of exported scripts share: running them, and what a run would have printed."""

import contextlib
import io
import subprocess
import sys

import pytest

from dlcore.training.records import Epoch, Finished, Started

NEEDS_US = "in the folder of dlcore's source"


def without_us(monkeypatch):
    """Let no import find dlcore."""
    for name in [name for name in sys.modules if name.split(".")[0] == "dlcore"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "dlcore", None)


@pytest.fixture
def printed(monkeypatch):
    """Runs a script and gives the lines that it prints, with what it says if it gives up.

    It finds dlcore only if its head says that it needs it.
    """

    def run(script: str) -> list[str]:
        output, end = io.StringIO(), []
        with monkeypatch.context() as patched, contextlib.redirect_stdout(output):
            if NEEDS_US not in script.split('"""')[1]:
                without_us(patched)
            try:
                exec(compile(script, "script.py", "exec"), {"__name__": "__main__"})
            except SystemExit as error:
                end.append(str(error))
        return [*output.getvalue().splitlines(), *end]

    return run


@pytest.fixture
def alone(tmp_path):
    """Runs a script in an empty folder, in a process of its own that does not know where dlcore is."""

    def run(script: str) -> list[str]:
        (tmp_path / "script.py").write_text(script, encoding="utf-8")
        command = [sys.executable, "-c", "import runpy, sys; sys.modules['dlcore'] = None; runpy.run_path('script.py')"]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert not ended.returncode, ended.stderr
        return ended.stdout.splitlines()

    return run


def figures(values: dict[str, float]) -> str:
    """As scripts print them."""
    shown = {name: value for name, value in values.items() if name not in ("pca_mse", "naive", "linear", "perplexity")}
    return ", ".join(f"{name} {value:.4%}" if name == "accuracy" else f"{name} {value:.6f}"
                     for name, value in shown.items())  # fmt: skip


@pytest.fixture
def expected():
    """From the records of a run: what its script has to print, and the arithmetic that it has to use."""

    def read(records: list) -> tuple[list[str], str]:
        epochs = [each for each in records if isinstance(each, Epoch)]
        lines = [f"epoch {each.epoch}: validation {figures(each.validation)}" for each in epochs]
        test = next(each.test for each in records if isinstance(each, Finished))
        precision = next(each.precision for each in records if isinstance(each, Started))
        return [*lines, f"test {figures(test)}"], precision

    return read
