"""What Slack tells of people, as acts of the house.

An event's key is its `event_id`, for Slack tells events again; everything else has a `trigger_id` of its own. The order
is Slack's clock (`event_ts`, `action_ts`), which two servers of ours share; a command has none, and is told once.
https://docs.slack.dev/reference/interaction-payloads/ and https://docs.slack.dev/reference/events
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from adapters.platforms.slack import buttons, emoji, forms, typed
from adapters.platforms.slack.forms import Origin
from adapters.platforms.slack.handle import Handle
from adapters.platforms.slack.people import People
from adapters.platforms.slack.stamps import stamp
from adapters.platforms.slack.whose import NAME, workspace
from bot.forms import filled
from bot.messages import windows
from bot.models import Act, Action, Channel, Person, Question
from bot.ports import Clock

Json = Mapping[str, Any]
#: shortcuts of a message: what they are called, what is read, and the command they type
SHORTCUTS: Final = (("save_paper", "Save paper", "save"), ("why_paper", "Why this paper?", "why"))
#: the command that a home shows; typed there with more words, it is answered there
HOME: Final = "home"
#: links of one message that get a preview
PREVIEWS: Final = 3
#: names that Slack gives to conversations that have none
_NAMELESS: Final = ("directmessage", "privategroup", "mpdm")


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody, as Slack names them."""

    team: str
    user: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that asks first, and where: what its form is made of."""

    action: Action
    origin: Origin
    trigger: str
    channel: Channel
    person: Person
    #: it was pressed in a window, and its form goes on top of it
    inside: bool


class Acts:
    """Reads what Slack tells of one workspace."""

    def __init__(self, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock
        self._last = datetime.min.replace(tzinfo=UTC)

    # --------------------------------------------------------------------------------------------- commands

    def command(self, said: Json) -> Act:
        """A slash command."""
        team, user = workspace(said), str(said["user_id"])
        channel = self._channel(team, user, str(said["channel_id"]), str(said.get("channel_name", "")))
        handle = Handle(url=str(said.get("response_url", "")))
        act = self._act(str(said["trigger_id"]), self._order(), Who(team, user), channel, handle)
        return replace(act, text=typed.plain(str(said.get("text") or "")))

    def alone(self, said: Json) -> Pressed | None:
        """The form that the slash command opens by itself; None for one with words."""
        if str(said.get("text") or "").strip():
            return None
        origin = Origin(
            str(said["channel_id"]),
            str(said.get("channel_name", "")),
            url=str(said.get("response_url", "")),
            command=windows.BEGIN.command,
        )
        team, user = workspace(said), str(said["user_id"])
        person, _ = self._people.person(team, user, "")
        channel = self._channel(team, user, origin.channel, origin.name)
        return Pressed(windows.BEGIN, origin, str(said["trigger_id"]), channel, person, inside=False)

    def mention(self, said: Json) -> Act | None:
        """Words in a channel that mention us, or in our direct messages; None for what nobody typed."""
        event, team = said["event"], workspace(said)
        user, thread = event.get("user"), str(event.get("thread_ts") or "")
        if not user or event.get("bot_id") or event.get("subtype"):
            return None
        direct = event["type"] == "message"
        text = typed.plain(event.get("text") or "") if direct else typed.addressed(event.get("text") or "")
        channel = self._channel(team, user, str(event["channel"]), direct=direct)
        act = self._event(said, user, channel, Handle(thread=thread))
        return replace(act, text=text or "help", message=thread)

    def shortcut(self, said: Json) -> Act | None:
        """A shortcut of a message: ours, or one with a link to a paper."""
        command = next((word for name, _, word in SHORTCUTS if name == said.get("callback_id")), "")
        if not command:
            return None
        team, user, message = workspace(said), str(said["user"]["id"]), said["message"]
        ours = message.get("app_id") == said.get("api_app_id") and bool(message.get("bot_id"))
        link = "" if ours else typed.first_link(str(message.get("text") or ""))
        where = said["channel"]
        channel = self._channel(team, user, str(where["id"]), str(where.get("name", "")))
        handle = Handle(url=str(said.get("response_url", "")), thread=str(message.get("thread_ts") or ""))
        act = self._act(str(said["trigger_id"]), str(said["action_ts"]), Who(team, user), channel, handle)
        return replace(act, text=f"{command} {link}".strip(), message=str(said["message_ts"]))

    # ------------------------------------------------------------------------------------ buttons and forms

    def presses(self, said: Json) -> Iterator[Act | Pressed]:
        """Buttons and menus that somebody used: acts, or forms to be opened. What was done in a home shows it anew."""
        for action in said.get("actions") or ():
            kind = str(action["action_id"]).partition(":")[0]
            text = str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")
            if kind == buttons.LINK or not text or text == buttons.LINK:
                continue
            label = str((action.get("text") or (action.get("selected_option") or {}).get("text") or {}).get("text", ""))
            view = said.get("view") or {}
            origin, trigger = self._origin(said), str(said["trigger_id"])
            if kind == buttons.ASK:
                asks = forms.unpacked(text)
                channel, person = self._where(said, origin)
                inside = view.get("type") == "modal"
                yield Pressed(asks, replace(origin, command=asks.command), trigger, channel, person, inside)
                continue
            at = self._clock().timestamp()
            handle = Handle(origin.url, trigger, at, label, str(view.get("type") or ""), origin.thread)
            act = self._from(said, origin, f"{trigger}:{action['action_id']}", str(action["action_ts"]), handle)
            act = replace(act, text=text)
            yield from self._at_home(act, origin.shows) if origin.home else (act,)

    def submitted(self, said: Json) -> list[Act]:
        """A form that somebody sent."""
        view = said["view"]
        origin = Origin.of(view.get("private_metadata") or "")
        handle = Handle(url=origin.url, thread=origin.thread)
        act = self._from(said, origin, str(said["trigger_id"]), self._order(), handle)
        act = replace(act, text=filled(origin.command, forms.answers(view["state"]["values"])))
        return self._at_home(act, origin.shows) if origin.home else [act]

    def asking(self, said: Json) -> Question:
        """Somebody types into a menu of a form: the command so far, and the field."""
        origin = Origin.of((said.get("view") or {}).get("private_metadata") or "")
        channel, person = self._where(said, origin)
        name = str(said["action_id"])
        return Question(channel, person, forms.asked(origin.command, name, str(said.get("value") or "")), name)

    # ----------------------------------------------------------------------------------------------- events

    def reaction(self, said: Json, bot: str) -> Act | None:
        """A reaction to a message of ours, or its end; None for one that means nothing to us."""
        event, team = said["event"], workspace(said)
        item, user = event.get("item") or {}, str(event.get("user") or "")
        character = emoji.unicode(str(event.get("reaction") or ""))
        others = bot and event.get("item_user") not in (None, "", bot)
        if item.get("type") != "message" or not character or not user or user == bot or others:
            return None
        act = self._event(said, user, self._channel(team, user, str(item["channel"])), Handle())
        act = replace(act, message=str(item["ts"]), emoji=character)
        return replace(act, kind="react" if event["type"] == "reaction_added" else "unreact")

    def caught_up(self, channel: Channel, user: str, message: str, character: str, order: str, *, there: bool) -> Act:
        """A reaction, or its end, that nobody told of: of one that is found twice the key is the same."""
        key = f"{channel.id}:{message}:{user}:{character}:{'on' if there else 'off'}:{order}"
        act = self._act(key, order, Who(channel.workspace, user), channel, Handle())
        return replace(act, kind="react" if there else "unreact", message=message, emoji=character)

    def moved(self, said: Json, bot: str) -> Act | None:
        """We came into a channel, or are not in it any more; by whom, as far as Slack says it."""
        event, team = said["event"], workspace(said)
        joined = event["type"] == "member_joined_channel"
        if joined and (not bot or event.get("user") != bot):
            return None
        user = str(event.get("inviter" if joined else "actor_id") or "")
        act = self._event(said, user, Channel(NAME, team, str(event["channel"])), Handle())
        return replace(act, kind="joined" if joined else "left")

    def opened(self, said: Json) -> Act | None:
        """Somebody opened our home."""
        event = said["event"]
        if event.get("tab") != "home":
            return None
        user = str(event["user"])
        act = self._event(said, user, Channel(NAME, workspace(said), user, direct=True), Handle(home=True))
        return replace(act, text=HOME)

    def joined(self, team: str) -> Act:
        """The app was installed in a workspace, perhaps not for the first time."""
        order, nobody = self._order(), Person(NAME, team, "")
        return Act(f"{team}:installed:{order}", order, "joined", Channel(NAME, team, ""), nobody, self._clock())

    def left(self, said: Json) -> Act | None:
        """The app was removed from a workspace, or its token was revoked; None for the token of somebody else."""
        event, team = said["event"], workspace(said)
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return None
        # of the two that Slack tells of a removal each is an act; the second changes nothing
        order = str(event.get("event_ts") or said.get("event_time") or self._order())
        nobody = Person(NAME, team, "")
        return Act(f"{team}:{said['event_id']}", order, "left", Channel(NAME, team, ""), nobody, self._clock())

    def linked(self, said: Json, bot: str) -> list[Act]:
        """Somebody posted links that we give previews of."""
        event, team = said["event"], workspace(said)
        user = str(event.get("user") or "")
        if not user or user == bot or not event.get("unfurl_id"):
            return []
        channel = self._channel(team, user, str(event["channel"]))
        acts: list[Act] = []
        for number, link in enumerate((event.get("links") or ())[:PREVIEWS]):
            url = str(link["url"])
            handle = Handle(unfurl=(str(event["unfurl_id"]), str(event.get("source") or "conversations_history"), url))
            act = self._event(said, user, channel, handle)
            acts.append(replace(act, key=f"{act.key}:{number}", text=f"show {typed.plain(url)}"))
        return acts

    # ----------------------------------------------------------------------------------------- what all have

    def _event(self, said: Json, user: str, channel: Channel, handle: Handle) -> Act:
        team = workspace(said)
        return self._act(str(said["event_id"]), str(said["event"]["event_ts"]), Who(team, user), channel, handle)

    def _where(self, said: Json, origin: Origin) -> tuple[Channel, Person]:
        """Where a window was opened from, and who sees it."""
        act = self._from(said, origin, "", "", Handle())
        return act.channel, act.person

    def _from(self, said: Json, origin: Origin, name: str, order: str, handle: Handle) -> Act:
        """An act in a message, a window or a home."""
        team, user = workspace(said), str(said["user"]["id"])
        channel = (
            self._channel(team, user, origin.channel, origin.name)
            if origin.channel
            else Channel(NAME, team, user, direct=True)
        )
        act = self._act(name, order, Who(team, user, str(said["user"].get("name") or "")), channel, handle)
        return replace(act, message=origin.message)

    def _act(self, key: str, order: str, who: Who, channel: Channel, handle: Handle) -> Act:
        person, known = self._people.person(who.team, who.user, who.name)
        key = f"{who.team}:{key}"
        return Act(
            key,
            order,
            "command",
            channel,
            person,
            self._clock(),
            reply=handle.packed(),
            manager=known.manager,
            guest=known.guest,
        )

    def _at_home(self, act: Act, shows: str) -> list[Act]:
        """What was done in a home, and then the home as it was: one person's acts are worked on in their order."""
        again = act.text.partition(" ")[0] == HOME
        shows = act.text if again else shows or HOME
        there = replace(act, message="", reply=Handle(home=True, shows=shows).packed())
        return [there] if again else [act, replace(there, key=f"{act.key}:home", text=shows)]

    def _channel(self, team: str, user: str, channel: str, name: str = "", *, direct: bool = False) -> Channel:
        """A channel; direct messages are the person's, by whose id the house knows them."""
        if direct or channel.startswith("D") or channel == user:
            return Channel(NAME, team, user, direct=True)
        return Channel(NAME, team, channel, "" if name in _NAMELESS or name.startswith("mpdm-") else name)

    def _origin(self, said: Json) -> Origin:
        """Where something was pressed."""
        view, container = said.get("view"), said.get("container") or {}
        if view:
            origin = Origin.of(view.get("private_metadata") or "")
            return replace(origin, home=True) if view.get("type") == "home" else origin
        where = said.get("channel") or {}
        return Origin(
            str(where.get("id") or container.get("channel_id") or ""),
            str(where.get("name") or ""),
            str(container.get("message_ts") or ""),
            str(container.get("thread_ts") or (said.get("message") or {}).get("thread_ts") or ""),
            str(said.get("response_url") or ""),
        )

    def _order(self) -> str:
        """The time now as Slack writes it, later than every one before."""
        self._last = max(self._last + timedelta(microseconds=1), self._clock())
        return stamp(self._last)
