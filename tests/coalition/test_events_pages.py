"""What is on, as residents see it: the list, the month, an event, its words in both languages."""

import datetime
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coalition.events import actions, kinds
from coalition.listings import purge
from directory.interchange import proposals
from directory.interchange.actions import withdraw
from directory.models import Proposal
from tests.events import change_event, event, hidden, online
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


def page(client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    assert not response.cookies
    return response.content.decode()


def test_an_event_is_in_the_list_on_its_page_and_in_the_month(client):
    one = event(name="Circle at the lake")
    assert "Circle at the lake" in page(client, "/events/")
    assert "14 Harbour Lane" in page(client, f"/events/{one.slug}/")
    assert "Circle at the lake" in page(client, f"/events/?month={one.starts_on:%Y-%m}")
    assert "Cercle de pairs" in page(client, f"/fr/events/{one.slug}/")


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"near": "Thunder Bay"}, True),
        ({"near": "Toronto"}, False),
        ({"near": "Toronto", "within": "1500"}, True),
        ({"kind": "peer_circle"}, True),
        ({"kind": ["naloxone", "peer_circle"]}, True),
        ({"kind": "meal"}, False),
        ({"attendance": "in_person"}, True),
        ({"attendance": "online"}, False),
        ({"when": "past"}, False),
    ],
)
def test_the_list_is_narrowed_by_place_kind_and_how_people_come(client, parameters, found):
    event(name="Circle at the lake")
    response = client.get("/events/", parameters)
    assert response.status_code == 200
    assert ("Circle at the lake" in response.content.decode()) == found


def at_a_place(**changes):
    """An event at a place of the organization's own listing: the event, its listing."""
    organization = member(owner=person())
    service = organization.services.get()
    place = service.service_at_locations.first().location
    values = {"place_name": None, "address_1": None, "city": None, "state_province": None}
    return event(organization, location=place, **values, **changes), service


def test_an_event_at_a_place_of_its_organization_follows_what_is_shown_of_it(client):
    one, service = at_a_place()
    street = service.service_at_locations.first().location.addresses.first().address_1
    assert street in page(client, f"/events/{one.slug}/")
    assert one.occurrences.get().latitude
    before = one.sequence
    document = proposals.current(service.pk)
    document["service_at_locations"][0]["location"]["visibility"] = "confidential"
    proposals.change(document, origin="coordinator", by="test")
    one.refresh_from_db()
    assert street not in page(client, f"/events/{one.slug}/")
    assert street not in one.ical + one.ical_fr
    assert one.occurrences.get().latitude is None
    assert one.sequence > before


def test_an_address_that_is_forgotten_is_forgotten_in_events_too(client):
    one, service = at_a_place(description="Meet at 14 Harbour Lane, ring twice.")
    place = service.service_at_locations.first().location
    place.addresses.update(address_1="14 Harbour Lane", city="Thunder Bay")
    other = event(address_1="14 Harbour Lane", description="The red door of 14 Harbour Lane.")
    purge.forget(service, [place.pk], by=coordinator())
    for found in (one, other):
        found.refresh_from_db()
        said = f"{found.description} {found.address_1} {found.ical} {found.ical_fr}"
        assert "14 Harbour Lane" not in said.replace("\r\n ", "")
    kept = json.dumps(list(Proposal.objects.values("before", "after", "note")))
    assert "14 Harbour Lane" not in kept
    assert other.visibility == "confidential"
    assert "14 Harbour Lane" not in page(client, f"/events/{other.slug}/")
    assert "14 Harbour Lane" not in page(client, "/events/feed.atom")


@pytest.mark.parametrize("visibility", ["approximate", "confidential"])
def test_where_a_private_event_is_stands_on_no_page(client, visibility):
    one = hidden(visibility=visibility)
    for path in (
        f"/events/{one.slug}/",
        "/events/",
        f"/events/?month={one.starts_on:%Y-%m}",
        "/events/calendar.ics",
        "/events/feed.atom",
        f"/organizations/{one.organization.slug}/",
        f"/events/{one.slug}/event.ics",
    ):
        said = client.get(path)
        text = b"".join(said) if said.streaming else said.content
        assert b"Sekrit" not in text, path
        assert b"Juniper House" not in text, path
        assert b"P7C 9Z9" not in text, path


def test_a_private_event_is_not_found_by_where_it_is(client):
    one = hidden()
    assert str(one.pk) not in page(client, "/events/?near=Thunder Bay")
    assert str(one.pk) in page(client, "/events/")


def test_words_that_tell_a_private_address_are_refused():
    with pytest.raises(ValidationError, match="stay private"):
        hidden(description="At 77 Sekrit Street")


def test_an_organization_and_a_listing_show_their_events(client):
    one, service = at_a_place()
    change_event(one, services=[{"service": service}])
    assert str(one.pk) in page(client, f"/services/{service.slug}/")
    assert str(one.pk) in page(client, f"/organizations/{one.organization.slug}/")


def test_an_organization_with_events_alone_has_a_page(client):
    one = event()
    withdraw([one.organization.services.get().pk])
    assert str(one.pk) in page(client, f"/organizations/{one.organization.slug}/")


def test_home_shows_what_comes_next_each_once(client):
    one = event(rrule="FREQ=DAILY")
    assert page(client, "/").count(str(one.pk)) == 1


def test_the_list_says_each_event_once_and_a_day_says_all_of_it(client):
    one = event(rrule="FREQ=DAILY")
    assert page(client, "/events/").count(f'data-event="{one.pk}"') == 1
    day = one.starts_on + datetime.timedelta(days=2)
    assert str(one.pk) in page(client, f"/events/?day={day}")


def test_what_is_over_is_kept_and_found_among_the_past(client):
    one = event(starts_on=timezone.localdate() - datetime.timedelta(days=30))
    assert str(one.pk) not in page(client, "/events/")
    assert str(one.pk) in page(client, "/events/?when=past")
    assert "Over" in page(client, f"/events/{one.slug}/")


def test_online_events_stand_beside_what_is_near(client):
    one = online()
    assert str(one.pk) in page(client, "/events/?near=Vancouver")


@pytest.mark.parametrize(
    "query",
    [
        "near=Nowhereville",
        "near=Springfield",
        "kind=nonsense",
        "month=2026-13",
        "day=tomorrow",
        "page=0",
        "page=x",
        "within=-3",
        "when=never",
    ],
)
def test_what_makes_no_sense_is_said(client, query):
    event()
    response = client.get(f"/events/?{query}")
    assert response.status_code in (200, 400)
    assert response.status_code == 400 or "near" in query


def test_an_address_that_an_event_once_had_leads_to_it(client):
    one = event()
    change_event(one, slug="a-new-address")
    response = client.get(f"/events/{one.slug}/")
    assert (response.status_code, response.url) == (301, "/events/a-new-address/")


def test_hostile_text_is_shown_as_text(client):
    text = '<script>alert("x")</script> 🙂 \u202eعربي'
    one = event(name=text, description=text, audience=text, cost_description=text)
    shown = page(client, f"/events/{one.slug}/")
    assert "<script>alert" not in shown
    assert "عربي" in shown
    assert "<script>alert" not in page(client, "/events/")


def test_a_name_of_three_hundred_letters_is_shown_whole(client):
    one = event(name="W" * 300)
    assert "W" * 300 in page(client, f"/events/{one.slug}/")


@pytest.mark.parametrize(
    "path", ["/events/", "/events/?near=Thunder Bay", "/events/?month={month}"]
)
def test_a_page_takes_as_many_queries_for_three_events_as_for_one(client, path):
    first = event()
    path = path.format(month=f"{first.starts_on:%Y-%m}")
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    event(first.organization, name="Second", rrule="FREQ=WEEKLY;COUNT=2")
    event(first.organization, name="Third", amount=3)
    with CaptureQueriesContext(connection) as three:
        client.get(path)
    assert len(one) == len(three)


def test_home_shows_what_comes_next_near_a_town_that_was_named(client):
    here = event(city="Kenora")
    there = event(here.organization, city="Toronto")
    shown = page(client, "/?town=Kenora")
    assert str(here.pk) in shown
    assert str(there.pk) not in shown
    assert "What is on near Kenora" in shown
    assert "know a place by that name" in page(client, "/?town=Nowhereville")
    assert "Nothing is known there" in page(client, "/?town=Iqaluit")


def test_a_page_of_the_list_that_is_not_there_is_said(client):
    event()
    assert "There is no such page." in page(client, "/events/?page=7", 400)


def test_an_organization_that_hosts_with_others_has_a_page(client):
    other = member(owner=person(), name="Fern")
    withdraw([other.services.get().pk])
    one = event(hosts=[{"organization": other}])
    assert client.get(f"/organizations/{other.slug}/").status_code == 404
    actions.answer(one.host_answers.get(), True, by=person())
    assert str(one.pk) in page(client, f"/organizations/{other.slug}/")
    assert f"/organizations/{other.slug}/" in page(client, f"/events/{one.slug}/")


def test_at_the_desk_an_event_stands_under_the_province_of_its_place():
    one, _service = at_a_place()
    document = proposals.current(one.pk, "event")
    assert kinds.area(document) == "ON"
    assert kinds.area({"state_province": "MB"}) == "MB"
    assert kinds.area({"attendance": "online"}) == ""
