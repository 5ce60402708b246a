"""Distance and direction on the Earth, taken as a sphere, and the outline of Canada.

The mean radius (6,371.0088 km, IUGG) keeps great-circle distances within 0.5 % of those on the
ellipsoid. Everything is in kilometres and decimal degrees.
"""

from __future__ import annotations

import math

EARTH_RADIUS_KM = 6371.0088


def great_circle_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Shortest way over the ground between two points (haversine), in kilometres."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def unit_vector(lat: float, lon: float) -> tuple[float, float, float]:
    """The point on a sphere of radius 1: x to 0° N 0° E, y to 0° N 90° E, z to the North Pole.

    Straight lines between such points (`chord`) sort as the great circles between them do.
    """
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def chord(km: float) -> float:
    """Length, on the unit sphere, of the straight line under a great circle of so many km.

    0 at 0 km, 2 at the far side of the Earth; anything longer is 2.
    """
    half_angle = min(max(km, 0.0) / EARTH_RADIUS_KM / 2, math.pi / 2)
    return 2 * math.sin(half_angle)


def km_from_chord(length: float) -> float:
    """Great-circle kilometres over a straight line of this length on the unit sphere."""
    return 2 * EARTH_RADIUS_KM * math.asin(min(max(length, 0.0) / 2, 1.0))


def box(lat: float, lon: float, km: float) -> tuple[float, float, float, float]:
    """(south, west, north, east) in degrees, surely holding every point within `km`.

    The circle is widest in longitude poleward of its centre, not at its own latitude; where it
    reaches a pole or the 180th meridian the box takes all longitudes.
    """
    # A hair wider, so that rounding never leaves out a point on the very edge.
    radius = max(km, 0.0) / EARTH_RADIUS_KM * (1 + 1e-9) + 1e-9
    south, north = lat - math.degrees(radius), lat + math.degrees(radius)
    if south <= -90 or north >= 90:
        return max(south, -90.0), -180.0, min(north, 90.0), 180.0
    reach = math.degrees(math.asin(min(1.0, math.sin(radius) / math.cos(math.radians(lat)))))
    west, east = lon - reach, lon + reach
    if west < -180 or east > 180:
        west, east = -180.0, 180.0
    return south, west, north, east


# (lon, lat), drawn by hand some twenty kilometres outside the border and the coasts: nobody in
# Canada is turned away, and a few places just across the border are let in.
OUTLINE = (
    (-141.4, 70.2), (-141.4, 60.1), (-139.2, 59.8), (-137.6, 58.6), (-135.8, 59.3),
    (-133.9, 58.5), (-132.4, 57.2), (-130.6, 55.8), (-130.5, 55.1), (-131.2, 54.5),
    (-133.6, 54.6), (-133.9, 53.0), (-131.6, 51.6), (-129.2, 50.9), (-128.6, 50.3),
    (-127.5, 49.4), (-125.9, 48.5), (-124.8, 48.3), (-123.6, 48.1), (-123.1, 48.3),
    (-122.8, 48.8), (-114.0, 48.8), (-104.0, 48.8), (-95.4, 48.6), (-93.3, 48.4),
    (-92.0, 48.1), (-90.7, 47.9), (-89.3, 47.8), (-88.0, 47.9), (-86.0, 47.3),
    (-84.8, 46.6), (-84.6, 46.3), (-84.2, 46.0), (-83.6, 45.7), (-82.6, 45.3),
    (-82.4, 43.6), (-82.7, 43.1), (-82.8, 42.6), (-83.3, 42.4), (-83.4, 42.0),
    (-83.0, 41.6), (-82.4, 41.5), (-80.5, 42.2), (-79.2, 42.6), (-78.7, 42.7),
    (-78.8, 43.1), (-78.7, 43.5), (-76.9, 43.5), (-76.3, 43.9), (-75.9, 44.2),
    (-75.5, 44.5), (-75.1, 44.7), (-74.5, 44.8), (-71.5, 44.8), (-70.6, 45.1),
    (-70.0, 45.8), (-69.8, 46.4), (-69.7, 46.7), (-69.1, 47.2), (-68.3, 47.1),
    (-68.0, 46.9), (-68.0, 45.6), (-67.7, 45.0), (-67.3, 44.6), (-67.3, 44.3),
    (-66.5, 43.1), (-65.3, 43.0), (-59.3, 43.6), (-59.3, 45.9), (-56.6, 46.5),
    (-55.9, 46.4), (-53.0, 46.3), (-52.2, 47.4), (-52.5, 48.4), (-52.9, 50.0),
    (-54.9, 52.2), (-55.2, 53.6), (-57.3, 55.5), (-60.6, 57.2), (-62.8, 60.2),
    (-63.9, 61.2), (-60.6, 66.5), (-65.8, 69.7), (-73.0, 72.1), (-75.0, 74.0),
    (-77.8, 75.5), (-76.8, 77.0), (-73.8, 78.3), (-72.2, 79.2), (-67.5, 80.6),
    (-63.5, 81.5), (-60.2, 82.3), (-62.0, 83.4), (-75.0, 83.5), (-95.0, 82.2),
    (-106.0, 79.5), (-118.0, 77.5), (-125.5, 75.6), (-128.5, 72.6), (-131.0, 70.8),
)  # fmt: skip


def in_canada(lat: float, lon: float) -> bool:
    """Whether a point lies in Canada or within some twenty kilometres of it."""
    inside = False
    x1, y1 = OUTLINE[-1]
    for x2, y2 in OUTLINE:
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
        x1, y1 = x2, y2
    return inside
