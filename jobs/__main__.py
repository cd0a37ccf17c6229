"""The command line: `paperround`, or `python -m jobs`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from rich.console import Console

import adapters.platforms
from adapters.http import Http
from adapters.platforms import console
from bot.messages import reports
from bot.messages.digests import counted
from bot.ports import Invites, Manifest, PaperroundError, PostError, Routes, SettingError, Summariser
from jobs import match
from jobs.attend import attend, stopped
from jobs.clock import now
from jobs.demo.driver import ZONE, Week, forget
from jobs.doctor import examine
from jobs.house import alone, among_others, beyond_the_terminal, build, porch, serve
from jobs.outside import (
    MEANWHILE,
    adapter,
    by_tokens,
    load_platform,
    load_platforms,
    load_sources,
    load_summariser,
    unknown_names,
)
from jobs.queue import migrate as migrate_queue
from jobs.settings import Settings, load, texts
from jobs.web import pages
from storage import backups, engines
from storage.cipher import fresh_key
from storage.opening import migrate as migrations

#: where the demonstration keeps its database
DEMO = Path("data/demo.db")
#: columns of the picture for the README
WIDTH = 100


class Stderr(logging.StreamHandler[TextIO]):
    """Logs to standard error as it is at that moment: a line editor stands in for it while somebody types."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.stream = sys.stderr
        super().emit(record)


class Hasty(ThreadPoolExecutor):
    """Threads for what may hang: at the end they are left behind."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End without waiting."""
        super().shutdown(wait=False, cancel_futures=True)


class Version(argparse.Action):
    """Says which release is installed, and ends; looked up only when somebody asks."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Say it."""
        sys.stdout.write(f"paperround {version('paperround')}\n")
        parser.exit()


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code. An error of ours is one sentence."""
    options = parser().parse_args(arguments)
    # until the program listens for it, SIGTERM is what Ctrl-C is
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if options.command == "match":
            return match.run(options.query, options.papers, options.queries, sys.stdout, sys.stderr)
        settings = by_tokens(load())
        form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
        logging.basicConfig(level=settings.log_level, format=form, handlers=[Stderr()])
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            # threads that look up names or parse are not waited for: nothing they do is needed any more
            loop.set_default_executor(Hasty(thread_name_prefix="aside"))
            code = runner.run(COMMANDS[options.command](settings, options))
    except PaperroundError as error:
        sys.stderr.write(f"paperround: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # whoever read along has had enough, as `head` does; what a shell says of SIGPIPE
        return 141
    return code


def parser() -> argparse.ArgumentParser:
    """Every command and its options."""
    made = argparse.ArgumentParser(prog="paperround", description="New papers, delivered to your channel.")
    made.add_argument("--version", action=Version, nargs=0, help="say which release this is")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("run", help="the bot: polls, matches, posts, answers")
    commands.add_parser("worker", help="polls, matches, posts, answers; one of any number of processes")
    commands.add_parser("web", help="takes what platforms bring over HTTP; /health, /metrics; any number of processes")
    listener = commands.add_parser("listen", help="takes what people do on one platform; beside workers")
    listener.add_argument("platform", metavar="NAME", help="the platform: a file in adapters/platforms")
    demo = commands.add_parser("demo", help="a week of papers in the terminal; no account, no network")
    demo.add_argument("--svg", type=Path, metavar="FILE", help="also keep a picture of the terminal")
    commands.add_parser("poll", help="ask every source once, match and keep what is new")
    commands.add_parser("deliver", help="plan what is due and post it, once")
    commands.add_parser("migrate", help="bring the database to this program's schema")
    save = commands.add_parser("backup", help="write everything to one file, while the bot is running")
    save.add_argument("file", type=Path, metavar="FILE")
    take_back = commands.add_parser("restore", help="fill an empty database from a backup; what waited counts as had")
    take_back.add_argument("file", type=Path, metavar="FILE")
    take_back.add_argument("--moved", action="store_true", help="the bot was stopped before the backup was made")
    take_back.add_argument(
        "--forgotten", default="", metavar="DATABASE", help="address or file of a later one: forget whom it forgot"
    )
    commands.add_parser("doctor", help="check settings, database and sources; one line each")
    paste = commands.add_parser("manifest", help="how a platform's app is to be made, ready to paste")
    paste.add_argument("platform", metavar="NAME", help="the platform: slack")
    paste.add_argument("--command", dest="slash", default="", metavar="/NAME", help="where /papers is taken: /arxiv")
    paste.add_argument("--history", action="store_true", help="with SLACK_HISTORY=on: scopes to read channel history")
    invitation = commands.add_parser("invite", help="the link that invites the bot, and what it asks for")
    invitation.add_argument("platform", metavar="NAME", help="the platform: discord")
    commands.add_parser("key", help="print a fresh key for SECRET_KEYS")
    try_out = commands.add_parser("match", help="try a query on papers, offline")
    try_out.add_argument("query", nargs="?", metavar="QUERY")
    try_out.add_argument("--papers", required=True, metavar="FILE.jsonl", help="one paper a line; - is standard input")
    try_out.add_argument("--queries", metavar="FILE.tsv", help="id TAB query, one a line; - is standard input")
    return made


def warn() -> None:
    """Say on standard error what in `.env` nobody reads."""
    for sentence in unknown_names():
        sys.stderr.write(f"paperround: .env: {sentence}\n")


def willing_summariser() -> Summariser | None:
    """Who sums up papers; nobody where the settings for it are wrong, and standard error says so."""
    try:
        return load_summariser()
    except SettingError as error:
        sys.stderr.write(f"paperround: {error} {MEANWHILE}\n")
        return None


async def run(settings: Settings, _: argparse.Namespace) -> int:
    """Run the bot until it is told to stop."""
    warn()
    async with Http(settings.contact) as http:
        platforms, sources = load_platforms(settings, now), load_sources(settings, http)
        async with build(settings, platforms, sources, summariser=willing_summariser()) as house:
            http.turns = house.store
            if list(platforms) == ["console"]:
                sys.stderr.write("No token is set, so this runs in the terminal, on live sources. `quit` ends it.\n")
            await serve(house, settings)
    return 0


async def worker(settings: Settings, _: argparse.Namespace) -> int:
    """Work beside other processes until told to stop; listens to nobody."""
    warn()
    among_others(settings, "worker")
    beyond_the_terminal(settings, "worker", "post to")
    async with Http(settings.contact) as http:
        platforms, sources = load_platforms(settings, now), load_sources(settings, http)
        async with build(settings, platforms, sources, summariser=willing_summariser()) as house:
            http.turns = house.store
            await serve(house, settings, listening=False)
    return 0


async def web(settings: Settings, _: argparse.Namespace) -> int:
    """Serve the pages until told to stop."""
    among_others(settings, "web")
    platforms = load_platforms(settings, now)
    async with (
        porch(settings, platforms) as inside,
        pages(inside.store, platforms.values(), inside.inbox, settings.port, now) as port,
    ):
        sys.stderr.write(f"Listening on port {port}.\n")
        # what comes to our pages comes of itself; meanwhile such a platform sees to its tokens
        if served := {name: one for name, one in platforms.items() if isinstance(one, Routes)}:
            await attend(served, inside.inbox, shrink=settings.shrink)
        else:
            await stopped()
    return 0


async def listen(settings: Settings, options: argparse.Namespace) -> int:
    """Listen to one platform until told to stop."""
    among_others(settings, "listen")
    settings = settings.model_copy(update={"platforms": (options.platform,)})
    beyond_the_terminal(settings, "listen", "listen to")
    platforms = load_platforms(settings, now)
    async with porch(settings, platforms) as inside:
        await attend(platforms, inside.inbox, shrink=settings.shrink)
    return 0


async def demo(settings: Settings, options: argparse.Namespace) -> int:
    """Play the week back."""
    settings = settings.model_copy(update={"database_url": f"sqlite:///{DEMO}"})
    screen = picture() if options.svg else None
    async with Week() as week:
        platforms = {
            "console": console.platform({"CONSOLE_ZONE": str(ZONE)}, clock=week.tick, out=screen, words=week.words)
        }
        async with build(settings, platforms, week.sources, week.now) as house:
            ended = await week.play(house)
    if ended:
        forget(DEMO)
    if screen is not None:
        options.svg.write_text(console.svg(screen))
    return 0


def picture() -> Console:
    """A terminal that nobody sees and that keeps a picture."""
    return Console(record=True, width=WIDTH, force_terminal=True, color_system="truecolor", file=io.StringIO())


async def poll(settings: Settings, _: argparse.Namespace) -> int:
    """Ask every source once."""
    async with Http(settings.contact) as http, build(settings, {}, load_sources(settings, http)) as house:
        http.turns = house.store
        await house.poll.every_one()
        lines = [reports.source_line(state, now()) for state in await house.store.sources()]
        well = all(state.health.well for state in await house.store.sources())
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if well else 1


async def deliver(settings: Settings, _: argparse.Namespace) -> int:
    """Plan what is due and post it."""
    async with build(settings, load_platforms(settings, now), {}, summariser=willing_summariser()) as house:
        await house.plan.due()
        await house.enrich.due()
        sent = await house.deliver.due()
        await house.enrich.stop()
    sys.stderr.write(f"Posted: {counted(sent, 'message')}.\n")
    return 0


async def migrate(settings: Settings, _: argparse.Namespace) -> int:
    """Bring the database to this program's schema."""
    applied = await migrations(settings.database_url)
    if not alone(settings):
        applied += await migrate_queue(settings.database_url)
    if not applied:
        sys.stdout.write("Nothing to do: the database is up to date.\n")
        return 0
    copy = backups.copy_of(engines.address(settings.database_url), applied)
    before = f" The database as it was is {copy}." if copy else ""
    sys.stdout.write(f"Applied: {', '.join(applied)}.{before}\n")
    return 0


async def backup(settings: Settings, options: argparse.Namespace) -> int:
    """Write everything to one file."""
    rows = await backups.backup(settings.database_url, options.file, now())
    sys.stdout.write(f"Saved {counted(rows, 'row')} to {options.file}.\n")
    return 0


async def restore(settings: Settings, options: argparse.Namespace) -> int:
    """Fill an empty database from a backup."""
    done = await backups.restore(
        settings.database_url, options.file, now(), moved=options.moved, forgotten_by=options.forgotten
    )
    made = f"{done.made:%d %b %Y, %H:%M} UTC"
    sys.stdout.write(f"Restored {counted(done.rows, 'row')} of {made}. The search index is built at the next start.\n")
    if options.forgotten:
        asked = "who asked for it later" + (" was" if done.forgotten == 1 else " were")
        forgotten = f"{counted(done.forgotten, 'person', 'people')} {asked} forgotten again"
        sys.stdout.write(f"{forgotten if done.forgotten else 'Nobody asked later to be forgotten'}.\n")
    if options.moved:
        sys.stdout.write("You said the old bot was stopped: what waited still waits.\n")
    else:
        sys.stdout.write("Papers that waited count as had, so that none comes twice.\n")
    if done.unsure:
        doubt = f"{counted(done.unsure, 'message')} may have been posted already"
        sys.stdout.write(f"{doubt}: the platform is asked where it can say.\n")
        if not options.moved:
            again = "restore again with --moved into a new database"
            sys.stdout.write(f"If the old bot was stopped before the backup, {again}.\n")
    sys.stdout.write("Now start it: paperround run.\n")
    return 0


async def doctor(settings: Settings, _: argparse.Namespace) -> int:
    """Check everything that can be checked; one line each."""
    well = True
    async for finding in examine(settings):
        sys.stdout.write(finding.line + "\n")
        sys.stdout.flush()  # a source takes seconds
        well = well and finding.ok
    return 0 if well else 1


async def manifest(_: Settings, options: argparse.Namespace) -> int:
    """Print how a platform's app is to be made."""
    module = adapter(adapters.platforms, "manifest", options.platform)
    if not isinstance(module, Manifest):
        raise SettingError(f"{options.platform} has no manifest; slack has one.")
    given = texts(module.SETTINGS, os.environ)
    sys.stdout.write(f"{module.manifest(given, command=options.slash, history=options.history)}\n")
    return 0


async def invite(_: Settings, options: argparse.Namespace) -> int:
    """Print the link that invites the bot."""
    name = str(options.platform).lower()
    if name == "slack":
        raise SettingError("A Slack app is not invited by a link: paste what `paperround manifest slack` prints.")
    platform = load_platform(name, now)
    if not isinstance(platform, Invites):
        raise SettingError(f"There is no invitation to {options.platform}; discord has one.")
    try:
        said = await platform.invitation()
    except PostError as error:
        raise SettingError(f"The link cannot be made just now: {error}") from error
    sys.stdout.write(f"{said}\n")
    return 0


async def key(_: Settings, __: argparse.Namespace) -> int:
    """Print a fresh key for SECRET_KEYS."""
    sys.stdout.write(f"{fresh_key()}\n")
    return 0


COMMANDS = {
    "run": run,
    "worker": worker,
    "web": web,
    "listen": listen,
    "demo": demo,
    "poll": poll,
    "deliver": deliver,
    "migrate": migrate,
    "backup": backup,
    "restore": restore,
    "doctor": doctor,
    "manifest": manifest,
    "invite": invite,
    "key": key,
}


def program() -> None:
    """The console script: ends when the command has ended, and does not wait for a name look-up that hangs."""
    code = main()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    program()
