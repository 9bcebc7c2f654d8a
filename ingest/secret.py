"""Secret: the key of a data folder, for pseudonyms of authors, for hashes of content, and for sealing.

It lies beside the databases in a file of its own (`secret.key`, readable by its owner alone), so that a copy
of a database without it names nobody. Whoever loses it loses the link between old and new pseudonyms.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from textcx.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_BYTES = 32
_LETTERS = 32
"""Hex digits of a pseudonym or fingerprint: 128 bits, so that no two ever meet."""


class Secret:
    """Makes pseudonyms and fingerprints and seals bytes with one key.

    Attributes:
        people_key: Key of the hashes by which a store finds what a person wrote.
    """

    def __init__(self, key: bytes) -> None:
        self._pseudonyms = hmac.new(hashlib.sha256(b"pseudonym\0" + key).digest(), digestmod="sha256")
        self._fingerprints = hmac.new(hashlib.sha256(b"fingerprint\0" + key).digest(), digestmod="sha256")
        self.people_key = hashlib.sha256(b"people\0" + key).digest()
        self._seal_key = hashlib.sha256(b"seal\0" + key).digest()

    def pseudonym(self, source: str, handle: str) -> str:
        """Return the stable name that stands for an author: HMAC-SHA256 (RFC 2104) over source and handle.

        The same handle on two sources gives two pseudonyms: they need not be the same person.
        """
        name = f"{source}\0{handle}".encode("utf-8", "surrogatepass")
        return _hash(self._pseudonyms, name)

    def fingerprint(self, content: bytes) -> str:
        """Return a hash of some content that nobody without the key can test guesses against."""
        return _hash(self._fingerprints, content)

    def seal(self, content: bytes) -> bytes:
        """Return the content encrypted (Fernet: AES-128-CBC with HMAC-SHA256)."""
        return self._fernet.encrypt(content)

    def unseal(self, sealed: bytes) -> bytes:
        """Return what was sealed by this secret."""
        return self._fernet.decrypt(sealed)

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet  # here, since few commands seal anything, and it takes 40 ms

        return Fernet(base64.urlsafe_b64encode(self._seal_key))


def _hash(keyed: hmac.HMAC, content: bytes) -> str:
    """Return a hash by a key that was taken in once: `hmac.digest` does that for each content, at twice the cost."""
    one = keyed.copy()
    one.update(content)
    return one.hexdigest()[:_LETTERS]


def open_secret(folder: Path) -> Secret:
    """Return the data folder's secret; the first call makes it.

    Raises:
        ConfigError: The file is there but is no key.
    """
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = folder / f".secret.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # atomic, and fails if another process was first: both then use that one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        _sync(folder)
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise ConfigError(f"secret.key in the data folder holds {len(key)} bytes; it must hold {_BYTES}. Restore it.")
    return Secret(key)


def _sync(folder: Path) -> None:
    """Make a new name in a folder survive a power failure: a pseudonym must not outlive its key."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
