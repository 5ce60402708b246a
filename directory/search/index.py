"""Rows of the search table, made from public listing documents and nothing else."""

import datetime
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from directory.hours.rules import rules_of, schedule_lines
from directory.hours.spans import materialise
from directory.models import TaxonomyTerm
from directory.models.enums import Delivery, LocationType, ServiceStatus, Visibility
from directory.places.gazetteer import area_point, fold, unit_vector

from .models import Reach, SearchRow
from .queries import plain

INSERT = """
INSERT INTO directory_searchrow (
    service_id, service_at_location_id, reach, organization_id, latitude, longitude, x, y, z,
    city, province, facets, sort_name, sort_name_fr, assured_date, timezone, rules,
    open, by_appointment, call_first, unknown, known_until, card, words, names
) VALUES (
    %(service_id)s, %(service_at_location_id)s, %(reach)s, %(organization_id)s,
    %(latitude)s, %(longitude)s, %(x)s, %(y)s, %(z)s, %(city)s, %(province)s, %(facets)s,
    %(sort_name)s, %(sort_name_fr)s, %(assured_date)s, %(timezone)s, %(rules)s,
    %(open)s, %(by_appointment)s, %(call_first)s, %(unknown)s, %(known_until)s, %(card)s,
    setweight(to_tsvector('directory_en', %(en_a)s), 'A')
    || setweight(to_tsvector('directory_fr', %(fr_a)s), 'A')
    || setweight(to_tsvector('directory_en', %(en_b)s), 'B')
    || setweight(to_tsvector('directory_fr', %(fr_b)s), 'B')
    || setweight(to_tsvector('directory_en', %(en_d)s), 'D')
    || setweight(to_tsvector('directory_fr', %(fr_d)s), 'D'),
    setweight(to_tsvector('directory_en', %(en_a)s), 'A')
    || setweight(to_tsvector('directory_fr', %(fr_a)s), 'A')
    || setweight(to_tsvector('directory_en', %(en_named)s), 'B')
    || setweight(to_tsvector('directory_fr', %(fr_named)s), 'B')
)
"""
UPDATE_HOURS = """
UPDATE directory_searchrow
SET open = %(open)s, by_appointment = %(by_appointment)s, call_first = %(call_first)s,
    unknown = %(unknown)s, known_until = %(known_until)s
WHERE id = %(id)s
"""
HOURS = ("open", "by_appointment", "call_first", "unknown")


@dataclass
class Term:
    """A taxonomy term as the index needs it."""

    taxonomy: str
    code: str
    name: str
    name_fr: str
    parent: "uuid.UUID | None"
    sensitive: bool
    synonyms: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class Terms:
    """All terms with their synonyms and ancestors, in two queries."""

    def __init__(self):
        self.by_id: dict[uuid.UUID, Term] = {}
        self.by_code: dict[tuple[str, str], uuid.UUID] = {}
        for pk, *values in TaxonomyTerm.objects.values_list(
            "id", "taxonomy__code", "code", "name", "name_fr", "parent_id", "sensitive"
        ):
            self.by_id[pk] = term = Term(*values)
            self.by_code[term.taxonomy, term.code] = pk
        for pk, language, text in TaxonomyTerm.objects.filter(synonyms__isnull=False).values_list(
            "id", "synonyms__language", "synonyms__text"
        ):
            self.by_id[pk].synonyms[language].append(text)

    def of(self, document: dict) -> list[Term]:
        """The document's terms in its order."""
        found = []
        for attribute in document.get("attributes", []):
            term = attribute["taxonomy_term"]
            found.append(self.by_id[self.by_code[term["taxonomy"], term["code"]]])
        return found

    def with_ancestors(self, terms: list[Term]) -> list[Term]:
        found = {}
        for term in terms:
            while True:
                found[term.taxonomy, term.code] = term
                if term.parent is None:
                    break
                term = self.by_id[term.parent]
        return list(found.values())


def replace(ids: Iterable[uuid.UUID | str], documents: Iterable[dict]) -> None:
    """These services' rows become what their documents say; none where a document is missing."""
    SearchRow.objects.filter(service_id__in=list(ids)).delete()
    add(documents)


def clear() -> None:
    SearchRow.objects.all().delete()


def add(documents: Iterable[dict], now: datetime.datetime | None = None) -> None:
    """Add rows for public listing documents that have none yet."""
    now = now or timezone.now()
    terms = Terms()
    values = [
        {**row, "card": json.dumps(row["card"])}
        for document in documents
        for row in rows_of(document, terms, now)
    ]
    if not values:
        return
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, values)


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


def rows_of(document: dict, terms: Terms, now: datetime.datetime) -> Iterator[dict]:
    """The rows of one listing: one for each place, one for phone and online."""
    shared = shared_columns(document, terms)
    areas = list(area_points(document))
    placed = False
    for place in document.get("service_at_locations", []):
        placed = True
        yield from place_rows(document, place, shared, areas, now)
    delivery = set(document.get("delivery", []))
    remote = bool(delivery & {Delivery.PHONE, Delivery.ONLINE})
    if placed and not remote:
        return
    unplaced = {
        "service_at_location_id": None,
        "city": "",
        "province": document.get("state_province", ""),
        "timezone": document.get("timezone", ""),
        **hours(document, None, document, now),
    }
    if remote:
        yield {**shared, **unplaced, **point(None), "reach": Reach.REMOTE}
    comes = delivery & {Delivery.MOBILE, Delivery.IN_PERSON}
    if not placed and (comes or not remote):
        # It comes to people in the towns it names; without one, to the province.
        for centre in areas or ([] if remote else [None]):
            city = centre.name if centre else ""
            yield {**shared, **unplaced, **point(centre), "city": city, "reach": Reach.AREA}


def place_rows(
    document: dict, place: dict, shared: dict, areas: list, now: datetime.datetime
) -> Iterator[dict]:
    location = place["location"]
    address = main_address(location)
    visibility = location["visibility"]
    province = address.get("state_province", "")
    card = {
        **shared["card"],
        "visibility": visibility,
        "place": location.get("name", ""),
        "place_fr": location.get("name_fr", ""),
        "street": address.get("address_1", ""),
        "phone": first_phone(place) or first_phone(location) or shared["card"]["phone"],
    }
    columns = {
        **shared,
        "card": card,
        "service_at_location_id": place["id"],
        "city": address.get("city", ""),
        "province": province,
        "timezone": location["timezone"],
        **hours(document, place, {**location, "state_province": province}, now),
    }
    if visibility == Visibility.CONFIDENTIAL:
        # Found by the area its listing names in public, never by where it is.
        for centre in areas or [None]:
            city = centre.name if centre else ""
            yield {**columns, **point(centre), "city": city, "reach": Reach.AREA}
    else:
        exact = (
            "latitude" in location
            and visibility == Visibility.PUBLIC
            and location["location_type"] == LocationType.PHYSICAL
        )
        if "latitude" in location:
            where = Point(location["latitude"], location["longitude"])
        else:  # its town stands in
            where = area_point(address.get("city", ""), province)
        yield {**columns, **point(where), "reach": Reach.PLACE if exact else Reach.AREA}


def main_address(location: dict) -> dict:
    """Where people go, before where mail goes."""
    addresses = location.get("addresses", [])
    doors = [a for a in addresses if a.get("address_type") == LocationType.PHYSICAL]
    return (doors or addresses or [{}])[0]


@dataclass(frozen=True)
class Point:
    lat: float
    lon: float


def point(where) -> dict:
    """The columns of a point with `lat` and `lon`, or of none."""
    if where is None:
        return dict.fromkeys(("latitude", "longitude", "x", "y", "z"))
    x, y, z = unit_vector(where.lat, where.lon)
    return {"latitude": where.lat, "longitude": where.lon, "x": x, "y": y, "z": z}


def area_points(document: dict) -> Iterator:
    """The towns that the listing says in public it is for."""
    province = document.get("state_province", "")
    for area in document.get("service_areas", []):
        found = area_point(area.get("name") or area.get("name_fr", ""), province)
        if found is not None:
            yield found


def hours(document: dict, place: dict | None, where: dict, now: datetime.datetime) -> dict:
    """The hours columns at a place (of the service itself without one); none while it is shut."""
    shut = document["status"] == ServiceStatus.TEMPORARILY_CLOSED
    rules = [] if shut else schedule_lines(document, place)
    zone, province = where.get("timezone", ""), where.get("state_province", "")
    return {"rules": json.dumps(rules), **hours_columns(rules, zone, province, now)}


def hours_columns(rules: list[dict], zone: str, province: str, now: datetime.datetime) -> dict:
    known = materialise(
        rules_of(rules),
        timezone=zone or "America/Toronto",
        province=province,
        now=now,
    )
    return {
        **{state: multirange(getattr(known, state)) for state in HOURS},
        "known_until": known.until,
    }


def multirange(spans: Iterable[tuple[datetime.datetime, datetime.datetime]]) -> str:
    """PostgreSQL's spelling of a set of half-open spans."""
    return "{" + ",".join(f"[{start.isoformat()},{end.isoformat()})" for start, end in spans) + "}"


def shared_columns(document: dict, terms: Terms) -> dict:
    """What is the same for every row of a listing."""
    own = terms.of(document)
    all_terms = terms.with_ancestors(own)
    organization = document["organization"]
    name, name_fr = document.get("name", ""), document.get("name_fr", "")
    return {
        "service_id": document["id"],
        "organization_id": organization["id"],
        "facets": facets(document, all_terms),
        "sort_name": fold(name or name_fr),
        "sort_name_fr": fold(name_fr or name),
        "assured_date": document.get("assured_date"),
        "card": card(document, own),
        **words(document, all_terms),
    }


def facets(document: dict, terms: list[Term]) -> list[str]:
    found = [f"{term.taxonomy}:{term.code}" for term in terms]
    found += [f"delivery:{value}" for value in document.get("delivery", [])]
    found += [f"led:{kind}" for kind in ("peer", "indigenous") if document.get(f"{kind}_led")]
    languages = list(document.get("languages", []))
    for place in document.get("service_at_locations", []):
        languages += place["location"].get("languages", [])
    found += [f"language:{language['code']}" for language in languages]
    return sorted(set(found))


def words(document: dict, terms: list[Term]) -> dict:
    """Text to be found by, by language and weight: names; terms and who runs it; the rest."""
    organization, program = document["organization"], document.get("program", {})
    columns = {}
    for language, suffix in (("en", ""), ("fr", "_fr")):

        def text(source: dict, *names: str, suffix=suffix) -> list[str]:
            return [source.get(f"{name}{suffix}", "") for name in names]

        areas = [name for area in document.get("service_areas", []) for name in text(area, "name")]
        columns[f"{language}_a"] = text(document, "name", "alternate_name")
        columns[f"{language}_named"] = [
            *text(organization, "name", "alternate_name"),
            *text(program, "name"),
            *(term.name_fr if suffix else term.name for term in terms),
            *areas,
        ]
        columns[f"{language}_b"] = [
            *columns[f"{language}_named"],
            *(word for term in terms for word in term.synonyms[language]),
        ]
        columns[f"{language}_d"] = text(
            document, "description", "eligibility_description", "application_process"
        ) + text(document, "indigenous_community")
    return {key: plain(" \n ".join(filter(None, value))) for key, value in columns.items()}


def card(document: dict, terms: list[Term]) -> dict:
    """What a result card shows, in both languages, without another query."""
    organization = document["organization"]

    def pairs(*names: str) -> dict:
        return {key: document.get(key, "") for name in names for key in (name, f"{name}_fr")}

    def of(taxonomy: str) -> list[list[str]]:
        return [[t.code, t.name, t.name_fr] for t in terms if t.taxonomy == taxonomy]

    delivery = document.get("delivery", [])
    return {
        **pairs("name", "alert", "eligibility_description", "fees_description"),
        "slug": document["slug"],
        "status": document["status"],
        "organization": organization.get("name", ""),
        "organization_fr": organization.get("name_fr", ""),
        "organization_slug": organization["slug"],
        "minimum_age": document.get("minimum_age"),
        "maximum_age": document.get("maximum_age"),
        "category": of("category"),
        "serves": of("serves"),
        "access": of("access"),
        "delivery": delivery,
        "led": [k for k in ("peer", "indigenous") if document.get(f"{k}_led")],
        "cost": [
            [c.get("amount"), c.get("amount_description", ""), c.get("amount_description_fr", "")]
            for c in document.get("cost_options", [])
        ],
        "capacities": document.get("capacities", []),
        "phone": first_phone(document) or first_phone(organization),
        "url": document.get("url") or organization.get("website", ""),
        "assured_by": document.get("assured_by", ""),
        "sensitive": any(term.sensitive for term in terms),
    }


def first_phone(source: dict) -> dict | None:
    """The number to try first; a fax is none."""
    for phone in source.get("phones", []):
        if phone["type"] != "fax":
            return {key: phone[key] for key in ("number", "extension", "type") if key in phone}
    return None
