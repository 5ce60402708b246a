"""Which town was meant, when a name is misspelt."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache

from directory.places.atlas import atlas
from directory.places.folding import fold
from directory.places.place import Place, weight

LONGEST = 60


def trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


@lru_cache(maxsize=1)
def _index() -> tuple[list[tuple[str, list[int], int]], dict[str, list[int]]]:
    """Every squashed name with its towns and number of trigrams; and names by trigram."""
    names, by_trigram = [], defaultdict(list)
    for number, (name, towns) in enumerate(sorted(atlas().named.items())):
        grams = trigrams(name)
        names.append((name, towns, len(grams)))
        for gram in grams:
            by_trigram[gram].append(number)
    return names, dict(by_trigram)


def letters_apart(a: str, b: str, most: int) -> int:
    """Slips between two words: letters wrong, missing, added, or two neighbours swapped.

    Damerau-Levenshtein, optimal string alignment; gives up at `most` + 1.
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before, row = [], list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        earlier, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return row[-1]


def suggest(text: str, province: str = "", limit: int = 5) -> list[Place]:
    """Up to `limit` towns whose name is a slip or two away, or holds all the words; best first.

    Trigrams choose the candidates, slips rank them, people break ties; towns of `province` (a
    code) come before others. One slip is forgiven in a short name, about one in three letters
    in a longer one.
    """
    words = fold(text)[:LONGEST]
    typed = words.replace(" ", "")
    if len(typed) < 3:
        return []
    names, by_trigram = _index()
    grams = trigrams(typed)
    shared = Counter(n for gram in grams for n in by_trigram.get(gram, ()))
    likeliest = sorted(
        ((2 * count / (len(grams) + names[n][2]), n) for n, count in shared.items()), reverse=True
    )[:120]
    most = max(1, min(4, len(typed) // 3))
    towns = atlas().towns
    ranked: dict[int, tuple] = {}
    for _, number in likeliest:
        name, holders, _ = names[number]
        slips = letters_apart(typed, name, most)
        if slips > most:
            # "Goose Bay" inside "Happy Valley-Goose Bay".
            if len(typed) < 5 or typed not in name:
                continue
            slips = most
        for holder in holders:
            town = towns[holder]
            rank = (bool(province) and town.province != province, slips, -weight(town), town.key)
            ranked[holder] = min(rank, ranked.get(holder, rank))
    return [towns[number] for number in sorted(ranked, key=ranked.__getitem__)[:limit]]
