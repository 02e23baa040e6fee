"""Spellings: topics under the names that the site prints.

In: stories, and the settings' table of other spellings. Out: the same stories with those topics renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

import msgspec

from broadsheet.model import Story
from broadsheet.words import slug


def settled(stories: Iterable[Story], aliases: Mapping[str, str]) -> list[Story]:
    """The stories with each topic as the site spells it; spellings that have one slug need no entry of their own."""
    found = list(stories)
    if not aliases:
        return found
    names = {slug(other): name for other, name in aliases.items()}
    known: dict[str, str] = {}
    for topic in {topic for story in found for topic in story.topics}:
        if (name := names.get(slug(topic), topic)) != topic:
            known[topic] = name
    return [story if known.keys().isdisjoint(story.topics) else _settled(story, known) for story in found]


def _settled(story: Story, names: Mapping[str, str]) -> Story:
    topics = tuple(dict.fromkeys(names.get(topic, topic) for topic in story.topics))
    digest = blake2b("\0".join((story.digest.hex(), *topics)).encode(), digest_size=16).digest()
    return msgspec.structs.replace(story, topics=topics, digest=digest)
