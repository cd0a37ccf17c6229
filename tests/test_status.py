"""`status`: quiet or broken, with the reason and the next step."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.messages import reports
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
        await here.deliver(days=1)
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
    assert reports.next_batch(now, "UTC") == said
