"""What is set, who may change it, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import calendar
from bot.commands import MOST, Typed
from bot.messages.answers import and_next, next_digest, said, when
from bot.messages.digests import counted
from bot.messages.moments import Moments
from bot.models import Action, Ask, Channel, ChannelState, Message, Person, Schedule, Subscription
from bot.ports import Room
from bot.rights import editors

#: topics that are named when they move
NAMED = 5


def channel_name(channel: Channel) -> str:
    """What people call a channel: "#nlp"."""
    if channel.direct:
        return "direct messages"
    name = channel.name or channel.id
    return name if " " in name or name.startswith("#") else f"#{name}"


# ----------------------------------------------------------------------------------------------- settings


def settings(
    state: ChannelState, *, news: bool, only_managers: bool, manager: bool | None, topics: int, now: datetime
) -> Message:
    """Every setting in one line, with the command that changes it; the other values as buttons."""
    schedule = state.schedule
    lines = [f"Digest: {when(schedule)}. `/papers schedule 8:30 weekdays Berlin max 5`"]
    actions: list[Action] = []
    moments = Moments.of(state, now)
    if schedule.rests(now):
        lines.append(f"{next_digest(state, moments)} `/papers resume`")
    elif topics:
        lines.append(f"{next_digest(state, moments)} `/papers pause 2w`")
    rows: list[tuple[str, str, str, dict[str, str]]] = [
        ("Quiet days", "quiet", schedule.quiet, {"silent": "nothing is posted", "line": "one line says so"}),
        (
            "Layout",
            "layout",
            schedule.layout,
            {"auto": "up to three papers one by one, more as a list", "list": "always one list"},
        ),
    ]
    if not state.channel.direct and (manager is not None or only_managers):
        who = editors(state.editors, only_managers=only_managers)
        rows.append(
            ("Who may change this", "editors", who, {"everyone": "everyone here", "managers": "channel managers"})
        )
    rows.append(
        ("News of papers you saved (yours alone)", "news", "on" if news else "off", {"on": "on", "off": "off"}),
    )
    for label, name, value, values in rows:
        other = next(one for one in values if one != value)
        lines.append(f"{label}: {values[value]}. `/papers settings {name} {other}`")
        actions.append(Action(f"{name.capitalize()}: {other}", f"settings {name} {other}"))
    return moments.beside(Message(title="Settings", body="\n".join(lines), actions=tuple(actions)))


#: what is said of a setting that was set, to whoever set it and, after the name, to the channel
SET = {
    ("quiet", "silent"): ("Quiet days are silent.", "made quiet days silent."),
    ("quiet", "line"): ("A quiet day brings one line.", "asked for one line on quiet days."),
    ("layout", "auto"): ("Up to three papers come as messages of their own, more as a list.", "set the layout: auto."),
    ("layout", "list"): ("A digest is always one list.", "set the layout: list."),
    ("editors", "everyone"): ("Everyone here may change this channel.", "lets everyone change what I post here."),
    ("editors", "managers"): (
        "Only channel managers may change this channel.",
        "lets only channel managers change what I post here.",
    ),
    ("news", "on"): ("I tell you of new versions, withdrawals and code of papers you saved.", ""),
    ("news", "off"): ("No more news of papers you saved.", ""),
}


#: what the value of a setting does, to somebody who asks for none that there is
EFFECTS = {
    ("quiet", "line"): "`/papers settings quiet line` posts one line on quiet days.",
    ("quiet", "silent"): "`/papers settings quiet silent` posts nothing on quiet days.",
    ("layout", "list"): "`/papers settings layout list` makes every digest one list.",
    ("layout", "auto"): "`/papers settings layout auto` posts up to three papers one by one.",
    ("editors", "managers"): "`/papers settings editors managers` leaves this channel to its managers.",
    ("editors", "everyone"): "`/papers settings editors everyone` lets everyone here change this channel.",
    ("news", "on"): "`/papers settings news on` tells you of new versions, withdrawals and code of papers you saved.",
    ("news", "off"): "`/papers settings news off` tells you nothing more of papers you saved.",
}


def is_now(name: str, now: str, other: str) -> str:
    """What a setting is, and what the other value does."""
    return f"Now: {now}. {EFFECTS[name, other]}"


def was_set(name: str, value: str, other: str) -> Message:
    """The private answer to a setting."""
    return Message(title=SET[name, value][0], actions=(Action("Undo", f"settings {name} {other}"),))


def sets(person: Person, name: str, value: str) -> Message:
    """Said to the channel."""
    return said(person, SET[name, value][1])


def set_already(name: str, value: str) -> Message:
    """The answer to a setting that was so before."""
    return Message(title="It is so already.", body=SET[name, value][0])


# ----------------------------------------------------------------------------------------------- schedule


def schedule(state: ChannelState, now: datetime) -> Message:
    """The schedule as it is, and how to change it."""
    answer = Message(
        title=f"The digest comes: {when(state.schedule)}.",
        body="`/papers schedule 8:30 weekdays Berlin max 5` changes it; any of these words may be left out.",
        actions=(changing(state.schedule),),
    )
    return _and_next(answer, state, now)


#: what the form of a schedule types; its fields are read by `bot.forms`
CHANGE = "schedule {at} {days} {zone} max {most}"


def changing(schedule: Schedule) -> Action:
    """The button that opens the form of a schedule, with what is set; labels are short, for Discord's buttons."""
    days, zone = calendar.days_to_type(schedule.days), calendar.say_zone(schedule.zone)
    fields = (
        Ask("at", "Hour", "time", f"{schedule.at:%H:%M}", current=True),
        Ask("days", "Days", "completion", days, current=True),
        Ask("zone", "Time zone", "completion", zone, current=True),
        Ask("most", "Most papers", "choice", str(schedule.most), tuple(map(str, MOST)), current=True),
    )
    return Action("Change", CHANGE, ask=fields)


def scheduled(before: Schedule, state: ChannelState, now: datetime) -> Message:
    """The private answer to a schedule that was set."""
    days, zone = calendar.days_to_type(before.days), calendar.say_zone(before.zone)
    undo = f"schedule {before.at:%H:%M} {days} {zone} max {before.most}"
    answer = Message(title=f"Set: {when(state.schedule)}.", actions=(Action("Undo", undo),))
    return _and_next(answer, state, now)


def schedules(person: Person, schedule: Schedule) -> Message:
    """Said to the channel when somebody sets the schedule."""
    return said(person, f"set the digest: {when(schedule)}.")


def scheduled_already(state: ChannelState, now: datetime) -> Message:
    """The answer to a schedule that was so before."""
    return _and_next(Message(title=f"It is so already: {when(state.schedule)}."), state, now)


def _and_next(answer: Message, state: ChannelState, now: datetime) -> Message:
    return and_next(answer, state, now) if state.due or state.schedule.rests(now) else answer


# ------------------------------------------------------------------------------------------------- pauses


def paused(state: ChannelState, now: datetime) -> Message:
    """The answer to `pause`."""
    moments = Moments.of(state, now)
    answer = Message(
        # a title is words everywhere
        title=f"Paused{_until(state, Moments.of(state, now))}.",
        body="Topics and what waits for them are kept.",
        note=f"{moments.say('Next digest: ', state.due)}."
        if state.due
        else "`/papers resume` goes on; after 30 days I remind you once.",
        actions=(Action("Resume", "resume"),),
    )
    return moments.beside(answer)


def pauses(person: Person, state: ChannelState, now: datetime) -> Message:
    """Said to the channel when somebody pauses it."""
    moments = Moments.of(state, now)
    return moments.beside(said(person, f"paused the digest{_until(state, moments)}."))


def _until(state: ChannelState, moments: Moments) -> str:
    """The end of a pause as it goes on in a sentence: " until 27 Apr", with the hour when that is today."""
    until, here = state.schedule.until, ZoneInfo(moments.zone)
    if until is None:
        return ""
    today = until.astimezone(here).date() == moments.now.astimezone(here).date()
    words = f"{until.astimezone(here):%H:%M}" if today else calendar.say_date_of(until, moments.now, moments.zone)
    return moments.say(" until ", until, words)


def resumed(state: ChannelState, waiting: int, sent: int, now: datetime, *, paused: bool) -> Message:
    """The answer to `resume`: what came meanwhile is one digest, which is on its way with so many papers.

    Without a pause something was set aside.
    """
    if not sent:
        body = "Nothing came meanwhile." if paused else "What was set aside is tried at once."
        return and_next(Message(title="Going on.", body=body), state, now)
    waiting = max(waiting, sent)
    left = waiting - sent
    body = f"{counted(waiting, 'paper')} came meanwhile"
    best = "this is the best one" if sent == 1 else "these are the best"
    counts = f"{left:,} more {'is' if left == 1 else 'are'} counted below {'it' if sent == 1 else 'them'}"
    more = f": {best}, {counts}." if left else "."
    return and_next(Message(title=f"Going on: sending {counted(sent, 'paper')}.", body=body + more), state, now)


def resumes(person: Person) -> Message:
    """Said to the channel when somebody ends a pause."""
    return said(person, "resumed the digest.")


def not_paused(state: ChannelState, now: datetime) -> Message:
    """The answer to `resume` where nothing stands still."""
    return _and_next(Message(title="Nothing is paused here."), state, now)


# -------------------------------------------------------------------------------------------- who and where

#: what somebody may not do, by command
VERBS = {
    "follow": "follow",
    "follow!": "follow",
    "post": "post papers",
    "unfollow": "stop a topic",
    "edit": "change a topic",
    "edit!": "change a topic",
    "restore": "bring a topic back",
    "now": "send a digest",
    "again": "send a message again",
    "schedule": "set the schedule",
    "pause": "pause the digest",
    "resume": "resume the digest",
    "settings": "change settings",
    "move": "move topics",
    "sources": "add or remove a source",
}


#: what somebody is told who may not write where papers are to be shared
NO_SHARING = Message(body="You may not write in this channel, so I share nothing there for you.")


def refused(typed: Typed, *, managers: bool) -> Message:
    """What somebody is told who may not change the channel; a follow goes to their own messages with one press."""
    who = "Only channel managers" if managers else "Only full members, not guests,"
    can = VERBS.get(typed.command.word, "change what I post")
    follows = can == VERBS["follow"] and typed.rest
    button = Action("Follow it in my direct messages", f"dm {typed.text}")
    return Message(body=f"{who} can {can} here.", actions=(button,) if follows else ())


def refused_for_all(typed: Typed) -> Message:
    """What somebody is told in direct messages, who may change there what is theirs and not what is everybody's."""
    can = VERBS.get(typed.command.word, "change what is everybody's")
    return Message(
        body=f"You cannot {can} here: that is for the whole workspace. Type it in a channel that you may change."
    )


def in_direct(message: Message) -> Message:
    """An answer to what was done in somebody's direct messages, shown elsewhere."""
    return replace(message, note=" ".join(filter(None, (message.note, "This is about your direct messages with me."))))


def post_here(room: Room, typed: Typed) -> Message:
    """What a large channel is asked once, before the first follow."""
    return Message(
        title=f"Post here{_crowd(room)}?",
        body="Nothing is followed yet.",
        actions=(Action("Here", f"here {typed.text}"), Action("In my direct messages", f"dm {typed.text}")),
    )


def _crowd(room: Room) -> str:
    """For whom: " for 214 people"."""
    return f" for {counted(room.people, 'person', 'people')}" if room.people else ", where everybody reads it"


def not_there_yet(channel: Channel, room: Room) -> str:
    """What is missing before anything can be posted; "" when nothing is."""
    name = channel_name(channel)
    if room.inside is False:
        remedy = f"Type `{room.invite}` and I start." if room.invite else "Invite me and I start."
        return f"Your follow is kept, but I am not in {name} yet. {remedy}"
    if room.posts is False:
        return f"Your follow is kept, but I may not post in {name} yet. Whoever manages it can let me, and I start."
    return ""


# ------------------------------------------------------------------------------------------------- moving


def move_there(target: Channel, room: Room, command: str) -> Message:
    """What is asked before topics move to a large channel by that command."""
    return Message(
        title=f"Post in {channel_name(target)}{_crowd(room)}?",
        body="Nothing has moved yet.",
        actions=(Action("Move it there", f"{command} anyway"),),
    )


def link(channel: Channel) -> str:
    """A channel as a command names it."""
    return f"<#{channel.id}>"


def moved(
    source: Channel, state: ChannelState, topics: Sequence[Subscription], now: datetime, *, missing: str, undo: str
) -> Message:
    """The private answer to `move`; `undo` is the command that moves it back."""
    answer = Message(
        title=f"Moved {counted(len(topics), 'topic')} from {channel_name(source)} to {channel_name(state.channel)}.",
        body=missing,
        facts=("Hour, settings and what was already posted went along.",),
        actions=(Action("Undo", undo),),
    )
    return and_next(answer, state, now)


def moves_away(person: Person, target: Channel, topics: Sequence[Subscription]) -> Message:
    """Said where the topics were."""
    return said(person, f"moved what was followed here to {channel_name(target)}: {_topics(topics)}.")


def moves_in(person: Person, source: Channel, topics: Sequence[Subscription]) -> Message:
    """Said where the topics are now."""
    return said(person, f"moved {counted(len(topics), 'topic')} here from {channel_name(source)}: {_topics(topics)}.")


def _topics(topics: Sequence[Subscription]) -> str:
    named = [one.shown for one in topics[:NAMED]]
    more = len(topics) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
