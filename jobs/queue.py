"""Who is woken when there is work: this process, and on PostgreSQL every process that shares the database.

A wake is a hint, never the work itself: what is due stands in the database, a claim decides who does it, and the next
tick replaces a hint that was lost. So nothing here may stop anybody: a `Queue` that has no connection is silent.

Between processes a hint is a job of Procrastinate, the only library that stands for it, on the same PostgreSQL: "shard
k of that verb may have work". A job that waits already says the same (`queueing_lock`), one that runs does not, and
one that is done is deleted. Procrastinate's tables lie in a schema of their own, and are made and brought up to date
by `migrate`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.ports import PaperroundError, StorageError, Verb, Wake

# what a process on SQLite never needs is imported when it is: 0.5 s
if TYPE_CHECKING:
    from procrastinate import App
    from psycopg import AsyncConnection

log = logging.getLogger(__name__)

#: channels that one job speaks for: about as many as one worker posts to in a few seconds
SHARD = 200
#: seconds in which hints are gathered
GATHERED = 0.05
#: seconds that we wait for a connection, and before a lost one is opened again
PATIENCE = 5.0
PAUSE = 2.0
#: seconds after which a connection counts as standing
STANDING = 60.0
#: seconds between two looks for jobs that came before we listened
GLANCE = 5.0
#: where Procrastinate's tables lie
SCHEMA = "procrastinate"


class Woken:
    """A verb that runs when woken, one run at a time; wakes during a run lead to one more run."""

    def __init__(self, verb: Verb, nudge: Wake = lambda: None) -> None:
        """`nudge` tells a run that goes on that there is more."""
        self._verb = verb
        self._nudge = nudge
        self._asked = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def wake(self) -> None:
        """Ask for a run; may be called as often as one likes."""
        self._idle.clear()
        self._asked.set()
        self._nudge()

    async def idle(self) -> None:
        """Wait until nothing is asked for and nothing runs."""
        await self._idle.wait()

    async def run(self) -> None:
        """Run the verb each time it is woken, for ever. What goes wrong waits for the next wake."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self._verb()
            except PaperroundError as error:
                log.warning("Put off: %s", error, extra={"action": "put_off"})
            except Exception:
                # whatever it is, the next wake finds the work where it was
                log.exception("A verb broke", extra={"action": "verb_broke"})
            finally:
                if not self._asked.is_set():
                    self._idle.set()


class Delivering:
    """Whoever delivers, woken platform by platform: who waits for one waits for no other."""

    def __init__(
        self, platforms: Iterable[str], verb: Callable[[str], Awaitable[object]], nudge: Callable[[str], None]
    ):
        """`verb` posts what there is to post on one platform; `nudge` tells it that there is more."""
        self._woken = {name: Woken(partial(verb, name), partial(nudge, name)) for name in platforms}

    def wake(self) -> None:
        """There may be something to post, anywhere; may be called as often as one likes."""
        for woken in self._woken.values():
            woken.wake()

    async def idle(self, platform: str = "") -> None:
        """Wait until nothing is being posted, on one platform or on all."""
        await asyncio.gather(*(woken.idle() for name, woken in self._woken.items() if platform in ("", name)))

    async def run(self) -> None:
        """Post on each platform whenever it is woken, for ever."""
        await asyncio.gather(*(woken.run() for woken in self._woken.values()))


class Queue:
    """Wakes the workers among all processes on one PostgreSQL, and lets this one be woken."""

    def __init__(self, url: str, hears: Mapping[str, Wake] | None = None) -> None:
        """`hears` is what this process works on: the name of a verb and what wakes it here."""
        self._address = _libpq(url)
        self._hears = dict(hears or {})
        self._said: set[tuple[str, int]] = set()
        self._some = asyncio.Event()

    def wake(self, verb: str, channels: int = 1) -> None:
        """Say that so many channels may have work for that verb; returns at once, and asks nobody."""
        self._said |= {(verb, shard) for shard in range(math.ceil(channels / SHARD))}
        self._some.set()

    async def run(self) -> None:
        """Carry hints for ever."""
        told = False
        clock = asyncio.get_running_loop().time
        while True:
            opened = clock()
            try:
                async with _opened(self._address) as app:
                    await self._carry(app)
            except Exception as error:
                told = told and clock() - opened < STANDING
                if not told:
                    log.warning(
                        "The queue lost its connection: until it is back, work starts up to 15 seconds later.",
                        extra={"action": "queue_lost", "kind": type(error).__name__},
                    )
                    told = True
            await asyncio.sleep(PAUSE)

    async def _carry(self, app: App) -> None:
        tasks = [asyncio.create_task(self._say(app))]
        if self._hears:
            tasks.append(asyncio.create_task(self._hear(app)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _say(self, app: App) -> None:
        """Pass on what is said here."""
        from procrastinate.exceptions import AlreadyEnqueued  # noqa: PLC0415 - see above

        while True:
            while self._said:
                # taken away before it is passed on: what is said meanwhile may be about newer work
                verb, shard = said = self._said.pop()
                job = app.configure_task("wake", queue=verb, queueing_lock=f"{verb}/{shard}")
                try:
                    await job.defer_async(verb=verb, shard=shard)
                except AlreadyEnqueued:
                    log.debug("Shard %d of %s is woken already", shard, verb)
                except BaseException:
                    self._said.add(said)
                    raise
            await asyncio.sleep(GATHERED)
            self._some.clear()
            if not self._said:
                await self._some.wait()

    async def _hear(self, app: App) -> None:
        """Wake what is to be woken here; ends when the connection does."""
        from procrastinate.jobs import DeleteJobCondition, Status  # noqa: PLC0415 - see above

        async def wake(verb: str, shard: int) -> None:
            log.debug("Shard %d of %s may have work", shard, verb)
            self._hears[verb]()

        app.task(name="wake")(wake)
        for job in await app.job_manager.get_stalled_jobs():
            # its worker died in the middle of hearing it
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        await app.run_worker_async(
            queues=list(self._hears),
            delete_jobs=DeleteJobCondition.ALWAYS,
            fetch_job_polling_interval=GLANCE,
            install_signal_handlers=False,
        )
        raise ConnectionError("Procrastinate’s worker has ended.")


async def migrate(url: str) -> list[str]:
    """Bring Procrastinate's tables to its version in one transaction; what was applied. Raises StorageError.

    It publishes each release's changes as scripts named by release, and keeps no record of what a database has: the
    comment of the schema does. Scripts for before and after an upgrade are applied together: what an older process
    cannot do in between is to give hints.
    """
    import psycopg  # noqa: PLC0415 - see above

    installed = version("procrastinate")
    try:
        async with await psycopg.AsyncConnection.connect(_libpq(url), connect_timeout=5) as connection:
            # of several processes that begin at once one does it and the others wait
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('paperround/procrastinate'))")
            found = await connection.execute(
                "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [SCHEMA]
            )
            row = await found.fetchone()
            at = (row[0] or "") if row else ""
            if _numbers(at) >= _numbers(installed):
                return []
            if row is None:
                await connection.execute(f"CREATE SCHEMA {SCHEMA}")
            await connection.execute(f"SET LOCAL search_path TO {SCHEMA}")
            for step in _steps(at):
                await connection.execute(step.read_bytes())
            await connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{installed}'")
    except psycopg.Error as error:
        raise StorageError("The tables of Procrastinate could not be made or brought up to date.") from error
    return [f"{SCHEMA} {installed}"]


def _steps(at: str) -> Sequence[Path]:
    """The scripts that lead from that version ("": from nothing) to the installed one."""
    from procrastinate import schema  # noqa: PLC0415 - see above

    scripts = Path(schema.SchemaManager.get_migrations_path())
    if not at:
        return [scripts.parent / "schema.sql"]
    return sorted(script for script in scripts.glob("*.sql") if _numbers(script.name) > _numbers(at))


def _numbers(release: str) -> list[int]:
    """Of "03.04.00_01_pre_…" and "3.4.0" alike: 3, 4, 0."""
    return [int(number) for number in re.findall(r"\d+", release)[:3]]


@asynccontextmanager
async def _opened(address: str) -> AsyncIterator[App]:
    """Procrastinate with connections of its own."""
    from procrastinate import App, PsycopgConnector  # noqa: PLC0415 - see above

    # what they tell of a lost connection is one warning of ours
    for name in ("procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    kwargs = {"connect_timeout": 5, "application_name": "paperround queue"}
    connector = PsycopgConnector(
        conninfo=address,
        kwargs=kwargs,
        configure=_at_home,
        min_size=1,
        max_size=3,
        timeout=PATIENCE,
        reconnect_timeout=PATIENCE,
    )
    app = App(connector=connector)
    try:
        async with asyncio.timeout(PATIENCE):
            await app.open_async()
        yield app
    finally:
        await app.close_async()


async def _at_home(connection: AsyncConnection[Any]) -> None:
    await connection.execute(f"SET search_path TO {SCHEMA}")
    await connection.commit()


def _libpq(url: str) -> str:
    """The address as PostgreSQL's own library reads it."""
    return re.sub(r"^postgres(ql)?(\+\w+)?:", "postgresql:", url)
