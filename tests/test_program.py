"""The program as people start it: its commands, its settings, its mistakes told in one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from asyncio import to_thread
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from jobs.doctor import clock
from jobs.settings import load
from storage import open_store
from tests.rigs import postgres
from tests.rigs.feeds import FeedServer, Page
from tests.rigs.pages import FIRST, rss_of_arxiv

ROOT = Path(__file__).parents[1]


def run(folder: Path, *words: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `paperround` in an empty folder, with nothing in the environment but what is given."""
    return subprocess.run(
        [sys.executable, "-m", "jobs", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_the_terminal_reads_lines_until_the_input_ends(tmp_path: Path) -> None:
    lines = "/papers follow tokenization\nnext\nreact 1 🔖\n/papers saved\n/papers export bibtex\n/papers status\n"

    done = run(tmp_path, "demo", typed=lines)

    assert done.returncode == 0
    assert done.stderr == ""
    assert "new papers · Tuesday 14 April" in done.stdout
    assert "Your reading list: 1 paper" in done.stdout
    assert "@misc{" in done.stdout


def test_a_wrong_line_gets_a_sentence_and_the_rest_goes_on(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", typed="folow x\nreact 99 🔖\npress nothing\n\x00\nlist\n")

    assert done.returncode == 0
    assert "Did you mean `follow x`?" in done.stdout
    assert "Nothing is followed here yet." in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PLATFORMS": "telegram"}, "PLATFORMS names “telegram”; this release has: console, "),
        ({"SOURCES": "arxiv,nasa"}, "SOURCES names “nasa”; this release has: arxiv, feed, huggingface."),
        ({"POLL_MINUTES": "soon"}, "POLL_MINUTES is not right; it is 1 to 1440, the minutes between two questions"),
        (
            {"DATABASE_URL": "mysql://root:hunter2@db/x"},
            "DATABASE_URL is not right; it is where everything is kept: sqlite:///FILE or",
        ),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL names no file"),
        ({"DATABASE_URL": "sqlite:///."}, "DATABASE_URL names no file"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is not right; it is DEBUG, INFO, WARNING or ERROR"),
        ({"PLATFORMS": ","}, "PLATFORMS is not right; it is the platforms to serve"),
        ({"SOURCES": " "}, "SOURCES is not right; it is the sources to poll"),
        ({"ARXIV_GAP": "often"}, "ARXIV_GAP is a number of seconds"),
        ({"ARXIV_GAP": "1"}, "ARXIV_GAP is a number of seconds, 3 or more"),
        ({"ARXIV_ARCHIVES": "cs,zz"}, "ARXIV_ARCHIVES names “zz”"),
        ({"ARXIV_API_URL": "export.arxiv.org"}, "ARXIV_API_URL “export.arxiv.org” is not an address"),
        ({"HF_URL": "foo"}, "HF_URL “foo” is not an address"),
        ({"HF_URL": "https://"}, "HF_URL “https://” is not an address"),
        ({"CONSOLE_ZONE": "Atlantis"}, "CONSOLE_ZONE"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_no_secret_is_shown(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    done = run(tmp_path, "run", **environment)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "hunter2" not in done.stderr + done.stdout


def test_a_settings_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"LOG_LEVEL=\xff\n")

    assert run(tmp_path, "run").stderr == (
        "paperround: .env cannot be read: it is a text file in UTF-8, one NAME=value a line.\n"
    )


def test_settings_are_read_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PLATFORMS=telegram\n")

    assert "“telegram”" in run(tmp_path, "run").stderr


def test_settings_are_checked_before_anything_is_opened(tmp_path: Path) -> None:
    run(tmp_path, "run", PLATFORMS="telegram")

    assert list(tmp_path.iterdir()) == []


def test_how_much_is_logged_is_written_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "info")

    assert load().log_level == "INFO"


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES", " ArXiv , feed ,")

    assert load().sources == ("arxiv", "feed")


def local(server: FeedServer) -> dict[str, str]:
    """The settings that make that server arXiv."""
    addresses = {"ARXIV_RSS_URL": f"{server.url}/rss", "ARXIV_API_URL": f"{server.url}/api"}
    return {"SOURCES": "arxiv", "ARXIV_ARCHIVES": "cs", "ARXIV_GAP": "0", **addresses}


async def test_one_step_each_for_cron(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.pages["/rss/cs"] = Page(rss_of_arxiv(FIRST))
        where = local(server)
        assert "Applied: " in (await to_thread(run, tmp_path, "migrate")).stdout
        assert "Nothing to do" in (await to_thread(run, tmp_path, "migrate")).stdout
        polled = await to_thread(run, tmp_path, "poll", **where)
        assert polled.returncode == 0
        assert polled.stdout.startswith("arXiv: ok, ")
        assert (await to_thread(run, tmp_path, "deliver")).stderr == "Posted: 0 messages.\n"
        server.pages["/rss/cs"] = Page(b"<html><body>Down for maintenance</body></html>", kind="text/html")
        broken = await to_thread(run, tmp_path, "poll", **where)
        assert broken.returncode == 1
        assert "not a feed" in broken.stdout


async def test_the_doctor_names_what_is_missing_and_the_remedy(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.pages["/rss/cs"] = Page(rss_of_arxiv(FIRST), headers={"Date": format_datetime(datetime.now(UTC))})
        where = local(server)
        without = await to_thread(run, tmp_path, "doctor", **where)
        well = await to_thread(run, tmp_path, "doctor", CONTACT="me@example.org", **where)

    assert without.returncode == 0, "advice is nothing that is missing"
    assert [line.split()[:2] for line in without.stdout.splitlines()] == [
        ["settings", "ok"],
        ["contact", "advice"],
        ["database", "ok"],
        ["arxiv", "ok"],
        ["clock", "ok"],
        ["summaries", "ok"],
    ]
    assert "set CONTACT to" in without.stdout
    assert well.returncode == 0
    assert "contact" not in well.stdout


async def test_the_doctor_goes_on_when_a_setting_is_missing(tmp_path: Path) -> None:
    async with FeedServer() as server:
        server.pages["/rss/cs"] = Page(rss_of_arxiv(FIRST), headers={"Date": format_datetime(datetime.now(UTC))})
        named = {"PLATFORMS": "console,telegram", "HF_URL": "foo", "LLM_TIMEOUT": "-1"}
        where = {**local(server), "SOURCES": "arxiv,huggingface", "CONTACT": "me@example.org", **named}
        done = await to_thread(run, tmp_path, "doctor", **where)

    assert done.returncode == 1
    settings, hugging_face, *others, summaries = done.stdout.splitlines()
    assert settings.startswith("settings     missing  PLATFORMS names “telegram”; this release has: console, ")
    assert hugging_face == ("settings     missing  HF_URL “foo” is not an address: it begins with https:// and a host.")
    assert [line.split()[:2] for line in others] == [["database", "ok"], ["arxiv", "ok"], ["clock", "ok"]]
    assert summaries.startswith("summaries    missing  LLM_TIMEOUT is not right; it is 0.1 to 600: seconds ")
    assert summaries.endswith(" Until that is mended, sentences of the abstract are shown.")


def test_a_name_in_the_settings_file_that_nobody_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LLM_BASEURL=http://localhost:11434/v1\nSLACK_HISTORY=off\nCOLOUR=red\nHF_URL=\n")
    typo = "LLM_BASEURL is no setting of Paperround; did you mean LLM_BASE_URL?"

    doctor = run(tmp_path, "doctor", SOURCES="feed")
    started = run(tmp_path, "run", SOURCES="feed", typed="quit\n")

    assert doctor.returncode == 0
    assert [line for line in doctor.stdout.splitlines() if line.startswith(".env")] == [
        f".env         advice   {typo}",
        ".env         advice   COLOUR is no setting of Paperround.",
    ]
    assert f"paperround: .env: {typo}\n" in started.stderr


@pytest.mark.parametrize(
    "settings",
    [
        {"LLM_BASE_URL": "http://localhost:1/v1", "LLM_MODEL": "small", "LLM_TIMEOUT": "foo"},
        {"LLM_BASE_URL": "nota", "LLM_MODEL": "small"},
        {"LLM_TIMEOUT": "-1"},
    ],
)
def test_without_a_model_that_can_be_asked_the_bot_runs_all_the_same_and_says_so(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    done = run(tmp_path, "run", SOURCES="feed", typed="list\n", **settings)

    assert done.returncode == 0
    assert "Nothing is followed here yet." in done.stdout
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("paperround:")]
    assert "is not right" in said
    assert said.endswith("Until that is mended, sentences of the abstract are shown.")


def test_a_setting_that_is_empty_is_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ARXIV_GAP=1\nSOURCES=\n")
    done = run(tmp_path, "doctor", DATABASE_URL="", PORT="", SOURCES="feed", CONTACT="")

    assert "data/paperround.db will be made at the first start" in done.stdout
    assert "ARXIV_GAP" in run(tmp_path, "run", ARXIV_GAP="").stderr, "what the file says is not hidden by it"


def test_nobody_else_may_read_the_database_and_the_doctor_looks(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    data = tmp_path / "data"
    made = {path.name: path.stat().st_mode & 0o777 for path in (data, *data.iterdir())}
    well = run(tmp_path, "doctor", SOURCES="feed")
    (data / "paperround.db").chmod(0o644)
    ill = run(tmp_path, "doctor", SOURCES="feed")

    assert made == {"data": 0o700, "paperround.db": 0o600, "paperround.db.lock": 0o600}
    assert (well.returncode, ill.returncode) == (0, 1)
    assert "permissions" not in well.stdout
    assert (
        "permissions  missing  others on this machine may read what people saved: chmod 600 data/paperround.db\n"
        in ill.stdout
    )


def test_the_program_says_which_release_it_is(tmp_path: Path) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert run(tmp_path, "--version").stdout == f"paperround {declared}\n"


@pytest.mark.parametrize(
    ("platform", "sentence"),
    [
        ("discord", "DISCORD_TOKEN is missing; it is the bot's token"),
        ("Slack", "A Slack app is not invited by a link: paste what `paperround manifest slack` prints."),
        ("console", "There is no invitation to console; discord has one."),
    ],
)
def test_who_cannot_be_invited_by_a_link_is_told(tmp_path: Path, platform: str, sentence: str) -> None:
    done = run(tmp_path, "invite", platform)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"paperround: {sentence}")
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_makes_no_database(tmp_path: Path) -> None:
    said = run(tmp_path, "doctor", SOURCES="feed").stdout

    assert "database     ok       data/paperround.db will be made at the first start\n" in said
    assert list(tmp_path.iterdir()) == []


async def test_the_doctor_reads_beside_a_running_bot(tmp_path: Path) -> None:
    house = await open_store(f"sqlite:///{tmp_path}/data/paperround.db")
    await house.add_source("arxiv", "arxiv")
    beside = (await to_thread(run, tmp_path, "doctor", SOURCES="feed")).stdout
    await house.close()

    assert "database     ok       SQLite data/paperround.db, 1 source\n" in beside


@pytest.mark.parametrize("migrated", [True, False])
def test_the_doctor_reads_a_postgresql_and_makes_nothing_there(tmp_path: Path, migrated: bool) -> None:
    url = postgres.database(tmp_path, migrated=migrated)
    for _ in range(2):
        (said,) = [
            line
            for line in run(tmp_path, "doctor", SOURCES="feed", DATABASE_URL=url).stdout.splitlines()
            if line.startswith("database")
        ]
        what = r"PostgreSQL test_\w+, 0 sources" if migrated else r"the tables of PostgreSQL test_\w+ will be made .*"
        assert re.fullmatch(rf"database     ok       {what}", said)


def test_whoever_stops_reading_along_gets_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "jobs", "doctor"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SOURCES": "feed"},
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)

    assert done.stderr == b""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("worker",),
            "`worker` has no platform to post to: the terminal belongs to `paperround run`. "
            "Set PLATFORMS, for example to slack.",
        ),
        (
            ("listen", "console"),
            "`listen` has no platform to listen to: the terminal belongs to `paperround run`. "
            "Try `paperround listen slack`.",
        ),
    ],
)
def test_the_terminal_is_no_platform_of_a_process_beside_others(
    tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    nobody = "postgresql+psycopg://paperround@127.0.0.1:1/papers"

    assert run(tmp_path, *words, DATABASE_URL=nobody).stderr == f"paperround: {sentence}\n"


def test_a_wrong_clock_is_told_with_its_remedy() -> None:
    assert clock(2.0).ok
    assert "61 s ahead" in clock(61.0).detail
    assert "90 s behind" in clock(-90.0).detail
    assert not clock(None).ok


def test_a_second_process_on_the_same_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "jobs", "run"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SOURCES": "feed"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + 15
        while not (tmp_path / "data" / "paperround.db").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        second = run(tmp_path, "run", SOURCES="feed")
    finally:
        first.kill()
        first.communicate()

    assert second.returncode == 1
    assert len([line for line in second.stderr.splitlines() if line.startswith("paperround:")]) == 1
    assert "Traceback" not in second.stderr


def test_workspaces_cannot_install_the_bot_while_nothing_encrypts_their_tokens(tmp_path: Path) -> None:
    over_http = {
        "PLATFORMS": "slack",
        "SLACK_SIGNING_SECRET": "0" * 32,
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "1" * 32,
        "PUBLIC_URL": "https://papers.example.org",
    }
    said = run(tmp_path, "run", **over_http).stderr

    assert said.startswith("paperround: Slack over HTTP needs SECRET_KEYS: ")
    assert "1" * 32 not in said
    assert not (tmp_path / "data").exists()
