"""A person's own reading list: saved by word and by reaction, noted, found again, exported, kept."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pybtex.database import parse_string

from bot.models import Channel, Message, Paper, Person
from bot.ports import Intent
from bot.reading import LONGEST, Position, note, wanted
from jobs.house import House
from tests.rigs.channel import Noticeboard
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened, paper, typed

ELSEWHERE = Channel("console", "terminal", "elsewhere")


def text(message: Message) -> str:
    """Everything that a message says."""
    own = [message.title, *message.facts, message.body, message.note]
    return "\n".join([line for line in own if line] + [text(item) for item in message.items])


class Talk:
    """A house with somebody who types and reacts; what is said privately comes back."""

    def __init__(self, house: House, board: Noticeboard, clock: Hands) -> None:
        self.house, self.board, self.clock = house, board, clock

    async def says(self, words: str, person: Person = ADA, channel: Channel = CHANNEL, message: str = "") -> Message:
        (answer,) = await self.hears(words, person, channel, message)
        return answer

    async def hears(
        self, words: str, person: Person = ADA, channel: Channel = CHANNEL, message: str = ""
    ) -> list[Message]:
        before = len(self.board.books)
        act = self.clock.act(words, person, channel)
        await typed(self.house, replace(act, message=message))
        return self._private(before)

    async def reacts(self, kind: str, message: str, emoji: str = "🔖", person: Person = ADA) -> list[Message]:
        before = len(self.board.books)
        await typed(self.house, self.clock.react(kind, message, emoji, person))
        return self._private(before)

    async def presses(self, message: Message, label: str, person: Person = ADA, **answers: str) -> Message:
        """Press the first button of that label, in the message or at its first item that has one."""
        everywhere = [*message.actions, *(action for item in message.items for action in item.actions)]
        action = next(one for one in everywhere if one.label == label)
        assert len(action.command) <= 90
        command = action.command
        for name, answer in answers.items():
            assert name in {ask.name for ask in action.ask}
            command = command.replace(f"{{{name}}}", answer)
        return await self.says(command.strip(), person)

    async def titles(self, person: Person = ADA) -> list[str]:
        return [one.paper.title for one in await self.house.store.saved(person)]

    def _private(self, before: int) -> list[Message]:
        return [message for place, message, _ in self.board.books[before:] if place.kind == "private"]


@contextlib.asynccontextmanager
async def lab(folder: Path, *papers: Paper) -> AsyncIterator[Talk]:
    """A house that knows these papers, and somebody who types."""
    board, clock = Noticeboard(), Hands()
    async with opened(folder, {"console": board}, clock) as house:
        await announce(house, *papers, news=False)
        yield Talk(house, board, clock)


# ---------------------------------------------------------------------------------------------- saving


async def test_the_first_save_of_all_is_explained_and_later_ones_are_not(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1), paper(2)) as talk:
        first = await talk.says("save 2604.00001")
        second = await talk.says("save 2604.00002")
        assert "It is on your own reading list" in first.note
        assert second.note == ""

        for number in (1, 2):
            await talk.says(f"unsave 2604.0000{number}")
        assert (await talk.says("save 2604.00001")).note == "", "an empty list is not a first time"


async def test_removing_is_undone_with_note_tags_and_key(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        await talk.says("note 2604.00001 read it #todo")
        await talk.says("export bibtex")
        removed = await talk.says("unsave 2604.00001")
        assert await talk.titles() == []

        await talk.presses(removed, "Undo")

        (entry,) = await talk.house.store.saved(ADA)
        assert (entry.note, entry.tags, entry.key) == ("read it", ("todo",), "example2026tokenization")


# ------------------------------------------------------------------------------------------- reactions


async def posted(talk: Talk, *papers: Paper) -> None:
    """A digest of these papers is posted."""
    await talk.says("follow tokenization")
    await announce(talk.house, *papers)
    await talk.says("now")
    await talk.house.deliver.due()


async def test_reactions_save_silently_but_for_the_first_and_their_removal_unsaves(tmp_path: Path) -> None:
    async with lab(tmp_path) as talk:
        await posted(talk, paper(1), paper(2))
        one, two = [
            f"m{number}" for number, (_, message, key) in enumerate(talk.board.books, 1) if key and message.title
        ]

        (answer,) = await talk.reacts("react", one)
        assert "It is on your own reading list" in answer.note
        assert await talk.reacts("react", two) == []
        assert len(await talk.titles()) == 2
        assert await talk.reacts("unreact", one) == []
        assert await talk.reacts("unreact", two) == []
        assert await talk.titles() == []
        assert await talk.reacts("react", two) == [], "the first save is answered once"
        assert len(await talk.titles()) == 1


async def test_numbers_on_a_lead_save_that_one_and_a_bookmark_saves_all(tmp_path: Path) -> None:
    async with lab(tmp_path) as talk:
        await posted(talk, *map(paper, range(1, 6)))
        lead = next(f"m{n}" for n, (place, message, key) in enumerate(talk.board.books, 1) if key and message.items)

        await talk.reacts("react", lead, "2\ufe0f\u20e3")
        assert len(await talk.titles()) == 1
        await talk.reacts("react", lead, "🎉")
        assert len(await talk.titles()) == 1
        await talk.reacts("react", lead)
        assert len(await talk.titles()) == 5
        await talk.reacts("react", lead, person=BOB)
        assert len(await talk.titles(BOB)) == 5


async def test_a_reaction_faster_than_the_record_of_its_message_waits_for_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as talk:
        quick: list[asyncio.Task[None]] = []

        async def react() -> None:
            # the platform shows the message, and our side has not heard of it yet
            act = talk.clock.react("react", f"m{len(talk.board.books)}")
            await talk.house.answer.take(act)
            (claimed,) = await talk.house.store.acts(talk.clock(), timedelta(seconds=60))
            await talk.house.answer.one(claimed)

        def after(_place: object, _message: Message) -> None:
            quick.append(asyncio.create_task(react()))

        talk.board.after = after
        await talk.says("follow tokenization")
        await announce(talk.house, paper(1))
        await talk.says("now")
        (delivery,) = await talk.house.store.claim(talk.clock(), timedelta(seconds=60), ["console"])
        # the platform has it; the answer to us is still on its way while somebody reacts
        store, settle = talk.house.store, talk.house.store.settle
        held: list[object] = []

        async def slow(outcome: object) -> None:
            held.append(outcome)

        store.settle = slow  # type: ignore[method-assign]
        await talk.house.deliver.one(delivery)
        await asyncio.gather(*quick)
        assert await talk.titles() == []
        assert await talk.hears("saved") != [], "other things they type are not held up"

        await settle(held[0])  # type: ignore[arg-type]
        talk.clock.move(seconds=2)
        for act in await talk.house.store.acts(talk.clock(), timedelta(seconds=60)):
            await talk.house.answer.one(act)

        assert await talk.titles() == ["Tokenization, part 1"]


async def test_a_reaction_at_somebody_elses_message_waits_no_longer_than_ten_minutes(tmp_path: Path) -> None:
    async with lab(tmp_path) as talk:
        await talk.says("follow tokenization")
        await announce(talk.house, paper(1))
        await talk.says("now")
        (delivery,) = await talk.house.store.claim(talk.clock(), timedelta(seconds=60), ["console"])
        await talk.house.store.sending(Intent(delivery, Message("x"), talk.clock(), timedelta(seconds=60)))
        act = talk.clock.react("react", "m-of-somebody")
        await typed(talk.house, act)
        assert await talk.house.store.undone(act)

        talk.clock.move(minutes=11)
        for one in await talk.house.store.acts(talk.clock(), timedelta(seconds=60)):
            await talk.house.answer.one(one)

        assert not await talk.house.store.undone(act)
        assert await talk.titles() == []


async def test_a_reaction_that_waits_is_forgotten_with_its_person(tmp_path: Path) -> None:
    async with lab(tmp_path) as talk:
        await talk.says("follow tokenization")
        await announce(talk.house, paper(1))
        await talk.says("now")
        (delivery,) = await talk.house.store.claim(talk.clock(), timedelta(seconds=60), ["console"])
        await talk.house.store.sending(Intent(delivery, Message("x"), talk.clock(), timedelta(seconds=60)))
        act = talk.clock.react("react", "m9")
        await typed(talk.house, act)

        await talk.house.store.forget(ADA, talk.clock())

        assert not await talk.house.store.undone(act)


async def test_a_reaction_in_a_quiet_channel_does_not_wait(tmp_path: Path) -> None:
    async with lab(tmp_path) as talk:
        act = talk.clock.react("react", "m-of-somebody")
        await typed(talk.house, act)
        assert not await talk.house.store.undone(act)


# ----------------------------------------------------------------------------------------------- notes


async def test_a_note_saves_what_was_not_saved_and_comes_back(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        answer = await talk.says("note 2604.00001 read section 3 #ToDo #ml")
        assert answer.title == "Saved, with your note: Tokenization, part 1"
        assert answer.facts == ("read section 3", "#ml #todo")
        changed = await talk.says("note 2604.00001 other words")
        assert changed.title == "Note changed: Tokenization, part 1"
        assert (await talk.presses(changed, "Undo")).facts == ("read section 3", "#ml #todo")
        await talk.says("note 2604.00001 other words")

        shown = await talk.says("note 2604.00001")

        assert (shown.title, shown.facts) == ("Your note: Tokenization, part 1", ("other words",))
        assert await talk.titles(BOB) == []
        assert "No note yet" in (await talk.says("note 2604.00001", BOB)).title


async def test_an_empty_note_removes_it_and_undo_brings_it_back(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        for nothing in ("note 1:", "note 1 -", 'note 1 ""'):
            await talk.says("note 2604.00001 keep this #todo")
            await talk.says("saved")
            removed = await talk.says(nothing)
            assert removed.title == "Note removed: Tokenization, part 1"
            assert (await talk.says("note 1")).title == "No note yet: Tokenization, part 1"
            assert await talk.titles() == ["Tokenization, part 1"]
            back = await talk.presses(removed, "Undo")
            assert back.facts == ("keep this", "#todo")


async def test_the_form_of_a_note_holds_what_was_noted_and_may_be_emptied(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        await talk.says('note 2604.00001 she said "yes" #todo')
        page = await talk.says("saved")
        form = next(action for action in page.items[0].actions if action.label == "Note")
        assert [ask.value for ask in form.ask] == ['she said "yes" #todo']

        await talk.presses(page, "Note", note=f"{form.ask[0].value} #later")
        assert (await talk.says("note 1")).facts == ('she said "yes"', "#later #todo")
        await talk.presses(page, "Note", note="")
        assert (await talk.says("note 1")).title.startswith("No note yet")


async def test_in_a_papers_own_thread_its_name_may_be_left_out(tmp_path: Path) -> None:
    async with lab(tmp_path) as talk:
        await posted(talk, paper(1))
        message = next(f"m{n}" for n, (_, one, key) in enumerate(talk.board.books, 1) if key and one.title)

        assert (await talk.says("note worth a second look #todo", message=message)).facts[0] == "worth a second look"
        assert (await talk.says("note", message=message)).facts == ("worth a second look", "#todo")
        assert "Say which paper" in text(await talk.says("note worth a second look"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("x" * (LONGEST + 1), "at most 2,000 characters; this one has 2,001"),
        (" ".join(f"#tag{n}" for n in range(21)), "at most 20 tags; these are 21"),
        (f"#{'y' * 41}", "at most 40 characters; this one has 41"),
    ],
)
async def test_each_limit_of_a_note_is_a_sentence_and_changes_nothing(tmp_path: Path, words: str, said: str) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        assert said in text(await talk.says(f"note 2604.00001 {words}"))
        assert await talk.titles() == []


async def test_hostile_words_stay_words(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        hostile = "'; DROP TABLE saves; -- {note} {format} <@U1> @everyone \x00\x1b[31m \u202egnp.exe #'; #a'b %s"
        await talk.says(f"note 2604.00001 {hostile}")

        (entry,) = await talk.house.store.saved(ADA)

        assert entry.note == "'; DROP TABLE saves; -- {note} {format} <@U1> @everyone [31m gnp.exe #'; a'b %s"
        assert entry.tags == ("a",)


@pytest.mark.parametrize(
    ("typed_words", "words", "tags"),
    [
        ("#todo", "", ("todo",)),
        ("C# and issue #3, page #12", "C# and issue #3, page #12", ()),
        ("compare with #Mamba at once #todo", "compare with Mamba at once", ("mamba", "todo")),
        ("https://x.org/a#part", "https://x.org/a#part", ()),
        ("#Überblick #überblick", "", ("überblick",)),
        ("  many\n lines\t here ", "many lines here", ()),
        ("something #ML #ml #très-bon #a/b", "something", ("a/b", "ml", "très-bon")),
        ("#a/ and /#b", "a/ and /#b", ("a",)),
    ],
)
def test_a_note_is_read_as_its_writer_meant_it(typed_words: str, words: str, tags: tuple[str, ...]) -> None:
    read = note(typed_words)
    assert (read.text, read.tags) == (words, tags)
    assert note(read.typed) == read


# -------------------------------------------------------------------------------------------- the list


async def filled(talk: Talk, many: int) -> None:
    """So many papers are saved, one a day, the last one today; every second is tagged."""
    talk.clock.move(days=-many)
    for number in range(1, many + 1):
        talk.clock.move(days=1, seconds=-1)
        await talk.says(f"save 2604.{number:05}")
        if number % 2:
            await talk.says(f"note 2604.{number:05} #odd")


async def test_filters_combine_and_say_how_many_of_how_many(tmp_path: Path) -> None:
    papers = [paper(1, "Mamba one"), paper(2, "Mamba two"), paper(3, "Mamba three"), paper(4, "Vision")]
    async with lab(tmp_path, *papers) as talk:
        await filled(talk, 4)

        assert [item.title for item in (await talk.says("saved")).items] == [
            "Vision",
            "Mamba three",
            "Mamba two",
            "Mamba one",
        ]
        page = await talk.says("saved #odd mamba since:3d")
        assert [item.title for item in page.items] == ["Mamba three"]
        assert page.title == "Your reading list: 1 of 4 papers · #odd mamba since:3d"
        assert (await talk.says("saved mamba #odd")).title == "Your reading list: 2 of 4 papers · #odd mamba"
        assert "Tags: #odd 2." in page.note
        assert (await talk.says("saved #odd #even")).title == "Nothing on your list is tagged #even."
        assert "Nothing on your list for diffusion" in (await talk.says("saved diffusion")).title
        assert (await talk.says("saved", BOB)).title == "Nothing saved yet."


@pytest.mark.parametrize(
    ("since", "many"),
    [("7d", 7), ("2w", 13), ("april", 13), ("2026-04", 13), ("2026-04-10", 4), ("monday", 1), ('"12 Apr"', 2)],
)
async def test_since_is_understood_as_people_write_it(tmp_path: Path, since: str, many: int) -> None:
    async with lab(tmp_path, *map(paper, range(1, 14))) as talk:
        await filled(talk, 13)
        found = "13 papers" if many == 13 else f"{many} of 13 papers"
        assert (await talk.says(f"saved since:{since}")).title.startswith(f"Your reading list: {found}")


@pytest.mark.parametrize("words", ["saved since:foo", "saved since:2031", "saved before:nonsense/p1", "saved since:"])
async def test_a_date_that_is_none_is_said_and_changes_nothing(tmp_path: Path, words: str) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        await talk.says("save 2604.00001")
        answer = await talk.says(words)
        assert "is no date in the past" in text(answer) or not answer.items


async def test_a_wrong_query_is_marked_in_its_place_with_the_filters_kept(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        answer = await talk.says("export csv #todo (mamba since:7d")
        assert answer.code == f"csv #todo (mamba since:7d\n{' ' * 10}{'^' * 15}"
        assert [action.command for action in answer.actions] == ["export csv #todo since:7d (mamba)"]


async def test_pages_are_turned_by_position_whatever_was_removed_or_added_meanwhile(tmp_path: Path) -> None:
    async with lab(tmp_path, *map(paper, range(1, 26))) as talk:
        await filled(talk, 25)
        page = await talk.says("saved")
        assert page.title == "Your reading list: 25 papers, 1 to 10"
        read = [item.title for item in page.items]
        assert (await talk.says("show 10")).title == read[9]

        await talk.says("unsave 2604.00016")  # the last one of the page
        page = await talk.presses(page, "More")
        read += [item.title for item in page.items]
        assert page.title == "Your reading list: 24 papers, 10 to 19"
        assert page.first == 10
        assert (await talk.says("show 10")).title == read[10]
        assert (await talk.says("show 1")).title == read[0], "the page before keeps its numbers"
        await talk.says("unsave 2604.00025")
        await talk.says("save 2604.00025")
        page = await talk.presses(page, "More")
        read += [item.title for item in page.items]

        assert read == [f"Tokenization, part {number}" for number in range(25, 0, -1)]
        assert not [action for action in page.actions if action.label == "More"]


async def test_ten_saved_in_one_moment_are_parted_into_pages_too(tmp_path: Path) -> None:
    async with lab(tmp_path, *map(paper, range(1, 13))) as talk:
        for number in range(1, 13):
            await talk.house.store.save(ADA, f"p{number}", talk.clock(), "1")
        page = await talk.says("saved")
        rest = await talk.presses(page, "More")
        assert len({item.title for item in (*page.items, *rest.items)}) == 12


async def test_filters_too_long_for_a_button_turn_pages_all_the_same(tmp_path: Path) -> None:
    async with lab(tmp_path, *map(paper, range(1, 13))) as talk:
        await filled(talk, 12)
        words = "saved (tokenization OR segmentation OR vocabularies OR quantization OR distillation) since:2w"
        page = await talk.says(words)
        rest = await talk.presses(page, "More")
        assert len(rest.items) == 2
        assert len((await talk.presses(rest, "Back")).items) == 10


async def test_each_entry_has_its_buttons(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1), paper(2)) as talk:
        await talk.says("save 2604.00001")
        page = await talk.says("saved")
        assert [action.label for action in page.items[0].actions] == ["Remove", "Note", "Similar"]
        assert "most like" in (await talk.presses(page, "Similar")).title
        await talk.presses(page, "Remove")
        assert await talk.titles() == []


async def test_the_list_follows_the_person_into_every_channel(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        await talk.says("note 2604.00001 here #todo")
        assert "1 paper" in (await talk.says("saved #todo", channel=ELSEWHERE)).title


# --------------------------------------------------------------------------------------------- exports


@pytest.mark.parametrize("kind", ["bibtex", "ris", "csl", "csv", "markdown"])
async def test_every_kind_of_file_takes_the_same_filters_and_is_for_one_person_alone(tmp_path: Path, kind: str) -> None:
    async with lab(tmp_path, paper(1, "Mamba one"), paper(2, "Vision two")) as talk:
        await talk.says("note 2604.00001 the good one #todo")
        await talk.says("save 2604.00002")
        answer = await talk.says(f"export {kind} #todo")

        assert answer.file is not None
        assert "Mamba" in answer.file.content
        assert "Vision" not in answer.file.content
        assert "todo" in answer.file.content
        assert answer.title.startswith("1 of 2 papers as papers.")
        assert all(message.file is None for place, message, _ in talk.board.books if place.kind != "private")
        assert (await talk.says(f"export {kind}", BOB)).file is None


async def test_a_citation_key_is_never_given_to_another_paper(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1), paper(2)) as talk:
        await talk.says("save 2604.00001")
        await talk.says("export bibtex")
        await talk.says("unsave 2604.00001")
        await talk.says("save 2604.00002")  # the same author, year and word: it would have the same key
        await talk.says("export bibtex")
        await talk.says("save 2604.00001")

        file = (await talk.says("export bibtex")).file

        assert file is not None
        entries = parse_string(file.content, "bibtex").entries
        assert {key: entry.fields["eprint"] for key, entry in entries.items()} == {
            "example2026tokenization": "2604.00001",
            "example2026tokenization-260400002": "2604.00002",
        }


async def test_the_export_button_and_the_other_words_for_a_kind_work(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1)) as talk:
        await talk.says("note 2604.00001 #todo")
        page = await talk.says("saved #todo")
        file = (await talk.presses(page, "Export", format="ris")).file
        assert file is not None
        assert file.name == "papers.ris"
        for word, name in (("md", "papers.md"), ("json", "papers.json"), ("BIB", "papers.bib"), ("", "papers.bib")):
            file = (await talk.says(f"export {word}")).file
            assert file is not None
            assert file.name == name
        for wrong, right in (("pdf", "export bibtex"), ("#todo since:7d", "export bibtex #todo since:7d")):
            answer = await talk.says(f"export {wrong}")
            assert "I write bibtex, ris, csl, csv and markdown." in answer.body
            assert [action.command for action in answer.actions] == [right]


# ------------------------------------------------------------------------------------------------ kept


async def test_a_saved_paper_is_whole_when_its_message_is_gone_and_after_years(tmp_path: Path) -> None:
    async with lab(tmp_path) as talk:
        await posted(talk, paper(1), paper(2))
        await talk.says("note 2604.00001 mine #todo")
        await talk.says("follow tokenization")
        for days in (3, 181, 400):
            talk.clock.move(days=days)
            await talk.house.store.tidy(talk.clock())

        (entry,) = await talk.house.store.saved(ADA)
        assert (entry.paper.abstract, entry.note, entry.tags) == ("We study tokenization in depth.", "mine", ("todo",))
        assert "We study tokenization" in text(await talk.says("show 2604.00001"))
        found = await talk.says("search tokenization")
        assert [item.title for item in found.items] == ["Tokenization, part 1"], "and the other one is forgotten"
        file = (await talk.says("export csl")).file
        assert file is not None
        assert "We study tokenization" in file.content


async def test_two_papers_that_prove_to_be_one_keep_both_notes(tmp_path: Path) -> None:
    async with lab(tmp_path, paper(1), Paper("", "Another name", identifiers=("doi:10.1101/x",))) as talk:
        await talk.says("note 2604.00001 first words #a")
        await talk.says("note 10.1101/x second words #b")

        both = Paper("", "Tokenization, part 1", identifiers=("arxiv:2604.00001", "doi:10.1101/x"))
        await announce(talk.house, both, news=False)

        (entry,) = await talk.house.store.saved(ADA)
        assert (entry.note, entry.tags) == ("first words · second words", ("a", "b"))


def test_the_moment_of_a_page_reads_back_to_the_microsecond() -> None:
    moment = datetime(2026, 4, 13, 7, 0, 1, 123456, tzinfo=UTC)
    assert wanted(f"before:{Position(moment, 'p17')}", moment, "Asia/Tokyo").before == Position(moment, "p17")
