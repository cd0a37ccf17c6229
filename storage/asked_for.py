"""What somebody asked to be posted, and nothing would bring again."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, case, exists, or_

from storage.schema import announcements, channels, deliveries, digests, entries, matches, sources, subscriptions
from storage.waiting import waited


def once() -> ColumnElement[bool]:
    """The condition that a delivery, joined with its digest, stands in no later digest when it is dropped.

    News of saved papers, papers that somebody shares, and asked-for papers from before the channel followed them; not
    what `now` sends, which waits again.
    """
    sibling = deliveries.alias("sibling")
    shown = and_(sibling.c.digest == digests.c.id, entries.c.delivery == sibling.c.id)
    asked_for = exists().where(shown, or_(entries.c.topic == "", ~_comes_again()))
    return or_(deliveries.c.kind == "news", and_(digests.c.asked_by.is_not(None), asked_for))


def _comes_again() -> ColumnElement[bool]:
    """The condition that a topic of the digest's channel brings the paper of an entry; see `storage.waiting`."""
    told = case((announcements.c.news, announcements.c.seen), else_=announcements.c.dated)
    seen_by = ["", channels.c.platform + "/" + channels.c.workspace]
    of_paper = and_(announcements.c.paper == entries.c.paper, announcements.c.source == sources.c.id)
    announced = exists().where(of_paper, sources.c.owner.in_(seen_by)).correlate_except(announcements, sources)
    brings = exists().where(
        channels.c.id == digests.c.channel,
        subscriptions.c.channel == channels.c.id,
        subscriptions.c.ended.is_(None),
        matches.c.query == subscriptions.c.query,
        matches.c.paper == entries.c.paper,
        matches.c.owner.in_(seen_by),
        announced.where(announcements.c.news),
        ~announced.where(or_(told <= subscriptions.c.since, told <= channels.c.floor)),
        or_(
            subscriptions.c.edited.is_(None),
            ~announced.where(told <= subscriptions.c.edited),
            waited(entries.c.paper),
        ),
    )
    return brings.correlate_except(channels, subscriptions, matches)
