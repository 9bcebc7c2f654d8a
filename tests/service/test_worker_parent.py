"""A worker whose parent was killed while it was starting does not stay."""

import subprocess
import sys
from pathlib import Path

from textcx.settings import Settings


def test_worker_leaves_when_its_parent_is_gone_before_it_is_ready(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    settings = Settings(data=tmp_path).model_dump_json()
    worker = [sys.executable, "-m", "service.worker", settings, "--idle-seconds=300", f"--parent={gone.pid}"]
    assert subprocess.run(worker, timeout=60, check=False).returncode == 0
