"""Files from a server on this computer: whole and checked, or a sentence and nothing left behind."""

import errno
import hashlib
import io
import itertools
import random
import shutil
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vizcore.toolkit import downloads
from vizcore.toolkit.downloads import check, download
from vizcore.toolkit.errors import InputError

CONTENT = random.Random(0).randbytes(300_001)
SIZE = len(CONTENT)
SHA256 = hashlib.sha256(CONTENT).hexdigest()[:8]
Answer = Callable[[BaseHTTPRequestHandler], object]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Answer], str]]:
    """`serve(answer)` is the address of a file; `answer(request)` writes what whoever asks for it gets."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *_words: object) -> None:
                """Print nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # a client that hangs up is part of the tests
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/net.pth"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def head(request: BaseHTTPRequestHandler, length: int | None = SIZE) -> None:
    request.send_response(200)
    if length is not None:
        request.send_header("Content-Length", str(length))
    request.end_headers()


def whole(request: BaseHTTPRequestHandler, content: bytes = CONTENT, length: int | None = SIZE) -> None:
    head(request, length)
    request.wfile.write(content)


class Halting:
    """Answers with the first half, and with the second one when it is let go."""

    def __init__(self) -> None:
        self.go, self.requests = threading.Event(), 0

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        self.requests += 1
        head(request)
        request.wfile.write(CONTENT[: SIZE // 2])
        self.go.wait(10)
        request.wfile.write(CONTENT[SIZE // 2 :])


def fetch(url: str, target: Path, progress: Callable[[int, int], None] = lambda *_: None, **more) -> None:
    download(url, target, **{"sha256": SHA256, "most": SIZE, "progress": progress} | more)


def left_behind(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def until(happened: Callable[[], object]) -> None:
    """Return when it has happened; fail after 10 s."""
    end = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_file_arrives_whole_and_alone_in_a_folder_made_for_it(serve, tmp_path):
    target, told = tmp_path / "hub" / "checkpoints" / "net.pth", []
    fetch(serve(whole), target, lambda *step: told.append(step))
    assert target.read_bytes() == CONTENT
    assert left_behind(tmp_path) == [target]
    assert (told[0], told[-1]) == ((0, SIZE), (SIZE, SIZE))


def test_a_size_that_is_not_announced_is_told_as_0(serve, tmp_path):
    told = []
    fetch(serve(partial(whole, length=None)), tmp_path / "net.pth", lambda *step: told.append(step))
    assert told[-1] == (SIZE, 0)


def test_progress_is_told_at_most_ten_times_a_second(serve, tmp_path):
    def in_pieces(request):
        head(request)
        for start in range(0, SIZE, 3000):
            request.wfile.write(CONTENT[start : start + 3000])
            time.sleep(0.004)

    told: list[float] = []
    fetch(serve(in_pieces), tmp_path / "net.pth", lambda *_: told.append(time.monotonic()))
    assert len(told) > 3
    assert all(later - sooner > 0.09 for sooner, later in itertools.pairwise(told[:-1]))


def test_a_file_that_is_there_is_not_asked_for_again(tmp_path):
    (tmp_path / "net.pth").write_text("here")
    fetch("http://127.0.0.1:9/net.pth", tmp_path / "net.pth")
    assert (tmp_path / "net.pth").read_text() == "here"


FAILURES: dict[str, tuple[Answer, str]] = {
    "missing": (lambda request: request.send_error(404), r"answered 404 Not Found\."),
    "overloaded": (lambda request: request.send_error(503), r"answered 503 Service Unavailable\."),
    "cut off": (partial(whole, length=SIZE + 2**20), r"net.pth broke off after 0\.3 MB of 1\.3 MB\."),
    "too large": (partial(whole, length=SIZE + 1), r"net.pth is larger than 0\.3 MB"),
    "endless": (partial(whole, content=CONTENT * 2, length=None), r"net.pth is larger than 0\.3 MB"),
    "another": (partial(whole, content=bytes(SIZE)), rf"SHA-256 begins with [0-9a-f]{{8}}, not {SHA256}\."),
    "a page": (partial(whole, content=b"<html>", length=6), "net.pth is not the file expected"),
    "hangs up": (lambda request: request.connection.shutdown(socket.SHUT_RDWR), "broke off the connection"),
    "no HTTP": (lambda request: request.wfile.write(b"SSH-2.0\r\n\r\n"), "broke off the connection"),
    "silent": (lambda request: time.sleep(0.3), r"was silent for 0\.1 s\."),
    "falls silent": (lambda request: (whole(request, CONTENT[:9]), time.sleep(0.3)), "was silent for"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_goes_wrong_there_is_said_and_leaves_nothing(name, serve, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "SILENCE", 0.1 if "silent" in name else 10)
    answer, sentence = FAILURES[name]
    most = 2 * SIZE + 2**20 if name == "cut off" else SIZE
    with pytest.raises(InputError, match=sentence):
        fetch(serve(answer), tmp_path / "net.pth", most=most)
    assert left_behind(tmp_path) == []


def test_a_server_that_is_not_there_cannot_be_reached(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as closed:  # bound, and never listening
        closed.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(InputError, match=rf"{host} cannot be reached \(Connection refused\)"):
            fetch(f"http://{host}/net.pth", tmp_path / "net.pth")


def test_without_internet_no_name_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")

    def unknown(*_args, **_more):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(InputError, match=r"weights\.test cannot be reached \(Name or service not known\)"):
        fetch("https://weights.test/net.pth", tmp_path / "net.pth")


def test_the_proxy_of_the_environment_is_asked(serve, tmp_path, monkeypatch):
    asked = []
    proxy = serve(lambda request: (asked.append(request.path), whole(request)))
    monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps the proxies of the first call
    monkeypatch.setenv("http_proxy", proxy.removesuffix("/net.pth"))
    fetch("http://weights.test/net.pth", tmp_path / "net.pth")
    assert asked == ["http://weights.test/net.pth"]


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://weights.test/net.pth", "net.pth"])
def test_only_web_addresses_are_opened(url, tmp_path):
    with pytest.raises(InputError, match="is no web address"):
        fetch(url, tmp_path / "net.pth")


def test_a_disk_too_small_is_noticed_before_anything_is_written(serve, tmp_path, monkeypatch):
    halting = Halting()
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(2**30, 2**30, 2**17))
    with pytest.raises(InputError, match=r"does not fit in .*: only 0\.1 MB of 0\.3 MB are free there\."):
        fetch(serve(halting), tmp_path / "net.pth")
    halting.go.set()
    assert left_behind(tmp_path) == []


def test_a_disk_that_fills_up_meanwhile_is_said(serve, tmp_path, monkeypatch):
    class Full(io.BytesIO):
        def write(self, _data):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda *_: Full())
    with pytest.raises(InputError, match=r"cannot be saved in .* \(No space left on device\)\."):
        fetch(serve(whole), tmp_path / "net.pth")


def test_a_folder_that_cannot_be_made_is_said(serve, tmp_path):
    (tmp_path / "hub").write_text("a file, not a folder")
    with pytest.raises(InputError, match=r"net.pth cannot be saved in .*hub"):
        fetch(serve(whole), tmp_path / "hub" / "net.pth")


def test_a_cancelled_download_ends_at_once_and_leaves_nothing(serve, tmp_path):
    halting, told = Halting(), []
    fetch(serve(halting), tmp_path / "net.pth", lambda *step: told.append(step), cancelled=lambda: bool(told))
    assert (left_behind(tmp_path), told) == ([], [(0, SIZE)])
    halting.go.set()


def test_a_caller_that_fails_leaves_nothing_and_the_next_one_succeeds(serve, tmp_path):
    def stop(*_step):
        raise BrokenPipeError("the visitor is gone")

    url, target = serve(whole), tmp_path / "net.pth"
    with pytest.raises(BrokenPipeError, match="the visitor is gone"):
        fetch(url, target, stop)
    assert left_behind(tmp_path) == []
    fetch(url, target)
    assert target.read_bytes() == CONTENT


def test_of_two_who_ask_at_once_one_downloads_and_both_see_how_far_it_is(serve, tmp_path):
    halting, told = Halting(), ([], [])
    url, target = serve(halting), tmp_path / "net.pth"
    with ThreadPoolExecutor(2) as visitors:
        both = [visitors.submit(fetch, url, target, lambda *step, to=to: to.append(step)) for to in told]
        until(lambda: any((SIZE // 2, SIZE) in steps for steps in told))  # the one who waits
        halting.go.set()
        assert [one.result() for one in both] == [None, None]
    assert (halting.requests, target.read_bytes()) == (1, CONTENT)
    assert all(steps for steps in told)


def test_whoever_waits_takes_over_when_the_other_one_cancels(serve, tmp_path):
    halting, gone, told = Halting(), threading.Event(), []
    url, target = serve(halting), tmp_path / "net.pth"
    with ThreadPoolExecutor(2) as visitors:
        first = visitors.submit(fetch, url, target, cancelled=gone.is_set)
        until(lambda: halting.requests == 1)
        second = visitors.submit(fetch, url, target, lambda *step: told.append(step))
        until(lambda: told)
        gone.set()
        halting.go.set()
        first.result()
        second.result()
    assert (halting.requests, target.read_bytes()) == (2, CONTENT)


def test_whoever_waits_can_cancel_too(serve, tmp_path):
    halting, target = Halting(), tmp_path / "net.pth"
    url = serve(halting)
    with ThreadPoolExecutor(1) as visitors:
        first = visitors.submit(fetch, url, target)
        until(lambda: halting.requests == 1)
        fetch(url, target, cancelled=lambda: True)
        assert not target.exists()
        halting.go.set()
        first.result()
    assert target.exists()


def test_a_file_is_read_once_for_its_check_and_again_when_it_changes(tmp_path, monkeypatch):
    path, read, digest = tmp_path / "net.pth", [], hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *args: (read.append(args), digest(*args))[1])
    path.write_bytes(CONTENT)
    check(path, SHA256)
    check(path, SHA256)
    assert len(read) == 1
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(InputError, match=r"net.pth is damaged or another file\. Delete it and download it"):
        check(path, SHA256)


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\)"):
        check(tmp_path, SHA256)
