"""What holds for the whole house: the core knows no screen, and stays light where pages need it to be."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "dlcore").rglob("*.py"))
FIGURES = sorted((ROOT / "pages" / "figures").glob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level names of every package that a file imports, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_imports_neither_streamlit_nor_plotly_nor_pages(path):
    assert not imported(path) & {"streamlit", "plotly", "pages"}


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.name)
def test_figures_know_no_widget(path):
    assert "streamlit" not in imported(path)


@pytest.mark.parametrize(
    "module",
    [
        "dlcore",
        "dlcore.errors",
        "dlcore.ink",
        "dlcore.data.strokes",
        "dlcore.models.presets",
        "dlcore.training.config",
        "dlcore.training.curve",
        "dlcore.training.records",
        "dlcore.training.script",
        "dlcore.runs.store",
    ],
)
def test_what_the_first_page_needs_imports_no_torch(module):
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_has_nothing_to_say(command):
    result = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_requirements_pin_exact_versions():
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", line) for line in lines if line)
