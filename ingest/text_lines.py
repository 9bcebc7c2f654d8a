"""Lines of a file, plain or gzip, as text in the encoding they were written in.

Memory does not grow with the file: a line may be long, a file may not be held.
"""

import codecs
import gzip
import io
import shutil
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, AnyStr, BinaryIO, Literal, cast

import regex

from textcx.errors import SourceUnreadableError

LONGEST_LINE_BYTES = 4 * 2**20
Encoding = Literal["utf-8", "utf-16", "utf-16-le", "utf-16-be"]
NumberedLine = tuple[int, str | None]
"""A line's number from 1, and its text with its line end; None for one that is too long to be held."""

_SAMPLE_BYTES = 64 * 2**10
_GZIP_MAGIC = b"\x1f\x8b"
_OTHER_MAGIC = {
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls), or one protected by a password",
    b"%PDF": "a PDF file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"(\xb5/\xfd": "a Zstandard file",
    b"SQLite format 3": "a database",
}
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_MOST_CONTROL_BYTES = 8
_MOST_CONTROL_SHARE = 0.05
_LEAST_NUL_SHARE = 0.7
"""Of every second byte: then it is UTF-16 without a mark, since most of what people write here is Latin."""
BYTES_OF_A_BOMB = 64 * 2**20
LARGEST_RATIO = 200
"""Deflate makes text 3 to 20 times smaller; 200 times, and much of it, is made to fill a disk."""
_UTF_8_CHARACTER = regex.compile(rb"[\xc2-\xf4][\x80-\xbf]")


def read_sample(path: Path) -> tuple[Encoding, str]:
    """Return the encoding of a file and its first 64 kB as text.

    Raises:
        SourceUnreadableError: It is absent, empty, or no text.
    """
    sample = read_start(path)
    if not sample.strip(b"\x00\t\n\r ") or sample in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise SourceUnreadableError(f"{path.name} is empty.")
    for magic, kind in _OTHER_MAGIC.items():
        if sample.startswith(magic):
            raise SourceUnreadableError(f"{path.name} is {kind}. Save it as XLSX, CSV or JSON Lines.")
    encoding = _encoding(sample)
    control_bytes = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    if encoding == "utf-8" and control_bytes > max(_MOST_CONTROL_BYTES, _MOST_CONTROL_SHARE * len(sample)):
        message = f"{path.name} is no text file. textcx reads CSV, XLSX, JSON, JSON Lines and Parquet, plain or gzip."
        raise SourceUnreadableError(message)
    if encoding == "utf-8":
        return encoding, _decode(sample.removeprefix(codecs.BOM_UTF8))
    return encoding, codecs.decode(sample[: len(sample) // 2 * 2], encoding, "replace")


def read_lines(path: Path, encoding: Encoding) -> Iterator[NumberedLine]:
    """Give a file's lines, in order.

    Raises:
        SourceUnreadableError: The file breaks off (a truncated gzip), or unpacks to far more than it should.
    """
    with _failing_as_unreadable(path, "breaks off"), open_unpacked(path) as file:
        if encoding != "utf-8":
            with io.TextIOWrapper(file, encoding, "replace", newline="\n") as text:
                yield from _bounded(text, "\n")
            return
        for number, raw in _bounded(file, b"\n"):
            if raw is not None and number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            yield number, None if raw is None else _decode(raw)


class _Unpacked(io.RawIOBase):
    """The content of a gzip file, as long as it is no bomb."""

    def __init__(self, packed: BinaryIO, name: str) -> None:
        self._packed = packed
        self._gzip = gzip.GzipFile(fileobj=packed)
        self._name = name
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        count = self._gzip.readinto(buffer)
        self._given += count
        if self._given > max(BYTES_OF_A_BOMB, LARGEST_RATIO * self._packed.tell()):
            message = f"{self._name} unpacks to more than {LARGEST_RATIO} times its size. It is not read further."
            raise SourceUnreadableError(message)
        return count

    def close(self) -> None:
        self._gzip.close()
        self._packed.close()
        super().close()


def open_unpacked(path: Path) -> BinaryIO:
    """Return the bytes of a file, unpacked as they are read if it is gzip; reading on in a bomb raises our error."""
    file = path.open("rb")
    if file.peek(2).startswith(_GZIP_MAGIC):
        return cast(BinaryIO, io.BufferedReader(_Unpacked(file, path.name), buffer_size=_SAMPLE_BYTES))
    return file


@contextmanager
def open_seekable(path: Path) -> Iterator[BinaryIO]:
    """Give a file that can be read from any place; one of gzip is unpacked on disk.

    Raises:
        SourceUnreadableError: It cannot be opened or unpacked.
    """
    with ExitStack() as stack:
        with _failing_as_unreadable(path, "cannot be read"):
            file = stack.enter_context(open_unpacked(path))
            if not file.seekable():
                copy = stack.enter_context(TemporaryFile())
                shutil.copyfileobj(file, copy, _SAMPLE_BYTES)
                copy.seek(0)
                file = cast(BinaryIO, copy)
        yield file


def read_start(path: Path) -> bytes:
    """Return the first 64 kB of a file, unpacked if it is gzip.

    Raises:
        SourceUnreadableError: It is absent or cannot be unpacked.
    """
    with _failing_as_unreadable(path, "cannot be read"), open_unpacked(path) as file:
        return file.read(_SAMPLE_BYTES)


@contextmanager
def _failing_as_unreadable(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "its compressed data is damaged or ends too early"
        raise SourceUnreadableError(f"{path.name} {what}: {reason}.") from error


def _encoding(sample: bytes) -> Encoding:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[first::2]
        if half.count(0) > _LEAST_NUL_SHARE * len(half):
            return cast(Encoding, encoding)
    return "utf-8"


def _bounded(file: IO[AnyStr], line_end: AnyStr) -> Iterator[tuple[int, AnyStr | None]]:
    number = 0
    while line := file.readline(LONGEST_LINE_BYTES):
        number += 1
        if len(line) < LONGEST_LINE_BYTES or line.endswith(line_end):
            yield number, line
            continue
        while (rest := file.readline(LONGEST_LINE_BYTES)) and not rest.endswith(line_end):
            pass
        yield number, None


def _decode(raw: bytes) -> str:
    """Return bytes as text: UTF-8, or else what Windows makes of them; both may occur in one file."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # One broken character among good ones is no reason to read the good ones as Windows-1252.
        return raw.decode("utf-8" if _UTF_8_CHARACTER.search(raw) else "cp1252", "replace")
