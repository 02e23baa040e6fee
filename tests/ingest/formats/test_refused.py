"""What holds no news text is refused by the name of its kind, whatever it is called; prose is prose."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest import formats
from broadsheet.ingest.extract.draft import Hints, Source

NOW = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
PROSE = "The glassworks of Vellamo, closed for nine years, will light its furnace again in May, the owners said on Monday.\n\nForty people will work there; most of them are from the town.\n"


def packed(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "/"), text)
    return data.getvalue()


KINDS: list[tuple[str, str | bytes, str]] = [
    ("a.csv", "Town,Bottles\nVellamo,11\n", "table"),
    ("a.csv", 'title,date,body\n"Quay opens",2025-03-12,"The quay opens in May."\n', "table"),
    ("a.txt", "id;town;bottles\n1;Vellamo;11\n2;Ostra;4\n", "table"),
    ("a.txt", 'id,town,text\n1,Vellamo,"The furnace, of 1790, burns."\n2,Ostra,"It is cold, and dark."\n', "table"),
    ("a.tsv", "town\tbottles\nVellamo\t11\n", "table"),
    ("a.txt", '{"town": "Vellamo"}\n{"town": "Ostra"}\n', "JSON lines"),
    ("a.txt", '{"town": "Vellamo", "bottles": [1, 2]}', "JSON"),
    ("a.txt", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "calendar"),
    ("a.vcf", "BEGIN:VCARD\nFN:Liv Aune\nEND:VCARD\n", "address card"),
    ("a.xml", '<?xml version="1.0"?><opml version="2.0"><body/></opml>', "OPML"),
    ("a.xml", '<?xml version="1.0"?><kiln><fire/></kiln>', "kiln"),
    ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', "picture"),
    ("a.py", "def burn():\n    return 1\n", "program"),
    ("a.txt", "import os\n\ndef burn(kiln):\n    if kiln:\n        return os.name\n    return None\n", "program"),
    ("a.txt", "const a = 1;\nfunction f(x) {\n  return x + a;\n}\n", "program"),
    ("a", "#!/bin/sh\necho burn\n", "program"),
    ("a.txt", "body {\n  color: red;\n}\np > b {\n  margin: 0;\n}\n", "program"),
    ("a.sql", "SELECT * FROM kilns;\n", "SQL"),
    ("a.txt", "INSERT INTO kilns VALUES (1);\n", "SQL"),
    ("a.txt", "2026-03-01 10:00:01 INFO lit\n2026-03-01 10:00:02 WARN hot\n2026-03-01 10:00:03 INFO out\n", "log"),
    ("a.ini", "[kiln]\nheat = 9\n", "settings"),
    ("a.yaml", "kiln:\n  heat: 9\n", "settings"),
    ("a.url", "[InternetShortcut]\nURL=https://example.org/\n", "bookmark"),
    ("a.txt", "https://example.org/a\nhttps://example.org/b\n", "addresses"),
    ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(20), "picture"),
    ("a.mp3", b"ID3\x04" + bytes(20), "sound"),
    ("a.mp4", b"\0\0\0\x18ftypmp42" + bytes(20), "video"),
    ("a.txt", b"\x1f\x8b\x08" + bytes(20), "archive"),
    ("a.exe", b"MZ\x90\0" + bytes(20), "program"),
    ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40) + "WordDocument".encode("utf-16-le"), "Word"),
    ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40) + "__substg1.0_".encode("utf-16-le"), "mail"),
    ("a.xlsx", packed(**{"[Content_Types].xml": "", "xl__workbook.xml": ""}), "spreadsheet"),
    ("a.pptx", packed(**{"[Content_Types].xml": "", "ppt__presentation.xml": ""}), "slides"),
    ("a.ods", packed(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "spreadsheet"),
    ("a.pages", packed(**{"Index__Document.iwa": ""}), "Pages"),
]


@pytest.mark.parametrize(("name", "data", "kind"), KINDS)
def test_a_kind_that_no_reader_takes_is_refused_by_its_name_with_what_to_do(name, data, kind):
    with pytest.raises(BroadsheetError) as caught:
        formats.read(Source(name, data.encode() if isinstance(data, str) else data, NOW), Hints())
    problem = caught.value.problem
    assert (problem.severity, problem.code) == ("error", "no-reader")
    assert kind in problem.message
    assert "content/inbox/.ignore" in problem.hint


PROSES = [
    PROSE,
    "Bottles, jars, glasses\nVases, bowls, lamps\nPlates, cups, tiles\n",
    "Furnace to burn again\n\nYear\tBottles\n2024\t11\n2025\t12\n\n" + PROSE,
    "I will build a kiln;\nI will feed it with coal;\nI will sleep by its side;\nand wake in the glow.\n",
    "Q: When does it burn?\nA: In May.\nQ: Who will be there?\nA: Forty people.\n",
    "10:00 The gates open.\n10:05 The mayor arrives.\n10:30 The furnace is lit.\n",
    "From the editor: import duties on glass fall in May, the ministry said, and makers in the north are glad of it.\n",
    "{ is how the sign of the works begins, and nobody in the town remembers why it was painted so.\n",
    "#vellamo #glass\n\n" + PROSE,
    "Select from the menu what you like.\nReturn the tray.\nPrint your name.\n",
    "Name: Liv Aune\nTown: Vellamo\n\n" + PROSE,
]


@pytest.mark.parametrize("text", PROSES)
@pytest.mark.parametrize("name", ["a.txt", "a", "notes.key"])
def test_prose_is_read_whatever_marks_stand_in_it(text, name):
    assert formats.recognise(Source(name, text.encode(), NOW)) == "text"


@pytest.mark.parametrize("ending", ["log", "py", "csv", "yaml", "r"])
def test_prose_is_prose_under_the_ending_of_another_kind(ending):
    assert formats.recognise(Source(f"a.{ending}", PROSE.encode(), NOW)) == "text"


@given(
    st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=3, max_size=6, unique=True),
    st.lists(st.lists(st.text("abc 123", max_size=9), min_size=3, max_size=3), min_size=2, max_size=6),
    st.sampled_from(",;\t|"),
)
def test_a_table_is_known_by_its_fields_whatever_parts_them(names, rows, mark):
    width = len(names)
    table = [names, *([cell.strip() or "0" for cell in row] + ["0"] * (width - 3) for row in rows)]
    text = "\n".join(mark.join(row[:width]) for row in table) + "\n"
    assert formats.recognise(Source("a.txt", text.encode(), NOW)) == "refused"
