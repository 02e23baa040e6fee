"""A notice that a story is taken back → the stories that it names: by id, headline, slug or the name of a file.

In: what a source says, and the index. Out: story files. A notice is short, and says in words of newsrooms that a story
is killed, withdrawn or not to be used. Nothing is written here. Table: takebacks.toml.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from broadsheet import iri
from broadsheet.ingest.extract import publication_marks
from broadsheet.ingest.sources.index import IndexEntry, StoryIndex
from broadsheet.text import either, folded, letters, spellings

_LONGEST = 1_500  # characters of the longest notice
_HEADLINE = (3, 15)  # words and letters of a headline that nothing else is called
_DENSE = 8  # letters of one in a script without spaces
_ID, _STEM = 6, 8  # characters of an id or a file's name that nothing else is called
_HEAD = 1_024  # bytes of a source in which a wire names its slug
_MOST = 5_000  # sources that are looked into for a slug, the newest first


def says_so(text: str) -> bool:
    """Whether a text says that something is taken back."""
    said = folded(text)
    if _FIRST.isdisjoint(word[:_BEGINS] for word in _WORD.findall(said)) and (
        said.isascii() or not _DENSE_WORDS.search(said)
    ):
        return False  # as nearly every text: faster than to look for the phrases
    return _PHRASES.search(said) is not None


def is_notice(body: str, held: str) -> bool:
    """Whether a text that is not for readers is a notice, and no story that is held itself."""
    itself = publication_marks.is_embargo(held) or not publication_marks.DRAFTS.isdisjoint(_WORD.findall(folded(held)))
    return len(body) <= _LONGEST // 2 and says_so(f"{body}\n{held}") and not itself


def may_take_back(name: str, other: str) -> bool:
    """Whether a source may take back what came from another: what an editor put into the inbox may, and one host's own.

    A feed that was fetched from elsewhere may claim any id.
    """
    host, others = iri.split(name).netloc, iri.split(other).netloc
    return not host or host == others


def older(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the last that one story says was said before the other's; not where either does not tell."""
    first, second = (meta.get("updated") or meta.get("date") for meta in (one, other))
    if isinstance(first, dt.datetime) and isinstance(second, dt.datetime):
        return first < second
    return isinstance(first, dt.date) and isinstance(second, dt.date) and _day(first) < _day(second)


def _day(date: dt.date) -> dt.date:
    return date.date() if isinstance(date, dt.datetime) else date


class Notices:
    """The stories that notices may name: what each is called is worked out once, when the first notice asks."""

    def __init__(self, index: StoryIndex, inbox: Path) -> None:
        self._index = index
        self._inbox = inbox
        self._names: list[tuple[str, bool, str]] | None = None

    def find(self, title: str, body: str, held: str, but: str = "") -> list[IndexEntry]:
        """The stories that a notice takes back; none where a text is no notice, or names none.

        ``but`` is the file of the notice itself. ``held`` is why the notice is not for readers itself, in the words of
        its source. Where it does not say so, one sentence must name the story and take it back.
        """
        if len(body) > _LONGEST or not says_so(f"{title}\n{body}\n{held}"):
            return []
        if not held:
            said = [sentence for sentence in _SENTENCES.split(_plain(body)) if says_so(sentence)]
            return self._named("\n".join(said), but) if said else []
        text = _plain(f"{title}\n{body}")
        return self._named(text, but) or _slugged(text, self._index, self._inbox)

    def _named(self, text: str, but: str) -> list[IndexEntry]:
        """The stories whose id, headline or file's name stands in a text, those of the longest name alone."""
        if self._names is None:
            self._names = [(*_key(name), entry.path) for entry in self._index for name in _names(entry)]
        said, words = letters(text), set(_TOKENS.findall(text.casefold()))
        found = [
            (len(key), path)
            for key, whole, path in self._names
            if path != but and (key in words if whole else key in said)
        ]
        most = max((size for size, _ in found), default=0)
        paths = dict.fromkeys(path for size, path in found if size == most)
        return [entry for entry in self._index if entry.path in paths] if paths else []


def _key(name: str) -> tuple[str, bool]:
    """A name as it is looked for: by its letters, or as a whole word where it is one."""
    return (name.casefold(), True) if " " not in name and name.isascii() else (letters(name), False)


def _names(entry: IndexEntry) -> Iterator[str]:
    title = entry.title
    if letters(title) and (
        (len(title.split()) >= _HEADLINE[0] and len(letters(title)) >= _HEADLINE[1])
        or (not title.isascii() and " " not in title.strip() and len(letters(title)) >= _DENSE)
    ):
        yield title
    if len(entry.id) >= _ID:
        yield entry.id
    for path in (entry.file, entry.path):
        if len(stem := Path(path).stem) >= _STEM and re.search(r"[\d_-]", stem):
            yield stem


def _slugged(text: str, index: StoryIndex, inbox: Path) -> list[IndexEntry]:
    """The stories whose sources name a slug at their head that stands in a text: "BC-Harbour-Pier", "a0123"."""
    slugs = [slug.casefold() for slug in _SLUG.findall(text) if len(slug) >= _STEM]
    if not slugs:
        return []
    found = []
    for entry in sorted(index, key=lambda one: one.path, reverse=True)[:_MOST]:
        if entry.file and not entry.edited | ("://" in entry.file):
            try:
                with (inbox / entry.file).open("rb") as source:
                    head = source.read(_HEAD).decode("utf-8", "replace").casefold()
            except (OSError, ValueError):
                continue
            if any(slug in head for slug in slugs):
                found.append(entry)
    return found


def _plain(text: str) -> str:
    return re.sub(r"\\([^\w\s])", r"\1", text)


_TABLE: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("takebacks.toml").read_text(encoding="utf-8"))
_SAID = frozenset(spelt for word in _TABLE["words"] for spelt in spellings(word))
_DENSE_WORDS = re.compile(either(_TABLE["dense"]))
_PHRASES = re.compile(rf"(?<![^\W\d_])(?:{either(_SAID)})|{_DENSE_WORDS.pattern}")
_BEGINS = 4  # letters by which a word may be that of a phrase
_WORD = re.compile(r"[^\W\d_]+")
_FIRST = frozenset(_WORD.findall(phrase)[0][:_BEGINS] for phrase in _SAID)
_SENTENCES = re.compile(r"(?<=[.!?。！？])[\"”’»)]*\s+|\n{2,}")
_TOKENS = re.compile(r"[^\s\"“”„«»‘’'<>()\[\],;]+(?<![.:!?])")
_SLUG = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)+\b")
