"""Baselines: what simpler or better known systems say of the same texts, so that a figure has something beside it.

Packages that are not installed are left out; nothing is fetched.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from textcx.evaluation.hits import Labels
from textcx.evaluation.questions import FOUR, Question
from textcx.training.rows import Row
from textcx.words import surfaces_of

_MOST_ROWS = 20_000
_SEED = 20261127
_NEUTRAL_BELOW = 0.05
"""VADER's own border of its compound score (Hutto and Gilbert 2014); asent, which follows it, has the same."""
Named = list[Labels]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Another system.

    Attributes:
        name: Its name on the scorecard.
        name_labels: Names labels for the rows to be scored, after it has seen others; None where it cannot.
    """

    name: str
    name_labels: Callable[[Question, Sequence[Row], Sequence[Row]], Named | None]


def known_baselines(lexicons: Path) -> tuple[Baseline, ...]:
    """Return the baselines that can run here.

    Args:
        lexicons: `configs/lexicons`.
    """
    found = [Baseline("majority", _majority)]
    found += [_word_list(lexicons / name, name) for name in ("afinn", "vader")]
    if find_spec("vaderSentiment"):
        found.append(Baseline("VADER", _vader))
    if find_spec("asent"):
        found.append(Baseline("asent", _asent))
    if find_spec("sklearn"):
        found.append(Baseline("TF-IDF + logistic regression", _logistic))
    return tuple(found)


def _majority(question: Question, trained_on: Sequence[Row], rows: Sequence[Row]) -> Named | None:
    """Name everywhere the most frequent answer of the rows learned from, or of the rows themselves without any."""
    answers = Counter(gold for _, gold in _labelled(question, trained_on or rows))
    most = min(answers, key=lambda gold: (-answers[gold], sorted(gold)), default=frozenset())
    return [most] * len(rows)


def _word_list(folder: Path, name: str) -> Baseline:
    """Return the sum of a word list's strengths as a baseline; our copies hold single words, no rules."""
    lists = {path.stem: _read_list(path) for path in sorted(folder.glob("*.tsv"))}

    def name_labels(question: Question, _: Sequence[Row], rows: Sequence[Row]) -> Named | None:
        if not _is_polarity(question) or not any(row.language in lists for row in rows):
            return None
        return [_signed(_sum(row.text, lists.get(row.language, {})), 0.0) for row in rows]

    return Baseline(f"{name} (words)", name_labels)


def _vader(question: Question, _: Sequence[Row], rows: Sequence[Row]) -> Named | None:
    if not _is_polarity(question) or not any(row.language == "en" for row in rows):
        return None
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    score = SentimentIntensityAnalyzer().polarity_scores
    return [_signed(score(row.text)["compound"], _NEUTRAL_BELOW) for row in rows]


def _asent(question: Question, _: Sequence[Row], rows: Sequence[Row]) -> Named | None:
    languages = {"da": "da", "en": "en", "nb": "no", "nn": "no", "sv": "sv"}
    if not _is_polarity(question) or not any(row.language in languages for row in rows):
        return None
    import asent  # noqa: F401 - registers its components
    import spacy

    pipelines: dict[str, Any] = {}
    named: Named = []
    for row in rows:
        code = languages.get(row.language)
        if code is None:
            named.append(frozenset())
            continue
        if code not in pipelines:
            pipelines[code] = spacy.blank("nb" if code == "no" else code)
            pipelines[code].add_pipe("sentencizer")
            pipelines[code].add_pipe(f"asent_{code}_v1")
        named.append(_signed(pipelines[code](row.text)._.polarity.compound, _NEUTRAL_BELOW))
    return named


def _logistic(question: Question, trained_on: Sequence[Row], rows: Sequence[Row]) -> Named | None:
    labelled = _labelled(question, trained_on)[:_MOST_ROWS]
    if not labelled:
        return None
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.preprocessing import MultiLabelBinarizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    seen = vectorizer.fit_transform([row.text for row, _ in labelled])
    new = vectorizer.transform([row.text for row in rows])
    one = LogisticRegression(C=10, class_weight="balanced", solver="liblinear", random_state=_SEED)
    binarizer = MultiLabelBinarizer()
    targets = binarizer.fit_transform([sorted(gold) for _, gold in labelled])
    model = OneVsRestClassifier(one).fit(seen, targets)
    if not question.is_single:
        return [frozenset(labels) for labels in binarizer.inverse_transform(model.predict(new))]
    names = binarizer.classes_
    return [frozenset([str(names[place])]) for place in model.predict_proba(new).argmax(axis=1)]


def _labelled(question: Question, rows: Sequence[Row]) -> list[tuple[Row, Labels]]:
    if question.baseline is None:
        return []
    return [(row, gold) for row in rows if (gold := question.baseline(row)) is not None]


def _is_polarity(question: Question) -> bool:
    return bool(question.labels) and set(question.labels or ()) <= set(FOUR)


def _signed(score: float, border: float) -> Labels:
    return frozenset(["positive" if score > border else "negative" if score < -border else "neutral"])


def _sum(text: str, strengths: Mapping[str, float]) -> float:
    return sum(strengths.get(word, 0.0) for word in surfaces_of(text))


def _read_list(path: Path) -> dict[str, float]:
    pairs = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    return {word: float(strength) for word, strength in pairs}
