"""Errors whose text is a sentence for a person: the value, what is allowed, the next step."""

import re
import socket
import ssl


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


def cause(error: BaseException) -> str:
    """Why the system or the network refused, in words and without its numbers: "no such file or directory".

    What goes wrong while a file is fetched is told in dlcore.data.download.
    """
    for kind, words in _CAUSES.items():
        if isinstance(error, kind):
            return words
    said = str(getattr(error, "strerror", None) or error) or type(error).__name__
    said = re.sub(r"^\[(Errno|WinError|SSL)[^\]]*\] ?", "", said.strip())
    return said[:1].lower() + said[1:] if said[1:2].islower() else said


_CAUSES: dict[type[BaseException], str] = {
    socket.gaierror: "there is no connection to the internet, or the server's name is unknown",
    ssl.SSLError: "the server's certificate or its encryption was not accepted",
    ConnectionRefusedError: "the server refused the connection",
    ConnectionError: "the connection was cut",
    TimeoutError: "the server did not answer in time",
}
