"""The fake Discord's gateway and its document, spoken to by hand: what no SDK would send, and how it is refused."""

from __future__ import annotations

import importlib.util
import json
import zlib
from pathlib import Path
from typing import Any

import aiohttp
import pytest

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import App, Intent, May, schema
from tests.rigs.discord.lab import EMBED, ROW, Lab, lab
from tests.rigs.discord.methods import METHODS
from tests.rigs.discord.wire import Json

INTENTS = int(Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.GUILD_MESSAGE_REACTIONS)


class Wire:
    """A client by hand."""

    def __init__(self, here: Lab, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.here, self.socket = here, socket

    async def says(self, op: int, data: Any = None) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def identifies(self, **more: Any) -> None:
        await self.says(2, {"token": self.here.discord.app.token, "intents": INTENTS, "properties": {}} | more)

    async def hears(self) -> Json:
        """What comes next; {"closed": code} for the end."""
        frame = await self.socket.receive(timeout=5)
        if frame.type is aiohttp.WSMsgType.TEXT:
            said: Json = json.loads(frame.data)
            return said
        return {"closed": self.socket.close_code}


async def connected(here: Lab, query: str = "") -> Wire:
    """A new connection, greeted."""
    wire = Wire(here, await here.http.ws_connect(f"{here.discord.gateway_url}?v=10&encoding=json{query}"))
    assert (await wire.hears())["op"] == 10
    return wire


@pytest.mark.parametrize(
    ("identify", "code"),
    [
        ({"token": "nobody"}, 4004),
        ({"intents": 1 << 30}, 4013),
        ({"intents": None}, 4013),
        ({"intents": int(Intent.MESSAGE_CONTENT)}, 4014),
        ({"shard": [2, 2]}, 4010),
    ],
)
async def test_an_identify_is_refused_by_a_close_code(identify: Json, code: int) -> None:
    async with lab() as here:
        wire = await connected(here)
        await wire.identifies(**identify)
        assert await wire.hears() == {"closed": code}

    assert here.discord.gateway.codes == [code]


async def test_what_was_turned_on_may_be_asked_for() -> None:
    async with lab(App(granted=Intent.MESSAGE_CONTENT)) as here:
        wire = await connected(here)
        await wire.identifies(intents=INTENTS | int(Intent.MESSAGE_CONTENT))
        ready, guild = await wire.hears(), await wire.hears()

    assert (ready["t"], ready["s"], guild["t"]) == ("READY", 1, "GUILD_CREATE")
    assert ready["d"]["guilds"] == [{"id": here.guild.id, "unavailable": True}]
    assert guild["d"]["unavailable"] is False
    assert ready["d"]["application"]["flags"] == 1 << 19


@pytest.mark.parametrize(
    ("frames", "code"),
    [([(8, {})], 4003), ([(2, None), (99, None)], 4001), ([(2, None), (2, None)], 4005), ([(1, None)] * 121, 4008)],
)
async def test_what_makes_no_sense_ends_the_connection(frames: list[tuple[int, Any]], code: int) -> None:
    async with lab() as here:
        wire = await connected(here)
        for op, data in frames:
            await (wire.identifies() if op == 2 else wire.says(op, data))
        heard: Json = {}
        while "closed" not in heard:
            heard = await wire.hears()

    assert heard == {"closed": code}


async def test_noise_is_a_decode_error_and_a_heartbeat_is_answered() -> None:
    async with lab() as here:
        wire = await connected(here)
        await wire.says(1)
        beat = await wire.hears()
        await wire.socket.send_str("{")
        assert await wire.hears() == {"closed": 4002}

    assert beat["op"] == 11


async def test_a_session_is_resumed_from_where_one_was() -> None:
    async with lab() as here:
        wire = await connected(here)
        await wire.identifies()
        ready = (await wire.hears())["d"]
        await wire.hears()
        said = await here.posts()
        assert (await wire.hears())["t"] == "MESSAGE_CREATE"
        await here.discord.gateway.drop()
        here.ada.reacts(said, "🔖")
        resume = {"token": here.discord.app.token, "session_id": ready["session_id"], "seq": 3}
        again = await connected(here)
        await again.says(6, resume)
        missed, resumed = await again.hears(), await again.hears()
        late = await connected(here)
        await late.says(6, resume | {"session_id": "unknown"})
        unknown = await late.hears()
        ahead = await connected(here)
        await ahead.says(6, resume | {"seq": 99})
        wrong = await ahead.hears()

    assert (missed["t"], missed["s"], resumed["t"]) == ("MESSAGE_REACTION_ADD", 4, "RESUMED")
    assert missed["d"]["type"] == 0
    assert (unknown["op"], unknown["d"], wrong) == (9, False, {"closed": 4007})


async def test_sessions_are_started_so_often_and_so_fast() -> None:
    async with lab() as here:
        here.discord.gateway.starts, here.discord.gateway.every = 2, 5.0
        first, second = await connected(here), await connected(here)
        await first.identifies()
        await second.identifies()
        begun, fast = await first.hears(), await second.hears()
        here.discord.gateway.every = 0.0
        await second.identifies()
        other = await second.hears()
        limit = (await here.asks("GET", "/gateway/bot"))[1]["session_start_limit"]["remaining"]
        third = await connected(here)
        await third.identifies()
        over = await third.hears()

    assert (begun["t"], fast["op"], other["t"], limit, over["op"]) == ("READY", 9, "READY", 0, 9)


async def test_words_come_compressed_when_asked_for() -> None:
    async with lab() as here:
        url = f"{here.discord.gateway_url}?compress=zlib-stream"
        async with here.http.ws_connect(url) as socket:
            raw = await socket.receive_bytes(timeout=5)
        hello = json.loads(zlib.decompressobj().decompress(raw))

    # one stream for a whole connection, flushed after each word
    assert raw.endswith(b"\x00\x00\xff\xff")
    assert hello["d"]["heartbeat_interval"] == 41250


async def test_the_app_is_told_nothing_of_what_it_does_not_see() -> None:
    async with lab() as here:
        wire = await connected(here)
        await wire.identifies()
        await wire.hears()
        await wire.hears()
        hidden = here.discord.channel(here.guild, "hidden", private=True)
        here.guild.owner = here.ada.id
        here.ada.says(hidden, "secret")
        here.ada.writes("no intent for that")
        here.discord.admin.denies(here.papers, May.VIEW_CHANNEL)
        gone = await wire.hears()
        here.discord.admin.allows(here.papers, May.VIEW_CHANNEL)
        back = await wire.hears()

    assert (gone["t"], gone["d"]["id"]) == ("CHANNEL_DELETE", here.papers.id)
    assert back["t"] == "CHANNEL_UPDATE"


# ---------------------------------------------------------------------------------------- Discord's own document

needs_document = pytest.mark.skipif(bool(schema.absent()), reason=schema.absent() or "there")


@needs_document
def test_every_method_has_the_name_and_address_that_the_document_gives_it() -> None:
    # the parts of a path have other names there for some
    assert {name: (verb, path) for name, (verb, path, _) in METHODS.items()} == {
        name: schema.operations()[name] for name in METHODS
    }


@needs_document
@pytest.mark.parametrize(
    ("method", "body", "where"),
    [
        ("create_message", {"content": 5}, "content"),
        ("create_message", {"content": "x" * 4001}, "content"),
        ("create_message", {"flags": "silent"}, "flags"),
        ("create_message", {"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
        ("create_message", {"embeds": [EMBED] * 11}, "embeds"),
        ("create_message", {"components": [{"type": 1, "components": []}]}, "components"),
        ("create_message", {"allowed_mentions": {"parse": ["all"]}}, "allowed_mentions"),
        ("create_message", {"message_reference": {}}, "message_reference"),
        ("create_thread_from_message", {"name": ""}, "name"),
        ("create_thread_from_message", {}, ""),
        ("create_dm", {"recipient_id": "ada"}, "recipient_id"),
        ("create_interaction_response", {"type": 4, "data": {"content": "x" * 2001}}, "data.content"),
        ("create_interaction_response", {"type": 99}, ""),
        ("bulk_set_application_commands", [{"description": "x"}], "0"),
        ("bulk_set_application_commands", [{"name": "x", "options": [{"type": 3, "name": "y"}]}], "0.options"),
    ],
)
def test_a_request_that_is_not_as_the_document_describes_is_found(method: str, body: Any, where: str) -> None:
    found = schema.problems(method, body, {})
    assert found
    assert found[0].where.startswith(where)


@needs_document
def test_what_libraries_send_passes() -> None:
    message = {"content": "x", "embeds": [EMBED | {"flags": 0}], "components": [ROW], "nonce": "1", "tts": False}
    assert schema.problems("create_message", message | {"enforce_nonce": True, "flags": 4096}, {}) == []
    assert schema.problems("create_dm", {"recipient_id": 2**60}, {}) == []
    assert schema.problems("create_interaction_response", {"type": 6}, {"with_response": "1"}) == []
    command = {"name": "x", "description": "y", "contexts": None, "integration_types": None, "nsfw": False}
    assert schema.problems("bulk_set_application_commands", [command], {}) == []


def test_without_the_document_nothing_is_checked_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(schema, "DOCUMENT", tmp_path / "absent.json")
    assert schema.problems("create_message", {"content": 5}, {"limit": "many"}) == []
    assert "no request is checked" in schema.absent()


@needs_document
async def test_a_query_is_checked_too() -> None:
    assert schema.problems("list_messages", None, {"limit": "101"})
    assert schema.problems("list_messages", None, {"after": "yesterday"})
    assert schema.problems("list_messages", None, {"newest": "1"})
    async with lab() as here:
        status, said = await here.asks("GET", f"/channels/{here.papers.id}/messages?limit=many")

    assert (status, said["code"]) == (400, 50035)
