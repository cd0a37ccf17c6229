"""The methods of the Web API, by name.

Each takes Slack and the call, and gives what is said besides `ok`; it raises Refusal.

`chat`           messages
`conversations`  channels, members, history
`views`          forms and homes
`reactions`      reactions
`files`          uploads
`accounts`       who somebody is, and who oneself is
`oauth`          installations and rotation
"""

from __future__ import annotations

from typing import Final

from tests.rigs.slack.methods import accounts, chat, conversations, files, oauth, reactions, views
from tests.rigs.slack.methods.call import Call, Methods

METHODS: Final[Methods] = {
    **accounts.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **oauth.METHODS,
    **reactions.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Call"]
