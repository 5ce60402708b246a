"""The towns and postal areas of Canada, read once a process from the files in `data/`."""

from __future__ import annotations

import csv
import heapq
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from directory.places.folding import fold, squash
from directory.places.place import (
    CLEARLY_LARGER,
    SAME_SPOT_KM,
    Place,
    by_weight,
    weight,
)
from directory.places.provinces import PROVINCES, province_code
from directory.places.sphere import great_circle_km, unit_vector

DATA = Path(__file__).parent / "data"

# Who made the data, for the page that thanks them: (name, address, licence).
SOURCES = (
    ("GeoNames", "https://www.geonames.org/", "CC BY 4.0"),
    ("pypostalcode", "https://github.com/inkjet/pypostalcode", "MIT"),
)


def rows(name: str) -> Iterator[list[str]]:
    """The rows of one data file, without its heading."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


class Atlas:
    """Every town, and the ways its name is typed."""

    def __init__(self) -> None:
        self.towns: list[Place] = []
        # squashed name or other name -> positions in `towns`
        self.named: dict[str, list[int]] = defaultdict(list)
        # (squashed name, province) of the one town whose key that is -> position
        self.keyed: dict[tuple[str, str], int] = {}
        french = {}
        table = []
        for row in rows("towns.csv"):
            table.append(row)
            if row[1]:
                french[row[0], row[3]] = row[1]
        for number, row in enumerate(table):
            name, name_fr, near, province, lat, lon, population, zone, rough, district, also = row
            province, zone = sys.intern(province), sys.intern(zone)
            self.towns.append(
                Place(
                    "town",
                    name,
                    name_fr or name,
                    province,
                    float(lat),
                    float(lon),
                    int(population),
                    zone,
                    float(rough),
                    near,
                    french.get((near, province), near),
                    district == "1",
                )
            )
            keys = [squash(name)]
            if near:
                keys.append(squash(f"{name} {near}"))
            self.keyed[keys[-1], province] = number
            if name_fr:
                keys.append(squash(name_fr))
            if also:
                keys.extend(squash(other) for other in also.split("|"))
            for key in dict.fromkeys(keys):
                self.named[key].append(number)

    def called(self, name: str, province: str = "") -> list[Place]:
        """Towns of that name (any spelling `fold` unites), in one province or any; largest first.

        Where a town's own key is "name, province", only that town.
        """
        key = squash(name)
        if province and (key, province) in self.keyed:
            return [self.towns[self.keyed[key, province]]]
        found = (self.towns[number] for number in self.named.get(key, ()))
        return by_weight(town for town in found if not province or town.province == province)

    def town(self, key: str) -> Place:
        """The town with this `Place.key`; KeyError when there is none."""
        name, _, province = key.rpartition(", ")
        return self.towns[self.keyed[squash(name), province]]


@lru_cache(maxsize=1)
def atlas() -> Atlas:
    return Atlas()


def clear_winner(towns: list[Place]) -> bool:
    """Whether the first of some namesakes (largest first) is what people mean by the name.

    It is when it is ten times as large as each other one that is not in the same spot.
    """
    first = towns[0]
    return all(
        weight(first) >= CLEARLY_LARGER * weight(other)
        or great_circle_km(first.lat, first.lon, other.lat, other.lon) < SAME_SPOT_KM
        for other in towns[1:]
    )


@lru_cache(maxsize=1)
def postal_areas() -> dict[str, Place]:
    """Forward sortation areas ("P7B") as places, with how far off their point may be."""
    areas = {}
    for code, province, lat, lon, rough, town in rows("postal_areas.csv"):
        base = atlas().town(town)
        areas[code] = Place(
            "postal",
            code,
            code,
            sys.intern(province),
            float(lat),
            float(lon),
            timezone=base.timezone,
            rough_km=float(rough),
            near=base.name,
            near_fr=base.name_fr,
        )
    return areas


@lru_cache(maxsize=1)
def rural_codes() -> dict[str, Place]:
    """The community of each rural postal code known to serve one: "P0V 2L0" -> Pikangikum."""
    codes = {}
    for area, town, deliveries in rows("rural_codes.csv"):
        community = atlas().town(town)
        for delivery in deliveries.split():
            codes[f"{area} {delivery}"] = community
    return codes


@lru_cache(maxsize=1)
def communities() -> dict[str, tuple[Place, ...]]:
    """The communities a rural postal area serves, largest first."""
    served: dict[str, set[Place]] = defaultdict(set)
    for area, town, _deliveries in rows("rural_codes.csv"):
        served[area].add(atlas().town(town))
    return {area: tuple(by_weight(towns)) for area, towns in served.items()}


@lru_cache(maxsize=1)
def _landmarks() -> list[tuple[float, float, float, Place]]:
    """Towns whose position is exact and that are nobody's district, as unit vectors."""
    return [
        (*unit_vector(town.lat, town.lon), town)
        for town in atlas().towns
        if not town.rough_km and not town.district
    ]


def nearest_town(lat: float, lon: float, province: str = "") -> Place:
    """The town closest to a point; of one province, where that is known.

    Districts of larger towns are passed over, so that a point in Parkdale is near Toronto.
    """
    x, y, z = unit_vector(lat, lon)
    landmarks = _landmarks()
    if province in PROVINCES:
        landmarks = [mark for mark in landmarks if mark[3].province == province]
    return max(landmarks, key=lambda mark: mark[0] * x + mark[1] * y + mark[2] * z)[3]


def timezone_at(lat: float, lon: float, province: str = "") -> str:
    """IANA time zone of a point: that of the nearest town, of the same province where known.

    Zones follow provinces and districts, not lines on a map, so this is right except for a few
    kilometres along a zone's edge.
    """
    return nearest_town(lat, lon, province).timezone


def area_point(city: str, province: str) -> Place | None:
    """The town an address names, for showing its area without the address.

    `province`: a code or a name, or empty. None where the name is unknown or could mean several
    towns: no point is better than a wrong one.
    """
    code = province_code(province)
    if not city or (province and not code):
        return None
    towns = atlas().called(city, code)
    return towns[0] if towns and clear_winner(towns) else None


@lru_cache(maxsize=1)
def _starts() -> list[tuple[str, int]]:
    """(squashed name, position) in order, for finding names by how they begin."""
    return sorted((key, number) for key, numbers in atlas().named.items() for number in numbers)


def complete(prefix: str, limit: int = 8) -> list[Place]:
    """Places whose name begins like this, most people first; for suggestions while typing.

    "thun" gives Thunder Bay; "windsor, n" Windsor in Nova Scotia; "p7" the postal areas there.
    Never raises; nothing for an empty or absurd text.
    """
    if not prefix or len(prefix) > 100 or limit < 1:
        return []
    text, _, region = prefix.partition(",")
    region = fold(region)
    whole = fold(text)
    if not whole:
        return []
    if len(whole) <= 3 and whole.upper()[0] in "ABCEGHJKLMNPRSTVXY" and whole[1:2].isdecimal():
        areas = postal_areas()
        return [areas[code] for code in sorted(areas) if code.startswith(whole.upper())][:limit]
    # "st" may be the start of Stratford, and "st" alone is Saint: look for both.
    beginnings = {whole.replace(" ", "")}
    last = text.split()[-1].lower()
    if last.isalnum() and not whole.endswith(last):
        beginnings.add(squash(" ".join(text.split()[:-1])) + last)
    starts, towns = _starts(), atlas().towns
    found = set()
    for beginning in beginnings:
        position = bisect_left(starts, (beginning, -1))
        while position < len(starts) and starts[position][0].startswith(beginning):
            found.add(starts[position][1])
            position += 1
    matching = (towns[number] for number in found if _in_region(towns[number].province, region))
    return heapq.nsmallest(limit, matching, key=lambda p: (-weight(p), p.name, p.province))


def _in_region(code: str, region: str) -> bool:
    if not region or province_code(region) == code:
        return True
    province = PROVINCES[code]
    names = (code, province.name, province.name_fr)
    return any(fold(name).startswith(region) for name in names)
