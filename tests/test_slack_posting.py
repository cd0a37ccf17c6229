"""Posting in Slack: never twice, never too late, and every refusal in our words."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from adapters.platforms.slack.handle import Handle
from adapters.platforms.slack.receipts import EVENT
from adapters.platforms.slack.socketed import Socketed
from adapters.platforms.slack.web import Web, Workspace
from bot.models import Action, File, Message, Place
from bot.ports import ChannelGone, Doubt, Doubtful, NotSent, PostError, Refused, Unauthorised, begun_by
from tests.rigs.faults import DROP_AFTER, ERROR_AFTER, limited, now, slow_after
from tests.rigs.slack import HISTORY, SCOPES, App, acting, lines, refusing
from tests.rigs.slack.exam import SlackRig, slack_rig
from tests.rigs.slack.lab import Lab

KEY = "k" * 24
LINE = Message(body="Ada follows tokenization here.")
PAPER = Message(
    "On tokens", "https://arxiv.org/abs/2604.1", "What it says.", actions=(Action("Save", "save p1"),), notice="1 paper"
)
HISTORIC = App(scopes=(*SCOPES, *HISTORY))


def platform(rig: SlackRig) -> Socketed:
    assert isinstance(rig.platform, Socketed)
    return rig.platform


async def private(rig: SlackRig, **handle: Any) -> Place:
    """Where somebody who typed is answered; `handle` is more of what came with it."""
    before = len(rig.inbox.acts)
    await rig.types("list")
    act = (await rig.inbox.until(before + 1))[-1]
    url = Handle.of(act.reply).url
    return Place(act.channel, "private", person=act.person, reply=Handle(**({"url": url} | handle)).packed())


async def error(post: Awaitable[object]) -> PostError:
    with pytest.raises(PostError) as caught:
        await post
    return caught.value


# -------------------------------------------------------------------------------------- never twice, never late


async def test_a_keyed_message_carries_its_key_and_nothing_else() -> None:
    async with slack_rig() as rig:
        await rig.platform.post(Place(rig.channel), LINE, KEY)
        await rig.platform.post(Place(rig.channel), LINE, "")

        keyed, plain = rig.here.papers.said
        assert keyed.metadata == {"event_type": EVENT, "event_payload": {"key": KEY}}
        assert plain.metadata == {}
        assert rig.here.slack.walls() == []


@pytest.mark.parametrize("fault", [DROP_AFTER, ERROR_AFTER, refusing("fatal_error")], ids=lambda fault: fault.name)
async def test_what_may_have_arrived_is_posted_once_and_is_doubtful(fault: Any) -> None:
    async with slack_rig() as rig:
        rig.here.slack.fail(fault)

        assert type(await error(rig.platform.post(Place(rig.channel), LINE, KEY))) is Doubtful
        assert len(rig.here.slack.called("chat.postMessage")) == 1


async def test_what_takes_too_long_is_doubtful() -> None:
    async with slack_rig() as rig:
        rig.here.slack.fail(slow_after(1.0))
        web = Web(Workspace(rig.here.token), now, api=rig.here.slack.api, request=0.2)
        hasty = Socketed(web, "xapp-1", now, command="/papers", history=False)

        assert type(await error(hasty.post(Place(rig.channel), LINE, KEY))) is Doubtful
        await hasty.close()


async def test_nothing_is_sent_when_it_is_too_late() -> None:
    async with slack_rig() as rig:
        with begun_by(lambda: 10.0, 9.0):
            assert type(await error(rig.platform.post(Place(rig.channel), LINE, KEY))) is NotSent

        assert rig.here.slack.called("chat.postMessage") == []


async def test_slack_tells_of_a_message_whose_answer_was_lost() -> None:
    async with slack_rig() as rig:
        here, since = Place(rig.channel), now()
        rig.here.slack.fail(DROP_AFTER)
        await error(rig.platform.post(here, LINE, KEY))

        assert rig.platform.doubt(here) == (Doubt.CONFIRMS,)
        found = await rig.platform.find(here, KEY, since)
        assert found is not None
        assert found.id == rig.here.papers.said[-1].ts


async def test_a_receipt_that_never_comes_confirms_nothing() -> None:
    async with slack_rig(forgetful=1.0) as rig:
        await rig.platform.post(Place(rig.channel), LINE, KEY)

        assert await rig.platform.find(Place(rig.channel), KEY, now()) is None


async def test_another_apps_metadata_is_not_believed() -> None:
    async with slack_rig() as rig:
        forged = {
            "type": "message_metadata_posted",
            "app_id": "A0OTHER",
            "channel_id": rig.channel.id,
            "metadata": {"event_type": EVENT, "event_payload": {"key": KEY}},
            "message_ts": "1.000001",
        }
        told = rig.here.slack.event("message_metadata_posted", forged, rig.here.papers)
        assert told is not None
        await told.done()

        assert await rig.platform.find(Place(rig.channel), KEY, now()) is None


@pytest.mark.parametrize("kind", ["channel", "thread"])
async def test_with_history_a_message_is_found_behind_pages_of_others_and_its_absence_is_proved(kind: Any) -> None:
    async with slack_rig("on", HISTORIC, forgetful=1.0) as rig:
        since = now()
        lead = await rig.platform.post(Place(rig.channel), LINE, "")
        here = Place(rig.channel, kind, under=lead.id if kind == "thread" else "")
        posted = await rig.platform.post(here, LINE, KEY)
        for number in range(450):
            rig.here.slack.say(rig.here.papers, rig.here.bob.member, f"talk {number}", thread=here.under)

        assert rig.platform.doubt(here) == (Doubt.FINDS,)
        assert await rig.platform.find(here, KEY, since) == posted
        assert await rig.platform.find(here, "another", since) is None
        assert await rig.platform.find(here, KEY, now() + timedelta(minutes=5)) is None


async def test_direct_messages_are_looked_through_without_further_scopes() -> None:
    async with slack_rig(forgetful=1.0) as rig:
        here = Place(rig.channel, "direct", person=rig.person)
        posted = await rig.platform.post(here, LINE, KEY)

        assert rig.platform.doubt(here) == rig.platform.doubt(Place(rig.person.direct)) == (Doubt.FINDS,)
        assert await rig.platform.find(here, KEY, now()) == posted
        assert await rig.platform.find(Place(rig.person.direct), KEY, now()) == posted


async def test_a_history_that_may_not_be_read_spoils_no_token() -> None:
    async with slack_rig("on") as rig:
        lost = await error(rig.platform.find(Place(rig.channel), KEY, now()))

        assert type(lost) is NotSent
        assert "manifest slack --history" in str(lost)


# ------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    "change",
    [
        lambda here: here.slack.admin.archives(here.papers),
        lambda here: here.slack.admin.removes_bot(here.papers),
        lambda here: here.slack.admin.makes_private(here.papers),
        lambda here: here.slack.admin.restricts(here.papers),
        lambda here: here.slack.admin.restricts(here.papers, "restricted_action_read_only_channel"),
        lambda here: here.slack.admin.deletes(here.papers),
    ],
    ids=["archived", "removed", "private", "restricted", "read-only", "deleted"],
)
async def test_a_channel_that_takes_nothing_has_a_sentence_of_its_own(change: Callable[[Lab], object]) -> None:
    async with slack_rig() as rig:
        change(rig.here)
        gone = await error(rig.platform.post(Place(rig.channel), LINE, KEY))

        assert type(gone) is ChannelGone
        assert len(str(gone)) > 20


async def test_a_renamed_channel_is_the_same_channel() -> None:
    async with slack_rig() as rig:
        rig.here.slack.admin.renames(rig.here.papers, "reading")

        assert (await rig.platform.post(Place(rig.channel), LINE, KEY)).id
        room = await platform(rig).room(rig.channel, rig.person)
        assert (room.name, room.inside, room.posts, room.reads) == ("reading", True, True, True)
        assert room.invite.lower() == "/invite @paperround"


async def test_a_revoked_token_is_no_fault_of_the_channel() -> None:
    async with slack_rig() as rig:
        rig.here.slack.admin.revokes(rig.here.workspace)

        assert type(await error(rig.platform.post(Place(rig.channel), LINE, KEY))) is Unauthorised


async def test_patience_is_for_the_channels_own_bucket() -> None:
    async with slack_rig() as rig:
        rig.here.slack.fail(limited("7"))
        here = Place(rig.channel)
        slow = await error(rig.platform.post(here, LINE, KEY))

        assert (type(slow), slow.retry_after) == (NotSent, 7.0)
        assert slow.limit == f"slack/{rig.channel.workspace}/{rig.channel.id}"
        assert slow.limit in [limit.name for limit in rig.platform.limits(here)]


# ------------------------------------------------------------------------------------------- private answers


async def test_the_sixth_answer_at_one_address_comes_another_way() -> None:
    async with slack_rig() as rig:
        place = await private(rig)
        for number in range(6):
            await rig.platform.post(place, Message(body=f"Answer {number}."), "")

        assert [said.via for said in rig.here.ada.private()] == ["response_url"] * 5 + ["method"]
        assert rig.here.bob.private() == []


async def test_where_the_bot_is_not_the_answer_comes_as_a_direct_message() -> None:
    async with slack_rig() as rig:
        rig.here.slack.admin.removes_bot(rig.here.papers)
        await rig.platform.post(Place(rig.channel, "private", person=rig.person), LINE, "")

        (said,) = [said for said in rig.here.slack.books if said.bot]
        assert said.conversation is rig.here.ada.direct


async def test_a_paper_that_was_pressed_for_opens_in_a_window_while_that_is_possible() -> None:
    async with slack_rig() as rig:
        posted = await rig.platform.post(Place(rig.channel), PAPER, KEY)
        for _ in range(2):
            await rig.presses(posted, "Save")
        first, second = await rig.inbox.until(2)
        at = Place(rig.channel, "private", person=rig.person)
        await rig.platform.post(Place(at.channel, "private", person=at.person, reply=first.reply), PAPER, "")
        late = Handle.of(second.reply)
        stale = Handle(late.url, late.trigger, late.at - 60, late.label)
        await rig.platform.post(Place(at.channel, "private", person=at.person, reply=stale.packed()), PAPER, "")

        assert rig.here.ada.form.title == "Save"
        assert len(rig.here.ada.private()) == 1


async def test_a_window_that_slack_refuses_is_an_answer_like_any_other() -> None:
    async with slack_rig() as rig:
        place = await private(rig, trigger="never-given", at=now().timestamp(), label="Abstract")
        await rig.platform.post(place, PAPER, "")

        assert [said.via for said in rig.here.ada.private()] == ["response_url"]


async def test_a_file_goes_to_the_person_alone_and_the_channel_is_told_nothing() -> None:
    async with slack_rig() as rig:
        file = File("papers/../list.bib", "@misc{a}\n")
        await rig.platform.post(await private(rig), Message("1 paper", file=file), "")

        (said,) = [one for one in rig.here.slack.books if one.files]
        assert said.conversation is rig.here.ada.direct
        assert "/" not in said.files[0].name
        (told,) = rig.here.ada.private()
        assert "direct messages" in "\n".join(lines(told))


async def test_an_empty_file_and_a_message_for_nobody_are_refused() -> None:
    async with slack_rig() as rig:
        nobody = Place(rig.channel, "private")

        assert type(await error(rig.platform.post(nobody, LINE, ""))) is Refused
        assert type(await error(rig.platform.post(await private(rig), Message(file=File("a", "")), ""))) is Refused
        assert type(await error(rig.platform.post(Place(rig.channel, "unfurl"), PAPER, ""))) is Refused


async def test_a_preview_has_no_buttons_that_type_and_says_nothing_else() -> None:
    async with slack_rig() as rig:
        said = rig.here.ada.says(rig.here.papers, "see https://arxiv.org/abs/2604.1")
        (act,) = await rig.inbox.until(1)
        place = Place(act.channel, "private", person=act.person, reply=act.reply)
        await rig.platform.post(place, Message(body="No source of mine knows that paper."), "")
        assert said.unfurls == {}
        await rig.platform.post(place, PAPER, "")

        assert "save p1" not in str(said.unfurls)
        assert "What it says." in lines(said)
        assert {one.target for one in acting(said)} == {"https://arxiv.org/abs/2604.1"}


async def test_no_log_however_talkative_holds_a_token_or_what_people_wrote(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with slack_rig() as rig:
            await rig.types("note p1 something-private")
            (act,) = await rig.inbox.until(1)
            place = Place(act.channel, "private", person=act.person, reply=act.reply)
            await rig.platform.post(place, Message(body="an-answer"), "")
            secrets = (rig.here.token, rig.here.slack.app.app_token, Handle.of(act.reply).url)
            said = caplog.text

    assert [one for one in (*secrets, "something-private", "an-answer") if one in said] == []
