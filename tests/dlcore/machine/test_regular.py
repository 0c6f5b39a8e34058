"""A file is read as far as it may be, and what is no file is not opened."""

import os

import pytest

from dlcore.machine import regular


def test_one_byte_more_than_allowed_is_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert regular.read(path, 5) == b"12345"
    assert regular.read(path, 3) == b"1234"


def test_what_is_no_regular_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing"):
        with pytest.raises(OSError, match=r"it is|No such"):
            regular.read(path, 5)
