"""What Discord's and the SDK's errors mean here: one table, and a test that walks the SDK for what it lacks.

discord.py lets much through that is not its own: a server that hangs up, a reset, a timeout. An answer with an error
code was not done.
https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import app_commands

from adapters.http import posting
from adapters.http.posting import seconds
from adapters.platforms.discord import limits
from bot.ports import ChannelGone, Doubtful, NotSent, PostError, Refused, Unauthorised

#: codes that mean something of their own where they are met
UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MESSAGE: Final = 10008
NEEDS_TAG: Final = 40067
NO_TEXT: Final = 50008
WRONG_KIND: Final = 50024
THREAD_IS_THERE: Final = 160004
#: … and that an answer came too late, or was spent
TOO_LATE: Final = (10015, 10062, 50027)

#: the bucket of the token, which everything takes from
TOKEN: Final = "discord"  # noqa: S105 - the name of a bucket

#: what an exception means, the more particular first: raised before the first byte left, or after
MEANINGS: Final[tuple[tuple[type[BaseException], type[PostError]], ...]] = (
    (discord.LoginFailure, Unauthorised),
    (discord.PrivilegedIntentsRequired, Unauthorised),
    (discord.RateLimited, NotSent),
    (discord.DiscordServerError, Doubtful),
    (discord.HTTPException, NotSent),  # Discord says no: see CODES
    (discord.GatewayNotFound, NotSent),
    (discord.ConnectionClosed, NotSent),
    (discord.InvalidData, Doubtful),
    (app_commands.AppCommandError, NotSent),
    (discord.DiscordException, NotSent),
    *posting.MEANINGS,
)

_GONE: Final = {
    10003: "The channel is not there.",
    10004: "I am not in the server.",
    40012: "The connection to the server was revoked.",
    50001: "I may not see the channel. Give me View Channel there.",
    50007: "That person takes no direct messages from me.",
    50013: "I lack a permission in the channel: View Channel, Send Messages, Embed Links.",
    50024: "Nothing can be posted in a channel of that kind.",
    50278: "That person takes no direct messages from me: we share no server.",
}
_UNAUTHORISED: Final = {
    40001: "Discord does not know the token. Is DISCORD_TOKEN complete?",
    40002: "Discord wants the account verified first.",
    50014: "Discord does not know the token. Is DISCORD_TOKEN complete?",
}
_REFUSED: Final = {
    10008: "The message that it would hang under is gone.",
    10013: "Discord does not know that person.",
    10015: "It was too late to answer.",
    10062: "It was too late to answer.",
    20009: "Discord takes no explicit content there.",
    40005: "The file is too large.",
    40060: "That was answered already.",
    50006: "The message is empty.",
    50008: "Nothing is written in a channel of that kind.",
    50027: "It was too late to answer.",
    50033: "That person gets no direct messages.",
    50035: "Discord does not take the message as it is laid out.",
    50083: "The thread is archived.",
    50109: "Discord cannot read the message.",
    160005: "The thread is locked.",
    200000: "A rule of the server (AutoMod) blocks the message.",
    200001: "A rule of the server (AutoMod) blocks the title.",
    240000: "Discord takes a link in the message for harmful.",
}
_NOT_SENT: Final = {
    20016: "The channel is in slow mode.",
    20028: "The channel takes no more messages for now.",
    20029: "The server takes no more messages for now.",
    40003: "Discord asks for patience.",
    40004: "Discord has switched sending off for now.",
    40067: "The forum wants a tag on each post.",
    110001: "Discord does not know the app yet.",
    130000: "Discord is overloaded.",
    160004: "The thread is open already.",
    160006: "The server has as many open threads as it may.",
}
#: Discord's error codes, and what people are told
CODES: Final[Mapping[int, tuple[type[PostError], str]]] = {
    code: (kind, sentence)
    for kind, several in (
        (ChannelGone, _GONE),
        (Unauthorised, _UNAUTHORISED),
        (Refused, _REFUSED),
        (NotSent, _NOT_SENT),
    )
    for code, sentence in several.items()
}


class Told(Exception):
    """Discord said no, with a code; what asked may know better than `error` what that means there."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message

    @property
    def error(self) -> PostError:
        """What it means when nobody knows better."""
        return coded(self.status, self.code, self.message)


def meaning(error: type[BaseException]) -> type[PostError] | None:
    """What an exception says of a post; None for one that is not Discord's, the SDK's or the network's."""
    return next((kind for known, kind in MEANINGS if issubclass(error, known)), None)


def ours(error: BaseException, limit: str = "") -> PostError | None:
    """The error of ours; `limit` is the bucket that waits when Discord asks for patience. None for a mistake."""
    match error:
        case PostError():
            return error
        case Told():
            return error.error
        case discord.RateLimited():  # it would wait longer than anybody does here, and has sent nothing
            return NotSent("Discord asks for patience.", retry_after=error.retry_after, limit=limit)
        case discord.DiscordServerError():
            return Doubtful(f"Discord answered {error.status}.")
        case discord.HTTPException() if error.status == 429:
            return slowed(error.response.headers, {}, limit)
        case discord.HTTPException():
            return coded(error.status, error.code, error.text)
    kind = meaning(type(error))
    if kind is Unauthorised:
        return Unauthorised(_UNAUTHORISED[50014], everywhere=True)
    return kind(f"Discord did not answer: {type(error).__name__}.") if kind else None


def coded(status: int, code: int, message: str = "") -> PostError:
    """The error of a code; one that nobody knows was not done, for Discord said so."""
    if status == 401 and code == 0:
        kind, sentence = CODES[50014]
    else:
        kind, sentence = CODES.get(code, (NotSent, "Discord does not take it."))
    sentence = f"{sentence} ({code or status}{f': {_brief(message)}' if code == 50035 or code not in CODES else ''})"
    return Unauthorised(sentence, everywhere=True) if kind is Unauthorised else kind(sentence)


def slowed(headers: Mapping[str, str], said: Mapping[str, Any], limit: str = "") -> NotSent:
    """The error of a 429: a bucket is empty, or the wall before Discord keeps this address out.

    discord.py takes an answer without `Via` for the wall's, and so do we.
    """
    if walled(headers, said):
        asked = seconds(headers.get("Retry-After", ""))
        wait = max(asked, limits.BANNED.total_seconds())
        return NotSent("Cloudflare, before Discord, keeps this address out for a while.", wait, TOKEN)
    asked = seconds(said.get("retry_after", headers.get("Retry-After", "")))
    return NotSent("Discord asks for patience.", asked, TOKEN if said.get("global") else limit)


def walled(headers: Mapping[str, str], said: Mapping[str, Any]) -> bool:
    """A 429 is Cloudflare's, not Discord's."""
    return not headers.get("Via") or "retry_after" not in said


def _brief(message: str) -> str:
    return " ".join(message.split())[:200]
