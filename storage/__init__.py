"""Remembers: the only SQL of the house."""

from storage.opening import migrate, open_store

__all__ = ["migrate", "open_store"]
