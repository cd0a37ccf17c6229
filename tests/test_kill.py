"""kill -9 at any moment of the demonstration, and start again: nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
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


def test_a_demonstration_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    chance = random.Random(4)
    database = tmp_path / "data" / "demo.db"
    killed = 0
    for _ in range(8):
        running = program(tmp_path)
        assert running.stdin is not None
        running.stdin.write(WEEK.encode())
        running.stdin.flush()
        time.sleep(chance.uniform(0.5, 3.0))
        running.send_signal(signal.SIGKILL)
        running.communicate()
        killed += running.returncode == -signal.SIGKILL
        if database.exists():
            with sqlite3.connect(database) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    assert killed == 8
    running = program(tmp_path)
    output, errors = running.communicate(b"status\n", timeout=60)
    assert running.returncode == 0, errors.decode()
    assert b"Going on where it stopped" in output
    assert b"Traceback" not in errors
    assert not database.exists(), "a demonstration that ended leaves nothing behind"


def test_the_digest_of_a_date_exists_once_however_often_the_program_is_killed(tmp_path: Path) -> None:
    chance = random.Random(7)
    database = tmp_path / "data" / "demo.db"
    for _ in range(8):
        running = program(tmp_path)
        assert running.stdin is not None
        running.stdin.write(WEEK.encode())
        running.stdin.flush()
        time.sleep(chance.uniform(1.0, 4.0))
        running.send_signal(signal.SIGKILL)
        running.communicate()
    with sqlite3.connect(database) as connection:
        digests = connection.execute("SELECT channel, local_date, number FROM digests").fetchall()
        shown = connection.execute("SELECT channel, paper FROM posted").fetchall()
        keys = connection.execute("SELECT key FROM deliveries").fetchall()

    assert digests
    for rows in (digests, shown, keys):
        assert len(rows) == len(set(rows))


def test_sigterm_ends_it_within_ten_seconds(tmp_path: Path) -> None:
    running = program(tmp_path)
    assert running.stdin is not None
    running.stdin.write(b"follow tokenization\nnext\n")
    running.stdin.flush()
    time.sleep(2)
    begun = time.monotonic()
    running.send_signal(signal.SIGTERM)
    _, errors = running.communicate(timeout=12)

    assert time.monotonic() - begun < 10
    assert running.returncode == 0
    assert b"Traceback" not in errors
