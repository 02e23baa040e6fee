"""The places where a site can be published, typed: [tool.broadsheet.targets.NAME] of its settings.

In: the table of targets as TOML gave it. Out: a ``Target`` for each name, and a problem with its line for each key that
is unknown, missing or wrong. No secret has a key here: those stand in the environment, or where git, ssh and the tools
of the clouds keep them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, get_args
from urllib.parse import urlsplit

import msgspec

from broadsheet import iri
from broadsheet.errors import Place, Problem, error
from broadsheet.text import did_you_mean

KEEP = 5  # releases that a target keeps where its settings say nothing else


class _TargetSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What all targets have: ``url`` is where readers find what was sent; without it nobody looks afterwards."""

    required: ClassVar[tuple[str, ...]] = ()

    url: str = ""


class FolderTarget(_TargetSettings, frozen=True, tag="folder", kw_only=True):
    """A folder of this machine: ``path``/current leads to the newest of ``keep`` releases below ``path``/releases."""

    required: ClassVar[tuple[str, ...]] = ("path",)

    path: str = ""
    keep: int = KEEP


class GitTarget(_TargetSettings, frozen=True, tag="git", kw_only=True):
    """A branch that a host serves as pages.

    ``repository`` is an address, a path, or the name of a remote of the site's own repository; ``domain`` goes into
    the file CNAME.
    """

    repository: str = "origin"
    branch: str = "pages"
    domain: str = ""


class S3Target(_TargetSettings, frozen=True, tag="s3", kw_only=True):
    """A bucket of S3, or of what speaks its language at ``endpoint``; ``profile`` is one of the AWS tools' own.

    The files of the newest ``keep`` releases stay on the machine that published them, for ``publish --rollback``.
    """

    required: ClassVar[tuple[str, ...]] = ("bucket",)

    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    profile: str = ""
    keep: int = KEEP


class RsyncTarget(_TargetSettings, frozen=True, tag="rsync", kw_only=True):
    """A folder of another machine, as ``you@host:/var/www/news``; ``ssh`` are further arguments for ssh.

    The files of the newest ``keep`` releases stay on the machine that published them, for ``publish --rollback``.
    """

    required: ClassVar[tuple[str, ...]] = ("destination",)

    destination: str = ""
    ssh: tuple[str, ...] = ()
    keep: int = KEEP


Target = FolderTarget | GitTarget | S3Target | RsyncTarget

KINDS: Mapping[str, type[Target]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Target)}

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")  # it names the file of the record too

Lines = Callable[..., Place]  # the place of a target, and of a key in it


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
    fields = {field.name: field for field in msgspec.structs.fields(made)}
    problems = [
        error("settings-missing", f"{where}: {key} is missing", place(name), f"Add a line '{key} = …'.")
        for key in made.required
        if not table.get(key)
    ]
    for key, value in table.items():
        if key == "kind":
            continue
        if key not in fields:
            hint = did_you_mean(key, ["kind", *fields])
            problems.append(error("settings-unknown", f"{where}: unknown setting {key!r}", place(name, key), hint))
            continue
        try:
            typed = msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError:
            wanted = _EXPECTED.get(key, "a text")
            problems.append(error("settings-type", f"{where}.{key}: expected {wanted}", place(name, key)))
            continue
        if complaint := _complaint(key, typed):
            problems.append(error("settings-value", f"{where}.{key}: {complaint}", place(name, key)))
    return problems


_EXPECTED: Mapping[str, str] = {"keep": "a whole number", "ssh": "a list of texts"}


def _complaint(key: str, value: Any) -> str:
    """What a value means wrongly; empty where it is right. Nothing may be taken for an option of a program."""
    if isinstance(value, str):
        if value.startswith("-") or not value.isprintable():
            return f"{value!r} cannot be used"
        if _password(value):
            return "holds a password; leave that to the environment or the tool's own store"
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


_LOGIN = re.compile(r"[^/@:\s]+:[^/@\s]+@[^/@:\s]+:")  # before a folder of another machine, as in user:word@host:/www


def _password(value: str) -> bool:
    try:
        return bool(urlsplit(value).password) or _LOGIN.match(value) is not None
    except ValueError:
        return "@" in value
