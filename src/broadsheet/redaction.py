"""Redaction: text without the secrets that addresses carry.

In: any text that a person or a file may come to see. Out: the same text with "…" in place of logins, and of the values
of query parameters that grant access. Every problem passes through here when it is made, whatever raised it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit, urlunsplit

MARK = "…"

# A password may hold "/", "?" or "@" as it was typed, so a login that has one ends at the last "@" of the word. Digits
# up to a "/" are a port, and an "@" behind them belongs to the path: https://example.org:8080/@name.
_LOGIN = re.compile(r"(?<=://)(?:[^/?#\s\"'<>:@\[]+:(?!\d+(?:[/?#]|$))[^\s\"'<>]*@|[^/?#\s\"'<>]*@)")
_PARAMETER = re.compile(r"(?<=[?&#;])([\w.$%\[\]-]{1,80})=([^&#;\s\"'<>]+)")

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = frozenset({
    "auth", "authorization", "bearer", "hmac", "jwt", "key", "oauth", "pass", "psw", "pw", "pwd", "session", "sid",
    "sig", "sign",
})  # fmt: skip
_PARTS = re.compile(r"token|secret|passw|passphrase|credential|api_?key|access_?key|sess(?:ion)?_?id|signature")
_SIGNED = ("x_amz_", "x_goog_", "x_oss_", "x_cos_")  # presigned addresses of object stores: each part is the grant


def redacted(text: str) -> str:
    """A text in which no address shows a login, or the value of a parameter that grants access."""
    if "://" in text:
        text = _LOGIN.sub(f"{MARK}@", text)
    if "=" in text:
        text = _PARAMETER.sub(lambda found: f"{found[1]}={MARK}" if secret(found[1]) else found[0], text)
    return text


def secret(name: str) -> bool:
    """Whether the value of a parameter with this name grants access: token, apiKey, X-Amz-Signature; not keyword."""
    plain = re.sub(r"[^a-z0-9]+", "_", _HUMP.sub("_", unquote(name)).lower()).strip("_")
    return plain.startswith(_SIGNED) or not _WORDS.isdisjoint(plain.split("_")) or _PARTS.search(plain) is not None


def public(address: str) -> str:
    """An address that can be printed as a link: without its login, and without the parameters that grant access.

    Raises ValueError for what is no address.
    """
    parts = urlsplit(address)
    kept = (_kept(parts.query), _kept(parts.fragment) if "=" in parts.fragment else parts.fragment)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, *kept))


def _kept(pairs: str) -> str:
    return "&".join(pair for pair in pairs.split("&") if "=" not in pair or not secret(pair.partition("=")[0]))
