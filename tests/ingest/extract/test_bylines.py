import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("byAda Moll", ("Ada Moll",)),
        ("Ada MollPublished", ("Ada Moll",)),
        ("By Ada Moll - The Sarn Gazette - Friday,", ("Ada Moll",)),
        ("By Ada Moll | Sarn Courier", ("Ada Moll",)),
        ("By Ada Moll, Cray Bay", ("Ada Moll",)),
        ("By Ada Moll in Sarn and Bo Hind in Port Ling", ("Ada Moll", "Bo Hind")),
        ("By Ada Moll, Senior Reporter, and Bo Hind, Political Editor", ("Ada Moll", "Bo Hind")),
        ("By Senior Reporter Ada Moll", ("Ada Moll",)),
        ("Words by Ada Moll, photos by Bo Hind", ("Ada Moll",)),
        ("By Pieter van 't Zand and J. R. Moll", ("Pieter van 't Zand", "J. R. Moll")),
        ("By Bo d'Arcole and Siobhán O’Lann", ("Bo d'Arcole", "Siobhán O’Lann")),
        ("Por María del Carmen Soto de la Vega y Ana Luz", ("María del Carmen Soto de la Vega", "Ana Luz")),
        ("Von Jörn Eck und Lena Au", ("Jörn Eck", "Lena Au")),
        ("Av Kari Fjell og Ola Vik", ("Kari Fjell", "Ola Vik")),
        ("Napsal Jan Dub", ("Jan Dub",)),
        ("Kiss Péter írta", ("Kiss Péter",)),
        ("Автор: Иван Дубов", ("Иван Дубов",)),
        ("Γράφει η Μαρία Δένδρου", ("Μαρία Δένδρου",)),
        ("Yazan: Ayşe Dağ", ("Ayşe Dağ",)),
        ("מאת: נועה ברק ודן שלו", ("נועה ברק", "דן שלו")),
        ("تقرير: ليلى نصر وهدى كرم", ("ليلى نصر", "هدى كرم")),
        ("संवाददाता: मीना पाठक", ("मीना पाठक",)),
        ("मीना पाठक द्वारा", ("मीना पाठक",)),
        ("本报记者李小林 王山", ("李小林", "王山")),
        ("김바다·이강산 기자", ("김바다", "이강산")),
        ("山川太郎記者", ("山川太郎",)),
        ("Oleh: Siti Laut", ("Siti Laut",)),
        ("โดย สมชาย ทะเล", ("สมชาย ทะเล",)),
    ],
)
def test_labels_joints_and_names_of_many_languages_are_read(line, names):
    found = bylines.read(line) or bylines.bare(line)
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize(
    "line",
    [
        "Senior Reporter",
        "Chief Political Correspondent",
        "By Staff Reporter",
        "By our political staff",
        "Sarn News Desk",
        "Port Ling",
        "The Sarn Gazette",
        "Von der Aue stellt den Plan für das Tal vor",
        "By Christmas Eve the port had been shut for weeks, the board said",
        "Ada Moll has been named warden of the bridge, the first woman to hold the post.",
    ],
)
def test_roles_desks_places_papers_and_sentences_are_nobody(line):
    assert bylines.read(line) is None
    assert bylines.bare(line) is None
    assert bylines.bio(line) is None


def test_a_line_about_a_writer_s_work_names_the_author():
    found = bylines.bio("Ada Moll is a reporter who covers the valleys.")
    assert found is not None
    assert found.names == ("Ada Moll",)


@pytest.mark.parametrize(
    ("rows", "names", "taken", "doubtful"),
    [
        (
            ("By", "Ada Moll", ",", "Bo Hind", "and", "Lea Ost", "3 May 2025"),
            ("Ada Moll", "Bo Hind", "Lea Ost"),
            6,
            False,
        ),
        (("By Ada Moll,", "Bo Hind", "and Lea Ost", "The port"), ("Ada Moll", "Bo Hind", "Lea Ost"), 3, False),
        (("Authors", "Ada Moll", "Bo Hind", "The port was closed."), ("Ada Moll", "Bo Hind"), 3, False),
        (("By", "Ada Moll", "Senior Reporter", "and", "Bo Hind"), ("Ada Moll", "Bo Hind"), 5, False),
        (("By", "Ada Moll", "Bo Hind"), ("Ada Moll", "Bo Hind"), 3, True),
        (("By Ada Moll", "Bo Hind"), ("Ada Moll",), 1, False),
    ],
)
def test_names_one_a_line_are_one_byline(rows, names, taken, doubtful):
    found = bylines.block(rows[0], rows[1:])
    assert found is not None
    assert (found.names, found.rows, bool(found.doubt)) == (names, taken, doubtful)


def test_what_stands_behind_a_label_is_reported_though_it_is_no_name():
    assert bylines.seen("By: Sarn News Desk", "") == "Sarn News Desk"
    assert bylines.seen("By", "Sarn News Desk") == "Sarn News Desk"
    assert bylines.seen("By then the port was shut.", "") == ""
    assert bylines.seen("Port to close", "By Ada Moll") == ""


@given(st.text(max_size=240), st.lists(st.text(max_size=30), max_size=14))
def test_any_lines_are_read_without_an_error(text, below):
    bylines.read(text)
    bylines.bare(text)
    found = bylines.block(text, below)
    assert found is None or 1 <= found.rows <= len(below) + 1


def test_a_heading_in_capitals_is_no_name():
    assert bylines.bare("THE LONG WAY") is None
    named = bylines.bare("JANE ROE")
    assert named
    assert named.names == ("JANE ROE",)


def test_two_clauses_in_thai_are_no_name_though_blanks_part_them():
    assert bylines.bare("ไฟฟ้ากลับมาในตอนกลางคืน รัฐบาลสั่งสอบสวน") is None
    found = bylines.bare("แพทองธาร ชินวัตร")
    assert found
    assert found.names == ("แพทองธาร ชินวัตร",)


def test_what_a_hebrew_correspondent_covers_is_no_second_author():
    found = bylines.bare("יוסי לוי, כתב לענייני חוץ")
    assert found
    assert found.names == ("יוסי לוי",)
