"""Pictures of a site: made once, remembered, printed with the pages that show them, reported if they cannot be read."""

import os
import re
import shutil
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from broadsheet.render.images import variants
from tests.conftest import Workshop, story
from tests.render.images.test_variants import photo, saved

pytestmark = pytest.mark.slow

Make = Callable[..., Workshop]
PAGE = "2025/05/07/one/index.html"
SHOWN = "{src: pictures/boat.jpg, alt: A boat, caption: At noon}"


def pictured(workshop: Make, *, body: str = "A body.", image: str = SHOWN) -> Workshop:
    """A site of a story with a picture."""
    made = workshop(story("one", "2025-05-07", image=image, body=body), story("two", "2025-05-08"))
    (made.root / "content/pictures").mkdir(parents=True)
    photo(1600, 900).save(made.root / "content/pictures/boat.jpg")
    return made


def printed(made: Workshop) -> set[str]:
    return {path for path in made.output() if path.startswith("pictures/boat")}


def size(made: Workshop, path: str) -> tuple[int, int]:
    with Image.open(made.root / "output" / path) as picture:
        return picture.size


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the files of which pictures were made in this process."""
    found: list[int] = []
    make = variants.make

    def counting(data: bytes) -> list[variants.Variant]:
        found.append(len(data))
        return make(data)

    monkeypatch.setattr(sys.modules["broadsheet.render.images.assets"], "make", counting)
    monkeypatch.setattr("broadsheet.pipeline.cores", lambda: 1)
    return found


def test_a_browser_chooses_and_one_without_webp_gets_the_plain_file(workshop: Make):
    made = pictured(workshop, body="Text.\n\n![A pier](/pictures/boat.jpg)")
    made.build()
    assert not made.problems()
    page = made.page(PAGE)
    for block in re.findall(r"<picture>.*?</picture>", page, re.DOTALL):
        found = re.findall(r'<source type="image/(\w+)" srcset="([^"]+)" sizes="[^"]+">', block)
        assert [kind for kind, _ in found] == ["avif", "webp"]
        assert block.count('sizes="auto, ') == (1 if "lazy" in block else 0)
        assert not re.search(
            r'sizes="auto, [^>]*><source', block
        )  # the Nu checker wants the lazy <img> right behind it
        for _, listed in found:
            files = [part.split(" ")[0].removeprefix("/") for part in listed.split(", ")]
            widths = [int(part.split(" ")[1].removesuffix("w")) for part in listed.split(", ")]
            assert widths == sorted(widths)
            for file, width in zip(files, widths, strict=True):
                assert size(made, file)[0] == width
        (plain,) = re.findall(r'<img src="/([^"]+\.jpg)" alt="[^"]+" width="1200" height="675"', block)
        assert size(made, plain) == (1200, 675)
    first, second = re.findall(r"<img[^>]*>", page)
    assert 'fetchpriority="high"' in first
    assert "lazy" not in first
    assert 'loading="lazy"' in second


def test_a_picture_by_itself_with_a_title_has_it_as_its_caption(workshop: Make):
    body = """![A pier > a boat](pictures/boat.jpg "At noon & later")

![A pier](pictures/boat.jpg)

In a ![pier](pictures/boat.jpg "no caption") line.

![Away](https://example.com/x.png "no figure")
"""
    made = pictured(workshop, body=body, image="{src: pictures/boat.jpg, alt: A boat}")
    made.build()
    page = made.page(PAGE)
    (figure,) = re.findall(r'<figure class="picture"><picture>.*?</figure>', page)
    assert figure.endswith("<figcaption>At noon &amp; later</figcaption></figure>")
    assert 'alt="A pier &gt; a boat"' in figure or 'alt="A pier > a boat"' in figure
    assert "no caption" not in page
    assert page.count("<picture>") == 4
    assert '<p><a href="https://example.com/x.png">Away</a></p>' in page


def test_feeds_show_the_plain_file(workshop: Make):
    made = pictured(workshop, body="![A pier](pictures/boat.jpg)")
    made.build()
    feed = made.page("feed.xml")
    assert "srcset" not in feed
    assert re.search(r"https://example.org/pictures/boat\.[0-9a-f]{8}\.jpg", feed)


def test_on_a_phone_the_picture_that_is_chosen_is_small(workshop: Make):
    made = pictured(workshop)
    made.build()
    (narrow,) = (path for path in printed(made) if "-720." in path and path.endswith("avif"))
    whole = (made.root / "content/pictures/boat.jpg").stat().st_size
    assert len(made.output()[narrow]) < whole / 2


def test_no_picture_is_made_twice_and_none_is_opened_again(workshop: Make, counted: list[int], monkeypatch):
    made = pictured(workshop)
    made.build()
    assert len(counted) == 1
    before = printed(made)
    shutil.rmtree(made.root / "output")
    (made.root / ".broadsheet/cache.db").unlink()
    made.build()
    assert printed(made) == before
    opened: list[Path] = []
    through = Path.open

    def watched(file: Path, *how: Any, **more: Any) -> Any:
        opened.append(file)
        return through(file, *how, **more)

    monkeypatch.setattr(Path, "open", watched)
    made.build()
    assert len(counted) == 1
    assert not [file for file in opened if file.name == "boat.jpg"]


def test_a_picture_under_another_name_is_not_made_again(workshop: Make, counted: list[int]):
    made = pictured(workshop, body="![A pier](pictures/old/boat.jpg)")
    (made.root / "content/pictures/old").mkdir()
    shutil.copy(made.root / "content/pictures/boat.jpg", made.root / "content/pictures/old/boat.jpg")
    made.build()
    assert not made.problems()
    made.write(story("three", "2025-05-09", image="{src: pictures/later.jpg, alt: A boat}"))
    (made.root / "content/pictures/old/boat.jpg").rename(made.root / "content/pictures/later.jpg")
    made.build()
    assert len(set(counted)) == 1
    assert "pictures/later" in made.page("2025/05/09/three/index.html")


def test_a_changed_picture_is_printed_under_another_name_and_the_old_one_is_removed(workshop: Make):
    made = pictured(workshop)
    made.build()
    before = printed(made)
    photo(1500, 900).save(made.root / "content/pictures/boat.jpg")
    made.build()
    assert printed(made)
    assert not before & printed(made)
    assert len(os.listdir(made.root / ".broadsheet/pictures")) == 1


def test_a_picture_that_no_story_shows_is_not_printed(workshop: Make):
    made = pictured(workshop)
    made.build()
    made.write(story("one", "2025-05-07"))
    made.build()
    assert not printed(made)


def test_what_was_made_may_be_deleted_at_any_time(workshop: Make):
    made = pictured(workshop)
    made.build()
    before = made.output()
    shutil.rmtree(made.root / ".broadsheet/pictures")
    made.build()
    assert made.output() == before


def test_a_broken_picture_is_told_at_the_line_that_names_it_and_goes_when_it_is_mended(workshop: Make):
    made = pictured(workshop, body="One.\n\n![A pier](pictures/pier.png)")
    file = made.root / "content/pictures/pier.png"
    photo(300, 200).save(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    for _ in range(2):
        made.build()
        (problem,) = made.problems()
        assert (problem.severity, problem.code) == ("error", "picture-broken")
        assert str(problem.place) == "content/stories/2025/05/one.md:10"
        assert "A pier" in made.page(PAGE)
    file.write_bytes(whole)
    made.build()
    assert not made.problems()


def test_a_missing_picture_is_told_at_its_line(workshop: Make):
    made = pictured(workshop, image="{src: pictures/nope.jpg, alt: A boat}")
    made.build()
    (problem,) = made.problems()
    assert (problem.severity, problem.code, problem.place.line) == ("warning", "picture-missing", 5)


@pytest.mark.parametrize("name", ["../secret.png", "stories/2025/05/one.md", "/etc/passwd", "pictures/../../x.png"])
def test_nothing_outside_the_folder_of_pictures_is_a_picture(workshop: Make, name: str):
    made = pictured(workshop, image=f"{{src: {name}, alt: A boat}}")
    photo(30, 20).save(made.root / "secret.png")
    made.build()
    assert [problem.code for problem in made.problems()] == ["picture-missing"]


def test_a_page_of_the_editors_own_shows_its_pictures(workshop: Make):
    made = pictured(workshop, image="{src: pictures/boat.jpg, alt: A}")
    made.write(
        "-- content/pages/about.md --\n---\ntitle: About\n---\n\n![We](pictures/boat.jpg)\n\n![](pictures/no.png)\n"
    )
    made.build()
    assert "<picture>" in made.page("about/index.html")
    assert [(problem.code, str(problem.place)) for problem in made.problems()] == [
        ("picture-alt", "content/pages/about.md:7"),
        ("picture-missing", "content/pages/about.md:7"),
    ]


def test_a_name_with_spaces_and_other_letters_is_found(workshop: Make):
    made = pictured(workshop, body="![A pier](pictures/der%20Anleger,%20früh.png)")
    photo(300, 200).save(made.root / "content/pictures/der Anleger, früh.png")
    made.build()
    assert not made.problems()
    assert re.search(r'src="/pictures/der-anleger-fruh\.[0-9a-f]{8}\.jpg"', made.page(PAGE))


def test_a_safe_drawing_is_printed_and_one_with_script_is_not(workshop: Make):
    made = pictured(workshop, body="![A](pictures/good.svg)\n\n![B](pictures/bad.svg)")
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">'
    (made.root / "content/pictures/good.svg").write_text(f"{head}<path d='M0 0h9'/></svg>")
    (made.root / "content/pictures/bad.svg").write_text(f"{head}<script>alert(1)</script></svg>")
    made.build()
    (problem,) = made.problems()
    assert (problem.severity, problem.code) == ("warning", "picture-svg")
    assert "<script> in line 1" in problem.message
    assert [path.rpartition(".")[2] for path in made.output() if "good" in path or "bad" in path] == ["svg"]
    assert 'width="40" height="20"' in made.page(PAGE)


def test_a_drawing_is_not_what_share_cards_show(workshop: Make):
    made = pictured(workshop, image="{src: pictures/good.svg, alt: A}")
    (made.root / "content/pictures/good.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    made.build()
    (shown,) = re.findall(r'og:image" content="([^"]+)"', made.page(PAGE))
    assert shown.endswith(".png")


def test_several_processes_make_the_same(workshop: Make):
    made = pictured(workshop, body="\n\n".join(f"![{n}](pictures/{n}.png)" for n in range(6)))
    for n in range(6):
        photo(400 + n, 300).save(made.root / f"content/pictures/{n}.png")
    made.build()
    assert (
        len(
            {path.split(".")[0] for path in made.output() if path.startswith("pictures/")}
            & {f"pictures/{n}" for n in range(6)}
        )
        == 6
    )


def test_another_pillow_makes_all_pictures_anew(workshop: Make, counted: list[int], monkeypatch: pytest.MonkeyPatch):
    made = pictured(workshop)
    made.build()
    made.build()
    assert len(counted) == 1
    assert variants.pillow()
    monkeypatch.setattr(variants, "pillow", lambda: "another")
    made.build()
    assert len(counted) == 2


def bomb() -> bytes:
    """A PNG of a few bytes that says that it has 3,600 million pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + saved(photo(4, 4), "PNG")[33:]


WRONG = {
    "empty.jpg": b"",
    "cut.jpg": saved(photo(300, 200))[:-2000],
    "cut.webp": saved(photo(300, 200), "WEBP")[:-500],
    "bomb.png": bomb(),
    "words.jpg": b"Not a picture at all.",
    "page.png": b"<!DOCTYPE html><title>Sign in</title>",
    "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "photo.svg": saved(photo(30, 20), "PNG"),
    "phone.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99),
    "scan.tiff": saved(photo(30, 20), "TIFF"),
}


def test_each_picture_that_cannot_be_shown_is_told_at_its_line_and_all_others_are_shown(workshop: Make):
    lines = [f"![It](pictures/{name})\n" for name in (*WRONG, "folder.jpg", "png-in-name-only.jpg")]
    made = pictured(workshop, body="\n".join(lines))
    for name, data in WRONG.items():
        (made.root / "content/pictures" / name).write_bytes(data)
    (made.root / "content/pictures/folder.jpg").mkdir()
    (made.root / "content/pictures/png-in-name-only.jpg").write_bytes(saved(photo(30, 20), "PNG"))
    made.build()
    bad = enumerate((*WRONG, "folder.jpg"))
    expected = {f"content/stories/2025/05/one.md:{8 + 2 * place}": name for place, name in bad}  # the first in line 8
    assert {str(one.place): one.message.split("'")[1].removeprefix("pictures/") for one in made.problems()} == expected
    assert {problem.code for problem in made.problems()} == {"picture-broken"}
    page = made.page(PAGE)
    assert page.count("<img") == 2
    assert "pictures/png-in-name-only." in page


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_in_the_place_of_a_picture_is_reported_and_not_waited_for(workshop: Make):
    made = workshop(story("one", "2025-05-08", body="![A pier](pictures/pier.jpg)"))
    (made.root / "content/pictures").mkdir()
    os.mkfifo(made.root / "content/pictures/pier.jpg")
    made.build()
    (problem,) = [one for one in made.report if one.code == "picture-broken"]
    assert "it is not a file" in problem.message
    assert (problem.place.file, problem.place.line) == ("content/stories/2025/05/one.md", 7)
    assert "A pier" in made.page("2025/05/08/one/index.html")
