"""What is missing where: counted by area, as a table, a picture and a file."""

import csv
import datetime
import io

import pytest
from django.core.cache import caches
from django.urls import reverse

from coalition.catalogue import gaps
from coalition.catalogue.picture import level, picture
from directory.interchange.actions import withdraw
from directory.search.models import MissedSearch
from tests.factories import confidential, listing, location, published, remote, term
from tests.people import coordinator, person

pytestmark = pytest.mark.django_db

WEEK = datetime.date(2026, 11, 16)


def at(city: str, province: str, **changes) -> dict:
    place = location(address={"city": city, "state_province": province, "postal_code": ""})
    return listing(service_at_locations=[{"location": place}], **changes)


def rows_of(response) -> list[list[str]]:
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_services_are_counted_by_province_and_by_what_they_offer():
    hidden = published(listing(), at("Brandon", "MB"), at("Winnipeg", "MB"), listing())[3]
    withdraw([hidden.pk])
    cells = gaps.by_province("category").cells
    assert (cells["naloxone", "ON"], cells["naloxone", "MB"], cells["naloxone", "NU"]) == (1, 2, 0)
    # What is found under a term counts for the one above it.
    assert cells["harm-reduction", "MB"] == 2


def test_a_service_at_two_places_of_a_province_counts_once():
    places = [
        {"location": location()},
        {"location": location(address={"city": "Kenora", "address_1": "1 Main"})},
    ]
    published(listing(service_at_locations=places))
    assert gaps.by_province("category").cells["naloxone", "ON"] == 1
    towns = gaps.by_town("category", "ON").cells
    assert (towns["thunder bay", ""], towns["kenora", ""]) == (1, 1)


def test_whom_it_is_for_counts_and_what_is_for_nobody_in_particular_is_for_anyone():
    published(listing(), listing(attributes=[term("serves", "youth")]))
    cells = gaps.by_province("serves").cells
    assert (cells[gaps.ANYONE, "ON"], cells["youth", "ON"]) == (1, 1)


def test_a_line_for_all_of_canada_counts_for_no_one_province():
    published(remote(state_province=""))
    cells = gaps.by_province("category").cells
    assert (cells["naloxone", ""], cells["naloxone", "ON"]) == (1, 0)


def test_towns_that_have_nothing_are_named():
    published(listing())
    matrix = gaps.by_town("category", "ON")
    lines = dict(matrix.lines)
    assert lines["Thunder Bay"][0] == 1
    assert lines["Toronto"][0] == 0
    assert matrix.rows[0][1] == "Toronto"


def test_a_confidential_place_is_not_counted_by_its_true_town():
    document = confidential(service_areas=[])
    published(document)
    assert "thunder bay" not in {key for key, _label in gaps.by_town("category", "ON").cells}


def test_the_page_shows_a_table_and_a_picture(client):
    published(at("Brandon", "MB"))
    client.force_login(coordinator())
    for query in ("", "?by=serves", "?area=MB", "?by=serves&area=MB"):
        page = client.get(reverse("coalition:gaps") + query).content.decode()
        assert "<svg" in page
        assert "style=" not in page.partition("<svg")[2].partition("</svg>")[0]
    assert "Brandon" in page
    assert client.get(reverse("coalition:gaps") + "?by=nonsense").status_code == 404
    assert client.get(reverse("coalition:gaps") + "?area=ZZ").status_code == 404


def test_the_file_has_the_same_numbers(client):
    published(at("Brandon", "MB"))
    client.force_login(coordinator())
    table = rows_of(client.get(reverse("coalition:gaps") + "?file=services"))
    column = table[0].index("MB")
    assert next(row for row in table if row[0] == "Naloxone kits")[column] == "1"
    towns = rows_of(client.get(reverse("coalition:gaps") + "?file=services&area=MB"))
    assert next(row for row in towns if row[0] == "Brandon")[1] == "1"


def miss(word="", province="ON", times=3, week=WEEK, number=1):
    MissedSearch.objects.create(
        week=week, province=province, word_hash=f"{number:064}", times=times, word=word
    )


def test_searches_in_vain_are_counted_by_week_and_province(client):
    miss(times=3, number=1)
    miss(times=4, number=2)
    miss(times=5, province="", number=1)
    client.force_login(coordinator())
    assert "What was looked for" not in client.get(reverse("coalition:gaps")).content.decode()
    table = rows_of(client.get(reverse("coalition:gaps") + "?file=missed"))
    assert table[1][0] == "2026-11-16"
    assert table[1][table[0].index("ON")] == "7"
    assert table[1][-1] == "5"


def test_words_are_shown_only_where_they_are_kept_and_no_spreadsheet_runs_them(client):
    miss("=cmd|' /C calc'!A0", number=1)
    miss("", number=2)
    client.force_login(coordinator())
    assert "=cmd" in client.get(reverse("coalition:gaps")).content.decode()
    table = rows_of(client.get(reverse("coalition:gaps") + "?file=words"))
    assert table[1][0].startswith("'=cmd")
    assert len(table) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    published(*(listing() for _number in range(count)))
    for number in range(count):
        miss("cats", number=number)
    client.force_login(coordinator())
    client.get(reverse("coalition:gaps"))
    caches["memory"].delete("coalition.gaps.category..en")
    with django_assert_num_queries(6):
        client.get(reverse("coalition:gaps"))
    with django_assert_num_queries(4):  # what is counted is remembered for some minutes
        client.get(reverse("coalition:gaps"))


def test_the_page_is_for_coordinators(client):
    client.force_login(person())
    assert client.get(reverse("coalition:gaps")).status_code == 404


def test_nothing_is_a_shade_of_its_own():
    assert [level(n, 100) for n in (0, 1, 5, 20, 100)] == [0, 1, 2, 3, 4]
    drawn = picture(gaps.Matrix([("a", "A")], [("b", "B")], {("a", "b"): 0}))
    assert [level for level, _path in drawn.shades] == [0]
