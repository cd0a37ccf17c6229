"""A lab's reading blog: an invented RSS 2.0 feed that points at some of the week's papers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.sax.saxutils import escape

from jobs.demo.week import DemoPaper

# the day of the post, the paper it is about
POSTS = (
    (date(2026, 4, 13), "2604.09132"),
    (date(2026, 4, 13), "2604.08554"),
    (date(2026, 4, 14), "2604.10665"),
    (date(2026, 4, 15), "2604.12887"),
    (date(2026, 4, 16), "2604.11154"),
    (date(2026, 4, 17), "2604.14210"),
)
BROKEN_DAY = date(2026, 4, 15)
# seen in 68 of 673 polls of a real journal: this page, with status 200, where the feed should be
NOT_FOUND_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Reading Room - Not Found</title></head>
<body><h1>Page not found</h1><p>Sorry, the page you requested is unavailable.</p></body>
</html>
"""


def lab_feed(week: Iterable[DemoPaper], today: date) -> str:
    """The blog's feed on that day, newest post first."""
    papers = {paper.id: paper for paper in week}
    posts = [(day, papers[paper_id]) for day, paper_id in reversed(POSTS) if day <= today]
    items = "".join(_item(day, paper) for day, paper in posts)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel>
    <title>Reading Room</title>
    <link>https://reading-room.example/</link>
    <description>What our lab reads this week.</description>
    <language>en</language>
    <lastBuildDate>{_rfc822(today)}</lastBuildDate>
{items}  </channel>
</rss>
"""


def _item(day: date, paper: DemoPaper) -> str:
    first_sentence = paper.abstract.split(". ")[0].rstrip(".") + "."
    return f"""    <item>
      <title>{escape(paper.title)}</title>
      <link>https://arxiv.org/abs/{paper.id}</link>
      <description>{escape(f"<p>{escape(first_sentence)}</p>")}</description>
      <guid isPermaLink="false">https://reading-room.example/?p={paper.id.replace(".", "")}</guid>
      <pubDate>{_rfc822(day)}</pubDate>
      <dc:creator>Reading Room</dc:creator>
    </item>
"""


def _rfc822(day: date) -> str:
    return format_datetime(datetime.combine(day, time(5), UTC))
