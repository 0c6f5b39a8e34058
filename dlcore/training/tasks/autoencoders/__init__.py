"""Images squeezed into a few numbers and drawn again from them."""

from dlcore.config.autoencoders import AutoencoderConfig, AutoencoderRun
from dlcore.config.image_sets import IMAGE_SETS, shipped
from dlcore.config.images import DataConfig
from dlcore.config.kinds import KINDS, Kind
from dlcore.config.presets import PRESETS, Preset
from dlcore.errors import InvalidValue

EVALUATION_BATCH = 1_000
SILENT = 0.01
"""A number of the code is silent below this share of the largest one in its batch."""
TRAINING = {"learning_rate": 3e-3, "schedule": "one-cycle", "batch_size": 32, "epochs": 30}


def _check(config: AutoencoderRun) -> None:
    if config.data.brought:
        raise InvalidValue(f"an autoencoder is trained on {', '.join(shipped())}, not on images of one's own")
    if config.data.corrected:
        raise InvalidValue("share is for networks that tell classes apart, and an autoencoder does not: set it to 0")
    for name, value in (("outliers", config.data.outliers), ("label_smoothing", config.training.label_smoothing)):
        if value:
            raise InvalidValue(
                f"{name} is for networks that tell classes apart, and an autoencoder does not: set it to 0"
            )


def _named(config: AutoencoderRun) -> str:
    model = config.model
    if model.variational:
        return "cvae" if model.conditional else "vae"
    if model.layers == "convolutional":
        return "ae-conv"
    return "autoencoder" if model.rectified else "ae-deep"


KIND = KINDS.register(
    Kind(
        name="autoencoder",
        title="squeezes images into codes",
        data=DataConfig,
        model=AutoencoderConfig,
        preset="autoencoder",
        network="dlcore.models.autoencoder:build",
        task="dlcore.training.tasks.autoencoders.task:AutoencoderTask",
        script="dlcore.training.tasks.autoencoders.script:part",
        unit="images",
        headline=("mse",),
        page="autoencoder",
        view="pages.parts.autoencoder.view:view",
        named=_named,
        summary=lambda config: config.model.summary,
        check=_check,
    )
)


def _preset(name: str, title: str, **model: object) -> None:
    PRESETS.register(Preset(name, title, KIND.name, IMAGE_SETS, model, TRAINING))


_preset("autoencoder", "Autoencoder, one layer each way", code_size=32, rectified=True)
_preset("ae-deep", "Deep autoencoder", code_size=2, hidden="128, 64", activation="silu")
_preset("ae-conv", "Convolutional autoencoder", code_size=32, hidden="16, 32", layers="convolutional")
_preset("vae", "Variational autoencoder", code_size=20, hidden="400", variational=True)
_preset(
    "cvae", "Variational autoencoder that is given the class",
    code_size=20, hidden="400", variational=True, conditional=True,
)  # fmt: skip
