"""Lines of Python for scripts: definitions with all that they use, imports in order, calls that fit a line."""

import sys

import pytest

from dlcore.formula.calls import Call, Name
from dlcore.formula.source import Code, import_lines, source, stacked

LAYERS = '''"""A module."""

import math
from functools import partial

from torch import Tensor, nn

HEIGHT, WIDTH = 2, 3
AREA: int = HEIGHT * WIDTH  # by the definition
UNUSED = 4


def helper(x: Tensor) -> float:
    return math.sqrt(AREA)


@partial
def layer(x: "Tensor", WIDTH: int = 1):
    return nn.Linear(helper(x), WIDTH)


class Other:
    pass
'''


@pytest.fixture
def layers(tmp_path, monkeypatch):
    (tmp_path / "some_layers.py").write_text(LAYERS)
    monkeypatch.syspath_prepend(tmp_path)
    return "some_layers"


def test_a_definition_comes_with_what_it_uses_and_nothing_else(layers):
    code = source(f"{layers}:layer")
    assert code.text == LAYERS[LAYERS.index("HEIGHT") : LAYERS.index("class Other")].replace("UNUSED = 4\n", "").strip()
    assert set(code.imports) == {"import math", "from functools import partial", "from torch import nn",
                                 "from torch import Tensor"}  # fmt: skip


def test_a_module_is_read_and_not_imported(layers):
    assert source(f"{layers}:Other", f"{layers}:UNUSED") == Code("UNUSED = 4\n\n\nclass Other:\n    pass")
    assert layers not in sys.modules


def test_what_is_not_defined_is_an_error(layers):
    with pytest.raises(KeyError, match="missing"):
        source(f"{layers}:missing")


def test_imports_are_merged_and_sorted():
    lines = ["from torch import nn", "import torch", "from torch import Tensor", "import math", "from torch import nn"]
    assert import_lines(lines) == "import math\n\nimport torch\nfrom torch import Tensor, nn"


def test_definitions_stand_apart():
    assert stacked("a = 1", "", "b = 2\n", "def f():\n    pass", "c = 3") == (
        "a = 1\n\nb = 2\n\n\ndef f():\n    pass\n\n\nc = 3"
    )


def test_joined_lines_keep_what_each_of_them_relies_on():
    joined = Code.joined(Code("a = 1", ("import a",), ("a",)), Code("b = 2", ("import b", "import a"), ("b", "a")))
    assert joined == Code("a = 1\n\nb = 2", ("import a", "import b"), ("a", "b"))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (Call("nn.RNN", 3, 4, nonlinearity="relu"), 'nn.RNN(3, 4, nonlinearity="relu")'),
        (Call("some.where:started", Call("nn.Linear", 2, 3), Name("nn.init.zeros_"), std=1e-06),
         "started(nn.Linear(2, 3), nn.init.zeros_, std=1e-06)"),
    ],
)  # fmt: skip
def test_a_call_is_a_line_where_it_fits(call, code):
    assert call.lines() == call.code() == code


def test_a_long_call_has_an_argument_a_line_down_to_those_that_fit():
    layer = Call("nn.Linear", 1_000_000, 1_000_000)
    way = Call("nn.Sequential", layer, layer, layer, layer)
    assert Call("Residual", way, around=layer).lines(given="x = ") == (
        "x = Residual(\n"
        "    nn.Sequential(\n"
        "        nn.Linear(1000000, 1000000),\n"
        "        nn.Linear(1000000, 1000000),\n"
        "        nn.Linear(1000000, 1000000),\n"
        "        nn.Linear(1000000, 1000000),\n"
        "    ),\n"
        "    around=nn.Linear(1000000, 1000000),\n"
        ")"
    )
    assert Call("nn.Sequential", Call("nn.ReLU")).lines(spread=True) == "nn.Sequential(\n    nn.ReLU(),\n)"
