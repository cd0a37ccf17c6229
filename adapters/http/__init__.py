"""The one outgoing HTTP client: address guard, size and time limits, politeness."""

from adapters.http.client import NEVER, Answer, Http, Limits, Validators, meaning
from adapters.http.guard import Guard, is_loopback, is_sealed, trusted
from adapters.http.pace import Pace

__all__ = [
    "NEVER",
    "Answer",
    "Guard",
    "Http",
    "Limits",
    "Pace",
    "Validators",
    "is_loopback",
    "is_sealed",
    "meaning",
    "trusted",
]
