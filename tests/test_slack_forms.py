"""Forms in Slack through the whole house: opened by the command alone and by buttons, filled in, put right, sent."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from bot.models import Channel, ChannelState
from tests.rigs.faults import UNAVAILABLE
from tests.rigs.slack.house import Settled, housed
from tests.rigs.slack.mrkdwn import blocks_read
from tests.rigs.slack.views import Shown
from tests.rigs.waiting import until


async def here_now(here: Settled) -> ChannelState:
    state = await here.house.store.channel(Channel("slack", here.lab.workspace.id, here.lab.papers.id))
    assert state is not None
    return state


def read(form: Shown) -> str:
    return "\n".join(blocks_read(form.blocks)[0])


async def test_the_command_alone_opens_a_short_form_that_follows(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await ada.types(here.lab.papers, "/papers").done()
        form = await here.form()

        assert form.title == "Follow"
        assert "/papers help" in read(form)
        await ada.submits(form, {"topic": "tokenization"}).done()
        assert form.closed
        await here.told("Following")
        await ada.until_reads("Ada follows tokenization here")
        assert (await here_now(here)).schedule.zone == "Europe/Zurich"  # of Ada's profile
        assert here.lab.slack.violations == []


async def test_what_is_wrong_is_said_in_the_form_which_keeps_what_was_typed(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await ada.types(here.lab.papers, "/papers").done()
        form = await here.form()
        await ada.submits(form, {"topic": "titel:mamba"}).done()

        assert not form.closed
        assert form.errors == {"topic": "There is no field “titel:”; did you mean “title:”?"}
        assert here.lab.papers.said == []
        await ada.submits(form, {"topic": "title:mamba"}).done()
        assert form.closed
        await here.told("Following")
        assert here.lab.slack.violations == []


async def test_a_form_that_cannot_open_says_so(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        here.lab.slack.fail(UNAVAILABLE, method="views.open")
        await here.lab.ada.types(here.lab.papers, "/papers").done()

        await here.lab.ada.until_reads("The form did not open in time. Please try again.")


async def test_the_schedule_is_changed_in_a_form_that_holds_what_is_set(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        ada = here.lab.ada
        await ada.types(here.lab.papers, "/papers follow tokenization").done()
        await here.told("Following")
        await ada.types(here.lab.papers, "/papers schedule").done()
        shown = await here.told("The digest comes")
        # somebody else sets it meanwhile: the form shows that
        await ada.types(here.lab.papers, "/papers schedule 10:30 max 4").done()
        await here.told("Set: ")
        await ada.presses(shown, "Change").done()
        form = await here.form()

        stands = {name: state for fields in form.state.values() for name, state in fields.items()}
        assert stands["at"]["selected_time"] == "10:30"
        assert [stands[name]["selected_option"]["value"] for name in ("days", "zone", "most")] == [
            "weekdays",
            "Europe/Zurich",
            "4",
        ]
        assert (await ada.asks(form, "Time zone", ""))[:2] == ["Europe/Zurich", "America/Los_Angeles"]
        assert await ada.asks(form, "Time zone", "toky") == ["Asia/Tokyo"]
        assert (await ada.asks(form, "Days", "tue thu"))[0] == "tue,thu"
        answers = {"Hour": "08:15", "Days": "tue,thu", "Time zone": "Asia/Tokyo", "Most papers": "5"}
        await ada.submits(form, answers).done()
        await ada.until_reads("Ada set the digest: ")

        schedule = (await here_now(here)).schedule
        assert f"{schedule.at:%H:%M} {schedule.days} {schedule.zone}" == "08:15 (1, 3) Asia/Tokyo"
        assert schedule.most == 5
        assert here.lab.slack.violations == []


async def test_nobody_is_left_with_a_form_when_the_first_word_is_there(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        await here.lab.ada.types(here.lab.papers, "/papers help").done()
        await until(here.lab.ada.private)

        assert here.lab.slack.called("views.open") == []
