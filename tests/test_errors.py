"""Problems are values with a place; a report derives the exit code."""

import pickle

from broadsheet.errors import BroadsheetError, Place, Report, error, fail, note, warning

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
