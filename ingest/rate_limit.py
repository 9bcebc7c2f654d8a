"""Rate limit: how long a source asks us to wait, read from the several ways in which sources say it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import orjson

_PREFIXES = ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
_EPOCH_SECONDS = 1_000_000_000
"""A reset above this is a time, below it is seconds from now."""
_EPOCH_MILLISECONDS = 1_000_000_000_000
_TOO_MANY, _FORBIDDEN, _UNAVAILABLE = 429, 403, 503
_GOOGLE_DAY = re.compile(rb'"(?:quotaExceeded|dailyLimitExceeded)"')
_GOOGLE_RATE = re.compile(rb'"(?:rateLimitExceeded|userRateLimitExceeded)"')
_GOOGLE_ZONE = "America/Los_Angeles"
_META_HEADERS = ("x-business-use-case-usage", "x-app-usage")
_MINUTE_SECONDS = 60.0
_LEAST_REMAINING_SHARE = 0.2
_LONGEST_PACE_SECONDS = 60.0


def asked_wait_seconds(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> float | None:
    """Return how long the source asks us to wait before anything else is sent, or None if it does not.

    `Retry-After` goes first, then the limit's reset: seconds from now, seconds or milliseconds since 1970, or ISO 8601.
    Of Google's 403 the reason counts (its days begin at midnight in California), of Meta's usage its minutes.
    A limit that is not explained is a minute.

    Example:
        >>> asked_wait_seconds(429, {"retry-after": "12"}, b"", datetime(2026, 11, 1, tzinfo=UTC))
        12.0
    """
    if status == _FORBIDDEN:
        if _GOOGLE_DAY.search(body):
            return _until_midnight_seconds(now)
        if _GOOGLE_RATE.search(body):
            return _MINUTE_SECONDS
    if status in (_TOO_MANY, _UNAVAILABLE, _FORBIDDEN) and "retry-after" in headers:
        return _retry_after_seconds(headers["retry-after"], now)
    if status != _TOO_MANY and not (status == _FORBIDDEN and _number(headers, "remaining") == 0):
        return None
    found = _reset_seconds(headers, now)
    if found is None:
        found = _meta_seconds(headers)
    return _MINUTE_SECONDS if found is None else found


def pace_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """Return how long to wait before the next request so that what remains lasts until the reset; 0 while much does.

    Example:
        >>> headers = {"ratelimit-limit": "100", "ratelimit-remaining": "10", "ratelimit-reset": "30"}
        >>> pace_seconds(headers, datetime(2026, 11, 1, tzinfo=UTC))
        3.0
    """
    remaining, limit, reset = _number(headers, "remaining"), _number(headers, "limit"), _reset_seconds(headers, now)
    if remaining is None or reset is None:
        return 0.0
    if remaining < 1:
        return reset
    if limit and remaining / limit > _LEAST_REMAINING_SHARE:
        return 0.0
    return min(_LONGEST_PACE_SECONDS, reset / remaining) if limit else 0.0


def _retry_after_seconds(written: str, now: datetime) -> float:
    try:
        return max(0.0, float(written))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(written)
    except ValueError:
        return _MINUTE_SECONDS
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((headers[prefix + name] for prefix in _PREFIXES if prefix + name in headers), None)


def _number(headers: Mapping[str, str], name: str) -> float | None:
    written = _header(headers, name) or ""
    match = re.match(r"\s*(\d+(?:\.\d+)?)", written)
    return float(match[1]) if match else None


def _reset_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    written = _header(headers, "reset")
    if written is None:
        return None
    try:
        number = float(written)
    except ValueError:
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            return None
        return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
    if number >= _EPOCH_MILLISECONDS:
        number /= 1000
    return max(0.0, number - now.timestamp() if number >= _EPOCH_SECONDS else number)


def _meta_seconds(headers: Mapping[str, str]) -> float | None:
    """Return what Meta estimates until access is regained; it says so in minutes, deep in a header of JSON."""
    for name in _META_HEADERS:
        try:
            usage = orjson.loads(headers.get(name, "null"))
        except orjson.JSONDecodeError:
            continue
        parts = [one for many in usage.values() if isinstance(many, list) for one in many] if usage else []
        minutes = [one.get("estimated_time_to_regain_access", 0) for one in parts if isinstance(one, dict)]
        if minutes and max(minutes) > 0:
            return float(max(minutes)) * 60
    return None


def _until_midnight_seconds(now: datetime) -> float:
    there = now.astimezone(ZoneInfo(_GOOGLE_ZONE))
    midnight = datetime.combine(there.date() + timedelta(days=1), time(), there.tzinfo)
    return (midnight.astimezone(UTC) - now).total_seconds()
