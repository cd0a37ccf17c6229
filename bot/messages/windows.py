"""Words around forms and windows, on platforms that have them."""

from __future__ import annotations

from typing import Final

#: a form without a name, a window to read in
FORM: Final = "Paperround"
READ: Final = "Paper"
CANCEL: Final = "Cancel"
CLOSE: Final = "Close"
TOO_LATE: Final = "The form did not open in time. Please press the button again."
FILE: Final = "The file is in our direct messages: only you see it."
