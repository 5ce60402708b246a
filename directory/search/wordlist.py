"""The catalogue's own words, kept for putting misspelt ones right."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from django.db import connection

from directory.models import Synonym, TaxonomyTerm
from directory.places.gazetteer import fold

from .models import SearchRow, Word

LETTERS = re.compile(r"[^\W\d_]+")
SHORTEST, LONGEST = 3, 40
# A word that leads to a whole category counts as if so many services used it.
TERM = 50
KEPT = 50_000  # words whose folding is remembered
TEXTS = ("en_named", "fr_named", "en_known", "fr_known", "en_said", "fr_said")
LEARN = """
INSERT INTO directory_word (text, shown, services, slips)
SELECT text, shown, services, slips
FROM json_to_recordset(%s::json) AS word (text text, shown text, services integer, slips text[])
ON CONFLICT (text) DO NOTHING
"""
# A word is as frequent as its stem. Rows hold stems of both languages; the likelier counts.
COUNTED = "SELECT words FROM {table}"
RECOUNT = """
WITH stems AS (
    SELECT word AS stem, ndoc FROM ts_stat(%s)
), said AS (
    SELECT text, unnest(
        tsvector_to_array(to_tsvector('directory_en', text))
        || tsvector_to_array(to_tsvector('directory_fr', text))) AS stem
    FROM directory_word
), counted AS (
    SELECT text, max(ndoc) AS rows FROM said JOIN stems USING (stem) GROUP BY text
), now AS (
    SELECT text, greatest(
        coalesce(rows, 0), CASE WHEN text = ANY(%s) THEN %s ELSE 0 END) AS services
    FROM directory_word LEFT JOIN counted USING (text)
)
UPDATE directory_word AS word SET services = now.services
FROM now WHERE now.text = word.text AND now.services <> word.services
"""

# How often each word is used, as (folded, as it is written).
Ways = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Source:
    """What else is found by its words. `words` is a question in SQL for them, one tsvector a row;
    `used` counts them anew, as they are written."""

    words: str
    used: Callable[[], Ways]


SOURCES: list[Source] = []


def register(source: Source) -> None:
    """Called once for each, when the site starts."""
    SOURCES.append(source)


@lru_cache(KEPT)
def folded(word: str) -> tuple[str, str] | None:
    """The word folded, and in small letters; None for what is not worth keeping."""
    key = fold(word)
    if SHORTEST <= len(key) <= LONGEST and " " not in key:
        return key, word.lower()
    return None


def slips(word: str) -> list[str]:
    """The word, and the word without each of its letters."""
    return sorted({word, *(word[:i] + word[i + 1 :] for i in range(len(word)))})


def used(listings: Iterable[dict]) -> Ways:
    """In how many of these listings (`rows.listing_columns`) each word is used."""
    return count("\n".join(listing[key] for key in TEXTS) for listing in listings)


def used_by_terms() -> Ways:
    """The words of the taxonomies and their synonyms."""
    names = TaxonomyTerm.objects.values_list("name", "name_fr")
    return count([*chain.from_iterable(names), *Synonym.objects.values_list("text", flat=True)])


def count(texts: Iterable[str]) -> Ways:
    """In how many of these texts each word is."""
    # Most are in many of them: what is said is taken apart once, not wherever it is said.
    pieces: Counter[str] = Counter()
    for text in texts:
        pieces.update(set(text.split()))
    ways: Ways = Counter()
    for piece, times in pieces.items():
        for word in LETTERS.findall(piece):
            if way := folded(word):
                ways[way] += times
    return ways


def learn(ways: Ways) -> None:
    """Know these words from now on."""
    services: dict[str, int] = {}
    for (word, _way), count in ways.items():
        services[word] = max(count, services.get(word, 0))
    add(as_written(ways), services)


def learn_terms() -> None:
    """Know the words of the taxonomies and their synonyms."""
    words = as_written(used_by_terms())
    add(words, dict.fromkeys(words, TERM))


def add(words: dict[str, str], services: dict[str, int]) -> None:
    """Add those that are new."""
    known = set(Word.objects.filter(text__in=list(words)).values_list("text", flat=True))
    new = [
        {"text": word, "shown": words[word], "services": services[word], "slips": slips(word)}
        # In one order, so that two writers never wait for each other.
        for word in sorted(words.keys() - known)
    ]
    if new:
        with connection.cursor() as cursor:
            cursor.execute(LEARN, [json.dumps(new)])


def as_written(ways: Ways) -> dict[str, str]:
    """Each word as most write it, accents and all."""
    shown: dict[str, tuple[int, str]] = {}
    for (word, way), count in ways.items():
        found = (count if way != word else 0, way[:60])
        shown[word] = max(found, shown.get(word, found))
    return {word: way for word, (_count, way) in shown.items()}


def replace(ways: Ways, table: str) -> None:
    """Know these words, those of the terms and of the other sources, counted in this search table,
    and no others."""
    ways = sum((source.used() for source in SOURCES), ways)
    terms = used_by_terms()
    # A term is written as its taxonomy has it.
    words = as_written(ways) | as_written(terms)
    known = dict(Word.objects.values_list("text", "shown"))
    outdated = [word for word in known if words.get(word) != known[word]]
    Word.objects.filter(text__in=outdated).delete()
    add(words, dict.fromkeys(words, 0))
    recount(table)


def recount(table: str = SearchRow._meta.db_table) -> None:
    """Count anew how many rows use each word; forget those that nothing uses any more."""
    terms = [word for word, _way in used_by_terms()]
    counted = " UNION ALL ".join([COUNTED.format(table=table), *(one.words for one in SOURCES)])
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [counted, terms, TERM])
    Word.objects.filter(services=0).delete()
