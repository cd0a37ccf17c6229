"""What the app asks of a workspace is what it uses; and whoever sets it up is told what is missing."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from adapters.platforms import slack
from adapters.platforms.slack import app_manifest
from adapters.platforms.slack.scopes import FREE, OPEN_EVENTS, SCOPES, events, scopes
from bot.ports import Doctor, Finding, Manifest, Rooms, Sees, SettingError
from jobs.__main__ import main
from jobs.outside import by_tokens
from jobs.settings import load
from tests.rigs.faults import now
from tests.rigs.slack import App
from tests.rigs.slack.app import EVENT_SCOPES
from tests.rigs.slack.exam import settings
from tests.rigs.slack.lab import Lab, lab
from tests.rigs.slack.manifest import problems

ROOT = Path(__file__).parents[1]
ADAPTER = ROOT / "adapters/platforms/slack"


def called() -> set[str]:
    """Every method of the Web API that the adapter calls: `client.chat_postMessage` is chat.postMessage."""
    names = {
        node.attr
        for path in ADAPTER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and (ast.unparse(node.value).endswith("client"))
    }
    names = {name.replace("_", ".", 1) for name in names}
    longer = {"apps.connections_open": "apps.connections.open", "oauth.v2_access": "oauth.v2.access"}
    return {longer.get(name, name) for name in names}


def listened() -> set[str]:
    """Every event that the adapter listens to."""
    found = re.findall(r'app\.event\("(\w+)"\)', (ADAPTER / "listening.py").read_text())
    return {"message.im" if name == "message" else name for name in found}


def test_every_method_called_has_its_scope_and_every_scope_its_use() -> None:
    opened = {method for scope in SCOPES for method in scope.methods} | set(FREE)

    assert called() - opened == set()
    assert opened - called() == set()


def test_every_event_listened_to_is_asked_for_and_no_other() -> None:
    assert listened() == set(events(history=False)) == set(events(history=True))
    for scope in SCOPES:
        assert all(scope.name in EVENT_SCOPES[event] for event in scope.events)
    assert all(event not in EVENT_SCOPES for event in OPEN_EVENTS)


@pytest.mark.parametrize("history", [False, True])
def test_slack_makes_an_app_of_it(history: bool) -> None:
    made = app_manifest.made("/papers", history=history)

    assert problems(made) == []
    bot = made["oauth_config"]["scopes"]["bot"]
    assert [one for one in bot if one.endswith(":history") and one != "im:history"] == (
        ["channels:history", "groups:history"] if history else []
    )
    assert App.of(made).commands == ("/papers",)


def test_the_command_line_prints_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_COMMAND", "SLACK_HISTORY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["manifest", "slack", "--command", "/arxiv", "--history"]) == 0
    printed = json.loads(capsys.readouterr().out)

    assert printed == app_manifest.made("/arxiv", history=True)


@pytest.mark.parametrize(
    ("words", "says"),
    [(["manifest", "console"], "no manifest"), (["manifest", "slack", "--command", "papers"], "slash")],
)
def test_what_cannot_be_printed_is_said(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 1
    assert says in capsys.readouterr().err


def test_the_readme_gives_each_scope_and_its_reason() -> None:
    readme = (ROOT / "README.md").read_text()

    assert [scope.name for scope in SCOPES if f"| `{scope.name}` | {scope.reason}" not in readme] == []


def test_help_privacy_speaks_of_history_only_where_it_is_read() -> None:
    without, reading = (
        slack.platform(
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_HISTORY": history}, clock=now
        ).sight
        for history in ("off", "on")
    )

    assert not any("others write" in line for line in without.sees)
    assert any("what people write to each other" in line for line in without.never)
    assert any("others write" in line for line in reading.sees)
    assert without == slack.SIGHT


def test_its_abilities_are_known_to_the_house() -> None:
    platform = slack.platform({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, clock=now)

    assert isinstance(platform, (Doctor, Rooms, Sees))
    assert isinstance(platform, Doctor)
    assert isinstance(platform, Rooms)
    assert isinstance(slack, Manifest)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN": "xapp-secret"}, "begins with xoxb-"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xoxb-secret"}, "begins with xapp-"),
        ({"SLACK_HISTORY": "perhaps"}, "SLACK_HISTORY is on or off"),
        ({"SLACK_COMMAND": "/Papers please"}, "SLACK_COMMAND"),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL"),
    ],
)
def test_a_wrong_setting_is_one_sentence_without_its_value(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingError, match=says) as caught:
        slack.platform(given, clock=now)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "served"),
    [
        ({}, ("console",)),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, ("slack",)),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "PLATFORMS": "console"}, ("console",)),
    ],
)
def test_a_token_is_enough_to_be_served(
    given: dict[str, str], served: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PLATFORMS", "SLACK_BOT_TOKEN", "DISCORD_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert by_tokens(load()).platforms == served


# ------------------------------------------------------------------------------------------------- doctor


async def examined(here: Lab, **more: str) -> dict[str, Finding]:
    platform = slack.platform(settings(here, **more), clock=now)
    return {one.name: one async for one in platform.examine()}


async def test_the_doctor_finds_everything_well() -> None:
    async with lab(App.of(app_manifest.made("/papers", history=False))) as here:
        found = await examined(here)

    assert list(found) == ["slack token", "slack scopes", "slack socket", "slack clock"]
    assert all(one.ok for one in found.values())
    assert found["slack scopes"].detail == f"all {len(scopes(history=False))}"


async def test_the_doctor_names_the_scope_that_is_missing_and_what_it_is_for() -> None:
    kept = tuple(scope.name for scope in scopes(history=False) if scope.name != "reactions:read")
    async with lab(App(scopes=(*kept, "team:read"))) as here:
        found = (await examined(here))["slack scopes"]

    assert not found.ok
    assert "reactions:read (hears 🔖" in found.detail
    assert "paperround manifest slack" in found.detail


async def test_the_doctor_names_each_token_that_is_wrong() -> None:
    async with lab() as here:
        bot = await examined(here, SLACK_BOT_TOKEN="xoxb-other")
        app = (await examined(here, SLACK_APP_TOKEN="xapp-other"))["slack socket"]

    assert [(one.ok, "SLACK_BOT_TOKEN" in one.detail) for one in bot.values()] == [(False, True)]
    assert not app.ok
    assert "SLACK_APP_TOKEN" in app.detail


@pytest.mark.parametrize(("skew", "way"), [(300, "behind"), (-300, "ahead")])
async def test_the_doctor_notices_a_wrong_clock(skew: float, way: str) -> None:
    async with lab() as here:
        here.slack.hook.skew = skew
        found = (await examined(here))["slack clock"]

    assert not found.ok
    assert way in found.detail
