"""`python -m tests.chaos`: do every row, print the table, and say whether all of it is as it must be."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import platform
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from types import FrameType

import pytest

from tests.chaos.drill import DELAY, Outcome, drill
from tests.chaos.rows import FACTOR, LIMITS, ROWS, Row
from tests.chaos.scenes.scene import WINDOW
from tests.rigs import postgres

HEAD = """
| platform | database | in doubt it | what is done | messages | lost | doubled | unknown | sent again | worst delay |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
PLATFORMS = {"neutral": "the rig", "slack": "Slack", "discord": "Discord"}
SAYS = {
    "repeats": "repeats safely",
    "finds": "finds",
    "confirms": "confirms",
    "both": "repeats safely, then finds",
    "neither": "neither",
}
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
DOES = {"killed": "kill -9", "stopped": "SIGSTOP past the lease", "restarted": "SIGTERM"}
ORDERS = {"naive": "post, then record", "hasty": "look at once", "eager": "record, then post"}
SKIPPED = "skipped: no PostgreSQL here"
#: what came of a row; a sentence where nothing could
Came = Outcome | str


def main() -> int:
    """The exit code: 1 when anything is not as it must be."""
    options = parser().parse_args()
    rows = [row for row in ROWS if not options.row or row.name in options.row]
    signal.signal(signal.SIGTERM, _end)
    # a connection that is killed is nothing to tell
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    began = time.monotonic()
    try:
        came = asyncio.run(everything(rows, options.kills, options.seed, options.at_once))
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(report(came, options.kills, time.monotonic() - began))
    return int(any(faults(one) for one in came.values()))


def _end(number: int, frame: FrameType | None) -> None:
    """What ends us ends the workers too; asked again, we are at it."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    made.add_argument("--kills", type=int, default=20, help="how often each row is killed (20)")
    made.add_argument(
        "--row", action="append", choices=[row.name for row in ROWS], help="only this row; may be repeated"
    )
    made.add_argument("--at-once", type=int, default=2, help="rows done side by side (2)")
    made.add_argument("--seed", type=int, default=1, help="for the moments of the kills (1)")
    return made


async def everything(rows: Sequence[Row], kills: int, seed: int, at_once: int) -> dict[Row, Came]:
    """Do the rows, so many side by side, and say what came of each as soon as it did."""
    places = asyncio.Semaphore(at_once)
    absent = no_postgresql() if any(row.database == "postgresql" for row in rows) else ""

    async def one(row: Row) -> Came:
        if absent and row.database == "postgresql":
            return SKIPPED
        async with places:
            try:
                came: Came = await drill(row, kills, seed)
            except Exception as error:  # the other rows are done all the same
                came = f"broken off: {type(error).__name__}: {error}"
        sys.stderr.write(f"{row.name}: {progress(came)}\n")
        return came

    return dict(zip(rows, await asyncio.gather(*map(one, rows)), strict=True))


def no_postgresql() -> str:
    """Why there is none here; "" when there is one."""
    try:
        postgres.connect().close()
    except pytest.skip.Exception as error:
        return str(error)
    return ""


def faults(came: Came) -> list[str]:
    """What is not as it must be."""
    if isinstance(came, str):
        return [] if came == SKIPPED else [came]
    return came.faults()


def progress(came: Came) -> str:
    """One row in one line."""
    if isinstance(came, str):
        return came
    points = ", ".join(f"{many} {point}" for point, many in sorted(came.done.points.items()))
    where = f"; see {came.evidence}" if came.evidence else ""
    said = "; ".join(came.faults()) or "as it must be"
    counted = f"{came.lost_messages} lost, {len(came.doubled)} doubled, {came.unknown} unknown of {came.deliveries:,}"
    return f"{said}{where}: {counted} ({came.seconds:.0f} s; {points})"


def report(came: Mapping[Row, Came], kills: int, seconds: float) -> str:
    """The table and what it was measured with."""
    outcomes = [one for one in came.values() if isinstance(one, Outcome)]
    starts = sorted(start for one in outcomes for start in one.starts)
    points = sum((one.done.points for one in outcomes if one.row.trouble == "killed"), Counter[str]())
    lines = [HEAD.strip(), *(line(row, one) for row, one in came.items()), ""]
    lines += [f"{row.name}: {'; '.join(faults(one))}" for row, one in came.items() if faults(one)]
    lines.append(
        f"{kills} kills a row; {os.cpu_count()} cores, Python {platform.python_version()}; {seconds / 60:.1f} minutes. "
        f"Every time limit is divided by {FACTOR:g}: a request {LIMITS.request.total_seconds():.2f} s, the wait before "
        f"looking {LIMITS.settling.total_seconds():.2f} s, a lease {LIMITS.lease.total_seconds():.2f} s; repeats are "
        f"trusted for {LIMITS.repeatable.total_seconds():.2f} s of the platform's {WINDOW.total_seconds():.2f} s."
    )
    if starts:
        lines.append(
            f"A start takes {statistics.median(starts):.2f} s (at most {starts[-1]:.2f} s); the platform takes up to "
            f"{DELAY} s to keep a message and up to {DELAY} s more to say so."
        )
    if points:
        lines.append("Killed: " + ", ".join(f"{many} times {point}" for point, many in sorted(points.items())) + ".")
    if exits := [seconds for one in outcomes for seconds in one.done.exits]:
        unsure = sum(one.looked_for for one in outcomes if one.done.exits)
        lines.append(
            f"After SIGTERM it ended within {max(exits):.2f} s; {len(exits)} restarts left {unsure} messages in doubt."
        )
    return "\n".join(lines) + "\n"


def line(row: Row, came: Came) -> str:
    """One row of the table."""
    what = ORDERS.get(row.order) or DOES[row.trouble]
    what = f"{what} (a wrong order, to see it fail)" if row.order else what
    begin = f"| {PLATFORMS[row.platform]} | {DATABASES[row.database]} | {SAYS[row.doubt]} | {what} |"
    if isinstance(came, str):
        return f"{begin} {came} | | | | | |"
    worst = f"{came.delays[-1]:.1f} s" if came.delays else ""
    return (
        f"{begin} {came.deliveries:,} | {came.lost_messages} | {len(came.doubled)} | {came.unknown} | {came.absent} | "
        f"{worst} |"
    )


if __name__ == "__main__":
    sys.exit(main())
