"""The first run, with workers forked as in the tests of the service."""

from tests.service.nursery import forked_workers

__all__ = ["forked_workers"]
