"""People on the fake Slack: what they type, press, choose and send reaches the app as Slack tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.rigs.house import Hands

pytest.importorskip("slack_sdk", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")


from tests.rigs.slack import App, lines
from tests.rigs.slack.app import SCOPES
from tests.rigs.slack.lab import SAVE, SECTION, Lab, lab, listening, refused


async def test_a_slash_command_is_told_and_its_answer_seen_by_one() -> None:
    async with lab() as here, listening(here.slack, lambda request: {"text": "Followed"}) as app:
        told = await here.ada.types(here.papers, "/papers follow  mamba ").done()

    payload = app.came[0].payload
    assert (app.came[0].type, payload["command"], payload["text"]) == ("slash_commands", "/papers", "follow  mamba")
    assert (payload["channel_id"], payload["channel_name"]) == (here.papers.id, "papers")
    assert (payload["user_id"], payload["team_id"]) == (here.ada.id, here.workspace.id)
    assert told.latency is not None
    assert [said.text for said in here.ada.private()] == ["Followed"]
    assert "Followed" not in here.bob.reads()


async def test_channels_and_people_in_a_command_come_as_ids_where_the_app_asks_for_it() -> None:
    async with lab(App(escaping=True)) as here:
        birds = here.slack.channel(here.workspace, "birds")
        told = here.ada.types(here.papers, "/papers move #birds @Bob #nobirds")

    assert told.payload["text"] == f"move <#{birds.id}|birds> <@{here.bob.id}|bob> #nobirds"


async def test_a_command_that_nobody_takes_fails_on_the_screen() -> None:
    async with lab(patience=0.05) as here:
        await here.ada.types(here.papers, "/papers list").done()
        async with listening(here.slack, lambda request: None):
            told = await here.ada.types(here.papers, "/papers list").done()
        with pytest.raises(LookupError, match="/paper is not a valid command"):
            here.ada.types(here.papers, "/paper list")

    assert here.ada.errors == [
        f'/papers failed with the error "{why}"' for why in ("dispatch_failed", "operation_timeout")
    ]
    assert len(told.attempts) == 1


async def test_what_is_written_reaches_the_app_where_it_may_read() -> None:
    async with lab() as here, listening(here.slack) as app:
        lead = await here.posts("lead")
        here.ada.says(here.papers, "talking among ourselves")
        here.ada.says(here.papers, "why <this> & cs.AI?", under=lead, mention=True)
        here.ada.writes("list")
        await here.slack.telling.settled()

    assert here.workspace.bot
    mention, direct = app.events()
    assert (mention["type"], mention["thread_ts"]) == ("app_mention", lead.ts)
    assert mention["text"] == f"<@{here.workspace.bot.id}> why &lt;this&gt; &amp; <http://cs.AI|cs.AI>?"
    assert (direct["type"], direct["channel_type"], direct["text"]) == ("message", "im", "list")


async def test_the_app_hears_its_own_direct_messages_too() -> None:
    async with lab() as here, listening(here.slack) as app:
        await here.web.chat_postMessage(channel=here.ada.id, text="Hello")
        await here.slack.telling.settled()

    assert [(event["text"], bool(event["bot_id"])) for event in app.events()] == [("Hello", True)]


async def test_metadata_comes_back_as_a_receipt_to_whoever_subscribed() -> None:
    async with lab() as here, listening(here.slack) as app:
        key = {"event_type": "paper_delivered", "event_payload": {"key": "k1"}}
        said = await here.posts(metadata=key)
        await here.posts(metadata={"event_type": "something_else", "event_payload": {}})
        await here.slack.telling.settled()

    event = app.events()[0]
    assert (event["type"], event["metadata"], event["message_ts"]) == ("message_metadata_posted", key, said.ts)
    assert len(app.came) == 1


async def test_reactions_are_told_with_skin_tones_and_only_where_the_bot_is() -> None:
    async with lab() as here, listening(here.slack) as app:
        said = await here.posts()
        here.ada.reacts(said, "bookmark")
        here.ada.reacts(said, "+1::skin-tone-3")
        here.ada.reacts(said, "bookmark", back=True)
        elsewhere = here.slack.channel(here.workspace, "elsewhere", bot=False)
        assert here.ada.reacts(here.bob.says(elsewhere, "x"), "bookmark") is None
        await here.slack.telling.settled()

    assert [(event["type"], event["reaction"]) for event in app.events()] == [
        ("reaction_added", "bookmark"),
        ("reaction_added", "+1::skin-tone-3"),
        ("reaction_removed", "bookmark"),
    ]
    assert app.events()[0]["item"] == {"type": "message", "channel": here.papers.id, "ts": said.ts}
    assert said.reactions == {"+1::skin-tone-3": [here.ada.id]}


async def test_links_are_told_by_domain_even_where_the_bot_is_not() -> None:
    async with lab() as here, listening(here.slack) as app:
        elsewhere = here.slack.channel(here.workspace, "elsewhere", here.ada.member, bot=False)
        here.ada.says(
            elsewhere, "https://arxiv.org/abs/1 https://www.arxiv.org/abs/2 https://papers.example/3 notarxiv.org"
        )
        await here.slack.telling.settled()

    event = app.events()[0]
    assert [link["url"] for link in event["links"]] == ["https://arxiv.org/abs/1", "https://www.arxiv.org/abs/2"]
    assert not event["is_bot_user_member"]


async def test_a_button_tells_what_it_is_and_where() -> None:
    async with lab() as here, listening(here.slack) as app:
        said = await here.posts(blocks=[SECTION, {"type": "actions", "elements": [SAVE]}])
        await here.ada.presses(said, "Save").done()
        await here.ada.presses(said, "Save On tokens").done()
        with pytest.raises(LookupError, match=r"there is no 'Keep' number 1; there are .*Save"):
            here.ada.presses(said, "Keep")

    payload = app.came[0].payload
    assert (payload["type"], payload["actions"][0]["value"], payload["message"]["ts"]) == (
        "block_actions",
        "save p17",
        said.ts,
    )
    assert payload["container"] == {
        "type": "message",
        "message_ts": said.ts,
        "channel_id": here.papers.id,
        "is_ephemeral": False,
    }
    assert len(app.came) == 2


async def test_a_button_of_a_private_answer_names_no_message_and_may_replace_it() -> None:
    async with lab() as here, listening(here.slack) as app:
        parts = [{"type": "actions", "elements": [SAVE]}]
        await here.web.chat_postEphemeral(channel=here.papers.id, user=here.ada.id, text="x", blocks=parts)
        await here.ada.presses(here.ada.private()[0], "Save").done()
        payload = app.came[0].payload
        await _respond(here, payload["response_url"], {"text": "Saved", "replace_original": True})
        await _respond(here, payload["response_url"], {"text": "Ada saved one", "response_type": "in_channel"})

    assert "message" not in payload
    assert [lines(said) for said in here.ada.private()] == [["Saved"]]
    assert "Ada saved one" in here.bob.reads()


async def _respond(here: Lab, url: str, said: dict[str, Any]) -> None:
    from slack_sdk.webhook.async_client import AsyncWebhookClient  # noqa: PLC0415  # the SDK may be missing

    answer = await AsyncWebhookClient(url).send_dict(said)
    assert answer.status_code == 200


async def test_a_shortcut_brings_the_message() -> None:
    async with lab(App(shortcuts=(("save_paper", "message"), ("new", "global")))) as here, listening(here.slack) as app:
        said = await here.posts()
        await here.ada.uses("save_paper", said).done()
        await here.ada.uses("new").done()
        with pytest.raises(LookupError):
            here.ada.uses("save_paper")

    message, anywhere = (request.payload for request in app.came)
    assert (message["type"], message["message"]["ts"], message["channel"]["id"]) == (
        "message_action",
        said.ts,
        here.papers.id,
    )
    assert (anywhere["type"], anywhere["callback_id"]) == ("shortcut", "new")


async def test_an_app_without_the_scope_is_told_nothing() -> None:
    few = tuple(scope for scope in SCOPES if scope not in ("reactions:read", "commands"))
    async with lab(App(scopes=few)) as here:
        said = await here.posts()
        assert here.ada.reacts(said, "bookmark") is None
        with pytest.raises(LookupError):
            here.ada.types(here.papers, "/papers list")


async def test_what_happens_to_channels_and_installations_is_told() -> None:
    async with lab() as here, listening(here.slack) as app:
        admin, other = here.slack.admin, here.slack.channel(here.workspace, "other", bot=False)
        secret = here.slack.channel(here.workspace, "secret", kind="private")
        admin.invites_bot(other)
        admin.renames(other, "others")
        admin.removes_bot(other)
        admin.removes_bot(secret)
        admin.changes_id(here.papers, "C0NEW")
        admin.archives(here.papers)
        admin.moves(here.ada, "Asia/Tokyo")
        admin.uninstalls(here.workspace, first="tokens_revoked")
        await here.slack.telling.settled()
        assert await refused(here.web.auth_test()) == "account_inactive"

    assert app.kinds() == [
        "member_joined_channel",
        "channel_rename",
        "channel_left",
        "group_left",
        "channel_id_changed",
        "channel_archive",
        "user_change",
        "tokens_revoked",
        "app_uninstalled",
    ]
    assert here.ada.member.json(Hands()() + timedelta())["tz_offset"] == 9 * 3600


async def test_a_channel_that_turns_private_or_comes_back_needs_a_new_invitation() -> None:
    async with lab() as here:
        admin, errors = here.slack.admin, []
        admin.makes_private(here.papers)
        errors.append(await refused(here.posts()))
        admin.invites_bot(here.papers)
        errors.append(await refused(here.posts()))
        admin.archives(here.papers)
        admin.unarchives(here.papers)
        errors.append(await refused(here.posts()))
        admin.revokes(here.workspace)
        errors.append(await refused(here.posts()))
        admin.restores(here.workspace)
        admin.invites_bot(here.papers)
        errors.append(await refused(here.posts()))

    assert errors == ["channel_not_found", "", "channel_not_found", "token_revoked", ""]


async def test_nobody_presses_what_is_gone() -> None:
    async with lab() as here:
        said = await here.posts(blocks=[{"type": "actions", "elements": [SAVE]}])
        await here.web.chat_delete(channel=here.papers.id, ts=said.ts)
        with pytest.raises(LookupError, match="not there any more"):
            here.ada.presses(said, "Save")
        with pytest.raises(TimeoutError, match="Ada has not read 'Save'"):
            await here.ada.until_reads("Save", seconds=0.05)
