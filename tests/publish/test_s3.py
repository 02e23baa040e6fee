"""A bucket on a real S3 server: media types, cache headers, order, interruptions, other people's objects."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.publish import s3
from tests.conftest import NOW, Workshop, story
from tests.publish.conftest import codes, wanted

boto3 = pytest.importorskip("boto3", reason="needs boto3: pip install 'broadsheet[s3]'")

Publisher = Callable[..., tuple[Workshop, Any]]
SECRET = "a-secret-that-nobody-may-read"


class Bucket:
    """A bucket of its own, and what a test asks of it."""

    def __init__(self, server: str, name: str) -> None:
        self.name = name
        self.client = boto3.client("s3", endpoint_url=server, region_name="us-east-1")
        self.client.create_bucket(Bucket=name)
        self.settings = f'kind = "s3"\nbucket = "{name}"\nprefix = "news"\nendpoint = "{server}"\nregion = "us-east-1"'

    def keys(self) -> set[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {found["Key"].removeprefix("news/") for page in pages for found in page.get("Contents", ())}

    def read(self, path: str) -> bytes:
        return bytes(self.client.get_object(Bucket=self.name, Key=f"news/{path}")["Body"].read())

    def head(self, path: str) -> tuple[str, str]:
        said = self.client.head_object(Bucket=self.name, Key=f"news/{path}")
        return said["ContentType"], said["CacheControl"]

    def put(self, path: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=f"news/{path}", Body=data)


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Bucket:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "reed")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return Bucket(s3_server, f"bucket-{abs(hash(request.node.name)):x}")


@pytest.fixture
def puts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are put, in their order."""
    seen: list[str] = []
    put = s3.S3._put

    def watched(target: s3.S3, bundle: Any, path: str) -> None:
        put(target, bundle, path)
        seen.append(path)

    monkeypatch.setattr(s3.S3, "_put", watched)
    return seen


def test_the_bucket_holds_the_site_below_its_prefix(publisher: Publisher, bucket: Bucket):
    made, send = publisher(bucket.settings)
    assert send().sent
    assert bucket.keys() == set(wanted(made))
    assert all(bucket.read(path) == data for path, data in wanted(made).items())


def test_each_kind_of_file_has_its_media_type_and_its_time_to_be_kept(publisher: Publisher, bucket: Bucket):
    made, send = publisher(bucket.settings)
    send()
    minutes = "public, max-age=600"
    assert bucket.head("index.html") == ("text/html; charset=utf-8", minutes)
    assert bucket.head("feed.xml") == ("application/rss+xml; charset=utf-8", minutes)
    assert bucket.head("atom.xml") == ("application/atom+xml; charset=utf-8", minutes)
    assert bucket.head("feed.json") == ("application/feed+json; charset=utf-8", minutes)
    assert bucket.head("sitemap.xml") == ("application/xml", minutes)
    (style,) = (path for path in wanted(made) if path.startswith("static/style.") and path.endswith(".css"))
    assert bucket.head(style) == ("text/css; charset=utf-8", "public, max-age=31536000, immutable")


def test_only_what_changed_is_put_and_what_calls_readers_comes_last(
    publisher: Publisher, bucket: Bucket, puts: list[str]
):
    made, send = publisher(bucket.settings)
    send()
    puts.clear()
    send()
    assert not puts
    made.write("-- themes/broadsheet/static/style.css --\nbody { margin: 1px }\n")
    made.write(story("four", "2025-05-10", section="World"))
    done = send()
    assert sorted(puts) == sorted((*done.changes.new, *done.changes.changed))
    place = {path: number for number, path in enumerate(puts)}
    style = next(path for path in puts if path.startswith("static/style."))
    assert place[style] < place["2025/05/10/four/index.html"] < place["sections/world/index.html"]
    assert place["sections/world/index.html"] < place["index.html"] < min(place["feed.xml"], place["sitemap.xml"])


def test_a_superseded_style_sheet_stays_for_a_day_and_then_goes(publisher: Publisher, bucket: Bucket):
    made, send = publisher(bucket.settings)
    send()
    old = {path for path in wanted(made) if path.startswith("static/style.")}
    made.write("-- themes/broadsheet/static/style.css --\nbody { margin: 1px }\n")
    send()
    assert old <= bucket.keys()
    send(now=NOW + dt.timedelta(hours=23))
    assert old <= bucket.keys()
    send(now=NOW + dt.timedelta(hours=25))
    assert bucket.keys() == set(wanted(made))


def test_an_object_of_somebody_elses_is_left_alone_and_told(publisher: Publisher, bucket: Bucket):
    made, send = publisher(bucket.settings)
    bucket.put("theirs.txt", b"theirs")
    assert send().changes.others == ("theirs.txt",)
    assert "publish-other" in codes(made)
    assert bucket.read("theirs.txt") == b"theirs"


def test_an_object_of_somebody_elses_in_the_way_stops_the_publication(publisher: Publisher, bucket: Bucket):
    made, send = publisher(bucket.settings)
    bucket.put("index.html", b"their site")
    assert not send().sent
    assert codes(made) == ["publish-foreign"]
    assert bucket.keys() == {"index.html"}
    assert send("*").sent
    assert bucket.read("index.html") == wanted(made)["index.html"]


def test_an_interrupted_publication_goes_on_where_it_was(
    publisher: Publisher, bucket: Bucket, puts: list[str], monkeypatch: pytest.MonkeyPatch
):
    made, send = publisher(bucket.settings)
    put = s3.S3._put

    def breaking(target: s3.S3, bundle: Any, path: str) -> None:
        if len(puts) >= 10:
            raise KeyboardInterrupt
        put(target, bundle, path)

    with monkeypatch.context() as patch:
        patch.setattr(s3.S3, "_put", breaking)
        with pytest.raises(KeyboardInterrupt):
            send()
    first = set(puts)
    assert first < set(wanted(made))
    assert "index.html" not in first
    puts.clear()
    assert send().sent
    assert not first & set(puts)
    assert bucket.keys() == set(wanted(made))


def test_what_was_damaged_in_the_bucket_is_put_right(publisher: Publisher, bucket: Bucket):
    made, send = publisher(bucket.settings)
    send()
    bucket.put("index.html", b"damaged")
    bucket.client.delete_object(Bucket=bucket.name, Key="news/feed.xml")
    done = send()
    assert (done.changes.new, done.changes.changed) == (("feed.xml",), ("index.html",))
    assert bucket.read("index.html") == wanted(made)["index.html"]


def test_a_bucket_that_holds_the_sources_is_refused(publisher: Publisher, bucket: Bucket):
    _, send = publisher(bucket.settings)
    bucket.put("pyproject.toml", b"[tool.broadsheet]")
    bucket.put("content/stories/2025/05/one.md", b"---")
    with pytest.raises(BroadsheetError, match="holds the sources of a site"):
        send()
    assert bucket.keys() == {"pyproject.toml", "content/stories/2025/05/one.md"}


def test_a_missing_bucket_is_a_clear_error_without_a_secret(publisher: Publisher, bucket: Bucket):
    _, send = publisher(bucket.settings.replace(bucket.name, "no-such-bucket"))
    with pytest.raises(BroadsheetError) as caught:
        send()
    assert caught.value.problem.code == "target-s3"
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_missing_credentials_are_a_clear_error(publisher: Publisher, bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    _, send = publisher(bucket.settings)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(BroadsheetError, match="no credentials"):
        send()


def test_without_boto3_the_error_names_what_to_install(publisher: Publisher, monkeypatch: pytest.MonkeyPatch):
    import sys

    monkeypatch.setitem(sys.modules, "boto3", None)
    _, send = publisher('kind = "s3"\nbucket = "some-bucket"')
    with pytest.raises(BroadsheetError, match=r"pip install 'broadsheet\[s3\]'"):
        send()
