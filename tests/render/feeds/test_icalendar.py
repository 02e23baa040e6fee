"""iCalendar as RFC 5545 has it: folded, escaped, in UTC, ended by CRLF."""

import datetime as dt
import re

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.render.feeds.icalendar import Event, icalendar

NOW = dt.datetime(2025, 5, 8, 12, tzinfo=dt.UTC)
_text = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\n\\;,"), max_size=200
)


def test_an_event_has_what_the_rfc_asks_for_and_its_moment_in_utc():
    summer = dt.datetime(2025, 5, 9, 14, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    lines = icalendar("Daily", [Event("id", summer, "It appears")], NOW).decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {"VERSION:2.0", "UID:id", "DTSTAMP:20250508T120000Z", "DTSTART:20250509T120000Z", "SUMMARY:It appears"} <= {
        *lines
    }


@given(title=_text)
def test_any_title_comes_back_and_no_line_is_too_long(title: str):
    data = icalendar("Daily", [Event("id", NOW, title)], NOW)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    unfolded = data.decode().replace("\r\n ", "")
    (said,) = re.findall(r"^SUMMARY:(.*)\r$", unfolded, re.MULTILINE)
    assert re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], said) == title
