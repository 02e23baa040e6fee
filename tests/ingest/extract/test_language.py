import pytest

from broadsheet.ingest.extract import language

TEXTS = {
    "en": "The council said that it would not pay for the bridge, but the mayor of the town has asked them to think again.",
    "de": "Der Rat hat gesagt, dass er die Brücke nicht bezahlen wird, aber die Stadt ist auf das Geld nicht angewiesen.",
    "fr": "Le conseil a dit que la ville ne paiera pas pour le pont, mais les élus ont demandé que cela soit revu.",
    "es": "El consejo dijo que no pagaría por el puente, pero el alcalde de la ciudad pidió que se lo pensaran más.",
    "uk": "Міська рада не буде платити за міст, але мер сказав, що це ще не кінець історії для мешканців.",
    "ru": "Городской совет не будет платить за мост, но мэр сказал, что это ещё не конец истории для жителей.",
    "ar": "قالت سلطة الميناء إنها ستغلق المحطة الشمالية على أن تفتح في مايو من هذا العام بعد أعمال الإصلاح",
    "fa": "شهردار گفت که پل بسته خواهد شد و این کار چند هفته طول می‌کشد که برای مردم سخت است",
    "ja": "市議会は橋の修理に費用を払わないと発表した。市長は再考を求めている。",
    "zh": "市议会表示不会支付修桥的费用，但市长要求他们重新考虑这一决定。",
    "el": "Το συμβούλιο είπε ότι δεν θα πληρώσει για τη γέφυρα, αλλά ο δήμαρχος ζήτησε να το σκεφτούν ξανά.",
}


@pytest.mark.parametrize("tag", TEXTS)
def test_a_language_is_known_by_its_script_or_its_small_words(tag):
    assert language.detect(TEXTS[tag], "xx").value == tag


def test_a_text_that_tells_nothing_has_the_sites_language_and_no_confidence():
    found = language.detect("12345 67", "sv")
    assert (found.value, found.confidence < 0.8) == ("sv", True)


RELATIVES = {
    "hi": "नगर परिषद ने बुधवार को कहा कि पुराना पुल सात हफ़्ते बंद रहेगा। लोग बस से जाएँगे और टिकट मुफ़्त होगा।",
    "ne": "नगरपालिकाले पुरानो पुल बन्द गर्ने निर्णय गरेको छ। यो काम सात हप्ता लाग्ने भएको छ र यात्रुहरू बसबाट जाने छन्।",
    "mr": "नगरपालिकेने जुना पूल बंद करण्याचा निर्णय घेतला आहे. हे काम सात आठवडे चालणार आहे आणि प्रवासी बसने जातील.",
    "da": "Byrådet vedtog onsdag, at broen skal lukkes i syv uger. Det blev sagt efter mødet, at borgerne også må vente på svar af kommunen.",
    "no": "Bystyret vedtok onsdag at broen skal stenges i sju uker. Det ble sagt etter møtet at innbyggerne også må vente på svar av kommunen.",
    "hr": "Gradsko vijeće odlučilo je da će most biti zatvoren sedam tjedana. Također je rečeno da nije poznato tko će tijekom radova platiti prijevoz.",
    "sr-Latn": "Gradsko veće odlučilo je da će most biti zatvoren sedam nedelja. Takođe je rečeno da nije poznato ko će tokom radova platiti prevoz.",
    "sr": "Градско веће одлучило је да ће мост бити затворен седам недеља. Такође је речено да није познато ко ће платити превоз.",
    "bg": "Общинският съвет реши мостът да бъде затворен за седем седмици. Това е решено след заседанието, но не е ясно кой ще плати.",
    "be": "Гарадскі савет вырашыў закрыць мост на сем тыдняў. Пра гэта стала вядома пасля пасяджэння, але грошай пакуль няма. Шум быў моцны.",
    "ur": "شہر کی کونسل نے کہا کہ پرانا پل سات ہفتوں کے لیے بند رہے گا۔ لوگ بسوں میں جائیں گے اور ٹکٹ مفت ہوں گے۔",
    "id": "Dewan kota memutuskan jembatan akan ditutup selama tujuh minggu karena tiang tidak kuat. Warga bisa naik bus dari terminal, kata para pejabat.",
    "ms": "Majlis bandar memutuskan jambatan akan ditutup selama tujuh minggu kerana tiang tidak kuat. Beliau berkata penduduk boleh menaiki bas, manakala mereka turut diberi tiket.",
}


@pytest.mark.parametrize("tag", RELATIVES)
def test_languages_of_one_family_are_told_apart(tag):
    assert language.detect(RELATIVES[tag], "xx").value == tag


def test_a_text_that_two_relatives_could_have_written_is_doubted():
    assert language.detect("Den gamle bro over elven er lukket i dag.", "xx").confidence < 0.8
