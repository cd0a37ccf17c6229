"""Any server that speaks the chat completions of OpenAI: its own, Ollama, vLLM, llama.cpp, LM Studio, OpenRouter.

Protocol: https://platform.openai.com/docs/api-reference/chat/create. Only `model`, `messages` and `stream` are sent,
which every server takes: newer models refuse `max_tokens` and any `temperature`, older ones `max_completion_tokens`.
What an answer may cost is bounded by the time limit instead, and by the budget.

Not the house's HTTP client (`adapters.http`), because the task is another one. That client asks strangers' addresses
that people typed, follows them about, and judges every socket. Here the one address is the operator's, may well be this
very machine, and carries a secret: so nothing but exactly that host and port is ever connected to, no redirect is
followed, no proxy taken from the environment, and connections are kept, for a digest asks ten times in a row.

The key is never in a log, an error or a `repr`; errors of the SDK hold the request's headers, so none is passed on, not
even as a cause, and nothing that the server says about an error is quoted.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import secrets
from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

from adapters.http.client import retry_after
from bot.ports import SettingError, SummaryError
from bot.summary.asked import instruction, question

SETTINGS = {
    "LLM_BASE_URL": ("", "where the chat completions of a model are, such as `http://localhost:11434/v1` for Ollama"),
    "LLM_MODEL": ("", "the model’s name there, such as `llama3.2`"),
    "LLM_API_KEY": ("", "its key, where it wants one; never shown, never logged"),
    "LLM_TIMEOUT": ("20", "seconds that one summary may take"),
    "LLM_PATIENCE": ("45", "seconds that a digest waits for its summaries at most"),
    "LLM_DAILY_BUDGET": ("200", "papers that the model is asked about in one day (UTC) at most"),
}
#: bytes of an answer after decompression; a long thought included
_SIZE = 200_000
#: what aiohttp raises; every class of it is one of these, or a test fails
BROKEN = (aiohttp.ClientError, OSError, ValueError)
#: connections at once
_CONNECTIONS = 8
#: models that think aloud put it before the answer
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)


def summariser(settings: Mapping[str, str]) -> OpenAI | None:
    """The model that the settings name, or None. Raises SettingError for what is wrong, a model or not."""
    values = {name: (settings.get(name) or default).strip() for name, (default, _) in SETTINGS.items()}
    timeout = _number(values, "LLM_TIMEOUT", 0.1, 600)
    patience = _number(values, "LLM_PATIENCE", 0.1, 600)
    budget = int(_number(values, "LLM_DAILY_BUDGET", 0, 1_000_000))
    key = values["LLM_API_KEY"]
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingError("LLM_API_KEY is not right; it is one word of ASCII characters, as its provider shows it.")
    if not values["LLM_BASE_URL"] and not values["LLM_MODEL"]:
        return None
    address = _address(values["LLM_BASE_URL"])
    if not values["LLM_MODEL"]:
        raise SettingError("LLM_MODEL is missing: LLM_BASE_URL needs the name of a model, such as llama3.2.")
    return OpenAI(address, values["LLM_MODEL"], key, timeout=timeout, patience=patience, budget=budget)


def _address(text: str) -> URL:
    """Where questions are posted to. Raises SettingError."""
    try:
        url = URL(text.rstrip("/").removesuffix("/chat/completions"))
        good = url.scheme in ("http", "https") and url.host and url.user is None and url.password is None
        plain = not url.query_string and not url.fragment
    except ValueError:
        good = plain = False
    if not (good and plain):
        raise SettingError(
            "LLM_BASE_URL is not right; it is an address without a name or password in it, "
            "such as http://localhost:11434/v1 or https://api.openai.com/v1."
        )
    return url / "chat" / "completions"


def _number(values: Mapping[str, str], name: str, least: float, most: float) -> float:
    try:
        number = float(values[name])
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise SettingError(f"{name} is not right; it is {least:g} to {most:,.0f}: {SETTINGS[name][1]}.")
    return number


class OpenAI:
    """A model behind such a server."""

    def __init__(self, url: URL, model: str, key: str, *, timeout: float, patience: float, budget: int) -> None:
        self.model = model
        self.budget = budget
        self.patience = patience
        self.sees = (
            f"{url.host} gets the title and the abstract of papers of public sources that are posted here, "
            "and nothing of who reads them."
        )
        self._url = url
        self._key = key
        self._timeout = timeout
        self._opened: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"OpenAI({self.model!r} at {self._url.host})"

    async def summarise(self, title: str, abstract: str) -> str:
        """What the model says of that paper. Raises SummaryError and nothing else."""
        mark = f"==={secrets.token_hex(8)}==="
        asked = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": instruction(mark)},
                {"role": "user", "content": question(title, abstract, mark)},
            ],
            "stream": False,
        }
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._post(asked)
        except SummaryError as error:
            trouble = error
        except TimeoutError:
            trouble = SummaryError(f"{self._url.host} did not answer in {self._timeout:g} s.")
        except BROKEN:
            trouble = SummaryError(f"{self._url.host} does not answer, or broke off.")
        else:
            return answer
        # raised out here, and anew: inside, it would carry the SDK's error, and with that the request's headers
        raise trouble.with_traceback(None)

    async def close(self) -> None:
        """Give back every connection."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def _post(self, asked: Mapping[str, Any]) -> str:
        headers = {"Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        async with self._session().post(self._url, json=asked, headers=headers, allow_redirects=False) as response:
            if response.status != 200:
                raise self._refused(response)
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > _SIZE:
                    raise SummaryError(f"{self._url.host} answered with more than {_SIZE // 1000} kB.")
        return _said(bytes(body))

    def _refused(self, response: aiohttp.ClientResponse) -> SummaryError:
        status, host = response.status, self._url.host
        match status:
            case 401 | 403:
                return SummaryError(f"{host} does not accept the key ({status}): see LLM_API_KEY.")
            case 404:
                return SummaryError(f"{host} knows no such model or address (404): LLM_BASE_URL often ends in /v1.")
            case 429 | 503:
                wait = retry_after(response.headers.get("Retry-After", ""))
                return SummaryError(f"{host} asks us to come back later ({status}).", wait)
        return SummaryError(f"{host} answered with error {status}.")

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                # one time limit for all of it, see `summarise`
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
            )
        return self._opened


def _said(body: bytes) -> str:
    """What stands in an answer. Raises SummaryError."""
    try:
        said = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError):
        said = None
    if not isinstance(said, str):
        raise SummaryError("The answer is not in the form of a chat completion.")
    said = _THOUGHT.sub("", said).strip()
    if not said:
        raise SummaryError("The answer is empty.")
    return said
