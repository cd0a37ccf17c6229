"""A sheet as a page: plain HTML that a phone, a screen reader and a browser without scripts show well."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import urlsplit

from bot.messages.installing import Sheet
from bot.ports import Response

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d1c1d; --paper: #fbf9f4; --line: #d9d3c7; --quiet: #5c5a56; --deep: #4a154b }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ecebe8; --paper: #1b1a1d; --line: #444147; --quiet: #b4b0aa; --deep: #d9a9da }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.125rem/1.6 Georgia, "Times New Roman", serif }
main { max-width: 38rem; margin: 0 auto; padding: 12vh 1.5rem 4rem }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1.5rem; text-wrap: balance }
h2 { font-size: 1rem; margin: 2.5rem 0 .5rem; color: var(--quiet) }
dl { border-top: 1px solid var(--line); margin: 1rem 0; font-size: 1rem }
dl div { border-bottom: 1px solid var(--line); padding: .5rem 0 }
dt { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .875rem; color: var(--quiet) }
dd { margin: 0; overflow-wrap: anywhere }
button, .button { display: inline-block; margin-top: 1rem; padding: .75rem 1.5rem; border: 0; border-radius: .5rem;
  background: var(--deep); color: var(--paper); font: inherit; text-decoration: none; cursor: pointer }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
footer { margin-top: 3rem; color: var(--quiet); font-size: .875rem }
""".strip()
_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def page(
    sheet: Sheet,
    *,
    status: int = 200,
    begins: str = "",
    leads: str = "",
    to: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The sheet; its button begins something at our own path, or leads to another page.

    What is begun leads to the host of `to`.
    """
    button = escape(sheet.button)
    if begins:
        pressed = f'<form method="post" action="{escape(begins)}"><button type="submit">{button}</button></form>'
    else:
        pressed = f'<a class="button" href="{escape(leads)}">{button}</a>' if leads else ""
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(said)}</dd></div>" for name, said in sheet.listed)
    above = f"<h2>{escape(sheet.above)}</h2>" if sheet.above else ""
    listed = f"{above}<dl>{rows}</dl>" if rows else ""
    text = "".join(f"<p>{escape(line)}</p>" for line in sheet.text)
    # the button comes before a long list, and after steps that it follows
    body = f"{text}{pressed}{listed}" if sheet.above else f"{text}{listed}{pressed}"
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(sheet.heading)} · Paperround</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(sheet.heading)}</h1>{body}<footer>Paperround</footer></main></body></html>"
    )
    where = urlsplit(to)
    beyond = f" {where.scheme}://{where.netloc}" if to else ""
    return Response(
        status,
        html.encode(),
        {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self'{beyond}",
            **PRIVATE,
            **(headers or {}),
        },
    )


#: the address of such a page holds a code that is good for a token
PRIVATE: Final = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
