"""Towns: each once, with the communities only postal codes name, told apart from namesakes."""

from __future__ import annotations

import math
from collections import defaultdict

from directory.places.extraction.names import NOT_A_COMMUNITY, community_name
from directory.places.extraction.sources import (
    Code,
    Town,
    hand_rows,
    in_bounds,
    median_point,
    spread_km,
)
from directory.places.folding import squash
from directory.places.place import CLEARLY_LARGER, weight
from directory.places.sphere import great_circle_km

# Of one name and province, GeoNames' entries closer than this are one place written twice.
TWICE_KM = 25
# A postal code's community is the one of that name no farther off than this.
SAME_COMMUNITY_KM = 80
# A point written by hand is a kilometre off at the most: one that is farther is the source's slip.
MISPLACED_KM = 3
# Nine in ten communities placed by their postal codes are this close to where they are drawn.
COMMUNITY_ROUGH_KM = 20
# A point that more communities than this share stands in for one nobody knew.
MOST_TO_SHARE = 2
# Points more than this many times as far from the middle as three quarters of the others are dirt.
FAR_OUT = 3


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
            if known.km(town) > MISPLACED_KM:
                known.lat, known.lon = town.lat, town.lon
            remarks.append(f"{town.key}: added by hand, and GeoNames has it too")
        else:
            towns.append(town)


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
        lat, lon = median_point(codes)
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
            lat, lon = median_point(exact)
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
