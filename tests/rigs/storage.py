"""A real database for a test, and short ways to say what stands in it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.models import (
    Announcement,
    Channel,
    ChannelState,
    Delivery,
    Digest,
    Entry,
    Kind,
    Match,
    Message,
    Paper,
    Part,
    Person,
    Posted,
    Reason,
    Schedule,
    State,
    Subscription,
)
from bot.ports import Intent, Outcome
from storage import engines, migrations, open_store
from storage.store import Store
from tests.rigs import postgres

#: where a test's database lies; the same folder is the same database
DATABASES: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite:///{folder}/paperround.db",
    "postgresql": postgres.database,
}

TUESDAY = date(2026, 4, 14)
MONDAY = datetime(2026, 4, 13, 7, 0, tzinfo=UTC)
NLP = Channel("slack", "T1", "C1", "nlp")
VISION = Channel("slack", "T1", "C2", "vision")
#: of another workspace
OTHERS = Channel("discord", "G9", "C1", "papers")
ADA = Person("slack", "T1", "U1", "Ada")
BOB = Person("slack", "T1", "U2", "Bob")
#: encrypts what is secret in these tests
KEY = "cGFwZXJyb3VuZC1mb3ItdGVzdHMtb25seS0xMjM0NTY="
OWNER, OTHER_OWNER = "slack/T1", "discord/G9"
WHY = (Reason("tokenizers", "title", 0), Reason("tokenisation", "abstract", 12))


def features(known: Paper) -> list[str]:
    """What a paper is found under in these tests: its words, "cat_cs.CL", "src_feed:1"; the real ones change freely."""
    words = f"{known.title} {known.abstract} {' '.join(known.authors)}".lower().split()
    return [*words, *(f"cat_{name}" for name in known.categories), *(f"src_{name}" for name in known.sources)]


def standing(folder: Path, database: str) -> str:
    """The address of that folder's database, with every table in it: a SQLite file is copied instead of made."""
    if database == "sqlite" and not (file := folder / "paperround.db").exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(_migrated())
    return DATABASES[database](folder)


@cache
def _migrated() -> bytes:
    """A SQLite file that every table stands in; to make one takes 100 ms."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "paperround.db")
        engine = engines.writing(engines.address(str(file)))
        migrations.upgrade(engine, file.name)
        engine.dispose()
        return file.read_bytes()


@contextlib.asynccontextmanager
async def opened(
    folder: Path, database: str = "sqlite", *, wait: float = 30.0, keys: Sequence[str] = (KEY,)
) -> AsyncIterator[Store]:
    """A store in that folder that knows arXiv, Hugging Face and one feed of each workspace."""
    url = standing(folder, database)
    store = await open_store(url, features=features, features_version=1, wait=wait, keys=keys)
    try:
        await store.add_source("arxiv", "arxiv")
        await store.add_source("huggingface", "huggingface")
        await store.add_source("feed:1", "feed", "https://one.example/feed", OWNER)
        await store.add_source("feed:2", "feed", "https://two.example/feed", OTHER_OWNER)
        yield store
    finally:
        await store.close()


def at(hours: float = 0, days: float = 0) -> datetime:
    """So long after Monday 13 April 2026, 07:00 UTC."""
    return MONDAY + timedelta(hours=hours, days=days)


def paper(name: str, *identifiers: str, **fields: object) -> Paper:
    """A paper of that title; without other names it is known by its title as a guid of arXiv's."""
    return Paper("", name, identifiers=identifiers or (f"arxiv:{name}",), **fields)  # type: ignore[arg-type]


async def tell(
    store: Store,
    *papers: Paper,
    source: str = "arxiv",
    now: datetime = MONDAY,
    kind: Kind = Kind.NEW,
    news: bool = True,
    batch: str = "",
    matching: Sequence[int] = (),
    seq: int = 1_000_000,
) -> int:
    """The source announces these papers, and each matches those queries; how many are news."""
    found = [Match(query, 0.5, WHY) for query in matching]
    told = [(Announcement(one, kind, batch), found) for one in papers]
    return await store.keep(source, told, seq=seq, now=now, news=news)


async def set_schedule(
    store: Store,
    channel: Channel,
    schedule: Schedule = Schedule(),  # noqa: B008 - frozen
    due_date: date | None = None,
    due: datetime | None = None,
) -> ChannelState:
    """The channel, new or known, has that schedule, is due then, and is no longer set aside."""
    return await store.change(
        channel, schedule, lambda state: replace(state, schedule=schedule, due_date=due_date, due=due, trouble="")
    )


async def follow(
    store: Store, channel: Channel, text: str, now: datetime = MONDAY, person: Person = ADA
) -> Subscription:
    """The channel, stored when it is new, follows a query."""
    if await store.channel(channel) is None:
        await set_schedule(store, channel, due_date=date(2026, 4, 14), due=at(days=1))
    subscription, _ = await store.follow(channel, person, text, now)
    return subscription


async def waiting(store: Store, channel: Channel = NLP) -> list[str]:
    """Titles that wait for the channel."""
    return [one.paper.title for one in await store.waiting(channel)]


async def entries(store: Store, channel: Channel = NLP) -> list[Entry]:
    """What waits for the channel, each paper once, as a digest shows it."""
    found = {one.paper.id: Entry(one.paper, one.subscription.text, one.match) for one in await store.waiting(channel)}
    return list(found.values())


async def plan(
    store: Store,
    papers: Sequence[Entry],
    *,
    channel: Channel = NLP,
    number: int = 0,
    day: date = TUESDAY,
    threads: bool = False,
    now: datetime = MONDAY,
) -> bool:
    """Plan a digest: one message a paper, or a lead with one message a paper in its thread."""
    if threads:
        parts = [Part(0, "lead", tuple(papers))]
        parts += [Part(place, "paper", (entry,), under=0) for place, entry in enumerate(papers, 1)]
    else:
        parts = [Part(place, "paper", (entry,)) for place, entry in enumerate(papers)]
    digest = Digest(channel, day, number)
    keyed = [(part, f"{channel.workspace}-{channel.id}-{day:%m%d}-{number}-{part.number}") for part in parts]
    return await store.plan(digest, keyed, now, day + timedelta(days=1), at(days=2))


async def claim(store: Store, now: datetime = MONDAY, lease: float = 60, limit: int = 50) -> list[Delivery]:
    """What a worker for Slack and Discord gets to work on."""
    return await store.claim(now, timedelta(seconds=lease), ["slack", "discord"], limit)


async def intend(store: Store, delivery: Delivery, message: Message, now: datetime = MONDAY, lease: float = 60) -> bool:
    """Commit the intent to post; False when the lease was lost."""
    return await store.sending(Intent(delivery, message, now, timedelta(seconds=lease)))


async def settle(store: Store, delivery: Delivery, state: State, now: datetime = MONDAY, **more: Any) -> None:
    """Record what became of it."""
    await store.settle(Outcome(delivery, state, now, **more))


async def trouble(store: Store, channel: Channel, reason: str, now: datetime = MONDAY) -> Person | None:
    """The platform takes nothing there; tried again a day later."""
    return await store.trouble(channel, reason, now, now + timedelta(days=1))


async def send(store: Store, delivery: Delivery, now: datetime = MONDAY) -> str:
    """Post a claimed delivery, all going well; the platform's id of the message."""
    assert await intend(store, delivery, Message(f"message {delivery.part.number}"), now)
    posted = Posted(f"m{delivery.id}")
    await settle(store, delivery, State.SENT, now, posted=posted)
    return posted.id


async def send_all(store: Store, now: datetime = MONDAY) -> list[str]:
    """Post everything that is planned; the ids of the messages."""
    sent: list[str] = []
    while claimed := await claim(store, now):
        sent += [await send(store, delivery, now) for delivery in claimed]
    return sent
