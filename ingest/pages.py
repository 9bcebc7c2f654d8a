"""Pages: asking for one after another, by a token that leads on; one that repeats stops the reading."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

from textcx.errors import SourceUnreadableError

T = TypeVar("T")
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page.

    Attributes:
        content: What is on it.
        next: What leads to the next: a token, link or number; None at the end.
    """

    content: T
    next: str | None


def follow_pages(ask: Callable[[str | None], Page[T]], first: str | None = None) -> Iterator[T]:
    """Give the content of page after page until none follows.

    Args:
        ask: Gives the page of a token.
        first: The token to begin with.

    Raises:
        SourceUnreadableError: A token came twice: the source leads us in a circle.

    Example:
        >>> pages = {None: Page([1, 2], "b"), "b": Page([3], None)}
        >>> list(follow_pages(pages.__getitem__))
        [[1, 2], [3]]
    """
    seen: set[bytes] = set()
    token = first
    for _ in range(MOST_PAGES):
        page = ask(token)
        yield page.content
        if page.next is None:
            return
        mark = sha256(page.next.encode("utf-8", "replace")).digest()
        if page.next == token or mark in seen:
            raise SourceUnreadableError(
                "The source gave the same token for a next page twice; the reading stops there."
            )
        seen.add(mark)
        token = page.next
    raise SourceUnreadableError(f"The source has more than {MOST_PAGES} pages in one reading.")
