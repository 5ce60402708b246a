"""Calendars: other programs read the same of an event as our pages say, and no more."""

import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.test import override_settings

from coalition.events.calendar_file import calendar_file, timezone_lines
from coalition.events.calendars import calendar_lines
from coalition.events.models import Event
from directory.models import Location
from tests.events import change_event, event, hidden, online
from tests.factories import listing, location, published

pytestmark = pytest.mark.django_db

# Everything below takes place around the nights on which clocks are changed.
NOW = datetime.datetime(2026, 10, 1, 12, tzinfo=datetime.UTC)
PROVINCES = ("America/Toronto", "America/St_Johns", "America/Regina")
SECRETS = ("Sekrit", "Juniper", "P7C", "green door")


@pytest.fixture(autouse=True)
def _in_october():
    with time_machine.travel(NOW):
        yield


def file_of(one: Event, language: str = "en") -> str:
    lines = one.ical_fr if language == "fr" else one.ical
    return "".join(calendar_file("Events", [one.timezone], [lines]))


def read(one: Event, language: str = "en") -> list[icalendar.Event]:
    """Its components as another program reads them: the event, then the days that differ."""
    return icalendar.Calendar.from_ical(file_of(one, language)).events


def times_there(one: Event, until: datetime.date) -> list[tuple]:
    """When it takes place by what another program makes of the file."""
    calendar = icalendar.Calendar.from_ical(file_of(one))
    found = recurring_ical_events.of(calendar).between(datetime.date(2026, 9, 1), until)
    return sorted((utc(v.start, one), utc(v.end, one), v["STATUS"] == "CANCELLED") for v in found)


def times_here(one: Event, until: datetime.date) -> list[tuple]:
    """When it takes place by what our pages read."""
    rows = one.occurrences.filter(day__lt=until)
    return sorted((row.starts_at, row.ends_at, row.cancelled) for row in rows)


def utc(moment: datetime.date, one: Event) -> datetime.datetime:
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime.combine(moment, datetime.time(), ZoneInfo(one.timezone))
    return moment.astimezone(datetime.UTC)


RULES = {
    "every Tuesday": ("2026-10-06", "FREQ=WEEKLY"),
    "every second Tuesday": ("2026-10-06", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
    "Tuesdays and Saturdays": ("2026-10-06", "FREQ=WEEKLY;BYDAY=TU,SA"),
    "every second week, from Sunday": ("2026-10-04", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU"),
    "the second Tuesday": ("2026-10-13", "FREQ=MONTHLY;BYDAY=2TU"),
    "the last Friday": ("2026-10-30", "FREQ=MONTHLY;BYDAY=-1FR"),
    "every second month, the last Friday": ("2026-10-30", "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR"),
    "the 31st": ("2026-10-31", "FREQ=MONTHLY;BYMONTHDAY=31"),
    "the last weekday": ("2026-10-30", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    "every day": ("2026-10-25", "FREQ=DAILY;COUNT=20"),
    "ten times": ("2026-10-06", "FREQ=WEEKLY;COUNT=10"),
    "until a Tuesday": ("2026-10-06", "FREQ=WEEKLY;UNTIL=20261103"),
    "until a Monday": ("2026-10-06", "FREQ=WEEKLY;UNTIL=20261102"),
    "every day until": ("2026-10-25", "FREQ=DAILY;UNTIL=20261108"),
    "every year": ("2026-10-20", "FREQ=YEARLY"),
}


@pytest.mark.parametrize("zone", PROVINCES)
@pytest.mark.parametrize("rule", RULES)
def test_another_program_shows_the_times_our_pages_show(rule, zone):
    first, rrule = RULES[rule]
    one = event(starts_on=first, rrule=rrule, timezone=zone)
    until = datetime.date(2027, 11, 1)
    assert len(times_here(one, until)) > 1
    assert times_there(one, until) == times_here(one, until)


@pytest.mark.parametrize("zone", PROVINCES)
@pytest.mark.parametrize(
    ("begins", "ends"),
    [("19:00", "20:30"), ("22:00", "01:00"), ("00:00", "01:00"), ("23:30", "23:45"), (None, None)],
)
def test_an_end_of_the_rule_means_the_local_day(zone, begins, ends):
    """In St. John's 23:30 is the next day in UTC, which is what UNTIL is written in."""
    for rrule in ("FREQ=DAILY;UNTIL=20261103", "FREQ=WEEKLY;UNTIL=20261103"):
        one = event(
            starts_on="2026-10-27", starts_at=begins, ends_at=ends, timezone=zone, rrule=rrule
        )
        assert times_here(one, datetime.date(2027, 1, 1))[-1][0] == utc(
            datetime.datetime.combine(
                datetime.date(2026, 11, 3),
                datetime.time.fromisoformat(begins or "00:00"),
                ZoneInfo(zone),
            ),
            one,
        )
        assert times_there(one, datetime.date(2027, 1, 1)) == times_here(
            one, datetime.date(2027, 1, 1)
        )


@pytest.mark.parametrize("zone", PROVINCES)
def test_days_left_out_and_days_that_differ_are_the_same_there(zone):
    one = event(
        starts_on="2026-10-06",
        rrule="FREQ=WEEKLY;COUNT=12",
        timezone=zone,
        exdates=["2026-10-20", "2026-11-03"],
        changes=[
            {"recurrence_id": "2026-10-13", "starts_on": "2026-10-14"},
            {"recurrence_id": "2026-10-27", "starts_at": "12:00", "ends_at": "13:00"},
            {"recurrence_id": "2026-11-10", "cancelled": True},
            {"recurrence_id": "2026-11-17", "ends_at": "00:30"},
        ],
    )
    until = datetime.date(2027, 2, 1)
    here = times_here(one, until)
    assert len(here) == 10
    assert sum(cancelled for _starts, _ends, cancelled in here) == 1
    assert times_there(one, until) == here


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": None, "ends_at": None},
        {"starts_at": None, "ends_at": None, "ends_on": "2026-11-01"},
        {"starts_at": "09:00", "ends_at": "17:00", "ends_on": "2026-11-01"},
        {"starts_at": "22:00", "ends_at": "02:00"},
        {"starts_at": "20:00", "ends_at": None, "ends_on": "2026-11-01"},
    ],
    ids=["all day", "some days", "a weekend", "past midnight", "open end"],
)
@pytest.mark.parametrize("rrule", ["", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;UNTIL=20261113"])
def test_whole_days_and_nights_are_the_same_there(fields, rrule):
    one = event(starts_on="2026-10-30", rrule=rrule, **fields)
    until = datetime.date(2027, 1, 1)
    assert times_here(one, until)
    assert times_there(one, until) == times_here(one, until)


def test_a_whole_day_is_a_date_and_its_end_the_day_after():
    one = event(
        starts_on="2026-10-30",
        ends_on="2026-11-01",
        starts_at=None,
        ends_at=None,
        rrule="FREQ=YEARLY;UNTIL=20301030",
        exdates=["2027-10-30"],
        changes=[{"recurrence_id": "2028-10-30", "cancelled": True}],
    )
    lines = one.ical.splitlines()
    assert "DTSTART;VALUE=DATE:20261030" in lines
    assert "DTEND;VALUE=DATE:20261102" in lines
    assert "EXDATE;VALUE=DATE:20271030" in lines
    assert "RECURRENCE-ID;VALUE=DATE:20281030" in lines
    assert "RRULE:FREQ=YEARLY;UNTIL=20301030" in lines


def test_until_is_written_in_utc_where_there_is_a_time():
    one = event(starts_on="2026-10-27", rrule="FREQ=WEEKLY;UNTIL=20261104")
    assert "RRULE:FREQ=WEEKLY;UNTIL=20261105T000000Z" in one.ical.splitlines()
    assert "DTSTART;TZID=America/Toronto:20261027T190000" in one.ical.splitlines()


@pytest.mark.parametrize("zone", PROVINCES)
@pytest.mark.parametrize(
    ("begins", "ends"), [("22:00", "05:00"), ("02:30", "03:30"), ("01:30", "02:15")]
)
@pytest.mark.parametrize("first", ["2026-10-29", "2027-03-11"])
def test_nights_on_which_clocks_change_are_the_same_there(first, begins, ends, zone):
    one = event(
        starts_on=first, starts_at=begins, ends_at=ends, timezone=zone, rrule="FREQ=DAILY;COUNT=6"
    )
    until = datetime.date(2027, 4, 1)
    assert len(times_here(one, until)) == 6
    assert times_there(one, until) == times_here(one, until)


def test_no_end_is_made_up():
    assert "DTEND" not in event(ends_at=None).ical
    repeated = event(
        ends_at=None,
        starts_on="2026-10-06",
        rrule="FREQ=WEEKLY",
        changes=[{"recurrence_id": "2026-10-13", "ends_at": "21:00"}],
    )
    usual, other = read(repeated)
    assert "DTEND" not in usual
    assert other.end.hour == 21


def test_a_change_for_a_day_the_rule_does_not_have_is_not_told():
    changes = [
        {"recurrence_id": "2026-10-14", "cancelled": True},
        {"recurrence_id": "2026-10-20", "cancelled": True},
    ]
    one = event(
        starts_on="2026-10-06", rrule="FREQ=WEEKLY", changes=changes, exdates=["2026-10-20"]
    )
    assert len(read(one)) == 1


def test_a_change_of_an_event_that_takes_place_once_is_the_event():
    one = event(
        starts_on="2026-10-06", changes=[{"recurrence_id": "2026-10-06", "starts_at": "18:00"}]
    )
    (only,) = read(one)
    assert only.start.hour == 18
    assert "RECURRENCE-ID" not in only


# Time zones


def offset_by_the_letter(zone: str, moment: datetime.datetime) -> datetime.timedelta:
    """The distance to UTC that a VTIMEZONE tells (RFC 5545, 3.6.5): of the observance that began
    last, each by the offset before it. `moment` is in UTC, without a zone."""
    component = icalendar.Timezone.from_ical(timezone_lines(zone, 2046))
    onsets = [
        (start - part.TZOFFSETFROM, part.TZOFFSETTO)
        for part in component.subcomponents
        for start in [part.DTSTART, *(when for when, *_rest in part.rdates or [])]
    ]
    return max(onset for onset in onsets if onset[0] <= moment)[1]


@pytest.mark.parametrize("zone", [*PROVINCES, "America/Whitehorse", "America/Halifax"])
@pytest.mark.parametrize("day", ["2026-03-08", "2026-07-01", "2026-11-01", "2036-03-09"])
def test_a_time_zone_is_told_to_the_hour(zone, day):
    begin = datetime.datetime.fromisoformat(day)
    for half_hours in range(48):
        moment = begin + datetime.timedelta(minutes=30 * half_hours)
        there = moment.replace(tzinfo=datetime.UTC).astimezone(ZoneInfo(zone))
        assert offset_by_the_letter(zone, moment) == there.utcoffset(), moment


def test_each_zone_that_is_named_is_told_once_and_shortly():
    one = event(timezone="America/St_Johns", starts_on="2026-10-06", rrule="FREQ=WEEKLY")
    calendar = icalendar.Calendar.from_ical(file_of(one))
    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["America/St_Johns"]
    assert calendar.get_missing_tzids() == set()
    assert len(timezone_lines("America/St_Johns", 2046)) < 2000


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
    (found,) = read(one)
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
    assert str(read(one)[0]["DESCRIPTION"]).startswith(text.strip())
    assert str(read(one, "fr")[0]["DESCRIPTION"]).startswith(f"x{text.strip()}")


def test_every_line_ends_as_it_must():
    whole = file_of(event(rrule="FREQ=DAILY;COUNT=3", description=HOSTILE))
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
    (found,) = read(one)
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
    (found,) = read(one, "fr")
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
    assert read(other)[0]["LOCATION"] == "Online"


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
    assert read(one)[0].get("LOCATION") == (
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
    (before,) = read(one)
    with (
        time_machine.travel(NOW + datetime.timedelta(hours=1)),
        override_settings(SITE_URL="https://elsewhere.example.org"),
    ):
        one = change_event(
            one,
            name="Peer circle and tea",
            changes=[{"recurrence_id": "2026-10-13", "cancelled": True}],
        )
    after, other = read(one)
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
    for found in read(one):
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
    usual, other = read(one)
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
    usual, other = read(one)
    assert other["LOCATION"] == "The library"
    assert "Where: The library" in other["DESCRIPTION"]
    assert usual["LOCATION"].startswith("Friendship Hall")


def test_lines_are_made_whatever_language_is_active():
    one = event()
    assert calendar_lines(one, "en") == one.ical
    assert calendar_lines(one, "fr") == one.ical_fr
