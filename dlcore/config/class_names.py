"""The names of the classes that somebody's own images have. No torch in here."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from dlcore.errors import InvalidValue

FEWEST, MOST = 2, 50
"""Classes of a set of one's own."""
LONGEST = 40
"""Characters of a name."""
_JOINERS = "\u200c\u200d"
"""They belong to how a name is written: in Persian words, in composed emoji."""


def tidy(name: str) -> str:
    """The name on one line, composed (NFC), without what cannot be seen, such as marks that turn the writing round."""
    words = " ".join(unicodedata.normalize("NFC", name).split())
    kept = (each for each in words if each in _JOINERS or unicodedata.category(each)[0] != "C")
    return " ".join("".join(kept).split())


def checked(names: Any) -> tuple[str, ...]:
    """The names as a tuple; InvalidValue unless they are 2 to 50 different, tidy ones of up to 40 characters."""
    if not isinstance(names, (list, tuple)) or not all(isinstance(each, str) for each in names):
        raise InvalidValue(f"the names of the classes must be a list of texts, got {str(names)[:40]!r}")
    check_count(len(names))
    for each in names:
        if not each or each != tidy(each):
            raise InvalidValue(f"the name of a class must be a text on one line, got {each[:LONGEST]!r}: rename it")
        if len(each) > LONGEST:
            raise InvalidValue(
                f"the name of a class may have {LONGEST} characters, {each[:LONGEST]!r}… has {len(each):,}: shorten it"
            )
    if twice := next((each for place, each in enumerate(names) if each in names[:place]), ""):
        raise InvalidValue(f"the names of the classes must differ, {twice!r} is there twice: rename one of them")
    return tuple(names)


def check_count(count: int) -> None:
    """InvalidValue unless so many classes can be told apart."""
    if not FEWEST <= count <= MOST:
        more = "add images of another one" if count < FEWEST else "leave some out"
        raise InvalidValue(f"images must show {FEWEST} to {MOST} classes, these show {count:,}: {more}")


def joined(names: Sequence[str], most: int = 4) -> str:
    """For a sentence: circle, square and triangle; of many the first ones and how many more there are."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
