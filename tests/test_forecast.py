"""Dialogues about what following brings: the forecast, what is asked first, few days that were read."""

from __future__ import annotations

from pathlib import Path

from bot.models import Action
from tests.rigs.channel import Noticeboard
from tests.rigs.house import ADA, BOB, CHANNEL, Hands, announce, opened
from tests.rigs.recent import about, buttons, crowded, past, week
from tests.test_answer import Talk, text

# ------------------------------------------------------------------------------------------------- one topic


async def test_the_forecast_says_a_week_its_titles_and_its_days(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        days = week(1)
        days[1] += [about(150 + n, "On Words", "We tokenize.") for n in range(3)]
        await past(house, clock, *days)

        answer = await talk.says("follow tokenization")

        assert answer.facts[0] == "tokenization: about 8 a week (5 in titles; from the papers of 7 to 13 Apr)."
        assert answer.facts[1] == "Last week by day: 1, 4, 1, 1, 1."
        assert answer.facts[-1].startswith("Next digest: ")
        assert len(answer.items) == 3
        assert answer.actions[0] == Action("Undo", "unfollow 1")
        assert (await talk.says("show 1")).title == answer.items[0].title
        assert talk.public == ["Ada follows tokenization here (about 8 a week)."]


async def test_a_topic_that_brings_much_is_narrowed_by_a_button_that_keeps_its_number(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *crowded(2, 4))
        answer = await talk.says("follow tokenization")

        narrow = buttons(answer)["Narrow it: only in titles (10 a week)"]
        changed = await talk.says(narrow, BOB)

        assert narrow == "edit! 1 title:tokenization"
        assert changed.title.startswith("Changed 1 from tokenization to title:tokenization: papers about")
        (topic,) = await house.store.subscriptions(CHANNEL)
        assert (topic.number, topic.text, topic.by) == (1, "title:tokenization", ADA)
        assert talk.public[-1].startswith("Bob changed tokenization to title:tokenization here")


async def test_a_topic_that_brings_nothing_is_widened(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *week(1, "Knowledge in", "Each graph is knowledge."))

        answer = await talk.says('follow "knowledge graph"')

        assert "none in the last" in text(answer)
        assert buttons(answer)["Widen it: the words apart (5 a week)"] == "edit! 1 knowledge graph"


async def test_a_misspelt_word_is_asked_about(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *week(1))

        answer = await talk.says("follow tokenizaton")
        await talk.says(buttons(answer)["Use “tokenization” (5 a week)"])

        assert "No paper I have read contains “tokenizaton”." in answer.facts
        assert [one.text for one in await house.store.subscriptions(CHANNEL)] == ["tokenization"]


async def test_more_than_ten_a_day_is_asked_about_first(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *crowded(4, 8))

        asked = await talk.says("follow tokenization")

        assert asked.title == "About 12 a day; you would see the best 10."
        assert await house.store.subscriptions(CHANNEL) == []
        assert talk.public == []
        assert buttons(asked)["Only in titles: 20 a week"] == "follow! title:tokenization"
        assert (await talk.says(buttons(asked)["Follow anyway"])).title.startswith("Following ")
        assert [one.text for one in await house.store.subscriptions(CHANNEL)] == ["tokenization"]
        assert "already" in (await talk.says("follow tokenization")).title


async def test_names_that_fit_many_people_or_nobody_are_said(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        given = ("Ada", "Bea", "Cleo", "Dora", "Eva", "Fay", "Gina", "Hana", "Ida", "Jane", "Kim", "Lea")
        many = [about(n, f"Paper {n}", "Words.", author=f"{name} Wang") for n, name in enumerate(given, 1)]
        await announce(house, *many, news=False)

        assert "“Wang” fits 12 people" in text(await talk.says("preview author:Wang"))
        assert "people" not in text(await talk.says('preview author:"Ada Wang"'))
        assert "No source here is called “biorxiv”; there are arxiv." in text(await talk.says("preview source:biorxiv"))
        nobody = await talk.says("preview cat:nlp paper")
        assert "There is no category “nlp”. Did you mean cs.CL?" in text(nobody)
        assert "preview paper cat:cs.CL" in buttons(nobody).values()


async def test_an_authors_name_is_shown_as_people_print_it(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        answer = await talk.says('follow author:"Yann LeCun"')

        assert "Yann LeCun" in answer.title
        assert talk.public == ['Ada follows author:"Yann LeCun" here (no papers read yet).']
        assert "already" in (await talk.says('follow author:"yann lecun"')).title


async def test_a_change_to_more_than_ten_a_day_is_asked_about_first(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *week(12))
        await talk.says("follow black hole")
        said = len(talk.public)

        asked = await talk.says("edit 1 tokenization")
        assert asked.title == "About 12 a day; you would see the best 10."
        assert asked.note == "Number 1 is black hole as before."
        assert [one.text for one in await house.store.subscriptions(CHANNEL)] == ["black hole"]
        assert len(talk.public) == said

        changed = await talk.says(buttons(asked)["Change it anyway"])
        assert changed.title.startswith("Changed 1 from black hole to tokenization")
        await talk.says("edit 1 mamba")
        back = await talk.says(buttons(changed)["Undo"])
        assert back.title.startswith("Changed 1 from mamba to black hole")


async def test_a_narrower_topic_that_still_brings_much_is_not_asked_about_again(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *crowded(12, 8))
        asked = await talk.says("follow tokenization")
        followed = await talk.says(buttons(asked)["Follow anyway"])
        narrow = next(command for label, command in buttons(followed).items() if "only in titles" in label)

        changed = await talk.says(narrow)

        assert narrow == "edit! 1 title:tokenization"
        assert changed.title.startswith("Changed 1 from tokenization to title:tokenization")
        assert "title:tokenization: about 12 a day" in text(changed)


async def test_of_several_lines_those_that_bring_too_much_are_asked_about(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        await past(house, clock, *week(12))

        answer = await talk.says("follow black hole\ntokenization")
        assert answer.title == "Following 1 new topic."
        assert "tokenization is not followed yet: about 12 a day; you would see the best 10." in answer.facts
        assert talk.public == ["Ada follows black hole here."]
        asked = await talk.says("follow black hole\ntokenization")
        assert asked.title == "Nothing new is followed."

        await talk.says(buttons(asked)["Follow tokenization anyway"])
        assert [one.text for one in await house.store.subscriptions(CHANNEL)] == ["black hole", "tokenization"]


# ------------------------------------------------------------------------------------------- few days were read


async def test_until_a_week_is_read_everything_is_told_of_the_days_that_were(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)
        one_day = [about(n, f"Tokenization, part {n}") for n in range(1, 8)]
        one_day += [about(50 + n, "On Words", "We tokenize.") for n in range(6)]
        await past(house, clock, one_day)

        asked = await talk.says("follow tokenization")
        narrow = await talk.says(buttons(asked)["Only in titles: 7 that day"])
        await past(house, clock, [about(200, "Tokenization again"), about(202, "Gas")], [about(201, "Nothing")])
        later = await talk.says("preview tokenization")

        assert asked.title == "13 on 13 Apr, the one day read so far; you would see the best 10."
        assert asked.note == "tokenization is not followed yet."
        assert narrow.facts[0] == "title:tokenization: 7 on 13 Apr, the one day read so far."
        assert later.facts[0].startswith("tokenization: 14 on 10 and 13 Apr, the two days read so far (8 in titles).")


async def test_before_anything_is_read_it_says_that_it_is_being_fetched(tmp_path: Path) -> None:
    board, clock = Noticeboard(), Hands()
    async with opened(tmp_path, {"console": board}, clock) as house:
        talk = Talk(house, board, clock)

        answer = await talk.says("follow tokenizers")

        assert "still fetching the last 30 days; type `/papers preview tokenizers` again" in answer.facts[0]
