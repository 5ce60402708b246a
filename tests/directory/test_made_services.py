"""A made-up catalogue of any size: repeatable, mixed as real ones are, and marked as made up."""

import json
from collections import Counter

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from directory.interchange.made import BATCH, PER_ORGANIZATION, Series, make_services
from directory.interchange.sample import is_sample_catalogue
from directory.models import Organization, Service, SourceRecord
from directory.places.gazetteer import find, great_circle_km
from directory.search.models import Reach, SearchRow


def documents(count: int, **series) -> list[dict]:
    return list(Series(**series).documents(0, count))


def test_the_same_seed_makes_the_same_services():
    assert documents(50, seed=3) == documents(50, seed=3)


def test_another_seed_makes_others():
    assert not {d["id"] for d in documents(50, seed=3)} & {d["id"] for d in documents(50, seed=4)}


def test_a_service_is_the_same_however_many_are_made_and_from_where():
    series = Series(seed=1)
    start = 5 * PER_ORGANIZATION + 2
    assert list(series.documents(start, start + 9)) == documents(start + 9)[start:]


def test_the_mix_is_like_that_of_a_real_directory():
    made = documents(1500)
    visibilities = Counter(
        place["location"]["visibility"]
        for document in made
        for place in document.get("service_at_locations", [])
    )
    provinces = Counter(document["state_province"] for document in made)
    without_hours = [
        d
        for d in made
        if not d.get("schedules")
        and not any(p["schedules"] for p in d.get("service_at_locations", []))
    ]
    assert visibilities.keys() == {"public", "approximate", "confidential"}
    assert provinces.most_common(2)[0][0] == "ON"
    assert len(provinces) >= 11
    assert 0.1 < len(without_hours) / len(made) < 0.2
    assert 0.1 < sum("assured_date" not in d for d in made) / len(made) < 0.3
    assert any("name" not in d for d in made)
    assert any("name_fr" not in d for d in made)


def test_nothing_made_up_could_be_called_or_visited():
    text = json.dumps(documents(300))
    assert all(part[:2] == "01" for part in text.split("-555-")[1:])
    assert all(".example.org" in part.split('"')[0] for part in text.split("https://")[1:])


def test_a_confidential_one_names_a_town_and_has_a_telephone():
    hidden = [
        document
        for document in documents(1500)
        for place in document.get("service_at_locations", [])
        if place["location"]["visibility"] == "confidential"
    ]
    assert hidden
    assert all(document["phones"] and document["service_areas"] for document in hidden)


def test_near_a_place_they_stay_near():
    kenora = find("Kenora").place
    for document in documents(200, near=kenora):
        for place in document.get("service_at_locations", []):
            location = place["location"]
            km = great_circle_km(
                kenora.lat, kenora.lon, location["latitude"], location["longitude"]
            )
            assert km < 60 + 40


@pytest.mark.django_db
def test_they_are_published_searchable_and_marked():
    assert make_services(30) == 30
    assert Service.objects.published().count() == 30
    assert Organization.objects.count() == 30 / PER_ORGANIZATION
    assert SearchRow.objects.filter(reach=Reach.PLACE).exists()
    assert is_sample_catalogue()


@pytest.mark.django_db
def test_asking_for_more_adds_the_difference():
    make_services(12)
    before = dict(Service.objects.values_list("pk", "slug"))
    assert make_services(20) == 8
    assert make_services(20) == 0
    assert before.items() <= dict(Service.objects.values_list("pk", "slug")).items()
    assert SourceRecord.objects.count() == 20


@pytest.mark.django_db
def test_series_live_side_by_side():
    make_services(6, seed=1)
    make_services(6, seed=2)
    make_services(6, seed=1, near=find("Kenora").place)
    assert Service.objects.count() == 18


@pytest.mark.django_db
def test_the_command_says_how_many(capsys):
    call_command("make_services", "6", "--near", "Thunder Bay")
    assert capsys.readouterr().out.startswith("6 services added in ")


@pytest.mark.parametrize("arguments", [["-1"], ["5", "--near", "nowhere at all"]])
def test_the_command_refuses_what_makes_no_sense(arguments):
    with pytest.raises(CommandError):
        call_command("make_services", *arguments)


def test_a_batch_holds_whole_organizations():
    assert BATCH % PER_ORGANIZATION == 0
