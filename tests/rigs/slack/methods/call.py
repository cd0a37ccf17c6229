"""One call of a method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.rigs.faults import Arrival
from tests.rigs.slack.access import Grant
from tests.rigs.slack.state import Slack
from tests.rigs.slack.wire import Arguments, Json, Refusal
from tests.rigs.slack.world import SCOPE, Conversation, Member, Workspace


@dataclass(eq=False, slots=True)
class Call:
    """A call as it came, and what was said to it."""

    method: str
    arguments: Arguments
    token: str = field(repr=False)
    at: datetime
    arrival: Arrival
    #: client id and secret, where they came in the header
    client: tuple[str, str] = field(default=("", ""), repr=False)
    #: None until it ran; then "" or the error
    error: str | None = None
    #: of a method that needs no token
    known: Grant | None = None

    def bot(self, slack: Slack, *scopes: str) -> Grant:
        """The grant of a bot token with any one of these scopes. Raises Refusal."""
        grant = slack.access.granted(self.token)
        if grant.kind != "bot":
            raise Refusal("not_allowed_token_type")
        if scopes:
            grant.need(*scopes)
        return grant

    def conversation(self, grant: Grant, *, argument: str = "channel") -> Conversation:
        """The conversation of that id, if the bot may know of it. Raises Refusal."""
        name = self.arguments.need(argument)
        found = find(grant, name)
        if found is None:
            raise Refusal("channel_not_found")
        return found

    def page(self, slack: Slack, several: Sequence[object], most: int) -> tuple[int, int, str]:
        """Which of several belong on this page, and the cursor of the next one."""
        limit = min(self.arguments.number("limit", most), most) or most
        cursor = self.arguments.text("cursor")
        if cursor and not cursor.removeprefix("from").isdecimal():
            raise Refusal("invalid_cursor")
        start = int(cursor.removeprefix("from")) if cursor else 0
        end = start + limit
        return start, end, f"from{end}" if end < len(several) else ""


#: what a method is, and those of a file
Method = Callable[[Slack, Call], Json]
Methods = Mapping[str, Method]


def find(grant: Grant, name: str) -> Conversation | None:
    """The conversation of that id in a grant's workspaces; not one that is gone, nor a private one without the bot."""
    for workspace in grant.workspaces:
        found = workspace.conversations.get(name)
        if found is None or found.deleted:
            continue
        inside = grant.bot is not None and grant.bot.id in found.members
        return found if found.kind == "channel" or inside else None
    return None


def person(grant: Grant, user: str) -> tuple[Workspace, Member]:
    """Somebody in a grant's workspaces. Raises Refusal."""
    for workspace in grant.workspaces:
        if user in workspace.members:
            return workspace, workspace.members[user]
    raise Refusal("user_not_found")


def bot_of(grant: Grant) -> Member:
    """The bot that a token belongs to."""
    assert grant.bot is not None
    return grant.bot


def readable(grant: Grant, conversation: Conversation, ability: str) -> None:
    """The scope for one kind of conversation: "channels:history". Raises Refusal."""
    grant.need(f"{SCOPE[conversation.kind]}:{ability}")
