"""Stories under sections, topics, authors and sources, each one name whatever its spellings."""

from broadsheet import newsroom
from broadsheet.config import Settings
from broadsheet.model import Credit
from tests.newsroom.conftest import NOW, paper, tale


def test_spellings_of_one_name_are_one_topic_under_the_commonest():
    stories = [
        tale(f"s{n}", f"2025-05-0{n + 1}", topics=(name,))
        for n, name in enumerate(["São Paulo", "Sao Paulo", "Sao Paulo"])
    ]
    (term,) = paper(*stories).terms["topic"]
    assert (term.name, term.spellings) == ("Sao Paulo", ("Sao Paulo", "São Paulo"))
    assert [story.id for story in term.stories] == ["s2", "s1", "s0"]


def test_names_that_differ_by_more_than_their_spelling_are_terms_of_their_own():
    names = ("C", "C++", "C#", "c++", "R&D", "R D", "…", "!")
    stories = [
        tale(f"s{n}", f"2025-05-0{n + 1}", topics=(name,), authors=(name,), section=name, source=Credit(name=name))
        for n, name in enumerate(names)
    ]
    made, problems = newsroom.assemble(stories, Settings(topic_aliases={"R D": "Roads"}), now=NOW)
    assert [term.spellings for term in made.terms["author"]] == [
        ("!",), ("C",), ("C#",), ("C++", "c++"), ("R D",), ("R&D",), ("…",)
    ]  # fmt: skip
    assert {term.name for term in made.terms["topic"]} == {"!", "C", "C#", "C++", "R&D", "Roads", "…"}
    assert {term.name for term in made.terms["section"]} == {"!", "C", "C#", "C++", "R D", "R&D", "…"}
    assert {term.name for term in made.terms["source"]} == {"!", "C", "C#", "C++", "R D", "R&D", "…"}
    assert [(problem.code, problem.place.file) for problem in problems] == [
        ("section-spelling", "content/stories/s3.md")
    ]


def test_the_settings_table_of_spellings_renames_topics_everywhere():
    stories = [
        tale("a", "2025-05-01", topics=("UK", "U.K.", "Rain")),
        tale("b", "2025-05-02", topics=("United Kingdom",)),
    ]
    made = paper(*stories, topic_aliases={"UK": "United Kingdom", "u k": "United Kingdom"})
    assert [(term.name, len(term.stories)) for term in made.terms["topic"]] == [("Rain", 1), ("United Kingdom", 2)]
    assert made.stories[1].topics == ("United Kingdom", "Rain")


def test_a_renamed_topic_changes_the_storys_digest_and_no_other():
    stories = [tale("a", "2025-05-01", topics=("UK",)), tale("b", "2025-05-02", topics=("Rain",))]
    before, after = paper(*stories), paper(*stories, topic_aliases={"UK": "Britain"})
    assert [one.digest == other.digest for one, other in zip(before.stories, after.stories, strict=True)] == [
        True,
        False,
    ]


def test_spellings_of_a_section_are_one_and_each_of_another_spelling_is_told():
    stories = [
        tale("a", "2025-05-01", section="world news"),
        tale("b", "2025-05-02", section="World News"),
        tale("c", "2025-05-03", section="World News"),
        tale("d", "2025-05-04", section="culture"),
        tale("e", "2025-05-05"),
    ]
    made, problems = newsroom.assemble(stories, Settings(sections=("Culture",)), now=NOW)
    assert [(term.name, len(term.stories)) for term in made.terms["section"]] == [("Culture", 1), ("World News", 3)]
    assert [(problem.code, problem.place.file, problem.hint) for problem in problems] == [
        ("section-spelling", "content/stories/a.md", "Write 'section: World News'."),
        ("section-spelling", "content/stories/d.md", "Write 'section: Culture'."),
    ]
    digests = {story.id: story.digest for story in made.stories}
    assert [id_ for id_, digest in digests.items() if digest != id_.encode()] == ["d", "a"]


def test_a_source_has_every_story_that_it_reported_and_a_story_without_one_stands_under_no_term():
    wire = Credit(name="The Wire", url="https://wire.example/1")
    stories = [
        tale("a", "2025-05-01", source=wire),
        tale("b", "2025-05-02", source=Credit(url="https://x.example/")),
        tale("c", "2025-05-03", source=wire),
    ]
    (term,) = paper(*stories).terms["source"]
    assert term.name == "The Wire"
    assert [story.id for story in term.stories] == ["c", "a"]
