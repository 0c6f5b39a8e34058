"""Settings validate themselves, whatever a link or a file says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.config.fields import setting
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import InvalidValue

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["preset", "device", "data", "training", "learning_rate", "epochs", "name", "augment", "zzz"])


def test_a_config_survives_json():
    config = RunConfig.of("mlp", DataConfig("mnist", augment=("pen", "affine")), TrainingConfig(dropout=0.1), "cpu")
    assert RunConfig.from_dict(config.to_dict()) == config
    assert config.data.augment == ("affine", "pen"), "in one fixed order"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"learning_rate": 0}, "learning_rate must be between 1e-6 and 10, got 0: try 0.001"),
        ({"learning_rate": "fast"}, "learning_rate must be a number between 1e-6 and 10, got 'fast': try 0.001"),
        ({"learning_rate": math.nan}, "learning_rate must be a number between 1e-6 and 10, got nan: try 0.001"),
        ({"learning_rate": math.inf}, "learning_rate must be a number between 1e-6 and 10, got inf: try 0.001"),
        ({"learning_rate": True}, "learning_rate must be a number between 1e-6 and 10, got True: try 0.001"),
        ({"epochs": 1.5}, "epochs must be a whole number between 1 and 500, got 1.5: try 5"),
        ({"epochs": 10**9}, "epochs must be between 1 and 500, got 1e9: try 5"),
        ({"optimizer": "adem"}, "did you mean 'adam'?"),
        ({"epoch": 3}, "unknown setting 'epoch': did you mean 'epochs'?"),
        ([], "TrainingConfig must be an object with settings, got list"),
    ],
)
def test_an_error_names_the_value_what_is_allowed_and_a_next_step(values, sentence):
    with pytest.raises(InvalidValue) as caught:
        TrainingConfig.from_dict(values)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {"preset": "resnet"},
        {"preset": ["mlp"]},
        {"data": {"name": "cifar"}},
        {"data": {"augment": "affine"}},
        {"data": {"augment": 3}},
        {"data": {"augment": [[]]}},
        {"data": {"name": "fashion", "augment": ["pen"]}},
        {"device": "tpu"},
        {"training": {"seed": -1}},
        {"training": 7},
    ],
)
def test_bad_runs_are_refused(values):
    with pytest.raises(InvalidValue):
        RunConfig.from_dict(values)


@given(st.dictionaries(NAMES, JSON, max_size=4))
def test_no_json_makes_anything_but_a_config_or_a_sentence(values):
    for section in (RunConfig, DataConfig, TrainingConfig):
        try:
            config = section.from_dict(values)
        except InvalidValue:
            continue
        assert section.from_dict(dict(values)) == config


def test_whole_numbers_may_come_as_floats_and_become_integers():
    assert isinstance(TrainingConfig(epochs=3.0).epochs, int)
    assert isinstance(TrainingConfig(learning_rate=1).learning_rate, float)


def test_settings_tell_their_limits_to_the_pages():
    rule = setting(TrainingConfig, "batch_size")
    assert (rule["low"], rule["high"], rule["integer"], rule["default"]) == (1, 4096, True, 64)
    assert rule["help"]


@pytest.mark.parametrize("value", [10**400, -(10**400), 10**5000, float("inf"), float("nan"), "9" * 500], ids=range(6))
@pytest.mark.parametrize("name", ["seed", "learning_rate"])
def test_numbers_of_any_length_are_refused_in_a_short_sentence(name, value):
    with pytest.raises(InvalidValue, match=name) as caught:
        TrainingConfig(**{name: value})
    assert len(str(caught.value)) < 250


def test_a_step_that_no_memory_holds_is_refused_before_it_is_tried():
    wide = {"hidden": 512, "layers": 3, "bidirectional": True}
    with pytest.raises(InvalidValue, match="GB of memory"):
        RunConfig.of("lstm", {"name": "recall", "delay": 200}, {"batch_size": 4096}, model=wide)
    RunConfig.of("lstm", {"name": "recall", "delay": 200}, {"batch_size": 64}, model=wide)
    RunConfig.of("lstm", {"name": "recall", "delay": 200, "train_size": 64}, {"batch_size": 4096}, model=wide)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (RunConfig.of("lstm"), "LSTM, two layers"),
        (RunConfig.of("lstm", model={"layers": 1, "hidden": 64}), "lstm 64"),
        (RunConfig.of("vae"), "Variational autoencoder"),
        (
            RunConfig.of("vae", model={"code_size": 2, "hidden": "128, 64"}),
            "784 → 128 → 64 → distribution over codes of 2 → 64 → 128 → 784 sigmoid",
        ),
    ],
    ids=["preset", "other layers", "another preset", "other sizes"],
)
def test_a_network_is_described_as_it_is(config, said):
    assert config.described == said
