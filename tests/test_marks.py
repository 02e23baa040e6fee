"""Whatever says "not for readers", in whatever format it comes into the inbox: ``build`` never prints it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import ingest
from broadsheet.content import visibility
from tests.conftest import NOW, Workshop, examples

pytestmark = pytest.mark.slow

LATER, BEFORE = "2031-01-02", "2025-01-02"  # than the day of the build
Mark = tuple[str, Any]


def _marks() -> list[Mark]:
    """A value for every key of the table, and every word."""
    found: list[Mark] = [(key, True) for key in sorted(visibility._HIDES)]
    found += [(key, False) for key in sorted(visibility._SHOWS - {"render"})]
    found += [(key, LATER) for key in sorted(visibility._FROM)]
    found += [(key, BEFORE) for key in sorted(visibility._UNTIL)]
    found += [(key, "sesame") for key in sorted(visibility._LOCKS)]
    found += [("status", word) for word in sorted(visibility._HIDDEN_WORDS)]
    found += [(key, "draft") for key in sorted(visibility._SAYS)]
    found += [
        ("status", "no word of any table"),
        ("visibility", "friends"),
        ("draft", "perhaps"),
        ("publishDate", "some day"),
    ]
    return found


def _yaml(key: str, value: Any) -> str:
    return f"{key}: {json.dumps(value)}\n"


def _plain(key: str, value: Any) -> str:
    return f"{key}: {str(value).lower() if isinstance(value, bool) else value}\n"


def _toml(key: str, value: Any) -> str:
    return f"{key} = {value if value in (LATER, BEFORE) else json.dumps(value)}\n"


def _json(key: str, value: Any) -> str:
    return f',\n"{key}": {json.dumps(value)}'


# Endings, and a head with a place for its title and one for the mark.
FORMATS: dict[str, tuple[str, str, Callable[[str, Any], str]]] = {
    "yaml": ("md", '---\ntitle: "{title}"\ndate: 2025-05-06\n{mark}---\n\n', _yaml),
    "yaml-text": ("txt", '---\n{mark}title: "{title}"\ndate: 2025-05-06\n---\n', _yaml),
    "nested": ("md", '---\ntitle: "{title}"\ndate: 2025-05-06\nparams:\n  {mark}---\n\n', _yaml),
    "toml": ("md", '+++\ntitle = "{title}"\ndate = 2025-05-06\n{mark}+++\n', _toml),
    "toml-text": ("txt", '+++\n{mark}title = "{title}"\ndate = 2025-05-06\n+++\n', _toml),
    "json": ("md", '{{\n"title": "{title}",\n"date": "2025-05-06"{mark}\n}}\n\n', _json),
    "json-text": ("txt", '{{"title": "{title}", "date": "2025-05-06"{mark}}}\n\n', _json),
    "json-fenced": ("md", ';;;\n"title": "{title}", "date": "2025-05-06"{mark}\n;;;\n', _json),
    "lines": ("md", "Title: {title}\nDate: 2025-05-06\n{mark}\n", _plain),
    "lines-text": ("txt", "Title: {title}\nDate: 2025-05-06\n{mark}\n", _plain),
    "open": ("md", "title: {title}\ndate: 2025-05-06\n{mark}---\n", _plain),
    "comment": ("md", "<!--\n.. title: {title}\n.. date: 2025-05-06\n.. {mark}-->\n\n", _plain),
}
PROSE = [
    "EMBARGOED UNTIL 00.01 GMT 2 January 2031", "NOT FOR RELEASE BEFORE 2 JANUARY 2031", "HOLD FOR RELEASE", "HOLD", "Strictly embargoed",
    "Sperrfrist: 2. Januar 2031, 10 Uhr", "SOUS EMBARGO JUSQU'AU 2 JANVIER 2031", "Embargado hasta el 2 de enero de 2031", "MANDATORY KILL",
]  # fmt: skip


def _body(word: str) -> str:
    return (
        f"The ferryman of {word} has put his boat on the bank for good, and {word} will have to do without, he said on Monday.\n\n"
        f"Nobody in {word} had asked him why; the children carried his oars to the shed and came back with wet feet.\n"
    )


def _file(n: int, kind: str, mark: Mark | None) -> tuple[str, str]:
    ending, head, write = FORMATS[kind]
    word = f"zorn{n}quell"
    return f"{word}.{ending}", head.format(title=f"Ferry of {word} stops", mark=write(*mark) if mark else "") + _body(
        word
    )


def _printed(made: Workshop, files: list[tuple[str, str]]) -> set[str]:
    """The names of the files whose words stand anywhere in the output."""
    inbox = made.root / "content/inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    for name, text in files:
        (inbox / name).write_bytes(text.encode())
    ingest.run(made.site, (), ingest.Options(NOW))
    made.build()
    shown = b"\n".join(made.output().values()).lower() + "\n".join(made.output()).encode()
    return {name for name, _ in files if name.partition(".")[0].encode() in shown}


@pytest.fixture
def build(tmp_path: Path, workshop: Callable[..., Workshop]) -> Callable[[list[tuple[str, str]]], set[str]]:
    """What is printed of files in the inbox of a new site."""
    count = 0

    def printed(files: list[tuple[str, str]]) -> set[str]:
        nonlocal count
        count += 1
        made = workshop(settings='search = false\nshare_cards = 0\nthreads = false\nhold = "never"\n')
        made.root.rename(tmp_path / f"site{count}")
        made.root = tmp_path / f"site{count}"
        return _printed(made, files)

    return printed


def test_without_a_mark_each_format_is_printed(build):
    files = [_file(n, kind, None) for n, kind in enumerate(FORMATS) if kind != "nested"]
    assert build(files) == {name for name, _ in files}


@given(st.lists(st.tuples(st.sampled_from(_marks()), st.sampled_from(sorted(FORMATS))), min_size=10, max_size=30))
@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_mark_of_the_table_is_kept_in_every_format(build, chosen):
    assert not build([_file(n, kind, mark) for n, (mark, kind) in enumerate(chosen)])


def test_every_mark_of_the_table_is_kept(build):
    kinds = sorted(FORMATS)
    assert not build([_file(n, kinds[n % len(kinds)], mark) for n, mark in enumerate(_marks())])


def test_a_mark_in_prose_is_kept_in_text_markdown_mail_and_pages(build):
    files = []
    for n, line in enumerate(PROSE):
        word = f"zorn{n}quell"
        title, day, body = f"Ferry of {word} stops for good", "6 May 2025", _body(word)
        mail = "From: Jonna Falk <j@example.org>\nTo: d@example.org\nDate: Tue, 6 May 2025 10:00:00 +0000\nSubject: "
        page = "".join(
            f"<p>{part}</p>"
            for part in (line, f"By Jonna Falk, {day}", *body.strip().split("\n\n"), *body.split("\n\n"))
        )
        files += [
            (f"{word}.a.txt", f"{line}\n\n{title}\n\nBy Jonna Falk\n{day}\n\n{body}"),
            (f"{word}.b.txt", f"{title}\n{line}\nBy Jonna Falk\n{day}\n\n{body}"),
            (f"{word}.c.md", f"{line}\n\n# {title}\n\n{day}\n\n{body}"),
            (f"{word}.d.md", f'---\ntitle: "{title}"\ndate: 2025-05-06\n---\n\n**{line}**\n\n{body}'),
            (f"{word}.e.eml", f"{mail}{line}: {title}\n\n{body}"),
            (f"{word}.f.eml", f"{mail}{title}\n\n{line}\n\n{body}"),
            (f"{word}.g.html", f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{page}</article></body></html>"),
        ]  # fmt: skip
    assert not build(files)


SPELT = [
    "do not\npublish before the minister has spoken", "Not-for-release", "ＨＯＬＤ ＦＯＲ ＬＥＧＡＬ", "H O L D", "E M B A R G O", "HO-\nLD FOR RELEASE",
    "EMBAR-\nGO until Friday", "**HO**LD", "H O L D F O R R E L E A S E", "NOT-FOR-\nRELEASE",
]  # fmt: skip


def test_a_mark_in_an_unusual_spelling_is_kept_in_text_markdown_mail_and_pages(build):
    files = []
    for n, line in enumerate(SPELT):
        row = line.replace("**HO**", "<b>HO</b>")
        for kind in ("a.txt", "b.txt", "c.md", "d.md", "e.eml", "f.html", "g.html"):
            word = f"zorn{n}{kind[0]}quell"
            title, day, body = f"Ferry of {word} stops for good", "6 May 2025", _body(word)
            broken = row.replace("\n", "<br>") if kind == "g.html" else row
            page = "".join(f"<p>{part}</p>" for part in (broken, f"By Jonna Falk, {day}", *body.split("\n\n") * 2))
            text = {
                "a.txt": f"{line}\n\n{title}\n\n{day}\n\n{body}",
                "b.txt": f"{title}\n{line}\nBy Jonna Falk\n{day}\n\n{body}",
                "c.md": f"{line}\n\n# {title}\n\n{day}\n\n{body}",
                "d.md": f'---\ntitle: "{title}"\ndate: 2025-05-06\n---\n\n{line}\n\n{body}',
                "e.eml": f"From: Jonna Falk <j@example.org>\nTo: d@example.org\nDate: Tue, 6 May 2025 10:00:00 +0000\nSubject: {title}\n\n{line}\n\n{body}",
            }  # fmt: skip
            html = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{page}</article></body></html>"
            files.append((f"{word}.{kind}", text.get(kind, html)))
    assert not build(files)


def test_a_held_story_goes_out_when_its_status_and_reason_are_deleted(workshop):
    made = workshop(settings="search = false\nshare_cards = 0\n")
    name, text = _file(1, "toml", ("draft", True))
    assert not _printed(made, [(name, text)])
    (file,) = made.site.stories.rglob("*.md")
    kept = [row for row in file.read_text("utf-8").split("\n") if not row.startswith(("status:", "reason:"))]
    file.write_text("\n".join(kept), "utf-8")
    made.build(now=NOW + dt.timedelta(minutes=1))
    assert any(b"zorn1quell" in data for data in made.output().values())
