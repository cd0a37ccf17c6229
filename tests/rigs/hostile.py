"""Titles that somebody made to do harm, by the thousand: each is a random mixture of what could act somewhere."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Final

#: hostile titles of one run; the issue's figure with PAPERROUND_HOSTILE=100000
HOSTILE: Final = int(os.environ.get("PAPERROUND_HOSTILE", "20000"))
#: papers of one hostile message
TOGETHER: Final = 20
#: what acts in Slack, in Discord, in a terminal, or breaks what lays text out
PIECES: Final = (
    *("<@U024BE7LH>", "<@W1>", "<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", "<#C024BE7LR|nlp>"),
    *("@here", "@channel", "@everyone", "@ada", "<@80351110224678912>", "<@&165511591545143296>"),
    *("<https://evil.example/a|arXiv>", "<https://evil.example>", "https://evil.example/b", "evil.example", "cs.AI"),
    *("[arXiv](https://evil.example/c)", "<mailto:a@evil.example|b>", "me@evil.example", "www.evil.example/d?x=1#y"),
    *("javascript:alert(1)", "data:text/html,<b>", "tel:112", "slack://user?team=T1", "http://[::1", "ftp://x.example"),
    *("<!date^1392734382^{date}|x>", "<t:1543392060:R>", ":bookmark:", ":+1::skin-tone-3:", "<:x:41771983429993937>"),
    *("*bold*", "_italic_", "~struck~", "`code`", "`/papers forget me now`", "```block```", "> quote", "# heading"),
    *(
        "&lt;!channel&gt;",
        "&amp;lt;@U1&amp;gt;",
        "&",
        "<",
        ">",
        "<<",
        ">>",
        "|",
        "<|>",
        "<@U1",
        "U1>",
        "<@",
        "&lt;@U1&gt;",
    ),
    *("\u202egpj.exe\u202c", "\u2066x\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\ufeff", "\u2060", "\u00ad"),
    *("\x00", "\x07", "\x1b[31m", "\x9b31m", "\x85", "\u2028", "\u2029", "\r", "\n", "\t", "\x7f", "\ud800", "\udfff"),
    *("z" + "\u0301" * 40, "\u0301" * 5, "nai\u0308ve", "E\u0301cole", "\u200d", "\u200c", "\ufe0f", "\U000e0067"),
    *(
        "\U0001f469\u200d\U0001f52c",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f1e8\U0001f1ed",
        "\U0001f44d\U0001f3fd",
    ),
    *("$\\alpha_{i}^{2}$", "\\H{o}", "$$\\int_0^\\infty$$", "{text}", "{0}", "%s", "${x}", '"', "'", "\\", "\\n"),
    *(
        "Tokenization",
        "attention is all you need",
        "ファミリー",
        "مرحبا",
        "שלום",
        "漢字" * 20,
        "long " * 60,
        "x" * 700,
        " ",
    ),
)


def titles(number: int, seed: int = 0) -> Iterator[str]:
    """So many titles."""
    dice = random.Random(seed)
    for _ in range(number):
        yield dice.choice(("", " ")).join(dice.choices(PIECES, k=dice.choice((1, 2, 3, 5, 8, 13))))
