"""Reply checks: that a store knows which mentions the brand answered, in whatever order they come, change and go."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from textcx.annotation import AnnotatedMention
from textcx.mention import Engagement, Kind, Voice
from textcx.query.measures import ENGAGEMENT, RATING_TEXT_MISMATCH, REPLY_RATE, REPLY_TIME
from textcx.query.tally import Moments, Tally
from textcx.query.tree import Everything
from textcx.store.base import MentionStore
from textcx.testing.builders import NOON, a_mention, a_rating, annotated, id_of
from textcx.testing.store_suite.check import Check, Stores, same
from textcx.testing.store_suite.tally_checks import alike


def _asked(name: str = "asked", *, kind: Kind = "post", at: datetime | None = NOON) -> AnnotatedMention:
    return annotated(a_mention("När kommer paketet?", name=name, kind=kind, published_at=at))


def _answer(
    name: str = "answer",
    *,
    to: str | None = "asked",
    thread: str | None = None,
    hours: float | None = 2,
    voice: Voice = "brand",
    brand: str | None = "Hyllbo",
    version: int = 1,
) -> AnnotatedMention:
    at = None if hours is None else NOON + timedelta(hours=hours)
    return annotated(
        a_mention(
            "Hej!", name=name, reply_to=to, thread=thread, published_at=at, voice=voice, brand=brand, version=version
        )
    )


def _known_to_the_day(one: AnnotatedMention) -> AnnotatedMention:
    return one.model_copy(update={"mention": one.mention.model_copy(update={"published_at_precision": "day"})})


def _answers(store: MentionStore, *, yes: int, no: int, hours: Sequence[float], about: str) -> None:
    """Check how many customers' mentions are answered, and after how many hours."""
    rows = store.breakdown(Everything(), REPLY_RATE.needs, by="voice").rows
    found = dict(rows["customer"].counts) if "customer" in rows else {}
    same(found, {value: count for value, count in (("yes", yes), ("no", no)) if count}, f"answered {about}")
    total = store.breakdown(Everything(), REPLY_TIME.needs, by="voice").total
    logs = [math.log(one) for one in hours]
    expected = {"": Moments(len(logs), sum(logs), sum(log * log for log in logs))} if logs else {}
    alike({"": Tally(0, moments=total.moments)}, {"": Tally(0, moments=expected)}, f"of reply times {about}")


def _counts_answers_in_either_order(stores: Stores) -> None:
    for order in ((0, 1), (1, 0)):
        both = (_asked(), _answer())
        _answers(stores.holding([both[at] for at in order]), yes=1, no=0, hours=[2], about=f"in one batch {order}")
        store = stores.holding()
        for at in order:
            store.put([both[at]])
            store.refresh()
        _answers(store, yes=1, no=0, hours=[2], about=f"one after the other {order}")


def _takes_the_first_answer(stores: Stores) -> None:
    store = stores.holding(
        [_asked(), _answer("late", hours=30), _answer("soon", hours=3), _answer("undated", hours=None)]
    )
    _answers(store, yes=1, no=0, hours=[3], about="three times")
    store.put([_answer("sooner", hours=1)])
    store.refresh()
    _answers(store, yes=1, no=0, hours=[1], about="once more, sooner")


_CASES: Sequence[tuple[str, Callable[[], Sequence[AnnotatedMention]], tuple[int, int], Sequence[float]]] = (
    ("counts a mention nobody answered", lambda: [_asked()], (0, 1), ()),
    ("counts an answer in the thread", lambda: [_asked(), _answer(to=None, thread="asked")], (1, 0), (2,)),
    (
        "counts an answer to another in the thread for that other",
        lambda: [_asked(), _asked("other"), _answer(to="other", thread="asked")],
        (1, 1),
        (2,),
    ),
    ("counts no other customer's reply", lambda: [_asked(kind="survey_answer"), _answer(voice="customer")], (0, 1), ()),
    ("counts no other brand's reply", lambda: [_asked(), _answer(brand="Klarvik")], (0, 1), ()),
    ("counts a brand in other letters", lambda: [_asked(), _answer(brand="HYLLBO")], (1, 0), (2,)),
    ("counts a reply without a brand", lambda: [_asked(), _answer(brand=None)], (1, 0), (2,)),
    ("counts a reply of unknown time, without hours", lambda: [_asked(), _answer(hours=None)], (1, 0), ()),
    ("counts a reply from before, without hours", lambda: [_asked(), _answer(hours=-1)], (1, 0), ()),
    ("counts a reply known to the day, without hours", lambda: [_asked(), _known_to_the_day(_answer())], (1, 0), ()),
    ("takes a minute for what was faster", lambda: [_asked(), _answer(hours=0)], (1, 0), (1 / 60,)),
    ("counts an undated mention that was answered, without hours", lambda: [_asked(at=None), _answer()], (1, 0), ()),
    (
        "counts no survey answer or article",
        lambda: [_asked("a", kind="survey_answer"), _asked("b", kind="article")],
        (0, 0),
        (),
    ),
    ("counts no answer to what is not stored", lambda: [_asked(), _answer(to="gone")], (0, 1), ()),
    (
        "counts no answer of the brand to itself",
        lambda: [_answer(to="answer", thread="answer"), _answer("b")],
        (0, 0),
        (),
    ),
)


def _counts(
    mentions: Callable[[], Sequence[AnnotatedMention]], yes_no: tuple[int, int], hours: Sequence[float], stores: Stores
) -> None:
    _answers(stores.holding(mentions()), yes=yes_no[0], no=yes_no[1], hours=hours, about="mentions")


def _follows_an_answer_that_changes(stores: Stores) -> None:
    store = stores.holding([_asked(), _asked("other"), _answer()])
    for version, changed, yes, hours, about in (
        (2, _answer(hours=5, version=2), 1, [5.0], "later"),
        (3, _answer(to="other", version=3), 1, [2.0], "to another"),
        (4, _answer(voice="customer", version=4), 0, [], "by a customer"),
        (5, _answer(version=5), 1, [2.0], "again"),
    ):
        same(store.put([changed]), 1, f"kept of version {version}")
        store.refresh()
        expected = {"yes": yes, "no": 3 - yes if changed.mention.voice == "customer" else 2 - yes}
        _answers(store, yes=expected["yes"], no=expected["no"], hours=hours, about=about)
    same(store.put([_answer(hours=9, version=1)]), 0, "kept of an older version")
    store.refresh()
    _answers(store, yes=1, no=1, hours=[2], about="as an older version says")


def _follows_a_mention_that_changes(stores: Stores) -> None:
    store = stores.holding([_asked(), _answer()])
    later = annotated(
        a_mention("Var är paketet?", name="asked", kind="post", version=2, published_at=NOON + timedelta(hours=1))
    )
    store.put([later])
    store.refresh()
    _answers(store, yes=1, no=0, hours=[1], about="after it was edited")


def _forgets_an_answer_that_was_erased(stores: Stores) -> None:
    store = stores.holding([_asked(), _answer(), _answer("second", hours=4)])
    same(store.forget([id_of("answer")]), 1, "erased")
    store.refresh()
    _answers(store, yes=1, no=0, hours=[4], about="by the other")
    store.forget([id_of("second")])
    store.put([_answer(version=9)])
    store.refresh()
    _answers(store, yes=0, no=1, hours=[], about="when all answers are erased")
    store.forget([id_of("asked")])
    store.put([_answer("third")])
    store.refresh()
    _answers(store, yes=0, no=0, hours=[], about="when the mention is erased")


def _adds_up_what_contradicts_and_what_spreads(stores: Stores) -> None:
    store = stores.holding(
        [
            annotated(
                a_mention(name="irony", ratings=[a_rating("stars", 5)], engagement=Engagement(likes=3, reposts=4)),
                sentiment="negative",
            ),
            annotated(
                a_mention(name="slip", ratings=[a_rating("nps", 2, lowest=0, highest=10), a_rating("csat", 2)]),
                sentiment="positive",
            ),
            annotated(
                a_mention(name="seen", ratings=[a_rating("stars", 3)], engagement=Engagement(views=900)),
                sentiment="negative",
            ),
            annotated(a_mention(name="silent", engagement=Engagement(likes=0, replies=0)), sentiment="positive"),
            annotated(a_mention(name="unjudged", ratings=[a_rating("stars", 1)], engagement=Engagement())),
        ]
    )
    contradicting = store.breakdown(Everything(), RATING_TEXT_MISMATCH.needs, by="lang").total
    alike({"": contradicting}, {"": Tally(5, {"mismatch": 2, "match": 1})}, "of ratings beside texts")
    spread = store.breakdown(Everything(), ENGAGEMENT.needs, by="lang").total
    alike({"": spread}, {"": Tally(5, moments={"": Moments(2, 7.0, 49.0)})}, "of interactions")


REPLY_CHECKS = (
    Check("counts answers, whichever comes first", _counts_answers_in_either_order),
    Check("takes the first answer", _takes_the_first_answer),
    *(Check(name, partial(_counts, mentions, yes_no, hours)) for name, mentions, yes_no, hours in _CASES),
    Check("follows an answer that changes", _follows_an_answer_that_changes),
    Check("follows a mention that changes", _follows_a_mention_that_changes),
    Check("forgets an answer that was erased", _forgets_an_answer_that_was_erased),
    Check("adds up what contradicts and what spreads", _adds_up_what_contradicts_and_what_spreads),
)
