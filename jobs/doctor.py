"""What is missing, and how to get it: one finding a line."""

from __future__ import annotations

from collections.abc import AsyncIterator

from adapters.http import Http
from bot.messages.digests import counted
from bot.ports import Doctor, Finding, Openable, PaperroundError
from bot.summary import checked
from jobs.clock import now
from jobs.house import alone
from jobs.outside import load_platforms, load_sources, load_summariser
from jobs.settings import Settings
from storage.opening import look

#: title and abstract of a paper that nobody wrote, for a model to be tried on
SAMPLE = (
    "Counting birds by their songs",
    "Birds are hard to count because they hide. We present a method that counts birds by their songs, recorded with "
    "one microphone. In 12 forests it finds twice as many birds as observers do.",
)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Check settings, platforms, database, sources, clock and summaries, in that order.

    Changes nothing, whoever is running.
    """
    yield Finding("settings", True, f"platforms {', '.join(settings.platforms)}; sources {', '.join(settings.sources)}")
    if not settings.contact:
        remedy = "set CONTACT to an address or page of yours: publishers ask for it in the User-Agent"
        yield Finding("contact", False, remedy)
    async with Http(settings.contact) as http:
        try:
            platforms = load_platforms(settings, now)
            sources = load_sources(settings, http)
        except PaperroundError as error:
            yield Finding("adapters", False, str(error))
            return
        yield await database(settings)
        for platform in platforms.values():
            if isinstance(platform, Doctor):
                async for finding in platform.examine():
                    yield finding
        for name, source in sources.items():
            if isinstance(source, Openable):
                continue
            fetched = await source.fetch("")
            health = fetched.health
            found = f"{len(fetched.announcements)} papers on its first page" if health.well else health.detail
            yield Finding(name, health.well, found)
        yield clock(http.skew)
    yield await summaries()


async def summaries() -> Finding:
    """The model that sums up papers, tried on one; without settings there is none, and nothing is missing."""
    try:
        summariser = load_summariser()
        if summariser is None:
            return Finding("summaries", True, "the two most informative sentences of each abstract; no model is set")
        try:
            checked(await summariser.summarise(*SAMPLE), *SAMPLE)
        finally:
            await summariser.close()
    except PaperroundError as error:
        return Finding("summaries", False, f"{error} Until that is mended, sentences of the abstract are shown.")
    return Finding("summaries", True, f"by {summariser.model}, for {summariser.budget} papers a day at most")


async def database(settings: Settings) -> Finding:
    """The database as it is."""
    try:
        name, sources = await look(settings.database_url)
    except PaperroundError as error:
        return Finding("database", False, str(error))
    kind = "SQLite" if alone(settings) else "PostgreSQL"
    if sources is not None:
        return Finding("database", True, f"{kind} {name}, {counted(sources, 'source')}")
    what = name if alone(settings) else f"the tables of {kind} {name}"
    return Finding("database", True, f"{what} will be made at the first start")


def clock(skew: float | None) -> Finding:
    """The clock of this machine, held against the last server that told the time; Slack refuses five minutes."""
    if skew is None:
        return Finding("clock", False, "no source answered with the time; look at the sources above first")
    if abs(skew) > 30:
        way = "ahead" if skew > 0 else "behind"
        return Finding("clock", False, f"{abs(skew):.0f} s {way}: set it, for example with a time service (ntp)")
    return Finding("clock", True, f"within {abs(skew):.0f} s of the sources' clocks")
