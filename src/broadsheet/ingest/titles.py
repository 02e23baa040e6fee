"""Lines above the prose → the headline; or, where there is none, one made from the lead's main clause.

In: the lines, where the prose begins, and what it says. Out: the title with its evidence, and the line it stands on.
"""

from __future__ import annotations

import re

from broadsheet.ingest import dates, sections
from broadsheet.ingest.scene import Scene, far, words

_NEVER = frozenset(("share", "counter", "advert", "cookies", "tags", "credit", "copyright", "account", "comments"))
_CREDIT = re.compile(r"©|/(?:Getty|AP|AFP|dpa|Reuters)|\(AP|[Pp]hoto:|Foto:")
MADE_LENGTH = 90  # characters of a title that is made
_WORDY = 34  # words of the longest headline
_SHORTEST = 9  # characters of a headline of one word
_TOLD = 25  # words from which a closed sentence in the prose tells the story rather than heads it
_BRIEF = 14  # words of a heading that nobody elected
_CLAUSE_WORDS = 3
_LONGEST = 220
_FAR = 60  # lines above the prose that are looked at


def candidates(scene: Scene) -> list[tuple[int, list[str]]]:
    """The lines that may be the headline, each with the traits that speak for or against it."""
    spots = range(max(0, scene.start - _FAR), min(scene.start + 4, len(scene.lines)))
    found = [i for i in spots if _possible(scene, i)]
    return [(i, _traits(scene, i, len(found) - order, order)) for order, i in enumerate(found)]


def _possible(scene: Scene, i: int) -> bool:
    line = scene.lines[i]
    if line.chrome in _NEVER or not line.key or len(line.text) > _LONGEST or line.words > _WORDY:
        return False
    if line.words < 2 and not _alone(scene, i):
        return False
    stamps = scene.stamps.get(i)
    return not (stamps and len(line.text) < 60 and len(dates.rest(line.text, stamps)) < 25)


def _alone(scene: Scene, i: int) -> bool:
    """Whether a single word stands by itself, as a short headline does, with the prose not far below."""
    line = scene.lines[i]
    apart = line.gap and i + 1 < len(scene.lines) and scene.lines[i + 1].gap
    return apart and len(line.text) >= _SHORTEST and 0 < scene.start - i < 12


def _traits(scene: Scene, i: int, rank: int, order: int) -> list[str]:
    lines, kinds = scene.lines, scene.kinds
    line, kind = lines[i], kinds[i]
    n = len(lines)
    size = min(12, line.words // 2)
    mine = words(line.text)
    overlap = sum(scene.said[w] > 0 for w in mine) * 10 // len(mine)
    prev = kinds[i - 1] if i else "start"
    succ = kinds[i + 1] if i + 1 < n else "end"
    second = kinds[i + 2] if i + 2 < n else "end"
    distance = scene.start - i
    step = far(distance)
    again = scene.keys[line.key] - 1
    adjacent = (i > 0 and lines[i - 1].key == line.key) or (i + 1 < n and lines[i + 1].key == line.key)
    near = range(i + 1, min(i + 8, n))
    dated = next((k - i for k in near if k in scene.stamps), 0) if scene.stamps else 0
    signed = next((k - i for k in near if k in scene.signed and scene.signed[k].labelled), 0) if scene.signed else 0
    back = range(max(0, i - 8), i)
    dated_above = not scene.stamps.keys().isdisjoint(back)
    signed_above = any(k in scene.signed and scene.signed[k].labelled for k in back) if scene.signed else False
    early = len(mine & scene.lead) * 5 // len(mine)
    shorter = any(
        3 <= lines[k].words < line.words and kinds[k] in ("phrase", "open", "item") for k in range(max(0, i - 3), i)
    )
    above = [k for k in range(max(0, i - 6), i) if kinds[k] in ("phrase", "open", "sentence", "item")]
    end = line.text[-1] if not line.text[-1].isalnum() else "letter"
    return [
        f"kind {kind}",
        f"size {size}",
        f"overlap {overlap}",
        f"size {size} overlap {overlap // 2}",
        f"before {prev} {line.gap}",
        f"after {succ}",
        f"second {second}",
        f"step {step}",
        f"rank {min(rank, 8)}",
        f"order {min(order, 8)}",
        f"again {min(again, 3)} {adjacent}",
        f"dated {dated}",
        f"signed {signed}",
        f"dated {dated > 0} signed {signed > 0} {step}",
        f"end {end}",
        f"stops {line.stops} {size}",
        f"caps {line.text.isupper()}",
        f"title case {line.text.istitle()}",
        f"start {'lower' if line.text[0].islower() else 'upper' if line.text[0].isupper() else 'other'}",
        f"bullet {bool(line.bullet)}",
        f"above {min(len(above), 4)}",
        f"first {i == 0}",
        f"after {succ} {kind}",
        f"indent {line.indent == 0} {lines[min(scene.start, n - 1)].indent == 0}",
        f"colon {':' in line.text}",
        f"bar {'|' in line.text or ' - ' in line.text} {i == 0}",
        f"again {min(again, 3)} {step}",
        f"signs {_CREDIT.search(line.text) is not None}",
        f"dated above {dated_above} signed above {signed_above}",
        f"signs itself {i in scene.signed and scene.signed[i].labelled}",
        f"lead {early}",
        f"shorter above {shorter} {line.stops}",
        f"{prev} {kind} {succ}",
        f"gaps {line.gap} {lines[i + 1].gap if i + 1 < n else True} {kind}",
        f"longer below {any(line.words < lines[k].words < 30 for k in range(i + 1, min(scene.start, i + 6)))} {size}",
    ]


def tells(scene: Scene, i: int) -> bool:
    """Whether a line is a paragraph of the story: as its headline it would be lost to the body."""
    return i >= scene.start and scene.lines[i].stops and scene.lines[i].words > _TOLD


def alone(scene: Scene) -> int:
    """The short first line that stands apart above the prose and its byline, as people head what they write; or -1."""
    lines = scene.lines
    taken = scene.stamps.keys() | scene.signed.keys()
    below = next((i for i in range(1, len(lines)) if i not in taken), 0)
    if not below or 0 in taken or not (lines[below].gap and lines[below].prose):
        return -1
    first = lines[0]
    other = first.chrome or first.bullet or first.ends or first.key in sections.NAMES
    return 0 if 1 < first.words <= _BRIEF and not other else -1  # a lone word may be where the story is from


def tidy(text: str) -> str:
    """A headline in one line, without the full stop that none needs."""
    text = " ".join(text.split())
    return text[:-1] if text.endswith(".") and not text.endswith("..") and text.count(".") == 1 else text


def made(lead: str) -> str:
    """A title of at most 90 characters from the lead's main clause: cut between clauses, never inside a word."""
    sentence = _first_sentence(" ".join(lead.split()))
    main = _main_clause(sentence)
    if len(main) > MADE_LENGTH:
        main = _cut(main)
    main = _trim(main)
    return main[:1].upper() + main[1:]


def _first_sentence(text: str) -> str:
    found = _SENTENCE_END.search(text, 20)
    return text[: found.start() + 1] if found else text


def _main_clause(sentence: str) -> str:
    """The sentence without an opening phrase ("Following …,") and without what hangs on behind the main clause."""
    if found := _OPENING.match(sentence):
        rest = sentence[found.end() :]
        if len(rest) > 30:
            sentence = rest
    if len(sentence) <= MADE_LENGTH:
        return sentence
    clauses = [m.start() for m in _CLAUSE.finditer(sentence, 0, MADE_LENGTH + 8) if 30 <= m.start() <= MADE_LENGTH]
    while len(clauses) > 1 and sentence[clauses[-2] : clauses[-1]].count(" ") < _CLAUSE_WORDS:
        clauses.pop()  # "…, warning that" leaves a word that says nothing
    return sentence[: clauses[-1]] if clauses else sentence


def _cut(text: str) -> str:
    """Text cut at a preposition or conjunction, else between words."""
    head = text[: MADE_LENGTH + 1]
    joints = [m.start() for m in _JOINT.finditer(head) if m.start() >= 40]
    return head[: joints[-1]] if joints else head.rpartition(" ")[0]


def _trim(text: str) -> str:
    """Text without a trailing comma, article or preposition."""
    while True:
        text = text.rstrip(" ,;:–—-.…")
        head, _, last = text.rpartition(" ")
        if not head or last.casefold() not in _DANGLING:
            return text
        text = head


_SENTENCE_END = re.compile(r"[^\W\d][.!?。！？](?=\s+[\"“‘«(]?[^\W_a-z]|$)|[。！？]")
_OPENING = re.compile(
    r"(?:following|after|amid|amidst|in|on|at|as|when|while|since|despite|with|during|according to|for|before|under|"
    r"nach|während|trotz|im|in|am|bei|seit|wegen|"
    r"après|selon|dans|lors|malgré|depuis|en|tras|según|durante|desde|después)\b[^,.;:]{3,80},\s+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r",\s|;\s|:\s|\s[–—-]\s|\s(?:that|which|who|after|as|while|because|when|amid|although|where|following|and said|"
    r"dass|weil|nachdem|während|que|après|alors|mientras|después|porque|che|dopo|mentre)\s"
)
_JOINT = re.compile(
    r"\s(?=(?:in|on|at|for|with|by|from|to|of|over|under|into|and|but|or|about|against|between|during|"
    r"und|mit|auf|für|von|nach|bei|über|gegen|et|dans|pour|avec|sur|par|y|con|para|por|sobre|entre|e|per|da)\s)"
)
_DANGLING = frozenset((
    "a", "al", "am", "an", "and", "are", "as", "at", "auf", "avec", "be", "but", "by", "che", "con", "da", "dans",
    "das", "de", "del", "della", "dem", "den", "der", "des", "di", "die", "du", "ein", "eine", "einen", "el", "en",
    "et", "for", "from", "für", "gli", "had", "has", "have", "her", "his", "il", "im", "in", "into", "is", "its",
    "la", "las", "le", "les", "lo", "los", "mit", "nach", "nel", "o", "oder", "of", "on", "or", "ou", "over", "par",
    "para", "por", "pour", "sur", "that", "the", "their", "these", "this", "those", "to", "un", "una", "und", "une",
    "von", "was", "were", "which", "who", "with", "y", "zu", "à",
))  # fmt: skip
