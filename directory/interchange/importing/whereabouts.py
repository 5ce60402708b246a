"""Where a row says it is, held against the map: town, postal code and position must agree."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from django.utils.translation import gettext as _

from directory.places import gazetteer
from directory.places.gazetteer import Place, Status

Point = tuple[float, float]

CLOSE_KM = 60  # farther from its town or postal area, a position belongs to another place
SAME_TOWN_KM = 25  # a misspelt town must be this close to the position to be the one meant
ALIKE = 0.8  # of the letters


@dataclass(frozen=True)
class Whereabouts:
    """A point (latitude, longitude) to trust, its time zone, and what did not agree."""

    point: Point | None
    time_zone: str
    warnings: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def towns_called(town: str, province: str) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Towns of this name in the province, and those of a name that comes close."""
    found = gazetteer.find(f"{town}, {province}")
    if found.status == Status.ONE and found.place.kind == "town":
        return (found.place,), ()
    others = tuple(place for place in found.others if place.province == province)
    return (others, ()) if found.status == Status.SEVERAL else ((), others)


@lru_cache(maxsize=4096)
def time_zone_at(latitude: float, longitude: float, province: str) -> str:
    return gazetteer.timezone_at(latitude, longitude, province)


def town_meant(town: str, province: str, point: Point | None) -> str:
    """The town as the map spells it, where what is written is no town but nearly one close by."""
    known, similar = towns_called(town, province)
    if known or point is None:
        return town
    for place in similar:
        alike = SequenceMatcher(None, place.name.lower(), town.lower()).ratio() >= ALIKE
        if alike and distance(place, point) <= SAME_TOWN_KM + place.rough_km:
            return place.name
    return town


def whereabouts(town: str, province: str, postal_code: str, point: Point | None) -> Whereabouts:
    """What to believe of a place's town, postal code and position.

    A position far from both the town and the postal area is given up for the town's centre.
    """
    towns, _similar = towns_called(town, province)
    named = min(towns, key=lambda place: distance(place, point) if point else 0, default=None)
    warnings = []
    area = None
    if postal_code:
        area = gazetteer.find(postal_code).place
        if area is None:
            warnings.append(_("%s is not a known postal code") % postal_code)
    if point is None:
        if named is None:
            warnings.append(_("“%s” is not a known town") % town)
        return Whereabouts(None, named.timezone if named else "", tuple(warnings))
    far = [place for place in (named, area) if place and distance(place, point) > reach(place)]
    for place in far:
        label = f"{postal_code} ({place.near})" if place is area else town
        warnings.append(
            _("%(place)s is %(km)d km from the position given")
            % {"place": label, "km": round(distance(place, point))}
        )
    if named and area and len(far) == 2:
        point = named.lat, named.lon
        warnings.append(_("the centre of %s is used for its position") % town)
    return Whereabouts(point, time_zone_at(*point, province), tuple(warnings))


def distance(place: Place, point: Point) -> float:
    return gazetteer.great_circle_km(place.lat, place.lon, *point)


def reach(place: Place) -> float:
    return CLOSE_KM + place.rough_km
