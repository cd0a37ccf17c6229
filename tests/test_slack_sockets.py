"""The connection to Slack: always one that listens, whatever becomes of the last one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from adapters.platforms.slack.socketed import Socketed
from adapters.platforms.slack.sockets import Patience
from adapters.platforms.slack.web import Web, Workspace
from tests.rigs.faults import now
from tests.rigs.platform import RecordingInbox
from tests.rigs.slack.lab import Lab, lab

#: everything a hundred times sooner
HASTY = Patience(connect=1.0, ping=0.2, again=0.01, most=0.1, farewell=0.5)


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[tuple[Lab, RecordingInbox, Socketed]]:
    async with lab() as here:
        web = Web(Workspace(here.token), now, api=here.slack.api)
        platform = Socketed(web, here.slack.app.app_token, now, command="/papers", history=False, patience=HASTY)
        inbox = RecordingInbox()
        running = asyncio.create_task(platform.run(inbox))
        try:
            await here.slack.sockets.until_connected()
            yield here, inbox, platform
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await platform.close()


async def works(here: Lab, inbox: RecordingInbox) -> None:
    """A command is taken."""
    before = len(inbox.acts)
    told = await here.ada.types(here.papers, "/papers list").done()
    assert told.failed == ""
    assert len(inbox.acts) == before + 1


async def test_a_connection_that_is_told_to_go_has_a_successor_before_it_goes() -> None:
    async with listening() as (here, inbox, platform):
        sockets = here.slack.sockets
        await sockets.until_connected(2)
        old = list(sockets.open)
        going = asyncio.create_task(sockets.refresh(grace=0.5))
        await asyncio.sleep(0)
        await sockets.until_connected(2)
        assert [one in sockets.open for one in old] == [True, True]
        await works(here, inbox)
        await going
        await works(here, inbox)
        assert platform.sockets.open == 2


async def test_no_command_is_lost_while_slack_renews_connections() -> None:
    async with listening() as (here, inbox, _):
        sockets = here.slack.sockets
        told, renewing = [], []
        for number in range(60):
            await sockets.until_connected(2)
            if number % 10 == 5:
                renewing.append(asyncio.create_task(sockets.refresh(grace=0.2, most=1)))
                await asyncio.sleep(0)
            told.append(here.ada.types(here.papers, f"/papers show {number}"))
        await asyncio.gather(*renewing)
        await here.slack.telling.settled()

        assert [one.failed for one in told] == [""] * 60
        assert len({act.text for act in inbox.acts}) == 60
        assert sockets.stale == 0


async def test_a_connection_that_fell_silent_is_noticed() -> None:
    async with listening() as (here, inbox, _):
        here.slack.sockets.freeze()
        await here.slack.sockets.until_connected(seconds=5)

        await works(here, inbox)


async def test_a_connection_that_broke_is_made_anew_at_a_new_address() -> None:
    async with listening() as (here, inbox, platform):
        for _ in range(5):
            await here.slack.sockets.drop()
            await here.slack.sockets.until_connected()
            await works(here, inbox)

        assert here.slack.sockets.stale == 0
        await here.slack.sockets.until_connected(2)
        assert platform.sockets.open == 2


async def test_after_an_outage_and_failed_handshakes_no_spent_address_is_tried_again() -> None:
    async with listening() as (here, inbox, _):
        async with here.slack.away():
            await asyncio.sleep(0.3)
            here.slack.sockets.failing = 4
        await here.slack.sockets.until_connected(seconds=5)
        await works(here, inbox)

        assert here.slack.sockets.stale == 0
        assert here.slack.sockets.failing == 0


async def test_while_socket_mode_is_switched_off_it_asks_now_and_then_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with listening() as (here, inbox, _):
        await here.slack.sockets.disable()
        await asyncio.sleep(0.6)
        here.slack.sockets.disabled = False
        await here.slack.sockets.until_connected(seconds=5)
        await works(here, inbox)

    said = [record for record in caplog.records if record.levelname == "WARNING"]
    assert [getattr(record, "action", "") for record in said] == ["disconnected", "connected"]


async def test_an_event_over_a_dead_connection_comes_again_over_the_next_one() -> None:
    async with listening() as (here, inbox, _):
        here.slack.sockets.patience = 0.5
        said = await here.posts()
        here.slack.sockets.freeze()
        told = here.ada.reacts(said, "bookmark")
        assert told is not None
        await told.done()

        assert [act.emoji for act in inbox.acts] == ["🔖"]
