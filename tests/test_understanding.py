"""Dialogues: somebody asks what is near a paper, and why one came here or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.models import Act, Channel, Message, Paper, Person, State
from bot.ports import Refused
from jobs.house import House
from tests.rigs.channel import Noticeboard, failing
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened, paper, typed


class Talk:
    """Somebody who types, and what that person alone is told."""

    def __init__(self, house: House, board: Noticeboard, clock: Hands) -> None:
        self.house, self.board, self.clock = house, board, clock

    async def says(self, words: str, person: Person = ADA, *, channel: Channel = CHANNEL, under: str = "") -> Message:
        """The answer to a command, typed in a channel or under a message."""
        before = len(self.board.books)
        await typed(self.house, replace(self.clock.act(words, person, channel), message=under))
        told = self.board.books[before:]
        assert [place.kind for place, _, _ in told if place.person in (person, None)].count("private") == 1
        return next(message for place, message, _ in told if place.kind == "private")

    async def morning(self) -> list[str]:
        """The next nine o'clock: what is posted then, as the platform's ids of the messages."""
        before, now = len(self.board.books), self.clock()
        nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
        self.clock.moment = nine if nine > now else nine + timedelta(days=1)
        await self.house.plan.due()
        await self.house.deliver.due()
        return [f"m{number}" for number in range(before + 1, len(self.board.books) + 1)]


def text(message: Message) -> str:
    """Everything that a message says."""
    own = [message.title, *message.facts, message.body, message.note]
    return "\n".join([line for line in own if line] + [text(item) for item in message.items])


def commands_of(message: Message) -> list[str]:
    return [action.command for action in message.actions]


def work(number: int, title: str, abstract: str, *authors: str) -> Paper:
    return replace(paper(number, title, abstract), authors=authors or ("Ada Example",))


BYTES = work(1, "Byte-Level Tokenizers", "A tokenizer reads bytes. Morphemes of Finnish stay whole.", "Ada Example")
MORPHS = work(2, "Morphemes and Tokenizers", "Byte-level tokenizers split Finnish morphemes.", "Bob Sample")
CHARS = work(
    3, "Characters of Finnish", "Finnish morphemes are read by characters, without a tokenizer.", "Ada Example"
)
HOLES = work(4, "Black Hole Mergers", "Gravitational waves of binary black holes.", "Cleo Model")


# --------------------------------------------------------------------------------------------- similar


async def test_a_reader_follows_the_trail_from_one_paper_to_the_next(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, BYTES, MORPHS, CHARS, HOLES, news=False)

        near = await talk.says("similar 2604.00001")

        assert near.title == "The two papers most like “Byte-Level Tokenizers”"
        assert [item.title for item in near.items] == ["Morphemes and Tokenizers", "Characters of Finnish"]
        assert near.items[0].facts[-1] == "both are about byte-level tokenizers, morphemes"
        assert near.items[1].facts[-1].endswith("; both by Ada Example")
        assert [action.label for action in near.items[0].actions] == ["Save", "Abstract", "Similar"]

        # the list that was shown is the one that numbers mean
        assert (await talk.says("save 2")).title == "Saved: Characters of Finnish"
        further = await talk.says(near.items[1].actions[-1].command)
        assert further.items[0].title == "Morphemes and Tokenizers"


async def test_nothing_near_is_said_and_the_list_seen_last_stays(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, BYTES, MORPHS, HOLES, news=False)
        await talk.says("search tokenization")

        alone = await talk.says("similar 2604.00004")

        assert alone.title == "I have read nothing like “Black Hole Mergers”"
        assert (await talk.says("show 1")).title in ("Byte-Level Tokenizers", "Morphemes and Tokenizers")


async def test_what_another_workspace_keeps_to_itself_is_never_near(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    elsewhere = Channel("console", "other", "lab")
    cleo = Person("console", "other", "cleo", "Cleo")
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, BYTES, CHARS, news=False)
        await house.store.add_source("feed:other", "feed", "https://other.example/feed", "console/other")
        secret = replace(MORPHS, identifiers=("guid:1",), sources=("feed:other",))
        await announce(house, secret, source="feed:other", news=False)

        here = await talk.says("similar 2604.00001")
        there = await talk.says("similar 2604.00001", cleo, channel=elsewhere)

        assert [item.title for item in here.items] == ["Characters of Finnish"]
        assert [item.title for item in there.items] == ["Morphemes and Tokenizers", "Characters of Finnish"]
        stored = next(item for item in there.items if item.title == "Morphemes and Tokenizers").actions[-1].command
        assert "There is no paper" in text(await talk.says(stored))
        assert "There is no paper" in text(await talk.says(stored.replace("similar", "why")))


# -------------------------------------------------------------------------------------------- why it came


async def test_why_a_paper_was_posted(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization -survey")
        await announce(house, BYTES)
        await talk.morning()

        why = await talk.says("why 1", BOB)

        assert why.title == "Byte-Level Tokenizers"
        assert why.facts == (
            "Posted here today 09:00.",
            "tokenization -survey: “Tokenizers” in the title",
            "arXiv announced it (new), seen today 07:00.",
        )
        assert why.body == "Byte-Level “Tokenizers”"
        assert commands_of(why) == ["save p1", "show p1", "similar p1"]


async def test_why_names_every_topic_and_quotes_the_abstract(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow morpheme")
        await talk.says("follow title:tokenizer")
        await announce(house, BYTES)
        (message,) = await talk.morning()

        why = await talk.says("why", under=message)

        assert "morpheme: “Morphemes” in the abstract" in why.facts
        assert any(fact.startswith("title:tokenizer: “Tokenizers” in the title") for fact in why.facts)
        assert "“" in why.body


async def test_in_a_papers_own_thread_its_name_may_be_left_out(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, BYTES, MORPHS)
        first, _ = await talk.morning()

        assert (await talk.says("why", under=first)).facts[0] == "Posted here today 09:00."
        assert "most like" in (await talk.says("similar", under=first)).title
        assert "Name it by its number" in text(await talk.says("why", under="somebody else's"))
        assert "Name it by its number" in text(await talk.says("why"))


async def test_under_a_lead_a_number_is_asked_for_and_taken(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, *(paper(number) for number in range(1, 6)))
        lead, *_ = await talk.morning()
        await talk.says("search nothing")

        asked = await talk.says("why", under=lead)

        assert text(asked) == "There are 5 papers here: name one of them by its number, 1 to 5."
        assert (await talk.says("why 3", under=lead)).facts[0] == "Posted here today 09:00."


# ------------------------------------------------------------------------------------------- why it did not


async def test_why_a_paper_did_not_come(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        for words in ("tokenization", "mergers -black", "cat:cs.CV mergers", '"gravity waves" OR diffusion'):
            await talk.says(f"follow {words}")
        await announce(house, replace(HOLES, abstract="It counts tokens."))
        await talk.morning()

        why = await talk.says("why 2604.00004")

        assert why.facts == (
            "Not posted here.",
            "tokenization: not in its title or abstract (“tokens” is another word).",
            "mergers -black: it has “Black” in the title, which is left out.",
            "cat:cs.CV mergers: it is in cs.CL.",
            '"gravity waves" OR diffusion: neither “gravity wave” nor diffusion is in its title or abstract.',
            "arXiv announced it (new), seen today 07:00.",
        )


async def test_of_many_topics_the_nearest_misses_are_told(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        for number in range(9):
            await talk.says(f"follow topic{number}x merger{number}")
        await talk.says("follow diffusion")
        await announce(house, HOLES)

        why = await talk.says("why 2604.00004")

        assert why.facts[1] == "diffusion: not in its title or abstract."
        assert "4 other topics followed here do not match it." in why.facts


async def test_a_paper_that_matches_waits_for_the_next_digest(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, BYTES)

        why = await talk.says("why 2604.00001")

        assert why.facts[:2] == ("Not posted here.", "It matches tokenization, and waits for the next digest.")
        assert why.body == "Byte-Level “Tokenizers”"
        assert why.note.startswith("Next digest: ")
        await talk.says("pause")
        assert (await talk.says("why 2604.00001")).note == "Paused."


async def test_a_paper_that_was_left_over_says_behind_how_many(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await talk.says("schedule max 2 daily")
        weak = paper(9, "On words", "We mention tokenization once.")
        await announce(house, weak, *(paper(number) for number in range(1, 7)))
        await talk.morning()

        why = await talk.says("why 2604.00009")

        assert why.facts[1] == (
            "It matches tokenization, but was left over behind 2 better ones on 13 Apr; it waits on."
        )
        for day in range(9):
            await announce(house, *(paper(100 + 10 * day + number) for number in range(3)))
            await talk.morning()
        assert (await talk.says("why 2604.00009")).facts[1].endswith("after a week it waits no more.")


async def test_what_came_before_it_was_followed_says_so(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, BYTES)
        clock.move(hours=1)
        await talk.says("follow tokenization")
        await talk.morning()

        why = await talk.says("why 2604.00001")

        assert why.facts[1] == (
            "It matches tokenization, but came (today 07:00) before that was followed here (today 08:00)."
        )


async def test_what_stood_on_the_first_page_says_so(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, BYTES, news=False)

        why = await talk.says("why 2604.00001")

        assert why.facts[1] == (
            "It matches tokenization, but arXiv listed it already when I first looked, today 07:00: "
            "only what came after is posted."
        )


async def test_what_nobody_announced_says_so(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await house.store.add_source("arxiv", "arxiv")
        await house.store.keep_paper(BYTES, "arxiv", clock())

        why = await talk.says("why 2604.00001")

        assert why.facts == (
            "Not posted here.",
            "It matches tokenization, but no source that is seen here announced it: somebody asked me for it.",
        )


async def test_where_nothing_is_followed_it_says_so(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, BYTES)

        assert (await talk.says("why 2604.00001")).facts[:2] == ("Not posted here.", "Nothing is followed here.")


async def test_what_the_platform_did_not_take_is_offered_again(tmp_path: Path) -> None:
    board, clock = Noticeboard(before=failing(Refused("the title is too odd"))), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, BYTES)
        await talk.morning()

        why = await talk.says("why 2604.00001")

        assert why.facts[0] == "Set aside on 13 Apr: The title is too odd."
        assert [trouble.state for trouble in await house.store.troubles(CHANNEL)] == [State.PARKED]
        assert (why.actions[0].label, why.actions[0].command.split()[0]) == ("Send it again", "again")
        await talk.says(why.actions[0].command)
        await house.deliver.due()
        assert (await talk.says("why 2604.00001")).facts[0].startswith("Posted here ")


# ----------------------------------------------------------------------------------------- whatever is typed


@pytest.mark.parametrize("words", ["similar", "why", "similar 7", "why nonsense", "why p99", "similar \x00", "why 🔖"])
async def test_whatever_is_typed_gets_one_private_answer(tmp_path: Path, words: str) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        answered = await Talk(house, board, clock).says(words)

        assert text(answered)
        assert "went wrong on my side" not in text(answered)


async def test_both_may_be_asked_twice_and_change_nothing(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, BYTES, MORPHS)
        before = await house.store.channel(CHANNEL)

        acts: list[Act] = [clock.act(words) for words in ("why 2604.00001", "similar 2604.00001")]
        for act in (*acts, *acts):
            await house.answer.take(act)
            await house.answer.one(act)

        assert await house.store.channel(CHANNEL) == before
        assert len(await house.store.waiting(CHANNEL)) == 2
