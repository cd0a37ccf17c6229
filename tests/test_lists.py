"""Lists of papers: each paper has its buttons, a second page goes on with the numbers of the first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.models import Message, Question
from jobs.answer.desk import split
from jobs.house import House
from tests.rigs.channel import Noticeboard
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened, paper
from tests.test_understanding import Talk, text


def labels(message: Message) -> list[str]:
    return [action.label for action in message.actions]


def command(message: Message, label: str) -> str:
    return next(action.command for action in message.actions if action.label == label)


async def saved(house: House) -> list[str]:
    """The arXiv ids on Ada's list, in order."""
    return sorted(one.paper.identifier("arxiv") for one in await house.store.saved(ADA))


async def test_a_search_is_read_page_by_page_and_every_number_stays(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, *(paper(number) for number in range(1, 15)), news=False)

        first = await talk.says("search Tokenizers")
        assert first.title == "14 papers about Tokenizers, the newest 10"
        assert labels(first) == ["More", "Follow"]
        assert [action.label for action in first.items[0].actions] == ["Save", "Abstract", "Similar"]

        second = await talk.says(command(first, "More"))
        assert (second.title, second.first) == ("14 papers about Tokenizers, 11 to 14", 11)
        assert labels(second) == ["Follow"]
        assert len({item.title for item in (*first.items, *second.items)}) == 14
        assert (await talk.says("show 12")).title == second.items[1].title
        assert (await talk.says("show 2")).title == first.items[1].title

        nothing = await talk.says("search from:21 Tokenizers")
        assert nothing.title == "I have read no more papers about Tokenizers."
        assert (await talk.says("search cat:cs.CL")).title == "14 papers in cs.CL, the newest 10"
        wrong = await talk.says("search from:11 (mamba")
        assert "search (mamba)" in [action.command for action in wrong.actions]


@pytest.mark.parametrize("words", ["search tokenization", "catchup", "similar 2604.00009", "trending"])
async def test_a_paper_on_the_readers_own_list_is_not_offered_to_be_saved(tmp_path: Path, words: str) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, *(replace(paper(number), upvotes=number) for number in (1, 2, 9)), source="huggingface")
        await talk.says("save 2604.00001")
        (mine,) = [one.paper for one in await house.store.saved(ADA)]

        first = {item.title: item.actions[0] for item in (await talk.says(words)).items}
        others = {item.title: item.actions[0].label for item in (await talk.says(words, BOB)).items}

        assert first[mine.title].command == f"unsave {mine.id}"
        assert [first[title].label for title in first if title != mine.title] == ["Save"] * (len(first) - 1)
        assert set(others.values()) == {"Save"}


async def test_catching_up_goes_on_with_the_next_best(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, *(paper(number) for number in range(1, 15)))

        first = await talk.says("catchup 2w")
        second = await talk.says(command(first, "More"))

        assert second.title == "The last 14 days: 11 to 14 of 14 papers, best first"
        assert (second.first, labels(second), second.note) == (11, [], "")
        assert len({item.title for item in (*first.items, *second.items)}) == 14
        assert (await talk.says("show 11")).title == second.items[0].title
        assert "Nothing more came" in (await talk.says("catchup from:21 14d")).title


async def test_what_a_digest_had_no_room_for_is_one_press_away(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, *(paper(number) for number in range(1, 12)))
        await announce(house, paper(90), news=False)  # stored, and no news
        await talk.morning()
        lead = next(message for _, message, key in board.books if key and message.items)
        (more,) = lead.actions
        assert more.label == "1 more tokenization"

        waits = await talk.says(more.command)

        assert waits.title == "1 more paper about tokenization, waiting for the next digest"
        (item,) = waits.items
        assert item.title not in {one.title for one in lead.items}
        assert (await talk.says("show 1")).title == item.title
        await talk.morning()
        assert (await talk.says(more.command)).title == "Nothing more about tokenization is waiting."
        assert "about diffusion" in (await talk.says("more diffusion")).title, "what is not followed is searched for"


async def test_a_saved_paper_offers_to_remove_it_and_to_note_it(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, replace(paper(1), categories=("cs.CL", "cs.AI")), news=False)

        shown = await talk.says("show 2604.00001")
        assert labels(shown)[0] == "Save"
        assert labels(shown)[-2:] == ["Similar", "Why"]
        assert text(shown).count("cs.CL") == 1
        assert "also in cs.AI" in shown.facts

        await talk.says("note 2604.00001 read it #todo")
        for words in ("show 2604.00001", "why 2604.00001"):
            assert labels(await talk.says(words))[:2] == ["Remove", "Note"]


async def test_several_papers_are_saved_and_taken_off_at_once(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, *(paper(number) for number in range(1, 6)), news=False)
        await talk.says("search tokenization")

        answer = await talk.says("save 1 2,3")
        assert answer.title == "Saved 3 papers."
        assert "Saved 2 papers; 3 on your list already." in (await talk.says("save 1-5")).title
        assert (await talk.says("save 1 2")).title == "All 2 are on your list already."
        removed = await talk.says("unsave 2604.00001, 2604.00002")
        assert removed.title == "Removed 2 papers."
        assert await saved(house) == ["2604.00003", "2604.00004", "2604.00005"]
        await talk.says(command(removed, "Undo"))
        assert len(await saved(house)) == 5
        await talk.says(command(answer, "Undo"))
        assert len(await saved(house)) == 2

        assert "The last list has no 6" in text(await talk.says("save 1 6"))
        assert len(await saved(house)) == 2, "one that is wrong saves none"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("1 2 3", ["1", "2", "3"]),
        ("1,2;3", ["1", "2", "3"]),
        ("1-3", ["1", "2", "3"]),
        ("1 – 3, 7", ["1", "2", "3", "7"]),
        ("3-1", ["3-1"]),
        ("2604.10102, 2", ["2604.10102", "2"]),
        ("10.1021/a-1,b", ["10.1021/a-1,b"]),
        ("hep-th/9901001", ["hep-th/9901001"]),
        ("1-9999999", ["1-9999999"]),
        ("", []),
    ],
)
def test_papers_are_named_side_by_side(typed: str, names: list[str]) -> None:
    assert split(typed) == names


async def test_a_number_of_the_digest_is_found_when_another_list_was_seen_since(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenization")
        await announce(house, *(paper(number) for number in range(1, 6)))
        await talk.morning()
        second = (await talk.says("show 2")).title
        await talk.says("save 1")
        await talk.says("saved")

        answer = await talk.says("save 2")

        assert answer.body.startswith("Number 2 is in the digest of ")
        assert answer.body.endswith("; the list you saw last has 1 paper.")
        assert labels(answer) == ["Number 2 of the digest"]
        assert (await talk.says(answer.actions[0].command)).title == f"Saved: {second}"
        assert "The last list has no 9" in text(await talk.says("save 9"))


@pytest.mark.parametrize(
    ("words", "said", "offered"),
    [
        ("save zzz", "“zzz” is not a paper. Name it by its number", ["save 1"]),
        ("why zzz", "“zzz” is not a paper. Name it by its number", ["why 1"]),
        ("note", "Which paper? Name it by its number", ["note 1"]),
        ("why 9999.99999", "9999.99999 is not an arXiv id", []),
        ("why 10.1234/foo", "I have not read 10.1234/foo: I know what was announced since ", ["search {title}"]),
        ("show p99", "There is no paper p99 here.", []),
    ],
)
async def test_what_names_no_paper_is_said(tmp_path: Path, words: str, said: str, offered: list[str]) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), paper(2))
        before = await talk.says(words)
        assert [action.command for action in before.actions] == [one for one in offered if not one.endswith(" 1")]
        await talk.says("search tokenization")

        answer = await talk.says(words)

        assert said in answer.body
        assert [action.command for action in answer.actions] == offered


async def test_a_form_that_opens_holds_the_note_as_it_is_by_then(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), news=False)
        form = (await talk.says("save 2604.00001")).actions[1]
        long = "many words " * 90 + "#todo"

        assert form.ask[0].current
        assert await house.answer.ask(Question(CHANNEL, ADA, form.command)) == [""]
        await talk.says(f"note 1604.1 {long}".replace("1604.1", "2604.00001"))
        assert await house.answer.ask(Question(CHANNEL, ADA, form.command)) == [" ".join(long.split())]
        removed = await talk.says("note 2604.00001:")
        assert labels(removed) == ["Undo"]
        assert len(removed.actions[0].command) <= 90
        await talk.says(removed.actions[0].command)
        assert await house.answer.ask(Question(CHANNEL, ADA, f"dm {form.command}")) == [" ".join(long.split())]
