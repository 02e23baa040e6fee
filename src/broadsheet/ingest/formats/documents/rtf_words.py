"""The words of RTF: which groups hold no text of the story, which stand for a character, what holds inside a group.

In: words and numbers. Out: tables, and the ``State`` of a group. Source: Microsoft's
Rich Text Format Specification 1.9.1.
"""

from __future__ import annotations

import datetime as dt
import re

import msgspec

# Groups whose text is none of the story, and what is done with it: kept apart under a name, or nothing at all.
APART = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
    "footnote": "note", "annotation": "comment", "atnauthor": "author", "fldinst": "field", "listtext": "mark",
    "pntext": "mark",
    "fonttbl": "fonts", "stylesheet": "styles", "title": "title", "author": "creator", "creatim": "created",
    "revtim": "changed",
    "pict": "picture",
}  # fmt: skip
SKIPPED = frozenset((
    "colortbl", "listtable", "listoverridetable", "nonshppict", "objdata", "sp", "xe", "tc", "tcn", "bkmkstart",
    "bkmkend",
    "rsidtbl", "themedata", "datastore", "latentstyles", "generator", "revtbl", "filetbl", "subject", "keywords",
    "comment",
    "operator", "company", "manager", "category", "doccomm", "hlinkbase", "printim", "buptim", "atnid", "atnref",
    "atndate",
    "atntime", "atnparent", "atnicn", "pn", "private", "template", "mmathPr", "xmlnstbl", "ftnsep", "ftnsepc",
    "aftnsep",
    "aftnsepc", "pgdsctbl", "background", "fldtype", "datafield", "formfield", "private1", "userprops", "wgrffmtfilter",
))  # fmt: skip
KEPT = frozenset(
    (
        "shppict",
        "shpinst",
        "shptxt",
        "ud",
        "footnote",
        "annotation",
        "atnauthor",
        "fldinst",
        "pntext",
        "listtext",
        "moMath",
        "mr",
        "mt",
    )
)
MARKS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "tab": " ",
    "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    254: "cp437",
}  # fmt: skip
LINK = re.compile(r"HYPERLINK\s+(?:\\\\?\w\s+)*\"?([^\"\s]+)", re.IGNORECASE)
NUMBERED = re.compile(r"\(?(\d{1,4})[.)]|[a-z][.)]|[ivx]{1,6}[.)]", re.IGNORECASE)
CODES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
# The kinds of pictures, with the endings of those that browsers show.
PICTURE_KINDS = {
    "pngblip": "png", "jpegblip": "jpg", "emfblip": "", "wmetafile": "", "macpict": "", "dibitmap": "", "wbitmap": "",
}  # fmt: skip
TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n\0]+)|[\r\n\0]+|\\'?"
)


class State(msgspec.Struct):
    """What holds inside a group, and ends with it."""

    into: str = ""  # where text goes: "" into the story
    skip: bool = False
    strong: bool = False
    emphasis: bool = False
    hidden: bool = False
    deleted: bool = False
    symbol: bool = False
    fallback: int = 1  # characters after \u that stand in for it
    charset: str = ""
    href: str = ""
    starred: bool = False
    fresh: bool = True  # nothing has come yet in this group

    def inner(self) -> State:
        """The state of a group that begins here."""
        return msgspec.structs.replace(self, starred=False, fresh=True)


def codec(name: str, default: str) -> str:
    """A charset as Python calls it; ``default`` where it knows none of that name."""
    try:
        "".encode(name)
    except LookupError:
        return {"cp65001": "utf-8", "cp10000": "mac_roman"}.get(name, default)
    return name


def moment(fields: dict[str, int]) -> dt.datetime | None:
    """The moment that the words of a date give; None where they give none."""
    try:
        return dt.datetime(
            fields["yr"], fields["mo"], fields["dy"], fields.get("hr", 0), fields.get("min", 0), tzinfo=dt.UTC
        )
    except (KeyError, ValueError):
        return None
