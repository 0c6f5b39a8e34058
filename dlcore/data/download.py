"""Fetching one file from a server that may be slow, broken or gone. It ends in time, can be cancelled, and says why.

The transfer runs in a thread of its own, while the caller's thread tells how far it is. So whatever `progress` raises,
and Ctrl+C, end it at once, also while a server keeps silent.
"""

import hashlib
import http.client
import socket
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

SILENCE_SECONDS = 10.0
"""Without a byte from the server."""
PATIENCE_SECONDS, LEAST_BYTES = 20.0, 20_000
"""A server that sends fewer bytes in that time is too slow."""
MOST_BYTES = 100_000_000
TICK_SECONDS = 0.1
CHUNK = 1 << 16


class DownloadFailed(Exception):
    """A file could not be fetched. The text is a clause for a person: what went wrong."""


def fetch(url: str, md5: str, target: Path, deadline: float, progress: Callable[[float], None]) -> None:
    """Write the file at `url` to `target`.

    md5: its digest; deadline: of time.monotonic(), when it has to be there
    progress: called ten times a second with the fraction that is done, from the caller's thread; may raise to cancel
    Raises DownloadFailed, whatever the server does.
    """
    transfer = _Transfer(url, target)
    watched, seen = time.monotonic(), 0
    try:
        while transfer.goes_on(TICK_SECONDS):
            progress(transfer.done / transfer.total if transfer.total else 0.0)
            now = time.monotonic()
            if now > deadline:
                raise DownloadFailed("it took too long")
            if now - watched > PATIENCE_SECONDS:
                if transfer.done - seen < LEAST_BYTES:
                    raise DownloadFailed("the server is too slow")
                watched, seen = now, transfer.done
    finally:
        transfer.cancel()
    if transfer.failure is not None:
        raise DownloadFailed(_why(transfer.failure)) from transfer.failure
    if transfer.digest.hexdigest() != md5:
        raise DownloadFailed("the file arrived damaged")
    progress(1.0)


class _Transfer:
    """A request and its answer, in a thread."""

    def __init__(self, url: str, target: Path) -> None:
        self.url, self.target = url, target
        self.done = self.total = 0
        self.failure: Exception | None = None
        self.digest = hashlib.md5(usedforsecurity=False)
        self._connections: list[http.client.HTTPConnection] = []
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="download", daemon=True)
        self._thread.start()

    def goes_on(self, seconds: float) -> bool:
        """Whether it still runs after at most so many seconds."""
        self._thread.join(seconds)
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Let the thread end, also where it waits for a server's first word."""
        self._cancelled.set()
        for connection in self._connections:
            if connection.sock is not None:
                try:
                    connection.sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it is closed

    def _run(self) -> None:
        try:
            self._receive()
        except Exception as error:
            self.failure = error
        finally:
            for each in self._connections:
                each.close()

    def _receive(self) -> None:
        with (
            _opener(self._connections).open(self.url, timeout=SILENCE_SECONDS) as answer,
            self.target.open("wb") as out,
        ):
            self.total = int(answer.headers.get("Content-Length") or 0)
            while not self._cancelled.is_set() and (chunk := answer.read1(CHUNK)):
                out.write(chunk)
                self.digest.update(chunk)
                self.done += len(chunk)
                if self.done > MOST_BYTES:
                    raise DownloadFailed(f"the server sends more than {MOST_BYTES:,} bytes")
        if self.total and self.done < self.total:
            raise http.client.IncompleteRead(b"", self.total - self.done)


def _opener(connections: list[http.client.HTTPConnection]) -> urllib.request.OpenerDirector:
    """urllib's usual one, proxies included, which notes the connections that it makes."""

    def noting(kind: type[http.client.HTTPConnection]) -> Callable[..., http.client.HTTPConnection]:
        def make(host: str, **options: Any) -> http.client.HTTPConnection:
            connections.append(kind(host, **options))
            return connections[-1]

        return make

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(noting(http.client.HTTPConnection), req)

    class Secure(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(noting(http.client.HTTPSConnection), req)

    return urllib.request.build_opener(Plain, Secure)


def _why(error: BaseException) -> str:
    """What went wrong, without the numbers of the system's errors."""
    reason = getattr(error, "reason", error)
    if isinstance(error, DownloadFailed):
        return str(error)
    if isinstance(error, HTTPError):
        return f"the server answered {error.code}"
    if isinstance(reason, TimeoutError):
        return "the server does not answer"
    if isinstance(reason, http.client.IncompleteRead):
        return "the connection broke off"
    if isinstance(reason, http.client.HTTPException | ValueError):
        return "the server's answer is broken"
    if isinstance(reason, socket.gaierror):
        return "the server cannot be reached: is there a network connection?"
    if isinstance(error, URLError) or isinstance(reason, ConnectionError):
        return "there is no connection to the server"
    return "it cannot be written to the disk" if isinstance(reason, OSError) else "it broke off"
