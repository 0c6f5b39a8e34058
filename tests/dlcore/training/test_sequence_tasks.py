"""Training on sequences as its consumers see it: records, resumption, equal batches, the command line."""

import json
import math
from collections.abc import Iterable

import pytest
import torch

from dlcore.cli import main
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.models import files
from dlcore.training import checkpoint
from dlcore.training.controls import Controls
from dlcore.training.loop import fit
from dlcore.training.records import Checkpoint, Epoch, Finished, Record, Snapshot, Started, Step
from dlcore.training.task import NO_THRESHOLD, make
from dlcore.training.tasks.recurrent.task import SequenceTask

OWN = "Ein Esel streckt sich. (Ja!) " * 20
TASKS = ("signals", "digits", "recall", "adding", "sines", "mackey-glass", "series", "topics", "own")
PASTED = "\n".join(str(round(math.sin(step / 3), 3)) for step in range(120))


def config(preset: str = "lstm", data: str = "signals", model: dict | None = None, **training) -> RunConfig:
    sequences = {"name": data, "train_size": 40, "delay": 8, "window": 12}
    sequences |= {"series": {"text": PASTED}, "own": {"text": OWN}}.get(data, {})
    settings = {"epochs": 2, "batch_size": 16, "learning_rate": 0.01, "precision": "fp32", **training}
    return RunConfig.of(preset, sequences, settings, "cpu", {"hidden": 8, "layers": 2, **(model or {})})


def of(data: str, **more) -> RunConfig:
    return config("char" if data in ("topics", "own") else "lstm", data, **more)


def only(kind: type, records: Iterable[Record]) -> list:
    return [record for record in records if isinstance(record, kind)]


def losses(records: Iterable[Record]) -> list[float]:
    return [step.values["loss"] for step in only(Step, records)]


@pytest.mark.parametrize("data", TASKS)
def test_every_task_runs_from_start_to_end(data):
    records = list(fit(of(data)))
    started, finished = records[0], records[-1]
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert finished.reason == "completed"
    assert started.sizes["train"] == 40
    names = {
        "adding": {"loss", "naive"}, "sines": {"loss", "naive", "linear"}, "own": {"loss", "perplexity", "accuracy"},
    }  # fmt: skip
    names["mackey-glass"] = names["series"] = names["sines"]
    names["topics"] = names["own"]
    expected = names.get(data, {"loss", "accuracy"})
    assert set(finished.test) == expected
    assert set(only(Epoch, records)[-1].validation) == expected
    assert all(math.isfinite(value) for value in finished.test.values())
    counted = sum(map(sum, finished.confusion))
    assert counted == (started.sizes["test"] if started.labels else 0)
    _, header = files.load(finished.weights)
    assert header["labels"] == started.labels
    assert (header["threshold"] > NO_THRESHOLD) == (data == "digits")
    if data in ("topics", "own"):
        assert finished.test["perplexity"] == pytest.approx(math.exp(finished.test["loss"]), rel=1e-4)


@pytest.mark.parametrize("data", TASKS)
def test_snapshots_have_the_arrays_that_are_promised(data):
    shots = {shot.name: shot.arrays for shot in only(Snapshot, fit(of(data, epochs=1)))}
    steps = {"digits": 8, "signals": 10, "recall": 10, "adding": 8}.get(data, 12)
    assert shots["hidden"]["states"].shape == (2, steps, 8)
    assert len(shots["hidden"]["inputs"]) == steps
    assert shots["gradients"]["state"].shape == shots["gradients"]["distance"].shape == (steps,)
    third = {"adding": "adding", "sines": "forecast", "mackey-glass": "forecast", "series": "forecast",
             "topics": "samples", "own": "samples"}.get(data, "reading")  # fmt: skip
    arrays = shots[third]
    if third == "reading":
        assert arrays["probabilities"].shape[:2] == (12, steps)
        assert arrays["probabilities"].sum(2) == pytest.approx(1, abs=1e-5)
    elif third == "adding":
        assert arrays["outputs"].shape == (12, 8)
    elif third == "forecast":
        lengths = {len(arrays[name]) for name in ("time", "truth", "one_step", "free", "naive", "linear")}
        assert len(lengths) == 1
        assert math.isfinite(arrays["free"][-1])
    else:
        assert arrays["codes"].shape == (3, 240)
        assert shots["next"]["probabilities"].sum() == pytest.approx(1, abs=1e-5)
    assert sum(array.nbytes for each in shots.values() for array in each.values()) < 1_000_000


def test_what_is_watched_stays_the_same_sample():
    shots = [shot.arrays for shot in only(Snapshot, fit(config())) if shot.name == "reading"]
    assert len(shots) == 3
    assert (shots[0]["inputs"] == shots[-1]["inputs"]).all()
    assert (shots[0]["labels"] == shots[-1]["labels"]).all()
    assert (shots[0]["probabilities"] != shots[-1]["probabilities"]).any()


@pytest.mark.parametrize(
    ("preset", "data", "model"),
    [
        ("lstm", "signals", {}),
        ("gru", "adding", {"tbptt": 3}),
        ("rnn", "recall", {"cell": "simple-gated"}),
        ("char", "own", {}),
        ("rnn", "sines", {"cell": "rnn-relu"}),
        ("lstm", "signals", {"bidirectional": True}),
    ],
)
def test_a_resumed_run_continues_bit_for_bit(preset, data, model):
    settings = config(preset, data, model, dropout=0.3, label_smoothing=0.1, schedule="cosine")
    whole = list(fit(settings))
    controls, before = Controls(), []
    for record in fit(settings, controls):
        before.append(record)
        if isinstance(record, Step) and record.step == 4:
            controls.checkpoint()
        if isinstance(record, Checkpoint) and record.step >= 4:
            break
    saved = checkpoint.loads(checkpoint.dumps(record.tensors))
    after = list(fit(settings, resume=saved))
    assert losses(before) + losses(after) == losses(whole)
    assert after[-1].test == whole[-1].test
    assert after[-1].weights == whole[-1].weights


@pytest.mark.parametrize("data", ["adding", "recall"])
def test_three_networks_with_one_seed_see_the_same_batches(data, monkeypatch):
    seen: list[torch.Tensor] = []
    plain = SequenceTask.outputs

    def watched(self, split, index):
        if self.model.training:
            batch = split.batch(index)
            seen.append(torch.cat((batch.inputs.flatten(), batch.targets.flatten())))
        return plain(self, split, index)

    monkeypatch.setattr(SequenceTask, "outputs", watched)
    runs = []
    for preset in ("rnn", "gru", "lstm"):
        list(fit(config(preset, data, {"cell": preset.replace("rnn", "rnn-tanh")}, dropout=0.2)))
        runs.append(torch.stack([each for each in seen if len(each) == len(seen[0])]))
        seen.clear()
    assert torch.equal(runs[0], runs[1])
    assert torch.equal(runs[0], runs[2])
    assert len(runs[0]) == 4, "the two full batches of each epoch"


@pytest.mark.parametrize("data", ["sines", "own"])
def test_it_learns(data):
    settings = of(data, epochs=4, batch_size=20, learning_rate=0.02, model={"hidden": 24, "layers": 1})
    more = RunConfig.from_dict({**settings.to_dict(), "data": {**settings.to_dict()["data"], "train_size": 600}})
    finished = list(fit(more))[-1]
    assert finished.test["loss"] < (finished.test["naive"] if data == "sines" else math.log(20)) / 2


def test_the_loss_of_a_series_counts_only_forecasts_with_a_past():
    task = make(config(data="sines"), torch.device("cpu"))
    outputs, targets = task.outputs(task.splits["train"], torch.arange(4))
    assert len(outputs) == len(targets) == 4 * (12 - 3)
    outputs, targets = task.predict("test")
    start = task.data.bounds[1]
    assert torch.equal(targets, task.data.values[start:])
    assert task.evaluate("test")["loss"] == pytest.approx((outputs[:, 0] - targets).square().mean().item(), rel=1e-5)


def test_settings_that_contradict_each_other_end_before_the_first_record():
    with pytest.raises(InvalidValue, match="bidirectional must be off"):
        next(fit(config(data="sines", model={"bidirectional": True})))


def test_divergence_ends_the_run_with_advice():
    wild = {"optimizer": "sgd", "learning_rate": 10.0, "schedule": "constant", "gradient_clip": 0.0, "epochs": 20}
    finished = list(fit(of("sines", model={"cell": "rnn-relu"}, **wild)))[-1]
    assert finished.reason == "diverged"
    assert "smaller learning rate" in finished.message


def test_bf16_trains_too():
    finished = list(fit(config(precision="bf16", epochs=1)))[-1]
    assert math.isfinite(finished.test["loss"])


@pytest.mark.parametrize(
    ("preset", "data", "options"),
    [
        ("lstm", "signals", ["--noise", "0.2", "--bidirectional"]),
        ("gru", "adding", ["--delay", "9", "--tbptt", "4"]),
        ("rnn", "mackey-glass", ["--tau", "12", "--window", "16", "--cell", "rnn-relu"]),
        ("char", "topics", ["--window", "16"]),
    ],
)
def test_the_command_line_trains_them(preset, data, options, tmp_path, capsys):
    common = ["--train-size", "30", "--epochs", "1", "--hidden", "6", "--out", str(tmp_path), "--json"]
    assert main(["train", preset, "--data", data, *options, *common]) == 0
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (summary["preset"], summary["data"], summary["reason"]) == (preset, data, "completed")
    assert math.isfinite(summary["test_loss"])
    assert (tmp_path / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "lstm", "--data", "topics"], "lstm can be trained on signals"),
        (["train", "char", "--data", "own"], "a text must have at least 100 characters, got an empty one"),
        (["train", "lstm", "--data", "series", "--text", "1 2"], "at least 20 numbers, got 2 numbers"),
        (["train", "gru", "--cell", "grue"], "did you mean 'gru'?"),
        (["train", "rnn", "--delay", "2"], "delay must be between 5 and 200, got 2"),
    ],
)
def test_the_command_line_refuses_with_a_sentence(arguments, sentence, capsys):
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_the_perplexity_of_an_epoch_is_that_of_its_mean_loss():
    for epoch in only(Epoch, fit(of("own"))):
        for measured in (epoch.train, epoch.validation):
            assert measured["perplexity"] == pytest.approx(math.exp(measured["loss"]), rel=1e-5)
