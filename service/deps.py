"""Deps: what a route may ask for."""

from typing import Annotated, cast

from fastapi import Depends, Request

from service.assembly import Workshop
from service.enrichment import Enrichment
from service.limits import Limits
from service.questions import Questions


def _workshop(request: Request) -> Workshop:
    return cast(Workshop, request.app.state.workshop)


def _questions(request: Request) -> Questions:
    return cast(Questions, request.app.state.questions)


def _enrichment(request: Request) -> Enrichment:
    return cast(Enrichment, request.app.state.enrichment)


def _limits(request: Request) -> Limits:
    return cast(Limits, request.app.state.limits)


WorkshopDep = Annotated[Workshop, Depends(_workshop)]
QuestionsDep = Annotated[Questions, Depends(_questions)]
EnrichmentDep = Annotated[Enrichment, Depends(_enrichment)]
LimitsDep = Annotated[Limits, Depends(_limits)]
