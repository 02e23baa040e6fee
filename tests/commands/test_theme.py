"""The command words: what each language lacks, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import CliRunner

from broadsheet.cli import program
from broadsheet.commands import Call
from tests.conftest import Workshop

Make = Callable[..., Workshop]

WELSH = '-- themes/broadsheet/words/cy.po --\n# to-review\nmsgctxt "editions"\nmsgid "Editions"\nmsgstr "Rhifynnau"\n'


def words(made: Workshop, *arguments: str) -> str:
    result = CliRunner().invoke(program, ["words", *arguments], obj=Call(made.root))
    assert result.exit_code == 0
    return result.output


def test_every_language_is_counted_and_the_sites_own_has_a_star(workshop: Make):
    lines = words(workshop(WELSH, settings='language = "de-AT"\n')).splitlines()
    assert [line for line in lines if line.startswith("*")] == [line for line in lines if " de " in line]
    (welsh,) = [line for line in lines if " cy " in line]
    assert " 1 of " in welsh
    assert welsh.endswith("missing, 1 to review")


def test_a_language_without_a_catalogue_is_listed_where_the_site_is_in_it(workshop: Make):
    (line,) = [line for line in words(workshop(settings='language = "tlh"\n')).splitlines() if line.startswith("*")]
    assert "tlh" in line
    assert " 0 of " in line


def test_the_words_of_a_language_stand_with_what_is_missing(workshop: Make):
    lines = words(workshop(WELSH), "cy").splitlines()
    assert "review   editions           Rhifynnau" in lines
    assert "missing  archive            Archive" in lines


def test_a_program_gets_json(workshop: Make):
    made = workshop(WELSH)
    one = json.loads(words(made, "cy", "--json"))
    assert (one["language"], one["review"], one["wrong"]) == ("cy", {"editions": "Rhifynnau"}, {})
    assert one["words"] == len(one["missing"]) + 1
    assert {"language": "cy", **one} in json.loads(words(made, "--json"))
