"""What hosts read beside the pages."""

from broadsheet.render.feeds.host_files import headers, redirect, redirects


def test_a_redirect_holds_no_text_that_could_end_its_attributes():
    page = redirect('/a"b/', "https://example.org/a/", '"><script>', "en").decode()
    assert "<script>" not in page
    assert 'url=/a&quot;b/"' in page


def test_redirects_are_for_good():
    assert redirects([("/old", "/new/"), ("/older", "/new/")]) == b"/old /new/ 301\n/older /new/ 301\n"
    assert redirects([]) == b""


def test_headers_honour_the_path_of_the_site():
    text = headers("/news/", [("feed.xml", "application/rss+xml")], ["static/"]).decode()
    assert "\n/news/feed.xml\n  Content-Type: application/rss+xml; charset=utf-8\n" in text
    assert "\n/news/static/*\n" in text
    assert text.startswith("/news/*\n  Content-Security-Policy: ")
