"""Funding deadlines, as calendar programs read them."""

import datetime

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coalition.resources.models import Resource
from tests.people import member
from tests.resources import change_resource, funding, resource

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
FEED = "/resources/deadlines.ics"


@pytest.fixture
def organization():
    return member()


def events_of(client, path: str = FEED) -> list[icalendar.Event]:
    response = client.get(path)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return list(icalendar.Calendar.from_ical(response.content).walk("VEVENT"))


def test_a_deadline_is_an_event_on_its_own_clock(client, organization):
    found = funding(organization, deadline="2030-06-30T21:00:00+00:00", timezone="America/Winnipeg")
    (one,) = events_of(client)
    start = one.decoded("dtstart")
    assert start == datetime.datetime(2030, 6, 30, 21, tzinfo=datetime.UTC)
    assert one["dtstart"].params["TZID"] == "America/Winnipeg"
    assert str(one["uid"]) == str(found.pk)
    assert str(one["summary"]) == "Deadline: Community safety grant"
    assert one["url"].endswith(f"/resources/{found.slug}/")
    for said in ("Harbour Lane Health Centre", "$500 to $5,000", "Peer-led groups in Ontario"):
        assert said in one["description"]
    assert "dtend" not in one


def test_the_calendar_speaks_the_language_of_its_address(client, organization):
    funding(organization, deadline=timezone.now() + DAY)
    (one,) = events_of(client, f"/fr{FEED}")
    assert "Subvention pour la sécurité des communautés" in one["summary"]
    assert "/fr/resources/" in one["url"]


def test_only_funding_that_everyone_may_see_is_in_it(client, organization):
    soon = timezone.now() + DAY
    funding(organization, name="In")
    funding(organization, name="Dated", deadline=soon)
    funding(organization, name="For members", deadline=soon, seen_by="members")
    funding(organization, name="Later", deadline=soon, publish_from=soon)
    funding(organization, name="Hidden", deadline=soon, published_by="")
    funding(organization, name="Long over", deadline=timezone.now() - 200 * DAY)
    resource(organization, name="Poster", deadline=soon)
    assert [str(one["summary"]) for one in events_of(client)] == ["Deadline: Dated"]


def test_an_empty_calendar_is_one(client):
    assert events_of(client) == []


def test_who_has_it_as_it_is_gets_nothing_anew(client, organization):
    found = funding(organization, deadline=timezone.now() + DAY)
    first = client.get(FEED)
    known = {"if-none-match": first.headers["ETag"]}
    assert client.get(FEED, headers=known).status_code == 304
    change_resource(found, name="Renamed")
    assert client.get(FEED, headers=known).status_code == 200
    assert client.get(f"/fr{FEED}", headers=known).status_code == 200


def test_odd_words_stay_words(client, organization):
    funding(
        organization,
        name="A; b, c\\n d",
        description="Two\nlines\r\nBEGIN:VEVENT",
        deadline=timezone.now() + DAY,
    )
    (one,) = events_of(client)
    assert one["summary"] == "Deadline: A; b, c\\n d"
    assert "BEGIN:VEVENT" in one["description"]


def test_the_same_query_count_however_many_there_are(client, organization):
    counts = []
    for number in range(3):
        funding(organization, name=f"Grant {number}", deadline=timezone.now() + DAY)
        with CaptureQueriesContext(connection) as queries:
            assert len(events_of(client)) == number + 1
        counts.append(len(queries))
    assert len(set(counts[1:])) == 1
    assert Resource.objects.count() == 3
