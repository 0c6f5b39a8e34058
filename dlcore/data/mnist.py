"""Finding, fetching and reading the four files of MNIST and of Fashion-MNIST (the IDX format).

Layout, as torchvision has it: ROOT/MNIST/raw/train-images-idx3-ubyte and its three siblings.
"""

import gzip
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import torch
from torch import Tensor

from dlcore.data.download import DownloadFailed, fetch
from dlcore.errors import DataUnavailable, cause
from dlcore.machine import home

FOLDERS = {"mnist": "MNIST", "fashion": "FashionMNIST"}
COUNTS = {"train": 60_000, "t10k": 10_000}
DEADLINE_SECONDS = 600.0
"""For all files of a set, from however many mirrors."""


def files(part: str) -> tuple[str, str]:
    """Names of the image and the label file of `train` or `t10k`."""
    return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"


def sizes() -> dict[str, int]:
    """Bytes of each file."""
    pairs = ((files(part), (16 + count * 784, 8 + count)) for part, count in COUNTS.items())
    return {file: size for names, each in pairs for file, size in zip(names, each, strict=True)}


def folders(name: str) -> list[Path]:
    """Where the set may lie: under DLCORE_DATA first, then where downloads go."""
    roots = [Path(os.environ["DLCORE_DATA"])] if os.environ.get("DLCORE_DATA") else []
    return [root / FOLDERS[name] / "raw" for root in [*roots, home.folder() / "data"]]


def problem(folder: Path) -> str:
    """What is wrong with the files in `folder`, in words; empty if nothing is."""
    for file, size in sizes().items():
        path = folder / file
        if not path.exists():
            return f"{path} is missing."
        if not _whole(path):
            return f"{path} is damaged: {path.stat().st_size:,} bytes instead of {size:,}."
    return ""


def _whole(path: Path) -> bool:
    return path.exists() and path.stat().st_size == sizes()[path.name]


def on_disk(name: str) -> bool:
    """Whether the set can be used without a network."""
    return any(not problem(folder) for folder in folders(name))


def locate(name: str, progress: Callable[[str, float], None] | None = None) -> str:
    """The folder that holds the set, after a download if need be; DataUnavailable says why there is none."""
    tried = folders(name)
    for folder in tried:
        if not problem(folder):
            return str(folder)
    damaged = [text for text in map(problem, tried) if "damaged" in text]
    try:
        download(name, tried[-1], progress or (lambda text, fraction: None))
    except (DownloadFailed, OSError) as error:
        reason = " ".join(damaged) or f"{FOLDERS[name]} is not on this machine."
        why = error if isinstance(error, DownloadFailed) else cause(error)
        raise DataUnavailable(f"{reason} Downloading it failed ({why}).") from error
    return str(tried[-1])


def download(name: str, folder: Path, progress: Callable[[str, float], None]) -> None:
    """Fetch what is missing from the mirrors that torchvision lists; each file is checked, then put in place whole.

    Raises DownloadFailed if no mirror has a file, or if all of it takes longer than DEADLINE_SECONDS.
    """
    from torchvision import datasets

    source = getattr(datasets, FOLDERS[name])
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + DEADLINE_SECONDS
    missing = [each for each in source.resources if not _whole(folder / each[0].removesuffix(".gz"))]
    for position, (archive, md5) in enumerate(missing):
        target = folder / archive.removesuffix(".gz")
        label = f"Downloading {FOLDERS[name]}, file {position + 1} of {len(missing)}"
        _from_any([mirror + archive for mirror in source.mirrors], md5, target, deadline, partial(progress, label))


def _from_any(urls: Sequence[str], md5: str, target: Path, deadline: float, progress: Callable[[float], None]) -> None:
    """One file from the first mirror that has it."""
    failures = []
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        packed, unpacked = Path(scratch, "packed"), Path(scratch, "unpacked")
        for url in urls:
            try:
                fetch(url, md5, packed, deadline, progress)
                break
            except DownloadFailed as error:
                failures.append(f"{urlsplit(url).hostname}: {error}")
        else:
            raise DownloadFailed("; ".join(failures))
        with gzip.open(packed) as source, unpacked.open("wb") as out:
            shutil.copyfileobj(source, out)
        os.replace(unpacked, target)


def read(folder: str | Path, part: str) -> tuple[Tensor, Tensor]:
    """Images uint8 (N, 1, 28, 28) and labels int64 (N,) of `train` or `t10k`; DataUnavailable names a damaged file."""
    image_file, label_file = (Path(folder) / file for file in files(part))
    images = torch.from_numpy(_idx(image_file, (COUNTS[part], 28, 28))).unsqueeze(1)
    labels = torch.from_numpy(_idx(label_file, (COUNTS[part],))).long()
    if labels.max() > 9:
        raise DataUnavailable(f"{label_file} is damaged: it holds the label {int(labels.max())}.")
    return images, labels


def _idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """The array of unsigned bytes in an IDX file, whose header must announce `shape`."""
    header = bytes([0, 0, 8, len(shape)]) + np.array(shape, dtype=">u4").tobytes()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(f"{path} cannot be read: {cause(error)}.") from error
    if not content.startswith(header) or len(content) != len(header) + int(np.prod(shape)):
        raise DataUnavailable(f"{path} is damaged: it is no IDX file of shape {shape}.")
    return np.frombuffer(content, dtype=np.uint8, offset=len(header)).reshape(shape).copy()
