"""Finding, fetching and reading the four files of MNIST and of Fashion-MNIST (the IDX format).

Layout, as torchvision has it: ROOT/MNIST/raw/train-images-idx3-ubyte and its three siblings.
"""

import gzip
import hashlib
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dlcore.errors import DataUnavailable
from dlcore.machine import home

FOLDERS = {"mnist": "MNIST", "fashion": "FashionMNIST"}
COUNTS = {"train": 60_000, "t10k": 10_000}
TIMEOUT_SECONDS = 10
CHUNK = 1 << 16


def files(part: str) -> tuple[str, str]:
    """Names of the image and the label file of `train` or `t10k`."""
    return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"


def folders(name: str) -> list[Path]:
    """Where the set may lie: under DLCORE_DATA first, then where downloads go."""
    roots = [Path(os.environ["DLCORE_DATA"])] if os.environ.get("DLCORE_DATA") else []
    return [root / FOLDERS[name] / "raw" for root in [*roots, home.folder() / "data"]]


def problem(folder: Path) -> str:
    """What is wrong with the files in `folder`, in words; empty if nothing is."""
    for part, count in COUNTS.items():
        for file, size in zip(files(part), (16 + count * 784, 8 + count), strict=True):
            path = folder / file
            if not path.exists():
                return f"{path} is missing."
            if path.stat().st_size != size:
                return f"{path} is damaged: {path.stat().st_size:,} bytes instead of {size:,}."
    return ""


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
    except (OSError, EOFError, ValueError) as error:
        reason = " ".join(damaged) or f"{FOLDERS[name]} is not on this machine."
        raise DataUnavailable(f"{reason} Downloading it failed ({_short(error)}).") from error
    return str(tried[-1])


def _short(error: BaseException) -> str:
    return str(getattr(error, "reason", error)).strip("<>") or type(error).__name__


def download(name: str, folder: Path, progress: Callable[[str, float], None]) -> None:
    """Fetch what is missing from the mirrors that torchvision lists; each file is checked, then put in place whole."""
    from torchvision import datasets

    source = getattr(datasets, FOLDERS[name])
    folder.mkdir(parents=True, exist_ok=True)
    for position, (archive, md5) in enumerate(source.resources):
        target = folder / archive.removesuffix(".gz")
        label = f"Downloading {FOLDERS[name]}, file {position + 1} of {len(source.resources)}"
        failure: Exception | None = None
        for mirror in source.mirrors:
            try:
                _fetch(mirror + archive, md5, target, lambda fraction, label=label: progress(label, fraction))
                break
            except (OSError, EOFError, ValueError) as error:
                failure = error
        else:
            raise failure or OSError("no mirror")


def _fetch(url: str, md5: str, target: Path, progress: Callable[[float], None]) -> None:
    digest = hashlib.md5(usedforsecurity=False)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        packed, unpacked = Path(scratch, "packed"), Path(scratch, "unpacked")
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response, packed.open("wb") as out:
            total, done = int(response.headers.get("Content-Length") or 0), 0
            while chunk := response.read(CHUNK):
                out.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                progress(done / total if total else 0.0)
        if digest.hexdigest() != md5:
            raise ValueError(f"{url} arrived damaged")
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
        raise DataUnavailable(f"{path} cannot be read ({error.strerror}).") from error
    if not content.startswith(header) or len(content) != len(header) + int(np.prod(shape)):
        raise DataUnavailable(f"{path} is damaged: it is no IDX file of shape {shape}.")
    return np.frombuffer(content, dtype=np.uint8, offset=len(header)).reshape(shape).copy()
