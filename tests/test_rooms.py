"""Who may change a channel, whether a large one is meant, and where the bot is not yet."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import commands
from bot.models import Channel, Person
from bot.rights import may_change
from tests.rigs.faults import ERROR_BEFORE, slow_before
from tests.rigs.house import announce, paper, typed
from tests.rigs.lab import ADA, BOB, NLP, VISION, lab, text
from tests.rigs.neutral import wire

#: everything that changes a channel, as somebody types it
CHANGES = [
    *("follow mamba", "unfollow 1", "now", "schedule 8:30", "pause", "resume", "settings quiet line", "restore 1"),
    *(
        "move <#C2>",
        "follow! mamba",
        "post 1 p1",
        "edit 1 mamba",
        "edit! 1 mamba",
        "sources add https://lab.example/feed",
        "sources remove lab",
        "again 1",
    ),
]
#: what everybody may all the same
HARMLESS = [
    *("list", "preview mamba", "schedule", "settings", "settings news on", "search mamba", "status", "sources"),
    *("saved", "help"),
]


def test_everything_that_changes_a_channel_is_said_to_need_the_right() -> None:
    assert {words for words in CHANGES if not commands.parse(words).changes} == set()
    assert {words for words in HARMLESS if commands.parse(words).changes} == set()
    # one that is new stands in one of the lists
    changing = {command.word for command in commands.TABLE if command.changes}
    assert changing - {commands.parse(words).command.word for words in CHANGES} == set()


@pytest.mark.parametrize(
    ("chosen", "only_managers", "manager", "guest", "may"),
    [
        ("", False, None, False, True),  # a full member, where managers are unknown
        ("", False, False, False, True),
        ("", False, False, True, False),  # a guest
        ("", True, False, False, False),
        ("", True, True, False, True),
        ("managers", False, False, False, False),
        ("managers", False, True, False, True),
        ("everyone", True, False, False, True),
        ("everyone", True, False, True, True),
    ],
)
def test_who_may(chosen: str, only_managers: bool, manager: bool | None, guest: bool, may: bool) -> None:
    assert chosen in ("", "everyone", "managers")
    assert may_change(chosen, only_managers=only_managers, manager=manager, guest=guest) is may  # type: ignore[arg-type]


async def test_who_may_not_change_a_channel_is_told_so_and_changes_nothing(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        await here.says("follow tokenization", manager=True)
        before = await here.house.store.channel(NLP), await here.house.store.subscriptions(NLP), here.public()

        for words in CHANGES:
            answer = await here.says(words, BOB, manager=False)
            assert answer.body.startswith("Only channel managers can "), words
            assert answer.body.endswith(" here."), words

        after = await here.house.store.channel(NLP), await here.house.store.subscriptions(NLP), here.public()
        assert after == before


async def test_everybody_may_look(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        for words in HARMLESS:
            assert "Only channel managers" not in text(await here.says(words, BOB, manager=False)), words


async def test_what_one_may_not_follow_here_is_followed_in_ones_own_messages_with_one_press(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        refused = await here.says("follow tokenization", BOB, manager=False)
        answer = await here.presses(refused, "Follow it in my direct messages", BOB, manager=False)

        assert answer.title.startswith("Following ")
        assert "This is about your direct messages with me." in answer.note
        assert await here.follows() == []
        assert await here.follows(BOB.direct) == ["tokenization"]
        # who got the private answer is the whole channel: it is not said a second time
        assert here.public() == here.public(BOB.direct) == []
        state = await here.house.store.channel(BOB.direct)
        assert state is not None
        assert state.channel.direct

        # its buttons go on there
        await here.presses(answer, "Undo", BOB, manager=False)
        assert await here.follows(BOB.direct) == []


async def test_papers_come_to_the_direct_messages(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("dm follow tokenization", BOB)
        await announce(here.house, paper(1))
        await here.deliver(days=1)

        assert [one.title for one in here.digests(BOB.direct)] == ["Tokenization, part 1"]
        assert here.digests() == []


async def test_a_mistake_in_what_goes_to_the_direct_messages_is_mended_there(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        answer = await here.says("dm follow titel:mamba")
        await here.says(answer.actions[0].command)

        assert await here.follows() == []
        assert await here.follows(ADA.direct) == ["title:mamba"]


async def test_a_topic_that_only_begins_like_a_button_is_a_topic(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        assert "is it a topic?" in text(await here.says("dm halos"))
        assert "is it a topic?" in text(await here.says("here be dragons"))


async def test_a_query_too_long_for_a_button_goes_where_it_is_sent_all_the_same(tmp_path: Path) -> None:
    long = " ".join(f"word{number}" for number in range(20))
    async with lab(tmp_path, only_managers=True) as here:
        refused = await here.says(f"follow {long}", BOB, manager=False)
        await here.presses(refused, "Follow it in my direct messages", BOB, manager=False)
        assert len(await here.follows(BOB.direct)) == 1
        # what the button types works as typed text, however it is typed
        (button,) = refused.actions
        for number, prefix in enumerate(("/papers", "papers:", "/"), start=1):
            await here.says(f"dm unfollow {number}", BOB)
            await here.says(f" {prefix} {button.command.upper()} ", BOB, manager=False)
            assert len(await here.follows(BOB.direct)) == 1

        here.describe(NLP, people=214)
        asked = await here.says(f"follow {long}", manager=True)
        await here.presses(asked, "Here", manager=True)
        assert len(await here.follows()) == 1


async def test_several_topics_at_once_and_a_flood_are_asked_about_too(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, people=214)
        for words in ("follow mamba\nfollow tokenization", "follow! mamba"):
            assert (await here.says(words)).title == "Post here for 214 people?"
        assert await here.follows() == []

        asked = await here.says("follow mamba\nfollow tokenization")
        await here.presses(asked, "Here")
        assert await here.follows() == ["mamba", "tokenization"]


async def test_a_button_acts_with_the_rights_of_whoever_presses_it(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        answer = await here.says("follow tokenization", manager=True)

        assert "Only channel managers can stop a topic here." in text(
            await here.presses(answer, "Undo", BOB, manager=False)
        )
        assert await here.follows() == ["tokenization"]
        await here.presses(answer, "Undo", BOB, manager=True)
        assert await here.follows() == []


async def test_a_prefix_of_a_button_gives_no_rights(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        assert "Only channel managers" in text(await here.says("here follow mamba", BOB, manager=False))
        assert await here.follows() == []
        state = await here.house.store.channel(NLP)
        assert state is None


async def test_a_guest_may_not_unless_everyone_may(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        refused = await here.says("follow mamba", BOB, manager=False, guest=True)
        assert refused.body == "Only full members, not guests, can follow here."

        await here.says("settings editors everyone", manager=True)
        await here.says("follow mamba", BOB, manager=False, guest=True)
        assert await here.follows() == ["mamba"]


# ------------------------------------------------------------------------------------- through direct messages


@pytest.mark.parametrize("rights", [{"manager": False}, {"manager": False, "guest": True}], ids=["member", "guest"])
async def test_nothing_typed_for_ones_own_messages_touches_a_channel(tmp_path: Path, rights: dict[str, Any]) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        await here.says("follow tokenization", manager=True)
        await here.says("follow vision", manager=True, channel=VISION)
        await here.house.store.add_source("feed:lab", "feed", "https://lab.example/rss", "neutral/lab", "lab.example")
        await here.says("dm follow mamba", BOB, **rights)

        async def shared() -> list[object]:
            store = here.house.store
            return [
                *[
                    (await store.channel(one), await store.subscriptions(one), here.public(one))
                    for one in (NLP, VISION)
                ],
                await store.sources_for(NLP),
            ]

        before = await shared()
        for words in (*CHANGES, "move <#C1>", "move back <#C2>", "move back <#C1>", "sources remove lab.example"):
            for typed_there in (f"dm {words}", f"/papers dm {words}"):
                await here.says(typed_there, BOB, **rights)
                assert await shared() == before, typed_there


async def test_a_guest_takes_no_channels_topics_to_their_own_messages(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization", BOB)

        for words in ("dm move back <#C1>", "dm move back #nlp"):
            assert "You may not change #nlp" in text(await here.says(words, guest=True))
        await here.says("dm follow mamba", guest=True)
        assert "You may not change #vision" in text(await here.says("dm move <#C2>", guest=True))

        assert await here.follows() == ["tokenization"]
        assert await here.follows(VISION) == []
        assert here.public(VISION) == []


async def test_what_is_the_whole_workspaces_is_not_changed_from_direct_messages(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        await here.house.store.add_source("feed:lab", "feed", "https://lab.example/rss", "neutral/lab", "lab.example")
        for words, channel in (("dm sources remove lab.example", NLP), ("sources remove lab.example", BOB.direct)):
            answer = await here.says(words, BOB, channel, manager=None)
            assert answer.body.startswith("You cannot add or remove a source here: that is for the whole workspace.")
        assert "feed:lab" in {one.name for one in await here.house.store.sources_for(NLP)}
        # looking at them is everybody's
        assert "lab.example" in (await here.says("dm sources", BOB)).body


async def test_where_every_member_may_a_guest_still_removes_no_source(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.house.store.add_source("feed:lab", "feed", "https://lab.example/rss", "neutral/lab", "lab.example")

        assert "for the whole workspace" in (await here.says("dm sources remove lab.example", BOB, guest=True)).body
        assert (await here.says("dm sources remove lab.example", BOB)).title.startswith("Removed")


async def test_a_token_is_tried_again_only_by_who_may_change_something(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        await here.says("follow tokenization", manager=True)
        await here.house.store.outage("neutral", "lab", "The token was revoked.", here.clock())
        await here.says("dm resume", BOB, manager=False)
        assert await here.house.store.outage_of(NLP)

        await here.says("resume", manager=True)
        assert not await here.house.store.outage_of(NLP)


# --------------------------------------------------------------------------------------------------- sharing


async def test_nobody_shares_more_than_ten_papers_a_day(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await announce(here.house, *(paper(number) for number in range(1, 18)))

        def share(*numbers: int) -> str:
            return "share " + " ".join(f"2604.{number:05}" for number in numbers)

        await here.says(share(1, 2, 3, 4, 5))
        await here.says(share(6, 7, 8, 9))
        refused = await here.says(share(10, 11))
        assert refused.body == "One person shares at most 10 papers a day with a channel; you shared 9 today."
        assert (await here.says(share(10))).title == "Sharing 1 paper here."
        assert "at most 10 papers a day" in (await here.says(share(11))).body
        # the tenth of somebody is not somebody else's, nor that of another channel or day
        assert (await here.says(share(11), BOB)).title == "Sharing 1 paper here."
        assert (await here.says(share(11), channel=VISION)).title == "Sharing 1 paper here."
        here.clock.move(days=1)
        assert (await here.says(share(12))).title == "Sharing 1 paper here."


# --------------------------------------------------------------------------------------------------- names


async def test_no_name_forges_a_line(tmp_path: Path) -> None:
    mallory = replace(BOB, name="Mallory\nNothing new today.\r\n\u202eevil\u2066\x00" + "!" * 500)
    async with lab(tmp_path) as here:
        here.describe(VISION, name="vision\nAda left\u202e")
        act = here.clock.act("follow tokenization", mallory, replace(NLP, name="n\nlp\u202d"))
        await here.house.answer.take(act)
        (taken,) = await here.house.store.acts(here.clock(), timedelta(seconds=60))
        await here.house.answer.one(taken)
        (said,) = here.public()
        assert said.startswith("Mallory Nothing new today. evil!!!")
        assert "\n" not in said
        assert len(said) < 200

        answer = await here.says("move <#C2>")
        assert answer.title == "Moved 1 topic from #nlp to vision Ada left."
        state = await here.house.store.channel(VISION)
        assert state is not None
        assert state.channel.name == "vision Ada left"
        assert all("\u202e" not in line and "\n" not in line for line in here.public(VISION))
        assert "\u202e" not in text(await here.says("list", channel=VISION))


# ------------------------------------------------------------------------------------------- large channels


async def test_a_large_channel_is_asked_about_once(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, people=214)

        asked = await here.says("follow tokenization")
        assert asked.title == "Post here for 214 people?"
        assert [one.label for one in asked.actions] == ["Here", "In my direct messages"]
        assert await here.follows() == []
        assert here.public() == []

        answer = await here.presses(asked, "Here")
        assert answer.title.startswith("Following ")
        assert await here.follows() == ["tokenization"]

        await here.says("follow mamba")
        assert await here.follows() == ["tokenization", "mamba"]
        await here.says("unfollow 1", BOB)
        await here.says("unfollow 2", BOB)
        await here.says("follow diffusion", BOB)
        assert await here.follows() == ["diffusion"]


async def test_the_question_leads_to_the_direct_messages_as_well(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, people=214)
        await here.presses(await here.says("follow tokenization"), "In my direct messages")

        assert await here.follows() == []
        assert await here.follows(ADA.direct) == ["tokenization"]
        assert (await here.says("follow mamba")).title == "Post here for 214 people?"


async def test_a_general_channel_is_asked_about_though_nobody_counts(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, general=True)

        assert (await here.says("follow tokenization")).title == "Post here, where everybody reads it?"


async def test_a_wrong_query_is_not_a_question_of_size(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, people=214)

        answer = await here.says("follow titel:mamba")

        assert "Post here" not in text(answer)
        assert [one.command for one in answer.actions] == ["follow title:mamba"]


@pytest.mark.parametrize("known", [{"people": 12}, {"people": None}, {"people": 99, "general": False}])
async def test_a_small_or_uncounted_channel_is_not_asked_about(tmp_path: Path, known: dict[str, int | None]) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, **known)

        assert (await here.says("follow tokenization")).title.startswith("Following ")


async def test_a_platform_that_fails_to_tell_holds_up_nobody(tmp_path: Path) -> None:
    async with lab(tmp_path, shrink=10.0) as here:
        here.describe(NLP, people=214)
        for fault in (ERROR_BEFORE, slow_before(30.0)):
            here.server.fail(fault, times=None, path=wire.ROOMS)
            began = time.monotonic()

            answer = await here.says("follow tokenization")

            assert answer.title.startswith(("Following ", "This channel follows"))
            assert time.monotonic() - began < 10
            here.server.behave()


async def test_a_channel_the_platform_does_not_know_is_not_asked_about(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        elsewhere = replace(NLP, id="C9")

        assert (await here.says("follow tokenization", channel=elsewhere)).title.startswith("Following ")


# ------------------------------------------------------------------------------------------- not there yet


async def test_a_follow_where_the_bot_is_not_is_kept_and_says_what_is_missing(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, inside=False)

        answer = await here.says("follow tokenization")

        assert "Your follow is kept, but I am not in #nlp yet. Type `/invite @Paperround` and I start." in answer.body
        assert await here.follows() == ["tokenization"]
        assert here.public() == []  # nobody could read it there


async def test_a_channel_where_the_bot_may_not_post_is_said_to_be_one(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, posts=False)

        assert "I may not post in #nlp yet" in (await here.says("follow tokenization")).body


async def test_what_was_not_followed_is_not_said_to_be_kept(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, inside=False)

        assert "is kept" not in text(await here.says("follow titel:mamba"))


async def test_nothing_is_asked_once_a_digest_has_come(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        await here.deliver(days=1)
        asked = sum(one.path == wire.ROOMS for one in here.server.faults.arrivals)

        await here.says("follow mamba")

        assert sum(one.path == wire.ROOMS for one in here.server.faults.arrivals) == asked


async def test_in_direct_messages_nobody_is_asked_for_rights_or_size(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        answer = await here.says("follow tokenization", channel=ADA.direct, guest=True)

        assert answer.title.startswith("Following ")
        assert here.public(ADA.direct) == []
        assert not any(one.path == wire.ROOMS for one in here.server.faults.arrivals)


async def test_a_command_in_ones_own_messages_touches_nobody_elses(tmp_path: Path) -> None:
    stranger = Person("neutral", "other", "U1", "Ada elsewhere", zone="UTC")
    async with lab(tmp_path) as here:
        await here.says("dm follow tokenization")
        before = len(here.server.books)
        await typed(here.house, here.clock.act("dm unfollow 1", stranger, Channel("neutral", "other", "C1")))

        assert await here.follows(ADA.direct) == ["tokenization"]
        assert len(here.server.books) == before + 1
        assert await here.follows(VISION) == []
