"""Changes: what has been done to the topics, in order; the registry is all of them taken together.

Nothing that was once written is altered: a topic's id and centroid are those of its birth, and who takes a change back
writes another one that says so. So a topic compared over months is the same topic, and how it came about can be read.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, Field

from textcx.mention import Frozen

if TYPE_CHECKING:  # numpy takes 80 ms to load, and every search reads the topics' names
    import numpy as np
    from numpy.typing import NDArray

Origin = Literal["fit", "proposal", "seed", "split"]
Kind = Literal["born", "renamed", "merged", "split", "retired", "pinned", "unpinned", "mapped", "carried", "undone"]
LONGEST_LABEL = 80
LONGEST_REASON = 500
Label = Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL)]
Reason = Annotated[str, Field(max_length=LONGEST_REASON)]


class Nearness(Frozen):
    """How near a topic's mentions lay to its centroid when it was born: what drift is held against."""

    count: int = 0
    mean: float = 0.0
    deviation: float = 0.0


class Birth(Frozen):
    """A topic as it came into the world.

    Attributes:
        id: `t` and a number that no other topic ever has; of a proposal `p` and a number.
        label: How it was called first.
        origin: What made it.
        embedding: Version of the embedding whose vectors its centroid may be compared with.
        centroid: As base64 of 32-bit floats, of length 1.
        limit: A text that is less like the centroid than this, as a cosine, does not belong.
        keywords: By language, the words that set it apart from the other topics.
        representatives: Ids of mentions near its middle.
        phrases: What it was seeded with.
        mentions: How many mentions made it.
        nearness: How near they lay.
        covered: The share of them that have one of the keywords; under half, it has hardly a subject. None where
            nobody counted.
    """

    id: str
    label: Label
    origin: Origin
    embedding: str
    centroid: str
    limit: float
    keywords: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    representatives: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    mentions: int = 0
    nearness: Nearness = Nearness()
    covered: float | None = None

    @property
    def vector(self) -> "NDArray[np.float32]":
        """The centroid."""
        import numpy as np

        return np.frombuffer(b64decode(self.centroid), "<f4")


class Change(Frozen):
    """Something that was done to the topics.

    Attributes:
        number: Its place in the order, from 1: the version of the registry that it made; set when it is written down.
        at: When; likewise.
        kind: What was done.
        reason: Why, in somebody's words.
        topic: To which topic; none where several were born at once.
        births: The topics that were born.
        carried: Topics there are, with the centroids that they have in another embedding.
        into: The topic it was merged into.
        label: Its new label.
        touchpoint: The touchpoint it was mapped to; none where the mapping was taken away.
        undoes: The number of the change that it takes back.
    """

    number: int = 0
    at: AwareDatetime = datetime.min.replace(tzinfo=UTC)
    kind: Kind
    reason: Reason = ""
    topic: str | None = None
    births: tuple[Birth, ...] = ()
    carried: tuple[Birth, ...] = ()
    into: str | None = None
    label: Label | None = None
    touchpoint: str | None = None
    undoes: int | None = None


def written(vector: "NDArray[np.float32]") -> str:
    """Return a centroid as a Birth holds it, of length 1."""
    import numpy as np

    length = float(np.linalg.norm(vector)) or 1.0
    return b64encode((vector / length).astype("<f4").tobytes()).decode("ascii")
