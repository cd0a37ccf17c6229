"""Which papers a query brings, from an index and alone, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching import QueryIndex, matches
from bot.models import Match, Paper, Reason
from bot.query import QueryError, parse
from bot.text import KEPT, Acronyms, readable
from tests.bench.workload import Drawer, papers
from tests.brute_force import holds

SHARED = Path(__file__).resolve().parents[2] / "shared"


def paper(text: str = "", title: str = "", **known: object) -> Paper:
    return Paper(id="p1", title=title, abstract=text, **known)  # type: ignore[arg-type]


def brings(query: str, text: str = "", title: str = "", **known: object) -> bool:
    return matches(parse(query), paper(text, title, **known)) is not None


# ------------------------------------------------------------------------------------ worked examples


def worked_cases() -> list[tuple[str, str, bool]]:
    file = SHARED / "examples/word-family.tsv"
    if not file.exists():
        return []
    rows = [line.split("\t") for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(query, text, expected == "1") for query, text, expected in rows]


def test_the_worked_cases_of_word_families() -> None:
    cases = worked_cases()
    if not cases:
        pytest.skip("../shared/examples/word-family.tsv is not here")
    wrong = [
        (query, text, expected)
        for query, text, expected in cases
        if brings(query, readable(f"We study {text} in depth.")) is not expected
    ]
    assert wrong == []


def test_tokenization_brings_the_nine_papers_of_the_first_example() -> None:
    file = SHARED / "data/papers_page.jsonl"
    if not file.exists():
        pytest.skip("../shared/data/papers_page.jsonl is not here")
    records = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    index = QueryIndex()
    index.add(1, parse("tokenization"))
    found = [
        number
        for number, record in enumerate(records, 1)
        if index.ids(paper(readable(record["abstract"]), readable(record["title"])))
    ]
    assert found == [4, 30, 32, 34, 36, 41, 46, 48, 50]


# ------------------------------------------------------------------------------- one rule, one example


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("mamba quantization", "Quantization of a Mamba"),
        ("LoRA OR mamba", "a mamba"),
        ("mamba -survey", "a mamba"),
        ('"knowledge graph"', "of knowledge graphs."),
        ("fine-tuning", "by fine tuning it"),
        ("fine-tuning", "by finetuning it"),
        ('"fine tuning"', "by fine-tuning it"),
        ("finetuning", "by fine-tuning it"),
        ("finetuning", "by fine tuning it"),
        ("state-space", "a statespace"),
        ('"open source models"', "of opensource models"),
        ("token*", "the tokenizers"),
        ('"knowledge gra*"', "a knowledge graph"),
        ("GPT*", "with GPTQ"),
        ("=tokenizer", "The Tokenizer"),
        ('="open models"', "Open models"),
        ("RAG", "with RAGs"),
        ("RAG", "retrieval-augmented generation"),
        ('"retrieval augmented generation"', "with RAG"),
        ('"deep reinforcement learning"', "by deep RL"),
        ('"RL agents"', "reinforcement learning agents"),
        ('"we study fine tuning of large language models"', "We study fine-tuning of large language models."),
        ("rag", "with RAG"),
        ("electroencephalography", "an EEG study"),
        ("EEG", "electroencephalography"),
        ("Müller", "the Mueller code"),
        ("Mueller", "the Müller code"),
        ("Erdos", "an Erdős problem"),
        ("mamba -(survey review)", "a mamba review"),
    ],
)
def test_it_matches(query: str, text: str) -> None:
    assert brings(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("mamba quantization", "a mamba"),
        ("mamba -survey", "a survey of mamba"),
        ('"knowledge graph"', "knowledge of graphs"),
        ('"knowledge graph"', "graph knowledge"),
        ("fine-tuning", "tuning is fine"),
        ('"we study fine tuning of large language models"', "We study finetuning of large language models."),
        ("RAG", "a rag doll"),
        ("RAG", "RAGged"),
        ("GPT*", "gpteful"),
        ("=tokenizer", "tokenizers"),
        ("=RAG", "with RAGs"),
        ("token*", "a totem"),
        ("title:mamba", "a mamba"),
        ("mamba -(survey review)", "a mamba review, and a survey"),
    ],
)
def test_it_does_not_match(query: str, text: str) -> None:
    assert not brings(query, text)


def test_a_phrase_does_not_reach_from_the_title_into_the_abstract() -> None:
    assert not brings('"knowledge graph"', title="On knowledge", text="Graph theory")


def test_fields_ask_what_is_known_of_the_paper() -> None:
    known = paper(
        "We do.",
        "Mamba",
        authors=("Yann A. LeCun", "Jörg Müller"),
        categories=("math.IT", "stat.ML"),
        sources=("arxiv", "feed:17"),
        code="https://github.com/a/b",
        identifiers=("arxiv:2604.1", "doi:10.1/x"),
    )
    yes = [
        "title:mamba",
        "author:LeCun",
        'author:"LeCun, Yann"',
        'author:"Y. LeCun"',
        'author:"J. Mueller"',
        "cat:cs.IT",
    ]
    yes += ["cat:math.IT", "cat:cs.*", "cat:math.*", "cat:cs", "source:arxiv", "source:feed:17", "has:code", "has:doi"]
    yes += ["abstract:do -abstract:mamba", "author:(hinton OR lecun)"]
    no = [
        "abstract:mamba",
        "author:Hinton",
        'author:"Z. LeCun"',
        "cat:cs.CL",
        "cat:q-bio.*",
        "source:biorxiv",
        "has:journal",
    ]
    assert [query for query in yes if not matches(parse(query), known)] == []
    assert [query for query in no if matches(parse(query), known)] == []


def test_learned_acronyms_are_the_index_s_own() -> None:
    learned = KEPT.with_learned(7, [("XQRT", "extra quick random tables")])
    text = paper("On extra-quick random tables.")
    assert matches(parse("XQRT"), text) is None
    assert matches(parse("XQRT"), text, learned) is not None
    assert matches(parse('"extra quick random table"'), paper("For XQRT."), learned) is not None


# ---------------------------------------------------------------------------------- reasons and scores


def test_a_reason_is_the_word_as_it_stands_with_field_and_place() -> None:
    found = matches(
        parse('tokenization OR "knowledge graph" cat:cs.CL author:lecun -survey'),
        paper(
            "We build Knowledge-Graphs.", "Byte-level tokenisers", authors=("A B", "Yann LeCun"), categories=("cs.CL",)
        ),
    )
    assert found is not None
    assert set(found.reasons) == {
        Reason("tokenisers", "title", 2),
        Reason("Knowledge-Graphs", "abstract", 2),
        Reason("cs.CL", "cat", 0),
        Reason("Yann LeCun", "author", 1),
    }


def score(query: str, text: str = "", title: str = "", **known: object) -> float:
    found = matches(parse(query), paper(text, title, **known))
    assert found is not None
    assert 0 < found.score <= 1
    return found.score


def test_a_title_is_worth_more_than_any_abstract_and_often_more_than_once() -> None:
    assert score("mamba", title="Mamba") > score("mamba", "mamba " * 50)
    assert score("mamba", "mamba, mamba") > score("mamba", "mamba")
    assert score("mamba", "mamba", "Mamba") > score("mamba", title="Mamba")


def test_more_of_the_query_is_worth_more() -> None:
    assert score("mamba OR rwkv", "mamba rwkv") > score("mamba OR rwkv", "mamba")
    assert score("mamba rwkv", title="mamba rwkv") > score("mamba rwkv", "rwkv", "mamba")


def test_what_is_no_word_counts_only_alone() -> None:
    assert score("cat:cs.CL", categories=("cs.CL",)) == 1
    assert score("mamba cat:cs.CL", "mamba", categories=("cs.CL",)) == score("mamba", "mamba")


# ------------------------------------------------------------------------------------------- the index


def test_queries_come_and_go_between_papers() -> None:
    index = QueryIndex()
    index.add(1, parse("mamba"))
    index.add(2, parse("Mamba"))  # the same query under another number
    index.add(3, parse("mamba -survey"))
    index.add(4, parse('"state space" OR mam*'))
    text = paper("a mamba")
    assert index.ids(text) != []
    assert sorted(index.ids(text)) == [match.query for match in index.match(text)] == [1, 2, 3, 4]
    assert len(index) == 4
    assert 2 in index
    index.remove(1)
    index.remove(1)
    assert sorted(index.ids(text)) == [2, 3, 4]
    index.add(3, parse("transformer"))
    assert sorted(index.ids(text)) == [2, 4]
    for number in (2, 3, 4):
        index.remove(number)
    assert len(index) == 0
    assert 2 not in index
    assert index.match(text) == []


def test_nothing_is_left_of_queries_that_went() -> None:
    index = QueryIndex()
    empty = repr_of(index)
    drawer = Drawer(papers(100), seed=5)
    queries = [parse(text) for text in drawer.queries(200)]
    for number, query in enumerate(queries):
        index.add(number, query)
    for number in range(len(queries)):
        index.remove(number)
    assert repr_of(index) == empty


def repr_of(index: QueryIndex) -> str:
    held = [(known.singles, known.phrases) for known in (index._dictionary, index._names)]
    marks = index._marks
    rest = (marks.exact, marks.prefixes, marks.lengths, marks.fields)
    return repr((held, index._leaves, index._joined, index._by_id, rest))


def check(read: list[Paper], queries: list[str], acronyms: Acronyms = KEPT) -> int:
    """Compares an index, half-emptied at the end, with the brute force; returns how many matches there were."""
    parsed = [parse(text) for text in queries]
    index = QueryIndex(acronyms)
    for number, query in enumerate(parsed):
        index.add(number, query)
    answers = {}
    for each in read:
        wanted = [number for number, query in enumerate(parsed) if holds(query.root, each, acronyms)]
        assert sorted(index.ids(each)) == wanted
        assert [match.query for match in index.match(each)] == wanted
        answers[each.id] = wanted
    for number in range(0, len(parsed), 2):
        index.remove(number)
    for each in read:
        assert sorted(index.ids(each)) == [number for number in answers[each.id] if number % 2]
    return sum(map(len, answers.values()))


def test_the_index_finds_what_reading_every_query_finds() -> None:
    """A sample; `python -m tests.bench.exactness` compares 1,000 papers with 10,000 queries."""
    read = papers(80)
    assert check(read[:60], Drawer(read, seed=11).queries(1_000)) > 500


def test_one_query_alone_gives_the_answer_of_the_index() -> None:
    read = papers(15)
    queries = [parse(text) for text in Drawer(read, seed=12).queries(150)]
    index = QueryIndex()
    for number, query in enumerate(queries):
        index.add(number, query)
    for each in read:
        found = {match.query: match for match in index.match(each)}
        for number, query in enumerate(queries):
            alone = matches(query, each)
            expected = found.get(number)
            assert alone == (expected and Match(0, expected.score, expected.reasons))


def test_queries_of_too_many_alternatives_are_still_exact() -> None:
    product = " ".join(f"(a{i} OR b{i} OR -c{i})" for i in range(8)) + " mamba"
    both = " ".join(f"(a{i} OR b{i} OR c{i} OR d{i})" for i in range(6))
    texts = ["mamba", "mamba c1", "mamba c1 a1", "a0 a1 b2 c3 d4 a5", "a0 a1 b2 c3 d4"]
    read = [Paper(id=str(i), title="", abstract=text) for i, text in enumerate(texts)]
    assert check(read, [product, both, "mamba", "-c1 mamba"]) > 5


WORDS = st.sampled_from(
    ["fine", "tuning", "finetuning", "RAG", "rag", "RL", "reinforcement", "learning", "deep", "Müller"]
)
MORE_WORDS = st.sampled_from(["mueller", "token", "tokenizers", "tokenization", "GPT4", "GPT", "4", "state", "space"])
TEXTS = st.lists(st.one_of(WORDS, MORE_WORDS), max_size=8).map(" ".join)
SINGLES = st.one_of(WORDS, MORE_WORDS)


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        several.map(" ".join),
        several.map(" OR ".join),
        parts.map("-({})".format),
        several.map(lambda found: f"({found[0]}) -({found[1]})"),
        st.lists(SINGLES, min_size=1, max_size=8).map(lambda found: '"' + " ".join(found) + '"'),
    ).map("({})".format)


QUERIES = st.recursive(
    st.one_of(SINGLES, SINGLES.map("={}".format), SINGLES.map("{}*".format), SINGLES.map("title:{}".format)),
    joined,
    max_leaves=6,
)


@given(st.lists(QUERIES, min_size=1, max_size=6), st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
@settings(deadline=None, max_examples=200)
def test_any_queries_over_any_words_agree_with_brute_force(queries: list[str], texts: list[tuple[str, str]]) -> None:
    good = []
    for text in queries:
        try:
            parse(text)
        except QueryError:
            continue
        good.append(text)
    check([Paper(id=str(i), title=title, abstract=text) for i, (title, text) in enumerate(texts)], good)
