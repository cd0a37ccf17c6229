"""What a message says of hours: words, and the moments they mean, which are kept with it."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.messages.answers import and_next
from bot.models import ChannelState, Message, Schedule
from storage import codec
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
