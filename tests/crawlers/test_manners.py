"""What the asking process asks, and what it refuses, as sites of bad manners see it."""

import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crawlers.link import Link
from crawlers.messages import Order, Told
from crawlers.process import AskingProcess
from ingest.testing.source_server import Reply, Request, SourceServer

_MOST_BYTES = 2**20
_MOST_GROWTH_BYTES = 64 * 2**20
_PAGE = Reply(
    b'<script type="application/ld+json">{"@type": "Review", "reviewBody": "Bra."}</script>',
    headers={"Content-Type": "text/html", "Set-Cookie": "who=1"},
)


def _answer(request: Request) -> Reply:
    if request.path == "/robots.txt":
        return Reply(b"User-agent: *\nDisallow: /no/\nUser-agent: textcx\nDisallow: /not-us/\nAllow: /", status=200)
    if request.path == "/away":
        return Reply(b"", status=302, headers={"Location": "http://elsewhere.example/page"})
    if request.path == "/inside":
        return Reply(b"", status=302, headers={"Location": "/not-us/page"})
    if request.path == "/round":
        return Reply(b"", status=302, headers={"Location": "/round"})
    if request.path == "/bomb":
        packing = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = b"".join(packing.compress(bytes(2**20)) for _ in range(400)) + packing.flush()
        return Reply(packed, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})
    if request.path == "/large":
        return Reply(b"x" * (_MOST_BYTES + 1), headers={"Content-Type": "text/html"})
    return _PAGE


def _slow(request: Request) -> Reply:
    return Reply(b"User-agent: *\nCrawl-delay: 1\n") if request.path == "/robots.txt" else _PAGE


def _broken(request: Request) -> Reply:
    return Reply(b"", status=500) if request.path == "/robots.txt" else _PAGE


class _Endless(BaseHTTPRequestHandler):
    """Sends and sends."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while self.path != "/robots.txt":
                self.wfile.write(b"10000\r\n" + bytes(65_536) + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler], certificate: Path | None = None) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads, server.block_on_close = True, False
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def _own_certificate(path: Path) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    written = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    formats = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, *formats) + written)
    return path


def _order(*starts: str, allows_private: bool = True) -> Order:
    settings = {"start": starts, "contact": "crawl@hyllbo.example", "pages_per_second": 50, "most_bytes": _MOST_BYTES}
    return Order(spider="review_site", settings=settings, allows_private=allows_private)


def _ask(process: AskingProcess, *urls: str) -> dict[str, Told]:
    for url in urls:
        process.ask_link(Link(url))
    told = [process.hear(timeout_seconds=60.0) for _ in urls]
    return {one.visit.url: one for one in told if one is not None}


def test_a_crawl_keeps_to_its_manners_and_its_bounds(tmp_path: Path) -> None:
    with ExitStack() as stack:
        serve: Callable[[SourceServer], SourceServer] = stack.enter_context
        shop, slow, broken = (serve(SourceServer(answer)) for answer in (_answer, _slow, _broken))
        endless = stack.enter_context(_serving(_Endless))
        secure = stack.enter_context(_serving(_Endless, _own_certificate(tmp_path / "pair.pem")))
        process = stack.enter_context(AskingProcess(_order(shop.url, slow.url, broken.url, endless, secure)))
        page, no, not_us, away, inside, turning, bomb, large = (
            f"{shop.url}/{path}" for path in ("page", "no/1", "not-us/1", "away", "inside", "round", "bomb", "large")
        )
        told = _ask(process, page)
        before = _peak_bytes(process)
        told |= _ask(process, no, not_us, away, inside, turning, bomb, large, f"{endless}/1", f"{secure}/1")
        told |= _ask(process, f"{broken.url}/1", *(f"{slow.url}/{number}" for number in range(3)))
        ends = {url: (one.visit.ending, one.visit.note or "") for url, one in told.items()}
        assert ends[page][0] == "read"
        assert ends[no][0] == "read", "the group that names us holds, not the one for all"
        assert ends[not_us] == ends[inside] == ("refused", "robots.txt forbids it")
        assert ends[away] == ("refused", "it leads to elsewhere.example, which `start` does not name")
        assert ends[turning][0] == "refused"
        for url in (bomb, large, f"{endless}/1"):
            assert ends[url] == ("refused", f"has more than {_MOST_BYTES} bytes (most_bytes)")
        assert ends[f"{secure}/1"][0] == "failed", "nobody vouches for its certificate"
        assert ends[f"{broken.url}/1"] == ("failed", "robots.txt answers 500")
        assert _peak_bytes(process) - before < _MOST_GROWTH_BYTES
    assert [one.path for one in broken.requests] == ["/robots.txt"]
    assert not any(one.path.startswith("/not-us/") for one in shop.requests)
    assert {one.headers["user-agent"] for one in shop.requests} == {"textcx/0.1 (+crawl@hyllbo.example)"}
    assert not any("cookie" in one.headers or "referer" in one.headers for one in shop.requests)
    times = [one.at for one in slow.requests[1:]]
    assert min(later - earlier for earlier, later in zip(times, times[1:], strict=False)) > 0.9


def test_machines_of_private_networks_are_left_alone() -> None:
    urls = ["http://localhost/1", "http://169.254.169.254/latest", "http://[::1]/1", "http://127.0.0.1:8080/1"]
    with AskingProcess(_order(*urls, allows_private=False)) as process:
        told = _ask(process, *urls)
    assert {one.visit.ending for one in told.values()} == {"refused"}
    notes = {url: one.visit.note or "" for url, one in told.items()}
    assert "port 8080" in notes.pop(urls[3])
    assert all("private network" in note for note in notes.values())


def _peak_bytes(process: AskingProcess) -> int:
    assert process.pid is not None
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        pytest.skip("this system does not tell a process's memory")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
