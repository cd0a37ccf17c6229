"""`move`: what a channel follows goes elsewhere, and back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.messages.digests import rendered
from bot.models import Channel, ChannelState, Delivery, Person, Posted, State
from bot.ports import Intent, Outcome
from jobs.house import House
from jobs.news import News
from tests.rigs.channel import Noticeboard
from tests.rigs.faults import ERROR_BEFORE, slow_before
from tests.rigs.house import ADA as ELSEWHERE_ADA
from tests.rigs.house import MONDAY, Hands, announce, opened, paper, typed
from tests.rigs.lab import ADA, BOB, NLP, VISION, Lab, lab, text
from tests.rigs.neutral import wire


async def test_everything_goes_to_the_other_channel_and_is_said_in_both(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("follow mamba", BOB)
        await here.says("schedule 8:30 daily Berlin max 4")
        await here.says("settings quiet line")
        await announce(here.house, paper(1))
        await here.deliver(days=1)
        before = await here.house.store.subscriptions(NLP)
        said, heard = len(here.public()), len(here.public(VISION))

        answer = await here.says("move <#C2|vision>")

        assert answer.title == "Moved 2 topics from #nlp to #vision."
        assert await here.follows() == []
        assert await here.house.store.subscriptions(VISION) == before  # numbers, dates and owners
        state = await here.house.store.channel(VISION)
        assert state is not None
        assert (state.schedule.zone, state.schedule.most, state.schedule.quiet) == ("Europe/Berlin", 4, "line")
        assert here.public()[said:] == ["Ada moved what was followed here to #vision: tokenization, mamba."]
        assert here.public(VISION)[heard:] == ["Ada moved 2 topics here from #nlp: tokenization, mamba."]

        # what was had is not had again; what comes is had there
        await announce(here.house, paper(2))
        await here.deliver(days=1)
        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]
        assert [one.title for one in here.digests(VISION)] == ["Tokenization, part 2"]


async def test_undo_moves_it_back_as_it_was(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("follow mamba")
        await here.says("unfollow 1")
        await here.says("follow vision", BOB)
        await announce(here.house, paper(1, "Mamba sees", "Of mamba."))
        await here.deliver(days=1)
        before = await here.house.store.subscriptions(NLP)
        state = await here.house.store.channel(NLP)

        back = await here.presses(await here.says("move <#C2>"), "Undo")

        assert back.title == "Moved 2 topics from #vision to #nlp."
        assert await here.house.store.subscriptions(NLP) == before
        assert await here.house.store.channel(NLP) == state
        assert await here.follows(VISION) == []
        # there and back again
        await here.presses(back, "Undo")
        assert await here.house.store.subscriptions(VISION) == before
        await here.deliver(days=1)
        assert len(here.digests()) == 1
        assert here.digests(VISION) == []


async def test_numbers_of_other_topics_are_not_given_again(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow diffusion", channel=VISION)
        await here.says("unfollow 1", channel=VISION)
        await here.says("follow tokenization")
        await here.says("follow mamba")
        await here.says("move <#C2>")

        topics = await here.house.store.subscriptions(VISION)
        assert [(one.number, one.text) for one in topics] == [(2, "mamba"), (3, "tokenization")]
        await here.says("follow whales")
        assert [one.number for one in await here.house.store.subscriptions(NLP)] == [3]


async def test_a_channel_that_follows_something_takes_no_more(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("follow mamba", channel=VISION)

        answer = await here.says("move #vision")

        assert answer.body.startswith("Something is followed in #vision already.")
        assert await here.follows() == ["tokenization"]
        assert await here.follows(VISION) == ["mamba"]


@pytest.mark.parametrize(
    "words",
    [
        *("move", "move #", "move #nowhere", "move <#C1>", "move #nlp", "move <#C9>", "move <@U2>", "move <#U2>"),
        *("move <#C2", "move back #vision", "move back", "move anyway", "move #" + "x" * 4000, "move <#T2/C7>"),
    ],
)
async def test_a_channel_that_is_none_moves_nothing(tmp_path: Path, words: str) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("dm follow mamba", BOB)  # stored, and nobody's to be found
        said = len(here.public())

        answer = await here.says(words)

        assert answer.body
        assert answer.title == ""
        assert "went wrong" not in answer.body
        assert await here.follows() == ["tokenization"]
        assert await here.follows(BOB.direct) == ["mamba"]
        assert len(here.public()) == said


async def test_a_channel_of_another_workspace_is_no_channel(tmp_path: Path) -> None:
    theirs = Channel("neutral", "other", "C7", "secret")
    async with lab(tmp_path) as here:
        here.describe(theirs)
        await here.says("follow tokenization")
        await here.says("follow mamba", channel=theirs)

        for words in ("move <#C7>", "move #secret", "move back <#C7>", "move back #secret"):
            assert "I know no channel" in (await here.says(words)).body

        assert await here.follows() == ["tokenization"]
        assert await here.follows(theirs) == ["mamba"]


async def test_a_channel_that_somebody_cannot_read_is_no_channel_to_them(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(VISION, readers=["U1"])
        await here.says("follow mamba", channel=VISION)
        await here.says("follow tokenization")

        for words in ("move #vision", "move <#C2>", "move back <#C2>"):
            assert "I know no channel" in (await here.says(words, BOB)).body

        await here.says("unfollow 1", channel=VISION)
        assert (await here.says("move <#C2>")).title.startswith("Moved 1 topic")


async def test_both_channels_must_be_ones_that_this_person_may_change(tmp_path: Path) -> None:
    async with lab(tmp_path, only_managers=True) as here:
        here.describe(VISION, managers=["U2"])
        await here.says("follow tokenization", manager=True)

        refused = await here.says("move <#C2>", manager=True)
        assert refused.body == "You may not change #vision; whoever manages it can."
        assert "Only channel managers can move topics here." in text(await here.says("move <#C2>", BOB, manager=False))
        assert await here.follows() == ["tokenization"]

        here.describe(VISION, managers=["U1", "U2"])
        await here.says("move <#C2>", manager=True)
        here.describe(VISION, managers=["U2"])
        # who lost that right in the meantime takes nothing back
        assert "You may not change" in (await here.says("move back <#C2>", manager=True)).body
        assert await here.follows(VISION) == ["tokenization"]


async def test_a_large_channel_is_asked_about_before_anything_moves_there(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(VISION, people=2140)
        await here.says("follow tokenization")

        asked = await here.says("move <#C2>")
        assert asked.title == "Post in #vision for 2,140 people?"
        assert await here.follows() == ["tokenization"]
        await here.presses(asked, "Move it there")

        assert await here.follows(VISION) == ["tokenization"]


async def test_a_channel_where_the_bot_is_not_says_so(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(VISION, inside=False)
        await here.says("follow tokenization")

        assert "I am not in #vision yet" in (await here.says("move <#C2>")).body
        assert here.public(VISION) == []


@pytest.mark.parametrize("fault", [ERROR_BEFORE, slow_before(5.0)], ids=lambda one: one.name)
async def test_nothing_moves_while_the_platform_cannot_be_asked(tmp_path: Path, fault: object) -> None:
    async with lab(tmp_path, shrink=10.0) as here:
        await here.says("follow tokenization")
        here.server.fail(fault, times=None, path=wire.ROOMS)  # type: ignore[arg-type]

        assert "I could not ask about that channel" in (await here.says("move <#C2>")).body
        assert await here.follows() == ["tokenization"]


async def test_a_large_channel_is_asked_about_before_anything_moves_back_to_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization", channel=VISION)
        here.describe(NLP, people=2140)

        asked = await here.says("move back <#C2>")
        assert asked.title == "Post in #nlp for 2,140 people?"
        assert await here.follows() == []
        assert (await here.presses(asked, "Move it there")).title == "Moved 1 topic from #vision to #nlp."
        assert await here.follows() == ["tokenization"]

        # to and fro asks nothing more
        moved = await here.says("move <#C2>")
        assert (await here.presses(moved, "Undo")).title == "Moved 1 topic from #vision to #nlp."


@pytest.mark.parametrize("name", ["back office", "back", "long way back anyway"])
async def test_a_channel_is_called_as_it_likes(tmp_path: Path, name: str) -> None:
    board, clock = Noticeboard(), Hands()
    here, there = Channel("console", "terminal", "terminal", "papers"), Channel("console", "terminal", "x", name)
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("settings quiet line", ELSEWHERE_ADA, there))
        await typed(house, clock.act("follow tokenization", ELSEWHERE_ADA, here))
        await typed(house, clock.act(f"move {name}", ELSEWHERE_ADA, here))

        assert [one.text for one in await house.store.subscriptions(there)] == ["tokenization"]


async def test_of_channels_with_one_name_only_those_that_somebody_reads_count(tmp_path: Path) -> None:
    layoffs, other = Channel("neutral", "lab", "C7", "layoffs"), Channel("neutral", "lab", "C8", "layoffs")
    async with lab(tmp_path) as here:
        for one in (layoffs, other):
            here.describe(one, readers=["U1"])
            await here.says("settings quiet line", channel=one)
        await here.says("follow tokenization")

        unknown = (await here.says("move #nothere", BOB)).body
        assert (await here.says("move #layoffs", BOB)).body == unknown.replace("#nothere", "#layoffs")
        assert "Several channels are called #layoffs" in (await here.says("move #layoffs")).body
        here.describe(other, readers=["U1", "U2"])
        assert (await here.says("move #layoffs", BOB)).title == "Moved 1 topic from #nlp to #layoffs."
        assert await here.follows(other) == ["tokenization"]


async def test_who_may_change_a_channel_is_not_moved_away_from_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        here.describe(NLP, managers=["U1"])

        async def editors(channel: Channel) -> str:
            state = await here.house.store.channel(channel)
            assert state is not None
            return state.editors

        await here.says("settings editors managers", manager=True)
        await here.says("dm follow mamba", manager=True)
        await here.says("dm move <#C1>", manager=True)
        assert await editors(NLP) == "managers"
        assert "Only channel managers" in text(await here.says("follow tokenization", BOB, manager=False))

        # a channel where nobody chose is as the one that its topics came from; one where somebody did stays
        await here.says("move <#C2>", manager=True)
        assert await editors(VISION) == "managers"
        await here.says("settings editors everyone", channel=VISION, manager=True)
        await here.says("move <#C1>", channel=VISION, manager=True)
        assert await editors(NLP) == "managers"


async def test_from_direct_messages_to_a_channel(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization", channel=ADA.direct)
        answer = await here.says("move <#C2>", channel=ADA.direct)

        assert answer.title == "Moved 1 topic from direct messages to #vision."
        assert here.public(ADA.direct) == []
        assert here.public(VISION) == ["Ada moved 1 topic here from direct messages: tokenization."]
        await here.presses(answer, "Undo", channel=ADA.direct)
        assert await here.follows(ADA.direct) == ["tokenization"]


async def test_what_is_planned_comes_there_and_what_is_being_sent_stays(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("schedule daily max 2")
        await announce(here.house, paper(1), paper(2))
        here.clock.move(days=1)
        await here.house.plan.due()
        store, now, lease = here.house.store, here.clock(), timedelta(seconds=75)
        sending, other = await store.claim(now, lease, ["neutral"])
        assert await store.sending(Intent(sending, rendered(sending), now, lease))
        await store.give_back(other)

        await here.says("move <#C2>")
        await store.settle(Outcome(sending, State.SENT, now, Posted("m1")))
        await here.deliver(days=1)

        (shown,) = sending.part.entries
        assert {shown.paper.title, *(one.title for one in here.digests(VISION))} == {
            *("Tokenization, part 1", "Tokenization, part 2"),
        }
        assert len(here.digests(VISION)) == 1
        assert here.digests() == []


async def test_a_follow_of_the_same_moment_is_in_one_of_the_two(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        acts = [here.clock.act("move <#C2>", ADA, NLP), here.clock.act("follow mamba", BOB, NLP)]
        for act in acts:
            await here.house.answer.take(act)
        await asyncio.gather(*(here.house.answer.one(act) for act in acts))

        both = [*await here.follows(), *await here.follows(VISION)]
        assert sorted(both) == ["mamba", "tokenization"]


async def test_two_people_who_move_at_once_move_it_once(tmp_path: Path) -> None:
    third = Channel("neutral", "lab", "C3", "audio")
    async with lab(tmp_path) as here:
        here.describe(third)
        await here.says("follow tokenization")
        acts = [here.clock.act("move <#C2>", ADA, NLP), here.clock.act("move <#C3>", BOB, NLP)]
        for act in acts:
            await here.house.answer.take(act)
        await asyncio.gather(*(here.house.answer.one(act) for act in acts))

        assert sorted([*await here.follows(VISION), *await here.follows(third), *await here.follows()]) == [
            "tokenization"
        ]


async def test_a_platform_that_cannot_tell_moves_between_channels_it_was_used_in(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    here, there = Channel("console", "terminal", "terminal", "papers"), Channel("console", "terminal", "x", "Reading")
    async with opened(tmp_path, {"console": board}, clock) as house:
        await typed(house, clock.act("follow tokenization", ELSEWHERE_ADA, here))
        await typed(house, clock.act("move #reading", ELSEWHERE_ADA, here))
        assert "There is one channel only here" in board.books[-1][1].body
        await typed(house, clock.act("settings quiet line", ELSEWHERE_ADA, there))
        await typed(house, clock.act("move #reading", ELSEWHERE_ADA, here))

        assert [one.text for one in await house.store.subscriptions(there)] == ["tokenization"]


async def test_what_somebody_asked_to_be_posted_here_is_posted_here(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await announce(here.house, paper(1, "Zebra", "Zebra."), *map(paper, (2, 3, 4)))
        here.clock.move(minutes=5)
        followed = await here.says("follow tokenization")
        await here.says("share 2604.00001", BOB)
        await here.presses(followed, "Post these three here")
        await announce(here.house, paper(5))
        await here.says("now")  # this waits again, and comes there

        await here.says("move <#C2>")
        await here.deliver(days=1)

        assert sorted(one.title for one in here.digests()) == [
            *(f"Tokenization, part {number}" for number in (2, 3, 4)),
            "Zebra",
        ]
        assert [one.title for one in here.digests(VISION)] == ["Tokenization, part 5"]


async def test_news_of_saved_papers_comes_though_the_topics_move_away(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await announce(here.house, paper(1))
        for words in ("save 2604.00001", "settings news on", "dm follow mamba"):
            await here.says(words)
        here.clock.move(hours=3)
        await announce(here.house, replace(paper(1), version=2))
        assert await News(here.house.store, here.clock).due() == 1

        await here.says("dm move <#C2>")
        await here.house.deliver.due()

        assert [one.title for one in here.digests(ADA.direct)] == ["Tokenization, part 1"]


async def on_its_way(here: Lab) -> Delivery:
    """A topic is followed, and the message of its first paper is being sent."""
    await here.says("follow tokenization")
    await announce(here.house, paper(1))
    here.clock.move(days=1)
    await here.house.plan.due()
    store, now, lease = here.house.store, here.clock(), timedelta(seconds=75)
    (sending,) = await store.claim(now, lease, ["neutral"])
    assert await store.sending(Intent(sending, rendered(sending), now, lease))
    return sending


@pytest.mark.parametrize("moves", [("move <#C2>",), ("move <#C2>", "move back <#C2>"), ("move <#C2>", "then on")])
async def test_what_was_on_its_way_and_never_arrived_comes_where_the_topics_are(
    tmp_path: Path, moves: tuple[str, ...]
) -> None:
    audio = Channel("neutral", "lab", "C3", "audio")
    async with lab(tmp_path) as here:
        here.describe(audio)
        sending = await on_its_way(here)

        for words in moves:
            await (here.says("move <#C3>", channel=VISION) if words == "then on" else here.says(words))
        await here.house.store.settle(Outcome(sending, State.DROPPED, here.clock(), reason="It is too long."))
        await here.deliver(days=1)

        where = {1: VISION, 2: NLP if moves[-1] != "then on" else audio}[len(moves)]
        assert {one: len(here.digests(one)) for one in (NLP, VISION, audio)} == {
            one: int(one == where) for one in (NLP, VISION, audio)
        }


@pytest.mark.parametrize("fate", [State.DROPPED, State.SENT])
async def test_a_third_move_neither_loses_nor_repeats_what_was_on_its_way(tmp_path: Path, fate: State) -> None:
    audio = Channel("neutral", "lab", "C3", "audio")
    async with lab(tmp_path) as here:
        here.describe(audio)
        sending = await on_its_way(here)

        await here.says("move <#C2>")
        await here.says("move <#C3>", channel=VISION)
        await here.house.store.settle(
            Outcome(sending, fate, here.clock(), Posted("m1") if fate is State.SENT else None)
        )
        await here.says("move <#C2>", channel=audio)
        await here.deliver(days=1)

        assert len(here.digests(VISION)) == int(fate is State.DROPPED)
        assert here.digests(NLP) == here.digests(audio) == []


async def test_a_paper_that_was_had_before_is_not_given_back_with_the_one_that_failed(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        await here.deliver(days=1)
        await here.says("share 2604.00001", BOB)
        store, now, lease = here.house.store, here.clock(), timedelta(seconds=75)
        (sending,) = await store.claim(now, lease, ["neutral"])

        await here.says("move <#C2>")
        await store.settle(Outcome(sending, State.DROPPED, here.clock(), reason="It is too long."))
        await here.deliver(days=1)

        assert here.digests(VISION) == []


async def test_what_was_given_up_and_proves_to_be_there_is_had_in_both(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        here.clock.move(days=1)
        await here.house.plan.due()
        store, now, lease = here.house.store, here.clock(), timedelta(seconds=75)
        (sending,) = await store.claim(now, lease, ["neutral"])
        assert await store.sending(Intent(sending, rendered(sending), now, lease))
        await here.says("move <#C2>")
        await store.settle(Outcome(sending, State.DROPPED, here.clock(), reason="It is too long."))
        await store.settle(Outcome(sending, State.SENT, here.clock(), Posted("m1")))

        await here.deliver(days=1)

        assert here.digests(VISION) == []


async def test_what_people_saved_is_counted_there(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        for number in range(1, 4):
            await here.says("save 2604.00001", Person("neutral", "lab", f"U{number}", f"N{number}"))

        await here.says("move <#C2>")

        store = here.house.store
        assert [len(await store.most_saved(one, MONDAY, 3, 10)) for one in (NLP, VISION)] == [0, 1]


@pytest.mark.parametrize("had", [NLP, VISION], ids=lambda one: one.name)
async def test_a_channel_has_one_scheduled_digest_a_day_wherever_its_topics_were(tmp_path: Path, had: Channel) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization", channel=had)
        await here.deliver(hours=3)
        day = (await known(here.house, had)).last_date
        if had == VISION:
            await here.says("unfollow 1", channel=VISION)
            await here.says("follow tokenization")

        await here.says("move <#C2>")

        assert (await known(here.house, VISION)).last_date == day == here.clock().date()


async def known(house: House, channel: Channel) -> ChannelState:
    state = await house.store.channel(channel)
    assert state is not None
    return state
