"""A digest comes once on every local date, whatever the clocks of the world do; people's words for times are read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.calendar import (
    APART,
    ago,
    arxiv_announces,
    arxiv_batch,
    arxiv_silence,
    days_in_words,
    default_hour,
    instant,
    latest_slot,
    next_batch,
    next_slot,
    parse_days,
    parse_duration,
    parse_since,
    parse_time,
    parse_until,
    parse_zone,
    say_date,
    say_when,
    zones_like,
)
from bot.models import WEEKDAYS, Schedule

DAILY = tuple(range(7))
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
#: a Friday, 09:00 in Zurich
NOW = datetime(2026, 4, 10, 7, tzinfo=UTC)


# ------------------------------------------------------------------------------- clocks that change


def test_an_hour_that_is_skipped_falls_on_the_first_instant_after_the_gap() -> None:
    schedule = Schedule("Europe/Berlin", time(2, 15), DAILY)
    assert instant(schedule, date(2026, 3, 28)) == datetime(2026, 3, 28, 1, 15, tzinfo=UTC)
    assert instant(schedule, date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert instant(schedule, date(2026, 3, 30)) == datetime(2026, 3, 30, 0, 15, tzinfo=UTC)


def test_an_hour_that_happens_twice_is_the_first_of_the_two() -> None:
    schedule = Schedule("Europe/Berlin", time(2, 15), DAILY)
    assert instant(schedule, date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)


def test_half_an_hour_is_skipped_on_lord_howe_and_two_hours_at_troll() -> None:
    lord_howe = Schedule("Australia/Lord_Howe", time(2, 10), DAILY)
    assert instant(lord_howe, date(2026, 10, 4)) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    troll = Schedule("Antarctica/Troll", time(1, 45), DAILY)
    assert instant(troll, date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert instant(troll, date(2026, 10, 25)) == datetime(2026, 10, 24, 23, 45, tzinfo=UTC)


def test_a_gap_over_midnight_keeps_the_date_of_the_slot() -> None:
    nuuk = Schedule("America/Nuuk", time(23, 30), DAILY)
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    day, due = next_slot(nuuk, before)
    assert (day, due.astimezone(ZoneInfo("America/Nuuk")).isoformat()) == (
        date(2026, 3, 28),
        "2026-03-29T00:00:00-01:00",
    )
    assert next_slot(nuuk, due, day, due)[0] == date(2026, 3, 29)


def test_a_date_that_samoa_jumped_over_has_no_digest() -> None:
    apia = Schedule("Pacific/Apia", time(9), DAILY)
    last = date(2011, 12, 29)
    day, due = next_slot(apia, instant(apia, last), last, instant(apia, last))
    assert (day, due) == (date(2011, 12, 31), datetime(2011, 12, 30, 19, tzinfo=UTC))
    assert latest_slot(apia, due - QUARTER) == (last, instant(apia, last))
    fridays = Schedule("Pacific/Apia", time(9), (4,))
    assert next_slot(fridays, instant(apia, last))[0] == date(2012, 1, 6)


def _transitions(zone: ZoneInfo) -> list[datetime]:
    """The first quarter of an hour after every change of the zone's clock in 2026 and 2027."""
    halves = [datetime(2026, 1, 1, tzinfo=UTC) + n * DAY / 2 for n in range(2 * 731)]
    offsets = [half.astimezone(zone).utcoffset() for half in halves]
    changed = [half for half, (before, after) in zip(halves, pairwise(offsets), strict=False) if before != after]
    quarters = [(half + n * QUARTER for n in range(1, 49)) for half in changed]
    return [
        next(moment for moment in near if moment.astimezone(zone).utcoffset() != half.astimezone(zone).utcoffset())
        for half, near in zip(changed, quarters, strict=True)
    ]


def _rule_sets() -> list[tuple[list[str], list[datetime]]]:
    """Every different behaviour of the clocks in 2026 and 2027: the zones that have it, and its transitions."""
    found: dict[tuple[object, ...], tuple[list[str], list[datetime]]] = {}
    for name in sorted(available_timezones() - {"localtime"}):
        zone = ZoneInfo(name)
        changes = _transitions(zone)
        readings = [(at, at.astimezone(zone).utcoffset()) for at in (datetime(2026, 1, 1, tzinfo=UTC), *changes)]
        found.setdefault(tuple(readings), ([], changes))[0].append(name)
    return list(found.values())


def test_no_slot_is_skipped_and_none_comes_twice_in_any_zone_at_any_transition_of_2026_and_2027() -> None:
    rule_sets, slots, wrong = _rule_sets(), 0, []
    for name, change in ((names[0], change) for names, changes in rule_sets for change in changes):
        # the wall clock at every quarter of an hour around the transition: the oracle reads only that
        clock = [change - 3 * DAY + n * QUARTER for n in range(96 * 7)]
        wall = [moment.astimezone(ZoneInfo(name)).replace(tzinfo=None) for moment in clock]
        first = dict(zip(reversed(wall), reversed(clock), strict=True))
        days = [wall[0].date() + n * DAY for n in range(1, 6)]
        for quarter in range(96):
            at = time(quarter // 4, quarter % 4 * 15)
            expected = []
            for day in days:
                wanted = datetime.combine(day, at)
                past_the_gap = (moment for moment, reading in zip(clock, wall, strict=True) if reading > wanted)
                expected.append((day, first.get(wanted) or next(past_the_gap)))
            schedule = Schedule(name, at, DAILY)
            slot = next_slot(schedule, expected[0][1] - QUARTER)
            got = [slot, *(slot := next_slot(schedule, slot[1], *slot) for _ in days[1:])]
            wrong += [(name, at, *pair) for pair in zip(expected, got, strict=True) if pair[0] != pair[1]]
            wrong += [(name, at, slot, slot) for slot in got if latest_slot(schedule, slot[1]) != slot]
            slots += len(got)
    zones = sum(len(names) for names, _ in rule_sets)
    print(f"{slots:,} slots at {sum(len(changes) for _, changes in rule_sets)} transitions, for {zones} zones")  # noqa: T201 - the figure, with -s
    assert zones == len(available_timezones() - {"localtime"})
    assert slots > 50_000, f"only {slots} slots were looked at"
    assert not wrong, f"{len(wrong)} of {slots} slots are wrong: {wrong[:3]}"


# ------------------------------------------------------------------------------ changes by people


SCHEDULES = st.builds(
    Schedule,
    zone=st.sampled_from(
        ["UTC", "Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"]
    ),
    at=st.times(),
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
)


@given(st.lists(st.tuples(SCHEDULES, st.integers(1, 4), st.floats(0, 1)), min_size=1, max_size=12))
def test_no_change_of_zone_hour_or_days_gives_two_digests_within_20_hours_or_on_one_date(
    changes: list[tuple[Schedule, int, float]],
) -> None:
    now, last, last_at = datetime(2026, 3, 25, tzinfo=UTC), None, None
    sent: list[tuple[date, datetime]] = []
    for schedule, digests, part in changes:
        for _ in range(digests):
            last, last_at = next_slot(schedule, now, last, last_at)
            assert last_at > now
            sent.append((last, last_at))
            now = last_at
        # the next change comes somewhere before the slot after this one
        now += part * (next_slot(schedule, now, last, last_at)[1] - now) * 0.99
    assert all(later[1] - earlier[1] >= APART for earlier, later in pairwise(sent))
    assert all(later[0] > earlier[0] for earlier, later in pairwise(sent))


def test_an_earlier_hour_comes_late_once_and_then_on_time() -> None:
    monday = date(2026, 4, 13)
    five = instant(Schedule("UTC", time(17)), monday)
    moved = Schedule("UTC", time(14))
    tuesday, late = next_slot(moved, five, monday, five)
    assert (tuesday, late) == (date(2026, 4, 14), datetime(2026, 4, 14, 14, tzinfo=UTC))
    moved = Schedule("UTC", time(9, 30))
    tuesday, late = next_slot(moved, five, monday, five)
    assert (tuesday, late) == (date(2026, 4, 14), datetime(2026, 4, 14, 13, tzinfo=UTC))
    assert next_slot(moved, late, tuesday, late) == (date(2026, 4, 15), datetime(2026, 4, 15, 9, 30, tzinfo=UTC))


def test_a_date_is_left_out_when_waiting_would_make_the_next_one_late_too() -> None:
    monday, evening = date(2026, 4, 13), datetime(2026, 4, 13, 23, tzinfo=UTC)
    assert next_slot(Schedule("UTC", time(0, 30)), evening, monday, evening)[0] == date(2026, 4, 15)


def test_a_weekly_digest_does_not_lose_a_week_when_its_day_moves() -> None:
    sunday = datetime(2026, 4, 12, 22, tzinfo=UTC)
    mondays = Schedule("UTC", time(9), (0,))
    assert next_slot(mondays, sunday, sunday.date(), sunday) == (date(2026, 4, 13), sunday + APART)


def test_a_late_slot_may_come_after_midnight_and_is_still_found_then() -> None:
    sunday, last_at = date(2026, 4, 12), datetime(2026, 4, 13, 10, tzinfo=UTC)
    mondays = Schedule("UTC", time(23, 30), (0,))
    expected = (date(2026, 4, 13), datetime(2026, 4, 14, 6, tzinfo=UTC))
    assert next_slot(mondays, last_at, sunday, last_at) == expected
    assert next_slot(mondays, datetime(2026, 4, 14, 1, tzinfo=UTC), sunday, last_at) == expected


def test_only_the_days_of_the_schedule_have_slots() -> None:
    friday = datetime(2026, 4, 10, 9, tzinfo=UTC)
    assert next_slot(Schedule("UTC", time(9), WEEKDAYS), friday)[0] == date(2026, 4, 13)
    assert latest_slot(Schedule("UTC", time(9), WEEKDAYS), friday + 2 * DAY) == (date(2026, 4, 10), friday)
    with pytest.raises(ValueError, match="at least one day"):
        next_slot(Schedule("UTC", days=()), friday)


def test_after_a_sleep_only_the_latest_slot_is_caught_up() -> None:
    schedule = Schedule("Asia/Tokyo", time(9), DAILY)
    assert latest_slot(schedule, datetime(2026, 4, 10, 0, 0, tzinfo=UTC))[0] == date(2026, 4, 10)
    assert latest_slot(schedule, datetime(2026, 4, 9, 23, 59, tzinfo=UTC))[0] == date(2026, 4, 9)


# -------------------------------------------------------------------------------- arXiv's calendar


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        *(("America/New_York", 9), ("America/Los_Angeles", 9), ("America/Sao_Paulo", 9), ("America/St_Johns", 9)),
        *(("Europe/London", 9), ("Europe/Berlin", 9), ("Europe/Moscow", 9), ("Asia/Tehran", 9), ("UTC", 9)),
        *(("Asia/Kolkata", 11), ("Asia/Kathmandu", 12), ("Asia/Shanghai", 14), ("Asia/Singapore", 14)),
        *(("Asia/Tokyo", 15), ("Asia/Seoul", 15), ("Australia/Sydney", 17)),
        *(("Pacific/Honolulu", 9), ("Pacific/Auckland", 9), ("Pacific/Kiritimati", 9)),
    ],
)
def test_the_default_hour_follows_the_batch_all_year_round(zone: str, hour: int) -> None:
    assert default_hour(zone) == time(hour)


def test_at_the_default_hour_a_batch_has_been_out_for_half_an_hour_in_every_zone() -> None:
    for zone in available_timezones() - {"localtime"}:
        schedule, now = Schedule(zone, default_hour(zone), DAILY), datetime(2026, 1, 1, tzinfo=UTC)
        for _ in range(24):
            now = next_batch(now + 14 * DAY)
            due = next_slot(schedule, now)[1]
            assert timedelta(minutes=30) <= due - now, zone


def test_arxiv_announces_from_sunday_to_thursday() -> None:
    week = [arxiv_announces(date(2026, 4, 12) + n * DAY) for n in range(7)]
    assert week == [True, True, True, True, True, False, False]


def test_arxiv_rests_on_its_holidays_and_on_the_sunday_after_a_holiday_on_friday() -> None:
    assert arxiv_silence(date(2026, 11, 26)) == "holiday"
    assert arxiv_silence(date(2026, 6, 19)) == "weekend"
    assert arxiv_silence(date(2026, 6, 21)) == "holiday"
    assert arxiv_silence(date(2026, 6, 22)) == ""
    assert arxiv_silence(date(2031, 12, 25)) == "", "no list for that year: the weekday rule alone"


def test_a_batch_turns_over_at_midnight_eastern_in_summer_and_in_winter() -> None:
    assert next_batch(NOW) == datetime(2026, 4, 13, 4, tzinfo=UTC)
    assert next_batch(datetime(2026, 1, 12, 12, tzinfo=UTC)) == datetime(2026, 1, 13, 5, tzinfo=UTC)
    assert next_batch(datetime(2026, 6, 19, 12, tzinfo=UTC)) == datetime(2026, 6, 23, 4, tzinfo=UTC)


def test_the_batch_in_force_is_fridays_until_monday_begins_in_new_york() -> None:
    monday = datetime(2026, 4, 13, 4, tzinfo=UTC)
    assert arxiv_batch(monday - timedelta(seconds=1)) == date(2026, 4, 10)
    assert arxiv_batch(monday) == date(2026, 4, 13)


# ----------------------------------------------------------------------------------- people's words


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        *(("Berlin", "Europe/Berlin"), ("europe/zurich", "Europe/Zurich"), ("Zürich", "Europe/Zurich")),
        *(("New York", "America/New_York"), ("new_york", "America/New_York"), ("São Paulo", "America/Sao_Paulo")),
        *(("EST", "America/New_York"), ("pst", "America/Los_Angeles"), ("IST", "Asia/Kolkata"), ("utc", "UTC")),
        *(("UTC+2", "Etc/GMT-2"), ("gmt-5", "Etc/GMT+5"), ("+02:00", "Etc/GMT-2"), ("UTC+5:30", "Asia/Kolkata")),
        *(
            ("Japan", "Asia/Tokyo"),
            ("Germany", "Europe/Berlin"),
            ("UK", "Europe/London"),
            ("Boston", "America/New_York"),
        ),
        *(("Kiev", "Europe/Kyiv"), ("Asia/Calcutta", "Asia/Calcutta"), ("St. Johns", "America/St_Johns")),
        *(("foo", None), ("", None), ("UTC+15", None), ("UTC-3:30", None), ("UTC+99", None), ("../etc/passwd", None)),
    ],
)
def test_a_zone_is_understood(typed: str, zone: str | None) -> None:
    assert parse_zone(typed) == zone
    if zone:
        ZoneInfo(zone)


def test_every_zone_of_the_database_is_understood_by_its_own_name() -> None:
    assert {name for name in available_timezones() if parse_zone(name) is None} == set()
    assert all(parse_zone(zone) == zone for zone in ("Europe/Berlin", "Asia/Kolkata", "America/Indiana/Knox"))


def test_half_a_name_or_a_wrong_letter_brings_the_zone() -> None:
    assert zones_like("europe/ber") == ["Europe/Berlin"]
    assert zones_like("Berlim")[0] == "Europe/Berlin"
    assert "America/Los_Angeles" in zones_like("san fr")
    assert zones_like("UTC+2")[0] == "Etc/GMT-2"
    assert zones_like("") == zones_like("qqqq") == []
    assert len(zones_like("america", 3)) == 3


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        *(("9", time(9)), ("9am", time(9)), ("09:00", time(9)), ("21.30", time(21, 30)), ("9:30 pm", time(21, 30))),
        *(("noon", time(12)), ("midnight", time(0)), ("12am", time(0)), ("12 p.m.", time(12)), ("0930", time(9, 30))),
        *(("9h30", time(9, 30)), ("at 9", time(9)), ("９：００", time(9)), ("0", time(0)), ("23:59", time(23, 59))),
        *(("24", None), ("13pm", None), ("0am", None), ("9:60", None), ("9:5", None), ("-1", None), ("", None)),
        *(("nine", None), ("9am9", None), ("weekdays", None)),
    ],
)
def test_an_hour_is_understood(typed: str, hour: time | None) -> None:
    assert parse_time(typed) == hour


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        *(
            ("daily", DAILY),
            ("every day", DAILY),
            ("weekdays", WEEKDAYS),
            ("mon-fri", WEEKDAYS),
            ("Mon – Fri", WEEKDAYS),
        ),
        *(
            ("mon,thu", (0, 3)),
            ("Mondays", (0,)),
            ("mon and thu", (0, 3)),
            ("tues, thurs", (1, 3)),
            ("weekends", (5, 6)),
        ),
        *(("Monday to Wednesday", (0, 1, 2)), ("fri-mon", (0, 4, 5, 6)), ("mon, wed, and fri", (0, 2, 4))),
        *(
            ("every monday", (0,)),
            ("thu mon", (0, 3)),
            ("", None),
            ("mon-", None),
            ("moon", None),
            ("t", None),
            ("9", None),
        ),
    ],
)
def test_days_are_understood(typed: str, days: tuple[int, ...] | None) -> None:
    assert parse_days(typed) == days


@given(st.sets(st.integers(0, 6), min_size=1))
def test_days_that_are_said_are_understood_again(days: set[int]) -> None:
    assert parse_days(days_in_words(list(days))) == tuple(sorted(days))


def test_days_are_said_in_words() -> None:
    assert [days_in_words(days) for days in (DAILY, WEEKDAYS, (0, 3), (4,), (0, 2, 4))] == [
        *("every day", "weekdays", "Monday and Thursday", "Friday", "Monday, Wednesday and Friday")
    ]


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2w", 14),
        ("14d", 14),
        ("3 days", 3),
        ("a week", 7),
        ("1 month", 30),
        ("24h", 1),
        ("2 weeks", 14),
        ("1 year", 365),
    ],
)
def test_a_duration_is_understood(typed: str, days: int) -> None:
    assert parse_duration(typed) == days * DAY


@pytest.mark.parametrize("typed", ["", "2", "0d", "w", "-2d", "2 fortnights", "9999 years", "99999d", "1.5d"])
def test_what_is_no_duration_is_refused(typed: str) -> None:
    assert parse_duration(typed) is None


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        *(("2w", "2026-04-24T09:00"), ("1 month", "2026-05-10T09:00"), ("for 3 days", "2026-04-13T09:00")),
        *(
            ("until 7 Jan", "2027-01-07T00:00"),
            ("7th of January", "2027-01-07T00:00"),
            ("Jan 7, 2028", "2028-01-07T00:00"),
        ),
        *(("until friday", "2026-04-17T00:00"), ("monday", "2026-04-13T00:00"), ("tomorrow", "2026-04-11T00:00")),
        *(("next week", "2026-04-13T00:00"), ("2026-12-24", "2026-12-24T00:00"), ("10 Apr", "2027-04-10T00:00")),
        *(("29 Feb", "2028-02-29T00:00"), ("until may", "2026-05-01T00:00")),
    ],
)
def test_the_end_of_a_pause_is_understood(typed: str, local: str) -> None:
    zone = ZoneInfo("Europe/Zurich")
    assert parse_until(typed, NOW, "Europe/Zurich") == datetime.fromisoformat(local).replace(tzinfo=zone)


@pytest.mark.parametrize(
    "typed", ["", "until", "31 apr", "30 Feb", "2025-01-07", "7 Jan 2020", "5", "yesterday", "9999-12-31"]
)
def test_an_end_that_is_past_or_unclear_is_refused(typed: str) -> None:
    assert parse_until(typed, NOW, "Pacific/Honolulu") is None


def test_a_month_from_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert parse_until("1 month", datetime(2026, 1, 31, 9, tzinfo=UTC), "UTC") == datetime(2026, 2, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        *(("2w", "2026-03-27T09:00"), ("last month", "2026-03-10T09:00"), ("2 weeks ago", "2026-03-27T09:00")),
        *(("may", "2025-05-01T00:00"), ("since April", "2026-04-01T00:00"), ("7 Jan", "2026-01-07T00:00")),
        *(("friday", "2026-04-10T00:00"), ("monday", "2026-04-06T00:00"), ("yesterday", "2026-04-09T00:00")),
        *(("2025-12-24", "2025-12-24T00:00"), ("10 Apr", "2026-04-10T00:00"), ("11 Apr", "2025-04-11T00:00")),
    ],
)
def test_the_start_of_a_search_is_understood(typed: str, local: str) -> None:
    zone = ZoneInfo("Europe/Zurich")
    assert parse_since(typed, NOW, "Europe/Zurich") == datetime.fromisoformat(local).replace(tzinfo=zone)


@pytest.mark.parametrize("typed", ["", "x", "tomorrow", "2026-04-11", "0001-01-01"])
def test_a_start_that_is_to_come_or_unclear_is_refused(typed: str) -> None:
    assert parse_since(typed, NOW, "Asia/Tokyo") is None


@given(st.text(max_size=30), st.sampled_from(["Pacific/Kiritimati", "Pacific/Honolulu"]))
@example("٣ days", "Pacific/Honolulu")
@example("²", "Pacific/Honolulu")
def test_no_words_break_the_readers(typed: str, zone: str) -> None:
    for read in (parse_zone, zones_like, parse_time, parse_days, parse_duration):
        read(typed)
    parse_until(typed, NOW, zone)
    parse_since(typed, NOW, zone)


def test_a_moment_is_said_the_shortest_clear_way() -> None:
    said = [say_when(NOW + n * DAY, NOW, "Europe/Zurich") for n in (-1, 0, 1, 3, 6, 7, 300)]
    assert said == [
        *("yesterday 09:00", "today 09:00", "tomorrow 09:00", "Monday 09:00", "Thursday 09:00", "17 Apr 09:00"),
        "4 Feb 2027 08:00",
    ]
    assert say_when(NOW, NOW, "Pacific/Honolulu") == "today 21:00"
    assert say_date(date(2026, 4, 13)) == say_date(date(2026, 4, 13), date(2026, 1, 1)) == "13 Apr"
    assert say_date(date(2026, 4, 13), date(2027, 1, 1)) == "13 Apr 2026"


def test_how_long_ago_is_said_in_the_largest_useful_unit() -> None:
    lengths = [{"seconds": 59}, {"minutes": 5}, {"hours": 1}, {"hours": 23, "minutes": 59}, {"days": 9}, {"days": 14}]
    assert [ago(NOW - timedelta(**length), NOW) for length in lengths] == [
        *("just now", "5 minutes ago", "1 hour ago", "23 hours ago", "9 days ago", "2 weeks ago")
    ]
    assert ago(NOW + DAY, NOW) == "just now", "another machine's clock runs ahead"
