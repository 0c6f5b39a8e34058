"""The code that the explorers show, run as a visitor would: from an empty folder, where dlcore is installed."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf.text_format import MessageToString
from streamlit.testing.v1 import AppTest

from dlcore.descent.questions import question
from dlcore.formula.numbers import fixed, number, percent
from pages.shared.code_view import with_needs
from tests.pages.visits import visited

VISITOR = "0" * 32
INSTALLED = Path(__file__).parents[2]


def found(pattern: str, form: Callable[[float], str] = number) -> Callable[[str], str]:
    """From what the code prints, a number as the page writes it."""
    return lambda printed: form(float(re.search(pattern, printed, re.MULTILINE)[1]))


def said(pattern: str) -> Callable[[str], str]:
    """From what the code prints, words that the page says too."""
    return lambda printed: re.search(pattern, printed)[1]


def digits(count: int) -> Callable[[float], str]:
    return lambda value: number(value, count)


def places(count: int) -> Callable[[float], str]:
    return lambda value: fixed(value, count)


SHOWN = {
    "activations": {
        "curves": ({"act_x": "1.5"}, found(r"\n(\S+)", digits(3))),
        "neuron": ({}, found(r" (\S+)$", digits(3))),
        "few": ({}, found(r"^(\S+)", lambda error: number(error**0.5, 2))),
        "depth": ({}, said(r"evidence='(.+?)\.'")),
        "softmax": ({}, found(r"\[(\S+),", percent)),
        "gates": ({}, found(r"^(\S+)", digits(3))),
    },
    "losses": {
        "curves": ({"loss_at_number": "1.7"}, found(r"huber (\S+)")),
        "classes": ({}, found(r"\n(\S+)\n")),
        "outlier": ({}, found(r"huber (\S+)", places(3))),
        "slow": ({}, said(r"bce-logits .* (\d+)")),
    },
    "descent": {
        "race": ({}, found(r"Momentum .* (\S+)")),
        "steps": ({}, said(r"(Adam) \[")),
        "sweep": ({}, found(r"SGD \((\S+),", lambda rate: f"SGD: best at {number(rate, 2)}")),
        "basins": ({"gdb_resolution": "61"}, found(r"minimum .* (\d+)", lambda starts: f"{starts:,.0f} starts")),
        "predict": ({}, said(r"(in step \d+\. Slope \d)")),
        "network": ({"gdn_plane": "random", "gdn_detail": "coarse"}, found(r"loss at θ\* (\S+)", places(4))),
    },
    "regression": {
        "alone": ({}, found(r"gradient descent (\S+)", places(4))),
        "batches": ({"reg_batch": "10", "reg_epochs": "100"}, found(r"gradient descent (\S+)", places(4))),
        "trained": ({"reg_beside": "adam", "reg_epochs": "100"}, found(r"dlcore (\S+)", places(4))),
    },
    "backprop": {
        "network": ({}, found(r"J = (\S+)")),
        "proof": ({}, found(r"finite difference (\S+)", digits(2))),
        "graph": ({}, found(r"^value (\S+)", repr)),
        "run": ({"bp_image": "17"}, found(r"^loss (\S+)", places(4))),
    },
}
SECTION = {"activations": "act_section", "losses": "loss_section", "descent": "gd_section", "backprop": "bp_section"}


def opened(page: str, section: str, link: dict[str, str]) -> AppTest:
    if page in SECTION:
        link = {SECTION[page]: section, **link}
    app = visited(f"pages/{page}.py", VISITOR, **link)
    if section == "predict":
        app.button(key=f"gdp_{question(1).answer}").click().run()
    assert not app.warning
    return app


def everything(app: AppTest) -> str:
    """All that was sent to the browser, the data of components too."""
    return " ".join(MessageToString(each.proto, as_utf8=True) for each in app.main if getattr(each, "proto", None))


def ran(script: str, folder: Path) -> str:
    """What a script prints in a process of its own that starts in `folder`."""
    (folder / "shown.py").write_text(script, encoding="utf-8")
    (folder / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, folder / "shown.py"], cwd=folder / "empty", capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(INSTALLED), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("page", "section"), [pytest.param(page, section) for page, sections in SHOWN.items() for section in sections]
)
def test_shown_code_runs_from_an_empty_folder_and_prints_what_the_page_shows(page, section, tmp_path):
    link, expected = SHOWN[page][section]
    app = opened(page, section, link)
    script = app.code[-1].value
    assert script.startswith(("# Runs wherever dlcore is installed: pip install ", "# Needs numpy: pip install numpy"))
    assert not re.search(r"^\s*(from|import) (pages|app|tests)\b", script, re.MULTILINE)
    assert expected(ran(script, tmp_path)) in everything(app)


@pytest.mark.parametrize(
    ("script", "head"),
    [
        ("from dlcore.data.sets import load\nimport torch", "# Runs wherever dlcore is installed: pip install "),
        ("import os\nfrom sklearn import svm\nimport numpy as np", "# Needs scikit-learn and numpy: pip install sc"),
        ("import math\nprint(math.pi)", "import math\n"),
        ("# Needs torch: pip install torch\nimport torch", "# Needs torch: pip install torch\nimport torch\n"),
    ],
)  # fmt: skip
def test_code_begins_with_what_it_needs_unless_it_says_so_itself(script, head):
    assert with_needs(script).startswith(head)
    assert with_needs(script).endswith(script + "\n")
