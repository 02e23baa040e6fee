"""The lead → a headline where the source has none, and the summary; a headline as it is printed.

In: the first paragraphs as plain text. Out: a headline of at most 110 characters, who did what to whom; a summary of
one or two sentences, 160 to 300 characters where the lead allows it, none of them cut.

A headline is cut behind a clause, else before a phrase of time or place, never between a verb and its object, and never
inside a word. In English the perfect tense becomes that of headlines, for verbs that ``headlines.toml`` lists; in other
languages nothing is changed but the length.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files

from broadsheet.ingest.extract import dates
from broadsheet.text import either


def tidy(text: str) -> str:
    """A headline in one line, without the full stop that none needs and the marks of a heading in Markdown."""
    text = _HEADING.sub("", " ".join(text.split()))
    return text[:-1] if text.endswith(".") and not text.endswith("..") and text.count(".") == 1 else text


_HEADING = re.compile(r"^#{1,6} (?=\S)")
MADE_LENGTH = 110  # characters of a title that is made
_LONG = 96  # characters from which a headline loses what hangs on behind its main clause
_DENSE_LEAST, _DENSE_MOST = 12, 44  # characters of one in a script without spaces
_LEAST = 30  # characters of a main clause that can stand alone
_HEAD = 40  # characters before the first phrase that may be cut off
_CLAUSE_WORDS = 3
_OBJECT = 3  # words behind the verb from which it has its object


def from_lead(lead: str) -> str:
    """A title from the lead's main clause: cut behind its object, never inside a word; "" where there is no lead."""
    sentence = next(sentences(" ".join(lead.split())), "")
    main = whole = _present(_plain(_without_opening(sentence)))
    if len(main) > _LONG or _CJK.search(main):
        main = _clause(main)
    if len(main) > MADE_LENGTH:
        main = _cut(main)
    main = main.rstrip(_ENDS) if main == whole else _trim(main)
    return main[:1].upper() + main[1:]


def _without_opening(sentence: str) -> str:
    """A sentence without the phrases that open it ("Following …,") and without who says it at its end."""
    for _ in range(_OPENINGS):
        found = _OPENING.match(sentence)
        if not found or len(sentence) - found.end() <= _LEAST:
            break
        sentence = sentence[found.end() :]
    if (said := _SAID.search(sentence)) and said.start() >= _LEAST:
        sentence = sentence[: said.start()]
    return sentence


def _plain(sentence: str) -> str:
    """An English sentence without the day of the week, which a headline leaves to the date, and an apposition."""
    sentence = _DAY.sub("", sentence)
    found = _APPOSITION.match(sentence)
    if found and not _VERB.search(found["who"]) and _VERB.match(found["rest"]):
        sentence = f"{found['who']} {found['rest']}"
    return sentence


def _present(sentence: str) -> str:
    """An English sentence in the tense of headlines: "has closed" is "closes", "has been named" is "named".

    Only the first verb of the main clause is changed, and only one whose forms are known.
    """
    found = _PERFECT.search(sentence)
    if not found or _SUBORDINATE.search(sentence[: found.start()]):
        return sentence
    verb = found["verb"].casefold()
    if _AND_VERB.match(sentence, found.end()):
        return sentence  # "has signed and sealed": the second verb would be left in the old tense
    if found["been"]:
        form = verb if verb in _VERBS or verb.endswith("ed") or verb in _PASSIVE else ""
    else:
        base = _VERBS.get(verb, "")
        form = base and (_third(base) if found["has"].casefold() == "has" else base)
    return f"{sentence[: found.start()]}{form}{sentence[found.end() :]}" if form else sentence


def _third(base: str) -> str:
    """The third person of a verb: "closes", "denies"."""
    if base.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{base}es"
    return f"{base[:-1]}ies" if base.endswith("y") and base[-2] not in "aeiou" else f"{base}s"


def _clause(sentence: str) -> str:
    """The sentence without what hangs on behind the main clause; as it is where no clause ends soon enough."""
    english = _VERB.search(sentence)
    ends = []
    for found in _CLAUSE.finditer(sentence, 0, MADE_LENGTH + 8):
        head = sentence[: found.start()]
        if not _LEAST <= found.start() <= MADE_LENGTH or (_REPORTING.search(head) and found["that"]):
            continue
        if english and len(head[english.end() :].split()) < _OBJECT - (found["that"] is None):
            continue  # the verb has not got its object
        ends.append(found.start())
    while len(ends) > 1 and sentence[ends[-2] : ends[-1]].count(" ") < _CLAUSE_WORDS:
        ends.pop()  # "…, warning that" leaves a word that says nothing
    if not ends:
        ends = [found.start() for found in _CJK.finditer(sentence, _DENSE_LEAST, _DENSE_MOST)]
    return sentence[: ends[-1]] if ends else sentence


def _cut(text: str) -> str:
    """Text cut before a phrase of time or place, else before another one, else between words."""
    head = text[: MADE_LENGTH + 1]
    verb = _VERB.search(head)
    floor = max(_HEAD, verb.end() + 1 if verb else 0)
    for joints in (_LOOSE, _JOINT):
        spots = [
            found.start()
            for found in joints.finditer(head)
            if found.start() >= floor and (not verb or head[verb.end() : found.start()].count(" ") >= _OBJECT - 1)
        ]
        if spots:
            return _without_fragment(head[: spots[-1]])
    return head.rpartition(" ")[0] or head[:MADE_LENGTH]


def _without_fragment(text: str) -> str:
    """Text without a word or two behind its last comma, which began a phrase that was cut: "…, four years"."""
    head, comma, rest = text.rpartition(", ")
    return head if comma and len(head) >= _HEAD and rest.count(" ") < _CLAUSE_WORDS and " and " not in rest else text


def _trim(text: str) -> str:
    """Text without a trailing comma, article, preposition or conjunction."""
    while True:
        text = text.rstrip(_ENDS)
        head, _, last = text.rpartition(" ")
        if not head or last.casefold().strip("\"'“”’") not in _DANGLING:
            return text
        text = head


_TABLE = tomllib.loads(files(__package__).joinpath("headlines.toml").read_text(encoding="utf-8"))
_VERBS: dict[str, str] = {form: base for base, forms in _TABLE["verbs"].items() for form in forms.split("/")}
_PASSIVE = frozenset(_TABLE["passive"])
_OPENINGS = 2  # phrases that may open a sentence one behind the other
_ENDS = " ,;:–—-.…。，、؛،।"  # marks that no headline ends with
_OPENING = re.compile(rf"(?:{either(_TABLE['openings'])})(?![^\W_])[^.;:]{{2,90}}?[,،]\s+(?=[^\W_])", re.IGNORECASE)
_SAID = re.compile(
    r",\s+(?:(?!and |but |which |who )[^,]{2,50}\s)?(?:said|says|according to|announced|reported)\b[^,]{0,50}[.]?$"
    r"|,\s+(?:sagte|teilte|wie|laut|so)\s[^,]{2,60}(?:mit|sagte|heißt|hieß|berichtet)?[.]?$"
)
_WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DAY = re.compile(rf"\s(?:late |early )?on {_WEEKDAY}(?:\s(?:morning|afternoon|evening|night))?(?=[\s.,;])")
_AUXILIARY = "has|have|had|is|are|was|were|will|would|can|could|may|might|must|shall|should|says|said"
_VERB = re.compile(rf"\b(?:{_AUXILIARY}|{either(sorted({*_VERBS, *_TABLE['past'], *map(_third, _VERBS.values())}))})\b")
_APPOSITION = re.compile(
    r"(?P<who>[^,]{4,60}), (?:an?|the|who|which|whose|\d{1,3})\b(?:[^,]|,(?=\d)){0,80}, (?P<rest>.+)"
)
_PERFECT = re.compile(r"\b(?P<has>has|have) (?P<been>been )?(?P<verb>[a-z]+)\b(?! been\b)", re.IGNORECASE)
_SUBORDINATE = re.compile(rf"\b(?:who|which|that|whose|whom|if|when|while|because|what)\b|[\"“”]|\b(?:{_AUXILIARY})\b")
_AND_VERB = re.compile(
    r"[^,.;]{0,60}?\b(?:and|or|but) (?:also |has |have )?"
    r"(?:[a-z]+ed|(?:tak|giv|show|brok|chos|ris|writt)e?n|made|sent|met|led|put)\b"
)
_REPORTING = re.compile(
    r"\b(?:say|says|said|told|announced?|announces|reported|warn(?:ed|s)?|claim(?:ed|s)?|confirm(?:ed|s)?|agree[ds]?|"
    r"decide[ds]?|hope[ds]?|believe[ds]?|show(?:ed|s|n)?|found|finds|ruled?|rules|admit(?:ted|s)?|reveal(?:ed|s)?)\b[^,]{0,40}$"
)
_CLAUSE = re.compile(
    r"(?:,\s|;\s|:\s|\s[–—-]\s|\s(?:(?P<that>that|dass|que|che)|which|who|after|as|while|because|when|amid|although|"
    r"where|following|and said|weil|nachdem|während|obwohl|après|alors|mientras|después|porque|dopo|mentre|nadat|omdat|"
    r"etter|fordi|efter|eftersom|ponieważ|gdy|protože|když|который|которая|которые|чтобы|потому|після|який|яка|що|"
    r"ताकि|क्योंकि|जबकि|çünkü|bahwa|karena|která|které|który|która|które)\s"
    r"|[،؛]\s|。|，|；|،)"
)
_CJK = re.compile("[。，；、]")  # which end a clause in scripts without spaces
_LOOSE = re.compile(
    r"\s(?=(?:in|at|during|amid|until|since|before|after|despite|because|near|outside|inside|within|while|"
    r"am|im|bei|nach|seit|während|vor|trotz|dans|pendant|depuis|lors|malgré|durante|desde|tras|hasta|en|em|nel|nella|"
    r"durante|dopo|tijdens|sinds|under|efter|podczas|w|po|během|po|в|во|после|під|після)\s)"
)
_JOINT = re.compile(
    r"\s(?=(?:on|for|with|by|from|over|under|into|and|but|or|about|against|between|"
    r"und|mit|auf|für|von|über|gegen|et|avec|pour|sur|par|y|con|para|por|sobre|entre|e|per|da|met|voor|door|med|för|"
    r"for|av|z|ze|dla|na|s|se|pro|и|с|для|на|от|і|з|від|من|في|على|و)\s)"
)
_DANGLING = frozenset(_TABLE["dangling"])


SUMMARY_SHORTEST, SUMMARY_LONGEST = 160, 300  # characters: what a feed reader and a card show

_SENTENCE = re.compile(r".+?(?:[.!?…][\"'”’»)\]]*(?=\s+[\"'“‘„«¿¡(\[]?[^\W_a-zà-ÿа-я]|\s*$)|[。！？]|$)", re.DOTALL)
_ABBREVIATION = re.compile(
    r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Jr|Sr|No|vs|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec|U\.S|U\.K|Nr|bzw|ca|Mio|Mrd|z\.B|Sra?|Sres|Dra?|M|Mme|art|al|etc|approx))\.$"
)
_CLOSED = re.compile(r"[.!?…。！？؟۔।॥։።](?:\[\d+\])?[\"'”’»“)\]」』]*$")
_ABBREVIATION_TAIL = 8  # characters from which on the longest of them stands


def sentences(text: str, enough: int = 2000) -> Iterator[str]:
    """The sentences of a text's first characters; an abbreviation ends none."""
    open_ = ""
    for match in _SENTENCE.finditer(text[:enough]):
        piece = f"{open_} {match[0].strip()}".strip()
        if not piece:
            continue
        short = _ABBREVIATION.search(piece, len(piece) - _ABBREVIATION_TAIL) or _is_ordinal(piece, text[match.end() :])
        if short and match.end() < min(len(text), enough):
            open_ = piece
            continue
        yield piece
        open_ = ""
    if open_:
        yield open_


def _is_ordinal(piece: str, rest: str) -> bool:
    """Whether a piece ends in a number that is counted by its full stop: "25. Oktober", "der 2. Senat", "25. října"."""
    found = _ORDINAL.search(piece, max(0, len(piece) - _ORDINAL_TAIL))
    word = _NEXT_WORD.match(rest) if found else None
    return bool(found and word and (found["article"] or word[1][0].islower() or dates.names_month(rest.lstrip())))


_ORDINAL = re.compile(
    r"(?<!\S)(?P<article>(?:der|die|das|den|dem|des|am|im|vom|zum|zur|beim)\s)?\d{1,2}\.$", re.IGNORECASE
)
_ORDINAL_TAIL = 9  # characters from which on the longest of them stands
_NEXT_WORD = re.compile(r"\s*([^\W\d_]+)")
_DENSE_ENDS = ("。", "！", "？", "」", "』")  # behind which Chinese and Japanese have no blank


def make_summary(paragraphs: Iterable[str]) -> str:
    """The lead in whole sentences. A first sentence longer than the limit stands alone, uncut.

    What no mark ends is never run together with the next paragraph: a greeting above the story, such as "Hi all", is
    passed over, and stands only where nothing ends in a mark.
    """
    taken = open_ = ""
    for paragraph in paragraphs:
        for sentence in sentences(" ".join(paragraph[:2500].split())):
            if not _CLOSED.search(sentence):
                if taken or len(sentence) >= SUMMARY_SHORTEST:  # a long lead in a script that has no such marks
                    return taken or sentence
                open_ = open_ if len(open_) >= _LEAST else sentence
                break
            longer = f"{taken}{'' if taken.endswith(_DENSE_ENDS) else ' '}{sentence}".strip()
            if taken and len(longer) > SUMMARY_LONGEST:
                return taken
            taken = longer
            if len(taken) >= SUMMARY_SHORTEST:
                return taken
    return taken or open_
