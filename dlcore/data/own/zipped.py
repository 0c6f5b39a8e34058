"""A ZIP with a folder a class, read as what a stranger sends: bounded, and nothing is written to a disk. No torch.

The class of a picture is the name of the folder that it lies in, however deep.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dlcore.data import ink
from dlcore.data.own.examples import MOST_IMAGES, Found
from dlcore.data.own.pictures import Gathering
from dlcore.data.picture_files import MAX_SIDE
from dlcore.errors import InvalidValue, UnreadableImage

MOST_ENTRIES = MOST_IMAGES + 5_000
MOST_UNPACKED = 200_000_000
"""Bytes of all pictures together, as they are unpacked: what the ZIP says of itself is not believed."""
MOST_OF_ONE = 4_000_000
"""Bytes of a picture."""
MOST_PIXELS = 400_000_000
"""Of all pictures together, 400 photographs of a megapixel: some 40 seconds of work."""
_ENTRY, _ENCRYPTED, _UTF_8 = b"PK\x01\x02", 0x1, 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those that can be unpacked in pieces of bounded size."""


@dataclass(frozen=True)
class _Member:
    """A file in the ZIP. folder: that it lies in, the name of its class; name: with its way, for a sentence"""

    info: zipfile.ZipInfo
    folder: str
    name: str


def read(data: bytes) -> Found:
    """The pictures of a ZIP; InvalidValue says why there are none that can be used."""
    return gathered(data).found()


def gathered(data: bytes) -> Gathering:
    """The same, before it is asked whether they are enough to train on."""
    archive, gathering, unpacked, seen = opened(data), Gathering(), 0, 0
    with archive:
        for member in _members(archive, gathering):
            try:
                found = unpack(archive, member.info, MOST_OF_ONE)
                unpacked += len(found)
                if unpacked > MOST_UNPACKED:
                    raise InvalidValue(
                        f"a ZIP may unpack to {MOST_UNPACKED // 1_000_000} MB, this is larger: scale its pictures down"
                    )
                pixels = ink.decode(found, max_bytes=MOST_OF_ONE, max_side=MAX_SIDE)
                seen += pixels.shape[0] * pixels.shape[1]
                if seen > MOST_PIXELS:
                    raise InvalidValue(
                        f"the pictures may have {MOST_PIXELS // 1_000_000:,} megapixels in all, these have more: "
                        "scale them down"
                    )
                gathering.add(member.folder, _plain(pixels), member.name)
            except UnreadableImage as error:
                gathering.leave_out(member.name, str(error).split(": ")[0].rstrip("."))
    return gathering


def opened(data: bytes) -> zipfile.ZipFile:
    """A ZIP whose list of files is not too long; InvalidValue if it cannot be opened."""
    if data.count(_ENTRY) > MOST_ENTRIES:  # before the list of what is in it takes its memory
        raise InvalidValue(f"a ZIP may hold up to {MOST_ENTRIES:,} files, this holds more: leave some out")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # damaged archives raise nearly anything
        raise InvalidValue("this ZIP cannot be opened, it is damaged: pack it anew") from error


def _members(archive: zipfile.ZipFile, gathering: Gathering) -> Iterator[_Member]:
    """The files that may be pictures of a class, in an order that does not depend on how they were packed."""
    found = []
    for info in archive.infolist():
        name = _name(info)
        *folders, last = [each for each in name.replace("\\", "/").split("/") if each not in ("", ".", "..")] or [""]
        if info.is_dir() or not last or any(each.startswith((".", "__MACOSX")) for each in (*folders, last)):
            continue  # what systems leave behind is no picture of anybody's
        if last in ("Thumbs.db", "desktop.ini"):
            continue
        if folders and folders[-1].strip():
            found.append(_Member(info, folders[-1], f"{folders[-1]}/{last}"[-60:]))
        else:
            gathering.leave_out(last[-60:], "it lies in no folder, whose name would be its class")
    return iter(sorted(found, key=lambda each: _name(each.info)))


def _name(info: zipfile.ZipInfo) -> str:
    """macOS writes names in UTF-8 and does not say so: Python takes them for the oldest of PCs' alphabets."""
    if info.flag_bits & _UTF_8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """The bytes of a member, at most one more than `most`; UnreadableImage where they cannot be had."""
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableImage("it is encrypted")
    if info.compress_type not in _METHODS:
        raise UnreadableImage("it is packed in an unusual way")
    try:
        with archive.open(info) as file:
            return file.read(most + 1)
    except Exception as error:  # as above
        raise UnreadableImage("it is damaged") from error


def _plain(pixels: np.ndarray) -> np.ndarray:
    """RGBA without what says nothing: opaque pixels need no fourth number."""
    return pixels[..., :3] if pixels[..., 3].min() == 255 else pixels
