"""Draw them all."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.pictures import morning
from tests.pictures.page import photograph

DOCS = Path(__file__).resolve().parents[2] / "docs"

photograph(asyncio.run(morning.in_slack()), DOCS / "slack.png")
photograph(asyncio.run(morning.in_discord()), DOCS / "discord.png")
