"""Settings, and what a channel hears of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import commands
from bot.models import Schedule
from bot.ports import CommandError
from tests.rigs.house import announce, paper
from tests.rigs.lab import ADA, BOB, NLP, VISION, lab, text

# ------------------------------------------------------------------------------------------------ settings


async def test_every_setting_is_one_line_with_the_command_that_changes_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")

        answer = await here.says("settings", manager=True)

        assert answer.body.splitlines() == [
            "Digest: 09:00 UTC, weekdays, at most 10 papers. `/papers schedule 8:30 weekdays Berlin max 5`",
            "Next digest: today 09:00. `/papers pause 2w`",
            "Quiet days: nothing is posted. `/papers settings quiet line`",
            "Layout: up to three papers one by one, more as a list. `/papers settings layout list`",
            "Who may change this: everyone here. `/papers settings editors managers`",
            "News of papers you saved (yours alone): off. `/papers settings news on`",
        ]
        # looking stores nothing and says nothing
        assert here.public() == ["Ada follows tokenization here (no papers read yet)."]


async def test_every_command_shown_among_the_settings_works(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization", manager=True)
        shown = await here.says("settings", manager=True)

        for button in shown.actions:
            answer = await here.says(button.command, manager=True)
            assert answer.title
            assert [one.label for one in answer.actions] == ["Undo"], button
            assert "already" in (await here.says(button.command, manager=True)).title
            await here.presses(answer, "Undo", manager=True)
        assert (await here.says("settings", manager=True)).body == shown.body


async def test_a_setting_is_said_to_the_channel_and_what_is_ones_own_is_not(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("settings quiet line", BOB)
        await here.says("settings news on", BOB)

        assert here.public() == ["Bob asked for one line on quiet days."]
        assert await here.house.store.news(BOB)
        assert not await here.house.store.news(ADA)
        assert "News of papers you saved (yours alone): on." in (await here.says("settings", BOB, VISION)).body


@pytest.mark.parametrize(
    ("words", "answer", "better"),
    [
        (
            "settings quiet",
            "Now: silent. `/papers settings quiet line` posts one line on quiet days.",
            "settings quiet line",
        ),
        ("settings layout sideways", "Now: auto. `/papers settings layout list` makes", "settings layout list"),
        ("settings zone Berlin", "That is set with `/papers schedule Berlin`.", "schedule Berlin"),
        ("settings max 5", "That is set with `/papers schedule max 5`.", "schedule max 5"),
        ("settings colour red", "There is no setting “colour”.", "settings"),
        ("settings editors everyone", "Nobody manages channels here", "settings"),
        ("settings news maybe", "Now: off. `/papers settings news on` tells you", "settings news on"),
        ("settings " + "x" * 5000, "There is no setting “xxx", "settings"),
    ],
)
async def test_a_wrong_setting_is_answered_with_a_right_one(
    tmp_path: Path, words: str, answer: str, better: str
) -> None:
    async with lab(tmp_path) as here:
        said = await here.says(words)

        assert answer in said.body
        assert [one.command for one in said.actions] == [better]
        assert await here.house.store.channel(NLP) is None
        assert here.public() == []


async def test_managers_take_the_channel_and_give_it_back(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        refused = await here.says("settings editors managers", BOB, manager=False)
        assert "Only channel managers can say who may change this channel." in refused.body

        await here.says("settings editors managers", manager=True)
        assert "Only channel managers can follow here." in text(await here.says("follow mamba", BOB, manager=False))
        await here.says("settings editors everyone", manager=True)
        await here.says("follow mamba", BOB, manager=False)

        assert await here.follows() == ["mamba"]
        assert here.public()[:2] == [
            "Ada lets only channel managers change what I post here.",
            "Ada lets everyone change what I post here.",
        ]


async def test_two_settings_of_the_same_second_both_stand(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        words = {ADA: ("settings quiet line", "schedule max 3"), BOB: ("settings layout list", "schedule 8:30 daily")}
        acts = [here.clock.act(one, person, NLP) for person, said in words.items() for one in said]
        for act in acts:
            await here.house.answer.take(act)
        await asyncio.gather(*(here.house.answer.one(act) for act in acts))

        state = await here.house.store.channel(NLP)
        assert state is not None
        found = state.schedule
        assert (found.quiet, found.most, found.layout, f"{found.at:%H:%M}", len(found.days)) == (
            *("line", 3, "list", "08:30"),
            7,
        )


async def test_a_quiet_day_is_silent_unless_a_line_was_asked_for(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow mamba OR tokenization")
        await here.says("schedule daily")
        await announce(here.house, paper(1))
        await here.deliver(hours=2)
        await here.deliver(days=1)
        assert len(here.digests()) == 1

        await here.says("settings quiet line")
        await announce(here.house, paper(2, "On whales", "We count whales."))
        await here.deliver(days=1)
        assert text(here.digests()[-1]) == "Nothing new for mamba OR tokenization today (1 paper read)."
        await announce(here.house, paper(3))
        await here.deliver(days=1)
        assert [one.title for one in here.digests()] == ["Tokenization, part 1", "", "Tokenization, part 3"]

        await here.says("settings quiet silent")
        await here.deliver(days=1)
        assert len(here.digests()) == 3


async def test_a_channel_that_asked_for_a_line_is_not_promised_silence_on_its_first_day(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("settings quiet line")
        await here.deliver(hours=2)

        assert [text(one) for one in here.digests()] == ["Nothing new for tokenization today (0 papers read)."]


async def test_layout_list_keeps_a_digest_to_the_lead(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("settings layout list")
        await announce(here.house, *(paper(number) for number in range(1, 6)))
        await here.deliver(hours=2)

        (lead,) = here.digests()
        assert len(lead.items) == 5


@pytest.mark.parametrize(
    "words", ["-1", "+2", "9 -1", "max -1", "max 0", "max 11", "25:00", "9 10", "8:30 and 9:30", "mon-", "-9am"]
)
def test_a_schedule_that_is_none_is_refused_with_a_sentence(words: str) -> None:
    with pytest.raises(CommandError) as refused:
        commands.schedule(words, Schedule())

    assert str(refused.value).endswith((".", "?"))


@pytest.mark.parametrize(
    ("words", "answer", "better"),
    [
        ("25:00", "“25:00” is not an hour: write 9, 9am or 21:30.", "schedule 9am"),
        ("9:5", "“9:5” is not an hour: write 9, 9am or 21:30.", "schedule 9am"),
        ("max", "max needs a number from 1 to 10.", "schedule max 5"),
        ("max five", "max needs a number from 1 to 10.", "schedule max 5"),
        ("max 0", "max needs a number from 1 to 10.", "schedule max 5"),
        ("max 12", "max needs a number from 1 to 10.", "schedule max 10"),
        ("off", "To stop for a while, pause it.", "pause"),
        ("reset", "“reset” is not an hour, days, or a time zone. Write it like", ""),
        (
            "Belrin",
            "“Belrin” is not an hour, days, or a time zone. Did you mean Europe/Berlin?",
            "schedule Europe/Berlin",
        ),
    ],
)
def test_a_schedule_that_is_none_is_answered_by_what_is_wrong_with_it(words: str, answer: str, better: str) -> None:
    with pytest.raises(CommandError) as refused:
        commands.schedule(words, Schedule())

    assert str(refused.value).startswith(answer)
    assert refused.value.suggestion == better


@pytest.mark.parametrize(
    "before", ["8:30 mon,thu Europe/Zurich max 3", "9 daily UTC", "weekdays UTC+2", "sat,sun 21:30"]
)
async def test_a_schedule_is_undone_with_one_press(tmp_path: Path, before: str) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says(f"schedule {before}")
        known = await here.house.store.channel(NLP)

        await here.presses(await here.says("schedule 7am fri Asia/Tokyo max 1"), "Undo")

        again = await here.house.store.channel(NLP)
        assert known is not None and again is not None
        assert again.schedule == known.schedule


async def test_the_schedule_says_how_it_is_changed_and_a_zone_as_it_was_typed(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("schedule UTC+2 9am")

        shown, again = await here.says("schedule"), await here.says("schedule UTC+2")

        assert shown.title == "The digest comes: 09:00 UTC+2, weekdays, at most 10 papers."
        assert "`/papers schedule 8:30 weekdays Berlin max 5` changes it" in shown.body
        assert again.title.startswith("It is so already: 09:00 UTC+2")


def test_days_that_stand_apart_are_all_meant() -> None:
    assert commands.schedule("mon thu 9am", Schedule()).days == (0, 3)
    assert commands.schedule("UTC-1", Schedule()).zone == "Etc/GMT+1"
