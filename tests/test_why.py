"""Why a paper does not match a query, what became of it, and the words that matched as they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching import matches
from bot.messages.failing import failed
from bot.messages.moments import Moments
from bot.messages.understanding import shown_here
from bot.models import Channel, Digest, Match, Paper, Person, Reason, State, Subscription
from bot.ports.store.understanding import History, Passed, Showing, Told
from bot.query import Query, QueryError, leaves, parse
from bot.text import words
from bot.why import Absent, Failure, Fate, NoneOf, Unwanted, explained, failures, showing, snippet
from tests.bench.workload import Drawer, papers
from tests.test_matching import QUERIES, TEXTS

PAPER = Paper(
    "p1",
    "A Survey of Mamba for Retrieval-Augmented Generation",
    "We count tokens. LoRA is a rag in the sense of Müller.",
    authors=("Ada Example", "Yann A. LeCun"),
    categories=("cs.CV", "cs.LG"),
    sources=("arxiv",),
)


def said(query: str, paper: Paper = PAPER) -> str:
    """What stands between a query and a paper, in words."""
    known = parse(query)
    return failed(failures(known, paper), paper, known.text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("tokenization", "not in its title or abstract (“tokens” is another word)"),
        ("diffusion", "not in its title or abstract"),
        ("mamba diffusion", "diffusion is not in its title or abstract"),
        ("mamba -survey", "it has “Survey” in the title, which is left out"),
        ("title:LoRA", "LoRA is not in its title (“LoRA” is in the abstract)"),
        ("title:counting", "not in its title (“count” is in the abstract)"),
        ("Mamba RAGE", "RAGE is not in its title or abstract"),
        ("SURVEYX mamba", "SURVEYX is not in its title or abstract"),
        ("MAMBA", "MAMBA is not in its title or abstract (“Mamba” is another word)"),
        ("=token", "the very word token is not in its title or abstract"),
        ("quantiz*", "no word that begins with quantiz in its title or abstract"),
        ('"mamba survey"', "“mamba survey” is not in its title or abstract"),
        ("mamba author:Hinton", "no author is called Hinton"),
        ("mamba cat:cs.CL", "it is in cs.CV, cs.LG"),
        ("mamba -cat:cs.*", "it is in cs.CV, which is left out"),
        ("mamba source:biorxiv", "it came from arXiv"),
        ("mamba has:code", "no code is known"),
        ("mamba -author:LeCun", "Yann A. LeCun is among its authors, who is left out"),
        ("diffusion OR quantization", "neither diffusion nor quantization is in its title or abstract"),
        ("mamba -(survey lora)", "it has “LoRA” and “Survey” together, which is left out"),
        ("mamba diffusion -survey cat:cs.CL has:code", "diffusion is not in its title or abstract"),
    ],
)
def test_a_failure_is_said_in_words(query: str, words: str) -> None:
    assert said(query).startswith(words)


def test_of_many_failures_the_first_are_told_and_the_rest_counted() -> None:
    assert said("alpha beta gamma delta epsilon").endswith("; and 2 further parts")


def test_what_matches_has_no_failure() -> None:
    assert failures(parse("mamba OR diffusion"), PAPER) == ()
    assert failures(parse('"retrieval augmented generation" RAG'), PAPER) == ()


# ------------------------------------------------------------------------- it never disagrees with the matcher


def true(failure: Failure, paper: Paper) -> bool:
    """A failure is true when the matcher says the same of its leaf alone."""
    if isinstance(failure, NoneOf):
        return all(parts and all(true(one, paper) for one in parts) for parts in failure.alternatives)
    holds = matches(Query(str(failure.leaf), failure.leaf, ""), paper) is not None
    return holds is isinstance(failure, Unwanted)


def check(text: str, paper: Paper) -> bool:
    query = parse(text)
    found = failures(query, paper)
    assert (found == ()) is (matches(query, paper) is not None), text
    assert all(true(failure, paper) for failure in found), text
    every = {leaf for leaf, _ in leaves(query.root)}
    assert {one.leaf for one in found if isinstance(one, Absent | Unwanted)} <= every
    assert failed(found, paper, query.text) or not found
    return not found


FIELDS = st.sampled_from(["author:LeCun", "cat:cs.CL", "cat:cs.*", "source:arxiv", "has:code", "abstract:token"])
KNOWN = st.fixed_dictionaries(
    {
        "authors": st.sampled_from([(), ("Yann LeCun",), ("Ada Example", "Y. LeCun")]),
        "categories": st.sampled_from([(), ("cs.CL",), ("math.NA", "cs.CV")]),
        "sources": st.sampled_from([(), ("arxiv",), ("feed:17",)]),
        "code": st.sampled_from(["", "https://example.org/code"]),
    }
)


@given(QUERIES, st.lists(FIELDS, max_size=2), st.booleans(), TEXTS, TEXTS, KNOWN)
@settings(deadline=None, max_examples=300)
def test_it_explains_a_failure_exactly_when_the_matcher_finds_no_match(  # noqa: PLR0917 - each is drawn
    text: str, fields: list[str], out: bool, title: str, abstract: str, known: dict[str, tuple[str, ...]]
) -> None:
    sign = "-" if out else ""
    query = " ".join([text, *(sign + field for field in fields)])
    try:
        parse(query)
    except QueryError:
        return
    check(query, Paper("p1", title, abstract, **known))  # type: ignore[arg-type]


def test_it_agrees_with_the_matcher_on_real_papers() -> None:
    read = papers(20)
    drawer = Drawer(read, seed=5)
    texts = [f"{drawer.word()} -{drawer.word()}" for _ in range(15)]
    texts += [f"({drawer.phrase()} OR {drawer.word()}) {drawer.word()}" for _ in range(15)]
    matched = sum(check(text, paper) for text in texts for paper in read)

    assert 0 < matched < len(texts) * len(read)


# ----------------------------------------------------------------------------------------------------- snippets


def test_a_snippet_quotes_the_words_that_matched() -> None:
    paper = Paper(
        "p1", "Byte-level Tokenizers", "Before that. " * 20 + "We tokenize bytes.\nFine tuning\nhelps. " + "x " * 99
    )
    match = matches(parse("tokenization fine-tuning"), paper)
    assert match

    title, abstract = snippet(paper, match.reasons).splitlines()

    assert title == "Byte-level “Tokenizers”"
    assert abstract.startswith("… ")
    assert "We tokenize bytes. “Fine tuning” helps." in abstract
    assert abstract.endswith(" …")
    assert len(abstract) < 300


def test_a_match_by_its_category_has_no_snippet() -> None:
    assert snippet(PAPER, [Reason("cs.CV", "cat", 0)]) == ""


@given(st.text(st.characters(exclude_characters="“”…"), max_size=400), st.integers(0, 80), st.integers(1, 3))
def test_a_snippet_is_a_piece_of_the_text_and_two_quotes(text: str, place: int, length: int) -> None:
    found = words(text)[place : place + length]
    reason = Reason(" ".join(found), "abstract", place)

    quoted = snippet(Paper("p1", "", text), [reason] if found else [])

    assert quoted.removeprefix("… ").removesuffix(" …").replace("“", "").replace("”", "") in " ".join(text.split())
    assert quoted.count("“") == quoted.count("”") == (1 if quoted else 0)


# --------------------------------------------------------------------------------------------------------- fate

MONDAY = datetime(2026, 4, 13, 7, 0, tzinfo=UTC)
NLP = Channel("slack", "T1", "C1", "nlp")
FOLLOWED = Subscription(1, 1, "mamba", MONDAY - timedelta(days=1), Person("slack", "T1", "U1"))
NEWS = Told("arxiv", "", "new", MONDAY, MONDAY, news=True)
MATCHED = {1: Match(1, 0.5)}


def fate(history: History, last: datetime | None = None, now: datetime = MONDAY + timedelta(hours=1)) -> Fate:
    (topic,) = explained(PAPER, history, [FOLLOWED], last, now=now)
    return topic.fate


def passed(papers: int = 10) -> tuple[Passed, ...]:
    return (Passed(Digest(NLP, MONDAY.date(), 0), MONDAY + timedelta(hours=2), papers),)


def test_what_came_in_time_waits_for_the_next_digest() -> None:
    assert fate(History((NEWS,), matched=MATCHED)) is Fate.WAITS


def test_what_others_went_before_is_left_over_and_after_a_week_it_waits_no_more() -> None:
    left = History((NEWS,), matched=MATCHED, passed=passed())

    assert fate(left, last=MONDAY + timedelta(hours=2)) is Fate.LEFT
    assert fate(left, last=MONDAY + timedelta(days=8)) is Fate.PAST


def test_what_came_before_it_was_followed_is_not_news() -> None:
    early = Told("huggingface", "", "new", MONDAY - timedelta(days=3), MONDAY - timedelta(days=3), news=False)

    assert fate(History((early, NEWS), matched=MATCHED)) is Fate.BEFORE


def test_what_no_source_announced_is_unheard() -> None:
    asked_for = Told("arxiv", "", "", MONDAY, None, news=False)

    assert fate(History((asked_for,), matched=MATCHED)) is Fate.UNHEARD
    assert fate(History()) is Fate.UNHEARD


def test_what_came_before_a_restored_backup_was_perhaps_posted() -> None:
    assert fate(History((NEWS,), matched=MATCHED, floor=MONDAY + timedelta(minutes=1))) is Fate.RESTORED


def test_what_was_no_match_when_it_came_is_none_in_hindsight() -> None:
    assert fate(History((NEWS,))) is Fate.NOT_THEN


def test_what_the_channel_had_comes_no_second_time() -> None:
    assert fate(History((NEWS,), matched=MATCHED, had=True)) is Fate.HAD


def test_a_match_that_was_stored_stays_though_the_paper_was_changed() -> None:
    changed = Paper("p1", "Another title")
    (topic,) = explained(changed, History((NEWS,), matched=MATCHED), [FOLLOWED], None, now=MONDAY)

    assert (topic.fate, topic.match) == (Fate.WAITS, MATCHED[1])


def test_topics_it_matches_come_first_and_then_those_it_fails_by_least() -> None:
    texts = ["diffusion quantization", "cat:cs.CL tokenization graph", "mamba", "diffusion"]
    topics = [Subscription(n, n, text, MONDAY, FOLLOWED.by) for n, text in enumerate(texts, 1)]

    found = explained(PAPER, History(), topics, None, now=MONDAY)

    assert [topic.subscription.number for topic in found] == [3, 4, 1, 2]


def test_of_several_messages_the_one_that_was_sent_tells_most() -> None:
    def one(state: State) -> Showing:
        return Showing(1, Digest(NLP, MONDAY.date(), 0), state, "mamba", Match(1, 0.5), None)

    assert showing(History(shown=(one(State.DROPPED), one(State.SENT), one(State.PARKED)))) == one(State.SENT)
    assert showing(History(shown=(one(State.DROPPED), one(State.UNKNOWN)))) == one(State.UNKNOWN)
    assert showing(History()) is None


@pytest.mark.parametrize("state", list(State))
def test_every_state_of_a_message_is_said_in_a_sentence(state: State) -> None:
    one = Showing(1, Digest(NLP, MONDAY.date(), 0), state, "mamba", Match(1, 0.5), None, "it is too long")

    sentence = shown_here(one, Moments(MONDAY, "UTC"))

    assert "13 Apr" in sentence
    assert sentence.endswith(".")
    assert ("too long" in sentence) is (state in (State.UNKNOWN, State.PARKED, State.DROPPED))
