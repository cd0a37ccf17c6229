"""The query index: from one paper to every query that it matches.

Every distinct leaf of all queries is known once. A paper's keys are looked up in one dictionary, its phrases in a
second one by their first two keys; that gives the leaves that hold. A query of one leaf is then found with it. Others
are alternatives of leaves (see `bot.query.canonical`): each waits under the leaf that fewest queries use, and there
under its second, so that a set intersection and not a loop finds the few that can match. So a paper costs its own words
and its hits, and adding or removing a query costs its own leaves.
"""

from __future__ import annotations

from operator import attrgetter

from bot.matching.dictionary import Dictionary, Lexicon
from bot.matching.entries import Clause, Entry, JoinedEntry, LeafEntry, Waiting, holds
from bot.matching.marks import Marks
from bot.matching.needles import Keys, ways
from bot.matching.page import Page, facts
from bot.matching.scoring import Explanation
from bot.models import Match, Paper
from bot.query import And, Field, Leaf, Node, Not, Or, Query, Within, leaves
from bot.query.canonical import TooManyClauses, clauses, needs_a_word
from bot.query.tree import NO_LEAF
from bot.text import KEPT, Acronyms, asked_keys, name_keys, same_name


class QueryIndex:
    """Queries by number, and which of them a paper matches.

    Exact: it finds what reading the query tree over the paper finds. Adding and removing is safe between papers. It
    knows the acronyms it was made with; when they change, make a new one. After a big build call `gc.freeze()`, or each
    full garbage collection walks all of it.
    """

    def __init__(self, acronyms: Acronyms = KEPT) -> None:
        self.acronyms = acronyms
        self._by_id: dict[int, Entry] = {}
        self._leaves: dict[Leaf, LeafEntry] = {}
        self._joined: dict[Node, JoinedEntry] = {}
        self._dictionary = Dictionary()
        self._names = Dictionary()
        self._marks = Marks()
        self._title = Lexicon("title", self._dictionary, self._marks)
        self._abstract = Lexicon("abstract", self._dictionary, self._marks)

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, query_id: int) -> bool:
        return query_id in self._by_id

    def add(self, query_id: int, query: Query) -> None:
        """Adds a query, or gives the number to another one."""
        if query_id in self._by_id:
            self.remove(query_id)
        root = query.root
        entry: Entry
        if isinstance(root, NO_LEAF):
            entry = self._joined.get(root) or self._join(root)
        else:
            entry = leaf = self._leaf(root)
            if leaf.ids is None:
                leaf.uses += 1
        if entry.ids is None:
            entry.ids = query_id
        elif isinstance(entry.ids, set):
            entry.ids.add(query_id)
        else:
            entry.ids = {entry.ids, query_id}
        self._by_id[query_id] = entry

    def remove(self, query_id: int) -> None:
        """Removes a query; one that is not there is no error."""
        entry = self._by_id.pop(query_id, None)
        if entry is None:
            return
        if isinstance(entry.ids, set):
            entry.ids.discard(query_id)
            if entry.ids:
                return
        entry.ids = None
        if isinstance(entry, LeafEntry):
            self._release(entry)
        elif isinstance(entry, JoinedEntry):
            self._part(entry)

    def match(self, paper: Paper) -> list[Match]:
        """Every query the paper matches, with reasons, by query number."""
        page = Page(paper)
        title, abstract = self._title.read(page.title), self._abstract.read(page.abstract)
        found = {spot[0] for spot in title}
        found.update([spot[0] for spot in abstract])
        found.update(self._facts(paper))
        explain = Explanation(page, found, title, abstract)
        matches = []
        for entry in self._entries(found):
            score, reasons = explain.query(entry)
            if isinstance(entry.ids, set):
                matches += [Match(query_id, score, reasons) for query_id in entry.ids]
            elif entry.ids is not None:
                matches.append(Match(entry.ids, score, reasons))
        matches.sort(key=attrgetter("query"))
        return matches

    def ids(self, paper: Paper) -> list[int]:
        """Numbers of the queries the paper matches, in no order."""
        page = Page(paper)
        leaves = {spot[0] for spot in self._title.read(page.title)}
        leaves.update([spot[0] for spot in self._abstract.read(page.abstract)])
        leaves.update(self._facts(paper))
        found: list[int] = []
        for entry in self._entries(leaves):
            if isinstance(entry.ids, set):
                found += entry.ids
            elif entry.ids is not None:
                found.append(entry.ids)
        return found

    # ---------------------------------------------------------------------------------------- reading

    def _facts(self, paper: Paper) -> list[LeafEntry]:
        """The leaves about what is known of a paper beside its words."""
        found: list[LeafEntry] = []
        for known in filter(None, map(self._dictionary.singles.get, facts(paper))):
            found += known
        names = self._names.singles
        if names:
            for name in paper.authors:
                for leaves in filter(None, map(names.get, name_keys(name))):
                    found += [leaf for leaf in leaves if same_name(leaf.root.value, name)]  # type: ignore[union-attr]
        return found

    def _entries(self, found: set[LeafEntry]) -> list[Entry]:
        """The queries that hold, given the leaves that do."""
        entries: list[Entry] = [leaf for leaf in found if leaf.ids is not None]
        joined: set[Entry] = set()
        for waiting in [leaf.waiting for leaf in found if leaf.waiting is not None]:
            pairs = waiting.pairs
            # the set operation goes through the smaller side, but costs more than a few look-ups
            for second in pairs if len(pairs) < 8 else pairs.keys() & found:
                if second in found:
                    for clause in pairs[second]:
                        if found.issuperset(clause.rest) and found.isdisjoint(clause.unwanted):
                            joined.add(clause.entry)
            joined.update([clause.entry for clause in waiting.alone if found.isdisjoint(clause.unwanted)])
            joined.update([entry for entry in waiting.whole if holds(entry.tree, found)])
        entries += joined
        return entries

    # --------------------------------------------------------------------------------------- building

    def _leaf(self, node: Leaf) -> LeafEntry:
        known = self._leaves.get(node)
        if known is not None:
            return known
        leaf = self._leaves[node] = LeafEntry(node, self._needles(node))
        self._forget()
        dictionary = self._dictionary_of(node)
        for keys in leaf.needles:
            dictionary.add(keys, leaf)
            self._marks.add(keys)
        return leaf

    def _needles(self, node: Leaf) -> tuple[Keys, ...]:
        if isinstance(node, Within):
            found = ways(node.leaf, self.acronyms)
            return tuple(tuple(f"{node.field}:{key}" for key in keys) for keys in found)
        if not isinstance(node, Field):
            return tuple(ways(node, self.acronyms))
        if node.name == "author":
            return tuple((key,) for key in asked_keys(node.value))
        return ((f"{node.name}:{node.value.lower()}",),)

    def _release(self, leaf: LeafEntry) -> None:
        """Counts one use of a leaf less; the last one takes it out."""
        leaf.uses -= 1
        if leaf.uses:
            return
        del self._leaves[leaf.root]
        self._forget()
        dictionary = self._dictionary_of(leaf.root)
        for keys in leaf.needles:
            dictionary.remove(keys, leaf)
            self._marks.remove(keys)

    def _forget(self) -> None:
        """What words mean is no longer what was remembered."""
        if self._title or self._abstract:
            self._title.forget()
            self._abstract.forget()

    def _dictionary_of(self, node: Leaf) -> Dictionary:
        return self._names if isinstance(node, Field) and node.name == "author" else self._dictionary

    def _join(self, root: Node) -> JoinedEntry:
        numbered = {node: self._leaf(node) for node, _ in leaves(root)}
        entry = self._joined[root] = JoinedEntry(root, numbered)
        for leaf in entry.leaves:
            leaf.uses += 1
        try:
            alternatives = clauses(root)
        except TooManyClauses:
            entry.places = [(numbered[node], None, None) for node in _needed(root)]
        else:
            for wanted, unwanted in alternatives:
                first, *rest = sorted((numbered[node] for node in wanted), key=_rarity)
                clause = Clause(entry, tuple(rest[1:]), tuple(numbered[node] for node in unwanted))
                entry.places.append((first, rest[0] if rest else None, clause))
        for first, second, alternative in entry.places:
            first.waiting = first.waiting or Waiting()
            first.waiting.add(entry, second, alternative)
        return entry

    def _part(self, entry: JoinedEntry) -> None:
        del self._joined[entry.root]
        for first, second, alternative in entry.places:
            if first.waiting:
                first.waiting.remove(entry, second, alternative)
                first.waiting = first.waiting or None
        for leaf in entry.leaves:
            self._release(leaf)


def _needed(node: Node) -> set[Leaf]:
    """Leaves of which at least one must hold; the fewest that are easily seen."""
    if isinstance(node, Or):
        return {leaf for part in node.parts for leaf in _needed(part)}
    if isinstance(node, And):
        return min((_needed(part) for part in node.parts if needs_a_word(part)), key=len)
    return set() if isinstance(node, Not) else {node}


def _rarity(leaf: LeafEntry) -> tuple[int, int]:
    """Leaves that few papers have come first: what few people ask for is seldom written either."""
    node = leaf.root
    common = 1 if isinstance(node, Field) and node.name != "author" else 0
    return common, leaf.uses
