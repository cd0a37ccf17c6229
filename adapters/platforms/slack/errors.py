"""What Slack's and the SDK's errors mean here: one table, and a test that walks the SDK for what it lacks.

https://docs.slack.dev/reference/methods/chat.postMessage#errors. An answer with `"ok": false` was not done, but for the
few codes of which Slack itself says that part of it may have been.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.error import BoltError
from slack_sdk.errors import (
    BotUserAccessError,
    SlackApiError,
    SlackClientConfigurationError,
    SlackClientError,
    SlackClientNotConnectedError,
    SlackObjectFormationError,
    SlackRequestError,
    SlackTokenRotationError,
)

from adapters.http import posting
from adapters.http.posting import seconds
from bot.ports import ChannelGone, Doubtful, NotSent, PostError, Refused, Unauthorised

#: what an exception means, the more particular first: raised before the first byte left, or after
MEANINGS: Final[tuple[tuple[type[BaseException], type[PostError]], ...]] = (
    (SlackObjectFormationError, Refused),
    (SlackRequestError, NotSent),
    (SlackClientNotConnectedError, NotSent),
    (SlackClientConfigurationError, NotSent),
    (SlackTokenRotationError, Unauthorised),
    (BotUserAccessError, Unauthorised),
    (SlackApiError, Doubtful),  # without a code: what came back was no answer of Slack's
    (SlackClientError, Doubtful),
    (BoltError, NotSent),
    *posting.MEANINGS,
)

_GONE: Final = {
    "channel_not_found": "The channel is not there, or it is private and I am not in it. Invite me to it.",
    "not_in_channel": "I am not in the channel. Invite me to it.",
    "is_archived": "The channel is archived.",
    "restricted_action": "A preference of the workspace lets only some people post in the channel.",
    "restricted_action_read_only_channel": "The channel is read-only for apps.",
    "restricted_action_thread_only_channel": "The channel takes messages in threads only.",
    "restricted_action_non_threadable_channel": "The channel takes no messages in threads.",
    "user_not_found": "That person is not in the workspace.",
    "user_disabled": "That person's account is switched off.",
    "user_not_visible": "I may not see that person.",
    "user_not_in_channel": "That person is not in the channel.",
    "cannot_dm_bot": "Bots get no direct messages.",
    "messages_tab_disabled": "The app takes no direct messages: its Messages Tab is switched off.",
    "cannot_find_channel": "The channel is not there.",
    "posting_to_general_channel_denied": "A preference of the workspace lets nobody else post in the general channel.",
    "not_enabled": "The app's Home Tab is switched off.",
    "slack_connect_file_upload_sharing_blocked": "Files may not be shared there.",
}
_UNAUTHORISED: Final = {
    "invalid_auth": "Slack does not know the token. Is SLACK_BOT_TOKEN complete?",
    "not_authed": "Slack was given no token. Is SLACK_BOT_TOKEN set?",
    "account_inactive": "The app was removed from the workspace. Install it again.",
    "token_revoked": "The token was revoked. Install the app again.",
    "token_expired": "The token has expired. Install the app again.",
    "no_permission": "The token lacks a permission. Install the app again with the manifest.",
    "missing_scope": "The token lacks a scope. Install the app again with the manifest.",
    "not_allowed_token_type": "The token is of another kind: SLACK_BOT_TOKEN begins with xoxb-.",
    "access_denied": "The workspace denies the app access.",
    "org_login_required": "The workspace is being moved to an organisation.",
    "team_access_not_granted": "The organisation has not granted the app this workspace.",
    "two_factor_setup_required": "The workspace wants two-factor authentication first.",
    "enterprise_is_restricted": "The organisation does not allow it.",
    "ekm_access_denied": "The workspace's administrators have suspended posting.",
}
_REFUSED: Final = {
    "invalid_blocks": "Slack does not take the message as it is laid out.",
    "invalid_blocks_format": "Slack does not take the message as it is laid out.",
    "msg_blocks_too_long": "The message is too long.",
    "msg_too_long": "The message is too long.",
    "no_text": "The message is empty.",
    "invalid_arguments": "Slack does not take the message as it is.",
    "invalid_metadata_format": "Slack does not take the message's metadata.",
    "invalid_metadata_schema": "Slack does not take the message's metadata.",
    "metadata_too_large": "Slack does not take the message's metadata.",
    "metadata_must_be_sent_from_app": "Slack takes metadata from apps only.",
    "invalid_charset": "The message holds characters that Slack does not take.",
    "thread_not_found": "The message that it would hang under is gone.",
    "cannot_reply_to_message": "Nothing can hang under that message.",
    "too_many_attachments": "The message is too long.",
    "view_too_large": "The window would be too large.",
    "message_not_found": "The message is gone.",
    "cannot_find_message": "The message with that link is gone.",
    "cannot_unfurl_message": "That message takes no preview.",
    "cannot_unfurl_url": "That link takes no preview.",
    "expired_trigger_id": "It was too late to open a window.",
    "exchanged_trigger_id": "The window was opened before.",
    "invalid_trigger_id": "A window cannot be opened for that.",
    "push_limit_reached": "There are too many windows on top of each other.",
    "not_found": "The window is gone.",
    "hash_conflict": "The window was changed meanwhile.",
    "file_not_found": "The file did not arrive.",
    "used_url": "That was answered five times already.",
    "expired_url": "It was too late to answer.",
}
#: Slack says that something may have been done all the same
_DOUBTFUL: Final = {
    "internal_error": "Slack had trouble of its own.",
    "fatal_error": "Slack had trouble of its own.",
    "service_unavailable": "Slack was not available.",
}
_NOT_SENT: Final = {
    "ratelimited": "Slack asks for patience.",
    "rate_limited": "Slack asks for patience.",
    "message_limit_exceeded": "The workspace's messages are used up for now.",
    "request_timeout": "Slack did not get the whole request.",
    "team_added_to_org": "The workspace is being moved to an organisation.",
    "accesslimited": "Slack limits access for now.",
}
#: Slack's error codes, and what people are told
CODES: Final[Mapping[str, tuple[type[PostError], str]]] = {
    code: (kind, sentence)
    for kind, several in (
        (ChannelGone, _GONE),
        (Unauthorised, _UNAUTHORISED),
        (Refused, _REFUSED),
        (Doubtful, _DOUBTFUL),
        (NotSent, _NOT_SENT),
    )
    for code, sentence in several.items()
}


def meaning(error: type[BaseException]) -> type[PostError] | None:
    """What an exception says of a post; None for one that is not Slack's, the SDK's or the network's."""
    return next((kind for known, kind in MEANINGS if issubclass(error, known)), None)


def ours(error: BaseException, limit: str = "") -> PostError | None:
    """The error of ours; `limit` is the bucket that waits when Slack asks for patience. None for what is a mistake."""
    if isinstance(error, PostError):
        return error
    if isinstance(error, SlackApiError):
        return _answered(error, limit)
    kind = meaning(type(error))
    return kind(f"Slack did not answer: {type(error).__name__}.") if kind else None


def coded(code: str, detail: str = "") -> PostError:
    """The error of a code; one that nobody knows was not done, for Slack said so."""
    kind, sentence = CODES.get(code, (NotSent, "Slack does not take it."))
    return kind(f"{sentence} ({code}{f': {detail}' if detail else ''})")


def told(status: int, headers: Mapping[str, str], body: object, limit: str = "") -> PostError:
    """The error of an answer that is not well."""
    said: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    code = said.get("error", "") if isinstance(said.get("error"), str) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return NotSent("Slack asks for patience.", retry_after=seconds(headers.get("Retry-After", "")), limit=limit)
    if code:
        return coded(code, str(said.get("needed") or ""))
    if 400 <= status < 500:
        return NotSent(f"Slack answered {status}.")
    return Doubtful(f"Slack answered {status}, and not in its own words.")


def _answered(error: SlackApiError, limit: str) -> PostError:
    response: Any = error.response
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    return told(status, getattr(response, "headers", {}) or {}, getattr(response, "data", None), limit)
