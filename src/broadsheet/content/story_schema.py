"""The front matter of a story as JSON Schema, for editors that complete and check it.

In: the table of keys by which front matter is checked, and further keys of a site. Out: a schema (draft 2020-12).
Keys that are not in it are allowed, as themes may use them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from broadsheet.content import fields, visibility
from broadsheet.content.fields import Check
from broadsheet.model import Audio, Credit, Picture

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ABOUT = {
    "id": "Identifies the story permanently, also in feeds. Never change it.",
    "title": "The headline.",
    "date": "When the story was or will be published. Readers do not see it before.",
    "updated": "When the story was last changed in substance.",
    "section": "One of the sections in the settings.",
    "authors": "The bylines.",
    "summary": "One or two sentences for lists, feeds and search engines.",
    "points": "Key points, shown above the text.",
    "topics": "What the story is about: each topic has a page.",
    "thread": "The running story it belongs to. Usually it is found by itself.",
    "priority": "The place in the edition: lead, normal or brief.",
    "image": "The main picture.",
    "audio": "The sound of the story.",
    "source": "Where the story came from, written by ingest.",
    "also": "Ids of other reports of the same event; 'not ID' parts a story from one, and none from all.",
    "related": "Ids of stories to read with this one.",
    "corrections": "What was wrong, and when it was corrected. Readers and feeds show it.",
    "retracted": "Why the story was taken back. Readers see this in place of the text.",
    "status": "A draft is not published.",
    "reason": "Why ingest held the story back. Delete it together with status.",
    "takes_back": "The story that this notice takes back.",
    "expires": "From then on the story is not shown.",
    "aliases": "Old addresses that redirect to the story.",
    "lang": "The language, if it is not that of the site.",
    "translation_of": "The id of the story that this one translates.",
    "ai": "How much of the text an AI wrote: none, assisted or generated. Readers and feeds are shown it.",
    "review": "Fields that ingest was not sure of. Check them, then delete the key.",
}
_OWN = "The terms of the story in a grouping of this site: a text, or a list of texts."
_TEXT: Mapping[str, Any] = {"type": ["string", "number", "boolean"]}
_TEXTS: Mapping[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "maxItems": fields.MOST}]}
_MOMENT: Mapping[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$"}
_DATED: Mapping[str, Any] = {
    "type": "object",
    "properties": {"date": _MOMENT, "text": _TEXT},
    "required": ["date", "text"],
    "additionalProperties": False,
}
_PATH: Mapping[str, Any] = {"type": "string", "pattern": r"^/(?!/)[^\s?#\\]*$"}


def _record(kind: type) -> Mapping[str, Any]:
    names: tuple[str, ...] = getattr(kind, "__struct_fields__", ())
    record = {"type": "object", "properties": dict.fromkeys(names, _TEXT), "additionalProperties": False}
    return {"anyOf": [{"type": "string"}, record]}


_SHAPES: Mapping[Check, Mapping[str, Any]] = {
    fields.text_value: _TEXT,
    fields.title_value: {"type": ["string", "number", "boolean"], "maxLength": fields.HEADLINE},
    fields.text_values: _TEXTS,
    visibility.day: _MOMENT,
    visibility.moment: _MOMENT,
    fields.picture_value: {"anyOf": [*_record(Picture)["anyOf"], {"const": False}]},
    fields.audio_value: _record(Audio),
    fields.source_value: _record(Credit),
    fields.correction_values: {"type": "array", "items": _DATED},
    fields.retraction_value: _DATED,
    fields.path_values: {"anyOf": [_PATH, {"type": "array", "items": _PATH}]},
    fields.tag_value: {"type": "string", "pattern": r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$"},
}


def schema(keys: tuple[str, ...] = (), sections: tuple[str, ...] = ()) -> dict[str, Any]:
    """The schema of a story; ``keys`` are those of a site's own taxonomies, ``sections`` are offered as examples."""
    known = fields.story(keys)
    properties = {
        key: {**_shape(field.check), "description": _ABOUT[key] if key in fields.STORY else _OWN}
        for key, field in known.items()
    }
    if sections:
        properties["section"]["examples"] = list(sections)
    return {
        "$schema": DIALECT,
        "title": "Front matter of a story of Broadsheet",
        "type": "object",
        "properties": properties,
        # A draft needs no date yet.
        "required": [key for key, field in known.items() if field.required and key != "date"],
    }


def _shape(check: Check) -> Mapping[str, Any]:
    if isinstance(check, functools.partial):
        return {"enum": list(check.args[0])}
    return _SHAPES[check]
