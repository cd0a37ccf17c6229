"""Whether a request is what Discord's own document describes.

`../shared/specs/discord-openapi.json` is https://github.com/discord/discord-api-spec (MIT); it is no part of the
repository. Where it is absent nothing is checked, and `absent` says so.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from tests.rigs.discord.wire import Json, Problem

DOCUMENT: Final = Path(__file__).resolve().parents[4] / "shared" / "specs" / "discord-openapi.json"
MOST_NAMED: Final = 200
#: what discord.py asks for and the document leaves out
BESIDES: Final = ("use_nested_fields",)


def absent() -> str:
    """A sentence where the document is absent; "" where it is there."""
    return (
        "" if DOCUMENT.exists() else "Discord's own description of its API is not there: no request is checked by it."
    )


@functools.cache
def document() -> Json:
    """The document, made to take what Discord takes. Raises FileNotFoundError."""
    said: Json = json.loads(DOCUMENT.read_text("utf-8"))
    # Discord reads ids as numbers too, and libraries send them so
    said["components"]["schemas"]["SnowflakeType"] = {
        "anyOf": [{"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}, {"type": "integer", "minimum": 0}]
    }
    return said


@functools.cache
def operations() -> Mapping[str, tuple[str, str]]:
    """Operation -> its verb and path."""
    return {
        one["operationId"]: (verb.upper(), path)
        for path, verbs in document()["paths"].items()
        for verb, one in verbs.items()
        if verb != "parameters"
    }


def problems(method: str, body: Any, query: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a request of that operation; the worst thing of the body, and of each part of the query."""
    if absent():
        return []
    found: list[Problem] = []
    if body is not None and (check := _body(method)) and (error := best_match(check.iter_errors(body))):
        found.append(_problem(error))
    for name, value in query.items():
        if name in BESIDES:
            continue
        schema = _query(method).get(name)
        if schema is None:
            found.append(Problem(name, "UNKNOWN_QUERY", f"{method} takes no {name}"))
        elif error := best_match(_check(schema).iter_errors(_read(value, schema))):
            found.append(_problem(error).inside(name))
    return found


@functools.cache
def _operation(method: str) -> Json:
    verb, path = operations()[method]
    found: Json = document()["paths"][path][verb.lower()]
    return found


@functools.cache
def _body(method: str) -> Draft202012Validator | None:
    content = _operation(method).get("requestBody", {}).get("content", {})
    return _check(content["application/json"]["schema"]) if "application/json" in content else None


@functools.cache
def _query(method: str) -> Mapping[str, Json]:
    named = _operation(method).get("parameters", ())
    return {one["name"]: one["schema"] for one in named if one["in"] == "query"}


def _check(schema: Json) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document()["components"]})


def _read(value: str, schema: Json) -> Any:
    """What a part of a query stands for; discord.py says 1 for true."""
    if schema.get("type") == "boolean" and value.lower() in ("0", "1", "false", "true"):
        return value.lower() in ("1", "true")
    return int(value) if value.isdecimal() else value


def _problem(error: ValidationError) -> Problem:
    error = _closest(error)
    where = ".".join(str(one) for one in error.absolute_path)
    return Problem(where, str(error.validator).upper(), error.message[:MOST_NAMED])


def _closest(error: ValidationError) -> ValidationError:
    """Of several alternatives the problem of the one that was meant: the one whose `type` fits."""
    if error.validator not in ("anyOf", "oneOf"):
        return error
    branches: dict[Any, list[ValidationError]] = {}
    for one in error.context or ():
        branches.setdefault(one.relative_schema_path[0], []).append(one)
    meant = [
        several
        for several in branches.values()
        if not any(list(one.relative_path) in ([], ["type"]) and one.validator in ("type", "enum") for one in several)
    ]
    best = best_match(meant[0]) if len(meant) == 1 else None
    return _closest(best) if best else error
