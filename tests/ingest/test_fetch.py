"""The one way out: waits, retries and limits, which machines may be asked, and what nobody gets to see."""

import gzip
import logging
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from ingest.addresses import CheckedTransport, check_url, checked_addresses, is_public
from ingest.budget import Budget, Rate, SpentTogether
from ingest.fetch import Fetcher, Limits
from ingest.inbox_file import open_inbox_file
from ingest.rate_limit import asked_wait_seconds, pace_seconds
from ingest.testing.source_server import Reply, Request, SourceServer
from textcx.errors import ConfigError, RateLimitedError, SourceRefusedError, SourceUnavailableError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "very-secret-key"


class Time:
    """Time that passes by sleeping."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def seconds(self) -> float:
        """Return the time."""
        return NOW.timestamp() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.slept.append(seconds)


@contextmanager
def fetching(answer: Callable[[Request], Reply], **limits: float) -> Iterator[tuple[Fetcher, SourceServer, Time]]:
    time = Time()
    budget = Budget((), clock=time.seconds, sleep=time.sleep)
    bounds = Limits(**{"seconds": 5.0, "silence_seconds": 2.0, "attempts": 3, **limits})  # type: ignore[arg-type]
    one = Fetcher(budget, allows_private=True, limits=bounds, clock=lambda: NOW, sleep=time.sleep, jitter=lambda: 1.0)
    with SourceServer(answer) as server, closing(one):
        yield one, server, time


def test_a_failure_is_tried_again_with_ever_longer_waits_and_then_told() -> None:
    with fetching(lambda _: Reply({"ok": 1})) as (fetcher, server, time):
        server.plan("failure", times=2)
        assert fetcher.get_json(server.url) == {"ok": 1}
        assert time.slept == [1.0, 2.0]
        server.plan("half a page", times=3)
        with pytest.raises(SourceUnavailableError):
            fetcher.get(server.url)
        assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "12"}, 12),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=30), usegmt=True)}, 30),
        ({"x-ratelimit-reset": "7.5"}, 7.5),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 40)}, 40),
        ({"ratelimit-reset": (NOW + timedelta(seconds=50)).isoformat()}, 50),
        ({"x-ratelimit-reset": str(int(NOW.timestamp() + 20) * 1000)}, 20),
        ({"x-app-usage": '{"1": [{"estimated_time_to_regain_access": 3}]}'}, 180),
        ({}, 60),
        ({"retry-after": "soon"}, 60),
    ],
)
def test_every_way_to_ask_for_a_wait_is_understood(headers: dict[str, str], wait: float) -> None:
    assert asked_wait_seconds(429, headers, b"", NOW) == wait


def test_a_quota_of_a_day_ends_at_midnight_in_california_and_a_missing_right_is_no_wait() -> None:
    body = b'{"error": {"errors": [{"reason": "quotaExceeded"}]}}'
    assert asked_wait_seconds(403, {}, body, NOW) == 20 * 3600
    assert asked_wait_seconds(403, {}, b'{"reason": "forbidden"}', NOW) is None
    assert asked_wait_seconds(200, {"retry-after": "5"}, b"", NOW) is None


def test_what_remains_of_a_limit_is_spread_until_its_reset() -> None:
    headers = {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "250", "x-ratelimit-reset": "60"}
    assert pace_seconds(headers, NOW) == 0
    assert pace_seconds({**headers, "x-ratelimit-remaining": "30"}, NOW) == 2
    assert pace_seconds({**headers, "x-ratelimit-remaining": "0"}, NOW) == 60


def test_a_long_wait_ends_the_reading_and_a_short_one_is_waited_for() -> None:
    with fetching(lambda _: Reply(b"{}")) as (fetcher, server, time):
        server.plan("rate limit")
        fetcher.get(server.url)
        assert sum(time.slept) >= 2
        server.plan("long rate limit")
        with pytest.raises(RateLimitedError) as raised:
            fetcher.get(server.url)
        assert raised.value.retry_after_seconds == 600


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = gzip.compress(b"\0" * (100 * 2**20), 1)
    with fetching(lambda _: Reply(packed, headers={"Content-Encoding": "gzip"})) as (fetcher, server, _):
        tracemalloc.start()
        with pytest.raises(SourceRefusedError, match="more than"):
            fetcher.get(server.url)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 64 * 2**20
        assert len(server.requests) == 1, "a refusal is not tried again"


def test_an_answer_without_end_is_refused() -> None:
    with (
        fetching(lambda _: Reply(b""), bytes=2**20) as (fetcher, _, _time),
        _endless() as url,
        pytest.raises(SourceRefusedError, match="1048576 bytes"),
    ):
        fetcher.get(url)


@contextmanager
def _endless() -> Iterator[str]:
    """Answer one request for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            asking, _ = listening.accept()
            with asking:
                asking.recv(65_536)
                try:
                    asking.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                    while True:
                        asking.sendall(b" " * 65_536)
                except OSError:
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "192.0.0.8", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "192.88.99.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::",
        "2001:db8::1", "198.18.0.1", "240.0.0.1",
    ],
)  # fmt: skip
def test_no_address_of_a_private_network_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "::1"])
def test_this_machine_is_not_asked_however_it_is_written(host: str) -> None:
    with pytest.raises((SourceRefusedError, OSError)):
        checked_addresses(host, 80, allows_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example",
        "http://",
        "http://u:p@a.example",
        "http://a.example:6379",
        "http://[::1",
    ],
)
def test_what_is_no_address_of_a_source_is_refused(url: str) -> None:
    with pytest.raises(SourceRefusedError):
        check_url(url, allows_private=False)


def test_a_private_machine_sees_no_connection() -> None:
    with SourceServer(lambda _: Reply(b"{}")) as server, closing(Fetcher(limits=Limits(attempts=1))) as fetcher:
        with pytest.raises(SourceRefusedError):
            fetcher.get(server.url)
        with (
            httpx.Client(transport=CheckedTransport(allows_private=False)) as client,
            pytest.raises(SourceRefusedError),
        ):
            client.get(server.url.replace("127.0.0.1", "localhost"))  # checked again where the connection is made
        assert server.requests == []


def test_a_secret_does_not_follow_a_redirect_to_another_host_nor_stand_in_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        SourceServer(lambda _: Reply(b"{}", status=404)) as other,
        fetching(lambda _: Reply(b"", status=302, headers={"Location": f"{other.url}/x"})) as (fetcher, server, _),
        pytest.raises(SourceRefusedError) as raised,
    ):
        fetcher.get(server.url, params={"key": SECRET}, headers={"Authorization": f"Bearer {SECRET}"})
    assert server.requests[0].query == {"key": SECRET}
    assert len(other.requests) == 1
    assert SECRET not in str(other.requests)
    assert SECRET not in str(raised.value)
    assert SECRET not in caplog.text


@pytest.mark.parametrize("location", ["/again", "file:///etc/passwd"])
def test_redirects_end_and_those_to_elsewhere_are_refused(location: str) -> None:
    with (
        fetching(lambda _: Reply(b"", status=302, headers={"Location": location})) as (fetcher, server, _),
        pytest.raises(SourceRefusedError),
    ):
        fetcher.get(server.url)
    assert len(server.requests) == (6 if location == "/again" else 1)


def test_a_key_that_no_header_may_have_is_told_without_it() -> None:
    with fetching(lambda _: Reply(b"{}")) as (fetcher, server, _), pytest.raises(ConfigError) as raised:
        fetcher.get(server.url, headers={"Authorization": "Bearer nyckeln-är-hemlig"})
    assert "hemlig" not in str(raised.value)


def test_what_has_not_changed_is_not_sent_again() -> None:
    def answer(request: Request) -> Reply:
        is_known = request.headers.get("if-none-match") == '"v1"'
        return Reply(b"", status=304) if is_known else Reply(b"{}", headers={"ETag": '"v1"'})

    with fetching(answer) as (fetcher, server, _):
        first = fetcher.get(server.url)
        assert fetcher.get(server.url, validators=first.validators).is_unchanged


def test_a_budget_is_shared_by_processes_and_outlives_them(tmp_path: Path) -> None:
    time = Time()
    sent = []
    for _ in range(4):
        with closing(open_inbox_file(tmp_path)) as database:  # each a process that is killed after seven requests
            spent = SpentTogether(database, "who")
            budget = Budget([Rate(10, 60.0)], clock=time.seconds, sleep=time.sleep, spent=spent)
            for _ in range(7):
                budget.spend()
                sent.append(time.seconds())
    assert all(later - earlier >= 60 for earlier, later in zip(sent, sent[10:], strict=False))
    assert sum(time.slept) < 200
    with closing(open_inbox_file(tmp_path)) as database:
        Budget([], clock=time.seconds, sleep=time.sleep, spent=SpentTogether(database, "who")).hold(900)
    with closing(open_inbox_file(tmp_path)) as database:
        other = Budget([], clock=time.seconds, sleep=time.sleep, spent=SpentTogether(database, "who"))
        before = time.seconds()
        other.spend()
        assert time.seconds() - before >= 900


def test_a_clock_that_was_wrong_once_does_not_stop_a_source_for_ever(tmp_path: Path) -> None:
    with closing(open_inbox_file(tmp_path)) as database:
        spent = SpentTogether(database, "who")
        rate = [Rate(1, 60.0)]
        assert spent.spend(rate, NOW.timestamp() + 400 * 86_400) == 0
        assert spent.spend(rate, NOW.timestamp()) == 0
        assert spent.spend(rate, NOW.timestamp() + 1) > 0
