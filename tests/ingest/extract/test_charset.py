"""Bytes of any charset are read as the text that they are; an XML file in the one that it declares, unless that is wrong."""

from __future__ import annotations

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


CZECH = "Můstek přes říčku je zavřený, řekl včera starosta Žďárku"
RUSSIAN = "Паром до острова не ходит, сообщили вчера на пристани"


def read(words: str, encoding: str, declared: str = "", language: str = "") -> tuple[bool, str]:
    told = f' encoding="{declared}"' if declared else ""
    data = f'<?xml version="1.0"{told}?><rss>{language}<title>{words}</title></rss>'.encode(encoding)
    text, doubt = charset.xml_text(data, "a.xml")
    return words in text, doubt


@pytest.mark.parametrize(
    ("words", "encoding", "declared"),
    [
        (CZECH, "cp1250", "windows-1250"),
        (CZECH, "cp1250", "cp1250"),
        (CZECH, "iso-8859-2", "ISO-8859-2"),
        (CZECH, "cp1250", "iso-8859-2"),  # which is sent under that name
        ("Gemi bugün de limanda kalıyor, dedi çarkçı", "iso-8859-9", "iso-8859-9"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "cp1251", "windows-1251"),
        ("渡船今天停在码头", "gb2312", "gb2312"),
        ("渡船今天停在碼頭", "big5", "Big5"),
        ("フェリーは今日も港にとどまる", "shift_jis", "Shift_JIS"),
        ("フェリーは今日も港にとどまる", "euc-jp", "EUC-JP"),
        ("フェリーは今日も港にとどまる", "iso-2022-jp", "iso-2022-jp"),
        ("여객선은 오늘도 항구에 머문다", "euc-kr", "euc-kr"),
        ("여객선은 오늘도 항구에 머문다", "cp949", "ks_c_5601-1987"),
        ("The “crew” – of Zoë’s boat", "cp1252", "iso-8859-1"),
        ("เรือข้ามฟากจอดอยู่ที่ท่า", "cp874", "tis-620"),
        ("Fährmann Jörß bleibt", "utf-16", "utf-16"),
        ("Fährmann Jörß bleibt", "utf-16-le", "utf-16"),
        ("渡船今天停在码头", "utf-16-be", "utf-16"),
        ("Fährmann Jörß bleibt", "utf-8", "utf-8"),
        ("Fährmann Jörß bleibt", "utf-8-sig", "utf-8"),
        ("Fährmann Jörß bleibt", "utf-8", ""),
        ("The ferry stays", "ascii", "us-ascii"),
    ],
)
def test_the_declared_charset_is_the_one_that_is_read(words, encoding, declared):
    assert read(words, encoding, declared) == (True, "")


@pytest.mark.parametrize(
    ("words", "encoding", "declared"),
    [
        (CZECH, "utf-8", "iso-8859-2"),
        (CZECH, "utf-8", "us-ascii"),
        ("Zoë", "utf-8", "iso-8859-1"),
        (CZECH, "utf-8", "no-such-charset"),
        (RUSSIAN, "cp1251", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "windows-1251"),
        (RUSSIAN, "cp1251", "koi8-r"),
        (RUSSIAN, "cp1251", "utf-8"),
    ],
)
def test_a_declaration_that_is_wrong_is_noticed_and_not_believed(words, encoding, declared):
    right, doubt = read(words, encoding, declared)
    assert right
    assert declared in doubt


def test_where_the_declaration_is_wrong_the_language_says_which_charset_was_meant():
    assert read(CZECH, "iso-8859-2", "iso-8859-1", "<language>cs</language>") == (
        True,
        "it declares the charset iso-8859-1, in which its words make no sense",
    )
    assert read("Vůz", "cp1250", "utf-8", "<language>cs</language>")[0]
    assert read("Воз", "cp1251", "", "<language>ru-RU</language>")[0]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_a_paragraph_of_another_charset_in_a_utf8_text_is_read_and_so_is_the_rest(encoding):
    lines = ["Café Ekström in Malmö closes", "“We stay – until May,” said Åsa Ek.", "The café opened in 1911."]
    data = b"\n\n".join(line.encode(encoding if n == 1 else "utf-8") for n, line in enumerate(lines))
    assert charset.text(data, "paste.txt") == "\n\n".join(lines)


def test_a_legacy_text_is_not_read_as_a_mixed_one_and_a_damaged_utf8_text_neither():
    legacy = "Café Ekström\n\nÅsa Ek sells the café – to nobody.\n" * 4
    assert charset.text(legacy.encode("cp1252"), "paste.txt") == legacy
    damaged = ("Café in Malmö\n" * 90).encode() + "Café in Malmö".encode()[:-1]
    assert charset.text(damaged, "paste.txt").endswith("Café in Malm\ufffd")
