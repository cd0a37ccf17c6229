"""kill -9 at any moment of the demonstration, and start again: nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
KILLS = 5
WEEK = "follow tokenization\nnext\nnext\nnext\nnext\n"


def program(folder: Path) -> subprocess.Popen[bytes]:
    """The demonstration in that folder, with a pipe to type into."""
    return subprocess.Popen(
        [sys.executable, "-m", "jobs", "demo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def read_until(running: subprocess.Popen[bytes], words: str) -> bytes:
    """Read what it says until it says that."""
    assert running.stdout is not None
    said = b""
    while words.encode() not in said:
        line = running.stdout.readline()
        assert line, said.decode()
        said += line
    return said


def start(folder: Path, lines: str) -> subprocess.Popen[bytes]:
    """The demonstration, with lines typed into it and more to come."""
    running = program(folder)
    assert running.stdin is not None
    running.stdin.write(lines.encode())
    running.stdin.flush()
    return running


def kill(running: subprocess.Popen[bytes]) -> bytes:
    """kill -9; what it said until then."""
    running.send_signal(signal.SIGKILL)
    said, _ = running.communicate()
    assert running.returncode == -signal.SIGKILL
    return said


def test_a_demonstration_that_is_killed_goes_on_and_the_digest_of_a_date_exists_once(tmp_path: Path) -> None:
    chance = random.Random(4)
    database = tmp_path / "data" / "demo.db"
    running = start(tmp_path, WEEK)
    said = read_until(running, "new papers · Tuesday 14 April")
    for _ in range(KILLS):
        time.sleep(chance.uniform(0, 2))
        said += kill(running)
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        running = start(tmp_path, WEEK)
        said += read_until(running, "Going on where it stopped")
    said += kill(running)
    output, errors = program(tmp_path).communicate(b"status\n", timeout=60)

    said += output
    for day in ("Tuesday 14 April", "Wednesday 15 April", "Friday 17 April"):
        assert said.count(f"new papers · {day}".encode()) <= 1, day
    assert said.count("new papers · Tuesday 14 April".encode()) == 1
    assert b"1 topic followed." in output
    assert errors == b""
    assert not database.exists(), "a demonstration that ended leaves nothing behind"


def test_sigterm_ends_it_within_ten_seconds(tmp_path: Path) -> None:
    running = start(tmp_path, "follow tokenization\nnext\n")
    read_until(running, "Tuesday 14 April, 09:00")
    begun = time.monotonic()
    running.send_signal(signal.SIGTERM)
    _, errors = running.communicate(timeout=12)

    assert time.monotonic() - begun < 10
    assert running.returncode == 0
    assert b"Traceback" not in errors
