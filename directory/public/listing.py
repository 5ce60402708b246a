"""A public listing document as the service's page says it."""

import datetime

from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.hours.days import local_date
from directory.hours.rules import Rule, rules_of, schedule_lines
from directory.hours.spans import materialise, status
from directory.hours.timetable import holiday_lines, plain_text
from directory.hours.words import Day, Notice, exceptions, line_text, status_text, week
from directory.models.enums import Delivery, LocationType, PhoneType, ServiceStatus, Visibility
from directory.search.rows import main_address

from .cards import (
    age_text,
    capacity,
    checked_state,
    checked_text,
    counted,
    date_free_number,
    directions_url,
    full,
    labels,
    led,
    rank,
    tel,
    text,
)


def page(document: dict, *, sensitive: bool, now: datetime.datetime) -> dict:
    """The context of a service's page, from its public document.

    Places come in the order they are of use: open ones first, then those that open soonest.
    """
    french = get_language() == "fr"
    closed = document["status"] == ServiceStatus.TEMPORARILY_CLOSED
    places = [place(document, item, now) for item in document.get("service_at_locations", [])]
    places.sort(key=lambda found: soonest(found["hours"]))
    away = hours(document, schedule_lines(document), document, now) if not places else None
    assured = parse_date(document["assured_date"]) if "assured_date" in document else None
    phones = phones_of(document)
    organization = document["organization"]
    texts = next((p for p in phones if p["texts"]), None)
    # The service's own numbers first, then its places', then the organization's.
    called = [*phones, *(phone for found in places for phone in found["phones"])]
    called += phones_of(organization)
    capacities = document.get("capacities", [])
    return {
        "document": document,
        "title": title(document, places, sensitive=sensitive, french=french),
        "places": places,
        "hours": away,
        "reach": reach_text(document),
        "phones": phones,
        "first_phone": next((p for p in called if p["tel"] and not p["texts"]), texts),
        "website": document.get("url") or organization.get("website", ""),
        "email": document.get("email") or organization.get("email", ""),
        "first_text": texts,
        "facts": facts(document, places, french),
        "tags": tags(document, french),
        "checked_text": checked_text(assured, document.get("check_every"), now),
        "checked_state": checked_state(assured, document.get("check_every"), now),
        "capacity_text": capacity(capacities, french),
        "full": full(capacities),
        "counted": counted(
            capacities, places[0]["location"]["timezone"] if places else document["timezone"]
        ),
        "directions_url": places[0]["directions_url"] if len(places) == 1 else "",
        "temporarily_closed": closed,
        "status": closed_for_now() if closed else (places[0]["hours"] if places else away),
    }


def closed_for_now() -> dict:
    return {"state": "closed", "state_text": _("Closed for now")}


def soonest(found: dict) -> tuple:
    """Sorts what is open first; of what is closed, what opens soonest."""
    order = ["open", "call_first", "by_appointment", "unknown", "closed"]
    opens = found["next_start"] if found["state"] == "closed" else None
    return (order.index(found["state"]), opens is None, opens)


def tags(document: dict, french: bool) -> list[str]:
    """Who leads it, then what getting in takes, what people ask most first."""
    codes = [kind for kind in ("peer", "indigenous") if document.get(f"{kind}_led")]
    access = [a["taxonomy_term"] for a in document.get("attributes", [])]
    access = [term for term in access if term["taxonomy"] == "access"]
    access.sort(key=lambda term: rank(term["code"]))
    return led(codes) + [text(term, "name", french)[0] for term in access]


def reach_text(document: dict) -> str:
    """How one is reached by a service that has no place to go to."""
    delivery = document.get("delivery", [])
    if Delivery.MOBILE in delivery:
        return _("Comes to you")
    if Delivery.PHONE in delivery and Delivery.ONLINE in delivery:
        return _("By phone or online")
    return _("By phone") if Delivery.PHONE in delivery else _("Online")


def title(document: dict, places: list[dict], *, sensitive: bool, french: bool) -> str:
    """The page's title; where the name could expose a person, the town instead."""
    if not sensitive and not any(p["visibility"] == Visibility.CONFIDENTIAL for p in places):
        return text(document, "name", french)[0]
    town = next((p["city"] for p in places if p["city"]), "")
    return _("Service in %s") % town if town else _("Service details")


def place(document: dict, item: dict, now: datetime.datetime) -> dict:
    """One place of the service: where, when, how to get there."""
    location = item["location"]
    address = main_address(location)
    visibility = location["visibility"]
    door = location["location_type"] == LocationType.PHYSICAL
    at = "latitude" in location and visibility == Visibility.PUBLIC and door
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
    """What is known of when, for one place or for the phone.

    `lines` say all of it in a few words; `week` is the table of seven days, empty where it would
    say no more than they do; `note` what is added to every line of it; `usual` what such a table
    cannot say; `ahead` what differs soon.
    """
    rules = rules_of(lines)
    zone = where.get("timezone") or "America/Toronto"
    province = where.get("state_province", "")
    found = status(materialise(rules, timezone=zone, province=province, now=now), now)
    today = local_date(now, zone)
    delivery = document.get("delivery", [])
    days = week(rules, timezone=zone, province=province, today=today) if rules else []
    notices = exceptions(rules, province=province, today=today) if rules else []
    table = worth_a_table(days, lines)
    if not table:  # the lines say dates already
        notices = [notice for notice in notices if notice.kind == "holiday"]
    closed = document["status"] == ServiceStatus.TEMPORARILY_CLOSED
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
        "next_start": found.next_start,
        "lines": plain_text(rules, today=today),
        "week": days if table else [],
        "note": shared_note(days),
        "usual": usual(rules, lines, today),
        "ahead": ahead(notices, days),
        **(closed_for_now() if closed else {}),
    }


def worth_a_table(days: list[Day], lines: list[dict]) -> bool:
    """Whether days differ from one another, and weekly hours hold now."""
    if not any(line.get("freq") for line in lines) or not any(day.lines for day in days):
        return False
    return any(day.lines != days[0].lines or day.holiday for day in days)


def shared_note(days: list[Day]) -> str:
    """What the listing adds to every line of the week, to be said once."""
    notes = [line.note for day in days for line in day.lines]
    return notes[0] if len(notes) > 1 and len(set(notes)) == 1 else ""


def usual(rules: list[Rule], lines: list[dict], today: datetime.date) -> list[str]:
    """What a table of one week leaves unsaid: seasons, every second week, public holidays."""
    if any(map(unlike_this_week, lines)):
        return plain_text(rules, today=today)
    return holiday_lines(rules)


def ahead(notices: list[Notice], days: list[Day]) -> list[dict]:
    """What differs from the usual week, days of which the same is true together."""
    usually = {day.date.weekday(): said(day) for day in days if not day.holiday}
    found: dict[tuple[str, str], list[Notice]] = {}
    for notice in notices:
        same = usually.get(notice.first.weekday()) == notice.text
        if notice.kind != "holiday" or not same:
            found.setdefault((notice.text, notice.note), []).append(notice)
    return [
        {"days": together, "text": text, "note": note} for (text, note), together in found.items()
    ]


def said(day: Day) -> str:
    """A day of the week as a notice would say it."""
    return _("Closed") if day.closed else ", ".join(map(line_text, day.lines))


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
    plain = [{"text": " · ".join(filter(None, [*serves, ages])), "lang": ""}]
    community = said("indigenous_community")
    kinds = [{"text": " · ".join(terms(document, "category", french)), "lang": ""}]
    rows = [
        (_("What they do"), kinds if kinds[0]["text"] else []),
        (_("Who can come"), said("eligibility_description") + plain * bool(serves or ages)),
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
