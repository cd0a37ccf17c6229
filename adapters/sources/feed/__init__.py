"""The source feed: any RSS, Atom or JSON feed that a workspace adds by its address."""

from adapters.sources.feed.source import NAME, SETTINGS, Feed, Feeds, source

__all__ = ["NAME", "SETTINGS", "Feed", "Feeds", "source"]
