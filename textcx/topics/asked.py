"""Asked: a query that names topics, put in terms of what is stored."""

from dataclasses import replace

from textcx.errors import NotFoundError, RequestError
from textcx.query.tree import And, Keyword, Not, Or, Query
from textcx.topics.registry import Registry

_TOPIC = "topic"


def in_topics_today(query: Query, registry: Registry) -> Query:
    """Return a query in which a topic, by id or label, is all stored ids that stand for it.

    Raises:
        RequestError: There is no such topic; the message lists those there are.
    """
    if isinstance(query, And | Or):
        return replace(query, children=tuple(in_topics_today(child, registry) for child in query.children))
    if isinstance(query, Not):
        return replace(query, child=in_topics_today(query.child, registry))
    if not isinstance(query, Keyword) or query.field != _TOPIC or not registry.changes:
        return query
    try:
        topic = registry.find(query.value)
    except NotFoundError as error:
        raise RequestError(str(error)) from error
    identifier = registry.resolve(topic.id) or topic.id
    stored = tuple(Keyword(_TOPIC, one) for one in registry.stands_for(identifier))
    return stored[0] if len(stored) == 1 else Or(stored)
