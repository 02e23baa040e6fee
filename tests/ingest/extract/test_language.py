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
