"""Memory does not grow with the file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.benchmark.corpus import write_corpus
from textcx.configs import configs_folder

SOAK_BYTES = int(os.environ.get("TEXTCX_SOAK_BYTES", "0"))
SMALL_BYTES, LARGE_BYTES = 20_000_000, 100_000_000
MOST_GROWTH_MB = 30
MOST_SOAK_MB = 600
_RUN = (
    "import resource, subprocess, sys;"
    "status = subprocess.run([sys.executable, '-m', 'service.cli', 'ingest', *sys.argv[1:], '--json'],"
    " stdout=subprocess.DEVNULL).returncode;"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024);"
    "sys.exit(status)"
)

pytestmark = pytest.mark.slow


def peak_mb(folder: Path, size_bytes: int) -> int:
    """Return the peak memory of the largest process of an ingest of so many bytes."""
    file = folder / f"{size_bytes}.csv"
    rows = write_corpus(file, configs_folder() / "demo", size_bytes=size_bytes)
    data = folder / f"data-{size_bytes}"
    result = subprocess.run(
        [sys.executable, "-c", _RUN, str(file), "--data", str(data)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"exit status {result.returncode}: {result.stderr[-2000:]}"
    peak = int(result.stdout)
    print(f"{size_bytes / 1e6:.0f} MB, {rows} rows: peak {peak} MB")  # noqa: T201 - the figure of the README
    return peak


def test_the_peak_of_a_file_five_times_as_large_is_hardly_higher(tmp_path: Path) -> None:
    if SOAK_BYTES:
        assert peak_mb(tmp_path, SOAK_BYTES) <= MOST_SOAK_MB
        return
    small = peak_mb(tmp_path, SMALL_BYTES)
    assert peak_mb(tmp_path, LARGE_BYTES) - small <= MOST_GROWTH_MB
