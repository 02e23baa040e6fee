import pytest

from broadsheet.ingest.extract import bylines


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Helena Marsh", ("Helena Marsh",)),
        ("By Helena Marsh and Tomas Lind", ("Helena Marsh", "Tomas Lind")),
        ("Von Jörg Weber und Anna-Lena Fischer", ("Jörg Weber", "Anna-Lena Fischer")),
        ("Par Hélène Marais", ("Hélène Marais",)),
        ("Por Luis Ortega", ("Luis Ortega",)),
        ("By Dr. Priya Nair, Health Correspondent", ("Priya Nair",)),
        ("By Omar El Sayed in Cairo", ("Omar El Sayed",)),
        ("By Sara OkaforStaff Writer", ("Sara Okafor",)),
        ("By Sara Okafor | sara@example.org", ("Sara Okafor",)),
        ("Text: Jonas Weber", ("Jonas Weber",)),
        ("بقلم هالة منصور", ("هالة منصور",)),
    ],
)
def test_a_byline_gives_names_without_titles_cities_and_mail(line, names):
    byline = bylines.read(line)
    assert byline is not None
    assert byline.names == names


def test_an_agency_is_kept_apart_from_the_people():
    byline = bylines.read("By Helena Marsh, Reuters")
    assert byline == bylines.Byline(("Helena Marsh",), "Reuters", labelled=True)


def test_an_agency_alone_is_printed_as_the_author():
    byline = bylines.read("By Associated Press")
    assert byline is not None
    assert (byline.names, byline.agency) == (("Associated Press",), "Associated Press")


@pytest.mark.parametrize(
    "line", ["Port to close for weeks", "Read more news", "0 Views", "World News", "By the way", "Share"]
)
def test_what_is_no_name_is_no_byline(line):
    assert bylines.read(line) is None
    assert bylines.bare(line) is None


def test_a_label_alone_points_to_the_next_line():
    assert bylines.label_only("By")
    assert bylines.block("By", ["Helena Marsh", "The port was closed."]) == bylines.Byline(
        ("Helena Marsh",), "", labelled=True, rows=2
    )


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("(责编：张三、李四光)", ("张三", "李四光")),
        ("부산 홍길동 기자", ("홍길동",)),
        ("記者 山田太郎", ("山田太郎",)),
        ("(By Jane Roe)", ("Jane Roe",)),
    ],
)
def test_names_without_spaces_and_labels_in_brackets_are_read(line, names):
    found = bylines.read(line)
    assert found
    assert found.names == names


@pytest.mark.parametrize("line", ["国际", "당규 개정안 상정에", "CommentsComments", "ハマスの停戦 最終案"])
def test_a_label_or_a_phrase_is_no_name(line):
    assert bylines.bare(line) is None
