"""Nearest: what every store must do when it is asked for what means nearly the same."""

from collections.abc import Callable, Sequence

from textcx.annotation import AnnotatedMention
from textcx.errors import RequestError
from textcx.query.tree import And, Everything, Keyword, Not, Query
from textcx.store.base import MentionStore
from textcx.testing.builders import a_mention, annotated, id_of
from textcx.testing.store_suite.check import Check, Scene, Stores, fails, same

_DIGITS = 5


def _scene() -> dict[str, AnnotatedMention]:
    texts = {
        "sv": ("Leverans sen", "sv"),
        "da": ("Levering forsinket igen", "da"),
        "fi": ("Toimitus myöhässä", "fi"),
        "en": ("Delivery late", "en"),
        "price": ("Hinta kallis", "fi"),
        "app": ("Appen kraschar", "sv"),
        "empty": ("", "sv"),
        "sign": ("!!!", "sv"),
    }
    return {
        name: annotated(
            a_mention(text, name=name, brand="Klarvik" if name in ("da", "price") else "Hyllbo"), language=language
        )
        for name, (text, language) in texts.items()
    }


def _names(store: MentionStore, query: Query, text: str, scene: Scene, *, limit: int = 100) -> list[str]:
    name_of = {id_of(name): name for name in scene()}
    return [name_of[hit.annotated.mention.id] for hit in store.nearest(query, text, limit=limit)]


def _gives_the_nearest_first(stores: Stores) -> None:
    store = stores.showing(_scene)
    found = _names(store, Everything(), "delivery late", _scene)
    same(set(found[:4]), {"sv", "da", "fi", "en"}, "what means the same in other languages")
    same(set(found[4:]), {"price", "app"}, "what means something else, without texts that have no words")
    same(len(_names(store, Everything(), "delivery late", _scene, limit=2)), 2, "as many as were asked for")


def _says_how_near(stores: Stores) -> None:
    store, witness = stores.showing(_scene), stores.witness_of(_scene)
    for text in ("delivery late", "hinta", "appen toimitus xyz"):
        expected = {hit.annotated.mention.id: hit.score or 0.0 for hit in witness.nearest(Everything(), text, limit=9)}
        scores = [hit.score or 0.0 for hit in store.nearest(Everything(), text, limit=9)]
        same(scores, sorted(scores, reverse=True), "scores in their order")
        for hit in store.nearest(Everything(), text, limit=9):
            score = expected[hit.annotated.mention.id]
            same(round(hit.score or 0.0, _DIGITS), round(score, _DIGITS), f"nearness of {text!r}")


def _keeps_to_the_query(stores: Stores) -> None:
    store = stores.showing(_scene)
    query = And((Keyword("brand", "hyllbo"), Not(Keyword("lang", "en"))))
    same(set(_names(store, query, "delivery late", _scene)), {"sv", "fi", "app"}, "nearest of a brand")
    same(set(_names(store, query, "delivery late", _scene, limit=2)), {"sv", "fi"}, "the two nearest of a brand")
    same(_names(store, Keyword("brand", "nobody"), "delivery late", _scene), [], "nearest of nothing")


def _is_near_nothing_without_words(stores: Stores) -> None:
    store = stores.showing(_scene)
    for text in ("", "?!", " "):
        same(store.nearest(Everything(), text, limit=5), (), f"nearest to {text!r}")


def _refuses_odd_numbers(stores: Stores) -> None:
    store = stores.showing(_scene)
    for limit in (0, -1, 1_001):
        fails(_asking(store, limit), RequestError, f"the nearest {limit}")


def _asking(store: MentionStore, limit: int) -> Callable[[], object]:
    return lambda: store.nearest(Everything(), "leverans", limit=limit)


def _follows_what_is_written(stores: Stores) -> None:
    store = stores.holding([annotated(a_mention("Leverans sen", name="a")), annotated(a_mention("Pris", name="b"))])
    same(_ids(store, "toimitus"), [id_of("a"), id_of("b")], "before anything is changed")
    store.put([annotated(a_mention("Hinta kallis", name="a", version=2)), annotated(a_mention("Paket", name="c"))])
    store.refresh()
    same(_ids(store, "toimitus")[:1], [id_of("c")], "after one was changed and one was added")
    same(len(_ids(store, "toimitus")), 3, "each once")
    store.put([annotated(a_mention("", name="b", version=2))])
    store.refresh()
    same(set(_ids(store, "toimitus")), {id_of("a"), id_of("c")}, "after one lost its words")


def _forgets_for_good(stores: Stores) -> None:
    store = stores.holding([annotated(a_mention("Leverans sen", name=name)) for name in ("a", "b")])
    store.forget([id_of("a")])
    store.refresh()
    same(_ids(store, "toimitus"), [id_of("b")], "after one was erased")
    store.put([annotated(a_mention("Leverans sen", name="a", version=9))])
    store.refresh()
    same(_ids(store, "toimitus"), [id_of("b")], "after it was delivered again")


def _holds_many_that_are_alike(stores: Stores) -> None:
    mentions = [annotated(a_mention("Leverans sen" if at % 3 else "Appen", name=f"{at}")) for at in range(120)]
    store = stores.holding(mentions)
    hits = store.nearest(Everything(), "late delivery", limit=80)
    same({round(hit.score or 0.0, 3) for hit in hits}, {1.0}, "all that say the same come before all others")
    same(len({hit.annotated.mention.id for hit in hits}), 80, "each once")


def _ids(store: MentionStore, text: str) -> Sequence[str]:
    return [hit.annotated.mention.id for hit in store.nearest(Everything(), text, limit=10)]


NEAREST_CHECKS = (
    Check("nearest: gives the nearest first, in whatever language", _gives_the_nearest_first),
    Check("nearest: says how near each is", _says_how_near),
    Check("nearest: keeps to the query", _keeps_to_the_query),
    Check("nearest: is near nothing without words", _is_near_nothing_without_words),
    Check("nearest: refuses odd numbers", _refuses_odd_numbers),
    Check("nearest: follows what is written", _follows_what_is_written),
    Check("nearest: forgets for good", _forgets_for_good),
    Check("nearest: holds many that are alike", _holds_many_that_are_alike),
)
