"""Secrets of addresses: in no text that a person or a file may come to see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import Place, Problem, fail, warning
from broadsheet.redaction import public, redacted, secret

WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://bob:hunter2@127.0.0.1:9/x", "http://…@127.0.0.1:9/x"),
        ("https://ghp_abc@example.org/you/news.git", "https://…@example.org/you/news.git"),
        ("fatal: unable to access 'https://b:c@example.org/n.git/'", "fatal: unable to access 'https://…@example.org/n.git/'"),
        ("from http://a:b@x/ to ftp://c:d@y/", "from http://…@x/ to ftp://…@y/"),
        ("https://x/?token=abc&page=2", "https://x/?token=…&page=2"),
        ("https://x/?page=2&amp;apiKey=abc", "https://x/?page=2&amp;apiKey=…"),
        ("https://x/?X-Amz-Date=1&X-Amz-Signature=2&b=3", "https://x/?X-Amz-Date=…&X-Amz-Signature=…&b=3"),
        ("https://x/?sv=1&sig=a%2Bb%3D", "https://x/?sv=1&sig=…"),
        ("https://x/cb#access_token=abc", "https://x/cb#access_token=…"),
        ("/feed?user[password]=abc is gone", "/feed?user[password]=… is gone"),
        ("/feed?%74oken=abc", "/feed?%74oken=…"),
    ],
)  # fmt: skip
def test_a_secret_is_not_shown(text: str, shown: str):
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/@name/post",
        "https://example.org:8080/@name",
        "write to mailto:ann@example.org",
        "git@example.org:you/news.git",
        "https://x/?keyword=key&author=ann&monkey=1&compass=n&design=2",
        "title = token=abc",
        "stories/a.md:3: error: 'a@b'",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str):
    assert redacted(text) == text


@given(
    name=st.text(min_size=1, max_size=8).filter(
        lambda text: not set(text) & set("/?#@ :\"'<>[") and text.isprintable()
    ),
    word=st.text("abcXYZ019-._~!$&*+,;=:@/?#%", min_size=1, max_size=12).map("pw{}".format),
    host=WORD.map("{}.example".format),
    path=WORD,
)
def test_no_login_is_shown_whatever_the_password(name: str, word: str, host: str, path: str):
    shown = redacted(f"cannot fetch http://{name}:{word}@{host}/{path}: no answer")
    assert shown == f"cannot fetch http://…@{host}/{path}: no answer"


@given(st.lists(st.tuples(st.sampled_from(["token", "API-Key", "page", "q", "sig", "x-amz-id"]), WORD), max_size=5))
def test_each_secret_parameter_is_hidden_and_each_other_kept(pairs: list[tuple[str, str]]):
    address = "https://example.org/feed?" + "&".join(f"{name}={value}" for name, value in pairs)
    assert redacted(address) == "https://example.org/feed?" + "&".join(
        f"{name}={'…' if secret(name) else value}" for name, value in pairs
    )
    kept = "&".join(f"{name}={value}" for name, value in pairs if not secret(name))
    assert public(address) == f"https://example.org/feed{'?' if kept else ''}{kept}"


@given(st.text(max_size=60))
def test_what_was_redacted_is_not_changed_again(text: str):
    assert redacted(redacted(f"http://{text}")) == redacted(f"http://{text}")


def test_a_public_address_has_no_login():
    assert public("https://ann:secret@example.org:8443/a?b=c#d") == "https://example.org:8443/a?b=c#d"


def test_no_problem_shows_a_secret_in_any_of_its_parts():
    address = "http://bob:hunter2@x/?token=swordfish"
    made = [
        Problem("note", "code", f"message {address}", Place(address, 3), f"hint {address}"),
        warning("code", address, Place(address), address),
        fail("code", address, Place(address), address).problem,
    ]
    for problem in made:
        assert "hunter2" not in repr(problem)
        assert "swordfish" not in repr(problem)
        assert "http://…@x/?token=…" in str(problem)
    assert made[0].place.line == 3
