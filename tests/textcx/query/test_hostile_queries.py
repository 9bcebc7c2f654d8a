"""No string hangs or crashes the parser: it gives a tree or says what is wrong, in less than five milliseconds."""

import os
import random
import time
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from textcx.configs import configs_folder
from textcx.errors import QuerySyntaxError
from textcx.query.completion import complete
from textcx.query.limits import LONGEST_QUERY
from textcx.query.text import query_text
from textcx.query.tree import Query

STRINGS = int(os.environ.get("TEXTCX_QUERY_STRINGS", "10000"))
LONGEST_SECONDS = 0.005
ZONE = ZoneInfo("Europe/Stockholm")
PIECES = (
    *(
        "(",
        ")",
        '"',
        "”",
        "“",
        "«",
        "-",
        "–",
        "*",
        "=",
        ":",
        "..",
        "<",
        ">=",
        "/",
        "\\",
        "'",
        "!",
        "?",
        "&&",
        "||",
        "~2",
    ),
    *(
        " ",
        "\t",
        "\n",
        "\x00",
        "\x1b",
        "\x85",
        "\ud83d",
        "\udc00",
        "\u200f",
        "\u202e",
        "\ufeff",
        "\u0301",
        "\u0301" * 40,
    ),
    *(
        " AND ",
        " OR ",
        " NOT ",
        " NEAR/3 ",
        " ONEAR/10 ",
        "NEAR/",
        "NEAR/99",
        " and ",
        "N",
        "sen",
        "lever*",
        "le*",
        "ä",
    ),
    *(
        "brand:",
        "stars:",
        "published:",
        "touchpoint:",
        "title:(",
        "text:",
        "attr.",
        "attr.x:",
        "query:",
        "mood:",
        "lang:no",
    ),
    *("delivery/negative", "delivery/", "2026-03", "2026-W54", "1..5", ">2..<4", "9" * 400, "1e999", "nan", "-0", "٣"),
    *("😡", "👩‍👩‍👧", "🇸🇪", "ﬃ", "İ", "ß", "مرحبا", "שלום", "漢字", "\U000e0001", "\uffff"),
)
MONSTERS = (
    *(
        sign * LONGEST_QUERY
        for sign in ("(", ")", '"', "-", "*", "=", ":", "\\", "a", " ", "\u0301", "'", "_", "\u200f", "?")
    ),
    *(
        (part * LONGEST_QUERY)[:LONGEST_QUERY]
        for part in ("a ", "a:", "()", '"" ', "-(", "a\u0301", "NOT ", "OR ", "a NEAR/1 ")
    ),
    *(
        (part * LONGEST_QUERY)[:LONGEST_QUERY]
        for part in ("brand:a ", "title:(a) ", "-stars:1..2 ", "published:2026-01 ")
    ),
    *(
        "a" * 4094 + ".*",
        "a'" * 2047 + "*",
        '"' + "\\" * 4095,
        "touchpoint:" + "x" * 4085,
        "x" * 4090 + ":y",
        "a" * 100_000,
    ),
    *(f"published:{'2026-' * 800}", f"stars:{'9' * 4000}", f"stars:{'.' * 4000}", f"brand:{'(' * 4000}", "a " * 256),
)


def strings(count: int) -> Iterator[str]:
    generator = random.Random(20260311)
    lines = (configs_folder() / "bench" / "queries.txt").read_text(encoding="utf-8").splitlines()
    yield from MONSTERS
    for _ in range(count - len(MONSTERS)):
        if generator.random() < 0.4:
            yield "".join(generator.choices(PIECES, k=generator.choice((1, 3, 8, 20, 400))))
        else:
            yield mutated(generator.choice(lines), generator)


def mutated(text: str, generator: random.Random) -> str:
    for _ in range(generator.choice((1, 1, 2, 5))):
        start, end = sorted((generator.randint(0, len(text)), generator.randint(0, len(text))))
        middle = generator.choice(
            (text[start:end] * generator.choice((0, 2, 9)), generator.choice(PIECES), text[start:end][::-1])
        )
        text = text[:start] + middle + text[end:] if generator.random() < 0.7 else text[:start] + middle + text[start:]
    return text


def outcome(ask: Callable[[str], Query], text: str) -> Query | QuerySyntaxError:
    try:
        return ask(text)
    except QuerySyntaxError as error:
        return error


def seconds(ask: Callable[[str], Query], text: str) -> float:
    began = time.thread_time()
    outcome(ask, text)
    return time.thread_time() - began


def tries() -> Iterator[None]:
    yield from [None] * 5
    for _ in range(60):
        time.sleep(0.05)
        yield


def test_no_string_does_more_than_say_what_is_wrong_with_it(ask: Callable[[str], Query]) -> None:
    parsed = 0
    for text in strings(STRINGS):
        # The collector of garbage and busy neighbours strike for a while; a slow parser is slow each time.
        assert any(seconds(ask, text) < LONGEST_SECONDS for _ in tries()), ascii(text)
        found = outcome(ask, text)
        if isinstance(found, QuerySyntaxError):
            assert 0 <= found.position <= len(text), ascii(text)
            assert found.expected
            str(found).encode("utf-8")
            continue
        parsed += 1
        printed = query_text(found, timezone=ZONE)
        if len(printed) <= LONGEST_QUERY:
            assert ask(printed) == found
    assert STRINGS / 20 < parsed < STRINGS


def test_no_string_stops_completion(ask: Callable[[str], Query]) -> None:
    generator = random.Random(5)
    for text in strings(1000):
        for found in complete(text, generator.randint(0, len(text)), touchpoints=["delivery"], saved=["a b"]):
            assert found.text
            assert 0 <= found.start <= found.end <= len(text)
