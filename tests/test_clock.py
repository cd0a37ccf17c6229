"""One clock for all processes on a database."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.clock import Agreed
from jobs.house import build
from jobs.settings import Settings
from tests.rigs import postgres


async def test_processes_on_one_database_agree_on_the_time_whatever_their_machines_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url=postgres.database(tmp_path))
    async with build(settings, {}, {}) as one:
        ahead = time.time
        monkeypatch.setattr(time, "time", lambda: ahead() + 3600)  # this machine is an hour ahead
        async with build(settings, {}, {}) as other:
            monkeypatch.undo()
            assert abs(one.clock() - other.clock()).total_seconds() < 1
            assert abs(one.clock() - datetime.now(UTC)).total_seconds() < 5


async def test_a_clock_that_is_set_while_it_runs_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    agreed = Agreed()
    before, real = agreed(), time.time
    monkeypatch.setattr(time, "time", lambda: real() - 86_400)

    assert abs(agreed() - before).total_seconds() < 1
