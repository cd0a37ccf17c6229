"""Dialogues: what many people like, and never who."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.models import Channel, Message, Paper, Person
from tests.rigs.channel import Noticeboard
from tests.rigs.house import CHANNEL, Hands, announce, opened, paper
from tests.test_understanding import Talk, commands_of, text

PEOPLE = tuple(Person("console", "terminal", f"u{number}", f"Person{number}", zone="UTC") for number in range(5))
ELSEWHERE = Channel("console", "terminal", "elsewhere")


def upvoted(number: int, upvotes: int) -> Paper:
    """A paper of Hugging Face's list."""
    return replace(paper(number), upvotes=upvotes, sources=("huggingface",))


def groups(message: Message) -> dict[str, list[str]]:
    """Titles under their headings."""
    found: dict[str, list[str]] = {}
    for item in message.items:
        found.setdefault(item.group, []).append(item.title)
    return found


async def test_what_three_people_saved_here_is_counted_and_nobody_is_named(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1), paper(2), paper(3))
        for person in PEOPLE[:4]:
            await talk.says("save 2604.00002", person)
        for person in PEOPLE[:3]:
            await talk.says("save 2604.00001", person)
        for person in PEOPLE[:2]:
            await talk.says("save 2604.00003", person)

        told = await talk.says("trending", PEOPLE[4])

        assert told.title == "Trending in the last week"
        assert groups(told) == {"Most saved here": ["Tokenization, part 2", "Tokenization, part 1"]}
        assert [item.facts[-1] for item in told.items] == ["saved by 4 people", "saved by 3 people"]
        assert "Person" not in text(told)
        assert (await talk.says("save 1", PEOPLE[4])).title == "Saved: Tokenization, part 2"


async def test_below_three_people_there_is_no_number_at_all(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1))
        for person in PEOPLE[:3]:
            await talk.says("save 2604.00001", person)
        await talk.says("unsave 2604.00001", PEOPLE[0])

        told = await talk.says("trending")

        assert told.title == "Nothing stands out in the last week."
        assert text(told) == "Nothing stands out in the last week."
        assert commands_of(told) == ["trending month"]


async def test_what_was_saved_elsewhere_or_long_ago_does_not_count(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await talk.says("follow tokenization", channel=ELSEWHERE)
        await announce(house, paper(1), paper(2))
        for person in PEOPLE[:3]:
            await talk.says("save 2604.00001", person, channel=ELSEWHERE)
            await talk.says("save 2604.00002", person)
        clock.move(days=8)

        assert (await talk.says("trending")).items == ()
        assert groups(await talk.says("trending month")) == {"Most saved here": ["Tokenization, part 2"]}
        there = await talk.says("trending month", channel=ELSEWHERE)
        assert groups(there) == {"Most saved here": ["Tokenization, part 1"]}
        clock.move(days=30)
        assert (await talk.says("trending month")).items == ()


async def test_reactions_count_as_saves_do(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, paper(1))
        (message,) = await talk.morning()
        for person in PEOPLE[:3]:
            act = clock.react("react", message, person=person)
            await house.answer.take(act)
            await house.answer.one(act)

        assert groups(await talk.says("trending")) == {"Most saved here": ["Tokenization, part 1"]}


async def test_the_most_upvoted_come_behind_and_a_paper_of_both_lists_is_told_once(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow diffusion")
        liked = [upvoted(number, upvotes) for number, upvotes in ((1, 5), (2, 80), (3, 0), (4, 31))]
        await announce(house, *liked, source="huggingface")
        await announce(house, paper(5))
        for person in PEOPLE[:3]:
            await talk.says("save 2604.00002", person)

        told = await talk.says("trending week")

        assert groups(told) == {
            "Most saved here": ["Tokenization, part 2"],
            "Most upvoted on Hugging Face": ["Tokenization, part 4", "Tokenization, part 1"],
        }
        assert "80 upvotes on Hugging Face" in text(told.items[0])
        assert (await talk.says("save 3")).title == "Saved: Tokenization, part 1"


async def test_a_new_channel_is_shown_what_is_upvoted_and_told_of_the_rest(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, upvoted(1, 9), source="huggingface")

        told = await talk.says("trending")

        assert groups(told) == {"Most upvoted on Hugging Face": ["Tokenization, part 1"]}
        assert told.note == ""

        # what everybody saved differs: only now there is something to say
        await announce(house, paper(2), paper(3))
        for number, person in enumerate(PEOPLE[:3], start=1):
            await talk.says(f"save 2604.{number:05}", person)
        assert (await talk.says("trending")).note == "No paper was saved here by 3 people or more."


async def test_another_workspace_sees_neither_the_papers_nor_the_counts(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    cleo, lab = Person("console", "other", "cleo", "Cleo"), Channel("console", "other", CHANNEL.id)
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await talk.says("follow tokenization", cleo, channel=lab)
        await house.store.add_source("feed:own", "feed", "https://own.example/feed", "console/terminal")
        own = replace(paper(1), identifiers=("guid:1",), sources=("feed:own",))
        await announce(house, own, source="feed:own")
        for person in PEOPLE[:3]:
            await talk.says("save p1", person)

        assert groups(await talk.says("trending")) == {"Most saved here": ["Tokenization, part 1"]}
        assert (await talk.says("trending", cleo, channel=lab)).items == ()


async def test_another_span_gets_the_two_there_are(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        told = await talk.says("trending <b>year</b>")

        assert text(told) == "Say `trending week` or `trending month`."
        assert commands_of(told) == ["trending"]
