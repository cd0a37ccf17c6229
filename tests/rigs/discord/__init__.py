"""Discord as a server on loopback: the real SDK talks to it, and people at its screens do what people do.

    async with DiscordServer() as discord:
        lab = discord.guild("lab")                        # the bot is in it; discord.app.token is DISCORD_TOKEN
        papers = discord.channel(lab, "papers")
        ada = discord.person(lab, "Ada", may=May.MANAGE_CHANNELS)
        …                                                 # the program, with DISCORD_API_URL = discord.api
                                                          # and DISCORD_GATEWAY_URL = discord.gateway_url
        await ada.types(papers, "/papers follow query:mamba").done()
        ada.presses(ada.private()[-1], "Undo")
        discord.fail(DROP_AFTER, channel=papers.id)
        discord.admin.denies(papers, May.SEND_MESSAGES)

`server`      the API, the gateway, attachments; the record of every request
`methods`     what each method of the API does, by the names that Discord's own document gives them
`state`       what is there, what is said, and which of it the app is told
`world`       servers, members, roles, channels, threads; `said` messages
`app`         the app as its page in the developer portal describes it; intents
`permissions` who may do what where
`composing`   whether Discord would take a message: `embeds`, `components`, `mentions` whom it pings
`commands`    whether Discord would take these commands
`schema`      whether a request is what Discord's own document describes
`markdown`    what people read, and what in it acts; `reading` … in a whole message
`gateway`     sessions and connections; `compression` of what is told
`told`        what people do with the app, and what it answers in time; `payloads` in which words
`people`      somebody at a screen; `typed` commands, `forms` what is pressed and filled in
`admin`       what happens to servers, channels and threads
`buckets`     how often what may be asked
`wire`        bodies, errors; faults that only Discord makes
`lab`         a server, two people and the SDK on the app's side: what the rig's own tests need
`sample`      a bot with commands of its own, for the same
"""

from __future__ import annotations

from tests.rigs.discord.app import App, Intent
from tests.rigs.discord.buckets import GLOBAL, LIMITS, Limit
from tests.rigs.discord.forms import Shown
from tests.rigs.discord.markdown import Active
from tests.rigs.discord.people import TROUBLE, Somebody
from tests.rigs.discord.permissions import EVERYBODY, INVITED, May
from tests.rigs.discord.reading import acting, lines, notice, spoken
from tests.rigs.discord.said import Said
from tests.rigs.discord.server import DiscordServer
from tests.rigs.discord.told import Told
from tests.rigs.discord.wire import LIMITED, UNSIGNED, banned, limited, refusing
from tests.rigs.discord.world import Channel, Guild

__all__ = [
    "EVERYBODY",
    "GLOBAL",
    "INVITED",
    "LIMITED",
    "LIMITS",
    "TROUBLE",
    "UNSIGNED",
    "Active",
    "App",
    "Channel",
    "DiscordServer",
    "Guild",
    "Intent",
    "Limit",
    "May",
    "Said",
    "Shown",
    "Somebody",
    "Told",
    "acting",
    "banned",
    "limited",
    "lines",
    "notice",
    "refusing",
    "spoken",
]
