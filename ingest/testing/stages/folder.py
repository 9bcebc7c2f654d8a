"""A folder with one file, which a colleague writes anew whenever something has changed."""

import gzip
import os
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from ingest.testing import stage
from ingest.testing.source_server import Fault

_NO_SERVER = "a folder answers at once, and to everybody who may read it"


class Stage(stage.Stage):
    """An export of all rows that are there."""

    connector = "folder"
    deletes = "listing"
    lacks: ClassVar = {
        "rate limit": _NO_SERVER,
        "long rate limit": _NO_SERVER,
        "expired credential": _NO_SERVER,
        "page of HTML": "a page of HTML is a file that is set aside, not one that is asked for again",
        "half a page": "what was cut off is set aside, and read when the file has changed",
        "failure": _NO_SERVER,
    }

    def __init__(self) -> None:
        super().__init__()
        self.world = _World(self._write)
        self._text = "text"

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {"path": self._folder.name, "mirror": True, "still_seconds": 0}

    def open(self) -> None:
        """Make the folder."""
        self._folder = tempfile.TemporaryDirectory()

    def close(self) -> None:
        """Remove it."""
        self._folder.cleanup()

    def plan(self, fault: Fault, *, times: int = 1, after: int = 0) -> None:  # noqa: ARG002 - it lasts until it is healed
        """Write the words under another heading."""
        assert fault == "drift"
        self._text = "blob_v2"
        self._write()

    def heal(self) -> None:
        """Write as before."""
        self._text = "text"
        self._write()

    def _write(self) -> None:
        rows = [f"id,author,{self._text},date,likes"]
        for one in self.world.present:
            cells = (one.id, one.author, f'"{one.text}"', one.published_at.isoformat(), str(one.likes))
            rows.append(",".join(cells))
        path = Path(self._folder.name) / "export.csv.gz"
        draft = path.with_name(".export")
        draft.write_bytes(gzip.compress("\n".join(rows).encode() + b"\n", mtime=0))
        at = self.world.now.timestamp() + self.world.changes / 1e3
        os.utime(draft, (at, at))
        draft.replace(path)


class _World(stage.World):
    """A world whose changes are written down."""

    def __init__(self, write: Any) -> None:
        super().__init__()
        self._written = write

    def _put(self, entry: stage.Entry) -> None:
        super()._put(entry)
        self._written()
