import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import BroadsheetError
from broadsheet.ingest.extract import charset

WORDS = "Der Hafen bleibt geschlossen – „für immer“, sagt Zoë."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_text_is_recognised_in_every_usual_charset(encoding):
    assert charset.text(f"{WORDS}\n{WORDS}\n".encode(encoding), "a.txt") == f"{WORDS}\n{WORDS}\n"


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r"])
def test_cyrillic_in_a_legacy_charset_is_recognised(encoding):
    words = "Городской совет утвердил бюджет на следующий год после долгих споров о дорогах и школах. " * 4
    assert charset.text(words.encode(encoding), "a.txt") == words


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf\n", b"\0\0\0"])
def test_a_file_without_a_word_is_refused_as_empty(data):
    with pytest.raises(BroadsheetError) as refused:
        charset.text(data, "inbox/a.txt")
    assert (refused.value.problem.code, refused.value.problem.place.file) == ("empty", "inbox/a.txt")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\nrest", b"PK\x03\x04rest", bytes(range(256)) * 20])
def test_a_binary_is_refused(data):
    with pytest.raises(BroadsheetError) as refused:
        charset.text(data, "a.txt")
    assert refused.value.problem.code == "binary"


def test_stray_nul_bytes_go_and_the_words_stay():
    assert charset.text(
        b"Harbour\0 to\0 close for eleven weeks, and then for good, says the mayor of the town." * 3, "a"
    )


def test_text_that_was_read_in_the_wrong_charset_once_is_repaired():
    broken = "Café “closed” for years".encode().decode("cp1252", "ignore")
    assert charset.text(broken.encode(), "a.txt").startswith("Café “closed")


def test_terminal_colours_and_line_ends_of_all_kinds_are_made_plain():
    assert charset.clean("a \x1b[31mred\x1b[0m bell\x07\r\nb\rc\u2028d") == "a red bell\nb\nc\nd"


@given(st.text())
def test_no_control_character_survives(raw):
    assert not any(ord(c) < 32 and c not in "\n\t" for c in charset.clean(raw))


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1250", "Żaglówki wróciły do przystani. Rzeczniczka powiedziała, że łódź znaleziono w sobotę rano."),
        ("cp1252", "Señor Núñez llegó a la estación de Nidal a las cinco. ¿Quién lo vio? ¡Nadie!"),
        (
            "cp1254",
            "Vapur iskelesi yolculara açıldı\n\nHaber: Selin Işık\n\nBaşkan araçların baharda geçeceğini söyledi.",
        ),
        ("iso8859_7", "Άνοιξε ξανά το παλιό λιμάνι\n\nΟ δήμος άνοιξε χθες το λιμάνι για τους ψαράδες."),
        ("cp1253", "Άνοιξε ξανά το παλιό λιμάνι\n\nΟ δήμος άνοιξε χθες το λιμάνι για τους ψαράδες."),
        ("koi8_u", "Пором знову ходить за розкладом. Капітан розповів, що двигун замінили повністю. Її бачили всі."),
        ("cp866", "Паром снова ходит по расписанию. Капитан рассказал, что двигатель заменили полностью."),
        ("tis_620", "ท่าเรือเก่าเปิดให้ชาวบ้านใช้อีกครั้งหลังซ่อมแซมนานหกเดือน นายกเทศมนตรีกล่าวเมื่อวันจันทร์"),
        ("iso2022_jp", "港の古い灯台が十日夕、百年ぶりに点灯した。地元の漁師らが見守った。"),
        ("utf-16-le", "港の灯台\n\n港の古い灯台が十日夕、百年ぶりに点灯した。\n地元の漁師らが見守った。"),
        (
            "mac_roman",
            "The owner of Zoë’s café said the façade would be mended by Easter. It is an old house, and it is loved.",
        ),
        (
            "cp850",
            "Der Bürgermeister erklärte, die Brücke müsse für drei Jahre gesperrt bleiben. Die Fähre fährt öfter.",
        ),
        ("iso8859_2", "Żaglówki wróciły do przystani. Rzeczniczka powiedziała, że łódź znaleziono w sobotę rano."),
        ("cp1250", "Řidiči čekali na mostě šest hodin. Starosta řekl, že je to už potřetí a že se to zlepší."),
        (
            "cp1254",
            "Köprü yedi hafta kapalı kalacak. Başkan, bu iş için para olmadığını ve şehrin beklediğini söyledi.",
        ),
        ("cp1252", "Þetta er síðasta skipið, sagði hún og bað fólk að fara. Það var ekki að vænta annars af þeim."),
        (
            "cp1252",
            "Der Hafen bleibt geschlossen – „für immer“, sagt Zoë. Die Gebühr von 5 € ist nicht zurückzuzahlen.",
        ),
        ("cp1252", "Le café du port ferme après 140 ans. « C’est la fin », dit-elle à la mairie, où l’on pleure."),
    ],
)
def test_a_short_text_in_a_charset_of_latin_letters_makes_sense(encoding, words):
    assert charset.text(words.encode(encoding), "a.txt") == words
