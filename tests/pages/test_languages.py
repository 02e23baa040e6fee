"""A site in another language speaks it everywhere, and what is in yet another one is marked wherever it stands."""

from __future__ import annotations

import html.parser
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.render.theme.words import names, parsed
from tests.conftest import Workshop, story

Make = Callable[..., Workshop]

CATALOGUE = Path(__file__).parents[2] / "themes/broadsheet/words"
ENGLISH = parsed((CATALOGUE / "en.po").read_bytes(), "en.po")
EGYPT = 'language = "ar"\ntimezone = "Africa/Cairo"\nsections = ["علوم"]\ntopic_minimum = 1\n'
MOON = "هبط المسبار على الجانب البعيد من القمر."
SITE = [
    story("landing", "2024-06-02", section="علوم", title="هبوط", body=MOON, thread="القمر", topics="[القمر, NASA]"),
    story("rising", "2024-06-04", section="علوم", title="إقلاع", body=MOON, thread="القمر", topics="[القمر]"),
    story("capsule", "2024-06-25", section="علوم", title="Back on Earth (2024)", body="It lay on its side.", lang="en",
          thread="القمر", authors="[ليلى, Ada Lind]", topics="[القمر]", source="{name: Xinhua, url: https://example.org/}"),
    story("report", "2024-06-25", section="علوم", title="كبسولة", body=MOON, also="[capsule]", related="[capsule]",
          corrections="[{date: 2024-06-26, text: كتلة العينات}]"),
]  # fmt: skip
FOREIGN = ' lang="en" dir="auto"'
TITLE = "Back on Earth (2024)"


class Text(html.parser.HTMLParser):
    """The text of a page, and the attributes that are read out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "code")
        self.found += [value or "" for name, value in attributes if name in ("alt", "aria-label", "title")]
        self.found += [value or "" for name, value in attributes if name.startswith("data-") and " " in (value or "")]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
def test_no_english_word_is_left_on_a_site_in_arabic(workshop: Make, theme: str):
    made = workshop(*SITE, settings=f'{EGYPT}theme = "{theme}"\nsearch = true\n')
    made.build()
    assert not made.problems("error")
    english = {
        word for entry in ENGLISH.values() for form in entry.forms for word in re.findall(r"[A-Za-z]{3,}", _bare(form))
    } - {"RSS", "Enter", "Escape", "JavaScript", "the"}
    pages = [name for name in made.output() if name.endswith(".html") and "capsule" not in name]
    assert len(pages) > 15
    for name in pages:
        text = " ".join(Text(made.page(name)).found).replace(TITLE, "").replace("It lay on its side.", "")
        assert not english & set(re.findall(r"[A-Za-z]{3,}", text)), name


def _bare(form: str) -> str:
    for name in names(form):
        form = form.replace(f"{{{name}}}", "")
    return form


def test_the_page_its_dates_and_its_numbers_are_those_of_its_readers(workshop: Make):
    made = workshop(*SITE, settings=EGYPT)
    made.build()
    page = made.page("index.html")
    assert '<html lang="ar" dir="rtl">' in page
    assert "٢٥ يونيو ٢٠٢٤" in page
    assert "العدد ٣" in page
    assert 'datetime="2024-06-25"' in page  # machines read their own digits
    assert "<title>الأرشيف ٢٠٢٤ ·" in made.page("archive/2024/index.html")
    assert "<title>الأعداد – Daily</title>" in made.page("editions/feed.xml")
    assert "هذه خلاصة" in made.page("feed.xml")


@pytest.mark.parametrize("theme", ["broadsheet", "plain"])
@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "sections/علوم/index.html",
        "2024/06/04/rising/index.html",
        "2024/06/25/report/index.html",
        "threads/القمر/index.html",
    ],
)
def test_the_title_of_a_story_in_another_language_is_marked_wherever_it_stands(workshop: Make, theme: str, path: str):
    made = workshop(*SITE, settings=f'{EGYPT}theme = "{theme}"\n')
    made.build()
    main = made.page(path).partition("<main")[2]
    marked = re.findall(rf"<\w+[^>]*{FOREIGN}[^>]*>(?:<a [^>]*>)?{re.escape(TITLE)}", main)
    assert 0 < len(marked) == main.count(TITLE)


def test_what_the_site_says_on_a_page_in_another_language_is_marked_as_its_own(workshop: Make):
    made = workshop(*SITE, settings=EGYPT)
    made.build()
    page = made.page("2024/06/25/capsule/index.html")
    own = ' lang="ar" dir="rtl"'
    assert '<html lang="en" dir="ltr">' in page
    assert f'<p class="meta"{own}>' in page
    assert f"<footer{own}>" in page
    assert f'<aside class="thread"{own} ' in page
    assert f"<h1>{TITLE}</h1>" in page


def test_names_stand_apart_and_are_listed_as_the_language_does(workshop: Make):
    made = workshop(*SITE, settings=EGYPT)
    made.build()
    page = made.page("2024/06/25/capsule/index.html")
    assert re.search(r"بقلم <bdi><a[^>]*>ليلى</a></bdi> و<bdi><a[^>]*>Ada Lind</a></bdi>", page)
    assert "بقلم <bdi>ليلى</bdi> و<bdi>Ada Lind</bdi>" in made.page("index.html")


def test_a_change_of_a_storys_language_draws_the_pages_that_link_to_it(workshop: Make):
    made = workshop(*SITE, settings=EGYPT)
    made.build()
    file = made.root / "content/stories/2024/06/capsule.md"
    file.write_text(file.read_text("utf-8").replace("lang: en", "lang: fr"), "utf-8")
    made.build()
    assert 'lang="fr" dir="auto"' in made.page("2024/06/04/rising/index.html")


def test_a_story_in_the_sites_language_whatever_its_country_is_not_marked(workshop: Make):
    made = workshop(story("one", "2025-05-08", lang="en"), settings='language = "en-GB"\n')
    made.build()
    assert 'dir="auto"' not in made.page("index.html")
    assert ' lang="en-GB" dir' not in made.page("2025/05/08/one/index.html").partition("<body")[2]
