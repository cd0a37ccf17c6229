"""Every error of Slack's SDK and of the network means one of ours."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

import aiohttp
import slack_bolt
import slack_sdk
from slack_sdk.errors import SlackApiError

from adapters.http.posting import seconds
from adapters.platforms.slack.errors import CODES, meaning, ours, told
from bot.ports import ChannelGone, Doubtful, NotSent, PostError, Refused, Unauthorised

#: raised at import: frameworks that Bolt can stand on and that are not here
ABSENT = (ImportError, AttributeError, SyntaxError)


def modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.", onerror=lambda _: None):
        try:
            yield importlib.import_module(found.name)
        except ABSENT:
            continue


def raised_by(package: ModuleType) -> set[type[BaseException]]:
    """Every exception that a package defines."""
    return {
        one
        for module in modules(package)
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, BaseException) and one.__module__.split(".")[0] == package.__name__
    }


@pytest.mark.parametrize("package", [slack_sdk, slack_bolt], ids=lambda package: package.__name__)
@pytest.mark.filterwarnings("ignore")
def test_every_exception_of_the_sdk_is_mapped(package: ModuleType) -> None:
    found = raised_by(package)

    assert found
    assert {one.__name__ for one in found if meaning(one) is None} == set()


def test_every_exception_of_aiohttp_that_a_request_can_raise_is_mapped() -> None:
    found = [one for _, one in inspect.getmembers(aiohttp, inspect.isclass) if issubclass(one, aiohttp.ClientError)]

    assert len(found) > 10
    assert [one.__name__ for one in found if meaning(one) is None] == []


def test_a_mistake_of_ours_is_no_error_of_slacks() -> None:
    assert meaning(KeyError) is None
    assert ours(AttributeError("x")) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("is_archived", ChannelGone),
        ("channel_not_found", ChannelGone),
        ("not_in_channel", ChannelGone),
        ("restricted_action_read_only_channel", ChannelGone),
        ("token_revoked", Unauthorised),
        ("account_inactive", Unauthorised),
        ("invalid_auth", Unauthorised),
        ("team_access_not_granted", Unauthorised),
        ("invalid_blocks", Refused),
        ("msg_blocks_too_long", Refused),
        ("thread_not_found", Refused),
        ("internal_error", Doubtful),
        ("fatal_error", Doubtful),
        ("ratelimited", NotSent),
        ("a_code_of_tomorrow", NotSent),
    ],
)
def test_what_a_code_means(code: str, kind: type[PostError]) -> None:
    error = told(200, {}, {"ok": False, "error": code})

    assert type(error) is kind
    assert str(error).endswith((")", "."))


def test_every_code_has_one_sentence_of_its_own_kind() -> None:
    assert all(sentence[0].isupper() and sentence.endswith((".", "?")) for _, sentence in CODES.values())
    # only three codes leave open whether it was done
    assert {code for code, (kind, _) in CODES.items() if kind is Doubtful} == {
        "internal_error",
        "fatal_error",
        "service_unavailable",
    }


@pytest.mark.parametrize(
    ("said", "after"),
    [("30", 30.0), ("2.5", 2.5), ("", 0.0), ("soon", 0.0), ("-3", 0.0), ("inf", 0.0), ("nan", 0.0)],
)
def test_patience_is_read_in_every_form(said: str, after: float) -> None:
    assert seconds(said) == after
    error = told(429, {"Retry-After": said} if said else {}, {"ok": False, "error": "ratelimited"}, "slack/T1/C1")
    assert (type(error), error.retry_after, error.limit) == (NotSent, after, "slack/T1/C1")


@pytest.mark.parametrize(
    ("status", "kind"), [(500, Doubtful), (502, Doubtful), (503, Doubtful), (200, Doubtful), (404, NotSent)]
)
def test_a_page_of_something_before_slack_is_read_by_its_status(status: int, kind: type[PostError]) -> None:
    class Response:
        status_code = status
        headers: dict[str, str] = {}  # noqa: RUF012 - a stand-in for one answer
        data: Any = "<html>"

    assert type(ours(SlackApiError("not JSON", Response()))) is kind  # type: ignore[no-untyped-call]


def test_no_error_says_a_secret() -> None:
    error = told(200, {}, {"ok": False, "error": "invalid_auth", "token": "xoxb-secret"})

    assert "xoxb" not in str(error)
