"""What Slack takes at most.

https://docs.slack.dev/reference/block-kit/ and https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

from typing import Final

#: blocks of a message, and of a form or a home
BLOCKS: Final = 50
BLOCKS_OF_VIEW: Final = 100
#: characters of all blocks of a message together: undocumented; refused without a reason from 11,341 up
# (https://github.com/slackapi/bolt-js/issues/2867)
ALL: Final = 8000
#: characters of one text
SECTION: Final = 3000
HEADER: Final = 150
#: … of the fallback text; advised
TEXT: Final = 4000
BUTTON: Final = 75
ACCESSIBLE: Final = 75
VALUE: Final = 2000
URL: Final = 3000
#: an option of a menu: what is read, what is sent
OPTION: Final = 75
OPTION_VALUE: Final = 150
#: options of a menu, of a folded one, completions
OPTIONS: Final = 100
OVERFLOW: Final = 5
#: buttons of one block
ELEMENTS: Final = 25
#: forms: the heading and the buttons, a label, what stands in a field, our own notes
TITLE: Final = 24
LABEL: Final = 2000
FIELD: Final = 3000
METADATA: Final = 3000
PLACEHOLDER: Final = 150
#: messages a second in one channel; several hundred a minute in a workspace
A_CHANNEL: Final = 1.0
A_WORKSPACE: Final = 5.0
#: of what one person alone sees (Tier 4: 100 and more a minute)
PRIVATE: Final = 1.5
#: seconds in which a form can be opened after a press; minutes in which an answer can be given at its address
TRIGGER: Final = 3.0
#: a page of history, and of people
PAGE: Final = 200
