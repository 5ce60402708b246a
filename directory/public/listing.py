"""A public listing document as the service's page says it."""

import datetime

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.hours.days import local_date, zone
from directory.hours.rules import rules_of, schedule_lines
from directory.hours.spans import materialise, status
from directory.hours.timetable import plain_text
from directory.hours.words import exceptions, status_text, week
from directory.models.enums import Delivery, PhoneType, ServiceStatus, Visibility

from .cards import (
    age_text,
    capacity,
    checked_state,
    checked_text,
    date_free_number,
    directions_url,
    labels,
    tel,
    text,
)


def page(document: dict, *, sensitive: bool, now: datetime.datetime) -> dict:
    """The context of a service's page, from its public document."""
    french = get_language() == "fr"
    places = [place(document, item, now) for item in document.get("service_at_locations", [])]
    away = hours(document, schedule_lines(document), document, now) if not places else None
    assured = parse_date(document["assured_date"]) if "assured_date" in document else None
    phones = phones_of(document)
    return {
        "document": document,
        "title": title(document, places, sensitive=sensitive, french=french),
        "places": places,
        "hours": away,
        "phones": phones,
        "first_phone": phones[0] if phones else None,
        "first_text": next((p for p in phones if p["texts"]), None),
        "facts": facts(document, places, french),
        "tags": terms(document, "access", french),
        "categories": terms(document, "category", french),
        "checked_text": checked_text(assured, now),
        "checked_state": checked_state(assured, now),
        "capacity_text": capacity(document.get("capacities", []), french),
        "capacities": document.get("capacities", []),
        "directions_url": next((p["directions_url"] for p in places if p["directions_url"]), ""),
        "temporarily_closed": document["status"] == ServiceStatus.TEMPORARILY_CLOSED,
        "status": lead_status(document, places, away),
    }


def lead_status(document: dict, places: list[dict], away: dict | None) -> dict:
    """What the top of the page says about now: the best of what its places say."""
    if document["status"] == ServiceStatus.TEMPORARILY_CLOSED:
        return {"state": "closed", "state_text": _("Closed for now")}
    told = [p["hours"] for p in places] if places else [away]
    order = ["open", "call_first", "by_appointment", "unknown", "closed"]
    return min(told, key=lambda h: order.index(h["state"]))


def title(document: dict, places: list[dict], *, sensitive: bool, french: bool) -> str:
    """The page's title; where the name could expose a person, the town instead."""
    if not sensitive and not any(p["visibility"] == Visibility.CONFIDENTIAL for p in places):
        return text(document, "name", french)[0]
    town = next((p["city"] for p in places if p["city"]), "")
    return _("Service in %s") % town if town else _("Service details")


def place(document: dict, item: dict, now: datetime.datetime) -> dict:
    """One place of the service: where, when, how to get there."""
    location = item["location"]
    address = next(iter(location.get("addresses", [])), {})
    visibility = location["visibility"]
    public = visibility == Visibility.PUBLIC
    at = "latitude" in location and public
    return {
        "item": item,
        "location": location,
        "address": address,
        "city": address.get("city", ""),
        "visibility": visibility,
        "directions_url": directions_url(location["latitude"], location["longitude"]) if at else "",
        "phones": phones_of(item) + phones_of(location),
        "hours": hours(
            document,
            schedule_lines(document, item),
            {
                "timezone": location["timezone"],
                "state_province": address.get("state_province", ""),
                "city": address.get("city", ""),
            },
            now,
        ),
    }


def hours(document: dict, lines: list[dict], where: dict, now: datetime.datetime) -> dict:
    """What is known of when, for one place or for the phone."""
    rules = rules_of(lines)
    zone = where.get("timezone") or "America/Toronto"
    province = where.get("state_province", "")
    known = materialise(rules, timezone=zone, province=province, now=now)
    found = status(known, now)
    today = local_date(now, zone)
    delivery = document.get("delivery", [])
    return {
        "known": bool(rules),
        "state": found.state,
        "state_text": status_text(
            found,
            at=now,
            timezone=zone,
            mobile=Delivery.MOBILE in delivery and bool(where.get("city")),
            name_zone=set(delivery) <= {Delivery.PHONE, Delivery.ONLINE},
            province=province,
        ),
        "week": week(rules, timezone=zone, province=province, today=today) if rules else [],
        "exceptions": exceptions(rules, province=province, today=today) if rules else [],
        "usual": plain_text(rules, today=today) if any(map(unlike_this_week, lines)) else [],
    }


def unlike_this_week(line: dict) -> bool:
    """Whether a week's table cannot tell this line: seasons, months, every second week."""
    return bool(line.get("season_from") or line.get("freq") == "MONTHLY") or (
        line.get("interval", 1) > 1
    )


def phones_of(source: dict) -> list[dict]:
    """Numbers with what a link needs; a fax has none."""
    return [
        {
            **phone,
            "tel": "" if phone["type"] == PhoneType.FAX else tel(phone["number"]),
            "texts": phone["type"] == PhoneType.TEXT,
            "kind": PhoneType(phone["type"]).label,
        }
        for phone in source.get("phones", [])
    ]


def terms(document: dict, taxonomy: str, french: bool) -> list[str]:
    return labels(
        [
            [t["code"], t.get("name", ""), t.get("name_fr", "")]
            for t in (a["taxonomy_term"] for a in document.get("attributes", []))
            if t["taxonomy"] == taxonomy
        ],
        french,
    )


def facts(document: dict, places: list[dict], french: bool) -> list[tuple[str, list[dict]]]:
    """Label and values, in the order people ask: may I come, what does it cost, what to bring."""

    def said(*names: str, source: dict = document) -> list[dict]:
        found = []
        for name in names:
            value, language = text(source, name, french)
            if value:
                found.append({"text": value, "lang": language})
        return found

    def each(name: str, sources: list[dict]) -> list[dict]:
        return [value for source in sources for value in said(name, source=source)]

    ages = age_text(document.get("minimum_age"), document.get("maximum_age"))
    serves = terms(document, "serves", french)
    plain = [{"text": t, "lang": ""} for t in [", ".join(serves), ages] if t]
    community = said("indigenous_community")
    rows = [
        (_("Who can come"), said("eligibility_description") + plain),
        (_("Nation or community"), community),
        (_("Cost"), said("fees_description") + costs(document, french)),
        (_("Bring"), each("document", document.get("required_documents", []))),
        (_("How"), said("application_process")),
        (_("Languages"), languages(document, places, french)),
        (_("Interpretation"), said("interpretation_services")),
        (
            _("Getting in"),
            [
                value
                for place in places
                for access in place["location"].get("accessibility", [])
                for value in said("description", "details", source=access)
            ],
        ),
        (_("Area served"), each("name", document.get("service_areas", []))),
        (_("Program"), said("name", source=document.get("program", {}))),
        (_("Accreditation"), said("accreditations")),
    ]
    return [(label, unique(values)) for label, values in rows if values]


def unique(values: list[dict]) -> list[dict]:
    return list({value["text"]: value for value in values}.values())


def costs(document: dict, french: bool) -> list[dict]:
    found = []
    for option in document.get("cost_options", []):
        label, _lang = text(option, "option", french)
        words, language = text(option, "amount_description", french)
        amount = option.get("amount")
        if amount is not None:
            money = _("Free") if amount == 0 else _("$%s") % date_free_number(amount)
            words = f"{money} · {words}" if words else money
        found.append(
            {"text": f"{label}: {words}" if label and words else label or words, "lang": language}
        )
    return found


def languages(document: dict, places: list[dict], french: bool) -> list[dict]:
    spoken = list(document.get("languages", []))
    for p in places:
        spoken += p["location"].get("languages", [])
    names = []
    for language in spoken:
        name = text(language, "name", french)[0]
        note = text(language, "note", french)[0]
        names.append(f"{name} ({note})" if note else name)
    return [{"text": ", ".join(dict.fromkeys(names)), "lang": ""}] if names else []


def capacity_counted(document: dict) -> str:
    """When the free places were last counted, in words; empty without a count."""
    moments = [c["updated"] for c in document.get("capacities", [])]
    if not moments:
        return ""
    places = [place["location"] for place in document.get("service_at_locations", [])]
    here = zone((places or [document])[0]["timezone"])
    latest = max(map(datetime.datetime.fromisoformat, moments))
    return date_format(latest.astimezone(here), "DATETIME_FORMAT")
