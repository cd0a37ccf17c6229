r"""Unicode as LaTeX that every engine sets and every reader of BibTeX understands.

Accents become commands in braces (`{\'E}`), not UTF-8: classic BibTeX counts bytes and cuts `É.` in half when a style
shortens first names. Greek and mathematical signs become commands, too, because pdfLaTeX stops at them. Letters of
other scripts stay as they are: only engines that read Unicode can set them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pylatexenc.latexencode import UnicodeToLatexEncoder

#: BibTeX counts every brace, a backslash before it or not: they must never stand alone
_SPECIAL = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "\\": r"{\textbackslash}",
    '"': "{''}",
    "“": "{``}",
    "”": "{''}",
    "<": r"{\ensuremath{<}}",
    ">": r"{\ensuremath{>}}",
    "|": r"{\ensuremath{|}}",
}
#: combining marks and their commands
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0328": "k",
    "\u0331": "b",
}
#: what cannot stay as it is; a letter and the marks that make no single character with it are set together
_ODD = re.compile(r"[^\x00-\x7f][\u0300-\u036f]*|[\x00-\x7f][\u0300-\u036f]+|[\"#$%&<>\\^_{|}~]")
#: a straight quotation mark that opens: something follows it, and nothing or a bracket stands before it
_OPENING = re.compile(r"(?<![^\s(\[{/–—-])\"(?=\S)")
#: what gives its number to a name before it: "Bielik v3", "Qwen 2.5"
_VERSION = re.compile(r"v?\d+(?:\.\d+)*[A-Z]?[.,:;)]*")
#: words that keep their capital in any title: languages and peoples, and people after whom things are called
_WORDS = """
African American Amharic Arabic Armenian Asian Australian Austrian Balinese Basque Bengali Brazilian British
Bulgarian Burmese Canadian Cantonese Catalan Chinese Croatian Czech Danish Dutch Egyptian English Estonian Ethiopian
European Filipino Finnish French Galician Georgian German Greek Gujarati Hausa Hebrew Hindi Hungarian Icelandic Igbo
Indian Indic Indonesian Iranian Irish Italian Japanese Javanese Kannada Kazakh Khmer Korean Kurdish Latin Latvian
Lithuanian Macedonian Malay Malayalam Mandarin Marathi Mongolian Nepali Nigerian Norwegian Persian Polish Portuguese
Punjabi Quechua Romanian Russian Sanskrit Scottish Serbian Sinhala Slavic Slovak Slovene Slovenian Somali Spanish
Swahili Swedish Swiss Tamil Tatar Telugu Thai Tibetan Turkic Turkish Ukrainian Urdu Uyghur Uzbek Vietnamese Welsh
Xhosa Yoruba Zulu
Africa America Asia Australia Brazil Britain Canada China Europe France Germany India Indonesia Italy Japan Korea
Mexico Nigeria Poland Russia Spain Switzerland Taiwan Turkey Ukraine Vietnam Wikipedia Earth Mars Antarctica Arctic
Bayes Bayesian Bernoulli Boltzmann Boolean Brownian Bregman Cartesian Cauchy Cholesky Coulomb Dirichlet Einstein
Euclid Euclidean Euler Eulerian Fermi Feynman Fisher Fourier Gauss Gaussian Gibbs Hamilton Hamiltonian Hawkes
Hebbian Hermitian Hessian Hilbert Hopfield Jacobian Kalman Kolmogorov Kullback Lagrange Lagrangian Langevin Laplace
Laplacian Leibler Lie Lipschitz Lyapunov Markov Markovian Monte Carlo Nash Newton Newtonian Pareto Poisson Riemann
Riemannian Schrödinger Shannon Shapley Sobolev Stein Turing Wasserstein Wiener Winograd Zipf
"""
_NAMES = frozenset(_WORDS.split())


def latex(text: str) -> str:
    """Plain text as LaTeX; braces are always in pairs."""
    plain = _OPENING.sub("“", unicodedata.normalize("NFC", text))
    return _ODD.sub(lambda found: _cluster(found[0]), plain)


def title(text: str) -> str:
    """A title as LaTeX, with braces around the words whose capitals a style must not take away.

    These are words in unusual case (LoRA, BERT, 3D), names (Polish, Bayesian, and what a version follows: Bielik v3)
    and, in a title that is written like a sentence, every word with a capital but the first: there it means a name.
    """
    words = _OPENING.sub("“", text).split()
    inner = [word for word in words[1:] if word[0].isalpha() and len(word) > 3]
    like_a_sentence = sum(word[0].islower() for word in inner) > len(inner) / 2
    written, before = [], ":"
    for word, after in zip(words, [*words[1:], ""], strict=True):
        name = like_a_sentence and not before.endswith((":", "?", "."))
        name = name or bool(_NAMES & set(re.split(r"[^\w]+", word))) or bool(_VERSION.fullmatch(after))
        written.append(f"{{{latex(word)}}}" if _capitals_matter(word, name) else latex(word))
        before = word
    return " ".join(written)


def _capitals_matter(word: str, name: bool) -> bool:
    capitals = [n for n, character in enumerate(word) if character.isupper()]
    letters = [n for n, character in enumerate(word) if character.isalpha()]
    if not capitals:
        return False
    # each part of "Long-Context" may begin with a capital
    plain = all(n == letters[0] or word[n - 1] in "-/–‐(" for n in capitals)
    return name or not plain or any(character.isdigit() for character in word) or (len(letters) == 1 and word != "A")


@cache
def _cluster(cluster: str) -> str:
    if cluster in _SPECIAL:
        return _SPECIAL[cluster]
    if cluster.isascii():
        return cluster
    base, *marks = list(unicodedata.normalize("NFD", cluster))
    if base.isascii() and base.isalpha() and all(mark in _ACCENTS for mark in marks):
        # a dot under an accent would push it aside: i and j lose theirs
        set_letter = {"i": r"\i", "j": r"\j"}.get(base, base) if marks[0] not in "\u0323\u0327\u0328\u0331" else base
        for mark in marks:
            set_letter = rf"\{_ACCENTS[mark]}{{{set_letter}}}"
        return f"{{{set_letter}}}"
    if marks or not _has_command(base):
        return _SPECIAL.get(base, base) + "".join(marks)
    return str(_encoder().unicode_to_latex(cluster))


def _has_command(character: str) -> bool:
    """Whether to ask for a command: for signs, Latin and Greek, not for letters of other scripts."""
    return not unicodedata.category(character).startswith("L") or unicodedata.name(character, "").startswith(
        ("LATIN", "GREEK", "SCRIPT", "DOUBLE-STRUCK", "BLACK-LETTER", "MATHEMATICAL", "MODIFIER")
    )


@cache
def _encoder() -> UnicodeToLatexEncoder:
    return UnicodeToLatexEncoder(
        replacement_latex_protection="braces-all", unknown_char_policy="keep", unknown_char_warning=False
    )
