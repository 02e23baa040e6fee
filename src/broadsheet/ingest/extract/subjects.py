"""What a story is about: a label of a page → the site's own section; its text → its topics. Tables: subjects.toml.

In: the lines around a story, or the words of a label. Out: which lines may be the label; the section with its evidence.

In: title, paragraphs, language. Out: the three to eight people, places, organisations and subjects that a story is
about, most telling first; nothing is downloaded. Names are runs of capitalised words that do not only begin sentences;
variants of one name ("Xi", "Chinese President Xi", "Xi Jinping") are one topic under its fullest form.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from broadsheet.ingest.extract import boilerplate
from broadsheet.ingest.extract.candidates import Context, kind_rank, zone
from broadsheet.ingest.extract.dates import MONTHS, WEEKDAYS, ZONES
from broadsheet.ingest.extract.draft import Found, Hints
from broadsheet.ingest.extract.language import SMALL_WORDS, latin
from broadsheet.ingest.extract.lines import Line
from broadsheet.ingest.extract.ranker import FeatureVector
from broadsheet.text import either, normal


def settle(label: str, hints: Hints, rule: str, line: int, confidence: float) -> Found[str]:
    """The site's section for a label: by its own names, by its aliases, else the label itself, to be looked at.

    Of breadcrumbs ("Home > Culture") it is the last one that is a section of the site.
    """
    crumbs = [crumb for part in _CRUMBS.split(label) if (crumb := part.strip())]
    if len(crumbs) > 1:
        named = next((crumb for crumb in reversed(crumbs) if hints.sections and own(crumb, hints)), "")
        if named or not _AMBIGUOUS.search(label):
            return settle(named or crumbs[-1], hints, f"{rule}, the last of the breadcrumbs", line, confidence)
    wanted = label.casefold()
    for section in hints.sections:
        if section.casefold() == wanted or normal(section) == normal(label):
            return Found(section, rule, max(confidence, _OWN), line)
    if alias := hints.aliases.get(wanted):
        return Found(alias, f"{rule}, by the site's alias", max(confidence, _OWN), line)
    return Found(label, rule, min(confidence, _UNKNOWN) if hints.sections else confidence, line)


def own(label: str, hints: Hints) -> str:
    """The site's own section that a label names, or ""."""
    found = settle(label, hints, "", 0, 0.0)
    return found.value if found.confidence >= _OWN else ""


def labelled(text: str) -> tuple[str, ...]:
    """The sections that a line names behind a label: "Section: World", "Filed under World, Politics"."""
    if len(text) > _LINE or not (":" in text or "：" in text or text[:1] in "fFpP"):  # signs that every label has
        return ()
    if not (found := _LABEL.match(text)):
        return ()
    names = [name for part in _PARTS.split(text[found.end() :]) if (name := part.strip(" .:"))]
    return tuple(names) if all(len(name) <= _NAME and name.count(" ") < _WORDS for name in names) else ()


_LINE, _NAME, _WORDS = 80, 32, 4  # characters of a line and of a section's name, words of one
_CRUMBS = re.compile(r"\s*[>›»→≫]\s*|\s/\s|/(?=\S)")
_AMBIGUOUS = re.compile(r"/")  # "Arts/Culture" may be one section as well
_OWN = 0.85  # a label near the headline that is one of the site's own sections is no accident
_UNKNOWN = 0.6  # a label that the site has no section for is for an editor to decide


def candidates(context: Context, title: int) -> list[tuple[int, str, FeatureVector]]:
    """The labels that may be the section's, with their lines and the features that speak for or against them."""
    found: list[tuple[int, str, FeatureVector]] = []
    spots = [
        *range(max(0, context.start - 40), min(context.start + 2, len(context.lines))),
        *range(context.end, min(context.end + 6, len(context.lines))),
    ]
    for i in spots:
        line = context.lines[i]
        if i == title or line.words > 8 or len(line.text) > 80 or line.ends or line.boilerplate in _NEVER:
            continue
        if (i in context.bylines and context.bylines[i].labelled) or (i in context.stamps and line.words > 5):
            continue
        parts = [p for part in _PARTS.split(line.text) if (p := part.strip())]
        for k, part in enumerate(parts):
            if len(part) <= 32 and part.count(" ") < 4 and part[0].isalpha():
                found.append((i, part, (k, len(parts), len(found), *_features(context, i, part, title))))
    return found


def _features(context: Context, i: int, part: str, title: int) -> FeatureVector:
    lines, n = context.lines, len(context.lines)
    line = lines[i]
    up, down = range(i - 1, max(-1, i - 30), -1), range(i + 1, min(n, i + 30))
    return (
        zone(context, i, title), title - i if title >= 0 else -99, i - context.start, boilerplate.key(part) in NAMES,
        part.count(" "), len(part), kind_rank(context, i), kind_rank(context, i - 1), kind_rank(context, i + 1), i,
        context.keys[line.key] - 1, line.bullet != "", i + 1 < n and lines[i + 1].bullet != "",
        i > 0 and lines[i - 1].bullet != "", part.isupper(), part.islower(), i + 1 == title,
        context.opening_words[line.key[:6]], line.gap, i + 1 == n or lines[i + 1].gap, line.words,
        _run(lines, up), _run(lines, down), any(k in context.stamps for k in range(i, i + 3)),
        i > 0 and lines[i - 1].key in NAMES, i + 1 < n and lines[i + 1].key in NAMES, line.boilerplate != "",
        i in context.bylines,
    )  # fmt: skip


def _run(lines: Sequence[Line], spots: Sequence[int]) -> int:
    """How many short lines follow one another: many are a menu."""
    for n, k in enumerate(spots):
        if lines[k].words > _MENU:
            return n
    return len(spots)


_TABLE: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("subjects.toml").read_text(encoding="utf-8"))
_LABEL = re.compile(
    rf"(?:{either(_TABLE['labels'])})\s*[:：]\s*|filed (?:under|in|to):?\s+|posted in:?\s+", re.IGNORECASE
)
_MENU = 4  # words of an entry of a menu
_PARTS = re.compile(r"\s*[|/>›»•,·\\]+\s*")
_NEVER = frozenset(("share", "counter", "advert", "cookies", "credit", "copyright", "picture", "signup"))
NAMES = frozenset(_TABLE["names"])


MOST, FEWEST = 8, 3
_READ = 6000  # characters of a story; what it is about is said by then
_SHORTEST_NAME = 2  # characters of a name
_LONGEST_NAME = 6  # words of a name
_SUBJECTS = 3  # topics that are no names, at most
_DENSE = re.compile(r"[\u30a1-\u30ff\u30fc]{3,}|[\u4e00-\u9fff]{2,8}|[\uac00-\ud7a3]{2,8}")
_TOKEN = re.compile(r"[\w-]{5,}")
_LETTER = "[a-zà-öø-ÿ]"
_SUBJECT = re.compile(f"{_LETTER}{{5,18}}")
# The characters of Latin-1 as _TOKEN divides them, with hyphens for those that _SUBJECT has no use for.
_LATIN = bytes(ord(c if re.match(_LETTER, c) else "-" if re.match(r"[\w-]", c) else " ") for c in map(chr, range(256)))
_REPEATED = 3
_OFTEN = 40  # repeated words among which its subjects are looked for
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_PEOPLES = ("ian", "ians", "ese", "ish", "ean")  # Ukrainian is Ukraine, Chinese is China
_BREAKS = frozenset(".!?:\"“„«‘'\n ")  # after which, or after nothing, a word in capitals opens a sentence

Name = tuple[str, ...]


def find_topics(title: str, paragraphs: Sequence[str], language: str) -> tuple[str, ...]:
    """The topics of a story, most telling first; none where it says too little."""
    text = "\n".join(paragraphs)[:_READ]
    if language in ("ja", "zh", "ko"):
        return _dense(title, text)
    named: Counter[Name] = Counter()
    firsts: Counter[Name] = Counter()
    runs = _RUN if language == "de" else _JOINED_RUN  # German nouns are capitalised: joined, they are phrases
    for name, opens, times in _names(text, runs):
        (firsts if opens and len(name) == 1 else named)[name] += times
    for name, _, times in _names(title, runs):
        if name in named:  # headlines in capitals name nothing by themselves
            named[name] += times
    for name, times in firsts.items():
        if name in named:
            named[name] += times
    merged = _merged(named, nouns=language == "de")
    merged = {name: times for name, times in merged.items() if not _is_nameless(name)}
    if not merged:
        return ()
    heading = f" {title} {text[:300]} ".casefold()
    lead = {name for name in merged if f" {name[-1]}".casefold() in heading}
    scored = {
        name: times + (2 if name in lead else 0) + (0.5 if len(name) > 1 else 0) for name, times in merged.items()
    }
    subjects = _subjects(title, text, set(" ".join(map(" ".join, merged)).casefold().split()))
    ranked = sorted(scored, key=scored.__getitem__, reverse=True)
    strong = [name for name in ranked if scored[name] >= 3]
    chosen = [" ".join(name) for name in (strong if len(strong) >= FEWEST else ranked[:FEWEST])[: MOST - len(subjects)]]
    return tuple([*chosen, *subjects][:MOST])


def _names(text: str, runs: re.Pattern[str]) -> Iterator[tuple[Name, bool, int]]:
    """The names in a text, whether each opens a sentence, and how often."""
    text = f"   {text}"
    counted: dict[tuple[str, bool], int] = {}
    for found in runs.finditer(text):
        start = found.start()
        before = text[start - 1]
        if before == " ":
            before = text[start - 2] if text[start - 2] != " " else text[start - 3]
        run = found[0], before in _BREAKS
        counted[run] = counted.get(run, 0) + 1
    for (words, opens), times in counted.items():
        name, first = _named(words, opens)
        if name:
            yield name, first, times


@functools.lru_cache(maxsize=4096)
def _named(run: str, opens: bool) -> tuple[Name, bool]:  # noqa: FBT001 - a cache is slow with keywords
    """The name in a run, and whether it opens a sentence; texts repeat their names, and "The" opens sentences."""
    words = run.split()
    if "’" in run or "'" in run:
        words = [_POSSESSIVE.sub("", word) for word in words]
    if len(words) == 1:
        word = words[0]
        nameless = len(word) < _SHORTEST_NAME or word in _JOINTS or word.casefold() in _NAMELESS
        return () if nameless else (word,), opens
    small = [word.casefold() for word in words]
    begin, end = 0, len(words)
    while begin < end and small[begin] in _COMMON:
        begin, opens = begin + 1, False
    if not _ROLES.isdisjoint(small):  # what stands before the last of them names nobody either
        begin = next((at + 1 for at in range(end - 1, begin - 1, -1) if small[at] in _ROLES), begin)
    while begin < end and (words[end - 1] in _JOINTS or small[end - 1] in SMALL_WORDS):
        end -= 1
    while begin < end and (words[begin] in _JOINTS or ((opens or end - begin == 1) and small[begin] in SMALL_WORDS)):
        begin += 1
    if not 0 < end - begin <= _LONGEST_NAME:
        return (), opens
    lone = end - begin == 1 and (len(words[begin]) < _SHORTEST_NAME or small[begin] in _CALENDAR)
    return () if lone else tuple(words[begin:end]), opens


def _merged(named: Counter[Name], *, nouns: bool) -> dict[Name, int]:
    """Names with their variants under one form: the fullest that the story uses as a name, else the short one.

    ``nouns`` tells a language that capitalises every noun, where a name with a word before it is often no fuller name.
    """
    groups = dict(named)
    longer = _longer(named)
    peoples: dict[str, list[Name]] = {}
    for name in named:
        if len(name) == 1:
            peoples.setdefault(name[0][:4], []).append(name)
    for short in sorted(named, key=len):
        if short not in groups:
            continue
        if len(short) == 1 and short[0].endswith(_PEOPLES):
            place = next((name for name in peoples[short[0][:4]] if name != short and name in groups), None)
            if place:
                groups[place] += groups.pop(short)
                continue
        fuller = [name for name in longer.get(short, ()) if name in groups]
        if not fuller:
            continue
        good = [name for name in fuller if _fuller(name, short, named, nouns=nouns)]
        if good:
            groups[max(good, key=lambda name: named[name])] += groups.pop(short)
        else:
            groups[short] += sum(groups.pop(name) for name in fuller)
    return groups


def _is_nameless(name: Name) -> bool:
    """Whether a run is no topic by itself: "I'm", a people ("Dutch"), a time zone ("UTC", "Central European Time")."""
    whole = " ".join(name).casefold()
    if len(name) == 1:
        return whole in _ADJECTIVES or whole in ZONES or _CONTRACTED.fullmatch(whole) is not None
    return whole in ZONES or (whole.endswith(" time") and not _ZONE_WORDS.isdisjoint(whole.split()))


def _longer(names: Iterable[Name]) -> dict[Name, list[Name]]:
    """For the beginnings and ends of names: the names that have more words, in their order."""
    found: dict[Name, list[Name]] = {}
    for name in names:
        if len(name) > 1:
            for part in {part for n in range(1, len(name)) for part in (name[:n], name[n:])}:
                found.setdefault(part, []).append(name)
    return found


def _fuller(name: Name, short: Name, named: Counter[Name], *, nouns: bool) -> bool:
    """Whether a longer name is the same name in full: short enough, and used so; a last name needs to be used once."""
    surname = name[-len(short) :] == short
    enough = named[name] >= 2 and named[name] * 6 >= named[short]
    return len(name) <= len(short) + 2 and len(name) <= 4 and (enough or (surname and not nouns))


def _subjects(title: str, text: str, taken: set[str]) -> list[str]:
    """Words in lower case that the story keeps coming back to, as news names its subjects."""
    plain = latin(text, _LATIN)
    counted = Counter(plain.split() if plain else _TOKEN.findall(text))
    often = {word: n for word, n in counted.items() if n >= _REPEATED and _SUBJECT.fullmatch(word)}
    headline = title.casefold()
    found: list[str] = []
    for word in sorted(often, key=often.__getitem__, reverse=True)[:_OFTEN]:
        if len(found) == _SUBJECTS:
            break
        if (
            word.endswith(_ENDS)
            and word not in taken
            and word not in SMALL_WORDS
            and (often[word] > _REPEATED or word[:6] in headline)
        ):
            found.append(word)
    return found


def _dense(title: str, text: str) -> tuple[str, ...]:
    """Topics in scripts without spaces: runs that the story repeats, above all those of the title."""
    counted = Counter(_DENSE.findall(text))
    for run in _DENSE.findall(title):
        if counted[run]:
            counted[run] += 2
    return tuple(run for run, times in counted.most_common(MOST) if times >= 3)


_ROLES = frozenset(_TABLE["roles"])
_COMMON = frozenset(_TABLE["common"]) | WEEKDAYS
_ADJECTIVES = frozenset(_TABLE["peoples"])
_ZONE_WORDS = frozenset(_TABLE["zone_words"])
_CONTRACTED = re.compile(r"[^\W\d_]+['’](?:m|re|ve|ll|d|t|s)")
_JOINTS = frozenset(_TABLE["joints"])
_CALENDAR = WEEKDAYS | MONTHS.keys()
_NAMELESS = _COMMON | _ROLES | SMALL_WORDS | _CALENDAR
_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŖŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚΑ-ΩА-ЯЁЂЃЄІЇЈЉЊЋЌЎЏ"
_CAPPED = rf"[{_CAPITAL}](?<![\w’'-][{_CAPITAL}])[\w’'-]*(?<![’'-])"  # led by its capital: the search is faster so
_RUN = re.compile(rf"{_CAPPED}(?: {_CAPPED})*")
_JOINED_RUN = re.compile(rf"{_CAPPED}(?: (?:(?:{'|'.join(sorted(_JOINTS))}) ){{0,2}}{_CAPPED})*")
_ENDS = tuple(_TABLE["subject_ends"])
