"""A CSV of pixels, as MNIST is handed around and otherwise."""

import numpy as np
import pytest

from dlcore.data.own import files, table
from dlcore.errors import InvalidValue
from tests.dlcore.data.own.shapes import shape

ROWS = [(label, shape(label, 10 * label + number).ravel()) for number in range(6) for label in range(3)]
TITLES = [f"pixel{place}" for place in range(784)]


def lines(last=False, names="012", separator=",", scale=1.0, form="{:g}") -> list[str]:
    made = []
    for label, pixels in ROWS:
        cells = [form.format(each * scale) for each in pixels]
        made.append(separator.join([*cells, names[label]] if last else [names[label], *cells]))
    return made


def read(made, **options):
    return table.read("\n".join(made).encode(**options)).examples


def test_as_kaggle_has_it():
    found = read([",".join(["label", *TITLES]), *lines()])
    assert found.classes == ("0", "1", "2")
    assert found.counts == (6, 6, 6)
    np.testing.assert_array_equal(found.images.reshape(len(ROWS), -1), [pixels for _, pixels in ROWS])


WANTED = read(lines()).digest


@pytest.mark.parametrize(
    "made",
    [
        lines(last=True),
        [",".join([*TITLES, "class"]), *lines(last=True)],
        lines(separator=";"),
        lines(separator="\t"),
        lines(separator=" "),
        lines(scale=1 / 255, form="{:.6f}"),
        lines(form="{:.1f}"),
        lines(names=("0.0", "1.0", "2.0")),
        ["", *lines(), "", ",,"],
        [f'"{line.replace(",", chr(34) + "," + chr(34))}"' for line in lines()],
    ],
)
def test_other_ways_to_write_the_same(made):
    assert read(made).digest == WANTED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_labels_are_words_in_any_encoding(encoding):
    found = read(lines(names=("été", "hiver", "automne")), encoding=encoding)
    assert found.classes == ("automne", "hiver", "été")


def test_line_ends_of_another_system():
    assert table.read("\r\n".join(lines()).encode()).examples.digest == WANTED


def test_dark_on_light_is_turned_round():
    made = [",".join([str(label), *(str(255 - each) for each in pixels)]) for label, pixels in ROWS]
    assert read(made).digest == WANTED


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([""], "the file is empty"),
        ([",".join(["label", *TITLES])], "no rows of pixels"),
        ([line.split(",", 1)[1] for line in lines()], "has 784 .the pixels without a label"),
        ([*lines(), "1,2,3"], "785 columns, row 19 has 3"),
        ([*lines(), lines()[0].replace(",0,", ",256,", 1)], "between 0 and 255, or 0 and 1, row 19 has 256"),
        ([*lines(), lines()[0].replace(",0,", ",-1,", 1)], "row 19 has -1"),
        ([*lines(), lines()[0].replace(",0,", ",nan,", 1)], "row 19 has nan"),
        ([*lines(), lines()[0].replace(",0,", ",ink,", 1)], "row 19 has 'ink'"),
        ([*lines(), lines()[0].replace(",0,", ",,", 1)], "row 19 has ''"),
        ([*lines(), "," + lines()[0].split(",", 1)[1]], "row 19 has no label"),
        (lines(names="000"), "2 to 50 classes, these show 1"),
        (["hello", "world"], "785 columns, row 1 has 1"),
        (["9" * 50_000], "longer than"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_with_the_row(made, said):
    with pytest.raises(InvalidValue, match=said):
        read(made)


def test_a_file_of_something_else_is_one_sentence():
    with pytest.raises(InvalidValue, match="neither a ZIP nor a CSV"):
        files.read(b"\x89PNG\r\n\x1a\n" + bytes(200))


def test_rows_and_bytes_are_bounded(monkeypatch):
    monkeypatch.setattr(table, "MOST_IMAGES", 10)
    with pytest.raises(InvalidValue, match="up to 10 images, the CSV has 18 rows"):
        read(lines())
    monkeypatch.setattr(files, "MOST_BYTES", 1_000_000)
    with pytest.raises(InvalidValue, match="may have 1 MB, this has 2"):
        files.read(bytes(2_000_000))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    for path in (tmp_path, tmp_path / "no.zip"):
        with pytest.raises(InvalidValue, match="cannot be read"):
            files.open_file(path)
