"""What somebody may mean by what they are typing."""

from __future__ import annotations

from sqlalchemy import Connection, and_, func, or_, select

from bot.models import Channel, Paper, Person
from storage import acronyms, persons
from storage.reading import number_of, owner, owners, papers_of, resolve
from storage.schema import channels, queries, saves, subscriptions
from storage.schema import persons as persons_table

#: topics that are proposed at most
_MOST = 200


def papers_at_hand(connection: Connection, person: Person, channel: Channel, saved: int = 300) -> list[Paper]:
    """See `bot.ports.CompletingStore.papers_at_hand`."""
    shown = persons.shown_list(connection, person, channel)
    known = resolve(connection, shown, channel)
    newest = (
        select(saves.c.paper)
        .join(persons_table, persons_table.c.id == saves.c.person)
        .where(persons_table.c.platform == person.platform, persons_table.c.workspace == person.workspace)
        .where(persons_table.c.outside_id == person.id, saves.c.saved)
        .order_by(saves.c.at.desc(), saves.c.paper.desc())
        .limit(saved)
    )
    ids = [*(known[one] for one in shown if one in known), *connection.execute(newest).scalars()]
    whose = owners(connection, ids)
    seen = whose[""] | whose[owner(channel)]
    found = papers_of(connection, sorted(seen), channel)
    return [found[number] for number in dict.fromkeys(ids) if number in found]


def topics_at_hand(connection: Connection, person: Person, channel: Channel) -> tuple[list[str], list[tuple[str, str]]]:
    """See `bot.ports.CompletingStore.topics_at_hand`."""
    here = number_of(connection, channel)
    theirs = and_(
        persons_table.c.platform == person.platform,
        persons_table.c.workspace == person.workspace,
        persons_table.c.outside_id == person.id,
    )
    followed = select(subscriptions.c.query).where(subscriptions.c.channel == here, subscriptions.c.ended.is_(None))
    question = (
        select(func.coalesce(func.nullif(func.max(subscriptions.c.typed), ""), queries.c.text))
        .join(subscriptions, subscriptions.c.query == queries.c.id)
        .join(channels, channels.c.id == subscriptions.c.channel)
        .join(persons_table, persons_table.c.id == subscriptions.c.person)
        .where(channels.c.platform == channel.platform, channels.c.workspace == channel.workspace)
        # what other channels follow is theirs to tell: some of them are private
        .where(or_(subscriptions.c.channel == here, theirs), queries.c.id.not_in(followed))
        .group_by(queries.c.id, queries.c.text)
        .order_by(func.max(subscriptions.c.since).desc(), queries.c.id.desc())
        .limit(_MOST)
    )
    texts = list(connection.execute(question).scalars())
    return texts, acronyms.acronyms(connection)[1]
