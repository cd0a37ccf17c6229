"""Commands that help: what there is to type, what is seen and kept."""

from __future__ import annotations

from bot.messages import helping, refusing
from bot.models import Act
from bot.ports import CommandError
from jobs.answer.desk import Desk, Reply, private


async def help_(desk: Desk, act: Act, rest: str) -> list[Reply]:
    """`help`, `help all`, `help privacy` or `help COMMAND`."""
    word = rest.strip().lower()
    if word == "all":
        return [private(act, helping.help_all())]
    if word == "privacy":
        return [private(act, helping.privacy(desk.sights.get(act.channel.platform)))]
    if word in helping.ABOUT:
        return [private(act, helping.ABOUT[word]())]
    if not word:
        return [private(act, helping.help_short())]
    message = helping.help_one(word)
    if message is None:
        near = helping.help_like(word)
        raise CommandError(refusing.no_command(word, near), f"help {near or 'all'}")
    return [private(act, message)]
