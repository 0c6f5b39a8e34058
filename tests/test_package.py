"""The installed package: what is in it, and that it works far from this repository."""

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = PROJECT["optional-dependencies"]
COMMAND = """
import sys
from importlib.metadata import entry_points
command, = entry_points(group="console_scripts", name="dlcore")
sys.exit(command.load()())
"""


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory) -> Path:
    """What `pip install .` would put into an environment."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "unpacked")
    return folder / "unpacked"


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9-]+", each)[0].lower() for each in requirements}


def imported(path: Path) -> set[str]:
    """Top-level names of every package that a file imports, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_the_whole_core_is_packed_with_its_weights_and_types_and_nothing_else(unpacked):
    packed = {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}
    core = ROOT / "dlcore"
    wanted = {core / "py.typed", *core.rglob("*.py"), *(core / "weights").glob("*.*")}
    found = {str(path) for path in packed if not path.parts[0].endswith(".dist-info")}
    assert found == {str(path.relative_to(ROOT)) for path in wanted}
    assert "dlcore/weights/mlp.safetensors" in found
    assert "dlcore/py.typed" in found


@pytest.mark.slow
def test_the_command_works_from_an_empty_folder_and_its_status_tells_how_it_went(unpacked, tmp_path):
    drawing = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(drawing).line((100, 30, 100, 170), fill=0, width=16)
    drawing.save(tmp_path / "one.png")

    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env={"PYTHONPATH": str(unpacked), "DLCORE_HOME": "home"},
            capture_output=True, text=True,
        )  # fmt: skip

    told = run("-m", "dlcore", "info")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"{'dlcore':14s} ")
    where = run("-c", "import dlcore; print(dlcore.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(unpacked)
    read = run("-c", COMMAND, "classify", "one.png", "nothing.png")
    assert read.returncode == 1, read.stderr
    first, second = map(json.loads, read.stdout.splitlines())
    assert first["digit"] == 1
    assert second == {"file": "nothing.png", "error": "cannot be read: no such file or directory"}


def test_pyproject_and_requirements_name_the_same_packages():
    pinned: dict[str, list[str]] = {}
    for line in filter(None, (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()):
        if line.startswith("# "):
            group = pinned.setdefault(line.removeprefix("# "), [])
        else:
            group.append(line)
    declared = {
        "the app": OPTIONAL["app"],
        "the core": PROJECT["dependencies"],
        "a store on PostgreSQL": OPTIONAL["postgresql"],
        "the tests": OPTIONAL["test"],
    }
    assert {group: names(each) for group, each in pinned.items()} == {
        group: names(each) for group, each in declared.items()
    }


@pytest.mark.parametrize(("folder", "extra"), [("dlcore", "dask"), ("pages", "app")])
def test_what_is_imported_is_declared(folder, extra):
    used = set().union(*map(imported, (ROOT / folder).rglob("*.py"))) - sys.stdlib_module_names - {"dlcore", "pages"}
    known = {"distributed": ["distributed"], **packages_distributions()}
    assert {known[module][0].lower().replace("_", "-") for module in used} <= names(
        [*PROJECT["dependencies"], *OPTIONAL[extra]]
    )
