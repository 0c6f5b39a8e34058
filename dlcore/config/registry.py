"""Things by name, where to add one is to add a file. No torch in here."""

import importlib
import pkgutil
import threading
from collections.abc import Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from dlcore.errors import InvalidValue


class Named(Protocol):
    """What a registry holds."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Registry(Mapping[str, T], Generic[T]):
    """Entries by name, in the order in which they were registered.

    what: one entry, in words, for sentences
    folder: a package whose modules each register what they define; they are imported when an entry is first asked for,
    by name, so that this lower floor imports none of them
    """

    def __init__(self, what: str, folder: str = "") -> None:
        self.what, self._folder = what, folder
        self._entries: dict[str, T] = {}
        self._looking = threading.RLock()

    def register(self, entry: T) -> T:
        """Add an entry; InvalidValue if its name is taken."""
        if entry.name in self._entries:
            raise InvalidValue(f"there is a {self.what} called {entry.name!r} already: choose another name")
        self._entries[entry.name] = entry
        return entry

    def remove(self, name: str) -> None:
        """Take an entry away again."""
        del self._entries[name]

    def _all(self) -> dict[str, T]:
        if self._folder:
            with self._looking:
                for module in pkgutil.iter_modules(importlib.import_module(self._folder).__path__):
                    importlib.import_module(f"{self._folder}.{module.name}")
                self._folder = ""
        return self._entries

    def __getitem__(self, name: str) -> T:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def find(self, name: str) -> T:
        """The entry called `name`; InvalidValue names those that exist."""
        try:
            return self[name]
        except (KeyError, TypeError):
            raise InvalidValue(f"{self.what} must be one of {', '.join(self)}, got {str(name)[:80]!r}") from None
