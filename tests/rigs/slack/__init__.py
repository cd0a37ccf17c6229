"""Slack as a server on loopback: the real SDK talks to it, and people at its screens do what people do.

    async with SlackServer() as slack:
        lab = slack.workspace("lab")
        token = slack.install(lab)                        # SLACK_BOT_TOKEN; slack.app.app_token is SLACK_APP_TOKEN
        papers = slack.channel(lab, "papers")             # the bot is in it
        ada = slack.person(lab, "Ada", zone="Europe/Zurich")
        …                                                 # the program, with SLACK_API_URL = slack.api
        await ada.types(papers, "/papers follow mamba").done()
        ada.presses(ada.private()[-1], "Undo")
        slack.fail(DROP_AFTER, channel=papers.id)
        slack.admin.archives(papers)

`server`   the Web API, Socket Mode, uploads, answers, the page of an installation; the record of every call
`methods`  what each method of the Web API does
`state`    what is there, what is said, and which of it the app is told
`world`    workspaces, members, conversations, messages
`app`      the app as its manifest describes it
`manifest` whether Slack would make an app of a manifest
`access`   tokens, scopes, rotation
`handles`  triggers and addresses for answers, with their lives
`views`    forms and homes
`blocks`   whether Slack would take these blocks
`mrkdwn`   what people read, and what in it acts
`told`     what the app is told, how often, and what it answers
`sockets`  … over Socket Mode; `hook` … over HTTP; `payloads` … in which words
`people`   somebody at a screen; `fields` what is pressed and filled in
`browser`  somebody who installs the app
`admin`    what happens to channels and installations
`tiers`    how often each method may be called
`wire`     arguments, errors, signatures; faults that only Slack makes
`exam`     the adapter sits the exam of all platforms; `house` a whole house on it
`lab`      a workspace, two people and the SDK on the app's side: what the rig's own tests need
"""

from __future__ import annotations

from tests.rigs.slack.app import HISTORY, SCOPES, App
from tests.rigs.slack.browser import Browser, Page
from tests.rigs.slack.mrkdwn import Active
from tests.rigs.slack.people import Somebody
from tests.rigs.slack.server import Consent, SlackServer
from tests.rigs.slack.state import acting, lines, notice, spoken
from tests.rigs.slack.tiers import TIERS, UNLISTED
from tests.rigs.slack.told import Told
from tests.rigs.slack.views import Shown
from tests.rigs.slack.wire import doubting, refusing, signature
from tests.rigs.slack.world import Conversation, Said, Workspace

__all__ = [
    "HISTORY",
    "SCOPES",
    "TIERS",
    "UNLISTED",
    "Active",
    "App",
    "Browser",
    "Consent",
    "Conversation",
    "Page",
    "Said",
    "Shown",
    "SlackServer",
    "Somebody",
    "Told",
    "Workspace",
    "acting",
    "doubting",
    "lines",
    "notice",
    "refusing",
    "signature",
    "spoken",
]
