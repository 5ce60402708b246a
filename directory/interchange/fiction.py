"""Documents of invented listings, from files written by hand.

The sample catalogue is written as TOML files (`data/sample/`), short enough to be kept: their
README says how. Everything follows from the files and from one day, `today`, to which the dates in
them are relative: the same files and the same day give the same documents.
"""

import datetime
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from django.utils.text import slugify

from .shorthand import (
    BEARINGS,
    BadShorthand,
    Town,
    capacity,
    cost,
    hours,
    in_days,
    languages,
    phone,
    refuse_unknown,
    say,
    spot,
    typographic,
)

DATA = Path(__file__).parent / "data" / "sample"
NAMESPACE = uuid.UUID("3d4c6f0a-7a55-5b0c-9a3e-51d2a4f8c6b1")

# Time zones by province, for towns that do not say otherwise.
TIMEZONES = {
    "AB": "America/Edmonton",
    "BC": "America/Vancouver",
    "MB": "America/Winnipeg",
    "NB": "America/Moncton",
    "NL": "America/St_Johns",
    "NS": "America/Halifax",
    "NT": "America/Edmonton",
    "NU": "America/Iqaluit",
    "ON": "America/Toronto",
    "PE": "America/Halifax",
    "QC": "America/Toronto",
    "SK": "America/Regina",
    "YT": "America/Whitehorse",
}
# How long ago, in days, the listings that do not say so were checked.
CHECKED_DAYS = (2, 5, 9, 12, 16, 23, 31, 38, 47, 59, 74, 96, 118, 151, 203)


def identifier(*path: str) -> uuid.UUID:
    """The lasting identifier of something invented."""
    return uuid.uuid5(NAMESPACE, "/".join(path))


def read(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def towns() -> dict[str, Town]:
    """Towns of the sample catalogue by English name."""
    return {
        name: Town(
            name,
            row.get("fr", name),
            row["in"],
            row["lat"],
            row["lon"],
            tuple(row["fsa"].split()),
            str(row["code"]),
            row.get("zone", TIMEZONES[row["in"]]),
            tuple(row.get("dry", " ".join(BEARINGS)).split()),
        )
        for name, row in read("towns.toml").items()
    }


@lru_cache(maxsize=1)
def kinds() -> dict[str, dict]:
    """The library of kinds of service: what they share wherever they are offered."""
    return read("kinds.toml")


def organization_files() -> list[Path]:
    return sorted((DATA / "organizations").glob("*.toml"))


def de(name: str) -> str:
    """ "de Kenora", "d’Ottawa"."""
    return f"d’{name}" if name[0] in "AEIOUÉÎ" else f"de {name}"


def phrases(town: Town, place: dict, organization: dict) -> tuple[dict, dict]:
    """What a kind's text may say of where it is offered, in English and in French."""
    english = {
        "town": town.name,
        "place": place.get("name", ""),
        "org": organization.get("name") or organization.get("name_fr"),
    }
    french = {
        "town": town.name_fr,
        "of_town": de(town.name_fr),
        "place": place.get("name_fr") or place.get("name", ""),
        "org": organization.get("name_fr") or organization.get("name"),
    }
    return english, french


def documents(today: datetime.date) -> Iterator[dict]:
    """Every listing of the organization files, in their order."""
    for path in organization_files():
        for key, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            try:
                yield from Writer(key, entry, today).documents()
            except (BadShorthand, KeyError, IndexError, ValueError) as error:
                raise BadShorthand(f"{path.name}, {key}: {error!r}") from error


def keys(words: str) -> frozenset[str]:
    return frozenset(words.split())


class Writer:
    """One organization's entry as listing documents."""

    KEYS = keys(
        "name aka about town phone email website languages holidays year legal links contacts "
        "at offers led community steward consented checked_by"
    )
    PLACE_KEYS = keys(
        "name aka about town street unit postal spot lat lon visibility access bus phone languages"
    )
    # Keys of a service that are said in both languages, and what HSDS calls them.
    SAID = {
        "name": "name",
        "aka": "alternate_name",
        "text": "description",
        "who": "eligibility_description",
        "how": "application_process",
        "fees": "fees_description",
        "alert": "alert",
        "interpretation": "interpretation_services",
        "accredited": "accreditations",
        "community": "indigenous_community",
    }
    SERVICE_KEYS = keys(
        "kind more key category serves access hours holidays at stops delivery town province "
        "phone email link links languages ages costs bring beds status checked checked_by led "
        "steward consented area contacts program"
    ) | frozenset(SAID)

    def __init__(self, key: str, entry: dict, today: datetime.date):
        self.key = key
        self.entry = entry
        self.today = today
        refuse_unknown(entry, self.KEYS)
        self.town = towns()[entry["town"]]
        self.website = entry.get("website", f"https://{key}.example.org")
        self.organization = self.organization_document()
        self.places = {
            name: (place, self.place_document(name, place))
            for name, place in entry.get("at", {}).items()
        }

    def organization_document(self) -> dict:
        entry = self.entry
        document: dict = {"id": str(identifier("organization", self.key))}
        say(document, "name", entry["name"])
        say(document, "alternate_name", entry.get("aka", ["", ""]))
        say(document, "description", entry["about"])
        if self.website:
            document["website"] = self.website
        if email := entry.get("email", f"info@{self.key}.example.org" if self.website else ""):
            document["email"] = email
        if "year" in entry:
            document["year_incorporated"] = entry["year"]
        if "legal" in entry:
            document["legal_status"] = entry["legal"]
        if numbers := self.phones(entry.get("phone", ""), self.town):
            document["phones"] = numbers
        if "links" in entry:
            document["additional_websites"] = self.links(entry["links"])
        if "contacts" in entry:
            document["contacts"] = self.contacts(entry["contacts"], self.town)
        return document

    def place_document(self, name: str, place: dict) -> dict:
        refuse_unknown(place, self.PLACE_KEYS)
        town = towns()[place.get("town", self.town.name)]
        pk = identifier("location", self.key, name)
        document: dict = {
            "id": str(pk),
            "visibility": place.get("visibility", "public"),
            "timezone": town.timezone,
        }
        say(document, "name", place.get("name", ["", ""]))
        say(document, "alternate_name", place.get("aka", ["", ""]))
        say(document, "description", place.get("about", ["", ""]))
        say(document, "transportation", place.get("bus", ["", ""]))
        if "lat" in place:
            lat, lon = place["lat"], place["lon"]
        else:
            lat, lon = spot(place.get("spot", ""), town, pk.int)
        document["latitude"], document["longitude"] = lat, lon
        address = {"city": town.name, "state_province": town.province, "country": "CA"}
        if town.province == "QC":
            address["city"] = town.name_fr
        if street := place.get("street"):
            address["address_1"] = typographic(street, french=False)
            address["postal_code"] = place["postal"]
        if "unit" in place:
            address["address_2"] = typographic(place["unit"], french=False)
        document["addresses"] = [address]
        if "access" in place:
            document["accessibility"] = [{}]
            say(document["accessibility"][0], "description", place["access"])
        if "languages" in place:
            document["languages"] = languages(place["languages"])
        return document

    def documents(self) -> Iterator[dict]:
        seen = set()
        for number, offer in enumerate(self.entry["offers"]):
            try:
                document = self.service_document(offer)
            except (BadShorthand, KeyError, IndexError, ValueError) as error:
                raise BadShorthand(f"offer {number + 1}: {error!r}") from error
            if document["id"] in seen:
                raise BadShorthand(f"offer {number + 1} has another's name; give it a `key`.")
            seen.add(document["id"])
            yield document

    def service_document(self, offer: dict) -> dict:
        refuse_unknown(offer, self.SERVICE_KEYS)
        first_place = self.first_place(offer)
        place_entry, place = self.places[first_place] if first_place else ({}, {})
        town_name = offer.get("town") or place_entry.get("town") or self.town.name
        town = towns()[town_name]
        offer = in_its_languages(self.from_kind(offer, town, place), self.SAID)
        names = [name for name in offer["name"] if name]
        pk = identifier("service", self.key, offer.get("key") or slugify(names[0]))
        document: dict = {"id": str(pk), "status": offer.get("status", "active")}
        for key, name in self.SAID.items():
            if key in offer:
                say(document, name, offer[key])
        document["organization"] = self.organization
        document["state_province"] = offer.get("province", town.province)
        document["timezone"] = town.timezone
        document["delivery"] = offer.get("delivery", "in_person").split()
        self.add_reach(document, offer, place_entry, town)
        self.add_terms(document, offer)
        self.add_who_leads(document, offer)
        self.add_check(document, offer, pk)
        self.add_conditions(document, offer, town)
        self.add_places(document, offer)
        return document

    def first_place(self, offer: dict) -> str:
        if "stops" in offer:
            return next(iter(offer["stops"]))
        if "at" in offer:
            return offer["at"].split()[0] if offer["at"] else ""
        if set(offer.get("delivery", "in_person").split()) & {"in_person"} and "town" not in offer:
            return next(iter(self.places), "")
        return ""

    def from_kind(self, offer: dict, town: Town, place: dict) -> dict:
        """The offer with what its kind says and it does not, and its own particulars added."""
        if "kind" not in offer:
            return offer
        kind = kinds()[offer["kind"]]
        merged = {**{k: v for k, v in kind.items() if k != "text"}, **offer}
        if "text" not in offer:
            texts = kind["text"]
            if isinstance(texts[0], list):  # several wordings: the organization has its own
                texts = texts[identifier(self.key, offer["kind"]).int % len(texts)]
            more = offer.get("more", ["", ""])
            merged["text"] = [
                f"{text} {own}".strip() for text, own in zip(texts, more, strict=True)
            ]
        english, french = phrases(town, place, self.organization)
        for key in ("name", "text", "who", "how", "fees"):
            if key in merged:
                merged[key] = [merged[key][0].format(**english), merged[key][1].format(**french)]
        return merged

    def add_reach(self, document: dict, offer: dict, place_entry: dict, town: Town) -> None:
        default = place_entry.get("phone") or self.entry.get("phone", "")
        home = town if "phone" in offer or place_entry.get("phone") else self.town
        if numbers := self.phones(offer.get("phone", default), home):
            document["phones"] = numbers
        if "email" in offer:
            document["email"] = f"{offer['email']}@{self.key}.example.org"
        if "link" in offer:
            document["url"] = f"{self.website}/{offer['link']}"
        if "links" in offer:
            document["additional_urls"] = self.links(offer["links"])
        if "contacts" in offer:
            document["contacts"] = self.contacts(offer["contacts"], town)
        if spoken := offer.get("languages", self.entry.get("languages", "en")):
            document["languages"] = languages(spoken)

    def add_terms(self, document: dict, offer: dict) -> None:
        document["attributes"] = [
            {"taxonomy_term": {"taxonomy": taxonomy, "code": code}}
            for taxonomy in ("category", "serves", "access")
            for code in dict.fromkeys(offer.get(taxonomy, "").split())
        ]

    def add_who_leads(self, document: dict, offer: dict) -> None:
        led = offer.get("led", self.entry.get("led", "")).split()
        document["peer_led"] = "peer" in led
        document["indigenous_led"] = "indigenous" in led
        if "indigenous" in led:
            if "community" not in offer:
                say(document, "indigenous_community", self.entry["community"])
            steward = offer.get("steward") or self.entry["steward"]
            document["steward"] = typographic(steward, french=False)
            days = offer.get("consented") or self.entry.get("consented", 60)
            document["steward_consented_on"] = in_days(f"-{days}", self.today)

    def add_check(self, document: dict, offer: dict, pk: uuid.UUID) -> None:
        checked = offer.get("checked", CHECKED_DAYS[pk.int % len(CHECKED_DAYS)])
        if checked == "never":
            return
        organization = self.organization
        document["assured_date"] = in_days(f"-{checked}", self.today)
        document["assured_by"] = (
            offer.get("checked_by")
            or self.entry.get("checked_by")
            or organization.get("name")
            or organization["name_fr"]
        )

    def add_conditions(self, document: dict, offer: dict, town: Town) -> None:
        if ages := offer.get("ages"):
            youngest, _, oldest = ages.partition("-")
            if youngest:
                document["minimum_age"] = int(youngest)
            if oldest:
                document["maximum_age"] = int(oldest)
        if "costs" in offer:
            document["cost_options"] = [cost(item) for item in offer["costs"]]
        if "bring" in offer:
            document["required_documents"] = [{} for _ in offer["bring"]]
            for item, pair in zip(document["required_documents"], offer["bring"], strict=True):
                say(item, "document", pair)
        if "beds" in offer:
            document["capacities"] = [
                capacity(text, town, n, self.today) for n, text in enumerate(offer["beds"])
            ]
        if areas := self.areas(document, offer, town):
            document["service_areas"] = [area(item) for item in areas]
        if "program" in offer:
            names: dict = {}
            say(names, "name", offer["program"])
            key = slugify(names.get("name") or names["name_fr"])
            pk = identifier("program", self.key, key)
            document["program"] = {"id": str(pk), **names}

    def areas(self, document: dict, offer: dict, town: Town) -> list:
        """Who comes to people from no place of their own does so in town."""
        roams = document["delivery"] == ["mobile"] and not ("stops" in offer or offer.get("at"))
        return offer.get("area") or ([town.name] if roams else [])

    def add_places(self, document: dict, offer: dict) -> None:
        general = self.hours(offer.get("hours", []), offer)
        if "stops" in offer:
            keys = {key: self.hours(lines, offer) for key, lines in offer["stops"].items()}
        elif "at" in offer:
            keys = dict.fromkeys(offer["at"].split())
        else:
            keys = dict.fromkeys(filter(None, [self.first_place(offer)]))
        if general:
            document["schedules"] = general
        if keys:
            document["service_at_locations"] = []
        for key, schedules in keys.items():
            item = {
                "id": str(identifier("service-at-location", document["id"], key)),
                "location": self.places[key][1],
            }
            if schedules:
                item["schedules"] = schedules
            document["service_at_locations"].append(item)

    def hours(self, lines: str | list[str], offer: dict) -> list[dict]:
        """Schedule lines; `holidays` of the offer or the organization holds for ordinary ones."""
        usual = offer.get("holidays", self.entry.get("holidays", ""))
        found = []
        for text in [lines] if isinstance(lines, str) else lines:
            for line in hours(text, self.today):
                if usual and line.get("freq") and "holidays" not in line:
                    line["holidays"] = usual
                found.append(line)
        return found

    def phones(self, texts: str | list[str], town: Town) -> list[dict]:
        texts = [texts] if isinstance(texts, str) else texts
        return [phone(text, town) for text in texts if text]

    def links(self, entries: list[dict]) -> list[dict]:
        found = []
        for entry in entries:
            link = {"url": f"{self.website}/{entry['to']}"}
            say(link, "label", entry["label"])
            found.append(link)
        return found

    def contacts(self, entries: list[dict], town: Town) -> list[dict]:
        found = []
        for entry in entries:
            contact: dict = {"name": entry["name"]} if "name" in entry else {}
            say(contact, "title", entry.get("title", ["", ""]))
            say(contact, "department", entry.get("department", ["", ""]))
            if "email" in entry:
                contact["email"] = f"{entry['email']}@{self.key}.example.org"
            if "phone" in entry:
                contact["phones"] = self.phones(entry["phone"], town)
            found.append(contact)
        return found


def in_its_languages(offer: dict, said: Iterable[str]) -> dict:
    """A name in one language alone makes a listing in that language alone."""
    spoken = [bool(name) for name in offer["name"]]
    pairs = {key: offer[key] for key in said if key in offer}
    return offer | {
        key: [text if on else "" for text, on in zip(pair, spoken, strict=True)]
        for key, pair in pairs.items()
    }


def area(entry: str | list) -> dict:
    """A town by its English name, or any area as a pair of names."""
    if isinstance(entry, str):
        entry = [towns()[entry].name, towns()[entry].name_fr]
    document: dict = {}
    say(document, "name", entry)
    return document
