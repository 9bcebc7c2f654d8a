"""Components that judge by trained weights, shared with their neighbours; each gives one part of what was found."""

from collections.abc import Sequence
from typing import Any

from textcx.components.base import DECLARED, KIND, LANGUAGE, Known, TextComponent, code_of
from textcx.model.trained import TrainedAnalysis


class TrainedComponent(TextComponent):
    """A component that works by trained weights.

    Args:
        name: The extension that it sets.
        analysis: The shared analysis.
        version: What said it.
        needs: The extensions that it reads.
    """

    is_proven = True

    def __init__(
        self, name: str, analysis: TrainedAnalysis, *, version: str, needs: tuple[str, ...] = (LANGUAGE, KIND)
    ) -> None:
        super().__init__(name, needs=needs, version=version)
        self.analysis = analysis
        self._part = name.removeprefix("textcx_")

    def prepare(self, texts: Sequence[str]) -> None:
        """Score texts in one pass; components that share an analysis do it once."""
        self.analysis.prepare(texts)

    def judge(self, text: str, known: Known) -> Any:
        """Return what was found of this component's part."""
        return self.judge_all([text], [known])[0]

    def judge_all(self, texts: Sequence[str], known: Sequence[Known]) -> list[Any]:
        """Return what was found of this component's part in each text."""
        found = self.analysis.find(texts, [code_of(one) for one in known], [one.get(KIND) for one in known])
        return [one[self._part] for one in found]


class TrainedLanguageComponent(TrainedComponent):
    """Tells the language; a declared one (`Doc._.textcx_declared`) is a hint.

    Args:
        analysis: The shared analysis.
    """

    def __init__(self, analysis: TrainedAnalysis) -> None:
        super().__init__(LANGUAGE, analysis, version=analysis.version, needs=(DECLARED,))

    def judge_all(self, texts: Sequence[str], known: Sequence[Known]) -> list[Any]:
        """Return the language of each text."""
        found = self.analysis.languages(texts, [one[DECLARED] for one in known])
        return [{"code": code, "confidence": confidence} for code, confidence in found]
