"""Installing an app on the fake Slack: the page, the code, tokens that rotate, whole organisations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from tests.rigs.faults import Loopback
from tests.rigs.house import Hands

pytest.importorskip("slack_sdk", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")

from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from tests.rigs.slack import App, Browser, Consent, SlackServer
from tests.rigs.slack.lab import lab, listening, refused

#: slack_sdk 3.47 still says who it is by aiohttp's BasicAuth, which aiohttp 3.14 deprecates
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

BACK = "https://papers.example/slack/oauth"
APP = App(redirect_urls=(BACK,))


async def agreed(slack: SlackServer, **more: Any) -> dict[str, str]:
    """Somebody follows the link of the install page; gives what stands in the address they are sent back to."""
    chosen = {"client_id": slack.app.client_id, "scopes": ["chat:write"], "redirect_uri": BACK} | more
    page = AuthorizeUrlGenerator(**chosen, authorization_url=slack.authorize).generate("state-1")
    async with aiohttp.ClientSession() as http, http.get(page, allow_redirects=False) as answer:
        if answer.status != 302:
            return {"page": await answer.text()}
        back = urlsplit(answer.headers["Location"])
    return {name: values[0] for name, values in parse_qs(back.query).items()}


def access(slack: SlackServer, **more: Any) -> Any:
    ours = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret} | more
    return AsyncWebClient(base_url=slack.api).oauth_v2_access(**ours)


async def test_an_installation_gives_a_token_with_the_scopes_asked_for() -> None:
    async with SlackServer(APP) as slack:
        workspace = slack.workspace("lab")
        ada = slack.person(workspace, "Ada")
        slack.consent = Consent([workspace], ada.id)
        back = await agreed(slack)
        said = await access(slack, code=back["code"], redirect_uri=BACK)
        test = await AsyncWebClient(said["access_token"], base_url=slack.api).auth_test()

    assert back["state"] == "state-1"
    assert (said["team"]["id"], said["scope"], said["authed_user"]["id"]) == (workspace.id, "chat:write", ada.id)
    assert (test["user_id"], said["is_enterprise_install"]) == (said["bot_user_id"], False)


async def test_a_browser_goes_from_our_page_to_slack_and_back_with_its_cookie() -> None:
    async with SlackServer(APP) as slack:
        slack.consent = Consent([slack.workspace("lab")])

        async def install(_: web.Request) -> web.Response:
            back = f"{ours.url}/back"
            query = f"client_id={slack.app.client_id}&scope=chat:write&state=s1&redirect_uri={back}"
            answer = web.Response(status=302, headers={"Location": f"{slack.authorize}?{query}"})
            answer.set_cookie("state", "s1", secure=True)
            return answer

        async def back(request: web.Request) -> web.Response:
            same = request.query["state"] == request.cookies.get("state")
            return web.Response(text=f"Installed: {same and request.query['code']}")

        def pages() -> web.Application:
            application = web.Application()
            application.router.add_get("/install", install)
            application.router.add_get("/back", back)
            return application

        ours = Loopback(pages)
        await ours.open()
        slack.reconfigure(redirect_urls=(ours.url,))
        page = await Browser().opens(f"{ours.url}/install")
        stranger = await Browser().opens(f"{page.url}")
        await ours.close()

    assert (page.status, page.text) == (200, "Installed: code-1")
    assert stranger.text == "Installed: False"


async def test_a_code_is_good_once_for_ten_minutes_for_the_app_alone() -> None:
    clock = Hands()
    async with SlackServer(APP, clock=clock) as slack:
        slack.consent = Consent([slack.workspace("lab")])
        code, late = (await agreed(slack))["code"], (await agreed(slack))["code"]
        errors = [
            await refused(access(slack, code=code, redirect_uri=BACK, client_id="another")),
            await refused(access(slack, code=code, redirect_uri=BACK, client_secret="another")),
            await refused(access(slack, code=code, redirect_uri="https://evil.example")),
            await refused(access(slack, code=code, redirect_uri=BACK)),
            await refused(access(slack, code=code, redirect_uri=BACK)),
        ]
        clock.move(minutes=10)
        errors.append(await refused(access(slack, code=late, redirect_uri=BACK)))

    assert errors == [
        "invalid_client_id",
        "bad_client_secret",
        "bad_redirect_uri",
        "",
        "code_already_used",
        "invalid_code",
    ]


async def test_the_page_refuses_what_the_manifest_does_not_say() -> None:
    async with SlackServer(APP) as slack:
        slack.consent = Consent([slack.workspace("lab")], refused=True)
        answers = [
            await agreed(slack),
            await agreed(slack, client_id="another"),
            await agreed(slack, redirect_uri=f"{BACK}.evil.example"),
            await agreed(slack, scopes=["admin"]),
        ]

    assert answers[0] == {"error": "access_denied", "state": "state-1"}
    assert [answer["page"].split(":")[0] for answer in answers[1:]] == [
        "invalid_client_id",
        "bad_redirect_uri",
        "invalid_scope",
    ]


async def test_a_rotating_token_is_refreshed_once_with_each_refresh_token() -> None:
    clock = Hands()
    async with SlackServer(App(redirect_urls=(BACK,), rotation=True), clock=clock) as slack:
        slack.consent = Consent([slack.workspace("lab")])
        first = await access(slack, code=(await agreed(slack))["code"], redirect_uri=BACK)
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = await access(slack, **refresh)
        again = await refused(access(slack, **refresh))
        old, new = (AsyncWebClient(said["access_token"], base_url=slack.api) for said in (first, second))
        still = await refused(old.auth_test())
        clock.moment += timedelta(seconds=first["expires_in"])
        expired = [await refused(old.auth_test()), await refused(new.auth_test())]

    assert first["access_token"].startswith("xoxe.xoxb-")
    assert (first["expires_in"], again, still) == (43200, "invalid_refresh_token", "")
    assert expired == ["token_expired", "token_expired"]


async def test_a_token_that_never_expires_is_exchanged_for_one_that_does() -> None:
    async with lab(App(rotation=True)) as here:
        here.slack.reconfigure(rotation=False)
        token = here.slack.install(here.slack.workspace("old"))
        here.slack.reconfigure(rotation=True)
        ours = {"client_id": here.slack.app.client_id, "client_secret": here.slack.app.client_secret}
        said = await AsyncWebClient(base_url=here.slack.api).oauth_v2_exchange(token=token, **ours)
        dead = await refused(here.client(token).auth_test())
        alive = await refused(here.client(said["access_token"]).auth_test())
        twice = await refused(here.web.oauth_v2_exchange(token=said["access_token"], **ours))

    assert (dead, alive, twice) == ("token_revoked", "", "token_already_exchanged")


async def test_an_organisation_installs_for_all_its_workspaces() -> None:
    async with SlackServer(APP) as slack:
        one, two = (slack.workspace(name, enterprise="E0GRID") for name in ("one", "two"))
        slack.consent = Consent([one, two], org=True)
        said = await access(slack, code=(await agreed(slack))["code"], redirect_uri=BACK)
        web = AsyncWebClient(said["access_token"], base_url=slack.api)
        papers = slack.channel(two, "papers")
        ada = slack.person(two, "Ada")
        await web.chat_postMessage(channel=papers.id, text="x")
        lacking = await refused(web.conversations_list())
        async with listening(slack) as app:
            ada.types(papers, "/papers list") if "commands" in said["scope"] else ada.writes("list")
            ada.opens_home()
            await slack.telling.settled()

    assert (said["team"], said["enterprise"]["id"], said["is_enterprise_install"]) == (None, "E0GRID", True)
    assert lacking == "missing_scope"
    payload = app.came[-1].payload
    assert (payload["team_id"], payload["enterprise_id"]) == (two.id, "E0GRID")
    assert payload["authorizations"][0]["is_enterprise_install"]
