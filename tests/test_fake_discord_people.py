"""People on the fake Discord: what they do reaches the real SDK, and its answers reach them."""

from __future__ import annotations

import asyncio
import importlib.util

import pytest

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import May, lines
from tests.rigs.discord.lab import ROW, Bot, app_commands, discord, lab, running
from tests.rigs.discord.sample import talking
from tests.rigs.discord.wire import Json


async def test_a_subcommand_is_told_with_its_options_and_its_answer_seen_by_one() -> None:
    async with talking() as (here, _):
        told = await here.ada.types(here.papers, "/papers follow query: state space  most:3 when:weekly").done()

    assert [said.content for said in here.ada.private()] == ["'state space' weekly 3"]
    assert "state space" not in here.bob.reads()
    assert told.payload["data"]["options"][0]["name"] == "follow"
    assert told.latency is not None
    assert told.latency < 3000


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("/paper follow", "there is no 'paper'; there are"),
        ("/papers fly", "there is no 'fly'; there are"),
        ("/papers follow", "Discord asks for query"),
        ("/papers follow query:x when:hourly", "'hourly' is no choice"),
        ("/papers follow query:x most:many", "most cannot be 'many'"),
        ("/papers follow mamba", "'mamba' names no option"),
        ("/papers follow query:", "query cannot be ''"),
    ],
)
async def test_discord_does_not_send_what_is_no_command(typed: str, why: str) -> None:
    async with talking() as (here, _):
        with pytest.raises(LookupError, match=why):
            here.ada.types(here.papers, typed)


async def test_proposals_come_while_one_types() -> None:
    async with talking() as (here, _):
        proposed = await here.ada.asks(here.papers, "/papers follow when:weekly query:token")

    assert proposed == ["tokenization"]
    assert "tokenization" in here.ada.reads()


async def test_the_app_is_told_where_and_what_somebody_may() -> None:
    async with talking() as (here, _):
        await here.ada.types(here.papers, "/papers here").done()
        await here.bob.types(here.papers, "/papers here").done()
        await here.bob.types(here.bob.direct, "/papers here").done()

    assert here.ada.reads() == f"{here.guild.id} True en-US"
    assert [said.content for said in here.bob.private()] == [f"{here.guild.id} False en-US", "None False en-US"]


async def test_a_form_is_filled_in_and_sent() -> None:
    async with talking() as (here, _):
        await here.ada.types(here.papers, "/papers note").done()
        form = here.ada.form
        with pytest.raises(ValueError, match="This field is required: Your note"):
            here.ada.submits(form)
        with pytest.raises(ValueError, match="required: Your note"):
            here.ada.submits(form, {"Your note": "x" * 21})
        with pytest.raises(LookupError, match="there is no 'Name'"):
            here.ada.submits(form, {"Name": "x"})
        await here.ada.submits(form, {"Your note": "for Monday"}).done()
        with pytest.raises(LookupError, match="no form is open"):
            assert here.ada.form

    assert "Noted: for Monday" in here.ada.reads()
    assert form.title == "A note"


async def test_a_button_a_menu_and_an_update_of_the_message() -> None:
    seen: list[tuple[str, list[str]]] = []

    async def act(interaction: discord.Interaction) -> None:
        data: Json = dict(interaction.data or {})
        seen.append((data["custom_id"], data.get("values", [])))
        await interaction.response.edit_message(content="done", view=None)

    bot = Bot()
    bot.acts = act
    options = [{"label": f"Paper {number}", "value": f"p{number}"} for number in range(3)]
    menu = {"type": 3, "custom_id": "menu", "placeholder": "Save…", "options": options, "max_values": 2}
    async with lab() as here, running(here.discord, bot):
        said = await here.posts(content="press", components=[ROW, {"type": 1, "components": [menu]}])
        with pytest.raises(LookupError, match="there is no 'Gone' number 1; there are"):
            here.ada.presses(said, "Gone")
        with pytest.raises(LookupError, match="there is no 'Paper 7'"):
            here.ada.chooses(said, "Save…", "Paper 7")
        with pytest.raises(LookupError, match="nobody can choose 3 there"):
            here.ada.chooses(said, "Save…", "p0", "p1", "p2")
        first = here.ada.chooses(said, "Save…", "Paper 2", "p0")
        pressed = here.bob.presses(said, "🔖")
        await asyncio.gather(first.done(), pressed.done())

    assert sorted(seen) == [("menu", ["p2", "p0"]), ("save p17", [])]
    assert lines(said) == ["done"]
    assert pressed.payload["message"]["id"] == said.id


async def test_a_link_is_followed_and_not_pressed() -> None:
    link = {"type": 2, "style": 5, "label": "Open", "url": "https://arxiv.org/abs/1"}
    async with lab() as here:
        said = await here.posts(content="x", components=[{"type": 1, "components": [link]}])
        with pytest.raises(LookupError, match="only leads to https://"):
            here.ada.presses(said, "Open")


async def test_commands_of_menus_see_the_message_they_were_used_on() -> None:
    async with talking() as (here, _):
        said = here.bob.says(here.papers, "look at this")
        await here.ada.uses("Save paper", said).done()
        await here.ada.uses("Share with", here.bob, here.papers).done()
        with pytest.raises(LookupError, match="there is no 'Forget'"):
            here.ada.uses("Forget", said)

    # its words are told although the app may not read them by itself
    assert [said.content for said in here.ada.private()] == ["Saved look at this", "Shared with bob"]


async def test_who_may_find_a_command_is_asked_by_discord_itself() -> None:
    bot = Bot()

    @bot.tree.command()
    @app_commands.default_permissions(manage_channels=True)
    @app_commands.guild_only()
    async def settings(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("here", ephemeral=True)

    async with lab() as here, running(here.discord, bot):
        await bot.tree.sync()
        await here.ada.types(here.papers, "/settings").done()
        for who, where in ((here.bob, here.papers), (here.ada, here.ada.direct)):
            with pytest.raises(LookupError, match="settings"):
                who.types(where, "/settings")
        here.discord.admin.denies(here.papers, May.USE_APPLICATION_COMMANDS, whom=here.ada.account)
        with pytest.raises(LookupError, match="Ada does not find 'settings' there"):
            here.ada.types(here.papers, "/settings")

    assert here.ada.reads() == "here"


async def test_a_command_of_one_server_is_found_there_alone() -> None:
    bot = Bot()
    async with lab() as here:
        other = here.discord.channel(here.discord.guild("other"), "other")
        carl = here.discord.person(other.guild, "Carl")

        @bot.tree.command(guild=discord.Object(int(here.guild.id)))
        async def own(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("own", ephemeral=True)

        async with running(here.discord, bot):
            await bot.tree.sync(guild=discord.Object(int(here.guild.id)))
            told = await here.ada.types(here.papers, "/own").done()
            with pytest.raises(LookupError, match="there is no 'own'"):
                carl.types(other, "/own")

    assert told.payload["data"]["guild_id"] == here.guild.id
    assert here.ada.reads() == "own"


async def test_what_nobody_can_do_raises() -> None:
    async with lab() as here:
        said = await here.posts(components=[ROW], content="x")
        here.discord.admin.denies(here.papers, May.SEND_MESSAGES, May.ADD_REACTIONS, whom=here.bob.account)
        with pytest.raises(LookupError, match="may not write"):
            here.bob.says(here.papers, "x")
        with pytest.raises(LookupError, match="nobody can react"):
            here.bob.reacts(said, "🔖")
        here.ada.reacts(said, "🔖")
        # a reaction that is there can be joined
        here.bob.reacts(said, "🔖")
        here.discord.admin.deletes(said)
        with pytest.raises(LookupError, match="not there any more"):
            here.ada.presses(said, "Save")

    assert said.reactions == {"🔖": [(here.ada.id, False), (here.bob.id, False)]}
