"""Endings of English words for acts, agents, qualities and techniques, and what they are made from."""

from __future__ import annotations

#: suffixes of acts, with what the verb has instead; the first that gives a verb counts
ACTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ification", ("ify",)),
    ("faction", ("fy",)),
    ("plication", ("plicate", "ply")),
    ("gnition", ("gnize",)),
    ("quisition", ("quire",)),
    ("duction", ("duce", "duct")),
    ("scription", ("scribe",)),
    ("ception", ("ceive", "cept")),
    ("mption", ("me", "mpt")),
    ("rption", ("rb",)),
    ("vention", ("vent", "vene")),
    ("tention", ("tain",)),
    ("olution", ("olve", "olute")),
    ("mission", ("mit",)),
    ("cession", ("cede",)),
    ("ision", ("ise", "ide")),
    ("usion", ("use", "ude")),
    ("asion", ("ade",)),
    ("osion", ("ode",)),
    ("hesion", ("here",)),
    ("lsion", ("l", "lse")),
    ("nsion", ("nd",)),
    ("rsion", ("rt", "rse")),
    ("ation", ("ate", "", "e")),
    ("position", ("pose",)),
    ("ition", ("it", "ite", "ish", "e")),
    ("ion", ("", "e")),
    ("ment", ("", "e")),
    ("iance", ("y",)),
    ("ance", ("", "e", "ate")),
    ("ence", ("", "e")),
    ("thesis", ("thesize",)),
    ("ysis", ("yze",)),
    ("ery", ("er",)),
)
#: acts by endings that far more often mean something else (normal, package, pressure): listed
LISTED_ACTS = {
    "al": "accrual acquittal appraisal approval arousal arrival betrayal burial deferral denial disapproval dismissal"
    " dispersal disposal perusal portrayal reappraisal rebuttal referral refusal rehearsal removal renewal rental"
    " retrieval reversal revival survival transferral transmittal traversal withdrawal",
    "age": "breakage cleavage drainage leakage seepage shrinkage spillage spoilage storage",
    "ure": "departure disclosure enclosure erasure exposure failure forfeiture",
    "th": "growth",
}
AGENTS = ("er", "or")
#: a quality and its adjective; a technique and its adjective
QUALITIES = (
    ("bility", ("ble",)),
    ("icity", ("ic",)),
    ("acy", ("ate",)),
    ("ity", ("", "e", "ous")),
    ("iness", ("y",)),
    ("ness", ("",)),
    ("ence", ("ent",)),
    ("ency", ("ent",)),
    ("ance", ("ant",)),
    ("ancy", ("ant",)),
    ("ology", ("ological", "ologic")),
    ("graphy", ("graphic", "graphical")),
    ("scopy", ("scopic",)),
    ("metry", ("metric", "metrical")),
    ("nomy", ("nomic", "nomical")),
    ("tropy", ("tropic",)),
    ("ics", ("ic", "ical")),
    ("ism", ("ic",)),
)
#: those that join without evidence against them
TECHNIQUES = ("bility", "ology", "graphy", "scopy", "metry")
