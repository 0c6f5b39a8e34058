"""Registries: entries in their order, and a sentence for what is not there or there already."""

from dataclasses import dataclass

import pytest

from dlcore.config.registry import Registry
from dlcore.errors import InvalidValue


@dataclass(frozen=True)
class Entry:
    name: str


def test_entries_come_in_the_order_in_which_they_were_registered():
    found: Registry[Entry] = Registry("thing")
    entries = [found.register(Entry(name)) for name in "cab"]
    assert list(found) == list("cab")
    assert list(found.values()) == entries
    found.remove("a")
    assert len(found) == 2


def test_no_name_is_given_twice():
    found: Registry[Entry] = Registry("thing")
    found.register(Entry("a"))
    with pytest.raises(InvalidValue, match="there is a thing called 'a' already"):
        found.register(Entry("a"))


@pytest.mark.parametrize("name", ["c", "", None, [], "x" * 5_000])
def test_what_is_not_there_is_a_sentence_with_what_is(name):
    found: Registry[Entry] = Registry("thing")
    for each in "ab":
        found.register(Entry(each))
    with pytest.raises(InvalidValue, match="thing must be one of a, b, got") as caught:
        found.find(name)
    assert len(str(caught.value)) < 200


def test_the_modules_of_its_folder_are_imported_when_somebody_looks(tmp_path, monkeypatch):
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from dlcore.config.registry import Registry\nTHINGS = Registry('thing', 'shelf')\n"
    )
    for name in "ba":
        (folder / f"{name}.py").write_text(
            "from dataclasses import make_dataclass\nfrom shelf import THINGS\n"
            "THINGS.register(make_dataclass('Entry', ['name'])(__name__[-1]))\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    from shelf import THINGS

    assert list(THINGS) == ["a", "b"]
