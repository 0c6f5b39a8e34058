"""Small images of one's own: bars that stand and bars that lie, and a ring; as arrays, as a ZIP, as a CSV."""

import io
import zipfile

import numpy as np
from PIL import Image

from dlcore.data.own.examples import Examples

NAMES = ("bar", "beam", "ring")


def shape(label: int, seed: int, side: int = 28) -> np.ndarray:
    """uint8 (side, side), light on dark."""
    chance = np.random.default_rng(seed)
    image, wide = np.zeros((side, side), np.uint8), side // 7
    low, start = int(chance.integers(side // 8, side // 4)), int(chance.integers(side // 3, side // 2))
    level = int(chance.integers(200, 256))
    if label == 0:
        image[low : side - low, start : start + wide] = level
    elif label == 1:
        image[start : start + wide, low : side - low] = level
    else:
        y, x = np.mgrid[:side, :side] - side / 2
        distance = np.hypot(y, x)
        image[(distance < side / 2 - low) & (distance > side / 2 - low - wide)] = level
    return image


def examples(each: int = 12, names: tuple[str, ...] = NAMES) -> Examples:
    """So many images of each class."""
    labels = np.repeat(np.arange(len(names)), each)
    images = np.stack([shape(label % 3, seed) for seed, label in enumerate(labels)])
    return Examples(images[:, None], labels.astype(np.int64), names)


def png(image: np.ndarray, format: str = "PNG") -> bytes:
    """An image file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, format)
    return file.getvalue()


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def folders(each: int = 6, side: int = 28, names: tuple[str, ...] = NAMES) -> dict[str, bytes]:
    """The files of a ZIP with a folder a class."""
    return {
        f"{name}/{number}.png": png(shape(label % 3, 100 * label + number, side))
        for label, name in enumerate(names)
        for number in range(each)
    }
