"""Data sets: whole, in memory, as tensors. Importing the package imports no torch; asking for a set does."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlcore.data.sets import Dataset, Split, load

__all__ = ["Dataset", "Split", "load"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dlcore.data import sets

    return getattr(sets, name)
