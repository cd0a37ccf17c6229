"""How much each word of a paper tells: often there, and rare elsewhere."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from math import log

from bot.models import Paper
from bot.text import FAMILY, words

#: a word of the title counts as so many
TITLE = 2
#: draws rare and frequent words nearer to each other; anything from 0.5 to 1 measures alike
DAMPING = 0.75
#: share of papers below which a family is rare, and tells as much as any other; the table begins here
RARE = 0.004
#: share of papers above which a family says nothing of what one of them is about
COMMON = 0.1

#: families and their weights
Vector = dict[str, float]


def vector(paper: Paper) -> Vector:
    """The families of title and abstract, each with its rarity, more of it the more often it stands there."""
    counts = Counter(map(FAMILY.__getitem__, words(paper.abstract)))
    for word in words(paper.title):
        counts[FAMILY[word]] += TITLE
    known = _table()
    weights: Vector = {}
    for family, many in counts.items():
        # as `rarity`, without a call: a hundred papers are weighed for one answer
        rare = known[family] if family in known else rarity(family)
        if rare:
            weights[family] = rare if many == 1 else rare * (1 + log(many))
    return weights


def rarity(family: str) -> float:
    """0 for what stands in every paper, 3.6 for what is rare; a number or a letter alone tells nothing."""
    return _table().get(family, RAREST) if _tells(family) else 0.0


def _tells(family: str) -> bool:
    return len(family) > 1 and not family.isdecimal()


def _of_share(share: float) -> float:
    return float((-log(share)) ** DAMPING)


RAREST = _of_share(RARE)
#: the least rarity of a word that tells what a paper is about
TELLING = _of_share(COMMON)


@cache
def _table() -> dict[str, float]:
    """Rarity of each frequent family, read once; `jobs.word_table.frequent` counted them."""
    lines = files(__package__).joinpath("frequent.tsv").read_text("utf-8").splitlines()
    counts = [line.split("\t") for line in lines if not line.startswith("#")]
    papers = int(counts[0][1])
    return {family: _of_share(int(many) / papers) for family, many in counts[1:] if _tells(family)}
