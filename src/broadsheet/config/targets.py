"""The places where a site can be published, typed: [tool.broadsheet.targets.NAME] of its settings.

In: the table of targets as TOML gave it. Out: a ``Target`` for each name, and a problem with its line for each key that
is unknown, missing or wrong. No secret has a key here: those stand in the environment, or where git, ssh and the tools
of the clouds keep them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, get_args
from urllib.parse import urlsplit

import msgspec

from broadsheet import iri
from broadsheet.config.rules import Lines, checked
from broadsheet.errors import Problem, error, warning
from broadsheet.text import did_you_mean

KEEP = 5  # releases that a target keeps where its settings say nothing else


class _TargetSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What all targets have: ``url`` is where readers find what was sent; without it that is not checked afterwards.

    Each kind has a method ``place``: where its files go, as words that compare. Two targets with the same place would
    delete one another's files. Its ``root`` is the folder of the site, at which a relative path begins.
    """

    required: ClassVar[tuple[str, ...]] = ()

    url: str = ""


class FolderTarget(_TargetSettings, frozen=True, tag="folder", kw_only=True):
    """A folder of this machine: ``path``/current links to the newest of ``keep`` releases below ``path``/releases."""

    required: ClassVar[tuple[str, ...]] = ("path",)

    path: str = ""
    keep: int = KEEP

    def place(self, root: Path) -> tuple[str, ...]:
        """The folder."""
        return ("folder", str((root / Path(self.path).expanduser()).resolve()))


class GitTarget(_TargetSettings, frozen=True, tag="git", kw_only=True):
    """A branch that a host serves as pages.

    ``repository`` is an address, a path, or the name of a remote of the site's own repository; ``domain`` goes into
    the file CNAME.
    """

    repository: str = "origin"
    branch: str = "pages"
    domain: str = ""

    def place(self, _root: Path) -> tuple[str, ...]:
        """The branch of the repository."""
        return ("git", self.repository, self.branch)


class S3Target(_TargetSettings, frozen=True, tag="s3", kw_only=True):
    """A bucket of S3, or of a compatible service at ``endpoint``; ``profile`` is a profile of the AWS tools.

    The files of the newest ``keep`` releases stay on the machine that published them, for ``publish --rollback``.
    """

    required: ClassVar[tuple[str, ...]] = ("bucket",)

    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    profile: str = ""
    keep: int = KEEP

    def place(self, _root: Path) -> tuple[str, ...]:
        """The bucket and the beginning of its keys."""
        return ("s3", self.endpoint.rstrip("/"), self.bucket, self.prefix.strip("/"))


class RsyncTarget(_TargetSettings, frozen=True, tag="rsync", kw_only=True):
    """A folder of another machine, as ``you@host:/var/www/news``; ``ssh`` are further arguments for ssh.

    The files of the newest ``keep`` releases stay on the machine that published them, for ``publish --rollback``.
    """

    required: ClassVar[tuple[str, ...]] = ("destination",)

    destination: str = ""
    ssh: tuple[str, ...] = ()
    keep: int = KEEP

    def place(self, _root: Path) -> tuple[str, ...]:
        """The folder of the other machine."""
        return ("rsync", self.destination.rstrip("/"))


Target = FolderTarget | GitTarget | S3Target | RsyncTarget


KINDS: Mapping[str, type[Target]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Target)}

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")  # it names the file of the record too


def check(targets: Any, place: Lines) -> list[Problem]:
    """What is wrong with the table of targets; ``place`` tells where a target, or a key of it, stands."""
    if not isinstance(targets, dict):
        return [error("settings-type", "targets: expected a table for each target", place())]
    return [problem for name, table in targets.items() for problem in _target(name, table, place)]


def _target(name: str, table: Any, place: Lines) -> list[Problem]:
    where = f"targets.{name}"
    if not NAME.fullmatch(name):
        hint = "Letters, digits, hyphens: it also names the record of what was published."
        return [error("settings-value", f"{where}: {name!r} cannot name a target", place(name), hint)]
    if not isinstance(table, dict):
        return [error("settings-type", f"{where}: expected a table", place(name))]
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        said = f"unknown kind {kind!r}" if "kind" in table else "kind is missing"
        return [error("settings-value", f"{where}: {said}", place(name, "kind"), did_you_mean(str(kind), KINDS))]
    made = KINDS[kind]
    problems = [
        error("settings-missing", f"{where}: {key} is missing", place(name), f"Add a line '{key} = …'.")
        for key in made.required
        if not table.get(key)
    ]
    named = where, functools.partial(place, name)
    _, wrong = checked(table, made, named, lambda key: _EXPECTED.get(key, "a text"), _complaint, ("kind",))
    return [*problems, *wrong]


_EXPECTED: Mapping[str, str] = {"keep": "a whole number", "ssh": "a list of texts"}


def _text_complaint(value: str) -> str:
    """What keeps any text from being used."""
    if value.startswith("-") or not value.isprintable():
        return f"{value!r} cannot be used"
    if any(len(part.encode()) > _PART for part in value.split("/")) or len(value) > _LONGEST:
        return f"it has {len(value):,} characters, and no name in it may have more than {_PART}"
    if _password(value):
        return "holds a password; leave that to the environment or the tool's own store"
    return ""


def _complaint(key: str, value: Any) -> str:
    """What is wrong with a value of the right type, or nothing. No value may be taken for an option of a program."""
    if isinstance(value, str) and (said := _text_complaint(value)):
        return said
    if key in ("url", "endpoint") and value:
        return "" if iri.absolute(value) else f"{value!r} is not an http address"
    if key == "domain" and value and (set(value) & set("/:@?# ") or not iri.absolute(f"https://{value}/")):
        return f"{value!r} is not the name of a host"
    if key == "keep" and value < 1:
        return f"{value} is not above 0"
    if key == "branch" and (not re.fullmatch(r"[\w][\w./-]*", value) or ".." in value or value.endswith(("/", "."))):
        return f"{value!r} is not the name of a branch"
    if key == "prefix" and (value.startswith("/") or ".." in value):
        return f"{value!r} is not the beginning of a key"
    if key == "destination" and not re.match(r"[^/:]+:.", value):
        return f"{value!r} is not a folder of another machine, such as 'you@example.org:/var/www/news'"
    return ""


def doubts(targets: Mapping[str, Target], url: str, place: Lines) -> Iterator[Problem]:
    """A warning for each branch with a domain of its own, at which the site is not where its own links lead.

    What serves a branch under the name in CNAME serves it at the root of that host. ``url`` is the site's.
    """
    for name, target in targets.items():
        if not isinstance(target, GitTarget) or not target.domain:
            continue
        host = iri.host(target.domain).lower()
        for key, address, at in (("url", url, ("url",)), (f"targets.{name}.url", target.url, (name, "url"))):
            parts = urlsplit(iri.absolute(address))
            if parts.path.strip("/"):
                said = f"{key}: {parts.path!r} does not exist below {target.domain}: the branch is served at its root"
            elif address and _bare(parts.hostname or "") != _bare(host):
                said = f"{key}: links and feeds name {parts.hostname}, and targets.{name}.domain is {target.domain}"
            else:
                continue
            hint = f'Write {key.rpartition(".")[2]} = "https://{target.domain}/", or delete the domain.'
            yield warning("target-domain", said, place(*at), hint)


def _bare(host: str) -> str:
    """A host without "www.": those that serve branches lead from the one name to the other."""
    return host.lower().removeprefix("www.")


_PART, _LONGEST = 255, 1_000  # bytes of a name in a path, characters of all of it
_LOGIN = re.compile(r"[^/@:\s]+:[^/@\s]+@[^/@:\s]+:")  # before a folder of another machine, as in user:word@host:/www


def _password(value: str) -> bool:
    try:
        return bool(urlsplit(value).password) or _LOGIN.match(value) is not None
    except ValueError:
        return "@" in value
