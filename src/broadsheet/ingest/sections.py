"""A label of a page → the site's own section.

In: the lines around a story, or the words of a label. Out: which lines may be the label; the section with its evidence.
"""

from __future__ import annotations

import re

from broadsheet.ingest import chrome
from broadsheet.ingest.draft import Found, Hints
from broadsheet.ingest.scene import Scene, far, zone
from broadsheet.words import slug


def settle(label: str, hints: Hints, rule: str, line: int, confidence: float) -> Found[str]:
    """The site's section for a label: by its own names, by its aliases, else the label as it stands, to be looked at."""
    wanted = label.casefold()
    for section in hints.sections:
        if section.casefold() == wanted or slug(section) == slug(label):
            return Found(section, rule, confidence, line)
    if alias := hints.aliases.get(wanted):
        return Found(alias, f"{rule}, by the site's alias", confidence, line)
    return Found(label, rule, min(confidence, _UNKNOWN) if hints.sections else confidence, line)


_UNKNOWN = 0.6  # a label that the site has no section for is for an editor to decide


def candidates(scene: Scene, title: int) -> list[tuple[int, str, list[str]]]:
    """The labels that may be the section's, with their lines and the traits that speak for or against them."""
    found = []
    spots = [*range(max(0, scene.start - 40), min(scene.start + 2, len(scene.lines))), *range(scene.end, min(scene.end + 6, len(scene.lines)))]
    for i in spots:
        line = scene.lines[i]
        if i == title or line.words > 8 or len(line.text) > 80 or line.ends or line.chrome in _NEVER:
            continue
        if (i in scene.signed and scene.signed[i].labelled) or (i in scene.stamps and line.words > 5):
            continue
        parts = [p for part in _PARTS.split(line.text) if (p := part.strip())]
        for k, part in enumerate(parts):
            if len(part) <= 32 and part.count(" ") < 4 and part[0].isalpha():
                split = "whole" if len(parts) == 1 else f"part {min(k, 3)} last {k == len(parts) - 1}"
                found.append((i, part, _traits(scene, i, part, split, title)))
    return found


def _traits(scene: Scene, i: int, part: str, split: str, title: int) -> list[str]:
    lines, kinds = scene.lines, scene.kinds
    line = lines[i]
    prev = kinds[i - 1] if i else "start"
    succ = kinds[i + 1] if i + 1 < len(lines) else "end"
    place = zone(scene, i, title)
    step = far(title - i) if title >= 0 else "none"
    known = chrome.key(part) in NAMES
    listed = bool(line.bullet)
    last = listed and (i + 1 >= len(lines) or not lines[i + 1].bullet)
    return [
        f"split {split}", f"split {split} {known}", f"zone {place}", f"step {step}", f"step {step} listed {listed}", f"known {known}", f"known {known} {step}", f"known {known} {place}",
        f"words {part.count(' ')}", f"before {prev}", f"after {succ}", f"first {i == 0} {known}", f"again {min(scene.keys[line.key] - 1, 3)} {known}",
        f"listed {listed} last {last}", f"caps {part.isupper()}", f"next is title {i + 1 == title}", f"next is title {i + 1 == title} {known} {listed}",
        f"name {kinds[i] == 'name'}", f"furniture {line.chrome}", f"said {min(3, scene.said[line.key[:6]])}", f"order {min(i, 6)}",
    ]


_PARTS = re.compile(r"\s*[|/>›»•,·\\]+\s*")
_NEVER = frozenset(("share", "counter", "advert", "cookies", "credit", "copyright", "picture", "signup"))
NAMES = frozenset(
    "news|world|world news|international|politics|business|economy|finance|markets|money|technology|tech|science|health|culture|arts|"
    "entertainment|sport|sports|football|opinion|comment|editorial|analysis|lifestyle|life|style|travel|food|education|environment|climate|"
    "local|national|nation|us|u s|u s news|us news|uk|uk news|europe|asia|africa|americas|middle east|media|law|crime|society|music|film|tv|books|"
    "fashion|celebrity|real estate|property|auto|cars|gaming|features|latest news|top stories|breaking news|"
    "politik|wirtschaft|kultur|wissen|wissenschaft|gesundheit|gesellschaft|panorama|ausland|inland|deutschland|meinung|digital|netzwelt|"
    "technik|reise|leben|regional|lokales|sport mix|fussball|fußball|feuilleton|medien|auto|debatte|kommentar|vermischtes|stars|unterhaltung|"
    "mundo|internacional|nacional|política|economía|sociedad|cultura|deportes|ciencia|salud|tecnología|opinión|noticias|sucesos|policiales|actualidad|"
    "país|ciudad|espectáculos|estilo|vida|tendencias|monde|international|politique|économie|société|culture|sciences|santé|sport|sports|"
    "opinions|planète|faits divers|france|actualité|actualités|mundo|política|economia|esportes|esporte|brasil|ciência|saúde|cidades|"
    "esteri|cronaca|politica|economia|cultura|sport|scienza|salute|tecnologia|mondo|italia|spettacoli|buitenland|binnenland|economie|cultuur|"
    "politiek|wetenschap|gezondheid|inrikes|utrikes|ekonomi|kultur|nöje|debatt|ledare|nyheter|nyheder|indland|udland|debat|erhverv|innenriks|utenriks|"
    "økonomi|kotimaa|ulkomaat|talous|kulttuuri|urheilu|politiikka|kraj|świat|polityka|gospodarka|kultura|biznes|nauka|zdrowie|opinie|"
    "domácí|zahraničí|ekonomika|dünya|gündem|ekonomi|siyaset|spor|kültür|sanat|teknoloji|sağlık|yaşam|magazin|nasional|internasional|ekonomi|olahraga|"
    "hiburan|teknologi|gaya hidup|мир|в мире|политика|экономика|общество|культура|спорт|наука|россия|технологии|світ|політика|економіка|суспільство|україна|"
    "свят|българия|икономика|общество|κόσμος|πολιτική|οικονομία|κοινωνία|αθλητισμός|πολιτισμός|العالم|سياسة|اقتصاد|رياضة|ثقافة|"
    "国际|国内|财经|体育|科技|社会|文化|国際|政治|経済|社会|スポーツ|文化|国内|정치|경제|사회|국제|문화|스포츠|món|economia|societat|esports|cultura".split("|")
)
