"""Buttons, menus and forms in Discord: all that is needed stands in the message, so that any process can act on it."""

from __future__ import annotations

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from adapters.platforms.discord import custom_id
from bot.forms import filled
from bot.messages.settings import CHANGE, changing
from bot.models import Act, Action, Ask, Message, Place, Schedule
from bot.ports import Completion
from tests.rigs.discord.forms import Shown
from tests.rigs.discord.hearing import Hearing, hearing
from tests.rigs.discord.people import Somebody
from tests.rigs.discord.said import EPHEMERAL, Said
from tests.rigs.discord.told import FORM
from tests.rigs.platform import BUSY

SAVE = Action("Save", "save p17")
NOTE = Action("Note", "note p17: {note}", ask=(Ask("note", "Your note", optional=True, current=True),))
SCHEDULE = Action(
    "Change",
    "schedule {at} {days}",
    ask=(Ask("at", "Hour", "time", "09:00"), Ask("days", "Days", "choice", "weekdays", ("daily", "weekdays"))),
)


async def opened(who: Somebody, said: Said, name: str) -> Shown:
    """The form of that button."""
    told = await who.presses(said, name).done()
    assert told.answer is not None
    assert told.answer["type"] == FORM
    return who.form


async def answered(it: Hearing, act: Act, text: str) -> Said:
    """What somebody alone reads in answer to that."""
    assert act.person.name
    posted = await it.platform.post(
        Place(act.channel, "private", person=act.person, reply=act.reply), Message(body=text), ""
    )
    return it.here.discord.message(posted.id)


# ------------------------------------------------------------------------------------------------- presses


async def test_a_press_is_recorded_and_changes_nothing_of_the_message() -> None:
    async with hearing() as it:
        said = await it.posts(SAVE)
        before = list(said.components)
        told = await it.here.ada.presses(said, "Save").done()
        (act,) = await it.inbox.until(1)

        assert not told.failed
        assert (act.kind, act.text, act.message, act.person.id) == ("command", "save p17", said.id, it.here.ada.id)
        assert act.channel == it.channel
        assert (said.components, told.followups) == (before, [])


async def test_the_answers_to_a_press_are_read_by_whoever_pressed_alone() -> None:
    async with hearing() as it:
        said = await it.posts(SAVE)
        await it.here.ada.presses(said, "Save").done()
        (act,) = await it.inbox.until(1)
        several = [await answered(it, act, text) for text in ("Saved.", "It has 3 pages.")]

        assert [one.flags & EPHEMERAL for one in several] == [EPHEMERAL, EPHEMERAL]
        assert [one.to for one in several] == [it.here.ada.id] * 2
        assert "Saved." in it.here.ada.reads()
        assert "Saved." not in it.here.bob.reads()


async def test_the_answer_to_a_form_is_read_by_whoever_sent_it_alone() -> None:
    async with hearing() as it:
        form = await opened(it.here.ada, await it.posts(NOTE), "Note")
        await it.here.ada.submits(form, {"Your note": "mine"}).done()
        (act,) = await it.inbox.until(1)

        assert (await answered(it, act, "Noted.")).to == it.here.ada.id


async def test_a_press_by_somebody_else_is_theirs() -> None:
    async with hearing() as it:
        said = await it.posts(SAVE)
        await it.here.ada.presses(said, "Save").done()
        await it.here.bob.presses(said, "Save").done()
        first, second = await it.inbox.until(2)

        assert [first.person.id, second.person.id] == [it.here.ada.id, it.here.bob.id]
        assert [first.manager, second.manager] == [True, False]
        assert first.key != second.key
        assert (await answered(it, second, "Saved.")).to == it.here.bob.id


async def test_buttons_and_open_forms_work_after_a_restart() -> None:
    async with hearing() as it:
        said = await it.posts(SAVE, NOTE)
        form = await opened(it.here.ada, said, "Note")
        await it.stops()
        await it.starts()
        await it.here.ada.submits(form, {"Your note": "mine"}).done()
        await it.here.ada.presses(said, "Save").done()
        acts = await it.inbox.until(2)

        assert [act.text for act in acts] == ["note p17: mine", "save p17"]


async def test_who_presses_is_told_when_it_could_not_be_recorded() -> None:
    async with hearing() as it:
        said = await it.posts(SAVE)
        it.inbox.busy = True
        await it.here.ada.presses(said, "Save").done()

        assert BUSY in it.here.ada.reads()
        assert BUSY not in it.here.bob.reads()


# --------------------------------------------------------------------------------------------------- menus


async def test_choosing_in_a_menu_types_the_command_of_what_was_chosen() -> None:
    options = [{"label": f"{n}. Paper", "value": custom_id.packed(f"save p{n}")} for n in (1, 2)]
    menu = {"type": 3, "placeholder": "Save…", "custom_id": custom_id.packed(""), "options": options}
    async with hearing() as it:
        said = await it.here.posts(content="Papers", components=[{"type": 1, "components": [menu]}])
        told = await it.here.ada.chooses(said, "Save…", "2. Paper").done()
        (act,) = await it.inbox.until(1)

        assert not told.failed
        assert (act.text, act.message) == ("save p2", said.id)


async def test_choosing_what_asks_first_opens_its_form() -> None:
    options = [{"label": "1. Paper", "value": custom_id.packed(NOTE.command, NOTE.ask)}]
    menu = {"type": 3, "placeholder": "Note…", "custom_id": custom_id.packed(""), "options": options}
    async with hearing() as it:
        said = await it.here.posts(content="Papers", components=[{"type": 1, "components": [menu]}])
        await it.here.ada.chooses(said, "Note…", "1. Paper").done()
        await it.here.ada.submits(it.here.ada.form, {"Your note": "mine"}).done()
        (act,) = await it.inbox.until(1)

        assert act.text == "note p17: mine"


# --------------------------------------------------------------------------------------------------- forms


async def test_a_form_opens_with_what_the_button_carries_and_types_the_command() -> None:
    async with hearing() as it:
        form = await opened(it.here.ada, await it.posts(SCHEDULE), "Change")
        it.here.ada.submits(form, {"Hour": "08:30"})
        (act,) = await it.inbox.until(1)

        assert form.title == "Change"
        assert list(form.fields()) == ["Hour", "Days"]
        assert act.text == "schedule 08:30 weekdays"
        assert it.inbox.questions == []


async def test_what_stands_there_by_now_is_asked_when_the_form_opens() -> None:
    async with hearing() as it:
        it.inbox.known = ("read §3\nagain #todo",)
        form = await opened(it.here.ada, await it.posts(NOTE), "Note")
        (question,) = it.inbox.questions
        it.here.ada.submits(form)
        (act,) = await it.inbox.until(1)

        assert (question.text, question.channel) == ("note p17: {note}", it.channel)
        assert question.person.id == it.here.ada.id
        assert form.fields()["Your note"]["value"] == "read §3\nagain #todo"
        assert act.text == "note p17: read §3\nagain #todo"


async def test_a_field_where_nothing_stands_is_empty_and_may_stay_so() -> None:
    async with hearing() as it:
        it.inbox.known = (Completion(""),)
        form = await opened(it.here.ada, await it.posts(NOTE), "Note")
        it.here.ada.submits(form)
        (act,) = await it.inbox.until(1)

        assert act.text == "note p17:"


async def test_who_opens_a_form_is_told_when_it_is_not_known_what_stands_there() -> None:
    async with hearing() as it:
        said = await it.posts(NOTE)
        it.inbox.busy = True
        await it.here.ada.presses(said, "Note").done()

        assert BUSY in it.here.ada.reads()
        assert it.here.ada.forms == []


async def test_two_people_fill_in_forms_of_their_own() -> None:
    async with hearing() as it:
        said = await it.posts(NOTE)
        it.inbox.known = ()
        hers, his = [await opened(one, said, "Note") for one in (it.here.ada, it.here.bob)]
        await it.here.bob.submits(his, {"Your note": "his"}).done()
        await it.here.ada.submits(hers, {"Your note": "hers"}).done()
        acts = await it.inbox.until(2)

        assert [(act.person.id, act.text) for act in acts] == [
            (it.here.bob.id, "note p17: his"),
            (it.here.ada.id, "note p17: hers"),
        ]


def test_what_an_answer_holds_is_not_filled_again() -> None:
    assert filled("note {a} {b}", {"a": "{b} {c}", "b": ""}) == "note {b} {c}"


async def test_the_form_of_a_schedule_fits_into_its_button_and_opens_with_what_is_set() -> None:
    async with hearing() as it:
        it.inbox.known = ("09:00", "weekdays", "Europe/Zurich", "10")
        form = await opened(it.here.ada, await it.posts(changing(Schedule())), "Change")
        stands = {label: field["value"] for label, field in form.fields().items()}
        it.here.ada.submits(form, {"Hour": "8:30", "Most papers": "3"})
        (act,) = await it.inbox.until(1)

        assert stands == {"Hour": "09:00", "Days": "weekdays", "Time zone": "Europe/Zurich", "Most papers": "10"}
        assert act.text == "schedule 8:30 weekdays Europe/Zurich max 3"
        assert [question.text for question in it.inbox.questions] == [CHANGE]
