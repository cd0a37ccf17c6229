"""Dialogues about following: the latest posted here, several topics, the words that were typed, no topic at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.models import Channel
from jobs.answer.following import MOST_TOPICS
from jobs.answer.proposals import LONGEST
from tests.rigs.channel import Noticeboard
from tests.rigs.house import BOB, CHANNEL, Hands, announce, opened, paper, typed
from tests.rigs.recent import about, buttons, crowded, past, week
from tests.test_answer import Talk, text

ELSEWHERE = Channel("console", "terminal", "elsewhere")


# ------------------------------------------------------------------------------------- posting the latest here


async def test_the_latest_are_posted_once_and_never_come_again(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, *(paper(number) for number in range(1, 5)), news=False)
        answer = await talk.says("follow tokenization")
        act = clock.act(buttons(answer)["Post these three here"])

        await typed(house, act)
        # the answer was lost, and the process with it: the act is worked on again
        await house.answer.one(act)
        await house.deliver.due()
        again = await talk.says(act.text, BOB)

        assert sorted(board.titles()) == sorted(item.title for item in answer.items)
        assert again.title == "Nothing to post: this channel had them before."
        posted = [message for _, message, key in board.books if key]
        assert all("tokenization: “Tokenization” in the title" in text(message) for message in posted)
        await announce(house, *(paper(number) for number in range(1, 5)))
        await talk.says("now")
        await house.deliver.due()
        assert len(board.titles()) == 3


async def test_only_papers_of_a_topic_that_is_followed_are_posted(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), about(2, "Black Holes"), news=False)
        await talk.says("follow tokenization")

        assert "Nothing to post" in text(await talk.says("post 1 p2"))
        for words in ("post", "post 1", "post 9 p1", "post one p1"):
            assert "I post papers of a topic" in text(await talk.says(words))
        await house.deliver.due()
        assert board.titles() == []


# ------------------------------------------------------------------------------------------- several topics


async def test_two_topics_or_one_is_answered_by_a_button(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        asked = await talk.says("follow knowledge graph, mamba")
        two = await talk.says(buttons(asked)["Two topics"])
        one = await talk.says(buttons(asked)["One topic"], channel=ELSEWHERE)

        assert two.title == "Following 2 new topics."
        assert [one.text for one in await house.store.subscriptions(CHANNEL)] == ["graph knowledge", "mamba"]
        assert one.title.startswith("Following papers about")
        assert [one.text for one in await house.store.subscriptions(ELSEWHERE)] == ["graph knowledge mamba"]


async def test_a_topic_named_twice_is_one(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        asked = await talk.says("follow mamba, knowledge graph, Mamba, mamba")
        assert asked.title == "Are these two topics, or one?"
        assert (await talk.says(buttons(asked)["Two topics"])).title == "Following 2 new topics."
        assert (await talk.says("follow diffusion, diffusion")).title.startswith("Following papers about diffusion")


async def test_a_button_stands_for_any_length_of_query_and_belongs_to_one_person(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    many = " OR ".join(f"(retrieval sparse{n})" for n in range(12))
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        asked = await talk.says(f"follow mamba, {many}")

        assert all(len(command) <= LONGEST for command in buttons(asked).values())
        assert "do not remember" in text(await talk.says(buttons(asked)["Two topics"], BOB))
        assert (await talk.says(buttons(asked)["Two topics"])).title == "Following 2 new topics."
        first, second = await house.store.subscriptions(CHANNEL)
        assert first.text == "mamba"
        assert len(second.text) > LONGEST
        for name in ("", "zzzzzzzz", "../../etc", "🔖"):
            assert "do not remember" in text(await talk.says(f"accept {name}"))


async def test_what_list_text_prints_is_followed_all_at_once_elsewhere(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    queries = (
        '"knowledge graph" -survey',
        "title:mamba",
        "RAG OR LoRA",
        'author:"Yann LeCun"',
        "follow up",
        "fine-tun*",
    )
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        for words in queries:
            await talk.says(f"follow {words}")
        listed = (await talk.says("list text")).body

        answer = await talk.says(listed, channel=ELSEWHERE)

        here = [one.text for one in await house.store.subscriptions(CHANNEL)]
        there = [one.text for one in await house.store.subscriptions(ELSEWHERE)]
        assert here == there
        assert len(here) == len(queries)
        assert answer.title == f"Following {len(queries)} new topics."
        assert talk.public[-1].startswith("Ada follows ")
        await talk.says(buttons(answer)["Undo"], channel=ELSEWHERE)
        assert await house.store.subscriptions(ELSEWHERE) == []


async def test_a_list_that_a_message_would_break_is_a_file(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    long = " OR ".join(f"(retrieval sparse{n})" for n in range(12))
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says(f"follow {long}")
        await talk.says("follow mamba")

        listed = await talk.says("list text")

        assert listed.file is not None
        assert (await talk.says(listed.file.content, channel=ELSEWHERE)).title == "Following 2 new topics."


async def test_of_several_lines_each_is_told_what_became_of_it(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow mamba")

        answer = await talk.says("follow\ntokenization\n\ntitel:mamba\nmamba\ntokenizers\ndiffusion, vision\n-survey")

        assert answer.title == "Following 1 new topic."
        said = text(answer)
        assert "Followed already: mamba." in said
        assert "Line 3 is not followed: titel:mamba – There is no field “titel:”" in said
        assert "Line 6 is not followed: diffusion, vision – topics stand on lines of their own" in said
        assert "Line 7 is not followed" in said
        assert [one.text for one in await house.store.subscriptions(CHANNEL)] == ["mamba", "tokenization"]


async def test_lines_worked_on_again_after_a_crash_are_told_as_new(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    act = clock.act("follow mamba\ndiffusion")
    async with opened(tmp_path, {"console": board}, clock) as house:
        await house.answer.take(act)
        clock.move(seconds=1)
        # it was done, and the process died before it could say so
        await house.answer._replies(act)
    async with opened(tmp_path, {"console": board}, clock) as house:
        await house.answer.one(act)

        assert [one.text for one in await house.store.subscriptions(CHANNEL)] == ["mamba", "diffusion"]
        assert [message.title for place, message, _ in board.books if place.kind == "private"] == [
            "Following 2 new topics."
        ]


async def test_a_channel_follows_so_many_topics_at_most(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        lines = "\n".join(f"topic{number}x" for number in range(MOST_TOPICS + 2))

        answer = await talk.says(f"follow {lines}")

        assert answer.title == f"Following {MOST_TOPICS} new topics."
        assert f"No room for topic{MOST_TOPICS}x, topic{MOST_TOPICS + 1}x" in text(answer)
        assert f"at most {MOST_TOPICS} topics" in text(await talk.says("follow mamba"))
        await talk.says("unfollow 1")
        await talk.says("follow mamba")
        assert f"at most {MOST_TOPICS} topics" in text(await talk.says("restore 1"))
        assert len(await house.store.subscriptions(CHANNEL)) == MOST_TOPICS


async def test_a_query_that_is_too_long_is_refused_with_its_limit(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        assert "2,000 characters" in text(await talk.says("follow " + "mamba " * 400))
        assert "64 words" in text(await talk.says("follow " + " ".join(f"w{n}" for n in range(70))))
        assert "I read at most" in text(await talk.says("follow " + "\n".join(f"w{n}" for n in range(300))))
        assert await house.store.channel(CHANNEL) is None


@pytest.mark.parametrize(
    "words",
    [
        *("follow ;", "follow ;;\n;", "follow \n\n", "follow a;b", 'follow "a;b', "follow (a;b", "follow\r\nthe\r\nof"),
        *(
            "follow! ",
            "follow! -x",
            "follow! )(",
            "edit 1\n",
            "edit #1 🔖",
            "post 1 \x00",
            "catchup 🔖",
            "catchup 9999999d",
        ),
        *("accept \x00", "unfollow 1 2 3", "restore 1 x", "restore 99999999999999999999", "unfollow 99999999999 2"),
        *(
            "follow @everyone; <!channel>",
            "follow <https://evil.example|x>\n`code`",
            "preview \u202e",
            "follow " + "(" * 50,
        ),
    ],
)
async def test_whatever_is_typed_gets_one_answer_that_is_not_a_breakdown(tmp_path: Path, words: str) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        answer = text(await talk.says(words))

        assert answer
        assert "went wrong on my side" not in answer


# ------------------------------------------------------------------------------------- the words that were typed

TYPED = ('"retrieval augmented generation"', "k-means", "tokenization mamba", "author:smith", "3D agents")


async def test_a_topic_is_shown_as_it_was_typed_wherever_people_see_it(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        for words in TYPED:
            answer = await talk.says(f"follow {words}")
            assert any(fact.startswith(f"{words}: ") for fact in answer.facts)
            assert talk.public[-1].startswith(f"Ada follows {words} here")

        listed = (await talk.says("list")).body

        assert all(words in listed for words in TYPED)
        assert (await talk.says("list text")).body.splitlines() == [f"follow {words}" for words in TYPED]
        again = await talk.says("follow agents 3-D", BOB)
        assert again.title.startswith("This channel follows 3D agents already, as number 5")
        stopped = await talk.says("unfollow mamba tokenizers")
        assert stopped.title == "Stopped: tokenization mamba."
        assert talk.public[-1] == "Ada stopped following tokenization mamba here."
        back = await talk.says(buttons(stopped)["Undo"])
        assert back.title.startswith("Following tokenization mamba again")
        changed = await talk.says("edit 2 clusters of agents")
        assert changed.title.startswith("Changed 2 from k-means to clusters agents: papers about")
        assert talk.public[-1].startswith("Ada changed k-means to clusters agents here")
        await talk.says(buttons(changed)["Undo"])
        assert [one.shown for one in await house.store.subscriptions(CHANNEL)] == list(TYPED)
        moved = await house.store.move(CHANNEL, ELSEWHERE, clock())
        assert moved is not None
        assert [one.shown for one in moved[1]] == list(TYPED)


async def test_a_digest_names_topics_as_they_were_typed(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenizers, part", BOB)
        await talk.says("follow tokenizers parts")
        await announce(house, *(paper(number) for number in range(1, 13)))
        clock.move(hours=3)
        await house.plan.due()
        await house.deliver.due()
        lead = next(message for _, message, key in board.books if key and message.items)
        first = next(message for _, message, key in board.books if key and not message.items)

        assert {item.group for item in lead.items} == {"tokenizers parts"}
        assert [action.label for action in lead.actions] == ["2 more tokenizers parts"]
        assert any(fact.startswith("tokenizers parts: “") for fact in first.facts)
        assert "tokenizers parts: “" in text(await talk.says("why 1"))
        assert (await talk.says("catchup")).items[0].group == "tokenizers parts"


async def test_a_narrower_topic_keeps_the_words_that_were_typed(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *crowded(2, 4))

        answer = await talk.says("follow tokenizers")

        assert buttons(answer)["Narrow it: only in titles (10 a week)"] == "edit! 1 title:tokenizers"


# ------------------------------------------------------------------------------------------------ no topic at all


@pytest.mark.parametrize("command", ["follow", "follow!", "preview", "edit 1"])
@pytest.mark.parametrize(
    ("words", "said", "button"),
    [
        ("source:nowhere", "No source here is called “nowhere”; there are arxiv.", ""),
        ("mamba -source:nowhere", "No source here is called “nowhere”", ""),
        ("cat:zz.ZZ", "There is no category “zz.ZZ”.", ""),
        ("title:mamba cat:nlp", "There is no category “nlp”. Did you mean cs.CL?", "title:mamba cat:cs.CL"),
        ("cat:machine learning", "There is no category “machine”. Machine learning is cs.LG.", "cat:cs.LG"),
        ("C++", "I can only look for “c”, which is not C++.", "cat:cs.PL"),
        ("year:2024", "There is no field “year:”", ""),
        ("to*ken", "* goes at the end of a word", "to*"),
        ("http://evil.example/x", "is a web address, not a topic", ""),
    ],
)
async def test_what_can_bring_nothing_is_refused(
    tmp_path: Path, command: str, words: str, said: str, button: str
) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), news=False)
        await talk.says("follow diffusion")
        before, public = await house.store.subscriptions(CHANNEL), list(talk.public)

        answer = await talk.says(f"{command} {words}")

        assert said in text(answer)
        assert list(buttons(answer).values()) == ([f"{command} {button}"] if button else [])
        assert await house.store.subscriptions(CHANNEL) == before
        assert talk.public == public


async def test_a_source_that_is_not_here_is_told_among_several_lines(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), news=False)

        answer = await talk.says("follow mamba\nsource:nowhere\ncat:zz.ZZ diffusion")

        assert answer.title == "Following 1 new topic."
        assert "Line 2 is not followed: source:nowhere – No source here is called “nowhere”" in text(answer)
        assert "Line 3 is not followed: cat:zz.ZZ diffusion – There is no category “zz.ZZ”." in text(answer)


@pytest.mark.parametrize("words", ["2604.00001", "arXiv:2604.00001v2", "https://arxiv.org/abs/2604.00001"])
async def test_a_paper_is_no_topic_and_can_be_shown(tmp_path: Path, words: str) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await announce(house, paper(1), news=False)

        answer = await talk.says(f"follow {words}")

        assert answer.title == "That is a paper, not a topic."
        assert (await talk.says(buttons(answer)["Show it"])).title == "Tokenization, part 1"
        assert "part 1" in (await talk.says(buttons(answer)["Similar"])).title
        assert await house.store.subscriptions(CHANNEL) == []


async def test_what_is_misspelt_is_not_offered_as_another_form(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *week(1, "Reinforcement, part"))

        assert list(buttons(await talk.says("preview reinforcment"))) == ["Follow", "Use “reinforcement” (5 a week)"]


async def test_the_place_of_a_mistake_is_marked_below_it(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        assert (await talk.says("follow mamba 状態 titel:x")).code == "mamba 状態 titel:x\n           ^^^^^^"
        long = await talk.says("follow " + "mamba " * 40 + "titel:x rwkv")
        line, marks = long.code.split("\n")
        assert line.startswith("…")
        assert line[marks.index("^") : len(marks)] == "titel:"
        assert (await talk.says("follow")).code == ""


async def test_a_topic_that_is_restored_twice_is_named(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await talk.says("follow tokenizers")

        assert text(await talk.says("restore 1")) == "tokenizers is followed here already."
