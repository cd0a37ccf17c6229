"""A morning in Slack, through the whole house: what people type, press and react, and what they see."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from bot.models import Channel
from tests.rigs.house import announce, paper
from tests.rigs.slack import acting, lines
from tests.rigs.slack.house import Settled, housed
from tests.rigs.slack.world import Said
from tests.rigs.waiting import until


async def morning(here: Settled, *numbers: int) -> list[Said]:
    """These papers come, and the digest with them."""
    here.clock.move(minutes=1)
    await announce(here.house, *(paper(number) for number in numbers))
    here.clock.move(days=4)
    return await here.digest()


async def follow(here: Settled, topic: str = "tokenization") -> None:
    await here.lab.ada.types(here.lab.papers, f"/papers follow {topic}").done()
    await here.told("Following")


async def test_follow_digest_react_saved_export(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada, slack = here.lab.ada, here.lab.slack
        await follow(here)
        await ada.until_reads("Ada follows tokenization here")
        state = await here.house.store.channel(Channel("slack", here.lab.workspace.id, here.lab.papers.id))
        assert state is not None
        assert state.schedule.zone == "Europe/Zurich"

        (one,) = await morning(here, 1)
        assert one.channel == here.lab.papers.id
        ada.reacts(one, "bookmark::skin-tone-2")
        await here.told("Saved: Tokenization, part 1")

        await ada.types(here.lab.papers, "/papers saved").done()
        await here.told("Your reading list: 1 paper")
        await ada.types(here.lab.papers, "/papers export bibtex").done()
        await ada.until_reads("@misc{")

        (file,) = [said for said in slack.books if said.files]
        assert file.conversation is ada.direct
        assert [found for said in slack.books for found in acting(said) if found.kind != "link" or found.found] == []
        assert slack.walls() == []
        assert [call.method for call in slack.calls if call.error] == []


async def test_a_lead_has_one_menu_and_its_papers_hang_under_it(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        await follow(here)
        await morning(here, 1, 2, 3, 4)
        here.clock.move(seconds=30)
        lead, *papers = await here.digest()

        assert "4 new papers" in lines(lead)[0]
        assert [one.thread for one in papers] == [lead.ts] * 4
        here.lab.ada.chooses(lead, "Save…", "save p2")
        await here.saves(1)
        here.lab.ada.reacts(lead, "three")
        await here.saves(2)
        here.lab.ada.reacts(lead, "three", back=True)
        await here.saves(1)
        here.lab.ada.reacts(lead, "bookmark")
        await here.saves(4)


async def test_an_abstract_opens_in_a_window_of_its_own(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        await follow(here)
        (one,) = await morning(here, 1)
        here.lab.ada.presses(one, "Abstract")
        await here.lab.ada.until_reads("We study tokenization in depth.")

        window = await here.form()
        assert window.title == "Abstract"
        here.lab.ada.presses(window, "Save")
        await here.saves(1)


async def test_a_note_is_written_in_a_form(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        await follow(here)
        (one,) = await morning(here, 1)
        here.lab.ada.reacts(one, "bookmark")
        answer = await here.told("Saved: ")
        here.lab.ada.presses(answer, "Note")
        await here.lab.ada.submits(await here.form(), {"note": "read section 3 #todo"}).done()

        await here.told("read section 3")
        here.lab.ada.presses(await here.told("Saved: "), "Note")
        again = await here.form_of("read section 3 #todo")
        assert again is not None
        (entry,) = await here.house.store.saved(here.person)
        assert (entry.note, entry.tags) == ("read section 3", ("todo",))


async def test_the_home_is_the_reading_list_and_changes_with_what_is_pressed_there(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await follow(here)
        (one,) = await morning(here, 1)
        ada.opens_home()
        await ada.until_reads("Nothing saved yet.")
        ada.reacts(one, "bookmark")
        await here.saves(1)
        ada.opens_home()
        await ada.until_reads("Your reading list: 1 paper")
        home = ada.home
        assert home is not None
        ada.presses(home, "Remove")
        await here.saves(0)
        assert (await here.form()).title == "Remove"
        await until(lambda: "Nothing saved yet." in "\n".join(here.lab.slack.views.read[-1][1]))


async def test_the_home_is_searched_and_shows_what_is_followed_in_direct_messages(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada

        async def shows(*said: str) -> str:
            """What the home says, once it says that."""
            read = await until(lambda: [text for text in [ada.home_text] if all(one in text for one in said)])
            return read[0]

        await announce(here.house, paper(1), paper(2, "Diffusion for proteins"))
        ada.opens_home()
        await shows("Nothing saved yet.")
        await ada.types(ada.direct, "/papers follow mamba").done()
        await here.told("Following")
        await ada.types(ada.direct, "/papers save 2604.00001 2604.00002").done()
        await here.saves(2)
        ada.opens_home()
        await shows("Your reading list: 2 papers", "What I bring to our direct messages", "mamba")

        assert ada.home is not None
        ada.presses(ada.home, "Search")
        await ada.submits(await here.form(), {"query": "proteins"}).done()
        found = await shows("1 of 2 papers")
        assert "Diffusion for proteins" in found
        assert "Tokenization, part 1" not in found
        assert "mamba" in found

        ada.presses(ada.home, "Search")
        await ada.submits(await here.form_of("proteins"), {"query": "since:yesteryear"}).done()
        await shows("I could not read “since:yesteryear”", "Your reading list: 2 papers")

        ada.presses(ada.home, "Unfollow")
        await until(lambda: "mamba" not in ada.home_text)
        assert await here.house.store.subscriptions(here.person.direct) == []


async def test_a_shortcut_saves_the_paper_of_any_message(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await follow(here)
        (one,) = await morning(
            here,
            1,
        )
        await ada.uses("save_paper", one).done()
        await here.told("Saved: Tokenization, part 1")
        await announce(here.house, paper(2))
        linked = here.lab.ada.says(here.lab.papers, "look: https://arxiv.org/abs/2604.00002")
        await ada.uses("save_paper", linked).done()
        await here.saves(2)
        await ada.uses("why_paper", one).done()
        await here.told("tokenization")


async def test_a_link_to_a_paper_gets_a_preview_and_another_link_none(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        await announce(here.house, paper(1))
        said = here.lab.ada.says(here.lab.papers, "have you read https://arxiv.org/abs/2604.00001 ?")
        other = here.lab.ada.says(here.lab.papers, "and https://arxiv.org/list/cs.CL/new ?")
        await here.lab.ada.until_reads("We study tokenization in depth.")

        (preview,) = said.unfurls.values()
        assert all(block["type"] != "actions" or "value" not in str(block) for block in preview["blocks"])
        assert other.unfurls == {}
        assert here.lab.ada.private() == []


async def test_words_work_by_mention_in_a_thread_and_in_direct_messages(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await follow(here)
        (one,) = await morning(here, 1)
        ada.says(here.lab.papers, "save", under=one, mention=True)
        answer = await here.told("Saved: Tokenization, part 1")
        assert answer.thread == one.ts

        ada.writes("follow mamba")
        await ada.until_reads("Following papers about mamba")
        state = await here.house.store.channel(here.person.direct)
        assert state is not None
        assert state.schedule.zone == "Europe/Zurich"


async def test_a_guest_may_not_change_a_channel(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        bob = here.lab.slack.person(here.lab.workspace, "Eve", guest="multi-channel")
        here.lab.papers.members.append(bob.id)
        joined = {"type": "team_join", "user": bob.member.json(here.clock())}
        told = here.lab.slack.event("team_join", joined, here.lab.workspace)
        assert told is not None
        await told.done()
        await bob.types(here.lab.papers, "/papers follow tokenization").done()
        await bob.until_reads("guest")


async def test_where_managers_decide_administrators_may(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        eve = here.lab.slack.person(here.lab.workspace, "Eve", admin=True)
        joined = {"type": "team_join", "user": eve.member.json(here.clock())}
        told = here.lab.slack.event("team_join", joined, here.lab.workspace)
        assert told is not None
        await told.done()
        here.lab.papers.members.append(eve.id)
        await eve.types(here.lab.papers, "/papers settings editors managers").done()
        await eve.until_reads("managers")
        await here.lab.ada.types(here.lab.papers, "/papers follow tokenization").done()
        await here.told("Only")
        await eve.types(here.lab.papers, "/papers follow tokenization").done()
        await eve.until_reads("Following")


async def test_where_the_bot_is_not_the_answer_says_how_to_invite_it(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        elsewhere = here.lab.slack.channel(here.lab.workspace, "birds", here.lab.ada.member, bot=False)
        await here.lab.ada.types(elsewhere, "/papers follow tokenization").done()
        said = await here.told("Following")

        assert "/invite @" in "\n".join(lines(said))
        assert elsewhere.said[:-1] == []


async def test_another_slash_command_is_what_people_are_told_to_type(tmp_path: Path) -> None:
    async with housed(tmp_path, command="/arxiv") as here:
        await here.lab.ada.types(here.lab.papers, "/arxiv saved").done()

        assert "/arxiv save" in "\n".join(lines(await here.told("Nothing saved yet.")))


async def test_an_archived_channel_is_set_aside_once_and_its_owner_is_told(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        await follow(here)
        here.lab.slack.admin.archives(here.lab.papers)
        await morning(here, 1)
        here.clock.move(minutes=10)
        await here.digest()

        assert len(here.lab.slack.called("chat.postMessage")) - len(here.lab.papers.said) <= 2
        notices = [said for said in here.lab.slack.books if said.conversation is here.lab.ada.direct]
        assert len(notices) == 1
        assert "archived" in "\n".join(lines(notices[0]))
