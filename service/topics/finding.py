"""Finding: the ways to find topics among mentions, by name; `by_centroids` needs numpy alone."""

from collections.abc import Callable, Sequence
from typing import cast

from service.topics.gathering import Gathered
from textcx.errors import RequestError
from textcx.topics.grouping import Group, GroupingRules, groups_of, k_means

Find = Callable[[Gathered], list[Group]]
ENGINES = ("centroids", "density", "plain")
PROPOSED_FROM = 20_000
"""From at most so many mentions topics are proposed while somebody waits."""


def finder(engine: str) -> Find:
    """Return what finds topics: BERTopic with one of our stacks inside, or our own grouping (`plain`).

    Raises:
        RequestError: There is no such engine.
        MissingExtraError: BERTopic is not installed.
    """
    check_choice("engine", engine, ENGINES)
    if engine == "plain":
        return by_centroids
    from textcx.topics.bertopic_fit import Engine, check_installed, fit_groups

    check_installed()
    chosen = cast("Engine", engine)

    def find(gathered: Gathered) -> list[Group]:
        return fit_groups(gathered.vectors, engine=chosen, rules=GroupingRules(), usual=gathered.usual)

    return find


def by_centroids(gathered: Gathered) -> list[Group]:
    """Find groups with numpy alone."""
    return groups_of(gathered.vectors, k_means, GroupingRules(), usual=gathered.usual)


def check_choice(name: str, given: str, known: Sequence[str]) -> str:
    """Return what was given, if it is one of the known.

    Raises:
        RequestError: It is not.
    """
    if given not in known:
        raise RequestError(f"{name} {given!r} is not known; it must be one of {', '.join(known)}.")
    return given
