"""The door of this room: everything other rooms ask of the map is imported from here.

    found = find("sault ste marie")     # towns, postal codes, positions as people type them
    found.place.label                   # "Sault Ste. Marie, Ontario"
    nearest_town(48.38, -89.25).key     # "Thunder Bay, ON"
    complete("thun", 5)                 # suggestions while typing
    area_point("Kenora", "ON")          # a town standing in for an address in it

Latitude comes before longitude everywhere, in decimal degrees; distances are in kilometres.
"""

from directory.places.atlas import SOURCES, area_point, complete, nearest_town, timezone_at
from directory.places.finding import Found, Problem, Status, find, place_called, point
from directory.places.folding import fold
from directory.places.place import Place
from directory.places.provinces import PROVINCES, province_code, province_name
from directory.places.spelling import letters_apart
from directory.places.sphere import (
    EARTH_RADIUS_KM,
    box,
    chord,
    great_circle_km,
    in_canada,
    km_from_chord,
    unit_vector,
)

__all__ = [
    "EARTH_RADIUS_KM",
    "PROVINCES",
    "SOURCES",
    "Found",
    "Place",
    "Problem",
    "Status",
    "area_point",
    "box",
    "chord",
    "complete",
    "find",
    "fold",
    "great_circle_km",
    "in_canada",
    "km_from_chord",
    "letters_apart",
    "nearest_town",
    "place_called",
    "point",
    "province_code",
    "province_name",
    "timezone_at",
    "unit_vector",
]
