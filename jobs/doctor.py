"""What is missing, and how to get it: one finding a line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

from adapters.http import Http
from bot.messages.digests import counted
from bot.ports import Doctor, Finding, Openable, PaperroundError, SettingError
from bot.summary import checked
from jobs.clock import now
from jobs.house import alone
from jobs.outside import MEANWHILE, load_source, load_summariser, load_to_serve, unknown_names
from jobs.settings import Settings
from storage.engines import address, open_to_others
from storage.opening import look

T = TypeVar("T")

#: title and abstract of a paper that nobody wrote, for a model to be tried on
SAMPLE = (
    "Counting birds by their songs",
    "Birds are hard to count because they hide. We present a method that counts birds by their songs, recorded with "
    "one microphone. In 12 forests it finds twice as many birds as observers do.",
)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Check settings, database, platforms, sources, clock and summaries, in that order.

    Changes nothing, whoever is running. What cannot be checked for want of a setting stops nothing else.
    """
    async with Http(settings.contact) as http:
        platforms, without = loaded(settings.platforms, lambda name: load_to_serve(name, settings, now))
        sources, more = loaded(settings.sources, lambda name: load_source(name, http))
        for sentence in without + more:
            yield Finding("settings", False, sentence)
        if not without + more:
            named = f"platforms {', '.join(settings.platforms)}; sources {', '.join(settings.sources)}"
            yield Finding("settings", True, named)
        for sentence in unknown_names():
            yield Finding(".env", True, sentence, advice=True)
        if not settings.contact:
            remedy = "set CONTACT to an address or page of yours: publishers ask for it in the User-Agent"
            yield Finding("contact", True, remedy, advice=True)
        for finding in await database(settings):
            yield finding
        for platform in platforms:
            if isinstance(platform, Doctor):
                async for finding in platform.examine():
                    yield finding
        asked = [source for source in sources if not isinstance(source, Openable)]
        for source in asked:
            fetched = await source.fetch("")
            health = fetched.health
            found = f"{counted(len(fetched.announcements), 'paper')} on its first page"
            yield Finding(source.name, health.well, found if health.well else health.detail)
        if asked:
            yield clock(http.skew)
    yield await summaries()


def loaded(names: Iterable[str], load: Callable[[str], T]) -> tuple[list[T], list[str]]:
    """What could be made of these adapters, and a sentence about each that could not."""
    made: list[T] = []
    without: list[str] = []
    for name in names:
        try:
            made.append(load(name))
        except SettingError as error:
            without.append(str(error))
    return made, without


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
        return Finding("summaries", False, f"{error} {MEANWHILE}")
    budget = counted(summariser.budget, "paper")
    return Finding("summaries", True, f"by {summariser.model}, for {budget} a day at most")


async def database(settings: Settings) -> list[Finding]:
    """The database as it is, and who else may read it."""
    try:
        name, sources = await look(settings.database_url)
    except PaperroundError as error:
        return [Finding("database", False, str(error))]
    kind = "SQLite" if alone(settings) else "PostgreSQL"
    if sources is None:
        what = name if alone(settings) else f"the tables of {kind} {name}"
        return [Finding("database", True, f"{what} will be made at the first start")]
    there = [Finding("database", True, f"{kind} {name}, {counted(sources, 'source')}")]
    if others := open_to_others(address(settings.database_url)):
        remedy = f"others on this machine may read what people saved: chmod 600 {' '.join(map(str, others))}"
        there.append(Finding("permissions", False, remedy))
    return there


def clock(skew: float | None) -> Finding:
    """The clock of this machine, held against the last server that told the time; Slack refuses five minutes."""
    if skew is None:
        return Finding("clock", False, "no source answered with the time; look at the sources above first")
    if abs(skew) > 30:
        way = "ahead" if skew > 0 else "behind"
        return Finding("clock", False, f"{abs(skew):.0f} s {way}: set it, for example with a time service (ntp)")
    return Finding("clock", True, f"within {abs(skew):.0f} s of the sources' clocks")
