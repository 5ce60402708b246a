"""The sample catalogue: what it promises as written, and how it is loaded."""

import csv
import datetime
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from directory.hours.rules import rules_of, schedule_lines
from directory.hours.spans import materialise, status
from directory.interchange import sample, shorthand
from directory.interchange.actions import withdraw, write_listings
from directory.interchange.merging import normalized
from directory.interchange.read import read_listing, read_listings
from directory.interchange.sample import (
    bring_in,
    is_sample_catalogue,
    load_sample,
    sample_documents,
)
from directory.models import Service
from directory.models.enums import Province, Visibility
from directory.places.gazetteer import area_point, great_circle_km
from directory.search.models import SearchRow

TODAY = datetime.date(2026, 11, 24)
STIGMA = Path(__file__).resolve().parents[3] / "shared" / "data" / "stigma_free_language.csv"
EVERY_DAY_OF_A_YEAR = [TODAY + datetime.timedelta(days=n) for n in range(0, 365, 15)]


@cache
def catalogue() -> list[dict]:
    return sample_documents(TODAY)


def names() -> list[str]:
    return [document.get("name") or document["name_fr"] for document in catalogue()]


def texts(value, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a document, with the name of its key."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, path)
    elif isinstance(value, str):
        yield path, value


def values(key: str) -> list[str]:
    return [text for document in catalogue() for name, text in texts(document) if name == key]


def codes(document: dict, taxonomy: str) -> set[str]:
    terms = [attribute["taxonomy_term"] for attribute in document["attributes"]]
    return {term["code"] for term in terms if term["taxonomy"] == taxonomy}


def places(document: dict) -> list[dict]:
    return document.get("service_at_locations", [])


def lines(document: dict) -> list[dict]:
    """Every line of every timetable of the listing."""
    found = list(document.get("schedules", []))
    for place in places(document):
        found += place.get("schedules", [])
    return found


def visibilities(document: dict) -> set[str]:
    return {place["location"]["visibility"] for place in places(document)}


# What is in it


def test_about_400_services_of_about_60_organizations_everywhere_in_canada():
    organizations = {document["organization"]["id"] for document in catalogue()}
    assert 380 <= len(catalogue()) <= 420
    assert 55 <= len(organizations) <= 65
    assert {document["state_province"] for document in catalogue()} == {"", *Province.values}


def test_thunder_bay_has_a_dozen_ways_to_naloxone():
    found = [
        document
        for document in catalogue()
        if "naloxone" in codes(document, "category")
        and any(p["location"]["addresses"][0]["city"] == "Thunder Bay" for p in places(document))
    ]
    assert len(found) >= 10


def has_stops(document: dict, dated: bool) -> bool:
    return "mobile" in document["delivery"] and any(
        ("dtstart" in line and not line.get("freq")) == dated and line.get("state") != "closed"
        for place in places(document)
        for line in place.get("schedules", [])
    )


def all_day(line: dict) -> bool:
    return line.get("opens_at") == line.get("closes_at") == "00:00" and "season_from" not in line


def past_midnight(line: dict) -> bool:
    return "00:00" < line.get("closes_at", "") < line.get("opens_at", "")


def days_ago(document: dict) -> int | None:
    if "assured_date" not in document:
        return None
    return (TODAY - datetime.date.fromisoformat(document["assured_date"])).days


def amounts(document: dict) -> set[float]:
    return {cost["amount"] for cost in document.get("cost_options", []) if "amount" in cost}


def language_of(document: dict) -> str:
    return ("en" if "name" in document else "") + ("fr" if "name_fr" in document else "")


STATES = {
    "a van with weekly stops": lambda d: has_stops(d, dated=False) and len(places(d)) > 1,
    "a van with dated stops": lambda d: has_stops(d, dated=True),
    "open day and night": lambda d: any(all_day(x) for x in lines(d)),
    "open past midnight": lambda d: any(past_midnight(x) for x in lines(d)),
    "a day in two parts": lambda d: any(
        x["closes_at"] < y["opens_at"] and x.get("byday") == y.get("byday")
        for x in lines(d)
        for y in lines(d)
        if {"opens_at", "byday"} <= x.keys() & y.keys() and not past_midnight(x)
    ),
    "by appointment at set times": lambda d: any(
        x.get("state") == "by_appointment" and "opens_at" in x for x in lines(d)
    ),
    "call first": lambda d: any(x.get("state") == "call_first" for x in lines(d)),
    "every second week": lambda d: any(x.get("interval") == 2 for x in lines(d)),
    "the last Friday": lambda d: any(x.get("byday") == "-1FR" for x in lines(d)),
    "a season": lambda d: any("season_from" in x for x in lines(d)),
    "closed for some days": lambda d: any(
        x.get("state") == "closed" and "dtstart" in x for x in lines(d)
    ),
    "closed for a while, and why": lambda d: (
        d["status"] == "temporarily closed" and "alert" in d and "alert_fr" in d
    ),
    "holidays as usual": lambda d: any(x.get("holidays") == "as_usual" for x in lines(d)),
    "closed on holidays": lambda d: any(x.get("holidays") == "closed" for x in lines(d)),
    "hours for holidays alone": lambda d: any(x.get("holidays") == "only" for x in lines(d)),
    "nobody said about holidays": lambda d: any(
        x.get("freq") and "holidays" not in x for x in lines(d)
    ),
    "hours in words": lambda d: any("description" in x for x in lines(d)),
    "hours not known": lambda d: not lines(d),
    "beds free": lambda d: any(
        c["available"] and c["unit"] == {"identifier": "bed"} for c in d.get("capacities", [])
    ),
    "full": lambda d: any(not c["available"] for c in d.get("capacities", [])),
    "places free": lambda d: any(
        c["available"] and c["unit"] == {"identifier": "place"} for c in d.get("capacities", [])
    ),
    "two counts": lambda d: len(d.get("capacities", [])) > 1,
    "a confidential address": lambda d: Visibility.CONFIDENTIAL in visibilities(d),
    "an approximate address": lambda d: Visibility.APPROXIMATE in visibilities(d),
    "several places": lambda d: len(places(d)) > 1 and "mobile" not in d["delivery"],
    "no place": lambda d: not places(d),
    "checked yesterday": lambda d: days_ago(d) == 1,
    "checked over a year ago": lambda d: (days_ago(d) or 0) > 365,
    "checked by someone else": lambda d: (
        "assured_by" in d
        and d["assured_by"] not in (d["organization"].get("name"), d["organization"].get("name_fr"))
    ),
    "never checked": lambda d: days_ago(d) is None,
    "online only": lambda d: d["delivery"] == ["online"],
    "a telephone line for a province": lambda d: (
        d["delivery"] == ["phone"] and d["state_province"] and not places(d)
    ),
    "for all of Canada": lambda d: d["state_province"] == "",
    "a link and no telephone": lambda d: "url" in d and not d.get("phones"),
    "a number to text": lambda d: any(p["type"] == "text" for p in d.get("phones", [])),
    "an extension": lambda d: any("extension" in p for p in d.get("phones", [])),
    "a TTY": lambda d: any(p["type"] == "textphone" for p in d.get("phones", [])),
    "only in French": lambda d: language_of(d) == "fr",
    "only in English": lambda d: language_of(d) == "en",
    "Indigenous-led": lambda d: (
        d["indigenous_led"]
        and d["steward"]
        and d["steward_consented_on"] < TODAY.isoformat()
        and d["indigenous_community"]
    ),
    "peer-led": lambda d: d["peer_led"],
    "Indigenous-led and peer-led": lambda d: d["indigenous_led"] and d["peer_led"],
    "free": lambda d: "free" in codes(d, "access"),
    "a sliding scale": lambda d: (
        "pay-what-you-can" in codes(d, "access") and "fees_description_fr" in d
    ),
    "a fixed price": lambda d: len(amounts(d)) == 1 and max(amounts(d)) > 0,
    "several prices, one of them nothing": lambda d: len(amounts(d)) > 1 and min(amounts(d)) == 0,
    "documents to bring": lambda d: "required_documents" in d,
    "ages from and to": lambda d: "minimum_age" in d and "maximum_age" in d,
    "ages from": lambda d: "minimum_age" in d and "maximum_age" not in d,
    "interpretation": lambda d: "interpretation_services" in d,
    "accreditation": lambda d: "accreditations" in d,
    "a programme": lambda d: "program" in d,
    "an accessible place": lambda d: any("accessibility" in p["location"] for p in places(d)),
    "how to get there": lambda d: any("transportation" in p["location"] for p in places(d)),
    "contacts": lambda d: "contacts" in d["organization"],
    "a name of 250 letters": lambda d: len(d.get("name", "")) >= 250 and len(d["name_fr"]) >= 200,
    "another name": lambda d: "alternate_name" in d,
    "how to get in": lambda d: "application_process" in d,
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_a_page_can_show_is_there(state):
    assert any(STATES[state](document) for document in catalogue())


@pytest.mark.parametrize("code", ["oj", "ojs", "cr", "crg", "iu", "mic", "moe", "pa", "ar", "ase"])
def test_more_is_spoken_than_english_and_french(code):
    assert code in values("code")


def test_on_any_day_of_the_year_something_is_closed_for_the_season():
    def out_of_season(line: dict, day: str) -> bool:
        first, last = line["season_from"], line["season_to"]
        return not (first <= day <= last if first <= last else day >= first or day <= last)

    seasonal = [line for d in catalogue() for line in lines(d) if "season_from" in line]
    for day in EVERY_DAY_OF_A_YEAR:
        assert any(out_of_season(line, f"{day:%m-%d}") for line in seasonal), day


@pytest.mark.parametrize("day", EVERY_DAY_OF_A_YEAR[::3], ids=str)
def test_dated_stops_lie_ahead_whenever_it_is_loaded(day):
    dated = [
        line["dtstart"]
        for document in sample_documents(day)
        for line in lines(document)
        if "dtstart" in line and not line.get("freq")
    ]
    assert len(dated) > 10
    assert day.isoformat() < min(dated)


def test_at_noon_and_at_night_there_is_something_open_and_something_not():
    for hour in (12, 3):
        now = datetime.datetime.combine(TODAY, datetime.time(hour), ZoneInfo("America/Toronto"))
        states = set()
        for document in catalogue()[:60]:
            for place in places(document) or [None]:
                rules = rules_of(schedule_lines(document, place))
                where = place["location"]["timezone"] if place else document["timezone"]
                known = materialise(rules, timezone=where, province="ON", now=now)
                states.add(status(known, now).state)
        assert {"open", "closed", "unknown"} <= states


@pytest.mark.parametrize(
    "wording",
    [
        "somewhere to sleep",
        "someone to talk to",
        "hungry",
        "need a shower",
        "lost your id",
        "using alone",
        "where to start",
        "ride",
        "endroit où dormir",
        "quelqu’un à qui parler",
        "papiers",
    ],
)
def test_listings_say_what_people_say(wording):
    said = [
        text.lower()
        for document in catalogue()
        for key, text in texts(document)
        if key.startswith(("name", "alternate_name"))
    ]
    assert any(wording in text for text in said)


# What it keeps to


def test_telephone_numbers_are_nobodys():
    assert [n for n in values("number") if not re.fullmatch(r"\d{3}-555-01\d\d", n)] == []


def test_an_area_code_is_that_of_the_organizations_or_the_places_town():
    known = {town.code: town for town in sample.fiction.towns().values()}
    assert {number[:3] for number in values("number")} <= known.keys()


def test_addresses_on_the_web_are_examples():
    hosts = {urlsplit(text).hostname for key in ("url", "website") for text in values(key)}
    hosts |= {text.partition("@")[2] for text in values("email")}
    assert all(host.endswith(".example.org") for host in hosts)


def test_postal_codes_begin_as_their_towns_do():
    areas = {town.name: town.fsas for town in sample.fiction.towns().values()}
    areas |= {town.name_fr: town.fsas for town in sample.fiction.towns().values()}
    for document in catalogue():
        for place in places(document):
            (address,) = place["location"]["addresses"]
            assert address["postal_code"][:3] in areas[address["city"]], address


def test_places_are_in_their_towns():
    for document in catalogue():
        for place in places(document):
            location = place["location"]
            (address,) = location["addresses"]
            centre = area_point(address["city"], address["state_province"])
            km = great_circle_km(
                centre.lat, centre.lon, location["latitude"], location["longitude"]
            )
            assert km < 10, address


def test_both_languages_are_there_unless_one_is_meant():
    pairs = sample.fiction.Writer.SAID.values()
    for document in catalogue():
        spoken = [suffix for suffix in ("", "_fr") if f"name{suffix}" in document]
        for key in pairs:
            there = [suffix for suffix in ("", "_fr") if f"{key}{suffix}" in document]
            assert there in ([], spoken), (document.get("name"), key)
        assert all(f"description{suffix}" in document for suffix in spoken)
    alone = [document for document in catalogue() if len(language_of(document)) == 2]
    assert 10 <= len(alone) <= 40


def test_descriptions_are_their_own():
    """What two listings share of their text is a kind's; most say something of their own."""
    described = [
        document.get("description", document.get("description_fr")) for document in catalogue()
    ]
    assert len(set(described)) > 0.85 * len(described)


def test_names_are_their_own():
    assert sorted({name for name in names() if names().count(name) > 1}) == []


def stigmatising() -> list[str]:
    with STIGMA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        for term in re.sub(r"\(.*?\)", "", row["avoid"]).split(" / "):
            found.append(term.strip().strip('"'))
    return [term for term in found if ":" not in term]


@pytest.mark.skipif(not STIGMA.exists(), reason="the list of terms is not beside this checkout")
def test_no_text_uses_a_stigmatising_term():
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, stigmatising()))})s?\b", re.IGNORECASE)
    said = {t for document in catalogue() for key, t in texts(document) if not key.endswith("_fr")}
    assert [(match[0], text) for text in said for match in pattern.finditer(text)] == []


FRENCH_TERMS = (
    r"\b(?:toxicomanes?|drogué\w*|junkies?|alcooliques?|abus|ivrognes?|itinérante?s?|clochards?|"
    r"sans-abris?|détenu\w*|criminels?|délinquant\w*|prostitu\w*|victimes?|souffr\w*|rechutes?)\b"
)


def test_no_french_text_uses_a_stigmatising_term():
    said = {t for document in catalogue() for key, t in texts(document) if key.endswith("_fr")}
    assert [text for text in said if re.search(FRENCH_TERMS, text, re.IGNORECASE)] == []


def test_typography_is_that_of_each_language():
    for document in catalogue():
        for key, text in texts(document):
            if key in ("city", "url", "website"):
                continue
            assert "'" not in text, text
            assert "  " not in text, text
            assert "{" not in text, text
            if key.endswith("_fr"):
                assert not re.search(r" [:;!?»]|« ", text), text


def test_confidential_services_can_be_found_and_called():
    hidden = [d for d in catalogue() if Visibility.CONFIDENTIAL in visibilities(d)]
    assert len(hidden) >= 5
    for document in hidden:
        assert document["phones"]
        (area, *_) = document["service_areas"]
        assert area_point(area["name"], document["state_province"])


def test_what_is_hidden_of_a_place_is_said_nowhere_else():
    """So that a test may look for it on every page, and what it finds is a leak."""
    hidden, said = set(), set()
    for document in catalogue():
        said |= {text for _key, text in texts({**document, "service_at_locations": []})}
        for place in places(document):
            location = place["location"]
            (address,) = location["addresses"]
            position = {f"{location['latitude']:.5f}", f"{location['longitude']:.5f}"}
            if location["visibility"] == Visibility.PUBLIC:
                said |= {text for _key, text in texts(place)} | position
                continue
            hidden |= {address["address_1"], address["postal_code"]}
            hidden |= {location.get(key, "") for key in ("name", "name_fr", "description")}
            hidden |= {number[:-2] for number in position}
    assert len(hidden) > 60
    assert [secret for secret in hidden - {""} if any(secret in text for text in said)] == []


def test_the_same_day_gives_the_same_documents():
    assert sample_documents(TODAY) == catalogue()


def test_identifiers_do_not_depend_on_the_day():
    later = sample_documents(TODAY + datetime.timedelta(days=100))
    assert [d["id"] for d in later] == [d["id"] for d in catalogue()]


# The short forms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MO-WE,SA 09:00-17:00", {"byday": "MO,TU,WE,SA", "opens_at": "09:00"}),
        ("24/7", {"opens_at": "00:00", "closes_at": "00:00", "holidays": "as_usual"}),
        ("by appointment", {"state": "by_appointment", "freq": "WEEKLY"}),
        ("call first SA 10:00-12:00", {"state": "call_first", "byday": "SA"}),
        ("fortnightly+1 TU 10:00-12:00", {"interval": 2, "dtstart": "2024-01-08", "byday": "TU"}),
        ("monthly 1,15 10:00-12:00", {"freq": "MONTHLY", "bymonthday": "1,15"}),
        ("monthly -1FR 10:00-12:00", {"freq": "MONTHLY", "byday": "-1FR"}),
        ("next TU 10:00-12:00", {"dtstart": "2026-12-01"}),
        ("next WE+1 10:00-12:00", {"dtstart": "2026-12-02"}),
        ("closed day 4..6", {"state": "closed", "dtstart": "2026-11-28", "until": "2026-11-30"}),
        ("holidays 10:00-12:00", {"holidays": "only", "opens_at": "10:00"}),
        (
            "MO 09:00-10:00, 05-01..09-30, closed on holidays, until day 1",
            {"season_from": "05-01", "holidays": "closed", "valid_to": "2026-11-25"},
        ),
        ("MO 09:00-10:00 | Mornings | Le matin", {"description": "Mornings"}),
    ],
)
def test_hours_in_short(text, expected):
    (line,) = shorthand.hours(text, TODAY)
    assert expected.items() <= line.items()


def test_a_day_in_two_parts_is_two_lines():
    first, second = shorthand.hours("MO-FR 09:00-12:00 13:00-16:30", TODAY)
    assert (first["closes_at"], second["opens_at"]) == ("12:00", "13:00")


@pytest.mark.parametrize("text", ["sometimes", "MO-XX 09:00-10:00", "MO 09:00-10:00, maybe"])
def test_hours_nobody_can_read_are_refused(text):
    with pytest.raises(shorthand.BadShorthand):
        shorthand.hours(text, TODAY)


@pytest.mark.parametrize("text", ["555-0142", "0042", "0142x", "call 0142"])
def test_a_telephone_number_that_could_be_real_is_refused(text):
    with pytest.raises(shorthand.BadShorthand):
        shorthand.phone(text, sample.fiction.towns()["Kenora"])


def test_french_gets_its_unbreakable_spaces_and_both_their_apostrophes():
    assert shorthand.typographic("It's 9", french=False) == "It’s 9"
    assert (
        shorthand.typographic("De 8 h 30 à 9 h : l'été, 30 %", french=True)
        == "De 8\u00a0h\u00a030 à 9\u00a0h\u00a0: l’été, 30\u00a0%"
    )


# Loading


@pytest.mark.django_db
def test_the_catalogue_loads_as_written_is_published_and_searched():
    assert load_sample(TODAY) == len(catalogue())
    assert Service.objects.published().count() == len(catalogue())
    assert SearchRow.objects.values("service_id").distinct().count() == len(catalogue())
    read = {d["id"]: normalized(d) for d in read_listings(d["id"] for d in catalogue())}
    for document in catalogue():
        assert without_slugs(read[document["id"]]) == normalized(document)
    assert load_sample(TODAY) == 0


def without_slugs(document: dict) -> dict:
    """A listing as read, without the addresses that the catalogue gave it."""
    organization = {k: v for k, v in document["organization"].items() if k != "slug"}
    return {k: v for k, v in document.items() if k != "slug"} | {"organization": organization}


def first_load() -> list[dict]:
    """A dozen listings brought in, on their first day."""
    documents = catalogue()[:12]
    assert bring_in(documents, {"day": "first"}) == len(documents)
    return documents


def next_day() -> list[dict]:
    return sample_documents(TODAY + datetime.timedelta(days=1))[:12]


@pytest.mark.django_db
def test_bringing_the_same_in_again_writes_nothing():
    documents = first_load()
    assert bring_in(documents, {"day": "first"}) == 0
    assert bring_in(documents, {"day": "another, with the same listings"}) == 0


@pytest.mark.django_db
def test_another_day_moves_the_dates_and_keeps_the_addresses_of_pages():
    documents = first_load()
    slugs = dict(Service.objects.values_list("pk", "slug"))
    assert bring_in(next_day(), {"day": "second"}) > 0
    assert dict(Service.objects.values_list("pk", "slug")) == slugs
    first, second = (
        min(line["dtstart"] for d in found for line in lines(d) if dated(line))
        for found in (documents, read_listings(d["id"] for d in documents))
    )
    assert first <= second


def dated(line: dict) -> bool:
    return "dtstart" in line and not line.get("freq")


@pytest.mark.django_db
def test_what_a_person_changed_stays():
    first_load()
    document = read_listing(catalogue()[0]["id"])
    document["name"] = "Kits, by the red door"
    document["organization"]["description"] = "We moved in May."
    write_listings([document])
    bring_in(next_day(), {"day": "second"})
    after = read_listing(document["id"])
    assert after["name"] == "Kits, by the red door"
    assert after["organization"]["description"] == "We moved in May."
    assert after["assured_date"] != document["assured_date"]


@pytest.mark.django_db
def test_a_new_listing_of_an_organization_that_a_person_changed_comes_in():
    documents = catalogue()[:2]
    bring_in(documents[:1], {"day": "first"})
    document = read_listing(documents[0]["id"])
    document["organization"]["description"] = "We moved in May."
    write_listings([document])
    bring_in(documents, {"day": "second"})
    assert read_listing(documents[1]["id"])["organization"]["description"] == "We moved in May."


@pytest.mark.django_db
def test_what_a_person_withdrew_stays_withdrawn():
    documents = first_load()
    withdraw([documents[0]["id"]])
    bring_in(next_day(), {"day": "second"})
    assert not Service.objects.published().filter(pk=documents[0]["id"]).exists()


@pytest.mark.django_db
def test_what_left_the_sample_goes_out_of_sight():
    documents = first_load()
    bring_in(documents[1:], {"day": "second"})
    assert Service.objects.published().count() == len(documents) - 1
    assert Service.objects.filter(pk=documents[0]["id"]).exists()


@pytest.mark.django_db
def test_a_database_with_invented_listings_is_known_as_such():
    assert not is_sample_catalogue()
    first_load()
    assert is_sample_catalogue()


@pytest.mark.django_db
def test_without_a_database_nothing_is_said_of_samples():
    wrapper = connections["default"]
    connections["default"] = type(wrapper)(
        {**wrapper.settings_dict, "HOST": "/nowhere", "PORT": "1"}, "default"
    )
    try:
        assert not is_sample_catalogue()
    finally:
        connections["default"] = wrapper
