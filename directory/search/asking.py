"""The questions every search puts to its table, in SQL, because each millisecond here is one that
someone waits on a slow phone, and building a query in the ORM takes longer than answering it.

All come back as packed arrays in PostgreSQL's binary format, which numpy reads as they are: for
thousands of rows that costs next to nothing, where one tuple a row costs more than the search.
"""

# ruff: noqa: S608
# What is put into these texts is the project's own; what people typed goes in as values.
from __future__ import annotations

import datetime
import re
import uuid
from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from django.utils import timezone
from psycopg import Cursor
from psycopg.adapt import Loader
from psycopg.pq import Format

from directory.places.gazetteer import EARTH_RADIUS_KM, Place, box, chord, unit_vector

from .queries import quoted
from .ranking import AGING, FRESH, FRESH_DAYS, STALE, STALE_DAYS

TABLE, SHARED = "directory_searchrow", "shared"
SQUARE = "greatest(2 - 2 * (x * %s + y * %s + z * %s), 0)"
# Straight through the earth: over 25 km that is 2 cm less than over the ground, and orders alike.
METRES = f"(1000 * {EARTH_RADIUS_KM} * sqrt({SQUARE}))::int"
FRESHNESS = (
    f"CASE WHEN assured_date >= %s THEN {int(1000 * FRESH)} "
    f"WHEN assured_date >= %s THEN {int(1000 * AGING)} ELSE {int(1000 * STALE)} END"
)
CHECKED = "coalesce('2100-01-01'::date - assured_date, 1000000)"
# How often a listing is to be checked, its service says: asked of the few that are weighed.
LATE = """EXISTS (SELECT FROM directory_service AS service
    WHERE service.id = service_id
    AND service.assured_date + make_interval(months => service.check_every) < %s::date)"""
STATE = """CASE
    WHEN temporarily_closed THEN 4 WHEN open @> %s::timestamptz THEN 0
    WHEN call_first @> %s::timestamptz OR by_appointment @> %s::timestamptz THEN 1
    WHEN unknown @> %s::timestamptz OR coalesce(known_until <= %s, true) THEN 2 ELSE 3 END"""


@dataclass(frozen=True)
class Rows:
    """Which rows, as conditions with their values. Nothing of them is what someone typed: words
    come as values."""

    conditions: tuple[str, ...] = ()
    values: tuple = ()
    place: Place | None = None

    def where(self, condition: str, *values) -> Rows:
        return Rows((*self.conditions, condition), (*self.values, *values), self.place)

    def matching(self, query: str) -> Rows:
        return self.where("words @@ %s::tsquery", query)

    def having(self, groups: dict[str, list[str]]) -> Rows:
        """With any of the codes chosen in a group, in every group."""
        rows = self
        for group, codes in groups.items():
            rows = rows.matching(" | ".join(quoted(f"{group}:{code}") for code in codes))
        return rows

    def open_at(self, moment: datetime.datetime | None) -> Rows:
        """Surely open then; by appointment and call first are not."""
        return self if moment is None else self.where("open @> %s::timestamptz", moment)

    def within(self, place: Place, kilometres: float) -> Rows:
        """No farther than this on the great circle."""
        south, west, north, east = box(place.lat, place.lon, kilometres)
        rows = Rows(self.conditions, self.values, place)
        return rows.where(
            f"latitude BETWEEN %s AND %s AND longitude BETWEEN %s AND %s AND {SQUARE} <= %s",
            *(south, north, west, east),
            *unit_vector(place.lat, place.lon),
            chord(kilometres) ** 2,
        )

    def either(self, one: Rows, other: Rows) -> Rows:
        """Those that are among one or the other."""
        return self.where(f"(({one.condition}) OR ({other.condition}))", *one.values, *other.values)

    def remote(self, province: str) -> Rows:
        """By phone or online, or from no certain place, for people in this province."""
        return self.where("x IS NULL AND province IN ('', %s)", province)

    @property
    def condition(self) -> str:
        return " AND ".join(self.conditions) or "true"


@dataclass
class Asked:
    """Branches of one question, answered together."""

    branches: list[str] = field(default_factory=list)
    values: list = field(default_factory=list)
    shared: str = ""

    def share(self, rows: Rows) -> None:
        """Find these rows once, for branches that are `packed` from `SHARED`. Before any branch."""
        self.shared = f"""WITH {SHARED} AS MATERIALIZED (
            SELECT latitude, longitude, x, y, z, province, number, facet_set_id, assured_date
            FROM {TABLE} WHERE {rows.condition}) """
        self.values += rows.values

    def add(self, sql: str, *values) -> int:
        """Returns which answer is this branch's."""
        self.branches.append(sql)
        self.values += values
        return len(self.branches) - 1

    def answer(self, *, by_index: bool = False) -> dict[int, tuple]:
        """For each branch its row, without the branch's number.

        `by_index`: the planner takes a row that is in the table for one that is cheap to compare,
        and would sooner read the words of ten thousand rows than use their index.
        """
        if not self.branches:
            return {}
        sql = self.shared + " UNION ALL ".join(
            f"SELECT {n} AS branch, {branch}" for n, branch in enumerate(self.branches)
        )
        if not by_index:
            return {branch: tuple(row) for branch, *row in binary(sql, self.values)}
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            try:
                return {branch: tuple(row) for branch, *row in binary(sql, self.values)}
            finally:
                cursor.execute("RESET enable_seqscan")


class Integers(Loader):
    """An array of whole numbers without a missing one, as it comes over the wire: after a head of
    20 bytes, each with its size before it."""

    format = Format.BINARY
    head = 20

    def load(self, data) -> np.ndarray:
        found = np.frombuffer(data, [("size", ">i4"), ("value", self.value)], offset=self.head)
        return found["value"].astype(self.value[1:])


class Integers32(Integers):
    value = ">i4"


class Integers64(Integers):
    value = ">i8"


LOADERS = ((1007, Integers32), (1016, Integers64))  # by the types' identifiers, which never change


def binary(sql: str, values) -> list[tuple]:
    """The rows of a question, read in PostgreSQL's binary format."""
    with connection.cursor() as checked:  # Django's own, once it has seen that the server answers
        raw = Cursor(checked.connection)
    raw.format = Format.BINARY
    for kind, loader in LOADERS:
        raw.adapters.register_loader(kind, loader)
    logged = connection.queries_logged
    with (connection.make_debug_cursor if logged else connection.make_cursor)(raw) as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def packed(
    rows: Rows, sort: str, today: datetime.date, *, limit: int = 0, source: str = TABLE
) -> tuple[str, list]:
    """A branch: all these rows, of the table or of what is shared, as `Hits.packed` takes them.

    Ordered by metres and, for `best`, how lately they were checked, in thousandths of a kilometre
    that is worth; for `checked` by that alone, in days.
    """
    days = [
        today - datetime.timedelta(days=FRESH_DAYS),
        today - datetime.timedelta(days=STALE_DAYS),
    ]
    vector = unit_vector(rows.place.lat, rows.place.lon) if rows.place else ()
    if sort == "checked":
        order, values = CHECKED, []
    elif rows.place is None:
        order, values = FRESHNESS, days
    elif sort == "distance":
        order, values = METRES, [*vector]
    else:
        order, values = f"{METRES} + {FRESHNESS}", [*vector, *days]
    # In the order of the index that finds them: which, matters less than how soon.
    some = f"{'' if rows.conditions else ' ORDER BY number'} LIMIT {limit}" if limit else ""
    sql = f"""
        array_agg((sorting::bigint << 32) + abs(number)),
        array_agg(CASE WHEN number < 0 THEN -facet_set_id ELSE facet_set_id END)
        FROM (SELECT {order} AS sorting, number, facet_set_id
            FROM {source} WHERE {rows.condition}{some}) found"""
    return sql, [*values, *rows.values]


def numbers(rows: Rows) -> tuple[str, list]:
    """A branch: the numbers of the rows' services."""
    return (
        "array_agg(abs(number)::bigint), NULL::int[] "
        f"FROM directory_searchrow WHERE {rows.condition}",
        [*rows.values],
    )


def weigh(stored: list[int], rows: Rows, now: datetime.datetime) -> tuple[str, list]:
    """A branch: what is still to be known of these services (numbers as rows hold them) for their
    order. Five arrays, an entry for each of their rows: number, row, metres away (0 without a
    place), state (`ranking.STATES`), 1 where its check is overdue."""
    metres, vector = ("0", ())
    if rows.place is not None:
        metres, vector = METRES, unit_vector(rows.place.lat, rows.place.lon)
    return (
        f"""array_agg(abs(number)), array_agg(id), array_agg({metres}), array_agg({STATE}),
            array_agg(({LATE})::int)
        FROM directory_searchrow WHERE number = ANY(%s::int[]) AND {rows.condition}""",
        [*vector, *[now] * 5, timezone.localdate(now), stored, *rows.values],
    )


Spans = list[tuple[datetime.datetime, datetime.datetime]]
MOMENT = re.compile('"([^"]+)"')
SPANS = 15  # columns before the spans


@dataclass(slots=True)
class ShownRow:
    """A row as pages draw it. `distance` is a squared chord from the place searched, None without
    one; `open_spans` and its siblings are its hours ahead. `open_at_a_place` says
    whether the service is open at any of its places. The rest is as in `SearchRow`."""

    pk: int
    service_id: uuid.UUID
    service_at_location_id: uuid.UUID | None
    number: int
    reach: str
    latitude: float | None
    longitude: float | None
    city: str
    province: str
    sort_name: str
    sort_name_fr: str
    assured_date: datetime.date | None
    timezone: str
    known_until: datetime.datetime | None
    card: dict
    open_spans: Spans
    by_appointment_spans: Spans
    call_first_spans: Spans
    unknown_spans: Spans
    open_at_a_place: bool
    distance: float | None


def shown(
    ids: list[int], place: Place | None, now: datetime.datetime, until: datetime.datetime
) -> dict[int, ShownRow]:
    """These rows, with their hours from now until then."""
    square, vector = ("NULL::float8", ())
    if place is not None:
        square, vector = "2 - 2 * (x * %s + y * %s + z * %s)", unit_vector(place.lat, place.lon)
    window = "tstzmultirange(tstzrange(%s::timestamptz, %s::timestamptz))"
    spans = ", ".join(
        f"CASE WHEN isempty({state}) THEN '' ELSE ({state} * {window})::text END"
        for state in ("row.open", "row.by_appointment", "row.call_first", "row.unknown")
    )
    # A van that is out at another of its stops is not shut.
    elsewhere = """row.open @> %s::timestamptz OR row.number < 0 AND EXISTS (
        SELECT FROM directory_searchrow WHERE number = row.number AND open @> %s::timestamptz)"""
    sql = f"""
        SELECT id, service_id, service_at_location_id, number, reach, latitude, longitude, city,
            province, sort_name, sort_name_fr, assured_date, timezone, known_until, card,
            {spans}, {elsewhere}, {square}
        FROM directory_searchrow AS row WHERE id = ANY(%s::bigint[])"""
    values = [*[now, until] * 4, now, now, *vector, ids]
    return {
        row[0]: ShownRow(*row[:SPANS], *map(spans_of, row[SPANS : SPANS + 4]), *row[SPANS + 4 :])
        for row in binary(sql, values)
    }


def spans_of(text: str) -> Spans:
    """PostgreSQL's text of a set of spans of time: psycopg reads it ten times as slowly."""
    moments = [datetime.datetime.fromisoformat(moment) for moment in MOMENT.findall(text)]
    return list(zip(moments[::2], moments[1::2], strict=True))
