"""Every picture of a body is shown wherever the body is printed, however it is written, or reported with its line."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from broadsheet.model import Asset
from broadsheet.pages.bodies import for_page
from broadsheet.pages.urls import Addresses
from tests.conftest import Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
PAGE = "2025/05/07/one/index.html"
WAYS = """The first words.

![in line](pictures/a(1).png "Noon")

![by name][Quay]

![](<pictures/b c.png> 'No words')

![coded](pictures/b%20c.png)

<img src="pictures/a(1).png" alt="raw" title="Raw caption">

<figure>
<a href="/about/"><img src="pictures/b c.png" alt="figured"></a>
<figcaption>By <cite>Ana Holt</cite></figcaption>
</figure>

<picture><source srcset="pictures/gone.webp"><img src="pictures/a(1).png" alt="chosen"></picture>

A line with <img src='pictures/a(1).png' alt='inside'> a picture.

`![code](pictures/gone.png)`

    <img src="pictures/gone.png">

[quay]: pictures/b%20c.png
"""


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that is large enough to be printed in several widths."""
    file = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.effect_noise((700, 400), 90).save(file)
    return file


def site(workshop: Make, photo: Path, *files: str) -> Workshop:
    made = workshop(*files)
    folder = made.root / "content/pictures"
    folder.mkdir(parents=True)
    for name in ("a(1).png", "b c.png"):
        shutil.copy(photo, folder / name)
    return made


def alts(html: str) -> list[str]:
    return re.findall(r'<img [^>]*alt="([^"]*)"', html)


def test_a_picture_is_shown_however_it_is_written(workshop: Make, photo: Path):
    made = site(workshop, photo, story("one", "2025-05-07", body=WAYS), story("two", "2025-05-08"))
    made.build()
    assert [(one.code, one.place.line) for one in made.problems()] == [("picture-alt", 13)]
    page = made.page(PAGE)
    shown = ["in line", "by name", "", "coded", "raw", "figured", "chosen", "inside"]
    assert alts(page) == shown
    assert page.count('type="image/webp" srcset=') == len(shown)
    for feed in ("feed.xml", "atom.xml"):
        assert re.findall(r'alt="([^"]*)"', made.page(feed).replace("&quot;", '"').replace("&#34;", '"')) == shown


def test_raw_html_is_laid_out_as_markdown_is(workshop: Make, photo: Path):
    made = site(workshop, photo, story("one", "2025-05-07", body=WAYS), story("two", "2025-05-08"))
    made.build()
    page = made.page(PAGE)
    assert page.count('<figure class="picture">') == 4
    assert "<figcaption>Raw caption</figcaption></figure>" in page
    assert "<figcaption>By <cite>Ana Holt</cite></figcaption>" in page
    assert re.search(r"<p><picture>.{0,900}alt=\"chosen\"[^<>]*></picture></p>", page)
    assert re.search(r"A line with <picture>.*></picture> a picture.</p>", page)


def test_the_lead_and_the_words_of_a_story_are_those_of_its_text(workshop: Make, photo: Path):
    made = site(workshop, photo, story("one", "2025-05-07", body=WAYS), story("two", "2025-05-08"))
    built = made.build()
    (one,) = (story for story in built.read if story.id == "one")
    assert one.lead == "The first words."
    assert one.pictures == ("pictures/a(1).png", "pictures/b%20c.png", "pictures/b c.png")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("![x](pictures/gone(1).png)", "picture-missing"),
        ("![x][gone]\n\n[gone]: <pictures/no where.png>", "picture-missing"),
        ("<div>\n<img alt=x src='pictures/gone.png'>\n</div>", "picture-missing"),
        ("![x](../../secret.png)", "picture-missing"),
        ("![x](data:image/png;base64,iVBORw0KGgo=)", "picture-address"),
        ("<img alt=x src='file:///etc/hosts.png'>", "picture-address"),
        ("<img alt=x src='HTTPS://a.example/x.png'>", "picture-remote"),
        ("<img alt=x srcset='pictures/a(1).png 2x'>", "html-dropped"),
        ("<svg viewBox='0 0 1 1'><path d='M0 0h1'/></svg>", "html-dropped"),
    ],
)
@pytest.mark.parametrize("folder", ["stories", "pages", "editions"])
def test_a_picture_that_cannot_be_shown_is_reported_with_its_line(workshop: Make, photo: Path, folder, written, code):
    body = f"The text names pictures/gone.png.\n\n{written}"
    files = {
        "stories": story("one", "2025-05-07", body=body),
        "pages": f"-- content/pages/one.md --\n---\ntitle: One\n---\n\n{body}\n",
        "editions": f"-- content/editions/2025-05-08.md --\n---\ntitle: One\n---\n\n{body}\n",
    }
    made = site(workshop, photo, story("two", "2025-05-08"), files[folder])
    made.build()
    (problem,) = made.problems()
    text = (made.root / problem.place.file).read_text().splitlines()
    assert problem.code == code
    assert text[problem.place.line - 1].startswith(("![x]", "<img", "<svg"))


def test_a_main_picture_is_reported_where_front_matter_names_it(workshop: Make):
    body = "A line on pictures/gone.png."
    made = workshop(story("one", "2025-05-07", image="{src: pictures/gone.png, alt: X}", body=body))
    made.build()
    assert [(one.code, one.place.line) for one in made.problems()] == [("picture-missing", 5)]


def test_the_note_of_an_edition_shows_its_pictures(workshop: Make, photo: Path):
    note = "-- content/editions/2025-05-08.md --\n---\ntitle: One\n---\n\n![in the note](pictures/a(1).png)\n"
    made = site(workshop, photo, story("two", "2025-05-08"), note)
    made.build()
    assert not made.problems()
    for page in ("index.html", "editions/2025-05-08/index.html"):
        assert alts(made.page(page))[0] == "in the note"
    assert "pictures/a-1." in made.page("editions/feed.xml")


def test_what_is_no_text_of_a_story_is_not_printed(workshop: Make):
    body = (
        "One.\n\n<noscript><img src='x.png'></noscript>\n\n<iframe src='https://a.example/'><b>no</b></iframe>\n\nTwo."
    )
    made = workshop(story("one", "2025-05-07", body=body), story("two", "2025-05-08"))
    made.build()
    assert "&lt;img" not in made.page(PAGE)
    assert "&lt;b&gt;" not in made.page(PAGE)
    assert [(one.code, one.place.line) for one in made.problems()] == [("html-dropped", 9), ("html-dropped", 11)]


def test_a_true_apostrophe_in_an_address_stays(workshop: Make, photo: Path):
    body = "„Ja“ ![Bild](pictures/o’clock.png) [weiter](https://a.example/o’clock)"
    made = site(workshop, photo, story("one", "2025-05-07", lang="de", body=body), story("two", "2025-05-08"))
    shutil.copy(photo, made.root / "content/pictures/o’clock.png")
    made.build()
    assert not made.problems()
    assert alts(made.page(PAGE)) == ["Bild"]
    assert 'href="https://a.example/o%E2%80%99clock"' in made.page(PAGE)


def test_a_picture_s_name_may_hold_what_html_escapes():
    asset = Asset("pictures/a&b.png", "", "pictures/a-b.png", b"", 1)
    made = for_page('<p><img src="pictures/a&amp;b.png" alt="x"></p>', Addresses("https://example.org/"), [asset])
    assert made == '<p><img src="/pictures/a-b.png" alt="x" loading="lazy"></p>'
