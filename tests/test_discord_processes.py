"""The program in processes of its own with Discord as its platform: shards divided, and an end on SIGTERM."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from tests.rigs import postgres
from tests.rigs.discord import lines
from tests.rigs.discord.exam import MARKER
from tests.rigs.discord.lab import Lab, lab
from tests.rigs.processes import ended, program
from tests.rigs.waiting import until

#: seconds in which a process is to end after SIGTERM
FAREWELL = 10.0


@contextmanager
def running(
    folder: Path, here: Lab, *commands: tuple[str, ...], **settings: str
) -> Iterator[list[subprocess.Popen[str]]]:
    """The program, once for each: a command, and where it listens its shards."""
    given = {**here.settings, "PLATFORMS": "discord", "SOURCES": "feed", "PORT": "0", **settings}
    children = [
        program(folder, *words, **given, **({"DISCORD_SHARDS": shards} if shards else {}))
        for *words, shards in commands
    ]
    try:
        yield children
    finally:
        for child in children:
            child.kill()
            child.communicate()


async def test_two_processes_divide_the_shards_and_each_command_is_answered_once(tmp_path: Path) -> None:
    url = postgres.database(tmp_path)
    async with lab(marker=MARKER) as here:
        discord = here.discord
        discord.gateway.shards = 2
        channels = [here.papers]
        while len({int(one.guild.id) >> 22 & 1 for one in channels if one.guild}) < 2:
            guild = discord.guild(f"lab {len(channels)}")
            channels.append(discord.channel(guild, "papers"))
            discord.join(guild, here.ada.account)
        commands = (("listen", "discord", "0/2"), ("listen", "discord", "1/2"), ("worker", ""))
        with running(tmp_path, here, *commands, DATABASE_URL=url) as children:
            await discord.gateway.until_connected(2)
            await until(lambda: discord.commands.kept[""], seconds=30)
            for channel in channels:
                here.ada.types(channel, "/papers list")
            await until(lambda: len(answers(here)) == len(channels), lambda: f"{answers(here)}", 60)
            ends = [await asyncio.to_thread(ended, child, FAREWELL) for child in children]

        assert max(ends) < FAREWELL
        assert [child.returncode for child in children] == [0] * len(children)
        assert len(answers(here)) == len(channels)
        assert discord.violations == []


async def test_a_process_that_nobody_lets_in_ends_on_sigterm(tmp_path: Path) -> None:
    async with lab(marker=MARKER) as here:
        await here.discord.leave()
        with running(tmp_path, here, ("run", ""), LOG_LEVEL="INFO") as (child,):
            errors = child.stderr
            assert errors is not None
            said = await asyncio.to_thread(lambda: next(line for line in errors if "does not answer" in line))
            assert "Traceback" not in said
            await asyncio.to_thread(ended, child, FAREWELL)
        assert child.returncode == 0


def answers(here: Lab) -> list[str]:
    """What Ada alone was told."""
    return ["\n".join(lines(said)) for said in here.ada.private() if not said.loading]
