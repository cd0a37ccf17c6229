"""Words: what one is, its folded form, its unusual case, other ways to write it."""

from __future__ import annotations

import re
import unicodedata

#: letters that no decomposition turns into plain ones
_PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "ƒ": "f"}
)
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_WORD = re.compile(r"[^\W_]+")
#: for bytes: ASCII that is no letter or digit becomes a blank, what is not ASCII stays to be looked at
_SEPARATED = bytes(byte if byte > 127 or chr(byte).isalnum() else 32 for byte in range(256))
#: German and Nordic letters as they are written where the letter is missing: Mueller, Soerensen, Aa
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})
#: the same read backwards, in names; not in Miguel, Michael, Samuel
_UMLAUT = re.compile("(?<![aeiougq])(ae|oe|ue)(?!l$|[aeiou])")
#: entries kept by the memory of spellings; a hostile stream of new words starts it anew
MEMORY = 100_000
#: letters of a word that count; a longer one is no word, and is not remembered
LONGEST = 60


def fold(text: str) -> str:
    """Text without case, width and accents: "Gödel" is "godel", "ß" is "ss"; other scripts keep their letters."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN))
    # a word stays one word: "½" is "12", not "1⁄2"
    kept = str.isalnum if text.isalnum() else _no_mark
    return unicodedata.normalize("NFC", "".join(filter(kept, split)))


def _no_mark(letter: str) -> bool:
    return not unicodedata.combining(letter)


def words(text: str) -> list[str]:
    """Words of a text in order, with their case; all that is not a letter or digit separates: "4-D" is 4 and D.

    A possessive 's is no word: "Parkinson's" is Parkinson.
    """
    if "'s" in text or "’s" in text:
        text = _POSSESSIVE.sub("", text)
    # bytes.translate is three times as quick as a regular expression, and every paper of a day passes here
    parts = text.encode("utf-8", "replace").translate(_SEPARATED).decode().split()
    if text.isascii():
        return parts
    found: list[str] = []
    for part in parts:
        if part.isascii():
            found.append(part)
        else:
            found += _WORD.findall(part)
    return found


class _Unusual(dict[str, "str | None"]):
    """Unusual spellings by surface word; an unknown word is looked at once."""

    def __missing__(self, word: str) -> str | None:
        if len(word) > LONGEST:
            return None
        if len(self) >= MEMORY:
            self.clear()
        spelling = self[word] = _spelling(word)
        return spelling


#: the spelling of a surface word in unusual case, or None; for whole texts
UNUSUAL = _Unusual()


def unusual(word: str) -> str | None:
    """Spelling of a word in unusual case, without its plural s: "LLMs" is "LLM"; None for usual case.

    Unusual is a capital behind another letter. A capital at the start is not ("Token"), nor behind digits alone
    ("4D" is "4d"), nor a single letter.
    """
    return UNUSUAL[word]


def _spelling(word: str) -> str | None:
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word)
    letters = word.lstrip("0123456789")
    if len(letters) < 2 or letters[1:] == letters[1:].lower():
        return None
    if not word.endswith("s"):
        return word
    before = word[-2]
    if before.isupper():
        # "LLMs"; but "Bs" has only its first letter big
        return word[:-1] if len(letters) > 2 else None
    return word if before in "sui" else word[:-1]


def spellings(word: str) -> tuple[str, ...]:
    """Folded ways to write a word, fold(word) first: "Müller" -> muller, mueller; "Mueller" -> mueller, muller."""
    first = fold(word)
    if not word.isascii():
        other = fold(unicodedata.normalize("NFC", word).lower().translate(_WRITTEN_OUT))
    elif word[:1].isupper():
        other = _UMLAUT.sub(lambda found: found[0][0], first)
    else:
        other = first
    return (first,) if other == first else (first, other)
