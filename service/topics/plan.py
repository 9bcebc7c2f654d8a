"""Plan: a change of the topics that was thought through and not made yet, with the mentions it would move."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.topics.gathering import Gathered
from textcx.errors import ConflictError
from textcx.query.tree import Query
from textcx.topics.anchors import Anchors
from textcx.topics.changes import Birth, Change
from textcx.topics.registry import Registry, registry_of


@dataclass(frozen=True, slots=True)
class Move:
    """Mentions that would go from one topic to another; None is no topic."""

    source: str | None
    target: str | None
    mentions: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A change that may be made.

    Attributes:
        change: What would be done.
        version: Of the registry it was made for; it is refused for another.
        moves: The mentions that it would move, most first; stored ids are resolved.
        looked_at: Of how many mentions the moves were told.
        of: How many mentions there are; more than were looked at where a sample was taken.
        reassigns: The mentions whose stored topic must be found again; None where the lineage tells it.
        accepted: The proposals that it makes use of.
    """

    change: Change
    version: int
    moves: tuple[Move, ...] = ()
    looked_at: int = 0
    of: int = 0
    reassigns: Query | None = None
    accepted: tuple[str, ...] = ()

    def make(self, registry: Registry) -> Change:
        """Return the change for a registry.

        Raises:
            ConflictError: Somebody changed the topics since.
        """
        if registry.version != self.version:
            raise ConflictError("The topics were changed meanwhile. Look at what this would do now, and do it again.")
        return self.change

    def shown(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        change = self.change
        named = {"topic": change.topic, "into": change.into, "label": change.label, "touchpoint": change.touchpoint}
        return {
            "kind": change.kind,
            "reason": change.reason,
            **{name: value for name, value in named.items() if value is not None},
            **({"undoes": change.undoes} if change.undoes else {}),
            "births": [born(birth) for birth in change.births],
            "carried": [birth.id for birth in change.carried],
            "moves": [{"from": one.source, "to": one.target, "mentions": one.mentions} for one in self.moves],
            "looked_at": self.looked_at,
            "of": self.of,
        }


def born(birth: Birth) -> dict[str, Any]:
    """Return a birth as JSON values, without its centroid."""
    return {
        "id": birth.id,
        "label": birth.label,
        "origin": birth.origin,
        "mentions": birth.mentions,
        "limit": birth.limit,
        "covered": birth.covered,
        "keywords": {language: list(words) for language, words in birth.keywords.items()},
        "representatives": list(birth.representatives),
        "phrases": list(birth.phrases),
    }


def after(registry: Registry, change: Change) -> Registry:
    """Return the registry that a change would make."""
    numbered = change.model_copy(update={"number": registry.version + 1})
    return registry_of((*registry.changes, numbered))


def moves_between(before: Registry, later: Registry, gathered: Gathered, embedding: str) -> tuple[Move, ...]:
    """Return how mentions move from the topics that are stored to those they would have after a change."""
    was = [before.resolve(one) if one else None for one in gathered.stored]
    will = _topics(later, gathered, embedding)
    counts = Counter(pair for pair in zip(was, will, strict=True) if pair[0] != pair[1])
    return tuple(Move(source, target, count) for (source, target), count in counts.most_common())


def _topics(registry: Registry, gathered: Gathered, embedding: str) -> list[str | None]:
    anchors = Anchors.of(registry, embedding=embedding)
    resolved: list[str | None] = [*(registry.resolve(one) for one in anchors.ids), None]  # the last for place -1
    return [resolved[place] for place in np.asarray(anchors.assign(gathered.vectors).places)]
