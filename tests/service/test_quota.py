"""A quota is exact: never more in any minute, never a refusal while there is less."""

import threading
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from service.quota import WINDOW_SECONDS, Quota


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(
    most=st.integers(1, 8),
    pauses=st.lists(st.one_of(st.floats(0, 3), st.floats(0, 70), st.just(60.0)), min_size=1, max_size=80),
)
@settings(max_examples=300, deadline=None)
def test_a_request_is_admitted_exactly_while_fewer_were_in_the_last_minute(most: int, pauses: list[float]) -> None:
    clock, admitted = Clock(), []
    quota = Quota(clock)
    for pause in pauses:
        clock.now += pause
        in_window = [time for time in admitted if time > clock.now - WINDOW_SECONDS]
        verdict = quota.take("someone", most)
        assert verdict.is_admitted == (len(in_window) < most)
        if verdict.is_admitted:
            admitted.append(clock.now)
            in_window.append(clock.now)
        assert verdict.remaining == most - len(in_window)


def test_whoever_waits_as_told_is_admitted_and_not_sooner_than_a_second_before() -> None:
    clock = Clock()
    quota = Quota(clock)
    for _ in range(3):
        clock.now += 7.3
        assert quota.take("someone", 3).is_admitted
    refused = quota.take("someone", 3)
    assert not refused.is_admitted
    wait = int(refused.headers()["Retry-After"])
    clock.now += wait - 1
    assert not quota.take("someone", 3).is_admitted
    clock.now += 1
    assert quota.take("someone", 3).is_admitted


def test_the_headers_say_what_is_left() -> None:
    clock = Clock()
    quota = Quota(clock)
    first = quota.take("someone", 2)
    clock.now += 10
    second, third = quota.take("someone", 2), quota.take("someone", 2)
    assert first.headers() == {"RateLimit-Policy": '"minute";q=2;w=60', "RateLimit": '"minute";r=1;t=60'}
    assert second.headers()["RateLimit"] == '"minute";r=0;t=50'
    assert third.headers()["Retry-After"] == "50"


def test_callers_do_not_share_a_quota_and_threads_do() -> None:
    quota = Quota(Clock())
    admitted: Counter[str] = Counter()

    def ask(caller: str) -> None:
        for _ in range(400):
            admitted[caller] += quota.take(caller, 1000).is_admitted

    threads = [threading.Thread(target=ask, args=(caller,)) for caller in "aabbb"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert admitted == {"a": 800, "b": 1000}
