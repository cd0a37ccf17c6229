"""What `paperround doctor` checks: token, app, intents, gateway, permissions, clock; each remedy by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from adapters.platforms.discord import harmless
from adapters.platforms.discord.errors import Told
from adapters.platforms.discord.invitation import PERMISSIONS
from adapters.platforms.discord.permissions import ADMINISTRATOR, VIEW, allowed
from adapters.platforms.discord.web import Web
from bot.ports import Clock, Finding, PostError

Json = Mapping[str, Any]
#: seconds that our clock may be wrong: `finding` looks back so far and no further
SKEW: Final = 5.0
#: servers of one page (https://discord.com/developers/docs/resources/user#get-current-user-guilds)
PAGE: Final = 200
#: channels of a server that are named in its line
NAMED: Final = 5
#: kinds of channels that take papers: text, announcements, forums
POSTED_IN: Final = (0, 5, 15)
#: flags of an app with that intent, which Discord gave or the portal's switch; the small app's is the higher one
# (https://discord.com/developers/docs/resources/application#application-object-application-flags)
INTENTS: Final = {"presence": 3 << 12, "server members": 3 << 14, "message content": 3 << 18}
PORTAL: Final = "at discord.com/developers/applications, Bot"
AGAIN: Final = "open the link of `paperround invite discord` again"


async def examine(web: Web, *, content: bool, shards: int, clock: Clock) -> AsyncIterator[Finding]:
    """Check what one token may, in that order; `shards` are those of this process, 0 for as many as Discord advises."""
    try:
        app = await web.done("GET", "/applications/@me")
        me = await web.done("GET", "/users/@me")
    except PostError as error:
        yield Finding("discord token", False, f"{error} DISCORD_TOKEN is made {PORTAL}, Reset Token.")
        return
    yield Finding("discord token", True, harmless.line(str(me.get("username"))))
    yield known(app)
    yield intents(int(app.get("flags") or 0), content=content)
    try:
        yield gateway(await web.done("GET", "/gateway/bot"), shards)
        servers = await joined(web)
        if not servers:
            remedy = "it is in no server: open the link of `paperround invite discord`"
            yield Finding("discord server", False, remedy)
        for one in servers:
            yield await server(web, one, str(me["id"]))
    except PostError as error:
        yield Finding("discord", False, str(error))
    yield told_time(web.date, clock())


def known(app: Json) -> Finding:
    """The app, and who may invite it."""
    who = "anybody with the link may invite it" if app.get("bot_public") else "only its owner may invite it"
    return Finding("discord app", True, f"{app.get('id')}; {who}")


def intents(flags: int, *, content: bool) -> Finding:
    """The privileged intents of the app, against the one that is asked for where the operator turned it on."""
    granted = {name for name, bits in INTENTS.items() if flags & bits}
    if content and "message content" not in granted:
        switch = f"switch Message Content Intent on {PORTAL}, or leave DISCORD_MESSAGE_CONTENT out"
        return Finding("discord intents", False, f"Discord ends every session that asks for message content: {switch}")
    more = ", ".join(sorted(granted - ({"message content"} if content else set())))
    said = "message content, and no other" if content else "no privileged one is needed"
    if more:
        return Finding("discord intents", True, f"{more}: not needed, switch it off {PORTAL}", advice=True)
    return Finding("discord intents", True, said)


def gateway(said: Json, shards: int) -> Finding:
    """How many sessions may still begin today."""
    start = said.get("session_start_limit") or {}
    left, most = int(start.get("remaining", 0)), int(start.get("total", 0))
    needed = shards or int(said.get("shards", 1))
    found = f"{left} of {most} sessions may still begin"
    if left < needed:
        hours = int(start.get("reset_after", 0)) / 3_600_000
        remedy = f"{needed} needed; wait {hours:.1f} h, and find out what starts it so often"
        return Finding("discord gateway", False, f"{found}; {remedy}")
    return Finding("discord gateway", True, found)


async def joined(web: Web) -> list[Json]:
    """The servers that we are in, with what we may there. Raises PostError."""
    found: list[Json] = []
    while True:
        after = str(found[-1]["id"]) if found else "0"
        page = await web.done("GET", "/users/@me/guilds", params={"limit": PAGE, "after": after})
        found += page
        if len(page) < PAGE:
            return found


async def server(web: Web, there: Json, me: str) -> Finding:
    """What we may in a server, and in each of its channels that we see. Raises PostError."""
    name = harmless.trimmed(harmless.line(str(there.get("name"))), 60)
    may = int(there.get("permissions") or 0)
    if may & ADMINISTRATOR:
        more = f"{name}: Administrator is far more than it needs; {AGAIN} after taking it away"
        return Finding("discord server", True, more, advice=True)
    if lacking := _lacking(may):
        return Finding("discord server", False, f"{name}: {lacking}; {AGAIN}")
    narrow = await narrower(web, str(there["id"]), me)
    if not narrow:
        return Finding("discord server", True, f"{name}: all {len(PERMISSIONS)} permissions")
    more = f"; and {len(narrow) - NAMED} more channels" if len(narrow) > NAMED else ""
    said = f"{name}: where papers are to come, give it {'; '.join(narrow[:NAMED])}{more}"
    return Finding("discord server", True, said, advice=True)


async def narrower(web: Web, guild: str, me: str) -> list[str]:
    """The channels that we see and may not do everything in, and what. Raises PostError."""
    try:
        whole = await web.asked("GET", "/guilds/{guild_id}", guild_id=guild)
        member = await web.asked("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild, user_id=me)
        channels = await web.asked("GET", "/guilds/{guild_id}/channels", guild_id=guild)
    except Told as told:
        raise told.error from told
    found: list[str] = []
    for one in channels:
        may = allowed(whole, one, member, me)
        if one.get("type") in POSTED_IN and may & VIEW and (lacking := _lacking(may, reasons=False)):
            found.append(f"{lacking} in #{harmless.trimmed(harmless.line(str(one.get('name'))), 60)}")
    return found


def told_time(date: str, now: datetime) -> Finding:
    """Our clock against Discord's `Date` header (RFC 9110, 6.6.1)."""
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return Finding("discord clock", False, "Discord did not tell the time")
    skew = (now - told.replace(tzinfo=told.tzinfo or UTC)).total_seconds()
    if abs(skew) > SKEW:
        way = "ahead" if skew > 0 else "behind"
        return Finding(
            "discord clock", False, f"{abs(skew):.0f} s {way}: set it, for example with a time service (ntp)"
        )
    return Finding("discord clock", True, f"within {max(abs(skew), 1):.0f} s of Discord's")


def _lacking(may: int, *, reasons: bool = True) -> str:
    names = (f"{one.name} ({one.reason})" if reasons else one.name for one in PERMISSIONS if not may & one.bit)
    return ", ".join(names)
