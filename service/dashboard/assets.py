"""Assets: the files that pages load, read once; their addresses change with their content, so browsers keep them."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)
_FOLDER = Path(__file__).parent / "static"
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load."""

    content: bytes
    packed: bytes
    media_type: str
    version: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return all files by name."""
    found = {}
    for path in sorted(_FOLDER.iterdir()):
        if path.suffix in _MEDIA_TYPES:
            content = path.read_bytes()
            version = hashlib.sha256(content).hexdigest()[:12]
            found[path.name] = Asset(content, gzip.compress(content, 6), _MEDIA_TYPES[path.suffix], version)
    return found


def address(name: str) -> str:
    """Return where a page finds a file."""
    return f"/static/{name}?v={assets()[name].version}"


@router.get("/static/{name}")
def asset(name: str, request: Request) -> Response:
    """Give a file."""
    found = assets().get(name)
    if found is None:
        raise HTTPException(404, "There is no such file.")
    takes_packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
        **({"Content-Encoding": "gzip"} if takes_packed else {}),
    }
    content = found.packed if takes_packed else found.content
    return Response(content, media_type=found.media_type, headers=headers)
