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
    """An address that names a kind of problem for machines (RFC 8141); people look into docs/reference/problems.md."""
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
# Problems

<!-- Made of src/broadsheet/problems.toml by: broadsheet check --explain all > docs/reference/problems.md -->

Every message about a problem ends with a code in brackets. This page explains each code.
`broadsheet check --explain CODE` prints the same in a terminal.

| severity | meaning | exit code |
| --- | --- | --- |
| error | something is left out or wrong | 1 |
| warning | something is probably not what you want | 0; 1 with `--strict` |
| note | for your information | 0 |

Wrong usage of a command has the exit code 2.

Of more than five problems of one code, five are listed and the others are counted. `broadsheet check --all` lists all.

## Silence a problem

A problem that you accept can be silenced, by its code and by patterns of files:

```toml
[tool.broadsheet.silence]
"picture-alt" = ["stories/2024*"]      # as the file is named in the message, or below content/
"title-twice" = ["*"]
```

A silence that matches nothing is reported, so that you can delete it. Most errors cannot be silenced; the entries below
say which ones cannot.

## Use the output in programs

`broadsheet check --format sarif` prints SARIF 2.1.0 for editors and code hosts. `--format github` prints annotations
for GitHub Actions. `--format json` prints one object:

| name | value |
| --- | --- |
| `version` | 1; it changes if a name here changes its meaning |
| `errors`, `warnings`, `notes`, `silenced` | how many there are |
| `problems` | the most severe first: `severity`, `code`, `message`, `file`, `line` (null: the whole file), `hint` |
| `checked` | `stories`, `pages`, `links`, `feeds`, `asked` (other sites), `seconds`; null if nothing was built |
"""
