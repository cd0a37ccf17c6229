"""The nouns of Paperround. This page is the glossary: one word, one idea, everywhere.

paper         one work, however many sources announce it; arXiv id, DOI and other identifiers are merged,
              versions are not new papers
source        where papers come from: public (arXiv, Hugging Face) or a feed that one workspace added
announcement  a source says a paper is there: new, cross-list, replacement or withdrawal
batch         what one source announces at once
query         what is followed, in the query language of `bot.query`; equal queries are one query
subscription  a channel follows a query since a moment; only announcements after it count
match         a query and a paper, with the reason
digest        what one channel gets on one local date; number 0 is the scheduled one, 1, 2, … are asked for
delivery      one message of a digest and its fate
reading list  one person's saved papers
channel, person, workspace
              opaque ids of the platform; a direct message with the bot is a channel
act           something somebody did (a command, a press, a reaction); question: something a form asks

Every noun is frozen: change is a copy. Times are aware and UTC. Ids that come from outside are opaque strings.
"""

from bot.models.acts import Act, Question
from bot.models.channels import WEEKDAYS, Channel, ChannelState, Person, Schedule, Subscription
from bot.models.digests import Candidate, Delivery, Digest, Entry, Part, Pick, Selection, State
from bot.models.messages import Action, Ask, File, Message, Moment, Place, Posted
from bot.models.papers import (
    Announcement,
    Condition,
    Fetched,
    Health,
    Kind,
    Match,
    Paper,
    Reason,
    Saved,
    Seen,
    SourceState,
)

__all__ = [
    "WEEKDAYS",
    "Act",
    "Action",
    "Announcement",
    "Ask",
    "Candidate",
    "Channel",
    "ChannelState",
    "Condition",
    "Delivery",
    "Digest",
    "Entry",
    "Fetched",
    "File",
    "Health",
    "Kind",
    "Match",
    "Message",
    "Moment",
    "Paper",
    "Part",
    "Person",
    "Pick",
    "Place",
    "Posted",
    "Question",
    "Reason",
    "Saved",
    "Schedule",
    "Seen",
    "Selection",
    "SourceState",
    "State",
    "Subscription",
]
