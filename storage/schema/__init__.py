"""Tables and constraints.

    papers ── identifiers       every name a work is known by; also the ids of rows that were merged into it
      │  └─── announcements ── sources
      ├────── matches ── queries ── subscriptions ── channels
      ├────── carried ── subscriptions                what waited under a topic that was changed
      ├────── saves ── persons ── lists
      ├────── summaries                               what a model said of it
      ├────── posted ── channels                      what a channel had: the constraint that forbids a second time
      └────── entries ── deliveries ── digests ── channels
    acronyms, inbox, memory, outages, buckets
    installations, install_states, receipts

Nothing here may be of SQLite alone: PostgreSQL runs the same tables. The search table is the exception; see
`storage.search`. Ids that come from outside stand in `outside_id`. Times are aware UTC (`columns.Moment`).

What a workspace's own feed says is only ever that workspace's: its papers carry its name as `owner` until a public
source tells of the same work, and so do the identifiers it claims and the matches of its text.
"""

from storage.schema.channels import acronyms, carried, channels, matches, queries, subscriptions
from storage.schema.digests import buckets, deliveries, digests, entries, outages, posted
from storage.schema.metadata import metadata
from storage.schema.papers import announcements, identifiers, papers, sources
from storage.schema.persons import inbox, lists, memory, persons, saves
from storage.schema.platforms import install_states, installations, receipts
from storage.schema.summaries import summaries

__all__ = [
    "acronyms",
    "announcements",
    "buckets",
    "carried",
    "channels",
    "deliveries",
    "digests",
    "entries",
    "identifiers",
    "inbox",
    "install_states",
    "installations",
    "lists",
    "matches",
    "memory",
    "metadata",
    "outages",
    "papers",
    "persons",
    "posted",
    "queries",
    "receipts",
    "saves",
    "sources",
    "subscriptions",
    "summaries",
]
