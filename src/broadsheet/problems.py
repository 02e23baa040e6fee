"""The catalogue of problems: for every code what it means, why it matters, what to do.

In: problems.toml beside this module. Out: entries by code, and the page of the docs that is made of them.
"""

from __future__ import annotations

import functools
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from broadsheet.errors import Severity

_FILE = Path(__file__).with_suffix(".toml")


class ProblemEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of problem: a title, how grave it may be, what it means, why it matters, what to do.

    ``lint`` marks an error that an owner may silence, because the site can be used as it is. ``group`` is the chapter
    of the docs.
    """

    title: str
    severity: tuple[Severity, ...]
    means: str
    matters: str
    remedy: str
    lint: bool = False
    group: str = ""

    @property
    def suppressible(self) -> bool:
        """Whether the settings may silence it, at least where it is no error."""
        return self.lint or self.severity != ("error",)


@functools.cache
def entries() -> Mapping[str, ProblemEntry]:
    """Every entry by its code, in the order of the docs."""
    chapters = msgspec.convert(tomllib.loads(_FILE.read_text("utf-8")), dict[str, dict[str, ProblemEntry]])
    return {
        code: msgspec.structs.replace(entry, group=group)
        for group, theirs in chapters.items()
        for code, entry in theirs.items()
    }


def address(code: str) -> str:
    """An address that names a kind of problem for machines (RFC 8141); people look into docs/problems.md."""
    return f"urn:broadsheet:problem:{code}"


def explained(code: str) -> str:
    """An entry as Markdown. Raises KeyError for a code that there is not."""
    entry = entries()[code]
    grades = " or ".join(entry.severity)
    silence = "" if entry.suppressible else "; it cannot be silenced"
    said = (
        f"**{entry.title}** ({grades}{silence})",
        entry.means,
        f"*Why it matters.* {entry.matters}",
        f"*What to do.* {entry.remedy}",
    )
    text = "\n\n".join(textwrap.fill(one, 120, break_long_words=False, break_on_hyphens=False) for one in said)
    return f"### {code}\n\n{text}\n"


def page() -> str:
    """The page of the docs: every entry, by chapter."""
    parts, group = [_HEAD], ""
    for code, entry in entries().items():
        if entry.group != group:
            group = entry.group
            parts.append(f"## {group}\n")
        parts.append(explained(code))
    return "\n".join(parts)


_HEAD = """\
# Problems, and what to do about them

<!-- Made of src/broadsheet/problems.toml by: broadsheet check --explain all > docs/problems.md -->

Every line that Broadsheet says of something wrong ends with a code in brackets. This page has an entry for each;
`broadsheet check --explain CODE` prints the same. An **error** keeps something from being right and makes the exit code
1; a **warning** does so with `--strict`; a **note** asks for nothing.

What you have decided to live with can be silenced, by code and by the files that it is about:

```toml
[tool.broadsheet.silence]
"picture-alt" = ["stories/2024*"]      # patterns of files, as they are named in the line or below content/
"title-twice" = ["*"]
```

A silence that silences nothing is told, so that none outlives its reason. Errors cannot be silenced, but for those
with which the site can be used as it is.

`broadsheet check --format json | github | sarif` says the same to programs: SARIF 2.1.0 for editors and code hosts,
annotations for GitHub Actions, and one JSON object of a shape that stays:

| name | what it is |
| --- | --- |
| `version` | 1; it changes when a name here changes its meaning |
| `errors`, `warnings`, `notes`, `silenced` | how many there are |
| `problems` | the gravest first: `severity`, `code`, `message`, `file`, `line` (0: the whole file), `hint` |
| `checked` | `stories`, `pages`, `links`, `feeds`, `asked` (of other sites), `seconds`; null where nothing was built |

The exit code is 0 where all is right, 1 where there is an error (with `--strict` a warning is one), 2 for wrong usage.
"""
