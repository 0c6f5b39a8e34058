"""A network and all that it came from as one ZIP: weights, config, images, script, and a text that explains them.

What is opened may come from a stranger: sizes are bounded, nothing is written to a disk, and nothing in it is run.
"""

import io
import json
import zipfile
from dataclasses import dataclass

from dlcore.config.class_names import joined
from dlcore.config.migration import NewerVersion
from dlcore.config.run import RunConfig
from dlcore.data.own import FILE, zipped
from dlcore.data.own.examples import MOST_BYTES as MOST_IMAGE_BYTES
from dlcore.data.own.examples import Examples, check_named
from dlcore.data.own.sheet import Sheet
from dlcore.errors import DlcoreError, InvalidValue, UnreadableImage
from dlcore.models import files

MODEL, CONFIG, SCRIPT, README = files.FILE, "config.json", "train.py", "README.txt"
MOST_BYTES = 32_000_000
"""Of the ZIP, and of the weights in it."""
MOST_CONFIG = 200_000


@dataclass(frozen=True)
class Project:
    """A network for images of one's own.

    weights: its safetensors file; examples: the file of the images that it learned
    """

    config: RunConfig
    weights: bytes
    examples: bytes

    @property
    def images(self) -> Examples:
        """What it learned."""
        return Examples.read(self.examples)

    def packed(self, script: str = "") -> bytes:
        """The ZIP; `read` reads it again. script: the program that trains the network again"""
        sheet, file = Sheet.from_examples(self.images), io.BytesIO()
        contents = {
            README: self._readme().encode(),
            CONFIG: json.dumps(self.config.to_dict(), indent=2).encode(),
            MODEL: self.weights,
            FILE: self.examples,
            **({SCRIPT: script.encode()} if script else {}),
        }
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in contents.items():
                archive.writestr(name, data)
            with zipfile.ZipFile(io.BytesIO(sheet.data)) as drawings:
                for each in drawings.namelist():
                    archive.writestr(f"drawings/{each}", drawings.read(each))
        return file.getvalue()

    def _readme(self) -> str:
        images = self.images
        return "\n".join(
            [
                f"A network that tells {joined(images.classes, most=10)} apart, trained with dlcore.",
                "",
                f"{MODEL}: its weights, with what was measured in their header",
                f"{FILE}: the {len(images.labels):,} images that it learned, with their classes",
                f"{CONFIG}: the settings of the run",
                f"{SCRIPT}: a PyTorch script that trains it again, from this folder",
                "drawings: the same images as pictures, to look at",
                "",
                "Open the ZIP as it is on the page Draw, under Teach it. On a command line:",
                f"python -m dlcore classify --model {MODEL} IMAGE",
                "",
            ]
        )


def read(data: bytes) -> Project:
    """The project in a ZIP, whoever packed it; InvalidValue or WeightsUnreadable says why it cannot be opened."""
    if len(data) > MOST_BYTES:
        raise InvalidValue(f"a project may have {MOST_BYTES // 1_000_000} MB, this has {len(data) / 1e6:,.1f}")
    if not data.startswith(b"PK"):
        raise InvalidValue("a project is a ZIP that was saved here: choose such a file")
    with zipped.opened(data) as archive:
        config = _config(_member(archive, CONFIG, MOST_CONFIG))
        weights, examples = _member(archive, MODEL, MOST_BYTES), _member(archive, FILE, MOST_IMAGE_BYTES)
    check_named(config.examples, examples)
    images = Examples.read(examples)
    model, header = files.load(weights)
    if header["config"] != config or images.classes != config.data.names:
        raise InvalidValue("the parts of this project do not belong together: weights, images and config differ")
    if not all(each.isfinite().all() for each in model.state_dict().values()):
        raise InvalidValue("the weights of this project are no finite numbers: train it again")
    return Project(config, weights, examples)


def _config(data: bytes) -> RunConfig:
    try:
        config = RunConfig.from_dict(json.loads(data))
    except NewerVersion as error:
        raise InvalidValue(str(error)) from error
    except (DlcoreError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidValue(f"{CONFIG} of this project cannot be read: it is damaged") from error
    if config.kind != "image" or not config.data.brought:
        raise InvalidValue("a project is a network for images of one's own, and this is another one")
    return config


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        info = archive.getinfo(name)
        found = zipped.unpack(archive, info, most)
    except KeyError as error:
        raise InvalidValue(f"this ZIP is no project that was saved here: {name} is missing") from error
    except UnreadableImage as error:
        raise InvalidValue(f"{name} of this project cannot be read: {error}") from error
    if len(found) > most:
        raise InvalidValue(f"{name} of a project may have {most:,} bytes, this has more")
    return found
