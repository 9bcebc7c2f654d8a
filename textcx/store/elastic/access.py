"""Access: where the cluster is and who we are, read from the settings; secrets come from files alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from textcx.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a cluster.

    Attributes:
        urls: One or more nodes of it.
        api_key: A key, or None.
        basic_auth: Name and password, or None.
        ca_file: Certificates to trust, or None for those of the system.
        timeout_seconds: How long one request may take.
    """

    urls: Sequence[str]
    api_key: str | None = field(default=None, repr=False)
    basic_auth: tuple[str, str] | None = field(default=None, repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = 30.0


def read_access(
    urls: str,
    *,
    api_key_file: Path | None = None,
    user: str | None = None,
    password_file: Path | None = None,
    ca_file: Path | None = None,
) -> Access:
    """Return the access that settings describe.

    Args:
        urls: Addresses of nodes, with commas between them.
        api_key_file: A file with an API key as Elasticsearch gives it ("encoded").
        user: Name, where there is no key.
        password_file: A file with the password.
        ca_file: Certificates to trust.

    Raises:
        ConfigError: An address holds a secret or is none, a file cannot be read, or half of something is missing.
    """
    addresses = [part.strip() for part in urls.split(",") if part.strip()]
    for address in addresses:
        _check_address(address)
    if not addresses:
        raise ConfigError("setting 'elastic_url': name at least one address, such as http://localhost:9200.")
    if (user is None) != (password_file is None):
        raise ConfigError("settings 'elastic_user' and 'elastic_password_file' are given together or not at all.")
    if user is not None and api_key_file is not None:
        raise ConfigError("give either 'elastic_api_key_file' or 'elastic_user', not both.")
    if ca_file is not None and not ca_file.is_file():
        raise ConfigError(f"setting 'elastic_ca_file': there is no file {ca_file}.")
    return Access(
        urls=tuple(addresses),
        api_key=_secret(api_key_file, "elastic_api_key_file") if api_key_file else None,
        basic_auth=(user, _secret(password_file, "elastic_password_file")) if user and password_file else None,
        ca_file=ca_file,
    )


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if "@" in parts.netloc:
        raise ConfigError("setting 'elastic_url': an address holds no password; use elastic_password_file.")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError("setting 'elastic_url': an address begins with http:// or https:// and names a host.")
    try:
        port = parts.port
    except ValueError:
        port = None
    if port is None:
        raise ConfigError("setting 'elastic_url': an address names its port, such as http://localhost:9200.")


def _secret(file: Path, setting: str) -> str:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"setting {setting!r}: {file} cannot be read.") from None
    if not secret:
        raise ConfigError(f"setting {setting!r}: {file} is empty.")
    return secret
