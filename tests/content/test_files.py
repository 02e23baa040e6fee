"""Front matter in and out: nothing is lost, and every bad value is reported with its line."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import content
from broadsheet.content import facts, fields, files
from broadsheet.errors import Problem
from tests.conftest import examples

RULES = content.Rules(ZoneInfo("Europe/London"), ("World", "Science"))


def read(front: str, body: str = "Text.") -> content.Reading:
    return content.read(f"---\n{front}---\n\n{body}\n".encode(), "2025/05/a.md", RULES, "content/stories/2025/05/a.md")


GOOD = 'id: a\ntitle: "A"\ndate: 2025-05-08\n'


def test_a_bare_day_is_that_day_in_the_sites_time_zone():
    story = read(GOOD).story
    assert story
    assert story.date.isoformat() == "2025-05-08T00:00:00+01:00"
    assert not story.timed


def test_a_moment_keeps_its_offset():
    story = read("id: a\ntitle: A\ndate: 2025-05-08T23:30:00+02:00\n").story
    assert story
    assert story.date == dt.datetime(2025, 5, 8, 21, 30, tzinfo=dt.UTC)
    assert story.timed


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("date: 2025-13-01", "not a date such as"),
        ("date: yesterday", "not a date such as"),
        ("date: [1]", "not a date such as"),
        ("status: drfat", "Did you mean 'draft'?"),
        ("priority: 1", "one of lead, normal, brief"),
        ("authors: {a: b}", "a list of texts"),
        ("topics: [[a]]", "a list of texts"),
        ("image: {about: x}", "a picture: src"),
        ("image: javascript:x", "below content/ or an http address"),
        ("audio: {source: x}", "a sound: src"),
        ("audio: {src: 'javascript:x'}", "below content/ or an http address"),
        ("source: {nom: x}", "a source: name"),
        ("source: {url: 'javascript:alert(1)'}", "http address"),
        ("corrections: [{text: x}]", "a list of corrections"),
        ("aliases: [old/page]", "begin with /"),
        ("aliases: [/../x]", "begin with /"),
        ("lang: '<b>'", "a language tag"),
        ("summary: {a: 1}", "a text"),
    ],
)
def test_a_bad_value_is_an_error_with_file_line_key_and_what_was_expected(line: str, expected: str):
    key = line.partition(":")[0]
    front = GOOD.replace("date: 2025-05-08\n", "") if key == "date" else GOOD
    reading = read(f"{front}{line}\n")
    assert reading.story is None
    (problem,) = reading.problems
    assert str(problem.place) == f"content/stories/2025/05/a.md:{front.count(chr(10)) + 2}"
    assert problem.message.startswith(f"{key}: ")
    assert expected in problem.message


def test_a_missing_key_is_an_error():
    assert [problem.message for problem in read("id: a\n").problems] == ["title is missing", "date is missing"]


OPTIONAL = [key for key, field in fields.STORY.items() if not field.required]


@pytest.mark.parametrize(
    "written", ["", " ''", ' ""', " []", " {}", " [ , ]", " [,]", "\n- \n- ''", " '  '", "\n", "\n  "]
)
@pytest.mark.parametrize("key", OPTIONAL)
def test_an_empty_value_is_as_if_its_key_did_not_stand_there(key: str, written: str):
    bare = read(GOOD)
    assert read(f"{GOOD}{key}:{written}\n") == bare
    assert bare.story


@pytest.mark.parametrize(
    "written", ["image: {src: '', alt: }", "image: false", "image:\n  alt:\n  caption: ''", "source:\n  name:\n"]
)
def test_a_picture_and_a_source_of_which_nothing_is_said_are_none(written: str):
    """A picture without anything was an error: the file of a story that was begun with all its keys was left out."""
    assert read(f"{GOOD}{written}\n") == read(GOOD)


def test_the_length_and_the_duration_of_a_sound_are_read_as_they_were_typed():
    story = read(f"{GOOD}audio:\n  src: https://example.org/a.mp3\n  length: 0123\n  duration: 12:30\n").story
    assert story
    assert story.audio
    assert (story.audio.src, story.audio.length, story.audio.duration) == ("https://example.org/a.mp3", "0123", "12:30")


@pytest.mark.parametrize("key", ["id", "title", "date"])
@pytest.mark.parametrize("written", ["", " ''", " []", " ~"])
def test_a_required_key_that_is_empty_is_an_error_in_its_line(key: str, written: str):
    reading = read(re.sub(f"{key}: .*", f"{key}:{written}", GOOD))
    assert reading.story is None
    (problem,) = [one for one in reading.problems if one.severity == "error"]
    assert (problem.code, problem.message) == ("key-missing", f"{key} is empty")
    assert problem.place.line == 2 + ["id", "title", "date"].index(key)


@pytest.mark.parametrize("written", [r"\u200b", r"\u2060 \ufeff"])
def test_a_title_of_which_nothing_can_be_seen_is_warned_of_and_kept(written: str):
    reading = read(re.sub("title: .*", lambda _: f'title: "{written}"', GOOD))
    assert reading.story
    (problem,) = reading.problems
    assert (problem.severity, problem.code, problem.place.line) == ("warning", "title-empty", 3)


def test_empty_items_of_a_list_are_left_out():
    reading = read(
        f"{GOOD}topics: [Rome, , Ferries, ]\nauthors:\n- Ann\n-\n- ''\ncorrections:\n-\n- date: 2025-05-09\n  text: No.\n"
    )
    assert reading.story
    assert reading.story.topics == ("Rome", "Ferries")
    assert reading.story.authors == ("Ann",)
    assert [made.text for made in reading.story.corrections] == ["No."]


@pytest.mark.parametrize(
    "line", ["topics: [[]]", "topics:\n- Storm:", "thread: {a: }", "corrections: [{date: , text: }]"]
)
def test_what_is_no_text_is_an_error_even_where_nothing_is_in_it(line: str):
    assert [problem.code for problem in read(f"{GOOD}{line}\n").problems] == ["value"]


def test_an_unknown_key_is_kept_and_warned_about_with_the_nearest_known_one():
    reading = read(f"{GOOD}sumary: x\nwhen: 2025-01-02\n")
    assert reading.story
    assert reading.story.extra == {"sumary": "x", "when": "2025-01-02"}
    assert [p.severity for p in reading.problems] == ["warning", "warning"]
    assert reading.problems[0].hint == "Did you mean 'summary'?"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("topics: [a, b", 'Close what is opened here with ]. If it is a text: put the text in quotes: topics: "[a, b"'),
        (
            "image: {src: a",
            'Close what is opened here with }. If it is a text: put the text in quotes: image: "{src: a"',
        ),
        ("summary: One: two", 'Put the text in quotes: summary: "One: two"'),
        ("- title", "Delete the line, or write above it the key that this list belongs to, such as topics:"),
    ],
)
def test_the_hint_of_a_line_that_is_no_yaml_says_how_to_write_it(line: str, hint: str):
    reading = read(f"{GOOD}{line}\n")
    assert [(one.code, one.hint) for one in reading.problems] == [("front-matter-syntax", hint)]


def test_a_new_section_is_a_warning_with_the_nearest_known_one():
    reading = read(f"{GOOD}section: Sciense\n")
    assert reading.story
    assert reading.problems[0].hint == "Did you mean 'Science'?"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "front-matter-missing"),
        (b"no front matter", "front-matter-missing"),
        (b"---\ntitle: [x\n---\n", "front-matter-syntax"),
        (b"---\ntitle: 'x\n---\nbody", "front-matter-syntax"),
        (b"---\n- a\n---\n", "front-matter-type"),
        (b"---\n1: a\n---\n", "front-matter-type"),
        (b"---\ntitle: \xff\n---\n", "file-encoding"),
        (b"---\ntitle: a: b\n---\n", "front-matter-syntax"),
        (b"---\nid: a\nid: b\ntitle: t\ndate: 2025-01-01\n---\n", "key-twice"),
    ],
)
def test_a_broken_file_is_a_problem_and_never_a_traceback(data: bytes, code: str):
    reading = content.read(data, "a.md", RULES)
    assert reading.story is None
    assert code in [problem.code for problem in reading.problems]


DOUBLING = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("more", "code", "line"),
    [
        (f"x0: &x0 [a, a, a, a, a, a, a, a, a]\n{DOUBLING}topics: *x8\n", "front-matter-size", 10),
        ("a: &a {x: 1}\n" + "".join(f"{b}: &{b} {{<<: [*{a}, *{a}, *{a}]}}\n" for a, b in zip("abcdefghijk", "bcdefghijkl", strict=True)), "front-matter-size", 14),
        ("note: &c [*c]\n", "front-matter-depth", 5),
        ("note: &c {a: {b: *c}}\n", "front-matter-depth", 5),
        (f"note: {'[' * 5000}{']' * 5000}\n", "front-matter-depth", 5),
        (f"note:\n  {'- ' * 5000}a\n", "front-matter-depth", 6),
        (f"note:\n{'- a' * 1}\n" + "- a\n" * 200_000, "front-matter-size", None),
        ("".join(f"key-{n}: a\n" for n in range(2000)), "front-matter-size", 1002),
        ("note: *nobody\n", "front-matter-syntax", 5),
        ("? [a, b]\n: c\n", "front-matter-type", 5),
        ("note: !!python/object/apply:os.getcwd []\n", "front-matter-syntax", 5),
        ("--- note\n", "front-matter-syntax", 5),
    ],
)  # fmt: skip
def test_front_matter_that_would_never_be_read_through_is_an_error_with_its_line(
    more: str, code: str, line: int | None
):
    """Until now what unfolds was cut off where it was kept, and took all memory where it was read as a list of texts."""
    reading = read(GOOD + more)
    assert reading.story is None
    assert [problem.code for problem in reading.problems] == [code]
    assert line in (None, reading.problems[0].place.line)


def test_an_alias_that_stands_for_little_is_understood():
    reading = read(
        f"{GOOD}topics: &both [Rome, Ferries]\nrelated: *both\nplaces: &one {{town: Rome}}\nmore: {{<<: *one, year: 2024}}\n"
    )
    assert reading.story
    assert reading.story.topics == reading.story.related == ("Rome", "Ferries")
    assert reading.story.extra == {"places": {"town": "Rome"}, "more": {"town": "Rome", "year": 2024}}


@pytest.mark.parametrize(
    "number", ["9" * 100_000, "99999999999999999999", "1.0e+999", ".inf", ".nan", "59:" * 9000 + "1", "0x"]
)
def test_a_number_that_no_cache_could_hold_stays_the_text_that_it_is(number: str):
    reading = read(f"{GOOD}count: {number}\n")
    assert reading.story
    assert reading.story.extra == {"count": number}


def test_whatever_happens_in_one_file_is_a_problem_of_that_file(monkeypatch: pytest.MonkeyPatch):
    def overflow(*_body: object) -> str:
        raise RecursionError("too deep")

    monkeypatch.setattr(facts, "brief", overflow)
    reading = read(GOOD)
    assert reading.story is None
    (problem,) = reading.problems
    assert (problem.code, problem.place.file) == ("file-fault", "content/stories/2025/05/a.md")
    assert "RecursionError: too deep" in problem.message
    assert "bug in Broadsheet" in problem.hint
    assert "other files" in problem.hint


def test_lines_are_counted_from_the_top_of_the_file_where_the_front_matter_does_not_begin_there():
    reading = content.read(f"\n\n---\n{GOOD}sumary: x\nplace: 'y'\n---\nText.\n".encode(), "a.md", RULES)
    assert [problem.place.line for problem in reading.problems] == [7, 8]


@given(st.text(min_size=1).filter(str.strip))
def test_any_title_survives_a_round_trip(title: str):
    title = " ".join(fields.FORBIDDEN.sub("", title.encode("utf-8", "ignore").decode()).split())
    if not title:
        return
    made = content.dump({"id": "a", "title": title, "date": dt.date(2025, 5, 8)}, "Body.")
    reading = content.read(made, "a.md", RULES)
    assert reading.story, reading.problems
    assert reading.story.title == title
    assert content.dump({"id": "a", "title": reading.story.title, "date": dt.date(2025, 5, 8)}, reading.body) == made


TYPED = st.one_of(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"))),
    st.lists(st.sampled_from([*"abé中0129 \t:#-?!&*,[]{}|>'\"%@`~=<\\/._+", "# ", " #", ": ", "null", "yes", "0x1F", "...", "---"]), max_size=8).map("".join),
    st.sampled_from(["12:30", "0123", "1.10", "1_000", ".inf", "1e3", "2025-05-08", "Off", "NO", "~", "Platform #9", "Quay # 3", "&harbour back", "*star", "!wow", "1:2:3", "2025-05-08 10:00:00", "+1", "0o7", "0b1", "<<"]),
)  # fmt: skip


QUOTED = re.compile(
    r"""(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")(?:\s+#(?:\s.*)?)?"""
)  # and a comment, which is clear there


def spoken(text: str) -> str:
    """A text without what no headline shows: blanks at its ends, how many there are between its words."""
    return " ".join(text.split())


@hypothesis.settings(max_examples=examples(1500))
@given(TYPED)
def test_a_headline_is_what_was_typed_or_a_problem_names_its_line(typed: str):
    reading = read(f"id: a\ntitle: {typed}\ndate: 2025-05-08\n")
    named = any(problem.place.line == 3 for problem in reading.problems)
    quoted = QUOTED.fullmatch(typed.strip())
    assert named or quoted or (reading.story and spoken(reading.story.title) == spoken(typed))


@hypothesis.settings(max_examples=examples(500))
@given(
    TYPED,
    st.sampled_from(
        ["topics:\n- {}", "authors:\n  - {}", "thread: {}", "image:\n  src: a.png\n  alt: {}", "source: {}"]
    ),
)
def test_so_are_the_other_texts(typed: str, form: str):
    line = 5 + form.count("\n")
    reading = read(f"{GOOD}{form.replace('{}', typed)}\n")
    named = any(5 <= problem.place.line <= line for problem in reading.problems)
    quoted = QUOTED.fullmatch(typed.strip())
    if named or quoted or typed.strip() in ("[]", "{}"):  # an empty value is as if its key did not stand there
        return
    story = reading.story
    assert story
    picture, source = story.image, story.source
    found = [*story.topics, *story.authors, story.thread, picture.alt if picture else "", source.name if source else ""]
    assert [spoken(one) for one in found if one] == [one for one in [spoken(typed)] if one]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Platform #9 opens", "Platform #9 opens"),
        ("#MeToo at ten", "#MeToo at ten"),
        ("Platform #9 opens # to be checked", "Platform #9 opens"),
        ("Quay # 3", "Quay"),
    ],
)
def test_what_follows_a_hash_is_told_to_be_text_or_comment(line: str, title: str):
    reading = read(f"id: a\ntitle: {line}\ndate: 2025-05-08\n")
    assert reading.story
    assert reading.story.title == title
    (problem,) = reading.problems
    assert (problem.code, problem.severity, problem.place.line) == ("text-hash", "warning", 3)
    assert f'title: "{line}"' in problem.hint


@pytest.mark.parametrize("line", ['"Quay"  # to be checked', "'Quay' # 3", "|  # note\n  Quay"])
def test_a_comment_after_a_text_in_quotes_is_nothing_to_report(line: str):
    reading = read(f"id: a\ntitle: {line}\ndate: 2025-05-08\n")
    assert reading.story
    assert reading.story.title == "Quay"
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("title: Storm: what now", 'title: "Storm: what now"'),
        ('title: "We will win," he says', "title: '\"We will win,\" he says'"),
        ("title: &harbour back", 'title: "&harbour back"'),
        ("title: *star* rises", 'title: "*star* rises"'),
        ("title: @mayor resigns", 'title: "@mayor resigns"'),
        ("title: [Update] Storm", 'title: "[Update] Storm"'),
    ],
)
def test_the_hint_is_the_line_as_it_is_to_be_written(line: str, right: str):
    reading = read(f"id: a\ndate: 2025-05-08\n{line}\n")
    (problem,) = reading.problems
    assert problem.place.line == 4
    assert problem.hint.endswith(right)


@pytest.mark.parametrize(("line", "name"), [("null", ""), ("~", ""), ("Null", "Null"), ('"null"', "null")])
def test_null_is_read_as_nothing_which_is_reported_and_a_name_is_a_name(line: str, name: str):
    reading = read(f"{GOOD}authors:\n- {line}\nthread: {line}\n")
    assert reading.story
    assert (reading.story.authors, reading.story.thread) == ((name,) if name else (), name)
    assert [problem.place.line for problem in reading.problems] == ([] if name else [6, 7])


def test_a_tab_that_indents_is_reported_as_such():
    reading = read(f"{GOOD}image:\n\tsrc: a.png\n")
    (problem,) = reading.problems
    assert problem.place.line == 6
    assert "tab" in problem.hint


@pytest.mark.parametrize(
    "title", ['A: "b" # c', "---", "😀 it's", "- x", "{a}", "yes", "2025-01-01", "a\\U0001F600", "null"]
)
def test_a_title_is_always_written_quoted_and_readable(title: str):
    made = content.dump({"title": title}, "").decode()
    line = made.splitlines()[1]
    assert line.startswith('title: "')
    assert line.endswith('"')
    assert "😀" not in title or "😀" in line


def test_windows_line_ends_and_a_byte_order_mark_are_no_trouble():
    data = b"\xef\xbb\xbf" + f"---\n{GOOD}---\n\nOne.\n\nTwo.\n".replace("\n", "\r\n").encode()
    reading = content.read(data, "a.md", RULES)
    assert reading.story
    assert reading.body == "One.\n\nTwo."


@pytest.mark.parametrize(
    "form",
    [
        "---\n{}---\n\nText.\n",
        "---  \n{}--- \t\nText.\n",
        "---\n{}...\nText.\n",
        "\ufeff---\n{}---\nText.",
        "\n\n---\n{}---\nText.",
        "---\n\n# a comment\n{}\n---\nText.",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_begins_and_ends_as_yaml_and_editors_write_it(form: str, end: str):
    reading = content.read(form.replace("{}", GOOD).replace("\n", end).encode(), "a.md", RULES)
    assert reading.story
    assert (reading.story.title, reading.body, reading.problems) == ("A", "Text.", ())


def test_a_rule_in_a_text_after_three_dots_belongs_to_the_text():
    assert content.read(f"---\n{GOOD}...\nOne.\n\n---\n\nTwo.\n".encode(), "a.md", RULES).body == "One.\n\n---\n\nTwo."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"---\n{GOOD}\nText.\n", "no line --- ends"),
        ('+++\ntitle = "A"\n+++\nText.\n', "TOML and JSON"),
        ('{"title": "A"}\nText.\n', "TOML and JSON"),
        ("Text.\n", "A story begins with a line ---"),
        ("----\ntitle: A\n----\n", "A story begins with a line ---"),
    ],
)
def test_a_file_without_front_matter_is_an_error_that_says_what_is_missing(text: str, said: str):
    (problem,) = content.read(text.encode(), "a.md", RULES).problems
    assert (problem.code, problem.place.line) == ("front-matter-missing", 1)
    assert said in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize(
    ("lines", "second"),
    [
        ('"title": B', 5),
        ("title: B", 5),
        ("image: {src: a.png, alt: x, src: b.png}", 5),
        ("source:\n  name: x\n  name: y", 7),
    ],
)
def test_a_key_that_stands_twice_is_an_error_at_any_depth(lines: str, second: int):
    reading = read(f"{GOOD}{lines}\n")
    assert reading.story is None
    (problem,) = [one for one in reading.problems if one.severity == "error"]
    assert (problem.code, problem.place.line) == ("key-twice", second)


def test_control_characters_that_are_left_out_are_reported_with_the_line_of_the_first():
    reading = read(GOOD, "One.\x00\n\nTwo\x07.")
    assert reading.body == "One.\n\nTwo."
    (problem,) = reading.problems
    assert (problem.code, problem.severity, problem.place.line) == ("file-characters", "warning", 7)
    assert problem.message.startswith("2 control characters")


def test_characters_that_xml_forbids_never_get_in():
    reading = read(GOOD.replace('"A"', '"A\x0bB"'), "x\x00y\x0c")
    assert reading.story
    assert reading.story.title == "AB"
    assert reading.body == "xy"


def test_the_digest_of_a_story_tells_its_front_matter_and_not_its_body():
    one, two = read(GOOD, "Same words.").story, read(GOOD, "Same *words*.").story
    other = read(GOOD.replace('"A"', '"B"'), "Same words.").story
    assert one
    assert two
    assert other
    assert one.body != two.body
    assert one.digest == two.digest
    assert one.digest != other.digest


@pytest.mark.parametrize(
    ("body", "lead"),
    [
        ("# Head\n\n![p](x.png)\n\nThe *lead* with a [link](/x/).\n\nMore.", "The lead with a link."),
        ("- a\n- b", ""),
        ("1\\. First \\*star\\*", "1. First *star*"),
    ],
)
def test_the_lead_is_the_first_paragraph_as_plain_text(body: str, lead: str):
    assert facts.brief(body, body.encode()).lead == lead


@pytest.mark.parametrize("known", [fields.STORY, fields.PROSE, fields.EDITION])
def test_a_title_that_is_a_whole_text_is_an_error_that_says_how_long_it_is(known: dict[str, fields.Field]):
    def problems(length: int) -> list[Problem]:
        data = f'---\nid: a\ndate: 2025-05-07\ntitle: "{"Harbour " * (length // 8)}"\n---\n'.encode()
        return [one for one in files.checked(data, "a.md", known, RULES.zone)[2] if one.severity == "error"]

    assert not problems(1_000)
    for length in (8_000, 1_000_000):
        [problem] = problems(length)
        assert problem.message.endswith(f"is not a text of at most 1,000 characters: it has {length - 1:,}")
        assert len(problem.message) < 200
        assert problem.place.line == 4


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("lang: [de, en]", "lang: [de, en] is not a language tag", "A tag is the code of one language"),
        ("lang: deutsch", "lang: 'deutsch' is not a language tag", "such as de for German"),
        ("translation_of: [a, b]", "translation_of: [a, b] is not a text", "Write one text, without a list."),
        ("summary: {Storm: 1}", "summary: {Storm: 1} is not a text", "Put text that contains a colon in quotes."),
        ("topics: [{a: b}]", "topics: [{a: b}] is not a list of texts", "Put text that contains a colon in quotes."),
        ("source: {nam: x}", "source: {nam: x} is not a source: name, url", ""),
    ],
)
def test_a_bad_value_is_shown_as_it_was_typed_with_the_remedy_of_its_key(line: str, said: str, hint: str):
    data = f"---\nid: a\ntitle: T\ndate: 2025-05-07\n{line}\n---\n".encode()
    [problem] = [one for one in files.checked(data, "a.md", fields.STORY, RULES.zone)[2] if one.code == "value"]
    assert problem.message.startswith(said)
    assert hint in problem.hint
    assert bool(hint) == bool(problem.hint)
