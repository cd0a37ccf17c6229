"""The one outgoing HTTP client: address guard, size and time limits, politeness."""

from adapters.http.client import NEVER, Answer, Http, Limits, Validators, meaning
from adapters.http.guard import Guard, trusted
from adapters.http.pace import Pace

__all__ = ["NEVER", "Answer", "Guard", "Http", "Limits", "Pace", "Validators", "meaning", "trusted"]
