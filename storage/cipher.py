"""Encryption of what is secret, by keys that stand in no database."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.ports import SettingError

NO_KEY = "SECRET_KEYS is not set: the tokens of a workspace cannot be kept. `paperround key` prints a key."


def fresh_key() -> str:
    """A key that nobody else has."""
    return Fernet.generate_key().decode()


class Cipher:
    """Fernet keys (AES-128-CBC with HMAC-SHA256): the first one encrypts, all decrypt.

    https://cryptography.io/en/latest/fernet/
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        """Raises ValueError for what is no key; `jobs.settings` looks before."""
        self._newest = Fernet(keys[0]) if keys else None
        self._all = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def sealed(self, text: str) -> str:
        """The text encrypted by the newest key. Raises SettingError where there is none."""
        if self._newest is None:
            raise SettingError(NO_KEY)
        return self._newest.encrypt(text.encode()).decode()

    def opened(self, sealed: str) -> str | None:
        """The text again; None when no key of ours encrypted it, or when it was changed since."""
        if self._all is None:
            return None
        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken:
            return None

    def is_of_newest(self, sealed: str) -> bool:
        """True when the newest key encrypted it."""
        if self._newest is None:
            return False
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True
