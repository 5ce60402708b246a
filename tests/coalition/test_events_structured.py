"""What search engines read of an event: what its page says, and no more."""

import json
import re

import pytest
import time_machine
from django.utils import translation

from coalition.events.structured import event_json_ld
from tests.events import event, online
from tests.factories import listing, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return published(listing())[0].organization


def test_an_event_in_the_words_of_search_engines(organization):
    one = event(
        organization,
        starts_on="2027-02-02",
        rrule="FREQ=MONTHLY;BYDAY=1TU;UNTIL=20271231",
        exdates=["2027-04-06"],
        amount="0",
        places=12,
    )
    found = event_json_ld(one)
    assert found["@type"] == "Event"
    assert found["name"] == "Peer circle"
    assert found["startDate"] == "2027-02-02T19:00-05:00"
    assert found["endDate"] == "2027-02-02T20:30-05:00"
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    assert found["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert found["location"] == [
        {
            "@type": "Place",
            "name": "Friendship Hall",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "14 Harbour Lane",
                "addressLocality": "Thunder Bay",
                "addressRegion": "ON",
                "addressCountry": "CA",
            },
        }
    ]
    assert found["organizer"] == [{"@type": "Organization", "name": "Harbour Lane Health Centre"}]
    assert found["isAccessibleForFree"] is True
    assert found["offers"]["price"] == "0.00"
    assert found["maximumAttendeeCapacity"] == 12
    assert found["url"] == f"http://localhost:8000/events/{one.slug}/"
    assert found["eventSchedule"] == {
        "@type": "Schedule",
        "startDate": "2027-02-02",
        "endDate": "2027-12-31",
        "repeatFrequency": "P1M",
        "byDay": ["1TU"],
        "startTime": "19:00",
        "endTime": "20:30",
        "scheduleTimezone": "America/Toronto",
        "exceptDate": ["2027-04-06"],
    }


def test_one_time_of_an_event_has_its_own_day_and_offset(organization):
    one = event(
        organization,
        starts_on="2027-03-02",
        rrule="FREQ=WEEKLY;COUNT=4",
        changes=[{"recurrence_id": "2027-03-09", "cancelled": True}],
    )
    with time_machine.travel("2027-01-01"):
        times = {time.recurrence_id.isoformat(): time for time in one.occurrences.all()}
    later = event_json_ld(one, times["2027-03-16"])
    assert later["startDate"] == "2027-03-16T19:00-04:00"
    off = event_json_ld(one, times["2027-03-09"])
    assert off["eventStatus"] == "https://schema.org/EventCancelled"


def test_whole_days_are_days_there(organization):
    one = event(
        organization, starts_on="2027-02-02", ends_on="2027-02-03", starts_at=None, ends_at=None
    )
    found = event_json_ld(one)
    assert (found["startDate"], found["endDate"]) == ("2027-02-02", "2027-02-03")


def test_in_the_readers_language(organization):
    with translation.override("fr"):
        found = event_json_ld(event(organization))
    assert found["name"] == "Cercle de pairs"
    assert "/fr/events/" in found["url"]


@pytest.mark.parametrize("registration", ["none", "here"])
def test_where_to_join_online_is_told_as_on_the_page(organization, registration):
    one = online(organization, registration=registration)
    (there,) = event_json_ld(one)["location"]
    link = one.online_url if registration == "none" else f"http://localhost:8000/events/{one.slug}/"
    assert there == {"@type": "VirtualLocation", "url": link}


def test_nothing_ends_the_block_of_data(client, organization):
    one = event(organization, name="</script><script>alert(1)</script>&\u2028<!--")
    page = client.get(f"/events/{one.slug}/").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert not {*"<>&\u2028"} & {*block}
    assert json.loads(block)["name"] == "</script><script>alert(1)</script>&\n<!--"
