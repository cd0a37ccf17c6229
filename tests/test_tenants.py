"""Being a person of another workspace: nothing of theirs is seen, nothing of theirs changes.

Two workspaces with full lives, which even give their channels and people the same ids. Whoever acts belongs to the
first one and names what belongs to the second: papers, messages, deliveries, topics, feeds, tags, channels. What only
the second one's texts hold is a word that nobody of the first ever types.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import commands
from bot.models import Act, Announcement, Channel, Fetched, Health, Message, Paper, Person, Question, State
from bot.models.papers import Condition
from bot.ports import Completion, Outcome
from jobs.house import House
from storage import engines
from storage.schema import channels, metadata, papers, subscriptions
from tests.rigs.channel import Noticeboard
from tests.rigs.house import Hands, announce, opened, paper, typed

#: random sequences in all, in pieces that may run side by side
SEQUENCES, PIECES = 10_000, 4
#: sequences between two looks at everything the other workspace has
LOOK = 250
#: stands in every text of the other workspace, and is typed by nobody else
SECRET = "qzsecret"
OURS, THEIRS = "ours", "theirs"


def rooms(workspace: str) -> tuple[Channel, Channel]:
    """The two channels that every workspace has, by the same ids."""
    secret = SECRET if workspace == THEIRS else "plain"
    return Channel("console", workspace, "C1", f"{secret} room"), Channel("console", workspace, "C2", f"{secret} hall")


def people(workspace: str) -> tuple[Person, Person]:
    """Two people, by the same ids in every workspace."""
    secret = SECRET if workspace == THEIRS else "Plain"
    return (
        Person("console", workspace, "U1", f"{secret} Ada", "UTC"),
        Person("console", workspace, "U2", f"{secret} Bob", "UTC"),
    )


class Nowhere:
    """The feeds of this world: nothing is ever there."""

    name = "feed"

    def at(self, url: str) -> Nowhere:
        """Every address is the same."""
        return self

    async def fetch(self, cursor: str) -> Fetched:
        """Nothing."""
        return Fetched((), cursor, Health(Condition.UNREACHABLE, "Nobody is there."))


@dataclass
class World:
    """Both workspaces in one house."""

    house: House
    board: Noticeboard
    clock: Hands
    database: Path

    def everything(self) -> dict[str, list[str]]:
        """Every row of the other workspace, and every row that hangs on one, by table.

        Of its papers' matches those with its own topics: what only others follow is forgotten with who followed it.
        """
        engine = engines.reading(engines.address(f"sqlite:///{self.database}"), 1)
        with engine.connect() as connection:
            topics = select(subscriptions.c.query).join(channels).where(channels.c.workspace == THEIRS)
            followed = set(connection.execute(topics).scalars())
            found = {
                table: sorted(repr(row) for row in rows if table != "matches" or row["query"] in followed)
                for table, rows in belonging(connection, THEIRS)
                if table != "buckets"
            }
        engine.dispose()
        return found

    def strayed(self) -> list[str]:
        """Rows that point at a paper which the other workspace alone may see, and are not its own."""
        engine = engines.reading(engines.address(f"sqlite:///{self.database}"), 1)
        with engine.connect() as connection:
            theirs = {table: list(map(repr, rows)) for table, rows in belonging(connection, THEIRS)}
            alone = select(papers.c.id).where(papers.c.owner == f"console/{THEIRS}")
            private = set(connection.execute(alone).scalars())
            found = [
                f"{table.name}: {dict(row)}"
                for table in metadata.sorted_tables
                if any(key.column.table is papers for key in table.foreign_keys)
                for row in connection.execute(select(table)).mappings()
                if row["paper"] in private and repr(dict(row)) not in theirs[table.name]
            ]
        engine.dispose()
        return found

    async def answers(self, act: Act) -> list[tuple[str, str]]:
        """What an act is answered: the workspace it is said in, and all that is said."""
        replies, error = await self.house.answer._replies(act)
        assert not error, f"{act.text!r} broke: {error}"
        self.clock.move(seconds=1)
        return [(place.channel.workspace, whole(message)) for place, message in replies]


def belonging(connection: Any, workspace: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """By table, the rows of a workspace: those that name it, and those that point at a row of it."""
    known: dict[str, set[Any]] = defaultdict(set)
    for table in metadata.sorted_tables:
        theirs = []
        for row in map(dict, connection.execute(select(table)).mappings()):
            points = [
                row[key.parent.name] in known[key.column.table.name]
                for key in table.foreign_keys
                if key.column.table is not table and key.column.table.name not in ("queries", "papers")
            ]
            if row.get("workspace") == workspace or row.get("owner") == f"console/{workspace}" or any(points):
                theirs.append(row)
                known[table.name].add(row.get("id"))
        yield table.name, theirs


def whole(message: Message) -> str:
    """Everything that a message says or does."""
    return repr(message).lower()


async def life(world: World, workspace: str) -> None:
    """A week in a workspace: topics, feeds, digests, saved papers, a message in doubt and one set aside."""
    house, clock = world.house, world.clock
    secret = SECRET if workspace == THEIRS else "plain"
    room, hall = rooms(workspace)
    ada, bob = people(workspace)
    feed = f"feed:{workspace}"
    await house.store.add_source(
        feed, "feed", f"https://{workspace}.example/feed", f"console/{workspace}", f"{secret} lab"
    )

    async def say(words: str, person: Person = ada, channel: Channel = room) -> None:
        await typed(house, clock.act(words, person, channel))

    for words in ("follow tokenization", f"follow zymurgy OR {secret}", "follow mamba", "unfollow mamba", "news on"):
        await say(words)
    await say("follow cat:cs.CL", bob, hall)
    await say(f"follow {secret} OR tokenization", ada, replace(ada.direct, name=ada.name))
    private = [
        replace(
            paper(number, f"Zymurgy {secret} tokenization {number}", f"We study {secret} tokenization."),
            identifiers=(f"url:{workspace}.example/{number}", f"guid:{workspace}-{number}"),
            url=f"https://{workspace}.example/{number}",
            authors=(f"Zoe {secret}",),
            sources=(feed,),
        )
        for number in range(1, 8)
    ]
    await announce_private(house, private, feed)
    await announce(house, *everybodys(workspace))
    for words in ("search zymurgy", "save 1", "save 2", f"note 1 {secret} thoughts #{secret}tag", "now"):
        await say(words)
    await house.deliver.due()
    await announce_private(house, [replace(one, identifiers=(f"guid:late-{one.url}",)) for one in private[:3]], feed)
    await say("now", bob)
    state = iter((State.UNKNOWN, State.PARKED))
    for delivery in await house.store.claim(clock(), timedelta(minutes=5), ["console"]):
        await house.store.settle(Outcome(delivery, next(state, State.PARKED), clock(), reason=f"{secret} trouble"))
    await say("schedule 8:00 max 3", bob, hall)
    await say("pause", bob, hall)
    await say("search tokenization", bob, hall)


def everybodys(workspace: str) -> list[Paper]:
    """What arXiv announces while that workspace is lived in."""
    return [paper(100 * len(workspace) + number) for number in range(4)]


async def announce_private(house: House, papers: Sequence[Paper], feed: str) -> None:
    """The feed of a workspace tells of papers that only its workspace may see."""
    await house.followed.refresh()
    matched, seq = await house.followed.match([Announcement(one) for one in papers])
    await house.store.keep(feed, matched, seq=seq, now=house.clock(), news=True)


@asynccontextmanager
async def world(folder: Path, workspaces: Sequence[str] = (OURS, THEIRS)) -> AsyncIterator[World]:
    """A house with these workspaces."""
    board, clock = Noticeboard(), Hands()
    async with opened(folder, {"console": board}, clock, {"feed": Nowhere()}) as house:
        made = World(house, board, clock, folder / "paperround.db")
        for workspace in (OURS, THEIRS):
            if workspace in workspaces:
                await life(made, workspace)
            else:
                await announce(house, *everybodys(workspace))
        yield made


def targets(everything: dict[str, list[str]], board: Noticeboard) -> list[str]:
    """Every id that somebody could name a thing of the other workspace by."""
    ids = {
        f"{prefix}{number}"
        for table, prefixes in {
            "papers": ("p",),
            "deliveries": ("", "d"),
            "digests": ("",),
            "subscriptions": ("", "q"),
            "channels": ("", "c"),
            "sources": ("",),
            "persons": ("",),
        }.items()
        for row in everything[table]
        for number in re.findall(r"'id': (\d+)", row)
        for prefix in prefixes
    }
    ids |= set(re.findall(r"'key': '(\w+)'", "".join(everything["deliveries"])))
    messages = {f"m{at}" for at, (place, _, _) in enumerate(board.books, 1) if place.channel.workspace == THEIRS}
    links = {f"https://theirs.example/{number}" for number in range(1, 8)} | {f"guid:theirs-{n}" for n in range(1, 8)}
    named = {"feed:theirs", "https://theirs.example/feed", "theirs", "console/theirs", "#C2", "C1", "U1", "<@U2>"}
    return sorted(ids | messages | links | named)


#: what commands take, beside ids
WORDS = (
    *(
        "",
        "1",
        "2",
        "3",
        "10",
        "me",
        "me now",
        "now",
        "text",
        "all",
        "privacy",
        "week",
        "month",
        "14d",
        "2w",
        "on",
        "off",
    ),
    *("zymurgy", "tokenization", "title:zymurgy", "author:Zoe", "source:feed:theirs", "zymurg*", "mamba", "cat:cs.CL"),
    *(
        "bibtex",
        "markdown",
        "csv zymurgy",
        "#todo",
        "since:may",
        "add https://theirs.example/feed",
        "remove feed:theirs",
    ),
    *("news on", "news off", "editors everyone", "quiet line", "layout list", "9am", "daily", "Berlin", "max 2"),
)
EMOJI = ("🔖", "1️⃣", "2️⃣", "🔟", "👍")


class Stranger:
    """Somebody of our workspace who tries everything on theirs."""

    def __init__(self, seed: int, there: Sequence[str], clock: Hands) -> None:
        self.chance = random.Random(seed)
        self.there = there
        self.clock = clock

    def act(self) -> Act | Question:
        """Something to do: a command, a reaction, a half-typed word."""
        person = self.chance.choice(people(OURS))
        channel = self.chance.choice((*rooms(OURS), person.direct, Channel("console", OURS, "theirs")))
        kind = self.chance.random()
        if kind < 0.1:
            how = self.chance.choice(("react", "unreact"))
            return self.clock.react(how, self.chance.choice(self.there), self.chance.choice(EMOJI), person, channel)
        if kind < 0.2:
            return Question(channel, person, self.words()[: self.chance.randint(1, 30)])
        act = self.clock.act(self.words(), person, channel)
        return replace(act, message=self.chance.choice(self.there)) if self.chance.random() < 0.2 else act

    def words(self) -> str:
        """A command, hidden ones too, with what belongs to the others."""
        command = self.chance.choice(commands.TABLE)
        if command.examples and self.chance.random() < 0.15:
            return self.chance.choice(command.examples)
        pools = (self.there, WORDS)
        rest = [self.chance.choice(self.chance.choice(pools)) for _ in range(self.chance.choice((0, 1, 1, 1, 2)))]
        return " ".join((command.word, *rest)).strip()


@pytest.mark.parametrize("piece", range(PIECES))
async def test_ten_thousand_random_sequences_see_nothing_and_change_nothing(tmp_path: Path, piece: int) -> None:
    async with world(tmp_path) as both:
        before = both.everything()
        assert SECRET in str(before)
        assert all(
            before[table] for table in ("saves", "lists", "deliveries", "entries", "posted", "sources", "papers")
        )
        stranger = Stranger(piece, targets(before, both.board), both.clock)
        told = len(both.board.books)
        done: list[str] = []
        for number in range(SEQUENCES // PIECES):
            for _ in range(stranger.chance.randint(1, 3)):
                act = stranger.act()
                done.append(act.text if isinstance(act, Question) or act.text else f"{act.kind} {act.message}")
                if isinstance(act, Question):
                    said = [(OURS, labels(await both.house.answer.ask(act)))]
                else:
                    said = await both.answers(act)
                assert SECRET not in str(said), act
                assert {workspace for workspace, _ in said} <= {OURS}, act
            if number % LOOK == LOOK - 1:
                await both.house.deliver.due()
                assert both.everything() == before, done[-3 * LOOK :]
        assert both.strayed() == []
        posted = both.board.books[told:]
        assert {place.channel.workspace for place, _, _ in posted} <= {OURS}
        assert SECRET not in str([message for _, message, _ in posted])


def labels(found: Sequence[str]) -> str:
    """Completions with what people are shown of them."""
    return " ".join(f"{one} {one.label if isinstance(one, Completion) else ''}" for one in found).lower()


async def test_every_command_answers_as_if_the_other_workspace_were_not_there(tmp_path: Path) -> None:
    (tmp_path / "alone").mkdir()
    (tmp_path / "both").mkdir()
    async with world(tmp_path / "both") as both:
        there = targets(both.everything(), both.board)
        before = both.everything()
        heard = [await said(both, line) for line in lines(there)]
        assert both.everything() == before
    async with world(tmp_path / "alone", [OURS]) as alone:
        for line, answer in zip(lines(there), heard, strict=True):
            assert answer == await said(alone, line), line


def lines(there: Sequence[str]) -> list[str]:
    """Each command with each way to name a thing of theirs; what changes a lot comes last."""
    named = [*random.Random(1).sample(there, 12), "p9999", "zymurgy", "source:feed:theirs", "1", "text", ""]
    late = ("forget", "move", "now", "follow")
    ordered = sorted(commands.TABLE, key=lambda command: command.word in late)
    return [f"{command.word} {name}".strip() for command in ordered for name in named]


async def said(where: World, line: str) -> str:
    """The answer to somebody of ours at the same hour in both worlds; numbers of messages are everybody's."""
    where.clock.moment = where.clock.moment.replace(day=20, hour=9, minute=0, second=0)
    ada, room = people(OURS)[0], rooms(OURS)[0]
    found = str(await where.answers(where.clock.act(line, ada, room)))
    return re.sub(r"again \d+", "again N", found)


def test_the_other_workspace_is_found_in_every_table_that_could_hold_it() -> None:
    """A table that names no workspace, no owner and no row of one is everybody's, or is listed here with its reason."""
    shared = {
        "acronyms": "learned from public papers alone",
        "inbox": "acts that are done are empty",
        "memory": "facts of the house, or of one person by name",
        "queries": "equal queries of all workspaces are one",
        "summaries": "of papers, which have an owner",
        "buckets": "rates of sending",
        "installations": "a workspace's own, which no answer reads",
        "install_states": "digests of random words",
        "receipts": "keys and ids of messages, asked for by a key alone",
    }
    found = {"channels", "persons", "papers", "sources", "identifiers", "matches", "outages", "lists"}
    for table in metadata.sorted_tables:
        if any(key.column.table.name in found - {"papers"} for key in table.foreign_keys):
            found.add(table.name)

    assert {table.name for table in metadata.sorted_tables} - found == set(shared)
