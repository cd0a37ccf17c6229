"""Somebody with a browser: follows links between our pages and Slack's, and carries the cookies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp

MOST_REDIRECTS: Final = 10


@dataclass(frozen=True, slots=True)
class Page:
    """A page that somebody ended up on."""

    url: str
    status: int
    text: str


@dataclass(slots=True)
class Browser:
    """One browser; a cookie marked Secure is carried over plain http too, for loopback has no certificate."""

    #: by host and port
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    #: every address it was sent to, in order
    visited: list[str] = field(default_factory=list)

    async def opens(self, url: str, method: str = "GET") -> Page:
        """Open a page and go wherever it leads."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            for _ in range(MOST_REDIRECTS):
                self.visited.append(url)
                held = self.cookies.setdefault(urlsplit(url).netloc, {})
                carried = {"Cookie": "; ".join(f"{name}={value}" for name, value in held.items())} if held else {}
                async with http.request(method, url, headers=carried, allow_redirects=False) as answer:
                    held |= {name: cookie.value for name, cookie in answer.cookies.items()}
                    if answer.status not in (301, 302, 303, 307):
                        return Page(url, answer.status, await answer.text())
                    # a redirect after a form is followed with GET, as browsers do
                    url, method = urljoin(url, answer.headers["Location"]), "GET"
        raise RecursionError(f"sent from page to page: {self.visited}")

    async def presses(self, page: Page) -> Page:
        """Press the button of the only form of a page."""
        found = re.search(r'<form method="post" action="([^"]+)">', page.text)
        assert found is not None, page.text
        return await self.opens(urljoin(page.url, unescape(found[1])), "POST")
