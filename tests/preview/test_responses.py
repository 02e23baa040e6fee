"""What is served, of what type, and what never is."""

import pytest

from tests.conftest import Workshop
from tests.preview.conftest import Preview


@pytest.mark.parametrize(
    "path",
    [
        "/news/../pyproject.toml",
        "/news/../../../../../../../../etc/passwd",
        "/news/%2e%2e/%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
        "/news/..%2f..%2f..%2f..%2fpyproject.toml",
        "/news/..%5c..%5cpyproject.toml",
        "/news//etc/passwd",
        "/news/%00",
        "/news/.broadsheet",
        "/news/.gitignore",
        "/news/%2e%2e/cache.db",
        "/news/linked.txt",
        "/news/linked/pyproject.toml",
        "//evil.example/%2e%2e",
        "/newspaper/",
        "/pyproject.toml",
    ],
)
def test_nothing_outside_the_built_site_is_served(preview: Preview, site: Workshop, path: str):
    output = site.root / f".broadsheet/preview/{preview.port}/site"
    for name, target in (("linked.txt", site.root / "pyproject.toml"), ("linked", site.root)):
        if not (output / name).is_symlink():
            (output / name).symlink_to(target)
    answer, text = preview.ask(path)
    assert answer.status == 404
    assert "There is no such page" in text
    assert "tool.broadsheet" not in text
    assert "root:" not in text


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("feed.xml", "application/rss+xml"),
        ("sitemap.xml", "application/xml"),
        ("robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_every_file_has_its_type_and_none_is_kept_by_a_browser(preview: Preview, address: str, kind: str):
    for method in ("GET", "HEAD"):
        answer, _ = preview.ask(f"/news/{address}", method)
        assert (answer.status, answer.getheader("Content-Type")) == (200, kind)
        assert answer.getheader("Cache-Control") == "no-store"
        assert not {"ETag", "Last-Modified"} & set(answer.headers)


@pytest.mark.parametrize(
    ("path", "to"), [("/", "/news/"), ("/news", "/news/"), ("/news/2025/05/07/ferry", "/news/2025/05/07/ferry/")]
)
def test_a_folder_without_its_slash_leads_to_its_page(preview: Preview, path: str, to: str):
    answer, _ = preview.ask(path)
    assert (answer.status, answer.getheader("Location")) == (302, to)
