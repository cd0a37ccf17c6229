"""Answers on the fake Discord: in three seconds, for a quarter of an hour, seen by whom, and what is refused."""

from __future__ import annotations

import asyncio
import importlib.util
import io

import pytest

from tests.rigs.house import Hands

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import TROUBLE, lines
from tests.rigs.discord.lab import ROW, Bot, discord, lab, running
from tests.rigs.discord.sample import talking
from tests.rigs.discord.wire import Json


async def test_the_first_followup_fills_the_deferral_and_files_come_along() -> None:
    async with talking() as (here, _):
        told = await here.ada.types(here.papers, "/papers think").done()
        await here.ada.until_reads("thought twice")

    assert told.original is not None
    assert lines(told.original) == ["thought twice", "papers.bib", "@article{a}"]
    assert [said.content for said in told.followups] == ["and more"]
    assert here.bob.private() == []


async def test_while_the_app_thinks_people_see_that_it_does() -> None:
    bot = Bot()
    go_on = asyncio.Event()

    @bot.tree.command()
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await go_on.wait()
        await interaction.edit_original_response(content="there it is")

    async with lab() as here, running(here.discord, bot):
        await bot.tree.sync()
        told = here.ada.types(here.papers, "/slow")
        await here.bob.until_reads("is thinking…")
        thinking = told.thinking
        go_on.set()
        await told.done()

    assert thinking
    assert here.bob.reads() == "there it is"


async def test_an_answer_has_three_seconds() -> None:
    async with talking(patience=0.05) as (here, bot):
        told = await here.ada.types(here.papers, "/papers nothing").done()
        interaction = bot.heard("interaction")[0]
        with pytest.raises(discord.NotFound) as late:
            await interaction.response.send_message("too late")

    assert (told.failed, late.value.code) == ("did not respond", 10062)
    assert here.ada.errors == [TROUBLE]


async def test_nobody_answers_while_nobody_listens() -> None:
    clock = Hands()
    async with talking(patience=0.05, clock=clock) as (here, bot):
        await bot.close()
        await here.discord.gateway.until_gone()
        # discord.py says goodbye with 4000, so its session could still be resumed
        lost = await here.ada.types(here.papers, "/papers here").done()
        clock.move(minutes=4)
        nobody = await here.ada.types(here.papers, "/papers here").done()

    assert (lost.failed, nobody.failed) == ("did not respond", "nobody listens")
    assert here.discord.telling.unacknowledged() == [lost, nobody]
    assert here.discord.telling.latencies() == []
    assert here.ada.errors == [TROUBLE, TROUBLE]


async def test_one_answers_once_and_follows_for_a_quarter_of_an_hour() -> None:
    clock = Hands()
    async with talking(clock=clock) as (here, bot):
        await here.ada.types(here.papers, "/papers here").done()
        interaction: discord.Interaction = bot.heard("interaction")[0]
        with pytest.raises(discord.InteractionResponded):
            await interaction.response.send_message("again")
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        again = await here.asks("POST", path, {"type": 4, "data": {"content": "again"}})
        clock.move(minutes=14, seconds=59)
        await interaction.followup.send("in time", ephemeral=True)
        clock.move(seconds=1)
        with pytest.raises(discord.HTTPException) as late:
            await interaction.followup.send("too late", ephemeral=True)
        with pytest.raises(discord.HTTPException):
            await interaction.edit_original_response(content="too late")

    assert (again[0], again[1]["code"]) == (400, 40060)
    assert (late.value.status, late.value.code) == (401, 50027)
    assert [said.content for said in here.ada.private()][1:] == ["in time"]


async def test_a_file_comes_with_the_first_answer() -> None:
    bot = Bot()

    @bot.tree.command()
    async def export(interaction: discord.Interaction) -> None:
        file = discord.File(io.BytesIO(b"@article{a}"), filename="papers.bib")
        await interaction.response.send_message("1 paper", file=file, ephemeral=True)

    async with lab() as here, running(here.discord, bot):
        await bot.tree.sync()
        await here.ada.types(here.papers, "/export").done()

    assert here.ada.reads() == "1 paper\npapers.bib\n@article{a}"
    assert here.bob.reads() == ""


async def test_an_answer_is_refused_as_a_message_is() -> None:
    async with talking() as (here, _):
        told = here.ada.types(here.papers, "/papers nothing")
        path = f"/interactions/{told.payload['id']}/{told.token}/callback"
        wrong: list[Json] = [
            {"type": 4, "data": {"content": ""}},
            {"type": 4, "data": {"content": "x" * 2001}},
            {"type": 4, "data": {"content": "x", "components": [ROW, ROW]}},
            {"type": 6},
            {"type": 8, "data": {"choices": []}},
            {"type": 9, "data": {"title": "x" * 46, "custom_id": "x", "components": []}},
        ]
        codes = [(await here.asks("POST", path, body))[1]["code"] for body in wrong]
        status, _ = await here.asks("POST", path, {"type": 4, "data": {"content": "at last", "flags": 64}})
        stranger = (await here.asks("POST", f"/interactions/1/{told.token}/callback", {"type": 5}))[1]["code"]
        follow = (await here.asks("POST", "/webhooks/1/token", {"content": "x"}))[1]["code"]

    assert codes == [50006, *[50035] * 5]
    assert (status, stranger, follow) == (204, 10062, 10015)
    assert here.ada.reads() == "at last"


async def test_proposals_are_25_at_most_and_short() -> None:
    async with talking() as (here, bot):
        bot.tree.remove_command("papers")
        asking = asyncio.create_task(here.ada.asks(here.papers, "/papers follow query:t"))
        await asyncio.sleep(0)
        told = here.discord.telling.told[-1]
        path = f"/interactions/{told.payload['id']}/{told.token}/callback"
        wrong: list[list[Json]] = [
            [{"name": "x", "value": "x"}] * 26,
            [{"name": "x" * 101, "value": "x"}],
            [{"name": "x", "value": "x" * 101}],
        ]
        codes = [(await here.asks("POST", path, {"type": 8, "data": {"choices": one}}))[1]["code"] for one in wrong]
        await here.asks("POST", path, {"type": 8, "data": {"choices": [{"name": "Tokens", "value": "t"}]}})

    assert codes == [50035] * 3
    assert await asking == ["Tokens"]


async def test_an_answer_is_deleted_and_looked_up() -> None:
    async with talking() as (here, bot):
        await here.ada.types(here.papers, "/papers here").done()
        interaction: discord.Interaction = bot.heard("interaction")[0]
        found = await interaction.original_response()
        await interaction.delete_original_response()
        with pytest.raises(discord.NotFound) as gone:
            await interaction.edit_original_response(content="x")

    assert str(found.id) == here.discord.books[0].id
    assert gone.value.code == 10008
    assert here.ada.private() == []
