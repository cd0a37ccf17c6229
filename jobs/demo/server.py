"""The outside world of the demonstration: one loopback server that speaks arXiv, Hugging Face and a lab's blog.

The simulated clock, passed in as `today`, decides which day's feed is served. Addresses:
`/rss/{archive or category}` · `/api/query` · `/api/daily_papers` · `/feeds/lab.xml`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from fnmatch import fnmatchcase

from aiohttp import web

from jobs.demo.lab import BROKEN_DAY, NOT_FOUND_PAGE, lab_feed
from jobs.demo.week import DemoPaper, HfPick, announced, load_week, visible
from jobs.demo.wire import arxiv_rss, atom_error, atom_feed, hf_daily

__all__ = ["DemoPaper", "DemoServer", "HfPick", "announced", "load_week"]

_SCOPE = re.compile(r"[a-z-]+(\.[A-Za-z-]+)?(\+[a-z-]+(\.[A-Za-z-]+)?)*")
_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(\d+))?")
_WINDOW = re.compile(r"submittedDate:\[(\d{8,14})\s+TO\s+(\d{8,14})\]")
_CATEGORY = re.compile(r"\bcat:([\w.*-]+)")
_WORDS = re.compile(r'\b(?:all|ti|abs):(?:"([^"]+)"|([^\s()"]+))')


class DemoServer:
    """Serves the week of 13 April 2026, as of the day `today` says."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today
        self._week = load_week()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._lab_has_failed = False
        #: what was asked, path with query, in order
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens: http://127.0.0.1:PORT."""
        if not self._port:
            raise RuntimeError("the demo server is not running")
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        app = web.Application(middlewares=[self._note])
        app.router.add_get("/rss/{scope}", self._rss)
        app.router.add_get("/api/query", self._query)
        app.router.add_get("/api/daily_papers", self._daily)
        app.router.add_get("/feeds/lab.xml", self._lab)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._runner, self._port = runner, runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner, self._port = None, 0

    @web.middleware
    async def _note(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.requests.append(request.path_qs)
        return await handler(request)

    async def _rss(self, request: web.Request) -> web.Response:
        scope = request.match_info["scope"]
        if not _SCOPE.fullmatch(scope):
            raise web.HTTPNotFound
        today = self._today()
        return _feed(request, arxiv_rss(self._week, scope, today), today, "text/xml")

    async def _lab(self, request: web.Request) -> web.Response:
        today = self._today()
        if today == BROKEN_DAY and not self._lab_has_failed:
            self._lab_has_failed = True
            return web.Response(text=NOT_FOUND_PAGE, content_type="text/html")
        return _feed(request, lab_feed(self._week, today), today, "application/rss+xml")

    async def _query(self, request: web.Request) -> web.Response:
        today = self._today()
        asked = dict(request.query)
        try:
            start, size = _number(asked, "start", 0), _number(asked, "max_results", 10)
            found = self._by_id(asked["id_list"], today) if asked.get("id_list") else self._by_search(asked, today)
        except ValueError as error:
            return web.Response(
                status=400, text=atom_error(str(error), today), content_type="application/atom+xml", charset="utf-8"
            )
        page = found[start : start + size]
        text = atom_feed(page, asked, today=today, total=len(found), start=start, size=size)
        return web.Response(text=text, content_type="application/atom+xml", charset="utf-8")

    def _by_id(self, id_list: str, today: date) -> list[tuple[DemoPaper, int]]:
        known = {paper.id: paper for paper in visible(self._week, today)}
        found: list[tuple[DemoPaper, int]] = []
        for wanted in id_list.split(","):
            match = _ID.fullmatch(wanted.strip())
            if match is None:
                raise ValueError(f"incorrect id format for {wanted.strip()}")
            paper = known.get(match[1])
            if paper is None:
                continue
            newest = paper.version(today)
            version = int(match[2] or newest)
            if 1 <= version <= newest:
                found.append((paper, version))
        return found

    def _by_search(self, asked: dict[str, str], today: date) -> list[tuple[DemoPaper, int]]:
        """The part of arXiv's query language that a source needs: a date window, categories (any), words (all)."""
        query = asked.get("search_query", "")
        window = _WINDOW.search(query)
        categories = _CATEGORY.findall(query)
        words = [(quoted or bare).casefold() for quoted, bare in _WORDS.findall(query)]
        if window is None and not categories and not words:
            return []

        def fits(paper: DemoPaper) -> bool:
            moment = f"{paper.published:%Y%m%d%H%M%S}"
            text = f"{paper.title} {paper.abstract}".casefold()
            return (
                (window is None or window[1].ljust(14, "0") <= moment <= window[2].ljust(14, "9"))
                and (not categories or any(fnmatchcase(own, want) for own in paper.categories for want in categories))
                and all(word == "all" or word in text for word in words)  # all:all is arXiv's "everything"
            )

        found = [(paper, paper.version(today)) for paper in visible(self._week, today) if fits(paper)]
        descending = asked.get("sortOrder", "descending") != "ascending"
        if asked.get("sortBy") == "lastUpdatedDate":
            found.sort(key=lambda hit: (hit[0].updated(hit[1]), hit[0].id), reverse=descending)
        else:
            found.sort(key=lambda hit: (hit[0].published, hit[0].id), reverse=descending)
        return found

    async def _daily(self, request: web.Request) -> web.Response:
        today = self._today()
        try:
            day = date.fromisoformat(request.query.get("date", today.isoformat()))
        except ValueError:
            return web.json_response({"error": "Invalid date"}, status=400)
        return web.json_response(hf_daily(self._week, day) if day <= today else [])


def _number(asked: dict[str, str], name: str, default: int) -> int:
    text = asked.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} must be a non-negative integer")
    return int(text)


def _feed(request: web.Request, text: str, today: date, content_type: str) -> web.Response:
    """The feed, or 304 when the reader has it already."""
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    modified = format_datetime(datetime.combine(today, time(4), UTC), usegmt=True)
    headers = {"ETag": tag, "Last-Modified": modified}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    if tag in known:
        return web.Response(status=304, headers=headers)
    return web.Response(text=text, content_type=content_type, charset="utf-8", headers=headers)
