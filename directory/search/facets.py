"""How many services each filter would leave, counted over whole combinations of facets.

A combination is read once in the life of a worker, as a row of a table with a column for each
facet, so that counting is one product: how many services have each combination, times the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from .models import FacetSet

# Who a service says it is for, by gender. One that names none of these is for everyone.
GENDERS = {
    "women": ("serves:women",),
    "men": ("serves:men",),
    "trans-nonbinary": ("serves:trans-nonbinary",),
    "two-spirit": ("serves:two-spirit",),
}
STATES_GENDER = tuple(sorted({facet for facets in GENDERS.values() for facet in facets}))
OLDEST = 1000


class Table:
    """The combinations read so far. `has[row, column]`: whether it has that facet; `ages[row]`:
    the youngest and the oldest it is for."""

    def __init__(self):
        self.columns: dict[str, int] = {}
        self.row_of = np.full(1024, -1, np.int32)  # by a combination's identifier
        self.has = np.zeros((1024, 256), np.uint8)
        self.ages = np.zeros((1024, 2), np.int16)
        self.size = 0

    def rows(self, ids: np.ndarray) -> np.ndarray:
        """The rows of these combinations, read where they are new."""
        if len(ids) and ids.max() >= len(self.row_of):
            more = np.full(int(ids.max()) - len(self.row_of) + 1024, -1, np.int32)
            self.row_of = np.concatenate((self.row_of, more))
        rows = self.row_of[ids]
        if (rows < 0).any():
            new = FacetSet.objects.filter(pk__in=ids[rows < 0].tolist())
            for pk, facets in new.values_list("id", "facets"):
                self.add(pk, facets)
            rows = self.row_of[ids]
        return rows

    def add(self, pk: int, facets: list[str]) -> None:
        if self.size == len(self.has):
            self.has = np.concatenate((self.has, np.zeros_like(self.has)))
            self.ages = np.concatenate((self.ages, np.zeros_like(self.ages)))
        youngest, oldest = 0, OLDEST
        for facet in facets:
            if facet.startswith("age:"):
                low, _, high = facet[4:].partition("-")
                youngest, oldest = int(low or 0), int(high or OLDEST)
            else:
                self.has[self.size, self.column(facet)] = 1
        self.ages[self.size] = youngest, oldest
        self.row_of[pk] = self.size
        self.size += 1

    def column(self, facet: str) -> int:
        column = self.columns.setdefault(facet, len(self.columns))
        if column == self.has.shape[1]:
            self.has = np.concatenate((self.has, np.zeros_like(self.has)), axis=1)
        return column

    def having(self, rows: np.ndarray, facets: Iterable[str]) -> np.ndarray:
        """Which of these rows have any of the facets."""
        columns = [self.column(facet) for facet in facets]
        return self.has[np.ix_(rows, columns)].any(axis=1)

    def summed(self, rows: np.ndarray, services: np.ndarray) -> dict[str, int]:
        """How many services have each facet."""
        # Whole numbers up to 16 million are exact in 32-bit floats, and their product is quick.
        sums = services.astype(np.float32) @ self.has[rows].astype(np.float32)
        counts = sums.astype(np.int64).tolist()
        return {facet: counts[column] for facet, column in self.columns.items() if counts[column]}


table = Table()


@dataclass
class Choice:
    """What was chosen: any of the facets of a group, all groups; an age; a gender."""

    groups: dict[str, list[str]] = field(default_factory=dict)
    age: int | None = None
    gender: str = ""

    def __bool__(self) -> bool:
        return bool(self.groups or self.age is not None or self.gender)

    def passing(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """For each group with something chosen, which of these combinations have any of it."""
        return {
            group: table.having(rows, [f"{group}:{code}" for code in codes])
            for group, codes in self.groups.items()
        }

    def for_people(self, rows: np.ndarray) -> np.ndarray:
        """Which are for this age and gender, or do not say."""
        fits = np.ones(len(rows), bool)
        if self.age is not None:
            youngest, oldest = table.ages[rows].T
            fits &= (youngest <= self.age) & (self.age <= oldest)
        if self.gender:
            own = table.having(rows, GENDERS[self.gender])
            fits &= own | ~table.having(rows, STATES_GENDER)
        return fits


def fitting(ids: np.ndarray, choice: Choice) -> np.ndarray:
    """Which of these combinations fit everything chosen."""
    rows = table.rows(ids)
    fits = choice.for_people(rows)
    for passes in choice.passing(rows).values():
        fits &= passes
    return fits


def fitting_people(choice: Choice) -> list[int]:
    """Every combination that is for the age and gender chosen."""
    every = np.array(FacetSet.objects.values_list("id", flat=True), np.int64)
    return every[choice.for_people(table.rows(every))].tolist()


def shares(ids: np.ndarray, wanted: list[tuple[str, ...]]) -> list[float]:
    """How much of what is wanted each of these combinations has: of several needs, each any of
    some facets, the share that it meets."""
    if not wanted:
        return [0.0] * len(ids)
    rows = table.rows(ids)
    met = sum(table.having(rows, facets).astype(float) for facets in wanted)
    return (met / len(wanted)).tolist()


@dataclass
class Counts:
    """How many services the list holds, and would hold with one more facet chosen.

    `total` is exact. `groups` holds, for each group with something chosen, what each of its
    facets would add; `others` what each facet of the other groups would leave.
    """

    total: int
    others: dict[str, int]
    groups: dict[str, dict[str, int]]

    def of(self, group: str, code: str, chosen: bool) -> int:
        """How many services there would be with this option chosen."""
        facet = f"{group}:{code}"
        if group in self.groups:
            return self.total if chosen else self.total + self.groups[group].get(facet, 0)
        return self.others.get(facet, 0)


def count(ids: np.ndarray, services: np.ndarray, choice: Choice) -> tuple[np.ndarray, Counts]:
    """Which combinations fit everything chosen, and what each option would give.

    `services` says how many have each combination.
    """
    rows = table.rows(ids)
    people = choice.for_people(rows)
    passing = choice.passing(rows)
    failed = sum((~passes).astype(int) for passes in passing.values()) if passing else 0
    fits = people & (failed == 0)
    groups = {}
    for group, passes in passing.items():
        # What lacks this group alone is what its other options would add.
        lacking = people & (failed == 1) & ~passes
        groups[group] = table.summed(rows[lacking], services[lacking])
    total = int(services[fits].sum())
    return fits, Counts(total, table.summed(rows[fits], services[fits]), groups)
