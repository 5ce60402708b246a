"""Postal areas: a point where people live, and how far off it may be."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import accumulate

from directory.places.extraction.names import community_name
from directory.places.extraction.sources import (
    Code,
    Town,
    in_bounds,
    median_point,
    province_of,
    spread_km,
)
from directory.places.extraction.towns import SAME_COMMUNITY_KM, Index
from directory.places.place import weight
from directory.places.sphere import great_circle_km

# An urban area whose codes lie farther than this from the town they name has strayed …
BESIDE_KM = 30
# … unless the town is so far off that it must be another of that name.
STRAYED_KM = 200
MOST_ROUGH_KM = 500
# A rural area wider than this has no middle worth the name; its largest community stands for it.
TOO_WIDE_KM = 200


def communities(
    towns: list[Town], areas: dict[str, list[Code]]
) -> dict[str, list[tuple[Town, list[str]]]]:
    """The communities each rural area serves, with the codes' last halves ("2L0")."""
    index = Index(towns)
    served = {}
    for area, codes in areas.items():
        if area[1] != "0":
            continue
        lat, lon = median_point(codes)
        spread = spread_km(lat, lon, codes)
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
        if area in served:
            those = [town for town, _ in served[area]]
            town = max(those, key=lambda t: (weight(t), t.key))
            lat, lon, rough = where_people_live(those)
            if rough > TOO_WIDE_KM:
                lat, lon, rough = town.lat, town.lon, holding(those, town.lat, town.lon)
            rough = max(rough, 5.0)
        elif area in areas:
            lat, lon, rough = where_codes_lie(areas[area])
            name, _ = community_name(commonest_name(areas[area]), province, {})
            town = index.near(name, province, lat, lon, STRAYED_KM)
            if town and not town.rough_km and town.km_from(lat, lon) > BESIDE_KM:
                remarks.append(
                    f"{area}: its codes strayed {town.km_from(lat, lon):.0f} km from {name}"
                )
                lat, lon, rough = town.lat, town.lon, 10.0
        else:
            (lat, lon, _), town = second[area], None
            rough = 25.0 if area[1] == "0" else 5.0
            remarks.append(f"{area}: only pypostalcode knows it")
        if not in_bounds(province, lat, lon):
            remarks.append(f"{area}: left out, its point is not in {province}")
            continue
        apart = great_circle_km(lat, lon, *second[area][:2]) if area in second else 0
        if apart > max(15, rough):
            remarks.append(f"{area}: pypostalcode puts it {apart:.0f} km away")
        if town is None or (area not in served and town.km_from(lat, lon) > SAME_COMMUNITY_KM):
            near = [t for t in landmarks if t.province == province]
            town = min(near, key=lambda t: t.km_from(lat, lon))
        rough = min(rough, MOST_ROUGH_KM)
        figure = f"{rough:.0f}" if rough >= 5 else f"{rough:.1f}"
        table.append([area, province, f"{lat:.4f}", f"{lon:.4f}", figure, town.key])
    return table


def commonest_name(codes: list[Code]) -> str:
    return Counter(code.name for code in codes).most_common(1)[0][0]


def where_codes_lie(codes: list[Code]) -> tuple[float, float, float]:
    """Median point of an urban area's codes, and the distance that holds 93 in 100 of them.

    Codes that have strayed far out are left out of account.
    """
    lat, lon = median_point(codes)
    reach = max(10, 4 * spread_km(lat, lon, codes, 0.75))
    close = [c for c in codes if great_circle_km(lat, lon, c.lat, c.lon) <= reach]
    return lat, lon, max(spread_km(lat, lon, close, 0.93), 1.0)


def where_people_live(towns: list[Town]) -> tuple[float, float, float]:
    """The point with the least total distance to some towns, and how far from it they lie.

    Weiszfeld's method; each town weighs the square root of its people.
    """
    weights = people_weights(towns)
    total = sum(weights)
    lat = sum(w * t.lat for w, t in zip(weights, towns, strict=True)) / total
    lon = sum(w * t.lon for w, t in zip(weights, towns, strict=True)) / total
    for _ in range(200):
        pulls = [w / max(t.km_from(lat, lon), 0.5) for w, t in zip(weights, towns, strict=True)]
        lat = sum(p * t.lat for p, t in zip(pulls, towns, strict=True)) / sum(pulls)
        lon = sum(p * t.lon for p, t in zip(pulls, towns, strict=True)) / sum(pulls)
    return lat, lon, holding(towns, lat, lon)


def holding(towns: list[Town], lat: float, lon: float) -> float:
    """The distance from a point that holds nine tenths of some towns' weight, as above."""
    by_distance = sorted(
        (town.km_from(lat, lon), w) for town, w in zip(towns, people_weights(towns), strict=True)
    )
    total = sum(w for _, w in by_distance)
    reached = accumulate(w for _, w in by_distance)
    rough = next(
        distance for (distance, _), w in zip(by_distance, reached, strict=True) if w >= 0.9 * total
    )
    return rough + (towns[0].rough_km if len(towns) == 1 else 0)


def people_weights(towns: list[Town]) -> list[float]:
    return [math.sqrt(weight(replace(town, district=False))) for town in towns]
