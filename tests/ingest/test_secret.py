"""The key of a data folder is made once, is its owner's alone, and links and seals."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.secret import Secret, open_secret
from textcx.errors import ConfigError


def test_the_first_call_makes_the_key_and_later_ones_find_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert open_secret(folder).pseudonym("forum", "anna") == open_secret(folder).pseudonym("forum", "anna")
    assert open_secret(tmp_path / "other").pseudonym("forum", "anna") != open_secret(folder).pseudonym("forum", "anna")
    assert stat.S_IMODE(os.stat(folder / "secret.key").st_mode) == 0o400  # noqa: PTH116 - the mode as the system has it
    assert [path.name for path in folder.iterdir()] == ["secret.key"]


def test_of_many_that_come_first_all_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        names = {one.pseudonym("a", "b") for one in threads.map(open_secret, [tmp_path / "data"] * 50)}
    assert len(names) == 1


def test_a_damaged_key_is_named_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match="5 bytes"):
        open_secret(tmp_path)


def test_what_is_sealed_can_be_read_with_the_key_alone() -> None:
    secret = Secret(b"k" * 32)
    sealed = secret.seal(b"811218-9876")
    assert b"811218" not in sealed
    assert secret.unseal(sealed) == b"811218-9876"


def test_pseudonyms_fingerprints_and_seals_use_different_keys() -> None:
    secret = Secret(b"k" * 32)
    assert secret.pseudonym("a", "b") != secret.fingerprint(b"a\0b")
