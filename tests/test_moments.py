"""What a message says of hours: words, and the moments they mean, which are kept with it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")

from bot.messages.answers import and_next
from bot.models import Channel, ChannelState, Message, Schedule
from storage import codec
from tests.rigs.discord.house import housed
from tests.rigs.storage import MONDAY, NLP


def test_a_stored_message_keeps_its_moments_and_an_older_one_has_none() -> None:
    state = ChannelState(NLP, Schedule(), due=MONDAY + timedelta(days=1))
    message = and_next(Message("Set."), state, MONDAY)
    stored = json.loads(json.dumps(codec.pack_message(message)))

    assert message.note == f"Next digest: {message.moments[0].words}."
    assert message.moments[0].at == state.due
    assert codec.message(stored) == message
    del stored["moments"]
    assert codec.message(stored).moments == ()


async def test_whoever_follows_on_discord_sees_the_hour_in_their_own_zone(tmp_path: Path) -> None:
    async with housed(tmp_path) as here:
        here.lab.ada.types(here.lab.papers, "/papers follow query:tokenization")
        said = await here.told("Following")
        state = await here.house.store.channel(Channel("discord", here.lab.guild.id, here.lab.papers.id))
        assert state is not None
        assert state.due is not None
        (embed,) = said.shown()
        assert f"<t:{int(state.due.timestamp())}:f>" in embed["description"]
