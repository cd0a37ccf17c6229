"""The rules of the house, executable: who may import whom, what must be documented, what must not be written."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import commands
from jobs import __main__ as command_line
from jobs.answer import HANDLERS
from jobs.outside import adapter, modules
from jobs.settings import Settings

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "adapters", "storage", "jobs")
README = (ROOT / "README.md").read_text()

#: what decides may compute, and nothing else
PURE = {
    *("__future__", "abc", "base64", "bisect", "collections", "contextlib", "copy", "csv", "dataclasses", "datetime"),
    *("difflib", "enum", "fractions", "functools", "hashlib", "heapq", "html", "importlib", "io", "itertools", "json"),
    *("math", "operator", "re", "statistics", "string", "textwrap", "types", "typing", "unicodedata", "urllib", "zlib"),
    *("zoneinfo", "gzip", "pylatexenc", "warnings", "array", "struct", "calendar", "contextvars"),
}
#: what each room may import besides the standard library
ALLOWED = {
    "bot": {"bot"},
    "storage": {"bot", "storage", "sqlalchemy", "alembic", "aiosqlite", "sqlite3"},
}
#: SDKs and who alone may know them
ALONE = {
    "apscheduler": {"jobs/schedule.py"},
    "procrastinate": {"jobs/queue.py"},
    "feedparser": {"adapters/sources/feed"},
    "slack_sdk": {"adapters/platforms/slack"},
    "slack_bolt": {"adapters/platforms/slack"},
    "discord": {"adapters/platforms/discord"},
    "prompt_toolkit": {"adapters/platforms/console"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
}
#: the composition: the only files that import everything
COMPOSITION = {"jobs/__main__.py", "jobs/house.py", "jobs/outside.py", "jobs/doctor.py", "jobs/demo"}
#: what speaks to the one who runs the program: its commands, its settings, its queue, its port
TO_THE_OPERATOR = {"jobs/match.py", "jobs/settings.py", "jobs/queue.py", "jobs/web.py", "jobs/word_table"}
#: a sentence, or a part of one: it begins with a capital, or ends as one does, or has three words; no command has those
SENTENCE = re.compile(r"\W*[A-Z].* |.* .*[\w}][.?!:;][”’\s]*$|.*[^\W\d_]{2,} +[^\W\d_]{2,} +[^\W\d_]{2,}", re.DOTALL)
#: a whole sentence, as people are told one. What decides also holds lists of words, patterns, names of categories, the
#: one line of each command in the table, and the pieces from which a query is said again or a variant is labelled:
#: those belong to the word that is understood, and none of them is a sentence
WHOLE = re.compile(
    r"""[^\w\s]*[A-Z{].*\ .*[\w}][^\w\s]*[.?!]\W*$      # "Name a topic.", “{}” is no date.
      | [^\w\s]*[A-Z{=*].*\ .*[\w}][^\w\s]*[.?!:;]\ .*""",  # the beginning of more
    re.DOTALL | re.VERBOSE,
)
#: whole sentences that nobody is told who uses the bot, and why they stand where they do
NOT_SAID = {
    "bot/citations/reference.py": "a pattern, with marks of sentences in it",
    "bot/ports/deadline.py": "for the log: why a post was not begun",
    "bot/summary/asked.py": "what a language model is told: part of its protocol",
    "bot/summary/checked.py": "for the log: what was wrong with a model's answer",
    "adapters/platforms/console/__init__.py": "for whoever sets the program up: a setting that is wrong",
    "adapters/platforms/console/streams.py": "for the log: the output is closed, so nobody reads it",
}
#: what people read or press, by its name in the code
TOLD = {"CommandError", "QueryError", "Message", "Action", "Ask"}


def files(room: str) -> Iterator[Path]:
    yield from sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def sentences(code: str) -> Iterator[str]:
    """The texts in it that read as sentences, with {} for what is put into them; not what documents and what is logged.

    >>> list(sentences('CommandError(f"There is no number {number} here.", f"unfollow {number}")'))
    ['There is no number {} here.']
    """
    waiting: list[ast.AST] = [ast.parse(code)]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"))) | ast.Expr(value=ast.Constant()):
                continue
            case ast.JoinedStr(values=parts):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
            case ast.Constant(value=str(text)):
                pass
            case _:
                text = ""
        if SENTENCE.match(text):
            yield text
        else:
            waiting.extend(ast.iter_child_nodes(node))


def inside(path: Path, places: set[str]) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(name == place or name.startswith((f"{place}/", f"{place}.py")) for place in places)


def test_bot_imports_nothing_but_what_computes() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files("bot")
        for name in imports(path)
        if name.split(".")[0] not in PURE | ALLOWED["bot"] or name == "urllib.request"
    ]

    assert not wrong


def test_importing_bot_loads_nothing_that_talks_to_the_world() -> None:
    code = (
        "import pkgutil, importlib, sys, bot\n"
        "for m in pkgutil.walk_packages(bot.__path__, 'bot.'): importlib.import_module(m.name)\n"
        "world = {'asyncio', 'sqlalchemy', 'aiohttp', 'feedparser', 'rich', 'discord', 'slack_sdk'}\n"
        "print(sorted(world & set(sys.modules)))"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout

    assert loaded.strip() == "[]"


def test_storage_imports_only_bot_and_its_database_libraries() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files("storage")
        for name in imports(path)
        if name.split(".")[0] in {"adapters", "jobs", "aiohttp", "rich", "feedparser"}
    ]

    assert not wrong


def test_adapters_import_neither_storage_nor_jobs_nor_each_other() -> None:
    wrong: list[str] = []
    for path in files("adapters"):
        parts = path.relative_to(ROOT / "adapters").with_suffix("").parts
        own = ".".join(("adapters", *parts[:2])) if parts[0] in ("platforms", "sources") else f"adapters.{parts[0]}"
        for name in imports(path):
            room = name.split(".")[0]
            foreign = room in {"storage", "jobs"}
            other = room == "adapters" and not name.startswith((own, "adapters.http"))
            if foreign or other:
                wrong.append(f"{path.relative_to(ROOT)}: {name}")

    assert not wrong


def test_the_verbs_import_only_bot() -> None:
    wrong: list[str] = []
    for path in files("jobs"):
        if inside(path, COMPOSITION):
            continue
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts[:2])
        for name in imports(path):
            room = name.split(".")[0]
            if room in {"adapters", "storage"} or (room == "jobs" and not name.startswith(own)):
                wrong.append(f"{path.relative_to(ROOT)}: {name}")

    assert not wrong


def test_the_verbs_say_nothing_in_words_of_their_own() -> None:
    """Every sentence said is in bot.messages."""
    wrong = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in files("jobs")
        if not inside(path, COMPOSITION | TO_THE_OPERATOR)
        for text in sentences(path.read_text())
    ]

    assert not wrong


def test_what_decides_and_the_terminal_say_nothing_in_words_of_their_own() -> None:
    """Every sentence said is in bot.messages, also that of a query or a command that is not understood."""
    found = {
        path.relative_to(ROOT).as_posix(): text
        for path in (*files("bot"), *files("adapters/platforms/console"))
        if not inside(path, {"bot/messages"})
        for text in sentences(path.read_text())
        if WHOLE.match(text)
    }

    assert set(found) - set(NOT_SAID) == set(), found
    assert set(NOT_SAID) - set(found) == set(), "an exception that is needed no more"


def test_adapters_tell_people_nothing_in_words_of_their_own() -> None:
    """The sentences in adapters say what a platform's or a site's error means, or which setting is wrong."""
    wrong = [
        f"{path.relative_to(ROOT)}: {text}"
        for room in ("bot", "adapters")
        for path in files(room)
        if not inside(path, {"bot/messages"})
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TOLD
        for text in sentences(ast.unparse(call))
    ]

    assert not wrong


@pytest.mark.parametrize(
    "said",
    [
        "Name a topic, for example: tokenization.",
        "“{}” is no date in the past. Write {}:may or {}:monday.",
        "{} is one of {}; nothing was sent.",
        "= goes right before a word: =tokenizer.",
        "* alone would match every paper; write the beginning: token*.",
        "There is no field “{}:”; did you mean “{}:”?",
    ],
)
def test_a_whole_sentence_is_found(said: str) -> None:
    assert WHOLE.match(said)


@pytest.mark.parametrize(
    "piece",
    ["only in titles", "{} (in this spelling, or “{}”)", "send what is waiting, at once", "AI AR CC CE", "et al."],
)
def test_a_piece_of_what_is_understood_is_no_whole_sentence(piece: str) -> None:
    assert not WHOLE.match(piece)


@pytest.mark.parametrize(
    "said",
    [
        'raise CommandError("Nothing is followed here.", "list")',
        'raise CommandError(f"{again.shown} is followed here already.", f"unfollow {number}")',
        'error = CommandError(f"“{word}” is no number" + f"; you shared {number} today", "list")',
        'public(act, answers.said(act.person, "resumed the digest."))',
        'Message(title="All well", actions=(Action("Undo", "resume"),))',
        'Action("Search its title", "search {title}")',
        'Decision(State.UNKNOWN, reason="looking for it broke")',
        "many = f'{len(papers)} papers.'",
    ],
)
def test_a_sentence_in_a_verb_is_found(said: str) -> None:
    assert list(sentences(f"def verb():\n    {said}"))


@pytest.mark.parametrize(
    "typed",
    [
        '"""What it does, in a sentence. Raises CommandError."""',
        'log.warning("An act waits: %s", error, extra={"action": "act_waits"})',
        'raise CommandError(refusing.no_number(number), f"unfollow {number}")',
        'raise CommandError(refusing.FORGET_HOW, "forget me")',
        'name, _, value = rest.partition(" ")',
        'DAYS = ("monday", "until monday", "max 5", "1 month", "UTC")',
    ],
)
def test_a_command_in_a_verb_is_no_sentence(typed: str) -> None:
    assert not list(sentences(f"def verb():\n    {typed}"))


def test_each_sdk_is_known_in_one_place() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for room in ROOMS
        for path in files(room)
        for name in imports(path)
        if name.split(".")[0] in ALONE and not inside(path, ALONE[name.split(".")[0]])
    ]

    assert not wrong


def test_what_decides_asks_no_clock() -> None:
    asking = re.compile(r"\b(?:datetime\.now|date\.today|utcnow|time\.time|monotonic)\s*\(")
    wrong = [path.name for room in ("bot", "storage") for path in files(room) if asking.search(path.read_text())]

    assert not wrong


def test_no_room_has_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "manager", "service", "base", "core", "misc"}

    assert not [path for room in ROOMS for path in files(room) if path.stem in drawers]


def test_every_file_fits_one_sitting() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {len(path.read_text().splitlines())} lines"
        for room in ROOMS
        for path in files(room)
        if len(path.read_text().splitlines()) > 400
    ]

    # ports.py is every door of the house on one page; all the other files explain one idea
    assert long == []


@pytest.mark.parametrize("command", commands.TABLE, ids=lambda command: command.word)
def test_every_command_is_answered_and_documented(command: commands.Command) -> None:
    assert command.word in HANDLERS
    assert command.hidden or f"`{command.word}" in README


def test_every_setting_is_documented() -> None:
    import adapters.platforms  # noqa: PLC0415  # only its path is wanted
    import adapters.sources  # noqa: PLC0415
    import adapters.summaries  # noqa: PLC0415

    names = {name.upper() for name in Settings.model_fields}
    packages = {"PLATFORMS": adapters.platforms, "SOURCES": adapters.sources, "LLM_BASE_URL": adapters.summaries}
    for variable, package in packages.items():
        for module in modules(package):
            names |= set(adapter(package, variable, module).SETTINGS)
    example = (ROOT / ".env.example").read_text()

    assert {name for name in names if f"`{name}`" not in README} == set()
    assert {name for name in names if name not in example} == set()


def test_every_program_command_is_documented() -> None:
    assert {word for word in (*command_line.COMMANDS, "match") if f"`paperround {word}" not in README} == set()


def test_every_library_has_its_reason_in_the_table_of_choices() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text.split("dependencies = [", 1)[1].split("]\n", 1)[0]
    names = {re.split(r"[\[<>=]", line.strip().strip('",'))[0].lower() for line in block.splitlines() if line.strip()}

    assert {name for name in names if f"| {name}" not in README.lower()} == set()
