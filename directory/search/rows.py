"""Rows of the search table, made from public listing documents and nothing else."""

import datetime
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection

from directory.hours.days import local_date, zone
from directory.hours.rules import rules_of, schedule_lines
from directory.hours.spans import materialise
from directory.models import TaxonomyTerm
from directory.models.enums import Delivery, LocationType, ServiceStatus, Visibility
from directory.places.gazetteer import area_point, fold, unit_vector

from .models import Reach
from .queries import plain

STARTS = 8  # words of an organization's name that may be typed first
HOURS = ("open", "by_appointment", "call_first", "unknown")
HOURS_KEPT = 8192  # timetables whose hours are remembered for the day
UNHEARD = ("id", "description", "description_fr")  # what of a timetable's line says nothing of when
STEMS = """
SELECT tsvector_to_array(to_tsvector('directory_en', name ->> 0))
    || tsvector_to_array(to_tsvector('directory_fr', name ->> 1))
FROM json_array_elements(%s::json) WITH ORDINALITY AS given (name, position)
ORDER BY position
"""
SAID = ("description", "eligibility_description", "application_process", "indigenous_community")


@dataclass
class Term:
    """A taxonomy term as the index needs it."""

    taxonomy: str
    code: str
    name: str
    name_fr: str
    parent: "uuid.UUID | None"
    sensitive: bool
    stems: list[str] = field(default_factory=list)


class Terms:
    """All terms with their ancestors, in one query."""

    def __init__(self):
        self.by_id: dict[uuid.UUID, Term] = {}
        self.by_code: dict[tuple[str, str], uuid.UUID] = {}
        for pk, *values in TaxonomyTerm.objects.values_list(
            "id", "taxonomy__code", "code", "name", "name_fr", "parent_id", "sensitive"
        ):
            self.by_id[pk] = term = Term(*values)
            self.by_code[term.taxonomy, term.code] = pk
        names = tuple((plain(term.name), plain(term.name_fr)) for term in self.by_id.values())
        for term, stems in zip(self.by_id.values(), stems_of(names), strict=True):
            term.stems = stems

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


@lru_cache(1)
def stems_of(names: tuple[tuple[str, str], ...]) -> list[list[str]]:
    """Stems of pairs of names, English and French. The terms' names are in every listing, and the
    same from one day to the next: they are taken apart once."""
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [json.dumps(names)])
        return [stems for (stems,) in cursor.fetchall()]


def listing_columns(document: dict, terms: Terms) -> dict:
    """What is the same for every row of a listing."""
    all_terms = terms.with_ancestors(terms.of(document))
    name, name_fr = document.get("name", ""), document.get("name_fr", "")
    sort_name = fold(name or name_fr)
    return {
        "service_id": document["id"],
        "organization_id": document["organization"]["id"],
        "facets": facets(document, all_terms),
        "term_stems": [stem for term in all_terms for stem in term.stems],
        "sort_name": sort_name,
        "sort_name_fr": fold(name_fr) if name_fr and name else sort_name,
        "assured_date": document.get("assured_date"),
        "temporarily_closed": document["status"] == ServiceStatus.TEMPORARILY_CLOSED,
        **words(document),
    }


def rows_of(document: dict, terms: Terms, now: datetime.datetime) -> Iterator[dict]:
    """The rows of one listing, beside what they share: one for each place, one for phone and
    online. `hours` is what `hours_columns` says, one object for all that keep the same hours."""
    shown = card(document, terms)
    areas = list(area_points(document))
    placed = False
    for place in document.get("service_at_locations", []):
        placed = True
        yield from place_rows(document, place, shown, areas, now)
    delivery = set(document.get("delivery", []))
    remote = bool(delivery & {Delivery.PHONE, Delivery.ONLINE})
    if placed and not remote:
        return
    unplaced = {
        "card": shown,
        "service_at_location_id": None,
        "city": "",
        "province": document.get("state_province", ""),
        "timezone": document.get("timezone", ""),
        **hours(document, None, document, now),
    }
    if remote:
        yield {**unplaced, **point(None), "reach": Reach.REMOTE}
    comes = delivery & {Delivery.MOBILE, Delivery.IN_PERSON}
    if not placed and (comes or not remote):
        # It comes to people in the towns it names; without one, to the province.
        for centre in areas or ([] if remote else [None]):
            city = centre.name if centre else ""
            yield {**unplaced, **point(centre), "city": city, "reach": Reach.AREA}


def place_rows(
    document: dict, place: dict, shown: dict, areas: list, now: datetime.datetime
) -> Iterator[dict]:
    location = place["location"]
    address = main_address(location)
    visibility = location["visibility"]
    province = address.get("state_province", "")
    card = {
        **shown,
        "visibility": visibility,
        "place": location.get("name", ""),
        "place_fr": location.get("name_fr", ""),
        "street": address.get("address_1", ""),
        "phone": first_phone(place) or first_phone(location) or shown["phone"],
    }
    columns = {
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
    return {"rules": rules, "hours": hours_columns(rules, zone, province, now)}


def hours_columns(rules: list[dict], timezone: str, province: str, now: datetime.datetime) -> dict:
    """When it is open, from yesterday on, as the columns of `HOURS` and `known_until`."""
    timezone = timezone or "America/Toronto"
    lines = tuple(
        tuple((key, value) for key, value in rule.items() if key not in UNHEARD) for rule in rules
    )
    return hours_from(lines, timezone, province, local_date(now, timezone))


@lru_cache(HOURS_KEPT)
def hours_from(lines: tuple, timezone: str, province: str, today: datetime.date) -> dict:
    """Hours hang on the day, not on the time of it, and many listings keep the same ones. What is
    returned is shared: not to be changed."""
    noon = datetime.datetime.combine(today, datetime.time(12), zone(timezone))
    known = materialise(rules_of(map(dict, lines)), timezone=timezone, province=province, now=noon)
    return {
        **{state: multirange(getattr(known, state)) for state in HOURS},
        "known_until": known.until and known.until.isoformat(),
    }


def multirange(spans: Iterable[tuple[datetime.datetime, datetime.datetime]]) -> str:
    """PostgreSQL's spelling of a set of half-open spans."""
    return "{" + ",".join(f"[{start.isoformat()},{end.isoformat()})" for start, end in spans) + "}"


def facets(document: dict, terms: list[Term]) -> list[str]:
    found = [f"{term.taxonomy}:{term.code}" for term in terms]
    found += [f"delivery:{value}" for value in document.get("delivery", [])]
    found += [f"led:{kind}" for kind in ("peer", "indigenous") if document.get(f"{kind}_led")]
    languages = list(document.get("languages", []))
    for place in document.get("service_at_locations", []):
        languages += place["location"].get("languages", [])
    found += [f"language:{language['code']}" for language in languages]
    minimum, maximum = document.get("minimum_age"), document.get("maximum_age")
    if minimum is not None or maximum is not None:
        found.append(f"age:{minimum if minimum else ''}-{'' if maximum is None else maximum}")
    return sorted(set(found))


def words(document: dict) -> dict:
    """Text to be found by, by language, beside the names of its terms: the service's names; who
    runs it and its areas; all the rest."""
    organization, program = document["organization"], document.get("program", {})
    areas = document.get("service_areas", [])
    columns = {}
    for language, suffix in (("en", ""), ("fr", "_fr")):
        named = text(document, ("name", "alternate_name"), suffix)
        known = text(organization, ("name", "alternate_name"), suffix)
        known += text(program, ("name",), suffix)
        for area in areas:
            known += text(area, ("name",), suffix)
        columns[f"{language}_named"] = plain(" ".join(named))
        columns[f"{language}_known"] = plain(" ".join(known))
        columns[f"{language}_said"] = plain(" ".join(text(document, SAID, suffix)))
    return columns


def text(source: dict, names: tuple[str, ...], suffix: str) -> list[str]:
    return [source.get(name + suffix, "") for name in names]


def card(document: dict, terms: Terms) -> dict:
    """What a result card shows, in both languages, without another query."""
    organization = document["organization"]
    own = terms.of(document)

    def pairs(*names: str) -> dict:
        return {key: document.get(key, "") for name in names for key in (name, f"{name}_fr")}

    def of(taxonomy: str) -> list[list[str]]:
        return [[t.code, t.name, t.name_fr] for t in own if t.taxonomy == taxonomy]

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
        "check_every": document.get("check_every"),
        "sensitive": any(term.sensitive for term in own),
    }


def first_phone(source: dict) -> dict | None:
    """The number to try first; a fax is none."""
    for phone in source.get("phones", []):
        if phone["type"] != "fax":
            return {key: phone[key] for key in ("number", "extension", "type") if key in phone}
    return None


def organization_starts(organization: dict) -> list[dict]:
    """The organization's names, whole and from each of their words on; "amitié" in "Centre
    d’amitié" too."""
    found = {}
    for key in ("name", "name_fr", "alternate_name", "alternate_name_fr"):
        name = organization.get(key, "")
        for way in {name, name.replace("’", " ").replace("'", " ")}:
            folded = fold(way).split()
            for position in range(min(len(folded), STARTS)):
                start = " ".join(folded[position:])[:100]
                if position == 0 or len(folded[position]) > 2:
                    found[start] = found.get(start, False) or position == 0
    return [
        {"organization_id": organization["id"], "start": start, "first": first}
        for start, first in found.items()
    ]
