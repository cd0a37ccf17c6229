"""Whether two papers are one work: names that never change first, the title only when nothing else is left.

A publisher changes guids, addresses and even titles of a paper that stays in its feed; DOI and arXiv id stay. So the
identity of a paper is its arXiv id or DOI, then its address, then the feed's own guid, and never a hash of its text.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from bot.models import Paper

#: https://info.arxiv.org/help/arxiv_identifier.html: since 2007 year, month and number; before, archive and number
_ID = r"(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3})"
_ARXIV = re.compile(rf"({_ID})(?:v\d+)?", re.IGNORECASE)
_ARXIV_NAMED = re.compile(
    rf"(?:arxiv\.org/(?:abs|pdf|html|format)/|\barxiv:|oai:arxiv\.org:|10\.48550/arxiv\."
    rf"|huggingface\.co/papers/|alphaxiv\.org/(?:abs|overview)/)\s*{_ARXIV.pattern}(?![\w/])",
    re.IGNORECASE,
)
#: https://www.doi.org/doi-handbook/HTML/doi-name-syntax.html; lower case, since DOI names have no case
_DOI = r"10\.\d{4,9}/[^\s\"<>]*[^\s\"<>.,;]"
_DOI_ALONE = re.compile(rf"(?:doi:\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/(?:doi:)?)?({_DOI})", re.IGNORECASE)
_DOI_IN_PATH = re.compile(rf"(?:^|/)({_DOI})")
#: what publishers hang behind the DOI in an address: a view, or (Silverchair) an article number and the title
_VIEW = re.compile(
    r"(?:/(?:full|fulltext|full-text|pdf|epdf|pdfdirect|epub|html|abstract|abs|meta|summary|short|figures|references)"
    r"|\.(?:full|abstract|short|full-text)(?:\.pdf)?|\.pdf|/)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"/(?:\d{6,9}/[^/]*[a-z][^/]*|\d{7,9})$", re.IGNORECASE)
#: preprint servers that give each version a DOI of its own or write it behind: ChemRxiv, bioRxiv and medRxiv (two
#: prefixes), Research Square, Preprints.org, TechRxiv, PsyArXiv, OSF
_PREPRINTS = ("10.26434/", "10.1101/", "10.64898/", "10.21203/", "10.20944/", "10.36227/", "10.31234/", "10.31219/")
_VERSION = re.compile(r"[./_-]?v\d+$")
#: parameters of an address that say how somebody came, not what is there
_NOISE = re.compile(r"utm_\w+|rss|af|dgcid|fbclid|gclid|mc_[ce]id")
_MARKS = re.compile(r"(?:\[[^\]]{1,40}\]\s+)+")
#: a title of fewer letters ("Issue Information") is shared by different papers
_TELLING = 20


def arxiv_id(text: str) -> str:
    """The bare arXiv id in an id, a link, a DOI of arXiv's or "arXiv:2604.10005v2"; "" when there is none."""
    text = text.strip()
    found = _ARXIV.fullmatch(text) or _ARXIV_NAMED.search(text)
    return _bare(found[1]) if found else ""


def doi(text: str) -> str:
    """The DOI in "10.1021/…", "doi:10.1021/…", a doi.org link or a publisher's address, without version; or ""."""
    text = text.strip().rstrip(".,;")
    if found := _DOI_ALONE.fullmatch(text):
        name = unquote(found[1]) if "doi.org/" in text[: found.start(1)].lower() else found[1]
        return _canonical(name.partition("?")[0])
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    for _, value in parse_qsl(parts.query):
        if found := re.fullmatch(_DOI, value):
            return _canonical(found[0])
    if found := _DOI_IN_PATH.search(unquote(parts.path)):
        return _canonical(_without_tail(found[1]))
    return ""


def identifier(text: str) -> str:
    """What a link or a guid surely names: "arxiv:2604.10005", "doi:10.1021/…", or ""."""
    if found := _ARXIV_NAMED.search(text):
        return f"arxiv:{_bare(found[1])}"
    name = doi(text)
    return f"doi:{name}" if name else ""


def normal_url(url: str) -> str:
    """An http(s) address without what does not tell pages apart: "doi.org/10.1/x?a=1"; "" for any other."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = parts.hostname.removeprefix("www.") + (f":{port}" if port not in (None, 80, 443) else "")
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _NOISE.fullmatch(k)])
    return host + parts.path.rstrip("/") + (f"?{query}" if query else "")


def web_link(text: str) -> str:
    """An http(s) address that people may be shown as a link; "" for anything else."""
    text = text.strip()
    if not text.isprintable() or " " in text or len(text) > 2000:
        return ""
    return text if normal_url(text) else ""


def normal_title(title: str) -> str:
    """A title's letters and digits: without case, quotes, white space and a mark in front like "[ASAP] "."""
    text = unicodedata.normalize("NFKC", title).casefold()
    return "".join(re.findall(r"\w+", _MARKS.sub("", text, count=1) if _MARKS.match(text) else text))


def same_work(old: Paper, new: Paper) -> bool:
    """True when a paper that one source announces is one that it announced before.

    Different arXiv ids or DOIs are different works, whatever the titles say. Otherwise any shared name makes them
    one, and so does the same telling title, unless both name their authors and have none in common.
    """
    for scheme in ("arxiv", "doi"):
        before, now = old.identifier(scheme), new.identifier(scheme)
        if before and now:
            return before == now
    if set(old.identifiers) & set(new.identifiers):
        return True
    title = normal_title(new.title)
    if len(title) < _TELLING or title != normal_title(old.title):
        return False
    return not (old.authors and new.authors) or bool(_names(old) & _names(new))


def _names(paper: Paper) -> set[str]:
    return {normal_title(author) for author in paper.authors}


def _bare(name: str) -> str:
    """An arXiv id as arXiv writes it: the subject class of an old one ("math.GT/…") is no part of it."""
    archive, slash, number = name.lower().rpartition("/")
    return archive.partition(".")[0] + slash + number


def _canonical(name: str) -> str:
    name = name.lower()
    return _VERSION.sub("", name) if name.startswith(_PREPRINTS) else name


def _without_tail(name: str) -> str:
    while (shorter := _VIEW.sub("", name)) != name:
        name = shorter
    shorter = _ARTICLE.sub("", name)
    # what is cut off may not be all that tells papers of a journal apart
    return shorter if re.search(r"/.*\d", shorter) else name
