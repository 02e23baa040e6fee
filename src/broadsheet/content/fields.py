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
from broadsheet.content.visibility import Mark, day, moment
from broadsheet.errors import Place, Problem, error, warning
from broadsheet.model import Audio, Correction, Credit, Frozen, Picture
from broadsheet.text import blank, did_you_mean, typed

LONGEST = 10_000  # characters of a text value
HEADLINE = 1_000  # characters of a title, which every list and feed prints: a body that slipped into it is no title
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # in XML; YAML can spell them
LINES = 5  # on what matters in an edition: more is a second table of contents
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


# Misspellings of ``retracted``. They are errors: as unknown keys they would leave the retracted text on the site.
_RETRACTIONS = frozenset({"retracted", "retraction", "retract"})
_RETRACT = "Write 'retracted: {date: 2025-05-08, text: \"Why it was taken back.\"}', or delete the line."
_TAG = "A tag is the code of one language, such as de for German. Delete the line to use the language of the site."


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
            message = f"{key} is misspelt: the key of a retraction is 'retracted'"
            problems.append(error("value", message, place(key), _RETRACT))
        elif field is None:
            own = visibility.ELSEWHERE.get(key.casefold(), "")
            hint = f"Write {own!r} here." if own in known else did_you_mean(key, known)
            message = f"unknown key {key!r}: it is kept and passed to the theme"
            problems.append(warning("key-unknown", message, place(key), hint))
        elif raw.strip() if type(raw) is str else not empty(raw):
            try:
                values[key] = field.check(raw, zone)
            except (ValueError, OverflowError) as cause:
                problems.append(error("value", f"{key}: {_shown(raw)} is not {cause}", place(key), _remedy(field, raw)))
    for key, mark in marks:
        said = f"{key}: {_shown(meta[key])}"
        problems += _marked(said, mark, values, place(key))
        if "retracted" in values and (mark.says == "hidden" or (mark.says == "from" and "embargo" in values)):
            hint = "Delete the line, so that readers who know the story find the notice; or delete 'retracted'."
            message = f"{said}, but it is retracted: if it was published, the notice is shown all the same"
            problems.append(warning("retracted-held", message, place(key), hint))
    problems += _missing(meta, known, values, place)
    return values, problems


def _missing(
    meta: Mapping[str, Any], known: Mapping[str, Field], values: Mapping[str, Any], place: Callable[[str], Place]
) -> Iterator[Problem]:
    """An error for each key that is required and not there; a warning for a title of which nothing can be seen."""
    for key, field in known.items():
        if field.required and key not in values and empty(meta.get(key)):
            if key == "date" and values.get("status") == "draft" and "retracted" not in values:
                continue  # no date is made up for what nobody has dated: it is due when the story is published
            message = f"{key} is {'empty' if key in meta else 'missing'}"
            how = " It can be any text that no other story has, and must never change." if key == "id" else ""
            yield error("key-missing", message, place(key), f"Add a line '{key}: …'.{how}")
    if "title" in values and blank(values["title"]):
        hint = "Readers, feeds and search engines need a title: write one."
        yield warning("title-empty", "title: it has no visible characters", place("title"), hint)


def _marked(said: str, mark: Mark, values: dict[str, Any], place: Place) -> Iterator[Problem]:
    """Take a mark of who may read a text into its values, and a warning where it is another generator's."""
    if mark.says == "hidden":
        values["status"], hint = "draft", "Write 'status: draft' instead, or delete the line to publish it."
        if not mark.sure:
            message = f"{said} is neither true, false nor a date: read as 'status: draft', so it is not published"
            yield warning("held", message, place, hint)
        elif said != "status: 'draft'":
            yield warning("held", f"{said} is read as 'status: draft': it is not published", place, hint)
    elif mark.says == "from" and mark.moment:
        dated = values.get("date")
        if dated is None or mark.moment > dated.moment:
            values["embargo"] = max(mark.moment, values.get("embargo", mark.moment))
            hint = "To publish a story later, give it a later date."
            yield warning("held", f"{said}: it is not published before", place, hint)
    elif mark.says == "until" and mark.moment:
        values["expires"] = min(mark.moment, values.get("expires", mark.moment))
        yield warning("held", f"{said} is read as 'expires': it is taken off the site after", place, "Write that.")


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


def _remedy(field: Field, raw: Any) -> str:
    """What to write in place of a wrong value, where the message does not say it."""
    if field.check not in (text_value, title_value, text_values):
        return _RETRACT if field.check is retraction_value else _TAG if field.check is tag_value else ""
    if isinstance(raw, dict) or (isinstance(raw, list) and any(isinstance(one, dict) for one in raw)):
        return "Put text that contains a colon in quotes."
    return "Write one text, without a list." if isinstance(raw, list) and field.check is not text_values else ""


def _shown(raw: Any) -> str:
    text = repr(raw) if isinstance(raw, str) else typed(plain(raw))
    return text if len(text) <= 60 else f"{text[:60]}…"


def text_value(raw: Any, _: ZoneInfo, most: int = LONGEST) -> str:
    """A text on one line, or of a few."""
    text = raw.strip() if isinstance(raw, str) else ""
    if "  " in text or not text.isprintable():
        text = " ".join(FORBIDDEN.sub("", text).split())
    if not text:
        raise ValueError("a text")
    if len(text) > most:
        raise ValueError(f"a text of at most {most:,} characters: it has {len(text):,}")
    return text


def title_value(raw: Any, zone: ZoneInfo) -> str:
    """A headline."""
    return text_value(raw, zone, HEADLINE)


def text_values(raw: Any, zone: ZoneInfo, most: int = MOST) -> tuple[str, ...]:
    """Texts, each once; one alone needs no list."""
    items = [item for item in raw if not _blank(item)] if isinstance(raw, list) else [raw]
    if len(items) > most:
        raise ValueError(f"a list of at most {most}")
    try:
        return tuple(dict.fromkeys(text_value(item, zone) for item in items))
    except ValueError:
        raise ValueError("a list of texts") from None


def line_values(raw: Any, zone: ZoneInfo) -> tuple[str, ...]:
    """A few lines, each once."""
    return text_values(raw, zone, LINES)


def _word(words: tuple[str, ...], raw: Any, _: ZoneInfo) -> str:
    if raw not in words:
        hint = did_you_mean(str(raw), words) if len(str(raw)) < 40 else ""
        raise ValueError(f"one of {', '.join(words)}. {hint}".strip())
    return str(raw)


def _record(kind: type[Any], expected: str) -> Check:
    def check_record(raw: Any, zone: ZoneInfo) -> Any:
        """A value of ``kind``; None where each of its keys is empty."""
        raw = {kind.__struct_fields__[0]: raw} if isinstance(raw, str) else raw
        if not isinstance(raw, dict) or not set(raw) <= set(kind.__struct_fields__):
            raise ValueError(expected)
        values = {key: text_value(value, zone) for key, value in raw.items() if not empty(value)}
        return kind(**values) if values else None

    return check_record


def picture_value(raw: Any, zone: ZoneInfo) -> Picture | None:
    """A picture, or the name of its file."""
    if raw is False:  # as other generators say that there is none
        return None
    picture: Picture | None = _record(Picture, "a picture: src, and alt, caption, credit, focus")(raw, zone)
    if picture and picture.focus:
        picture = msgspec.structs.replace(picture, focus=_focus(picture.focus))
    if picture and _SCHEME.match(picture.src):
        raise ValueError("a picture whose src is a file below content/ or an http address")
    return picture


_SCHEME = re.compile(r"(?!https?:)[a-zA-Z][a-zA-Z0-9+.-]*:")
_ACROSS = {"left": 0, "right": 100}
_DOWN = {"top": 0, "bottom": 100}


def _focus(said: str) -> str:
    """The point of a picture that is seen wherever it is cropped, in per cent from left and from top: "30% 20%"."""
    words = said.lower().split()
    if 1 <= len(words) <= 2 and words[0] in {**_DOWN, "center": 50} and words[-1] not in _DOWN:
        words.reverse()  # as style sheets take them: "top left" is "left top"
    if len(words) == 1:
        words = ["center", *words] if words[0] in _DOWN else [*words, "center"]
    for known, place in ((_ACROSS, 0), (_DOWN, 1)) if len(words) == 2 else ():
        points = {**known, "center": 50}
        words[place] = f"{points[words[place]]}%" if words[place] in points else words[place]
    if len(words) != 2 or not all(re.fullmatch(r"(100|[0-9]{1,2})%", word) for word in words):
        raise ValueError('a picture whose focus is a point of it, such as "top", "left center" or "30% 20%"')
    return " ".join(words)


def audio_value(raw: Any, zone: ZoneInfo) -> Audio | None:
    """A sound, or the name of its file."""
    audio: Audio | None = _record(Audio, "a sound: src, and type, length, duration")(raw, zone)
    if audio and _SCHEME.match(audio.src):
        raise ValueError("a sound whose src is a file below content/ or an http address")
    return audio


def source_value(raw: Any, zone: ZoneInfo) -> Credit | None:
    """Where a story came from."""
    credit: Credit | None = _record(Credit, _SOURCE)(raw, zone)
    if credit and credit.url and not re.match(r"https?://", credit.url, re.IGNORECASE):
        raise ValueError("a source whose url is an http address")  # any other scheme would be a live link
    return credit


def correction_values(raw: Any, zone: ZoneInfo) -> tuple[Correction, ...]:
    """Corrections, each with a date and a text."""
    items = [item for item in raw if not _blank(item)] if isinstance(raw, list) else []
    if not items or not all(isinstance(item, dict) and set(item) == {"date", "text"} for item in items):
        raise ValueError("a list of corrections, each with date and text")
    return tuple(Correction(moment(item["date"], zone), text_value(item["text"], zone)) for item in items)


def retraction_value(raw: Any, zone: ZoneInfo) -> Correction:
    """A retraction: its date and text."""
    if not isinstance(raw, dict) or set(raw) != {"date", "text"} or empty(raw["text"]):
        raise ValueError("a retraction: date and text")
    return Correction(moment(raw["date"], zone), text_value(raw["text"], zone))


def path_values(raw: Any, zone: ZoneInfo) -> tuple[str, ...]:
    """Paths from the root of the site."""
    paths = text_values(raw, zone)
    if not all(re.fullmatch(r"/(?!/)[^\s?#\\]*", path) and ".." not in path.split("/") for path in paths):
        raise ValueError("a list of paths that begin with /")
    return paths


def _frozen(raw: Any, zone: ZoneInfo) -> Frozen:
    expected = (
        "a frozen edition: number, lead, desks (each with section and stories), briefs, and what was printed of it, "
        "as 'edition freeze' writes it"
    )
    table = raw if isinstance(raw, dict) else {}
    desks, masthead, words = table.get("desks") or [], table.get("masthead") or {}, table.get("words") or {}
    number = str(table.get("number") or 0)
    typed_right = isinstance(desks, list) and isinstance(masthead, dict) and isinstance(words, dict)
    if not (
        typed_right and table.get("lead") and re.fullmatch(r"[0-9]{1,6}", number) and len(words) <= MOST_FROZEN
        and all(isinstance(desk, dict) and desk.get("stories") for desk in desks)
        and all(isinstance(said, dict) and said.get("title") for said in words.values())
    ):  # fmt: skip
        raise ValueError(expected)
    return Frozen(
        text_value(table["lead"], zone),
        tuple((str(desk.get("section") or ""), text_values(desk["stories"], zone, MOST_FROZEN)) for desk in desks),
        text_values(table.get("briefs") or [], zone, MOST_FROZEN),
        int(number),
        _maybe(table.get("name"), zone),
        (_maybe(masthead.get("title"), zone), _maybe(masthead.get("tagline"), zone)),
        {
            text_value(id_, zone): (text_value(said["title"], zone), _maybe(said.get("summary"), zone))
            for id_, said in words.items()
        },
    )


def _maybe(raw: Any, zone: ZoneInfo) -> str:
    """A text, empty where there is none."""
    return "" if empty(raw) else text_value(raw, zone)


def tag_value(raw: Any, _: ZoneInfo) -> str:
    """A language tag (BCP 47)."""
    raw = raw.replace("_", "-") if isinstance(raw, str) else raw  # as programs' own settings have it: zh_CN
    if not isinstance(raw, str) or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", raw):
        raise ValueError("a language tag such as en or pt-BR")
    return raw


_SOURCE = "a source: name, url, file, sha256, licence, generated"

STORY: dict[str, Field] = {
    "id": Field(text_value, required=True),
    "title": Field(title_value, required=True),
    "date": Field(day, required=True, text=False),
    "updated": Field(moment, text=False),
    "section": Field(text_value),
    "authors": Field(text_values),
    "summary": Field(text_value),
    "points": Field(text_values),
    "topics": Field(text_values),
    "thread": Field(text_value),
    "priority": Field(functools.partial(_word, ("lead", "normal", "brief"))),
    "image": Field(picture_value, text=False),
    "audio": Field(audio_value),
    "source": Field(source_value),
    "also": Field(text_values),
    "related": Field(text_values),
    "corrections": Field(correction_values),
    "retracted": Field(retraction_value),
    "status": Field(functools.partial(_word, ("published", "draft"))),
    "reason": Field(text_value),
    "takes_back": Field(text_value),
    "expires": Field(moment, text=False),
    "aliases": Field(path_values),
    "lang": Field(tag_value),
    "translation_of": Field(text_value),
    "ai": Field(functools.partial(_word, ("none", "assisted", "generated"))),
    "review": Field(text_values),
}


@functools.cache
def story(keys: tuple[str, ...]) -> Mapping[str, Field]:
    """The keys of a story on a site whose own taxonomies have these keys."""
    return STORY | {key: Field(text_values, own=True) for key in keys}


PROSE: dict[str, Field] = {
    "title": Field(title_value, required=True),
    "summary": Field(text_value),
    "lang": Field(tag_value),
    "status": Field(functools.partial(_word, ("published", "draft"))),
    "expires": Field(moment, text=False),
    "aliases": Field(path_values),
}

EDITION: dict[str, Field] = {
    "title": Field(title_value),
    "lead": Field(text_value),
    "order": Field(text_values),
    "pin": Field(text_values),
    "briefs": Field(text_values),
    "matters": Field(line_values),
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
