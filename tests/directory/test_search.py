"""Finding support, through the page people use."""

import datetime
import io
import re

import pytest
import time_machine
from django.core.management import call_command

from directory.models import SearchRow
from directory.places import gazetteer as atlas
from directory.search.asking import Asked, Rows, packed
from directory.search.index import refresh_hours
from tests.factories import (
    ALWAYS,
    THUNDER_BAY,
    WEEKDAYS,
    confidential,
    listing,
    location,
    published,
    remote,
    term,
)

pytestmark = pytest.mark.django_db
KENORA = (49.7670, -94.4894)
MONDAY_NOON = "2026-11-23T17:00:00+00:00"  # noon in Thunder Bay


def place(at=THUNDER_BAY, **changes) -> dict:
    return {"location": location(at, **changes), "schedules": [WEEKDAYS]}


def found(client, **parameters) -> list[str]:
    """The identifiers of the cards in the list, in order (not those beside it)."""
    page = client.get("/services/", parameters).content.decode()
    main = page.split('class="side"')[0].split('class="list nearest"')[0]
    return re.findall(r'<article class="card" data-service="([0-9a-f-]+)"', main)


def beside(client, **parameters) -> list[str]:
    page = client.get("/services/", parameters).content.decode()
    _main, _, side = page.partition('class="side"')
    return re.findall(r'<article class="card" data-service="([0-9a-f-]+)"', side)


def ids(*services) -> list[str]:
    return [str(service.pk) for service in services]


def test_a_word_and_a_town_find_what_is_near(client):
    near, far, _other = published(
        listing(),
        listing(service_at_locations=[place(KENORA)]),
        listing(
            name="Dinner",
            name_fr="Souper",
            description="A meal",
            description_fr="Un repas",
            attributes=[term("category", "food")],
        ),
    )
    assert found(client, q="naloxone", near="Thunder Bay") == ids(near)
    assert set(found(client, q="naloxone")) == set(ids(near, far))


@pytest.mark.parametrize(
    "words",
    ["naloxone", "NALOXONE", "kit", "narcan", "trousse", "trousses", "Harbour Lane", "training"],
)
def test_words_find_by_stem_synonym_and_language(client, words):
    service = published()[0]
    assert found(client, q=words) == ids(service)


def test_accents_do_not_matter(client):
    service = published(listing(name="", name_fr="Désintoxication à l’érablière"))[0]
    for words in ("desintoxication", "Désintoxication", "erabliere", "ÉRABLIÈRE"):
        assert found(client, q=words) == ids(service)


def test_a_word_that_is_nowhere_finds_nothing_but_help(client):
    published()
    response = client.get("/services/", {"q": "zzyzx", "near": "Thunder Bay"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "988" in page
    assert found(client, q="zzyzx", near="Thunder Bay") == []


def test_inside_a_group_or_between_groups_and(client):
    kits, food, both = published(
        listing(attributes=[term("category", "naloxone"), term("access", "free")]),
        listing(attributes=[term("category", "food"), term("access", "walk-in")]),
        listing(attributes=[term("category", "food"), term("access", "free")]),
    )
    assert set(found(client, category=["naloxone", "food"])) == set(ids(kits, food, both))
    assert set(found(client, category=["naloxone", "food"], access="free")) == set(ids(kits, both))
    assert found(client, category="food", access=["free"]) == ids(both)


def test_a_category_finds_its_kinds(client):
    service = published(listing(attributes=[term("category", "naloxone")]))[0]
    assert found(client, category="harm-reduction") == ids(service)


@pytest.mark.parametrize(
    ("parameters", "change"),
    [
        ({"led": "peer"}, {"peer_led": True}),
        ({"delivery": "mobile"}, {"delivery": ["mobile"]}),
        ({"language": "oj"}, {"languages": [{"name": "Ojibwe", "code": "oj"}]}),
        ({"serves": "youth"}, {"attributes": [term("serves", "youth")]}),
    ],
)
def test_each_filter_finds_its_own(client, parameters, change):
    wanted, _other = published(listing(**change), listing())
    assert found(client, **parameters) == ids(wanted)


def test_results_come_nearest_first_with_kilometres_right_to_one_percent(client):
    points = [(48.40, -89.25), (48.45, -89.20), (48.3822, -89.2461), (48.50, -89.40)]
    services = published(*(listing(service_at_locations=[place(p)]) for p in points))
    page = client.get("/services/", {"near": "48.38,-89.25"}).content.decode()
    shown = [
        (pk, float(km))
        for pk, km in re.findall(r'data-service="([0-9a-f-]+)" data-km="([\d.]+)"', page)
    ]
    expected = sorted(
        (haversine((48.38, -89.25), point), str(service.pk))
        for point, service in zip(points, services, strict=True)
    )
    assert [pk for pk, _km in shown] == [pk for _km, pk in expected]
    for (_pk, km), (exact, _id) in zip(shown, expected, strict=True):
        assert km == pytest.approx(exact, rel=0.01, abs=0.01)


def haversine(a, b) -> float:
    from math import asin, cos, radians, sin, sqrt

    (lat1, lon1), (lat2, lon2) = (map(radians, p) for p in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(h))


def test_how_far_is_kept_to(client):
    service = published(listing(service_at_locations=[place((48.60, -89.2461))]))[0]  # 24 km
    assert found(client, near="Thunder Bay", within="20") == []
    assert found(client, near="Thunder Bay", within="30") == ids(service)


@pytest.mark.parametrize("near", ["P7B", "p7b 5e1", "P7B5E1", "thunder bay", "Thunder Bay, ON"])
def test_a_place_is_understood_however_it_is_written(client, near):
    service = published()[0]
    assert found(client, near=near) == ids(service)


def test_an_unknown_place_is_said_and_the_rest_of_the_search_kept(client):
    service = published()[0]
    response = client.get("/services/", {"q": "naloxone", "near": "Qwertyville"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Qwertyville" in page
    assert 'role="alert"' in page
    assert found(client, q="naloxone", near="Qwertyville") == ids(service)


def test_a_service_with_many_places_is_shown_once_at_the_nearest(client):
    service = published(
        listing(service_at_locations=[place((48.45, -89.20)), place((48.39, -89.25))])
    )[0]
    page = client.get("/services/", {"near": "48.38,-89.25"}).content.decode()
    shown = re.findall(r'data-service="([0-9a-f-]+)" data-km="([\d.]+)"', page)
    assert [pk for pk, _ in shown] == ids(service)
    assert float(shown[0][1]) == pytest.approx(1.1, abs=0.05)


def test_phone_and_online_services_stand_apart_from_what_is_near(client):
    near, line = published(listing(), remote())
    assert found(client, near="Thunder Bay") == ids(near)
    assert beside(client, near="Thunder Bay") == ids(line)


def test_a_line_for_one_province_is_not_offered_in_another(client):
    published(remote(state_province="ON"))
    everywhere = published(remote(state_province=""))[0]
    assert beside(client, near="Winnipeg") == ids(everywhere)


def test_a_place_without_coordinates_is_found_by_its_town_with_a_rough_distance(client):
    here = location()
    del here["latitude"], here["longitude"]
    service = published(listing(service_at_locations=[{"location": here}]))[0]
    assert found(client, near="Thunder Bay") == ids(service)
    page = client.get("/services/", {"near": "Thunder Bay"}).content.decode()
    assert re.search("about 1 km", page)


def test_where_no_place_is_named_everything_is_listed(client):
    services = published(listing(), remote(), confidential())
    assert set(found(client)) == set(ids(*services))


@time_machine.travel(MONDAY_NOON)
def test_open_now_shows_only_what_is_surely_open(client):
    open_, _shut, _asked, _unknown = published(
        listing(),
        listing(
            service_at_locations=[
                {"location": location(), "schedules": [WEEKDAYS | {"byday": "TU"}]}
            ]
        ),
        listing(
            service_at_locations=[
                {"location": location(), "schedules": [WEEKDAYS | {"state": "by_appointment"}]}
            ]
        ),
        listing(service_at_locations=[{"location": location()}]),
    )
    assert found(client, open="now", near="Thunder Bay") == ids(open_)


@time_machine.travel(MONDAY_NOON)
def test_open_at_a_day_and_time(client):
    service = published()[0]
    assert found(client, open="2026-11-24T16:59:00-05:00") == ids(service)
    assert found(client, open="2026-11-24T17:00:00-05:00") == []


@time_machine.travel(MONDAY_NOON)
def test_a_place_closed_for_a_while_is_not_open_now(client):
    published(listing(status="temporarily closed"))
    assert found(client, open="now") == []


def test_nothing_near_offers_what_is_nearest_and_how_far_to_look(client):
    far = published(listing(service_at_locations=[place(KENORA)]))[0]
    page = client.get("/services/", {"near": "Thunder Bay"}).content.decode()
    assert f'data-service="{far.pk}"' in page
    assert "within=500" in page


def test_pages_hold_every_service_once(client):
    services = published(*(listing() for _ in range(45)))
    seen = [pk for page in ("1", "2", "3") for pk in found(client, page=page)]
    assert len(seen) == 45
    assert set(seen) == set(ids(*services))


@pytest.mark.parametrize("page", ["0", "-1", "x", "9999", "1e9", "９"])
def test_a_page_that_is_not_there_is_said(client, page):
    published()
    response = client.get("/services/", {"page": page})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize(
    "parameters",
    [
        {"within": "0"},
        {"within": "abc"},
        {"within": "1e400"},
        {"category": "no-such"},
        {"open": "yesterday"},
        {"sort": "random"},
        {"q": "x" * 201},
        {"q": "a\x00b"},
        {"near": "x" * 5000},
    ],
)
def test_a_parameter_without_sense_is_said_and_what_was_typed_is_kept(client, parameters):
    published()
    response = client.get("/services/", {"q": "naloxone"} | parameters)
    page = response.content.decode()
    assert response.status_code == 400
    assert 'role="alert"' in page
    if "q" not in parameters:
        assert 'value="naloxone"' in page
        assert len(found(client, q="naloxone", **parameters)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_takes_a_fixed_number_of_queries(client, django_assert_max_num_queries, count):
    published(*(listing() for _ in range(count)), *(remote() for _ in range(count)))
    client.get("/services/")  # the vocabulary is kept in memory from here
    with django_assert_max_num_queries(11):
        client.get("/services/", {"q": "naloxone", "near": "Thunder Bay", "access": "no-id"})


def test_a_changed_listing_is_right_in_search_at_once(client):
    document = listing()
    published(document)
    from directory.interchange.actions import write_listings

    write_listings([document | {"name": "Warm meals", "schedules": [ALWAYS]}])
    assert len(found(client, q="meals")) == 1


def test_french_pages_say_it_in_french(client):
    published()
    page = client.get("/fr/services/", {"q": "naloxone"}).content.decode()
    assert '<html lang="fr">' in page
    assert "Trousses de naloxone et formation" in page


def test_text_in_the_other_language_is_marked(client):
    published(listing(name_fr=""))
    page = client.get("/fr/services/").content.decode()
    assert re.search(r'lang="en"[^>]*>Naloxone kits and training', page)


def test_what_is_named_so_is_worth_a_short_walk_more(client):
    tagged = listing(
        name="Shelter",
        name_fr="Refuge",
        description="",
        description_fr="",
        service_at_locations=[place((48.3822, -89.2461))],
    )
    mentioned = listing(
        name="Meals",
        name_fr="Repas",
        description="Ask about naloxone",
        attributes=[],
        service_at_locations=[place((48.3830, -89.2461))],
    )
    named = listing(service_at_locations=[place((48.3950, -89.2461))])  # 1.4 km
    far = listing(service_at_locations=[place((48.4300, -89.2461))])  # 5.3 km
    services = published(tagged, mentioned, named, far)
    near = {"q": "naloxone", "near": "48.38,-89.25"}
    assert found(client, **near) == ids(*(services[i] for i in (2, 0, 3, 1)))
    assert found(client, **near, sort="distance") == ids(*(services[i] for i in (0, 1, 2, 3)))


@pytest.mark.parametrize("words", ["l'aide", "drop-in", "Al-Anon", "'quoted' words", "a:b & c|d"])
def test_odd_words_are_only_words(client, words):
    published()
    assert client.get("/services/", {"q": words, "near": "Thunder Bay"}).status_code == 200


def test_what_comes_to_people_is_near_the_towns_it_names(client):
    outreach = remote(
        delivery=["mobile", "phone"], service_areas=[{"name": "Kenora"}], schedules=[ALWAYS]
    )
    service = published(outreach)[0]
    assert found(client, near="Kenora") == ids(service)
    assert found(client, near="Thunder Bay") == []


def test_the_search_table_can_be_made_anew(client):
    services = published(listing(), remote(), confidential())
    SearchRow.objects.all().delete()
    assert found(client) == []
    call_command("rebuild_search", stdout=io.StringIO())
    assert set(found(client)) == set(ids(*services))


def test_the_nightly_refresh_moves_the_horizon_on(client):
    with time_machine.travel(MONDAY_NOON):
        service = published()[0]
    with time_machine.travel("2027-03-01T17:00:00+00:00"):
        assert found(client, open="now") == []
        assert "Hours not known" in client.get("/services/").content.decode()
        assert refresh_hours() == 1
        assert found(client, open="now") == ids(service)


def test_every_town_can_be_searched_from_its_own_centre(client):
    here = location(visibility="approximate", address={"city": "Yellowknife"})
    here["addresses"][0] |= {"state_province": "NT", "postal_code": ""}
    service = published(listing(service_at_locations=[{"location": here}]))[0]
    assert found(client, near="Yellowknife, NT") == ids(service)
    for town in atlas.complete("b", 400):
        asked = Asked()
        sql, values = packed(Rows().within(town, 6000), "distance", datetime.date(2026, 11, 26))
        asked.add(sql, *values)
        (keys, _sets) = asked.answer()[0]
        assert all(key >= 0 for key in keys)


@pytest.mark.parametrize("words", ["withdrawal", "riverside", "learn", "drop in"])
def test_words_joined_by_signs_are_found(client, words):
    service = published(
        listing(name="Detox/Withdrawal drop-in, Club/Riverside", description="Get kits.Learn more")
    )[0]
    assert found(client, q=words) == ids(service)


@time_machine.travel(MONDAY_NOON)
def test_a_moment_without_an_offset_is_on_the_clock_of_the_place(client):
    vancouver = location((49.2827, -123.1207), timezone="America/Vancouver")
    vancouver["addresses"][0] |= {"city": "Vancouver", "state_province": "BC", "postal_code": ""}
    opening = WEEKDAYS | {"opens_at": "19:00", "closes_at": "21:00"}
    place_ = {"location": vancouver, "schedules": [opening]}
    service = published(listing(service_at_locations=[place_]))[0]
    assert found(client, near="Vancouver, BC", open="2026-11-24T20:00") == ids(service)


@time_machine.travel(MONDAY_NOON)
def test_a_moment_past_the_horizon_is_said_to_be_unknown(client):
    published()
    response = client.get("/services/", {"open": "2027-02-01T12:00"})
    assert response.status_code == 400
    assert "four weeks" in response.content.decode()


def test_asking_for_phone_or_online_near_a_place_lists_what_reaches_it(client):
    published(listing(), remote(state_province="BC"))
    lines = published(*(remote() for _ in range(5)))
    near = {"near": "Thunder Bay"}
    page = client.get("/services/", near).content.decode()
    assert "5 services reach you" in page
    assert "delivery=phone&amp;delivery=online" in page
    assert set(found(client, **near, delivery=["phone", "online"])) == set(ids(*lines))


def test_words_that_are_no_words_are_not_said_to_have_been_looked_for(client):
    published()
    assert "for “" not in client.get("/services/", {"q": "🫶🏽 !!"}).content.decode()


@time_machine.travel(MONDAY_NOON)
def test_a_van_that_is_out_at_another_stop_is_not_said_to_be_away(client):
    stops = [
        {"location": location((48.3822, -89.2461)), "schedules": [WEEKDAYS | {"byday": "TU"}]},
        {"location": location((48.3900, -89.2461)), "schedules": [WEEKDAYS]},
    ]
    published(listing(delivery=["mobile"], service_at_locations=stops))
    page = client.get("/services/", {"near": "48.38,-89.25"}).content.decode()
    assert "Out now, at another stop" in page
