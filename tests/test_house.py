"""What holds for the whole house: the core knows no screen, and stays light where pages need it to be."""

import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from importlinter import cli

from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig

ROOT = Path(__file__).parents[1]


def test_every_arrow_points_down():
    """Which package may import which is written in pyproject.toml, under importlinter."""
    assert cli.lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0


def test_nobody_imports_a_page():
    graph = grimp.build_graph("dlcore", "pages", cache_dir=None)
    pages = {f"pages.{path.stem}" for path in (ROOT / "pages").glob("*.py")}
    assert pages <= graph.modules
    assert not {page: found for page in pages if (found := graph.find_modules_that_directly_import(page))}


def test_figures_bring_no_widget_along():
    names = [f"pages.figures.{path.stem}" for path in (ROOT / "pages" / "figures").glob("*.py")]
    code = f"""
import importlib, sys
for name in {names}:
    importlib.import_module(name)
    above = [each for each in sys.modules if each == "streamlit" or each.startswith(("pages.shared", "pages.parts"))]
    if above:
        sys.exit(f"{{name}} brings {{above[0]}} along")
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "module",
    [
        "dlcore",
        "dlcore.errors",
        "dlcore.data.ink",
        "dlcore.data.strokes",
        "dlcore.data.own.files",
        "dlcore.config.presets",
        "dlcore.config.run",
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


def test_the_type_checker_has_nothing_to_say():
    command = [sys.executable, "-m", "pyrefly", "check", "--python-interpreter-path", sys.executable]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_requirements_pin_exact_versions():
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    assert all(re.fullmatch(r"[a-z0-9-]+(\[[a-z]+\])?==[0-9][\w.]*", line) for line in lines if line)


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.kind == "image"])
def test_the_readme_shows_the_networks_that_the_names_stand_for(name):
    model = RunConfig.of(name).model
    row = f"| `{name}` | `{model.network}` | {model.parameters:,} |"
    assert row in (ROOT / "README.md").read_text(encoding="utf-8")
