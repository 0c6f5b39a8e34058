"""Configs of older versions mean today what they meant when they were written."""

from dataclasses import asdict

import pytest

from dlcore.config.migration import VERSION, NewerVersion, upgraded
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue

FIRST = ("mlp", "cnn-64", "cnn-128", "rnn", "gru", "lstm", "char",
         "autoencoder", "ae-deep", "ae-conv", "vae", "cvae")  # fmt: skip
"""The presets of version 1."""


def written(preset: str, **more) -> dict:
    """As version 1 kept a run in the store: every setting, and the name of a preset."""
    training = {
        "optimizer": "momentum", "learning_rate": 0.02, "schedule": "step", "momentum": 0.8, "weight_decay": 0.1,
        "batch_size": 7, "epochs": 9, "dropout": 0.3, "label_smoothing": 0.0, "gradient_clip": 2.0,
        "early_stopping": 4, "seed": 11, "precision": "fp32",
    }  # fmt: skip
    return {"preset": preset, "training": training, "device": "cpu", **more}


@pytest.mark.parametrize("name", FIRST)
def test_a_preset_of_version_1_is_the_same_network_today(name):
    config = RunConfig.from_dict({"preset": name})
    assert config == RunConfig.of(name)
    assert config.preset == name
    assert config.kind == PRESETS[name].kind


@pytest.mark.parametrize("name", FIRST)
def test_settings_that_were_written_out_are_kept(name):
    config = RunConfig.from_dict(written(name))
    assert asdict(config.training) == written(name)["training"]
    assert (config.device, config.name, config.group, config.start, config.examples) == ("cpu", name, "", "", "")


def test_the_cell_that_was_chosen_stays_whatever_the_preset_was_called():
    config = RunConfig.from_dict(written("gru", model={"cell": "simple-gated", "layers": 3, "hidden": 5}))
    assert (config.model.cell, config.model.layers, config.model.hidden) == ("simple-gated", 3, 5)


def test_codes_and_layers_that_were_chosen_stay():
    model = {"code_size": 3, "hidden": "30, 20", "activation": "tanh", "beta": 4.0}
    config = RunConfig.from_dict(written("cvae", model=model, data={"name": "mnist", "train_size": 50}))
    assert (config.model.code_size, config.model.sizes, config.model.beta) == (3, (30, 20), 4.0)
    assert config.model.variational
    assert config.model.conditional
    assert (config.data.name, config.data.train_size) == ("mnist", 50)


def test_a_step_leaves_what_it_is_given_alone():
    before = written("mlp")
    upgraded(before)
    assert before == written("mlp")


def test_todays_configs_say_their_version_and_pass_as_they_are():
    values = RunConfig.of("vae", group="sweep-1", start="abc", examples="0" * 64).to_dict()
    assert next(iter(values)) == "version"
    assert values["version"] == VERSION
    assert upgraded(values) == values
    assert RunConfig.from_dict(values).to_dict() == values


def test_a_newer_version_is_one_sentence_that_says_what_to_do():
    with pytest.raises(NewerVersion, match="newer version of the program"):
        RunConfig.from_dict({**RunConfig.of("mlp").to_dict(), "version": VERSION + 1})


@pytest.mark.parametrize("version", [0, -1, True, "2", None, 1.5, []])
def test_what_is_no_version_is_refused(version):
    with pytest.raises(InvalidValue, match="version must be a whole number"):
        RunConfig.from_dict({"version": version})


@pytest.mark.parametrize("preset", ["resnet", None, [], {"a": 1}, "x" * 10_000])
def test_a_preset_that_never_was_is_refused(preset):
    with pytest.raises(InvalidValue, match="preset must be one of") as caught:
        RunConfig.from_dict({"preset": preset})
    assert len(str(caught.value)) < 400
