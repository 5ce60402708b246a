"""What someone may mean while they still type: needs, organizations, towns.

Nothing that was typed is kept, not even to answer the same start faster.
"""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.places.gazetteer import Place, complete, fold

from .understanding import SMALLEST_TOWN, TOKEN
from .vocabulary import Vocabulary, vocabulary, weak_phrases

FIELDS = ("q", "near")
LEAST = 2  # letters
NEEDS, ORGANIZATIONS, TOWNS, PLACES = 5, 4, 3, 6
LATER_LEAST = 3  # of a word that may well be something else
MOST_WORDS = 20  # of a sentence
LAST = "\U0010ffff"  # sorts after every letter
TAXONOMIES = ("category", "serves", "access")
# Words that begin no need within a name: prepositions and articles of both languages.
SMALL_WORDS = {
    "a", "and", "for", "in", "my", "of", "on", "or", "the", "to", "with",
    "au", "aux", "chez", "dans", "de", "des", "du", "en", "et", "la", "le", "les", "ma", "mes",
    "mon", "ou", "par", "pour", "qui", "sans", "sur", "un", "une",
}  # fmt: skip
# What people write, and search understands, but the site itself does not say of anyone.
UNSAID = re.compile(
    r"\b(addicts?|alcoholics?(?! anonymous)|clean (and sober|needles?)|dope ?(sick)?|droguee?s?"
    r"|drug users?|drunk|get(ting)? clean|homeless|junk(ies?|y)|natives?|prostitution|relapse|rigs"
    r"|sdf|toxicomanes?)\b"
)
POSTAL = re.compile(r"\s*[a-z]\d", re.IGNORECASE)
ANNOUNCED = re.compile(
    r"(.*)\b(?:in|near|around|à|au|dans|vers|pr[eè]s de)\s+(\S.+)", re.IGNORECASE | re.DOTALL
)
# A few rows from the beginning of the index, however many organizations are called "Centre".
# An organization has four names at most; it seldom has two words that begin alike in them.
ORGANIZATIONS_SQL = f"""
SELECT organization.name, organization.name_fr, organization.slug
FROM (
    SELECT organization_id, bool_or(first) AS first, min(start) AS start
    FROM unnest(%s::text[]) AS beginning, LATERAL (
        SELECT * FROM (
            (SELECT organization_id, first, start FROM directory_organizationstart
            WHERE first AND start >= beginning ORDER BY start LIMIT {4 * ORGANIZATIONS})
            UNION ALL
            (SELECT organization_id, first, start FROM directory_organizationstart
            WHERE NOT first AND start >= beginning ORDER BY start LIMIT {4 * ORGANIZATIONS})
        ) AS following
        -- Looked at last: with an end, some planners read all that begin so before they sort.
        WHERE start < beginning || '{LAST}'
    ) AS started
    GROUP BY organization_id ORDER BY first DESC, start LIMIT {ORGANIZATIONS}
) AS found
JOIN directory_organization AS organization ON organization.id = found.organization_id
ORDER BY found.first DESC, found.start
"""  # noqa: S608 (numbers and a letter of our own)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is shown, with `detail` beside it, each in its `language` where that is not the
    reader's. Choosing it puts `put` in the field and `near` in that of the place, or goes to the
    page of the organization with this `slug`."""

    text: str
    detail: str = ""
    put: str = ""
    near: str = ""
    slug: str = ""
    language: str = ""
    detail_language: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    options: list[Suggestion]


def suggest(text: str, *, field: str) -> list[Group]:
    """What the beginning `text` of `field` ("q" or "near") may become, in groups, none empty.

    One question of the database at most, where the vocabulary is at hand.
    """
    if len(fold(text).replace(" ", "")) < LEAST:
        return []
    if field == "near":
        groups = [Group(_("Towns and postal codes"), places(text))]
    else:
        needs, organizations = needs_named(text), organizations_called(text)
        towns = towns_in(text, alone=not (needs or organizations))
        if not (needs or organizations or towns):
            needs = needs_at_the_end(text)
        groups = [
            Group(_("What you need"), needs),
            Group(_("Go to an organisation"), organizations),
            Group(_("Where you are"), towns),
        ]
    return [group for group in groups if group.options]


def beginnings(text: str) -> list[str]:
    """The folded text. Its last word may be a whole one ("st": Saint) or not ("st": street)."""
    found = dict.fromkeys([fold(text), fold(f"{text}x")[:-1].rstrip()])
    return [beginning for beginning in found if beginning]


# Needs


class Start(NamedTuple):
    """A name or synonym from one of its words on: the first, or one `inside`. `rank`: less is
    likelier."""

    text: str
    language: str
    facet: str
    inside: bool
    is_name: bool
    rank: tuple[bool, bool, int, int]


@dataclass
class Needs:
    """Every start in order, beside its folded form."""

    said: list[tuple[str, str, str]]
    folded: list[str] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)

    @classmethod
    def of(cls, words: Vocabulary) -> Needs:
        found: dict[tuple[str, str, str], Start] = {}
        for text, language, facet in words.said:
            term = words.labels[facet]
            is_name = text in (term.name, term.name_fr)
            taxonomy = facet.partition(":")[0]
            if taxonomy not in TAXONOMIES:
                continue
            for position, start in starts_of(text):
                rank = (position > 0, not is_name, TAXONOMIES.index(taxonomy), len(text))
                one = Start(text, language, facet, position > 0, is_name, rank)
                held = found.setdefault((start, language, facet), one)
                if rank < held.rank:
                    found[start, language, facet] = one
        ordered = sorted(found.items(), key=lambda item: item[0])
        return cls(words.said, [key[0] for key, _start in ordered], [s for _key, s in ordered])

    def beginning(self, beginning: str) -> Iterator[tuple[str, Start]]:
        first = bisect_left(self.folded, beginning)
        last = bisect_left(self.folded, beginning + LAST)
        return zip(self.folded[first:last], self.starts[first:last], strict=True)


def starts_of(text: str) -> Iterator[tuple[int, str]]:
    """The folded text from each word on that someone may type first, and how many come before.

    After an elision too: "amitié" begins "Centres d'amitié".
    """
    for apart in dict.fromkeys([text, re.sub("['’]", " ", text)]):
        words = fold(apart).split()
        for position, word in enumerate(words):
            if position == 0 or (len(word) > 1 and word not in SMALL_WORDS):
                yield position, " ".join(words[position:])


_needs: Needs | None = None


def all_needs(words: Vocabulary) -> Needs:
    """The starts of this vocabulary, made anew only where it says something else than before."""
    global _needs
    held = _needs
    if held is None or (held.said is not words.said and held.said != words.said):
        held = _needs = Needs.of(words)
    return held


def needs_named(text: str) -> list[Suggestion]:
    """Terms that the text begins to name."""
    words = vocabulary()
    return [need(start, "", words) for start in best_starts(text, words)]


def needs_at_the_end(text: str) -> list[Suggestion]:
    """Terms that the last words of a sentence begin to name: "my son needs deto"."""
    words = vocabulary()
    for token in list(TOKEN.finditer(text))[1:MOST_WORDS]:
        kept, rest = text[: token.start()], text[token.start() :]
        if len(fold(rest)) < LATER_LEAST or is_weak(rest):
            continue
        found = [start for start in best_starts(rest, words) if not start.inside]
        if found:
            return [need(start, kept, words) for start in found]
    return []


def is_weak(text: str) -> bool:
    folded = tuple(fold(text).split())
    return folded in weak_phrases() or folded[0] in SMALL_WORDS


def best_starts(text: str, words: Vocabulary) -> list[Start]:
    """The likeliest start for each term, likeliest first: the whole of a name or synonym, then
    what is in the reader's language."""
    language = get_language()
    best: dict[str, tuple[tuple, Start]] = {}
    index = all_needs(words)
    for beginning in beginnings(text):
        for folded, start in index.beginning(beginning):
            other = start.language != language
            if other and start.inside and not start.is_name:
                continue
            rank = (folded != beginning or start.inside, other, start.rank)
            held = best.get(start.facet)
            if held is None or rank < held[0]:
                best[start.facet] = rank, start
    likeliest = heapq.nsmallest(2 * NEEDS, best.values())
    different: dict[str, Start] = {}
    for _rank, start in likeliest:
        different.setdefault(words.labels[start.facet].label, start)
    return list(different.values())[:NEEDS]


def need(start: Start, kept: str, words: Vocabulary) -> Suggestion:
    """Alone, the term's own name goes into the field; at the end of a sentence the words that
    matched complete it. They stand beside the name where they say something else."""
    label = words.labels[start.facet].label
    said = label if UNSAID.search(fold(start.text)) else start.text
    if set(fold(said).split()) <= set(fold(label).split()):
        detail = other = ""
    else:
        detail, other = said, "" if start.language == get_language() else start.language
    return Suggestion(label, detail, kept + said if kept else label, detail_language=other)


# Organizations


def organizations_called(text: str) -> list[Suggestion]:
    """Organizations with a published service, whose name or a word in it begins so."""
    with connection.cursor() as cursor:
        cursor.execute(ORGANIZATIONS_SQL, [beginnings(text)])
        found = cursor.fetchall()
    french = get_language() == "fr"
    suggestions = []
    for name, name_fr, slug in found:
        own, other = (name_fr, name) if french else (name, name_fr)
        language = "" if own else ("en" if french else "fr")
        suggestions.append(Suggestion(own or other, slug=slug, language=language))
    return suggestions


# Places


def places(text: str) -> list[Suggestion]:
    return [Suggestion(place.label, put=typed(place)) for place in complete(text, PLACES)]


def typed(place: Place) -> str:
    """What names exactly this place, in the reader's own words where these do."""
    return place.label if place.kind == "town" and not place.near else place.key


def towns_in(text: str, *, alone: bool) -> list[Suggestion]:
    """Places that the field of needs names: after a word that announces one ("food near thun"),
    or as its whole. `alone`: nothing else begins so; if not, only a large town is meant."""
    if announced := ANNOUNCED.fullmatch(text):
        kept, rest = announced.group(1).strip(), announced.group(2)
        found = [place for place in complete(rest, PLACES) if not place.district][:TOWNS]
        if len(fold(rest)) >= LEAST and found:
            return [Suggestion(place.label, put=kept, near=typed(place)) for place in found]
    least = SMALLEST_TOWN if alone else 10 * SMALLEST_TOWN
    if len(beginnings(text)[-1]) < LATER_LEAST and not POSTAL.match(text):
        return []
    return [
        Suggestion(place.label, near=typed(place))
        for place in complete(text, TOWNS)
        if place.kind == "postal" or place.population >= least
    ]
