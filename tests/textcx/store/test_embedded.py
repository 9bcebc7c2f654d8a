"""What only the embedded engine does: its index follows, is checked, rebuilt, and survives what befalls folders."""

import json
import random
import shutil
import sqlite3
import threading
import unicodedata
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import tantivy

from textcx.annotation import AnnotatedMention, AnnotatedValues, modelled
from textcx.errors import ConfigError, IndexVersionError, StoreUnavailableError, TextCXError
from textcx.query.tree import Everything, Exact, Keyword, Prefix, Word
from textcx.store.base import Person
from textcx.store.embedded import follower
from textcx.store.embedded.entries import add_entry
from textcx.store.embedded.packing import pack, unpack, unpack_values
from textcx.store.embedded.schema import create_index, folding, open_index
from textcx.store.embedded.snapshots import Snapshots
from textcx.store.embedded.store import EmbeddedStore
from textcx.store.embedded.truth import Change, Truth, open_truth_file
from textcx.store.facts import folded, values_of
from textcx.testing import a_mention, annotated, id_of
from textcx.testing.random_mentions import random_mentions
from textcx.words import Lemmas

OpenStore = Callable[..., EmbeddedStore]
PACKED_BY_ZLIB = (
    "0178bbe66cb4a795d5b10ec2400806e05769dc35fdb9de216fe0e0e80b70159656bbeadb7bc6c46a5a9373841006081f"
    "4b67b9150d0851a833f45949d4a333f6b904e718243152c7a9550629904d4c7b63715742f66fa7510bf52b53f6681f64"
    "1feee398a759eba3955ee541dbb519a64bf31cd46ef383cab0453c81662a57a55b54bd89531a6ebce65c15697f525177"
    "ec5216f6001ba186f3"
)
"""The mention of the test below, as it was stored before Zstandard."""
INDEX_FILES = (".term", ".idx", ".pos", ".store", ".fast", ".fieldnorm", ".json")


def a_batch(count: int, *, text: str = "ord", prefix: str = "") -> list[AnnotatedMention]:
    return [annotated(a_mention(f"{text} nummer{at}", name=f"{prefix}{at}")) for at in range(count)]


def put_all(store: EmbeddedStore, batches: list[list[AnnotatedMention]], acknowledged: list[AnnotatedMention]) -> None:
    for batch in batches:
        store.put(batch)
        acknowledged += batch


def index_folder(folder: Path) -> Path:
    (only,) = (path for path in (folder / "index").iterdir() if path.is_dir())
    return only


@pytest.fixture
def filled(open_store: OpenStore, tmp_path: Path) -> Path:
    """Return a folder that holds 50 mentions and an index of them, and that no store has open."""
    store = open_store()
    store.put(a_batch(50))
    store.refresh()
    store.close()
    return tmp_path / "data"


def test_what_was_put_is_searched_after_the_indexer_followed(open_store: OpenStore) -> None:
    store = open_store()
    store.put(a_batch(3))
    assert store.count(Word("ord")) == 0
    assert store.index_pending() == 3
    assert store.count(Word("ord")) == 3
    assert store.index_pending() == 0


def test_a_long_backlog_is_followed_in_pieces(open_store: OpenStore) -> None:
    store = open_store()
    for first in range(0, 4500, 500):
        store.put(a_batch(500, prefix=f"{first}-"))
    pieces = []
    while piece := store.index_pending():
        pieces.append(piece)
        assert store.count(Everything()) == sum(pieces)
    assert len(pieces) > 1
    assert sum(pieces) == 4500
    assert store.verify() == []


def test_what_is_gathered_is_searched_once_no_more_is_on_its_way(open_store: OpenStore) -> None:
    store = open_store()
    store.put(a_batch(300, prefix="a"))
    assert store.index_pending(coming=10_000) == 300
    store.put([annotated(a_mention("nytt", name="a7", version=2)), annotated(a_mention("nytt", name="b"))])
    store.forget([id_of("a8")])
    assert store.index_pending(coming=10_000) == 3
    assert store.count(Everything()) == 0, "nothing is committed yet"
    assert store.index_pending() == 0
    assert (store.count(Everything()), store.count(Exact("nytt"))) == (300, 2)
    assert store.verify() == []


def test_what_was_gathered_and_not_committed_is_followed_again(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    store.put(a_batch(20))
    store.index_pending()
    store.put(a_batch(20, prefix="b"))
    assert store.index_pending(coming=10_000) == 20
    store.close()
    again = open_store()
    assert again.index_pending(coming=10_000) == 20
    again.refresh()
    assert again.count(Everything()) == 40
    assert again.verify() == []


@pytest.mark.parametrize(("changes", "seconds"), [(100, 60.0), (10_000, 0.0)])
def test_gathering_comes_to_an_end_though_more_is_always_on_its_way(
    changes: int, seconds: float, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "_LARGE_SEGMENT", changes)
    monkeypatch.setattr(follower, "_GATHER_SECONDS", seconds)
    store = open_store()
    store.put(a_batch(120))
    store.index_pending(coming=10_000)
    assert store.count(Everything()) == 120


def test_a_long_way_makes_few_large_segments_first_and_then_small_ones(
    open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "_LARGE_SEGMENT", 40)
    monkeypatch.setattr(follower, "_SMALL_SEGMENT", 20)
    monkeypatch.setattr(follower, "_MOST_LARGE", 3)
    store = open_store()
    for number in range(9):
        store.put(a_batch(20, prefix=f"{number}-"))
        store.index_pending(coming=10_000)
    [meta] = (tmp_path / "data" / "index").glob("*/meta.json")
    sizes = [one["max_doc"] for one in json.loads(meta.read_text(encoding="utf-8"))["segments"]]
    assert sorted(sizes) == [20, 20, 20, 40, 40, 40]
    assert store.count(Everything()) == 180
    store.close()
    again = open_store()
    again.put(a_batch(20, prefix="again"))
    again.index_pending(coming=10_000)
    assert again.count(Everything()) == 200, "it knows the segments of before"


def test_less_is_gathered_when_little_is_on_its_way(open_store: OpenStore) -> None:
    store = open_store()
    store.put(a_batch(100, prefix="a"))
    assert store.index_pending(coming=40) == 100
    assert store.count(Everything()) == 0
    store.put(a_batch(20, prefix="b"))
    assert store.index_pending(coming=40) == 20
    assert store.count(Everything()) == 120, "three times as many as are coming"


def test_a_mention_written_twice_before_the_indexer_came_is_followed_once(open_store: OpenStore) -> None:
    store = open_store()
    store.put([annotated(a_mention("first", version=1))])
    store.put([annotated(a_mention("second", version=2))])
    assert store.index_pending() == 1
    assert (store.count(Exact("first")), store.count(Exact("second"))) == (0, 1)


def test_a_mention_written_again_before_a_commit_stands_in_the_index_once(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    changes_after = Truth.changes_after
    later = [annotated(a_mention("nytt", name="a", version=2))]

    def changes_and_a_write(truth: Truth, seq: int, **how: Any) -> list[Change]:
        found = changes_after(truth, seq, **how)
        if later:
            store.put([later.pop()])
        return found

    store.put([annotated(a_mention("gammalt", name="a", version=1)), annotated(a_mention("gammalt", name="b"))])
    monkeypatch.setattr(Truth, "changes_after", changes_and_a_write)
    store.refresh()
    assert [store.count(Exact(word)) for word in ("gammalt", "nytt")] == [1, 1]
    assert store.verify() == []


def test_a_commit_that_was_not_noted_leaves_each_mention_in_the_index_once(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    store.put(a_batch(3))
    store.index_pending()
    store.put(a_batch(3, prefix="later "))
    with monkeypatch.context() as patch:
        patch.setattr(Truth, "save_index_state", _refuse)
        with pytest.raises(StoreUnavailableError):
            store.index_pending()
    store.index_pending()
    assert store.count(Word("ord")) == 6
    assert store.verify() == []


def _refuse(*_: object) -> None:
    raise StoreUnavailableError("the disk is full")


def test_a_file_of_before_is_brought_up_to_date_and_follows_as_a_new_one(open_store: OpenStore, filled: Path) -> None:
    with closing(sqlite3.connect(filled / "mentions.db")) as connection:
        connection.execute("ALTER TABLE mention DROP COLUMN is_first")
    store = open_store()
    store.put([annotated(a_mention("ord igen", name="1", version=2)), *a_batch(2, prefix="later ")])
    store.index_pending()
    assert (store.count(Word("ord")), store.count(Word("igen"))) == (52, 1)
    store.close()
    assert open_store().count(Word("ord")) == 52


def test_a_mention_erased_since_the_indexer_came_is_counted_but_never_shown(open_store: OpenStore) -> None:
    store = open_store()
    store.put(a_batch(3))
    store.refresh()
    store.forget([id_of("1")])
    page = store.search(Everything())
    assert page.total == 3
    assert {hit.annotated.mention.id for hit in page.hits} == {id_of("0"), id_of("2")}
    assert len(list(store.export(Everything()))) == 2
    store.refresh()
    assert store.search(Everything()).total == 2


def test_refresh_gives_up_where_nobody_indexes(open_store: OpenStore) -> None:
    store = open_store(is_indexer=False)
    store.put(a_batch(1))
    with pytest.raises(StoreUnavailableError, match="textcx serve"):
        store.refresh(timeout_seconds=0.05)
    with pytest.raises(StoreUnavailableError, match="attach_indexer"):
        store.index_pending()


def test_a_reader_sees_what_the_indexer_commits_and_waits_for_it(open_store: OpenStore) -> None:
    indexer, reader = open_store(), open_store(is_indexer=False)
    reader.put(a_batch(5))
    assert reader.count(Everything()) == 0
    follow = threading.Timer(0.1, indexer.index_pending)
    follow.start()
    reader.refresh(timeout_seconds=20)
    follow.join()
    assert reader.count(Everything()) == 5


def test_a_second_indexer_is_refused_until_the_first_lets_go(open_store: OpenStore) -> None:
    first, second = open_store(), open_store()
    first.put(a_batch(1))
    assert first.index_pending() == 1
    first.put(a_batch(1, prefix="more"))
    with pytest.raises(StoreUnavailableError, match="another indexer"):
        second.index_pending()
    first.detach_indexer()
    assert second.index_pending() == 1


def test_a_search_goes_on_seeing_what_it_began_with(open_store: OpenStore) -> None:
    store = open_store()
    store.put(a_batch(20))
    store.refresh()
    exported = store.export(Everything())
    store.forget([id_of("7")])
    store.put(a_batch(20, prefix="later"))
    store.refresh()
    store.rebuild()
    assert len({one.mention.id for one in exported}) == 19, "an erased one is not given away, nor is a later one"


def test_many_threads_read_while_one_writes(open_store: OpenStore) -> None:
    store = open_store()
    failures: list[str] = []
    is_over = threading.Event()

    def read() -> None:
        seen = 0
        while not is_over.is_set():
            page = store.search(Word("ord"), facets=("brand",))
            facet = sum(value.count for value in page.facets["brand"])
            if page.total < seen or facet != page.total or len(page.hits) != min(20, page.total):
                failures.append(f"{page.total} after {seen}, {facet} in the facet, {len(page.hits)} hits")
            seen = page.total

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for at in range(10):
        store.put(a_batch(10, prefix=f"{at}-"))
        store.index_pending()
        if at % 4 == 3:
            store.rebuild()
    is_over.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert store.count(Word("ord")) == 100


def test_verify_names_what_is_missing_surplus_or_outdated(open_store: OpenStore, filled: Path) -> None:
    store = open_store(filled, is_indexer=False)
    assert store.verify() == []
    index = open_index(index_folder(filled))
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    writer.delete_documents_by_term("id", id_of("7"))
    writer.commit()
    with sqlite3.connect(filled / "mentions.db") as connection:
        connection.execute("UPDATE mention SET version = 99 WHERE id = ?", (bytes.fromhex(id_of("8")),))
        connection.execute("UPDATE mention SET body = NULL WHERE id = ?", (bytes.fromhex(id_of("9")),))
    connection.close()
    found = store.verify()
    assert found == [
        f"1 mention is missing from the index: {id_of('7')}",
        f"1 mention is in the index twice, or though it was erased: {id_of('9')}",
        f"1 mention is in the index in another version: {id_of('8')}",
    ]
    del writer
    with sqlite3.connect(filled / "mentions.db") as connection:
        connection.execute("UPDATE mention SET version = 1")
    connection.close()
    store.rebuild()
    assert store.verify() == []


def test_verify_takes_what_is_not_yet_indexed_for_no_fault(open_store: OpenStore, filled: Path) -> None:
    store = open_store(filled)
    store.put(a_batch(3, prefix="new"))
    store.forget([id_of("0")])
    assert store.verify() == []


def test_verify_finds_damage_in_the_database(open_store: OpenStore, filled: Path) -> None:
    database = filled / "mentions.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, 'version INTEGER NOT NULL', 'version TEXT')")
    connection.close()
    assert any("mentions.db" in finding for finding in open_store(filled, is_indexer=False).verify())


def test_rebuild_answers_as_before_and_counts_what_it_holds(open_store: OpenStore, filled: Path) -> None:
    store = open_store(filled)
    store.put(a_batch(5, prefix="again"))
    store.forget([id_of("3"), id_of("again1")])
    before = index_folder(filled)
    assert store.rebuild() == 53
    assert index_folder(filled) != before, "the old index is gone"
    assert store.count(Everything()) == 53
    assert store.index_pending() == 0
    assert store.verify() == []


def test_rebuild_needs_no_one_to_attach_an_indexer_before(open_store: OpenStore, filled: Path) -> None:
    assert open_store(filled, is_indexer=False).rebuild() == 50


def test_rebuild_clears_erased_words_out_of_the_index(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    store.put([*a_batch(3), annotated(a_mention("hemligtnamn", name="erased"))])
    store.refresh()
    folder = tmp_path / "data"

    def words() -> list[str]:
        searcher = open_index(index_folder(folder)).searcher()
        return [word for word, _ in searcher.terms_with_prefix("text", "=hemligt")]

    store.forget([id_of("erased")])
    store.refresh()
    assert store.count(Prefix("hemligt")) == 0
    assert words() == ["=hemligtnamn"]
    store.rebuild()
    assert words() == []


def test_an_indexer_clears_erased_words_when_it_is_asked_to(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    store.put([*a_batch(3), annotated(a_mention("hemligt", name="erased"))])
    store.refresh()
    store.want_cleared()
    assert store.index_pending() == 0, "nothing was erased"
    store.forget([id_of("erased")])
    store.refresh()
    assert store.holds_erased_words()
    before = index_folder(tmp_path / "data")
    open_store(is_indexer=False).want_cleared()
    assert store.index_pending() == 3
    assert not store.holds_erased_words()
    assert index_folder(tmp_path / "data") != before
    assert store.index_pending() == 0
    assert store.compact()
    assert store.count(Everything()) == 3


def test_a_damaged_mention_can_be_erased(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    store.put([annotated(a_mention("ord", author="one")), annotated(a_mention("ord", name="b", author="one"))])
    with closing(sqlite3.connect(tmp_path / "data" / "mentions.db")) as connection, connection:
        connection.execute("UPDATE mention SET body = x'0100' WHERE id = ?", (bytes.fromhex(id_of("a")),))
    assert store.forget([id_of("a")]) == 1
    assert store.mentions_of(Person(author="one")) == [id_of("b")]


def test_people_are_found_and_refused_by_the_key_of_the_data_folder_alone(tmp_path: Path, lemmas: Lemmas) -> None:
    with closing(EmbeddedStore.open(tmp_path, lemmas=lemmas, key=b"one")) as store:
        store.put([annotated(a_mention("ord", author="anna"))])
        store.refuse([Person(author="anna")])
        assert store.mentions_of(Person(author="anna")) == [id_of("a")]
        marks = store.tombstones().people
    assert b"anna" not in b"".join(marks)
    with closing(EmbeddedStore.open(tmp_path, lemmas=lemmas, key=b"other")) as store:
        assert store.mentions_of(Person(author="anna")) == []
        assert not store.refuses(Person(author="anna"))


def test_an_erased_mention_leaves_the_database_and_its_log(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    one = annotated(a_mention("Något mycket hemligt om en bestämd människa"))
    store.put([one, *a_batch(3)])
    body = pack(one)[20:60]
    files = [tmp_path / "data" / name for name in ("mentions.db", "mentions.db-wal")]
    assert any(body in path.read_bytes() for path in files)
    store.forget([one.mention.id])
    assert not any(body in path.read_bytes() for path in files if path.exists())


@pytest.mark.parametrize("lost", ["index", "generation", "meta.json"])
def test_an_index_that_is_gone_is_told_and_made_anew(lost: str, open_store: OpenStore, filled: Path) -> None:
    places = {"index": filled / "index", "generation": index_folder(filled)}
    if lost in places:
        shutil.rmtree(places[lost])
    else:
        (index_folder(filled) / lost).unlink()
    reader = open_store(filled, is_indexer=False)
    for ask in (lambda: reader.count(Everything()), lambda: reader.search(Word("ord")), reader.verify):
        with pytest.raises(IndexVersionError, match="textcx store rebuild"):
            ask()
    indexer = open_store(filled)
    assert indexer.index_pending() == 50
    assert reader.count(Word("ord")) == 50
    assert indexer.verify() == []


@pytest.mark.parametrize("suffix", INDEX_FILES)
@pytest.mark.parametrize("damage", ["cut", "zeros", "gone"])
def test_a_damaged_index_is_told_and_rebuilt(damage: str, suffix: str, open_store: OpenStore, filled: Path) -> None:
    victim = next(path for path in sorted(index_folder(filled).glob(f"*{suffix}")) if path.name != ".managed.json")
    held = victim.read_bytes()
    if damage == "gone":
        victim.unlink()
    else:
        victim.write_bytes(held[: len(held) // 2] if damage == "cut" else bytes(len(held)))
    store = open_store(filled)
    with pytest.raises((StoreUnavailableError, IndexVersionError)):
        store.search(Word("nummer7"), facets=("brand",))
    assert store.get(id_of("7")) is not None, "the truth is not touched"
    assert store.rebuild() == 50
    assert store.count(Exact("nummer7")) == 1
    assert store.verify() == []


def test_damage_inside_a_file_is_never_an_error_of_another_kind(open_store: OpenStore, filled: Path) -> None:
    chance = random.Random(3)
    store = open_store(filled, is_indexer=False)
    for path in sorted(index_folder(filled).iterdir()):
        if path.suffix not in INDEX_FILES:
            continue
        held = path.read_bytes()
        spoilt = bytearray(held)
        for _ in range(len(held) // 8):
            spoilt[chance.randrange(max(1, len(held) - 150))] ^= 0x55
        path.write_bytes(bytes(spoilt))
        for ask in (
            lambda: store.search(Word("ord"), facets=("brand",)),
            lambda: list(store.export(Everything())),
            store.verify,
        ):
            try:
                ask()
            except TextCXError:
                continue
        path.write_bytes(held)
    assert open_store(filled).rebuild() == 50


def test_an_index_of_another_version_is_refused_until_rebuilt(open_store: OpenStore, filled: Path) -> None:
    with sqlite3.connect(filled / "mentions.db") as connection:
        connection.execute("UPDATE search_index SET version = '0 simplemma-0.1'")
    connection.close()
    store = open_store(filled)
    store.put(a_batch(2, prefix="new"))
    for ask in (lambda: store.count(Everything()), store.index_pending, store.verify):
        with pytest.raises(IndexVersionError, match=r"0 simplemma-0\.1.*textcx store rebuild"):
            ask()
    assert store.get(id_of("new0")) is not None
    assert store.rebuild() == 52
    assert store.count(Everything()) == 52


def test_a_rebuild_that_was_cut_short_leaves_the_old_index_in_force(open_store: OpenStore, filled: Path) -> None:
    leftover = filled / "index" / "000002"
    shutil.copytree(index_folder(filled), leftover)
    (leftover / "meta.json").write_text("half")
    store = open_store(filled)
    assert store.count(Everything()) == 50
    assert store.rebuild() == 50
    assert store.verify() == []


def test_a_folder_that_was_moved_answers_as_before(open_store: OpenStore, filled: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / "data"
    moved.parent.mkdir()
    filled.rename(moved)
    store = open_store(moved)
    assert store.count(Word("ord")) == 50
    store.put(a_batch(1, prefix="new"))
    store.refresh()
    assert store.count(Word("ord")) == 51
    assert store.verify() == []


def test_a_copy_of_a_folder_is_a_store_of_its_own(open_store: OpenStore, filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled, tmp_path / "copy")
    original, copy = open_store(filled), open_store(tmp_path / "copy")
    copy.put(a_batch(1, prefix="new"))
    copy.refresh()
    assert (original.count(Everything()), copy.count(Everything())) == (50, 51)


def test_files_can_be_read_by_their_owner_alone(filled: Path) -> None:
    assert (filled / "mentions.db").stat().st_mode & 0o077 == 0
    assert index_folder(filled).stat().st_mode & 0o077 == 0


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path, lemmas: Lemmas) -> None:
    file = open_truth_file(tmp_path)
    truth = Truth(file)
    store = EmbeddedStore(truth, Snapshots(tmp_path / "index", truth), lemmas)
    store.attach_indexer()
    kept = store.put(a_batch(20))
    pages = int(file.connection.execute("PRAGMA page_count").fetchone()[0])
    file.connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    batches = [a_batch(10, prefix=f"more{at}-") for at in range(100)]
    acknowledged: list[AnnotatedMention] = []
    with pytest.raises(StoreUnavailableError, match="disk full"):
        put_all(store, batches, acknowledged)
    assert acknowledged
    assert all(store.get(one.mention.id) == one for one in acknowledged)
    refused = batches[len(acknowledged) // 10]
    assert not any(store.get(one.mention.id) for one in refused), "of a refused batch nothing is kept"
    kept += len(acknowledged)
    store.refresh()
    assert store.count(Everything()) == kept
    file.connection.execute("PRAGMA max_page_count = 1000000")
    assert store.put(a_batch(10, prefix="after")) == 10
    store.refresh()
    assert store.count(Everything()) == kept + 10
    assert store.verify() == []
    store.close()


def test_a_file_of_another_version_is_a_configuration_error(tmp_path: Path, lemmas: Lemmas) -> None:
    with sqlite3.connect(tmp_path / "mentions.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ConfigError, match=r"mentions\.db was written with schema 99"):
        EmbeddedStore.open(tmp_path, lemmas=lemmas)


def test_a_folder_that_is_a_file_cannot_be_opened(tmp_path: Path, lemmas: Lemmas) -> None:
    (tmp_path / "mentions.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreUnavailableError):
        EmbeddedStore.open(tmp_path, lemmas=lemmas)


@pytest.mark.parametrize("said", [{"text": "\ud83d half"}, {"brand": "\ud83d"}, {"attributes": {"\ud83d": "x"}}])
def test_half_a_character_never_reaches_a_store(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="valid string"):
        a_mention(**said)


def test_a_packed_mention_is_small_and_comes_back() -> None:
    text = "Leveransen kom två dagar för sent och ingen svarade i telefon, men pengarna kom tillbaka till slut."
    one = annotated(a_mention(text, author="a2kx7"), sentiment="negative", touchpoints=["receive:delivery/negative"])
    packed = pack(one)
    assert unpack(packed) == one
    assert len(packed) < 350


def test_an_index_reads_the_values_that_were_packed() -> None:
    for one in random_mentions(60, seed=4):
        assert unpack_values(pack(one)) == values_of(one)


def test_annotations_as_plain_values_are_stored_like_their_models() -> None:
    for one in random_mentions(60, seed=5):
        plain = AnnotatedValues(one.mention, one.annotations.model_dump(mode="json"))
        assert pack(plain) == pack(one)
        assert values_of(plain) == values_of(one)
        assert modelled(plain) == one


def test_what_was_packed_by_zlib_is_still_read() -> None:
    one = annotated(a_mention("Leveransen kom sent.", author="a2kx7"), sentiment="negative")
    packed = bytes.fromhex(PACKED_BY_ZLIB)
    assert unpack(packed) == one
    assert unpack_values(packed) == values_of(one)


@pytest.mark.parametrize("spoilt", [b"", b"\xfe123", b"\x01123", b"\x01" + bytes(40), b"\x02", b"\x02" + bytes(40)])
def test_a_stored_mention_that_cannot_be_read_is_told_without_its_words(spoilt: bytes) -> None:
    for read in (unpack, unpack_values):
        with pytest.raises(StoreUnavailableError, match=r"mentions\.db"):
            read(spoilt)


def test_half_a_packed_mention_and_one_with_another_bit_are_found_damaged() -> None:
    one = annotated(a_mention("Leveransen kom sent.", author="a2kx7"), sentiment="negative")
    packed = pack(one)
    for place in range(1, len(packed)):
        with pytest.raises(StoreUnavailableError):
            unpack_values(packed[:place])
        changed = bytearray(packed)
        changed[place] ^= 16
        try:
            assert unpack_values(bytes(changed)) == values_of(one), "a bit that says nothing"
        except StoreUnavailableError:
            continue


@pytest.mark.parametrize("number", [9.072171559956415, 66.66666666666667, 4.5, -0.1, 1e300, 3e-7, 12.0])
def test_a_number_stands_in_the_index_to_its_last_bit(number: float) -> None:
    index = create_index(None)
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    add_entry(writer, {"id": "a", "key": 1, "nki": number, "brand": ("Hyllbo",), "text": "=ord sv/ord _ _"})
    writer.commit()
    index.reload()
    everything, searcher = tantivy.Query.all_query(), index.searcher()
    found = searcher.search(everything, limit=9, order_by_field="nki").hits
    assert [value for value, _ in found] == [number]
    assert searcher.doc_freq("text", "sv/ord") == searcher.doc_freq("brand", "hyllbo") == 1


def test_keywords_are_folded_as_tantivy_folds_them() -> None:
    # One character at a time: what Unicode added since Python's tables were made is not compared.
    characters = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) not in ("Cn", "Cs")]
    differing = [one for one in characters if folding().analyze(one) != [folded(one)]]
    assert differing == []


def test_a_keyword_of_an_unusual_date_is_found_with_its_date(open_store: OpenStore) -> None:
    store = open_store()
    far = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    first = datetime(1, 1, 1, tzinfo=UTC)
    store.put([annotated(a_mention(name=name, published_at=at)) for name, at in (("far", far), ("first", first))])
    store.refresh()
    assert store.published_range(Keyword("brand", "hyllbo")) == (first, far)
