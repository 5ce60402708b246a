"""Calendars: what they say of an event is what its page says, as text, and no more."""

import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.test import override_settings

from coalition.events.calendar_file import calendar_file
from coalition.events.calendars import calendar_lines
from directory.models import Location
from tests.events import calendar_of, change_event, event, hidden, online, read_calendar
from tests.factories import listing, location, published

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 10, 1, 12, tzinfo=datetime.UTC)
SECRETS = ("Sekrit", "Juniper", "P7C", "green door")


@pytest.fixture(autouse=True)
def _in_october():
    with time_machine.travel(NOW):
        yield


# Text


HOSTILE = "\r\n".join(
    [
        'Tea, coffee; cake \\ \\N "quoted"',
        "ATTENDEE:mailto:x@example.org",
        "END:VEVENT\u2028\x07\x1b!",
    ]
)


def test_what_people_write_stays_text():
    one = event(name=HOSTILE.replace("\r\n", " "), description=HOSTILE, place_name=HOSTILE[:60])
    (found,) = read_calendar(one)
    assert "ATTENDEE" not in found
    assert str(found["SUMMARY"]).startswith('Tea, coffee; cake \\ \\N "quoted" ATTENDEE:mailto')
    assert '\\ \\N "quoted"\nATTENDEE:mailto:x@example.org\nEND:VEVENT\n!' in found["DESCRIPTION"]
    assert "\x07" not in one.ical
    assert one.ical.count("\r\nEND:VEVENT") == 1


@pytest.mark.parametrize(
    "word",
    ["é", "🧡", "مرحبا بكم ", "ᐊᓂᔑᓈᐯᒧᐎᓐ", "\\", ",;", "line\n", "👩🏽‍🤝‍👩🏻"],
    ids=ascii,
)
def test_lines_are_folded_between_characters(word):
    text = "Come in " + word * 200
    one = event(description=text, description_fr=f"x{text}", name=word[0] * 280 + "a")
    for lines in (one.ical, one.ical_fr):
        for line in lines.encode().split(b"\r\n"):
            assert len(line) <= 75
            assert not {*b"\r\n"} & {*line}
            line.decode()  # no character is split
    assert str(read_calendar(one)[0]["DESCRIPTION"]).startswith(text.strip())
    assert str(read_calendar(one, "fr")[0]["DESCRIPTION"]).startswith(f"x{text.strip()}")


def test_every_line_ends_as_it_must():
    whole = calendar_of(event(rrule="FREQ=DAILY;COUNT=3", description=HOSTILE))
    assert whole.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert whole.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert "\n" not in whole.replace("\r\n", "")
    assert "\r\n\r\n" not in whole


def test_the_name_of_a_calendar_stays_text():
    text = "".join(calendar_file("Tea, cake\r\nMETHOD:CANCEL", [], []))
    assert "NAME:Tea\\, cake METHOD:CANCEL\r\n" in text
    assert icalendar.Calendar.from_ical(text)["METHOD"] == "PUBLISH"


# What it says


def test_an_event_says_what_its_page_says():
    one = event(
        audience="People who use, and their friends",
        amount="5.00",
        access=["childcare", "food"],
        substance_free="no",
        registration="contact",
        contact_phone="807-555-0142",
        contact_email="circle@example.org",
        attendance="both",
        online_url="https://meet.example.org/circle",
        status="tentative",
        status_note="We wait for the keys.",
    )
    (found,) = read_calendar(one)
    assert found["STATUS"] == "TENTATIVE"
    assert found["TRANSP"] == "TRANSPARENT"
    assert found["LOCATION"] == "Friendship Hall, 14 Harbour Lane, Thunder Bay, ON"
    assert found["URL"] == "http://localhost:8000/events/peer-circle/"
    assert "ORGANIZER" not in found
    text = str(found["DESCRIPTION"])
    for said in (
        "Not certain yet.\n\nWe wait for the keys.",
        "Come as you are",
        "For whom: People who use, and their friends",
        "Online: https://meet.example.org/circle",
        "Cost: $5",
        "Access: Childcare, Food, Come as you are",
        "To say that you come: 807-555-0142, circle@example.org",
        "Organizer: Harbour Lane Health Centre",
        "http://localhost:8000/events/peer-circle/",
    ):
        assert said in text


def test_french_lines_are_french_and_fall_back():
    one = event(description_fr="", audience_fr="Pour tout le monde")
    (found,) = read_calendar(one, "fr")
    assert found["SUMMARY"] == "Cercle de pairs"
    assert "Come as you are" in found["DESCRIPTION"]
    assert "Pour tout le monde" in found["DESCRIPTION"]
    assert "Centre de santé Harbour Lane" in found["DESCRIPTION"]
    assert found["URL"] == "http://localhost:8000/fr/events/peer-circle/"


def test_the_link_to_join_is_for_those_who_register_where_they_can():
    secret = {"online_url": "https://meet.example.org/x", "online_note": "The code is 1234"}
    open_one, other = online(**secret), online(registration="here", **secret)
    assert "meet.example.org" in open_one.ical.replace("\r\n ", "")
    for text in (other.ical, other.ical_fr):
        assert "meet.example" not in text.replace("\r\n ", "")
        assert "1234" not in text.replace("\r\n ", "")
    assert read_calendar(other)[0]["LOCATION"] == "Online"


# Addresses


@pytest.mark.parametrize("visibility", ["approximate", "confidential"])
@pytest.mark.parametrize("rrule", ["", "FREQ=WEEKLY;COUNT=4"])
def test_an_address_that_is_private_is_in_no_line(visibility, rrule):
    starts_on = datetime.date(2026, 10, 6)
    changes = [{"recurrence_id": "2026-10-13", "place": "Behind Sekrit Street"}] if rrule else []
    one = hidden(visibility=visibility, starts_on=starts_on, rrule=rrule, changes=changes)
    for text in (one.ical, one.ical_fr):
        assert not [secret for secret in SECRETS if secret in text.replace("\r\n ", "")]
        assert "GEO" not in text
    assert read_calendar(one)[0].get("LOCATION") == (
        "Thunder Bay, ON" if visibility == "approximate" else None
    )


@pytest.mark.parametrize("visibility", ["public", "approximate", "confidential"])
def test_a_place_of_the_organizer_keeps_its_rule(visibility):
    there = location(
        visibility=visibility,
        name="Juniper House",
        address={"address_1": "77 Sekrit Street", "postal_code": "P7C 9Z9"},
    )
    (service,) = published(listing(service_at_locations=[{"location": there}]))
    one = event(
        service.organization,
        location=Location.objects.get(),
        **dict.fromkeys(["place_name", "address_1", "city", "state_province"]),
    )
    told = [secret for secret in SECRETS[:3] if secret in one.ical.replace("\r\n ", "")]
    assert told == (list(SECRETS[:3]) if visibility == "public" else [])
    assert ("GEO" in one.ical) == (visibility == "public")


def test_a_point_is_told_only_where_it_is_the_door():
    """The middle of a postal area would send people to the wrong house."""
    assert "GEO" not in event(postal_code="P7B 1A1").ical


# What changes


def test_an_event_keeps_its_identity_and_counts_its_changes():
    one = event(starts_on="2026-10-06", rrule="FREQ=WEEKLY")
    (before,) = read_calendar(one)
    with (
        time_machine.travel(NOW + datetime.timedelta(hours=1)),
        override_settings(SITE_URL="https://elsewhere.example.org"),
    ):
        one = change_event(
            one,
            name="Peer circle and tea",
            changes=[{"recurrence_id": "2026-10-13", "cancelled": True}],
        )
    after, other = read_calendar(one)
    assert after["UID"] == other["UID"] == before["UID"] == str(one.pk)
    assert after["SEQUENCE"] == other["SEQUENCE"] > before["SEQUENCE"]
    assert after.DTSTAMP > before.DTSTAMP
    assert one.last_modified.replace(microsecond=0) == after.LAST_MODIFIED
    assert after["CREATED"].dt == before["CREATED"].dt


def test_an_event_that_is_cancelled_says_so_everywhere():
    one = event(
        starts_on="2026-10-06",
        rrule="FREQ=WEEKLY",
        changes=[{"recurrence_id": "2026-10-13", "starts_at": "18:00"}],
        online_url="https://meet.example.org/x",
        attendance="both",
    )
    one = change_event(one, status="cancelled", status_note="The hall is flooded.")
    for found in read_calendar(one):
        assert found["STATUS"] == "CANCELLED"
        assert found["SUMMARY"] == "Cancelled: Peer circle"
        assert str(found["DESCRIPTION"]).startswith("Cancelled.\n\nThe hall is flooded.")
        assert "meet.example.org" not in found["DESCRIPTION"]


def test_one_day_that_is_cancelled_stays_and_says_so():
    one = event(
        starts_on="2026-10-06",
        rrule="FREQ=WEEKLY",
        changes=[{"recurrence_id": "2026-10-13", "cancelled": True, "note": "A holiday."}],
    )
    usual, other = read_calendar(one)
    assert usual["STATUS"] == "CONFIRMED"
    assert other["STATUS"] == "CANCELLED"
    assert other["RECURRENCE-ID"].dt == datetime.datetime(
        2026, 10, 13, 19, tzinfo=ZoneInfo("America/Toronto")
    )
    assert other["SUMMARY"] == "Cancelled: Peer circle"
    assert str(other["DESCRIPTION"]).startswith("Cancelled.\n\nA holiday.")


def test_a_day_elsewhere_says_where():
    one = event(
        starts_on="2026-10-06",
        rrule="FREQ=WEEKLY",
        changes=[{"recurrence_id": "2026-10-13", "place": "The library"}],
    )
    usual, other = read_calendar(one)
    assert other["LOCATION"] == "The library"
    assert "Where: The library" in other["DESCRIPTION"]
    assert usual["LOCATION"].startswith("Friendship Hall")


def test_lines_are_made_whatever_language_is_active():
    one = event()
    assert calendar_lines(one, "en") == one.ical
    assert calendar_lines(one, "fr") == one.ical_fr
