"""The keys of front matter: what each means, how it is checked, what was expected where it is wrong.

In: metadata as YAML gave it. Out: values of the model's types, and a problem with its line for each that is not.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.content import visibility
from broadsheet.content.days import day, moment
from broadsheet.content.visibility import Mark
from broadsheet.errors import Place, Problem, error, warning
from broadsheet.model import Audio, Correction, Credit, Frozen, Picture
from broadsheet.text import blank, did_you_mean

LONGEST = 10_000  # characters of a text value; a body that slipped into a title is not a title
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # in XML; YAML can spell them
MOST = 1_000  # values in one key, counted through aliases, against YAML that unfolds without end

MOST_FROZEN = 100_000  # stories of one desk of a frozen edition, which no person wrote


Check = Callable[[Any, ZoneInfo], Any]


class Field(msgspec.Struct, frozen=True):
    """A key: its check, which raises ValueError with what was expected, and whether a file must have it.

    ``text`` says that it holds texts, which are read as they were typed whatever YAML would take them for. ``own`` is
    a key that a site's settings name, which may be one by which texts are kept from readers too.
    """

    check: Check
    required: bool = False
    text: bool = True
    own: bool = False


# What people write for ``retracted``: passed over as unknown, the text that they took back would stay before readers.
_RETRACTIONS = frozenset({"retracted", "retraction", "retract"})
_RETRACT = "Write 'retracted: {date: 2025-05-08, text: \"Why it was taken back.\"}', or take the line out."


def check(
    meta: Mapping[str, Any], known: Mapping[str, Field], zone: ZoneInfo, place: Callable[[str], Place]
) -> tuple[dict[str, Any], list[Problem]]:
    """The checked values of the known keys; a problem for each bad value, missing key and unknown key."""
    values: dict[str, Any] = {}
    problems = []
    marks: list[tuple[str, Mark]] = []
    for key, raw in meta.items():
        field = known.get(key)
        mark = visibility.read(key, raw, zone) if field is None or field.own or key == "status" else None
        if mark is not None:
            marks.append((key, mark))
        elif field is None and "retracted" in known and key.casefold() in _RETRACTIONS and not empty(raw):
            problems.append(error("value", f"{key} is not the key of a retraction", place(key), _RETRACT))
        elif field is None:
            hint = did_you_mean(key, known)
            problems.append(
                warning("key-unknown", f"unknown key {key!r}: kept, and given to the theme", place(key), hint)
            )
        elif raw.strip() if type(raw) is str else not empty(raw):
            try:
                values[key] = field.check(raw, zone)
            except (ValueError, OverflowError) as cause:
                hint = "A text with a colon in it stands in quotes." if isinstance(raw, list | dict) else ""
                hint = _RETRACT if key == "retracted" else hint
                problems.append(error("value", f"{key}: {_shown(raw)} is not {cause}", place(key), hint))
    for key, mark in marks:
        problems += _marked(f"{key}: {_shown(meta[key])}", mark, values, place(key))
    problems += _missing(meta, known, values, place)
    return values, problems


def _missing(
    meta: Mapping[str, Any], known: Mapping[str, Field], values: Mapping[str, Any], place: Callable[[str], Place]
) -> Iterator[Problem]:
    """An error for each key that is required and not there; a warning for a title of which nothing can be seen."""
    for key, field in known.items():
        if field.required and key not in values and empty(meta.get(key)):
            if key == "date" and values.get("status") == "draft":
                continue  # no date is made up for what nobody has dated: it is due when the story is published
            said = "is empty" if key in meta else "is missing"
            yield error("key-missing", f"{key} {said}", place(key), f"Add a line '{key}: …'.")
    if "title" in values and blank(values["title"]):
        hint = "Readers, feeds and search engines call it by its title: write one."
        yield warning("title-empty", "title: nothing can be seen of it", place("title"), hint)


def _marked(said: str, mark: Mark, values: dict[str, Any], place: Place) -> Iterator[Problem]:
    """Take a mark of who may read a text into its values, and a warning where it is another generator's."""
    if mark.says == "hidden":
        values["status"] = "draft"
        if not mark.sure:
            hint = "Write 'status: draft', or take the line out to publish it."
            yield warning(
                "held", f"{said} is neither true nor false nor a date: taken for 'status: draft'", place, hint
            )
        elif said != "status: 'draft'":
            hint = "Write that, or take the line out to publish it."
            yield warning("held", f"{said} is read as 'status: draft': it is not printed", place, hint)
    elif mark.says == "from" and mark.moment:
        dated = values.get("date")
        if dated is None or mark.moment > dated.moment:
            values["embargo"] = max(mark.moment, values.get("embargo", mark.moment))
            hint = "A story that is to appear later has a later date."
            yield warning("held", f"{said}: it is not printed before", place, hint)
    elif mark.says == "until" and mark.moment:
        values["expires"] = min(mark.moment, values.get("expires", mark.moment))
        yield warning("held", f"{said} is read as 'expires': it is not printed after", place, "Write that.")


def empty(value: Any) -> bool:
    """Whether a value says nothing, as where a key stands alone in its line: then it is as if the key did not."""
    kind = type(value)
    if kind is str:
        return not value.strip()
    if kind is list:
        return all(map(_blank, value))
    return value is None or value == {}


def _blank(value: Any) -> bool:
    return value is None or (type(value) is str and not value.strip())


def plain(value: Any) -> Any:
    """Front matter of unknown keys, without anything that a cache could not store or that unfolds without end."""
    return _plain(value, [MOST])


def _plain(value: Any, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        return None
    if isinstance(value, Mapping):
        return {str(key): _plain(item, left) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item, left) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()  # a cache gives dates back as text
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _shown(raw: Any) -> str:
    text = repr(raw) if isinstance(raw, str) else str(raw)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _text(raw: Any, _: ZoneInfo) -> str:
    text = raw.strip() if isinstance(raw, str) else ""
    if "  " in text or not text.isprintable():
        text = " ".join(_FORBIDDEN.sub("", text).split())
    if not text:
        raise ValueError("a text")
    if len(text) > LONGEST:
        raise ValueError(f"a text of at most {LONGEST} characters")
    return text


def _texts(raw: Any, zone: ZoneInfo, most: int = MOST) -> tuple[str, ...]:
    items = [item for item in raw if not _blank(item)] if isinstance(raw, list) else [raw]
    if len(items) > most:
        raise ValueError(f"a list of at most {most}")
    try:
        return tuple(dict.fromkeys(_text(item, zone) for item in items))
    except ValueError:
        raise ValueError("a list of texts") from None


def _one_of(*words: str) -> Check:
    def check_word(raw: Any, _: ZoneInfo) -> str:
        if raw not in words:
            hint = did_you_mean(str(raw), words) if len(str(raw)) < 40 else ""
            raise ValueError(f"one of {', '.join(words)}. {hint}".strip())
        return str(raw)

    return check_word


def _record(kind: type[Any], expected: str) -> Check:
    def check_record(raw: Any, zone: ZoneInfo) -> Any:
        """A value of ``kind``; None where each of its keys is empty."""
        raw = {kind.__struct_fields__[0]: raw} if isinstance(raw, str) else raw
        if not isinstance(raw, dict) or not set(raw) <= set(kind.__struct_fields__):
            raise ValueError(expected)
        values = {key: _text(value, zone) for key, value in raw.items() if not empty(value)}
        return kind(**values) if values else None

    return check_record


def _picture(raw: Any, zone: ZoneInfo) -> Picture | None:
    if raw is False:  # as other generators say that there is none
        return None
    picture: Picture | None = _record(Picture, "a picture: src, and alt, caption, credit")(raw, zone)
    if picture and re.match(r"(?!https?:)[a-zA-Z][a-zA-Z0-9+.-]*:", picture.src):
        raise ValueError("a picture whose src is a file below content/ or an http address")
    return picture


def _audio(raw: Any, zone: ZoneInfo) -> Audio | None:
    audio: Audio | None = _record(Audio, "a sound: src, and type, length, duration")(raw, zone)
    if audio and re.match(r"(?!https?:)[a-zA-Z][a-zA-Z0-9+.-]*:", audio.src):
        raise ValueError("a sound whose src is a file below content/ or an http address")
    return audio


def _source(raw: Any, zone: ZoneInfo) -> Credit | None:
    credit: Credit | None = _record(Credit, _SOURCE)(raw, zone)
    if credit and credit.url and not re.match(r"https?://", credit.url, re.IGNORECASE):
        raise ValueError("a source whose url is an http address")  # any other scheme would be a live link
    return credit


def _corrections(raw: Any, zone: ZoneInfo) -> tuple[Correction, ...]:
    items = [item for item in raw if not _blank(item)] if isinstance(raw, list) else []
    if not items or not all(isinstance(item, dict) and set(item) == {"date", "text"} for item in items):
        raise ValueError("a list of corrections, each with date and text")
    return tuple(Correction(moment(item["date"], zone), _text(item["text"], zone)) for item in items)


def _retracted(raw: Any, zone: ZoneInfo) -> Correction:
    if not isinstance(raw, dict) or set(raw) != {"date", "text"} or empty(raw["text"]):
        raise ValueError("a retraction: date and text")
    return Correction(moment(raw["date"], zone), _text(raw["text"], zone))


def _paths(raw: Any, zone: ZoneInfo) -> tuple[str, ...]:
    paths = _texts(raw, zone)
    if not all(re.fullmatch(r"/(?!/)[^\s?#\\]*", path) and ".." not in path.split("/") for path in paths):
        raise ValueError("a list of paths that begin with /")
    return paths


def _frozen(raw: Any, zone: ZoneInfo) -> Frozen:
    expected = (
        "a frozen edition: number, lead, desks (each with section and stories), briefs, and what was printed of it, "
        "as 'edition freeze' writes it"
    )
    desks = raw.get("desks") or [] if isinstance(raw, dict) else None
    if desks is None or not raw.get("lead") or not isinstance(desks, list):
        raise ValueError(expected)
    if not all(isinstance(desk, dict) and desk.get("stories") for desk in desks):
        raise ValueError(expected)
    number = str(raw.get("number") or 0)
    if not re.fullmatch(r"[0-9]{1,6}", number):
        raise ValueError(expected)
    masthead, words = raw.get("masthead") or {}, raw.get("words") or {}
    if not isinstance(masthead, dict) or not isinstance(words, dict) or len(words) > MOST_FROZEN:
        raise ValueError(expected)
    if not all(isinstance(said, dict) and said.get("title") for said in words.values()):
        raise ValueError(expected)
    return Frozen(
        _text(raw["lead"], zone),
        tuple((str(desk.get("section") or ""), _texts(desk["stories"], zone, MOST_FROZEN)) for desk in desks),
        _texts(raw.get("briefs") or [], zone, MOST_FROZEN),
        int(number),
        _maybe(raw.get("name"), zone),
        (_maybe(masthead.get("title"), zone), _maybe(masthead.get("tagline"), zone)),
        {
            _text(id_, zone): (_text(said["title"], zone), _maybe(said.get("summary"), zone))
            for id_, said in words.items()
        },
    )


def _maybe(raw: Any, zone: ZoneInfo) -> str:
    """A text, empty where there is none."""
    return "" if empty(raw) else _text(raw, zone)


def _tag(raw: Any, _: ZoneInfo) -> str:
    raw = raw.replace("_", "-") if isinstance(raw, str) else raw  # as programs' own settings have it: zh_CN
    if not isinstance(raw, str) or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", raw):
        raise ValueError("a language tag such as en or pt-BR")
    return raw


_SOURCE = "a source: name, url, file, sha256, licence, generated"

STORY: dict[str, Field] = {
    "id": Field(_text, required=True),
    "title": Field(_text, required=True),
    "date": Field(day, required=True, text=False),
    "updated": Field(moment, text=False),
    "section": Field(_text),
    "authors": Field(_texts),
    "summary": Field(_text),
    "topics": Field(_texts),
    "thread": Field(_text),
    "priority": Field(_one_of("lead", "normal", "brief")),
    "image": Field(_picture, text=False),
    "audio": Field(_audio),
    "source": Field(_source),
    "also": Field(_texts),
    "related": Field(_texts),
    "corrections": Field(_corrections),
    "retracted": Field(_retracted),
    "status": Field(_one_of("published", "draft")),
    "reason": Field(_text),
    "takes_back": Field(_text),
    "expires": Field(moment, text=False),
    "aliases": Field(_paths),
    "lang": Field(_tag),
    "translation_of": Field(_text),
    "review": Field(_texts),
}


@functools.cache
def story(keys: tuple[str, ...]) -> Mapping[str, Field]:
    """The keys of a story on a site whose own taxonomies have these keys."""
    return STORY | {key: Field(_texts, own=True) for key in keys}


PROSE: dict[str, Field] = {
    "title": Field(_text, required=True),
    "summary": Field(_text),
    "lang": Field(_tag),
    "status": Field(_one_of("published", "draft")),
    "expires": Field(moment, text=False),
    "aliases": Field(_paths),
}

EDITION: dict[str, Field] = {
    "title": Field(_text),
    "lead": Field(_text),
    "order": Field(_texts),
    "pin": Field(_texts),
    "briefs": Field(_texts),
    "frozen": Field(_frozen),
}

# What other generators call keys that hold texts, for raw files and imports.
_FOREIGN = (
    "author", "by", "byline", "canonical", "canonical_url", "categories", "category", "dek", "description", "excerpt",
    "guid", "headline", "keywords", "language", "licence", "license", "link", "linktitle", "locale", "original_url",
    "permalink", "rights", "slug", "subtitle", "tag", "tags", "url",
)  # fmt: skip
TEXT = frozenset((*(key for known in (STORY, PROSE, EDITION) for key, field in known.items() if field.text), *_FOREIGN))
# Keys of pictures: their words are texts, and the value itself may be false, which says that there is none.
WORDED = frozenset(("image", "images", "cover", "featured_image", "featureimage", "thumbnail", "banner", "header"))
