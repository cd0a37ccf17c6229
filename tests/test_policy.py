"""What becomes of a message after a failure or in doubt: a table of cases."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import policy
from bot.models import Channel, Condition, Digest, Health, State
from bot.policy import Decision
from bot.ports import ChannelGone, Doubt, Doubtful, NotSent, PostError, Refused, Unauthorised

NOON = datetime(2026, 4, 14, 12, tzinfo=UTC)
DIGEST = Digest(Channel("slack", "T1", "C1"), date(2026, 4, 14), 0)


def test_a_key_is_24_characters_whatever_it_names() -> None:
    keys = {
        policy.key(Digest(Channel(platform, workspace, channel), day, number), part)
        for platform, workspace, channel, day, number, part in itertools.product(
            ("slack", "discord", "console"),
            ("", "T1", "T" * 200),
            ("C1", "C2", "频道"),
            (date(2026, 4, 14), date(2026, 4, 15)),
            (0, 1),
            range(12),
        )
    }

    assert len(keys) == 3 * 3 * 3 * 2 * 2 * 12
    assert {len(key) for key in keys} == {24}


def test_a_key_does_not_run_two_names_together() -> None:
    one = Digest(Channel("slack", "T1", "C12"), date(2026, 4, 14), 0)
    other = Digest(Channel("slack", "T1C", "12"), date(2026, 4, 14), 0)

    assert policy.key(one, 0) != policy.key(other, 0)


def test_a_key_is_the_same_tomorrow() -> None:
    """A changed formula would post every message in flight a second time after an upgrade."""
    assert policy.key(DIGEST, 0) == "cwm7xgi4e56dsd6he25n3by5"


@pytest.mark.parametrize(
    ("error", "attempts", "state"),
    [
        (NotSent("503"), 1, State.PLANNED),
        (NotSent("503"), policy.ATTEMPTS, State.PARKED),
        (Doubtful("timeout"), 1, State.UNSURE),
        (Doubtful("timeout"), policy.ATTEMPTS, State.UNSURE),
        (Refused("too long"), 1, State.PARKED),
        (ChannelGone("is_archived"), 1, State.DROPPED),
        (Unauthorised("token_revoked"), 1, State.PLANNED),
    ],
)
def test_what_follows_a_failure(error: PostError, attempts: int, state: State) -> None:
    assert policy.after(error, attempts).state is state


def test_only_a_refused_message_blames_its_paper() -> None:
    assert policy.after(Refused("too long"), 1).paper_at_fault
    assert not policy.after(NotSent("503"), policy.ATTEMPTS).paper_at_fault


def test_a_platform_that_says_when_is_obeyed_to_the_second() -> None:
    assert policy.after(NotSent("429", retry_after=2.5), 1).wait == timedelta(seconds=2.5)


def test_a_platform_that_always_says_soon_is_not_asked_for_ever() -> None:
    waits = [policy.after(NotSent("429", retry_after=1), attempt).wait for attempt in range(1, policy.ATTEMPTS)]

    assert waits[:3] == [timedelta(seconds=1)] * 3
    assert sum(waits, timedelta()) > timedelta(hours=23)


@pytest.mark.parametrize("state", [State.PLANNED, State.UNSURE, State.PARKED, State.DROPPED])
def test_a_repeat_that_was_not_taken_clears_no_doubt(state: State) -> None:
    assert policy.repeated(Decision(state, timedelta(hours=1))).state is State.UNSURE
    assert policy.repeated(Decision(state, timedelta(hours=1))).wait <= policy.USUAL.settling
    assert policy.repeated(Decision(State.SENT)).state is State.SENT


def test_waits_grow_to_an_hour() -> None:
    waits = [policy.after(NotSent("503"), attempt).wait.total_seconds() for attempt in range(1, 10)]

    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


@pytest.mark.parametrize(
    ("doubts", "age", "expected"),
    [
        ((Doubt.REPEATS_SAFELY,), 1, "repeats"),
        ((Doubt.REPEATS_SAFELY,), 119, "repeats"),
        ((Doubt.REPEATS_SAFELY,), 121, State.UNKNOWN),
        ((Doubt.REPEATS_SAFELY, Doubt.FINDS), 119, "repeats"),
        ((Doubt.REPEATS_SAFELY, Doubt.FINDS), 121, Doubt.FINDS),
        ((Doubt.REPEATS_SAFELY, Doubt.CONFIRMS), 121, Doubt.CONFIRMS),
        ((Doubt.FINDS,), 34, State.UNSURE),
        ((Doubt.FINDS,), 36, Doubt.FINDS),
        ((Doubt.CONFIRMS,), 36, Doubt.CONFIRMS),
        ((Doubt.NEITHER,), 34, State.UNSURE),
        ((Doubt.NEITHER,), 36, State.UNKNOWN),
        ((), 36, State.UNKNOWN),
    ],
)
def test_what_is_done_in_doubt(doubts: Sequence[Doubt], age: int, expected: State | Doubt | str) -> None:
    decision = policy.in_doubt(doubts, NOON - timedelta(seconds=age), NOON)

    if isinstance(decision, Decision):
        assert ("repeats" if decision.repeats else decision.state) == expected
    else:
        assert decision is expected


def test_a_worker_that_dies_is_replaced_while_repeating_is_still_safe() -> None:
    """The claim outlasts a request and the wait for doubt, ends in a minute, and well before the key is forgotten."""
    usual = policy.USUAL

    assert usual.request < usual.settling < usual.lease - timedelta(seconds=10)
    assert usual.lease <= timedelta(seconds=50)
    assert usual.lease + timedelta(seconds=30) <= usual.repeatable


def test_a_drill_divides_every_limit_by_the_same_factor() -> None:
    drill = policy.USUAL.divided(10)

    assert (drill.request, drill.lease, drill.stale) == tuple(timedelta(seconds=seconds) for seconds in (3, 5, 7200))


def test_a_message_of_several_papers_that_is_refused_is_halved_and_one_of_a_single_paper_is_parked() -> None:
    assert policy.after(Refused("invalid_blocks"), 1, papers=10).halve
    alone = policy.after(Refused("invalid_blocks"), 1, papers=1)
    assert (alone.state, alone.paper_at_fault, alone.halve) == (State.PARKED, True, False)


@pytest.mark.parametrize(
    ("doubt", "found", "state"),
    [
        (Doubt.FINDS, True, State.SENT),
        (Doubt.FINDS, False, State.PLANNED),
        (Doubt.CONFIRMS, True, State.SENT),
        (Doubt.CONFIRMS, False, State.UNKNOWN),
    ],
)
def test_what_looking_for_a_message_proves(doubt: Doubt, found: bool, state: State) -> None:
    assert policy.looked_for(doubt, found).state is state


@pytest.mark.parametrize(
    ("entries", "unknown", "titled", "expected"),
    [
        (100, 100, 100, True),
        (100, 89, 60, True),
        (20, 20, 10, True),
        (19, 19, 19, False),
        (100, 100, 10, False),  # a real burst of new papers
        (100, 40, 40, False),
    ],
)
def test_a_feed_that_changed_its_ids_is_recognised(entries: int, unknown: int, titled: int, expected: bool) -> None:
    assert policy.migrated(entries, unknown, titled) is expected


def test_a_source_is_asked_when_it_said_and_sooner_while_it_is_not_well() -> None:
    quarter = timedelta(minutes=15)

    assert policy.next_ask(NOON, quarter, Health()) == NOON + quarter
    assert policy.next_ask(NOON, quarter, Health(Condition.NOT_A_FEED)) == NOON + quarter / 4
    assert policy.next_ask(NOON, quarter, Health(Condition.THROTTLED, retry_after=7200)) == NOON + timedelta(hours=2)
