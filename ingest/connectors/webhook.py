"""Webhook connector: what others send to `POST /v1/inbound/SOURCE`, checked, and read by a mapping file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator

from ingest.connector import ConnectorSettings, Cursor, Delete, Event, Place, Spec, Terms, Upsert, Window
from ingest.credential import Credential
from ingest.mapping import COMMENT, comments_of, fields_of, read_fixed, read_map
from ingest.raw import FIELDS, RawRecord, Unreadable
from ingest.ready_mapping import read_ready
from ingest.signature import check_address, check_standard, check_typeform
from ingest.webhook_mapping import Told, WebhookMapping, at, read_webhook_mapping, told_by
from textcx.configs import configs_folder
from textcx.errors import RunError, SourceRefusedError, UnreadableRecordError
from textcx.mention import mention_id

_LONGEST_QUESTION = 1000
_SAYING = frozenset({"text", "title", "ratings"})
_OF_THE_WHOLE_ANSWER = frozenset(
    {"kind", "source", "brand", "language", "published_at", "author", "voice", "attributes"}
)
_LEAST_SECRET = 16


class WebhookSettings(ConnectorSettings):
    """Who sends, and how it proves that."""

    mapping: Annotated[str, Field(description="Ready mapping (typeform, formbricks, trustpilot) or a file of your own")]
    secret: Annotated[Credential, Field(description="Where the secret lies that the sender signs with")]
    old_secret: Annotated[
        Credential | None, Field(description="Where the one before lies, while the sender is changed to the new one")
    ] = None
    map: Annotated[
        tuple[str, ...], Field(description="FIELD=ANSWER[:SCALE], such as nps=q1:0-10 or text=why, where not found")
    ] = ()
    set: Annotated[tuple[str, ...], Field(description="FIELD=VALUE for all, such as kind=survey_answer")] = ()

    @field_validator("map")
    @classmethod
    def _is_map(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        read_map(told)
        return told

    @field_validator("set")
    @classmethod
    def _is_set(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        read_fixed(told)
        return told


class Webhook:
    """Reads what one sender delivers."""

    spec: ClassVar = Spec(
        name="webhook",
        title="What others send to this service",
        settings=WebhookSettings,
        terms=Terms(stored="what the mapping names: scores, words, choices", page="between you and the sender"),
        is_sent=True,
        most_unreadable_share=1.0,
    )

    def __init__(self, place: Place) -> None:
        self._settings: WebhookSettings = place.settings
        self._now = place.now

    def check(self) -> None:
        """Read mapping and secret."""
        assert self.mapping
        for secret in self._secrets():
            if len(secret) < _LEAST_SECRET:
                raise SourceRefusedError(f"A secret of fewer than {_LEAST_SECRET} characters keeps nobody out.")

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:  # noqa: ARG002
        """Give nothing: it is not asked.

        Raises:
            RunError: Always.
        """
        raise RunError("A webhook sends by itself; it is not read.")

    @cached_property
    def mapping(self) -> WebhookMapping:
        """What its deliveries mean.

        Raises:
            ConfigError: There is no such mapping, or it cannot be used.
        """
        return read_webhook_mapping(self._settings.mapping, configs_folder() / "webhooks")

    def verify(self, headers: Mapping[str, str], body: bytes, *, proof: str | None, now: datetime) -> str | None:
        """Return the id of a delivery whose sender is who it should be, if its signature has one.

        Raises:
            SignatureError: It is not, or the delivery is too old.
            ConfigError: The secret is not where it should be.
        """
        secrets = self._secrets()
        match self.mapping.signature:
            case "standard":
                return check_standard(headers, body, secrets, now=now)
            case "typeform":
                check_typeform(headers, body, secrets)
            case "address":
                check_address(proof, secrets)
        return None

    def delivery_of(self, body: Any) -> str | None:
        """Return the id that a body gives its delivery, if it does."""
        found = at(body, self.mapping.delivery) if self.mapping.delivery else None
        return found if isinstance(found, str) and found else None

    def events(self, body: Any) -> Iterator[Upsert | Delete | Unreadable]:
        """Give what a delivery tells; events of other kinds are left out."""
        mapping = self.mapping
        for number, event in enumerate(mapping.events_of(body)):
            native_id = at(event, mapping.id)
            if mapping.gone is not None and mapping.gone.holds(event) and native_id is not None:
                yield from self._gone(mapping.scope_of(event), str(native_id))
            elif mapping.taken is None or mapping.taken.holds(event):
                try:
                    yield from (Upsert(one) for one in self._records(event, native_id, f"event {number}"))
                except UnreadableRecordError as error:
                    yield Unreadable(f"event {number}", f"event {number}: {error}", str(event))

    def _gone(self, scope: str, native_id: str) -> Iterator[Delete]:
        """Give the end of a record, and of the further comments that the source's `map` makes of it."""
        kind = self.mapping.source_kind
        answer = mention_id(kind, scope, native_id)
        parts = (field.removeprefix(COMMENT) for field in read_map(self._settings.map) if field.startswith(COMMENT))
        for one in (native_id, *(f"part:{part}:{answer}" for part in parts)):
            yield Delete(scope, one, source_kind=kind)

    def _records(self, event: Any, native_id: Any, place: str) -> Sequence[RawRecord]:
        settings, mapping = self._settings, self.mapping
        if not isinstance(event, Mapping) or not isinstance(native_id, str | int) or native_id == "":
            raise UnreadableRecordError(f"it has no id at {mapping.id}")
        told = told_by(
            event,
            mapping,
            mapped=read_map(settings.map),
            fixed=read_fixed(settings.set),
            ready=read_ready(configs_folder() / "mappings"),
        )
        fields = fields_of(told.cells, told.columns)
        if "text" in fields and (question := told.questions.get(told.columns.mapped["text"].column)):
            fields["asked"] = {"question": question[:_LONGEST_QUESTION]}
        answer = RawRecord(
            source_kind=mapping.source_kind,
            scope=mapping.scope_of(event),
            native_id=str(native_id),
            place=place,
            fields={name: value for name, value in fields.items() if name in FIELDS},
            collected_at=self._now(),
        )
        comments = [_comment(answer, told, *one) for one in comments_of(told.cells, told.columns)]
        if not comments and not _SAYING & answer.fields.keys():
            missing = [one.column for one in told.columns.mapped.values() if one.column not in told.cells]
            raise UnreadableRecordError(f"nothing in it is a score or words; not there: {', '.join(missing) or '-'}")
        return [answer, *comments]

    def _secrets(self) -> list[str]:
        settings = self._settings
        return [one.reveal() for one in (settings.secret, settings.old_secret) if one is not None]


def _comment(answer: RawRecord, told: Told, name: str, column: str, text: Any) -> RawRecord:
    """Return a further comment of a survey answer, which replies to it."""
    fields = {field: value for field, value in answer.fields.items() if field in _OF_THE_WHOLE_ANSWER}
    question = told.questions.get(column, column)[:_LONGEST_QUESTION]
    fields |= {"text": text, "asked": {"question": question}}
    return replace(answer, native_id=None, fields=fields, parent=answer, part=name)
