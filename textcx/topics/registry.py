"""Registry: the topics there are, as all changes together made them; a value that never changes.

What a stored mention says of itself is the topic of the nearest centroid, by the id of that centroid's birth. What
that means today is told by the lineage: a merged topic's mentions are those of the topic it went into, and a retired
topic's belong to none. So renaming, merging, retiring, and taking these back move no stored mention and are exact
at once, for old mentions and new ones alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from textcx.errors import ConflictError, NotFoundError, UnknownNameError
from textcx.topics.changes import Birth, Change

State = Literal["live", "merged", "split", "retired"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it stands.

    Attributes:
        birth: How it came into the world.
        born_at: When.
        label: How it is called.
        state: Whether it still is a topic of its own, or what became of it.
        into: The topics that it went into.
        parent: The topic that it was split from.
        is_pinned: It may not be merged, split or retired.
        touchpoint: The touchpoint that somebody confirmed it belongs to.
        carried: Itself in other embeddings than that of its birth.
        lineage: What was done to it, in order.
    """

    birth: Birth
    born_at: datetime
    label: str
    state: State = "live"
    into: tuple[str, ...] = ()
    parent: str | None = None
    is_pinned: bool = False
    touchpoint: str | None = None
    carried: tuple[Birth, ...] = ()
    lineage: tuple[Change, ...] = ()

    @property
    def id(self) -> str:
        """Its id, for ever."""
        return self.birth.id

    def within(self, embedding: str) -> Birth | None:
        """Return it with the centroid that it has in an embedding, or None where it was not carried over."""
        return next((one for one in (self.birth, *self.carried) if one.embedding == embedding), None)

    @property
    def newest(self) -> Birth:
        """It with the centroid by which texts were compared last."""
        return self.carried[-1] if self.carried else self.birth


@dataclass(frozen=True, slots=True)
class Registry:
    """All topics there ever were.

    Attributes:
        version: The number of the last change.
        topics: By id, in the order of birth; without those whose birth was taken back.
        unborn: For each id whose birth was taken back, the topic it was split from if there was one.
        changes: All that was done, in order.
    """

    version: int = 0
    topics: dict[str, Topic] = field(default_factory=dict)
    unborn: dict[str, str | None] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()

    def live(self) -> list[Topic]:
        """Return the topics that are topics of their own, in the order of birth."""
        return [topic for topic in self.topics.values() if topic.state == "live"]

    def knows(self, identifier: str) -> bool:
        """Say whether a topic of this id was ever born here."""
        return identifier in self.topics or identifier in self.unborn

    def resolve(self, identifier: str) -> str | None:
        """Return the topic that a stored id stands for today, or None where that is no topic.

        A topic that was split stands for itself until its mentions are assigned anew.
        """
        seen = set()
        while identifier not in seen:
            seen.add(identifier)
            if identifier in self.unborn:
                parent = self.unborn[identifier]
                if parent is None:
                    return None
                identifier = parent
                continue
            topic = self.topics.get(identifier)
            if topic is None or topic.state == "retired":
                return None
            if topic.state != "merged":
                return identifier
            identifier = topic.into[0]
        return None

    def stands_for(self, identifier: str) -> list[str]:
        """Return all stored ids that stand for a topic today, its own first."""
        others = [one for one in (*self.topics, *self.unborn) if one != identifier]
        return [identifier, *(one for one in others if self.resolve(one) == identifier)]

    def names(self) -> tuple[str, ...]:
        """Return all that a topic may be asked for by: labels and ids of live ones, then the ids of all others."""
        live = self.live()
        ids = [topic.id for topic in live]
        return (*(topic.label for topic in live), *ids, *(one for one in self.topics if one not in set(ids)))

    def find(self, name: str) -> Topic:
        """Return the topic of this id, or else the live one of this label, whatever its case.

        Raises:
            NotFoundError: There is none; the message lists those there are.
        """
        if name in self.topics:
            return self.topics[name]
        for topic in self.live():
            if topic.label.casefold() == name.casefold():
                return topic
        known = [one for topic in self.live() for one in (topic.id, topic.label)]
        raise NotFoundError(str(UnknownNameError("topic", name[:80], known)))

    def changeable(self, name: str) -> Topic:
        """Return a topic that may be merged, split or retired.

        Raises:
            NotFoundError: There is none.
            ConflictError: It is pinned, or no topic of its own any more.
        """
        topic = self.find(name)
        if topic.state != "live":
            went = f" into {', '.join(topic.into)}" if topic.into else ""
            raise ConflictError(f"Topic {topic.id} was {topic.state}{went}; only a live topic can be changed.")
        if topic.is_pinned:
            raise ConflictError(f"Topic {topic.id} is pinned: take the pin away first.")
        return topic

    def last_change(self) -> Change:
        """Return the change that undo would take back.

        Raises:
            ConflictError: There is none.
        """
        undone = {change.undoes for change in self.changes}
        for change in reversed(self.changes):
            if change.kind != "undone" and change.number not in undone:
                return change
        raise ConflictError("There is no change to take back.")

    def next_number(self) -> int:
        """Return the number of the next topic to be born: ids of births that were taken back are never given again."""
        born = [int(birth.id[1:]) for change in self.changes for birth in change.births]
        return max(born, default=0) + 1


def registry_of(changes: Sequence[Change]) -> Registry:
    """Return the registry that these changes made."""
    undone = {change.undoes for change in changes}
    topics: dict[str, Topic] = {}
    unborn: dict[str, str | None] = {}
    for change in changes:
        if change.number in undone:
            unborn |= {birth.id: change.topic for birth in change.births}
        else:
            _apply(topics, change)
    version = changes[-1].number if changes else 0
    return Registry(version, topics, unborn, tuple(changes))


def _apply(topics: dict[str, Topic], change: Change) -> None:
    is_split = change.kind == "split"
    for birth in change.births:
        parent = change.topic if is_split else None
        topics[birth.id] = Topic(birth, change.at, birth.label, parent=parent, lineage=(change,))
    for birth in change.carried:
        if birth.id in topics:
            topic = topics[birth.id]
            topics[birth.id] = replace(topic, carried=(*topic.carried, birth), lineage=_with(topic.lineage, change))
    if change.topic is None or change.topic not in topics:
        return
    topic = topics[change.topic]
    topics[topic.id] = replace(_changed(topic, change), lineage=_with(topic.lineage, change))
    if change.kind == "merged" and change.into in topics:
        target = topics[change.into]
        topics[target.id] = replace(target, lineage=_with(target.lineage, change))


def _changed(topic: Topic, change: Change) -> Topic:
    match change.kind:
        case "renamed":
            return replace(topic, label=change.label or topic.label)
        case "merged":
            return replace(topic, state="merged", into=(change.into,) if change.into else ())
        case "split":
            return replace(topic, state="split", into=tuple(birth.id for birth in change.births))
        case "retired":
            return replace(topic, state="retired")
        case "pinned" | "unpinned":
            return replace(topic, is_pinned=change.kind == "pinned")
        case "mapped":
            return replace(topic, touchpoint=change.touchpoint)
        case _:
            return topic


def _with(lineage: Iterable[Change], change: Change) -> tuple[Change, ...]:
    return (*(one for one in lineage if one is not change), change)
