"""What people type as a query: understood, or answered with one sentence."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.query import And, Exact, Field, Not, Or, Phrase, Prefix, Query, QueryError, Within, Word, parse, split_topics
from bot.text import family


def wrong(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


# ------------------------------------------------------------------------------------- the language


def test_every_form_of_the_language_has_its_node() -> None:
    assert isinstance(parse("tokenization").root, Word)
    assert parse("=tokenizer").root == Exact("tokenizer")
    assert parse("token*").root == Prefix("token")
    assert isinstance(parse('"knowledge graph"').root, Phrase)
    assert isinstance(parse("title:mamba").root, Within)
    assert parse('author:"Yann LeCun"').root == Field("author", "Yann LeCun")
    assert parse("cat:cs.CL").root == Field("cat", "cs.CL")
    assert parse("cat:cs.*").root == Field("cat", "cs.*")
    assert parse("source:biorxiv").root == Field("source", "biorxiv")
    assert parse("has:code").root == Field("has", "code")
    root = parse('(LoRA OR "low-rank adaptation") quantization -survey').root
    assert isinstance(root, And)
    assert [type(part) for part in root.parts] == [Word, Or, Not]


@pytest.mark.parametrize(
    "same",
    [
        (
            "tokenization",
            "Tokenization",
            '"tokenization"',
            "(tokenization)",
            "tokenisation",
            "tokenizers",
            "ｔｏｋｅｎｉｚｅｒ",
        ),
        ("a1 b1", "b1 a1", "a1 AND b1", "a1 and b1", "b1 a1 b1", "a1 (b1)", "+a1 +b1", "a1, b1", "a1 & b1"),
        ("a1 OR b1", "b1 | a1", "a1 or b1", "(a1) OR (b1) OR a1", "a1 || b1"),
        ("a1 -b1", "a1 NOT b1", "a1 AND NOT b1", "a1 not b1", "a1 –b1", "a1 −b1", "a1 !b1", "-b1 a1"),
        ('"knowledge graph"', "“knowledge graph”", "„knowledge graph“", "«knowledge graph»", "「knowledge graph」"),
        ("state-space", '"state space"', '"state-space"', "State‑Space", '"states space"'),
        ("a1 (b1 OR c1)", "(c1 OR b1) a1", "a1 b1 OR a1 c1"),
        ("(a1 OR b1) (c1 OR d1)", "a1 c1 OR a1 d1 OR b1 c1 OR b1 d1"),
        ("a1 -b1 -c1", "a1 -(b1 OR c1)", "a1 -(c1 | b1)"),
        ("a1 -(b1 c1)", "a1 (-b1 OR -c1)", "a1 -b1 OR a1 -c1"),
        ("a1", "a1 OR a1 b1", "a1 (a1 OR b1)", "a1 b1 OR a1 -b1", "--a1", "-(-a1)"),
        ("title:mamba", "mamba title:mamba", "TITLE:Mamba", "ti:mamba", "title: mamba", "title:(mamba)"),
        ("mamba", "mamba OR title:mamba"),
        ("title:(a1 OR b1)", "title:a1 OR title:b1"),
        ("cat:cs.NA", "cat:math.NA", "cat:math.na", "math.NA", "in math.NA"),
        ("cat:math.IT", "cat:cs.IT"),
        ("cat:eess.SY", "cat:cs.SY"),
        ("cat:cs", "cat:cs.*", "cs.*", "cat:CS.*"),
        ("cat:cs.CL,cs.LG", "cat:(cs.LG OR cs.CL)", "cat:cs.CL OR cat:cs.LG"),
        ('author:"Yann LeCun"', "author:LeCun, Yann", 'author:"LeCun, Yann"', "author:Yann LeCun", "au:“yann lecun”"),
        ("author:(Yann LeCun OR Geoffrey Hinton)", 'author:"geoffrey hinton" OR author:"yann lecun"'),
        ('author:"Laurens van der Maaten"', 'author:"van der Maaten, Laurens"', "author:Laurens van der Maaten"),
        ("author:O’Brien", "author:OBrien"),
        ("RAG", "RAGs", "(RAG)"),
        ("theory of mind", "mind theory", "the theory of the mind"),
        ("Erdős", "Erdos", "erdos", "Erd\\H{o}s"),
    ],
)
def test_equal_meaning_is_equal_text(same: tuple[str, ...]) -> None:
    queries = [parse(text) for text in same]
    assert len({query.text for query in queries}) == 1, [query.text for query in queries]
    assert len(set(queries)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RAG", "rag"),
        ("tokenization", "=tokenization"),
        ("tokenization", "token"),
        ("state space", '"state space"'),
        ("a1 OR b1", "a1 b1"),
        ("a1 OR b1 c1", "(a1 OR b1) c1"),
        ("mamba", "title:mamba"),
        ("title:mamba", "abstract:mamba"),
        ("cat:cs.CL", "cat:cs.*"),
        ('"a1 b1"', '"b1 a1"'),
    ],
)
def test_different_meaning_is_different_text(one: str, other: str) -> None:
    assert parse(one) != parse(other)


def test_the_canonical_text_of_a_word_is_one_of_its_family() -> None:
    text = parse("tokenisers").text
    assert text == parse("Tokenized").text
    assert family(text) == family("tokenization")


def test_reserved_words_can_be_asked_for_in_quotation_marks() -> None:
    assert parse('"OR"').text == '"OR"'
    assert parse("IT").text == "IT"
    assert parse('mamba "not"').text == '"not" mamba'


# ------------------------------------------------------------------------------------- plain English


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("papers about tokenization, but not surveys, in cs.CL", "tokenization -survey cat:cs.CL"),
        ("new papers on RAG", "RAG"),
        ("anything about diffusion by Yann LeCun", 'diffusion author:"Yann LeCun"'),
        ("show me the latest preprints about LoRA or QLoRA, except surveys", "(LoRA OR QLoRA) -survey"),
        (
            "LoRA or QLoRA but not surveys or reviews in cs.CL and cs.LG",
            "(LoRA OR QLoRA) -survey -review cat:cs.CL,cs.LG",
        ),
        ("papers by yann lecun", 'author:"yann lecun"'),
        ("papers in cs.CL about tokenization from bioRxiv", "tokenization cat:cs.CL source:biorxiv"),
        ("papers about diffusion with code", "diffusion has:code"),
        ("papers about LoRA with rank in the title", "LoRA title:rank"),
        ("papers about mamba, not by Yann LeCun", 'mamba -author:"Yann LeCun"'),
        ("papers about robots but not in cs.CV", "robots -cat:cs.CV"),
        ("research on learning without forgetting", "learning without forgetting"),
        ("tokenization in cs.CL", "tokenization cat:cs.CL"),
        ("about tokenization, but not surveys", "tokenization -survey"),
        ("on policy distillation", "on policy distillation"),
        ("robots -excluding", "robots -exclusion"),
    ],
)
def test_plain_english_is_understood(said: str, meant: str) -> None:
    assert parse(said).text == parse(meant).text


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (
            "transformer mamba quantization -surveys cat:cs.CL",
            "papers about transformer and mamba and quantization, but not surveys, in cs.CL",
        ),
        ('author:"Yann LeCun" cat:cs.*', "papers by Yann LeCun in cs and its subjects"),
        ('title:"state space" a1 b1', "papers about “state space” in the title and a1 and b1"),
        ("=tokenizer", "papers about the very word tokenizer"),
        ("token*", "papers about words that begin with token"),
        ("RAG", "papers about RAG (in this spelling, or “retrieval-augmented generation”)"),
        ("XYZ", "papers about XYZ (in this spelling)"),
        ('"large language models"', "papers about “large language models” (or LLM)"),
        ("cat:cs.CL OR cat:cs.LG", "papers in cs.CL or cs.LG"),
        ("cat:cs.CL OR b1 OR author:LeCun", "papers in cs.CL or about b1 or by LeCun"),
        (
            "a1 b1 (c1 OR d1) -(e1 f1) has:code",
            "papers about a1 and b1 and (c1 or d1), but not e1 and f1 together, with code",
        ),
    ],
)
def test_a_query_says_how_it_was_understood(typed: str, plain: str) -> None:
    assert parse(typed).plain == plain


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ('"retrieval augmented generation"', '"retrieval augmented generation"'),
        ("k-means", "k-means"),
        ("3D agents", "3D agents"),
        ("tokenization  mamba", "tokenization mamba"),
        ("author:smith", "author:smith"),
        ("author:LeCun, Yann", 'author:"LeCun, Yann"'),
        ("“fine tuning” -Surveys", '"fine tuning" -Surveys'),
        ('(LoRA OR "low-rank adaptation") title:k-means', '(LoRA OR "low-rank adaptation") title:k-means'),
        ("papers about tokenizers, but not surveys, in cs.CL", "tokenizers -surveys cat:cs.CL"),
        ("about tokenization", "tokenization"),
        ("<!channel> @everyone!", "channel everyone"),
        ("b1 AND b1 OR a1 b1", "b1"),
        ('mamba "not"', 'mamba "not"'),
        ("t2*  =Tokenizer", "t2* =Tokenizer"),
    ],
)
def test_a_query_is_shown_in_the_words_it_was_typed_in(text: str, typed: str) -> None:
    assert parse(text).typed == typed
    assert parse(typed) == parse(text)
    assert parse(typed).typed == typed


def test_plain_words_name_other_forms_of_a_word() -> None:
    assert parse("tokenization").plain.startswith("papers about tokenization (token")


# ------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("text", "says", "marked", "suggestion"),
    [
        ("", "Name a topic", "", ""),
        ("   ", "Name a topic", "", ""),
        ("?!…", "There is no word", "?!…", ""),
        ("the", "“the” is in nearly every paper", "the", ""),
        ("-survey", "only leaves papers out", "-survey", "survey"),
        ("-(survey OR review)", "only leaves papers out", "-(survey OR review)", "survey review"),
        ("mamba OR -survey", "One of the alternatives only leaves out survey", "mamba OR -survey", ""),
        ("mamba -mamba", "asks for something and leaves it out", "mamba -mamba", ""),
        ('mamba ""', "nothing between the quotation marks", '""', "mamba"),
        ("mamba ()", "nothing between the parentheses", "()", "mamba"),
        ('mamba "state space', "quotation mark is opened here", '"state space', 'mamba "state space"'),
        ("(mamba OR rwkv", "opened here and never closed", "(mamba OR rwkv", "(mamba OR rwkv)"),
        ("mamba) rwkv", "was never opened", ")", "mamba rwkv"),
        ("mamba OR", "OR goes between two words", "OR", "mamba"),
        ("OR mamba", "OR goes between two words", "OR", "mamba"),
        ("mamba NOT", "NOT goes before the word", "NOT", "mamba"),
        ("mamba - survey", "A minus goes right before the word", "-", "mamba -survey"),
        ("auhtor:lecun", "did you mean “author:”", "auhtor:", "author:lecun"),
        ("venue:acl", "no field “venue:”", "venue:", ""),
        ("to*ken", "* goes at the end", "to*ken", "to*"),
        ("C++", "only look for “c”, which is not C++", "C++", "cat:cs.PL"),
        ("C# compilers", "which is not C#", "C#", "cat:cs.PL compilers"),
        ("http://evil.example/x", "This is a web address", "http://evil.example/x", ""),
        (
            "cat:machine learning",
            "There is no category “machine”. Machine learning is cs.LG.",
            "machine learning",
            "cat:cs.LG",
        ),
        ('robots cat:"Computer Vision"', "Computer vision is cs.CV.", '"Computer Vision"', "robots cat:cs.CV"),
        ("title:", "Nothing follows title:", "title:", ""),
        ("title:(author:lecun)", "cannot stand inside title:", "author:", ""),
        ("t*", "at least two letters", "t*", ""),
        ("*", "would match every paper", "*", ""),
        ("*ization", "* goes at the end", "*ization", "ization*"),
        ("cat:cs.NLP", "did you mean cs.CL", "cs.NLP", "cat:cs.CL"),
        ("source:biorixv", "did you mean biorxiv", "biorixv", "source:biorxiv"),
        ("has:kode", "has: knows code", "kode", "has:code"),
        ("=", "= goes right before a word", "=", ""),
        ("https://arxiv.org/abs/2604.10005", "“show” opens it", "https://arxiv.org/abs/2604.10005", ""),
        ("x" * 200, "too long for a word", "x" * 200, ""),
        ("author:Le*", "A name takes no star", "Le*", ""),
    ],
)
def test_a_mistake_gets_one_sentence_its_place_and_the_corrected_query(
    text: str, says: str, marked: str, suggestion: str
) -> None:
    error = wrong(text)
    assert says in error.message
    assert error.message == str(error)
    assert error.message.endswith((".", "?"))
    assert "\n" not in error.message
    assert text[error.start : error.end] == marked
    assert error.suggestion == suggestion


def test_a_thousand_words_are_too_many() -> None:
    assert "64 words and phrases at most" in wrong(" ".join(f"word{i}" for i in range(200))).message
    assert "64 words and phrases at most" in wrong(" ".join(f"word{i}" for i in range(1000))).message
    assert parse(" OR ".join(f"word{i}" for i in range(64)))
    assert "32 words at most" in wrong('"' + "a b " * 17 + '"').message


def test_the_place_of_a_mistake_survives_invisible_characters() -> None:
    text = "\u200fmamba\u200b \u200eauhtor:lecun"
    error = wrong(text)
    assert text[error.start : error.end] == "auhtor:"


def test_right_to_left_and_unspaced_scripts_are_words() -> None:
    assert parse("\u200fשלום עולם").text == parse("עולם שלום").text
    assert parse("「状態空間」").root == Word("状態空間")


# ------------------------------------------------------------------------------------ topics in a list


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("tokenization", ["tokenization"]),
        ("diffusion, robotics", ["diffusion", "robotics"]),
        ("diffusion; robotics\nmamba -survey", ["diffusion", "robotics", "mamba -survey"]),
        (
            "papers about tokenization, but not surveys, in cs.CL",
            ["papers about tokenization, but not surveys, in cs.CL"],
        ),
        ("author:LeCun, Yann", ["author:LeCun, Yann"]),
        ("author:LeCun, tokenization", ["author:LeCun", "tokenization"]),
        ('"a, b"', ['"a, b"']),
        ("(a1, b1) c1", ["(a1, b1) c1"]),
        ("1,000 genomes", ["1,000 genomes"]),
        ("“unbalanced, quote", ["“unbalanced, quote"]),
        ("", [""]),
    ],
)
def test_a_comma_may_separate_topics(text: str, topics: list[str]) -> None:
    assert split_topics(text) == topics


# ------------------------------------------------------------------------------------------ any input


PIECES = st.one_of(
    st.sampled_from(
        ["mamba", "Tokenizers", "RAG", "fine-tuning", "ü", "状態", "the", "1", "cs.CL", "x*", "=y", "except"]
    ),
    st.sampled_from(["Yann", "LeCun", "by", "in"]),
    st.sampled_from([*'()"“-–|*=,\\&:.!+\n\u200f']),
    st.sampled_from(["OR", "NOT", "AND", "title:", "author:", "cat:", "source:", "has:code", "foo:"]),
    st.sampled_from(["but not", "papers about", "in the title"]),
)
TYPED = st.lists(PIECES, max_size=14)


@given(st.one_of(st.text(max_size=80), TYPED.map("".join), TYPED.map(" ".join)))
@example("A:0\nOR")  # its correction is right on two lines and wrong on one
@settings(deadline=None, max_examples=400)
def test_any_text_is_understood_or_refused_in_a_sentence(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert error.message
        assert 0 <= error.start <= error.end <= len(text)
        if error.suggestion:
            assert isinstance(parse(error.suggestion), Query)
    else:
        again = parse(query.text)
        assert again == query
        assert again.root == query.root
        assert parse(again.typed) == query
        assert parse(query.typed) == query
        assert split_topics(query.typed) == [query.typed]
        assert query.plain.startswith("papers")
    assert split_topics(text)


LONG = 1_999
HOSTILE = {
    "a megabyte of parentheses": "(" * 1_000_000,
    "a megabyte of quotes": '"' * 1_000_000,
    "a megabyte of minus signs": "-" * 1_000_000,
    "parentheses": "(" * LONG,
    "closing parentheses": ")" * LONG,
    "quotes": '"' * LONG,
    "minus signs": "-" * (LONG - 1) + "x",
    "backslashes": "\\" * LONG,
    "LaTeX": '\\"o' * 660,
    "stars": "*" * LONG,
    "fields": "title:" * 330,
    "NOT": "NOT " * 499 + "x",
    "commas": "a," * 990,
    "but not": "but not " * 240,
    "in the title": "x in the title " * 120,
    "accents": "e" + "\u0301" * (LONG - 1),
    "deep negation": "-(" * 20 + "x" + ")" * 20,
    "32 alternatives of two": " ".join(f"(a{i} OR b{i})" for i in range(32)),
    "exclusive ors": " ".join(f"(a{i} -b{i} OR -a{i} b{i})" for i in range(16)),
    "a product of 121 clauses": " ".join("(" + " OR ".join(f"{c}{i}" for i in range(11)) + ")" for c in "ab"),
    "shared alternatives": " ".join("(" + " OR ".join(f"a{i * j % 7}" for i in range(4)) + ")" for j in range(1, 16)),
    "many to leave out": "z " + " ".join(f"-(a{i} b{i})" for i in range(31)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_input_takes_more_than_fifty_milliseconds(text: str) -> None:
    parse("warm tokenization")  # tables are read at the first use

    def took() -> float:
        start = time.process_time()
        try:
            parse(text)
        except QueryError as error:
            assert len(error.message) < 200
        split_topics(text)
        return time.process_time() - start

    assert min(took() for _ in range(3)) < 0.05
