"""Pages as sources write them, made of a few works: the wire forms seen in recordings, the words our own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Work:
    """What a page says of one paper."""

    number: str = "2604.10005"
    title: str = "Tokens and where to find them"
    abstract: str = "We look for tokens in many places. We find some."
    authors: str = 'Ada Lovelace, Kurt G\\"odel'
    categories: tuple[str, ...] = ("cs.CL", "cs.AI")
    version: int = 1
    kind: str = "new"
    comment: str = ""
    doi: str = ""
    day: str = "2026-04-13"


#: three works of one morning, and one of the next
FIRST = (
    Work("2604.10001", "Tokens and where to find them"),
    Work("2604.10002", "A survey of surveys", categories=("cs.DL",)),
    Work("2604.10003", "Attention, again", categories=("stat.ML", "cs.LG"), kind="cross"),
)
LATER = (*FIRST, Work("2604.10004", "Graphs of graphs", authors="Emmy Noether"))


def rss_of_arxiv(works: Iterable[Work], title: str = "cs updates on arXiv.org", day: str = "Mon, 13 Apr 2026") -> bytes:
    """A feed of rss.arxiv.org."""
    items = "".join(
        f"<item><title>{escape(work.title)}</title><link>https://arxiv.org/abs/{work.number}</link>"
        f"<description>arXiv:{work.number}v{work.version} Announce Type: {work.kind} \n"
        f"Abstract: {escape(work.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{work.number}v{work.version}</guid>'
        + "".join(f"<category>{category}</category>" for category in work.categories)
        + f"<pubDate>{day} 00:00:00 -0400</pubDate><arxiv:announce_type>{work.kind}</arxiv:announce_type>"
        f"<dc:creator>{escape(work.authors)}</dc:creator></item>"
        for work in works
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        f"<channel><title>{title}</title><link>http://rss.arxiv.org/rss/cs</link>"
        f"<lastBuildDate>{day} 04:00:14 +0000</lastBuildDate><pubDate>{day} 00:00:00 -0400</pubDate>"
        f"{items}</channel></rss>\n"
    ).encode()


def api_of_arxiv(works: Sequence[Work], total: int | None = None) -> bytes:
    """An answer of the arXiv API."""
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{work.number}v{work.version}</id><title>{escape(work.title)}</title>"
        f"<updated>{work.day}T17:00:00Z</updated><published>{work.day}T17:00:00Z</published>"
        f"<summary>{escape(work.abstract)}</summary>"
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in work.authors.split(", "))
        + "".join(f'<category term="{category}"/>' for category in work.categories)
        + f'<arxiv:primary_category term="{work.categories[0]}"/>'
        + (f"<arxiv:comment>{escape(work.comment)}</arxiv:comment>" if work.comment else "")
        + (f"<arxiv:doi>{escape(work.doi)}</arxiv:doi>" if work.doi else "")
        + "</entry>"
        for work in works
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
        f"<opensearch:totalResults>{len(works) if total is None else total}</opensearch:totalResults>{entries}</feed>"
    ).encode()


API_ERROR = api_of_arxiv([]).replace(
    b"</feed>",
    b"<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id><title>Error</title>"
    b"<summary>incorrect id format for abc</summary></entry></feed>",
)


def daily_of_huggingface(works: Iterable[Work], **more: object) -> bytes:
    """A list of Daily Papers; `more` goes into each inner paper."""
    return json.dumps(
        [
            {
                "paper": {
                    "id": work.number,
                    "authors": [{"name": name, "hidden": False} for name in work.authors.split(", ")],
                    "publishedAt": f"{work.day}T00:00:00.000Z",
                    "title": work.title.replace(" ", "\n  ", 1),
                    "summary": work.abstract,
                    "upvotes": 7,
                }
                | more,
                "publishedAt": f"{work.day}T20:00:00.000Z",
                "title": work.title,
            }
            for work in works
        ]
    ).encode()


def rss_of_journal(works: Iterable[Work], link: str = "https://journal.example/doi/10.5555/{number}?af=R") -> bytes:
    """A journal's RSS feed."""
    items = "".join(
        f"<item><title>{escape(work.title)}</title><link>{escape(link.format(number=work.number))}</link>"
        f"<guid>urn:journal:{work.number}</guid><pubDate>Mon, 13 Apr 2026 09:00:00 GMT</pubDate>"
        f"<description>{escape(f'<p>{escape(work.abstract)}</p>')}</description>"
        f"<author>{escape(work.authors)}</author></item>"
        for work in works
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Journal of Tokens</title>'
        f"<link>https://journal.example/</link>{items}</channel></rss>"
    ).encode()


NOT_FOUND_PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>Journal - Not Found</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>
<body><h1>Page not found</h1><p>Sorry, the page you asked for was not found.</p></body></html>
"""


def with_title(title: str) -> tuple[Work, ...]:
    """The works of the first morning, the first one under another title."""
    return (replace(FIRST[0], title=title), *FIRST[1:])
