"""Parquet files: their rows, streamed from one row group after another. Needs the extra `parquet`."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.formats.row import Row, UnreadableCell
from ingest.text_lines import BYTES_OF_A_BOMB, LARGEST_RATIO, open_seekable
from textcx.errors import MissingExtraError, SourceUnreadableError

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 500
_BUFFER_BYTES = 256 * 2**10


def read_parquet(path: Path) -> Iterator[Row]:
    """Give the file's rows.

    Raises:
        SourceUnreadableError: It is damaged, or unpacks to far more than it should.
        MissingExtraError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        message = f"{path.name} is a Parquet file, which needs an extra: pip install 'textcx[parquet]'"
        raise MissingExtraError(message) from error
    with open_seekable(path) as packed:
        size = packed.seek(0, 2)
        packed.seek(0)
        number = 0
        try:
            with pq.ParquetFile(packed, pre_buffer=False, buffer_size=_BUFFER_BYTES) as file:
                groups = file.metadata
                unpacked = sum(groups.row_group(index).total_byte_size for index in range(groups.num_row_groups))
                if unpacked > max(BYTES_OF_A_BOMB, LARGEST_RATIO * size):
                    message = f"{path.name} unpacks to more than {LARGEST_RATIO} times its size. It is not read."
                    raise SourceUnreadableError(message)
                for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
                    for cells in _readable(batch).to_pylist():
                        number += 1
                        yield Row(f"row {number}", {name: plain(value) for name, value in cells.items()})
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            message = f"{path.name} is no Parquet file that can be read, or is damaged after row {number:,}."
            raise SourceUnreadableError(message) from error


def plain(value: Any) -> Any:
    """Return a value as JSON would have it; a time as ISO 8601, bytes as what they say.

    Example:
        >>> plain(date(2026, 11, 1)), plain(b"Bra")
        ('2026-11-01', 'Bra')
    """
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return UnreadableCell("holds bytes that are no text")
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def _readable(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """Return the batch with columns that Python can hold value by value.

    Times are in microseconds, since nanoseconds would need pandas. Text is bytes, for one that is no UTF-8 is no reason
    to lose the others.
    """
    import pyarrow as pa

    def readable(column: "pa.Array") -> "pa.Array":
        if pa.types.is_timestamp(column.type):
            return column.cast(pa.timestamp("us", column.type.tz), safe=False)
        if pa.types.is_string(column.type):
            return column.cast(pa.binary())
        return column.cast(pa.large_binary()) if pa.types.is_large_string(column.type) else column

    return pa.RecordBatch.from_arrays([readable(column) for column in batch.columns], names=batch.schema.names)
