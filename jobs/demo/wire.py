"""What the sources put on the wire in 2026: arXiv RSS, arXiv API Atom, Hugging Face JSON."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from jobs.demo.week import DemoPaper, announced

_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"

# arXiv's feed writes authors in ASCII: a sign stands before the letter, a letter command has braces
_MARKS = {
    "\N{COMBINING GRAVE ACCENT}": "\\`{}",
    "\N{COMBINING ACUTE ACCENT}": "\\'{}",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "\\^{}",
    "\N{COMBINING TILDE}": "\\~{}",
    "\N{COMBINING DIAERESIS}": '\\"{}',
    "\N{COMBINING MACRON}": "\\={}",
    "\N{COMBINING DOT ABOVE}": "\\.{}",
    "\N{COMBINING CARON}": "\\v{{{}}}",
    "\N{COMBINING BREVE}": "\\u{{{}}}",
    "\N{COMBINING CEDILLA}": "\\c{{{}}}",
    "\N{COMBINING OGONEK}": "\\k{{{}}}",
    "\N{COMBINING RING ABOVE}": "\\r{{{}}}",
    "\N{COMBINING DOUBLE ACUTE ACCENT}": "\\H{{{}}}",
}
_LETTERS = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "ı": "i", "æ": "ae", "Æ": "AE", "œ": "oe", "đ": "dj"}


def latex_name(name: str) -> str:
    r"""An author as arXiv's RSS spells it: `J\"org`, `Mikol\'a\v{s}`, `S{\o}gaard`."""
    out: list[str] = []
    for char in unicodedata.normalize("NFD", name):
        if char in _MARKS and out:
            out[-1] = _MARKS[char].format(out[-1])
        elif char in _LETTERS:
            out.append(f"{{\\{_LETTERS[char]}}}")
        else:
            out.append(char)
    return unicodedata.normalize("NFC", "".join(out))  # what is not in the tables stays as it was


def arxiv_rss(week: Iterable[DemoPaper], scope: str, today: date) -> str:
    """The announcement feed of an archive or a category; a day without papers is a channel with no item."""
    built = format_datetime(datetime.combine(today, time(4), UTC))
    day = format_datetime(datetime.combine(today, time(), timezone(timedelta(hours=-4))))
    items = "".join(_rss_item(paper, kind, today, day) for paper, kind in announced(week, scope, today))
    return f"""{_DECLARATION}<rss xmlns:arxiv="http://arxiv.org/schemas/atom" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" \
xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">
  <channel>
    <title>{escape(scope)} updates on arXiv.org</title>
    <link>http://rss.arxiv.org/rss/{escape(scope)}</link>
    <description>{escape(scope)} updates on the arXiv.org e-print archive.</description>
    <atom:link href={quoteattr(f"http://rss.arxiv.org/rss/{scope}")} rel="self" type="application/rss+xml"/>
    <docs>http://www.rssboard.org/rss-specification</docs>
    <language>en-us</language>
    <lastBuildDate>{built}</lastBuildDate>
    <managingEditor>rss-help@arxiv.org</managingEditor>
    <pubDate>{day}</pubDate>
    <skipDays>
      <day>Sunday</day>
      <day>Saturday</day>
    </skipDays>
{items}  </channel>
</rss>
"""


def _rss_item(paper: DemoPaper, kind: str, today: date, day: str) -> str:
    versioned = f"{paper.id}v{paper.version(today)}"
    categories = "".join(f"      <category>{escape(category)}</category>\n" for category in paper.categories)
    # the blank before the line break is arXiv's
    description = f"arXiv:{versioned} Announce Type: {kind} \nAbstract: {paper.abstract}"
    return f"""    <item>
      <title>{escape(paper.title)}</title>
      <link>https://arxiv.org/abs/{paper.id}</link>
      <description>{escape(description)}</description>
      <guid isPermaLink="false">oai:arXiv.org:{versioned}</guid>
{categories}      <pubDate>{day}</pubDate>
      <arxiv:announce_type>{kind}</arxiv:announce_type>
      <dc:rights>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</dc:rights>
      <dc:creator>{escape(", ".join(latex_name(name) for name in paper.authors))}</dc:creator>
    </item>
"""


def atom_feed(
    papers: Sequence[tuple[DemoPaper, int]], asked: dict[str, str], *, today: date, total: int, start: int, size: int
) -> str:
    """One page of the API's answer: papers with the version asked for."""
    query, ids = asked.get("search_query", ""), asked.get("id_list", "")
    title = f"arXiv Query: search_query={query}&id_list={ids}&start={start}&max_results={size}"
    plus = query.replace(" ", "+")
    link = f"https://arxiv.org/api/query?search_query={plus}&start={start}&max_results={size}&id_list={ids}"
    digest = base64.b64encode(hashlib.sha256(title.encode()).digest()[:20]).decode().rstrip("=")
    entries = "".join(_atom_entry(paper, version) for paper, version in papers)
    head = _atom_head(
        f"https://arxiv.org/api/{digest}", title, today=today, size=size, total=total, start=start, link=link
    )
    return f"{head}{entries}</feed>\n"


def atom_error(message: str, today: date) -> str:
    """The API's way of saying no: a feed with one entry titled Error."""
    address = escape("https://arxiv.org/api/errors#" + message.replace(" ", "_"))
    entry = f"""  <entry>
    <id>{address}</id>
    <title>Error</title>
    <updated>{_moment(today)}</updated>
    <link href="{address}" rel="alternate" type="text/html"/>
    <summary>{escape(message)}</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
"""
    head = _atom_head("https://arxiv.org/", "arXiv Search Results", today=today, size=1, total=1)
    return f"{head}{entry}</feed>\n"


def _atom_head(feed_id: str, title: str, *, today: date, size: int, total: int, start: int = 0, link: str = "") -> str:
    own = f'  <link href={quoteattr(link)} type="application/atom+xml"/>\n' if link else ""
    return f"""{_DECLARATION}<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" \
xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>{escape(feed_id)}</id>
  <title>{escape(title)}</title>
  <updated>{_moment(today)}</updated>
{own}  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
"""


def _atom_entry(paper: DemoPaper, version: int) -> str:
    versioned = f"{paper.id}v{version}"
    categories = "".join(
        f'    <category term="{escape(category)}" scheme="http://arxiv.org/schemas/atom"/>\n'
        for category in paper.categories
    )
    comment = f"    <arxiv:comment>{escape(paper.comment)}</arxiv:comment>\n" if paper.comment else ""
    authors = "".join(f"    <author>\n      <name>{escape(name)}</name>\n    </author>\n" for name in paper.authors)
    return f"""  <entry>
    <id>http://arxiv.org/abs/{versioned}</id>
    <title>{escape(paper.title)}</title>
    <updated>{paper.updated(version):%Y-%m-%dT%H:%M:%SZ}</updated>
    <link href="https://arxiv.org/abs/{versioned}" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/{versioned}" rel="related" type="application/pdf" title="pdf"/>
    <summary>{escape(paper.abstract)}</summary>
{categories}    <published>{paper.published:%Y-%m-%dT%H:%M:%SZ}</published>
{comment}    <arxiv:primary_category term="{escape(paper.categories[0])}"/>
{authors}  </entry>
"""


def _moment(today: date) -> str:
    return f"{today:%Y-%m-%d}T06:00:00Z"


def hf_daily(week: Iterable[DemoPaper], day: date) -> list[dict[str, object]]:
    """Hugging Face's list of one day, most upvotes first."""
    listed = [paper for paper in week if paper.hf is not None and paper.hf.day == day]
    return [_hf_entry(paper) for paper in sorted(listed, key=lambda paper: -paper.hf.upvotes if paper.hf else 0)]


def _hf_entry(paper: DemoPaper) -> dict[str, object]:
    pick = paper.hf
    if pick is None:
        raise ValueError(f"{paper.id} was never listed")
    midnight = datetime.combine(paper.published.date(), time(), UTC)
    who = {
        "_id": _hf_id("demo"),
        "avatarUrl": "/avatars/demo.svg",
        "isPro": False,
        "fullname": "Paperround demo",
        "type": "user",
        "name": "paperround-demo",
    }
    inner: dict[str, object] = {
        "id": paper.id,
        "authors": [{"_id": _hf_id(paper.id + name), "name": name, "hidden": False} for name in paper.authors],
        "publishedAt": _hf_time(midnight),
        "submittedOnDailyAt": _hf_time(datetime.combine(pick.day, time(2, 17, 41), UTC)),
        "title": paper.title,
        "submittedOnDailyBy": {**who, "user": "paperround-demo"},
        "summary": paper.abstract,
        "upvotes": pick.upvotes,
        "discussionId": _hf_id(paper.id),
    }
    if pick.github is not None:
        inner |= {"githubRepo": pick.github, "githubRepoAddedBy": "user", "githubStars": pick.stars}
    if pick.ai_summary is not None:
        inner |= {"ai_summary": pick.ai_summary, "ai_keywords": list(pick.ai_keywords)}
    return {
        "paper": inner,
        "publishedAt": _hf_time(midnight - timedelta(hours=4)),  # the outer one is always earlier than the inner
        "title": paper.title,
        "summary": paper.abstract,
        "thumbnail": f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper.id}.png",
        "numComments": 1,
        "submittedBy": {**who, "isHf": False, "isHfAdmin": False, "isMod": False, "isUserFollowing": False},
        "isAuthorParticipating": False,
    }


def _hf_id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _hf_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
