"""An event keeps the clock of where it takes place."""

import pytest
from django.urls import reverse

from coalition.listings.models import Draft
from directory.interchange import proposals
from tests.editing import opened, saved
from tests.events import change_event, event, online
from tests.factories import location
from tests.people import member, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.mark.parametrize(
    ("made", "place", "moment"),
    [
        (
            event,
            {"city": "Vancouver", "state_province": "BC", "timezone": None},
            "2026-12-05T17:00:00+00:00",
        ),
        (
            event,
            {"city": "St. John's", "state_province": "NL", "timezone": None},
            "2026-12-05T12:30:00+00:00",
        ),
        (online, {"timezone": "America/Halifax"}, "2026-12-05T13:00:00+00:00"),
    ],
)
def test_it_is_shown_from_a_moment_on_the_clock_of_its_place(client, made, place, moment):
    owner = person()
    one = made(member(owner=owner), starts_on="2026-12-21", **place)
    client.force_login(owner)
    client.post(reverse("coalition:event_edit", args=[one.pk]))
    draft = Draft.objects.get()

    saved(client, draft, "more", **{"show-publish_from": "2026-12-05T09:00"})

    draft.refresh_from_db()
    assert draft.document["publish_from"] == moment
    assert opened(client, draft, "more")["show-publish_from"] == ["2026-12-05T09:00"]


def test_an_event_that_moves_to_another_town_goes_by_its_clock():
    one = event(starts_on="2026-12-21", timezone=None)
    assert one.clock == "America/Toronto"
    one = change_event(one, city="Vancouver", state_province="BC")
    assert one.clock == "America/Vancouver"
    assert one.occurrences.get().starts_at.isoformat() == "2026-12-22T03:00:00+00:00"


def test_a_clock_that_was_chosen_stays_wherever_an_event_moves_to():
    one = event(starts_on="2026-12-21", timezone="America/Halifax")
    assert change_event(one, city="Vancouver", state_province="BC").clock == "America/Halifax"


def test_an_event_that_goes_online_keeps_its_hour():
    one = event(starts_on="2026-12-21", timezone=None, city="Vancouver", state_province="BC")
    nowhere = {"place_name": None, "address_1": None, "city": None, "state_province": None}
    there = {"attendance": "online", "online_url": "https://meet.example.org/x"}
    assert change_event(one, **nowhere, **there).clock == "America/Vancouver"


def test_a_new_event_online_is_shown_from_a_moment_on_the_clock_of_its_organizer(client):
    owner = person()
    west = location((49.2827, -123.1207), timezone="America/Vancouver")
    organization = member(owner=owner, service_at_locations=[{"location": west}])
    client.force_login(owner)
    client.post(reverse("coalition:event_begin", args=[organization.slug]))
    draft = Draft.objects.get()
    saved(client, draft, "where", **{"how-attendance": "online"})

    saved(client, draft, "more", **{"show-publish_from": "2026-12-05T09:00"})

    draft.refresh_from_db()
    assert draft.document["publish_from"] == "2026-12-05T17:00:00+00:00"


def test_a_draft_that_moves_to_another_town_goes_by_its_clock(client):
    owner = person()
    one = event(member(owner=owner), starts_on="2026-12-21", timezone=None)
    client.force_login(owner)
    client.post(reverse("coalition:event_edit", args=[one.pk]))
    draft = Draft.objects.get()
    saved(client, draft, "where", **{"where-city": "Vancouver", "where-state_province": "BC"})

    saved(client, draft, "more", **{"show-publish_from": "2026-12-05T09:00"})

    draft.refresh_from_db()
    assert draft.document["publish_from"] == "2026-12-05T17:00:00+00:00"


def test_an_event_goes_by_the_clock_of_a_place_that_is_put_right():
    organization = member(owner=person())
    place = organization.services.get().service_at_locations.get().location
    there = {"location": place, "place_name": None, "address_1": None, "city": None}
    one = event(organization, starts_on="2026-12-21", timezone=None, **there)
    document = proposals.current(organization.services.get().pk)
    document["service_at_locations"][0]["location"]["timezone"] = "America/Winnipeg"
    proposals.change(document, origin="system", by="test")
    one.refresh_from_db()
    assert one.clock == "America/Winnipeg"
    assert one.occurrences.get().starts_at.isoformat() == "2026-12-22T01:00:00+00:00"
    one = change_event(one, location=None, city="Vancouver", state_province="BC")
    assert one.clock == "America/Vancouver"
