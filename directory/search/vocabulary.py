"""The words a search can choose from and be understood by, kept in memory for a minute."""

import csv
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache as once
from pathlib import Path

from django.core.cache import caches
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import TaxonomyTerm
from directory.models.enums import Delivery
from directory.places.gazetteer import fold

SECONDS = 60
KEY = "directory.vocabulary"
DATA = Path(__file__).parent / "data"
RELATED = Path(__file__).parent.parent / "taxonomy" / "data" / "related.csv"
LED = [("peer", _("Peer-led")), ("indigenous", _("Indigenous-led"))]
DELIVERY = Delivery.choices
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("oj", _("Ojibwe")),
    ("cr", _("Cree")),
    ("iu", _("Inuktitut")),
    ("mic", _("Mi’kmaw")),
    ("den", _("Dene")),
    ("crg", _("Michif")),
    ("ase", _("American Sign Language")),
    ("fcs", _("Quebec Sign Language")),
    ("ar", _("Arabic")),
    ("zh", _("Chinese")),
    ("pa", _("Punjabi")),
    ("es", _("Spanish")),
    ("tl", _("Tagalog")),
    ("uk", _("Ukrainian")),
    ("ur", _("Urdu")),
    ("so", _("Somali")),
    ("vi", _("Vietnamese")),
    ("fa", _("Persian")),
]
FIXED = {"led": LED, "delivery": DELIVERY, "language": LANGUAGES}
# Every name and synonym as its stems in its language, in no order and without stop words.
PHRASES = """
SELECT taxonomy.code, term.code, said.language, said.text,
    tsvector_to_array(to_tsvector(('directory_' || said.language)::regconfig,
        regexp_replace(said.text, '[^[:alnum:]'']+', ' ', 'g')))
FROM directory_taxonomyterm term
JOIN directory_taxonomy taxonomy ON taxonomy.id = term.taxonomy_id
JOIN (
    SELECT term_id, language, text FROM directory_synonym
    UNION ALL SELECT id, 'en', name FROM directory_taxonomyterm WHERE name <> ''
    UNION ALL SELECT id, 'fr', name_fr FROM directory_taxonomyterm WHERE name_fr <> ''
) said ON said.term_id = term.id
"""


@dataclass
class TermChoice:
    """A term as a filter shows it; `label` is in the active language."""

    code: str
    name: str
    name_fr: str
    children: list["TermChoice"] = field(default_factory=list)

    @property
    def label(self) -> str:
        if get_language() == "fr":
            return self.name_fr or self.name
        return self.name or self.name_fr


@dataclass
class Vocabulary:
    """`terms`: the top terms of each taxonomy in display order. `phrases`: for each language,
    sorted stems to the facets (`category:naloxone`) they are other words for. `said`: each
    name and synonym as written, with its language and facet."""

    terms: dict[str, list[TermChoice]]
    phrases: dict[str, dict[tuple[str, ...], tuple[str, ...]]]
    said: list[tuple[str, str, str]]
    labels: dict[str, TermChoice]
    choices: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)


_held: tuple[str, Vocabulary] | None = None


def vocabulary() -> Vocabulary:
    """The taxonomies and their synonyms as they were at most a minute ago."""
    global _held
    token = caches["memory"].get(KEY)
    held = _held
    if token is None or held is None or held[0] != token:
        token = token or secrets.token_hex(8)
        held = _held = (token, load())
        caches["memory"].set(KEY, token, SECONDS)
    return held[1]


def load() -> Vocabulary:
    terms: dict[str, list[TermChoice]] = {"category": [], "serves": [], "access": []}
    by_id: dict = {}
    labels = {}
    rows = TaxonomyTerm.objects.order_by("position", "code").values_list(
        "id", "parent_id", "taxonomy__code", "code", "name", "name_fr"
    )
    for pk, parent, taxonomy, *values in rows:
        by_id[pk] = choice = TermChoice(*values)
        siblings = by_id[parent].children if parent in by_id else terms.setdefault(taxonomy, [])
        siblings.append(choice)
        labels[f"{taxonomy}:{choice.code}"] = choice
    phrases: dict = {"en": defaultdict(set), "fr": defaultdict(set)}
    said = []
    with connection.cursor() as cursor:
        cursor.execute(PHRASES)
        for taxonomy, code, language, text, stems in cursor.fetchall():
            facet = f"{taxonomy}:{code}"
            said.append((text, language, facet))
            if stems:
                phrases[language][tuple(sorted(stems))].add(facet)
    return Vocabulary(
        terms,
        {
            language: {stems: tuple(sorted(facets)) for stems, facets in found.items()}
            for language, found in phrases.items()
        },
        said,
        labels,
    )


def terms(taxonomy: str) -> list[TermChoice]:
    """The top terms of one taxonomy in display order, children inside."""
    return vocabulary().terms[taxonomy]


def choices(group: str) -> list[tuple[str, str]]:
    """Every code of a group of facets with its label, children after their parent."""
    language = get_language() or "en"
    held = vocabulary().choices
    if (group, language) not in held:
        if group in FIXED:
            held[group, language] = [(code, str(label)) for code, label in FIXED[group]]
        else:
            held[group, language] = [
                (term.code, term.label) for top in terms(group) for term in (top, *top.children)
            ]
    return held[group, language]


def codes(group: str) -> dict[str, str]:
    """The same by code."""
    return dict(choices(group))


def label(facet: str) -> str:
    """The name of a term (`category:naloxone`) in the reader's language; empty for none."""
    term = vocabulary().labels.get(facet)
    return term.label if term else ""


@once
def related() -> dict[str, tuple[str, ...]]:
    """For each category, what to try next where it is not to be had."""
    found: dict[str, list[str]] = defaultdict(list)
    with RELATED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["code"]].append(row["related"])
    return {code: tuple(codes) for code, codes in found.items()}


@once
def weak_phrases() -> frozenset[tuple[str, ...]]:
    """What people write around what they look for ("where can I get"), folded, by words."""
    with (DATA / "weak_words.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"].replace("’", "'").replace("'", " ") for row in csv.DictReader(file)]
    return frozenset(tuple(fold(text).split()) for text in texts)
