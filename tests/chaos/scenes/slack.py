"""Slack: the real adapter and the real SDK, over Socket Mode, in one workspace.

With SLACK_HISTORY=on it finds what is in doubt; without, it is only told of what arrived, and that confirms. Slack's
own time spans are divided as ours are: how long it waits for an acknowledgement, and when it tells of an event again.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Final

from adapters.platforms import slack
from adapters.platforms.slack.app_manifest import made
from bot.models import Channel, Person
from tests.chaos.rows import FACTOR
from tests.chaos.scenes.scene import FORGETFUL, TITLE, Answered, Arrived, Scene
from tests.rigs.faults import Arrival
from tests.rigs.slack import App, Conversation, Said, SlackServer, Somebody, lines
from tests.rigs.slack.mrkdwn import text_of
from tests.rigs.slack.server import POST
from tests.rigs.slack.told import AGAIN, PATIENCE
from tests.rigs.slack.views import elements

NAME: Final = slack.NAME
COMMAND: Final = "/papers"
#: the history of a doubt is "on" or "off"
HISTORY: Final = {"finds": "on", "confirms": "off"}
#: the button of `status` that sends a message again
SENDS_AGAIN: Final = re.compile(r"Send .+ again")
LOOKS: Final = ("conversations.history", "conversations.replies")


class OnSlack(Scene):
    """Channels of one workspace."""

    name = NAME

    def __init__(self, server: SlackServer, history: str) -> None:
        """The app is installed in a new workspace; `history` is SLACK_HISTORY."""
        self.server: SlackServer = server
        self._history = history
        self._workspace = server.workspace("lab")
        self._token = server.install(self._workspace)
        #: by id
        self._people: dict[str, Somebody] = {}
        self._channels: dict[str, Conversation] = {}

    @property
    def given(self) -> Mapping[str, str]:
        return {
            "SLACK_BOT_TOKEN": self._token,
            "SLACK_APP_TOKEN": self.server.app.app_token,
            "SLACK_API_URL": self.server.api,
            "SLACK_HISTORY": self._history,
        }

    def posts(self, arrival: Arrival) -> bool:
        return arrival.path == POST

    def somewhere(self, number: int) -> tuple[Channel, Person]:
        somebody = self.server.person(self._workspace, f"Ada{number}", zone="UTC")
        there = self.server.channel(self._workspace, f"papers-{number}", somebody.member)
        self._people[somebody.id], self._channels[there.id] = somebody, there
        channel = Channel(NAME, self._workspace.id, there.id, there.name)
        return channel, Person(NAME, self._workspace.id, somebody.id, zone="UTC")

    def arrived(self) -> list[Arrived]:
        return [_arrived(said) for said in self.server.digests()]

    def types(self, channel: Channel, person: Person, text: str) -> None:
        self._people[person.id].types(self._channels[channel.id], f"{COMMAND} {text}")

    def mark(self) -> int:
        return len(self.server.books)

    def answers(self, mark: int) -> dict[tuple[str, str], Answered]:
        private = (said for said in self.server.books[mark:] if said.to)
        return {(said.conversation.workspace.id, said.channel): self._answered(said) for said in private}

    def asked(self) -> int:
        return sum(len(self.server.called(method)) for method in LOOKS)

    def _answered(self, said: Said) -> Answered:
        """What somebody sees, and the buttons as that person reads them: of those with one label, each by its place."""
        labels = [text_of(one.get("text")) for _, one in elements(said.blocks) if one["type"] == "button"]
        seen: Counter[str] = Counter()
        again = []
        for label in labels:
            seen[label] += 1
            if SENDS_AGAIN.fullmatch(label):
                again.append(partial(self._people[said.to].presses, said, label, number=seen[label]))
        return Answered("\n".join(lines(said)), again)


@contextlib.asynccontextmanager
async def opened(doubt: str, seed: int) -> AsyncIterator[OnSlack]:
    """Slack, where the app is as its manifest says."""
    history = HISTORY[doubt]
    app = App.of(made(COMMAND, history=history == "on"))
    again = [seconds / FACTOR for seconds in AGAIN]
    async with SlackServer(app, patience=PATIENCE / FACTOR, again=again, forgetful=FORGETFUL, seed=seed) as server:
        yield OnSlack(server, history)


def _arrived(said: Said) -> Arrived:
    titles = list(dict.fromkeys(TITLE.findall("\n".join(lines(said)))))
    return Arrived(
        said.ts,
        said.key,
        said.conversation.workspace.id,
        said.channel,
        titles,
        lead=len(titles) > 1,
        thread="" if said.thread else said.ts,
        under=said.thread,
        at=said.at,
    )
