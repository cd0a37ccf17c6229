"""Which stored papers are nearest to one, and what they share; by words alone, without any account or model.

`weights`   how much each word of a paper tells
`nearness`  the words to look for, and the order of what was found
`sharing`   what two papers both speak of

Method: TF-IDF over word families. A paper is its families, each weighed by how often it stands there (the logarithm,
the title twice) and how rare it is; two papers are as near as the cosine of the two, and a shared author brings them a
little nearer. It is done in two steps, so that no process holds a matrix of all papers: the search index adds up the
twenty words of the paper that tell most (`storage.nearness`), and the hundred papers with the largest sums are compared
as a whole.

Rarity is counted once, over 5,199 recorded papers (`frequent.tsv`), and not in what is stored: counted over other
papers than those that are asked for it finds as much (0.422, 0.393, 0.123 in the table below), and it spares the
database a count for each of a paper's 120 words (7 ms on SQLite, 140 on PostgreSQL).

Measured on 5,071 recorded papers: recall@5 and nDCG@5, authors unseen, of papers that belong to one ACL workshop (243
papers asked for), have two authors in common (750), share a category that few papers have (682); then processor time of
an answer and memory of the process at 30,000 papers:

    plain TF-IDF (scikit-learn, defaults)          0.348 0.363   0.372 0.324   0.090 0.100
    TF-IDF, stop words out, sublinear              0.405 0.431   0.413 0.360   0.121 0.133    14 ms   173 MB
    BM25 (bm25s)                                   0.368 0.387   0.414 0.364   0.119 0.129     2 ms   153 MB
    this                                           0.417 0.437   0.387 0.353   0.125 0.135    34 ms    15 MB

Two steps lose nothing against comparing with all papers. Pairs of words beside single ones gained nothing. FTS5's own
bm25() takes 2.7 s at 30,000 papers: an index without positions reads every text anew.
"""

from bot.similarity.nearness import CANDIDATES, Similar, nearest, telling
from bot.similarity.sharing import FILLERS
from bot.similarity.weights import TELLING, rarity, vector

__all__ = ["CANDIDATES", "FILLERS", "TELLING", "Similar", "nearest", "rarity", "telling", "vector"]
