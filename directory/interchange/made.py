"""A made-up catalogue of any size, for trials at scale: repeatable, spread as people are.

Service number n of a seed is always the same, however many are asked for, but for the dates in
it, which are relative to today. Kinds of service, their
texts and most of their hours come from the sample catalogue's library (`data/sample/kinds.toml`);
towns from the gazetteer, by population; the rest from a mix like that of real directories: hours
that nobody knows, listings nobody checked, addresses that stay private, services in one language.
"""

import math
import random
import uuid
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import SourceRecord
from directory.models.enums import OnHolidays, Province, Visibility
from directory.places.atlas import atlas
from directory.places.gazetteer import Place, great_circle_km

from . import fiction
from .actions import publish, write_listings
from .sample import forget
from .shorthand import hours, in_days, languages, offset

SOURCE = "made"
PUBLISHED_BY = "made-up catalogue"
PER_ORGANIZATION = 6
# Whole organizations, so that two batches never describe the same one.
BATCH = 80 * PER_ORGANIZATION
NEAR_KM = 60

# Area codes by province; the lines 555-0100 to 555-0199 are nobody's.
AREA_CODES = {
    "AB": "403 587 780",
    "BC": "236 250 604 778",
    "MB": "204 431",
    "NB": "506",
    "NL": "709",
    "NS": "782 902",
    "NT": "867",
    "NU": "867",
    "ON": "226 343 416 519 613 647 705 807 905",
    "PE": "782 902",
    "QC": "418 438 450 514 819",
    "SK": "306 639",
    "YT": "867",
}
# How often each kind stands in a directory, beside one for every other kind.
FREQUENT = {
    "naloxone": 9,
    "counselling": 8,
    "pharmacy": 8,
    "walk-in-clinic": 7,
    "mutual-aid": 7,
    "oat": 6,
    "meal": 5,
    "hamper": 5,
    "supplies": 5,
    "therapy": 5,
    "health-unit": 4,
    "family-group": 4,
    "drop-in": 3,
    "shelter": 3,
    "peer-time": 3,
    "rapid-access": 3,
    "withdrawal-beds": 3,
    "housing-help": 3,
    "youth-program": 3,
    "residential": 2,
    "safe-house": 2,
    "outreach": 2,
}
WORDS = [
    ("Alder", "Aulne"),
    ("Anchor", "Ancre"),
    ("Aspen", "Tremble"),
    ("Beacon", "Fanal"),
    ("Birch", "Bouleau"),
    ("Bluebell", "Campanule"),
    ("Bridge", "Pont"),
    ("Brook", "Ruisseau"),
    ("Cedar", "Cèdre"),
    ("Clearwater", "Eau-Claire"),
    ("Clover", "Trèfle"),
    ("Compass", "Boussole"),
    ("Crane", "Grue"),
    ("Daybreak", "Aube"),
    ("Ember", "Braise"),
    ("Fern", "Fougère"),
    ("Ferry", "Traversier"),
    ("Field", "Champ"),
    ("Granite", "Granit"),
    ("Harbour", "Havre"),
    ("Hazel", "Noisetier"),
    ("Heron", "Héron"),
    ("Hill", "Colline"),
    ("Island", "Île"),
    ("Jackpine", "Pin-Gris"),
    ("Kettle", "Bouilloire"),
    ("Lantern", "Lanterne"),
    ("Larch", "Mélèze"),
    ("Lighthouse", "Phare"),
    ("Loon", "Huard"),
    ("Maple", "Érable"),
    ("Meadow", "Pré"),
    ("Moss", "Mousse"),
    ("Northwind", "Vent-du-Nord"),
    ("Orchard", "Verger"),
    ("Otter", "Loutre"),
    ("Pebble", "Galet"),
    ("Porch", "Galerie"),
    ("Prairie", "Prairie"),
    ("Rapids", "Rapides"),
    ("Ridge", "Crête"),
    ("River", "Rivière"),
    ("Saltmarsh", "Marais"),
    ("Shore", "Rivage"),
    ("Snowbird", "Bruant"),
    ("Spruce", "Épinette"),
    ("Starling", "Étourneau"),
    ("Stone", "Pierre"),
    ("Tamarack", "Tamarac"),
    ("Thistle", "Chardon"),
    ("Tide", "Marée"),
    ("Valley", "Vallée"),
    ("Willow", "Saule"),
    ("Window", "Fenêtre"),
]
GROUPS = [
    ("Community Health", "Santé communautaire"),
    ("Community Services", "Services communautaires"),
    ("Collective", "Collectif"),
    ("Family Services", "Services à la famille"),
    ("Harm Reduction", "Réduction des méfaits"),
    ("House", "Maison"),
    ("Network", "Réseau"),
    ("Outreach", "Travail de rue"),
    ("Recovery Centre", "Centre de rétablissement"),
    ("Wellness Centre", "Centre de mieux-être"),
]
STREETS = ["Street", "Avenue", "Lane", "Road", "Row", "Crescent", "Court", "Terrace"]
# Where a kind's own hours are not taken, one of these is.
HOURS = [
    "MO-FR 09:00-17:00",
    "MO-FR 08:30-16:30, closed on holidays",
    "MO-FR 08:00-12:00 13:00-16:00, closed on holidays",
    "MO-TH 10:00-18:00",
    "TU-SA 11:00-19:00",
    "MO-SU 08:00-20:00, holidays too",
    "MO-SU 20:00-02:00",
    "24/7",
    "by appointment MO-FR 09:00-17:00, closed on holidays",
    "by appointment",
    "call first MO-FR 10:00-15:00",
    "monthly 2TU,4TU 13:00-16:00",
    "fortnightly WE 10:00-14:00",
]


@lru_cache(maxsize=1)
def kinds() -> tuple[list[str], list[int]]:
    """Kinds of the library, and the running total of how often each is met."""
    names = list(fiction.kinds())
    return names, list(accumulate(FREQUENT.get(name, 1) for name in names))


class Series:
    """The endless row of made-up services of one seed, everywhere or near one place."""

    def __init__(self, seed: int = 1, near: Place | None = None):
        self.key = f"{seed} near {near.key}" if near else str(seed)
        self.today = timezone.localdate()
        self.towns: list[Place] = []
        weights = []
        for town in atlas().towns:
            people = max(town.population, 100) / (5 if town.district else 1)
            if near is not None:
                km = great_circle_km(near.lat, near.lon, town.lat, town.lon)
                if km > NEAR_KM:
                    continue
                people /= 1 + km
            self.towns.append(town)
            weights.append(people)
        if not self.towns:
            raise ValueError(
                _("There is no town within %(km)d km of %(place)s.")
                % {"km": NEAR_KM, "place": near}
            )
        self.cumulative = list(accumulate(weights))

    def documents(self, start: int, end: int) -> Iterator[dict]:
        """Listing documents number `start` up to, but without, `end`."""
        for number in range(start, end):
            group = number // PER_ORGANIZATION
            if number == start or number % PER_ORGANIZATION == 0:
                home, organization = self.organization(group)
            yield self.service(number, home, organization)

    def dice(self, *path: str) -> random.Random:
        return random.Random("/".join((self.key, *path)))  # noqa: S311

    def pk(self, *path: str) -> uuid.UUID:
        return fiction.identifier(SOURCE, self.key, *path)

    def town(self, dice: random.Random) -> Place:
        return dice.choices(self.towns, cum_weights=self.cumulative)[0]

    def organization(self, group: int) -> tuple[Place, dict]:
        """An organization, and the town it is at home in."""
        dice = self.dice("organization", str(group))
        pk = self.pk("organization", str(group))
        home = self.town(dice)
        (word, word_fr), (kind, kind_fr) = dice.choice(WORDS), dice.choice(GROUPS)
        document: dict = {
            "id": str(pk),
            # A slug of its own from the start: the catalogue need not look for a free one.
            "slug": f"{word}-{kind}-{pk.hex[:12]}".lower().replace(" ", "-"),
            "phones": [{"number": number_in(home, dice)}],
            "website": f"https://{pk.hex[:12]}.example.org",
        }
        french, both = home.province == Province.QC, dice.random() < 0.6
        if both or not french:
            document["name"] = f"{word} {kind}"
        if both or french:
            document["name_fr"] = f"{kind_fr} {word_fr}"
        return home, document

    def service(self, number: int, home: Place, organization: dict) -> dict:
        dice = self.dice("service", str(number))
        names, weights = kinds()
        key = dice.choices(names, cum_weights=weights)[0]
        kind = fiction.kinds()[key]
        town = home if dice.random() < 0.7 else self.town(dice)
        pk = self.pk("service", str(number))
        document: dict = {
            "id": str(pk),
            "slug": f"{key}-{pk.hex[:12]}",
            "organization": organization,
            "delivery": kind.get("delivery", "in_person").split(),
            "state_province": town.province,
            "timezone": town.timezone,
            "peer_led": "peer" in kind.get("led", ""),
            "attributes": terms(kind, dice),
            "languages": languages(spoken(town, dice)),
            **words(kind, town, dice),
        }
        if dice.random() < 0.85:
            document["phones"] = [{"number": number_in(town, dice)}]
        if "indigenous" in kind.get("led", ""):
            document |= {
                "indigenous_led": True,
                "indigenous_community": "Made-up community",
                "indigenous_community_fr": "Communauté inventée",
                "steward": "Made-up steward",
                "steward_consented_on": in_days("-30", self.today),
            }
        checked = dice.random()
        if checked < 0.8:
            days = dice.randint(0, 200) if checked < 0.6 else dice.randint(200, 900)
            document["assured_date"] = in_days(f"-{days}", self.today)
            document["assured_by"] = organization.get("name") or organization["name_fr"]
        if ages := kind.get("ages"):
            youngest, _, oldest = ages.partition("-")
            document["minimum_age"] = int(youngest)
            if oldest:
                document["maximum_age"] = int(oldest)
        if dice.random() < 0.03:
            document["status"] = "temporarily closed"
        return document | self.where_and_when(key, kind, document, town, pk, dice)

    def where_and_when(
        self,
        key: str,
        kind: dict,
        document: dict,
        town: Place,
        pk: uuid.UUID,
        dice: random.Random,
    ) -> dict:
        """A place with hours; for those by phone, or who come to you, hours and an area."""
        schedules = self.timetable(kind, dice)
        area = {"service_areas": [{"name": town.name, "name_fr": town.name_fr}]}
        delivery = set(document["delivery"])
        if "in_person" not in delivery and ("mobile" not in delivery or dice.random() < 0.5):
            return {"schedules": schedules, **area}
        spread = min(20, 0.5 + math.sqrt(town.population) / 60)
        km, bearing = min(abs(dice.gauss(0, spread)), 40), dice.uniform(0, 360)
        lat, lon = offset(town.lat, town.lon, km, bearing)
        city = town.name_fr if town.province == Province.QC else town.name
        street = f"{dice.randint(1, 2999)} {dice.choice(WORDS)[0]} {dice.choice(STREETS)}"
        approximate = dice.random() < 0.03
        location = {
            "id": str(self.pk("location", str(pk))),
            "visibility": Visibility.APPROXIMATE.value if approximate else Visibility.PUBLIC.value,
            "latitude": lat,
            "longitude": lon,
            "timezone": town.timezone,
            "addresses": [{"address_1": street, "city": city, "state_province": town.province}],
        }
        found: dict = {"service_at_locations": [{"location": location, "schedules": schedules}]}
        if key == "safe-house":
            location["visibility"] = Visibility.CONFIDENTIAL.value
            found |= area
            found["phones"] = document.get("phones") or [{"number": number_in(town, dice)}]
        return found

    def timetable(self, kind: dict, dice: random.Random) -> list[dict]:
        """Hours nobody knows, the kind's own, or others; what holidays do is said by half."""
        chance = dice.random()
        if chance < 0.15:
            return []
        texts = kind["hours"] if chance < 0.65 else [dice.choice(HOURS)]
        lines = [dict(line) for text in texts for line in hours(text, self.today)]
        if dice.random() < 0.5:
            said = dice.choice([OnHolidays.CLOSED, OnHolidays.AS_USUAL])
            for line in lines:
                if line.get("freq"):
                    line.setdefault("holidays", said.value)
        return lines


def number_in(town: Place, dice: random.Random) -> str:
    return f"{dice.choice(AREA_CODES[town.province].split())}-555-{dice.randint(100, 199):04}"


def words(kind: dict, town: Place, dice: random.Random) -> dict:
    """Names and descriptions: both languages more often than not, one at least."""
    texts = kind["text"]
    text = dice.choice(texts) if isinstance(texts[0], list) else texts
    said = {"name": kind["name"], "description": text}
    if "who" in kind:
        said["eligibility_description"] = kind["who"]
    french, both = town.province == Province.QC, dice.random() < 0.6
    found = {}
    for key, (english_text, french_text) in said.items():
        if both or not french:
            found[key] = english_text.format(town=town.name, place=town.name)
        if both or french:
            found[f"{key}_fr"] = french_text.format(
                town=town.name_fr, place=town.name_fr, of_town=fiction.de(town.name_fr)
            )
    return found


def terms(kind: dict, dice: random.Random) -> list[dict]:
    """The kind's categories, and most of whom it serves and how one gets in."""
    found = [("category", code) for code in kind["category"].split()]
    for taxonomy, share in (("serves", 0.8), ("access", 0.7)):
        codes = kind.get(taxonomy, "").split()
        found += [(taxonomy, code) for code in codes if dice.random() < share]
    return [{"taxonomy_term": {"taxonomy": taxonomy, "code": code}} for taxonomy, code in found]


def spoken(town: Place, dice: random.Random) -> str:
    first, second = ("fr", "en") if town.province == Province.QC else ("en", "fr")
    codes = [first]
    if dice.random() < 0.3:
        codes.append(second)
    if dice.random() < 0.1:
        codes.append(dice.choice(["ar", "cr", "es", "iu", "oj", "pa", "so", "tl", "uk", "zh"]))
    return " ".join(codes)


def make_services(
    count: int,
    *,
    seed: int = 1,
    near: Place | None = None,
    progress: Callable[[int, int], None] = lambda done, count: None,
) -> int:
    """Bring services 0 up to `count` of a seed into the catalogue; how many it added.

    A batch at a time: what an interrupted run has written stays, and the next run goes on from
    there. Raises ValueError when there is no town near `near`.
    """
    series = Series(seed, near)
    mine = SourceRecord.objects.filter(source=SOURCE, source_id__startswith=f"{series.key}/")
    there = mine.count()
    for start in range(there - there % BATCH, count, BATCH):
        end = min(start + BATCH, count)
        make_batch(series, start, end)
        progress(end, count)
    forget()
    return max(0, count - there)


@transaction.atomic
def make_batch(series: Series, start: int, end: int) -> None:
    ids = write_listings(series.documents(start, end))
    SourceRecord.objects.bulk_create(
        [
            # Nobody will compare these with what a source says next: the document stays empty.
            SourceRecord(source=SOURCE, source_id=f"{series.key}/{n}", service_id=pk, document={})
            for n, pk in enumerate(ids, start)
        ],
        ignore_conflicts=True,
    )
    publish(ids, by=PUBLISHED_BY)
