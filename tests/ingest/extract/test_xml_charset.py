"""An XML file is read in the charset that it declares, and a declaration that is wrong is noticed."""

from __future__ import annotations

import pytest

from broadsheet.ingest.extract import xml_charset

CZECH = "Můstek přes říčku je zavřený, řekl včera starosta Žďárku"
RUSSIAN = "Паром до острова не ходит, сообщили вчера на пристани"


def read(words: str, encoding: str, declared: str = "", language: str = "") -> tuple[bool, str]:
    told = f' encoding="{declared}"' if declared else ""
    data = f'<?xml version="1.0"{told}?><rss>{language}<title>{words}</title></rss>'.encode(encoding)
    text, doubt = xml_charset.text(data, "a.xml")
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
