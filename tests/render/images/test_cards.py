"""Share cards: which stories have one, what it says, in which scripts, and when it is drawn again."""

import io
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from broadsheet.render.images import card_drawing, cards
from broadsheet.render.images.card_drawing import HEIGHT, WIDTH, CardText, Font, drawn, printable, showing
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]
ENGLISH = showing("An English headline", "en")
pytestmark = pytest.mark.skipif(ENGLISH is None, reason="this machine has no font")

ONE = story("one", "2025-05-07", title="Ferry leaves at nine", section="World")


def card_of(made: Workshop, page: str = "2025/05/07/one/index.html") -> str:
    """The path of what other sites show of a page."""
    (shown,) = re.findall(r'og:image" content="https://example.org/([^"]+)"', made.page(page))
    return str(shown)


def face(title: str, language: str = "en", *, rtl: bool = False) -> bytes:
    words = CardText("The Daily", "World", title, "7 May 2025", rtl)
    found = {text: font for text in (*words.around, title) if (font := showing(text, language))}
    return drawn(words, found)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The headlines of the cards that were drawn in this process."""
    found: list[str] = []

    def counting(words: CardText, *rest: Any) -> bytes:
        found.append(words.title)
        return drawn(words, *rest)

    monkeypatch.setattr(cards, "drawn", counting)
    monkeypatch.setattr("broadsheet.pipeline.cores", lambda: 1)
    return found


def test_a_story_without_a_picture_has_a_card_with_its_size_and_its_words(workshop: Make):
    made = workshop(ONE)
    made.build()
    assert not made.problems()
    path = card_of(made)
    assert re.fullmatch(r"pictures/card-ferry-leaves-at-nine\.[0-9a-f]{8}\.png", path)
    picture = Image.open(io.BytesIO(made.output()[path]))
    assert (picture.size, picture.mode) == ((WIDTH, HEIGHT), "P")
    page = made.page("2025/05/07/one/index.html")
    assert 'og:image:width" content="1200"' in page
    assert 'og:image:height" content="630"' in page
    assert 'og:image:alt" content="Ferry leaves at nine"' in page


def test_the_newest_stories_have_cards_and_the_others_show_that_of_the_site(workshop: Make):
    made = workshop(ONE, story("two", "2025-05-08"), story("three", "2025-05-09"), settings="share_cards = 2\n")
    made.build()
    assert card_of(made).startswith("static/share.")
    assert card_of(made, "2025/05/09/three/index.html").startswith("pictures/card-three.")
    assert len([path for path in made.output() if path.startswith("pictures/card-")]) == 2


def test_none_are_drawn_where_none_are_wanted_and_none_for_the_preview(workshop: Make):
    made = workshop(ONE, settings="share_cards = 0\n")
    made.build()
    assert card_of(made).startswith("static/share.")
    other = workshop(ONE)
    other.build(preview=True)
    assert card_of(other).startswith("static/share.")


def test_a_card_is_drawn_once_and_again_when_its_words_change(workshop: Make, counted: list[str]):
    made = workshop(ONE, story("two", "2025-05-08"))
    made.build()
    first = made.output()
    assert sorted(counted) == ["Ferry leaves at nine", "Two"]
    shutil.rmtree(made.root / "output")
    made.build()
    assert made.output() == first
    made.write(ONE.replace("A body.", "Another body."))
    made.build()
    assert len(counted) == 2
    made.write(ONE.replace("nine", "noon"))
    made.build()
    assert counted[2:] == ["Ferry leaves at noon"]
    assert card_of(made) not in first
    assert len([path for path in made.output() if path.startswith("pictures/card-")]) == 2


def test_a_card_is_drawn_again_when_its_font_changes(workshop: Make, counted: list[str], monkeypatch):
    made = workshop(ONE)
    made.build()
    monkeypatch.setattr(cards, "_stat", lambda file: (file, 1, 1))
    made.build()
    made.build()
    assert len(counted) == 2


def test_a_headline_that_no_font_shows_has_the_card_of_the_site(workshop: Make, monkeypatch):
    monkeypatch.setattr(cards, "showing", lambda *_: None)
    made = workshop(ONE)
    for _ in range(2):
        made.build()
        assert not made.problems()
        assert card_of(made).startswith("static/share.")


def test_the_same_card_is_drawn_from_nothing_twice(workshop: Make):
    made = workshop(ONE, *(story(f"s{n}", "2025-05-08", title=f"Story number {n}") for n in range(20)))
    made.build()
    first = made.output()
    shutil.rmtree(made.root / "output")
    shutil.rmtree(made.root / ".broadsheet")
    made.build()
    assert made.output() == first


def test_a_card_is_small_however_long_its_headline():
    for title in ("Short", "A headline of some length about ferries and their captains " * 20, "W" * 400):
        assert len(face(title)) < 30_000


@pytest.mark.parametrize(
    ("title", "language", "rtl"),
    [
        ("Министры договорились о третьем раунде", "ru", False),
        ("Οι υπουργοί συμφώνησαν", "el", False),
        ("الوزراء يتفقون على جولة ثالثة", "ar", True),
        ("השרים הסכימו על סבב שלישי", "he", True),
        ("大臣たちは協議に合意した", "ja", False),
        ("मंत्री तीसरे दौर के लिए सहमत", "hi", False),
    ],
)
def test_a_headline_is_drawn_where_a_font_shows_it_and_nowhere_else(title: str, language: str, *, rtl: bool):
    found = showing(title, language)
    if found is None:  # such a machine has no font for it, and the story has no card
        return
    blank = bytes(found.sized(20).getmask("\uffff"))
    assert all(bytes(found.sized(20).getmask(c)) != blank for c in title if c != " ")
    assert Image.open(io.BytesIO(face(title, language, rtl=rtl))).size == (WIDTH, HEIGHT)


def test_without_raqm_letters_that_join_are_not_drawn(monkeypatch):
    monkeypatch.setattr(card_drawing, "shaped", lambda: False)
    assert showing("الوزراء", "ar") is None
    assert showing("Ministers", "en") == ENGLISH


def test_without_fontconfig_known_fonts_are_tried(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda _: None)
    card_drawing._offered.cache_clear()
    try:
        found = showing("Ministers", "en")
        assert found is None or found.file in card_drawing._NAMES
        assert showing("\U00013000", "egy") is None
    finally:
        card_drawing._offered.cache_clear()


def test_pictographs_and_what_is_not_seen_are_left_out():
    assert printable("Goal! ⚽️🎉 \u200bTwo\u0007 one\ttwo\n") == "Goal! Two one two"


def test_a_text_from_right_to_left_begins_at_the_right():
    if not card_drawing.shaped():
        pytest.skip("Pillow has no Raqm here")

    def ink(rtl: bool) -> int:  # noqa: FBT001, the only thing that it is about
        picture = Image.open(io.BytesIO(face("Words", rtl=rtl))).convert("L").crop((0, 220, WIDTH, 530))
        box = picture.point(lambda value: 255 if value < 128 else 0).getbbox()
        assert box is not None
        return box[0]

    assert ink(rtl=False) < WIDTH / 4
    assert ink(rtl=True) > WIDTH / 2


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_headline_is_drawn_or_refused(title: str):
    title = printable(title)
    font = showing(title, "en") if title else None
    if font:
        words = CardText("", "", title, "")
        data = drawn(words, {title: font})
        assert Image.open(io.BytesIO(data)).size == (WIDTH, HEIGHT)


def test_a_font_that_cannot_be_opened_shows_nothing():
    assert not card_drawing._shows(Font("no-such-font.ttf"), {"a"})
    assert card_drawing.SHADES * 2 <= 16  # four bits a pixel
