"""Somebody at a screen: types, presses, chooses, reacts; and what that person sees.

Whatever is done is told to the app at once; `Told.done` waits until that is over, and so does what a person awaits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.rigs.slack import fields, payloads
from tests.rigs.slack.methods.chat import checked, shares
from tests.rigs.slack.mrkdwn import blocks_read, read, typed
from tests.rigs.slack.state import Slack, lines
from tests.rigs.slack.told import Told
from tests.rigs.slack.views import Shown, elements
from tests.rigs.slack.wire import Json, Refusal
from tests.rigs.slack.world import Conversation, Member, Said, Workspace
from tests.rigs.waiting import until

#: what people read when the app did not answer
TROUBLE: Final = "We had some trouble connecting. Try again?"


class Somebody:
    """Somebody in a workspace."""

    def __init__(self, slack: Slack, workspace: Workspace, member: Member) -> None:
        self._slack = slack
        self._payloads = payloads.Payloads(slack, workspace, member)
        self.workspace = workspace
        self.member = member
        #: what Slack itself told this person: that a command failed, that a form was not complete
        self.errors: list[str] = []
        #: proposals of menus, by their value
        self._proposed: dict[str, Json] = {}
        #: what was chosen in messages: ts -> block id -> action id -> state
        self._chosen: dict[str, dict[str, dict[str, Json]]] = {}

    @property
    def id(self) -> str:
        """The id of the account."""
        return self.member.id

    # ------------------------------------------------------------------------------------------ saying things

    def types(self, where: Conversation, text: str) -> Told:
        """Type a slash command: "/papers follow mamba". Raises LookupError for one that nobody installed."""
        command, _, rest = text.partition(" ")
        grant = self._slack.access.current(self.workspace)
        if command not in self._slack.app.commands or grant is None or "commands" not in grant.scopes:
            raise LookupError(f"{command} is not a valid command")
        rest = rest.strip()
        if self._slack.app.escaping:
            rest = payloads.escaped(rest, self.workspace)
        payload = self._payloads.slash(where, command, rest)

        def seen(told: Told) -> None:
            if told.failed:
                self.errors.append(f'{command} failed with the error "{told.failed}"')
            elif told.answer:
                self._answered(where, told.answer)

        return self._slack.telling.tell("slash_commands", payload, seen)

    def says(self, where: Conversation, text: str, *, under: Said | None = None, mention: bool = False) -> Said:
        """Write a message, in a thread with `under`; with `mention` it begins with the bot's name."""
        bot = self.workspace.bot
        written = (f"<@{bot.id}> " if mention and bot else "") + typed(text)
        said = self._slack.say(where, self.member, written, thread=(under.thread or under.ts) if under else "")
        thread = {"thread_ts": said.thread} if said.thread else {}
        if mention and bot and where.kind != "im":
            mentioned = {"type": "app_mention", "user": self.id, "text": written, "ts": said.ts, "channel": where.id}
            self._slack.event(
                "app_mention", mentioned | thread | {"event_ts": said.ts, "team": where.workspace.id}, where
            )
        links = [one.target for one in read(written)[1] if one.kind == "link"]
        if known := [link for link in links if shares(self._slack.app.unfurl_domains, link)]:
            self._slack.event("link_shared", self._payloads.linked(said, known) | thread, where)
        return said

    def writes(self, text: str, *, under: Said | None = None) -> Said:
        """Write a direct message to the app."""
        return self.says(self.direct, text, under=under)

    def reacts(self, said: Said, name: str, *, back: bool = False) -> Told | None:
        """React by a name as it stands between colons ("+1::skin-tone-3"), or take that back; None when not told."""
        if said.to or said.deleted:
            raise LookupError("nobody can react to that")
        users = said.reactions.setdefault(name, [])
        if back:
            users.remove(self.id)
        elif self.id not in users:
            users.append(self.id)
        if not users:
            del said.reactions[name]
        kind = "reaction_removed" if back else "reaction_added"
        item = {"type": "message", "channel": said.channel, "ts": said.ts}
        event = {"type": kind, "user": self.id, "reaction": name, "item_user": said.user, "item": item}
        return self._slack.event(kind, event, said.conversation)

    def uses(self, callback: str, on: Said | None = None) -> Told:
        """Use a shortcut of a message, or one from anywhere. Raises LookupError for one that there is not."""
        if (callback, "message" if on else "global") not in self._slack.app.shortcuts:
            raise LookupError(f"there is no such shortcut: {callback}")
        payload = self._payloads.shortcut(callback, on)
        return self._slack.telling.tell("interactive", payload, self._troubled)

    def opens_home(self, tab: str = "home") -> Told | None:
        """Open the app: its home, or its messages."""
        event = {"type": "app_home_opened", "user": self.id, "channel": self.direct.id, "tab": tab}
        home = {"view": self.home.json(self._slack.app.id)} if self.home and tab == "home" else {}
        return self._slack.event("app_home_opened", event | home, self.workspace)

    # -------------------------------------------------------------------------------- buttons, menus and forms

    def presses(self, on: Said | Shown, label: str, *, number: int = 1) -> Told:
        """Press the button of that label; of several the first, or the one of that number.

        Raises LookupError, which names what there is.
        """
        block, element = fields.find(_there(on), label, kinds=("button",), number=number)
        return self._act(on, block, element, {name: element[name] for name in ("text", "value") if name in element})

    def chooses(self, on: Said | Shown, label: str, *options: str) -> Told:
        """Choose in a menu, a picker or among boxes: options by their text or value, a time as "09:00"."""
        block, element = fields.find(_there(on), label, without=("button",))
        chosen = fields.filled(element, options, self._proposed)
        if element["type"] != "overflow":
            self._state(on).setdefault(block["block_id"], {})[element["action_id"]] = chosen
        return self._act(on, block, element, chosen)

    def fills(self, form: Shown, answers: Mapping[str, str]) -> None:
        """Fill in fields, by label; nobody is told."""
        for label, answer in answers.items():
            block, element = fields.find(form.blocks, label, without=("button",))
            chosen = fields.filled(element, (answer,), self._proposed)
            form.state.setdefault(block["block_id"], {})[element["action_id"]] = chosen

    def submits(self, form: Shown, answers: Mapping[str, str] | None = None) -> Told:
        """Fill in a form and send it. Raises ValueError when Slack would not even send it."""
        self.fills(form, answers or {})
        if form.closed:
            raise ValueError("the form is gone")
        if missing := fields.missing(form.blocks, form.state):
            raise ValueError(f"please complete: {', '.join(missing)}")
        payload = self._payloads.submitted(form)
        return self._slack.telling.tell("interactive", payload, lambda told: self._submitted(form, told))

    def closes(self, form: Shown) -> Told | None:
        """Close a form; the app is told if it wanted to be."""
        self._slack.views.close(form)
        if not form.said.get("notify_on_close"):
            return None
        payload = self._payloads.closed(form, cleared=False)
        return self._slack.telling.tell("interactive", payload)

    async def asks(self, on: Said | Shown, label: str, text: str) -> list[str]:
        """Type into a menu whose options the app gives; gives what is proposed."""
        block, element = fields.find(on.blocks, label, kinds=("external_select", "multi_external_select"))
        named = {"block_id": block["block_id"], "action_id": element["action_id"]}
        payload = self._payloads.asked(on, named, text)
        told = await self._slack.telling.tell("interactive", payload, self._troubled).done()
        if not isinstance(told.answer, dict):
            return []
        proposed, problems = fields.proposed(told.answer)
        self._slack.violations += problems
        self._proposed |= {one["value"]: one for one in proposed}
        return [one["text"]["text"] for one in proposed]

    # ---------------------------------------------------------------------------------------------- seeing

    @property
    def direct(self) -> Conversation:
        """The direct messages with the app. Raises Refusal when there can be none."""
        return self._slack.direct(self.workspace, self.id)

    @property
    def form(self) -> Shown:
        """The form on top. Raises LookupError when there is none."""
        stack = self._slack.views.forms.get(self.id)
        if not stack:
            raise LookupError("no form is open")
        return stack[-1]

    @property
    def home(self) -> Shown | None:
        """The app's home, once it was published."""
        return self._slack.views.homes.get(self.id)

    @property
    def home_text(self) -> str:
        """What the home says now; "" before it was published."""
        return "\n".join(blocks_read(self.home.blocks)[0]) if self.home else ""

    def sees(self, where: Conversation) -> list[Said]:
        """The messages of a conversation, outside threads, and those that this person alone sees."""
        return [said for said in where.said if not said.thread and self._sees(said)]

    def thread(self, said: Said) -> list[Said]:
        """What hangs under a message."""
        return [one for one in said.conversation.said if one.thread == said.ts and self._sees(one)]

    def private(self) -> list[Said]:
        """What this person alone was told, anywhere."""
        return [said for said in self._slack.books if said.to == self.id and not said.deleted]

    def reads(self) -> str:
        """All text that this person has been shown so far: messages, forms, homes, what Slack itself said."""
        return "\n".join(self._reads())

    async def until_reads(self, text: str, seconds: float = 10.0) -> None:
        """Wait until this person has been shown that. Raises TimeoutError."""
        await until(lambda: text in self.reads(), lambda: f"{self.member.name} has not read {text!r}", seconds)

    def _reads(self) -> Iterator[str]:
        for said in self._slack.books:
            inside = said.conversation.kind == "channel" or self.id in said.conversation.members
            if said.conversation.workspace is self.workspace and inside and self._sees(said):
                yield from lines(said)
        for person, shown in self._slack.views.read:
            if person == self.id:
                yield from shown
        yield from self.errors

    def _sees(self, said: Said) -> bool:
        return not said.deleted and said.to in ("", self.id)

    # ---------------------------------------------------------------------------------------- what comes back

    def _act(self, on: Said | Shown, block: Json, element: Json, more: Json) -> Told:
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            **more,
        }
        payload = self._payloads.pressed(on, action, self._state(on))
        return self._slack.telling.tell("interactive", payload, self._troubled)

    def _state(self, on: Said | Shown) -> dict[str, dict[str, Json]]:
        return on.state if isinstance(on, Shown) else self._chosen.setdefault(on.ts, {})

    def _troubled(self, told: Told) -> None:
        if told.failed:
            self.errors.append(TROUBLE)

    def _answered(self, where: Conversation, answer: Any) -> None:
        """A command was acknowledged with something to read."""
        said = {"text": answer} if isinstance(answer, str) else answer
        try:
            text, blocks = checked(said.get("text", ""), said.get("blocks"))
        except Refusal as refusal:
            self._slack.violations.append(f"a command was answered with what Slack refuses: {refusal.said}")
            return
        bot = self.workspace.bot
        assert bot is not None
        to = "" if said.get("response_type") == "in_channel" else self.id
        self._slack.say(where, bot, text, blocks=blocks, to=to, via="answer")

    def _submitted(self, form: Shown, told: Told) -> None:
        """A form was acknowledged: https://docs.slack.dev/surfaces/modals/#response_actions."""
        answer = told.answer if isinstance(told.answer, dict) else {}
        if told.failed:
            self.errors.append(TROUBLE)
            return
        try:
            match answer.get("response_action"):
                case None:
                    self._slack.views.close(form)
                case "clear":
                    self._slack.views.close(form, whole=True)
                case "update":
                    self._slack.views.update(form, answer.get("view"))
                case "push":
                    self._slack.views.open(self.member, self.workspace, answer.get("view"), form)
                case "errors":
                    self._wrong(form, answer.get("errors") or {})
                case other:
                    self._slack.violations.append(f"a form was answered with {other!r}")
        except Refusal as refusal:
            self._slack.violations.append(f"a form was answered with what Slack refuses: {refusal.said}")

    def _wrong(self, form: Shown, errors: Mapping[str, str]) -> None:
        inputs = {block["block_id"] for block, _ in elements(form.blocks) if block["type"] == "input"}
        if not errors or set(errors) - inputs:
            self._slack.violations.append(f"a form has no such fields: {sorted(set(errors) - inputs)}")
        form.errors = dict(errors)
        self.errors += form.errors.values()


def _there(on: Said | Shown) -> list[Json]:
    """The blocks of what is still there. Raises LookupError."""
    if on.deleted if isinstance(on, Said) else on.closed:
        raise LookupError("it is not there any more")
    return on.blocks
