"""An event keeps the clock of where it takes place."""

import datetime

import pytest
from django.urls import reverse

from coalition.listings.models import Draft
from tests.editing import opened, saved
from tests.events import change_event, event, online
from tests.people import member, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _before(time_machine):
    """The days that these tests name are to come."""
    time_machine.move_to(datetime.datetime(2026, 11, 27, 17, tzinfo=datetime.UTC))


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
    assert one.timezone == "America/Toronto"
    one = change_event(one, city="Vancouver", state_province="BC")
    assert one.timezone == "America/Vancouver"
    assert one.occurrences.get().starts_at.isoformat() == "2026-12-22T03:00:00+00:00"


def test_a_clock_that_was_chosen_stays_wherever_an_event_moves_to():
    one = event(starts_on="2026-12-21", timezone="America/Halifax")
    assert change_event(one, city="Vancouver", state_province="BC").timezone == "America/Halifax"


def test_an_event_that_goes_online_keeps_its_hour():
    one = event(starts_on="2026-12-21", timezone=None, city="Vancouver", state_province="BC")
    nowhere = {"place_name": None, "address_1": None, "city": None, "state_province": None}
    there = {"attendance": "online", "online_url": "https://meet.example.org/x"}
    assert change_event(one, **nowhere, **there).timezone == "America/Vancouver"
