"""The source arXiv: its daily feeds for news, its API for one paper and for the past."""

from adapters.sources.arxiv.source import NAME, SETTINGS, Arxiv, source

__all__ = ["NAME", "SETTINGS", "Arxiv", "source"]
