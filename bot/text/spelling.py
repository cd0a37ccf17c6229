"""One spelling for words that are written in two: the American one, which papers use most.

A doubled consonant (labelled, modelling) is undone together with the inflection, in `bot.text.families`.
"""

from __future__ import annotations

import re


def _either(stems: str) -> str:
    return "|".join(stems.split())


#: where -ise belongs to the root: supervise, promise, precise, denoise; behind any of the prefixes too
_TRUE_ISE = re.compile(
    r"^(?:un|up|de|re|pre|en|im|over|super|counter|tele|self|semi|non|dis)*(?:"
    + _either(
        "adv advert anis appr appra ar br bra bru cerv cha chast circumc comprom compr conc cru dem desp dev disgu"
        " enterpr exc exerc expert franch gu improv inc l lia lik mala marqu merchand mort no otherw parad perqu po pra"
        " prec prem prom ra repr rev r superv surm surpr treat tort turquo u val v w"
    )
    + r")is(?:e|ed|es|ing|ingly|er|ers|or|ors|able|eness|ely|al|als)$|wise$"
)
_ISE = re.compile(r"([a-z]{3,})is(e|ed|es|er|ers|ing|able|ability)$")
#: improvise, supervise and the like make no -isation, so this is -ization without exception
_ISATION = re.compile(r"isation(s|al)?$")
#: "analyses" is left alone: it is the plural of analysis as well
_YSE = re.compile(r"^((?:[a-z]+)?(?:anal|catal|paral|dial|hydrol|electrol|photol|pyrol))ys(e|ed|er|ers|ing|able)$")
#: the roots in -our, because four, contour, resource and journal keep theirs
_OUR = re.compile(
    "("
    + _either(
        "arb ard arm behavi cand clam col demean endeav fav ferv flav glam harb hon hum lab misdemean neighb od parl"
        " ranc rig rum savi sav splend succ tum val vap vig"
    )
    + ")our"
)
_RE = re.compile("(cent|fib|lit|calib|lust|theat|spect|somb|meag|sab|och|goit|sepulch|tit|nit|mit|met)re(s?)$")
_RED = re.compile("(cent|calib)r(ed|ing|ings)$")
_OGUE = re.compile("(dial|anal|catal|monol|prol|epil|homol|travel)ogu(es|ed|ing|ers|er|e)$")

#: beginnings, parts and whole words that differ in a letter or two
_BEGINNINGS = {
    "aeroplane": "airplane", "aetiol": "etiol", "anaem": "anem", "anaesth": "anesth", "amoeb": "ameb",
    "archaeo": "archeo", "caesium": "cesium", "coeliac": "celiac", "cosy": "cozy", "diarrhoea": "diarrhea",
    "encyclopaed": "encycloped", "faec": "fec", "foet": "fet", "grey": "gray", "gynaec": "gynec", "haem": "hem",
    "homoeo": "homeo", "ischaem": "ischem", "leukaem": "leukem", "manoeuvre": "maneuver", "mediaev": "mediev",
    "mollusc": "mollusk", "mould": "mold", "moustache": "mustache", "oedema": "edema", "oesoph": "esoph",
    "oestr": "estr", "orthopaed": "orthoped", "paed": "ped", "palaeo": "paleo", "plough": "plow", "practis": "practic",
    "sceptic": "skeptic", "skilful": "skillful", "wilful": "willful", "ageing": "aging",
    "adaptor": "adapter", "focuss": "focus", "biass": "bias", "preventative": "preventive", "naivete": "naivety",
}  # fmt: skip
_PARTS = {
    "aemi": "emi", "sulph": "sulf", "aluminium": "aluminum", "artefact": "artifact", "dgement": "dgment",
    "connexion": "connection",
}  # fmt: skip
_WHOLE = {
    "programme": "program", "programmes": "programs", "defence": "defense", "defences": "defenses",
    "offence": "offense", "offences": "offenses", "licence": "license", "licences": "licenses", "licenced": "licensed",
    "pretence": "pretense", "disc": "disk", "discs": "disks", "enrol": "enroll", "enrolment": "enrollment",
    "fulfil": "fulfill", "fulfilment": "fulfillment", "fulfils": "fulfills", "distil": "distill", "distils": "distills",
    "instal": "install", "instil": "instill", "tyre": "tire", "tyres": "tires",
    "orientate": "orient", "orientates": "orients", "orientated": "oriented", "orientating": "orienting",
}  # fmt: skip
_BEGINNING = re.compile(f"^(?:{'|'.join(_BEGINNINGS)})")
_PART = re.compile("|".join(_PARTS))


def american(word: str) -> str:
    """American spelling of a lower-case word; the word itself when there is only one."""
    if word in _WHOLE:
        return _WHOLE[word]
    word = _BEGINNING.sub(lambda found: _BEGINNINGS[found[0]], word)
    word = _PART.sub(lambda found: _PARTS[found[0]], word)
    word = _ISATION.sub(r"ization\1", word)
    if "is" in word and not _TRUE_ISE.search(word):
        word = _ISE.sub(r"\1iz\2", word)
    word = _YSE.sub(r"\1yz\2", word)
    word = _OUR.sub(r"\1or", word)
    word = _RE.sub(r"\1er\2", word)
    word = _RED.sub(r"\1er\2", word)
    return _OGUE.sub(lambda found: found[1] + "og" + {"e": "", "es": "s"}.get(found[2], found[2]), word)
