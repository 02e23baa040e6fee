"""Problems are values with a place; a report derives the exit code."""

import pickle

import msgspec
import pytest

from broadsheet.errors import BroadsheetError, Place, Problem, Report, error, fail, note, unfit, warning

HERE = Place("content/stories/a.md", 3)


def test_a_problem_reads_as_place_gravity_message_and_hint():
    assert str(error("value", "no date", HERE, "Write one.")) == (
        "content/stories/a.md:3: error: no date [value]\n    Write one."
    )


def test_errors_come_first_then_order_of_place():
    later = Place("content/stories/b.md", 1)
    report = Report([note("n", "n", HERE), warning("w", "w", HERE), error("e", "b", later), error("e", "a", HERE)])
    assert [(p.severity, p.message) for p in report] == [
        ("error", "a"),
        ("error", "b"),
        ("warning", "w"),
        ("note", "n"),
    ]


def test_the_exit_code_is_1_for_errors_and_for_warnings_only_if_strict():
    assert Report([note("n", "n", HERE)]).exit_code(strict=True) == 0
    assert Report([warning("w", "w", HERE)]).exit_code() == 0
    assert Report([warning("w", "w", HERE)]).exit_code(strict=True) == 1
    assert Report([error("e", "e", HERE)]).exit_code() == 1


def test_one_problem_met_twice_is_counted_once():
    assert Report([error("e", "e", HERE)] * 3).summary() == "1 error"


def test_an_error_survives_the_way_between_processes():
    sent = fail("value", "no date", HERE, "Write one.")
    assert str(pickle.loads(pickle.dumps(sent))) == str(sent)


def test_an_error_can_carry_several_problems():
    assert str(BroadsheetError(error("a", "one", HERE), error("b", "two", HERE))).count("error:") == 2


def test_a_message_that_repeats_a_value_of_ten_megabytes_is_cut_and_says_so():
    problem = error("value", f"{'x' * 10_000_000} is not an address", HERE, "y" * 5_000)
    assert len(str(problem)) < 9_000
    assert "(10,000,018 characters)" in problem.message
    assert problem.hint.endswith("(5,000 characters)")
    assert str(error("value", problem.message, HERE, problem.hint)).count("characters)") == 2  # cut once


def _sections(number: int) -> list[Problem]:
    return [warning("section-new", f"section 'S{n}' is not listed", Place(f"{n:03}.md")) for n in range(number)]


def test_of_many_problems_of_one_code_five_are_listed_and_the_rest_is_counted():
    report = Report([*_sections(667), error("value", "no date", HERE)])
    lines = list(report.lines(everything="broadsheet check --all"))
    assert lines[0].startswith("content/stories/a.md:3: error: no date")
    assert [line.split(":")[0] for line in lines[1:6]] == ["000.md", "001.md", "002.md", "003.md", "004.md"]
    assert lines[6:] == ["… and 662 more warnings [section-new]\n    List all of them with: broadsheet check --all"]
    assert len(list(report.lines())) == 668


def test_those_that_say_something_else_are_among_the_five():
    report = Report([*_sections(9), warning("section-new", "sections cannot be read", Place("z.md"))])
    assert any("sections cannot be read" in line for line in report.lines(everything="x"))


def test_a_single_one_more_is_in_the_singular():
    assert "… and 1 more warning [section-new]" in "\n".join(Report(_sections(6)).lines(everything="x"))


class Kept(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    entries: dict[str, int] = {}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('{"id": "a", "entries": 3}', "entries: expected a table, not a whole number"),
        ('{"id": "a", "entries": {"b": "c"}}', "entries: expected a whole number, not a text"),
        ("{}", "id is missing"),
        ('{"id": "a", "x": 1}', "x is unknown"),
        ("[]", "expected a table, not a list"),
    ],
)
def test_what_is_wrong_with_data_is_said_without_the_names_of_types(data: str, said: str):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(data, type=Kept)
    assert unfit(caught.value) == said


def test_the_place_of_a_whole_file_has_no_line_in_json():
    assert msgspec.json.encode(Place("a.md")) == b'{"file":"a.md"}'
    assert msgspec.json.encode(Place("a.md", 3)) == b'{"file":"a.md","line":3}'
