"""A person's own page: what `saved` shows, a search in it, and what is followed in their direct messages."""

from __future__ import annotations

from bot.messages import home as words
from bot.models import Act
from bot.ports import CommandError
from bot.query import QueryError
from jobs.answer.desk import Desk, Reply
from jobs.answer.reading import saved


async def home(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`home [#tag] [QUERY] [since:may]`: what cannot be read is said over the whole list, which stays in sight."""
    wrong = ""
    try:
        found = await saved(desk, act, rest)
    except (CommandError, QueryError) as error:
        wrong = str(error)
        found = await saved(desk, act, "")
    topics = await desk.store.subscriptions(act.person.direct)
    return [(place, words.home(page, rest, topics, wrong=wrong)) for place, page in found]
