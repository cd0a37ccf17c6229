"""One paper of two that prove to be the same: the richer word wins, the first title stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from bot.models import Paper

_ARXIV = "arxiv"
#: the surest names first; what is not named here stands between DOI and link
_SCHEMES = {"arxiv": 0, "doi": 1, "url": 3, "guid": 4}
T = TypeVar("T")


def merged(first: Paper, second: Paper) -> Paper:
    """The first paper with what the second one adds; keeps the first one's id.

    arXiv's title, authors, categories and link go before those of any other source that spoke earlier.
    """
    leading, other = first, second
    if _ARXIV in second.sources and _ARXIV not in first.sources:
        leading, other = second, first
    title_of_feed = bool(first.sources) and first.sources[0].startswith("feed:")
    return replace(
        first,
        title=(leading if title_of_feed else first).title or second.title,
        abstract=max(first.abstract, second.abstract, key=len),
        identifiers=tuple(sorted(_union(first.identifiers, second.identifiers), key=sureness)),
        authors=leading.authors or other.authors,
        categories=_union(leading.categories, other.categories),
        sources=_union(first.sources, second.sources),
        url=leading.url or other.url,
        pdf=leading.pdf or other.pdf,
        code=first.code or second.code,
        tldr=first.tldr or second.tldr,
        comment=first.comment or second.comment,
        journal=first.journal or second.journal,
        published=first.published or second.published,
        version=max(first.version, second.version),
        upvotes=max(first.upvotes, second.upvotes),
        withdrawn=first.withdrawn or second.withdrawn,
    )


def _union(first: Iterable[T], second: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def sureness(identifier: str) -> int:
    """How surely a name tells works apart, the surest 0: arXiv id, DOI, others, link, guid."""
    return _SCHEMES.get(identifier.partition(":")[0], 2)
