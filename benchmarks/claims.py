"""How well edits of facts and harmless ones are distinguished: makes both on the sample and prints what was caught.

python -m benchmarks.claims --n 400
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from broadsheet import content
from broadsheet.content import facts
from broadsheet.newsroom.claims import changes, claims

STORIES = Path(__file__).resolve().parent.parent / "content/stories"
NAMES = "Halloran Ostrava Venter Mirabel Kestrel Quimby Ludlow Tarkov Elmira Novalja".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
COUNTS = "two three four five six seven eight nine ten eleven twelve twenty thirty forty".split()
PLAIN = {"shortly": "soon", "large": "big", "said": "stated", "began": "started", "many": "numerous", "also": "too"}

QUOTATION = "we will not rest while people wait"
MISQUOTED = (
    "we will always rest while people wait",
    "we may not rest while people wait",
    "we will not rest while banks wait",
    "we will rest while people wait",
    "we will not rest while 40 people wait",
)

Edit = Callable[[str, random.Random], str | None]  # a text that was edited; None where it has nothing to edit


def _replace(text: str, pattern: str, other: Callable[[re.Match[str]], str], dice: random.Random) -> str | None:
    """The text with one of the places that match replaced."""
    found = [match for match in re.finditer(pattern, text) if other(match) != match[0]]
    if not found:
        return None
    match = dice.choice(found)
    return text[: match.start()] + other(match) + text[match.end() :]


def digits(text: str, dice: random.Random) -> str | None:
    def other(match: re.Match[str]) -> str:
        return "".join(str((int(c) + dice.randint(1, 8)) % 9 + 1) if c.isdigit() else c for c in match[0])

    return _replace(text, r"\d[\d.,]*\d|\d", other, dice)


def counted(text: str, dice: random.Random) -> str | None:
    return _replace(text, rf"\b(?:{'|'.join(COUNTS)})\b", lambda _: dice.choice(COUNTS), dice)


def name(text: str, dice: random.Random) -> str | None:
    """One mention, wherever it stands, of a word that has a capital in the midst of a sentence too."""
    known = set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}", text)) - set(DAYS)
    return _replace(text, rf"\b(?:{'|'.join(sorted(known)) or 'X{9}'})\b", lambda _: dice.choice(NAMES), dice)


def weekday(text: str, dice: random.Random) -> str | None:
    return _replace(text, rf"\b(?:{'|'.join(DAYS)})\b", lambda _: dice.choice(DAYS), dice)


def quoted(text: str, dice: random.Random) -> str | None:
    """A word of a quotation for another; most sample stories have none, so that one is put in first."""
    return text.replace(QUOTATION, dice.choice(MISQUOTED))


def letters(text: str, dice: random.Random) -> str | None:
    """Two letters of a plain word, swapped."""
    return _replace(text, r"(?<= )[a-z]{5,}(?=[ .,])", lambda m: m[0][:2] + m[0][3] + m[0][2] + m[0][4:], dice)


def letters_of_name(text: str, dice: random.Random) -> str | None:
    """Two letters of a name, swapped."""
    return _replace(text, r"(?<=[a-z] )[A-Z][a-z]{4,}", lambda m: m[0][:2] + m[0][3] + m[0][2] + m[0][4:], dice)


def punctuation(text: str, dice: random.Random) -> str | None:
    return _replace(text, r", | - |'|\"", lambda m: {", ": " ", " - ": " – ", "'": "’", '"': "“"}[m[0]], dice)


def wrapped(text: str, dice: random.Random) -> str | None:
    return _replace(text, r"(?<=\w) (?=\w)", lambda _: "\n", dice)


def figures(text: str, dice: random.Random) -> str | None:
    """A number in words as digits."""
    values = {word: str(value) for value, word in enumerate(COUNTS[:11], 2)}
    return _replace(text, rf"\b(?:{'|'.join(values)})\b", lambda m: values[m[0]], dice)


def longer(text: str, dice: random.Random) -> str | None:
    return _replace(
        text, r"(?<=[a-z]\.)\n\n", lambda _: f" {dice.choice(NAMES)} expects {dice.randint(20, 90)} more.\n\n", dice
    )


def shorter(text: str, dice: random.Random) -> str | None:
    return _replace(text, r"(?<=[a-z]\. )[A-Z][^.\n]{20,}\.", lambda _: "", dice)


def moved(text: str, dice: random.Random) -> str | None:
    parts = text.split("\n\n")
    if len(parts) < 4:
        return None
    place = dice.randrange(1, len(parts) - 1)
    parts[place], parts[place + 1] = parts[place + 1], parts[place]
    return "\n\n".join(parts)


def reworded(text: str, dice: random.Random) -> str | None:
    return _replace(text, rf"\b(?:{'|'.join(PLAIN)})\b", lambda m: PLAIN[m[0]], dice)


def linked(text: str, dice: random.Random) -> str | None:
    return _replace(text, r"(?<= )[A-Z][a-z]{4,}(?= )", lambda m: f"[*{m[0]}*](/topics/{m[0].lower()}/)", dice)


FACTS: Sequence[Edit] = (digits, counted, name, weekday, quoted)
HARMLESS: Sequence[Edit] = (
    letters, letters_of_name, punctuation, wrapped, figures, longer, shorter, moved, reworded, linked,
)  # fmt: skip


def edits(kinds: Sequence[Edit], count: int, seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """So many edits: their kind, the text before, the text after."""
    dice = random.Random(seed)
    texts = [content.body(file.read_bytes(), file.name) for file in sorted(STORIES.rglob("*.md"))]
    made = 0
    while made < count:
        edit, text = kinds[made % len(kinds)], dice.choice(texts)
        if edit is quoted:
            text = text.replace("\n\n", f'\n\n"Believe me, {QUOTATION}," a clerk wrote.\n\n', 1)
        after = edit(text, dice)
        if after is not None and after != text:
            made += 1
            yield edit.__name__, text, after


def told(kinds: Sequence[Edit], count: int, seed: int = 1) -> tuple[Counter[str], Counter[str]]:
    """How many edits of each kind were made, and how many were taken for changes of facts."""
    all_, caught = Counter[str](), Counter[str]()
    for kind, before, after in edits(kinds, count, seed):
        all_[kind] += 1
        caught[kind] += bool(changes(*(claims(facts.read(text).text) for text in (before, after))))
    return all_, caught


def main() -> None:
    """Print how many edits of each kind were caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=400, help="edits of either sort (400)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for title, kinds in (("facts", FACTS), ("harmless", HARMLESS)):
        all_, caught = told(kinds, arguments.n, arguments.seed)
        print(f"{title:<16} {caught.total():>4} of {all_.total():>4} caught: {caught.total() / all_.total():.1%}")
        for kind in all_:
            print(f"  {kind:<14} {caught[kind]:>4} of {all_[kind]:>4}")


if __name__ == "__main__":
    main()
