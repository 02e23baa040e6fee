"""What feeds put below a story, in the languages of the web: where it first appeared, a link to the rest of it.

In: nothing; these are patterns. Out: APPEARED and MORE for a line, CUT for the end of a text that is not whole.
"""

from __future__ import annotations

import re

_APPEARED = (
    "appeared first (?:on|at|in)", "first appeared (?:on|at|in)", "was (?:originally|first) published (?:on|at|in|by)",
    "erschien zuerst (?:auf|bei|in|im)", "zuerst erschienen (?:auf|bei|in)", "erschien im original (?:auf|bei)",
    "est apparue? en premier sur", "appara[iî]t en premier sur", "a été publiée? en premier sur",
    "(?:se public[oó]|apareci[oó]|aparece|se ha publicado) primero en", "apareceu primeiro (?:em|no|na)",
    "(?:è|e'|é) apparso per la prima volta su", "sembra essere il primo su", "proviene da", "è apparso prima su",
    "verscheen (?:eerst|het eerst|als eerste) op", "dök först upp på", "publicerades först på", "blev først udgivet på",
    "dukket først opp på", "ble først publisert på", "udkom første gang på", "ilmestyi ensin", "julkaistiin ensin",
    "pojawił(?:a|o)? się (?:po raz pierwszy|najpierw|początkowo|pierwszy raz)", "(?:se )?nejdříve objevil",
    "první publikování", "sa najskôr zobrazil", "először .{0,40} jelent meg", "a apărut prima dată (?:în|pe)",
    "prvi put se pojavi", "se je najprej pojavil", "ilk önce", "ilk olarak .{0,60}(?:yayınlan|ortaya çık|göründü)",
    "(?:pertama kali|muncul pertama|tampil pertama)", "впервые появил", "появил[аоси]*ь? сначала", "сначала появил",
    "вперше з.явив", "з.явив\\w* спочатку", "за първи път", "се появи първо", "εμφανίστηκε πρώτα", "πρώτα στο",
    "ظهرت? أولا", "أول مرة على", "הופיע לראשונה", "הופיע ראשון", "سب سے پہلے", "پہلی بار", "पहली बार", "सबसे पहले",
    "最初に.{0,20}(?:表示|登場|掲載)", "最先出现在", "首先出现在", "最早出現(?:於|在)", "最先出現在", "처음 등장",
    "처음 게시", "xuất hiện đầu tiên", "appeared en premier",
)  # fmt: skip
_MORE = (
    "read (?:more|on|the (?:full|whole|entire|rest|complete|original)\\b.{0,30}|full (?:story|article|text)|it all)",
    "continue reading", "keep reading", "(?:the )?full (?:story|article)(?: here)?", "more here", "more at", "more",
    "view (?:original|article|post)", "see more", "click (?:here )?(?:to|for) .{0,20}(?:read|more).{0,20}",
    "mehr (?:lesen|dazu|erfahren)", "weiter ?lesen", "lesen sie (?:mehr|weiter)", "zum (?:ganzen )?artikel", "mehr",
    "den ganzen artikel lesen", "lire (?:la suite|plus|l['’]article)", "en savoir plus", "la suite", "voir plus",
    "leer (?:más|mas|artículo completo)", "seguir leyendo", "continuar leyendo", "sigue leyendo", "ver más",
    "le(?:ia|r) mais", "continu[ea] lendo", "continuar a ler", "saiba mais", "leggi(?: tutto| di più| l['’]articolo)?",
    "continua a leggere", "continua", "lees (?:meer|verder)", "verder lezen", "meer lezen", "läs (?:mer|vidare|hela)",
    "fortsätt (?:att )?läsa", "læs (?:mere|videre)", "fortsæt med at læse", "les (?:mer|meir|videre|hele saken)",
    "fortsett å lese", "lue (?:lisää|koko juttu)", "jatka lukemista", "loe edasi", "czytaj (?:dalej|więcej)",
    "dowiedz się więcej", "więcej", "(?:číst|čtěte) (?:dál|dále|více|celé)", "celý článek", "čítať (?:ďalej|viac)",
    "(?:olvass?|olvasom) tovább", "tovább(?: olvas\\w*)?", "cite[sș]te (?:mai (?:mult|departe)|tot)",
    "pročitaj(?:te)? više",
    "opširnije", "preberi(?:te)? več", "devamını oku", "devamı", "haberin devamı", "baca (?:selengkapnya|lebih lanjut)",
    "selengkapnya", "читать (?:далее|дальше|полностью|целиком)", "подробнее", "далее", "читати далі", "докладніше",
    "прочети (?:още|повече)", "виж още", "διαβάστε (?:περισσότερα|τη συνέχεια)", "συνέχεια", "περισσότερα",
    "اقرأ (?:المزيد|أكثر)", "المزيد", "قراءة المزيد", "ادامه مطلب", "קרא(?:ו)? עוד", "המשך קריאה", "להמשך קריאה",
    "(?:और|आगे) पढ़ें", "続きを読む", "もっと読む", "全文を読む", "阅读(?:更多|全文)", "继续阅读", "查看全文",
    "閱讀(?:更多|全文)", "繼續閱讀", "더 ?(?:보기|읽기)", "계속 읽기", "자세히 보기",
    "đọc (?:thêm|tiếp)", "xem thêm", "อ่านต่อ",
)  # fmt: skip

APPEARED = re.compile("|".join(_APPEARED), re.IGNORECASE)
MORE = re.compile(
    rf"[\W_]*(?:{'|'.join(_MORE)})(?![^\W_])[\s.:…→»>›\]\)]*(?:(?:on|at|auf|sur|en|su|op|på)\s+(?=\S{{3,40}}\W*$))?",
    re.IGNORECASE,
)
OWN = re.compile(  # a line that names the publication itself, where its link leads there
    r"\W*(?:(?:this|the) (?:article|story|post|piece) )?(?:was )?(?:first|originally) (?:published|appeared) "
    r"(?:on|at|in|by)\b",
    re.IGNORECASE,
)
CUT = re.compile(r"(?:\[\s*(?:read )?more\s*\]|\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*$")
