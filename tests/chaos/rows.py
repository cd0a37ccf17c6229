"""What is tried, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from bot.policy import USUAL

#: every time limit and window of the program, and the platform's, is divided by it
FACTOR: Final = 30.0
LIMITS: Final = USUAL.divided(FACTOR)
#: deliveries of a row for each kill: 1,500 for 200
EACH: Final = 7.5

Database = Literal["sqlite", "postgresql"]
DATABASES: Final[tuple[Database, ...]] = ("sqlite", "postgresql")
Trouble = Literal["killed", "stopped", "restarted"]

#: "both" repeats safely for a while and finds after that
Says = Literal["repeats", "finds", "confirms", "neither", "both"]
DOUBTS: Final[tuple[Says, ...]] = ("repeats", "finds", "confirms", "neither")
#: what Slack does with SLACK_HISTORY=on, and without
SLACK: Final[tuple[Says, ...]] = ("finds", "confirms")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    database: Database
    doubt: Says
    trouble: Trouble = "killed"
    #: an order of work that is known to be wrong; "" is the program's own
    order: Literal["", "naive", "hasty", "eager"] = ""
    #: see `tests.chaos.scenes`
    platform: Literal["neutral", "slack", "discord"] = "neutral"

    @property
    def name(self) -> str:
        """As the command line names it: "sqlite/finds", "postgresql/finds/stopped", "slack/sqlite/finds"."""
        more = self.order or (self.trouble if self.trouble != "killed" else "")
        real = self.platform if self.platform != "neutral" else ""
        return "/".join(part for part in (real, self.database, self.doubt, more) if part)

    @property
    def certain(self) -> bool:
        """The platform can say of every message whether it is there."""
        return self.doubt in {"finds", "both"}

    @property
    def workers(self) -> int:
        """A SQLite file has one process; a PostgreSQL two: the realistic case."""
        return 1 if self.database == "sqlite" else 2

    def times(self, kills: int) -> int:
        """How often its trouble comes when a row is killed so often: a standstill takes as long as four kills."""
        return {"killed": kills, "stopped": max(2, kills // 4), "restarted": max(2, kills // 2)}[self.trouble]

    @property
    def quiet(self) -> float:
        """Nothing is open when nothing came for so long: the wait for doubt, a request, a tick and some more, seconds.

        And a lease, which whoever was killed leaves behind; on SQLite the next start frees it.
        """
        lease = LIMITS.lease if self.database == "postgresql" or self.trouble == "stopped" else timedelta()
        return (lease + LIMITS.settling + LIMITS.request).total_seconds() + 1.5


ROWS: Final = (
    *(Row(database, doubt) for database in DATABASES for doubt in DOUBTS),
    *(Row(database, doubt, platform="slack") for database in DATABASES for doubt in SLACK),
    *(Row(database, "both", platform="discord") for database in DATABASES),
    Row("sqlite", "finds", "stopped"),
    Row("postgresql", "repeats", "stopped"),
    Row("postgresql", "finds", "stopped"),
    Row("postgresql", "neither", "stopped"),
    Row("sqlite", "finds", "restarted"),
    Row("postgresql", "finds", "restarted"),
    Row("sqlite", "finds", order="naive"),
    Row("sqlite", "finds", order="hasty"),
    Row("sqlite", "finds", order="eager"),
)
