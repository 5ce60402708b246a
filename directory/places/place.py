"""A place as the site names it: a town, a postal area, or a point on the map."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language, pgettext

from directory.places.provinces import province_name


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in Canada to search from.

    `kind`: "town", "postal" or "point". `lat`, `lon`: decimal degrees, WGS 84. `population`: 0
    where unknown. `rough_km`: nine in ten true positions lie within so many kilometres of the
    point; 0 for towns and points, which are as exact as their name. `near`: the larger town that
    tells a namesake apart ("Fairview" near "Calgary"), the town a postal area belongs to, or the
    town nearest to a point. `district`: part of a larger town.
    """

    kind: str
    name: str
    name_fr: str
    province: str
    lat: float
    lon: float
    population: int = 0
    timezone: str = ""
    rough_km: float = 0
    near: str = ""
    near_fr: str = ""
    district: bool = False

    @property
    def label(self) -> str:
        """Name and province in the reader's language, as that language writes them."""
        french = (get_language() or "en").startswith("fr")
        name, near = (self.name_fr, self.near_fr) if french else (self.name, self.near)
        province = province_name(self.province, "fr" if french else "en")
        if self.kind == "point":
            town = f"{near} ({province})" if french else f"{near}, {province}"
            # Translators: {town} is a town and its province; French must not elide before it.
            return pgettext("a position on the map", "near {town}").format(town=town)
        if near and self.kind == "town" and not french:
            name = f"{name} ({near})"
        elif near:
            name = f"{name}, {near}"
        return f"{name} ({province})" if french else f"{name}, {province}"

    @property
    def key(self) -> str:
        """The text that names exactly this place when typed again, in either language.

        "Thunder Bay, ON", "Fairview (Calgary), AB", "P7B", "P0V 2L0", "48.38,-89.25".
        """
        if self.kind == "postal":
            return self.name
        if self.kind == "point":
            return f"{self.lat:.2f},{self.lon:.2f}"
        name = f"{self.name} ({self.near})" if self.near else self.name
        return f"{name}, {self.province}"

    def __str__(self) -> str:
        return self.label


# Someone who types a name that several places share means the largest one when it is at least
# this many times as large as the next; otherwise they are asked.
CLEARLY_LARGER = 10
# Unlisted places are villages, mostly; guessing high, so that people are asked rather than misled.
UNKNOWN_POPULATION = 500
# Namesakes this close are one choice: Lloydminster lies in two provinces.
SAME_SPOT_KM = 30


def weight(place: Place) -> float:
    """How likely a name means this place: its people, a district counting for a fifth."""
    people = max(place.population, UNKNOWN_POPULATION)
    return people / 5 if place.district else people


def by_weight(places) -> list[Place]:
    """Likeliest first; ties by name and province, so that the order never changes."""
    return sorted(places, key=lambda p: (-weight(p), p.name, p.province, p.lat, p.lon))
