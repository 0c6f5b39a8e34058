"""A ZIP with a folder a class: as people pack it, and as somebody packs it who means harm."""

import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from dlcore.data import ink
from dlcore.data.own import pictures, zipped
from dlcore.errors import InvalidValue
from tests.dlcore.data.own.shapes import NAMES, folders, packed, png, shape


def test_a_folder_is_a_class_and_small_pictures_are_taken_as_they_are():
    found = zipped.read(packed(folders()))
    assert found.examples.classes == NAMES
    assert found.examples.counts == (6, 6, 6)
    np.testing.assert_array_equal(found.examples.images[0, 0], shape(0, 0))
    assert found.notes == ()


def test_it_does_not_matter_in_which_order_they_were_packed():
    files = folders()
    turned = dict(reversed(files.items()))
    assert zipped.read(packed(files)).examples.digest == zipped.read(packed(turned)).examples.digest


def test_larger_pictures_are_read_as_drawings_are():
    large = zipped.read(packed(folders(side=90))).examples
    np.testing.assert_array_equal(large.images[0, 0], ink.read(shape(0, 0, 90)).image)


def test_dark_on_light_is_turned_round_for_all_and_said():
    files = {name: png(255 - shape(int(name[2] == "a"), index)) for index, name in enumerate(folders())}
    found = zipped.read(packed(files))
    assert np.median(found.examples.images) == 0
    assert found.notes == ("The pictures of 28×28 pixels were dark on light: they are inverted.",)


def test_folders_may_lie_in_folders_and_systems_may_leave_things_behind():
    inside = {f"my shapes/train/{name}": data for name, data in folders().items()}
    more = {
        f"my shapes\\test\\{name}".replace("/", "\\").replace(".png", "t.png"): data
        for name, data in folders(2).items()
    }
    clutter = {
        "__MACOSX/my shapes/train/bar/._0.png": b"\0\5\x16\7",
        "my shapes/.DS_Store": b"x",
        "my shapes/train/bar/Thumbs.db": b"x",
        "my shapes/train/.hidden/0.png": b"x",
    }
    found = zipped.read(packed({**inside, **more, **clutter}))
    assert found.examples.classes == NAMES
    assert found.examples.counts == (8, 8, 8)
    assert found.notes == ()


def test_what_cannot_be_read_is_left_out_and_named():
    odd = {
        "bar/notes.txt": b"hello",
        "bar/cut.png": png(shape(0, 1))[:60],
        "beam/empty.png": b"",
        "ring/blank.png": png(np.full((40, 40), 255, np.uint8)),
        "loose.png": png(shape(0, 1)),
    }
    found = zipped.read(packed({**folders(), **odd}))
    assert found.examples.counts == (6, 6, 6)
    (note,) = found.notes
    assert note.startswith("Left out: loose.png (it lies in no folder, whose name would be its class); bar/cut.png (")
    assert note.endswith("; and 2 more.")


@pytest.mark.parametrize("name", ["../../etc/bar", "/bar", "C:\\bar"])
def test_ways_out_of_the_archive_lead_nowhere(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ways = {f"{name}/{number}.png": png(shape(0, number)) for number in range(6)}
    others = {file: data for file, data in folders().items() if not file.startswith("bar")}
    found = zipped.read(packed({**ways, **others}))
    assert found.examples.classes == ("bar", "beam", "ring")
    assert not list(tmp_path.iterdir())


def test_names_in_any_writing():
    files = packed(folders(names=("猫", "naïve", "🙂")))
    assert set(zipped.read(files).examples.classes) == {"猫", "naïve", "🙂"}
    without_the_flag = bytearray(files)  # as macOS packs
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = without_the_flag.find(signature)
        while place >= 0:
            flags = struct.unpack_from("<H", without_the_flag, place + at)[0]
            struct.pack_into("<H", without_the_flag, place + at, flags & ~0x800)
            place = without_the_flag.find(signature, place + 4)
    assert set(zipped.read(bytes(without_the_flag)).examples.classes) == {"猫", "naïve", "🙂"}


def test_a_long_name_of_a_folder_is_cut():
    found = zipped.read(packed(folders(names=("x" * 60, "bar"))))
    assert found.examples.classes == ("bar", f"{'x' * 39}…")


def test_numbers_are_put_in_their_order():
    for names in (("2", "9", "10"), ("a 2", "A 10", "b"), ("1", "x", "y 3")):
        assert zipped.read(packed(folders(names=names[::-1]))).examples.classes == names


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no picture in it"),
        ({"notes.txt": b"hello"}, "no picture in it that can be read. Left out: notes.txt"),
        (folders(names=("bar",)), "2 to 50 classes, these show 1"),
        (folders(each=1, names=tuple(f"c{each}" for each in range(51))), "2 to 50 classes, these show 51"),
        ({**folders(), "few/1.png": png(shape(0, 1))}, "at least 5 images, 'few' has 1"),
    ],
)
def test_what_cannot_be_trained_on_is_one_sentence(files, said):
    with pytest.raises(InvalidValue, match=said):
        zipped.read(packed(files))


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04", b"PK\x05\x06" + bytes(18)[:10], packed(folders())[:-30], b"PK\x03\x04" * 99]
)
def test_a_damaged_archive_is_one_sentence(data):
    with pytest.raises(InvalidValue, match="damaged"):
        zipped.read(data)


def test_a_bomb_is_not_unpacked():
    bomb = packed({**folders(), "bar/bomb.png": bytes(300_000_000)})
    tracemalloc.start()
    found = zipped.read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.examples.counts == (6, 6, 6)
    assert found.notes == (
        "Left out: bar/bomb.png (The image has 4,000,001 bytes, but at most 4,000,000 are allowed).",
    )
    assert peak < 30_000_000


def test_all_pictures_together_are_bounded(monkeypatch):
    files = packed(folders())
    monkeypatch.setattr(zipped, "MOST_UNPACKED", 500)
    with pytest.raises(InvalidValue, match="may unpack to 0 MB"):
        zipped.read(files)


def test_the_pixels_of_all_pictures_together_are_bounded(monkeypatch):
    monkeypatch.setattr(zipped, "MOST_PIXELS", 5_000)
    with pytest.raises(InvalidValue, match="megapixels in all"):
        zipped.read(packed(folders()))


def test_the_number_of_files_is_bounded_before_they_are_listed(monkeypatch):
    files = packed(folders())
    monkeypatch.setattr(zipped, "MOST_ENTRIES", 10)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(InvalidValue, match="up to 10 files"):
        zipped.read(files)


def test_the_number_of_images_is_bounded(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_IMAGES", 10)
    with pytest.raises(InvalidValue, match="up to 10 images"):
        zipped.read(packed(folders()))


def test_a_picture_that_says_it_is_huge_is_left_out():
    huge = bytearray(png(np.zeros((8, 8), np.uint8)))
    huge[16:24] = struct.pack(">II", 8_000, 8_000)
    huge[29:33] = struct.pack(">I", zlib.crc32(huge[12:29]))
    found = zipped.read(packed({**folders(), "bar/huge.png": bytes(huge)}))
    assert found.examples.counts == (6, 6, 6)
    assert "bar/huge.png (The image is 8000×8000 pixels" in found.notes[0]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_unpacks_without_bounds_is_left_out(method):
    with pytest.raises(InvalidValue, match="packed in an unusual way"):
        zipped.read(packed(folders(), method))


def test_encrypted_files_are_left_out():
    locked = bytearray(packed(folders()))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = locked.find(signature)
        struct.pack_into("<H", locked, place + at, 1)
    found = zipped.read(bytes(locked))
    assert found.examples.counts == (5, 6, 6)
    assert found.notes == ("Left out: bar/0.png (it is encrypted).",)
