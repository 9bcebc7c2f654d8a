"""Write checks: versions, erasure, what is seen when, and mentions that are hard to keep."""

from collections.abc import Sequence
from datetime import UTC, datetime

from textcx.annotation import AnnotatedMention, Emotion, Opinion, Span
from textcx.mention import Asked, Engagement, Redaction, Reference, Subject
from textcx.query.tally import Needs, Tally
from textcx.query.tree import Everything, Exact, Keyword, Prefix, Word
from textcx.store.base import BreakdownTallies, Bucket, MentionStore, Person, TrendTallies
from textcx.testing.builders import NOON, a_mention, a_rating, annotated, id_of
from textcx.testing.store_suite.check import Check, Stores, same
from textcx.words import LONGEST_WORD

_BORDERS = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))


def _said(text: str, *, version: int, name: str = "a") -> AnnotatedMention:
    return annotated(a_mention(text, name=name, version=version))


def _put(store: MentionStore, *mentions: AnnotatedMention) -> int:
    kept = store.put(mentions)
    store.refresh()
    return kept


def _holds(store: MentionStore, *words: str) -> None:
    """Check that of these words, and of old and new, only the given ones are found, each once."""
    found = [word for word in ("first", "second", "third") if store.count(Exact(word))]
    same(found, list(words), "texts that are found")
    same(store.count(Everything()), len(words), "mentions that are found")


def _lets_the_newer_version_win(stores: Stores) -> None:
    store = stores.holding()
    same(_put(store, _said("first", version=1)), 1, "kept of a new mention")
    same(_put(store, _said("second", version=2)), 1, "kept of a newer version")
    _holds(store, "second")
    same(_put(store, _said("first", version=1)), 0, "kept of an older version")
    _holds(store, "second")
    stored = store.get(id_of("a"))
    same(stored and stored.mention.text, "second", "the stored text")


def _leaves_the_same_version_alone(stores: Stores) -> None:
    store = stores.holding([_said("first", version=7)])
    same(_put(store, _said("second", version=7)), 0, "kept of the same version")
    _holds(store, "first")


def _takes_versions_out_of_order_in_one_batch(stores: Stores) -> None:
    store = stores.holding()
    same(_put(store, _said("second", version=2), _said("third", version=3), _said("first", version=1)), 2, "kept")
    _holds(store, "third")


def _keeps_the_largest_version(stores: Stores) -> None:
    store = stores.holding([_said("first", version=2**63 - 2)])
    same(_put(store, _said("second", version=2**63 - 1)), 1, "kept of the largest version")
    _holds(store, "second")


def _takes_nothing(stores: Stores) -> None:
    store = stores.holding()
    same(store.put([]), 0, "kept of nothing")
    same(store.forget([]), 0, "erased of nothing")


def _erases_for_good(stores: Stores) -> None:
    store = stores.holding([_said("first", version=1), _said("second", version=1, name="b")])
    same(store.forget([id_of("a")]), 1, "erased")
    same(store.get(id_of("a")), None, "an erased mention")
    store.refresh()
    _holds(store, "second")
    same(store.forget([id_of("a")]), 0, "erased once more")
    same(_put(store, _said("first", version=1), _said("third", version=99)), 0, "kept of a late redelivery")
    same(store.get(id_of("a")), None, "an erased mention delivered again")
    _holds(store, "second")


def _erases_what_was_never_stored(stores: Stores) -> None:
    store = stores.holding()
    same(store.forget([id_of("a"), id_of("a"), "no id", ""]), 0, "erased of what is not there")
    same(_put(store, _said("first", version=5)), 0, "kept of a mention erased before it came")
    _holds(store)


def _erases_several_at_once(stores: Stores) -> None:
    store = stores.holding([_said("first", version=1, name=name) for name in "abc"])
    same(store.forget([id_of("a"), id_of("c"), id_of("a"), id_of("z")]), 2, "erased")
    store.refresh()
    same([one.mention.id for one in store.export(Everything())], [id_of("b")], "what is left")


def _of(name: str, *, author: str | None = None, case: str | None = None, version: int = 1) -> AnnotatedMention:
    mention = a_mention("ord", name=name, author=author, version=version)
    reference = Reference(system="crm", id=case) if case else None
    return annotated(mention.model_copy(update={"reference": reference}))


def _finds_what_a_person_wrote(stores: Stores) -> None:
    store = stores.holding([_of("a", author="one"), _of("b", author="two", case="7"), _of("c", case="7"), _of("d")])
    store.put([_of("e", author="one")])  # not to be searched yet
    seven = Person(reference=Reference(system="crm", id="7"))
    same(sorted(store.mentions_of(Person(author="one"))), sorted([id_of("a"), id_of("e")]), "mentions of an author")
    same(sorted(store.mentions_of(seven)), sorted([id_of("b"), id_of("c")]), "mentions of a reference")
    for stranger in ("ONE", "crm\0007", ""):
        same(store.mentions_of(Person(author=stranger)), [], f"mentions of the author {stranger!r}")
    same(store.mentions_of(Person(reference=Reference(system="other", id="7"))), [], "mentions of another system's key")
    store.put([_of("a", author="two", version=2)])
    same(store.mentions_of(Person(author="one")), [id_of("e")], "mentions of an author after one has another")
    store.forget([id_of("e")])
    same(store.mentions_of(Person(author="one")), [], "mentions of an author after they were erased")


def _refuses_people_for_ever(stores: Stores) -> None:
    store = stores.holding([_of("a", author="one"), _of("b", author="two", case="7")])
    seven = Person(reference=Reference(system="crm", id="7"))
    coming = [_of("c", author="one"), _of("d", author="three"), _of("e", author="three", case="7"), _of("f", case="8")]
    same(store.refused([one.mention for one in coming]), frozenset(), "refused of nobody")
    store.refuse([Person(author="one"), seven])
    same(store.get(id_of("a")) is not None, True, "what is stored stays until it is forgotten")
    refused = frozenset({id_of("c"), id_of("e")})
    same(store.refused([one.mention for one in coming]), refused, "refused of two people")
    same(_put(store, *coming), 2, "kept where two are refused")
    same(_put(store, _of("a", author="one", version=2)), 0, "kept of a new version")
    store.forget([*store.mentions_of(Person(author="one")), *store.mentions_of(seven)])
    store.refresh()
    found = sorted(one.mention.id for one in store.export(Everything()))
    same(found, sorted([id_of("d"), id_of("f")]), "what is left")
    same(store.refused([_of("a").mention, _of("d").mention]), frozenset({id_of("a")}), "refused of what was erased")


def _gets_what_was_put_at_once(stores: Stores) -> None:
    store = stores.holding()
    one = _said("first", version=1)
    store.put([one])
    same(store.get(one.mention.id), one, "a mention that was just put")
    two = _said("second", version=2)
    store.put([two])
    same(store.get(one.mention.id), two, "its next version")
    for stranger in (id_of("z"), "", "x", "\ud800", one.mention.id.upper(), one.mention.id + "0"):
        same(store.get(stranger), None, f"the mention {stranger!r}")


def _gives_back_every_field(stores: Stores) -> None:
    mention = a_mention(
        "Nya 😀 ord\n\tmed \u0000 och \u2028, ring [phone]",
        title="Rubrik",
        version=2**63 - 1,
        author="a2kx7",
        country="SE",
        published_at=datetime(2026, 3, 15, 12, 0, 0, 123_456, tzinfo=UTC),
        ratings=[a_rating("nps", 9, lowest=0, highest=10), a_rating("other", 0.1, lowest=-1, highest=1)],
        attributes={"a=b": "c=d", "rad\nbryt": "☃"},
    ).model_copy(
        update={
            "language": "sv",
            "published_at_precision": "minute",
            "asked": Asked(question="Hur var det?", touchpoint="delivery", occasion="transaction"),
            "reference": Reference(system="crm", id="17"),
            "subject": Subject(product="P1", location="L", country="SE", app_version="1.2"),
            "reply_to": id_of("b"),
            "thread": id_of("c"),
            "repost_of": id_of("d"),
            "copy_of": id_of("e"),
            "engagement": Engagement(likes=0, views=2**53 - 1),
            "url": "https://example.org/å",
            "redactions": (Redaction(start=26, end=33, kind="phone"),),
        }
    )
    plain = annotated(mention, sentiment="mixed", signals=["leaves"], touchpoints=["s:t/neutral"], topics=["t1"])
    full = plain.model_copy(
        update={
            "annotations": plain.annotations.model_copy(
                update={
                    "emotions": (Emotion(name="joy", score=0.1, evidence=(Span(start=0, end=3),), touchpoint="t"),),
                    "opinions": (Opinion(aspect="ord", polarity="positive", start=6, end=9),),
                    "said_by": {"sentiment": "x 1"},
                    "truncated": True,
                }
            )
        }
    )
    store = stores.holding([full])
    same(store.get(full.mention.id), full, "a mention with all its fields")
    same(store.search(Word("ord")).hits[0].annotated, full, "the same as a hit")
    same(list(store.export(Everything())), [full], "the same exported")


def _keeps_long_texts(stores: Stores) -> None:
    text = "början " + "mycket text med många ord " * 20_000 + "x" * 200_000 + " slutet"
    store = stores.holding([annotated(a_mention(text, title="t" * 1000))])
    for query in (Exact("början"), Word("slutet"), Exact("x" * LONGEST_WORD), Prefix("x" * 150), Exact("t" * 500)):
        same(store.count(query), 1, f"hits of {query}"[:80])
    stored = store.get(id_of("a"))
    same(stored is not None and stored.mention.text == text, True, "the long text came back")
    same(len(store.search(Exact("slutet")).hits[0].highlights["text"]), 1, "marked in a long text")


def _keeps_long_keywords(stores: Stores) -> None:
    value = "å" * 199 + "x"
    store = stores.holding([annotated(a_mention(brand=value, source=value, attributes={value: value}))])
    same(store.count(Keyword("brand", value.upper())), 1, "hits of a long brand")
    same(store.count(Keyword(f"attr.{value}", value)), 1, "hits of a long attribute")
    found = store.search(Everything(), facets=(f"attr.{value}",)).facets[f"attr.{value}"]
    same([one.value for one in found], [value], "facets of a long attribute")


def _answers_when_empty(stores: Stores) -> None:
    store = stores.holding()
    page = store.search(Word("leverans"), facets=("brand", "attr.region"))
    same((page.total, page.hits, page.next_cursor), (0, (), None), "a page of an empty store")
    same(page.facets, {"brand": (), "attr.region": ()}, "facets of an empty store")
    same(store.count(Everything()), 0, "mentions in an empty store")
    same(list(store.export(Everything())), [], "export of an empty store")
    same(store.published_range(Everything()), None, "dates of an empty store")
    needs = Needs(counts="sentiment", moments="stars", scale="stars_scale", judgements=True)
    for by in ("touchpoint", "brand", "attr.region"):
        same(store.breakdown(Everything(), needs, by=by), BreakdownTallies({}, Tally(0), 0), f"rows by {by}")
        empty = TrendTallies((Bucket({}), Bucket({})), 0)
        same(store.trend(Everything(), needs, borders=_BORDERS, by=by), empty, f"a trend by {by}")
    whole = TrendTallies((Bucket({"": Tally(0)}), Bucket({"": Tally(0)})), 0)
    same(store.trend(Everything(), needs, borders=_BORDERS), whole, "a trend of an empty store")


def _answers_with_one_mention(stores: Stores) -> None:
    one = annotated(a_mention("leverans", ratings=[a_rating("stars", 4)]), sentiment="positive")
    store = stores.holding([one])
    for sort in ("newest", "oldest", "relevance"):
        page = store.search(Word("leverans"), sort=sort, limit=1)
        same([hit.annotated for hit in page.hits], [one], f"the only hit by {sort}")
        same((page.total, page.next_cursor), (1, None), f"its page by {sort}")
    same(store.published_range(Everything()), (NOON, NOON), "its date")
    rows = store.breakdown(Everything(), Needs(counts="sentiment"), by="brand")
    same(rows, BreakdownTallies({"Hyllbo": Tally(1, {"positive": 1})}, Tally(1, {"positive": 1}), 0), "its row")
    trend = store.trend(Everything(), Needs(counts="sentiment"), borders=_BORDERS)
    same([bucket.tallies[""].mentions for bucket in trend.buckets], [1, 0], "its trend")


def _shows_all_that_was_put_after_refresh(stores: Stores) -> None:
    store = stores.holding()
    batches: Sequence[int] = (1, 10, 100)
    for size in batches:
        store.put([annotated(a_mention("ord", name=f"{size}-{at}")) for at in range(size)])
        store.refresh()
        same(store.count(Exact("ord")), sum(done for done in batches if done <= size), "mentions after refresh")


WRITE_CHECKS = (
    Check("lets the newer version win", _lets_the_newer_version_win),
    Check("leaves the same version alone", _leaves_the_same_version_alone),
    Check("takes versions out of order in one batch", _takes_versions_out_of_order_in_one_batch),
    Check("keeps the largest version", _keeps_the_largest_version),
    Check("takes nothing", _takes_nothing),
    Check("erases for good, whatever is delivered later", _erases_for_good),
    Check("erases what was never stored", _erases_what_was_never_stored),
    Check("erases several at once", _erases_several_at_once),
    Check("finds what a person wrote", _finds_what_a_person_wrote),
    Check("refuses people for ever", _refuses_people_for_ever),
    Check("gets what was put at once", _gets_what_was_put_at_once),
    Check("gives back every field", _gives_back_every_field),
    Check("keeps long texts", _keeps_long_texts),
    Check("keeps long keywords", _keeps_long_keywords),
    Check("answers when empty", _answers_when_empty),
    Check("answers with one mention", _answers_with_one_mention),
    Check("shows all that was put after refresh", _shows_all_that_was_put_after_refresh),
)
