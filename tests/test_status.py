"""`status`: quiet or broken, with the reason and the next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.messages import reports
from bot.messages.moments import Moments
from bot.models import Condition, Health, SourceState
from tests.rigs.faults import ERROR_AFTER
from tests.rigs.house import announce, paper
from tests.rigs.lab import Lab, lab
from tests.rigs.neutral import GONE, REFUSED


async def posted(here: Lab) -> None:
    """A paper comes, and what can be posted is."""
    await here.says("follow tokenization")
    await announce(here.house, paper(1))
    await here.deliver(hours=2)


async def test_all_is_well(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await posted(here)

        answer = await here.says("status")

        assert answer.title == "All is well."
        assert answer.actions == ()
        assert "1 topic followed. Next digest: tomorrow 09:00." in answer.body
        assert "arXiv's next batch: tomorrow 04:00." in answer.body


async def test_a_dead_token_is_tried_again_with_one_press(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        here.server.revoke("lab")
        await here.deliver(hours=2)
        here.server.restore("lab")

        answer = await here.says("status")
        assert answer.title == "Set aside."
        assert "`/papers resume` tries at once." in answer.body
        await here.presses(answer, "Resume")
        await here.deliver(minutes=1)

        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]
        assert (await here.says("status")).title == "All is well."


async def test_a_channel_that_takes_nothing_says_why_and_what_to_do(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1))
        here.server.fail(GONE)
        await here.deliver(hours=2)

        answer = await here.says("status")

        assert answer.title == "Set aside."
        assert "channel_gone" in answer.body
        assert "`/papers resume` starts it at once." in answer.body
        await here.presses(answer, "Resume")
        await here.deliver(minutes=1)
        assert [one.title for one in here.digests()] == ["Tokenization, part 1"]


async def test_a_message_set_aside_or_in_doubt_is_named_and_sent_again_by_its_command(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await announce(here.house, paper(1), paper(2))
        here.server.fail(REFUSED, times=1)
        here.server.fail(ERROR_AFTER, times=1)
        await here.deliver(hours=2)
        here.clock.move(minutes=2)
        await here.house.deliver.due()

        answer = await here.says("status")

        assert answer.title == "Something is not well."
        refused, doubtful = sorted(line for line in answer.body.splitlines() if line.startswith("Digest of "))[::-1]
        if "set aside" not in refused:
            refused, doubtful = doubtful, refused
        assert ": set aside: the platform answered 400 (bad_message). `/papers again " in refused
        assert ": perhaps posted, perhaps not: it may have been posted, and the platform cannot say. " in doubtful
        command = doubtful.split("`/papers ")[1].split("`")[0]
        assert (await here.says(command)).title == "Sending it again."


async def test_a_pause_is_no_trouble_and_is_ended_with_one_press(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await here.says("follow tokenization")
        await here.says("pause")

        answer = await here.says("status")

        assert answer.title == "Paused; all else is well."
        assert [one.command for one in answer.actions] == ["resume"]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 4, 14, 12, tzinfo=UTC), "arXiv's next batch: tomorrow 04:00."),
        (
            datetime(2026, 4, 17, 12, tzinfo=UTC),
            "arXiv's next batch: Monday 04:00. It announces nothing tonight: a weekend.",
        ),
        (
            datetime(2026, 11, 26, 12, tzinfo=UTC),
            "arXiv's next batch: Monday 05:00. It announces nothing tonight: a holiday.",
        ),
    ],
)
def test_the_next_batch_and_why_there_is_none_tonight(now: datetime, said: str) -> None:
    assert reports.next_batch(Moments(now, "UTC")) == said


# ------------------------------------------------------------------------------------- sources, for readers

NOW = datetime(2026, 4, 15, 12, tzinfo=UTC)
FEED = SourceState(
    "feed:mine",
    "feed",
    "https://lab.example/feed.xml",
    "Reading Room",
    owner="neutral/lab",
    asked=NOW - timedelta(minutes=5),
    news=datetime(2026, 4, 14, 8, tzinfo=UTC),
    next=NOW + timedelta(minutes=55),
)


@pytest.mark.parametrize(
    ("health", "said"),
    [
        (
            Health(Condition.NOT_A_FEED, "This is a web page or something else, not a feed."),
            "its address now shows something else than a feed (https://lab.example/feed.xml).",
        ),
        (Health(Condition.UNREACHABLE, "lab.example does not answer."), "does not answer just now; I keep trying."),
        (Health(Condition.REFUSED, "The site answered with error 500."), "the site answered with error 500."),
    ],
)
def test_a_source_that_is_not_well_says_what_is_wrong_and_what_happens_next(health: Health, said: str) -> None:
    message = reports.sources([replace(FEED, health=health)], NOW, "UTC")

    assert message.body == f"Reading Room: {said} Last news 14 Apr. I ask again today 12:55."
    assert [(one.label, one.command) for one in message.actions] == [
        ("Remove Reading Room", "sources remove feed:mine"),
    ]


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        ("huggingface", 13, "Hugging Face: nothing announced yet today"),
        ("huggingface", 18, "Hugging Face: nothing announced today: a weekend"),
        ("arxiv", 18, "arXiv: nothing announced today: a weekend"),
        ("arxiv", 14, "arXiv: nothing announced yet today"),
    ],
)
def test_a_day_without_papers_is_called_a_weekend_only_when_it_is_one(name: str, day: int, said: str) -> None:
    now = datetime(2026, 4, day, 12, tzinfo=UTC)

    state = SourceState(name, name, health=Health(Condition.EMPTY), asked=now)
    assert reports.source_told(state, Moments(now, "UTC")) == said


async def test_a_public_source_is_left_out_of_a_topic_and_not_removed(tmp_path: Path) -> None:
    async with lab(tmp_path) as here:
        await announce(here.house, paper(1))
        answer = await here.says("sources remove arXiv")

        assert "arXiv is there for everybody. To leave it out of a topic, add -source:arxiv to it." in answer.body
