"""Categories: arXiv's own (https://arxiv.org/category_taxonomy), in their usual spelling, and their second names."""

from __future__ import annotations

from difflib import get_close_matches

_SUBJECTS = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC"
    " SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "gr-qc": "",
    "hep-ex": "",
    "hep-lat": "",
    "hep-ph": "",
    "hep-th": "",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "math-ph": "",
    "nlin": "AO CD CG PS SI",
    "nucl-ex": "",
    "nucl-th": "",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph"
    " geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "quant-ph": "",
    "stat": "AP CO ME ML OT TH",
}
#: second names of the same category, lower case: https://arxiv.org/category_taxonomy, "… is an alias for …"
_SAME = {
    "cs.na": "math.na",
    "math.it": "cs.it",
    "cs.sy": "eess.sy",
    "math.mp": "math-ph",
    "q-fin.ec": "econ.gn",
    "stat.th": "math.st",
}
#: what people write and mean another
_MEANT = {"cs.nlp": "cs.CL", "cs.ml": "cs.LG", "stat.lg": "stat.ML"}
#: what some are called, where no other archive of papers calls one of its own so
_CALLED = {
    "artificial intelligence": "cs.AI",
    "machine learning": "cs.LG",
    "computation and language": "cs.CL",
    "computational linguistics": "cs.CL",
    "natural language processing": "cs.CL",
    "computer vision": "cs.CV",
    "information retrieval": "cs.IR",
    "robotics": "cs.RO",
    "cryptography": "cs.CR",
    "security": "cs.CR",
    "databases": "cs.DB",
    "distributed computing": "cs.DC",
    "human-computer interaction": "cs.HC",
    "programming languages": "cs.PL",
    "software engineering": "cs.SE",
    "computer graphics": "cs.GR",
    "information theory": "cs.IT",
    "speech": "eess.AS",
    "image processing": "eess.IV",
    "signal processing": "eess.SP",
    "systems and control": "eess.SY",
    "number theory": "math.NT",
    "algebraic geometry": "math.AG",
    "probability": "math.PR",
    "statistics theory": "math.ST",
    "quantum physics": "quant-ph",
}
_SPELLINGS = {archive: archive for archive in _SUBJECTS} | {
    f"{archive}.{subject}".lower(): f"{archive}.{subject}"
    for archive, subjects in _SUBJECTS.items()
    for subject in subjects.split()
}


def known(text: str) -> bool:
    """True for an arXiv category or archive written so that it cannot be a word: cs.CL, cs.*, hep-th."""
    low = text.lower()
    return ("." in low or "-" in low) and (low in _SPELLINGS or (low.endswith(".*") and low[:-2] in _SUBJECTS))


def spelling(text: str) -> str:
    """The usual spelling and the first name of a category; an archive with subjects means all of them ("cs.*")."""
    low = " ".join(text.lower().split())
    archive = low.removesuffix(".*")
    if archive in _SUBJECTS:
        return archive + ".*" if _SUBJECTS[archive] else archive
    low = _SAME.get(low, low)
    return _SPELLINGS.get(low, low)


def nearest(text: str) -> str | None:
    """For a subject that its arXiv archive does not have, the category meant most probably ("" for none)."""
    low = text.lower().rstrip("*")
    archive, dot, _ = low.partition(".")
    if not dot or archive not in _SUBJECTS or any(name.startswith(low) for name in _SPELLINGS):
        return None
    if low == archive + ".":
        return None
    if low in _MEANT:
        return _MEANT[low]
    return next(iter(get_close_matches(spelling(low), _SPELLINGS.values(), n=1, cutoff=0.6)), "")


def near(text: str) -> str:
    """The category that somebody means who writes "CL", "nlp" or "cs-cl"; "" when there is none like it."""
    low = text.lower().rstrip(".*")
    if f"cs.{low}" in _MEANT:
        return _MEANT[f"cs.{low}"]
    subjects = [name for name in _SPELLINGS if name.partition(".")[2] == low]
    like = subjects or get_close_matches(low, _SPELLINGS, n=1, cutoff=0.6)
    return spelling(like[0]) if like else ""


def called(words: str) -> str:
    """The category of that name: "Machine learning" is cs.LG; "" when there is none."""
    found = _CALLED.get(" ".join(words.casefold().split()), "")
    return spelling(found) if found else ""


def names(category: str) -> tuple[str, ...]:
    """Every name, lower case, that a paper of this category is found under, without wildcards."""
    low = " ".join(category.lower().split())
    first = _SAME.get(low, low)
    return (low,) if first == low else (low, first)


def written(category: str) -> tuple[str, ...]:
    """Every name that a paper of this category, or of this archive, may carry."""
    low = category.lower()
    return (low, *(name for name, first in _SAME.items() if first == low or first.startswith(low + ".")))
