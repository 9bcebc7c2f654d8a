"""textcx keys: a key is made, shown once, listed without its text, and revoked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Textcx = Callable[..., Any]


def test_a_key_is_shown_once_and_kept_as_a_hash(textcx: Textcx, tmp_path: Path) -> None:
    made = textcx("keys", "add", "webshop", "--scope", "read", "--scope", "write", "--requests-per-minute", "50")
    assert made.status == 0
    key = made.out.strip()
    assert key.startswith("textcx_")
    assert key not in made.err
    secret = key.split("_")[2]
    listed = textcx("keys", "list", "--json")
    assert secret not in listed.out
    (one,) = json.loads(listed.out)
    assert one["id"] == key.split("_")[1]
    assert one["id"] in made.err
    assert (one["name"], one["scopes"], one["requests_per_minute"]) == ("webshop", ["read", "write"], 50)
    assert (one["state"], one["used_on"], one["expires_at"]) == ("good", None, None)
    for file in (tmp_path / ".textcx").iterdir():
        assert secret.encode() not in file.read_bytes()


def test_a_key_is_given_as_json_too(textcx: Textcx) -> None:
    made = json.loads(textcx("keys", "add", "webshop", "--expires-on", "2099-01-01", "--json").out)
    assert made["key"].split("_")[1] == made["id"]
    assert made["scopes"] == ["read"]
    assert made["requests_per_minute"] == 600
    assert made["expires_at"] == "2099-01-01T00:00:00+00:00"


def test_a_revoked_key_stays_listed(textcx: Textcx) -> None:
    identifier = json.loads(textcx("keys", "add", "intern", "--json").out)["id"]
    assert identifier in textcx("keys", "revoke", identifier).out
    assert "revoked" in textcx("keys", "list").out
    again = textcx("keys", "revoke", identifier)
    assert again.status == 2
    assert "before" in again.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "a", "--scope", "everything"), "'everything'"),
        (("add", ""), "name"),
        (("add", "a" * 101), "name"),
        (("add", "a\nb"), "name"),
        (("add", "a", "--requests-per-minute", "0"), "between 1 and 60000"),
        (("add", "a", "--requests-per-minute", "60001"), "between 1 and 60000"),
        (("add", "a", "--expires-on", "2020-01-01"), "future"),
        (("add", "a", "--expires-on", "soon"), "2027-06-30"),
        (("revoke", "0badc0de"), "'0badc0de'"),
    ],
)
def test_what_cannot_be_is_said_in_words(textcx: Textcx, arguments: tuple[str, ...], said: str) -> None:
    done = textcx("keys", *arguments)
    assert done.status == 2
    assert said in done.err
    assert json.loads(textcx("keys", "list", "--json").out) == []
