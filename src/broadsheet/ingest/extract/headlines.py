"""Lines above the prose → the headline; the lead → a headline where the source has none, and the summary.

In: the lines, where the prose begins, and what it says; the first paragraphs as plain text. Out: the lines that may be
the title, with their evidence; a headline of at most 110 characters, who did what to whom; a summary of one or two
sentences, 160 to 300 characters where the lead allows it, none of them cut.

A headline is cut behind a clause, else before a phrase of time or place, never between a verb and its object, and never
inside a word. In English the perfect tense becomes that of headlines, for verbs that ``headlines.toml`` lists; in other
languages nothing is changed but the length.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import NamedTuple

from broadsheet.ingest.extract import dates, features, subjects
from broadsheet.ingest.extract.candidates import Context, distance, kind_rank, words
from broadsheet.ingest.extract.lines import LONG_LINE
from broadsheet.ingest.extract.ranker import FeatureVector
from broadsheet.text import either

_NEVER = frozenset(("share", "counter", "advert", "cookies", "tags", "credit", "copyright", "account", "comments"))
_CREDIT = re.compile(r"©|/(?:Getty|AP|AFP|dpa|Reuters)|\(AP|[Pp]hoto:|Foto:")
_WORDY = 34  # words of the longest headline that is one among others
_HEADING = 60  # words of the longest that opens a text
_SHORTEST = 9  # characters of a headline of one word
_PROSE_SENTENCE_WORDS = 25  # words from which a closed sentence in the prose tells the story rather than heads it
_SENTENCE_WORDS = 15  # words from which a first line that is closed by a full stop is a sentence of the story
_BRIEF = 14  # words of a heading that was not ranked first
_LONGEST = 220
_OPENING_LONGEST = 400  # characters of a headline that opens a text, with its byline or day right below
_FAR = 60  # lines above the prose that are looked at
_CLOSE = 15  # and those whose words a candidate's are compared with
_HEADS = frozenset(("phrase", "open", "sentence", "item", "remark"))
_QUOTES = frozenset("\"“„«'’")


def candidates(context: Context) -> list[tuple[int, FeatureVector]]:
    """The lines that may be the headline, each with the features that speak for or against it."""
    spots = range(max(0, context.start - _FAR), min(context.start + 4, len(context.lines)))
    found = [i for i in spots if _possible(context, i)]
    spoken = [words(context.lines[i].text) for i in found]
    shares = [sum([word in context.opening_words for word in mine]) / len(mine) for mine in spoken]
    near = [share for i, share in zip(found, shares, strict=True) if context.start - _CLOSE <= i <= context.start]
    heads = [i for i in found if context.kinds[i] in _HEADS]
    signed = {i for i, byline in context.bylines.items() if byline.labelled}
    keys = {key for i in found if (key := context.lines[i].key).count(" ") > 1}
    around = _Surroundings(found, heads, signed, sorted(near, reverse=True), keys, sorted(context.stamps))
    return [
        (i, _features(context, around, order, mine, share))
        for order, (i, mine, share) in enumerate(zip(found, spoken, shares, strict=True))
    ]


def _possible(context: Context, i: int) -> bool:
    line = context.lines[i]
    if line.boilerplate in _NEVER or not line.key or len(line.text) > _LONGEST or line.words > _WORDY:
        return i == 0 and _opens(context)
    if line.words < 2 and not _alone(context, i):
        return False
    byline = context.bylines.get(i)
    if line.key in subjects.NAMES or (byline and byline.labelled and not line.stops and byline.names):
        return False
    stamps = context.stamps.get(i)
    return not (stamps and len(line.text) < 60 and len(dates.rest(line.text, stamps)) < 25)


def _opens(context: Context) -> bool:
    """Whether a long first line is a headline: no sentence, with the byline or the day of the story right below."""
    line = context.lines[0]
    if line.stops or line.boilerplate or line.words > _HEADING or len(line.text) > _OPENING_LONGEST:
        return False
    return any(context.bylines[i].labelled if i in context.bylines else i in context.stamps for i in (1, 2))


def _alone(context: Context, i: int) -> bool:
    """Whether a single word stands by itself, as a short headline does, with the prose not far below."""
    line = context.lines[i]
    apart = line.gap and i + 1 < len(context.lines) and context.lines[i + 1].gap
    return apart and len(line.text) >= _SHORTEST and 0 < context.start - i < 12


class _Surroundings(NamedTuple):
    """What the features of every candidate are measured against: the other candidates, labelled bylines, days."""

    found: list[int]
    heads: list[int]
    signed: set[int]
    shares: list[float]
    keys: set[str]
    stamps: list[int]


def _features(context: Context, around: _Surroundings, order: int, mine: frozenset[str], share: float) -> FeatureVector:
    """How long a candidate is and how it is written, what stands around it, how much the prose repeats."""
    lines, kinds, story, n = context.lines, context.kinds, context.body_odds, len(context.lines)
    i = around.found[order]
    line = lines[i]
    text, size, below = line.text, line.words, lines[i + 1] if i + 1 < n else None
    down, up = range(i + 1, min(n, i + 15)), range(i - 1, max(-1, i - 15), -1)
    said = len(mine & context.lead_words) / len(mine)
    under = words(below.text[:LONG_LINE]) if below else mine
    initials = [word[0].isupper() for word in text.split()]
    heads, stamps, key = around.heads, around.stamps, line.key
    here, after = bisect_left(heads, i), bisect_right(heads, i)
    return (
        size, len(text), share, said, share * len(mine), context.start - i, len(around.found) - order, order, i / n, n,
        kind_rank(context, i), kind_rank(context, i - 1), kind_rank(context, i + 1), kind_rank(context, i + 2),
        kind_rank(context, i - 2),
        lines[i - 1].words if i else 0, below.words if below else 0, story[i], story[i - 1] if i else 0.0,
        story[i + 1] if below else 0.0,
        distance(context.stamps, down), distance(context.stamps, up),
        distance(around.signed, down), distance(around.signed, up),
        distance(context.bylines, down), bisect_right(stamps, i + 10) - bisect_left(stamps, i - 10),
        context.keys[line.key] - 1, line.gap, below is None or below.gap, line.stops, line.ends, line.bullet != "",
        text.isupper(), text.istitle(), text[0].islower(), ":" in text, "|" in text or " - " in text, text[-1] == "?",
        not _QUOTES.isdisjoint(text), sum(initials) / len(initials), _section(context, i - 1), _section(context, i - 2),
        here - bisect_left(heads, i - 6), bisect_right(heads, i + 6) - after,
        share - around.shares[0] if around.shares else 0.0, sum([other > share for other in around.shares]),
        sum([h < context.start and lines[h].words > size for h in heads[after:]]),
        sum([3 <= lines[h].words < size for h in heads[bisect_left(heads, i - 4) : here]]),
        len(mine & under) / len(mine), _CREDIT.search(text) is not None, i in around.signed,
        kinds[i - 1] == "date" if i else False, kinds[i + 1] == "date" if below else False,
        sum([other in key for other in around.keys if other != key]),
        sum([key in other for other in around.keys if other != key]), text.count(">") + text.count("›"),
        features.talk(frozenset(key.split())),
    )  # fmt: skip


def _section(context: Context, i: int) -> bool:
    """Whether a line is a section's name."""
    return i >= 0 and context.lines[i].key in subjects.NAMES


def is_paragraph(context: Context, i: int) -> bool:
    """Whether a line is a paragraph of the story: as its headline it would be lost to the body."""
    return i >= context.start and context.lines[i].stops and context.lines[i].words > _PROSE_SENTENCE_WORDS


def is_lead(context: Context, i: int) -> bool:
    """Whether a line is a long sentence with nothing but a byline and a day above: the story, not its headline."""
    line = context.lines[i]
    above = all(k in context.stamps or k in context.bylines for k in range(i))
    return above and line.words >= _SENTENCE_WORDS and line.text.rstrip("\"'”’»)")[-1:] in (".", "。", "।")


def lone_heading(context: Context) -> int:
    """The short first line that stands apart above the prose and its byline, as people head what they write; or -1."""
    lines = context.lines
    taken = context.stamps.keys() | context.bylines.keys()
    below = next((i for i in range(1, len(lines)) if i not in taken), 0)
    if not below or 0 in taken or not (lines[below].gap and (lines[below].prose or lines[below].stops)):
        return -1
    first = lines[0]
    other = first.boilerplate or first.bullet or first.ends or first.key in subjects.NAMES
    if _opens(context):
        return 0
    return 0 if 1 < first.words <= _BRIEF and not other else -1  # a lone word may be where the story is from


def heads_one_sentence(context: Context, i: int) -> bool:
    """Whether the first line heads a text of one sentence, line ``i``, however short it is."""
    first, only = context.lines[0], context.lines[i]
    if i == 0 or not only.stops or only.words > _PROSE_SENTENCE_WORDS:
        return False
    other = first.boilerplate or first.bullet or first.stops or 0 in context.stamps
    return not other and first.words <= _BRIEF


def tidy(text: str) -> str:
    """A headline in one line, without the full stop that none needs."""
    text = " ".join(text.split())
    return text[:-1] if text.endswith(".") and not text.endswith("..") and text.count(".") == 1 else text


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
            return head[: spots[-1]]
    return head.rpartition(" ")[0] or head[:MADE_LENGTH]


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
_ABBREVIATION_TAIL = 8  # characters from which on the longest of them stands


def sentences(text: str, enough: int = 2000) -> Iterator[str]:
    """The sentences of a text's first characters; an abbreviation ends none."""
    open_ = ""
    for match in _SENTENCE.finditer(text[:enough]):
        piece = f"{open_} {match[0].strip()}".strip()
        if not piece:
            continue
        if _ABBREVIATION.search(piece, len(piece) - _ABBREVIATION_TAIL) and match.end() < min(len(text), enough):
            open_ = piece
            continue
        yield piece
        open_ = ""
    if open_:
        yield open_


def make_summary(paragraphs: Iterable[str]) -> str:
    """The lead in whole sentences. A first sentence longer than the limit stands alone, uncut."""
    taken = ""
    for paragraph in paragraphs:
        for sentence in sentences(" ".join(paragraph[:2500].split())):
            longer = f"{taken} {sentence}".strip()
            if taken and len(longer) > SUMMARY_LONGEST:
                return taken
            taken = longer
            if len(taken) >= SUMMARY_SHORTEST:
                return taken
    return taken
