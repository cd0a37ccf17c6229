"""The phrases by which a sentence of an abstract tells what it is for.

Each is a pattern over one sentence as `told` gives it. They were read off a real arXiv week; English only.
"""

from __future__ import annotations

import re


def _cue(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts))


def told(sentence: str) -> str:
    """The sentence as the cues know it: in lower case, which is twice as fast as none; "I" is "we"."""
    return f" {sentence}".replace(" I ", " we ")[1:].lower()


_PAPER = "paper|work|article|study|letter|thesis|report|survey|review|note|research|contribution|manuscript|chapter"
#: who speaks: "we", "this paper", "in this work"; not where they only name something, sigh or wish
_WHO = (
    r"(?:we(?! (?:refer|call|term|denote|name|know|need|live|face|encounter)\b)|"
    rf"(?:in )?(?:this|the present|the current|our) (?:(?:position|survey|review|short|new) )?(?:{_PAPER}))\b"
    r"(?! (?:must|may|might|should|would|could|can build)\b)"
)
#: between who speaks and what they do: no other half-sentence ("algorithms we considered, often", "we assume that we")
_THERE = r"(?:(?!\bthat\b)[^,;]){0,70}?(?:,[^,;]{0,40},? (?:and|we) (?:\w+ ){0,2})?"
#: says what is new
CLAIM = _cue(
    rf"\b{_WHO}{_THERE}\b(?:propos|present(?!ly)|introduc|develop|design|describ|construct|formulat|establish|"
    rf"deriv|prov(?:e|ing)|show|demonstrat|find|found|report|reveal|buil[dt]|creat|devis|provid|offer|argu|"
    rf"formali[sz]|identif|obtain|discover|re(?:formulat|interpret|fram|cast|visit)|measur|perform|constrain|extend|"
    rf"generali[sz]|unif|releas|conduct|benchmark|predict|uncover|determin|observ|detect|advanc|explain|quantif|"
    rf"characteri[sz]|survey)",
)
#: says what is looked at
SUBJECT = _cue(
    rf"\b(?!we (?:are|can|cannot|must|may|might|will|often|usually)\b){_WHO}",
    r"\bour (?:main |primary |overall )?(?:objective|goal|aim|purpose)s? (?:was|were|is|are) to\b",
    rf"\b{_WHO}.{{0,70}}?\b(?:stud(?:y|i)|investigat|explor|examin|analy[sz]|consider|address|review|discuss|focus|"
    rf"aim|compar|evaluat|assess|tackl|ask|us(?:e|ing)|employ|appl|model|calculat|comput|simulat|test)",
)
#: says it without saying who
PASSIVE = _cue(
    r"\b(?:is|are|was|were|has been|have been) (?:\w+ly )?(?:proposed|presented|introduced|developed|derived|shown|"
    r"prove[dn]|demonstrated|established|obtained|investigated|studied|found|observed|reported|constructed|"
    r"analy[sz]ed)\b",
)
#: says what came out
RESULT = _cue(
    r"\b(?:results?|experiments?|evaluations?|simulations?|analys[ei]s|findings?|calculations?|observations?|"
    r"benchmarks?|tests?|ablations?|stud(?:y|ies)|comparisons?)\b.{0,60}?\b(?:show|demonstrat|reveal|indicat|suggest|"
    r"confirm|validat|find|establish|yield)",
    r"(?<!that )(?<!as )(?<!since )(?<!when )\bwe (?:\w+ )?(?:find|found|show|prove|observe|discover|demonstrate|"
    r"obtain|conclude|identify|uncover)\b",
    r"\b(?:outperform|surpass|exceed|achiev|attain|(?:improv|reduc)\w+ (?:\w+ ){0,4}by|speed-?up|state-of-the-art)",
    r"\b(?:our|the proposed) (?:[\w-]+ ){1,3}(?:demonstrates?|delivers?|yields?)\b.*[\s(]\d",
    r"\b(?:answers?|settles?|resolves?|(?:dis)?proves?) (?:\w+ ){0,5}(?:open (?:question|problem)s?|conjecture)\b",
)
#: a figure that measures something
FIGURE = _cue(
    r"\d[\d.,]*\s?(?:\\?%|percent|×|x\b|times|σ|-fold|db|pp\b|points)|orders? of magnitude",
    r"\d+\.\d+",
    r"\b\d{3,}\b",
)
#: says how things stood before
BACKGROUND = _cue(
    r"(?:in recent years|recent(?:ly| \w+)|over the (?:past|last)|in (?:previous|prior|earlier) work|existing|"
    r"current|traditional|conventional|prior|previous|most|many|despite|although|while|with the|since|modern|today)\b",
    r".{0,120}\b(?:is|are) (?:a |an |one of (?:the )?)?(?:\w+ly )?(?:fundamental|critical|essential|important|key|"
    r"crucial|central|challeng\w+|widely|increasingly|often|commonly|typically|powerful|promising|ubiquitous|vital|"
    r"well[- ]known|difficult|limited|popular|prevalent)\b",
    r".{0,120}\b(?:has|have) (?:\w+ly )?(?:emerged|become|attracted|been|shown|achieved|made|demonstrated|gained|led|"
    r"enabled|revolutioni[sz]ed|transformed|advanced)\b",
    r".{0,120}\b(?:plays? an?|remains?|aims? to|poses?|suffers?|rel(?:ies|y)|struggles?|fails?|lacks?|overlooks?|"
    r"limits?|hinders?)\b",
)
#: says what may come of it
OUTLOOK = _cue(
    r"\b(?:pav\w+ the way|future (?:work|research|directions?)|implications|open(?:s|ing)? (?:up )?(?:new|a|the)|"
    r"potential (?:of|for|to)|new (?:insights?|avenues?|perspectives?|directions?|possibilities)|discuss|outline|"
    r"conclude with|effectiveness (?:and|of)|superiority|practical (?:insights?|guidance)|insights? into|we hope|"
    r"steps? toward)\b",
    r"\b(?:provid|offer)\w* (?:an? )?(?:\w+ ){0,2}(?:basis|framework for|guidance|route|pathway|foundation)\b|"
    r"\bfoundation for\b|\b(?:would|could) (?:\w+ )?(?:provide|serve|help|contribute)\b|\bcan serve as\b|"
    r"\bin detail\b|\bintended to\b|"
    r"\bwe (?:\w+ )?(?:present|provide|give) (?:an? )?(?:\w+ )?(?:description|discussion|summary)\b",
)
#: says that something was tried, not what came out
TRIED = _cue(
    r"\bwe (?:\w+ )?(?:conduct|validate|verify|evaluate|assess|simulate|perform|illustrate|demonstrate the)\b",
    r"\b(?:extensive|comprehensive|numerical) (?:\w+ )?(?:experiments?|evaluations?|simulations?|results?|examples?|"
    r"tests?)\b",
    r"\bis also (?:presented|discussed|provided)\b|\bpage limit",
)
#: says that what was said before holds, and nothing else
ASSURES = _cue(
    r"\b(?:simulations?|experiments?|examples?|results?|tests?|studies|evaluations?)\b (?:\w+ ){0,3}?"
    r"(?:validat|verif|confirm|illustrat|support|corroborat|demonstrat|showcas)\w* (?!that\b)(?:\w+ ){0,3}?"
    r"(?:results?|theor\w+|findings?|claims?|analys[ei]s|effectiveness|efficiency|validity|feasibility|superiority|"
    r"predictions?|performance|approach(?:es)?|methods?|frameworks?|schemes?|algorithms?|designs?|models?)\b[^,]{0,60}$",
)
#: says that something is given away
RELEASE = _cue(r"(?:finally, |[^,]*, )?we (?:\w+ )?(?:release|open-source|publish|make|provide)\b")

_THINGS = (
    r"(?:codes?|data(?:sets?)?|models?|weights|implementations?|projects?|demos?|videos?|repositor(?:y|ies)|software|"
    r"packages?|tool\w*|checkpoints?|supplement\w*|artifacts?|benchmarks?|materials?|prompts|source|website|library|"
    r"page)"
)
#: says where something is to be had, and nothing else
WHERE = _cue(
    rf"\b{_THINGS}\b.{{0,90}}\b(?:is|are|be|been|was|were|made|publicly|freely|openly)\b (?:\w+ ){{0,2}}?(?:available|"
    rf"released|accessible|accessed|open[- ]?sourced?|found|hosted|published|public)\b",
    rf"\b{_THINGS}\b.{{0,60}}\bhttps?:",
    rf"\b(?:releas|open[- ]sourc|shar|mak|provid)\w+\b.{{0,60}}\b{_THINGS}\b.{{0,60}}\b(?:https?:|public|available|"
    rf"open)",
    r"\b(?:is|are|be|made) (?:\w+ly )?(?:available|released|open[- ]sourced|accessible)\b.{0,60}\b(?:at|on|via|from|"
    r"upon|under|for|in)\b",
    r"\bcan be (?:found|accessed|downloaded|viewed) (?:at|in|on|here)\b",
    r"^(?:\W|\w+ )?(?:project|code|github|website|demo|data|video)\b[^.]{0,30}:",
    r"^(?:key ?words|index terms|comments)\b",
    r"^\S*(?:https?://|www\.)\S+$",
)

#: leans on the sentence before, and says little without it
LEANS = _cue(
    r"\(?(?:[2-9]|i{2,3}|iv|[b-e])\)",
    rf"(?:this|these|those|it|its|they|their|such|both|another|others?|some|here)\b(?! (?:\w+ )?(?:{_PAPER})\b)"
    r"(?!,? we\b)",
    r"(?:the )?(?:two|one|first|second|third|former|latter|other|same|resulting)\b|(?:first|second|third)ly\b",
    r"the (?:key|core|main|approach|method|framework|algorithm|results?|proof|model)\b",
    r"(?:then|next|instead|similarly|subsequently|conversely|in contrast|by contrast|meanwhile|otherwise)\b",
    r"in (?:these|that|such|this(?! (?:paper|work|article|study|letter|report|note)))\b|on the (?:one|other) hand\b",
    r"(?:for|in|at|on|within|under) the (?:[\w-]+ ){0,3}(?:module|stage|level|agent|phase|step|side|setting|case)\b",
)
#: leans on it in its first words: "We show that such systems"
LEANS_INSIDE = _cue(
    rf".{{0,100}}\b(?:such(?! (?:as|that))|these|those|this (?!question|problem|(?:{_PAPER})\b)|the (?:latter|"
    rf"former))\b",
    r".{0,60}\bthat (?:their|its|they|it)\b",
    r".{0,80}\b(?:is|are|can) (?:thus|therefore|hence)\b",
)
#: adds to what was said: weak as a beginning
ADDS = _cue(
    r"as an? (?:by-?product|application|corollary)\b|"
    r"(?:moreover|furthermore|additionally|in addition|also|finally|lastly|besides|alongside|further|"
    r"(?:[^,]{1,30}, )?we (?:also|further|then|additionally|next))\b",
)
#: carries on from it, and can be read alone
CARRIES_ON = _cue(
    r"(?:however|moreover|furthermore|additionally|in addition|also|thus|therefore|hence|consequently|as a result|"
    r"accordingly|finally|lastly|specifically|in particular|besides|nevertheless|notably|importantly|together|"
    r"further|overall|for example|to this end|to \w+ (?:this|these|the|such|that|those)|based on (?:this|these)|"
    r"motivated by|building on|leveraging|we (?:also|further|then|additionally|next))\b",
)
