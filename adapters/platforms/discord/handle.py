"""How an answer finds back to what it answers: the handle that travels with an act. A secret while it is good.

https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.ports import Packed

#: seconds in which answers may be given; Discord says 15 minutes from the interaction, and the way there takes some
GOOD: Final = 14 * 60.0


@dataclass(frozen=True, slots=True)
class Handle(Packed):
    """Where a private answer may go; what is not there is ""."""

    #: the application's id and the interaction's token: together the address of answers
    application: str = ""
    token: str = field(default="", repr=False)
    #: when the interaction came, seconds since 1970
    at: float = 0.0
    #: the channel or thread it was done in, where that is not `Place.channel`
    thread: str = ""

    def is_good(self, now: datetime) -> bool:
        """True while answers may still be given there."""
        return bool(self.application and self.token) and now.timestamp() - self.at < GOOD
