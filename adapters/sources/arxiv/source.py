"""How arXiv is asked: one feed after the other, three seconds apart, and what is remembered between two rounds."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from adapters.http import NEVER, Answer, Http, Pace, Validators, is_loopback, trusted
from adapters.sources.arxiv import pages
from bot.identity import arxiv_id
from bot.models import Announcement, Condition, Fetched, Health, Paper
from bot.ports import SettingError, SourceError

NAME = "arxiv"
#: https://arxiv.org/category_taxonomy
ARCHIVES = (
    "astro-ph", "cond-mat", "cs", "econ", "eess", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math", "math-ph",
    "nlin", "nucl-ex", "nucl-th", "physics", "q-bio", "q-fin", "quant-ph", "stat",
)  # fmt: skip
_UNDIVIDED = frozenset({"gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"})
SETTINGS = {
    "ARXIV_RSS_URL": ("https://rss.arxiv.org/rss", "where arXiv’s daily feeds are"),
    "ARXIV_API_URL": ("https://export.arxiv.org/api/query", "where arXiv’s API is"),
    "ARXIV_ARCHIVES": (",".join(ARCHIVES), "archives or categories to read, such as `cs,stat.ML`"),
    "ARXIV_GAP": ("3", "seconds between two questions to arXiv; its terms ask for 3"),
}
#: a feed never holds more (https://info.arxiv.org/help/rss.html); what is cut off are the new papers
_FULL = 2_000
#: papers on one page of the past
_PAGE = 200
#: what happens to one feed alone; anything else happens to arXiv as a whole
_OF_ONE_FEED = frozenset({Condition.NOT_A_FEED, Condition.CUT_OFF, Condition.REFUSED})


def source(http: Http, settings: Mapping[str, str]) -> Arxiv:
    """ArXiv as the settings say. Raises SettingError."""
    values = {name: settings.get(name) or default for name, (default, _) in SETTINGS.items()}
    archives = tuple(name.strip() for name in values["ARXIV_ARCHIVES"].split(",") if name.strip())
    unknown = [name for name in archives if name.partition(".")[0] not in ARCHIVES]
    if unknown or not archives:
        named = f"“{unknown[0]}”" if unknown else "nothing"
        raise SettingError(f"ARXIV_ARCHIVES names {named}; it is archives or categories, such as cs,stat.ML.")
    feeds, api = (trusted(name, values[name]) for name in ("ARXIV_RSS_URL", "ARXIV_API_URL"))
    local = is_loopback(feeds) or is_loopback(api)
    try:
        gap = float(values["ARXIV_GAP"])
    except ValueError:
        gap = math.nan
    if not (0 if local else 3) <= gap <= 3600:
        raise SettingError("ARXIV_GAP is a number of seconds, 3 or more: arXiv's terms ask for it.")
    return Arxiv(http, feeds, api, archives, gap)


@dataclass(slots=True)
class _Round:
    """The cursor: every feed is asked once in a round."""

    #: feeds still to be asked in this round
    todo: list[str] = field(default_factory=list)
    #: archives that are read for the first time in this round
    silent: list[str] = field(default_factory=list)
    feeds: dict[str, Validators] = field(default_factory=dict)

    @classmethod
    def load(cls, cursor: str) -> _Round:
        try:
            found = json.loads(cursor)
            feeds = {name: Validators.load(values) for name, values in found["feeds"].items()}
            return cls(list(found["todo"]), list(found["silent"]), feeds)
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def dump(self) -> str:
        feeds = {name: known.dump() for name, known in self.feeds.items()}
        return json.dumps({"todo": self.todo, "silent": self.silent, "feeds": feeds}, separators=(",", ":"))


class Arxiv:
    """The source. It also tells one paper and the past."""

    name = NAME

    def __init__(self, http: Http, rss: str, api: str, archives: tuple[str, ...], gap: float = 3.0) -> None:
        self._http = http
        self._rss = rss.rstrip("/")
        self._api = api
        self._archives = archives
        #: one for feed and API, since arXiv counts them together
        self._pace = Pace(gap, name=NAME)
        #: feeds of this round that could not be read; they do not hold up the others
        self._failed: dict[str, Health] = {}

    async def fetch(self, cursor: str) -> Fetched:
        """The next feed of the round that can be read; `more` until the round is complete."""
        state = _Round.load(cursor)
        state.todo = [name for name in state.todo if name not in self._failed]
        if not state.todo:
            self._failed.clear()
            state.todo = list(self._archives)
            state.silent = [name for name in self._archives if name not in state.feeds]
        while True:
            feed = state.todo.pop(0)
            try:
                answer, page = await self._read(feed, state.feeds.get(feed, NEVER))
                break
            except SourceError as error:
                if error.health.condition in _OF_ONE_FEED:
                    self._failed[feed] = error.health
                    if state.todo:
                        continue
                return Fetched((), cursor, error.health)
        state.feeds[feed] = answer.validators
        health = Health(Condition.UNCHANGED)
        if page is not None:
            health = Health(Condition.OK if page.announcements else Condition.EMPTY)
            if page.items >= _FULL:
                parts = _categories_of(feed, page)
                state.todo = parts + state.todo
                if not parts:
                    health = Health(Condition.OK, f"arXiv cut its feed {feed} at {_FULL} papers.")
        return Fetched(
            page.announcements if page else (),
            state.dump(),
            health if state.todo else self._end_of_round(health),
            baseline=feed in state.silent or feed.partition(".")[0] in state.silent,
            more=bool(state.todo),
        )

    async def _read(self, feed: str, known: Validators) -> tuple[Answer, pages.Announced | None]:
        """The feed's page, or None when it is the known one. Raises SourceError."""
        answer = await self._http.get(f"{self._rss}/{feed}", known, pace=self._pace, trusted=True)
        if answer.unchanged:
            return answer, None
        return answer, await asyncio.to_thread(pages.announced, answer.body)

    def _end_of_round(self, health: Health) -> Health:
        if not self._failed:
            return health
        missing = ", ".join(f"{feed} ({failure.condition.value})" for feed, failure in self._failed.items())
        self._failed.clear()
        return Health(health.condition, f"Some feeds could not be read: {missing}.")

    async def lookup(self, identifier: str) -> Paper | None:
        """The paper of that arXiv id, as the API knows it now. Raises SourceError."""
        number = arxiv_id(identifier)
        if not number:
            return None
        page = await self._ask(id_list=number, max_results="1")
        return next((paper for paper in page.papers if paper.identifier("arxiv") == number), None)

    async def history(self, since: date, until: date, cursor: str) -> Fetched:
        """A page of what was submitted from `since` to `until`, the newest day first; a baseline."""
        try:
            place = json.loads(cursor)
            day, start = date.fromisoformat(place["day"]), int(place["start"])
        except (ValueError, KeyError, TypeError):
            day, start = until, 0
        try:
            page = await self._ask(
                search_query=self._submitted(day),
                start=str(start),
                max_results=str(_PAGE),
                sortBy="submittedDate",
                sortOrder="descending",
            )
        except SourceError as error:
            return Fetched((), cursor, error.health)
        start += page.entries
        if not page.entries and start < page.total:
            # arXiv's way of saying that it is asked too much: status 200 and nothing on the page
            return Fetched((), cursor, Health(Condition.THROTTLED, "arXiv sent an empty page."))
        if start >= page.total:
            day, start = day - timedelta(days=1), 0
        return Fetched(
            tuple(Announcement(paper) for paper in page.papers),
            json.dumps({"day": day.isoformat(), "start": start}),
            Health(Condition.OK if page.papers else Condition.EMPTY),
            baseline=True,
            more=day >= since,
        )

    def _submitted(self, day: date) -> str:
        window = f"submittedDate:[{day:%Y%m%d}0000 TO {day:%Y%m%d}2359]"
        if self._archives == ARCHIVES:
            return window
        wanted = (name if "." in name or name in _UNDIVIDED else f"{name}.*" for name in self._archives)
        return f"{window} AND ({' OR '.join(f'cat:{name}' for name in wanted)})"

    async def _ask(self, **asked: str) -> pages.Found:
        answer = await self._http.get(f"{self._api}?{urlencode(asked)}", pace=self._pace, trusted=True)
        return await asyncio.to_thread(pages.found, answer.body)


def _categories_of(feed: str, page: pages.Announced) -> list[str]:
    """Categories of an archive that are named on its page."""
    named = {name for announcement in page.announcements for name in announcement.paper.categories}
    return sorted(name for name in named if name.startswith(feed + "."))
