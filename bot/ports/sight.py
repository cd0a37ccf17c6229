"""What a platform lets us see of people: plain lines, from which `help privacy` is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Sight:
    """What one platform's adapter takes in, keeps and leaves alone. Each line goes on after "I see:"."""

    #: what reaches us: "what you type after /papers"
    sees: tuple[str, ...]
    #: what of it is kept, beside what the house keeps of everybody
    keeps: tuple[str, ...] = ()
    #: what people may fear, and what never reaches us or is dropped unread
    never: tuple[str, ...] = ()


@runtime_checkable
class Sees(Protocol):
    """A platform that declares it. Every adapter of ours does; a test asks."""

    sight: Sight
