"""Slack itself: what is there, what is said, and which of it the app is told."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.ports import Clock
from tests.rigs.slack.access import Access, Grant
from tests.rigs.slack.app import EVENT_SCOPES, App
from tests.rigs.slack.handles import Handles
from tests.rigs.slack.hook import Hook
from tests.rigs.slack.mrkdwn import Active, blocks_read, read, text_of
from tests.rigs.slack.sockets import Sockets
from tests.rigs.slack.told import AGAIN, PATIENCE, Attempt, Telling, Told
from tests.rigs.slack.views import Views, elements, named_blocks
from tests.rigs.slack.wire import Json, Refusal
from tests.rigs.slack.world import EVENT, SCOPE, Conversation, Kind, Member, Said, Stored, Workspace


class Slack:
    """Workspaces, members, conversations, messages, and one app.

    `patience` is how long the app may take to acknowledge, and `again` are the waits before an event is told again,
    seconds. `forgetful` is the part of the receipts (`message_metadata_posted`) that never come, 0.0 to 1.0.
    """

    def __init__(
        self,
        app: App | None = None,
        *,
        clock: Clock,
        patience: float = PATIENCE,
        again: Sequence[float] = AGAIN,
        forgetful: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.app = app or App()
        self.clock = clock
        self.access = Access(self.app, clock)
        self.handles = Handles(clock)
        self.sockets = Sockets(self.app, patience=patience)
        self.hook = Hook(self.app, patience=patience)
        self.telling = Telling(self._tell, again=again)
        self.views = Views()
        self.workspaces: dict[str, Workspace] = {}
        #: every message, ephemeral and deleted ones too, in the order it came
        self.books: list[Said] = []
        self.files: dict[str, Stored] = {}
        #: sentences about what must never happen
        self.violations: list[str] = []
        #: most messages of one page of history; 15 for an app that is sold outside the Marketplace
        self.history_page = 999
        self._count = itertools.count(1)
        self._last = 0
        self._forgetful = forgetful
        self._random = random.Random(seed)

    @property
    def url(self) -> str:
        """Where it listens; nowhere without its server."""
        return ""

    # -------------------------------------------------------------------------------------------- what is there

    def workspace(self, name: str = "lab", *, enterprise: str = "") -> Workspace:
        """A new workspace, `enterprise` ("E0GRID") for one of an Enterprise Grid."""
        made = Workspace(f"T{next(self._count):08}", name, enterprise)
        self.workspaces[made.id] = made
        return made

    def install(self, *workspaces: Workspace, scopes: Sequence[str] | None = None, org: bool = False) -> str:
        """The app is installed without any page; gives the bot token. `org` is for a whole organisation."""
        chosen = self.app.scopes if scopes is None else tuple(scopes)
        return self.access.install(workspaces, chosen, org=org, rotation=self.app.rotation).token

    def member(self, workspace: Workspace, name: str, **more: Any) -> Member:
        """Somebody joins a workspace; `more` are fields of Member."""
        made = Member(f"U{next(self._count):08}", name, workspace.id, **more)
        workspace.members[made.id] = made
        return made

    def channel(
        self, workspace: Workspace, name: str, *members: Member, kind: Kind = "channel", bot: bool = True
    ) -> Conversation:
        """A new channel with these members; the bot is in it, when there is one, unless `bot` is False."""
        # what a channel's id begins with says nothing of its privacy
        prefix = {"channel": "C", "private": "C", "im": "D", "mpim": "G"}[kind]
        made = Conversation(f"{prefix}{next(self._count):08}", name, kind, workspace, [one.id for one in members])
        if bot and workspace.bot is not None:
            made.members.append(workspace.bot.id)
        workspace.conversations[made.id] = made
        return made

    def direct(self, workspace: Workspace, user: str) -> Conversation:
        """The direct messages of somebody with the app, opened when there are none. Raises Refusal."""
        bot = workspace.bot
        if user not in workspace.members or bot is None or user == bot.id:
            raise Refusal("channel_not_found")
        if not self.app.messages_tab:
            raise Refusal("messages_tab_disabled")
        return workspace.direct(user, bot.id) or self.channel(
            workspace, "directmessage", workspace.members[user], kind="im"
        )

    def reconfigure(self, **changes: Any) -> App:
        """Somebody changes the app's settings; `changes` are fields of App."""
        self.app = self.sockets.app = self.hook.app = replace(self.app, **changes)
        self.access.admit(self.app)
        return self.app

    # --------------------------------------------------------------------------------------------- what is said

    def ts(self) -> str:
        """A new message's id: the time in microseconds, and never the same twice."""
        now = self.clock()
        self._last = max(self._last + 1, int(now.timestamp()) * 1_000_000 + now.microsecond)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"

    def say(
        self, conversation: Conversation, by: Member, text: str, *, blocks: Sequence[Json] = (), **more: Any
    ) -> Said:
        """A message is there, and whoever subscribed is told; `more` are fields of Said."""
        said = Said(
            self.ts(),
            conversation,
            by.id,
            text,
            named_blocks(list(blocks)),
            bot=by.bot,
            app=self.app.id if by.bot else "",
            at=self.clock(),
            **more,
        )
        conversation.said.append(said)
        self.books.append(said)
        if not said.to:
            self._said(said)
        return said

    def _said(self, said: Said) -> None:
        conversation = said.conversation
        event = {
            **said.json(),
            "channel": said.channel,
            "channel_type": EVENT[conversation.kind],
            "event_ts": said.ts,
            "team": conversation.workspace.id,
        }
        self.event(f"message.{SCOPE[conversation.kind]}", event, conversation)
        subscribed = said.metadata.get("event_type") in self.app.metadata
        if subscribed and self._random.random() >= self._forgetful:
            posted = {
                "type": "message_metadata_posted",
                "app_id": said.app,
                "bot_id": said.bot,
                "user_id": said.user,
                "team_id": conversation.workspace.id,
                "channel_id": said.channel,
                "metadata": said.metadata,
                "message_ts": said.ts,
                "event_ts": said.ts,
            }
            self.event("message_metadata_posted", posted, conversation)

    # ----------------------------------------------------------------------------------------- what is told

    def event(self, kind: str, event: Json, where: Conversation | Workspace) -> Told | None:
        """Tell the app of an event, if it asked for that kind, may know of it and sees where it happened.

        `kind` is the name in a manifest ("message.im").
        """
        workspace = where.workspace if isinstance(where, Conversation) else where
        grant = self.access.current(workspace)
        if grant is None or kind not in self.app.events:
            return None
        needed = EVENT_SCOPES.get(kind, ())
        if needed and not set(needed) & set(grant.scopes):
            return None
        sees = not isinstance(where, Conversation) or (grant.bot is not None and grant.bot.id in where.members)
        if not sees and kind != "link_shared":
            return None
        return self.telling.tell("events_api", self.wrapped(workspace, event, grant))

    def wrapped(self, workspace: Workspace, event: Json, grant: Grant | None) -> Json:
        """An event with everything that Slack says around it."""
        authorised: list[Json] = []
        if grant is not None and grant.bot is not None:
            authorised = [
                {
                    "enterprise_id": workspace.enterprise or None,
                    "team_id": None if grant.enterprise else workspace.id,
                    "user_id": grant.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": bool(grant.enterprise),
                }
            ]
        more = {"enterprise_id": workspace.enterprise} if workspace.enterprise else {}
        return {
            "token": self.app.verification,
            "team_id": workspace.id,
            **more,
            "api_app_id": self.app.id,
            "event": {"event_ts": self.ts()} | event,
            "type": "event_callback",
            "event_id": self.telling.event_id(),
            "event_time": int(self.clock().timestamp()),
            "authorizations": authorised,
            "is_ext_shared_channel": False,
            "event_context": "rig",
        }

    async def _tell(self, told: Told, attempt: Attempt) -> str:
        return await (self.sockets if self.app.socket_mode else self.hook).tell(told, attempt)

    # ------------------------------------------------------------------------------------------- what tests ask

    def digests(self) -> list[Said]:
        """What must come exactly once: the messages with a key that were ever posted."""
        return [said for said in self.books if said.key]

    def message(self, ts: str) -> Said:
        """The message of that id, ephemeral ones too: no two have the same. Raises LookupError."""
        found = next((said for said in reversed(self.books) if said.ts == ts), None)
        if found is None:
            raise LookupError(f"there is no message {ts}")
        return found

    def doubled(self) -> list[str]:
        """Keys that came more than once, once for each time too many."""
        times = Counter(said.key for said in self.digests())
        return [key for key, many in times.items() for _ in range(many - 1)]


def lines(said: Said) -> list[str]:
    """What people read in a message: its blocks, or its text where it has none; files and previews too."""
    shown = blocks_read(said.blocks)[0] if said.blocks else [read(said.text)[0]]
    for unfurl in said.unfurls.values():
        shown += blocks_read(named_blocks(unfurl["blocks"]))[0] if unfurl.get("blocks") else [unfurl.get("text", "")]
    for one in said.files:
        shown += [one.name, (one.content or b"").decode(errors="replace")]
    return [line for line in shown if line]


def notice(said: Said) -> str:
    """What a notification and a screen reader say of a message: its text, or the blocks of one without."""
    return read(said.text)[0] or " ".join(blocks_read(said.blocks)[0])


def spoken(said: Said) -> list[str]:
    """What a screen reader calls each button and menu of a message, in order."""
    return [
        one.get("accessibility_label") or text_of(one.get("text") or one.get("placeholder"))
        for _, one in elements(said.blocks)
    ]


def acting(said: Said) -> list[Active]:
    """Everything in a message that is more than text, its fallback text included."""
    found = [*read(said.text)[1], *blocks_read(said.blocks)[1]]
    for unfurl in said.unfurls.values():
        found += blocks_read(named_blocks(unfurl["blocks"]))[1] if unfurl.get("blocks") else []
    return found
