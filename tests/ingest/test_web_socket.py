"""Web sockets and server-sent events: what comes in, how it ends, and which servers are let say anything at all."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ingest.budget import Budget, Rate
from ingest.fetch import Fetcher, Limits
from ingest.listening import Listening
from ingest.server_sent import ServerSent, read_server_sent
from ingest.testing.socket_server import SocketServer
from ingest.testing.source_server import LONG_WAIT_SECONDS, Reply, Request, SourceServer
from textcx.errors import RateLimitedError, SourceRefusedError, SourceUnavailableError

SECRET = "very-secret-key"


@contextmanager
def fetching(**more: Any) -> Iterator[Fetcher]:
    limits = Limits(attempts=3, seconds=5.0, silence_seconds=2.0, message_bytes=1000, quiet_seconds=0.2)
    values = {"limits": limits, "allows_private": True, "sleep": lambda _: None, "jitter": lambda: 1.0, **more}
    with closing(Fetcher(**values)) as fetcher:
        yield fetcher


def say(*messages: str | bytes) -> SocketServer:
    def talk(_: Request) -> Iterator[str | bytes | None]:
        yield from messages
        while True:
            yield None

    return SocketServer(talk)


def some_of(listening: Listening[Any], count: int) -> list[Any]:
    found = []
    for message in listening:
        if message is not None:
            found.append(message)
        if len(found) == count:
            break
    return found


def test_messages_come_whole_and_a_pause_is_told_as_one() -> None:
    with say("en", "två".encode(), "x" * 900) as server, fetching() as fetcher:
        with fetcher.messages(f"{server.url}/a", params={"key": SECRET}, headers={"X-Key": SECRET}) as listening:
            assert some_of(listening, 3) == ["en", "två", "x" * 900]
            assert not listening.is_quiet
            assert next(iter(listening)) is None
            time.sleep(0.25)
            assert listening.is_quiet
            assert listening.is_position_due()
            assert not listening.is_position_due(), "it has been said"
        (request,) = server.requests
        assert (request.path, request.query, request.headers["x-key"]) == ("/a", {"key": SECRET}, SECRET)
        assert request.headers["user-agent"].startswith("textcx/")
        assert "sec-websocket-extensions" not in request.headers


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("failure", SourceUnavailableError, "503"),
        ("page of HTML", SourceUnavailableError, "page instead"),
        ("expired credential", SourceRefusedError, "401"),
        ("long rate limit", RateLimitedError, "wait"),
    ],
)
def test_a_server_that_opens_no_socket_is_told_by_what_to_do_next(
    fault: Any, error: type[Exception], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with say() as server, fetching() as fetcher:
        server.plan(fault)
        with pytest.raises(error, match=said) as raised, fetcher.messages(server.url, params={"key": SECRET}):
            pass
        assert SECRET not in str(raised.value)
        assert SECRET not in caplog.text
        if isinstance(raised.value, RateLimitedError):
            assert raised.value.retry_after_seconds == LONG_WAIT_SECONDS


def test_a_server_that_is_none_or_leads_elsewhere_is_told() -> None:
    with fetching() as fetcher, socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        listening.close()
        with pytest.raises(SourceUnavailableError), fetcher.messages(f"ws://127.0.0.1:{port}"):
            pass
    with say() as other, SourceServer(lambda _: Reply(b"", status=302, headers={"Location": other.url})) as web:
        url = web.url.replace("http", "ws")
        with fetching() as fetcher, pytest.raises(SourceRefusedError, match="302"), fetcher.messages(url):
            pass
        assert other.requests == []


def test_a_connection_that_breaks_within_a_message_gives_nothing_of_it() -> None:
    with say("en") as server, fetching() as fetcher, fetcher.messages(server.url) as listening:
        assert some_of(listening, 1) == ["en"]
        server.drop_all()
        with pytest.raises(SourceUnavailableError, match="broke off"):
            some_of(listening, 1)


def test_a_message_that_is_too_big_is_not_taken() -> None:
    with (
        say("x" * 1001) as server,
        fetching() as fetcher,
        fetcher.messages(server.url) as listening,
        pytest.raises(SourceUnavailableError, match="more than 1000 bytes"),
    ):
        some_of(listening, 1)


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return what a server with a certificate of its own shows."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "us")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    signed = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "made.pem").write_bytes(signed + key.private_bytes(*pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "made.pem")
    return context


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    context = self_signed(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            asking, _ = listening.accept()
            with asking:
                try:
                    context.wrap_socket(asking, server_side=True).close()
                except (ssl.SSLError, OSError):
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"wss://127.0.0.1:{listening.getsockname()[1]}"
        with (
            fetching() as fetcher,
            pytest.raises(SourceUnavailableError, match="CertVerification"),
            fetcher.messages(url),
        ):
            pass
        thread.join()


def test_listening_goes_on_with_growing_waits_and_ends_where_it_never_lasts() -> None:
    slept: list[float] = []
    with say("en") as server, fetching(sleep=slept.append) as fetcher:
        server.plan("failure", times=2)

        def listen() -> Iterator[Any]:
            with fetcher.messages(server.url) as listening:
                yield from some_of(listening, 1)

        assert list(fetcher.keep_listening(listen)) == ["en"]
        assert slept == [1.0, 2.0]
        server.plan("failure", times=3)
        with pytest.raises(SourceUnavailableError, match="503"):
            list(fetcher.keep_listening(listen))


def test_every_connection_is_counted_by_the_budget_and_a_limit_holds_it() -> None:
    slept: list[float] = []
    clock = lambda: sum(slept)  # noqa: E731 - time passes by sleeping
    budget = Budget([Rate(2, 60.0)], clock=clock, sleep=slept.append)
    with say("en") as server, fetching(budget=budget, sleep=slept.append) as fetcher:
        for _ in range(3):
            with fetcher.messages(server.url) as listening:
                assert some_of(listening, 1) == ["en"]
        assert sum(slept) >= 60
        server.plan("rate limit")
        before = clock()

        def listen() -> Iterator[Any]:
            with fetcher.messages(server.url) as listening:
                yield from some_of(listening, 1)

        assert list(fetcher.keep_listening(listen)) == ["en"]
        assert clock() - before >= 2


def test_events_of_several_streams_come_as_they_come_and_all_end_at_once() -> None:
    def answer(request: Request) -> Reply:
        def happen() -> Iterator[bytes]:
            yield f"data: {request.path}\n\n".encode()
            while True:
                yield b""
                time.sleep(0.02)

        return Reply(happen(), headers={"Content-Type": "text/event-stream"})

    threads = threading.active_count()
    with SourceServer(answer) as server:
        with fetching() as fetcher, fetcher.events([f"{server.url}/{name}" for name in "abc"]) as listening:
            assert sorted(event.data for event in some_of(listening, 3)) == ["/a", "/b", "/c"]
            began_at = time.monotonic()
        assert time.monotonic() - began_at < 2
    deadline = time.monotonic() + 5
    while threading.active_count() > threads and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= threads


def test_a_page_is_no_stream() -> None:
    with (
        SourceServer(lambda _: Reply({"a": 1})) as server,
        fetching() as fetcher,
        pytest.raises(SourceUnavailableError, match="page instead"),
        fetcher.events([server.url]),
    ):
        pass


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_server_sent_events_are_read_however_they_are_cut(size: int) -> None:
    said = (
        b'\xef\xbb\xbf:)\n\nevent: update\r\ndata: {"a":1,\r\ndata:  "b": 2}\r\n\r\n'
        b"id: 7\nretry: 10\n\n:thump\nevent: ignored\n\ndata\ndata: r\xc3\xa4ka\n\nevent: delete\ndata: 1"
    )
    events = list(read_server_sent([said[at : at + size] for at in range(0, len(said), size)], largest_bytes=200))
    assert events == [ServerSent("update", '{"a":1,\n "b": 2}'), ServerSent("message", "\nräka")]
