"""Same texts, near copies, and texts that have nothing to do with one another."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ingest.sources.index import NEAR, SketchIndex, alike, fingerprint

WORDS = [
    f"{a}{b}" for a in ("har", "fer", "coun", "bri", "win", "tar", "or", "sig") for b in ("bour", "ry", "cil", "dge")
]


def words(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [f"{chance.choice(WORDS)}{chance.randrange(99)}" for _ in range(count)]


def true_likeness(one: list[str], other: list[str]) -> float:
    runs = [{tuple(text[n : n + 4]) for n in range(len(text) - 3)} for text in (one, other)]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


@given(st.integers(0, 10**6))
def test_markup_case_and_line_ends_make_no_other_text(seed):
    text = words(60, seed)
    plain = fingerprint("A title", " ".join(text))
    marked = fingerprint("Another", "## " + "\n".join(text[:30]).upper() + "\r\n\r\n**" + " ".join(text[30:]) + "**")
    assert plain == marked


def test_the_address_of_a_link_is_no_word_of_a_text():
    text = " ".join(words(40, 1))
    linked = f"[{text}](https://example.org/a-b-c 'Title')"
    assert fingerprint("T", linked) == fingerprint("T", text)


def test_short_texts_are_the_same_only_under_the_same_title():
    body = "Read the full report in the morning."
    assert fingerprint("One", body).text == fingerprint("ONE!", body).text
    assert fingerprint("One", body).text != fingerprint("Two", body).text
    assert fingerprint("One", body).sketch == b""


@given(st.integers(0, 10**6), st.sampled_from([100, 400, 1200]), st.floats(0, 1))
def test_the_estimate_is_near_the_true_likeness(seed, length, share):
    one = words(length, seed)
    other = one[: int(length * share)] + words(length - int(length * share), seed + 1)
    sketches = [fingerprint("", " ".join(text)).sketch for text in (one, other)]
    assert alike(*sketches) == pytest.approx(true_likeness(one, other), abs=0.25)  # five standard deviations


@given(st.integers(0, 10**6))
def test_a_text_with_a_new_lead_is_found_among_many(seed):
    index = SketchIndex()
    for number in range(30):
        index.add(str(number), fingerprint("", " ".join(words(200, seed + number))).sketch)
    copy = words(30, seed + 99) + words(200, seed + 7)
    name, score = index.nearest(fingerprint("", " ".join(copy)).sketch)
    assert name == "7"
    assert score > NEAR


def test_unrelated_texts_are_not_near():
    index = SketchIndex()
    for number in range(100):
        sketch = fingerprint("", " ".join(words(300, number))).sketch
        assert index.nearest(sketch) == ("", 0.0)
        index.add(str(number), sketch)


def test_a_text_that_was_dropped_is_found_no_more_and_leaves_its_place():
    sketch = fingerprint("", " ".join(words(100, 1))).sketch
    index = SketchIndex()
    index.add("a", sketch)
    assert index.nearest(sketch, but="a") == ("", 0.0)
    index.discard("a")
    assert index.nearest(sketch) == ("", 0.0)
    index.add("b", sketch)
    assert index.nearest(sketch)[0] == "b"


def test_scripts_without_spaces_are_compared_by_character():
    text = "北京时间五月七日上午国家主席乘专机离开北京应邀对俄罗斯进行国事访问并出席纪念庆典活动"
    assert alike(fingerprint("", text).sketch, fingerprint("", text + "完").sketch) > 0.8
