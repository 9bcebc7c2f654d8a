"""Deps: what a route may ask for."""

from collections.abc import AsyncIterator
from threading import Semaphore
from typing import Annotated, cast

from fastapi import Depends, Request

from service.access import Caller
from service.assembly import Workshop
from service.enrichment import Enrichment
from service.indexer import Indexer
from service.limits import Limits
from service.questions import Questions
from service.turns import Turns


def _workshop(request: Request) -> Workshop:
    return cast(Workshop, request.app.state.workshop)


def _questions(request: Request) -> Questions:
    return cast(Questions, request.app.state.questions)


def _enrichment(request: Request) -> Enrichment:
    return cast(Enrichment, request.app.state.enrichment)


def _limits(request: Request) -> Limits:
    return cast(Limits, request.app.state.limits)


def _caller(request: Request) -> Caller:
    return cast(Caller, request.state.caller)


def _indexer(request: Request) -> Indexer:
    return cast(Indexer, request.app.state.indexer)


def _mention_waiters(request: Request) -> Semaphore:
    return cast(Semaphore, request.app.state.mention_waiters)


async def _enrich_turn(request: Request) -> AsyncIterator[None]:
    async with cast(Turns, request.app.state.enrich_turns).turn():
        yield


WorkshopDep = Annotated[Workshop, Depends(_workshop)]
QuestionsDep = Annotated[Questions, Depends(_questions)]
EnrichmentDep = Annotated[Enrichment, Depends(_enrichment)]
LimitsDep = Annotated[Limits, Depends(_limits)]
CallerDep = Annotated[Caller, Depends(_caller)]
EnrichTurnDep = Annotated[None, Depends(_enrich_turn, scope="function")]
"""Given back when the route has its answer, not when the caller has read it."""
IndexerDep = Annotated[Indexer, Depends(_indexer)]
MentionWaitersDep = Annotated[Semaphore, Depends(_mention_waiters)]
