"""Distances, boxes, and what lies in Canada."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from directory.places.gazetteer import (
    EARTH_RADIUS_KM,
    box,
    chord,
    great_circle_km,
    in_canada,
    km_from_chord,
    unit_vector,
)

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        # Geodesics on the WGS 84 ellipsoid.
        ((43.6532, -79.3832), (45.5019, -73.5674), 505.1),  # Toronto to Montréal
        ((49.2827, -123.1207), (47.5615, -52.7126), 5027.0),  # Vancouver to St. John's
        ((48.3809, -89.2477), (49.8951, -97.1384), 598.4),  # Thunder Bay to Winnipeg
        ((0.0, 0.0), (0.0, 180.0), math.pi * EARTH_RADIUS_KM),
    ],
)
def test_distances_are_right_to_half_a_percent(start, end, km):
    assert great_circle_km(*start, *end) == pytest.approx(km, rel=0.005)


@given(latitudes, longitudes, latitudes, longitudes)
def test_the_chord_between_two_points_is_that_of_their_distance(lat1, lon1, lat2, lon2):
    straight = math.dist(unit_vector(lat1, lon1), unit_vector(lat2, lon2))
    assert chord(great_circle_km(lat1, lon1, lat2, lon2)) == pytest.approx(straight, abs=1e-7)


@given(st.floats(0, 20_000), st.floats(0, 20_000))
def test_chords_sort_as_distances_do(a, b):
    assume(abs(a - b) > 1e-3)
    assert (chord(a) < chord(b)) == (a < b)


@given(st.floats(0, 20_000))
def test_a_chord_gives_its_distance_back(km):
    assert km_from_chord(chord(km)) == pytest.approx(km, abs=1e-3)


def test_no_distance_is_longer_than_half_way_round():
    assert chord(1e9) == 2
    assert chord(-1) == 0
    assert km_from_chord(9) == pytest.approx(math.pi * EARTH_RADIUS_KM)


@settings(max_examples=300)
@given(latitudes, longitudes, st.floats(0, 5000), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_a_box_holds_its_circle(lat, lon, km, bearing, share):
    angle = share * km / EARTH_RADIUS_KM
    phi, lam = math.radians(lat), math.radians(lon)
    sine = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    lat2 = math.degrees(math.asin(max(-1, min(1, sine))))
    lon2 = lon + math.degrees(
        math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(phi),
            math.cos(angle) - math.sin(phi) * sine,
        )
    )
    assert math.isfinite(lam)
    # A bearing computed near a pole or across the Earth loses digits that the box never has.
    assume(great_circle_km(lat, lon, lat2, lon2) <= km)
    lon2 = (lon2 + 180) % 360 - 180
    south, west, north, east = box(lat, lon, km)
    assert south <= lat2 <= north
    assert west <= lon2 <= east


def test_a_box_in_the_far_north_is_wider_than_its_latitude_suggests():
    south, west, north, east = box(82.5, -62.35, 800)
    assert (south, north) == (pytest.approx(75.31, abs=0.01), pytest.approx(89.69, abs=0.01))
    assert east - west == pytest.approx(148, abs=2)


def test_a_box_over_the_pole_takes_every_longitude():
    assert box(82.5, -62.35, 1000)[1:] == (-180.0, 90.0, 180.0)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (41.77, -82.65),  # Pelee Island
        (82.50, -62.35),  # Alert
        (60.70, -141.0),  # the border with Alaska
        (47.52, -52.62),  # Cape Spear
        (43.93, -59.91),  # Sable Island
        (44.69, -66.79),  # Grand Manan
        (54.25, -133.05),  # Langara Island
        (48.43, -123.37),  # Victoria
        (45.00, -74.65),  # Akwesasne
    ],
)
def test_the_ends_of_canada_are_in_canada(lat, lon):
    assert in_canada(lat, lon)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (41.88, -87.63),  # Chicago
        (42.36, -71.06),  # Boston
        (40.71, -74.01),  # New York
        (44.48, -73.21),  # Burlington, Vermont
        (44.80, -68.77),  # Bangor
        (47.61, -122.33),  # Seattle
        (44.98, -93.27),  # Minneapolis
        (61.22, -149.90),  # Anchorage
        (58.30, -134.42),  # Juneau
        (64.18, -51.72),  # Nuuk
        (48.86, 2.35),  # Paris
        (0, 0),
    ],
)
def test_elsewhere_is_not(lat, lon):
    assert not in_canada(lat, lon)
