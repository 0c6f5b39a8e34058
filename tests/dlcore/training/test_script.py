"""The exported script is the run: same numbers, to the last digit printed."""

import contextlib
import io

import pytest

from dlcore.training.config import DataConfig, RunConfig, TrainingConfig
from dlcore.training.loop import fit
from dlcore.training.records import Epoch, Finished, Started
from dlcore.training.script import export

CASES = {
    "plain": RunConfig("mlp", training=TrainingConfig(epochs=2)),
    "convolutions": RunConfig("cnn-64", training=TrainingConfig(epochs=1, schedule="one-cycle", optimizer="adamw")),
    "wide": RunConfig(
        "cnn-128", training=TrainingConfig(epochs=1, batch_size=128, gradient_clip=0.5, optimizer="nesterov")
    ),
    "hard data": RunConfig(
        "mlp",
        DataConfig(train_size=300, imbalance=0.8, label_noise=0.2),
        TrainingConfig(epochs=40, early_stopping=2, label_smoothing=0.1, schedule="cosine", seed=3),
    ),
    "generated": RunConfig(
        "cnn-64", DataConfig(augment=("affine", "pen"), outliers=0.1, train_size=200), TrainingConfig(epochs=2)
    ),
    "rmsprop": RunConfig("mlp", training=TrainingConfig(epochs=2, optimizer="rmsprop", schedule="step")),
    "adagrad": RunConfig("mlp", training=TrainingConfig(epochs=2, optimizer="adagrad", weight_decay=0.01)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_script_prints_the_numbers_of_the_run(name):
    config = CASES[name]
    records = list(fit(config))
    precision = next(record.precision for record in records if isinstance(record, Started))
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(export(config, precision=precision), "script.py", "exec"), {"__name__": "__main__"})
    expected = [
        f"epoch {record.epoch}: validation loss {record.validation['loss']:.6f}, "
        f"accuracy {record.validation['accuracy']:.4%}"
        for record in records
        if isinstance(record, Epoch)
    ]
    test = next(record.test for record in records if isinstance(record, Finished))
    expected.append(f"test loss {test['loss']:.6f}, accuracy {test['accuracy']:.4%}")
    assert output.getvalue().splitlines() == expected


@pytest.mark.parametrize("data", ["mnist", "fashion"])
def test_scripts_for_downloaded_sets_are_python(data):
    compile(export(RunConfig("cnn-128", DataConfig(data))), "script.py", "exec")
