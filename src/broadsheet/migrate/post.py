"""What another generator's site is read into: posts with their old addresses, and what they rest on.

In: nothing; these are the package's values. A post is complete once its generator's reader has made it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.errors import Problem

Generator = Literal["hugo", "jekyll", "pelican"]
GENERATORS: tuple[Generator, ...] = ("hugo", "jekyll", "pelican")


class Written(msgspec.Struct, frozen=True):
    """A file taken apart: its keys in lower case with the line of each, its text, and the line where that begins.

    ``problems`` are what is to be looked at in its head, which could be read.
    """

    meta: dict[str, Any]
    lines: dict[str, int]
    body: str
    first: int
    problems: tuple[Problem, ...] = ()


class Post(msgspec.Struct, frozen=True):
    """A post or page of the old site.

    ``file`` is its path below the folder, ``place`` its folder on disk, ``sha256`` that of its bytes. ``address`` is
    the path at which readers found it, ``guid`` its id in the old site's feed, where that can be known. ``day`` is its
    date, ``guessed`` where nothing gave one. ``section`` and ``topics`` are what its folders and keys say,
    ``draft`` what its folder says.
    """

    file: str
    place: Path
    sha256: str
    written: Written
    page: bool
    slug: str
    address: str
    day: dt.date
    guessed: bool = False
    draft: bool = False
    guid: str = ""
    section: str = ""
    topics: tuple[str, ...] = ()
    lang: str = ""


class Old(msgspec.Struct, frozen=True):
    """An old site: its posts, in the order of their files, and what could not be read.

    ``home`` is its folder, ``url`` its address, ``roots`` the folders in which an address such as /images/a.png is
    looked for, ``zone`` that of times without one, ``sources`` the folder that links between source files count from.
    ``authors`` are names by key, ``words`` the plain values that its texts may name.
    """

    kind: Generator
    home: Path
    url: str
    posts: tuple[Post, ...]
    problems: tuple[Problem, ...]
    roots: tuple[Path, ...]
    zone: ZoneInfo
    sources: str = ""
    authors: Mapping[str, str] = {}
    words: Mapping[str, str] = {}
