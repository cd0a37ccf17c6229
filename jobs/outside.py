"""What lies outside, as the settings name it: platforms, sources, who sums up. An adapter is found by its file name."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Mapping
from types import ModuleType

import adapters.platforms
import adapters.sources
import adapters.summaries
from adapters.http import Http
from bot.ports import Clock, Openable, Platform, SettingError, Source, Summariser
from jobs.settings import Settings, texts


def modules(package: ModuleType) -> list[str]:
    """The adapters there are, by file name."""
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def adapter(package: ModuleType, variable: str, name: str) -> ModuleType:
    """One adapter by its file name. Raises SettingError listing the known ones."""
    known = modules(package)
    if name not in known:
        raise SettingError(f"{variable} names “{name}”, which there is not; known are: {', '.join(known)}.")
    try:
        return importlib.import_module(f"{package.__name__}.{name}")
    except ModuleNotFoundError as error:
        raise SettingError(f"{variable} names “{name}”, which needs: pip install 'paperround[{name}]'.") from error


def load_sources(
    settings: Settings, http: Http, given: Mapping[str, str] | None = None
) -> dict[str, Source | Openable]:
    """The adapters that `SOURCES` names. Raises SettingError."""
    loaded: dict[str, Source | Openable] = {}
    for name in settings.sources:
        module = adapter(adapters.sources, "SOURCES", name)
        loaded[name] = module.source(http, texts(module.SETTINGS, os.environ) if given is None else given)
    return loaded


def load_platforms(settings: Settings, clock: Clock, **more: object) -> dict[str, Platform]:
    """The adapters that `PLATFORMS` names. Raises SettingError."""
    loaded: dict[str, Platform] = {}
    for name in settings.platforms:
        module = adapter(adapters.platforms, "PLATFORMS", name)
        loaded[name] = module.platform(texts(module.SETTINGS, os.environ), clock=clock, **more)
    return loaded


def load_summariser(given: Mapping[str, str] | None = None) -> Summariser | None:
    """Who sums up papers: the adapter whose settings are there, or nobody. Raises SettingError."""
    for name in modules(adapters.summaries):
        module = adapter(adapters.summaries, "LLM_BASE_URL", name)
        found: Summariser | None = module.summariser(texts(module.SETTINGS, os.environ) if given is None else given)
        if found:
            return found
    return None
