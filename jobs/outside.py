"""What lies outside, as the settings name it: platforms, sources, who sums up. An adapter is found by its file name."""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
from collections.abc import Mapping
from types import ModuleType

import adapters.platforms
import adapters.sources
import adapters.summaries
from adapters.http import Http
from bot.ports import Clock, Openable, Platform, Routes, SettingError, Source, Summariser
from jobs.settings import Settings, texts, unknown

#: how it goes on without the model that the settings name
MEANWHILE = "Until that is mended, sentences of the abstract are shown."


def modules(package: ModuleType) -> list[str]:
    """The adapters there are, by file name."""
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def adapter(package: ModuleType, variable: str, name: str) -> ModuleType:
    """One adapter by its file name. Raises SettingError listing the known ones."""
    known = modules(package)
    if name not in known:
        raise SettingError(f"{variable} names “{name}”; this release has: {', '.join(known)}.")
    try:
        return importlib.import_module(f"{package.__name__}.{name}")
    except ModuleNotFoundError as error:
        raise SettingError(f"{variable} names “{name}”, which needs: pip install 'paperround[{name}]'.") from error


def by_tokens(settings: Settings) -> Settings:
    """The settings, where PLATFORMS is not set with the platforms whose token or secret is, or else the terminal."""
    if "platforms" in settings.model_fields_set:
        return settings
    kinds = ("BOT_TOKEN", "SIGNING_SECRET", "TOKEN")
    tokens = {f"{name.upper()}_{kind}": name for name in modules(adapters.platforms) for kind in kinds}
    given = tuple(dict.fromkeys(tokens[name] for name in texts(tokens, os.environ)))
    return settings.model_copy(update={"platforms": given}) if given else settings


def load_sources(
    settings: Settings, http: Http, given: Mapping[str, str] | None = None
) -> dict[str, Source | Openable]:
    """The adapters that `SOURCES` names. Raises SettingError."""
    return {name: load_source(name, http, given) for name in settings.sources}


def load_source(name: str, http: Http, given: Mapping[str, str] | None = None) -> Source | Openable:
    """One of them. Raises SettingError."""
    module = adapter(adapters.sources, "SOURCES", name)
    made: Source | Openable = module.source(http, texts(module.SETTINGS, os.environ) if given is None else given)
    return made


def load_platforms(settings: Settings, clock: Clock, **more: object) -> dict[str, Platform]:
    """The adapters that `PLATFORMS` names. Raises SettingError."""
    return {name: load_to_serve(name, settings, clock, **more) for name in settings.platforms}


def load_to_serve(name: str, settings: Settings, clock: Clock, **more: object) -> Platform:
    """One of them, with all that its people need. Raises SettingError."""
    made = load_platform(name, clock, **more)
    # better told now than to the first workspace, at the end of its installation
    if isinstance(made, Routes) and not settings.secret_keys:
        raise SettingError(
            f"{name.capitalize()} over HTTP needs SECRET_KEYS: the tokens of workspaces that install the bot are "
            "kept encrypted. `paperround key` prints a key."
        )
    return made


def load_platform(name: str, clock: Clock, **more: object) -> Platform:
    """One of them. Raises SettingError."""
    module = adapter(adapters.platforms, "PLATFORMS", name)
    made: Platform = module.platform(texts(module.SETTINGS, os.environ), clock=clock, **more)
    return made


def load_summariser(given: Mapping[str, str] | None = None) -> Summariser | None:
    """Who sums up papers: the adapter whose settings are there, or nobody. Raises SettingError."""
    for name in modules(adapters.summaries):
        module = adapter(adapters.summaries, "LLM_BASE_URL", name)
        found: Summariser | None = module.summariser(texts(module.SETTINGS, os.environ) if given is None else given)
        if found:
            return found
    return None


def unknown_names() -> list[str]:
    """A sentence about each name in `.env` that no part of this release reads: a slip of the pen, perhaps."""
    known: list[str] = []
    left = unknown(known)
    for package in (adapters.summaries, adapters.sources, adapters.platforms):
        for name in modules(package):
            if left:  # a platform's library takes a while to load
                with contextlib.suppress(SettingError):  # or is not there
                    known += adapter(package, "", name).SETTINGS
                left = unknown(known)
    return left
