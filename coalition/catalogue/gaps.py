"""What is missing where: services by area and by whom or what they are for, and what people looked
for in vain. Counted from what residents can find, nothing finer than a town."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.cache import caches
from django.db import connection
from django.db.models import Max, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.models import TaxonomyTerm
from directory.models.enums import Province
from directory.places.atlas import atlas
from directory.places.folding import fold
from directory.search.models import MissedSearch

GROUPS = ("category", "serves")
ANYONE = "anyone"
LARGEST = 40  # towns of a province that are shown even without any service
SHOWN = 60  # towns on the page; the file has them all
WEEKS = 12
KEY = "coalition.gaps"
BELOW = "— "  # before the name of a term that is below another
SECONDS = 300
WORDS = 50
BY_AREA = """
SELECT area, sets.facets, services
FROM (
    SELECT {area} AS area, facet_set_id, count(DISTINCT service_id) AS services
    FROM directory_searchrow WHERE {where} GROUP BY 1, 2
) AS counted
JOIN directory_facetset sets ON sets.id = facet_set_id
"""


@dataclass
class Matrix:
    """Numbers of services: a row for each of `rows` (key, label), a column for each of `columns`.

    The first column counts all services of the row, whatever they are for.
    """

    rows: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    cells: dict[tuple[str, str], int] = field(default_factory=Counter)

    @property
    def lines(self) -> list[tuple[str, list[int]]]:
        """Each row's label with its numbers."""
        return [
            (label, [self.cells[row, column] for column, _label in self.columns])
            for row, label in self.rows
        ]

    @property
    def tops(self) -> "Matrix":
        """The same without the terms that are below others."""
        rows = [(key, label) for key, label in self.rows if not label.startswith(BELOW)]
        return Matrix(rows, self.columns, self.cells)

    @property
    def most(self) -> int:
        return max((self.cells[r, c] for r, _r in self.rows for c, _c in self.columns), default=0)


def services(group: str, area: str) -> Matrix:
    """By province, or by town of one. Each process remembers it for some minutes."""
    key = f"{KEY}.{group}.{area}.{get_language()}"
    return caches["memory"].get_or_set(
        key, lambda: by_town(group, area) if area else by_province(group), SECONDS
    )


def by_province(group: str) -> Matrix:
    """Terms of one taxonomy down, provinces across."""
    matrix = Matrix(terms(group), [*((code, code) for code in Province.values)])
    matrix.columns.append(("", _("All of Canada")))
    for area, facets, count in counted("province", "true"):
        for code in codes(facets, group):
            matrix.cells[code, area] += count
    return matrix


def by_town(group: str, province: str) -> Matrix:
    """Towns of a province down, the largest first, with those that have nothing; terms across."""
    matrix = Matrix([], [("", _("All")), *terms(group, top=True)])
    labels: dict[str, str] = {}
    for city, facets, count in counted("city", "province = %s", province):
        if not city:
            continue
        key = fold(city)
        labels.setdefault(key, city)
        matrix.cells[key, ""] += count
        for code in codes(facets, group):
            matrix.cells[key, code] += count
    people: dict[str, int] = {}
    towns = [town for town in atlas().towns if town.province == province]
    for town in sorted(towns, key=lambda town: -town.population):
        key = fold(town.name)
        if len(people) < LARGEST or key in labels:
            people.setdefault(key, town.population)
            labels.setdefault(key, town.name_fr if get_language() == "fr" else town.name)
    matrix.rows = sorted(labels.items(), key=lambda row: (-people.get(row[0], 0), row[0]))
    return matrix


def counted(area: str, where: str, *parameters) -> Iterator[tuple[str, list[str], int]]:
    """Area, facets, and how many services have these facets there."""
    with connection.cursor() as cursor:
        cursor.execute(BY_AREA.format(area=area, where=where), parameters)
        yield from cursor.fetchall()


def codes(facets: list[str], group: str) -> list[str]:
    """The terms of one taxonomy among facets; a service for nobody in particular is for anyone."""
    found = [facet.partition(":")[2] for facet in facets if facet.startswith(f"{group}:")]
    return found or ([ANYONE] if group == "serves" else [])


def terms(group: str, *, top: bool = False) -> list[tuple[str, str]]:
    """Code and name of each term in display order, those below another after it."""
    found = TaxonomyTerm.objects.filter(taxonomy__code=group)
    children = defaultdict(list)
    for term in found:
        children[term.parent_id].append(term)
    listed = [(ANYONE, _("Anyone"))] if group == "serves" else []
    for term in children[None]:
        listed.append((term.code, name_of(term)))
        if not top:
            listed += [(child.code, f"{BELOW}{name_of(child)}") for child in children[term.pk]]
    return listed


def name_of(term: TaxonomyTerm) -> str:
    own, other = term.name, term.name_fr
    return (other or own) if get_language() == "fr" else (own or other)


# What people looked for in vain


def missed_by_week() -> Matrix:
    """How often, week by week and province by province, the latest week first."""
    rows = MissedSearch.objects.values_list("week", "province").annotate(Sum("times"))
    weeks = sorted({week for week, _province, _times in rows}, reverse=True)[:WEEKS]
    matrix = Matrix(
        [(week.isoformat(), week.isoformat()) for week in weeks],
        [*((code, code) for code in Province.values), ("", _("Not said"))],
    )
    for week, province, times in rows:
        matrix.cells[week.isoformat(), province] = times
    return matrix


def missed_words() -> list[dict]:
    """The words that are known, those looked for most first: `word`, `times`, `week` (the last)."""
    found = MissedSearch.objects.exclude(word="").values("word")
    return list(
        found.annotate(total=Sum("times"), last=Max("week")).order_by("-total", "word")[:WORDS]
    )
