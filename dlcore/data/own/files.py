"""A file that somebody has → Examples, by what is in it. No torch in here."""

from pathlib import Path

from dlcore.data.own import table, zipped
from dlcore.data.own.examples import Found
from dlcore.errors import InvalidValue, cause
from dlcore.machine import regular

MOST_BYTES = 32_000_000
"""Of a ZIP or a CSV."""
LIMITS = "ZIP or CSV, up to 32 MB and 20,000 images, 2 to 50 classes with at least 5 images each."


def read(data: bytes) -> Found:
    """The images of a ZIP with a folder a class, or of a CSV of pixels; InvalidValue says what is wrong."""
    if len(data) > MOST_BYTES:
        raise InvalidValue(
            f"a file of images may have {MOST_BYTES // 1_000_000} MB, this has {len(data) / 1e6:,.1f}: leave some out"
        )
    return zipped.read(data) if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) else table.read(data)


def open_file(path: Path) -> Found:
    """The same of a file on this machine."""
    try:
        data = regular.read(path, MOST_BYTES)
    except (OSError, ValueError) as error:
        raise InvalidValue(f"images must be a ZIP or a CSV, {str(path)!r} cannot be read ({cause(error)})") from error
    return read(data)
