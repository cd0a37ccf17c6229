"""The slash command of Discord: made of the house's table, within its limits, and what its options type."""

from __future__ import annotations

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms.discord.options import SHARED, subcommands
from bot.commands import TABLE
from tests.rigs.discord.commands import LARGEST, problems, weight
from tests.rigs.discord.hearing import hearing


async def test_every_command_of_the_table_is_there_within_discords_limits() -> None:
    async with hearing() as it:
        group, *menus = it.here.discord.commands.kept[""]
    words = [one.word for one in TABLE if not one.hidden and one.word not in SHARED]

    assert [one["name"] for one in group["options"]] == words
    assert len(words) <= 25
    assert weight(group) <= LARGEST
    assert problems(group) == []
    assert [one["name"] for one in menus] == ["Save paper", "Why this paper?"]
    assert all(into in words for into in SHARED.values())


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("follow query:mamba OR jamba", "follow mamba OR jamba"),
        ("schedule at:9am zone:Berlin most:5", "schedule 9am Berlin max 5"),
        ("save paper:2 action:unsave", "unsave 2"),
        ("save paper:2", "save 2"),
        ("catchup days:14", "catchup 14d"),
        ("pause for:2w", "pause 2w"),
        ("list as:text", "list text"),
        ("export format:bibtex tag:todo since:may", "export bibtex #todo since:may"),
        ("sources action:add feed:https://a.example/rss", "sources add https://a.example/rss"),
        ("forget what:me", "forget me"),
        ("now", "now"),
    ],
)
async def test_options_type_what_a_keyboard_would(typed: str, text: str) -> None:
    async with hearing() as it:
        told = it.here.ada.types(it.here.papers, f"/papers {typed}")
        acts = await it.inbox.until(1)

    assert [act.text for act in acts] == [text]
    assert told.acknowledged is not None


async def test_commands_are_told_only_when_they_changed() -> None:
    async with hearing() as it:
        await it.until_remembered("commands")
        await it.stops()
        await it.starts()
        assert it.here.discord.commands.written == 1


async def test_what_is_proposed_is_asked_of_the_house() -> None:
    async with hearing() as it:
        proposed = await it.here.ada.asks(it.here.papers, "/papers unfollow topic:tok")

    assert [one.text for one in it.inbox.questions] == ["unfollow tok"]
    assert proposed == ["tokenization", "2 · state space models"]


def test_a_subcommand_that_is_shared_offers_both_words() -> None:
    shared = {one.command.word: one.shared for one in subcommands() if one.shared}
    assert shared == {"show": ("similar",), "save": ("unsave",)}
