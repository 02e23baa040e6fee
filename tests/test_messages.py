"""What people read is seen in review: a change of wording changes tests/messages.txt."""

import difflib

from tests.messages import COMMAND, FILE, messages


def test_the_snapshot_has_every_message_as_it_is():
    kept, made = FILE.read_text("utf-8").splitlines(), messages().splitlines()
    changed = list(difflib.unified_diff(kept, made, "in the snapshot", "in the source", n=0, lineterm=""))
    head = "Messages have changed. Read them as somebody in a hurry would, then write the snapshot again:"
    assert not changed, "\n".join([head, f"    {COMMAND}", "", *changed])
