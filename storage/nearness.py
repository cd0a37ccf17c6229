"""The papers that hold most of what is looked for, added up by the search index itself."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from sqlalchemy import Connection, text

from bot.models import Channel, Paper
from storage.dialect import is_sqlite
from storage.reading import owner, owners, papers_of
from storage.search import token

# FTS5's own bm25() would read every text anew, because the index keeps no positions: seconds instead of milliseconds
_ON_SQLITE = "(:word{0}, :weight{0})", "CROSS JOIN search ON search MATCH wanted.word"
_ON_POSTGRESQL = (
    "(CAST(:word{0} AS tsquery), CAST(:weight{0} AS float))",
    "JOIN search ON search.features @@ wanted.word",
)


def heaviest(connection: Connection, weights: Mapping[str, float], channel: Channel, limit: int = 100) -> list[Paper]:
    """See `bot.ports.store.understanding.UnderstandingStore.heaviest`."""
    wanted = {token(word): weight for word, weight in weights.items() if token(word)}
    if not wanted:
        return []
    value, join = _ON_SQLITE if is_sqlite(connection) else _ON_POSTGRESQL
    mark = '"{}"' if is_sqlite(connection) else "'{}'"
    question = text(
        f"WITH wanted (word, weight) AS (VALUES {', '.join(value.format(n) for n in range(len(wanted)))})"  # noqa: S608
        f" SELECT search.rowid FROM wanted {join} GROUP BY search.rowid"
        " ORDER BY sum(wanted.weight) DESC, search.rowid DESC LIMIT :limit OFFSET :after"
    )
    asked: dict[str, object] = {f"word{n}": mark.format(word) for n, word in enumerate(wanted)}
    asked |= {f"weight{n}": weight for n, weight in enumerate(wanted.values())}
    visible: list[int] = []
    for page in count():
        rows = connection.execute(question, {**asked, "limit": limit, "after": page * limit}).scalars().all()
        # asked of those found and not of the whole index: a paper's row is large, and few are another workspace's
        theirs = owners(connection, rows)
        visible += [number for number in rows if number in theirs[""] or number in theirs[owner(channel)]]
        if len(visible) >= limit or len(rows) < limit:
            break
    papers = papers_of(connection, visible[:limit], channel)
    return [papers[number] for number in visible[:limit]]
