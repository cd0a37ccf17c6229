"""The store: one method is one question is one transaction.

Each method runs a plain function of its room (`papers`, `channels`, `digests`, …) in a worker thread, so that neither
the wait for a lock nor the unpacking of twenty thousand papers holds up whoever waits for an answer. (SQLAlchemy's own
asyncio extension would unpack on the event loop: 5,000 papers take 240 ms there, and 15 ms is the longest standstill
here; its SQLite driver is a thread for each connection as well.) Writers take turns, and whoever a platform waits for
goes first; readers see the last commit and never wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

from bot.models import Act, Announcement, Delivery, Match, Paper, Person
from bot.ports import Busy, Installation, Intent, Limit, Outcome
from storage import acronyms as acronym_room  # some rooms have the name of a question
from storage import (
    buckets,
    channels,
    claims,
    completing,
    deliveries,
    digests,
    engines,
    following,
    forgetting,
    inbox,
    membership,
    moving,
    narrowing,
    nearness,
    pauses,
    persons,
    receipts,
    saves,
    search,
    sharing,
    summaries,
    tastes,
    tidying,
    trending,
    turns,
    vault,
)
from storage import figures as figure_room
from storage import history as history_room
from storage import news as news_room
from storage import papers as paper_room
from storage import queries as query_room
from storage import settings as setting_room
from storage import sources as source_room
from storage import troubles as trouble_room
from storage import waiting as waiting_room
from storage.cipher import Cipher
from storage.errors import translated
from storage.gathered import Gathered
from storage.search import Indexer
from storage.writers import Writers

#: readers at work at the same time
READERS = 4
#: seconds in which an act must be recorded, before a platform's patience ends; see design.md section 4
_INBOX_WAIT = 0.8
#: of these, so many are left for a database that keeps its time limit to say so
_MARGIN = 0.1
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


# A question is a function of a connection; these make it a method of the store.


def _reads(
    question: Callable[Concatenate[Connection, P], R],
) -> Callable[Concatenate[Store, P], Coroutine[Any, Any, R]]:
    @wraps(question)
    async def ask(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await store._read(lambda connection: question(connection, *args, **kwargs))

    return ask


def _writes(
    question: Callable[Concatenate[Connection, P], R],
) -> Callable[Concatenate[Store, P], Coroutine[Any, Any, R]]:
    @wraps(question)
    async def ask(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await store._write(lambda connection: question(connection, *args, **kwargs))

    return ask


class Store:
    """All questions of `bot.ports.Store`; see there what each one means."""

    # -- sources
    add_source = _writes(source_room.add_source)
    remove_source = _writes(source_room.remove_source)
    sources = _reads(source_room.sources)
    source = _reads(digests.source)
    sources_for = _reads(source_room.sources_for)
    lease_source = _writes(source_room.lease_source)
    asked = _writes(source_room.asked)
    take_turn = _writes(turns.take_turn)
    end_turn = _writes(turns.end_turn)
    seconds_now = _reads(turns.seconds_now)

    # -- papers and what they match
    recall = _reads(paper_room.recall)
    papers = _reads(paper_room.papers)
    papers_after = _reads(paper_room.papers_after)
    find = _reads(search.find)
    heaviest = _reads(nearness.heaviest)
    history = _reads(history_room.history)
    taste = _reads(tastes.taste)
    brought = _reads(narrowing.brought)
    saved_here = _reads(narrowing.saved_here)
    most_saved = _reads(trending.most_saved)
    most_upvoted = _reads(trending.most_upvoted)
    queries = _reads(query_room.queries)
    unmatched = _reads(query_room.unmatched)
    add_matches = _writes(query_room.add_matches)
    acronyms = _reads(acronym_room.acronyms)
    learn = _writes(acronym_room.learn)

    # -- channels and what they follow
    channel = _reads(channels.channel)
    change = _writes(channels.change)
    due = _reads(channels.due)
    crowds = _reads(channels.crowds)
    subscriptions = _reads(channels.subscriptions_of)
    follow = _writes(channels.follow)
    unfollow = _writes(channels.unfollow)
    restore = _writes(channels.restore)
    counts = _reads(channels.counts)
    follow_all = _writes(following.follow_all)
    unfollow_all = _writes(following.unfollow_all)
    edit = _writes(following.edit)
    lately = _reads(following.lately)
    known_channels = _reads(moving.known_channels)
    move = _writes(moving.move)
    news = _reads(setting_room.news)
    set_news = _writes(setting_room.set_news)

    # -- digests and deliveries
    waiting = _reads(waiting_room.waiting)
    candidates = _reads(waiting_room.candidates)
    read_since = _reads(digests.read_since)
    days_read = _reads(digests.days_read)
    next_number = _reads(digests.next_number)
    plan = _writes(digests.plan)
    papers_asked_by = _reads(digests.papers_asked_by)
    share = _writes(sharing.share)
    shared = _reads(sharing.shared)
    plan_all = _writes(digests.plan_all)
    long_paused = _reads(pauses.long_paused)
    recall_pause = _writes(pauses.recall_pause)
    expire = _writes(deliveries.expire)
    posted_papers = _reads(deliveries.posted_papers)
    trouble = _writes(trouble_room.trouble)
    untold = _writes(trouble_room.untold)
    outage = _writes(trouble_room.outage)
    accepted = _writes(trouble_room.accepted)
    outage_of = _reads(trouble_room.outage_of)
    troubles = _reads(trouble_room.troubles)
    again = _writes(trouble_room.again)
    close_bucket = _writes(buckets.close_bucket)

    # -- summaries
    unsummarised = _reads(summaries.unsummarised)
    spent_today = _reads(summaries.spent_today)
    begin_summary = _writes(summaries.begin_summary)
    keep_summary = _writes(summaries.keep_summary)
    let_go = _writes(summaries.let_go)

    # -- persons
    save = _writes(saves.save)
    save_all = _writes(saves.save_all)
    unsave = _writes(saves.unsave)
    unsave_all = _writes(saves.unsave_all)
    saved = _reads(saves.saved)
    shelf = _reads(saves.shelf)
    noted = _reads(saves.noted)
    ever_saved = _reads(saves.ever_saved)
    note = _writes(saves.note)
    cite = _writes(saves.cite)
    cited = _reads(saves.cited)
    on_its_way = _reads(deliveries.on_its_way)
    put_back = _writes(inbox.put_back)
    unheard = _reads(news_room.unheard)
    tell = _writes(news_room.tell)
    show_list = _writes(persons.show_list)
    shown_list = _reads(persons.shown_list)
    last_digest = _reads(persons.last_digest)
    traces = _reads(forgetting.traces)

    # -- where our bot is, and what platforms keep
    taken_out = _writes(membership.taken_out)
    brought_in = _writes(membership.brought_in)
    goes_on = _writes(membership.goes_on)
    where_removed = _reads(membership.where_removed)
    give_state = _writes(vault.give_state)
    take_state = _writes(vault.take_state)
    ours = _reads(receipts.ours)
    received = _writes(receipts.received)
    receipt = _reads(receipts.receipt)

    # -- what is being typed
    papers_at_hand = _reads(completing.papers_at_hand)
    topics_at_hand = _reads(completing.topics_at_hand)

    # -- the inbox and the rest
    acts = _writes(inbox.acts)
    begin = _writes(inbox.begin)
    done = _writes(inbox.done)
    undone = _reads(inbox.undone)
    memory = _reads(inbox.memory)
    remember = _writes(inbox.remember)
    figures = _reads(figure_room.figures)
    tidy = _writes(tidying.tidy)

    def __init__(
        self,
        writing: Engine,
        reading: Engine,
        opened: ExitStack,
        *,
        name: str,
        indexer: Indexer,
        cipher: Cipher,
        wait: float,
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._opened = opened
        self._name = name
        self._indexer = indexer
        self._cipher = cipher
        self._wait = wait
        self._writers = Writers()
        self._writer = ThreadPoolExecutor(1, "storage-write")
        self._readers = ThreadPoolExecutor(READERS, "storage-read")
        self._deliveries = Gathered(self._for_all(deliveries.said))
        self._reserve = Gathered(self._for_all(buckets.reserve))

    # -- what needs more than a connection

    async def take(self, act: Act) -> bool:
        """Record an act in 0.8 s; after Busy it is perhaps recorded a moment later, and told again it is known."""
        wait = min(self._wait, _INBOX_WAIT - _MARGIN)
        try:
            # a server that stands still keeps no time limit
            async with asyncio.timeout(wait + _MARGIN):
                return await self._write(partial(inbox.take, act=act), wait, hurried=True)
        except TimeoutError:
            raise Busy(f"{self._name} does not answer; try again.") from None

    async def keep(
        self,
        source: str,
        announcements: Sequence[tuple[Announcement, Sequence[Match]]],
        *,
        seq: int,
        now: datetime,
        news: bool,
    ) -> int:
        """Store papers, announcements and matches, and index the papers."""
        return await self._write(
            lambda connection: paper_room.keep(
                connection, self._indexer, source, announcements, seq=seq, now=now, news=news
            )
        )

    async def keep_paper(self, paper: Paper, source: str, now: datetime) -> Paper:
        """Store a paper that somebody asked for, and index it."""
        return await self._write(
            lambda connection: paper_room.keep_paper(connection, self._indexer, paper, source, now)
        )

    async def forget(self, person: Person, now: datetime) -> None:
        """Forget a person, and empty the log that a SQLite file keeps of the pages as they were."""
        await self._write(partial(forgetting.forget, person=person, now=now))
        await asyncio.get_running_loop().run_in_executor(self._writer, self._empty_log)

    def _empty_log(self) -> None:
        with translated(self._name):
            engines.empty_log(self._writing)

    async def install(self, installation: Installation) -> None:
        """Keep an installation, encrypted."""
        await self._write(lambda connection: vault.install(connection, self._cipher, installation))

    async def installation(self, platform: str, workspace: str) -> Installation | None:
        """One installation, decrypted."""
        return await self._read(lambda connection: vault.installation(connection, self._cipher, platform, workspace))

    async def installations(self, platform: str) -> list[Installation]:
        """All of a platform, decrypted."""
        return await self._read(lambda connection: vault.all_of(connection, self._cipher, platform))

    async def undecryptable(self) -> int:
        """Installations that no key of ours opens."""
        return await self._read(lambda connection: vault.undecryptable(connection, self._cipher))

    async def renew(self, installation: Installation, instead_of: Installation) -> bool:
        """Compare and swap a token."""
        return await self._write(lambda connection: vault.renew(connection, self._cipher, installation, instead_of))

    async def uninstall(self, platform: str, workspace: str, before: datetime) -> None:
        """Forget tokens, and empty the log that a SQLite file keeps of the pages as they were."""
        await self._write(lambda connection: vault.uninstall(connection, platform, workspace, before))
        await asyncio.get_running_loop().run_in_executor(self._writer, self._empty_log)

    async def claim(
        self, now: datetime, lease: timedelta, platforms: Sequence[str], limit: int = 50, *, doubts: bool = False
    ) -> list[Delivery]:
        """Claim deliveries in one transaction and read them in another: meanwhile others write."""
        ids = await self._write(
            lambda connection: claims.claim(connection, now, lease, platforms, limit, doubts=doubts)
        )
        return await self._read(lambda connection: claims.loaded(connection, ids)) if ids else []

    # -- what many say in the same moment

    async def sending(self, intent: Intent) -> bool:
        """Commit the intent to post a message."""
        return await self._deliveries.ask(intent)

    async def settle(self, outcome: Outcome) -> None:
        """Record what became of a delivery."""
        await self._deliveries.ask(outcome)

    async def give_back(self, delivery: Delivery) -> None:
        """Give back the lease of a delivery that was not worked on."""
        await self._deliveries.ask(delivery)

    async def reserve(self, limit: Limit, number: int, early: float = 0.0) -> float:
        """Take posts from a bucket."""
        return await self._reserve.ask((limit, number, early))

    def _for_all(
        self, question: Callable[[Connection, Sequence[T]], Sequence[R]]
    ) -> Callable[[Sequence[T]], Awaitable[Sequence[R]]]:
        """A question about many things as one write."""
        return lambda things: self._write(lambda connection: question(connection, things))

    # -- how a question is asked

    async def _read(self, question: Callable[[Connection], R]) -> R:
        """Ask what changes nothing; whoever is cancelled leaves at once."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._ask, self._reading, question, None)

    async def _write(
        self, question: Callable[[Connection], R], wait: float | None = None, *, hurried: bool = False
    ) -> R:
        """Ask when it is our turn; Busy when that takes longer than so many seconds.

        Whoever is cancelled leaves at once, and what was asked is perhaps done later: a thread cannot be stopped, and
        the next writer's turn comes when this one is over.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + (self._wait if wait is None else wait)
        try:
            async with asyncio.timeout_at(until):
                await self._writers.take(hurried=hurried)
        except TimeoutError:
            raise Busy(f"Somebody else is writing to {self._name}; try again.") from None
        left = max(0.0, until - loop.time())
        asked = loop.run_in_executor(self._writer, self._ask, self._writing, question, left)
        asked.add_done_callback(self._over)
        return await asyncio.shield(asked)

    def _over(self, asked: asyncio.Future[Any]) -> None:
        self._writers.give_back()
        asked.exception()  # perhaps nobody is left to hear of it

    def _ask(self, engine: Engine, question: Callable[[Connection], R], wait: float | None) -> R:
        with translated(self._name):
            return engines.ask(engine, question, wait)

    async def close(self) -> None:
        """Record what was said, and give back every connection."""
        await self._deliveries.over()
        await self._reserve.over()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._opened.close()
