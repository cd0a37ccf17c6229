"""The methods of the API, by the names that Discord's own document gives them.

Each takes Discord and the call, and gives what is said, None for nothing; it raises Refusal.

`messages`      messages
`reactions`     reactions
`threads`       threads, and the posts of forums
`accounts`      who somebody is, and who oneself is; servers, channels, direct messages, where the gateway is
`commands`      what commands the app has
`interactions`  answers to what people do
"""

from __future__ import annotations

from typing import Final

from tests.rigs.discord.methods import accounts, commands, interactions, messages, reactions, threads
from tests.rigs.discord.methods.call import Call, Methods

METHODS: Final[Methods] = {
    **accounts.METHODS,
    **commands.METHODS,
    **interactions.METHODS,
    **messages.METHODS,
    **reactions.METHODS,
    **threads.METHODS,
}
#: what needs no token of the bot
OPEN: Final = (*interactions.METHODS, "get_gateway")

__all__ = ["METHODS", "OPEN", "Call"]
