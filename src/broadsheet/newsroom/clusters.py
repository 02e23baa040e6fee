"""What the search for clusters passes on: stories as it sees them, clusters, and the evidence for every decision.

In: nothing; these are values. What evidence is asked for is in the two bars, and benchmarks.threads measures them.
"""

from __future__ import annotations

import msgspec

from broadsheet.newsroom.terms import Terms

Sums = dict[str, int]  # a term → what the stories of a cluster together give it


class Thresholds(msgspec.Struct, frozen=True):
    """What evidence a cluster asks for; likeness is between 0 and 1.

    ``join`` for a story, ``merge`` for another cluster. ``rarity`` is the power of a term's count that divides its
    weight; the count is that of clusters, and ``wear`` times that of stories. ``elsewhere`` multiplies the likeness of
    stories of different sections, ``several`` is how many terms have to make it, ``close`` the power of how alike a
    cluster's own stories are that multiplies it: nothing is to be drawn into a heap. ``half_life`` is the days of
    silence after which twice the evidence is asked for, ``silence`` those after which a cluster is closed.
    """

    join: float
    merge: float
    rarity: float
    elsewhere: float
    several: float = 1.0
    wear: float = 0.0
    close: float = 0.0
    half_life: float = 90.0
    silence: float = 180.0


# Stories have a text, and a wrong thread is worse than none; headlines share a word or two, or nothing.
STORIES = Thresholds(join=0.19, merge=0.24, rarity=0.5, elsewhere=0.85, several=3.0, wear=0.2, close=0.5)
HEADLINES = Thresholds(join=0.15, merge=0.20, rarity=0.2, elsewhere=0.5)


class StoryFeatures(msgspec.Struct, frozen=True):
    """A story as the pass sees it: its terms, its day as a number, its section, the thread it is pinned to."""

    terms: Terms
    day: float
    section: str = ""
    pin: str = ""


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """How like two clusters were, and the terms that made them so with what each gave, greatest first."""

    likeness: float = 0.0
    terms: tuple[tuple[str, float], ...] = ()


class Merge(msgspec.Struct, frozen=True, array_like=True):
    """A cluster that went into an older one."""

    number: int
    into: int
    evidence: Evidence


class Joined(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What became of a story: the cluster it went into, on what evidence (none: it began one), what merged by that."""

    number: int
    evidence: Evidence = Evidence()
    merges: tuple[Merge, ...] = ()


class Cluster(msgspec.Struct, array_like=True):
    """What stories that belong together say; it grows with every story.

    ``number`` is its first story's, ``size`` counts its stories, ``sums`` adds up the stories' terms at length 1,
    ``square`` is the squared length of that sum, ``keys`` are the terms that it is looked up by, ``sections`` counts
    stories.
    """

    number: int
    size: int
    sums: Sums
    square: int
    first: float
    last: float
    sections: dict[str, int]
    keys: list[str]
    pin: str = ""


class State(msgspec.Struct, frozen=True, array_like=True):
    """Everything that a pass knows after ``count`` stories, to go on from there; most of it packed (see ``packed``).

    ``open`` are the clusters that may be closed and the day of the last story of each, ``known`` is how many terms
    ``words`` tells of, ``pins`` the numbers of the pinned clusters by name.
    """

    count: int = 0
    clusters: dict[int, bytes] = {}
    open: dict[int, float] = {}
    words: list[bytes] = []
    known: int = 0
    pins: dict[str, int] = {}
