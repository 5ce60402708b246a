"""A profile says what a source's columns mean; one that says the impossible is refused."""

import copy
import csv
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

import directory.taxonomy
from directory.interchange.importing.profiles import (
    BadProfile,
    load_profile,
    read_profile,
    shipped_profiles,
)

TERMS = Path(directory.taxonomy.__file__).parent / "data" / "terms.csv"
MINIMAL = {
    "name": "sample",
    "source": "sample-list",
    "title": "A list",
    "province": "ON",
    "columns": {"identifier": "ID", "name": "NAME", "street": "STREET", "town": "TOWN"},
    "kinds": [
        {
            "value": "Kits",
            "code": "kits",
            "service": "naloxone kits",
            "service_fr": "trousses de naloxone",
            "terms": ["category:naloxone"],
        }
    ],
}


def changed(**changes) -> dict:
    """The minimal profile with a value changed by its path, `kinds__0__code="X"`."""
    data = copy.deepcopy(MINIMAL)
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = data
        for parent in parents:
            target = target[int(parent) if parent.isdigit() else parent]
        if value is None:
            del target[last]
        else:
            target[last] = value
    return data


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_loads_and_names_only_terms_there_are(name):
    profile = load_profile(name)
    with TERMS.open(encoding="utf-8", newline="") as file:
        known = {f"{row['taxonomy']}:{row['code']}" for row in csv.DictReader(file)}
    assert profile.terms <= known
    for kind in profile.kinds.values():
        if kind.code:
            assert kind.title, kind.value
            assert kind.title_fr, kind.value
            assert bool(kind.description) == bool(kind.description_fr), kind.value


def test_ontario_claims_of_nobody_that_they_are_indigenous_led():
    led = {"category:indigenous-led", "category:indigenous-health"}
    assert not load_profile("ontario").terms & led


def test_the_smallest_profile_is_enough():
    profile = read_profile(MINIMAL)
    assert profile.kind_of("whatever the row says").code == "kits"
    assert "A list" in profile.published_by


def test_the_profile_in_the_guide_works():
    guide = (settings.BASE_DIR / "docs" / "importing.md").read_text(encoding="utf-8")
    example = guide.split("```toml\n")[1].split("```")[0]
    assert read_profile(tomllib.loads(example)).kind_by_code("needle-exchange")


def test_a_profile_of_ones_own_is_given_by_its_path(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        """
        name = "mine"
        source = "my-list"
        title = "My list"
        province = "MB"
        [columns]
        identifier = "ID"
        name = "NAME"
        street = "STREET"
        town = "TOWN"
        [[kinds]]
        value = ""
        code = "kits"
        service = "naloxone kits"
        service_fr = "trousses de naloxone"
        """,
        encoding="utf-8",
    )
    assert load_profile(path).source == "my-list"


@pytest.mark.parametrize("name", ["nowhere", "../ontario", "", "ontario.csv"])
def test_an_unknown_profile_is_refused_and_the_known_are_named(name):
    with pytest.raises(BadProfile, match="ontario"):
        load_profile(name)


def test_a_file_that_is_not_there_or_not_toml_is_refused(tmp_path):
    with pytest.raises(BadProfile, match="Cannot read"):
        load_profile(tmp_path / "none.toml")
    path = tmp_path / "broken.toml"
    path.write_text("name = ", encoding="utf-8")
    with pytest.raises(BadProfile, match="not TOML"):
        load_profile(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": None}, "missing: title"),
        ({"colour": "red"}, "colour"),
        ({"name": 7}, "name: This has the wrong type"),
        ({"source": "My List"}, "source"),
        ({"province": "Ontario"}, "province"),
        ({"columns": "ID"}, "columns"),
        ({"columns__town": None}, "missing: town"),
        ({"columns__colour": "C"}, "columns.colour"),
        ({"columns__latitude": "Y"}, "Latitude and longitude come together"),
        ({"kinds": []}, "kinds"),
        ({"kinds": "all"}, "kinds"),
        ({"kinds__0__code": "Kits!"}, "Kits"),
        ({"kinds__0__publish": "maybe"}, r"kinds\[0\].publish"),
        ({"kinds__0__delivery": ["teleport"]}, "Delivery"),
        ({"kinds__0__service_fr": None}, "both languages"),
        ({"kinds__0__terms": ["naloxone"]}, "category:naloxone"),
        ({"kinds__0__terms": "category:naloxone"}, "terms"),
        ({"kinds__0__name": "{colour}"}, "{colour}"),
        ({"kinds__0__organization": ["alternate_name"]}, "alternate_name"),
        ({"kinds__0__details": [{"values": ["x"]}]}, "detail"),
        ({"kinds__0__details": [{}]}, "missing: values"),
        ({"mends": [{"columns": ["unit"], "wrong": "a", "right": "b"}]}, "unit"),
        ({"mends": [{"columns": ["name"], "wrong": "", "right": "b"}]}, "wrong"),
        ({"left_out": ["Kits"]}, "kinds"),
        ({"bounds": {"south": "low"}}, "bounds.south"),
    ],
)
def test_a_profile_that_cannot_be_is_refused_with_the_place_in_it(changes, message):
    with pytest.raises(BadProfile, match=message):
        read_profile(changed(**changes))
