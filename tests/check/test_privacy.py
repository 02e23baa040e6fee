"""What pictures that are published as they are tell besides what they show."""

from collections.abc import Callable

from tests.check.conftest import Checking
from tests.conftest import story
from tests.render.images.test_metadata import HOLD, JPEG


def test_a_picture_of_a_theme_with_more_in_it_than_the_picture_is_named(checking: Callable[..., Checking]):
    one = checking(story("one", "2025-05-07"))
    static = one.made.root / "themes/broadsheet/static"
    static.mkdir(parents=True)
    (static / "flag.jpg").write_bytes(HOLD["jpeg-exif"][0] + b"more")
    (static / "plain.jpg").write_bytes(JPEG)
    assert one.told()["picture-private"] == [
        ("themes/broadsheet/static/flag.jpg", "holds Exif data and bytes after its end")
    ]
    (static / "flag.jpg").write_bytes(JPEG)
    assert "picture-private" not in one.told()


def test_so_is_a_picture_at_the_root_of_the_site(checking: Callable[..., Checking]):
    one = checking(story("one", "2025-05-07"), "-- content/static/ads.txt --\nown\n")
    (one.made.root / "content/static/flag.jpg").write_bytes(HOLD["jpeg-exif"][0])
    assert one.told()["picture-private"] == [("content/static/flag.jpg", "holds Exif data")]
