"""What the app asks of a workspace, and why: the one table behind manifest, `help privacy`, `doctor` and README.

Scopes of methods and events: https://docs.slack.dev/reference/scopes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.ports import Sight


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope: what it is for, and what of the Web API and of the events it opens."""

    name: str
    reason: str
    methods: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    #: asked for with SLACK_HISTORY=on only
    history: bool = False


SCOPES: Final = (
    Scope(
        "chat:write",
        "posts digests and answers",
        ("chat.postMessage", "chat.postEphemeral"),
    ),
    Scope("commands", "hears the slash command and the two shortcuts of a message"),
    Scope("app_mentions:read", "hears what is typed behind its name in a channel or a thread", events=("app_mention",)),
    Scope(
        "im:history",
        "hears what is typed to it in direct messages, and finds its own messages there",
        ("conversations.history", "conversations.replies"),
        ("message.im",),
    ),
    Scope("im:write", "opens direct messages, for files and notices", ("conversations.open",)),
    Scope(
        "reactions:read",
        "hears 🔖 and numbers on its own messages",
        ("reactions.get",),
        ("reaction_added", "reaction_removed"),
    ),
    Scope(
        "metadata.message:read",
        "is told that a message of its own arrived, so that none is posted twice",
        events=("message_metadata_posted",),
    ),
    Scope(
        "users:read",
        "knows names, time zones, and who is a guest or an administrator",
        ("users.info", "users.list"),
        ("user_change", "team_join"),
    ),
    Scope(
        "channels:read",
        "knows a public channel's name, size, and whether it was invited",
        ("conversations.info",),
        ("member_joined_channel", "channel_left"),
    ),
    Scope(
        "groups:read",
        "knows the same of private channels it was invited to, and who is in them",
        ("conversations.info", "conversations.members"),
        ("member_joined_channel", "group_left"),
    ),
    Scope("files:write", "gives an export to the person who asked for it", ("files.getUploadURLExternal",)),
    Scope(
        "links:read", "sees arXiv, DOI and Hugging Face links that are posted, and only those", events=("link_shared",)
    ),
    Scope("links:write", "shows a preview under such a link", ("chat.unfurl",)),
    Scope(
        "channels:history",
        "looks in public channels for a message of its own that may have been lost",
        ("conversations.history", "conversations.replies"),
        history=True,
    ),
    Scope(
        "groups:history",
        "looks in private channels it was invited to, for the same",
        ("conversations.history", "conversations.replies"),
        history=True,
    ),
)
#: methods that need no scope of their own, or the one named
FREE: Final = {
    "auth.test": "",
    "oauth.v2.access": "",
    "apps.connections.open": "",
    "views.open": "",
    "views.push": "",
    "views.publish": "",
    "files.completeUploadExternal": "files:write",
}
#: events that need none
OPEN_EVENTS: Final = ("app_home_opened", "app_uninstalled", "tokens_revoked")
#: what the app-level token, SLACK_APP_TOKEN, is made with
APP_SCOPE: Final = "connections:write"
#: hosts of papers, whose links get a preview
DOMAINS: Final = ("arxiv.org", "doi.org", "huggingface.co")


def scopes(*, history: bool) -> list[Scope]:
    """The scopes that the app asks for."""
    return [scope for scope in SCOPES if history or not scope.history]


def events(*, history: bool) -> list[str]:
    """The events that it is told."""
    return sorted({*OPEN_EVENTS, *(event for scope in scopes(history=history) for event in scope.events)})


def sight(command: str, *, history: bool) -> Sight:
    """What `help privacy` says of it."""
    others = "what others write in public and private channels, which I read only to look for messages of my own"
    return Sight(
        sees=(
            f"what you type after {command}, behind my name, and to me in direct messages",
            "the buttons you press and the forms you send",
            "🔖 and number reactions on my own messages; every other reaction I throw away unread",
            f"links to {', '.join(DOMAINS)} that somebody posts, and only those",
            "your name, your time zone and whether you are a guest or an administrator, from your profile",
            "names of channels, how many people are in them, and, where I was invited, who",
            "that I was invited to a channel or removed from it, and by whom",
            *((others,) if history else ()),
        ),
        keeps=("for a week, which 🔖 and number reactions on my messages are yours, to notice what changed unseen",),
        never=("files, e-mail addresses, or messages between people",)
        if history
        else ("what people write to each other: no message of a channel reaches me that does not mention me",),
    )
