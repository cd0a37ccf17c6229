"""A place, somebody, a message, and an attempt to post it: what tests of the rig itself speak of."""

from __future__ import annotations

from typing import Final

from bot.models import Channel, Message, Person, Place
from bot.ports import PostError
from tests.rigs.neutral.client import Neutral

HERE: Final = Place(Channel("console", "lab", "papers"))
ELSEWHERE: Final = Place(Channel("console", "lab", "birds"))
#: the same channel id in another workspace
ABROAD: Final = Place(Channel("console", "other", "papers"))
ADA: Final = Person("console", "lab", "ada", "Ada")
PAPER: Final = Message(title="On tokens", body="What it says.")
KEY: Final = "k" * 24


async def attempt(platform: Neutral, place: Place, key: str, message: Message = PAPER) -> type[PostError] | None:
    """Post it; gives the kind of error, or None."""
    try:
        await platform.post(place, message, key)
    except PostError as error:
        return type(error)
    return None
