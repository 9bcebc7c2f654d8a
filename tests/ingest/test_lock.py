"""One process drains the inbox; when it is gone, however it went, the next one may."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

from ingest.lock import IndexerLock


def hold(folder: Path, taken: str) -> None:
    if IndexerLock(folder).take():
        Path(taken).touch()
        time.sleep(60)


def test_of_two_one_holds_it_until_it_lets_go(tmp_path: Path) -> None:
    one, other = IndexerLock(tmp_path / "data"), IndexerLock(tmp_path / "data")
    assert one.take()
    assert one.take()
    assert not other.take()
    with one:
        pass
    assert other.take()
    other.release()


def test_a_killed_process_holds_it_no_longer(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    process = multiprocessing.get_context("fork").Process(target=hold, args=(tmp_path, str(taken)), daemon=True)
    process.start()
    while not taken.exists():
        time.sleep(0.01)
    lock = IndexerLock(tmp_path)
    assert not lock.take()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert lock.take()
    lock.release()
