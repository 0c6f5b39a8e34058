"""The lines of a step's eight stages are lines of the script that a run exports."""

import pytest

from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.training.script import Ran, export
from dlcore.training.stage_lines import STAGES, stage_lines

LOSS = "loss = functional.cross_entropy(model(normalise(x)), y)"


def test_a_plain_run():
    found = stage_lines(RunConfig.of("flatten, dense 10"))
    assert tuple(found) == STAGES
    assert {name: (each.text, each.part) for name, each in found.items()} == {
        "preprocess": (LOSS, "normalise(x)"),
        "build": ("model = nn.Sequential(\n    nn.Flatten(),\n    nn.Linear(784, 10),\n)", ""),
        "initialise": ("torch.manual_seed(SEED)", ""),
        "forward": (LOSS, "model(normalise(x))"),
        "loss": (LOSS, "functional.cross_entropy(model(normalise(x)), y)"),
        "backward": ("loss.backward()", ""),
        "update": ("optimizer.step()", ""),
        "evaluate": ("loss, told = evaluate(x_validation, y_validation)", ""),
    }


@pytest.mark.parametrize(
    ("data", "training", "ran"),
    [
        ({"augment": ["affine"]}, {}, Ran()),
        ({"augment": ["affine"], "outliers": 0.2, "label_noise": 0.1}, {"gradient_clip": 1.0}, Ran(threads=(2,))),
        ({"outliers": 0.2}, {"label_smoothing": 0.1, "early_stopping": 3}, Ran(precision="bf16")),
    ],
)
def test_every_line_stands_in_the_script_and_every_part_in_its_line(data, training, ran):
    config = RunConfig.of("resnet", data, training)
    script = export(config, ran)
    for name, each in stage_lines(config, ran).items():
        assert each.text in script, name
        assert each.part in each.text, name
    found = stage_lines(config, ran)
    assert "model(" in found["forward"].part or "logits(" in found["forward"].part
    assert found["preprocess"].text.startswith("x = standardise(augment(" if "augment" in data else "known, unknown =")


def test_other_kinds_have_no_such_lines():
    with pytest.raises(InvalidValue, match="a run on images"):
        stage_lines(RunConfig.of("lstm"))
