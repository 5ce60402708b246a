"""Short-hand for invented listings: towns, telephone numbers, hours, and the kinds of service.

The sample catalogue is written by hand as TOML files (`data/sample/`), short enough to be kept;
this module turns them into listing documents. `data/sample/README.md` says how they are written.
Everything follows from the files and from one day, `today`, to which the dates in them are
relative: the same files and the same day give the same documents.
"""

import datetime
import math
import re
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.text import slugify

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
LANGUAGES = {
    "ar": ("Arabic", "Arabe"),
    "ase": ("American Sign Language", "Langue des signes américaine"),
    "cr": ("Cree", "Cri"),
    "crg": ("Michif", "Mitchif"),
    "den": ("Dene", "Déné"),
    "dgr": ("Tłı̨chǫ", "Tłı̨chǫ"),
    "en": ("English", "Anglais"),
    "es": ("Spanish", "Espagnol"),
    "fa": ("Farsi", "Persan"),
    "fcs": ("Quebec Sign Language", "Langue des signes québécoise"),
    "fr": ("French", "Français"),
    "gwi": ("Gwich’in", "Gwich’in"),
    "ht": ("Haitian Creole", "Créole haïtien"),
    "iu": ("Inuktitut", "Inuktitut"),
    "mic": ("Mi’kmaw", "Mi’gmaq"),
    "moe": ("Innu-aimun", "Innu-aimun"),
    "oj": ("Ojibwe (Anishinaabemowin)", "Ojibwé (anishinaabemowin)"),
    "ojs": ("Oji-Cree (Anishininiimowin)", "Oji-cri (anishininiimowin)"),
    "pa": ("Punjabi", "Pendjabi"),
    "so": ("Somali", "Somali"),
    "ti": ("Tigrinya", "Tigrigna"),
    "tl": ("Tagalog", "Tagalog"),
    "uk": ("Ukrainian", "Ukrainien"),
    "zh": ("Mandarin", "Mandarin"),
}
BEARINGS = {name: i * 45 for i, name in enumerate(("N", "NE", "E", "SE", "S", "SW", "W", "NW"))}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Fortnights are counted from a Monday, so that every day's load agrees on which week it is.
FIRST_MONDAY = datetime.date(2024, 1, 1)
EARTH_DEGREE_KM = 111.32
# How long ago, in days, the listings that do not say so were checked.
CHECKED_DAYS = (2, 5, 9, 12, 16, 23, 31, 38, 47, 59, 74, 96, 118, 151, 203)
STATES = {"by appointment": "by_appointment", "call first": "call_first", "closed": "closed"}


class BadShorthand(ValueError):
    """A sample file says something this module does not understand; the message names it."""


@dataclass(frozen=True, slots=True)
class Town:
    """A real town. `fsas` are its postal areas, `code` its telephone area code.

    `dry` are the compass directions in which there is land for a few kilometres.
    """

    name: str
    name_fr: str
    province: str
    lat: float
    lon: float
    fsas: tuple[str, ...]
    code: str
    timezone: str
    dry: tuple[str, ...]


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


# Words


def typographic(text: str, *, french: bool) -> str:
    """Text with the apostrophes and the unbreakable spaces its language asks for (OQLF)."""
    text = " ".join(text.split()).replace("'", "’")
    if french:
        text = re.sub(r" (?=[:»%$])|(?<=«) |(?<=\d) (?=h\b|km\b|m\b|ans\b)", "\u00a0", text)
        text = re.sub(r"(?<=\bh) (?=\d\d\b)", "\u00a0", text)
    return text


def say(target: dict, key: str, pair) -> None:
    """Set `key` and `key_fr` from ["English", "Français"]; an empty one stays out."""
    if not (isinstance(pair, list) and len(pair) == 2):
        raise BadShorthand(f"{key} is a pair of English and French, not {pair!r}.")
    for suffix, text, french in (("", pair[0], False), ("_fr", pair[1], True)):
        if text:
            target[f"{key}{suffix}"] = typographic(text, french=french)


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


# Numbers and points


def phone(text: str, town: Town) -> dict:
    """ "0142", "text 0143", "cell 0143", "0142 x12", "0142 | at night | la nuit"."""
    number, *notes = [part.strip() for part in text.split("|")]
    found = re.fullmatch(r"(?:(text|cell|fax|textphone) )?(01\d\d)(?: x(\d+))?", number)
    if not found:
        raise BadShorthand(f"Not a fictional telephone number: {text!r}.")
    kind, line, extension = found.groups()
    document = {"number": f"{town.code}-555-{line}", "type": kind or "voice"}
    if extension:
        document["extension"] = int(extension)
    if notes:
        say(document, "description", notes)
    return document


def offset(lat: float, lon: float, km: float, bearing: float) -> tuple[float, float]:
    """The point `km` kilometres away in a direction, in degrees from north."""
    angle = math.radians(bearing)
    north = km * math.cos(angle) / EARTH_DEGREE_KM
    east = km * math.sin(angle) / (EARTH_DEGREE_KM * math.cos(math.radians(lat)))
    return round(lat + north, 5), round(lon + east, 5)


def spot(text: str, town: Town, seed: int) -> tuple[float, float]:
    """ "1.2 NW" of the town's centre; somewhere dry within 1.5 km where nothing is said."""
    if text:
        km, direction = text.split()
        return offset(town.lat, town.lon, float(km), BEARINGS[direction])
    direction = BEARINGS[town.dry[seed % len(town.dry)]]
    return offset(town.lat, town.lon, 0.3 + seed % 121 / 100, direction + seed % 31 - 15)


# Hours


def hours(text: str, today: datetime.date) -> list[dict]:
    """Schedule lines of one line of short-hand, such as `MO-FR 09:00-12:00 13:00-16:30`.

        24/7                                      always, holidays too
        by appointment MO-FR 09:00-17:00          also `call first`; times may be left out
        fortnightly TU 10:00-14:00                `fortnightly+1` is the other week
        monthly -1FR 13:00-16:00                  last Friday; `monthly 1,15` are dates
        next SA+1 10:00-15:00                     the Saturday after next, once
        day 5 18:00-21:00                         once, five days from today
        closed day 4..11                          also `closed next MO`
        holidays 10:00-14:00                      on public holidays only; `closed holidays`

    After a comma and a space: `closed on holidays`, `holidays too`, a season
    (`05-01..09-30`), `from day 7`, `until day 90`. After a bar, the same in words:
    `… | Last Friday | Le dernier vendredi`. Raises BadShorthand.
    """
    spec, *notes = [part.strip() for part in text.split("|")]
    spec, *flags = spec.split(", ")
    common: dict = {}
    for words, state in STATES.items():
        if spec.startswith(words):
            common["state"], spec = state, spec.removeprefix(words).strip()
    tokens = spec.split()
    times = [token for token in tokens if re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", token)]
    pattern = [token for token in tokens if token not in times]
    match pattern:
        case []:
            common |= {"freq": "WEEKLY", "byday": ",".join(WEEKDAYS)}
        case ["24/7"]:
            common |= {"freq": "WEEKLY", "byday": ",".join(WEEKDAYS), "holidays": "as_usual"}
            times = ["00:00-00:00"]
        case ["fortnightly" | "fortnightly+1" as which, days]:
            first = FIRST_MONDAY + datetime.timedelta(weeks=which.endswith("+1"))
            common |= {"freq": "WEEKLY", "interval": 2, "byday": weekdays(days)}
            common["dtstart"] = first.isoformat()
        case ["monthly", days]:
            key = "byday" if days[-1].isalpha() else "bymonthday"
            common |= {"freq": "MONTHLY", key: days}
        case ["next", day]:
            common["dtstart"] = next_weekday(day, today).isoformat()
        case ["day", span]:
            first, _, last = span.partition("..")
            common["dtstart"] = in_days(first, today)
            if last:
                common["until"] = in_days(last, today)
        case ["holidays"]:
            common["holidays"] = "only"
        case [days]:
            common |= {"freq": "WEEKLY", "byday": weekdays(days)}
        case _:
            raise BadShorthand(f"Not hours: {text!r}.")
    for flag in flags:
        common |= hours_flag(flag, today)
    if notes:
        say(common, "description", notes)
    if not times:
        return [common]
    spans = [time.split("-") for time in times]
    return [{**common, "opens_at": opens, "closes_at": closes} for opens, closes in spans]


def hours_flag(flag: str, today: datetime.date) -> dict:
    if flag in ("closed on holidays", "holidays too"):
        return {"holidays": "closed" if flag.startswith("closed") else "as_usual"}
    if season := re.fullmatch(r"(\d\d-\d\d)\.\.(\d\d-\d\d)", flag):
        return {"season_from": season[1], "season_to": season[2]}
    if limit := re.fullmatch(r"(from|until) day (-?\d+)", flag):
        return {"valid_from" if limit[1] == "from" else "valid_to": in_days(limit[2], today)}
    raise BadShorthand(f"Not something about hours: {flag!r}.")


def weekdays(text: str) -> str:
    """ "MO-FR" as "MO,TU,WE,TH,FR"."""
    found: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise BadShorthand(f"Not days of the week: {text!r}.")
        found += WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last or first) + 1]
    return ",".join(found)


def next_weekday(text: str, today: datetime.date) -> datetime.date:
    """ "SA" is the Saturday after today, "SA+1" the one a week later."""
    day, _, later = text.partition("+")
    ahead = (WEEKDAYS.index(day) - today.weekday() - 1) % 7 + 1
    return today + datetime.timedelta(days=ahead, weeks=int(later or 0))


def in_days(count: str, today: datetime.date) -> str:
    return (today + datetime.timedelta(days=int(count))).isoformat()


# Documents


def documents(today: datetime.date) -> Iterator[dict]:
    """Every listing of the organization files, in their order."""
    for path in organization_files():
        for key, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            try:
                yield from Writer(key, entry, today).documents()
            except (BadShorthand, KeyError, IndexError, ValueError) as error:
                raise BadShorthand(f"{path.name}, {key}: {error!r}") from error


class Writer:
    """One organization's entry as listing documents."""

    KEYS = frozenset(
        [
            "name",
            "aka",
            "about",
            "town",
            "phone",
            "email",
            "website",
            "languages",
            "holidays",
            "year",
            "legal",
            "links",
            "contacts",
            "at",
            "offers",
            "led",
            "community",
            "steward",
            "consented",
            "checked_by",
        ]
    )
    PLACE_KEYS = frozenset(
        [
            "name",
            "aka",
            "about",
            "town",
            "street",
            "unit",
            "postal",
            "spot",
            "lat",
            "lon",
            "visibility",
            "access",
            "bus",
            "phone",
            "languages",
        ]
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
    SERVICE_KEYS = frozenset(SAID) | frozenset(
        [
            "kind",
            "more",
            "key",
            "category",
            "serves",
            "access",
            "hours",
            "holidays",
            "at",
            "stops",
            "delivery",
            "town",
            "province",
            "phone",
            "email",
            "link",
            "links",
            "languages",
            "ages",
            "costs",
            "bring",
            "beds",
            "status",
            "checked",
            "checked_by",
            "led",
            "steward",
            "consented",
            "area",
            "contacts",
            "program",
        ]
    )

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
                self.capacity(text, town, n) for n, text in enumerate(offer["beds"])
            ]
        if "area" in offer:
            document["service_areas"] = [area(item) for item in offer["area"]]
        if "program" in offer:
            names: dict = {}
            say(names, "name", offer["program"])
            key = slugify(names.get("name") or names["name_fr"])
            pk = identifier("program", self.key, key)
            document["program"] = {"id": str(pk), **names}

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

    def capacity(self, text: str, town: Town, number: int) -> dict:
        """ "2/12 bed", "0/8 bed, 21 days ago", "3/10 place | For women | Pour femmes"."""
        spec, *notes = [part.strip() for part in text.split("|")]
        found = re.fullmatch(r"(\d+)(?:/(\d+))? ([a-z]+)(?:, (\d+) days ago)?", spec)
        if not found:
            raise BadShorthand(f"Not a number of beds or places: {text!r}.")
        available, maximum, unit, days = found.groups()
        counted = self.today - datetime.timedelta(days=int(days or 1))
        moment = datetime.time(20 - 3 * number, 15)
        document = {
            "unit": {"identifier": unit},
            "available": int(available),
            "updated": datetime.datetime.combine(counted, moment, ZoneInfo(town.timezone))
            .astimezone(datetime.UTC)
            .isoformat(),
        }
        if maximum:
            document["maximum"] = int(maximum)
        if notes:
            say(document, "description", notes)
        return document


def refuse_unknown(entry: dict, known: frozenset[str]) -> None:
    if unknown := entry.keys() - known:
        raise BadShorthand(f"Unknown key: {', '.join(sorted(unknown))}.")


def in_its_languages(offer: dict, said: Iterable[str]) -> dict:
    """A name in one language alone makes a listing in that language alone."""
    spoken = [bool(name) for name in offer["name"]]
    pairs = {key: offer[key] for key in said if key in offer}
    return offer | {
        key: [text if on else "" for text, on in zip(pair, spoken, strict=True)]
        for key, pair in pairs.items()
    }


def languages(text: str | list[str]) -> list[dict]:
    """Languages of "en fr oj", or of ["en fr", "oj | on Tuesdays | le mardi"]."""
    found = []
    for item in [text] if isinstance(text, str) else text:
        codes, *notes = [part.strip() for part in item.split("|")]
        for code in codes.split():
            name, name_fr = LANGUAGES[code]
            language = {"code": code, "name": name, "name_fr": name_fr}
            if notes:
                say(language, "note", notes)
            found.append(language)
    return found


def cost(entry: dict) -> dict:
    document: dict = {"currency": "CAD"}
    say(document, "option", entry.get("for", ["", ""]))
    say(document, "amount_description", entry.get("words", ["", ""]))
    if "amount" in entry:
        document["amount"] = entry["amount"]
    return document


def area(entry: str | list) -> dict:
    """A town by its English name, or any area as a pair of names."""
    if isinstance(entry, list):
        document: dict = {}
        say(document, "name", entry)
        return document
    town = towns()[entry]
    return {"name": town.name, "name_fr": town.name_fr}
