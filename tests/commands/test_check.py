"""A report for programs: JSON, annotations of GitHub Actions, SARIF 2.1.0."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.commands import Call
from broadsheet.commands.check import SCHEMA, as_annotations, as_json, as_sarif, check
from broadsheet.errors import Place, Report, error, note, warning
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]

REPORT = (
    error(
        "link-broken", "leads to /a/, which does not exist", Place("content/stories/a b,c.md", 7), "Did you mean '/b/'?"
    ),
    warning("picture-alt", "100% odd:\nname", Place("content/stories/ü.md")),
    note("link-moved", "moved", Place("https://elsewhere.example/a?b=1")),
)


def test_json_has_a_shape_that_stays():
    made = json.loads(as_json(Report(REPORT), None))
    assert made.keys() == {"version", "errors", "warnings", "notes", "silenced", "problems", "checked"}
    assert (made["version"], made["errors"], made["warnings"], made["notes"], made["silenced"]) == (1, 1, 1, 1, 0)
    assert made["problems"][0] == {
        "severity": "error", "code": "link-broken", "message": "leads to /a/, which does not exist",
        "file": "content/stories/a b,c.md", "line": 7, "hint": "Did you mean '/b/'?",
    }  # fmt: skip
    assert made["checked"] is None


def test_the_docs_name_all_that_the_json_holds(workshop: Make):
    page = (Path(__file__).resolve().parents[2] / "docs/reference/problems.md").read_text("utf-8")
    made = json.loads(run(workshop(BROKEN), "--format", "json")[1])
    for name in (*made, *made["problems"][0], *made["checked"]):
        assert f"`{name}`" in page


def test_annotations_are_escaped_as_the_runner_reads_them():
    assert as_annotations(Report(REPORT), "news/").splitlines() == [
        (
            "::error file=news/content/stories/a b%2Cc.md,line=7,title=link-broken::"
            "leads to /a/, which does not exist%0ADid you mean '/b/'?"
        ),
        "::warning file=news/content/stories/ü.md,title=picture-alt::100%25 odd:%0Aname",
        "::notice file=news/https%3A//elsewhere.example/a?b=1,title=link-moved::moved",
    ]


@given(message=st.text(), file=st.text(min_size=1), hint=st.text())
def test_no_problem_can_end_its_annotation_or_begin_another(message: str, file: str, hint: str):
    (line, rest) = as_annotations(Report([warning("value", message, Place(file, 1), hint)]), "").split("\n", 1)
    assert rest == ""
    assert "\r" not in line
    head, text = re.fullmatch(r"::warning file=([^,:]*),line=1,title=value::(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]

    def read(text: str) -> str:
        for code, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(code, plain)
        return text

    assert read(head) == file
    assert read(text) == (f"{message}\n{hint}" if hint else message)


def essentials(made: dict[str, Any]) -> None:
    """What the schema of SARIF 2.1.0 asks for of all that is written here."""
    assert made.keys() == {"$schema", "version", "runs"}
    assert (made["$schema"], made["version"]) == (SCHEMA, "2.1.0")
    (run,) = made["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert re.fullmatch(r"[A-Z][A-Za-z]*", rule["name"])
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
        assert re.match(r"[a-z][a-z0-9+.-]*:\S+$", rule["helpUri"])
        for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"], rule["help"]["text"]):
            assert text.strip()
        assert rule["help"]["markdown"].startswith("### ")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", physical["artifactLocation"]["uri"])
        assert physical.get("region", {"startLine": 1})["startLine"] >= 1
        assert all(isinstance(mark, str) for mark in result["partialFingerprints"].values())


def test_sarif_has_what_its_schema_asks_for():
    made = json.loads(as_sarif(Report(REPORT), "news/"))
    essentials(made)
    first, second, third = made["runs"][0]["results"]
    place = first["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "news/content/stories/a b,c.md"
    assert place["region"] == {"startLine": 7}
    assert "region" not in second["locations"][0]["physicalLocation"]
    uri = third["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "https://elsewhere.example/a?b=1"


@given(message=st.text(min_size=1), file=st.text(min_size=1))
def test_sarif_holds_whatever_a_problem_says(message: str, file: str):
    made = json.loads(as_sarif(Report([warning("a-code-of-a-site", message, Place(file, 3))]), ""))
    essentials(made)
    assert made["runs"][0]["results"][0]["message"]["text"] == message


def test_a_fingerprint_stays_where_a_problem_moves_down_the_file():
    marks = {
        json.loads(as_sarif(Report([warning("value", "m", Place("a.md", line))]), ""))["runs"][0]["results"][0][
            "partialFingerprints"
        ]["broadsheet/v1"]
        for line in (3, 30)
    }
    assert len(marks) == 1


def run(made: Workshop, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(check, [*words, "--now", "2025-06-01"], obj=Call(made.root, {}))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


WARNED = story("port", "2025-05-08", review="[title]")
BROKEN = story("port", "2025-05-08", body="[x](/no/)")


@pytest.mark.parametrize(
    ("file", "words", "code"),
    [
        (story("port", "2025-05-08"), (), 0),
        (WARNED, (), 0),
        (WARNED, ("--strict",), 1),
        (BROKEN, (), 1),
        (BROKEN, ("--format", "json"), 1),
        (BROKEN, ("--format", "xml"), 2),
        (BROKEN, ("--explain", "link-brokn"), 2),
        (BROKEN, ("--explain", "link-broken"), 0),
    ],
)
def test_the_exit_code_says_how_it_went(workshop: Make, file: str, words: tuple[str, ...], code: int):
    assert run(workshop(file), *words)[0] == code


def test_lines_for_people_end_with_counts(workshop: Make):
    _, said = run(workshop(BROKEN, settings='[tool.broadsheet.silence]\n"link-slash" = ["*"]\n'))
    first, *_, looked, counts = said.splitlines()
    assert first.startswith("content/stories/2025/05/port.md:7: error: leads to /no/")
    assert re.match(r"Checked 1 story, \d+ pages, \d+ links and \d+ feeds: \d+ files read again in ", looked)
    assert counts == "1 error, 1 note."


def test_settings_that_are_wrong_are_told_in_the_form_that_was_asked_for(workshop: Make):
    made = workshop(BROKEN, settings="titel = 'x'\n")
    code, said = run(made, "--format", "sarif")
    assert code == 1
    essentials(json.loads(said))
    code, said = run(made, "--format", "json")
    assert (code, json.loads(said)["problems"][0]["code"], json.loads(said)["checked"]) == (1, "settings-unknown", None)


def test_a_site_within_a_repository_names_its_files_from_there(workshop: Make, monkeypatch: pytest.MonkeyPatch):
    made = workshop(BROKEN)
    monkeypatch.chdir(made.root.parent)
    assert "file=site/content/stories/2025/05/port.md,line=7," in run(made, "--format", "github")[1]
    monkeypatch.chdir(made.root / "content")
    assert "file=content/stories/2025/05/port.md,line=7," in run(made, "--format", "github")[1]


def test_a_check_remembers_nothing_as_published(workshop: Make):
    made = workshop(BROKEN)
    run(made)
    assert not (made.root / "content/published").exists()
