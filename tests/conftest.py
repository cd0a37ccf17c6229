"""What people do and are told, on every database."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage.store import Store
from tests.rigs import house
from tests.rigs.storage import DATABASES, opened

# a run that fails fails again, on every machine; --hypothesis-profile=default looks for what nobody thought of
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")

#: these build whole houses, and build them once on each database
HOUSES = {
    *("test_answer", "test_deliver", "test_delivery_faults", "test_following", "test_move"),
    *("test_changing", "test_forecast"),
    *("test_news", "test_pauses", "test_reading_list", "test_repeated", "test_rooms", "test_settings"),
    *("test_privacy", "test_slack_story", "test_story", "test_understanding"),
    *("test_not_this", "test_share", "test_taste", "test_trending", "test_unlucky_acts"),
    *("test_completion", "test_membership", "test_status", "test_tenants"),
}


def pytest_collection_finish() -> None:
    """All tests and modules stay to the end: they are not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2] in HOUSES and "tmp_path" in metafunc.fixturenames:
        metafunc.fixturenames.append("database")
        metafunc.parametrize("database", sorted(DATABASES), indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of every house of this test."""
    monkeypatch.setattr(house, "chosen", [request.param])
    return str(request.param)


@pytest.fixture(params=sorted(DATABASES))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store, on each database."""
    async with opened(tmp_path, request.param) as known:
        yield known
