"""People: somebody, as a source or a system of the company's own names them, turned into what is stored of them.

The names go through the same steps as at ingest, so that whoever knows the name finds the person, and nobody else.
"""

from dataclasses import dataclass

from ingest.redact import redact_reference
from ingest.secret import Secret
from textcx.errors import RequestError
from textcx.mention import Reference
from textcx.store.base import Person

_LONGEST = 200
"""Of the two parts of a reference; nothing longer was ever stored."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody and their name.

    Attributes:
        person: As a store knows them.
        name: The handle or key, as it was written.
    """

    person: Person
    name: str


def read_author(written: str, secret: Secret) -> list[Named]:
    """Return who `SOURCE:HANDLE` is: more than one where source or handle may hold a colon themselves.

    Raises:
        RequestError: It is not of that form.
    """
    return [
        Named(Person(author=secret.pseudonym(source, handle)), handle)
        for source, handle in _divided(written, "--author", "SOURCE:HANDLE, e.g. reviewsite:anna-1")
    ]


def read_reference(written: str, secret: Secret) -> list[Named]:
    """Return who `SYSTEM:ID` is: more than one where system or id may hold a colon themselves.

    Raises:
        RequestError: It is not of that form.
    """
    found = []
    for system, identifier in _divided(written, "--reference", "SYSTEM:ID, e.g. crm:4711"):
        stored = redact_reference({"system": system, "id": identifier}, "--reference", secret)
        if all(0 < len(part) <= _LONGEST for part in stored.values()):
            found.append(Named(Person(reference=Reference.model_validate(stored)), identifier))
    return found


def _divided(written: str, option: str, form: str) -> list[tuple[str, str]]:
    colons = [at for at, character in enumerate(written) if character == ":"]
    parts = [(written[:at].strip(), written[at + 1 :].strip()) for at in colons]
    parts = [(before, after) for before, after in parts if before and after]
    if not parts:
        raise RequestError(f"{option} is written as {form}, both as the source gives them.")
    return parts
