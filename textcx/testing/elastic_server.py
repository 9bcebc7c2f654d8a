"""ElasticServer: a real Elasticsearch on this machine's own address, for tests and developers.

It is Elastic's own build for integration tests: the server without optional modules. Maven fetches it once into the
user's cache; it runs as a user other than root, in a folder of its own that is gone afterwards.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from platformdirs import user_cache_path

VERSION = "8.19.21"
_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_MAVEN_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_PATIENCE_SECONDS = 180.0
_POLL_SECONDS = 0.2
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108
_ROOMY_BYTES = 4 * 2**30
_SETTINGS = (
    "xpack.security.enabled=false",
    "xpack.ml.enabled=false",
    "cluster.routing.allocation.disk.threshold_enabled=false",
    "cluster.max_shards_per_node=5000",
    "action.auto_create_index=false",
    "action.destructive_requires_name=false",
    "network.host=127.0.0.1",
)


class ElasticUnavailableError(Exception):
    """No server can be started here; says why in one line."""


class ElasticServer:
    """One node, or several on one machine that form a cluster.

    Args:
        nodes: How many.
        heap_mebibytes: Of each.
    """

    def __init__(self, *, nodes: int = 1, heap_mebibytes: int = 1024) -> None:
        self._heap = heap_mebibytes
        self._java = _java_home()
        self._account = _account()
        distribution = _distribution()
        self._folder = Path(tempfile.mkdtemp(prefix="textcx-elastic-", dir=_roomy_folder()))
        self._folder.chmod(0o755)
        with zipfile.ZipFile(distribution) as packed:
            packed.extractall(self._folder)
        (self._home,) = self._folder.glob("elasticsearch-*")
        for program in (self._home / "bin").iterdir():
            program.chmod(0o755)
        (self._folder / "tmp").mkdir()
        for at in range(nodes):  # each with a configuration of its own: nodes make a key store in it as they start
            shutil.copytree(self._home / "config", self._folder / f"node{at}" / "config")
        self._give_away()
        self._ports = [_free_port() for _ in range(2 * nodes)]
        self._processes: list[subprocess.Popen[bytes] | None] = [None] * nodes

    @property
    def urls(self) -> list[str]:
        """Where the nodes answer."""
        return [f"http://127.0.0.1:{port}" for port in self._ports[: len(self._processes)]]

    def __enter__(self) -> Self:
        try:
            for at in range(len(self._processes)):
                self.start(at)
            self.wait(nodes=len(self._processes))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, at: int = 0) -> None:
        """Start a node; it answers some seconds later."""
        settings = [
            *_SETTINGS,
            f"node.name=node{at}",
            f"http.port={self._ports[at]}",
            f"transport.port={self._transport_ports[at]}",
            f"path.data={self._folder / f'node{at}' / 'data'}",
            f"path.logs={self._folder / f'node{at}' / 'logs'}",
            *self._discovery(),
        ]
        environment = {
            "ES_JAVA_HOME": str(self._java),
            "ES_PATH_CONF": str(self._folder / f"node{at}" / "config"),
            "ES_JAVA_OPTS": f"-Xms{self._heap}m -Xmx{self._heap}m",
            "ES_TMPDIR": str(self._folder / "tmp"),
            "HOME": str(self._folder),
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        }
        with (self._folder / f"node{at}" / "output").open("ab") as output:
            self._processes[at] = subprocess.Popen(
                [str(self._home / "bin" / "elasticsearch"), *(f"-E{setting}" for setting in settings)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=self._folder,
                start_new_session=True,
                user=self._account.pw_uid if self._account else None,
                group=self._account.pw_gid if self._account else None,
                extra_groups=[] if self._account else None,
            )

    def wait(self, *, nodes: int = 1, at: int = 0) -> None:
        """Return when a node answers and all primary shards are there.

        Raises:
            ElasticUnavailableError: That took too long, or the node has ended.
        """
        self._wait_for(f"wait_for_status=yellow&wait_for_nodes={nodes}", at)

    def wait_for_copies(self, *, at: int = 0) -> None:
        """Return when all copies of all shards are there, so that a node may be lost.

        Raises:
            ElasticUnavailableError: That took too long, or the node has ended.
        """
        self._wait_for("wait_for_status=green", at)

    def _wait_for(self, what: str, at: int) -> None:
        question = f"{self.urls[at]}/_cluster/health?{what}&timeout=10s"
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            process = self._processes[at]
            if process is None or process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(question, timeout=15) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(_POLL_SECONDS)
        output = (self._folder / f"node{at}" / "output").read_text(errors="replace").splitlines()
        message = f"Elasticsearch did not start: {' | '.join(output[-3:])[:500]}"
        raise ElasticUnavailableError(message)

    def delete_indices(self) -> None:
        """Delete all indices, so that a node starts again quickly."""
        urllib.request.urlopen(urllib.request.Request(f"{self.urls[0]}/*", method="DELETE"), timeout=120).close()

    def kill(self, at: int = 0) -> None:
        """End a node as a power failure would: at once, without a word."""
        process = self._processes[at]
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes[at] = None

    def pause(self, at: int = 0) -> None:
        """Let a node stand still, with its connections open."""
        self._signal(signal.SIGSTOP, at)

    def resume(self, at: int = 0) -> None:
        """Let a node that stands still go on."""
        self._signal(signal.SIGCONT, at)

    def close(self) -> None:
        """End all nodes and remove their folder."""
        for at in range(len(self._processes)):
            self.kill(at)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, number: signal.Signals, at: int) -> None:
        process = self._processes[at]
        if process is not None:
            os.killpg(process.pid, number)

    @property
    def _transport_ports(self) -> Sequence[int]:
        return self._ports[len(self._processes) :]

    def _discovery(self) -> list[str]:
        if len(self._processes) == 1:
            return ["discovery.type=single-node"]
        names = ",".join(f"node{at}" for at in range(len(self._processes)))
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._transport_ports)
        return [f"cluster.initial_master_nodes={names}", f"discovery.seed_hosts={hosts}"]

    def _give_away(self) -> None:
        if self._account is not None:
            for path in (self._folder, *self._folder.rglob("*")):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)


def _java_home() -> Path:
    named = os.environ.get("ES_JAVA_HOME") or os.environ.get("JAVA_HOME")
    if named:
        return Path(named)
    java = shutil.which("java")
    if java is None:
        raise ElasticUnavailableError("There is no Java here (a JDK of 17 or newer).")
    return Path(java).resolve().parents[1]


def _account() -> pwd.struct_passwd | None:
    """Return the account to run as: Elasticsearch refuses to be root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _distribution() -> Path:
    """Return the server's archive, fetched into the user's cache if it is not there."""
    given = os.environ.get("TEXTCX_ELASTIC_ZIP")
    if given:
        return Path(given)
    folder = user_cache_path("textcx") / "elasticsearch"
    found = folder / f"elasticsearch-{VERSION}.zip"
    if found.exists() and zipfile.is_zipfile(found):
        return found
    maven = shutil.which("mvn")
    if maven is None:
        raise ElasticUnavailableError("There is no Maven (mvn) here to fetch Elasticsearch with.")
    folder.mkdir(parents=True, exist_ok=True)
    fetch = [maven, "-q", "-B", _MAVEN_GOAL, f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}"]
    fetched = subprocess.run(fetch, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if fetched.returncode or not found.exists():
        last = (fetched.stdout.strip() or fetched.stderr.strip() or "no reason given").splitlines()[-1]
        message = f"Maven could not fetch Elasticsearch: {last[:200]}"
        raise ElasticUnavailableError(message)
    return found


def _roomy_folder() -> Path | None:
    """Return a folder in memory, if there is room: a test's data need not outlive its machine."""
    try:
        if os.access(_MEMORY_FOLDER, os.W_OK) and shutil.disk_usage(_MEMORY_FOLDER).free > _ROOMY_BYTES:
            return _MEMORY_FOLDER
    except OSError:
        pass
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
