"""What travels through a platform as text and comes back with what somebody does: a handle, what a form is about."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Packed:
    """A few fields as text."""

    def packed(self) -> str:
        """As text; what is not there takes no room."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, separators=(",", ":"))

    @classmethod
    def of(cls, text: str) -> Self:
        """Out of text; an empty one of anything else."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return cls()
