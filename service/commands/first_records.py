"""First records: how records would be stored, shown before anything is."""

from collections.abc import Iterable

from ingest.normalize import normalize
from ingest.raw import RawRecord, Unreadable
from ingest.redact import redact
from ingest.secret import Secret
from service.commands.screen import console, print_json
from textcx.errors import RecordError


def print_records(records: Iterable[RawRecord | Unreadable], secret: Secret) -> None:
    """Print records as they would be stored, or why they would not be."""
    out = console()
    for record in records:
        if isinstance(record, Unreadable):
            out.print(f"\n{record.reason}: would be set aside", markup=False)
            continue
        out.print(f"\n{record.place}:", markup=False)
        try:
            mention = normalize(redact(record, secret), version=0)
        except RecordError as error:
            out.print(f"would be set aside: {error}", markup=False)
        else:
            excluded = {"version", "revision", "collected_at"}
            print_json(mention.model_dump(mode="json", exclude=excluded, exclude_none=True, exclude_defaults=True))
