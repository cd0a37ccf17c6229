"""The README's pictures show what people see."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Awaitable, Callable

import pytest

pytest.importorskip("discord", reason="Discord needs its SDK: pip install 'paperround[discord]'.")
pytest.importorskip("slack_bolt", reason="Slack needs its SDK: pip install 'paperround[slack]'.")

from tests.pictures import morning
from tests.pictures.page import cropped


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize(
    ("drawing", "then", "alone", "times"),
    [
        (morning.in_slack, ["2 more replies", "Saved: HeceTokenizer"], "Only visible to you", 4),
        # there it is told in a direct message
        (morning.in_discord, ["2 more messages"], "Only you can see this", 3),
    ],
    ids=["Slack", "Discord"],
)
async def test_a_first_morning_is_drawn_from_follow_to_export(
    drawing: Callable[[], Awaitable[str]], then: list[str], alone: str, times: int
) -> None:
    drawn = await drawing()
    seen = [
        "Following papers about tokenization",
        "Ada follows tokenization here",
        "4 new papers",
        '">HeceTokenizer',
        *then,
        "Your reading list: 1 paper",
        "papers.bib",
    ]
    places = [drawn.index(text) for text in seen]
    assert places == sorted(places)
    assert drawn.count(alone) == times
    assert "🔖 1" in drawn


def test_a_picture_is_cut_where_the_page_ends() -> None:
    head = struct.pack(">IIBBBBB", 2, 3, 8, 0, 0, 0, 0)
    rows = b"\x00\x01\x02\x00\x03\x04\x00\xff\xff"
    signature = b"\x89PNG\r\n\x1a\n"
    png = signature + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    cut = cropped(png, 2)
    assert struct.unpack(">II", cut[16:24]) == (2, 2)
    (length,) = struct.unpack(">I", cut[33:37])
    assert zlib.decompress(cut[41 : 41 + length]) == rows[:6]
