"""Writing the search table, in the transaction that changes a listing."""

import datetime
import hashlib
import json
import uuid
from collections.abc import Collection, Iterable

import psycopg
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from directory.models import Organization, Service

from . import wordlist
from .models import FacetSet, OrganizationStart, SearchRow
from .rows import Terms, hours_columns, listing_columns, organization_starts, rows_of

TABLE = SearchRow._meta.db_table
# Each text is taken apart once, although it is found in three ways: by a word; by `=word`, in the
# name; by `~word`, in the name, its terms or who runs it. From a table `listing` with a `number`,
# `facets`, `term_stems` and the columns of `rows.words`, comes `indexed` with `words`.
WORDS = """
stems AS MATERIALIZED (
    SELECT number,
        tsvector_to_array(to_tsvector('directory_en', en_named))
        || tsvector_to_array(to_tsvector('directory_fr', fr_named)) AS named,
        tsvector_to_array(to_tsvector('directory_en', en_known))
        || tsvector_to_array(to_tsvector('directory_fr', fr_known)) || term_stems AS known,
        tsvector_to_array(to_tsvector('directory_en', en_said))
        || tsvector_to_array(to_tsvector('directory_fr', fr_said)) AS said
    FROM listing
), indexed AS MATERIALIZED (
    SELECT number, array_to_tsvector(
        facets || named || known || said
        || ARRAY(SELECT '=' || stem FROM unnest(named) AS stem)
        || ARRAY(SELECT '~' || stem FROM unnest(named || known) AS stem)
    ) AS words
    FROM listing JOIN stems USING (number)
)
"""
INSERT = """
WITH listing AS (
    SELECT *
    FROM json_to_recordset(%s::json) AS listing (
        number integer, service_id uuid, facet_set_id integer, organization_id uuid,
        facets text[], term_stems text[], sort_name text, sort_name_fr text, assured_date date,
        temporarily_closed boolean, en_named text, fr_named text, en_known text, fr_known text,
        en_said text, fr_said text
    )
), {words}
INSERT INTO {table} (
    service_id, service_at_location_id, number, facet_set_id, reach, organization_id,
    latitude, longitude, x, y, z, city, province, words, sort_name, sort_name_fr, assured_date,
    temporarily_closed, timezone, rules, open, by_appointment, call_first, unknown, known_until,
    card
)
SELECT
    service_id, service_at_location_id, place.number, facet_set_id, reach, organization_id,
    latitude, longitude, x, y, z, city, province, words, sort_name, sort_name_fr, assured_date,
    temporarily_closed, timezone, rules, open, by_appointment, call_first, unknown, known_until,
    card
FROM json_to_recordset(%s::json) AS place (
    number integer, service_at_location_id uuid, reach text, latitude float8, longitude float8,
    x float8, y float8, z float8, city text, province text, timezone text, rules jsonb,
    hours integer, card jsonb
)
JOIN listing ON listing.number = abs(place.number)
JOIN indexed ON indexed.number = listing.number
JOIN json_to_recordset(%s::json) AS hours (
    id integer, open tstzmultirange, by_appointment tstzmultirange, call_first tstzmultirange,
    unknown tstzmultirange, known_until timestamptz
) ON hours.id = place.hours
"""
UPDATE_WORDS = """
WITH listing AS (
    SELECT *
    FROM json_to_recordset(%s::json) AS listing (
        number integer, id uuid, facets text[], term_stems text[], en_named text, fr_named text,
        en_known text, fr_known text, en_said text, fr_said text
    )
), {words}
UPDATE {table} AS kept SET words = indexed.words, facets = listing.facets
FROM listing JOIN indexed USING (number) WHERE kept.id = listing.id
"""
UPDATE_HOURS = """
UPDATE directory_searchrow
SET open = %(open)s, by_appointment = %(by_appointment)s, call_first = %(call_first)s,
    unknown = %(unknown)s, known_until = %(known_until)s
WHERE id = %(id)s
"""


def replace(ids: Iterable[uuid.UUID | str], documents: Iterable[dict]) -> None:
    """These services' rows become what their documents say; none where a document is missing."""
    rows = SearchRow.objects.filter(service_id__in=list(ids))
    organizations = set(rows.values_list("organization_id", flat=True))
    rows.delete()
    add(documents)
    # Who has no service left to show is not suggested either.
    shown = SearchRow.objects.filter(organization_id__in=organizations)
    gone = organizations - set(shown.values_list("organization_id", flat=True))
    OrganizationStart.objects.filter(organization_id__in=gone).delete()


def add(documents: Iterable[dict]) -> None:
    """Add rows for public listing documents that have none yet."""
    documents = list(documents)
    if not documents:
        return
    listings = insert(documents, timezone.now())
    name_organizations(document["organization"] for document in documents)
    wordlist.learn(wordlist.used(listings))


def insert(documents: list[dict], now: datetime.datetime, table: str = TABLE) -> list[dict]:
    """Write the rows of these listings to the search table, or one like it; returns what the rows
    of each have in common (`rows.listing_columns`)."""
    terms = Terms()
    listings, places = [], []
    hours: dict[int, tuple[dict, int]] = {}
    for number, document in zip(numbers(len(documents)), documents, strict=True):
        listings.append({"number": number, **listing_columns(document, terms)})
        rows = list(rows_of(document, terms, now))
        for row in rows:
            row["number"] = -number if len(rows) > 1 else number
            kept = row["hours"]  # held as long as its identity stands for it
            _held, row["hours"] = hours.setdefault(id(kept), (kept, len(hours)))
        places += rows
    sets = facet_sets({tuple(listing["facets"]) for listing in listings})
    for listing in listings:
        listing["facet_set_id"] = sets[tuple(listing["facets"])]
    timetables = [{"id": number, **kept} for kept, number in hours.values()]
    send(INSERT.format(table=table, words=WORDS), listings, places, timetables)
    return listings


def write_words(table: str, rows: list[dict]) -> None:
    """Make rows of another table than listings' to be found by the same words.

    `rows` say of each `id` its `facets`, its `term_stems` and the columns of `rows.words`; the
    table has columns `words` (tsvector) and `facets` (text[]).
    """
    numbered = [{"number": number, **row} for number, row in enumerate(rows)]
    send(UPDATE_WORDS.format(table=table, words=WORDS), numbered)


def send(sql: str, *recordsets: list[dict]) -> None:
    """Run a statement whose parameters are read by `json_to_recordset`.

    They are megabytes: sent beside the statement, they need not be written and read as SQL.
    """
    values = [json.dumps(records, ensure_ascii=False) for records in recordsets]
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, values)


def numbers(count: int) -> list[int]:
    """Numbers for so many services, never given before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('directory_service_number') FROM generate_series(1, %s)", [count]
        )
        return [number for (number,) in cursor.fetchall()]


def facet_sets(sets: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """The identifiers of these combinations of facets, new ones written first."""
    keys = {hashlib.md5("|".join(s).encode(), usedforsecurity=False).hexdigest(): s for s in sets}
    found = known_sets(keys)
    if new := keys.keys() - found.keys():
        FacetSet.objects.bulk_create(
            # In one order, so that two writers never wait for each other.
            [FacetSet(key=key, facets=list(keys[key])) for key in sorted(new)],
            ignore_conflicts=True,
        )
        found |= known_sets(new)
    return {keys[key]: pk for key, pk in found.items()}


def known_sets(keys: Iterable[str]) -> dict[str, int]:
    return dict(FacetSet.objects.filter(key__in=list(keys)).values_list("key", "id"))


def name_organizations(organizations: Iterable[dict]) -> None:
    """What typing the start of an organization's name, or of a word in it, suggests."""
    by_id = {organization["id"]: organization for organization in organizations}
    name_starts(by_id.values(), OrganizationStart.objects.filter(organization_id__in=by_id))


def name_shown_organizations() -> None:
    """The same for all that have a service to show, and no others."""
    services = Service.objects.published().filter(organization=OuterRef("pk"))
    organizations = Organization.objects.filter(Exists(services)).values(
        "id", "name", "name_fr", "alternate_name", "alternate_name_fr"
    )
    name_starts(organizations, OrganizationStart.objects.all())


def name_starts(organizations: Iterable[dict], known: QuerySet) -> None:
    """Starts of these names take the place of what is known; what stays as it was is left alone."""
    columns = ("organization_id", "start", "first")
    wanted = {
        (str(start["organization_id"]), *(start[column] for column in columns[1:]))
        for organization in organizations
        for start in organization_starts(organization)
    }
    there = {(str(row[1]), *row[2:]): row[0] for row in known.values_list("id", *columns)}
    if gone := there.keys() - wanted:
        OrganizationStart.objects.filter(pk__in=[there[start] for start in gone]).delete()
    OrganizationStart.objects.bulk_create(
        OrganizationStart(**dict(zip(columns, start, strict=True)))
        for start in sorted(wanted - there.keys())
    )


def refresh_hours(now: datetime.datetime | None = None) -> int:
    """Write every row's hours anew from its rules, so that the horizon moves on. Returns rows."""
    now = now or timezone.now()
    done = 0
    rows = SearchRow.objects.exclude(rules=[]).values_list("id", "rules", "timezone", "province")
    batch: list[dict] = []

    def flush() -> None:
        with connection.cursor() as cursor:
            cursor.executemany(UPDATE_HOURS, batch)
        batch.clear()

    for pk, rules, zone, province in rows.iterator(2000):
        batch.append({"id": pk, **hours_columns(rules, zone, province, now)})
        done += 1
        if len(batch) >= 2000:
            flush()
    if batch:
        flush()
    return done
