"""The papers of one digest: order, fairness between topics, and cap.

Topics take turns. A turn goes to a topic that nothing picked so far speaks of; when there is none left, to the topic
with the fewest places; among equals to the one whose next paper is best. So every topic with a match gets one place
before any gets a second, and when there are more topics than places those with the best papers win.

A paper takes one place, under the topic whose turn it was, and counts only there. The other topics it matches are
spoken of: they wait until every topic has been, but they are not charged for it and get their own place next.

What a paper is worth to a topic is its match, 0 to 1, and at most 0.2 for company: 0.05 for a second and a third topic,
and up to 0.1 for upvotes, by their logarithm (250 is the most that Daily Papers showed in the recordings); and what
the channel's people save (`bot.taste`) adds or takes at most as much as company. The small bounds are on purpose: what
is popular, or liked here, may win between papers that speak of the topic alike, and never drowns a field that few
people vote in, nor hides one that nobody here saves. Between equals the newer comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from math import log1p
from operator import itemgetter

from bot.models import Candidate, Pick, Selection, Subscription
from bot.taste import Taste, liked, liking

#: what was left over waits this long beyond the last digest; it can be searched for ever after
LEFT_OVER = timedelta(days=7)

_MANY_VOTES = 250
#: what a paper gains that is liked as much as can be, and loses that is not
LIKED = 0.2
#: of nobody anything is known
_NONE: Taste = {}

#: the smaller the better: worth, then the newer, then the stored id, so that the order is always the same
_Rank = tuple[float, float, str]
#: a candidate as one of its topics, by its number, sees it
_Offer = tuple[_Rank, int, Candidate, Subscription]


def select(candidates: Sequence[Candidate], most: int, taste: Taste = _NONE) -> Selection:
    """The best candidates, at most `most`, and how many are left over under which topic.

    The picks of a topic are neighbours, best first, and topics come in the order of their best pick. A paper that is
    left over counts once, under the topic it matches best. The order of the candidates does not matter; each paper is
    one candidate, and one that no topic brought is passed over.
    """
    queues: dict[int, list[_Offer]] = {}
    offers = [offer for candidate in candidates for offer in _offers(candidate, taste)]
    for offer in sorted(offers, key=itemgetter(0, 1)):
        queues.setdefault(offer[1], []).append(offer)
    topics = list(queues)
    size = {number: len(queue) for number, queue in queues.items()}
    for queue in queues.values():
        queue.reverse()  # the next one is the last, and taken away in no time

    picked: list[_Offer] = []
    taken: set[str] = set()
    spoken_of: set[int] = set()
    places = dict.fromkeys(topics, 0)

    while len(picked) < most:
        turns = []
        for number, queue in queues.items():
            while queue and queue[-1][2].paper.id in taken:
                queue.pop()
            if queue:
                # a paper that two topics want as much goes to the one with less to choose from
                turns.append((number in spoken_of, places[number], queue[-1][0], size[number], number))
        if not turns:
            break
        number = min(turns)[-1]
        picked.append(offer := queues[number].pop())
        taken.add(offer[2].paper.id)
        spoken_of.update([topic.number for topic, _ in offer[2].topics])
        places[number] += 1

    picked.sort(key=itemgetter(0))
    order = list(dict.fromkeys([number for _, number, _, _ in picked]))
    picked.sort(key=lambda offer: order.index(offer[1]))
    return Selection(
        picks=tuple([Pick(candidate, topic) for _, _, candidate, topic in picked]),
        left=_left([candidate for candidate in candidates if candidate.paper.id not in taken], topics),
    )


def raised(
    selection: Selection, candidates: Sequence[Candidate], most: int, taste: Taste
) -> dict[str, tuple[str, ...]]:
    """By paper id what is liked of each pick that stands higher than it would without the taste.

    The selection was made of these candidates with that taste; what it would be without is asked only when a pick is
    liked enough to be told.
    """
    if not taste:
        return {}
    ids = [pick.candidate.paper.id for pick in selection.picks]
    told = {pick.candidate.paper.id: liked(taste, pick.candidate.paper) for pick in selection.picks}
    if not any(told.values()):
        return {}
    without = {pick.candidate.paper.id: place for place, pick in enumerate(select(candidates, most).picks)}
    return {one: told[one] for place, one in enumerate(ids) if told[one] and place < without.get(one, len(ids))}


def _offers(candidate: Candidate, taste: Taste) -> list[_Offer]:
    paper, topics, age = candidate.paper, candidate.topics, -candidate.seen.timestamp()
    more = 0.05 * min(len(topics) - 1, 2)
    if paper.upvotes > 0:
        more += 0.1 * min(log1p(paper.upvotes) / log1p(_MANY_VOTES), 1)
    if taste:
        more += LIKED * liking(taste, paper)
    return [((-(match.score + more), age, paper.id), topic.number, candidate, topic) for topic, match in topics]


def _left(candidates: Sequence[Candidate], order: Sequence[int]) -> tuple[tuple[Subscription, int], ...]:
    """How many candidates each topic has, each candidate counted once; topics with the best papers first."""
    if not candidates:
        return ()
    best = [
        min(candidate.topics, key=lambda topic: (-topic[1].score, topic[0].number))[0]
        for candidate in candidates
        if candidate.topics
    ]
    topics = {topic.number: topic for topic in best}
    counts = Counter(topic.number for topic in best)
    return tuple((topics[number], counts[number]) for number in order if number in topics)
