"""The presets that a run can name. No torch in here, so that pages can list them at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dlcore.errors import InvalidValue


@dataclass(frozen=True)
class Preset:
    """A named architecture and the data sets it can be trained on.

    parameters: trainable parameters, exact
    dropout: the rate that is used unless the run's config sets another
    kind: which settings describe the run, see dlcore.training.config.KINDS
    model, training: the settings that make the preset; others have their defaults
    """

    name: str
    title: str
    layers: str
    parameters: int
    data: tuple[str, ...]
    dropout: float = 0.0
    kind: str = "image"
    model: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)


IMAGE_SETS = ("digits", "mnist", "fashion")
SEQUENCES = ("signals", *IMAGE_SETS, "recall", "adding", "sines", "mackey-glass", "series")
"""What a recurrent network can be trained on, besides texts."""
RECURRENT_TRAINING = {"learning_rate": 3e-3, "schedule": "one-cycle", "gradient_clip": 1.0, "epochs": 5}
AUTOENCODER_TRAINING = {"learning_rate": 3e-3, "schedule": "one-cycle", "batch_size": 32, "epochs": 30}

PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            name="mlp",
            title="MLP, one hidden layer",
            layers="784 → 128 ReLU → dropout → 10",
            parameters=101_770,
            data=IMAGE_SETS,
            dropout=0.2,
        ),
        Preset(
            name="cnn-64",
            title="CNN, three convolutions",
            layers="conv 32 → pool → conv 64 → pool → conv 64 → dense 64 → 10",
            parameters=93_322,
            data=IMAGE_SETS,
        ),
        Preset(
            name="cnn-128",
            title="CNN, wide dense layer",
            layers="conv 32 → pool → conv 64 → pool → dense 128 → 10",
            parameters=225_034,
            data=IMAGE_SETS,
        ),
        Preset(
            name="rnn",
            title="Plain recurrent network",
            layers="10 × 10 → RNN 128 → RNN 128 → 10",
            parameters=52_234,
            data=SEQUENCES,
            kind="recurrent",
            model={"cell": "rnn-tanh"},
            training=RECURRENT_TRAINING,
        ),
        Preset(
            name="gru",
            title="GRU, two layers",
            layers="10 × 10 → GRU 128 → GRU 128 → 10",
            parameters=154_122,
            data=SEQUENCES,
            kind="recurrent",
            model={"cell": "gru"},
            training=RECURRENT_TRAINING,
        ),
        Preset(
            name="lstm",
            title="LSTM, two layers",
            layers="10 × 10 → LSTM 128 → LSTM 128 → 10",
            parameters=205_066,
            data=SEQUENCES,
            kind="recurrent",
            model={"cell": "lstm"},
            training=RECURRENT_TRAINING,
        ),
        Preset(
            name="char",
            title="LSTM that writes, character by character",
            layers="97 characters → 64 numbers each → LSTM 192 → 97",
            parameters=223_073,
            data=("topics", "own"),
            kind="recurrent",
            model={"cell": "lstm", "layers": 1, "hidden": 192},
            training={**RECURRENT_TRAINING, "epochs": 6},
        ),
        Preset(
            name="autoencoder",
            title="Autoencoder, one layer each way",
            layers="784 → code of 32, ReLU → 784 sigmoid",
            parameters=50_992,
            data=IMAGE_SETS,
            kind="autoencoder",
            model={"code_size": 32},
            training=AUTOENCODER_TRAINING,
        ),
        Preset(
            name="ae-deep",
            title="Deep autoencoder",
            layers="784 → 128 → 64 → code of 2 → 64 → 128 → 784 sigmoid",
            parameters=218_514,
            data=IMAGE_SETS,
            kind="autoencoder",
            model={"code_size": 2, "hidden": "128, 64", "activation": "silu"},
            training=AUTOENCODER_TRAINING,
        ),
        Preset(
            name="ae-conv",
            title="Convolutional autoencoder",
            layers="conv 16 → conv 32 → code of 32 → conv 16 → conv 1 sigmoid",
            parameters=118_913,
            data=IMAGE_SETS,
            kind="autoencoder",
            model={"code_size": 32, "hidden": "16, 32"},
            training=AUTOENCODER_TRAINING,
        ),
        Preset(
            name="vae",
            title="Variational autoencoder",
            layers="784 → 400 → distribution over codes of 20 → 400 → 784 sigmoid",
            parameters=652_824,
            data=IMAGE_SETS,
            kind="autoencoder",
            model={"code_size": 20, "hidden": "400"},
            training=AUTOENCODER_TRAINING,
        ),
        Preset(
            name="cvae",
            title="Variational autoencoder that is told the class",
            layers="784 and class → 400 → distribution over codes of 20, and class → 400 → 784 sigmoid",
            parameters=660_824,
            data=IMAGE_SETS,
            kind="autoencoder",
            model={"code_size": 20, "hidden": "400"},
            training=AUTOENCODER_TRAINING,
        ),
    )
}


def preset(name: str) -> Preset:
    """The preset called `name`; InvalidValue names the ones that exist."""
    try:
        return PRESETS[name]
    except (KeyError, TypeError):
        raise InvalidValue(f"preset must be one of {', '.join(PRESETS)}, got {name!r}") from None
