"""Which of the catalogue's words was meant by one it doesn't have."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db import connection

from directory.places.gazetteer import letters_apart

from .wordlist import slips

# How likely a slip is beside another, as a factor on how often the word is used.
SWAPPED, DOUBLED, OTHER, FIRST_LETTER = 4.0, 3.0, 1.0, 0.4
LONG = 8  # letters a word has before two slips in it are forgiven
FEW = 40
ONE_SLIP = "SELECT text, shown, services FROM directory_word WHERE slips && %s"
MORE_SLIPS = """
SELECT text, shown, services FROM directory_word WHERE text %% %s
ORDER BY similarity(text, %s) DESC, text LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was typed, and the one it was taken for."""

    typed: str
    shown: str


def correct(words: list[str]) -> dict[str, str]:
    """For each folded word that one or, in a long one, two slips explain: what was meant, as it
    is written. One question of the database, and one more for each long word still unexplained."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(ONE_SLIP, [sorted({slip for word in words for slip in slips(word)})])
        near = cursor.fetchall()
        for word in words:
            meant = likeliest(word, near, 1)
            if meant is None and len(word) >= LONG:
                cursor.execute(MORE_SLIPS, [word, word, FEW])
                meant = likeliest(word, cursor.fetchall(), 2)
            if meant is not None:
                found[word] = meant
    return found


def likeliest(word: str, candidates: list[tuple[str, str, int]], most: int) -> str | None:
    """The candidate, as it is written, that was most likely meant."""
    best: tuple[float, str, str] | None = None
    for text, shown, services in candidates:
        if letters_apart(word, text, most) > most:
            continue
        score = math.log(services + 1) + math.log(weight(word, text))
        if best is None or (score, text) > best[:2]:
            best = (score, text, shown)
    return best[2] if best else None


def weight(typed: str, meant: str) -> float:
    """How likely someone who means one word types the other."""
    factor = OTHER
    if len(typed) == len(meant) and sorted(typed) == sorted(meant):
        factor = SWAPPED
    elif single(typed) == single(meant):
        factor = DOUBLED
    return factor * (FIRST_LETTER if typed[0] != meant[0] and factor != SWAPPED else 1.0)


def single(word: str) -> str:
    """A word with each run of a letter once."""
    return "".join(letter for i, letter in enumerate(word) if i == 0 or letter != word[i - 1])
