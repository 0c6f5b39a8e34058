"""The exported script of a recurrent run is the run: same numbers, to the last digit printed."""

import pytest

from dlcore.config.run import RunConfig
from dlcore.training.loop import fit
from dlcore.training.script import Ran, export

FEW = {"train_size": 60}
SMALL = {"hidden": 6, "layers": 1}
ONCE = {"epochs": 1, "batch_size": 32}
RHYME = "One, two, buckle my shoe; three, four, knock at the door; five, six, pick up sticks.\n" * 4
CASES = {
    "signals": RunConfig.of("lstm", {"name": "signals", "noise": 0.3, **FEW}, {**ONCE, "epochs": 2}, model=SMALL),
    "rows": RunConfig.of(
        "gru", {"name": "digits", **FEW}, {**ONCE, "label_smoothing": 0.1}, model={**SMALL, "bidirectional": True}
    ),
    "adding": RunConfig.of(
        "rnn", {"name": "adding", "delay": 12, **FEW}, {**ONCE, "optimizer": "nesterov"}, model={**SMALL, "tbptt": 5}
    ),
    "recall": RunConfig.of(
        "rnn", {"name": "recall", "delay": 6, **FEW}, ONCE, model={**SMALL, "layers": 2, "cell": "simple-gated"}
    ),
    "sines": RunConfig.of(
        "lstm", {"name": "sines", "window": 16, "jitter": 0.1, **FEW}, {**ONCE, "dropout": 0.2},
        model={"hidden": 4, "layers": 2},
    ),
    "changes": RunConfig.of("gru", {"name": "sines", "window": 16, **FEW}, ONCE, model={**SMALL, "residual": True}),
    "mackey-glass": RunConfig.of("gru", {"name": "mackey-glass", "window": 12, **FEW}, ONCE, model=SMALL),
    "series": RunConfig.of(
        "rnn", {"name": "series", "text": "\n".join(str(each**0.5) for each in range(60)), "window": 8},
        {**ONCE, "epochs": 6, "early_stopping": 1, "learning_rate": 0.5}, model={**SMALL, "cell": "rnn-relu"},
    ),
    "windows": RunConfig.of(
        "gru", {"name": "mackey-glass", "window": 12, "tau": 22, **FEW}, {**ONCE, "precision": "bf16"}, model=SMALL
    ),
    "pasted": RunConfig.of(
        "char", {"name": "own", "text": "'\"\\ {x}\t\u2028\x0c\r\n🦉" * 30, "window": 16, **FEW}, ONCE, model=SMALL
    ),
    "topics": RunConfig.of("char", {"name": "topics", "window": 16, **FEW}, ONCE, model=SMALL),
    "own": RunConfig.of("char", {"name": "own", "text": RHYME, "window": 16}, ONCE, model={**SMALL, "tbptt": 7}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_script_prints_the_numbers_of_the_run(name, printed, expected):
    lines, precision = expected(list(fit(CASES[name])))
    assert printed(export(CASES[name], Ran(precision))) == lines


@pytest.mark.parametrize(("preset", "data"), [("lstm", "mnist"), ("lstm", "fashion"), ("char", "topics")])
def test_scripts_for_large_sets_are_python_and_need_nothing_of_ours(preset, data):
    script = export(RunConfig.of(preset, {"name": data}))
    compile(script, "script.py", "exec")
    assert "import dlcore" not in script
    assert "from dlcore" not in script
