"""Errors whose text is a sentence for a person: the value, what is allowed, the next step."""


class DlcoreError(Exception):
    """Base of every error that is raised on purpose; safe to show as it is."""


class InvalidValue(DlcoreError, ValueError):
    """A setting lies outside of what is allowed."""


class DataUnavailable(DlcoreError):
    """A data set is missing, damaged, or cannot be fetched."""


class UnreadableImage(DlcoreError, ValueError):
    """A file or a drawing is no image that may be decoded."""


class WeightsUnreadable(DlcoreError):
    """A weights file is missing, damaged, or belongs to another model."""


class RunNotFound(DlcoreError, LookupError):
    """No run has this id, or it belongs to somebody else."""


class RunUnreadable(DlcoreError):
    """A run was written by another version of the program, or is damaged; what it learned can still be downloaded."""


class LimitReached(DlcoreError):
    """The machine, the queue or the user's share is full."""


class StoreUnavailable(DlcoreError):
    """The store of runs cannot be read or written."""
