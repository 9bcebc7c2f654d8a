"""Parts of the engine on Elasticsearch that need no server: access, the breaker, the bulk loop, the ledger."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from textcx.errors import ConfigError, StoreUnavailableError
from textcx.store.base import Person
from textcx.store.elastic.access import read_access
from textcx.store.elastic.breaker import CircuitBreaker
from textcx.store.elastic.bulk import BulkLoop, Write
from textcx.store.elastic.connection import AgainError
from textcx.store.elastic.ledger import Generations, Ledger, open_ledger_file
from textcx.store.elastic.mapping import mapping
from textcx.store.facts import KEYWORDS, NUMBERS
from textcx.testing import a_mention, id_of

Answer = Callable[[list[dict[str, Any]]], Any]


class Server:
    """Answers each bulk request with the next of these functions of its actions, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[list[dict[str, Any]]] = []

    def ask_once(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        actions = [action for line in body.splitlines() if (action := orjson.loads(line)).keys() & {"index", "delete"}]
        self.requests.append(actions)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        found = answer(actions)
        if isinstance(found, Exception):
            raise found
        return {"items": found}


def status(number: int, kind: str = "", reason: str = "") -> Answer:
    def answer(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        error = {"error": {"type": kind, "reason": reason}} if kind else {}
        result = {201: "created", 200: "updated"}.get(number, "")
        return [
            {name: {"_id": one["_id"], "_index": one["_index"], "status": number, "result": result, **error}}
            for action in actions
            for name, one in action.items()
        ]

    return answer


def fails(error: Exception) -> Answer:
    return lambda actions: error


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds + 0.001


def loop(server: Server, made: list[str] | None = None) -> BulkLoop:
    clock = Clock()

    def make(index: str) -> bool:
        if made is not None:
            made.append(index)
        return made is not None

    return BulkLoop(server, make, sleep=clock.sleep, clock=clock)  # type: ignore[arg-type]


def writes(count: int, *, size: int = 10) -> list[Write]:
    return [Write("i", id_of(f"{at}"), 1, {"words": "x" * size}) for at in range(count)]


def outcomes(found: Sequence[Any]) -> list[str]:
    return [one.outcome for one in found]


def test_only_what_was_refused_for_want_of_room_is_sent_again() -> None:
    def half(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return status(201)(actions[:2]) + status(429, "es_rejected_execution_exception")(actions[2:])

    server = Server(half, status(201))
    assert outcomes(loop(server).run(writes(4))) == ["created"] * 4
    assert [len(request) for request in server.requests] == [4, 2]


@pytest.mark.parametrize("error", [AgainError("no answer"), AgainError("busy", is_busy=True)])
def test_what_may_have_been_carried_out_is_sent_again_and_said_to_be_a_repeat(error: AgainError) -> None:
    server = Server(fails(error), status(409, "version_conflict_engine_exception"))
    found = loop(server).run(writes(3))
    assert outcomes(found) == ["stale"] * 3
    assert all(one.is_repeat for one in found)


def test_an_answer_without_all_items_is_no_answer() -> None:
    server = Server(lambda actions: status(201)(actions[:1]), status(201))
    assert outcomes(loop(server).run(writes(3))) == ["created"] * 3


def test_requests_shrink_where_the_server_takes_less() -> None:
    def at_most_ten(actions: list[dict[str, Any]]) -> Any:
        return AgainError("too large", is_too_large=True) if len(actions) > 10 else status(201)(actions)

    server = Server(at_most_ten)
    assert outcomes(loop(server).run(writes(40, size=50_000))) == ["created"] * 40
    assert min(len(request) for request in server.requests) <= 10 < max(len(request) for request in server.requests)


def test_one_document_larger_than_the_server_takes_is_refused_alone() -> None:
    server = Server(fails(AgainError("too large", is_too_large=True)))
    assert outcomes(loop(server).run(writes(1))) == ["refused"]


def test_a_refusal_names_the_field_and_never_the_value() -> None:
    reason = "failed to parse field [stars] of type [double]. Preview of field's value: 'hemligt'"
    (found,) = loop(Server(status(400, "document_parsing_exception", reason))).run(writes(1))
    assert found.outcome == "refused"
    assert found.reason == "Elasticsearch refused it: document_parsing_exception (field stars)"


def test_a_missing_index_is_made_and_written_again() -> None:
    made: list[str] = []
    server = Server(status(404, "index_not_found_exception"), status(201))
    assert outcomes(loop(server, made).run(writes(2))) == ["created"] * 2
    assert made == ["i"]


def test_an_index_whose_time_is_over_is_not_made_again() -> None:
    assert outcomes(loop(Server(status(404, "index_not_found_exception"))).run(writes(2))) == ["missing"] * 2


def test_a_server_that_stays_busy_is_unavailable_in_the_end() -> None:
    with pytest.raises(StoreUnavailableError):
        loop(Server(status(429, "es_rejected_execution_exception"))).run(writes(2))


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock)
    for _ in range(5):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    clock.seconds += 2.1
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"urls": "http://a:9200,https://me:secret@b:9200"}, "holds no password"),
        ({"urls": "b:9200"}, "http://"),
        ({"urls": "http://b"}, "names its port"),
        ({"urls": " , "}, "at least one"),
        ({"urls": "http://b:1", "user": "me"}, "together"),
        ({"urls": "http://b:1", "api_key_file": Path("nowhere")}, "elastic_api_key_file"),
        ({"urls": "http://b:1", "ca_file": Path("nowhere")}, "elastic_ca_file"),
    ],
)
def test_wrong_access_is_refused_in_words_without_secrets(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        read_access(**given)
    assert "secret" not in str(refused.value)


def test_secrets_are_read_from_files_and_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("very secret\n")
    access = read_access("https://b:9200", user="me", password_file=tmp_path / "password")
    assert access.basic_auth == ("me", "very secret")
    assert "secret" not in repr(access)


def test_the_mapping_is_strict_and_has_every_fact() -> None:
    found = mapping()
    assert found["dynamic"] == "strict"
    assert {*KEYWORDS, *NUMBERS, "id", "version", "key", "seconds", "annotated"} <= found["properties"].keys()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(open_ledger_file(tmp_path), key=b"key")
    one.set_generations(Generations(1, (1,)))
    yield one
    one.close()


def test_a_home_is_for_ever_and_an_erased_mention_gets_none(ledger: Ledger) -> None:
    one = a_mention(author="anna")
    assert ledger.plan([one], lambda _: "2026").homes == {one.id: "2026"}
    assert ledger.plan([one], lambda _: "2027").homes == {one.id: "2026"}
    assert ledger.erase([one.id]) == {one.id: "2026"}
    assert ledger.plan([one], lambda _: "2026").homes == {}
    assert ledger.not_yet_gone() == [one.id]
    ledger.note_gone([one.id])
    assert ledger.erase([one.id]) == {}
    assert ledger.mentions_of(Person(author="anna")) == []


def test_a_reply_makes_the_answered_mention_pending_once_more_than_it_is_done(ledger: Ledger) -> None:
    reply = a_mention(name="reply", reply_to="asked", voice="brand", version=1)
    plan = ledger.plan([reply], lambda _: "2026")
    ledger.conclude([reply], [reply], plan)
    wishes = ledger.pending(limit=10)
    assert list(wishes) == [id_of("asked")]
    later = reply.model_copy(update={"version": 2})
    ledger.conclude([later], [later], ledger.plan([later], lambda _: "2026"))
    ledger.done(wishes)
    assert list(ledger.pending(limit=10)) == [id_of("asked")]
    ledger.done(ledger.pending(limit=10))
    ledger.conclude([reply], [reply], plan)  # an older version, noted late, is no news
    assert ledger.pending(limit=10) == {}


def test_a_writer_that_missed_the_beginning_of_a_migration_is_told(ledger: Ledger) -> None:
    one = a_mention()
    plan = ledger.plan([one], lambda _: "2026")
    ledger.set_generations(Generations(1, (1, 2)))
    assert ledger.conclude([one], [], plan) == Generations(1, (1, 2))
