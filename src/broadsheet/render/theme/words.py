"""Words: what a theme itself says, in the language of the site, from gettext catalogues (``words/de.po``).

In: the layers of a theme, a language, the words that the settings override. Out: ``Words``, which templates see
as ``phrases``. A word is looked for in the settings, then for each of pt-BR, pt, en in all layers of the theme, and
last in the default theme, whatever the theme extends. In a catalogue msgctxt is a word's key and msgid the English;
which plural form a number takes is said by the catalogue's own header.
"""

from __future__ import annotations

import functools
import gettext
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import msgspec
from markupsafe import Markup, escape

from broadsheet import __version__, locales
from broadsheet.cache import Files
from broadsheet.config import SHIPPED, Site
from broadsheet.errors import BroadsheetError, Place, Problem, error, fail
from broadsheet.render.theme.layers import DEFAULT, Layer
from broadsheet.text import did_you_mean

FOLDER = "words"
ENDING = ".po"
TO_REVIEW = "to-review"  # in a translator's comment: the word is used, and a native speaker should look at it
UNGROUPED = frozenset({"number", "year", "page", "pages"})  # names of values that are no amounts: "2025", not "2,025"

_VALUE = re.compile(r"\{([a-z_]+)\}")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_CONVERSION = re.compile(r"%[ds]")
_NO_PLURAL = "0"


class CatalogueEntry(msgspec.Struct, frozen=True):
    """A word as a catalogue has it: the English that it was made from, its forms, and how a number chooses one.

    ``review`` says that a native speaker should look at it; ``line`` is where it stands.
    """

    english: str
    forms: tuple[str, ...]
    plural: str = _NO_PLURAL
    review: bool = False
    line: int = 0

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the values that it takes, in the order of the English."""
        return names(self.english)


Catalogue = dict[str, CatalogueEntry]


def names(text: str) -> tuple[str, ...]:
    """The names of the values in a text, each once: "Page {page} of {pages}" takes page and pages."""
    return tuple(dict.fromkeys(_VALUE.findall(text)))


class Phrase(str):
    """A word or a sentence in the site's language. Called with its values it is filled in: ``phrases.page(2, 7)``.

    ``phrases.minutes % 3`` does the same, and uncalled it is its text without values. Whole numbers are written as the
    language has them, and ``count`` chooses the form. Where a value is HTML, so is the result.
    """

    __slots__ = ("entry", "locale", "pieces")

    entry: CatalogueEntry
    locale: locales.Locale
    pieces: tuple[tuple[str, ...], ...]  # of each form: text, the name of a value, text …

    def __new__(cls, entry: CatalogueEntry, locale: locales.Locale) -> Self:
        """A phrase of a catalogue's entry."""
        made = super().__new__(cls, _VALUE.sub("", entry.forms[-1]).strip())
        made.entry = entry
        made.locale = locale
        made.pieces = tuple(tuple(_VALUE.split(form)) for form in entry.forms)
        return made

    def __call__(self, *values: Any, **named: Any) -> str:
        """The phrase with its values, which come in the order of the English or by name."""
        known = {**dict(zip(self.entry.values, values, strict=False)), **named}
        marked = any(hasattr(value, "__html__") for value in known.values())
        pieces = list(self._form(known))
        pieces[1::2] = [self._written(name, known.get(name, ""), marked=marked) for name in pieces[1::2]]
        if marked:
            pieces[::2] = map(str, map(escape, pieces[::2]))
        filled = "".join(pieces)
        return Markup(filled) if marked else filled  # noqa: S704, every piece is escaped

    def __mod__(self, values: Any) -> str:
        """The phrase with one value, or with a tuple of them, as texts of Python take them."""
        return self(*values) if isinstance(values, tuple) else self(values)

    def _form(self, known: Mapping[str, Any]) -> tuple[str, ...]:
        forms = self.pieces
        if len(forms) == 1:
            return forms[0]
        count = known.get("count", next((value for value in known.values() if isinstance(value, int)), 0))
        return forms[min(_chooser(self.entry.plural)(count), len(forms) - 1)] if isinstance(count, int) else forms[-1]

    def _written(self, name: str, value: Any, *, marked: bool) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return self.locale.number(value, grouped=name not in UNGROUPED)
        return str(escape(value)) if marked else str(value)


class OwnPhrase(str):
    """A word of a theme's own ``partials/words.html``, where values have no names: "Page %d of %d"."""

    __slots__ = ()

    def __call__(self, *values: Any, **named: Any) -> str:
        """The phrase with its values; those that it has no place for follow it."""
        given = (*values, *named.values())
        places = len(_CONVERSION.findall(self))
        marked = any(hasattr(value, "__html__") for value in given)
        text = escape(str(self)) if marked else str(self)
        filled = text % given[:places] if 0 < places <= len(given) else text
        return Markup(" ").join([filled, *given[places:]]) if marked else " ".join([filled, *map(str, given[places:])])


@functools.cache
def _chooser(plural: str) -> Callable[[int], int]:
    """What says which form a number takes, of gettext's own expression."""
    made: Callable[[int], int] = gettext.c2py(plural)
    return made


class Words:
    """The words of one theme in one language, by their keys: ``phrases.editions``.

    ``own`` gives what a theme's own partials/words.html says, which is stronger. What is not known is an error where it
    is printed.
    """

    def __init__(self, entries: Catalogue, locale: locales.Locale, own: Callable[[], Mapping[str, Any]] = dict) -> None:
        self._entries = entries
        self._locale = locale
        self._own = own

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        own = self._own().get(key)
        if own is not None:
            made: Any = OwnPhrase(own) if isinstance(own, str) and not isinstance(own, Phrase) else own
        elif key in self._entries:
            made = Phrase(self._entries[key], self._locale)
        else:
            hint = did_you_mean(key, self._entries)
            raise AttributeError(f"the theme has no word {key!r}. {hint}".rstrip(" ."))
        setattr(self, key, made)
        return made

    def __getitem__(self, key: str) -> Any:
        try:
            return getattr(self, key)
        except AttributeError as cause:
            raise KeyError(key) from cause

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)


class Catalogues:
    """The catalogues of a theme's layers, read as they are asked for; ``site`` says where they are cached."""

    def __init__(self, site: Site, layers: Sequence[Layer]) -> None:
        self.site = site
        default = (SHIPPED / DEFAULT).resolve()
        folders = {layer.folder: layer.shown for layer in layers}
        folders.setdefault(default, f"themes/{DEFAULT}")
        self.folders = tuple((folder / FOLDER, f"{shown}/{FOLDER}") for folder, shown in folders.items())
        self._cache = Files(site.cache / "words")
        self._read: dict[Path, Catalogue] = {}

    def files(self, tag: str) -> Iterator[tuple[Path, str]]:
        """The catalogues of a tag, the first that has a word wins; each with what a user calls it."""
        for folder, shown in self.folders:
            if (file := folder / f"{tag}{ENDING}").is_file():
                yield file, f"{shown}/{tag}{ENDING}"

    def tags(self) -> list[str]:
        """The languages that there are catalogues for."""
        return sorted(
            {file.stem for folder, _ in self.folders if folder.is_dir() for file in folder.glob(f"*{ENDING}")}
        )

    def of(self, *tags: str) -> Catalogue:
        """The words of these tags, of the first that has one; ``en`` has every word. Raises BroadsheetError."""
        found: Catalogue = {}
        for tag in reversed(tags):
            for file, shown in reversed(list(self.files(tag))):
                found |= self.read(file, shown)
        return found

    def read(self, file: Path, shown: str) -> Catalogue:
        """One catalogue. Raises BroadsheetError with the line that cannot be understood."""
        if file not in self._read:
            data = file.read_bytes()
            digest = blake2b(data, digest_size=16, key=__version__.encode()).digest()
            key = f"{blake2b(str(file.parent).encode(), digest_size=4).hexdigest()}/{file.name}"
            kept = self._cache.get(key)
            if kept and kept.startswith(digest):
                self._read[file] = msgspec.msgpack.decode(kept[len(digest) :], type=Catalogue)
            else:
                made = self._read[file] = parsed(data, shown)
                self._keep(key, digest + msgspec.msgpack.encode(made))
        return self._read[file]

    def _keep(self, key: str, data: bytes) -> None:
        try:
            self._cache.put(key, data)
        except BroadsheetError:  # where none can be written, catalogues are read again
            return

    def digests(self, tags: Sequence[str]) -> dict[str, bytes]:
        """The digests of the catalogues of these tags, by what a user calls them."""
        found: dict[str, bytes] = {}
        for file, shown in (one for tag in tags for one in self.files(tag)):  # a site's own may be called as a shipped
            found[shown] = found.get(shown, b"") + blake2b(file.read_bytes(), digest_size=16).digest()
        return found


class Gaps(msgspec.Struct, frozen=True):
    """What a language lacks in a theme: missing words with their English, what is wrong with others, what to review."""

    language: str
    words: int
    missing: dict[str, str]
    wrong: dict[str, str]
    review: dict[str, str]


def gaps(catalogues: Catalogues, tag: str) -> Gaps:
    """What a language lacks, of all words that the theme has in English. Raises BroadsheetError."""
    english = catalogues.of("en")
    own = catalogues.of(*own_tags(tag))
    locale = locales.of(tag)
    wrong = {key: said for key, entry in own.items() if (said := _wrong(entry, english.get(key), locale))}
    missing = {key: entry.english for key, entry in english.items() if key not in own}
    review = {key: entry.forms[-1] for key, entry in own.items() if entry.review}
    return Gaps(tag, len(english), missing, wrong, review)


def own_tags(tag: str) -> tuple[str, ...]:
    """Where the words of a language are looked for before English takes their place."""
    tags = locales.chain(tag)
    return tags if tag.partition("-")[0].lower() == "en" else tags[:-1]


def _wrong(entry: CatalogueEntry, english: CatalogueEntry | None, locale: locales.Locale) -> str:
    """What is wrong with a word; empty where nothing is."""
    if english is None:
        return "the theme has no such word"
    if entry.english != english.english:
        return f"translated from other English: {entry.english!r} is now {english.english!r}"
    if len(english.forms) > 1 and len(entry.forms) != len(locale.plurals):
        return f"has {len(entry.forms)} plural forms, where the language has {', '.join(locale.plurals)}"
    used = {name for form in entry.forms for name in names(form)}
    odd = sorted(used.symmetric_difference(english.values))
    return f"the value {{{odd[0]}}} is {'not known' if odd[0] in used else 'left out'}" if odd else ""


def parsed(data: bytes, shown: str) -> Catalogue:
    """A catalogue as gettext writes it. Raises BroadsheetError (``words``) with its line."""
    from babel.messages.pofile import PoFileError, read_po

    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not _LINE.fullmatch(line):
            hint = 'A line is a comment, or msgctxt, msgid or msgstr with a text in "…".'
            raise fail("words", f"not a catalogue of gettext: {line.strip()[:60]}", Place(shown, number), hint)
    try:
        read = read_po(io.BytesIO(data), locale=None, abort_invalid=True)
        plural = _declared(data)
        _chooser(plural)(1)
    except PoFileError as cause:
        raise fail("words", f"not a catalogue of gettext: {cause}", Place(shown, cause.lineno + 1)) from cause
    except (ValueError, UnicodeDecodeError, LookupError) as cause:
        raise fail("words", f"not a catalogue of gettext: {cause}", Place(shown)) from cause
    found: Catalogue = {}
    for message in read:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[-1]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if not message.context:
            hint = 'Each word has its key as msgctxt, such as msgctxt "editions".'
            raise fail("words", f"{english!r} has no msgctxt", Place(shown, message.lineno or 0), hint)
        if all(forms) and forms:
            review = any(TO_REVIEW in comment for comment in message.user_comments)
            found[message.context] = CatalogueEntry(english, forms, plural, review, message.lineno or 0)
    return found


_LINE = re.compile(r'\s*(?:#.*|(?:msg(?:ctxt|id|id_plural|str(?:\[\d\])?)\s*)?"(?:[^"\\]|\\.)*"\s*)?')
_PLURAL_FORMS = re.compile(rb'"Plural-Forms:[^"]*?plural\s*=\s*([^";\\]+)')


def _declared(data: bytes) -> str:
    """The expression of a catalogue's own header: Babel puts that of its language in its place."""
    found = _PLURAL_FORMS.search(data)
    return found[1].decode("ascii", "replace").strip() if found else _NO_PLURAL


def overridden(entries: Catalogue, site: Site, locale: locales.Locale) -> Catalogue:
    """The words with those of [tool.broadsheet.words]. Raises BroadsheetError with each that is wrong and its line."""
    own: Catalogue = {}
    problems: list[Problem] = []
    for key, value in site.settings.words.items():
        translated = site.settings.translations.get(site.settings.language)
        table = ("translations", site.settings.language) if translated and translated.words is not None else ()
        place = site.place(*table, "words", key)
        entry = entries.get(key)
        if entry is None:
            problems.append(error("words", f"the theme has no word {key!r}", place, did_you_mean(key, entries)))
            continue
        given = {"other": value} if isinstance(value, str) else value
        unknown = [name for name in given if name not in locales.PLURALS]
        if unknown or "other" not in given:
            said = f"{unknown[0]!r} is no plural form" if unknown else "has no form 'other'"
            hint = f"The forms of this language are {', '.join(locale.plurals)}."
            problems.append(error("words", f"{key}: {said}", place, hint))
            continue
        wrong = next((name for text in given.values() for name in names(text) if name not in entry.values), None)
        if wrong:
            hint = f"It has {', '.join(f'{{{name}}}' for name in entry.values)}." if entry.values else "It has none."
            problems.append(error("words", f"{key}: there is no value {{{wrong}}}", place, hint))
            continue
        forms = tuple(given.get(name, given["other"]) for name in locale.plurals)
        own[key] = CatalogueEntry(entry.english, forms if len(given) > 1 else (given["other"],), expression(locale))
    if problems:
        raise BroadsheetError(*problems)
    return entries | own


def expression(locale: locales.Locale) -> str:
    """The plural rule of a locale as gettext writes it; the CLDR's ``e`` is for "1.2 million", and is 0 here."""
    from babel.plural import to_gettext

    made = str(to_gettext(locale.babel.plural_form)).partition("plural=")[2].rstrip(";")
    return re.sub(r"\be\b", "0", made)
