"""A first morning: what people do, in Slack."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from tests.pictures import slack
from tests.pictures.papers import MONDAY, TUESDAY, batch
from tests.rigs.house import announce
from tests.rigs.slack.house import Settled, housed
from tests.rigs.slack.world import Said

COME = ("2604.10665", "2604.10799", "2604.11582", "2604.11792")


async def in_slack() -> str:
    """Somebody follows a topic, the digest comes, a paper is saved, listed and exported: the channel as a page."""
    with tempfile.TemporaryDirectory() as folder:
        async with housed(Path(folder)) as here:
            ada, papers = here.lab.ada, here.lab.papers
            seen = Seen(here)
            await announce(here.house, *batch(MONDAY), news=False)
            await ada.types(papers, "/papers follow tokenization").done()
            await here.told("Following")
            await ada.until_reads("Ada follows")
            seen.all()
            here.clock.move(minutes=1)
            await announce(here.house, *batch(TUESDAY, *COME))
            nine = (here.clock() + timedelta(days=1)).replace(hour=8, minute=0, second=2)
            here.clock.move(seconds=(nine - here.clock()).total_seconds())
            await here.digest()
            here.clock.move(seconds=30)
            _lead, first, *_ = await here.digest()
            seen.all()
            here.clock.move(minutes=6)
            ada.reacts(first, "bookmark")
            await here.told("Saved:")
            await ada.types(papers, "/papers saved").done()
            await here.told("Your reading list")
            await ada.types(papers, "/papers export bibtex").done()
            await here.told("papers.bib")
            return slack.conversation("Example Lab", "# papers", seen.all(), {ada.id: "Ada"}, here.lab.workspace)


class Seen:
    """What was said, with the hour by the house's clock, which runs ahead of the rig's."""

    def __init__(self, here: Settled) -> None:
        self._here = here
        self._seen: list[Said] = []

    def all(self) -> list[Said]:
        """Everything that was said so far; what is new was said now."""
        for said in self._here.lab.slack.books[len(self._seen) :]:
            said.at = self._here.clock() + timedelta(hours=1)  # in Zurich, in winter
            self._seen.append(said)
        return self._seen
