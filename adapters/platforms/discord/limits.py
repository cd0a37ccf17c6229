"""What Discord takes at most. Lengths are in UTF-16 units, the longest that Discord could count.

https://discord.com/developers/docs/resources/message and https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

#: characters of a message's text
CONTENT: Final = 2000
#: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
TITLE: Final = 256
DESCRIPTION: Final = 4096
FOOTER: Final = 2048
#: … of all embeds of a message together
ALL: Final = 6000
#: of an address in an embed, and behind a button
URL: Final = 2048
BUTTON_URL: Final = 512
#: a button's label; its name, and a menu's
BUTTON: Final = 80
CUSTOM_ID: Final = 100
#: rows of a message, buttons of a row
ROWS: Final = 5
ROW: Final = 5
#: options of a menu, or completions; what is read and what is sent of each; what stands on a closed menu
OPTIONS: Final = 25
OPTION: Final = 100
PLACEHOLDER: Final = 150
#: forms: the heading, a label, what stands in a field, fields
FORM: Final = 45
LABEL: Final = 45
FIELD: Final = 4000
FIELDS: Final = 5
#: the name of a thread or of a post in a forum
THREAD: Final = 100
#: our name of a message; Discord's nonce may have 25 characters
KEY: Final = 24
#: bytes of a file, where nobody pays for more
FILE: Final = 10 * 2**20
#: a page of what was said, of members
PAGE: Final = 100
#: requests a second with one token (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit)
A_TOKEN: Final = 50.0
#: messages a second in one channel: 5 in 5 s, as bots see it in the headers
A_CHANNEL: Final = 1.0
A_CHANNEL_AT_ONCE: Final = 5
#: answers 401, 403 and 429 in ten minutes: 10,000 are a ban; we say so, and stop, long before
# (https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans)
INVALID_WITHIN: Final = timedelta(minutes=10)
INVALID_SAID: Final = 500
INVALID: Final = 1000
#: the wall before Discord keeps us out so long at least
BANNED: Final = timedelta(minutes=10)
#: seconds that a request waits for a bucket that is known to be empty; discord.py takes no less
PATIENCE: Final = 30.0
#: minutes after which a thread rests, in which no reaction is taken: a week, the longest there is
RESTS: Final = 10080
