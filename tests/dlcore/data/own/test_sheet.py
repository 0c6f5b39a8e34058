"""A sheet of drawings: collected, corrected, taken home, brought back, trained on."""

import io
import zipfile

import numpy as np
import pytest

from dlcore.data.own import files
from dlcore.data.own.sheet import MOST, Sheet, checked
from dlcore.data.starters import STROKES, generated
from dlcore.errors import InvalidValue
from tests.dlcore.data.own.shapes import NAMES, folders, packed, png, shape


def drawn(each: int = 6, names=NAMES) -> Sheet:
    found = Sheet()
    for label, name in enumerate(names):
        for seed in range(each):
            found = found.add(name, shape(label % 3, 100 * label + seed), generated=seed == 0)
    return found


def test_a_drawing_that_is_on_it_already_becomes_one_of_the_other_class():
    found = Sheet().add("bar", shape(0, 1)).add("beam", shape(0, 2)).add("ring", shape(0, 1))
    assert [each.name for each in found.drawings] == ["beam", "ring"]
    assert found.counts == {"beam": 1, "ring": 1}


def test_it_is_taken_home_and_brought_back_as_it_was():
    made = drawn()
    found, notes = Sheet.read(made.data)
    order = [(each.name, each.generated, each.image.tobytes()) for each in sorted(made.drawings, key=lambda d: d.name)]
    again = [(each.name, each.generated, each.image.tobytes()) for each in sorted(found.drawings, key=lambda d: d.name)]
    assert sorted(order) == sorted(again)
    assert notes == ()
    assert made.data == drawn().data


def test_the_same_file_is_a_set_of_images_of_ones_own():
    found = files.read(drawn().data).examples
    assert (found.classes, found.counts) == (NAMES, (6, 6, 6))


def test_classes_with_too_few_are_left_out_of_what_is_trained_on():
    found = drawn().add("star", shape(2, 999)).examples()
    assert found.examples.classes == NAMES
    assert found.notes == ("Left out: star, with fewer than 5 drawings.",)
    with pytest.raises(InvalidValue, match="'star' has 1"):
        drawn().add("star", shape(2, 999)).examples(("bar", "star"))
    with pytest.raises(InvalidValue, match="2 to 50 classes"):
        Sheet().examples()


def test_removing_and_emptying():
    made = drawn(2)
    assert len(made.without(0)) == len(made) - 1
    assert len(made.without(99)) == len(made)
    assert set(made.leaving(("bar",)).counts) == {"beam", "ring"}


def test_a_full_sheet_says_so():
    image = np.zeros((28, 28), np.uint8)
    full = Sheet(tuple(Sheet().add("a", image).drawings) * MOST)
    with pytest.raises(InvalidValue, match="is full"):
        full.add("b", shape(0, 0))


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\\b", ".hidden", "x" * 41])
def test_a_name_that_no_folder_can_have_is_refused(name):
    with pytest.raises(InvalidValue):
        checked(name)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.png", b"\0" * 50_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    "data", [b"", b"no zip", b"PK\x03\x04" + bytes(50), packed({}), packed({"a/1.png": b"no picture"}), bomb()]
)
def test_what_is_no_sheet_is_one_sentence(data):
    with pytest.raises(InvalidValue):
        Sheet.read(data)


def test_a_sheet_of_strangers_is_cut_where_it_is_full():
    found, notes = Sheet.read(packed(folders(200)))
    assert len(found) == MOST
    assert "up to 500" in notes[-1]
    assert len(Sheet.read(packed({"../../a/1.png": png(shape(0, 0))}))[0]) == 1


def test_generated_drawings_are_the_same_for_the_same_seed_and_tell_classes_apart():
    for name in STROKES:
        image = generated(name, 3)
        assert (image.shape, image.dtype) == ((28, 28), np.uint8)
        assert image.max() > 100
        np.testing.assert_array_equal(image, generated(name, 3))
    assert not np.array_equal(generated("smile", 1), generated("smile", 2))
    assert generated("no such thing", 0) is None
