"""The exported script of a recurrent run is the run: same numbers, to the last digit printed."""

import contextlib
import io

import pytest

from dlcore.training.config import RunConfig
from dlcore.training.loop import fit
from dlcore.training.records import Epoch, Finished
from dlcore.training.script_recurrent import export

FEW = {"train_size": 60}
SMALL = {"hidden": 6, "layers": 1}
ONCE = {"epochs": 1, "batch_size": 32}
RHYME = "One, two, buckle my shoe; three, four, knock at the door; five, six, pick up sticks.\n" * 4
CASES = {
    "signals": RunConfig("lstm", {"name": "signals", "noise": 0.3, **FEW}, {**ONCE, "epochs": 2}, model=SMALL),
    "rows": RunConfig(
        "gru", {"name": "digits", **FEW}, {**ONCE, "label_smoothing": 0.1}, model={**SMALL, "bidirectional": True}
    ),
    "adding": RunConfig(
        "rnn", {"name": "adding", "delay": 12, **FEW}, {**ONCE, "optimizer": "nesterov"}, model={**SMALL, "tbptt": 5}
    ),
    "recall": RunConfig(
        "rnn", {"name": "recall", "delay": 6, **FEW}, ONCE, model={**SMALL, "layers": 2, "cell": "simple-gated"}
    ),
    "sines": RunConfig(
        "lstm", {"name": "sines", "window": 16, "jitter": 0.1, **FEW}, {**ONCE, "dropout": 0.2},
        model={"hidden": 4, "layers": 2},
    ),
    "mackey-glass": RunConfig("gru", {"name": "mackey-glass", "window": 12, **FEW}, ONCE, model=SMALL),
    "series": RunConfig(
        "rnn", {"name": "series", "text": "\n".join(str(each**0.5) for each in range(60)), "window": 8},
        {**ONCE, "epochs": 6, "early_stopping": 1, "learning_rate": 0.5}, model={**SMALL, "cell": "rnn-relu"},
    ),
    "own": RunConfig("char", {"name": "own", "text": RHYME, "window": 16}, ONCE, model={**SMALL, "tbptt": 7}),
}  # fmt: skip


def told(values: dict[str, float]) -> str:
    accuracy = f", accuracy {values['accuracy']:.4%}" if "accuracy" in values else ""
    return f"loss {values['loss']:.6f}{accuracy}"


@pytest.mark.parametrize("name", CASES)
def test_the_script_prints_the_numbers_of_the_run(name):
    records = list(fit(CASES[name]))
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(export(CASES[name]), "script.py", "exec"), {"__name__": "__main__"})
    expected = [
        f"epoch {each.epoch}: validation {told(each.validation)}" for each in records if isinstance(each, Epoch)
    ]
    expected.append(f"test {told(next(each.test for each in records if isinstance(each, Finished)))}")
    assert output.getvalue().splitlines() == expected


@pytest.mark.parametrize(("preset", "data"), [("lstm", "mnist"), ("lstm", "fashion"), ("char", "topics")])
def test_scripts_for_large_sets_are_python_and_need_nothing_of_ours(preset, data):
    script = export(RunConfig(preset, {"name": data}))
    compile(script, "script.py", "exec")
    assert "import dlcore" not in script
    assert "from dlcore" not in script
