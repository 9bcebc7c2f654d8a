"""textcx ingest of hostile files: refused or set aside in words, at once."""

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Textcx = Callable[..., Any]
LONGEST_SECONDS = 10.0
GOOD = b'{"id": "good", "source": "s", "text": "Snabb leverans", "kind": "review"}'
LINES = (
    b'{"id": "1", "source": "s", "text": NaN}',
    b'{"id": "2", "source": "s", "text": "\\ud800"}',
    b'{"id": "3", "source": "s", "text": 1e999}',
    b'{"id": "4", "source": "s", "text": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"id": "5", "source": "s", "ratings": [{"measure": "stars", "value": 1e400, "lowest": 1, "highest": 5}]}',
    b'{"id": "6", "source": "s", "text": "x", "published_at": "' + b"9" * 5000 + b'"}',
    b'{"id": "7", "source": "s", "text": "' + b"a" * 1_000_001 + b'"}',
    b"[1, 2, 3]",
    b"\x00\x01\x02",
    b"{" * 1000,
)
ODD_BUT_FINE = (
    b'{"id": "a", "source": "s", "text": "e' + "\u0301\u0323".encode() * 100_000 + b' bra"}',
    b'{"id": "b", "source": "s", "text": "a\\u0000b <script>x</script> &amp;amp; bra"}',
    '{"id": "c", "source": "s", "text": "\u202eabc\u202c 👩\u200d👩\u200d👧 bra"}'.encode(),
    b'{"id": "d", "source": "s", "text": "' + "😀".encode() * 20_000 + b'"}',
    b'{"id": "e", "source": "=cmd|calc", "text": "=1+1"}',
)


def test_bad_lines_are_set_aside_and_the_good_ones_stored(textcx: Textcx, tmp_path: Path) -> None:
    (tmp_path / "hostile.jsonl").write_bytes(b"\n".join([GOOD, *LINES, *ODD_BUT_FINE, b""]))
    began = time.monotonic()
    done = textcx("ingest", "hostile.jsonl", "--json")
    assert time.monotonic() - began < 6 * LONGEST_SECONDS
    report = json.loads(done.out)
    assert done.status == 3
    assert report["outcomes"] == {
        "stored": 1 + len(ODD_BUT_FINE),
        "duplicate": 0,
        "filtered": 0,
        "quarantined": len(LINES),
    }
    assert report["adds_up"]
    assert "Traceback" not in done.err
    reasons = json.loads(textcx("quarantine", "list", "--json").out)
    assert len(reasons) == len(LINES)
    assert all(one["reason"] and one["place"] for one in reasons)


@pytest.mark.parametrize("packed", ["once", "twice"])
def test_a_file_that_unpacks_to_far_more_than_it_is_is_not_read(textcx: Textcx, tmp_path: Path, packed: str) -> None:
    line = GOOD + b" " * 1_000_000 + b"\n"
    content = gzip.compress(line * 100, 9)
    if packed == "twice":
        content = gzip.compress(content)
    (tmp_path / "bomb.jsonl.gz").write_bytes(content)
    began = time.monotonic()
    done = textcx("ingest", "bomb.jsonl.gz")
    assert time.monotonic() - began < LONGEST_SECONDS
    assert done.status == 1
    assert "bomb.jsonl.gz" in done.err
