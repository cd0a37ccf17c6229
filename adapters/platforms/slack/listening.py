"""The Bolt app: what Slack tells is an act in the inbox before it is acknowledged; what is no act is acknowledged too.

Bolt acknowledges events before a listener runs, and asks `auth.test` about each of them; so
`process_before_response`, and an `authorize` of our own that asks nobody.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.platforms.slack import forms
from adapters.platforms.slack.acts import SHORTCUTS, Acts, Pressed
from adapters.platforms.slack.people import People
from adapters.platforms.slack.reactions import Reactions
from adapters.platforms.slack.receipts import Receipts
from adapters.platforms.slack.stamps import moment
from adapters.platforms.slack.tasks import Beside
from adapters.platforms.slack.web import Web
from adapters.platforms.slack.whose import workspace
from adapters.platforms.slack.workspaces import Workspaces, posting_as
from bot import forms as filling
from bot.messages import windows
from bot.messages.installing import NOT_INSTALLED
from bot.models import Act, Action, Question
from bot.ports import Inbox, PostError, Request, StorageError, Unauthorised

log = logging.getLogger(__name__)

Json = dict[str, Any]
EVERYTHING: Final = re.compile("")
#: events after which there is no token, and which need none
GOODBYES: Final = ("app_uninstalled", "tokens_revoked")
#: where a request carries the id of its workspace
WHOSE: Final = "whose"
#: Bolt writes whole requests into a log that is told to tell much: ours never does
QUIET: Final = logging.getLogger("slack_bolt.quiet")
QUIET.setLevel(logging.ERROR)


class Listening:
    """Hands what people do to an inbox, of one workspace or of many."""

    def __init__(
        self,
        workspaces: Workspaces,
        web: Web,
        acts: Acts,
        people: People,
        *,
        receipts: Receipts,
        reactions: Reactions,
        command: str,
        inbox: Inbox,
        left: Callable[[str, datetime], Awaitable[None]],
    ) -> None:
        """`web` lends its connections; `left` forgets the tokens of a workspace that the app was removed from."""
        self._workspaces = workspaces
        self._left = left
        self._web = web
        self._acts = acts
        self._people = people
        self._receipts = receipts
        self._reactions = reactions
        self._inbox = inbox
        self._typed = command
        self._beside = Beside()
        self._app = AsyncApp(
            client=web.client,
            authorize=authorizing(workspaces),
            process_before_response=True,
            raise_error_for_unhandled_request=True,
            # our own reactions and links are told apart by who did them; our own metadata is what we wait for
            ignoring_self_events_enabled=False,
            # Bolt writes the body of what it refuses into the log; `signatures` does not
            request_verification_enabled=False,
            logger=QUIET,
        )
        self._listen(command)

    async def heard(self, kind: str, payload: Json) -> Json | None:
        """One thing that Slack tells; gives what is acknowledged, None for not at all."""
        whose = {WHOSE: workspace(payload)}
        response = await self._app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=payload, context=whose))
        if response.status != 200:
            return None
        if not response.body:
            return {}
        is_json = response.headers.get("content-type", [""])[0].startswith("application/json")
        said = json.loads(response.body) if is_json else {"text": response.body}
        return said if isinstance(said, dict) else {}

    async def posted(self, request: Request) -> BoltResponse:
        """One thing that Slack tells over HTTP, signed as it must be; gives the answer.

        Raises StorageError where it cannot be looked up whose it is: Slack tells it again, but for a command.
        """
        given: dict[str, str | Sequence[str]] = dict(request.headers)
        try:
            asked = AsyncBoltRequest(body=request.body.decode("utf-8", "replace"), headers=given)
            kind = (asked.body.get("event") or {}).get("type")
            asked.context[WHOSE] = workspace(asked.body)
        except (ValueError, TypeError, AttributeError, LookupError):  # nothing of it is sure to be what it should be
            log.warning("What Slack told could not be read", extra={"action": "unreadable"})
            return BoltResponse(status=400)
        typed = "command" in asked.body
        try:
            if asked.body.get("type") != "url_verification" and "ssl_check" not in asked.body and kind not in GOODBYES:
                await self._workspaces.of(asked.context[WHOSE])
        except Unauthorised:
            # it was removed, and something was still on its way: only who typed a command is told
            return BoltResponse(status=200, body=NOT_INSTALLED if typed else "")
        except StorageError as error:
            if not typed:
                raise
            return BoltResponse(status=200, body=str(error))
        return await self._app.async_dispatch(asked)

    async def close(self) -> None:
        """Let go of what was begun beside."""
        await self._beside.close()

    def _listen(self, command: str) -> None:
        app = self._app
        app.command(command)(self._command)
        app.action(EVERYTHING)(self._pressed)
        app.view(forms.FORM)(self._submitted)
        app.options(EVERYTHING)(self._asked)
        for name, _, _ in SHORTCUTS:
            app.shortcut(name)(self._shortcut)
        app.event("app_mention")(self._mentioned)
        app.event("message")(self._written)
        app.event("reaction_added")(self._reacted)
        app.event("reaction_removed")(self._reacted)
        app.event("app_home_opened")(self._opened)
        app.event("link_shared")(self._linked)
        app.event("member_joined_channel")(self._moved)
        app.event("channel_left")(self._moved)
        app.event("group_left")(self._moved)
        app.event("message_metadata_posted")(self._confirmed)
        app.event("user_change")(self._changed)
        app.event("team_join")(self._changed)
        app.event("app_uninstalled")(self._removed)
        app.event("tokens_revoked")(self._removed)
        app.error(self._broke)

    # --------------------------------------------------------------------------------------------- commands

    async def _command(self, body: Json, ack: AsyncAck) -> BoltResponse:
        if form := self._acts.alone(body):
            self._beside.begin(self._open(form))
            return await ack()
        try:
            await self._inbox.take(self._acts.command(body))
        except StorageError as error:
            return await ack(str(error))
        return await ack()

    async def _pressed(self, body: Json, ack: AsyncAck) -> BoltResponse:
        for done in self._acts.presses(body):
            if isinstance(done, Pressed):
                self._beside.begin(self._open(done))
            else:
                await self._take(done, body)
        return await ack()

    async def _submitted(self, body: Json, ack: AsyncAck) -> BoltResponse:
        if wrong := filling.wrong(forms.answers(body["view"]["state"]["values"])):
            return await ack(response_action="errors", errors=wrong)
        try:
            for act in self._acts.submitted(body):
                await self._inbox.take(act)
        except StorageError as error:
            # the form stays open with what was filled in
            return await ack(response_action="errors", errors={body["view"]["blocks"][0]["block_id"]: str(error)})
        return await ack()

    async def _shortcut(self, body: Json, ack: AsyncAck) -> BoltResponse:
        if act := self._acts.shortcut(body):
            await self._take(act, body)
        return await ack()

    async def _take(self, act: Act, body: Json) -> None:
        """Take what Slack does not tell again; who did it is told when it could not be taken."""
        try:
            await self._inbox.take(act)
        except StorageError as error:
            self._beside.begin(self._answer(str(body.get("response_url") or ""), str(error)))

    async def _asked(self, body: Json, ack: AsyncAck) -> BoltResponse:
        try:
            known = await self._inbox.ask(self._acts.asking(body))
        except StorageError:
            known = ()
        return await ack(**forms.proposals([(str(one), str(getattr(one, "label", one))) for one in known]))

    # ----------------------------------------------------------------------------------------------- events

    async def _mentioned(self, body: Json) -> BoltResponse:
        return await self._event(self._acts.mention(body))

    async def _written(self, body: Json) -> BoltResponse:
        is_direct = body["event"].get("channel_type") == "im"
        return await self._event(self._acts.mention(body) if is_direct else None)

    async def _reacted(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        act = self._acts.reaction(body, _bot(body, context))
        response = await self._event(act)
        if act is None or response.status != 200:
            return response
        try:
            await self._reactions.heard(act)
        except StorageError:
            return BoltResponse(status=503)
        return response

    async def _opened(self, body: Json) -> BoltResponse:
        return await self._event(self._acts.opened(body))

    async def _moved(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        return await self._event(self._acts.moved(body, _bot(body, context)))

    async def _linked(self, body: Json, context: AsyncBoltContext) -> BoltResponse:
        return await self._event(*self._acts.linked(body, _bot(body, context)))

    async def _confirmed(self, body: Json) -> BoltResponse:
        # the app's id is not known when its manifest is written, so that other apps' metadata comes too
        if body["event"].get("app_id") == body.get("api_app_id"):
            try:
                await self._receipts.tell(body["event"])
            except StorageError:
                return BoltResponse(status=503)
        return BoltResponse(status=200)

    async def _changed(self, body: Json) -> BoltResponse:
        self._people.told(workspace(body), body["event"].get("user") or {})
        return BoltResponse(status=200)

    async def _removed(self, body: Json) -> BoltResponse:
        """The act first: when what follows fails, Slack tells it again, and what is known twice has no effect."""
        act = self._acts.left(body)
        if act is None:
            return BoltResponse(status=200)
        response = await self._event(act)
        if response.status == 200:
            try:
                await self._left(act.channel.workspace, moment(act.order))
            except StorageError:
                return BoltResponse(status=503)
        return response

    async def _event(self, *acts: Act | None) -> BoltResponse:
        """Take it; what cannot be taken now Slack tells again."""
        try:
            for act in acts:
                if act is not None:
                    await self._inbox.take(act)
        except StorageError:
            return BoltResponse(status=503)
        return BoltResponse(status=200)

    # ----------------------------------------------------------------------------------------------- beside

    async def _open(self, pressed: Pressed) -> None:
        """Open a form: Slack gives three seconds for it."""
        try:
            action = await self._filled(pressed)
        except StorageError as error:
            await self._answer(pressed.origin.url, str(error))
            return
        view = forms.view(action, pressed.origin, self._typed)
        try:
            web = await posting_as(self._workspaces, pressed.channel.workspace)
            opening = web.client.views_push if pressed.inside else web.client.views_open
            await web.asked(opening(trigger_id=pressed.trigger, view=view))
        except PostError as error:
            log.warning("A form was not opened: %s", error, extra={"action": "form_lost"})
            await self._answer(pressed.origin.url, windows.TOO_LATE)

    async def _filled(self, pressed: Pressed) -> Action:
        """The form with what stands in its fields by now. Raises StorageError."""
        action = pressed.action
        if not filling.asks_first(action):
            return action
        known = await self._inbox.ask(Question(pressed.channel, pressed.person, action.command))
        return filling.standing(action, known)

    async def _answer(self, url: str, text: str) -> None:
        if not url:
            return
        try:
            await self._web.sent(url, json={"text": text, "response_type": "ephemeral", "replace_original": False})
        except PostError as error:
            log.warning("An answer was not posted: %s", error, extra={"action": "answer_lost"})

    async def _broke(self, error: Exception) -> BoltResponse:
        """What concerns nobody is acknowledged; what broke is told again, if it is an event, and logged."""
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200)
        log.error("What Slack told was not understood", exc_info=error, extra={"action": "act_broke"})
        return BoltResponse(status=500)


def _bot(body: Json, context: AsyncBoltContext) -> str:
    """Our own id: Slack names it beside every event, before we were told it otherwise too."""
    given = (one for one in body.get("authorizations") or () if isinstance(one, Mapping) and one.get("is_bot"))
    return str(next(given, {}).get("user_id") or context.bot_user_id or "")


def authorizing(workspaces: Workspaces) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Whose token it is: known by now, and asked of nobody while Slack waits."""

    async def authorize(context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        known = (await workspaces.of(context[WHOSE])).workspace
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=known.token,
            bot_user_id=known.user or None,
            bot_id=known.bot or None,
        )

    return authorize
