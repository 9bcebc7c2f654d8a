"""Keys: who may call the service from elsewhere, what each may do, and how often.

A key is 256 random bits, so its hash need not be slow: nobody can try them out. It is kept as HMAC-SHA256 under the
data folder's secret; a slow hash (scrypt takes 70 ms) would itself be a way to stop the service.
"""

import hmac
import re
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args

from ingest.secret import Secret
from textcx.database import Database
from textcx.errors import ConflictError, NotFoundError, RequestError

KeyScope = Literal["read", "write", "admin", "cases"]
LONGEST_NAME = 100
MOST_REQUESTS_PER_MINUTE = 60_000
_IDENTIFIER_BYTES = 4
_SECRET_BYTES = 32
_WRITTEN = re.compile(r"(textcx_([0-9a-f]{8})_[0-9a-f]{64})_([0-9a-f]{8})", re.ASCII)
_COLUMNS = "id, name, scopes, requests_per_minute, made_at, expires_at, revoked_at, used_on"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is known without its secret.

    Attributes:
        id: Names it in `textcx keys` and in the log; the part of the key behind `textcx_`.
        name: Who has it.
        scopes: What it may do.
        requests_per_minute: How often it may call.
        made_at: When it was made.
        expires_at: From when on it is refused, or None.
        revoked_at: When it was revoked, or None.
        used_on: The last day (UTC) it was used on, or None.
    """

    id: str
    name: str
    scopes: frozenset[KeyScope]
    requests_per_minute: int
    made_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_on: date | None = None

    def is_good(self, now: datetime) -> bool:
        """Say whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Keys:
    """The keys of a data folder, in `keys.db`.

    Args:
        database: As `open_keys_file` gives it.
        secret: The data folder's secret, under which keys are hashed.
    """

    def __init__(self, database: Database, secret: Secret) -> None:
        self._database = database
        self._secret = secret

    def add(
        self,
        name: str,
        *,
        scopes: Iterable[str],
        requests_per_minute: int,
        now: datetime,
        expires_at: datetime | None = None,
    ) -> tuple[Key, str]:
        """Make a key and return it with its text, which is not kept and cannot be shown again.

        Raises:
            RequestError: A value is not one that a key can have; the message says which.
            StoreUnavailableError: The disk refused.
        """
        given = frozenset(scopes)
        _check(name, given, requests_per_minute)
        if expires_at is not None and expires_at <= now:
            raise RequestError("A key must expire in the future.")
        identifier = secrets.token_hex(_IDENTIFIER_BYTES)
        body = f"textcx_{identifier}_{secrets.token_hex(_SECRET_BYTES)}"
        text = f"{body}_{_check_digits(body)}"
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO key(id, name, scopes, requests_per_minute, made_at, expires_at, hash) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    identifier,
                    name,
                    " ".join(sorted(given)),
                    requests_per_minute,
                    now.timestamp(),
                    None if expires_at is None else expires_at.timestamp(),
                    self._hash(text),
                ),
            )
        found = self.find(text)
        if found is None:
            raise ConflictError("The key was removed while it was made.")
        return found, text

    def list(self) -> list[Key]:
        """Return all keys, revoked ones included, the oldest first."""
        with self._database.failing_as_unavailable():
            rows = self._database.connection.execute(f"SELECT {_COLUMNS} FROM key ORDER BY made_at, id").fetchall()
        return [_key(row) for row in rows]

    def revoke(self, identifier: str, *, now: datetime) -> Key:
        """Refuse a key from now on, and return it.

        Raises:
            NotFoundError: There is no such key.
            ConflictError: It has been revoked before.
        """
        with self._database.transaction() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM key WHERE id = ?", (identifier,)).fetchone()
            if row is None:
                raise NotFoundError(f"There is no key {identifier!r}; `textcx keys list` has them all.")
            if _key(row).revoked_at is not None:
                raise ConflictError(f"Key {identifier} has been revoked before.")
            connection.execute("UPDATE key SET revoked_at = ? WHERE id = ?", (now.timestamp(), identifier))
        return _key(row)

    def find(self, text: str) -> Key | None:
        """Return the key that somebody sent, good or not, or None if there is no such key.

        Raises:
            StoreUnavailableError: The file cannot be read.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None or written[3] != _check_digits(written[1]):
            return None  # mistyped, or made up: the check digits tell without a look into the file
        with self._database.failing_as_unavailable():
            row = self._database.connection.execute(
                f"SELECT hash, {_COLUMNS} FROM key WHERE id = ?", (written[2],)
            ).fetchone()
        if row is None or not hmac.compare_digest(row[0], self._hash(text)):
            return None
        return _key(row[1:])

    def has_good(self, now: datetime) -> bool:
        """Say whether any key is neither revoked nor expired."""
        with self._database.failing_as_unavailable():
            row = self._database.connection.execute(
                "SELECT 1 FROM key WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) LIMIT 1",
                (now.timestamp(),),
            ).fetchone()
        return row is not None

    def note_use(self, key: Key, *, on: date) -> None:
        """Note the day a key was used on, so that one that nobody uses can be told.

        Raises:
            StoreUnavailableError: The disk refused.
        """
        with self._database.transaction() as connection:
            connection.execute("UPDATE key SET used_on = ? WHERE id = ?", (on.isoformat(), key.id))

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _hash(self, text: str) -> str:
        return self._secret.fingerprint(b"key\0" + text.encode("ascii"))


def _check(name: str, scopes: frozenset[str], requests_per_minute: int) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise RequestError(f"A key's name must have 1 to {LONGEST_NAME} printable characters.")
    known = get_args(KeyScope)
    wrong = sorted(scopes - set(known))
    if wrong or not scopes:
        found = f"scope {wrong[0]!r} is not known" if wrong else "no scope is given"
        raise RequestError(f"{found}; a key has one or more of {', '.join(known)}.")
    if not 1 <= requests_per_minute <= MOST_REQUESTS_PER_MINUTE:
        raise RequestError(f"requests per minute must lie between 1 and {MOST_REQUESTS_PER_MINUTE}.")


def _check_digits(body: str) -> str:
    """Return what a mistyped key lacks, and by which scanners for leaked keys know a real one."""
    return f"{zlib.crc32(body.encode('ascii')):08x}"


def _key(row: tuple[Any, ...]) -> Key:
    identifier, name, scopes, requests_per_minute, made_at, expires_at, revoked_at, used_on = row
    return Key(
        id=identifier,
        name=name,
        scopes=frozenset(scopes.split()),
        requests_per_minute=requests_per_minute,
        made_at=_time(made_at),
        expires_at=None if expires_at is None else _time(expires_at),
        revoked_at=None if revoked_at is None else _time(revoked_at),
        used_on=None if used_on is None else date.fromisoformat(used_on),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
