"""The fake Slack speaks Slack: the Web API as the real SDK uses it, what it refuses, and how it misbehaves."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import aiohttp
import pytest

from tests.rigs.house import Hands

pytest.importorskip("slack_sdk", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.rigs.slack import HISTORY, SCOPES, App, acting, lines, notice, spoken
from tests.rigs.slack.lab import SAVE, SECTION, lab, refused
from tests.rigs.slack.mrkdwn import read, typed

KEY = {"event_type": "paper_delivered", "event_payload": {"key": "k" * 24}}


async def test_takes_arguments_wherever_they_stand() -> None:
    async with lab() as here, aiohttp.ClientSession() as http:
        url, mine = f"{here.slack.api}chat.postMessage", {"channel": here.papers.id}
        bearer = {"Authorization": f"Bearer {here.token}"}
        await http.get(url, params=mine | {"text": "get", "token": here.token})
        await http.post(url, params=mine | {"text": "query"}, headers=bearer)
        await http.post(url, data=mine | {"text": "form", "token": here.token})
        await http.post(url, json=mine | {"text": "json"}, headers=bearer)
        answers = [
            await (await http.post(url, json=mine | {"token": here.token})).json(),
            await (await http.post(url, data="{", headers=bearer | {"Content-Type": "application/json"})).json(),
            await (await http.post(f"{here.slack.api}chat.shout", headers=bearer)).json(),
        ]

    assert [said.text for said in here.slack.books] == ["get", "query", "form", "json"]
    # a token in a JSON body is none, as in the real one
    assert [answer["error"] for answer in answers] == ["not_authed", "invalid_json", "unknown_method"]
    assert {arrival.status for arrival in here.slack.faults.arrivals} == {200}


async def test_keeps_what_was_posted_and_its_key() -> None:
    async with lab() as here:
        blocks = [SECTION, {"type": "actions", "elements": [SAVE]}]
        said = await here.posts("1 new paper: On tokens", blocks=blocks, metadata=KEY, unfurl_links=False)
        reply = await here.posts("Under it", thread_ts=said.ts)
        lost = await refused(here.posts("Nowhere", thread_ts="1.000001"))

    assert (said.key, notice(said)) == ("k" * 24, "1 new paper: On tokens")
    assert (lines(said), spoken(said)) == (["On tokens", "Save"], ["Save On tokens"])
    assert here.slack.message(said.ts) is said
    assert (reply.thread, lost) == (said.ts, "thread_not_found")
    assert here.ada.thread(said) == [reply]
    assert here.ada.sees(here.papers) == [said]
    assert here.slack.faults.arrivals[0].key == "k" * 24
    assert [arrival.committed for arrival in here.slack.faults.arrivals] == [True, True, False]


async def test_changes_and_deletes_only_what_is_ones_own() -> None:
    async with lab() as here:
        mine, hers = await here.posts(), here.ada.says(here.papers, "Mine")
        await here.web.chat_update(channel=here.papers.id, ts=mine.ts, text="Changed")
        errors = [
            await refused(here.web.chat_update(channel=here.papers.id, ts=hers.ts, text="No")),
            await refused(here.web.chat_delete(channel=here.papers.id, ts=hers.ts)),
            await refused(here.web.chat_update(channel=here.papers.id, ts="1.000001", text="No")),
        ]
        before = mine.text, mine.edited
        await here.web.chat_delete(channel=here.papers.id, ts=mine.ts)

    assert before == ("Changed", True)
    assert errors == ["cant_update_message", "cant_delete_message", "message_not_found"]
    assert here.bob.sees(here.papers) == [hers]


async def test_an_ephemeral_message_is_seen_by_one_person_in_the_channel() -> None:
    async with lab() as here:
        carl = here.slack.person(here.workspace, "Carl")
        await here.web.chat_postEphemeral(channel=here.papers.id, user=here.ada.id, text="For you")
        error = await refused(here.web.chat_postEphemeral(channel=here.papers.id, user=carl.id, text="For you"))

    assert ("For you" in here.ada.reads(), "For you" in here.bob.reads()) == (True, False)
    assert error == "user_not_in_channel"


async def test_a_direct_message_needs_only_the_person() -> None:
    async with lab() as here:
        said = await here.web.chat_postMessage(channel=here.ada.id, text="Hello")
        opened = await here.web.conversations_open(users=here.ada.id)
        here.slack.reconfigure(messages_tab=False)
        error = await refused(here.web.chat_postMessage(channel=here.bob.id, text="Hello"))

    assert said["channel"] == opened["channel"]["id"] == here.workspace.direct(here.ada.id, said["message"]["user"]).id  # type: ignore[union-attr]
    assert "Hello" not in here.bob.reads()
    assert error == "messages_tab_disabled"


async def test_a_channel_says_why_nothing_can_be_posted_there() -> None:
    async with lab() as here:
        slack, post = here.slack, here.web.chat_postMessage
        outside = slack.channel(here.workspace, "outside", bot=False)
        secret = slack.channel(here.workspace, "secret", kind="private", bot=False)
        quiet = slack.channel(here.workspace, "quiet")
        slack.admin.restricts(quiet)
        slack.admin.archives(here.papers)
        gone = slack.channel(here.workspace, "gone")
        slack.admin.deletes(gone)
        errors = [await refused(post(channel=one.id, text="x")) for one in (outside, secret, quiet, here.papers, gone)]

    assert errors == ["not_in_channel", "channel_not_found", "restricted_action", "is_archived", "channel_not_found"]
    assert slack.refused() == [("chat.postMessage", error) for error in errors]
    assert slack.books == []


async def test_a_token_says_why_it_is_worth_nothing() -> None:
    async with lab() as here:
        revoked, gone = here.slack.workspace("revoked"), here.slack.workspace("gone")
        tokens = [here.slack.install(revoked), here.slack.install(gone), "xoxb-nobody", here.slack.app.app_token, None]
        here.slack.admin.revokes(revoked)
        here.slack.admin.uninstalls(gone)
        post = [
            await refused(AsyncWebClient(token, base_url=here.slack.api).chat_postMessage(channel="C1", text="x"))
            for token in tokens
        ]
        await here.web.auth_revoke()

        assert post == ["token_revoked", "account_inactive", "invalid_auth", "not_allowed_token_type", "not_authed"]
        assert await refused(here.web.auth_test()) == "token_revoked"


async def test_every_method_asks_for_its_scope_and_names_it() -> None:
    async with lab(App(scopes=("commands",))) as here:
        web, channel = here.web, here.papers.id
        calls = {
            "chat:write": web.chat_postMessage(channel=channel, text="x"),
            "links:write": web.chat_unfurl(channel=channel, ts="1.0", unfurls={}),
            "channels:read,groups:read,im:read,mpim:read": web.conversations_info(channel=channel),
            "im:write": web.conversations_open(users=here.ada.id),
            "channels:join": web.conversations_join(channel=channel),
            "channels:history,groups:history,im:history,mpim:history": web.conversations_history(channel=channel),
            "users:read": web.users_info(user=here.ada.id),
            "team:read": web.team_info(),
            "reactions:read": web.reactions_get(channel=channel, timestamp="1.000001"),
            "reactions:write": web.reactions_add(channel=channel, timestamp="1.000001", name="eyes"),
            "files:write": web.files_getUploadURLExternal(filename="a.bib", length=1),
        }
        for needed, call in calls.items():
            with pytest.raises(SlackApiError) as refusal:
                await call
            said = refusal.value.response
            assert (said["error"], said["needed"], said["provided"]) == ("missing_scope", needed, "commands")


async def test_conversations_are_read_as_far_as_the_scopes_reach() -> None:
    async with lab() as here:
        web = here.web
        secret = here.slack.channel(here.workspace, "secret", here.ada.member, kind="private")
        here.slack.channel(here.workspace, "other", kind="private", bot=False)
        info = await web.conversations_info(channel=here.papers.id, include_num_members=True)
        listed = await web.conversations_list(types="public_channel,private_channel", limit=1)
        rest = await web.conversations_list(
            types="public_channel,private_channel", cursor=listed["response_metadata"]["next_cursor"]
        )
        members = await web.conversations_members(channel=secret.id)
        error = await refused(web.conversations_list(types="mpim"))
        joined = here.slack.channel(here.workspace, "birds", bot=False)
        await web.conversations_join(channel=joined.id)

    assert (info["channel"]["name"], info["channel"]["num_members"], info["channel"]["is_member"]) == (
        "papers",
        3,
        True,
    )
    assert [one["name"] for one in (*listed["channels"], *rest["channels"])] == ["papers", "secret"]
    assert members["members"] == secret.members
    assert error == "missing_scope"
    assert here.workspace.bot
    assert here.workspace.bot.id in joined.members


async def test_history_is_newest_first_and_shows_metadata_to_whoever_asks() -> None:
    async with lab(App(scopes=(*SCOPES, *HISTORY))) as here:
        first = await here.posts("first", metadata=KEY)
        await here.posts("in a thread", thread_ts=first.ts)
        second = await here.posts("second")
        web, channel = here.web, here.papers.id
        plain = await web.conversations_history(channel=channel, limit=1)
        old = await web.conversations_history(
            channel=channel, oldest=first.ts, inclusive=True, latest=second.ts, include_all_metadata=True
        )
        thread = await web.conversations_replies(channel=channel, ts=first.ts)

    assert [one["text"] for one in plain["messages"]] == ["second"]
    assert plain["has_more"]
    assert [one.get("metadata") for one in old["messages"]] == [None, KEY]
    assert [one["text"] for one in thread["messages"]] == ["first", "in a thread"]


async def test_reactions_are_counted_and_not_all_named() -> None:
    async with lab() as here:
        said = await here.posts()
        for number in range(60):
            here.slack.person(here.workspace, f"P{number}").reacts(said, "bookmark")
        here.ada.reacts(said, "+1::skin-tone-3")
        here.ada.reacts(said, "eyes")
        here.ada.reacts(said, "eyes", back=True)
        short = (await here.web.reactions_get(channel=here.papers.id, timestamp=said.ts))["message"]["reactions"]
        full = (await here.web.reactions_get(channel=here.papers.id, timestamp=said.ts, full=True))["message"]
        await here.web.reactions_add(channel=here.papers.id, timestamp=said.ts, name="eyes")
        again = await refused(here.web.reactions_add(channel=here.papers.id, timestamp=said.ts, name="eyes"))
        mine = await here.web.reactions_list(user=here.ada.id)

    assert [(one["name"], one["count"], len(one["users"])) for one in short] == [
        ("bookmark", 60, 50),
        ("+1::skin-tone-3", 1, 1),
    ]
    assert len(full["reactions"][0]["users"]) == 60
    assert again == "already_reacted"
    assert [item["message"]["ts"] for item in mine["items"]] == [said.ts]


async def test_a_file_is_uploaded_in_three_steps_and_seen_where_it_was_shared() -> None:
    async with lab() as here:
        direct = (await here.web.conversations_open(users=here.ada.id))["channel"]["id"]
        await here.web.files_upload_v2(
            channel=direct, filename="papers.bib", content="@article{a}\n", initial_comment="1 paper"
        )
        by_person = await refused(
            here.web.files_completeUploadExternal(files=[{"id": "F1", "title": ""}], channel_id=here.ada.id)
        )

    assert "@article{a}" in here.ada.reads()
    assert "@article{a}" not in here.bob.reads()
    assert by_person == "file_not_found"


async def test_links_that_somebody_posted_are_given_previews() -> None:
    async with lab() as here:
        link = "https://arxiv.org/abs/2604.10005"
        said = here.ada.says(here.papers, f"look: {link} and https://papers.example/1")
        preview = {link: {"blocks": [SECTION]}}
        await here.web.chat_unfurl(channel=here.papers.id, ts=said.ts, unfurls=preview)
        name = f"{here.papers.id}-{said.ts}"
        await here.web.chat_unfurl(unfurl_id=name, source="conversations_history", unfurls=preview)
        errors = [
            await refused(here.web.chat_unfurl(channel=here.papers.id, ts=said.ts, unfurls={other: {"text": "x"}}))
            for other in ("https://papers.example/1", "https://arxiv.org/abs/1")
        ]

    assert "On tokens" in here.bob.reads()
    assert errors == ["cannot_unfurl_url", "cannot_unfurl_message"]


async def test_a_message_with_links_and_no_word_on_previews_is_a_wall() -> None:
    async with lab() as here:
        wall = await here.posts("<https://arxiv.org/abs/1|On tokens>")
        await here.posts("<https://arxiv.org/abs/1|On tokens>", unfurl_links=False, unfurl_media=False)
        await here.posts("no link")

    assert here.slack.walls() == [wall]


async def test_an_answer_may_be_posted_five_times_within_half_an_hour() -> None:
    clock = Hands()
    async with lab(clock=clock) as here:
        url = here.ada.types(here.papers, "/papers list").payload["response_url"]
        late = here.ada.types(here.papers, "/papers list").payload["response_url"]
        hook = AsyncWebhookClient(url)
        answers = [await hook.send(text=f"answer {number}") for number in range(6)]
        clock.move(minutes=31)
        expired = await AsyncWebhookClient(late).send(text="too late")
        here.ada.types(here.papers, "/papers list")

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert (json.loads(answers[5].body)["error"], json.loads(expired.body)["error"]) == ("used_url", "expired_url")
    assert [said.text for said in here.ada.private()] == [f"answer {number}" for number in range(5)]
    assert here.bob.private() == []


async def test_accounts_tell_who_one_is() -> None:
    clock = Hands()
    async with lab(clock=clock) as here:
        test = await here.web.auth_test()
        ada = (await here.web.users_info(user=here.ada.id))["user"]
        bot = await here.web.bots_info(bot=test["bot_id"])
        team = await here.web.team_info()
        nobody = await refused(here.web.users_info(user="U1"))

    assert (ada["tz"], ada["tz_offset"], ada["is_restricted"]) == ("Europe/Zurich", 7200, False)
    assert bot["bot"]["user_id"] == test["user_id"]
    assert team["team"]["id"] == test["team_id"] == here.workspace.id
    assert nobody == "user_not_found"


async def test_names_what_acts_in_a_message_and_what_slack_makes_of_plain_text() -> None:
    async with lab() as here:
        said = await here.posts(
            "<!channel> <@U024BE7LH> &lt;@U1&gt; <https://evil.example|arXiv> cs.AI <!date^1^{date}|x>"
        )
        loud = await here.posts("@here", blocks=[SECTION | {"text": {"type": "mrkdwn", "text": "@here a@here.x"}}])
        quiet = await here.posts(
            "plain",
            blocks=[SECTION | {"text": {"type": "mrkdwn", "text": "cs.AI https://a.example", "verbatim": True}}],
        )

    assert {(one.kind, one.target, one.text, one.found) for one in acting(said)} == {
        ("broadcast", "channel", "@channel", False),
        ("mention", "U024BE7LH", "@U024BE7LH", False),
        ("link", "https://evil.example", "arXiv", False),
        ("link", "http://cs.AI", "cs.AI", True),
        ("date", "date^1^{date}", "x", False),
    }
    assert "<@U1>" in lines(said)[0]
    assert acting(quiet) == []
    assert [(one.kind, one.text) for one in acting(loud)] == [("broadcast", "@here")]


@pytest.mark.parametrize("piece", ["+a.b+", "a.", "a@", "a@b.", "<a|", "http://", "a-", "."])
def test_reads_any_text_in_no_time(piece: str) -> None:
    began = time.perf_counter()
    read(piece * (40000 // len(piece)))
    typed(piece * (40000 // len(piece)))

    assert time.perf_counter() - began < 2


async def test_the_clock_of_messages_never_stands_still() -> None:
    clock = Hands()
    async with lab(clock=clock) as here:
        stamps = [(await here.posts(str(number))).ts for number in range(3)]
        clock.moment -= timedelta(hours=1)
        stamps.append((await here.posts("earlier")).ts)

    assert stamps == sorted(set(stamps))
