"""What a script promises of its figures, on which threads and which data it rests, and that it is kept."""

import ast
import os

import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.data import mnist
from dlcore.models import files
from dlcore.training.loop import fit
from dlcore.training.records import Epoch, Finished
from dlcore.training.script import Ran, export

KINDS = {
    "mlp": RunConfig.of("mlp", {"train_size": 64}, {"epochs": 1}, "cpu"),
    "cnn": RunConfig.of("cnn-64", {"train_size": 64}, {"epochs": 1}, "cpu"),
    "recurrent": RunConfig.of("lstm", {"train_size": 64}, {"epochs": 1}, "cpu"),
    "autoencoder": RunConfig.of("ae-conv", {"train_size": 64}, {"epochs": 1}, "cpu"),
    "variational": RunConfig.of("vae", {"train_size": 64}, {"epochs": 1}, "cpu"),
}


@pytest.fixture
def two_threads():
    """Two threads here, and one in processes that start from here and do not ask for more."""
    before = torch.get_num_threads()
    assert os.environ["OMP_NUM_THREADS"] == "1"
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_a_script_sets_the_threads_of_its_run_and_repeats_it_in_a_process_of_its_own(
    name, two_threads, alone, expected
):
    records = list(fit(KINDS[name]))
    lines, precision = expected(records)
    script = export(KINDS[name], Ran(precision, records[0].data, records[-1].threads))
    assert "torch.set_num_threads(2)" in script
    assert alone(script) == lines


@pytest.mark.slow
@pytest.mark.parametrize(
    "config",
    [
        RunConfig.of("mlp", {"name": "mnist", "train_size": 100}, {"epochs": 1}),
        RunConfig.of("cnn-64", {"name": "fashion", "train_size": 100}, {"epochs": 1}),
        RunConfig.of("gru", {"name": "mnist", "train_size": 100}, {"epochs": 1}, model={"hidden": 6}),
        RunConfig.of("ae-deep", {"name": "fashion", "train_size": 100}, {"epochs": 1}),
    ],
    ids=lambda config: f"{config.name} {config.data.name}",
)
def test_where_the_digits_stand_in_weights_and_script_are_of_the_digits(config, monkeypatch, alone, expected):
    def no_network(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(mnist, "download", no_network)
    records = list(fit(config))
    start = records[0]
    assert start.data == "digits"
    assert "Errno" not in start.notice
    assert "network is unreachable" in start.notice
    header = files.load(records[-1].weights)[1]
    assert header["config"].data.name == header["measured"]["data"] == "digits"
    lines, precision = expected(records)
    script = export(config, Ran(precision, start.data))
    assert "torchvision" not in script
    assert alone(script) == lines


def test_the_model_of_a_script_is_the_best_as_that_of_its_run(printed, expected):
    """Its loss is lowest before the last epoch, so that best and last differ."""
    config = RunConfig.of(
        "mlp", {"train_size": 40}, {"epochs": 9, "optimizer": "sgd", "learning_rate": 2.0, "batch_size": 10}
    )
    records = list(fit(config))
    assert records[-1].has_last
    lowest = min((each for each in records if isinstance(each, Epoch)), key=lambda each: each.validation["loss"])
    assert records[-1].best_epoch == lowest.epoch
    lines, precision = expected(records)
    assert printed(export(config, Ran(precision))) == lines


@pytest.mark.parametrize(
    ("ran", "said"),
    [
        (Ran(), "with the same number of threads, to the last digit"),
        (Ran(threads=(1,)), "the run used 1 thread of the CPU, and so does this"),
        (Ran(threads=(7,)), "the run used 7 threads of the CPU, and so does this"),
        (Ran(threads=(7, 3)), "The run used 7 and 3 threads"),
        (Ran(device="cuda", threads=(7,)), "the run did not"),
    ],
)
def test_the_promise_stands_at_the_head_of_the_script(ran, said):
    script = export(RunConfig.of("mlp"), ran)
    head = " ".join(ast.get_docstring(ast.parse(script)).split())
    assert said in head
    assert " ".join(ran.promise.split()) in head
    assert ("set_num_threads" in script) == bool(ran.threads)


def test_a_run_tells_its_threads(two_threads):
    *_, end = fit(RunConfig.of("mlp", {"train_size": 40}, {"epochs": 1}, "cpu"))
    assert isinstance(end, Finished)
    assert end.threads == (2,)
