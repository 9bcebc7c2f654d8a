"""Suite: what every connector does, whatever it reads; each trial is given a bench whose stage is at its beginning.

A connector passes all trials, or its stage says which cannot happen there, and why (`Stage.lacks`).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from ingest.met import MISSES_BEFORE_GONE
from ingest.testing.bench import SOURCE, Bench
from ingest.testing.source_server import LONG_WAIT_SECONDS, Fault
from ingest.testing.stage import Lack

_MANY = 12
_FOREVER = 500
_HOUR = timedelta(hours=1)
_SUBJECTS = ("Leveransen", "Kundtjänsten", "Soffan", "Priset", "Appen", "Butiken", "Fakturan", "Returen", "Hyllan")
_VERDICTS = ("var utmärkt", "gjorde mig besviken", "kom en vecka för sent", "fungerar precis som den ska")


def _text(number: int) -> str:
    return f"{_SUBJECTS[number % len(_SUBJECTS)]} {_VERDICTS[number % len(_VERDICTS)]}, tycker kund nummer {number}."


def _stock(bench: Bench, count: int = _MANY, *, first: int = 1) -> list[str]:
    """Write so many entries, ten minutes apart, and return their texts, sorted."""
    world = bench.stage.world
    for number in range(first, first + count):
        world.write(str(number), _text(number), author=f"author-{number}", likes=number)
        world.let_pass(timedelta(minutes=10))
    return sorted(_text(number) for number in range(first, first + count))


def the_first_reading_gives_everything(bench: Bench) -> None:
    """All pages are read, and every record says where it is from, whom it is about, who wrote it and when."""
    texts = _stock(bench)
    reading, report = bench.read()
    assert reading.state == "complete", reading.note
    assert bench.texts() == texts
    assert report.outcomes["stored"] == _MANY
    assert {mention.brand for mention in bench.mentions()} == {"Hyllbo"}
    assert all(mention.source and mention.kind and mention.author for mention in bench.mentions())
    written = {entry.text: entry.published_at for entry in bench.stage.world.entries.values()}
    assert {mention.text: mention.published_at for mention in bench.mentions()} == written, "published_at"


def another_reading_adds_nothing(bench: Bench) -> None:
    """What was read before is known again."""
    texts = _stock(bench)
    bench.read()
    bench.stage.world.let_pass(_HOUR)
    reading, report = bench.read()
    assert reading.state == "complete", reading.note
    assert report.outcomes["stored"] == 0
    assert bench.texts() == texts


def what_is_new_comes_at_the_next_reading(bench: Bench) -> None:
    """New entries are found, and only they are stored."""
    texts = _stock(bench)
    bench.read()
    more = _stock(bench, 3, first=_MANY + 1)
    _, report = bench.read()
    assert report.outcomes["stored"] == len(more)
    assert bench.texts() == sorted(texts + more)


def what_comes_late_is_found(bench: Bench) -> None:
    """An entry that the service shows only an hour after it was written is not missed."""
    texts = _stock(bench)
    bench.read()
    world = bench.stage.world
    world.write("99", _text(99), published_at=world.now - timedelta(minutes=45))
    world.let_pass(_HOUR)
    bench.read()
    assert bench.texts() == sorted([*texts, _text(99)])


def an_edit_replaces_the_words(bench: Bench) -> None:
    """The mention stays one, with its new words."""
    _stock(bench)
    bench.read()
    bench.stage.world.let_pass(_HOUR)
    bench.stage.world.edit("12", "Jag ändrar mig: nu är jag nöjd.")
    bench.stage.world.let_pass(_HOUR)
    _, report = bench.read()
    assert report.remarks["changed"] == 1
    assert "Jag ändrar mig: nu är jag nöjd." in bench.texts()
    assert _text(12) not in bench.texts()
    assert len(bench.texts()) == _MANY


def a_deletion_erases(bench: Bench) -> None:
    """What is deleted there is gone here, from store and inbox, and stays gone."""
    _stock(bench)
    bench.read()
    before = {mention.text: mention.id for mention in bench.mentions()}
    bench.stage.world.let_pass(_HOUR)
    bench.stage.world.delete("12")
    for _ in range(MISSES_BEFORE_GONE + 1):
        bench.stage.world.let_pass(_HOUR)
        reading, _ = bench.read()
        assert reading.state == "complete", reading.note
    if bench.stage.deletes == "none":
        assert len(bench.texts()) == _MANY
        return
    assert _text(12) not in bench.texts()
    assert len(bench.texts()) == _MANY - 1
    assert bench.traces.held([before[_text(12)]]) == []
    assert not any(_text(12).encode() in path.read_bytes() for path in bench.folder.glob("inbox.db*"))


def likes_are_a_series_and_no_edit(bench: Bench) -> None:
    """How many like a text changes nothing of it; each number is kept with its time."""
    _stock(bench)
    bench.read()
    bench.stage.world.like("12", 40)
    bench.stage.world.let_pass(_HOUR)
    _, report = bench.read()
    assert report.remarks["changed"] == 0
    liked = next(mention.id for mention in bench.mentions() if mention.text == _text(12))
    assert [one.counts["likes"] for one in bench.series.of(liked)] == [12, 40]


def a_short_limit_is_waited_for(bench: Bench) -> None:
    """The reading goes on when the service lets it."""
    texts = _stock(bench)
    before = bench.now()
    bench.stage.plan("rate limit", times=2, after=1)
    reading, _ = bench.read()
    assert reading.state == "complete", reading.note
    assert bench.now() > before
    assert bench.texts() == texts


def a_long_limit_ends_the_reading_until_then(bench: Bench) -> None:
    """The source is left alone for as long as it wants, and then nothing is missing."""
    texts = _stock(bench)
    bench.stage.plan("long rate limit", times=_FOREVER, after=1)
    reading, _ = bench.read()
    assert reading.state == "waiting"
    position = bench.history.position(SOURCE)
    assert position.next_at is not None
    assert position.next_at >= bench.now() + timedelta(seconds=LONG_WAIT_SECONDS - 60)
    bench.stage.heal()
    bench.stage.world.let_pass(timedelta(seconds=LONG_WAIT_SECONDS))
    bench.read()
    assert bench.texts() == texts


def a_failure_loses_nothing(bench: Bench, fault: Fault) -> None:
    """A reading that fails says so, and the next good one has everything, once."""
    texts = _stock(bench)
    bench.stage.plan(fault, times=_FOREVER, after=1)
    reading, _ = bench.read()
    assert reading.state == "failed", reading
    assert reading.note
    assert set(bench.texts()) <= set(texts)
    bench.stage.heal()
    bench.stage.world.let_pass(_HOUR)
    reading, _ = bench.read()
    assert reading.state == "complete", reading.note
    assert bench.texts() == texts


def a_failure_that_passes_is_not_noticed(bench: Bench, fault: Fault) -> None:
    """One bad answer is asked for again within the reading."""
    texts = _stock(bench)
    bench.stage.plan(fault, after=1)
    reading, _ = bench.read()
    assert reading.state == "complete", reading.note
    assert bench.texts() == texts


def a_changed_shape_stores_nothing_wrong(bench: Bench) -> None:
    """Where the words are no longer where they were, nothing empty is stored, and nothing is lost when it is mended."""
    texts = _stock(bench)
    bench.stage.plan("drift", times=_FOREVER)
    reading, report = bench.read()
    assert reading.state == "failed" or report.outcomes["quarantined"] > 0
    assert bench.texts() == []
    bench.stage.heal()
    bench.stage.world.let_pass(_HOUR)
    bench.read()
    assert bench.texts() == texts


def clocks_may_differ(bench: Bench) -> None:
    """Nothing is missed, whether our clock goes ahead of the service's or behind it."""
    texts = _stock(bench)
    for number, hours in enumerate((3, -3, 0)):
        bench.skew = timedelta(hours=hours)
        bench.read()
        texts += _stock(bench, 2, first=_MANY + 1 + 2 * number)
    bench.read()
    assert bench.texts() == sorted(texts)


def a_kill_at_any_event_loses_and_doubles_nothing(bench: Bench) -> None:
    """The files as they lie on disk before each event make a good start for the next reading."""
    texts = _stock(bench)
    bench.read()
    more = _stock(bench, 7, first=_MANY + 1)
    folders: list[Path] = []

    def kill(number: int) -> None:
        if number % 4 == 1:
            folders.append(bench.folder.with_name(f"{bench.folder.name}-killed-{number}"))
            killed.append(bench.copied(folders[-1]))

    killed: list[Bench] = []
    bench.at_event = kill
    bench.read()
    assert killed, "the reading gave no event"
    for one in killed:
        reading, _ = one.read()
        assert reading.state == "complete", reading.note
        assert set(more) <= set(one.texts())
        assert len(one.texts()) == len(set(one.texts()))
        assert all(before.state != "reading" for before in one.history.readings(SOURCE))
        one.close()
    assert bench.texts() == sorted(texts + more)


def _with(trial: Callable[[Bench, Fault], None], fault: Fault) -> Callable[[Bench], None]:
    return lambda bench: trial(bench, fault)


TRIALS: Mapping[str, tuple[Lack | None, Callable[[Bench], None]]] = {
    "first reading": (None, the_first_reading_gives_everything),
    "another reading": (None, another_reading_adds_nothing),
    "something new": (None, what_is_new_comes_at_the_next_reading),
    "something late": ("late", what_comes_late_is_found),
    "an edit": ("edit", an_edit_replaces_the_words),
    "a deletion": (None, a_deletion_erases),
    "likes": ("engagement", likes_are_a_series_and_no_edit),
    "a short limit": ("rate limit", a_short_limit_is_waited_for),
    "a long limit": ("long rate limit", a_long_limit_ends_the_reading_until_then),
    "an expired credential": ("expired credential", _with(a_failure_loses_nothing, "expired credential")),
    "pages of HTML": ("page of HTML", _with(a_failure_loses_nothing, "page of HTML")),
    "one page of HTML": ("page of HTML", _with(a_failure_that_passes_is_not_noticed, "page of HTML")),
    "half pages": ("half a page", _with(a_failure_loses_nothing, "half a page")),
    "one half page": ("half a page", _with(a_failure_that_passes_is_not_noticed, "half a page")),
    "one failure": ("failure", _with(a_failure_that_passes_is_not_noticed, "failure")),
    "a changed shape": ("drift", a_changed_shape_stores_nothing_wrong),
    "clocks that differ": (None, clocks_may_differ),
    "a kill": (None, a_kill_at_any_event_loses_and_doubles_nothing),
}
"""By name: what has to be possible at the stage for a trial, and the trial."""


def try_out(bench: Bench, name: str) -> str | None:
    """Let a connector pass a trial; return why it cannot be held there, or None if it was passed."""
    needed, trial = TRIALS[name]
    if needed is not None and needed in bench.stage.lacks:
        return bench.stage.lacks[needed]
    trial(bench)
    return None
