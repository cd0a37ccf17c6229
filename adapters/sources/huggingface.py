"""The source Hugging Face Daily Papers: what people there put forward on one day, with votes and code.

The list of a day is JSON, grows during the day and is empty on weekends (https://huggingface.co/papers).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from adapters.http import NEVER, Http, Validators, trusted
from bot.identity import arxiv_id, web_link
from bot.models import Announcement, Condition, Fetched, Health, Paper
from bot.ports import SourceError
from bot.text import readable

NAME = "huggingface"
SETTINGS = {"HF_URL": ("https://huggingface.co/api/daily_papers", "where Hugging Face’s Daily Papers are")}
#: days to look back at most after a time away
_BACK = 7


def utc_today() -> date:
    """The date by which Hugging Face counts its days."""
    return datetime.now(UTC).date()


def source(http: Http, settings: Mapping[str, str], today: Callable[[], date] = utc_today) -> HuggingFace:
    """Daily Papers as the settings say. Raises SettingError."""
    return HuggingFace(http, trusted("HF_URL", settings.get("HF_URL") or SETTINGS["HF_URL"][0]), today)


class HuggingFace:
    """The source. A day is asked again on the next day, since it grows."""

    name = NAME

    def __init__(self, http: Http, url: str, today: Callable[[], date]) -> None:
        self._http = http
        self._url = url
        self._today = today

    async def fetch(self, cursor: str) -> Fetched:
        """The lists of today, of yesterday and of the days since the last question."""
        seen = _seen(cursor)
        today = self._today()
        announcements: dict[str, Announcement] = {}
        known: dict[str, Validators] = {}
        changed = False
        try:
            for day in _days(seen, today):
                answer = await self._http.get(
                    f"{self._url}?{urlencode({'date': day})}",
                    seen.get(day, NEVER),
                    trusted=True,
                    accept="application/json",
                )
                known[day] = answer.validators
                if answer.unchanged:
                    continue
                changed = True
                for paper in await asyncio.to_thread(_papers, answer.body):
                    announcements.setdefault(paper.identifiers[0], Announcement(paper, batch=day))
        except SourceError as error:
            return Fetched((), cursor, error.health)
        condition = Condition.OK if announcements else Condition.EMPTY if changed else Condition.UNCHANGED
        days = {day: validators.dump() for day, validators in known.items()}
        return Fetched(tuple(announcements.values()), json.dumps({"days": days}), Health(condition), baseline=not seen)


def _seen(cursor: str) -> dict[str, Validators]:
    try:
        days = json.loads(cursor)["days"]
        return {date.fromisoformat(day).isoformat(): Validators.load(values) for day, values in days.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _days(seen: Mapping[str, Validators], today: date) -> list[str]:
    yesterday = today - timedelta(days=1)
    last = max((date.fromisoformat(day) for day in seen), default=yesterday)
    first = max(min(last, yesterday), today - timedelta(days=_BACK))
    return [(first + timedelta(days=more)).isoformat() for more in range((today - first).days + 1)]


def _papers(body: bytes) -> list[Paper]:
    """The papers of one day's list. Raises SourceError."""
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError):
        cut = body.lstrip().startswith(b"[")
        raise SourceError(
            Health(Condition.CUT_OFF, "Hugging Face’s list broke off in the middle.")
            if cut
            else Health(Condition.NOT_A_FEED, "Hugging Face sent something else than a list of papers.")
        ) from None
    if isinstance(listed, dict) and "error" in listed:
        raise SourceError(Health(Condition.REFUSED, f"Hugging Face answered: {readable(str(listed['error']))[:200]}."))
    if not isinstance(listed, list):
        raise SourceError(Health(Condition.NOT_A_FEED, "Hugging Face sent something else than a list of papers."))
    papers = [paper for entry in listed if isinstance(entry, dict) and (paper := _paper(entry))]
    if listed and not papers:
        raise SourceError(Health(Condition.NOT_A_FEED, "Hugging Face sent a list in a form that is not understood."))
    return papers


def _paper(entry: Mapping[str, Any]) -> Paper | None:
    """One element of the list: fields came and went over the years, so each may be missing or null."""
    inner = entry.get("paper")
    if not isinstance(inner, dict):
        return None
    number = arxiv_id(_string(inner, "id"))
    title = readable(_string(inner, "title") or _string(entry, "title"))
    if not number or not title:
        return None
    upvotes = inner.get("upvotes")
    return Paper(
        id="",
        title=title,
        abstract=readable(_string(inner, "summary") or _string(entry, "summary")),
        identifiers=(f"arxiv:{number}",),
        authors=_authors(inner.get("authors")),
        sources=(NAME,),
        url=f"https://arxiv.org/abs/{number}",
        pdf=f"https://arxiv.org/pdf/{number}",
        code=web_link(_string(inner, "githubRepo")),
        tldr=readable(_string(inner, "ai_summary")),
        # the outer date is hours earlier, so often the day before
        published=_moment(_string(inner, "publishedAt")),
        upvotes=min(max(upvotes, 0), 1_000_000) if isinstance(upvotes, int) else 0,
    )


def _authors(authors: object) -> tuple[str, ...]:
    if not isinstance(authors, Sequence):
        return ()
    shown = (author for author in authors if isinstance(author, dict) and not author.get("hidden"))
    return tuple(name for author in shown if (name := readable(_string(author, "name"))))


def _string(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
