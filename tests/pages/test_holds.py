"""What a story can hold stands on its page, in its feeds and in its structured data; a changed file changes it."""

import json
import re
import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from PIL import Image

from tests.conftest import Workshop, story

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
PAGE = "2025/05/07/one/index.html"
RENTS = "Year,Old Town,Harbour\n2019,14.25,12\n2020,1414.5,-3\n2021,,4\n"
DOCS = Path(__file__).parents[2] / "docs/guides/write-a-story.md"


def site(workshop: Make, *files: str, settings: str = "") -> Workshop:
    made = workshop(*files, settings=settings)
    for folder in ("pictures", "audio", "video"):
        (made.root / "content" / folder).mkdir(parents=True, exist_ok=True)
    Image.effect_noise((300, 200), 90).save(made.root / "content/pictures/bridge.jpg")
    shutil.copy(made.root / "content/pictures/bridge.jpg", made.root / "content/video/bridge.mp4")
    sound(made, 8000)
    return made


def sound(made: Workshop, frames: int) -> None:
    for name in ("audio/bridge.mp3", "audio/bell.wav"):
        with wave.open(str(made.root / "content" / name), "wb") as file:
            file.setparams((1, 1, 8000, 0, "NONE", ""))
            file.writeframes(bytes(frames))


def examples(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_every_example_of_the_documentation_is_printed_and_nothing_is_said_against_it(workshop: Make):
    body = "\n\n".join(["The first words.", *examples("markdown")])
    (head,), (numbers,) = examples("yaml"), examples("csv")
    text = story("one", "2025-05-07", body=body).replace("---\nid:", f"---\n{head}id:", 1)
    made = site(workshop, text, story("two", "2025-05-08"))
    (made.root / "content/stories/2025/05/rents.csv").write_text(numbers, "utf-8")
    made.build()
    assert not made.problems()
    page = made.page(PAGE)
    for part in (
        "<li>Buses go by way of the harbour</li>", "12:30", "H<sub>2</sub>O", "mc<sup>2</sup>", "<mark>marked</mark>",
        '<aside class="box"><p class="title"><b>What is known</b>', '<aside class="pull">', "<aside>\n<p>The bridge was",
        '<aside class="alert alert-note"><p class="title"><b>Note</b>', '<p class="title"><b>Stay away</b>',
        "<figcaption>The bridge on Monday. <small>Ida Morel</small>", '<div class="gallery">', "<b>YouTube</b>",
        "<b>mastodon.social</b> <cite>What the captain said</cite>", '<svg viewBox="0 0 400', "<cite>The bridge falls</cite>",
        ">The sound of the bridge</a>", "☑", "<dt>Pier</dt>", "<details><summary>How this", "footnotes",
    ):  # fmt: skip
        assert part in page, part
    assert page.count("<audio controls preload=") == 2
    assert "<iframe" not in page


DRAWING = '<svg viewBox="0 0 400'
BODY = 'Words.\n\n## A heading\n\n![Rents](rents.csv "bar. Source: town | Ida")\n\n> [!TIP]\n> Look.\n'


def rich(workshop: Make, **keys: str) -> Workshop:
    keys = {"points": '[First "point", Second]', "audio": '{src: audio/bell.wav, duration: "1:02:03"}', **keys}
    one = story("one", "2025-05-07", body=BODY, image='{src: pictures/bridge.jpg, alt: "b"}', **keys)
    made = site(workshop, one, story("two", "2025-05-08"))
    made.write("-- content/stories/2025/05/rents.csv --\n" + RENTS)
    return made


def test_a_chart_is_an_accessible_drawing_with_its_table_and_numbers_as_the_language_writes_them(workshop: Make):
    made = rich(workshop, lang="de")
    made.build()
    page = made.page(PAGE)
    drawing = page[page.index(DRAWING) : page.index("</svg>", page.index(DRAWING))]
    title, described = re.findall(r'aria-labelledby="(\S+) (\S+)"', drawing)[0]
    assert f'<title id="{title}">Rents</title>' in drawing
    assert re.search(rf'<desc id="{described}">[^<]*2020: 1.414,50', drawing)
    assert 'role="img"' in drawing
    assert drawing.count("<rect") == 5 + 2  # a bar for each number, and the names of two series
    assert '<td class="right"><bdi>14,25</bdi></td>' in page
    assert '<td class="right"><bdi>–</bdi></td>' in page
    assert "<figcaption><b>Rents</b> Source: town <small>Ida</small></figcaption>" in page


def test_feeds_have_the_points_the_sound_and_the_numbers_and_no_drawing_or_anchor(workshop: Make):
    made = rich(workshop)
    made.build()
    size = (made.root / "content/audio/bell.wav").stat().st_size
    for name in ("feed.xml", "atom.xml"):
        entry = next(one for one in feedparser.parse(made.output()[name]).entries if one.title == "One")
        kinds = [(one["type"], one["length"]) for one in entry.enclosures]
        assert kinds[0] == ("audio/x-wav", str(size))
        assert [kind for kind, _ in kinds[1:]] == ([] if name == "feed.xml" else ["image/jpeg"])
        assert entry.enclosures[0].href.startswith("https://")
        html = entry.content[0].value
        assert html.index("<li>First “point”</li>") < html.index("Words.")
        assert "1,414.50" in html
        assert "<blockquote" in html
        assert "Tip" in html
        for absent in ("<svg", "anchor", "<audio", "<aside"):
            assert absent not in html
    item = next(one for one in json.loads(made.page("feed.json"))["items"] if one["title"] == "One")
    assert [one["mime_type"] for one in item["attachments"]] == ["audio/x-wav", "image/jpeg"]
    assert item["attachments"][0]["duration_in_seconds"] == 3723


def test_machines_are_told_of_the_sound(workshop: Make):
    made = rich(workshop)
    made.build()
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', made.page(PAGE), re.DOTALL)[0])
    article = next(one for one in data["@graph"] if one["@type"] == "NewsArticle")
    assert article["audio"]["@type"] == "AudioObject"
    assert article["audio"]["duration"] == "PT62M3S"
    address = article["audio"]["contentUrl"].split("/", 3)[3]
    assert (made.root / "output" / address).read_bytes() == (made.root / "content/audio/bell.wav").read_bytes()


def test_a_sound_of_another_host_is_a_link_and_an_enclosure(workshop: Make):
    made = rich(workshop, audio='{src: "https://h.example/a.mp3", type: audio/mpeg, length: "1234"}')
    made.build()
    assert not made.problems()
    page = made.page(PAGE)
    assert "<audio" not in page
    assert '<a href="https://h.example/a.mp3">Listen</a>' in page
    entry = next(one for one in feedparser.parse(made.output()["feed.xml"]).entries if one.title == "One")
    assert dict(entry.enclosures[0])["length"] == "1234"


def test_headings_have_a_link_to_themselves_that_says_nothing(workshop: Make):
    made = rich(workshop)
    made.build()
    assert '<h2 id="a-heading">A heading <a class="anchor" href="#a-heading" aria-labelledby="a-heading"></a></h2>' in (
        made.page(PAGE)
    )


@pytest.mark.parametrize(("lang", "word"), [("ar", "بالمئة"), ("en", "per cent")])
def test_a_drawing_goes_the_way_of_the_text(workshop: Make, lang: str, word: str):
    made = rich(workshop, lang=lang)
    (made.root / "content/stories/2025/05/rents.csv").write_text(f"a,{word}\nx,1\ny,2\n", "utf-8")
    made.build()
    page = made.page(PAGE)
    drawing = page[page.index(DRAWING) :]
    first = float(re.findall(r'<rect class="s1" x="([\d.]+)" y="\d+" width="([\d.]+)"', drawing)[0][0])
    assert (' direction="rtl"' in drawing[:200]) == (lang == "ar")
    assert (first > 200) == (lang == "ar")


def test_what_is_missing_or_broken_is_reported_with_its_line(workshop: Make):
    body = "A.\n\n<audio src='audio/no.mp3'></audio>\n\n![x](no.csv)\n\n<video src='video/no.mp4'></video>\n\n![y](bad.csv)\n"
    made = site(
        workshop, story("one", "2025-05-07", body=body, audio="{src: audio/gone.mp3}"), story("two", "2025-05-08")
    )
    (made.root / "content/stories/2025/05/bad.csv").write_text("a,b\nx,1\ny,many\n", "utf-8")
    made.build()
    first = (made.root / "content/stories/2025/05/one.md").read_text().split("\n").index("A.") + 1
    found = [(one.severity, one.code, one.place.file, one.place.line) for one in made.problems()]
    assert sorted(found) == [
        ("error", "chart-broken", "content/stories/2025/05/bad.csv", 3),
        ("warning", "audio-missing", "content/stories/2025/05/one.md", 5),
        ("warning", "audio-missing", "content/stories/2025/05/one.md", first + 2),
        ("warning", "chart-missing", "content/stories/2025/05/one.md", first + 4),
        ("warning", "video-missing", "content/stories/2025/05/one.md", first + 6),
    ]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("stories/2025/05/link.csv", "![x](link.csv)"),
        ("audio/link.mp3", "<audio src='audio/link.mp3'></audio>"),
        ("video/link.mp4", "<video src='video/link.mp4'></video>"),
        ("pictures/link.jpg", "![x](pictures/link.jpg)"),
    ],
)
def test_no_link_publishes_what_lies_outside_of_the_content_and_its_line_is_reported(
    workshop: Make, tmp_path: Path, name: str, body: str
):
    made = site(workshop, story("one", "2025-05-07", body=f"A.\n\n{body}\n"), story("two", "2025-05-08"))
    link, ending = made.root / "content" / name, name[-4:]
    link.parent.mkdir(parents=True, exist_ok=True)
    secret, own = tmp_path / f"secret{ending}", made.root / f"content/own{ending}"
    picture = made.root / "content/pictures/bridge.jpg"
    for file in (secret, own):
        if ending == ".jpg":
            shutil.copy(picture, file)
        else:
            file.write_text("Name,A\nsecret,1\ny,2\n", "utf-8")
    link.symlink_to(own)
    made.build()
    assert not made.problems()
    published = set(made.output())
    link.unlink()
    link.symlink_to(secret)
    made.build()
    line = (made.root / "content/stories/2025/05/one.md").read_text().split("\n").index("A.") + 3
    (found,) = made.problems()
    assert (found.severity, found.code) == ("error", "link-outside")
    assert (found.place.file, found.place.line) == ("content/stories/2025/05/one.md", line)
    assert "secret" not in made.page(PAGE)
    if ending != ".csv":
        assert published - set(made.output())


@pytest.mark.parametrize("name", ["stories/2025/05/rents.csv", "audio/bell.wav"])
def test_a_changed_file_changes_its_pages_and_no_other_and_as_a_clean_build_does(workshop: Make, name: str):
    made = rich(workshop)
    made.build()
    before = made.output()
    if name.endswith(".csv"):
        (made.root / "content" / name).write_text(RENTS.replace("14.25", "99.75"), "utf-8")
    else:
        sound(made, 9000)
    made.build()
    after = made.output()
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert PAGE in changed
    assert {"feed.xml", "atom.xml", "feed.json"} <= changed
    assert "2025/05/08/two/index.html" not in changed
    shutil.rmtree(made.root / "output")
    shutil.rmtree(made.root / ".broadsheet")
    made.build()
    assert made.output() == after


def test_the_plain_theme_shows_them_too(workshop: Make):
    made = site(workshop, settings='theme = "plain"\n')
    made.write(story("one", "2025-05-07", body=BODY, points="[First, Second]", audio="{src: audio/bell.wav}"))
    made.write("-- content/stories/2025/05/rents.csv --\n" + RENTS)
    made.build()
    page = made.page(PAGE)
    for part in ("<li>Second</li>", "<audio controls", DRAWING, "Key points", '<aside class="alert alert-tip">'):
        assert part in page
