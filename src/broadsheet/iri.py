"""Addresses as people write them → addresses in ASCII, as feeds, headers and servers take them (RFC 3987, section 3.1).

In: a path, a host, an http address. Out: the same, percent-encoded exactly once, its host in Punycode. Nothing else in
Broadsheet encodes a path of the site, so that one address has one spelling wherever it stands, and can be compared.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

LABEL = 63  # characters of a part of a host's name (RFC 1035, 2.3.4)

_plain = re.compile(r"[A-Za-z0-9_./~-]*").fullmatch  # what quote() leaves as it is; ten times as fast
_DOTS = re.compile("[.\u3002\uff0e\uff61]")  # what stands for a dot between the parts of a host (UTS #46)
_LONE = re.compile(r"%(?![0-9A-Fa-f]{2})")  # a per cent sign that encodes nothing
_NO_HOST = re.compile(r'[\s<>"\\^`{|}]')  # in no host, and in no port
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def split(address: str) -> SplitResult:
    """The parts of an address that anyone may have written; all are empty where it has none, as in ``http://[::1``."""
    try:
        return urlsplit(address)
    except ValueError:
        return _NO_PARTS


_NO_PARTS = SplitResult("", "", "", "", "")


def encoded(path: str) -> str:
    """A path as a file system has it, such as ``sections/политика/``, percent-encoded."""
    return path if _plain(path) else quote(path)


def once(path: str) -> str:
    """A path that may be percent-encoded already, in whole or in part, encoded exactly once."""
    return path if _plain(path) else quote(unquote(path))


def matched(path: str) -> str:
    """The same for a host's table of redirects: what browsers send as it is stays so, but for marks of patterns."""
    return quote(unquote(path), safe="/!$&'()+,;=@~")


def host(netloc: str) -> str:
    """A host, with a port and a user where it has them, in ASCII. Raises ValueError for what names no host.

    Labels are encoded as UTS #46 has them without transitional processing, as browsers do: ``ß`` stays apart from
    ``ss``, which Python's own codec (IDNA 2003) makes one.
    """
    if netloc.isascii():
        return netloc
    user, at, rest = netloc.rpartition("@")
    name, colon, port = rest.partition(":")
    return f"{quote(user, safe=':%')}{at}{'.'.join(map(_label, _DOTS.split(name)))}{colon}{port}"


def _label(label: str) -> str:
    text = unicodedata.normalize("NFKC", label)
    text = unicodedata.normalize("NFC", "".join(character.lower() for character in text))
    made = text if text.isascii() else f"xn--{text.encode('punycode').decode()}"
    if not 0 < len(made) <= LABEL or not text.isprintable():
        raise ValueError(f"{label!r} is no part of a host's name")
    return made


def absolute(address: str) -> str:
    """An http address in ASCII, what is percent-encoded in it left as it is; empty for what is no http address.

    Python passes over the end of a line within an address. Whatever prints it as it was typed would begin a line with
    the rest: in robots.txt, in a table of headers. So an address with a control character is none.
    """
    if _CONTROL.search(address):
        return ""
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or _NO_HOST.search(parts.netloc):
            return ""
        where = host(parts.netloc)
        urlsplit(f"//{where}").port  # noqa: B018, it raises where the port is no number
    except ValueError:
        return ""
    rest = (
        quote(_LONE.sub("%25", part), safe="/%:@!$&'()*+,;=~?-._") for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, where, *rest))
