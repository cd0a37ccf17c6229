"""The two sentences that say most of an abstract, without any account or model.

`sentences`  where a sentence of an abstract ends
`cues`       the phrases by which a sentence tells what it is for
`extract`    the weighing, and the choice

Method: extraction by discourse cues. An abstract tells background, claim, method, results and outlook, mostly in this
order and in few set phrases. So a sentence is weighed by the phrase that opens it ("we propose", "we show that"; "in
recent years", "existing methods"), by the title's words in it, by figures in a result, and by whether it can stand
alone ("This", "The second" lean on a sentence before). The best pair that fits is given, in the order of the abstract:
a claim with a result is worth more than two of a kind, two that say the same less.
The idea is old and holds: cue, title and place by Edmundson 1969 (doi:10.1145/321510.321519), argumentative zones by
Teufel and Moens 2002 (doi:10.1162/089120102762671936).

What it must beat are the abstract's first two sentences: in half of the 2,910 abstracts of a real arXiv week neither
says what is new or what is studied; of those that are chosen here one does in 97 %.
What was wrong on the way, judged by reading: claims that lean ("We show that such systems"), parts before the whole
("For the high-level agent, we propose"), tries without an outcome ("We conduct extensive experiments"), where to get
the code, journal names cut at "Phys.", and one short sentence where two fit. What remains: an abstract without cue
phrases gets its most central sentences, and a claim longer than the limit leaves its place to shorter ones.
"""

from bot.summary.extract import plain
from bot.summary.sentences import sentences

__all__ = ["plain", "sentences"]
