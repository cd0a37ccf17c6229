"""What is done to the workers while they work."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.crew import NONE, Crew, Worker
from tests.chaos.program import POINTS, Fuse
from tests.chaos.rows import LIMITS, Trouble
from tests.chaos.scenes import Scene
from tests.rigs.faults import Arrival
from tests.rigs.faults.misbehaving import nothing

#: seconds that a worker lives after it began to ask for work
LIFE: Final = (0.05, 3.0)
#: a start that is killed has had so many
START: Final = (0.0, 0.3)
#: a named point that is not passed in so many seconds is given up
PASSING: Final = 5.0
#: the first of these passings of a point, and the last, that may be the one
OFTEN: Final = (1, 5)
TIMES: Final = {"planned": (1, 2)}
#: points that the platform sees
SEEN: Final = ("first byte", "committed")
#: in the order in which a delivery passes them
NAMED: Final = ("planned", "sending", "posting", *SEEN, "answered", "recording", "recorded")
#: where a standstill is worst comes first: what was about to be said must not be said any more
STOPS: Final = ("posting", "sending", "answered", "recording", "recorded", "planned")
RANDOM: Final = "at random"
STARTING: Final = "starting"
#: seconds that a worker stands still: longer than its lease, so that another has taken over and posted meanwhile
STILL: Final = 1.6 * LIMITS.lease.total_seconds()


@dataclass(slots=True)
class Done:
    """What was done."""

    #: how often, by point
    points: Counter[str] = field(default_factory=Counter)
    #: seconds from SIGTERM to the end of the process
    exits: list[float] = field(default_factory=list)


async def killed(crew: Crew, scene: Scene, times: int, chance: random.Random) -> Done:
    """kill -9, in ten: four while it works, one while it starts, five at the named points in turn.

    A point that is not passed in time is a kill at random. What the platform sees kills all workers, as when the
    machine goes; everything else kills one.
    """
    done, coming = Done(), deque(NAMED)
    for number in range(times):
        point = STARTING if number % 10 == 4 else RANDOM if number % 5 in {0, 2} else coming[0]
        victim = await _begun(crew, point, signal.SIGKILL, chance)
        if point in SEEN:
            reached = await _seen(crew, scene, point, chance)
        else:
            reached = await _passed(crew.workers[victim], point, chance)
        if point in NAMED:
            coming.rotate(-1)
        done.points[point if reached else RANDOM] += 1
        crew.workers[victim].signal(signal.SIGKILL)
        await crew.workers[victim].gone()
    return done


async def _begun(crew: Crew, point: str, number: int, chance: random.Random) -> int:
    """Start who is dead, the victim with a fuse if its end is to come at a point of its own; gives the victim."""
    started = crew.dead()
    victim = chance.choice(started) if started else chance.randrange(crew.size)
    fuse = Fuse(point, chance.randint(*TIMES.get(point, OFTEN)), number) if point in POINTS else NONE
    for one in started:
        crew.start(one, fuse if one == victim else NONE)
    if point != STARTING:
        await crew.ready(started)
    return victim


async def _passed(worker: Worker, point: str, chance: random.Random) -> bool:
    """Wait until the worker is at that point; False when it does not come there."""
    if point in POINTS:
        return await worker.until(point, PASSING)
    await asyncio.sleep(chance.uniform(*(LIFE if point == RANDOM else START)))
    return True


async def _seen(crew: Crew, scene: Scene, point: str, chance: random.Random) -> bool:
    """Kill all workers when the platform sees the first byte of a post, or has committed one; False if it does not."""
    reached = asyncio.Event()
    left = chance.randint(*OFTEN)

    def see(arrival: Arrival) -> None:
        nonlocal left
        if scene.posts(arrival) and not reached.is_set():
            left -= 1
            if left == 0:
                crew.signal_all(signal.SIGKILL)
                reached.set()

    name = {"first byte": "on_first_byte", "committed": "on_commit"}[point]
    setattr(scene.server.faults, name, see)
    try:
        await asyncio.wait_for(reached.wait(), PASSING)
    except TimeoutError:
        return False
    finally:
        setattr(scene.server.faults, name, nothing)
    return True


async def stopped(crew: Crew, scene: Scene, times: int, chance: random.Random) -> Done:
    """SIGSTOP past the lease while the others go on, then SIGCONT: at random and at the points in turn."""
    done, coming = Done(), deque(STOPS)
    for number in range(times):
        point = RANDOM if number % 2 else coming[0]
        if point in POINTS and not crew.dead():  # only who is started now can have a fuse
            last = crew.workers[number // 2 % crew.size]
            last.signal(signal.SIGTERM)
            last.signal(signal.SIGCONT)  # a fuse that was given up may have gone off since
            await last.gone()
        victim = await _begun(crew, point, signal.SIGSTOP, chance)
        reached = await _passed(crew.workers[victim], point, chance)
        if point in POINTS:
            coming.rotate(-1)
        done.points[point if reached else RANDOM] += 1
        crew.workers[victim].signal(signal.SIGSTOP)
        await asyncio.sleep(STILL)
        crew.workers[victim].signal(signal.SIGCONT)
        await asyncio.sleep(chance.uniform(*LIFE))
    crew.signal_all(signal.SIGCONT)
    return done


async def restarted(crew: Crew, scene: Scene, times: int, chance: random.Random) -> Done:
    """SIGTERM in the middle of the work, and a new start, one worker after the other."""
    done = Done()
    for number in range(times):
        await _begun(crew, RANDOM, signal.SIGTERM, chance)
        worker = crew.workers[number % crew.size]
        await _passed(worker, RANDOM, chance)
        began = time.monotonic()
        worker.signal(signal.SIGTERM)
        await worker.gone()
        done.exits.append(time.monotonic() - began)
        done.points["SIGTERM"] += 1
    return done


DO: Final[dict[Trouble, Callable[[Crew, Scene, int, random.Random], Awaitable[Done]]]] = {
    "killed": killed,
    "stopped": stopped,
    "restarted": restarted,
}
