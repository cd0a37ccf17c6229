"""What somebody is told whose command cannot be done: one sentence; its button types the nearest command that can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot import calendar
from bot.messages.digests import counted
from bot.messages.settings import channel_name
from bot.models import Channel, Subscription

# ----------------------------------------------------------------------------------------------- following

NO_TOPIC = "That is a web address, not a topic."
EDIT_WHAT = "Which topic, and what should it become? `edit 2 title:mamba`"
UNFOLLOW_WHAT = "Unfollow what? `/papers list` shows the numbers."
RESTORE_WHAT = "Restore which number? `/papers list` shows what is followed."
POST_WHAT = "I post papers of a topic that is followed here. `/papers list` shows them."
LIST_HOW = "Say `list` or `list text`."
NOTHING_FOLLOWED = "Nothing is followed here."
NOTHING_TO_CATCH_UP = "Nothing is followed here, so there is nothing to catch up on."
#: why papers wait that somebody wants posted: others took every number that was tried for their digest
MANY_POST = "Many things are being posted here."


def no_room(most: int) -> str:
    """A channel follows as much as it may."""
    return f"A channel follows at most {most} topics. `/papers list` shows which."


def too_many_lines(these: int, most: int) -> str:
    """A longer list than is read."""
    return f"These are {these} lines; I read at most {most} at once."


def no_number(number: int) -> str:
    """A number that no topic has."""
    return f"There is no number {number} here. `/papers list` shows what is followed."


def not_followed(text: str) -> str:
    """What no topic is called."""
    return f"“{text}” is not followed here. `/papers list` shows what is."


def not_any_more(text: str) -> str:
    """A topic that somebody else stopped in the same moment."""
    return f"“{text}” is not followed here any more."


def number_not_any_more(number: int) -> str:
    """The same, of its number."""
    return f"Number {number} is not followed here any more."


def another_is_that(twin: Subscription) -> str:
    """A topic that is to become what another one is."""
    return f"{twin.shown} is followed here already, as number {twin.number}."


def followed_already(again: Subscription) -> str:
    """A topic that is to come back and never went."""
    return f"{again.shown} is followed here already."


def nothing_to_restore(numbers: str) -> str:
    """Numbers under which nothing was ever followed."""
    return f"There is nothing to restore under {numbers}."


def no_days(text: str) -> str:
    """What is no span of time for `catchup`."""
    return f"“{text[:40]}” is not a number of days. Say `catchup 14d`."


def too_far_back(days: int) -> str:
    """More days than `catchup` looks through."""
    return f"I look back {days} days at most."


# -------------------------------------------------------------------------------------- schedule and settings


def no_moment(text: str) -> str:
    """What is no end of a pause."""
    return f"“{text[:40]}” is no time to come that I understand: write `pause 2w` or `pause until 7 Jan`."


def no_words(command: str) -> str:
    """Words after a command that takes none."""
    return f"`{command}` takes no words after it."


OWN_MESSAGES = "These are your own direct messages: nobody else changes them."
NO_MANAGERS = "Nobody manages channels here: everybody may change this one."
ONLY_MANAGERS = "Only channel managers can say who may change this channel."


def set_elsewhere(command: str) -> str:
    """A setting that has a command of its own."""
    return f"That is set with `/papers {command}`."


def no_setting(name: str) -> str:
    """What no setting is called."""
    return f"There is no setting “{name[:40]}”. `/papers settings` shows all of them."


# -------------------------------------------------------------------------------------------------- moving

THIS_CHANNEL = "That is this channel. Name the one that the topics go to."
ONE_CHANNEL = "There is one channel only here: there is nowhere to move to."
CHANNEL_UNASKED = "I could not ask about that channel just now; nothing has moved. Try again."


def nothing_to_move(source: Channel | None) -> str:
    """Nothing is followed there; without a channel, here."""
    where = f"in {channel_name(source)}" if source else "here"
    return f"Nothing is followed {where}, so there is nothing to move."


def taken(target: Channel) -> str:
    """Two places with topics are never made one."""
    return (
        f"Something is followed in {channel_name(target)} already. `/papers list text` prints what is followed in one "
        "place as lines to type in the other."
    )


def no_channel(named: str) -> str:
    """A channel that is not there, or that whoever asks cannot read."""
    return f"I know no channel {named or '#'} in this workspace."


def several_channels(named: str) -> str:
    """A name of several channels."""
    return f"Several channels are called {named}. Type # and choose one."


def not_your_channel(other: Channel) -> str:
    """A channel that somebody reads and may not change."""
    return f"You may not change {channel_name(other)}; whoever manages it can."


# ------------------------------------------------------------------------------------------- naming a paper

NO_LIST = "There is no list to take a number from. Type `/papers search` and a topic first."
#: the button that asks for the title of a paper that nobody knows here, and its field
SEARCH_TITLE, TITLE = "Search its title", "Its title"


def too_many_papers(these: int, most: int) -> str:
    """More papers than one command takes."""
    return f"At most {most} papers at once; these are {these}."


def beyond_the_list(number: int, last: int) -> str:
    """A number that the last list does not have."""
    return f"The last list has no {number}: it ends at {last}."


def of_the_digest(number: int, day: date, shown: int, today: date) -> str:
    """A number that the last list does not have, and the digest before it has."""
    when = calendar.say_date(day, today)
    return f"Number {number} is in the digest of {when}; the list you saw last has {counted(shown, 'paper')}."


def number_of_the_digest(number: int) -> str:
    """The button that takes it."""
    return f"Number {number} of the digest"


def no_arxiv_id(text: str) -> str:
    """What looks like an arXiv id and begins with no year and month."""
    return f"{text} is not an arXiv id: these begin with year and month, as in 2604.10102."


def no_paper(text: str) -> str:
    """Words that name no paper, or none at all."""
    what = f"“{text[:40]}{'…' if len(text) > 40 else ''}” is not a paper." if text else "Which paper?"
    return f"{what} Name it by its number in the list you saw last, its arXiv id, its DOI or its link."


def which_of_these(papers: int) -> str:
    """A message that shows several papers."""
    return f"There are {papers} papers here: name one of them by its number, 1 to {papers}."


def no_such_paper(name: str) -> str:
    """An id of ours that no paper has."""
    return f"There is no paper {name} here."


def paper_unasked(why: str) -> str:
    """A paper that was never read, and its source does not answer."""
    return f"I do not know it, and the source could not be asked. {why}"


def not_on_arxiv(number: str) -> str:
    """An id that arXiv never gave."""
    return f"arXiv has no paper {number}."


def never_read(typed: str, since: date | None, today: date) -> str:
    """A paper that was never read; `since` is the first day of which any is known."""
    known = f": I know what was announced since {calendar.say_date(since, today)}" if since else ""
    return f"I have not read {typed[:80]}{known}."


# ------------------------------------------------------------------------------------- reading and sharing

NOTE_WHAT = "Say which paper, then your words: `note 2 read section 3 #todo`."
TRENDING_HOW = "Say `trending week` or `trending month`."


def no_format(typed: str, kinds: Sequence[str]) -> str:
    """A kind of file that is not written."""
    return f"I do not write {typed[:40]}. I write {', '.join(kinds[:-1])} and {kinds[-1]}."


def enough_shared(most: int, shared: int) -> str:
    """More than one person shares with a channel in a day."""
    so_far = f"; you shared {shared} today" if shared else ""
    return f"One person shares at most {most} papers a day with a channel{so_far}."


# ------------------------------------------------------------------------------------------------- sources

SOURCES_HOW = "Say `sources`, `sources add URL` or `sources remove NAME`."
NO_FEED = "A source is a feed's address that begins with https:// and holds no password."


def enough_feeds(most: int) -> str:
    """A workspace has as many feeds as it may."""
    return f"A workspace adds at most {most} feeds. `/papers sources` shows them."


def for_everybody(title: str, name: str) -> str:
    """A source that no workspace can remove."""
    return f"{title} is there for everybody. To leave it out of a topic, add -source:{name} to it."


def no_feed_called(name: str) -> str:
    """What none of the workspace's feeds is called."""
    return f"This workspace added no source called “{name}”."


def which_feed(urls: Sequence[str]) -> str:
    """A name of several feeds."""
    return f"Which one? Name it by its address: {', '.join(urls)}."


# ------------------------------------------------------------------------------------------- all the rest

FORGET_HOW = "Say `forget me`: it tells what goes and what stays, and asks first."
NO_BUTTON = "I do not remember what that button meant. Type its command again."
NO_MESSAGE = "There is no such message to send again."


def no_command(word: str, near: str) -> str:
    """A word that there is no help about; `near` is what was perhaps meant."""
    return f"There is no command “{word[:40]}”." + (f" Did you mean {near}?" if near else "")
