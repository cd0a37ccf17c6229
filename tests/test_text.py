"""What a reader sees of a title, and which words it has."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import UNUSUAL, fold, parts, readable, spellings, unusual, words

#: text with what makes trouble: commands, braces, dollars, entities, marks, direction signs, lone surrogates
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(list("\\${}&<>^_~%#;[]()'\"` \n\t0a")),
        st.sampled_from(["\\frac", "\\emph{", "\\\"", "&amp;", "&lt;", "&#92;", "<sub>", "\u0301", "\u202e", "\ud800"]),
        st.characters(),
    ),
    max_size=60,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"Sorting in $O(n \log n)$ time", "Sorting in O(n log n) time"),
        (r"VGGT-$\Omega$", "VGGT-Ω"),
        (r"M\textsuperscript{4}Fuse", "M⁴Fuse"),
        (r"$\textit{Silicon Society}$", "Silicon Society"),
        (r"Erd\H{o}s--R\'enyi graphs", "Erdős–Rényi graphs"),
        (r"G{\"o}del, G\"odel and Fr\'echet", "Gödel, Gödel and Fréchet"),
        (r"\emph{All} of it, \textbf{and \textit{more}}", "All of it, and more"),
        (r"$10^{-3}$ of $\mathbb{R}^n$, CO$_2$, $\mathcal{N}=4$", "10⁻³ of ℝ^n, CO₂, N=4"),
        (r"$\sim$10 and $p<0.05$, $k$-means", "∼10 and p<0.05, k-means"),
        (r"rises by 50\% of 30% \& more, \ie all", "rises by 50% of 30% & more, i.e. all"),
        ("costs $5 and $6, or $5-$6 in US$", "costs $5 and $6, or $5-$6 in US$"),
        ("Tom &amp; Jerry &lt;3 caf&eacute; &amp;amp; co", "Tom & Jerry <3 café & co"),
        ("S<sub>N</sub>2 and a < b > c", "SN2 and a < b > c"),
        ("<jats:p>One.</jats:p><jats:p>Two.</jats:p>", "One. Two."),
        ("A title\n  over two lines\t.", "A title over two lines ."),
        ("a\u202eb\u200bc\x00d\ud800e\ufeff", "abcde"),
        ("Z" + "\u0335" * 50 + "algo", "Z" + "\u0335" * 3 + "algo"),
        ("Go\u0308del", "Gödel"),
        (r"unbalanced \emph{ braces } } {", "unbalanced braces"),
        (r"\input{/etc/passwd} and \frac", "and"),
        (r"A reader\footnote{Code is here. It reads \emph{all} of it", "A reader Code is here. It reads all of it"),
        (r"It\footnote[3]{As \cite{a}.} reads \cite{b and \textbf{all that follows", "It reads b and all that follows"),
        (r"Fr\'{echet and \v{Cech and \{x: \cite{y", "Fréchet and Čech and {x: y"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_title_is_readable(written: str, read: str) -> None:
    assert readable(written).replace("  ", " ") == read


@given(HOSTILE)
@settings(max_examples=400, deadline=None)
def test_reading_never_fails_and_twice_is_once(text: str) -> None:
    once = readable(text)
    assert readable(once) == once
    assert "\n" not in once
    assert unicodedata.is_normalized("NFC", once)
    assert not any("\ud800" <= letter <= "\udfff" or letter in "\u202e\u200b\x00" for letter in once)


@pytest.mark.parametrize(
    "piece",
    ["{", "$", "&amp;", "&#38;", "<i ", "\\", "\\frac{", "$a", "$x^{", "a\u0301\u0301", "\\'", "\\sqrt[", "&a", "x_"],
)
def test_a_megabyte_of_trouble_is_read_in_a_second(piece: str) -> None:
    title = (piece * 1_000_000)[:1_000_000]
    start = time.perf_counter()
    readable(title)
    words(title)
    fold(title)
    assert time.perf_counter() - start < 2


def test_words_are_split_at_all_that_is_no_letter_or_digit() -> None:
    assert words("fine-tuned LLMs: 4-D, don't; a_b/c") == ["fine", "tuned", "LLMs", "4", "D", "don", "t", "a", "b", "c"]
    assert words("Parkinson's and Gödel’s") == ["Parkinson", "and", "Gödel"]
    assert words("Erdős–Rényi “αβ” 注意力 na\ud800ïve") == ["Erdős", "Rényi", "αβ", "注意力", "na", "ïve"]
    assert words("") == []


@given(st.text(max_size=200).filter(lambda text: not {"'", "’"} & set(text)))
@settings(deadline=None)
def test_the_quick_way_to_words_is_the_plain_one(text: str) -> None:
    plain = "".join(letter if letter.isalnum() else " " for letter in text).split()
    assert words(text) == plain


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Gödel", "godel"), ("ＬＬＭ", "llm"), ("Erdős", "erdos"), ("Straße", "strasse"), ("Bjørn", "bjorn"),
     ("ŁÓDŹ", "lodz"), ("Ωmega", "ωmega"), ("Ньютон", "ньютон"), ("深度", "深度"), ("CO₂", "co2"), ("ﬁne", "fine")],
)  # fmt: skip
def test_case_width_and_accents_are_one(word: str, folded: str) -> None:
    assert fold(word) == folded


@given(HOSTILE)
@settings(deadline=None)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("word", "spelling"),
    [("RAG", "RAG"), ("LLMs", "LLM"), ("LoRA", "LoRA"), ("LoRAs", "LoRA"), ("DINOs", "DINO"), ("ViTs", "ViT"),
     ("ResNets", "ResNet"), ("mRNA", "mRNA"), ("GPT4", "GPT4"), ("3DGS", "3DGS"), ("AWS", "AWS"), ("ＬＬＭ", "LLM"),
     ("Token", None), ("tokenization", None), ("rag", None), ("4D", None), ("A", None), ("Bs", None), ("", None)],
)  # fmt: skip
def test_unusual_case_is_a_spelling_of_its_own(word: str, spelling: str | None) -> None:
    assert unusual(word) == spelling
    assert UNUSUAL[word] == spelling


def test_umlauts_may_be_written_out() -> None:
    assert spellings("Müller") == ("muller", "mueller")
    assert spellings("Mueller") == ("mueller", "muller")
    assert spellings("Jaeger") == ("jaeger", "jager")
    for other in ("Michael", "Miguel", "Samuel", "queue", "Bauer", "Poincaré"):
        assert spellings(other) == (fold(other),)


@pytest.mark.parametrize(
    ("word", "apart"),
    [("finetuning", ("fine", "tuning")), ("multiagent", ("multi", "agent")), ("nonlinear", ("non", "linear")),
     ("4D", ("4", "D")), ("GPT4", ("GPT", "4")), ("zeroshot", ("zero", "shot"))],
)  # fmt: skip
def test_a_word_written_in_one_is_known_apart(word: str, apart: tuple[str, str]) -> None:
    assert apart in parts(word)


@pytest.mark.parametrize(
    "word", ["tokenization", "supervision", "online", "overtime", "into", "asymmetric", "commutative", ""]
)
def test_no_word_is_cut_into_words_that_mean_something_else(word: str) -> None:
    assert parts(word) == ()


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_word_is_too_strange(word: str) -> None:
    assert spellings(word)[0] == fold(word)
    assert all("".join(apart) == word for apart in parts(word))
    assert unusual(word) is None or any(letter.isupper() for letter in str(unusual(word)))
