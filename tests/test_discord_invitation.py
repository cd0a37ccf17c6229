"""The link that brings the bot into a server asks for the least, and says why."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms import discord
from adapters.platforms.discord.client import intents
from adapters.platforms.discord.invitation import CONTENT, INTENTS, PERMISSIONS
from bot.ports import Unauthorised
from tests.rigs.discord.lab import lab
from tests.rigs.faults import now


async def test_the_link_names_our_application_and_the_permissions_with_their_reasons() -> None:
    async with lab() as here:
        said = await discord.platform(here.settings, clock=now).invitation()

        link = urlsplit(said.splitlines()[0])
        asked = parse_qs(link.query)
        assert (link.scheme, link.netloc, link.path) == ("https", "discord.com", "/oauth2/authorize")
        assert asked["client_id"] == [here.discord.app.id]
        assert asked["scope"] == ["bot applications.commands"]
        assert int(asked["permissions"][0]) == sum(one.bit for one in PERMISSIONS)
        for one in PERMISSIONS:
            assert f"{one.name} " in said
            assert one.reason in said


async def test_a_token_that_is_not_taken_is_told() -> None:
    async with lab() as here:
        wrong = {**here.settings, "DISCORD_TOKEN": "bm90LWE=.dG9rZW4.b2Y-anybody"}
        with pytest.raises(Unauthorised):
            await discord.platform(wrong, clock=now).invitation()


def test_the_readme_tells_the_same_permissions() -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text()
    for one in PERMISSIONS:
        assert f"| {one.name} | {one.reason} |" in readme


def test_every_intent_that_is_asked_for_has_its_reason_in_the_readme() -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text()
    usual = {flag for one in INTENTS for flag in one.flags}

    assert {name for name, asked in intents(content=False) if asked} == usual
    assert {name for name, asked in intents(content=True) if asked} == usual | set(CONTENT.flags)
    for one in INTENTS:
        assert f"| {one.name} | {one.reason} |" in readme
    assert f"| {CONTENT.name} | {CONTENT.reason} (only with `DISCORD_MESSAGE_CONTENT=on`) |" in readme


def test_privacy_says_more_only_where_message_content_is_read() -> None:
    without, with_it = discord.sight(content=False), discord.sight(content=True)

    assert any("no words of a message reach me" in line for line in without.never)
    assert [line for line in with_it.sees if line not in without.sees] == [
        "the words of a message that you save with 🔖, for the link of a paper in it"
    ]
    assert not any("no words of a message reach me" in line for line in with_it.never)
