"""Which weights of a run are kept: the best and the last, and how a run says which they are."""

import torch

from dlcore.config.run import RunConfig
from dlcore.models import files
from dlcore.training import checkpoint
from dlcore.training.controls import Controls
from dlcore.training.loop import fit
from dlcore.training.records import Checkpoint, Epoch, Finished, Step, from_dict, to_dict


def config(**training) -> RunConfig:
    return RunConfig.of("mlp", {"train_size": 200}, {"batch_size": 20, **training}, "cpu")


def measured(weights: bytes) -> dict:
    return files.load(weights)[1]["measured"]


def ruined(settings: RunConfig, resume=None) -> list:
    """The records of a run whose learning rate is raised after epoch 5, far too high."""
    controls = Controls()
    records = []
    for record in fit(settings, controls, resume=resume):
        records.append(record)
        if isinstance(record, Epoch) and record.epoch == 5:
            controls.set("learning_rate", 3.0)
    return records


def test_after_a_ruined_stretch_the_best_weights_are_the_model_and_the_last_are_kept_too():
    records = ruined(config(epochs=8))
    finished = records[-1]
    epochs = [each for each in records if isinstance(each, Epoch)]
    lowest = min(epochs, key=lambda each: each.validation["loss"])
    assert (finished.best.step, finished.best.validation) == (lowest.step, lowest.validation)
    assert (finished.last.step, finished.last.validation) == (epochs[-1].step, epochs[-1].validation)
    assert finished.best.epoch <= 6 < finished.last.epoch
    assert finished.test == finished.best.test
    assert finished.best.test["accuracy"] > finished.last.test["accuracy"] + 0.3
    assert measured(finished.weights)["weights"] == finished.best.said
    assert measured(finished.weights)["accuracy"] == finished.best.test["accuracy"]
    assert measured(finished.last_weights)["weights"] == "after epoch 8"
    assert measured(finished.last_weights)["accuracy"] == finished.last.test["accuracy"]


def test_a_run_that_only_gets_better_has_one_set_of_weights():
    finished = list(fit(config(epochs=2)))[-1]
    assert finished.best == finished.last
    assert finished.weights
    assert not finished.last_weights
    assert not finished.has_last


def test_a_run_that_is_stopped_within_an_epoch_counts_all_of_its_steps_and_says_so():
    controls = Controls()
    for record in fit(config(epochs=9), controls):
        if isinstance(record, Step) and record.step == 33:
            controls.stop()
    assert (record.step, record.epoch) == (33, 4)
    assert record.message.startswith("Stopped after step 33 of 90, in epoch 4. ")
    assert record.last.said == "after step 33, in epoch 4"
    assert record.last.said in record.message
    assert measured(record.last_weights or record.weights)["weights"] == record.last.said


def test_epochs_tell_where_the_best_was_so_far_and_records_survive_the_store():
    records = ruined(config(epochs=8))
    for record in records:
        if isinstance(record, Epoch):
            assert record.best.epoch <= record.epoch
            assert record.best.validation["loss"] <= record.validation["loss"]
            assert from_dict(to_dict(record)) == record
    again = from_dict(to_dict(records[-1]))
    assert (again.best, again.last, again.has_last) == (records[-1].best, records[-1].last, True)


def test_a_run_that_is_resumed_after_a_ruined_stretch_still_has_its_best_weights():
    records = ruined(config(epochs=8))
    point = [each for each in records if isinstance(each, Checkpoint)][6]
    assert point.epoch == 7
    saved = checkpoint.loads(checkpoint.dumps(point.tensors))
    rest = list(fit(config(epochs=8), resume=saved))
    assert rest[-1].weights == records[-1].weights
    assert rest[-1].last_weights == records[-1].last_weights


def test_a_checkpoint_of_an_older_version_keeps_what_it_had():
    """It had one set of weights, the last ones without early stopping, and not what they had reached."""
    records = list(fit(config(epochs=3)))
    first = next(each for each in records if isinstance(each, Checkpoint))
    model = checkpoint.unpack("model", first.tensors)
    today = ("best", "last", "loop.threads")
    old = {name: each for name, each in first.tensors.items() if not name.startswith(today)}
    old |= checkpoint.pack("kept", model) | checkpoint.pack("loop", {"best_epoch": 1, "best_loss": 0.5})
    rest = list(fit(config(epochs=3), resume=old))
    epoch = next(each for each in records if isinstance(each, Epoch))
    assert rest[-1].weights == records[-1].weights
    stopped = Controls()
    stopped.stop()
    end = list(fit(config(epochs=3), stopped, resume=old))[-1]
    assert (end.best.epoch, end.best.validation["loss"]) == (1, epoch.validation["loss"])


def test_a_diverged_run_keeps_the_weights_from_before():
    controls = Controls()
    for record in fit(config(epochs=30, optimizer="sgd", learning_rate=0.1), controls):
        if isinstance(record, Epoch) and record.epoch == 2:
            controls.set("learning_rate", 10.0)
            controls.set("weight_decay", 1.0)
    assert record.reason == "diverged"
    assert record.best.epoch == 2
    assert record.best.said in record.message
    assert all(tensor.isfinite().all() for tensor in files.load(record.weights)[0].state_dict().values())


def test_the_numbers_of_threads_are_told():
    before = torch.get_num_threads()
    controls = Controls()
    try:
        for record in fit(config(epochs=2), controls):
            if isinstance(record, Step):
                torch.set_num_threads(1 if record.step < 10 else 2)
    finally:
        torch.set_num_threads(before)
    assert isinstance(record, Finished)
    assert record.threads[-2:] == (1, 2)
