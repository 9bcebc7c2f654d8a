"""SecondTierComponent: a larger model judges the sentiment of texts of which the first component is unsure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from textcx.components.base import SENTIMENT, Known, TextComponent
from textcx.model.card import Numbers
from textcx.model.verdict import named


class Judge(Protocol):
    """What it needs of a model."""

    version: str

    def shares(self, texts: Sequence[str]) -> Numbers:
        """Return the probability of negative, neutral, positive and mixed for each text."""
        ...


class SecondTierComponent(TextComponent):
    """Judges first by one component, then by a model what that one is unsure of.

    What the first does not judge (an unsupported language, no words) stays unjudged, and signs alone stay with it.

    Args:
        first: Judges every text.
        model: Judges the others.
        below: A text of which the first is less sure than this goes to the model; 1 sends all.
    """

    def __init__(self, first: TextComponent, model: Judge, *, below: float) -> None:
        version = f"{model.version} below {below:g}, else {first.version}"
        super().__init__(SENTIMENT, needs=first.needs, version=version)
        self.first = first
        self._model = model
        self._below = below

    def prepare(self, texts: Sequence[str]) -> None:
        """Let the first component get ready."""
        self.first.prepare(texts)

    def warm_up(self, text: str, known: Known) -> Any:
        """Let the first component load what it needs; a model's threads and GPU would not survive a fork."""
        return self.first.warm_up(text, known)

    def judge(self, text: str, known: Known) -> Any:
        """Return the sentiment of a text."""
        return self.judge_all([text], [known])[0]

    def judge_all(self, texts: Sequence[str], known: Sequence[Known]) -> list[Any]:
        """Return the sentiment of each text; those that the model judges go to it together."""
        found = self.first.judge_all(texts, known)
        unsure = [place for place, one in enumerate(found) if self._is_unsure(texts[place], one)]
        if unsure:
            shares = self._model.shares([texts[place] for place in unsure])
            for place, row in zip(unsure, shares, strict=True):
                found[place] = _judged(found[place], row)
        return found

    def _is_unsure(self, text: str, found: Mapping[str, Any] | None) -> bool:
        if found is None or not any(character.isalpha() for character in text):
            return False
        return self._below >= 1 or found["confidence"] < self._below


def _judged(first: Mapping[str, Any], shares: Numbers) -> dict[str, Any]:
    """Return what the model says, with the words that the first tier rests on where the two agree."""
    polarity, score, confidence = named(shares.tolist())
    evidence = first["evidence"] if polarity == first["polarity"] else []
    return {"polarity": polarity, "score": score, "confidence": confidence, "evidence": evidence}
