"""A server on this machine that answers as badly as a test wants."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

Answer = Callable[[str], Iterator[bytes]]


@contextlib.contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The address of a server that sends what `answer` yields for a path, and closes the connection then."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, answer), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, answer: Answer) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, answer), daemon=True).start()


def _answer(connection: socket.socket, answer: Answer) -> None:
    with connection, contextlib.suppress(OSError):
        path = connection.recv(65_536).decode().split(" ")[1]
        for part in answer(path):
            connection.sendall(part)


def _slowly(*beginning: bytes) -> Iterator[bytes]:
    """One byte after the other, for longer than any test waits."""
    yield from beginning
    for _ in range(2_000):
        yield b"x"
        time.sleep(0.05)


BROKEN: dict[str, Answer] = {
    "cuts a chunked body": lambda _: iter((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"ff\r\nabc")),
    "breaks off": lambda _: iter((b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"abc")),
    "says nothing": lambda _: iter(()),
    "sends garbage": lambda _: iter((b"\x00\xff garbage\r\n\r\n",)),
    "has too long a header": lambda _: iter((b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",)),
    "has too many headers": lambda _: iter((b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",)),
    "lies about the length": lambda _: iter((b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nabc",)),
    "has no such file": lambda _: iter((b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",)),
    "sends another file": lambda _: iter((b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",)),
    "sends its file byte by byte": lambda _: _slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
    "sends its header byte by byte": lambda _: _slowly(b"HTTP/1.1 200 OK\r\nX: "),
}
