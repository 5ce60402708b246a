"""Listings for tests, as documents: plain ones, with named traits to ask for."""

import uuid

from directory.interchange.actions import publish, write_listings
from directory.models import Service

THUNDER_BAY = (48.3822, -89.2461)
WEEKDAYS = {
    "freq": "WEEKLY",
    "byday": "MO,TU,WE,TH,FR",
    "opens_at": "09:00",
    "closes_at": "17:00",
    "holidays": "closed",
}
ALWAYS = {
    "freq": "WEEKLY",
    "byday": "MO,TU,WE,TH,FR,SA,SU",
    "opens_at": "00:00",
    "closes_at": "00:00",
    "holidays": "as_usual",
}


def term(taxonomy: str, code: str) -> dict:
    return {"taxonomy_term": {"taxonomy": taxonomy, "code": code}}


def location(at=THUNDER_BAY, *, visibility="public", **changes) -> dict:
    """A place on Harbour Lane, Thunder Bay, unless told otherwise."""
    address = {
        "address_1": "14 Harbour Lane",
        "city": "Thunder Bay",
        "state_province": "ON",
        "postal_code": "P7B 1A1",
    } | changes.pop("address", {})
    return {
        "visibility": visibility,
        "latitude": at[0],
        "longitude": at[1],
        "timezone": "America/Toronto",
        "addresses": [address],
        **changes,
    }


def listing(**changes) -> dict:
    """A whole, plain listing: naloxone kits in Thunder Bay, open on weekdays."""
    document = {
        "id": str(uuid.uuid4()),
        "name": "Naloxone kits and training",
        "name_fr": "Trousses de naloxone et formation",
        "description": "Pick up a free kit and learn to use it.",
        "description_fr": "Prenez une trousse gratuite et apprenez à vous en servir.",
        "delivery": ["in_person"],
        "organization": {
            "id": str(uuid.uuid4()),
            "name": "Harbour Lane Health Centre",
            "name_fr": "Centre de santé Harbour Lane",
        },
        "phones": [{"number": "807-555-0142"}],
        "attributes": [term("category", "naloxone"), term("access", "no-id")],
        "service_at_locations": [{"location": location(), "schedules": [WEEKDAYS]}],
    }
    return document | changes


def remote(**changes) -> dict:
    """A listing reached by phone, for Ontario, at any hour."""
    return listing(
        **{
            "name": "Overdose prevention line",
            "name_fr": "Ligne de prévention des surdoses",
            "delivery": ["phone"],
            "state_province": "ON",
            "service_at_locations": [],
            "schedules": [ALWAYS],
        }
        | changes
    )


def confidential(**changes) -> dict:
    """A shelter whose address nobody may see, for people around Thunder Bay."""
    return listing(
        **{
            "name": "Safe house",
            "name_fr": "Maison sûre",
            "state_province": "ON",
            "service_areas": [{"name": "Thunder Bay"}],
            "attributes": [term("category", "shelter")],
            "service_at_locations": [
                {
                    "description": "Knock at the green door",
                    "location": location(
                        (48.40123, -89.30321),
                        visibility="confidential",
                        name="Juniper House",
                        description="Behind the mill",
                        transportation="Bus 7 to Sekrit Street",
                        address={"address_1": "77 Sekrit Street", "postal_code": "P7C 9Z9"},
                    ),
                    "schedules": [ALWAYS],
                }
            ],
        }
        | changes
    )


def published(*documents: dict) -> list[Service]:
    """These listings (one plain listing if none is given), written and published."""
    ids = write_listings(documents or [listing()])
    publish(ids, by="test")
    found = Service.objects.in_bulk(ids)
    return [found[pk] for pk in ids]
