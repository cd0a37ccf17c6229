"""What happens to channels and installations, and who is told of it."""

from __future__ import annotations

from tests.rigs.slack.people import Somebody
from tests.rigs.slack.state import Slack
from tests.rigs.slack.told import Told
from tests.rigs.slack.wire import Json
from tests.rigs.slack.world import EVENT, Conversation, Member, Workspace


class Admin:
    """Somebody who may change everything."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    # ------------------------------------------------------------------------------------------------- channels

    def invites_bot(self, where: Conversation, by: str = "") -> Told | None:
        """The bot is in that channel from now on; `by` is the id of who invited it, where Slack tells."""
        bot = self._bot(where)
        where.members.append(bot.id)
        letter = "G" if where.kind == "private" else "C"
        event = {"type": "member_joined_channel", "user": bot.id, "channel": where.id, "channel_type": letter}
        event |= {"team": where.workspace.id} | ({"inviter": by} if by else {})
        return self._slack.event("member_joined_channel", event, where)

    def removes_bot(self, where: Conversation) -> Told | None:
        """The bot is not in that channel any more."""
        bot, kind = self._bot(where), f"{EVENT[where.kind]}_left"
        told = self._slack.event(kind, {"type": kind, "channel": where.id, "actor_id": "U0ADMIN"}, where)
        where.members.remove(bot.id)
        return told

    def archives(self, where: Conversation) -> Told | None:
        """The channel is archived, and the bot no longer in it."""
        told = self._changed(where, "archive")
        where.archived = True
        where.members = [one for one in where.members if one != self._bot(where).id]
        return told

    def unarchives(self, where: Conversation) -> Told | None:
        """The channel lives again; the bot has to be invited again."""
        where.archived = False
        return self._changed(where, "unarchive")

    def deletes(self, where: Conversation) -> Told | None:
        """The channel is gone."""
        told = self._changed(where, "deleted")
        where.deleted = True
        return told

    def renames(self, where: Conversation, name: str) -> Told | None:
        """The channel has another name."""
        where.name = name
        kind = f"{EVENT[where.kind]}_rename"
        event = {"type": kind, "channel": {"id": where.id, "name": name, "created": 1}}
        return self._slack.event(kind, event, where)

    def makes_private(self, where: Conversation, *, keep_bot: bool = False) -> None:
        """The public channel is private now, and the bot has to be invited again unless `keep_bot`."""
        where.kind = "private"
        if not keep_bot:
            where.members = [one for one in where.members if one != self._bot(where).id]

    def changes_id(self, where: Conversation, name: str) -> Told | None:
        """The channel has another id: it happens when it is shared with another organisation."""
        conversations = where.workspace.conversations
        old, where.id = where.id, name
        conversations[name] = conversations.pop(old)
        event = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": name}
        return self._slack.event("channel_id_changed", event, where)

    def restricts(self, where: Conversation, how: str = "restricted_action") -> None:
        """A preference forbids the app to post there; "restricted_action_read_only_channel" is another."""
        where.restricted = how

    # -------------------------------------------------------------------------------------------- installations

    def revokes(self, workspace: Workspace) -> Told | None:
        """The app's tokens there are worth nothing from now on, and it is told."""
        bot = workspace.bot.id if workspace.bot else ""
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}}
        told = self._slack.event("tokens_revoked", event, workspace)
        self._slack.access.revoke(workspace)
        return told

    def uninstalls(self, workspace: Workspace, *, first: str = "app_uninstalled") -> list[Told]:
        """The app is removed there; it is told twice, in either order, and its tokens are dead by then."""
        bot = workspace.bot.id if workspace.bot else ""
        events: dict[str, Json] = {
            "app_uninstalled": {"type": "app_uninstalled"},
            "tokens_revoked": {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}},
        }
        order = [first, *(name for name in events if name != first)]
        told = [self._slack.event(name, events[name], workspace) for name in order]
        self._slack.access.revoke(workspace, "account_inactive")
        return [one for one in told if one is not None]

    def restores(self, workspace: Workspace) -> None:
        """The tokens that were dead work again."""
        self._slack.access.revoke(workspace, "")

    def moves(self, person: Somebody, zone: str) -> Told | None:
        """Somebody's profile says another time zone."""
        person.member.zone = zone
        event = {"type": "user_change", "user": person.member.json(self._slack.clock())}
        return self._slack.event("user_change", event, person.workspace)

    def _changed(self, where: Conversation, how: str) -> Told | None:
        kind = f"{EVENT[where.kind]}_{how}"
        event = {"type": kind, "channel": where.id, "user": "U0ADMIN"}
        return self._slack.event(kind, event, where)

    def _bot(self, where: Conversation) -> Member:
        bot = where.workspace.bot
        assert bot is not None
        return bot
