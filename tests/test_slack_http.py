"""What Slack tells over HTTP: only what Slack itself signed a moment ago, once each, and nothing of it in a log."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from adapters.platforms import slack
from adapters.platforms.slack import app_manifest
from adapters.platforms.slack.whose import workspace
from adapters.platforms.slack.workspaces import BELIEVED
from bot.models import Action, Ask, Channel, Message, Place
from bot.ports import Busy, Keeps, PostError, Routes, SettingError, Unauthorised
from tests.rigs.faults import now
from tests.rigs.slack import lines
from tests.rigs.slack.doorstep import Doorstep, Tenant, doorstep
from tests.rigs.slack.hook import packed
from tests.rigs.slack.manifest import problems
from tests.rigs.waiting import until

#: slack_sdk 3.47 still says who it is by aiohttp's BasicAuth, which aiohttp 3.14 deprecates
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PUBLIC = "https://papers.example"
GIVEN = {
    "SLACK_SIGNING_SECRET": "signing-1",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "client-1",
    "PUBLIC_URL": PUBLIC,
}


async def installed(here: Doorstep, name: str = "lab") -> Tenant:
    one = here.tenant(name)
    await here.installs(one)
    return one


async def until_nothing_is_followed(here: Doorstep, channel: Channel) -> None:
    for _ in range(1000):
        if not await here.house.store.subscriptions(channel):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("something is followed still")


async def test_slack_accepts_our_address(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        assert await here.slack.hook.verify() == ""


async def test_what_slack_did_not_sign_just_now_is_turned_away_unread(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with doorstep(tmp_path) as here:
        await installed(here)
        body = b'{"type": "url_verification", "challenge": "private-words"}'
        good = here.slack.hook.signed(body)
        signature, time = "X-Slack-Signature", "X-Slack-Request-Timestamp"
        at = now().timestamp()
        wrong: list[dict[str, str]] = [
            {},
            {time: good[time]},
            {signature: good[signature]},
            good | {signature: "v0=" + "0" * 64},
            good | {signature: "v0=\u00e9"},
            good | {signature: good[signature].removeprefix("v0=")},
            good | {time: "soon"},
            good | {time: "-1"},
            good | {time: "9" * 40},
            here.slack.hook.signed(body, secret="another"),
            here.slack.hook.signed(body, at=at - 400),
            here.slack.hook.signed(body, at=at + 400),
        ]
        statuses = [(await here.posted(body, headers | JSON))[0] for headers in wrong]
        changed = (await here.posted(body + b" ", good | JSON))[0]
        read = (await here.posted(b"", method="GET"))[0]
        right = await here.posted(body, good | JSON)

    assert [*statuses, changed, read] == [401] * (len(wrong) + 2)
    assert right[0] == 200
    assert "private-words" in right[1]
    assert "private-words" not in caplog.text


async def test_more_than_a_megabyte_is_not_read(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        body = b"x" * 1_000_001
        assert (await here.posted(body, here.slack.hook.signed(body)))[0] == 413


async def test_what_cannot_be_read_breaks_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    unreadable = [
        *(b"{", b"\xff\xfe", b"payload=%7B", b"[]", b'"x"', b"7", b'{"event": 7}'),
        *(b'{"authorizations": 7}', b'{"authorizations": {"a": 1}}'),
    ]
    of_nobody = [b"", b'{"event": {"type": "message"}}', b'{"event": []}']
    async with doorstep(tmp_path) as here:
        one = await installed(here)

        async def status(body: bytes, kind: dict[str, str] = JSON) -> int:
            return (await here.posted(body, here.slack.hook.signed(body) | kind))[0]

        assert [(body, await status(body)) for body in unreadable] == [(body, 400) for body in unreadable]
        assert await status(b"payload=%7B", FORM) == 400
        assert [(body, await status(body)) for body in of_nobody] == [(body, 200) for body in of_nobody]

        actions = [getattr(record, "action", "") for record in caplog.records]
        assert {"request_broke", "act_broke"} & set(actions) == set()
        assert actions.count("unreadable") == len(unreadable) + 1
        await one.ada.types(one.papers, "/papers follow tokenization").done()
        await one.ada.until_reads("Following")


async def test_an_event_told_again_and_again_has_one_effect(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = await installed(here)
        told = one.ada.types(one.papers, "/papers follow tokenization")
        await told.done()
        await one.ada.until_reads("Following")
        one.ada.says(one.papers, "help", mention=True)
        await here.slack.telling.settled()
        heard = here.slack.telling.told
        (event,) = [each for each in heard if each.payload.get("event", {}).get("type") == "app_mention"]
        for number in range(3):
            body, kind = packed(event)
            retry = {"X-Slack-Retry-Num": str(number + 1), "X-Slack-Retry-Reason": "http_timeout", "Content-Type": kind}
            assert (await here.posted(body, here.slack.hook.signed(body) | retry))[0] == 200
        body, kind = packed(told)
        assert (await here.posted(body, here.slack.hook.signed(body) | {"Content-Type": kind}))[0] == 200
        await one.ada.types(one.papers, "/papers follow mamba").done()
        await one.ada.until_reads("mamba here")

        channel = Channel("slack", one.workspace.id, one.papers.id)
        assert len(await here.house.store.subscriptions(channel)) == 2
        everybody = ["\n".join(lines(each)) for each in one.papers.said if not each.to]
        assert len([text for text in everybody if "follows tokenization here" in text]) == 1


async def test_an_event_that_cannot_be_kept_is_told_again_and_a_command_hears_that_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with doorstep(tmp_path, again=(0.1,)) as here:
        one = await installed(here)
        here.platform._heard = None

        async def busy(_: Any) -> None:
            raise Busy("Busy; nothing changed, please try again.")

        with monkeypatch.context() as patch:
            patch.setattr(here.house.answer, "take", busy)
            command = one.ada.types(one.papers, "/papers follow tokenization")
            await command.done()
            one.ada.says(one.papers, "help", mention=True)
            event = here.slack.telling.told[-1]
            await event.done()
        assert "nothing changed" in str(command.answer)
        assert [attempt.status for attempt in event.attempts] == [503, 503]


async def test_while_the_token_cannot_be_looked_up_a_command_hears_that_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with doorstep(tmp_path, again=(0.1,)) as here:
        one = await installed(here)
        await here.platform.workspaces.of(one.workspace.id)  # nobody is asking when time goes by

        async def busy(*_: str) -> None:
            raise Busy("Busy; nothing changed, please try again.")

        here.move(seconds=BELIEVED.total_seconds())
        with monkeypatch.context() as patch:
            patch.setattr(here.house.store, "installation", busy)
            command = one.ada.types(one.papers, "/papers follow tokenization")
            await command.done()
            one.ada.says(one.papers, "help", mention=True)
            event = here.slack.telling.told[-1]
            await event.done()
        assert command.attempts[0].status == 200
        assert "nothing changed" in one.ada.reads()
        assert [attempt.status for attempt in event.attempts] == [503, 503]
        assert await here.house.store.channel(Channel("slack", one.workspace.id, one.papers.id)) is None


async def test_of_many_requests_at_once_one_asks_for_the_token_and_of_strangers_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with doorstep(tmp_path) as here:
        one = await installed(here)
        await here.platform.workspaces.of(one.workspace.id)  # nobody is asking when time goes by
        here.move(seconds=BELIEVED.total_seconds())
        look, asked = here.house.store.installation, list[str]()

        async def looked(platform: str, name: str) -> Any:
            asked.append(name)
            return await look(platform, name)

        monkeypatch.setattr(here.house.store, "installation", looked)
        of, team = here.platform.workspaces.of, one.workspace.id
        known = await asyncio.gather(*(of(team) for _ in range(20)))
        strangers = await asyncio.gather(*(of(f"T{number}") for number in range(20)), return_exceptions=True)

        assert asked.count(team) == 1
        assert len(set(known)) == 1
        assert {type(error) for error in strangers} == {Unauthorised}
        assert len(here.platform._installed._asking) == 0


async def test_what_comes_from_a_workspace_without_the_app_has_no_effect(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = here.tenant("lab")
        here.slack.install(one.workspace)  # another server's, whose vault is not ours
        command = one.ada.types(one.papers, "/papers follow tokenization")
        await command.done()
        event = one.ada.opens_home()
        assert event is not None
        await event.done()

        assert "not installed" in str(command.answer)
        assert [event.attempts[0].status, len(event.attempts)] == [200, 1]
        assert await here.house.store.channel(Channel("slack", one.workspace.id, one.papers.id)) is None


async def test_a_token_that_is_revoked_while_posting_stops_one_workspace_alone(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        lab, institute = await installed(here), await installed(here, "institute")
        posts = [
            here.platform.post(
                Place(Channel("slack", one.workspace.id, one.papers.id), "channel"), Message("Hello"), ""
            )
            for one in (lab, institute)
        ]
        here.slack.access.revoke(lab.workspace)
        refused, posted = await asyncio.gather(*posts, return_exceptions=True)

        assert isinstance(refused, Unauthorised)
        assert not refused.everywhere
        assert not isinstance(posted, BaseException)
        assert ["Hello" in "\n".join(lines(said)) for said in institute.papers.said] == [True]


async def test_a_form_and_its_proposals_work_over_http(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = await installed(here)
        await one.ada.types(one.papers, "/papers follow tokenization").done()
        await one.ada.until_reads("Following")
        channel = Channel("slack", one.workspace.id, one.papers.id)
        stop = Action("Stop", "unfollow {topic}", ask=(Ask("topic", "Topic", "completion"),))
        said = await here.platform.post(Place(channel), Message("Topics", actions=(stop,)), "")
        await one.ada.presses(here.slack.message(said.id), "Stop").done()
        form = (await until(lambda: here.slack.views.forms.get(one.ada.id) or []))[-1]

        assert await one.ada.asks(form, "Topic", "tok") == ["tokenization"]
        assert len(await here.house.store.subscriptions(channel)) == 1
        await one.ada.submits(form, {"Topic": "tokenization"}).done()
        await until_nothing_is_followed(here, channel)
        await here.slack.telling.settled()
        assert [told.failed for told in here.slack.telling.told if told.failed] == []


async def test_over_http_our_own_coming_is_noticed_where_slack_does_not_say_who_we_are(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        one = await installed(here)
        bot = one.workspace.bot
        assert bot is not None
        joined = {"type": "member_joined_channel", "user": bot.id, "inviter": one.ada.id, "channel": one.papers.id}
        event = joined | {"event_ts": "1795476000.000001"}
        body = json.dumps(
            {"type": "event_callback", "team_id": one.workspace.id, "event_id": "Ev1", "event": event}
        ).encode()
        assert (await here.posted(body, here.slack.hook.signed(body) | JSON))[0] == 200
        await one.ada.until_reads("/papers")


# ---------------------------------------------------------------------------------------------- whose it is


@pytest.mark.parametrize(
    ("said", "whose"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T1"}}, "T1"),
        ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "false"}, "T1"),
        ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "true"}, "E1"),
        ({"team": None, "user": {"team_id": "T1"}, "enterprise": {"id": "E1"}, "is_enterprise_install": True}, "E1"),
        ({"team": {"id": "T2"}, "view": {"app_installed_team_id": "T1"}}, "T1"),
        ({"team_id": "T2", "authorizations": [{"team_id": "T1", "is_enterprise_install": False}]}, "T1"),
        ({"team_id": "T2", "authorizations": [{"enterprise_id": "E1", "is_enterprise_install": True}]}, "E1"),
        ({}, ""),
    ],
)
def test_what_is_told_belongs_to_the_workspace_that_installed_us(said: dict[str, Any], whose: str) -> None:
    assert workspace(said) == whose


# ---------------------------------------------------------------------------------------------- setting it up


def test_only_over_http_is_there_something_to_serve() -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    served, socketed = slack.platform(GIVEN, clock=now), slack.platform(tokens, clock=now)

    assert isinstance(served, Routes)
    assert isinstance(served, Keeps)
    assert not isinstance(socketed, Routes)
    assert set(served.paths) == {"/slack/events", "/slack/install", "/slack/oauth"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({**GIVEN, "SLACK_CLIENT_ID": ""}, "SLACK_CLIENT_ID is missing"),
        ({**GIVEN, "PUBLIC_URL": ""}, "PUBLIC_URL is missing"),
        ({**GIVEN, "PUBLIC_URL": "papers.example"}, "PUBLIC_URL is an address"),
        ({**GIVEN, "PUBLIC_URL": "http://papers.example"}, "PUBLIC_URL is an address"),
        ({**GIVEN, "PUBLIC_URL": "https://"}, "PUBLIC_URL is an address"),
        ({**GIVEN, "SLACK_API_URL": "http://localhost.evil.example/api/"}, "SLACK_API_URL is an address"),
        ({**GIVEN, "SLACK_API_URL": "http://127.0.0.1@evil.example/"}, "SLACK_API_URL is an address"),
        ({**GIVEN, "SLACK_APP_TOKEN": "xapp-secret"}, "leave one of them out"),
    ],
)
def test_a_wrong_setting_is_one_sentence_without_its_value(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingError, match=says) as caught:
        slack.platform(given, clock=now)
    assert not any(secret in str(caught.value) for secret in ("signing-1", "client-1", "xapp-secret"))


def test_slack_makes_an_app_for_many_workspaces_of_the_manifest() -> None:
    made = json.loads(slack.manifest({"PUBLIC_URL": f"{PUBLIC}/"}))

    assert problems(made) == []
    assert made["oauth_config"]["redirect_urls"] == [f"{PUBLIC}/slack/oauth"]
    assert made["settings"]["event_subscriptions"]["request_url"] == f"{PUBLIC}/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    assert json.loads(slack.manifest({})) == app_manifest.made("/papers", history=False)


async def test_the_doctor_tries_the_apps_secret_and_our_address(tmp_path: Path) -> None:
    async with doorstep(tmp_path) as here:
        found = {one.name: one async for one in here.platform.examine()}
        here.slack.reconfigure(client_secret="another")
        wrong = {one.name: one async for one in here.platform.examine()}

    assert (found["slack app"].ok, found["slack clock"].ok) == (True, True)
    # on loopback there is no certificate
    assert "https://" in found["slack address"].detail
    assert not wrong["slack app"].ok
    assert "SLACK_CLIENT_SECRET" in wrong["slack app"].detail


async def test_without_a_vault_nothing_is_posted() -> None:
    platform = slack.platform(GIVEN, clock=now)
    with pytest.raises(PostError):
        await platform.post(Place(Channel("slack", "T1", "C1"), "channel"), Message("Hello"), "")
