"""Commands that help: what there is to type, what is seen and kept."""

from __future__ import annotations

from bot.messages import helping
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
        if near:
            raise CommandError(f"There is no command “{word[:40]}”. Did you mean {near}?", f"help {near}")
        raise CommandError(f"There is no command “{word[:40]}”.", "help all")
    return [private(act, message)]
