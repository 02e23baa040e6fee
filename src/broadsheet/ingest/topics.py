"""A story → the three to eight people, places, organisations and subjects that it is about; nothing is downloaded.

In: title, paragraphs, language. Out: names, most telling first. Names are runs of capitalised words that do not only
begin sentences; variants of one name ("Xi", "Chinese President Xi", "Xi Jinping") are one topic under its fullest form.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files

from broadsheet.ingest.dates import WEEKDAYS, names_month
from broadsheet.ingest.language import SMALL_WORDS

MOST, FEWEST = 8, 3
_READ = 6000  # characters of a story; what it is about is said by then
_SUBJECTS = 3  # topics that are no names, at most
_TOKEN = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?|[.!?:;,()\"“”„«»—–]")
_DENSE = re.compile(r"[\u30a1-\u30ff\u30fc]{3,}|[\u4e00-\u9fff]{2,8}|[\uac00-\ud7a3]{2,8}")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_BREAKS = frozenset(".!?:\"“„«")

Name = tuple[str, ...]


def find(title: str, paragraphs: Sequence[str], language: str) -> tuple[str, ...]:
    """The topics of a story, most telling first; none where it says too little."""
    text = "\n".join(paragraphs)[:_READ]
    if language in ("ja", "zh", "ko"):
        return _dense(title, text)
    named: Counter[Name] = Counter()
    firsts: Counter[Name] = Counter()
    for name, opens in (*_names(title), *_names(text)):
        (firsts if opens and len(name) == 1 else named)[name] += 1
    for name, times in firsts.items():
        if name in named:
            named[name] += times
    merged = _merged(named)
    if not merged:
        return ()
    heading = f" {title} {text[:300]} ".casefold()
    lead = {name for name in merged if f" {' '.join(name)}".casefold() in heading or f" {name[-1]}".casefold() in heading}
    scored = {name: times + (2 if name in lead else 0) + (0.5 if len(name) > 1 else 0) for name, times in merged.items()}
    subjects = _subjects(title, text, {word.casefold() for name in merged for word in name})
    ranked = sorted(scored, key=lambda name: -scored[name])
    strong = [name for name in ranked if scored[name] >= 3]
    chosen = [" ".join(name) for name in (strong if len(strong) >= FEWEST else ranked[:FEWEST])[: MOST - len(subjects)]]
    return tuple([*chosen, *subjects][:MOST])


def _names(text: str) -> Iterator[tuple[Name, bool]]:
    """The runs of capitalised words in a text, and whether each opens a sentence."""
    for line in text.split("\n"):
        run: list[str] = []
        opens = start = True
        for token in (*_TOKEN.findall(line), "."):
            word = _POSSESSIVE.sub("", token)
            if word[:1].isupper() and word.casefold() not in _COMMON:
                if not run:
                    opens = start
                run.append(word)
                start = False
                if word == token:
                    continue
            elif run and token in _JOINTS:
                run.append(token)
                continue
            if name := _bare(run):
                yield name, opens
            run = []
            start = token in _BREAKS or (start and token.casefold() in _COMMON)


def _bare(run: list[str]) -> Name:
    """A run without the roles before a name, and without joints at its ends."""
    for at in range(len(run) - 1, -1, -1):
        if run[at].casefold() in _ROLES:
            run = run[at + 1 :]
            break
    while run and (run[-1] in _JOINTS or run[-1].casefold() in SMALL_WORDS):
        run = run[:-1]
    while run and (run[0] in _JOINTS or run[0].casefold() in SMALL_WORDS):
        run = run[1:]
    if not run or len(run) > 6 or (len(run) == 1 and (len(run[0]) < 2 or _calendar(run[0]))):
        return ()
    return tuple(run)


def _calendar(word: str) -> bool:
    return word.casefold() in WEEKDAYS or names_month(word)


def _merged(named: Counter[Name]) -> dict[Name, int]:
    """Names with their variants: a part of a longer name, at its beginning or end, is that name."""
    merged: dict[Name, int] = {}
    ordered = sorted(named, key=lambda name: (-len(name), -named[name]))
    for name in ordered:
        longer = [full for full in merged if len(full) > len(name) and (full[-len(name) :] == name or full[: len(name)] == name)]
        known = longer and max(longer, key=lambda full: merged[full])
        if known and (len(name) > 1 or len(known) <= 3):
            merged[known] += named[name]
        else:
            merged[name] = named[name]
    return merged


def _subjects(title: str, text: str, taken: set[str]) -> list[str]:
    """Words in lower case that the story keeps coming back to, as news names its subjects."""
    counted = Counter(word for word in re.findall(r"(?<![\w-])[a-zà-ÿ]{5,18}(?![\w-])", text))
    headline = title.casefold()
    found = []
    for word, times in counted.most_common(40):
        if times < 3 or len(found) == _SUBJECTS:
            break
        if word.endswith(_ENDS) and word not in taken and word not in SMALL_WORDS and (times >= 4 or word[:6] in headline):
            found.append(word)
    return found


def _dense(title: str, text: str) -> tuple[str, ...]:
    """Topics in scripts without spaces: runs that the story repeats, above all those of the title."""
    counted = Counter(_DENSE.findall(text))
    for run in _DENSE.findall(title):
        if counted[run]:
            counted[run] += 2
    return tuple(run for run, times in counted.most_common(MOST) if times >= 3)


_TABLE: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("topics.toml").read_text(encoding="utf-8"))
_ROLES = frozenset(_TABLE["roles"])
_COMMON = frozenset(_TABLE["common"]) | WEEKDAYS
_JOINTS = frozenset(_TABLE["joints"])
_ENDS = tuple(_TABLE["subject_ends"])
