"""What people do in Slack becomes acts: recorded before they are acknowledged, once, and no more than concerns us."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from adapters.platforms.slack import emoji, typed
from adapters.platforms.slack.app_manifest import made
from adapters.platforms.slack.forms import answers, asked
from bot.forms import filled
from bot.models import Act, Action, Ask, Message, Place, Posted, Question
from tests.rigs.faults import UNAVAILABLE
from tests.rigs.platform import BUSY
from tests.rigs.slack import App
from tests.rigs.slack.exam import SlackRig, slack_rig
from tests.rigs.waiting import until

MADE = App.of(made("/papers", history=False))
PAPER = Message("On tokens", "https://arxiv.org/abs/2604.1", actions=(Action("Save", "save p1"),))


async def posted(rig: SlackRig, message: Message = PAPER) -> Posted:
    return await rig.platform.post(Place(rig.channel), message, "k" * 24)


async def quiet(rig: SlackRig) -> list[Act]:
    """Everything that was told is acknowledged; the acts by then."""
    await rig.here.slack.telling.settled()
    assert rig.here.slack.telling.unacknowledged() == []
    return rig.inbox.acts


# -------------------------------------------------------------------------------- recorded, then acknowledged


async def test_nothing_is_acknowledged_before_it_is_recorded() -> None:
    async with slack_rig(app=MADE) as rig:
        message, gate = rig._said(await posted(rig)), asyncio.Event()
        take = rig.inbox.take

        async def slowly(act: Act) -> None:
            await gate.wait()
            await take(act)

        rig.inbox.take = slowly  # type: ignore[method-assign]  # an inbox whose database is slow
        told = [
            rig.here.ada.types(rig.here.papers, "/papers list"),
            rig.here.ada.reacts(message, "bookmark"),
            rig.here.ada.presses(message, "Save"),
            rig.here.ada.uses("save_paper", message),
        ]
        await asyncio.sleep(0.2)
        assert [one.acknowledged for one in told if one] == [None] * 4
        gate.set()
        await quiet(rig)
        assert len(rig.inbox.acts) == 4


async def test_a_reaction_that_cannot_be_recorded_comes_again() -> None:
    async with slack_rig(app=MADE, patience=0.1, again=(0.1, 0.1)) as rig:
        message = rig._said(await posted(rig))
        rig.inbox.busy = True
        told = rig.here.ada.reacts(message, "bookmark")
        assert told is not None
        await rig.inbox.until_refused(1)
        rig.inbox.busy = False
        await told.done()

        assert [act.kind for act in await quiet(rig)] == ["react"]


async def test_who_presses_is_told_when_it_could_not_be_recorded() -> None:
    async with slack_rig(app=MADE) as rig:
        message = rig._said(await posted(rig))
        rig.inbox.busy = True
        await rig.here.ada.presses(message, "Save").done()
        await rig.here.ada.until_reads(BUSY)


async def test_a_form_that_could_not_be_recorded_stays_open_with_what_was_filled_in() -> None:
    async with slack_rig(app=MADE) as rig:
        note = Action("Note", "note p1 {note}", ask=(Ask("note", "Your note"),))
        await rig.presses(await posted(rig, Message("Saved", actions=(note,))), "Note")
        form = await rig.form()
        rig.inbox.busy = True
        await rig.here.ada.submits(form, {"note": "mine"}).done()
        assert BUSY in rig.here.ada.errors
        rig.inbox.busy = False
        await rig.here.ada.submits(form).done()

        assert [act.text for act in await quiet(rig)] == ["note p1 mine"]


async def test_what_is_told_four_times_in_disorder_has_one_key_and_one_order() -> None:
    async with slack_rig(app=MADE) as rig:
        message = rig._said(await posted(rig))
        rig.here.slack.telling.hold()
        for back in (False, True, False):
            rig.here.ada.reacts(message, "bookmark", back=back)
        rig.here.slack.telling.release(times=4, seed=7)
        acts = await quiet(rig)

        assert len(acts) == 12
        assert len({act.key for act in acts}) == 3
        by_order = sorted({(act.order, act.kind) for act in acts})
        assert [kind for _, kind in by_order] == ["react", "unreact", "react"]


async def test_everything_is_heard_while_slack_does_not_say_who_we_are() -> None:
    async with slack_rig(app=MADE) as rig:
        rig.here.slack.fail(UNAVAILABLE, method="auth.test", times=None)
        rig.here.slack.fail(UNAVAILABLE, method="users", times=None)
        before = len(rig.here.slack.called("auth.test"))
        message = rig._said(await posted(rig))
        for _ in range(5):
            await rig.types("list")
        rig.here.ada.reacts(message, "bookmark")

        assert len(await quiet(rig)) == 6
        assert len(rig.here.slack.called("auth.test")) == before


async def test_what_is_no_act_is_acknowledged() -> None:
    async with slack_rig() as rig:  # an app that asked for every event there is
        rig.here.slack.admin.renames(rig.here.papers, "reading")
        rig.here.slack.admin.archives(rig.here.papers)
        rig.here.ada.opens_home(tab="messages")
        rig.here.ada.says(rig.here.papers, "good morning")

        assert await quiet(rig) == []


# --------------------------------------------------------------------------------------------- what is heard


async def test_reactions_in_any_skin_and_by_any_name_and_no_others() -> None:
    async with slack_rig(app=MADE) as rig:
        message = rig._said(await posted(rig))
        for name in ("bookmark::skin-tone-5", "keycap_ten", "+1", "eyes", "bookmark_tabs"):
            rig.here.ada.reacts(message, name)

        assert {act.emoji for act in await quiet(rig)} == {"🔖", "🔟"}


async def test_a_reaction_to_somebody_elses_message_is_thrown_away() -> None:
    async with slack_rig(app=MADE) as rig:
        theirs = rig.here.bob.says(rig.here.papers, "lunch?")
        rig.here.ada.reacts(theirs, "bookmark")

        assert await quiet(rig) == []


def test_the_numbers_are_those_that_the_house_knows() -> None:
    assert [emoji.unicode(name) for name in ("one", "nine", "keycap_ten", "ten")] == ["1️⃣", "9️⃣", "🔟", "🔟"]
    assert emoji.unicode("bookmark::skin-tone-2") == "🔖"
    assert emoji.unicode("thumbsup") == ""


async def test_an_escaped_channel_stays_one_and_links_are_what_was_typed() -> None:
    async with slack_rig(app=MADE) as rig:
        birds = rig.here.slack.channel(rig.here.workspace, "birds", rig.here.ada.member)
        await rig.types("move #birds")
        await rig.types("note p1 a < b & @Bob")
        first, second = await rig.inbox.until(2)

        assert first.text == f"move <#{birds.id}|birds>"
        assert second.text == "note p1 a < b & @bob"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<https://arxiv.org/abs/2604.1>", "https://arxiv.org/abs/2604.1"),
        ("cat:<http://cs.AI|cs.AI>", "cat:cs.AI"),
        ("a &lt; b &amp;amp; c", "a < b &amp; c"),
        ("<!here> <!subteam^S1|@nlp>", "@here @@nlp"),
        ("<#C1|papers> <@U1>", "<#C1|papers> @U1"),
        ("x < y", "x < y"),
    ],
)
def test_slacks_markup_is_read_back(text: str, read: str) -> None:
    assert typed.plain(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<@U0BOT> follow mamba", "follow mamba"),
        ("<@U0BOT>: follow mamba", "follow mamba"),
        ("hey <@U0BOT|paperround> list", "list"),
        ("status <@U0BOT>", "status"),
        ("<@U0BOT>", ""),
    ],
)
def test_what_is_said_to_us_is_what_stands_behind_our_name(text: str, read: str) -> None:
    assert typed.addressed(text) == read


async def test_a_command_in_the_messages_of_two_people_is_meant_for_ones_own() -> None:
    async with slack_rig(app=MADE) as rig:
        between = rig.here.slack.channel(
            rig.here.workspace, "dm", rig.here.ada.member, rig.here.bob.member, kind="im", bot=False
        )
        await rig.here.ada.types(between, "/papers list").done()
        (act,) = await rig.inbox.until(1)

        assert (act.channel, act.channel.direct) == (rig.person.direct, True)


async def test_a_direct_message_is_a_command_and_our_own_answers_are_none() -> None:
    async with slack_rig(app=MADE) as rig:
        rig.here.ada.writes("follow tokenization")
        await rig.inbox.until(1)
        await rig.platform.post(Place(rig.person.direct), Message(body="Following."), "")

        (act,) = await quiet(rig)
        assert (act.text, act.channel, act.channel.direct) == ("follow tokenization", rig.person.direct, True)


async def test_a_mention_without_words_asks_for_help_in_its_thread() -> None:
    async with slack_rig(app=MADE) as rig:
        lead = rig._said(await posted(rig))
        rig.here.ada.says(rig.here.papers, "", under=lead, mention=True)
        (act,) = await quiet(rig)

        assert (act.text, act.message) == ("help", lead.ts)
        await rig.platform.post(Place(act.channel, "private", person=act.person, reply=act.reply), PAPER, "")
        assert [said.thread for said in rig.here.ada.private()] == [lead.ts]


async def test_names_zones_and_guests_are_known_and_changes_are_heard() -> None:
    async with slack_rig(app=MADE) as rig:
        await until(lambda: rig.here.slack.called("users.list"))
        await asyncio.sleep(0.05)
        await rig.types("list")
        moved = rig.here.slack.admin.moves(rig.here.ada, "Asia/Tokyo")
        assert moved is not None
        await moved.done()
        await rig.types("list")
        first, second = await rig.inbox.until(2)

        assert [(act.person.name, act.person.zone) for act in (first, second)] == [
            ("Ada", "Europe/Zurich"),
            ("Ada", "Asia/Tokyo"),
        ]


async def test_a_stranger_is_asked_about_while_nobody_waits() -> None:
    async with slack_rig(app=MADE) as rig:
        await asyncio.sleep(0.1)
        eve = rig.here.slack.person(rig.here.workspace, "Eve", zone="Asia/Tokyo", guest="single-channel")
        for number in (1, 2):
            await eve.types(rig.here.papers, "/papers list").done()
            await rig.inbox.until(number)
            await asyncio.sleep(0.1)
        first, second = rig.inbox.acts

        assert (first.person.zone, first.guest) == ("", False)
        assert (second.person.name, second.person.zone, second.guest) == ("Eve", "Asia/Tokyo", True)
        assert len(rig.here.slack.called("users.info")) == 1


# ------------------------------------------------------------------------------------------------------ forms


async def test_a_form_has_a_field_for_every_kind_of_answer() -> None:
    schedule = Action(
        "Change",
        "schedule {at} {days} {zone} {more}",
        ask=(
            Ask("at", "Hour", "time", "09:00"),
            Ask("days", "Days", "choice", "weekdays", ("daily", "weekdays")),
            Ask("zone", "Time zone", "completion"),
            Ask("more", "Anything else", optional=True),
        ),
    )
    async with slack_rig(app=MADE) as rig:
        asked_of: list[Question] = []

        async def ask(question: Question) -> Sequence[str]:
            asked_of.append(question)
            return ("Europe/Zurich", "Europe/Berlin", "x" * 200)

        rig.inbox.ask = ask  # type: ignore[method-assign]  # an inbox with zones in it
        await rig.presses(await posted(rig, Message("Schedule", actions=(schedule,))), "Change")
        form = await rig.form()
        offered = await rig.here.ada.asks(form, "Time zone", "zur")
        await rig.here.ada.submits(form, {"at": "08:30", "zone": "Europe/Zurich"}).done()
        (act,) = await quiet(rig)

        assert offered == ["Europe/Zurich", "Europe/Berlin"]
        assert (asked_of[0].text, asked_of[0].channel) == ("schedule zur", rig.channel)
        assert act.text == "schedule 08:30 weekdays Europe/Zurich"
        assert act.channel == rig.channel


def test_what_an_answer_holds_is_not_filled_again() -> None:
    values: dict[str, dict[str, dict[str, str | None]]] = {
        "a": {"a": {"value": "{b} {c}"}},
        "b": {"b": {"value": None}},
    }

    assert filled("note {a} {b}", answers(values)) == "note {b} {c}"
    assert asked("schedule {at} {zone}", "zone", "ber") == "schedule ber"


async def test_a_form_that_opens_too_late_is_said() -> None:
    async with slack_rig(app=MADE) as rig:
        note = Action("Note", "note p1 {note}", ask=(Ask("note", "Your note"),))
        message = await posted(rig, Message("Saved", actions=(note,)))
        rig.here.slack.fail(UNAVAILABLE, method="views.open")
        await rig.presses(message, "Note")
        await rig.here.ada.until_reads("did not open in time")


async def test_a_press_in_somebodys_home_is_about_their_own_messages_and_shows_the_home_anew() -> None:
    async with slack_rig(app=MADE) as rig:
        await rig.platform.post(Place(rig.channel, "home", person=rig.person), PAPER, "")
        home = rig.here.ada.home
        assert home is not None
        await rig.here.ada.presses(home, "Save").done()
        press, anew = await rig.inbox.until(2)

        assert (press.text, anew.text) == ("save p1", "home")
        assert press.channel == anew.channel == rig.person.direct
        assert press.key != anew.key
        assert press.message == ""


async def test_a_link_button_types_nothing() -> None:
    async with slack_rig(app=MADE) as rig:
        pdf = Action("PDF", url="https://arxiv.org/pdf/2604.1")
        message = rig._said(await posted(rig, Message("On tokens", actions=(pdf,))))
        await rig.here.ada.presses(message, "PDF").done()

        assert await quiet(rig) == []
