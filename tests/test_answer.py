"""Dialogues: what people type and what they are told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import commands
from bot.models import Act, Channel, Health, Message, Person
from jobs.house import House
from tests.rigs.channel import Noticeboard
from tests.rigs.dialogue import dialogue
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened, paper, typed


def text(message: Message) -> str:
    """Everything that a message says."""
    own = [message.title, *message.facts, message.body, message.note]
    return "\n".join([line for line in own if line] + [text(item) for item in message.items])


class Talk:
    """A house with somebody who types; `says` gives the private answer, `public` what the channel was told."""

    def __init__(self, house: House, board: Noticeboard, clock: Hands) -> None:
        self.house, self.board, self.clock = house, board, clock

    async def says(self, words: str, person: Person = ADA, channel: Channel = CHANNEL) -> Message:
        before = len(self.board.books)
        await typed(self.house, self.clock.act(words, person, channel))
        answers = [message for place, message, _ in self.board.books[before:] if place.kind == "private"]
        assert len(answers) == 1, f"{words!r} got {len(answers)} answers"
        return answers[0]

    @property
    def public(self) -> list[str]:
        return [text(message) for place, message, key in self.board.books if place.kind == "channel" and not key]


async def test_following_says_how_it_was_understood_and_what_it_brings(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), paper(2, "On tokens", "We count tokens."), news=False)

        answer = await talk.says("follow tokenization")

        assert answer.title.startswith("Following ")
        assert "tokenizer" in answer.title
        assert "tokenization: 1 on 13 Apr, the one day read so far (1 in titles)." in text(answer)
        assert "Next digest: " in text(answer)
        assert [item.title for item in answer.items] == ["Tokenization, part 1"]
        assert talk.public == ["Ada follows tokenization here (1 on 13 Apr, the one day read so far)."]


async def test_a_list_of_topics_is_asked_about_and_follows_nothing_yet(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        answer = await talk.says("follow tokenization, mamba")

        assert [action.command for action in answer.actions] == [
            "follow tokenization; mamba",
            "follow tokenization mamba",
        ]
        assert await house.store.subscriptions(CHANNEL) == []


async def test_every_example_of_a_command_is_answered(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(10102), paper(2), news=False)
        for command in commands.TABLE:
            for example in command.examples:
                if "http" in example:
                    continue  # a feed of the wide world
                await talk.says("search tokenization")
                answer = text(await talk.says(example))
                assert "is not a command" not in answer, example
                assert "Name it by its number" not in answer, example

        assert (await talk.says("show 2604.10102v2")).title == "Tokenization, part 10102"


async def test_following_twice_is_said_and_changes_nothing(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")

        answer = await talk.says("follow tokenizers", BOB)

        assert "already" in answer.title
        assert len(await house.store.subscriptions(CHANNEL)) == 1
        assert len(talk.public) == 1


async def test_undo_restores_owner_and_date(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        before = await house.store.subscriptions(CHANNEL)
        clock.move(days=2)

        stopped = await talk.says("unfollow 1", BOB)
        assert await house.store.subscriptions(CHANNEL) == []
        await talk.says(stopped.actions[0].command, BOB)

        assert await house.store.subscriptions(CHANNEL) == before
        assert before[0].by == ADA


async def test_numbers_are_never_reused(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        for words in ("follow mamba", "follow diffusion", "unfollow mamba", "follow mamba"):
            await talk.says(words)

        assert [(one.number, one.text) for one in await house.store.subscriptions(CHANNEL)] == [
            (2, "diffusion"),
            (3, "mamba"),
        ]


async def test_list_as_text_is_taken_back_in_elsewhere(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    elsewhere = Channel("console", "terminal", "elsewhere")
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        for words in ('follow "knowledge graph" -survey', "follow title:mamba", "follow RAG OR LoRA"):
            await talk.says(words)
        for line in (await talk.says("list text")).body.splitlines():
            await talk.says(line, channel=elsewhere)

        here = [one.text for one in await house.store.subscriptions(CHANNEL)]
        there = [one.text for one in await house.store.subscriptions(elsewhere)]
        assert here == there
        assert len(here) == 3


async def test_a_wrong_query_is_marked_and_changes_nothing(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        answer = await talk.says("follow titel:mamba")

        assert answer.body
        assert answer.code == "titel:mamba\n^^^^^^"
        assert [action.command for action in answer.actions] == ["follow title:mamba"]
        assert await house.store.subscriptions(CHANNEL) == []
        assert talk.public == []


@pytest.mark.parametrize(
    "words",
    [
        *("", "folow x", "follow", "follow -x", "unfollow 9", "show 7", "show nonsense", "schedule Atlantis"),
        *("export pdf", "pause yesterday", "sources add nonsense", "sources remove nothing", "again 5", "restore 5"),
        *("now please", "help me", "save", "search )(", "follow " + "x " * 2000, "\x00", "🔖", "follow “"),
        "tokenization of molecules",
    ],
)
async def test_whatever_is_typed_gets_one_answer_and_changes_nothing(tmp_path: Path, words: str) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        answer = await talk.says(words)

        assert text(answer)
        assert "went wrong on my side" not in text(answer)
        assert await house.store.channel(CHANNEL) is None
        assert talk.public == []


async def test_the_schedule_is_shown_set_and_kept(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")

        await talk.says("schedule 8:30 daily Berlin max 5")

        state = await house.store.channel(CHANNEL)
        assert state is not None
        assert (state.schedule.zone, state.schedule.most, len(state.schedule.days)) == ("Europe/Berlin", 5, 7)
        assert "08:30 Europe/Berlin" in (await talk.says("schedule")).title
        assert talk.public[-1].startswith("Ada set the digest: 08:30 Europe/Berlin")


async def test_a_pause_keeps_everything_and_a_resumed_channel_gets_what_waited(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await talk.says("pause")
        await announce(house, paper(1))
        for _ in range(3):
            clock.move(days=1)
            await house.plan.due()
            await house.deliver.due()
        assert board.titles() == []

        await talk.says("resume")
        clock.move(minutes=1)
        await house.plan.due()
        await house.deliver.due()

        assert board.titles() == ["Tokenization, part 1"]


async def test_a_pause_with_an_end_ends_by_itself(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await talk.says("pause 3 days")
        await announce(house, paper(1))
        posted_on = []
        for day in range(1, 6):
            clock.move(days=1)
            await house.plan.due()
            if await house.deliver.due():
                posted_on.append(day)

        assert board.titles() == ["Tokenization, part 1"]
        assert posted_on == [4]


async def test_a_reaction_saves_and_taking_it_away_unsaves(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()
        message = f"m{len(board.books)}"

        await typed(house, clock.react("react", message))
        assert [one.paper.title for one in await house.store.saved(ADA)] == ["Tokenization, part 1"]
        assert await house.store.saved(BOB) == []
        await typed(house, clock.react("unreact", message))
        assert await house.store.saved(ADA) == []
        await typed(house, clock.react("react", message, "👍"))
        assert await house.store.saved(ADA) == []


async def test_numbers_on_a_lead_save_those_papers_and_a_bookmark_all(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, *(paper(number) for number in range(1, 6)))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()
        at, lead = next((number, one) for number, (_, one, key) in enumerate(board.books, 1) if key and one.items)

        await typed(house, clock.react("react", f"m{at}", "2️⃣"))
        assert [one.paper.title for one in await house.store.saved(ADA)] == [lead.items[1].title]
        await typed(house, clock.react("react", f"m{at}", "🔖"))
        assert len(await house.store.saved(ADA)) == 5
        await typed(house, clock.react("react", f"m{at}", "9️⃣", BOB))
        assert await house.store.saved(BOB) == []


async def test_reactions_told_twice_and_in_disorder_come_to_the_last_state(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()
        message = f"m{len(board.books)}"
        acts: list[Act] = []
        for kind in ("react", "unreact", "react"):
            clock.move(seconds=1)
            acts.append(clock.react(kind, message))

        for act in (acts[2], acts[0], acts[1], acts[0], acts[2]):
            await typed(house, act)

        assert len(await house.store.saved(ADA)) == 1


async def test_an_act_told_twice_is_worked_on_once(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        house.work()
        act = clock.act("follow tokenization")
        await asyncio.gather(*(house.answer.take(act) for _ in range(4)))
        await asyncio.wait_for(house.answer.answered(act), 5)
        await house.rest()

        assert len([place for place, _, _ in board.books if place.kind == "private"]) == 1


async def test_an_act_taken_before_a_crash_is_worked_on_after_it(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    act = clock.act("follow tokenization")
    async with opened(tmp_path, {"console": board}, clock) as house:
        await house.answer.take(act)
    async with opened(tmp_path, {"console": board}, clock) as house:
        house.work()
        for _ in range(100):
            if await house.store.subscriptions(CHANNEL):
                break
            await asyncio.sleep(0.02)
        await house.rest()

        assert [one.text for one in await house.store.subscriptions(CHANNEL)] == ["tokenization"]


async def test_now_sends_what_is_waiting_and_the_scheduled_digest_still_comes(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1))

        assert (await talk.says("now")).title == "Sending 1 paper."
        await house.deliver.due()
        assert (await talk.says("now")).title == "Nothing is waiting."
        await announce(house, paper(2))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()

        assert board.titles() == ["Tokenization, part 1", "Tokenization, part 2"]


async def test_what_one_person_saved_nobody_else_sees(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), news=False)
        await talk.says("search tokenization")
        await talk.says("save 1")

        assert "1 paper" in (await talk.says("saved")).title
        assert "Nothing saved" in (await talk.says("saved", BOB)).title
        assert "Nothing saved" in (await talk.says("export bibtex", BOB)).title


async def test_a_feed_that_breaks_once_says_so_and_forgets_nothing(tmp_path: Path) -> None:
    said = await dialogue(tmp_path, "sources add {server}/feeds/lab.xml", "next", "next", "sources", "next", "sources")

    assert "Added: 127.0.0.1" in said[1]
    assert "its address now shows something else than a feed" in " ".join(said[4].split())
    assert "127.0.0.1: ok" in said[6]


async def test_a_source_that_comes_back_is_asked_at_its_new_address_as_if_it_were_new(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        await house.store.add_source("feed:lab", "feed", "https://lab.example/old", "console/terminal", "Lab")
        await house.store.asked("feed:lab", "cursor", Health(), clock(), clock())
        await house.store.remove_source("feed:lab", "console/terminal")
        await house.store.add_source("feed:lab", "feed", "https://lab.example/new", "console/terminal", "Lab")
        (state,) = await house.store.sources_for(CHANNEL)

    assert (state.url, state.cursor, state.asked) == ("https://lab.example/new", "", None)


async def test_a_feed_at_a_private_address_is_refused(tmp_path: Path) -> None:
    _, said = (await dialogue(tmp_path, "sources add http://127.0.0.1:1/feed"))[:2]

    assert "Not added" in said
