"""Readable Unicode out of what sources send: LaTeX, HTML, broken encodings, invisible and forging characters."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

#: characters of LaTeX that are parsed as such; a longer text is no abstract, and only loses its commands
LATEX_LIMIT = 3_000
#: passes until nothing changes: entities may hide LaTeX, LaTeX may hide entities
PASSES = 4

#: controls, zero-width and direction marks, tags, private use, lone surrogates; line ends are white space
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
#: combining marks behind the third one of a letter
_ZALGO = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
                    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip
_MATHS_LETTER = re.compile("[\U0001d400-\U0001d7ff]")
#: what publishers put into titles and abstracts; "a < b" is no tag
_INLINE_TAG = re.compile(
    r"</?(?:sub|sup|i|b|u|em|strong|span|a|tt|code|jats:[a-z-]{1,20})(?:\s[^<>]{0,300})?/?>", re.IGNORECASE
)
_BLOCK_TAG = re.compile(r"</?(?:p|br|div|h[1-6]|li|ul|ol|title|jats:p|jats:title)(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)

#: $…$ after the rule of pandoc: no blank inside the dollars, no digit behind plain ones; so "$5 and $6" is money
_DOLLARS = re.compile(r"(?<!\\)(\$\$?)(?![\s$])([^$]{1,1000}?)(?<![\s\\])\1")
_MATHS = re.compile(r"[\\^_{}=()<>+*/|,]")
#: characters that mean something to LaTeX and nothing in an abstract: "50 % of" would end the line
_SPECIAL = re.compile(r"(?<!\\)([%#&$])")
_DASHES = re.compile(r"(?<!-)-{2,3}(?!-)")
_TIE = re.compile(r"(?<=[\w.])(?<!\\)~(?=[\w(\\])")
#: a brace, with the command whose argument it opens; "\\{" is a brace to be read
_BRACE = re.compile(r"\\[{}\\]|(\\(?:[a-zA-Z]+\*?|[^\w\s])\s*(?:\[[^][{}]{0,80}\])?)?\{|\}")
_BOX = re.compile(r"\\[mhf]?box\b|\\(?:ensuremath|protect)\b")
_COMMAND = re.compile(r"\\(?:[a-zA-Z]+\*?|.)|[{}]")
#: a command that may want the next word as its argument: "\\frac 1 2"
_BARE_COMMAND = re.compile(r"\\[a-zA-Z]+$")
#: shorthands of authors' own that everybody has
_SHORTHAND = re.compile(r"\\(ie|eg|etal|etc|wrt)(?![a-zA-Z])")
_SHORTHANDS = {"ie": "i.e.", "eg": "e.g.", "etal": "et al.", "etc": "etc.", "wrt": "w.r.t."}
#: a command for a letter ends with a blank that is none: "J\o rgensen"
_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|[oOlLij])\s+(?=[a-z])")
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SCRIPT = re.compile(r"([\^_])\s*(?:\{([-+=()0-9ni]{1,9})\}|([0-9]))")
_TEXT_SCRIPT = re.compile(r"\\text(super|sub)script\s*\{([^{}]{0,40})\}")


def readable(text: str) -> str:
    r"""Text on one line of readable Unicode (NFC), without LaTeX, HTML, control, invisible or direction characters.

    Never raises, twice is the same as once, time grows with the length. Maths becomes what can be read of it:
    "$O(n \log n)$" is "O(n log n)", "$10^{-3}$" is "10⁻³". Paragraphs become one.
    """
    for _ in range(PASSES):
        clean = _pass(text)
        if clean == text:
            return text
        text = clean
    # something that unfolds anew each time was made to; take away what it is made of
    return one_line(re.sub(r"[\\${}<>]", "", text).replace("&", "& "))


def _pass(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
    if "``" in text:
        text = text.replace("``", "“").replace("''", "”")
    if "--" in text:
        text = _DASHES.sub(lambda dashes: "–" if len(dashes[0]) == 2 else "—", text)
    if "\\" in text or "$" in text:
        text = _without_latex(text)
    return one_line(text)


def one_line(text: str) -> str:
    """The text on one line, without control, invisible or direction characters: a name that forges no line."""
    if not text.isprintable() or not text.isascii():
        text = _INVISIBLE.sub("", text)
        text = _MATHS_LETTER.sub(lambda letter: unicodedata.normalize("NFKC", letter[0]), text)
        text = _ZALGO.sub(r"\1", unicodedata.normalize("NFC", text))
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def _without_latex(text: str) -> str:
    if len(text) > LATEX_LIMIT:
        return _COMMAND.sub("", text)
    text = _DOLLARS.sub(_maths, text)
    if "\\" not in text:
        return text
    text = _TEXT_SCRIPT.sub(lambda found: _script(found[2], "^" if found[1] == "super" else "_"), text)
    text = _SHORTHAND.sub(lambda found: _SHORTHANDS[found[1]], _LETTER.sub(r"{\\\1}", text))
    return _converted(_closed(_TIE.sub(" ", _BOX.sub("", text))))


def _maths(found: re.Match[str]) -> str:
    inside = found[2]
    behind = found.string[found.end() : found.end() + 1]
    money = behind.isdigit() and inside[0].isdigit()
    prose = re.search(r"\s", inside) and not _MATHS.search(inside)
    if "\\" not in inside and (money or prose):
        return found[0]
    inside = _SCRIPT.sub(lambda script: _script(script[2] or script[3], script[1]), inside)
    return rf"\({inside}\)" if "\\" in inside or "{" in inside else inside


def _script(text: str, kind: str) -> str:
    letters, raised = ("0123456789+-=()ni", _RAISED) if kind == "^" else ("0123456789+-=()", _LOWERED)
    return text.translate(raised) if all(letter in letters for letter in text) else text


def _closed(text: str) -> str:
    """The text without braces that nobody closes, which would swallow all that follows; an accent keeps its letter."""
    opened: list[re.Match[str]] = []
    for brace in _BRACE.finditer(text):
        if brace[0].endswith("{") and brace[0] != "\\{":
            opened.append(brace)
        elif brace[0] == "}" and opened:
            opened.pop()
    for brace in reversed(opened):
        command = (brace[1] or "").strip()
        accent = command if len(command) == 2 else ""
        blank = " " if command[1:].isalpha() else ""
        text = text[: brace.start()] + accent + blank + text[brace.end() :]
    return text


def _converted(text: str) -> str:
    """The text with its runs of LaTeX converted: the library walks letter by letter, and most of a text is prose."""
    done: list[str] = []
    run: list[str] = []
    depth = 0
    for word in text.split(" "):
        inside = depth > 0 or (run and _BARE_COMMAND.search(run[-1]) is not None)
        depth = max(0, depth + word.count("{") - word.count("}") + word.count("\\(") - word.count("\\)"))
        if inside or depth or "\\" in word or "{" in word or "}" in word:
            run.append(word)
            continue
        if run:
            done.append(_latex(" ".join(run)))
            run = []
        done.append(word)
    if run:
        done.append(_latex(" ".join(run)))
    return " ".join(done)


@lru_cache(maxsize=4096)
def _latex(text: str) -> str:
    try:
        return str(_converter().latex_to_text(_SPECIAL.sub(r"\\\1", text)))
    except Exception:
        # its many macros raise what they like, RecursionError included; the text counts
        return _COMMAND.sub("", text)


class _Converter(LatexNodes2Text):  # type: ignore[misc]  # pylatexenc publishes no types
    """The library's converter, silent about a command that lacks its arguments (it logs each one)."""

    def apply_simplify_repl(self, node: Any, simplify_repl: Any, what: str) -> str:
        if isinstance(simplify_repl, str) and (wanted := simplify_repl.count("%s")):
            arguments = node.nodeargd.argnlist if node.nodeargd else None
            if len(arguments or ()) != wanted:
                return ""
        return str(super().apply_simplify_repl(node, simplify_repl, what))


@cache
def _converter() -> _Converter:
    shown = {"xrightarrow": "→"}
    shown |= dict.fromkeys(("cite", "citep", "citet", "ref", "eqref", "label", "footnote", "xspace"), "")
    macros = [MacroTextSpec(name, text) for name, text in shown.items()]
    macros += [MacroTextSpec(name, discard=False) for name in ("texttt", "textsf", "textup", "textmd", "url", "mbox")]
    context = get_default_latex_context_db()
    context.add_context_category("papers", macros=macros, prepend=True)
    # blanks stay as they were typed, also where LaTeX itself would eat them
    spaces = {"between-macro-and-chars": False, "between-latex-constructs": True, "after-comment": False}
    return _Converter(
        latex_context=context,
        math_mode="text",
        keep_comments=True,
        strict_latex_spaces={**spaces, "in-equations": spaces},
    )
