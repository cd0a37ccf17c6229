"""What the fake Discord makes of text: what people read, and what in it acts."""

from __future__ import annotations

import importlib.util
import time

import pytest

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import acting, lines, notice, spoken
from tests.rigs.discord.lab import EMBED, ROW, lab
from tests.rigs.discord.markdown import read

ID = "1105000000000000123"
READ: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "plain (text) is [text]": ("plain (text) is [text]", []),
    f"<@{ID}> <@!{ID}>": (f"@{ID} @{ID}", [("mention", ID), ("mention", ID)]),
    f"<@&{ID}> <#{ID}>": (f"@{ID} #{ID}", [("role", ID), ("channel", ID)]),
    "@everyone and @here": ("@everyone and @here", [("broadcast", "everyone"), ("broadcast", "here")]),
    "@everyones": ("@everyones", []),
    f"</papers follow:{ID}>": ("/papers follow", [("command", ID)]),
    f"<:arxiv:{ID}><a:spin:{ID}>": (":arxiv::spin:", [("emoji", ID), ("emoji", ID)]),
    "<t:1776063600:R>": ("2026-04-13 07:00 UTC", [("time", "1776063600")]),
    "<t:99999999999999999>": ("Invalid Date", [("time", "99999999999999999")]),
    "[text](https://a.example/b)": ("text", [("link", "https://a.example/b")]),
    "[a [b] c](https://a.example/(b))": ("a [b] c", [("link", "https://a.example/(b)")]),
    "[text](<https://a.example>)": ("text", [("link", "https://a.example")]),
    "[**bold**](https://a.example)": ("bold", [("link", "https://a.example")]),
    "[text](javascript:alert(1))": ("[text](javascript:alert(1))", []),
    "\\[text](https://a.example)": ("[text](https://a.example)", [("link", "https://a.example)")]),
    "see https://a.example/b.": ("see https://a.example/b.", [("link", "https://a.example/b")]),
    "see <https://a.example>": ("see https://a.example", [("link", "https://a.example")]),
    "cs.AI and arxiv.org/abs/1": ("cs.AI and arxiv.org/abs/1", []),
    f"`<@{ID}>` and ``@here``": (f"<@{ID}> and @here", []),
    f"```py\n<@{ID}>\n```": (f"<@{ID}>\n", []),
    f"\\<@{ID}> \\@everyone": (f"<@{ID}> @everyone", []),
    "**bold** __line__ ~~gone~~ ||hidden|| *it* _al_": ("bold line gone hidden it al", []),
    "\\*not\\* snake_case_name 2*3*4": ("*not* snake_case_name 2*3*4", []),
    "# Title\n-# small\n> quote": ("Title\nsmall\nquote", []),
    "un`closed and **open": ("un`closed and **open", []),
}


@pytest.mark.parametrize("text", READ)
def test_a_text_is_read(text: str) -> None:
    shown, active = read(text)
    assert (shown, [(one.kind, one.target) for one in active]) == READ[text]


def test_a_link_that_nobody_wrote_is_known_as_such() -> None:
    named = read("[x](https://a.example) https://b.example <https://c.example>")[1]
    assert [(one.found, one.quiet) for one in named] == [(False, False), (True, False), (True, True)]


def test_long_hostile_text_is_read_quickly() -> None:
    began = time.monotonic()
    for text in ("[" * 4000, "`" * 4000, "*" * 4000, "_a" * 2000, "[x](" * 1000, "<@" * 2000, "\\" * 4000, "||" * 2000):
        read(text)
    assert time.monotonic() - began < 5


async def test_embeds_act_in_their_texts_and_their_titles_lead_somewhere() -> None:
    async with lab() as here:
        embed = EMBED | {
            "description": f"<@{ID}> [x](https://b.example)",
            "author": {"name": "@everyone", "url": "https://c.example"},
            "fields": [{"name": f"<@{ID}>", "value": "**y**"}],
            "footer": {"text": "[z](https://d.example)"},
        }
        link = {"type": 2, "style": 5, "label": "Open", "url": "https://e.example"}
        menu = {"type": 3, "custom_id": "m", "placeholder": "Save…", "options": [{"label": "One", "value": "1"}]}
        rows = [ROW | {"components": [*ROW["components"], link]}, {"type": 1, "components": [menu]}]
        said = await here.posts(embeds=[embed], components=rows)

    # names of fields, footers and authors are only text
    assert [(one.kind, one.target) for one in acting(said)] == [
        ("link", "https://c.example"),
        ("link", "https://arxiv.org/abs/2604.10005"),
        ("mention", ID),
        ("link", "https://b.example"),
        ("link", "https://e.example"),
    ]
    assert lines(said) == [
        *("@everyone", "On tokens", f"@{ID} x", f"<@{ID}>", "y", "[z](https://d.example)"),
        *("🔖 Save", "Open", "Save…", "One"),
    ]
    assert spoken(said) == ["🔖 Save", "Open", "Save…"]
    assert notice(said) == "@everyone"
    assert said.pings == frozenset()
