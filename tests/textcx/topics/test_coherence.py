"""Words of a topic that go together, and vectors made ready to be compared."""

import numpy as np

from textcx.topics.coherence import Together, coherent
from textcx.topics.grouping import Usual
from textcx.topics.keywords import Vocabulary, covered, keywords
from textcx.topics.likeness import drawn_together, evened, units
from textcx.topics.stop_words import stop_words
from textcx.words import Lemmas


def test_words_of_the_same_texts_go_together() -> None:
    texts = [["fee", "invoice"]] * 5 + [["fee", "stairs"], ["stairs"], ["stairs"], *[["queue"]] * 8]
    together = Together(texts, {"fee", "invoice", "stairs", "queue"})
    assert together.of("fee", "invoice") > 0.5
    assert together.of("fee", "invoice") == together.of("invoice", "fee")
    assert together.of("fee", "queue") < 0 < together.of("fee", "invoice")
    assert abs(together.of("fee", "stairs")) < 0.15, "once, as chance has it"


def test_two_rare_words_that_met_once_count_less_than_two_that_always_meet() -> None:
    texts = [["comet", "zebra"], *[["fee", "invoice"]] * 10, *[["queue"]] * 89]
    together = Together(texts, {"comet", "zebra", "fee", "invoice"})
    assert together.of("comet", "zebra") < together.of("fee", "invoice")


def test_a_word_that_goes_with_none_of_the_others_is_left_out() -> None:
    of_the_fee = [["fee", "invoice", "bank", "month", "paid"]] * 6
    texts = [*of_the_fee, *[["fee", "picnic"], ["picnic"], ["picnic"]], *[["queue"]] * 30]
    words = ["fee", "picnic", "invoice", "bank", "month", "paid"]
    weights = dict(zip(words, (1.0, 0.9, 0.8, 0.7, 0.6, 0.5), strict=True))
    together = Together(texts, set(words))
    assert coherent(words, weights, together, most=10) == ["fee", "invoice", "bank", "month", "paid"]
    assert coherent(words, weights, together, most=3) == ["fee", "invoice", "bank"], "in the order given"
    assert coherent(words[:2], weights, together, most=10) == ["fee", "picnic"], "few words are all shown"
    assert coherent([], {}, together, most=10) == []


def test_keywords_go_together_and_are_shown_as_their_topic_writes_them() -> None:
    fee = [
        "Avgiften på fakturan från banken höjdes",
        "avgiften fakturan banken höjdes",
        "avgiften, fakturan, banken",
    ] * 8
    fee += [f"avgiften {word}" for word in ("picknick", "lampor") for _ in range(3)]
    lamps = ["lampor och picknick", "lampor", "picknick"] * 3 + ["en lampa"] * 40 + ["avgift", "faktura"]
    vocabulary = Vocabulary(Lemmas(), stop_words)
    found = keywords([vocabulary.read([(text, "sv") for text in texts]) for texts in (fee, lamps)])
    assert {"avgiften", "fakturan", "banken"} <= set(found[0]["sv"]), "in the form that its texts have most"
    assert not {"lampor", "picknick"} & set(found[0]["sv"])


def test_in_a_large_topic_a_word_needs_a_share_of_its_texts() -> None:
    fee = ["avgiften fakturan banken"] * 200 + ["avgiften zonen zebran"] * 3
    vocabulary = Vocabulary(Lemmas(), stop_words)
    rest = [f"lampor trappan {word}" for word in ("hissen", "dörren") for _ in range(100)]
    found = keywords([vocabulary.read([(text, "sv") for text in texts]) for texts in (fee, rest)])
    assert set(found[0]["sv"]) == {"avgiften", "fakturan", "banken"}


def test_what_a_topics_words_cover_says_whether_it_has_a_subject() -> None:
    texts = [("Avgiften höjdes", "sv"), ("inga avgifter", "sv"), ("maksu nousi", "fi"), ("tja", "sv")]
    read = Vocabulary(Lemmas(), stop_words).read(texts)
    assert covered(read, {"sv": ("avgiften",), "fi": ("maksu",)}) == 0.75, "in any form, each language by itself"
    assert covered(read, {"sv": ("maksu",)}) == 0.0
    assert covered([], {}) == 0.0


def test_directions_that_vary_most_count_less() -> None:
    chance = np.random.default_rng(3)
    vectors = units((chance.normal(0, 1, (5_000, 8)) * [8, 1, 1, 1, 1, 1, 1, 1]).astype(np.float32))
    before, after = (np.abs(one[:, 0]).mean() for one in (vectors, evened(vectors)))
    assert after < before * 0.9
    assert np.allclose(np.linalg.norm(evened(vectors), axis=1), 1, atol=1e-5)


def test_copies_have_nothing_of_their_own() -> None:
    copies = np.repeat(units(np.arange(1, 9, dtype=np.float32)[None]), 2_000, axis=0)
    usual = Usual.of_languages(copies, ["sv"] * len(copies))
    own = usual.taken_from(copies)
    assert (own == own[0]).all()
    assert not evened(copies).any()


def test_neighbours_are_drawn_together_and_one_alone_stays() -> None:
    chance = np.random.default_rng(4)
    centres = np.repeat(np.eye(16, dtype=np.float32)[:3], 40, axis=0)
    vectors = units((centres + chance.normal(0, 0.15, centres.shape)).astype(np.float32))
    drawn = drawn_together(vectors)
    assert (drawn * centres).sum(axis=1).mean() > (vectors * centres).sum(axis=1).mean() + 0.05
    assert drawn_together(vectors[:1]).tolist() == vectors[:1].tolist()
