"""What can be chosen beside the list, what each choice would leave, and what the page says."""

import csv
import datetime
import io
import re

import pytest
import time_machine
from django.core import signing

from directory.models import MissedSearch
from directory.search import results
from directory.search.missed import forget_old
from tests.directory.test_search import KENORA, MONDAY_NOON, found, ids, place
from tests.factories import confidential, listing, location, published, remote, term

pytestmark = pytest.mark.django_db
OPTION = re.compile(
    r'<label class="check[^"]*"(?P<none> data-none)?><input type="checkbox" name="(?P<name>\w+)" '
    r'value="(?P<code>[\w-]+)" form="search"(?P<checked> checked)?> .*? '
    r"<small>(?P<count>\d*)</small>"
)


def page(client, path="/services/", **parameters) -> str:
    return client.get(path, parameters).content.decode()


def options(text: str) -> list[dict]:
    return [match.groupdict() for match in OPTION.finditer(text)]


def catalogue() -> None:
    published(
        listing(attributes=[term("category", "naloxone"), term("access", "free")]),
        listing(
            attributes=[term("category", "food"), term("access", "walk-in")],
            service_at_locations=[place(), place((48.39, -89.24))],
        ),
        listing(
            attributes=[term("category", "food"), term("access", "free"), term("serves", "youth")],
            delivery=["in_person", "phone"],
        ),
        listing(attributes=[term("category", "shelter"), term("serves", "women")], peer_led=True),
        listing(service_at_locations=[place(KENORA)]),
        remote(),
        confidential(),
    )


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"near": "Thunder Bay"},
        {"near": "Thunder Bay", "access": ["free"]},
        {"near": "Thunder Bay", "access": ["free"], "category": ["food", "shelter"]},
        {"near": "Thunder Bay", "serves": ["youth"], "age": "16", "gender": "women"},
        {"q": "naloxone"},
        {"category": ["harm-reduction"], "delivery": ["in_person"]},
    ],
)
def test_the_number_beside_a_choice_is_what_choosing_it_gives(client, asked):
    catalogue()
    shown = options(page(client, **asked))
    assert len(shown) > 80
    for option in shown:
        group, code = option["name"], option["code"]
        chosen = asked.get(group, [])
        ticked = asked | {group: [*chosen, code] if code not in chosen else chosen}
        assert len(found(client, **ticked)) == int(option["count"]), (group, code)


def test_what_leads_nowhere_is_shown_as_such(client):
    catalogue()
    by_code = {o["code"]: o for o in options(page(client, near="Thunder Bay"))}
    assert by_code["free"]["none"] is None
    assert by_code["pets"]["none"]
    adds = {o["code"]: o for o in options(page(client, near="Thunder Bay", access="free"))}
    assert adds["pets"]["none"]
    assert adds["walk-in"]["none"] is None


def test_what_is_chosen_stands_first(client):
    catalogue()
    access = [o for o in options(page(client, access="pets")) if o["name"] == "access"]
    assert access[0]["code"] == "pets"
    assert access[0]["checked"]


def test_each_chosen_filter_can_be_taken_away_alone(client):
    catalogue()
    text = page(client, access=["free", "walk-in"], age="20", gender="women", open="now")
    chips = re.findall(r'<a class="chip" href="([^"]+)">([^<]+)<svg', text)
    assert [label for _url, label in chips] == ["Open now", "Free", "Walk in", "Age 20", "A woman"]
    for url, label in chips:
        query = url.replace("&amp;", "&").partition("?")[2]
        left = {"Open now": "open=", "Free": "access=free", "Walk in": "access=walk-in"}
        assert left.get(label, label.split()[0].lower() + "=") not in query
        assert query.count("=") == 4


def test_the_page_says_in_words_what_is_shown(client):
    catalogue()
    text = page(client, near="Thunder Bay", access=["free", "walk-in"], serves="youth", age="16")
    assert "Only: Free or Walk in; Youth; for age 16, or no age given. Order: best match." in text


def test_who_does_not_say_an_age_or_a_gender_is_kept(client):
    any_age, young, old = published(
        listing(),
        listing(minimum_age=12, maximum_age=24),
        listing(minimum_age=55),
    )
    assert set(found(client, age="16")) == set(ids(any_age, young))
    assert set(found(client, age="60")) == set(ids(any_age, old))
    assert set(found(client, age="24")) == set(ids(any_age, young))
    women, men = published(
        listing(attributes=[term("serves", "women")]), listing(attributes=[term("serves", "men")])
    )
    assert set(found(client, gender="women")) == set(ids(any_age, young, old, women))
    assert str(men.pk) in found(client, gender="men")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({"age": "x"}, "whole number"), ({"age": "-1"}, "0"), ({"gender": "no"}, "no")],
)
def test_nonsense_is_said_beside_its_field(client, parameters, message):
    published()
    response = client.get("/services/", parameters)
    assert response.status_code == 400
    assert message in response.content.decode()


@time_machine.travel(MONDAY_NOON)
def test_a_day_and_time_filled_in_beside_open_now_is_what_counts(client):
    service = published()[0]
    assert found(client, open=["now", "2026-11-24T10:00"]) == ids(service)
    assert found(client, open=["", "2026-11-24T20:00"]) == []
    assert found(client, open=["now", ""]) == ids(service)
    assert 'value="2026-11-24T10:00"' in page(client, open=["now", "2026-11-24T10:00"])


def test_the_file_holds_the_rows_of_every_page(client):
    services = published(*(listing() for _ in range(45)), confidential())
    response = client.get("/services/", {"format": "csv", "near": "Thunder Bay"})
    assert response["Content-Type"].startswith("text/csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    listed = [pk for n in "123" for pk in found(client, near="Thunder Bay", page=n)]
    assert [row["id"] for row in rows] == listed
    assert {row["id"] for row in rows} == set(ids(*services))
    assert "Sekrit" not in text
    assert "14 Harbour Lane" in text


def test_the_file_runs_no_formula(client):
    published(listing(name="=HYPERLINK(1)", name_fr=""))
    response = client.get("/services/", {"format": "csv"})
    assert "'=HYPERLINK(1)" in b"".join(response.streaming_content).decode()


def test_the_file_speaks_french(client):
    published()
    response = client.get("/fr/services/", {"format": "csv"})
    assert "Trousses de naloxone et formation" in b"".join(response.streaming_content).decode()


def test_little_found_offers_the_distance_that_finds_three(client):
    published(
        listing(),
        listing(service_at_locations=[place((48.65, -89.2461))]),
        listing(service_at_locations=[place((48.95, -89.2461))]),  # 63 km
    )
    text = page(client, q="naloxone", near="Thunder Bay", within="20")
    assert "within=100" in text
    assert "3 services within 100 km" in text


def test_little_found_offers_needs_beside_it_that_are_met_near(client):
    published(
        listing(
            name="Counsel",
            name_fr="",
            description="",
            description_fr="",
            attributes=[term("category", "opioid-agonist-treatment")],
        )
    )
    text = page(client, q="detox", near="Thunder Bay")
    assert re.search(r'href="[^"]*category=opioid-agonist-treatment[^"]*">[^<]+ <small>1<', text)
    assert "near=Thunder+Bay" in text


def test_past_a_thousand_without_a_place_the_page_says_so_and_counts_nothing(client, monkeypatch):
    monkeypatch.setattr(results, "WHOLE_ROWS", 3)
    monkeypatch.setattr(results, "CAP", 4)
    soup = listing(name="Soup", name_fr="Soupe", attributes=[term("category", "food")])
    services = published(
        *(listing() for _ in range(6)), soup | {"description": "", "description_fr": ""}
    )
    text = page(client)
    assert "4+ services" in text
    assert {option["count"] for option in options(text)} == {""}
    assert "6 services" in page(client, near="Thunder Bay", q="naloxone")
    assert found(client, q="soup") == ids(services[-1])
    assert len(found(client)) == 4


def missed(client, **asked):
    token = re.search(r'name="token" value="([^"]+)"', page(client, **asked))
    return token and token[1]


def send(client, token, **headers):
    headers = {"Sec-Fetch-Site": "same-origin"} | headers
    return client.post("/looked-for/", {"token": token}, headers=headers)


def test_what_was_missing_is_counted_without_the_word(client):
    published()
    token = missed(client, q="zzyzx", near="Thunder Bay")
    response = send(client, token)
    assert response.status_code == 302
    assert response["Location"] == "/looked-for/"
    assert not response.cookies
    row = MissedSearch.objects.get()
    assert (row.province, row.times, row.word) == ("ON", 1, "")
    assert "zzyzx" not in str(vars(row))


def test_the_word_is_written_down_once_five_days_have_asked(client):
    published()
    for day in range(5):
        assert not MissedSearch.objects.exclude(word="").exists()
        with time_machine.travel(f"2026-11-{20 + day}T17:00:00+00:00"):
            for _ in range(2):
                send(client, missed(client, q="Zzyzx", near="Thunder Bay"))
    assert set(MissedSearch.objects.values_list("word", flat=True)) == {"zzyzx"}
    with time_machine.travel("2028-01-01T17:00:00+00:00"):
        forget_old()
    assert not MissedSearch.objects.exists()


def test_nothing_is_counted_for_another_site_or_from_an_old_or_forged_page(client):
    published()
    token = missed(client, q="zzyzx")
    assert send(client, token, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/looked-for/", {"token": token}).status_code == 403
    assert send(client, signing.dumps(["x", ""], salt="other")).status_code == 400
    with time_machine.travel(datetime.datetime.now() + datetime.timedelta(days=2)):
        assert send(client, token).status_code == 400
    assert not MissedSearch.objects.exists()


def test_the_button_is_there_only_where_nothing_was_found(client):
    published()
    assert missed(client, q="naloxone") is None
    assert missed(client, near="Iqaluit") is None


def test_a_place_is_shown_once_where_it_is_near_and_reached_by_phone(client):
    service = published(listing(delivery=["in_person", "phone"]))[0]
    assert found(client, near="Thunder Bay") == ids(service)
    assert found(client) == ids(service)


def test_the_nearest_open_door_of_a_service_is_the_one_shown(client):
    with time_machine.travel(MONDAY_NOON):
        shut = {"location": location(), "schedules": []}
        service = published(listing(service_at_locations=[shut, place((48.39, -89.24))]))[0]
        assert found(client, near="Thunder Bay", open="now") == ids(service)
