"""Calendars: another program shows an event at the times at which our pages show it."""

import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import time_machine

from coalition.events.calendar_file import timezone_lines
from coalition.events.models.events import Event
from tests.events import calendar_of, event, read_calendar

pytestmark = pytest.mark.django_db

# Everything below takes place around the nights on which clocks are changed.
NOW = datetime.datetime(2026, 10, 1, 12, tzinfo=datetime.UTC)
PROVINCES = ("America/Toronto", "America/St_Johns", "America/Regina")


@pytest.fixture(autouse=True)
def _in_october():
    with time_machine.travel(NOW):
        yield


def times_there(one: Event, until: datetime.date) -> list[tuple]:
    """When it takes place by what another program makes of the file."""
    calendar = icalendar.Calendar.from_ical(calendar_of(one))
    found = recurring_ical_events.of(calendar).between(datetime.date(2026, 9, 1), until)
    return sorted((utc(v.start, one), utc(v.end, one), v["STATUS"] == "CANCELLED") for v in found)


def times_here(one: Event, until: datetime.date) -> list[tuple]:
    """When it takes place by what our pages read."""
    rows = one.occurrences.filter(day__lt=until)
    return sorted((row.starts_at, row.ends_at, row.cancelled) for row in rows)


def utc(moment: datetime.date, one: Event) -> datetime.datetime:
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime.combine(moment, datetime.time(), ZoneInfo(one.clock))
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
    usual, other = read_calendar(repeated)
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
    assert len(read_calendar(one)) == 1


def test_a_change_of_an_event_that_takes_place_once_is_the_event():
    one = event(
        starts_on="2026-10-06", changes=[{"recurrence_id": "2026-10-06", "starts_at": "18:00"}]
    )
    (only,) = read_calendar(one)
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
    calendar = icalendar.Calendar.from_ical(calendar_of(one))
    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["America/St_Johns"]
    assert calendar.get_missing_tzids() == set()
    assert len(timezone_lines("America/St_Johns", 2046)) < 2000
