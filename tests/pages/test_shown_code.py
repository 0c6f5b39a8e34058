"""The code that the explorers show, run as a visitor would: from an empty folder, where dlcore is installed."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from google.protobuf.text_format import MessageToString
from PIL import Image
from streamlit.testing.v1 import AppTest

from dlcore.descent.questions import question
from dlcore.formula.needs import sentence
from dlcore.formula.numbers import fixed, number, percent
from pages.shared.code_view import with_needs
from tests.pages.visits import visited

VISITOR = "0" * 32
DRAWING = np.full((280, 280), 255, dtype=np.uint8)
"""Black on white: an upright stroke."""
DRAWING[50:230, 130:150] = 0
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
        "sweep": ({}, found(r"SGD \((\S+),", lambda rate: f"SGD: lowest at {number(rate, 2)}")),
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


def ran(script: str, folder: Path, drawing: np.ndarray | None = None) -> str:
    """What a script prints in a process of its own, which starts where there is nothing but a drawing, if any."""
    (folder / "shown.py").write_text(script, encoding="utf-8")
    (folder / "empty").mkdir()
    if drawing is not None:
        Image.fromarray(drawing).save(folder / "empty" / "drawing.png")
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
    assert script.startswith((f"# {sentence(['dlcore'])}\n", f"# {sentence(['numpy'])}\n"))
    assert not re.search(r"^\s*(from|import) (pages|app|tests)\b", script, re.MULTILINE)
    assert expected(ran(script, tmp_path)) in everything(app)


@pytest.mark.slow
@pytest.mark.parametrize("section", ["latent", "generate", "own", "anomaly", "few-labels", "weights"])
def test_the_code_of_autoencoders_runs_from_an_empty_folder(section, tmp_path):
    app = visited("pages/autoencoder.py", VISITOR, ae_section=section)
    script = [each.value for each in app.code if "import" in each.value][-1]  # a card's command comes behind it
    assert script.startswith(f"# {sentence(['dlcore'])}\n")
    assert ran(script, tmp_path, DRAWING).strip()


def test_the_code_of_a_drawing_runs_from_an_empty_folder_and_reads_it(tmp_path):
    app = visited("pages/draw.py", VISITOR)
    (script,) = (each.value for each in app.code if "Classifier.load" in each.value)
    assert script.startswith(f"# {sentence(['dlcore'])}\n")
    assert ran(script, tmp_path, DRAWING).startswith("1 ")


@pytest.mark.parametrize(
    ("script", "head"),
    [
        ("from dlcore.data.sets import load\nimport torch", "# Install first: pip install . in the folder of dlcore"),
        ("import os\nfrom sklearn import svm\nimport numpy as np", "# Install first: pip install scikit-learn numpy."),
        ("import math\nprint(math.pi)", "import math\n"),
        ("import torch", "# Install first: pip install torch. Then it runs from any folder.\nimport torch\n"),
        ("# Needs: pip install torch\nimport torch", "# Needs: pip install torch\nimport torch\n"),
    ],
)  # fmt: skip
def test_code_begins_with_what_it_needs_unless_it_says_so_itself(script, head):
    assert with_needs(script).startswith(head)
    assert with_needs(script).endswith(script + "\n")
