"""Workspaces install the app from its page, keep it, renew its token, and remove it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from adapters.platforms.slack.refreshing import AHEAD, TAKEN, Refreshing
from adapters.platforms.slack.workspaces import BELIEVED, Tokens
from bot.models import Channel, Message, Place
from bot.ports import Busy, Installation, Unauthorised
from tests.rigs.faults import UNAVAILABLE, Answer, Fault
from tests.rigs.house import announce, paper
from tests.rigs.slack import Browser, lines
from tests.rigs.slack.doorstep import Doorstep, Tenant, doorstep
from tests.rigs.slack.server import Consent

#: slack_sdk 3.47 still says who it is by aiohttp's BasicAuth, which aiohttp 3.14 deprecates
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


async def tokens(here: Doorstep, workspace: str) -> Tokens:
    found = await here.house.store.installation("slack", workspace)
    assert found is not None
    return Tokens.of(found)


def place(one: Tenant, workspace: str = "") -> Place:
    return Place(Channel("slack", workspace or one.workspace.id, one.papers.id), "channel")


async def test_two_workspaces_install_it_and_each_gets_its_digest(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        labs = [here.tenant("lab"), here.tenant("institute")]
        for one, topic in zip(labs, ("tokenization", "mamba"), strict=True):
            page = await here.installs(one)
            assert (page.status, f"Paperround is in {one.workspace.name}" in page.text) == (200, True)
            told = await one.ada.types(one.papers, f"/papers follow {topic}").done()
            assert told.attempts[0].status == 200
            await one.ada.until_reads("Following")
        here.move(minutes=1)
        mamba = paper(2, "Mamba for birds", "A state space model.")
        await announce(here.house, paper(1), mamba)
        for _ in range(9):  # four days, in which tokens end and are renewed
            here.move(hours=11)
            assert await here.platform.refreshing.due() == len(labs)
        await here.house.plan.due()
        await here.house.deliver.due()

        digests = here.slack.digests()
        assert sorted((said.conversation.workspace.name, "Mamba" in "\n".join(lines(said))) for said in digests) == [
            ("institute", True),
            ("lab", False),
        ]
        # nothing was asked while Slack waited for an answer
        assert len(here.slack.called("auth.test")) == len(labs)


async def test_the_first_page_names_every_permission_and_begins_nothing_by_itself(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        page = await here.browser.opens(f"{here.url}/slack/install")

    assert page.status == 200
    assert all(scope in page.text for scope in here.slack.app.scopes)
    assert "<h1>" in page.text
    assert 'lang="en"' in page.text
    assert "<script" not in page.text
    assert list(here.browser.cookies.values()) == [{}]


async def test_what_is_denied_says_that_nothing_was_installed(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        page = await here.installs(one, refused=True)

        assert (page.status, "Nothing was installed" in page.text) == (400, True)
        assert await here.house.store.installations("slack") == []


async def test_a_state_is_good_once_in_one_browser_and_for_ten_minutes(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        await here.installs(here.tenant("lab"))
        back = here.browser.visited[-1]
        state = parse_qs(urlsplit(back).query)["state"][0]
        here.browser.cookies[urlsplit(back).netloc]["paperround_install"] = state
        again = await here.browser.opens(back)
        stranger = await Browser().opens(back)

        other = here.tenant("institute")
        begun = Browser()
        page = await begun.opens(f"{here.url}/slack/install")
        here.slack.consent = None
        await begun.presses(page)
        carried = begun.cookies[urlsplit(here.url).netloc]["paperround_install"]
        here.move(minutes=10)
        late = await begun.opens(f"{here.url}/slack/oauth?code=code-9&state={carried}")

        assert [(one.status, "Please start again" in one.text) for one in (again, stranger, late)] == [(400, True)] * 3
        assert len(here.slack.called("oauth.v2.access")) == 1
        assert await here.house.store.installation("slack", other.workspace.id) is None


async def test_of_ten_returns_at_once_one_installs(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one, begun = here.tenant("lab"), Browser()
        asks = await begun.presses(await begun.opens(f"{here.url}/slack/install"))
        here.slack.consent = Consent([one.workspace], one.ada.id)
        async with aiohttp.ClientSession() as http, http.get(asks.url, allow_redirects=False) as agreed:
            back = agreed.headers["Location"]
        host = urlsplit(here.url).netloc
        tabs = [Browser(cookies={host: dict(begun.cookies[host])}) for _ in range(10)]
        pages = await asyncio.gather(*(tab.opens(back) for tab in tabs))

        assert sorted(page.status for page in pages) == [200, *[400] * 9]
        assert [kept.workspace for kept in await here.house.store.installations("slack")] == [one.workspace.id]
        assert len(here.slack.called("oauth.v2.access")) == 1


async def test_permissions_that_were_not_given_are_named(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        install = here.slack.access.install
        here.slack.access.install = lambda *several, **more: install(  # type: ignore[method-assign]  # Slack gives less
            several[0], ("chat:write",), **more
        )
        page = await here.installs(one)

        assert (page.status, "reactions:read" in page.text) == (400, True)
        assert await here.house.store.installations("slack") == []


async def test_an_organisation_is_one_workspace_under_its_own_id(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        east, west = here.tenant("east", enterprise="E0GRID"), here.tenant("west", enterprise="E0GRID")
        page = await here.installs(east, west, org=True)
        assert "Paperround is in Grid" in page.text
        assert [one.workspace for one in await here.house.store.installations("slack")] == ["E0GRID"]
        for one in (east, west):
            await one.ada.types(one.papers, "/papers follow tokenization").done()
            await one.ada.until_reads("Following")
            assert await here.house.store.channel(Channel("slack", "E0GRID", one.papers.id)) is not None
        one = west
        assert (await here.platform.post(place(one, "E0GRID"), Message("Hello"), "")).id


async def test_who_is_not_installed_cannot_be_posted_to(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        with pytest.raises(Unauthorised, match="not installed"):
            await here.platform.post(place(here.tenant("lab")), Message("Hello"), "")
    assert here.slack.called("chat.postMessage") == []


# ------------------------------------------------------------------------------------------------ removal


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
async def test_a_removed_app_forgets_its_tokens_in_whatever_order_it_is_told(tmp_path: Path, first: str) -> None:
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        await here.installs(one)
        await one.ada.types(one.papers, "/papers follow tokenization").done()
        await one.ada.until_reads("Following")
        here.move(seconds=5)
        for told in here.slack.admin.uninstalls(one.workspace, first=first):
            await told.done()
            assert told.attempts[-1].status == 200
            here.slack.telling.repeat(told)
        await here.slack.telling.settled()

        assert await here.house.store.installations("slack") == []
        with pytest.raises(Unauthorised):
            await here.platform.post(place(one), Message("Hello"), "")

        here.move(minutes=1)
        await here.installs(one)
        assert (await here.platform.post(place(one), Message("Hello"), "")).id


async def test_another_process_notices_a_removal_within_a_minute(tmp_path: Path) -> None:
    assert timedelta(seconds=60) > BELIEVED
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        await here.installs(one)
        await here.platform.post(place(one), Message("Hello"), "")
        await here.house.store.uninstall("slack", one.workspace.id, here.clock())
        here.move(seconds=BELIEVED.total_seconds())
        with pytest.raises(Unauthorised):
            await here.platform.post(place(one), Message("Hello"), "")


async def test_an_old_word_of_a_removal_does_not_undo_a_new_installation(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        await here.installs(one)
        here.move(seconds=5)
        here.slack.telling.hold()
        gone = here.slack.admin.uninstalls(one.workspace)
        here.move(minutes=1)
        await here.installs(one)
        here.slack.telling.release()
        await here.slack.telling.settled()

        assert [[attempt.status for attempt in told.attempts] for told in gone] == [[200], [200]]
        assert (await here.platform.post(place(one), Message("Hello"), "")).id


# ----------------------------------------------------------------------------------------------- rotation


def another(here: Doorstep) -> Refreshing:
    """What a second process renews with, on the same database."""
    refreshing = here.platform.refreshing
    return Refreshing(here.platform.web, refreshing._workspaces, refreshing._app, here.clock)


async def test_a_token_is_renewed_ahead_of_its_end_by_one_of_many_processes(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        await here.installs(one)
        old = await tokens(here, one.workspace.id)
        assert await here.platform.refreshing.due() == 0
        here.move(hours=12 - AHEAD.total_seconds() / 3600, seconds=1)
        renewed = await asyncio.gather(*(another(here).due() for _ in range(8)))
        new = await tokens(here, one.workspace.id)

        assert sum(renewed) == 1
        assert len([call for call in here.slack.called("oauth.v2.access") if not call.error]) == 2
        assert [call.error for call in here.slack.calls if call.error] == []
        assert (new.token != old.token, new.refresh != old.refresh, new.taken) == (True, True, 0.0)
        assert await here.platform.refreshing.due() == 0
        here.move(hours=AHEAD.total_seconds() / 3600)
        assert (await here.platform.post(place(one), Message("Hello"), "")).id


async def test_who_failed_in_between_is_followed_by_another(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        await here.installs(one)
        here.move(hours=11)
        here.slack.fail(UNAVAILABLE, method="oauth.v2.access")
        assert await here.platform.refreshing.due() == 0
        assert await another(here).due() == 0
        # meanwhile the old token is good
        assert (await here.platform.post(place(one), Message("Hello"), "")).id
        here.move(seconds=TAKEN.total_seconds())
        assert await another(here).due() == 1


async def test_one_workspace_never_stops_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with doorstep(tmp_path) as here:
        several = [here.tenant(name) for name in ("lab", "institute", "busy", "odd", "well")]
        for one in several:
            await here.installs(one)
        lab, institute, busy, odd, well = (one.workspace.id for one in several)
        store = here.house.store
        for workspace, secret in ((lab, '{"surprise": "x"}'), (institute, "[")):
            found = await store.installation("slack", workspace)
            assert found is not None
            assert await store.renew(replace(found, secret=secret), instead_of=found)
        here.move(hours=11)
        renew = store.renew

        async def renewed(fresh: Installation, instead_of: Installation) -> bool:
            if fresh.workspace == busy:
                raise Busy("Busy; nothing changed, please try again.")
            return await renew(fresh, instead_of)

        monkeypatch.setattr(store, "renew", renewed)
        empty = Fault("ok, and nothing else", commits=False, instead=Answer(200, '{"ok": true}'))
        here.slack.fail(empty, method="oauth.v2.access")
        assert await here.platform.refreshing.due() == 1
        assert [(await tokens(here, workspace)).taken > 0 for workspace in (busy, odd, well)] == [False, True, False]
        assert (await here.platform.post(place(several[-1]), Message("Hello"), "")).id
        for broken in several[:2]:
            with pytest.raises(Unauthorised, match="Install the app again"):
                await here.platform.post(place(broken), Message("Hello"), "")


async def test_no_secret_is_ever_logged_or_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        page = await here.installs(one)
        await one.ada.types(one.papers, "/papers follow tokenization").done()
        await one.ada.until_reads("Following")
        here.move(hours=11)
        await here.platform.refreshing.due()
        await here.posted(b'{"token": "made-up"}', {"X-Slack-Signature": "v0=forged"})
        found = await here.house.store.installation("slack", one.workspace.id)
        kept = await tokens(here, one.workspace.id)
        app = here.slack.app
        codes = list(here.slack.access.codes)
        said = "\n".join([page.text, repr(found), repr(kept), repr(here.platform.web.workspace), *caplog.messages])
        said += "".join(str(record.args) for record in caplog.records if not record.name.startswith("aiohttp"))

    dead = [grant.token for grant in here.slack.access.grants.values() if grant.kind == "bot"]
    secrets = [kept.token, kept.refresh, app.client_secret, app.signing_secret, *codes, *dead, "forged", "made-up"]
    assert [secret for secret in secrets if secret in said] == []
