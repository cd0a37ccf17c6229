"""The settings: read once from the environment and `.env`, checked, and each mistake told in one sentence.

What an adapter alone needs stands in the adapter's own `SETTINGS` and is handed to it as text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.ports import SettingError

Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Every setting of the house; a field's description is its form and where to get it."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: str = Field(
        default="sqlite:///data/paperround.db",
        description="where everything is kept: sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE",
        pattern=r"^(sqlite:///|postgres(ql)?(\+psycopg)?://).+$",
    )
    platforms: Names = Field(
        default=("console",), min_length=1, description="the platforms to serve, separated by commas: console"
    )
    sources: Names = Field(
        default=("arxiv", "huggingface", "feed"),
        min_length=1,
        description="the sources to poll, separated by commas: arxiv,huggingface,feed",
    )
    contact: str = Field(
        default="",
        description="an address or page where publishers reach you; it stands in the User-Agent of every request",
        max_length=200,
    )
    poll_minutes: float = Field(
        default=60, ge=1, le=1440, description="1 to 1440, the minutes between two questions to one source"
    )
    port: int = Field(default=8080, ge=0, le=65535, description="0 to 65535, the port of `paperround web`")
    shrink: float = Field(
        default=1, ge=1, le=1000, description="1 to 1000; divides every time limit and window, for tests and drills"
    )
    secret_keys: Names = Field(
        default=(),
        repr=False,
        description="Fernet keys separated by commas, as `paperround key` prints them: the first encrypts the tokens "
        "of workspaces that install the bot, all decrypt",
    )
    log_level: str = Field(
        default="WARNING",
        description="DEBUG, INFO, WARNING or ERROR: how much is logged",
        pattern=r"^(DEBUG|INFO|WARNING|ERROR)$",
    )

    @field_validator("platforms", "sources", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip().lower() for name in value.split(",") if name.strip())
        return value

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        keys = tuple(key.strip() for key in value.split(",") if key.strip())
        # 32 bytes in URL-safe base64: https://github.com/fernet/spec/blob/master/Spec.md
        if not all(re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) for key in keys):
            raise ValueError
        return keys

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.strip().upper() if isinstance(value, str) else value


def load(**given: object) -> Settings:
    """The settings. Raises SettingError: one sentence naming the variable, its form and where to get it."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks what the environment cannot promise
    except (UnicodeDecodeError, OSError) as error:
        raise SettingError(".env cannot be read: it is a text file in UTF-8, one NAME=value a line.") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = str(first["loc"][0])
        field = Settings.model_fields.get(name)
        form = field.description if field else ""
        raise SettingError(f"{name.upper()} is not right; it is {form}.") from None


def texts(names: Mapping[str, object], environment: Mapping[str, str]) -> dict[str, str]:
    """The settings of one adapter, as text: the environment's, or else `.env`'s; those not set are left out."""
    written = dotenv_values(Path(".env"))
    kept = {name: environment.get(name) or written.get(name) for name in names}
    return {name: value for name, value in kept.items() if value}


def unknown(known: Collection[str]) -> list[str]:
    """A sentence about each name in `.env` that is neither a setting of the house nor among those of the adapters."""
    found: list[str] = []
    for name in dotenv_values(Path(".env")):
        if name.lower() in Settings.model_fields or name in known:
            continue
        near = get_close_matches(name.upper(), [*map(str.upper, Settings.model_fields), *known], 1, 0.8)
        found.append(f"{name} is no setting of Paperround" + (f"; did you mean {near[0]}?" if near else "."))
    return found
