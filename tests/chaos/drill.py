"""One row from beginning to end."""

from __future__ import annotations

import asyncio
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jobs.settings import Settings
from tests.chaos import desk, evidence, trouble
from tests.chaos.books import Books
from tests.chaos.crew import Crew
from tests.chaos.morning import Expected, prepare
from tests.chaos.program import Orders
from tests.chaos.rows import EACH, FACTOR, Row
from tests.chaos.scenes import SCENES, Scene
from tests.chaos.trouble import NAMED, Done
from tests.rigs import postgres

#: seconds that the platform takes at most before it keeps a message, and again before it says so
DELAY: Final = 0.6
#: the same where the program is asked to end: 3 s, divided
SHORT: Final = 3 / FACTOR
#: seconds of due digests for each kill
SPREAD: Final = 1.5
SHORTER: Final = 0.75
#: so long after the trouble everything must have come, and two seconds for each kill, seconds
PATIENCE: Final = 120.0
#: `status` shows five buttons: so often they are pressed
ROUNDS: Final = 5
#: a row that takes longer than this, and ten seconds for each kill, hangs, seconds
HANGS: Final = 300.0
#: D17: a program that is asked to end does so in 10 s, divided, and what Python itself takes to end
EXIT: Final = 10 / FACTOR + 0.5
#: Alembic's environment is the process's: of two databases that are made at once, one breaks
_PREPARING: Final = asyncio.Lock()


@dataclass(slots=True)
class Outcome:
    """What was counted in one row."""

    row: Row
    kills: int
    deliveries: int
    done: Done
    #: seconds from the start of a process to its first question for work
    starts: list[float]
    doubled: list[tuple[str, str]]
    disorder: list[str]
    violations: list[str]
    #: seconds from when a digest was due to the arrival of each of its messages, sorted
    delays: list[float]
    #: deliveries of which `status` says that nobody knows
    unknown: int
    #: deliveries that were set aside
    aside: int
    #: messages that came only when somebody pressed *Send it again*
    absent: int
    #: by channel: what never came
    lost: dict[str, list[str]]
    #: messages that the platform was asked about
    looked_for: int
    seconds: float = 0.0
    evidence: Path | None = None

    @property
    def lost_messages(self) -> int:
        """How many never came."""
        return sum(map(len, self.lost.values()))

    def faults(self) -> list[str]:
        """What is not as it must be, in sentences; for an order that is known to be wrong: that nothing showed it."""
        match self.row.order:
            case "naive" | "hasty":
                return [] if self.doubled else ["the wrong order doubled nothing: the check sees nothing"]
            case "eager":
                return [] if self.lost else ["the wrong order lost nothing: the check sees nothing"]
        said = [
            *([f"{self.lost_messages} lost"] if self.lost else []),
            *([f"{len(self.doubled)} doubled"] if self.doubled else []),
            *([f"{self.aside} set aside"] if self.aside else []),
            *self.disorder[:3],
            *self.violations[:3],
        ]
        if self.row.certain and self.unknown:
            said.append(f"{self.unknown} unknown where the platform can say")
        if self.row.trouble == "killed" and self.kills >= 40:
            said += [f"no kill at “{point}”" for point in NAMED if not self.done.points[point]]
            # (on PostgreSQL the lease of who was killed outlasts what is on its way)
            if self.row.database == "sqlite" and statistics.median(self.starts) > DELAY:
                said.append(f"a start takes {statistics.median(self.starts):.2f} s: mistake 3 would stay hidden")
        if self.row.trouble == "restarted":
            if max(self.done.exits) > EXIT:
                said.append(f"ended {max(self.done.exits):.2f} s after SIGTERM")
            if self.looked_for > max(1, len(self.done.exits) // 20):
                said.append(f"{self.looked_for} left unsure by {len(self.done.exits)} restarts")
        return said


async def drill(row: Row, kills: int, seed: int = 1) -> Outcome:
    """Do it. Raises RuntimeError when a worker breaks; its log and its database are kept then."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix=f"chaos-{row.name.replace('/', '-')}-"))
    try:
        outcome = await _done(row, kills, folder, random.Random(f"{seed} {row.name}"))
    except asyncio.CancelledError:  # somebody ends us
        shutil.rmtree(folder)
        raise
    outcome.seconds = time.monotonic() - began
    if not outcome.evidence:
        shutil.rmtree(folder)
    return outcome


async def _done(row: Row, kills: int, folder: Path, chance: random.Random) -> Outcome:
    """The platform here, the workers as children, and everything in that folder."""
    async with SCENES[row.platform](row.doubt, chance.randrange(2**32)) as scene:
        scene.slow(SHORT if row.trouble == "restarted" else DELAY)
        async with _PREPARING:
            url = postgres.database(folder) if row.database == "postgresql" else f"sqlite:///{folder}/paperround.db"
            settings = Settings(database_url=url, platforms=(row.platform,), sources=("lab",), shrink=FACTOR)
            spread = (SHORTER if row.trouble == "restarted" else SPREAD) * kills
            expected = await prepare(settings, scene, round(EACH * kills), spread)
        crew = Crew(Orders(settings, scene.name, scene.given, folder / "log", row.order), row.workers)
        try:
            async with asyncio.timeout(HANGS + 10 * kills):
                done = await trouble.DO[row.trouble](crew, scene, row.times(kills), chance)
                outcome = await _counted(row, kills, crew, scene, expected, done)
        finally:
            crew.end()
        if faults := outcome.faults():
            outcome.evidence = folder / "evidence.txt"
            evidence.write(outcome.evidence, url, scene, outcome.doubled, outcome.lost, faults)
    return outcome


async def _counted(  # noqa: PLR0917 - everything that a row is made of
    row: Row, kills: int, crew: Crew, scene: Scene, expected: Sequence[Expected], done: Done
) -> Outcome:
    """Let the program run undisturbed until nothing is open, and count; then press whatever `status` offers."""
    started = crew.dead()
    for number in started:
        crew.start(number)
    await crew.ready(started)
    books, messages = Books(scene, expected), sum(one.messages for one in expected)
    patience = PATIENCE + 2 * kills
    await _until(lambda: _quiet(scene, row.quiet), patience)
    if not row.order and row.certain:  # everything comes; what waits after a failure comes a little later
        await _until(lambda: not books.missing(), patience)
        await _until(lambda: _quiet(scene, row.quiet), patience)
    scene.server.behave()
    shown = await desk.read(scene, expected)
    outcome = Outcome(
        row,
        kills,
        messages,
        done,
        crew.starts,
        books.doubled(),
        books.disorder(),
        scene.server.violations,
        books.delays(),
        unknown=desk.said(shown, desk.UNKNOWN),
        aside=desk.said(shown, desk.ASIDE),
        absent=sum(map(len, books.missing().values())),
        lost={},
        looked_for=scene.asked(),
    )
    for _ in range(ROUNDS):
        if not desk.press(shown):
            break
        await _until(lambda: not books.missing(), row.quiet)
        shown = await desk.read(scene, list(shown))
    if not row.order:
        await _until(lambda: not books.missing(), patience)
    outcome.lost = books.missing()
    if not outcome.unknown:  # nothing was sent again because a person said so
        outcome.doubled = books.doubled()
    return outcome


async def _until(so: Callable[[], bool], seconds: float) -> None:
    """Wait until it is so, or no longer than that."""
    until = time.monotonic() + seconds
    while not so() and time.monotonic() < until:  # noqa: ASYNC110 - the books tell nobody
        await asyncio.sleep(0.2)


def _quiet(scene: Scene, seconds: float) -> bool:
    """Nothing was posted for so long."""
    posts = (arrival.at for arrival in reversed(scene.server.faults.arrivals) if scene.posts(arrival))
    return time.monotonic() - next(posts, 0.0) > seconds
