"""Changes by name: how a program asks for what `TopicEditor` plans."""

from collections.abc import Callable, Sequence
from typing import Literal

from service.topics.editor import TopicEditor
from service.topics.plan import Plan
from textcx.errors import RequestError

ChangeKind = Literal["seed", "accept", "rename", "merge", "split", "retire", "pin", "unpin", "map", "carry", "undo"]


def planned(
    editor: TopicEditor,
    kind: ChangeKind,
    *,
    topic: str | None = None,
    into: str | None = None,
    label: str | None = None,
    phrases: Sequence[str] = (),
    proposals: Sequence[str] = (),
    pieces: int = 2,
    touchpoint: str | None = None,
    reason: str = "",
) -> Plan:
    """Return the plan of a change.

    Raises:
        RequestError: Something it needs is missing, or it cannot be done; the message says what.
    """

    def needed(name: str, value: str | None) -> str:
        if not value:
            raise RequestError(f"{kind} needs {name}.")
        return value

    plans: dict[str, Callable[[], Plan]] = {
        "seed": lambda: editor.seed(needed("label", label), phrases, reason=reason),
        "accept": lambda: editor.accept(proposals, label=label, reason=reason),
        "rename": lambda: editor.rename(needed("topic", topic), needed("label", label), reason=reason),
        "merge": lambda: editor.merge(needed("topic", topic), needed("into", into), reason=reason),
        "split": lambda: editor.split(needed("topic", topic), pieces=pieces, reason=reason),
        "retire": lambda: editor.retire(needed("topic", topic), reason=reason),
        "pin": lambda: editor.pin(needed("topic", topic), reason=reason),
        "unpin": lambda: editor.pin(needed("topic", topic), is_pinned=False, reason=reason),
        "map": lambda: editor.map(needed("topic", topic), touchpoint, reason=reason),
        "carry": lambda: editor.carry(reason=reason),
        "undo": lambda: editor.undo(reason=reason),
    }
    return plans[kind]()
