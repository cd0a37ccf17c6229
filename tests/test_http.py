"""The outgoing client: what it fetches, what it refuses to reach, and how it survives a bad server."""

from __future__ import annotations

import asyncio
import gc
import inspect
import itertools
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest
from aiohttp import client_exceptions

from adapters.http import NEVER, Http, Limits, Pace, Validators, meaning
from adapters.http.client import retry_after
from bot.models import Condition
from bot.ports import SourceError
from tests.rigs import feeds
from tests.rigs.feeds import FeedServer, Page, redirect

QUICK = Limits(total=0.8, connect=0.3, read=0.3, size=200_000)


async def refusal(http: Http, url: str, **how: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await http.get(url, **how)  # type: ignore[arg-type]
    return caught.value


# ----------------------------------------------------------------------------------------- a good server


async def test_a_page_comes_with_its_type_and_what_makes_it_known_again() -> None:
    async with FeedServer() as server, Http("lab@example.org") as http:
        server.pages["/feed"] = Page(b"<rss/>", conditional=True)
        first = await http.get(server.url + "/feed", trusted=True)
        again = await http.get(server.url + "/feed", first.validators, trusted=True)
    assert (first.body, first.unchanged, first.content_type) == (b"<rss/>", False, "application/xml; charset=utf-8")
    assert again.unchanged
    assert again.validators == first.validators
    assert server.asked[0].headers["user-agent"] == "Paperround/0.1 (lab@example.org)"
    assert server.asked[1].headers["if-modified-since"] == "Mon, 13 Apr 2026 04:00:00 GMT"


async def test_a_server_without_etags_is_known_by_its_body() -> None:
    async with FeedServer() as server, Http() as http:
        server.pages["/feed"] = [Page(b"<rss>1</rss>"), Page(b"<rss>1</rss>"), Page(b"<rss>2</rss>")]
        first = await http.get(server.url + "/feed", trusted=True)
        same = await http.get(server.url + "/feed", first.validators, trusted=True)
        other = await http.get(server.url + "/feed", same.validators, trusted=True)
    assert (first.unchanged, same.unchanged, other.unchanged) == (False, True, False)


async def test_an_etag_that_could_break_our_request_is_forgotten() -> None:
    async with FeedServer() as server, Http() as http:
        server.pages["/feed"] = Page(b"<rss/>", headers={"ETag": "caf\xe9\t" + "x" * 10})
        answer = await http.get(server.url + "/feed", trusted=True)
    assert answer.validators.etag == ""


async def test_redirects_are_followed_to_the_fifth() -> None:
    async with FeedServer() as server, Http() as http:
        for step in range(7):
            server.pages[f"/{step}"] = redirect(f"/{step + 1}", 301)
        server.pages["/7"] = Page(b"here")
        answer = await http.get(server.url + "/2", trusted=True)
        assert answer.url == server.url + "/7"
        error = await refusal(http, server.url + "/1", trusted=True)
    assert error.health.condition is Condition.UNREACHABLE


async def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FeedServer() as server, FeedServer() as proxy, Http() as http:
        server.pages["/feed"] = Page(b"<rss/>")
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert (await http.get(server.url + "/feed", trusted=True)).body == b"<rss/>"
        assert proxy.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 500, 502])
async def test_an_error_of_the_site_is_told_by_its_number(status: int) -> None:
    async with FeedServer() as server, Http() as http:
        server.pages["/feed"] = Page(status=status)
        error = await refusal(http, server.url + "/feed", trusted=True)
    assert error.health.condition is Condition.REFUSED
    assert str(status) in str(error)


# ----------------------------------------------------------------------------------------------- manners


async def test_one_family_of_hosts_is_asked_one_at_a_time_and_with_a_gap() -> None:
    async with FeedServer() as server, Http() as http:
        server.pages["/rss"] = server.pages["/api"] = Page(b"<rss/>")
        pace = Pace(0.1)
        urls = [server.url + path for path in ("/rss", "/api", "/rss", "/api")]
        await asyncio.gather(*(http.get(url, pace=pace, trusted=True) for url in urls))
    times = [asked.at for asked in server.asked]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.1
    assert server.most == 1


async def test_a_redirect_keeps_the_gap_too() -> None:
    async with FeedServer() as server, Http() as http:
        server.pages |= {"/old": redirect("/new"), "/new": Page(b"<rss/>")}
        await http.get(server.url + "/old", pace=Pace(0.1), trusted=True)
    assert server.asked[1].at - server.asked[0].at >= 0.1


async def test_a_site_that_asks_for_rest_is_left_alone_until_then() -> None:
    async with FeedServer() as server, Http() as http:
        server.pages["/feed"] = [Page(status=429, headers={"Retry-After": "0.4"}), Page(b"<rss/>")]
        asked = await refusal(http, server.url + "/feed", trusted=True)
        resting = await refusal(http, server.url + "/other", trusted=True)
        assert (asked.health.condition, asked.health.retry_after) == (Condition.THROTTLED, 0.4)
        assert resting.health.condition is Condition.THROTTLED
        assert 0 < resting.health.retry_after <= 0.4
        assert server.paths == ["/feed"]
        await asyncio.sleep(0.45)
        assert (await http.get(server.url + "/feed", trusted=True)).body == b"<rss/>"


async def test_rest_holds_for_the_whole_family() -> None:
    async with FeedServer() as rss, FeedServer() as api, Http() as http:
        rss.pages["/cs"] = Page(status=503, headers={"Retry-After": "60"})
        pace = Pace(0)
        await refusal(http, rss.url + "/cs", pace=pace, trusted=True)
        error = await refusal(http, api.url + "/query", pace=pace, trusted=True)
    assert error.health.condition is Condition.THROTTLED
    assert api.asked == []


def test_retry_after_is_read_in_both_its_forms_and_never_believed_blindly() -> None:
    assert retry_after("2.5") == 2.5
    assert 50 < retry_after(format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)) <= 60
    for nonsense in (
        "",
        "soon",
        "-5",
        "nan",
        "inf",
        "1e999",
        "Mon, 99 Foo 2026 00:00:00 GMT",
        f"Mon, 13 Apr {9**30} 00:00:00 GMT",
        "٣٠٠ s",
    ):
        assert retry_after(nonsense) == 0.0, nonsense


async def test_nobody_can_send_us_away_for_years() -> None:
    async with FeedServer() as server, Http() as http:
        server.pages["/feed"] = Page(status=429, headers={"Retry-After": "99999999999"})
        error = await refusal(http, server.url + "/feed", trusted=True)
    assert error.health.retry_after == Limits().rest


# ---------------------------------------------------------------------------------------------- bad servers


@pytest.mark.parametrize(
    ("misdeed", "condition"),
    [
        (feeds.say_nothing, Condition.UNREACHABLE),
        (feeds.hang_up, Condition.UNREACHABLE),
        (feeds.talk_nonsense, Condition.UNREACHABLE),
        (feeds.drip_headers, Condition.UNREACHABLE),
        (feeds.drip_body, Condition.UNREACHABLE),
        (feeds.huge_header, Condition.UNREACHABLE),
        (feeds.break_off, Condition.CUT_OFF),
        (feeds.break_gzip, Condition.CUT_OFF),
        (feeds.endless_body, Condition.NOT_A_FEED),
    ],
)
async def test_every_question_ends_in_time(misdeed: feeds.Misdeed, condition: Condition) -> None:
    async with FeedServer() as server, Http(limits=QUICK) as http:
        server.pages["/feed"] = misdeed
        started = time.monotonic()
        error = await refusal(http, server.url + "/feed", trusted=True)
    assert error.health.condition is condition
    assert time.monotonic() - started < QUICK.total + 5


async def test_slow_sites_do_not_delay_a_quick_one() -> None:
    async with FeedServer() as server, Http(limits=QUICK) as http:
        server.pages |= {"/slow": feeds.drip_body, "/quick": Page(b"<rss/>")}
        slow = [asyncio.create_task(refusal(http, server.url + "/slow", trusted=True)) for _ in range(200)]
        await asyncio.sleep(0.1)
        started = time.monotonic()
        await http.get(server.url + "/quick", trusted=True)
        assert time.monotonic() - started < 0.5
        await asyncio.gather(*slow)


async def test_a_decompression_bomb_is_stopped_at_the_limit() -> None:
    packer = zlib.compressobj(1, wbits=31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    async with FeedServer() as server, Http() as http:
        server.pages["/bomb"] = feeds.gzip_bomb(packed)
        tracemalloc.start()
        try:
            error = await refusal(http, server.url + "/bomb", trusted=True)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert error.health.condition is Condition.NOT_A_FEED
    assert "10 MB" in str(error)
    assert peak < 40_000_000


async def test_nothing_listening_is_unreachable() -> None:
    async with FeedServer() as server:
        url = server.url
    async with Http() as http:
        assert (await refusal(http, url, trusted=True)).health.condition is Condition.UNREACHABLE


def test_every_error_of_the_client_library_has_a_meaning() -> None:
    known = [kind for _, kind in inspect.getmembers(client_exceptions, inspect.isclass)]
    errors = [kind for kind in known if issubclass(kind, aiohttp.ClientError) and kind is not aiohttp.ClientError]
    assert len(errors) > 20
    assert [kind.__name__ for kind in errors if meaning(kind) is None] == []


async def test_connections_are_closed_after_use() -> None:
    async with FeedServer() as server:
        server.pages["/feed"] = Page(b"<rss/>")
        async with Http() as http:
            await asyncio.gather(*(http.get(server.url + "/feed", trusted=True) for _ in range(5)))
            await asyncio.sleep(0.05)
            assert server.open == 0
    gc.collect()
    assert Validators("", "", "") == NEVER
