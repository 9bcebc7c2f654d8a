"""A topic across languages is one topic: the same said in five languages, found together by the shipped weights."""

import json
from collections import Counter
from pathlib import Path

import numpy as np

from textcx.embedding.static import StaticEmbedding
from textcx.topics.grouping import GroupingRules, Usual, groups_of, k_means

PARAPHRASES = Path(__file__).parents[2] / "quality" / "paraphrases.jsonl"
LEAST_RECALL = 0.70
"""0.75 when it was set."""


def test_paraphrases_fall_into_one_topic() -> None:
    groups = [json.loads(line) for line in PARAPHRASES.read_text(encoding="utf-8").splitlines()]
    texts = [text for group in groups for text in group.values()]
    languages = [language for group in groups for language in group]
    vectors = StaticEmbedding().vectors(texts)
    topics = np.full(len(texts), -1)
    found = groups_of(vectors, k_means, GroupingRules(), usual=Usual.of_languages(vectors, languages))
    for number, topic in enumerate(found):
        topics[topic.rows] = number
    recalls = []
    for first in range(0, len(texts), len(groups[0])):
        its = topics[first : first + len(groups[0])]
        counts = Counter(its[its >= 0].tolist())
        most = max(counts.values(), default=0)
        recalls.append(most / len(groups[0]) if most > 1 else 0.0)
    assert np.mean(recalls) >= LEAST_RECALL
    for topic in found:
        by_language = Counter(languages[row] for row in topic.rows)
        assert max(by_language.values()) < 0.8 * len(topic.rows), "no topic is a mere language"
