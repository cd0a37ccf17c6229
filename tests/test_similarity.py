"""Which papers are near one, and what they share; measured on recorded papers of which it is known what belongs."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

import pytest

from bot.models import Paper
from bot.similarity import CANDIDATES, nearest, telling
from bot.similarity.nearness import ASKED
from bot.similarity.weights import COMMON, RAREST, rarity
from bot.text import features, readable
from jobs.word_table import frequent
from jobs.word_table.corpus import papers as corpus

DATA = Path(__file__).resolve().parents[2] / "shared/data"
#: workshops of one subject; their papers belong together
WORKSHOPS = ("bea", "bionlp", "blackboxnlp", "gem", "lchange", "privatenlp", "sigdial", "trustnlp")


def paper(number: int, title: str, abstract: str = "", *authors: str) -> Paper:
    return Paper(f"p{number}", title, abstract, authors=authors)


ASKED_FOR = paper(
    1,
    "Byte-Level Tokenizers for Morphology",
    "We train a tokenizer on bytes. For its morphology the tokenizer keeps morphemes of Finnish whole.",
    "Ada Example",
)
NEAR = paper(2, "Tokenization and Morphology", "A byte-level tokenizer splits morphemes.", "Bob Sample", "Ada Example")
FAR = paper(3, "Black Hole Mergers", "We measure the spin of binary black holes by their gravitational waves.")
SAME_AUTHOR = paper(4, "Parsing Estonian", "We parse Estonian sentences.", "A. Sample", "Example, Ada")


# ---------------------------------------------------------------------------------------------- what is near


def test_the_nearest_comes_first_with_what_both_share() -> None:
    found = nearest(ASKED_FOR, [FAR, NEAR, SAME_AUTHOR])

    assert [one.paper.id for one in found] == ["p2"]
    assert found[0].topics == ("byte-level tokenizers", "morphology")
    assert found[0].authors == ("Ada Example",)
    assert 0.3 < found[0].nearness < 1.1


def test_a_paper_is_never_near_itself() -> None:
    assert nearest(ASKED_FOR, [ASKED_FOR]) == []


def test_at_most_so_many_are_given() -> None:
    others = [paper(number, NEAR.title, NEAR.abstract) for number in range(10, 20)]

    assert len(nearest(ASKED_FOR, others)) == 5
    assert len(nearest(ASKED_FOR, others, 3)) == 3


def test_a_shared_author_brings_nearer() -> None:
    (alone,) = nearest(ASKED_FOR, [paper(5, NEAR.title, NEAR.abstract)])
    (known,) = nearest(ASKED_FOR, [paper(5, NEAR.title, NEAR.abstract, "Ada Example")])

    assert known.nearness > alone.nearness


@pytest.mark.parametrize("text", ["", "42 7", "The and of", "🎲", "x" * 5000, "Ω α β"])
def test_a_paper_that_says_nothing_is_near_nothing(text: str) -> None:
    silent = paper(9, text)

    assert not [one for one in nearest(silent, [ASKED_FOR, NEAR, FAR]) if one.nearness > 0]
    assert nearest(ASKED_FOR, [silent]) == []


def test_a_name_keeps_its_capital_and_a_word_of_a_title_does_not() -> None:
    one = paper(1, "Parsing Finnish", "We parse. The Finnish corpus is parsed.")
    (found,) = nearest(one, [paper(2, "Finnish Parsed Again", "A parser of Finnish.")])

    assert set(found.topics) == {"parsing", "Finnish"}


def test_what_both_speak_of_is_written_as_in_the_paper_that_was_asked_about() -> None:
    one = paper(1, "RAG with LLMs", "Graph neural networks retrieve. Graph neural networks rank. LLMs hallucinate.")
    other = paper(2, "Hallucination of an LLM", "It hallucinates. A graph neural network is trained by LLMs.")

    (found,) = nearest(one, [other])

    assert "graph neural networks" in found.topics
    assert {"LLMs", "hallucinate"} & set(found.topics)


# -------------------------------------------------------------------------------------- what the index is asked for


def test_the_index_is_asked_for_features_that_the_paper_has() -> None:
    weights = telling(ASKED_FOR)

    assert set(weights) <= set(features(ASKED_FOR))
    assert max(weights, key=lambda word: weights[word]) in ("tokenize", "morphology")
    assert all(weight > 0 for weight in weights.values())


def test_the_index_is_never_asked_for_what_stands_everywhere() -> None:
    long = paper(1, "The models of the method", " ".join(f"word{number} the model" for number in range(100)))

    weights = telling(long)

    assert len(weights) == ASKED
    assert not {"the", "model", "method"} & set(weights)


# --------------------------------------------------------------------------------------------------- rarity


def test_the_rarer_the_more_it_tells() -> None:
    assert 0 <= rarity("the") < rarity("model") < rarity("graph") < rarity("morpheme") == RAREST
    assert rarity("2026") == rarity("x") == 0


def test_the_shipped_counts_are_those_of_the_recorded_papers() -> None:
    if not DATA.exists():
        pytest.skip("../shared/data is not here")
    recorded = [*sorted(DATA.glob("corpus/*/*/*.gz")), *sorted(DATA.glob("recorded/hf_daily/*.json"))]
    recorded += sorted(DATA.glob("recorded/acl_anthology/*.xml"))
    recorded += sorted(DATA.glob("recorded/arxiv_oai/listrecords*.gz"))
    recorded += sorted(DATA.glob("recorded/biorxiv/*"))

    counted = [f"{family}\t{many}" for family, many in frequent.rows(corpus(recorded))]

    shipped = files("bot.similarity").joinpath("frequent.tsv").read_text("utf-8").splitlines()
    assert [line for line in shipped if not line.startswith("#")] == counted


def test_a_family_that_few_papers_hold_is_not_in_the_table() -> None:
    texts = ["the model"] * 999 + ["the rare model"]

    assert list(frequent.rows(texts)) == [("*", 1000), ("model", 1000), ("the", 1000)]
    assert frequent.LEAST / 1000 < COMMON


# ------------------------------------------------------------------------------------------------ how well it finds


def anthology() -> dict[str, list[Paper]]:
    """Papers of the recorded volumes, by workshop or journal."""
    found: dict[str, list[Paper]] = {}
    for file in sorted(DATA.glob("recorded/acl_anthology/*.xml")):
        name = file.stem.partition(".")[2] or file.stem
        for entry in ET.parse(file).iter("paper"):  # noqa: S314 - a recorded file
            title, abstract = (entry.find(part) for part in ("title", "abstract"))
            if title is not None and abstract is not None:
                texts = [readable(" ".join("".join(part.itertext()).split())) for part in (title, abstract)]
                volume = found.setdefault(name, [])
                volume.append(Paper(f"{name}-{len(volume)}", texts[0], texts[1]))
    return found


Finder = Callable[[Paper], list[str]]


def ours(papers: list[Paper]) -> Finder:
    """As it is done in the house, with a dictionary in the place of the search index."""
    holding: dict[str, list[Paper]] = defaultdict(list)
    for one in papers:
        for feature in features(one):
            holding[feature].append(one)

    def find(asked: Paper) -> list[str]:
        sums: Counter[str] = Counter()
        known: dict[str, Paper] = {}
        for feature, weight in telling(asked).items():
            for one in holding[feature]:
                sums[one.id] += weight  # type: ignore[assignment]  # a Counter of floats
                known[one.id] = one
        near = nearest(asked, [known[name] for name, _ in sums.most_common(CANDIDATES + 1)])
        return [one.paper.id for one in near]

    return find


def plain_tf_idf(papers: list[Paper]) -> Finder:
    """Cosine of words as they stand, counts times inverse document frequency, over all papers."""
    counts = {one.id: Counter(re.findall(r"\w\w+", f"{one.title} {one.abstract}".lower())) for one in papers}
    many = Counter(word for words_of in counts.values() for word in words_of)
    idf = {word: math.log((1 + len(papers)) / (1 + number)) + 1 for word, number in many.items()}
    vectors: dict[str, dict[str, float]] = {}
    for name, words_of in counts.items():
        vector = {word: number * idf[word] for word, number in words_of.items()}
        length = math.sqrt(sum(weight * weight for weight in vector.values()))
        vectors[name] = {word: weight / length for word, weight in vector.items()}

    def find(asked: Paper) -> list[str]:
        mine = vectors[asked.id]
        scores = {
            name: sum(weight * vector.get(word, 0.0) for word, weight in mine.items())
            for name, vector in vectors.items()
            if name != asked.id
        }
        return sorted(scores, key=lambda name: -scores[name])[:5]

    return find


def recall(find: Finder, asked: Iterable[tuple[Paper, int]]) -> float:
    """Of the five that could be found, how many belong to the same workshop; the mean."""
    shares = []
    for one, companions in asked:
        workshop = one.id.partition("-")[0]
        hits = sum(name.partition("-")[0] == workshop for name in find(one))
        shares.append(hits / min(5, companions))
    return sum(shares) / len(shares)


def test_papers_of_one_workshop_find_each_other_better_than_by_plain_tf_idf() -> None:
    if not DATA.exists():
        pytest.skip("../shared/data is not here")
    volumes = anthology()
    papers = [one for volume in volumes.values() for one in volume]
    asked = [(one, len(volumes[name]) - 1) for name in WORKSHOPS for one in volumes[name][::4]]

    found, plain = recall(ours(papers), asked), recall(plain_tf_idf(papers), asked)

    assert found > plain + 0.05, (found, plain)
    assert found > 0.5
