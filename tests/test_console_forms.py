"""Forms in a terminal: a field holds what stands there by now, and says how it is left."""

from __future__ import annotations

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.platforms.console.keyboard import Prompt
from bot.messages.settings import CHANGE, changing
from bot.models import Action, Ask, Message, Question, Schedule
from tests.rigs.console import ONLY_YOU, Talk, paper
from tests.rigs.platform import RecordingInbox

NOTE = Action("Note", "note p1: {note}", ask=(Ask("note", "Your note", value="old", optional=True, current=True),))
EXPORT = Action("Export", "export {format}", ask=(Ask("format", "Format", "choice", "bibtex", ("bibtex", "csl")),))


async def test_a_field_is_filled_with_what_stands_there_when_it_is_pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def known(_inbox: RecordingInbox, question: object) -> list[str]:
        asked.append(getattr(question, "text", ""))
        return ["new #todo"]

    monkeypatch.setattr(RecordingInbox, "ask", known)
    talk = Talk()
    await talk.post(paper(1, NOTE))

    assert [act.text for act in await talk.types("press Note", "")] == ["note p1: new #todo"]
    assert "note p1: {note}" in asked


async def test_a_choice_is_not_filled_in_and_enter_takes_the_usual_one() -> None:
    talk = Talk()
    await talk.post(Message("Your list", actions=(EXPORT,)), ONLY_YOU)

    assert [act.text for act in await talk.types("press Export", "")] == ["export bibtex"]
    assert "Format (bibtex, csl; Enter for bibtex): " in talk.text
    assert [act.text for act in await talk.types("press Export", "csl")] == ["export csl"]


async def test_a_person_at_a_prompt_edits_what_stands_there() -> None:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):

        async def nothing(_typed: str) -> list[str]:
            return []

        keyboard = Prompt("> ", nothing)
        assert not keyboard.scripted
        keys.send_text(" more\r")
        assert await keyboard.answer("Your note: ", "old", None) == "old more"
        keys.send_text("\x15\r")
        assert await keyboard.answer("Your note: ", "old", None) == ""
        keys.send_text("\x03")
        assert await keyboard.answer("Your note: ", "old", None) is None


async def test_the_schedule_is_asked_line_by_line_and_enter_keeps_what_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    async def known(_inbox: RecordingInbox, question: Question) -> list[str]:
        return ["10:30", "mon,thu", "Asia/Tokyo", "4"] if question.text == CHANGE else []

    monkeypatch.setattr(RecordingInbox, "ask", known)
    talk = Talk()
    await talk.post(Message("The digest comes …", actions=(changing(Schedule()),)), ONLY_YOU)

    acts = await talk.types("press Change", "8:30", "", "", "")
    assert [act.text for act in acts] == ["schedule 8:30 mon,thu Asia/Tokyo max 4"]


async def test_an_answer_that_cannot_be_read_is_said_and_nothing_is_sent() -> None:
    talk = Talk()
    await talk.post(Message("The digest comes …", actions=(changing(Schedule()),)), ONLY_YOU)

    assert await talk.types("press Change", "9am", "daily", "Zurch") == []
    assert "“Zurch” is not a time zone. Did you mean Europe/Zurich?" in talk.text
