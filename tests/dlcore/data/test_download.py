"""Downloads from servers that are slow, broken or silent: they end in time, and can be cancelled."""

import hashlib
import os
import signal
import threading
import time

import pytest

from dlcore.data import download
from dlcore.data.download import DownloadFailed, fetch
from tests.dlcore.data.server import BROKEN, serving

CONTENT = b"digits" * 50_000
MD5 = hashlib.md5(CONTENT).hexdigest()


def later(seconds: float) -> float:
    return time.monotonic() + seconds


def whole(_):
    yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(CONTENT)
    yield CONTENT


def chunked(_):
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield b"%x\r\n%b\r\n0\r\n\r\n" % (len(CONTENT), CONTENT)


def downloads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "download"]


@pytest.mark.parametrize("answer", [whole, chunked])
def test_a_file_arrives_whole_and_tells_how_far_it_is(answer, tmp_path):
    seen = []
    with serving(answer) as url:
        fetch(url, MD5, tmp_path / "file", later(60), seen.append)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert seen[-1] == 1.0


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("cuts a chunked body", "the connection broke off"),
        ("breaks off", "the connection broke off"),
        ("says nothing", "no connection|broken"),
        ("sends garbage", "the server's answer is broken"),
        ("has too long a header", "the server's answer is broken"),
        ("has too many headers", "the server's answer is broken"),
        ("lies about the length", "the server's answer is broken"),
        ("has no such file", "the server answered 404"),
        ("sends another file", "the file arrived damaged"),
        ("sends its file byte by byte", "the server is too slow"),
        ("sends its header byte by byte", "the server is too slow"),
    ],
)
def test_whatever_a_server_does_is_a_clause(name, why, tmp_path, impatient):
    with serving(BROKEN[name]) as url, pytest.raises(DownloadFailed, match=why):
        fetch(url, MD5, tmp_path / "file", later(60), lambda fraction: None)


def test_no_server_at_all_is_a_clause(tmp_path):
    with serving(whole) as url:
        pass
    with pytest.raises(DownloadFailed, match="there is no connection to the server"):
        fetch(url, MD5, tmp_path / "file", later(60), lambda fraction: None)


def test_there_is_a_deadline(tmp_path):
    with serving(BROKEN["sends its file byte by byte"]) as url, pytest.raises(DownloadFailed, match="took too long"):
        fetch(url, MD5, tmp_path / "file", later(0.2), lambda fraction: None)


def test_a_file_without_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "MOST_BYTES", 1_000)
    with serving(whole) as url, pytest.raises(DownloadFailed, match="more than 1,000 bytes"):
        fetch(url, MD5, tmp_path / "file", later(60), lambda fraction: None)


@pytest.mark.parametrize("name", ["sends its file byte by byte", "sends its header byte by byte"])
def test_what_progress_raises_cancels_and_nothing_goes_on_behind_it(name, tmp_path):
    class Stopped(Exception):
        pass

    def stop(fraction: float) -> None:
        raise Stopped

    with serving(BROKEN[name]) as url, pytest.raises(Stopped):
        fetch(url, MD5, tmp_path / "file", later(60), stop)
    for each in downloads():
        each.join(5)
    assert not downloads()


@pytest.fixture
def interruptible():
    """Ctrl+C does what it does in a terminal: where tests run side by side it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_cancels(tmp_path, interruptible):
    told = []

    def interrupt(fraction: float) -> None:
        if not told:
            told.append(fraction)
            os.kill(os.getpid(), signal.SIGINT)

    with serving(BROKEN["sends its header byte by byte"]) as url, pytest.raises(KeyboardInterrupt):
        fetch(url, MD5, tmp_path / "file", later(60), interrupt)
