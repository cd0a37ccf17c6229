"""The papers of one digest: order, fairness between topics, and cap.

Topics take turns. A turn goes to a topic that nothing picked so far speaks of; when there is none left, to the topic
with the fewest places; among equals to the one whose next paper is best. So every topic with a match gets one place
before any gets a second, and when there are more topics than places those with the best papers win.

A paper takes one place, under the topic whose turn it was, and counts only there. The other topics it matches are
spoken of: they wait until every topic has been, but they are not charged for it and get their own place next.

What a paper is worth to a topic is its match, 0 to 1, and at most 0.2 for company: 0.05 for a second and a third topic,
and up to 0.1 for upvotes, by their logarithm (250 is the most that Daily Papers showed in the recordings). The small
bound is on purpose: what is popular may win between papers that speak of the topic alike, and never drowns a field that
few people vote in. Between equals the newer comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

from bot.models import Candidate, Match, Pick, Selection, Subscription

_MANY_VOTES = 250


@dataclass(frozen=True, slots=True)
class _Offer:
    """A candidate as one of its topics sees it."""

    candidate: Candidate
    topic: Subscription
    #: the smaller the better: worth, then the newer, then the stored id, so that the order is always the same
    rank: tuple[float, float, str]


def select(candidates: Sequence[Candidate], most: int) -> Selection:
    """The best candidates, at most `most`, and how many are left over under which topic.

    The picks of a topic are neighbours, best first, and topics come in the order of their best pick. A paper that is
    left over counts once, under the topic it matches best. The order of the candidates does not matter; each paper is
    one candidate, and one that no topic brought is passed over.
    """
    offers = sorted((offer for candidate in candidates for offer in _offers(candidate)), key=lambda offer: offer.rank)
    queues: dict[int, list[_Offer]] = {}
    for offer in offers:
        queues.setdefault(offer.topic.number, []).append(offer)

    picked: list[_Offer] = []
    taken: set[str] = set()
    spoken_of: set[int] = set()
    places: Counter[int] = Counter()

    def turn(offer: _Offer) -> tuple[object, ...]:
        number = offer.topic.number
        # a paper that two topics want as much goes to the one with less to choose from
        return number in spoken_of, places[number], offer.rank, len(queues[number]), number

    while len(picked) < most:
        heads = (
            next((offer for offer in queue if offer.candidate.paper.id not in taken), None) for queue in queues.values()
        )
        best = min((offer for offer in heads if offer), key=turn, default=None)
        if best is None:
            break
        picked.append(best)
        taken.add(best.candidate.paper.id)
        spoken_of.update(topic.number for topic, _ in best.candidate.topics)
        places[best.topic.number] += 1

    picked.sort(key=lambda offer: offer.rank)
    turns = list(dict.fromkeys(offer.topic.number for offer in picked))
    picked.sort(key=lambda offer: turns.index(offer.topic.number))
    return Selection(
        picks=tuple(Pick(offer.candidate, offer.topic) for offer in picked),
        left=_left([candidate for candidate in candidates if candidate.paper.id not in taken], list(queues)),
    )


def _offers(candidate: Candidate) -> list[_Offer]:
    company = 0.05 * min(len(candidate.topics) - 1, 2)
    popularity = 0.1 * min(log1p(max(candidate.paper.upvotes, 0)) / log1p(_MANY_VOTES), 1)

    def rank(match: Match) -> tuple[float, float, str]:
        return -(match.score + company + popularity), -candidate.seen.timestamp(), candidate.paper.id

    return [_Offer(candidate, topic, rank(match)) for topic, match in candidate.topics]


def _left(candidates: Sequence[Candidate], order: Sequence[int]) -> tuple[tuple[Subscription, int], ...]:
    """How many candidates each topic has, each candidate counted once; topics with the best papers first."""
    best = [
        min(candidate.topics, key=lambda topic: (-topic[1].score, topic[0].number))[0]
        for candidate in candidates
        if candidate.topics
    ]
    topics = {topic.number: topic for topic in best}
    counts = Counter(topic.number for topic in best)
    return tuple((topics[number], counts[number]) for number in order if number in topics)
