"""Topics over stored mentions: found, seeded, changed, asked for; every change first shown, and the mentions follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.questions import Questions
from service.questions.topics import TopicQuestions
from service.questions.topics_today import TopicsToday
from service.topics import TopicEditor
from service.topics.finding import by_centroids
from service.topics.plan import Plan
from textcx.annotation import AnnotatedMention
from textcx.configs import configs_folder
from textcx.errors import ConflictError, NotFoundError, RequestError
from textcx.query.tree import Everything
from textcx.testing import NOON, ConceptEmbedding, ListStore, a_mention, annotated
from textcx.topics.registry import Registry
from textcx.topics.registry_file import RegistryFile
from textcx.topics.stop_words import stop_words
from textcx.touchpoints import read_taxonomy
from textcx.words import Lemmas

EMBEDDING = ConceptEmbedding(
    {
        "delivery": ("leverans", "leveransen", "toimitus", "levering", "delivery"),
        "price": ("pris", "priset", "hinta", "price"),
        "strike": ("strejk", "strejken", "lakko", "strike"),
        "late": ("sen", "myöhässä", "late"),
        "damaged": ("trasig", "rikki", "damaged"),
    }
)
OTHER = ConceptEmbedding({"late": ("sen", "myöhässä", "late"), "price": ("priset", "hinta", "price")})
OTHER.version = "concepts-2"
LATE = {"sv": "Leveransen var sen {}", "fi": "Toimitus oli myöhässä {}", "en": "The delivery came late {}"}
DAMAGED = {"sv": "Leverans trasig {}", "fi": "Toimitus rikki {}", "en": "Delivery damaged {}"}
PRICE = {"sv": "Priset är för högt {}", "fi": "Hinta on korkea {}", "en": "The price is too high {}"}
STRIKE = {"sv": "Strejken drabbar oss {}", "fi": "Lakko jatkuu {}", "en": "This strike goes on {}"}


@dataclass
class _Versions:
    version: int = 100

    def fresh_version(self) -> int:
        self.version += 1
        return self.version

    def waits_before(self, version: int) -> bool:
        return False


@dataclass(frozen=True)
class Desk:
    store: ListStore
    editor: TopicEditor
    questions: Questions
    topics: TopicQuestions

    def do(self, plan: Plan) -> Registry:
        registry = self.editor.carry_out(plan)
        if plan.reassigns is not None:
            self.editor.reassign(plan.reassigns)
        return registry

    def moves(self, plan: Plan) -> dict[tuple[str | None, str | None], int]:
        return {(one.source, one.target): one.mentions for one in plan.moves}

    def stored(self) -> dict[str, tuple[str, ...]]:
        found = self.store.export(Everything())
        return {one.mention.id: tuple(topic.id for topic in one.annotations.topics) for one in found}

    def count(self, q: str) -> int:
        return int(self.questions.search(q, limit=1)["total"])


def about(name: str, texts: dict[str, str], count: int, *, at: datetime = NOON, **more: str) -> list[AnnotatedMention]:
    languages = list(texts)
    return [
        annotated(
            a_mention(
                texts[languages[number % len(languages)]].format(number), name=f"{name}-{number}", published_at=at
            ),
            language=languages[number % len(languages)],
            touchpoints=[f"receive:delivery/{more.get('polarity', 'negative')}"] if name in ("late", "damaged") else (),
        )
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    return Lemmas()


@pytest.fixture
def desk(tmp_path: Path, lemmas: Lemmas) -> Desk:
    return a_desk(
        tmp_path, lemmas, [*about("late", LATE, 60), *about("price", PRICE, 45), *about("none", {"sv": ""}, 5)]
    )


def a_desk(
    folder: Path,
    lemmas: Lemmas,
    mentions: Sequence[AnnotatedMention],
    *,
    embedding: ConceptEmbedding = EMBEDDING,
    store: ListStore | None = None,
) -> Desk:
    store, file = store or ListStore(lemmas), RegistryFile(folder / "data")
    store.put(mentions)
    configs = configs_folder() / "touchpoints"
    taxonomy = read_taxonomy(configs / "generic.yaml", folder=configs)
    editor = TopicEditor(
        file,
        store,
        lambda: embedding,
        lemmas=lemmas,
        stop_words=stop_words,
        versions=_Versions(),
        touchpoints=["delivery"],
    )
    questions = Questions(TopicsToday(store, file.registry), taxonomy, topics=file.registry)  # type: ignore[arg-type]
    return Desk(
        store, editor, questions, TopicQuestions(questions, file.registry, lemmas=lemmas, stop_words=stop_words)
    )


def test_topics_are_found_across_languages_and_every_mention_says_where_it_belongs(desk: Desk) -> None:
    plan = desk.editor.found(by_centroids)
    moves = desk.moves(plan)
    assert set(moves) == {(None, "t1"), (None, "t2")}
    assert 54 <= moves[None, "t1"] <= 60
    assert 40 <= moves[None, "t2"] <= 45, "one in ten lies too far out"
    assert set(desk.stored().values()) == {()}, "nothing happens before somebody says so"
    desk.do(plan)
    answer = desk.topics.topics()
    assert [(topic["id"], topic["mentions"]) for topic in answer["topics"]] == [
        ("t1", moves[None, "t1"]),
        ("t2", moves[None, "t2"]),
    ]
    assert set(answer["topics"][0]["keywords"]) == {"sv", "fi", "en"}
    without = answer["without"]
    assert without["mentions"] == 110 - sum(moves.values())
    assert 0 < without["low"] < without["share"] < without["high"]


def test_finding_again_leaves_what_there_is_and_adds_what_is_new(desk: Desk) -> None:
    desk.do(desk.editor.found(by_centroids))
    before = desk.stored()
    desk.store.put(about("strike", STRIKE, 40))
    again = desk.editor.found(by_centroids)
    assert [birth.id for birth in again.change.births] == ["t3"]
    desk.do(again)
    after = desk.stored()
    assert {one: after[one] for one in before if before[one]} == {one: topic for one, topic in before.items() if topic}
    assert 36 <= desk.count("topic:t3") <= 40
    with pytest.raises(ConflictError, match="have words and no topic yet"):
        desk.editor.found(by_centroids)


def test_what_is_proposed_changes_nothing_until_it_is_accepted(desk: Desk) -> None:
    proposals = desk.editor.propose(by_centroids)
    assert [one.id for one in proposals] == ["p1", "p2"]
    assert desk.editor.file.registry() == Registry()
    desk.do(desk.editor.accept(["p2"], label="Price"))
    assert [one.id for one in desk.editor.file.proposals()] == ["p1"]
    assert desk.count("topic:price") == desk.count("topic:t1") == proposals[1].mentions
    with pytest.raises(NotFoundError, match="Known: p1"):
        desk.editor.accept(["p2"])


def test_a_seed_is_a_topic_in_all_languages(desk: Desk) -> None:
    plan = desk.editor.seed("Price", ["priset", "hinta", "the price"], reason="the price rise")
    assert desk.moves(plan) == {(None, "t1"): 45}
    desk.do(plan)
    assert desk.count("topic:t1 lang:fi") == 15
    assert desk.topics.topic("price")["lineage"][0]["reason"] == "the price rise"
    for label, phrases, message in (
        ("Price", ["a", "b", "c"], "already"),
        ("Other", ["a", "b"], "3 to 20"),
        ("Other", ["-", "!", "?"], "no words"),
    ):
        with pytest.raises(RequestError, match=message):
            desk.editor.seed(label, phrases)


def test_merging_retiring_and_undo_are_in_every_answer_and_write_no_mention(desk: Desk) -> None:
    desk.do(desk.editor.found(by_centroids))
    stored = desk.stored()
    larger, smaller = desk.count("topic:t1"), desk.count("topic:t2")
    both = larger + smaller
    merge = desk.editor.merge("t2", "t1", reason="the same")
    assert desk.moves(merge) == {("t2", "t1"): smaller}
    desk.do(merge)
    assert desk.count("topic:t1") == desk.count("topic:t2") == both
    rows = desk.questions.breakdown(by="topic")["rows"]
    assert [(row["key"], row["value"]) for row in rows] == [("t1", both)]
    assert [series["key"] for series in desk.questions.trends(by="topic")["series"]] == [{"topic": "t1"}]
    assert desk.questions.search(facets=["topic"])["facets"]["topic"] == [{"value": "t1", "count": both}]
    retire = desk.editor.retire("t1")
    assert desk.moves(retire) == {("t1", None): both}
    desk.do(retire)
    assert desk.questions.breakdown(by="topic")["missing"] == 110
    assert all(not hit["annotations"]["topics"] for hit in desk.questions.search(limit=200)["hits"])
    undo = desk.editor.undo()
    assert desk.moves(undo) == {(None, "t1"): both}
    desk.do(undo)
    desk.do(desk.editor.undo())
    assert desk.count("topic:t2") == smaller
    assert desk.stored() == stored


def test_a_split_shares_a_topics_mentions_among_its_pieces(tmp_path: Path, lemmas: Lemmas) -> None:
    desk = a_desk(tmp_path, lemmas, [*about("late", LATE, 60), *about("damaged", DAMAGED, 45)])
    desk.do(desk.editor.seed("Delivery", ["leverans", "toimitus", "delivery"]))
    whole = desk.count("topic:delivery")
    plan = desk.editor.split("Delivery")
    assert sorted(desk.moves(plan).values()) == [45, 60]
    desk.do(plan)
    assert (desk.count("topic:t2"), desk.count("topic:t3"), desk.count("topic:t1")) == (60, 45, 0)
    desk.do(desk.editor.undo())
    assert desk.count("topic:delivery") == whole == 105
    with pytest.raises(RequestError, match="2 to 10"):
        desk.editor.split("Delivery", pieces=1)


def test_a_change_planned_before_another_one_is_refused(desk: Desk) -> None:
    desk.do(desk.editor.found(by_centroids))
    plan = desk.editor.merge("t2", "t1")
    desk.do(desk.editor.rename("t2", "Price"))
    with pytest.raises(ConflictError, match="meanwhile"):
        desk.do(plan)
    desk.do(desk.editor.pin("t2"))
    with pytest.raises(ConflictError, match="pinned"):
        desk.editor.merge("t2", "t1")
    with pytest.raises(RequestError, match="Another topic"):
        desk.editor.rename("t1", "PRICE")


def test_a_topic_says_which_touchpoint_it_speaks_of_and_how_it_spreads(desk: Desk) -> None:
    desk.do(desk.editor.found(by_centroids))
    shown = desk.topics.topic("t1")
    assert shown["touchpoint"]["confirmed"] is None
    assert shown["touchpoint"]["proposed"]["id"] == "delivery"
    assert shown["touchpoint"]["proposed"]["more_than_elsewhere"]["q"] < 0.001
    spread = {one["value"]: one["mentions"] for one in shown["spread"]["lang"]}
    assert set(spread) == {"sv", "fi", "en"}
    assert min(spread.values()) >= 14
    assert desk.topics.topic("t2")["touchpoint"]["proposed"] is None
    desk.do(desk.editor.map("t1", "delivery", reason="read ten of them"))
    assert desk.topics.topic("t1")["touchpoint"]["confirmed"] == "delivery"
    with pytest.raises(NotFoundError, match="no touchpoint"):
        desk.editor.map("t1", "mars")


def test_drift_says_how_far_the_newest_mentions_lie_from_the_first(desk: Desk) -> None:
    desk.do(desk.editor.found(by_centroids))
    steady = desk.topics.topic("t1")["drift"]
    assert abs(steady["difference"]["value"]) < 0.02
    assert steady["n"] == desk.count("topic:t1")


def test_topics_are_taken_along_to_another_embedding(desk: Desk, tmp_path: Path, lemmas: Lemmas) -> None:
    desk.do(desk.editor.found(by_centroids))
    desk.do(desk.editor.rename("t1", "Late"))
    desk.do(desk.editor.merge("t2", "t1"))
    with pytest.raises(ConflictError, match="in the embedding that is in use"):
        desk.editor.carry()
    moved = a_desk(tmp_path, lemmas, [], embedding=OTHER, store=desk.store)
    before = desk.count("topic:late")
    plan = moved.editor.carry(reason="a new model")
    assert {birth.id for birth in plan.change.carried} == {"t1", "t2"}
    assert sum(moved.moves(plan).values()) <= 15, "only the fringe moves"
    moved.do(plan)
    assert abs(moved.count("topic:late") - before) <= 10
    topic = moved.topics.topic("late")
    assert (topic["id"], topic["embedding"]) == ("t1", OTHER.version)
    assert [one["kind"] for one in topic["lineage"]] == ["born", "renamed", "merged", "carried"]
    moved.do(moved.editor.undo())
    assert moved.topics.topic("t1")["embedding"] == EMBEDDING.version


def test_the_share_without_a_topic_is_told_over_time(tmp_path: Path, lemmas: Lemmas) -> None:
    before = NOON - timedelta(days=40)
    desk = a_desk(tmp_path, lemmas, [*about("late", LATE, 30, at=before), *about("price", PRICE, 30)])
    desk.do(desk.editor.seed("Late", ["leveransen sen", "toimitus myöhässä", "delivery late"]))
    health = desk.topics.health()
    shares = {one["start"]: (one["share"], one["n"]) for one in health["share_without_topic"]}
    assert shares == {"2026-02": (0.0, 30), "2026-03": (1.0, 30)}
    assert [(one["label"], one["drift"]["n"]) for one in health["topics"]] == [("Late", 30)]
    assert health["topics"][0]["covered"] is None, "a seed has phrases and no keywords"


def test_a_found_topic_says_what_its_words_cover(desk: Desk) -> None:
    plan = desk.editor.found(by_centroids)
    assert [one["covered"] for one in plan.shown()["births"]] == [1.0, 1.0]
    desk.do(plan)
    assert [one["covered"] for one in desk.topics.health()["topics"]] == [1.0, 1.0]


@pytest.mark.parametrize("texts", [{"sv": "Leveransen var sen"}, {"sv": "Leveransen var sen {}"}])
@pytest.mark.parametrize("count", [50, 400])
def test_a_store_of_copies_or_of_one_language_has_its_topic(
    tmp_path: Path, lemmas: Lemmas, texts: dict[str, str], count: int
) -> None:
    desk = a_desk(tmp_path, lemmas, about("late", texts, count))
    plan = desk.editor.found(by_centroids)
    assert plan.change.births[0].label.startswith("leveransen")
    assert sum(one.mentions for one in plan.moves) > 0.8 * count


def test_a_topic_that_grew_beyond_chance_is_emerging(tmp_path: Path, lemmas: Lemmas) -> None:
    before = NOON - timedelta(days=40)
    mentions = [*about("late", LATE, 60, at=before), *about("strike", STRIKE, 3, at=before)]
    mentions += [*about("late2", LATE, 60), *about("strike2", STRIKE, 30)]
    desk = a_desk(tmp_path, lemmas, mentions)
    desk.do(desk.editor.seed("Late", ["leveransen sen", "toimitus myöhässä", "delivery late"]))
    desk.do(desk.editor.seed("Strike", ["strejk", "lakko", "strike"]))
    found = desk.topics.emerging(recent="published:2026-03", before="published:2026-02")["topics"]
    assert [(one["label"], one["is_emerging"]) for one in found] == [("Strike", True)]
    assert 0 < found[0]["difference"]["low"] < 30 / 90 - 3 / 63 < found[0]["difference"]["high"]


def test_words_and_topics_set_mentions_apart_each_language_by_itself(desk: Desk) -> None:
    desk.do(desk.editor.found(by_centroids))
    found = desk.topics.distinctive("topic:t1")
    assert found["words"]["sv"][0]["word"] in ("leveransen", "sen")
    assert {"toimitus", "myöhässä"} >= {one["word"] for one in found["words"]["fi"]} > set()
    assert [one["id"] for one in found["topics"]] == ["t1"]
    with pytest.raises(RequestError, match="Say with a query"):
        desk.topics.distinctive(" ")


def test_an_unknown_topic_is_an_error_that_lists_the_known(desk: Desk) -> None:
    desk.do(desk.editor.seed("Price", ["priset", "hinta", "the price"]))
    with pytest.raises(RequestError, match="There is no topic 't9' at position 6: expected one of Price, t1"):
        desk.count("topic:t9")


@pytest.mark.parametrize("mentions", [[], about("late", LATE, 3), about("empty", {"sv": ""}, 50)])
def test_a_store_with_too_little_says_so(tmp_path: Path, lemmas: Lemmas, mentions: list[AnnotatedMention]) -> None:
    desk = a_desk(tmp_path, lemmas, mentions)
    with pytest.raises(ConflictError, match="at least 20 are needed"):
        desk.editor.found(by_centroids)
    assert desk.topics.topics()["topics"] == []


def test_topics_over_http_and_new_mentions_belong_at_once(client: TestClient, tmp_path: Path) -> None:
    texts = ["Hissen luktar konstigt", "Hissen stannade igen", "Hissen är alltid trasig"]
    change = {"kind": "seed", "label": "Hissen", "phrases": texts, "reason": "many write of it"}
    shown = client.post("/v1/topics", json=change).json()
    assert shown["is_preview"]
    assert client.get("/v1/topics").json()["topics"] == []
    made = client.post("/v1/topics", json={**change, "preview": False}).json()
    assert (made["version"], made["births"][0]["id"]) == (1, "t1")
    mentions = [{"source": "lift", "brand": "Lift", "text": text, "author": text} for text in texts]
    assert client.post("/v1/mentions?wait=searchable", json={"mentions": mentions}).status_code == 202
    assert client.get("/v1/search", params={"q": "topic:hissen brand:Lift"}).json()["total"] == 3
    renamed = {"kind": "rename", "topic": "t1", "label": "Lift", "preview": False}
    assert client.post("/v1/topics", json=renamed).status_code == 200
    hit = client.get("/v1/search", params={"q": "topic:lift"}).json()["hits"][0]
    assert [(topic["id"], topic["label"]) for topic in hit["annotations"]["topics"]] == [("t1", "Lift")]
    mention = client.get(f"/v1/mentions/{hit['mention']['id']}").json()
    assert mention["annotations"]["topics"][0]["label"] == "Lift"
    assert mention["annotations"]["said_by"]["topics"] == "textcx_topics anchors-1"
    assert client.get("/v1/topics/t1").json()["state"] == "live"
    assert client.get("/v1/topics/t7").status_code == 404
    assert client.post("/v1/topics", json={"kind": "merge", "topic": "t1"}).status_code == 400
    assert client.get("/v1/search", params={"q": "topic:t7"}).status_code == 400
    assert client.post("/v1/topics", json={"kind": "undo", "preview": False}).status_code == 200
    assert client.get("/v1/topics").json()["topics"][0]["label"] == "Hissen"
    assert client.get("/v1/topics/proposals").json() == {"proposals": []}
    too_few = client.post("/v1/topics/proposals", json={"sample": 100})
    assert (too_few.status_code, "at least 20 are needed" in too_few.json()["detail"]) == (409, True)
    assert client.get("/v1/topics/health").json()["topics"][0]["label"] == "Hissen"
