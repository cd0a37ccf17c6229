"""Discord: one bot token for every server that invited the bot.

`platform`   listens and posts
`posting`    where a message goes; `layout`, `buttons` what it looks like; `harmless` what it may not do
`custom_id`  what a button carries and gives back; `handle` how an answer finds back
`finding`    whether a message arrived; `errors` what Discord's errors mean; `limits` what it takes at most
`rooms`      what is known of a channel; `permissions` who may do what there
`web`        the API, without hidden retries; how much was asked in vain; `invitation`, `checks` what it needs
`listening`  hands what comes over the gateway to the house; `client` what comes at all
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adapters.http import is_sealed
from adapters.platforms.discord.acts import NAME
from adapters.platforms.discord.client import Shards
from adapters.platforms.discord.platform import Discord, Setup
from adapters.platforms.discord.web import API, pointed
from bot.ports import Clock, SettingError, Sight

__all__ = ["NAME", "SETTINGS", "SIGHT", "TOKENS", "platform"]

GATEWAY: Final = "wss://gateway.discord.gg/"
#: name -> (default, what it is)
SETTINGS: dict[str, tuple[str, str]] = {
    "DISCORD_TOKEN": ("", "the bot's token: your app at discord.com/developers/applications, Bot, Reset Token"),
    "DISCORD_SHARDS": ("", "the shards of this process, and how many there are: 0-3/8; without it all of them"),
    "DISCORD_MESSAGE_CONTENT": ("off", "on: 🔖 saves papers from other people's messages too; needs that intent"),
    "DISCORD_API_URL": (API, "where Discord's API is"),
    "DISCORD_GATEWAY_URL": (GATEWAY, "where Discord's gateway is"),
}
#: the settings without which it cannot run
TOKENS: Final = ("DISCORD_TOKEN",)


def sight(*, content: bool) -> Sight:
    """What `help privacy` says of it."""
    words = "the words of a message that you save with 🔖, for the link of a paper in it"
    return Sight(
        sees=(
            "what you type after /papers, behind my name, and to me in direct messages",
            "the buttons you press, the forms you send, and the message whose menu you use me from",
            "🔖 and number reactions; every other reaction I throw away unread",
            *((words,) if content else ()),
            "your name, and what you may do in the channel where you type",
            "names of channels, and how many people are in the server",
        ),
        never=("files, e-mail addresses, voice, or who is online",)
        if content
        else ("what people write to each other: no words of a message reach me that does not mention me",),
    )


#: what it lets us see as it comes; a platform made with DISCORD_MESSAGE_CONTENT=on says more
SIGHT: Final = sight(content=False)


def platform(settings: Mapping[str, str], *, clock: Clock, shrink: float = 1.0) -> Discord:
    """Discord. Raises SettingError.

    `shrink` divides every time limit of a request and of listening, and the time between two posts.
    """
    chosen = {name: settings.get(name) or default for name, (default, _) in SETTINGS.items()}
    token = chosen["DISCORD_TOKEN"].strip()
    if not token:
        raise SettingError(f"DISCORD_TOKEN is missing; it is {SETTINGS['DISCORD_TOKEN'][1]}.")
    if token.count(".") != 2 or not token.isascii() or len(token.split()) != 1:
        # never the value: it is some other secret
        raise SettingError(f"DISCORD_TOKEN is not right; it has two full stops. It is {SETTINGS['DISCORD_TOKEN'][1]}.")
    content = chosen["DISCORD_MESSAGE_CONTENT"].strip().lower()
    if content not in ("on", "off"):
        raise SettingError("DISCORD_MESSAGE_CONTENT is on or off.")
    shards = Shards.of(chosen["DISCORD_SHARDS"])
    api, gateway = chosen["DISCORD_API_URL"], chosen["DISCORD_GATEWAY_URL"]
    if not is_sealed(api):
        raise SettingError(f"DISCORD_API_URL is an address that begins with https://, like {API}.")
    if not is_sealed(gateway, "wss"):
        raise SettingError(f"DISCORD_GATEWAY_URL is an address that begins with wss://, like {GATEWAY}.")
    pointed(api, gateway)
    setup = Setup(token, shards, content == "on")
    return Discord(setup, clock, sight(content=setup.content), shrink=shrink)
