"""Somebody's home in Slack through the whole house: read, searched, turned page by page, and acted in."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from bot.messages.home import DIRECT, MORE_PAGES, TOPICS
from tests.rigs.house import announce, paper
from tests.rigs.slack.house import Settled, housed
from tests.rigs.slack.views import Shown
from tests.rigs.waiting import until


async def shows(here: Settled, *said: str, without: str = "\0") -> Shown:
    """Ada's home, once it says all that."""

    def found() -> list[Shown]:
        text = here.lab.ada.home_text
        home = here.lab.ada.home
        return [home] if home and all(one in text for one in said) and without not in text else []

    return (await until(found, lambda: here.lab.ada.home_text))[0]


async def saves(here: Settled, *numbers: int) -> None:
    """Ada's list holds these papers, the last of them on top."""
    # before now: what is pressed afterwards carries the fake Slack's own time, and the later of two acts wins
    here.clock.move(hours=-1)
    await announce(here.house, *(paper(number) for number in numbers))
    for number in numbers:
        here.clock.move(minutes=1)
        await here.lab.ada.types(here.lab.ada.direct, f"/papers save 2604.{number:05}").done()
    await here.saves(len(numbers))


async def follows(here: Settled, *topics: str) -> None:
    """Ada's direct messages get these topics."""
    await here.lab.ada.types(here.lab.ada.direct, "/papers follow " + "\n".join(topics)).done()
    await here.told("Following")


def kinds(home: Shown) -> list[str]:
    """What each block is, and of buttons and menus what is read on them."""
    return [" ".join(map(label, one["elements"])) if one["type"] == "actions" else one["type"] for one in home.blocks]


def label(element: dict[str, dict[str, str]]) -> str:
    return element.get("text", element.get("placeholder", {}))["text"]


async def test_what_can_be_done_with_the_list_stands_above_it(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        await saves(here, 1, 2)
        here.lab.ada.opens_home()
        home = await shows(here, "Your reading list: 2 papers")

        row = "Remove Note Similar"
        assert kinds(home) == ["header", "Search Export", "rich_text", row, "rich_text", row]


async def test_a_search_stays_when_something_is_done_in_what_it_found(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await saves(here, 1, 2, 3)
        for number in (1, 2):
            await ada.types(ada.direct, f"/papers note 2604.{number:05} read it #todo").done()
        await here.told("Noted: Tokenization, part 2")
        ada.opens_home()
        await ada.presses(await shows(here, "3 papers", "#todo 2"), "Search").done()
        await ada.submits(await here.form(), {"query": "#todo"}).done()
        home = await shows(here, "2 of 3 papers", "#todo", without="part 3")

        await ada.presses(home, "Note").done()
        form = await here.form_of("read it #todo")
        await ada.submits(form, {"note": "read section 4 #todo"}).done()
        home = await shows(here, "2 of 3 papers", "read section 4", without="part 3")
        await ada.presses(home, "Remove").done()
        home = await shows(here, "1 of 2 papers", "#todo", without="part 3")
        await ada.presses(home, "The whole list").done()
        await shows(here, "2 papers", "part 3")


async def test_a_topic_that_is_stopped_there_leaves_the_search_as_it_is(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await saves(here, 1, 2)
        await follows(here, "mamba", "diffusion")
        ada.opens_home()
        await ada.presses(await shows(here, "2 papers", "diffusion"), "Search").done()
        await ada.submits(await here.form(), {"query": '"part 2"'}).done()
        home = await shows(here, "1 of 2 papers", DIRECT)

        await ada.chooses(home, "Unfollow…", "mamba").done()
        await shows(here, "1 of 2 papers", DIRECT, "diffusion", without="mamba")


async def test_a_long_list_is_turned_page_by_page_at_its_end(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await saves(here, *range(1, 13))
        await follows(here, "mamba")
        ada.opens_home()
        first = await shows(here, "Your reading list: 12 papers", "part 12", "part 3", MORE_PAGES, without="part 2,")
        assert kinds(first)[-4:] == ["rich_text", "More", "rich_text", "Unfollow"]

        await ada.presses(first, "More").done()
        second = await shows(here, "part 2", "part 1", DIRECT, without="part 12")
        await ada.presses(second, "Remove").done()
        again = await shows(here, "11 papers", "part 1", without="part 2")  # on the same page
        await ada.presses(again, "Back").done()
        await shows(here, "part 12", "part 3", MORE_PAGES)


async def test_many_topics_are_cut_with_a_word_how_to_see_the_others(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await follows(here, *(f"subject{number}" for number in range(1, TOPICS + 3)))
        ada.opens_home()
        home = await shows(here, DIRECT, f"subject{TOPICS}", "… and 2 more topics: type")

        assert f"subject{TOPICS + 1}" not in ada.home_text
        (menu,) = home.blocks[-1]["elements"]
        assert label(menu) == "Unfollow…"
        assert [one["text"]["text"] for one in menu["options"]][:2] == ["subject1", "subject2"]
        assert len(menu["options"]) == TOPICS
