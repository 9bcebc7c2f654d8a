"""Challenge: sentences written by hand, a few for each thing that a language does, after CheckList.

Ribeiro, Wu, Guestrin and Singh 2020, "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList". A line says
what must hold of its text: the sentiment (several where more than one is right), touchpoints with polarity, signals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import Field, ValidationError

from textcx.annotation import Annotations, Polarity, SignalName
from textcx.document import Document
from textcx.errors import AnalysisError, ConfigError
from textcx.evaluation.scorecard import Annotate
from textcx.mention import Frozen, Kind
from textcx.validation import first_fault


class Challenge(Frozen):
    """A line of the file.

    Attributes:
        capability: What is tried.
        lang: The language.
        text: The text.
        kind: The mention's kind, where it matters.
        sentiment: The polarities that are right; none where the sentiment is not asked.
        touchpoints: Those that must be found, each with what may be said of it.
        signals: Those that must be found.
    """

    capability: str
    lang: str
    text: str
    kind: Kind | None = None
    sentiment: tuple[Polarity, ...] = ()
    touchpoints: Mapping[str, tuple[Polarity, ...]] = Field(default_factory=dict)
    signals: tuple[SignalName, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """How many lines of a capability hold in a language, and what failed: the text, and what was said instead."""

    capability: str
    language: str
    passed: int
    n: int
    failures: tuple[tuple[str, str], ...]


def read_challenges(path: Path) -> list[Challenge]:
    """Return the lines of a file.

    Raises:
        ConfigError: It cannot be read, or a line is wrong; the message names the line.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    return [_read(path, number, line) for number, line in enumerate(lines, start=1)]


def try_challenges(annotate: Annotate, challenges: Sequence[Challenge]) -> list[Passed]:
    """Return how many lines hold, per capability and language, in the order of the file."""
    answers = annotate([Document(one.text, kind=one.kind) for one in challenges])
    groups: dict[tuple[str, str], list[tuple[str, str] | None]] = {}
    for one, answer in zip(challenges, answers, strict=True):
        said = "the analysis failed" if isinstance(answer, AnalysisError) else "; ".join(_faults(one, answer))
        groups.setdefault((one.capability, one.lang), []).append((one.text, said) if said else None)
    return [_passed(capability, language, results) for (capability, language), results in groups.items()]


def failures(passed: Sequence[Passed]) -> Iterator[dict[str, str]]:
    """Give each line that does not hold: what it tries, its text, and what was said instead."""
    for one in passed:
        for text, said in one.failures:
            yield {"task": f"challenge: {one.capability}", "language": one.language, "text": text, "said": said}


def by_capability(passed: Sequence[Passed]) -> dict[str, float]:
    """Return the share of lines that hold for each capability."""
    names = dict.fromkeys(one.capability for one in passed)
    return {name: _share([one for one in passed if one.capability == name]) for name in names}


def _share(some: Sequence[Passed]) -> float:
    return sum(one.passed for one in some) / sum(one.n for one in some)


def _passed(capability: str, language: str, results: Sequence[tuple[str, str] | None]) -> Passed:
    failures = tuple(one for one in results if one is not None)
    return Passed(capability, language, len(results) - len(failures), len(results), failures)


def _faults(challenge: Challenge, said: Annotations) -> Iterator[str]:
    polarity = said.sentiment.polarity if said.sentiment else None
    if challenge.sentiment and polarity not in challenge.sentiment:
        yield f"sentiment {polarity}, not {' or '.join(challenge.sentiment)}"
    found = {one.id: one.polarity for one in said.touchpoints}
    for touchpoint, wanted in challenge.touchpoints.items():
        if found.get(touchpoint) not in wanted:
            yield f"{touchpoint} {found.get(touchpoint, 'not found')}, not {' or '.join(wanted)}"
    missing = set(challenge.signals) - {one.name for one in said.signals}
    if missing:
        yield f"no signal {', '.join(sorted(missing))}"


def _read(path: Path, number: int, line: bytes) -> Challenge:
    try:
        return Challenge.model_validate(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"{path.name}, line {number}: no JSON.") from error
    except ValidationError as error:
        raise ConfigError(f"{path.name}, line {number}: {first_fault(error)}.") from None
