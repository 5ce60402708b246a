"""When a service is open: rules in, instants out. 2026 unless a test says otherwise."""

import datetime

import pytest

from directory.hours import days as calendar
from directory.hours import rules as words
from directory.hours.days import HOLIDAY_RENAMED, public_holidays, zone
from directory.hours.rules import Rule, rules_of, schedule_lines
from directory.hours.spans import HORIZON_DAYS, Span, materialise, spans, status
from directory.models.enums import Frequency, OnHolidays, Province, ScheduleState

UTC = datetime.UTC
EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"
WEEKDAYS = "MO,TU,WE,TH,FR"


def weekly(byday, opens="", closes="", **line):
    return {
        "freq": "WEEKLY",
        "byday": byday,
        "opens_at": opens,
        "closes_at": closes,
        "holidays": "as_usual",
        **line,
    }


def monthly(opens="09:00", closes="10:00", **line):
    return {"freq": "MONTHLY", "opens_at": opens, "closes_at": closes, **line}


def dated(day, opens="", closes="", **line):
    return {"dtstart": day, "opens_at": opens, "closes_at": closes, **line}


def told(lines, first, last=None, *, timezone="America/Toronto", province="ON"):
    """Spans from the first local midnight to the end of the last day, on the local clock:
    "03-09 09:00 – 03-09 17:00 open"."""
    place = zone(timezone)
    day = datetime.date.fromisoformat(first)
    end = datetime.date.fromisoformat(last or first) + datetime.timedelta(days=1)
    found = spans(
        rules_of(lines),
        timezone=timezone,
        province=province,
        start=datetime.datetime.combine(day, datetime.time(), place),
        end=datetime.datetime.combine(end, datetime.time(), place),
    )
    assert all(s.tzinfo is UTC and e.tzinfo is UTC for s, e, _ in found)
    shown = "%m-%d %H:%M"
    return [
        f"{s.astimezone(place):{shown}} – {e.astimezone(place):{shown}} {state}"
        for s, e, state in found
    ]


def hours_between(lines, first, last, **where):
    """Real hours of each span that begins on these local days."""
    place = zone(where.get("timezone", "America/Toronto"))
    found = spans(
        rules_of(lines),
        timezone=place.key,
        province=where.get("province", "ON"),
        start=datetime.datetime.fromisoformat(first).replace(tzinfo=place),
        end=datetime.datetime.fromisoformat(last).replace(tzinfo=place),
    )
    return [(end - start) / datetime.timedelta(hours=1) for start, end, _ in found]


def days_open(lines, first, last, **where):
    return [line[:5] for line in told(lines, first, last, **where) if line.endswith("open")]


def state_at(lines, at, *, timezone="America/Toronto", province="ON"):
    """What a page would say at a local time, from hours materialised at that moment."""
    now = datetime.datetime.fromisoformat(at).replace(tzinfo=zone(timezone))
    known = materialise(rules_of(lines), timezone=timezone, province=province, now=now)
    return status(known, now)


# The shape of a line


def test_the_words_of_rules_are_those_of_the_catalogue():
    assert set(words.STATES) == set(ScheduleState.values)
    assert {words.WEEKLY, words.MONTHLY} == set(Frequency.values)
    assert set(words.ON_HOLIDAYS) == set(OnHolidays.values)
    assert set(calendar.PROVINCES) == set(Province.values)


def test_an_empty_value_is_an_absent_one():
    bare = {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}
    full = {**bare, "dtstart": "", "until": None, "season_from": "", "bymonthday": "", "state": ""}
    assert Rule.from_document(full) == Rule.from_document(bare)
    assert Rule.from_document(bare).holidays == "unknown"


def test_seconds_in_a_time_change_nothing():
    short, long = weekly("MO", "09:00", "17:00"), weekly("MO", "09:00:00", "17:00:00")
    assert Rule.from_document(short) == Rule.from_document(long)


@pytest.mark.parametrize(
    "line",
    [
        {"freq": "DAILY", "byday": "MO"},
        weekly("MO", "09:00", "17:00", state="maybe"),
        weekly("MO", "09:00", "17:00", holidays="perhaps"),
        weekly("MO", "09:00", ""),
        weekly("MO", "09:00", "09:00"),
        weekly("MO", "9 o'clock", "17:00"),
        weekly("XX", "09:00", "17:00"),
        weekly("", "09:00", "17:00"),
        weekly("MO", "09:00", "17:00", interval=2),
        weekly("MO", "09:00", "17:00", season_from="05-01"),
        weekly("MO", "09:00", "17:00", dtstart="yesterday"),
        {"opens_at": "09:00", "closes_at": "17:00"},
    ],
)
def test_a_line_the_catalogue_would_refuse_is_refused(line):
    with pytest.raises(ValueError):  # noqa: PT011
        Rule.from_document(line)


def test_lines_at_a_place_outrank_the_services_and_those_the_locations():
    of = {name: [weekly(name, "09:00", "17:00")] for name in ("MO", "TU", "WE")}
    place = {"schedules": of["MO"], "location": {"schedules": of["WE"]}}
    bare = {"location": {"schedules": of["WE"]}}
    assert schedule_lines({"schedules": of["TU"]}, place) == of["MO"]
    assert schedule_lines({"schedules": of["TU"]}, bare) == of["TU"]
    assert schedule_lines({}, bare) == of["WE"]
    assert schedule_lines({"schedules": of["TU"]}) == of["TU"]
    assert schedule_lines({}) == []


# Days and nights


def test_weekly_hours_on_their_days():
    lines = [weekly("MO,WE", "09:00", "17:00")]
    assert told(lines, "2026-03-09", "2026-03-15") == [
        "03-09 09:00 – 03-09 17:00 open",
        "03-11 09:00 – 03-11 17:00 open",
    ]


def test_a_lunch_break_closes():
    lines = [weekly("MO", "09:00", "12:00"), weekly("MO", "13:00", "17:00")]
    assert state_at(lines, "2026-03-09 12:00").state == "closed"
    assert state_at(lines, "2026-03-09 12:59").state == "closed"
    assert state_at(lines, "2026-03-09 13:00").state == "open"


def test_lines_that_touch_are_one_span():
    lines = [weekly("MO", "09:00", "12:00"), weekly("MO", "12:00", "17:00")]
    assert told(lines, "2026-03-09") == ["03-09 09:00 – 03-09 17:00 open"]


def test_lines_that_overlap_are_one_span():
    lines = [weekly("MO", "09:00", "14:00"), weekly("MO", "12:00", "17:00")]
    assert told(lines, "2026-03-09") == ["03-09 09:00 – 03-09 17:00 open"]


def test_the_minute_of_opening_is_open_and_that_of_closing_closed():
    lines = [weekly("MO", "09:00", "17:00")]
    assert state_at(lines, "2026-03-09 08:59:59").state == "closed"
    assert state_at(lines, "2026-03-09 09:00").state == "open"
    assert state_at(lines, "2026-03-09 16:59:59").state == "open"
    assert state_at(lines, "2026-03-09 17:00").state == "closed"


def test_closing_at_midnight_is_the_end_of_the_day_it_opens():
    lines = [weekly("MO", "18:00", "00:00")]
    assert told(lines, "2026-03-09", "2026-03-11") == ["03-09 18:00 – 03-10 00:00 open"]
    assert state_at(lines, "2026-03-09 23:59:59").state == "open"
    assert state_at(lines, "2026-03-10 00:00").state == "closed"


def test_a_minute_before_midnight_means_midnight():
    """HSDS writes all day as 00:00 to 23:59."""
    lines = [weekly(EVERY_DAY, "00:00", "23:59")]
    assert told(lines, "2026-03-09", "2026-03-10") == ["03-09 00:00 – 03-11 00:00 open"]


def test_opening_at_midnight_is_the_start_of_its_day():
    lines = [weekly("TU", "00:00", "06:00")]
    assert told(lines, "2026-03-09", "2026-03-11") == ["03-10 00:00 – 03-10 06:00 open"]


def test_past_midnight_belongs_to_the_day_it_opens():
    lines = [weekly("SA", "22:00", "02:00")]
    assert told(lines, "2026-03-14", "2026-03-15") == ["03-14 22:00 – 03-15 02:00 open"]
    assert state_at(lines, "2026-03-15 01:59").state == "open"  # Sunday
    assert state_at(lines, "2026-03-14 01:59").state == "closed"  # Saturday


def test_past_midnight_at_the_edge_of_what_is_asked():
    lines = [weekly("SA", "22:00", "02:00")]
    assert told(lines, "2026-03-15") == ["03-15 00:00 – 03-15 02:00 open"]
    assert told(lines, "2026-03-14") == ["03-14 22:00 – 03-15 00:00 open"]


def test_midnight_to_midnight_is_all_day():
    assert told([weekly("MO", "00:00", "00:00")], "2026-03-09", "2026-03-10") == [
        "03-09 00:00 – 03-10 00:00 open"
    ]


def test_a_line_without_times_is_the_whole_day():
    assert told([weekly("MO", state="by_appointment")], "2026-03-09", "2026-03-10") == [
        "03-09 00:00 – 03-10 00:00 by_appointment"
    ]


def test_open_outranks_call_first_outranks_by_appointment():
    lines = [
        weekly("MO", state="by_appointment"),
        weekly("MO", "08:00", "20:00", state="call_first"),
        weekly("MO", "09:00", "12:00"),
    ]
    assert told(lines, "2026-03-09") == [
        "03-09 00:00 – 03-09 08:00 by_appointment",
        "03-09 08:00 – 03-09 09:00 call_first",
        "03-09 09:00 – 03-09 12:00 open",
        "03-09 12:00 – 03-09 20:00 call_first",
        "03-09 20:00 – 03-10 00:00 by_appointment",
    ]


# The clocks change: 8 March and 1 November 2026, at 2:00


ALWAYS = [weekly(EVERY_DAY, "00:00", "00:00")]
ZONES = [
    ("America/Toronto", "ON"),
    ("America/St_Johns", "NL"),
    ("America/Halifax", "NS"),
    ("America/Winnipeg", "MB"),
    ("America/Regina", "SK"),
    ("America/Vancouver", "BC"),
    ("America/Whitehorse", "YT"),
]


@pytest.mark.parametrize(("timezone", "province"), ZONES)
@pytest.mark.parametrize("night", ["2026-03-08", "2026-11-01", "2025-11-02", "2025-03-09"])
def test_all_day_every_day_has_no_gap_and_no_overlap_when_the_clocks_change(
    timezone, province, night
):
    day = datetime.date.fromisoformat(night)
    first, last = day - datetime.timedelta(days=2), day + datetime.timedelta(days=2)
    found = told(ALWAYS, str(first), str(last), timezone=timezone, province=province)
    after = last + datetime.timedelta(days=1)
    assert found == [f"{first:%m-%d} 00:00 – {after:%m-%d} 00:00 open"]


@pytest.mark.parametrize(
    ("timezone", "province"), [("America/Toronto", "ON"), ("America/St_Johns", "NL")]
)
def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn(timezone, province):
    lines = [weekly("SA", "22:00", "06:00")]
    where = {"timezone": timezone, "province": province}
    assert hours_between(lines, "2026-03-07", "2026-03-10", **where) == [7]
    assert hours_between(lines, "2026-10-31", "2026-11-03", **where) == [9]
    assert told(lines, "2026-03-07", "2026-03-08", **where) == ["03-07 22:00 – 03-08 06:00 open"]
    assert told(lines, "2026-10-31", "2026-11-01", **where) == ["10-31 22:00 – 11-01 06:00 open"]


def test_saskatchewan_does_not_change_its_clocks():
    lines = [weekly("SA", "22:00", "06:00")]
    where = {"timezone": "America/Regina", "province": "SK"}
    assert hours_between(lines, "2026-03-07", "2026-03-10", **where) == [8]
    assert hours_between(lines, "2026-10-31", "2026-11-03", **where) == [8]
    assert told([weekly("SU", "02:30", "05:00")], "2026-03-08", **where) == [
        "03-08 02:30 – 03-08 05:00 open"
    ]


@pytest.mark.parametrize(
    ("timezone", "closing"),
    [("America/Toronto", datetime.time(5, 30)), ("America/St_Johns", datetime.time(4))],
)
def test_a_time_that_comes_twice_is_the_first(timezone, closing):
    """Closing at 1:30 on the autumn night: nobody is sent to a door that may be shut."""
    found = spans(
        rules_of([weekly("SA", "22:00", "01:30")]),
        timezone=timezone,
        province="",
        start=datetime.datetime(2026, 10, 31, 12, tzinfo=UTC),
        end=datetime.datetime(2026, 11, 2, 12, tzinfo=UTC),
    )
    # 1:30 with summer's offset, UTC-4 in Toronto and UTC-2:30 in St. John's
    assert [span.end.time() for span in found] == [closing]
    assert found[0].end - found[0].start == datetime.timedelta(hours=3, minutes=30)


def test_opening_at_a_time_that_comes_twice_is_the_first_of_them():
    assert hours_between([weekly("SU", "01:30", "04:00")], "2026-11-01", "2026-11-02") == [3.5]


def test_lines_that_touch_at_a_time_that_comes_twice_leave_no_gap():
    lines = [weekly("SU", "00:00", "01:30"), weekly("SU", "01:30", "06:00")]
    assert told(lines, "2026-11-01") == ["11-01 00:00 – 11-01 06:00 open"]
    assert hours_between(lines, "2026-11-01", "2026-11-02") == [7]


def test_a_time_that_the_clocks_skip_is_moved_on_by_an_hour():
    assert told([weekly("SU", "02:30", "06:00")], "2026-03-08") == [
        "03-08 03:30 – 03-08 06:00 open"
    ]
    assert told([weekly("SA", "22:00", "02:30")], "2026-03-07", "2026-03-08") == [
        "03-07 22:00 – 03-08 03:30 open"
    ]


def test_hours_that_lie_within_the_skipped_hour_do_not_run_backwards():
    assert told([weekly("SU", "02:15", "03:00")], "2026-03-08") == []


def test_the_newer_time_zone_data_is_used():
    """Python prefers the machine's, which may be years older than what the project pins."""
    assert calendar.packaged_version() >= "2026"
    newest = max(calendar.packaged_version(), calendar.machine_version())
    if newest >= "2026b":  # British Columbia keeps its summer clocks
        winter = datetime.datetime(2026, 12, 15, tzinfo=zone("America/Vancouver"))
        assert winter.utcoffset() == datetime.timedelta(hours=-7)
    assert zone("America/St_Johns").key == "America/St_Johns"


# Weeks, months, seasons


def test_every_second_week_is_counted_from_its_first():
    lines = [weekly("TU", "09:00", "10:00", interval=2, dtstart="2026-01-06")]
    assert days_open(lines, "2026-01-01", "2026-02-10") == ["01-06", "01-20", "02-03"]


def test_weeks_begin_on_monday_when_they_are_counted():
    """First day a Thursday: Tuesday belongs to the week before it, Friday and Sunday to its own."""
    lines = [weekly("TU,FR,SU", "09:00", "10:00", interval=2, dtstart="2026-01-08")]
    assert days_open(lines, "2026-01-01", "2026-01-25") == [
        "01-09",
        "01-11",
        "01-20",
        "01-23",
        "01-25",
    ]


def test_every_second_week_goes_on_over_new_year():
    lines = [weekly("WE", "09:00", "10:00", interval=2, dtstart="2026-12-23")]
    assert days_open(lines, "2026-12-20", "2027-01-31") == ["12-23", "01-06", "01-20"]


def test_second_tuesday_and_last_friday_of_the_month():
    assert days_open([monthly(byday="2TU")], "2026-01-01", "2026-03-31") == [
        "01-13",
        "02-10",
        "03-10",
    ]
    assert days_open([monthly(byday="-1FR")], "2026-01-01", "2026-03-31") == [
        "01-30",
        "02-27",
        "03-27",
    ]


def test_a_fifth_monday_only_in_months_that_have_one():
    assert days_open([monthly(byday="5MO")], "2026-01-01", "2026-06-30") == ["03-30", "06-29"]


def test_first_and_last_day_of_the_month():
    lines = [monthly(bymonthday="1,-1", holidays="as_usual")]
    assert days_open(lines, "2028-02-01", "2028-03-31") == ["02-01", "02-29", "03-01", "03-31"]


def test_the_31st_is_left_out_where_there_is_none():
    assert days_open([monthly(bymonthday="31")], "2026-03-01", "2026-06-30") == ["03-31", "05-31"]


def test_both_weekday_and_day_of_month_must_meet():
    lines = [monthly(byday="FR", bymonthday="13")]
    assert days_open(lines, "2026-01-01", "2026-12-31") == ["02-13", "03-13", "11-13"]


def test_every_third_month_is_counted_from_its_first():
    lines = [monthly(byday="1WE", interval=3, dtstart="2025-11-05")]
    assert days_open(lines, "2026-01-01", "2026-12-31") == ["02-04", "05-06", "08-05", "11-04"]


def test_a_numbered_weekday_is_monthly_even_where_a_line_says_weekly():
    assert days_open([weekly("2TU", "09:00", "10:00")], "2026-03-01", "2026-03-31") == ["03-10"]


def test_a_season_has_both_its_ends():
    lines = [weekly(EVERY_DAY, "09:00", "10:00", season_from="05-01", season_to="05-03")]
    assert days_open(lines, "2026-04-01", "2026-06-01") == ["05-01", "05-02", "05-03"]
    assert days_open(lines, "2027-04-01", "2027-06-01") == ["05-01", "05-02", "05-03"]


def test_a_season_may_wrap_over_new_year():
    lines = [weekly(EVERY_DAY, "20:00", "08:00", season_from="12-30", season_to="01-02")]
    assert told(lines, "2026-12-28", "2027-01-05") == [
        "12-30 20:00 – 12-31 08:00 open",
        "12-31 20:00 – 01-01 08:00 open",
        "01-01 20:00 – 01-02 08:00 open",
        "01-02 20:00 – 01-03 08:00 open",
    ]


def test_a_season_to_29_february_ends_on_the_28th_in_other_years():
    lines = [weekly(EVERY_DAY, "09:00", "10:00", season_from="02-27", season_to="02-29")]
    assert days_open(lines, "2028-02-20", "2028-03-05") == ["02-27", "02-28", "02-29"]
    assert days_open(lines, "2027-02-20", "2027-03-05") == ["02-27", "02-28"]


def test_a_season_from_29_february_begins_on_1_march_in_other_years():
    lines = [weekly(EVERY_DAY, "09:00", "10:00", season_from="02-29", season_to="03-02")]
    assert days_open(lines, "2028-02-20", "2028-03-05") == ["02-29", "03-01", "03-02"]
    assert days_open(lines, "2027-02-20", "2027-03-05") == ["03-01", "03-02"]


def test_out_of_season_is_closed_not_unknown():
    lines = [weekly(EVERY_DAY, "09:00", "17:00", season_from="05-01", season_to="09-30")]
    found = state_at(lines, "2026-11-20 12:00")
    assert (found.state, found.next_start) == ("closed", None)
    assert state_at(lines, "2026-04-20 12:00").next_state == "open"


def test_a_dated_line_on_29_february():
    assert days_open([dated("2028-02-29", "09:00", "10:00")], "2028-02-27", "2028-03-02") == [
        "02-29"
    ]


def test_the_last_day_is_included():
    lines = [weekly(EVERY_DAY, "09:00", "10:00", dtstart="2026-03-10", until="2026-03-12")]
    assert [d for d in told(lines, "2026-03-08", "2026-03-12") if d.endswith("open")] == [
        "03-10 09:00 – 03-10 10:00 open",
        "03-11 09:00 – 03-11 10:00 open",
        "03-12 09:00 – 03-12 10:00 open",
    ]


def test_what_runs_past_midnight_on_the_last_day_still_ends():
    lines = [weekly(EVERY_DAY, "22:00", "02:00", until="2026-03-12")]
    assert told(lines, "2026-03-12", "2026-03-13") == [
        "03-12 00:00 – 03-12 02:00 open",
        "03-12 22:00 – 03-13 02:00 open",
        "03-13 02:00 – 03-14 00:00 unknown",
    ]


# Dated lines and closures


REGULAR = weekly(WEEKDAYS, "09:00", "17:00")


def test_a_dated_opening_replaces_that_days_regular_hours():
    lines = [REGULAR, dated("2026-03-10", "13:00", "15:00")]
    assert told(lines, "2026-03-09", "2026-03-11") == [
        "03-09 09:00 – 03-09 17:00 open",
        "03-10 13:00 – 03-10 15:00 open",
        "03-11 09:00 – 03-11 17:00 open",
    ]


def test_hours_for_a_period_replace_the_regular_ones_on_every_day_of_it():
    period = dated("2026-03-10", "10:00", "12:00", until="2026-03-14")
    assert told([REGULAR, period], "2026-03-09", "2026-03-15") == [
        "03-09 09:00 – 03-09 17:00 open",
        "03-10 10:00 – 03-10 12:00 open",
        "03-11 10:00 – 03-11 12:00 open",
        "03-12 10:00 – 03-12 12:00 open",
        "03-13 10:00 – 03-13 12:00 open",
        "03-14 10:00 – 03-14 12:00 open",
    ]


def test_one_date_outranks_a_period():
    lines = [
        dated("2026-03-11", "18:00", "19:00"),
        dated("2026-03-10", "10:00", "12:00", until="2026-03-12"),
    ]
    assert told(lines, "2026-03-11") == ["03-11 18:00 – 03-11 19:00 open"]


def test_a_dated_call_first_replaces_the_regular_hours_too():
    lines = [REGULAR, dated("2026-03-10", state="call_first")]
    assert told(lines, "2026-03-10") == ["03-10 00:00 – 03-11 00:00 call_first"]


def test_a_closure_outranks_everything():
    lines = [
        REGULAR,
        dated("2026-03-10", "13:00", "15:00"),
        dated("2026-03-09", state="closed", until="2026-03-10"),
    ]
    assert told(lines, "2026-03-09", "2026-03-11") == ["03-11 09:00 – 03-11 17:00 open"]


def test_a_closure_with_times_takes_those_times_out():
    lines = [REGULAR, dated("2026-03-10", "12:00", "13:30", state="closed")]
    assert told(lines, "2026-03-10") == [
        "03-10 09:00 – 03-10 12:00 open",
        "03-10 13:30 – 03-10 17:00 open",
    ]


def test_a_recurring_closure():
    lines = [REGULAR, {"freq": "MONTHLY", "byday": "-1FR", "state": "closed"}]
    assert days_open(lines, "2026-03-23", "2026-03-30") == [
        "03-23",
        "03-24",
        "03-25",
        "03-26",
        "03-30",
    ]


def test_a_day_closed_closes_the_whole_night_that_would_begin_on_it():
    lines = [weekly(EVERY_DAY, "22:00", "02:00"), dated("2026-03-10", state="closed")]
    assert told(lines, "2026-03-09", "2026-03-11") == [
        "03-09 00:00 – 03-09 02:00 open",
        "03-09 22:00 – 03-10 00:00 open",  # the closed day begins at midnight
        "03-11 22:00 – 03-12 00:00 open",
    ]


def test_a_van_with_dated_stops_is_closed_between_them():
    stops = [dated("2026-03-10", "14:00", "16:00"), dated("2026-03-17", "14:00", "16:00")]
    found = state_at(stops, "2026-03-12 12:00")
    assert found.state == "closed"
    assert found.next_start == datetime.datetime(2026, 3, 17, 18, tzinfo=UTC)


def test_a_vans_several_stops_on_one_day():
    stops = [dated("2026-03-10", "14:00", "16:00"), dated("2026-03-10", "18:00", "20:00")]
    assert told(stops, "2026-03-10") == [
        "03-10 14:00 – 03-10 16:00 open",
        "03-10 18:00 – 03-10 20:00 open",
    ]


# Public holidays


UNSAID = weekly(EVERY_DAY, "09:00", "17:00", holidays="unknown")


@pytest.mark.parametrize(
    ("day", "keep", "work"),
    [
        (
            "2026-02-16",
            ["AB", "BC", "MB", "NB", "NS", "ON", "PE", "SK"],
            ["NL", "NT", "NU", "QC", "YT"],
        ),
        ("2026-06-21", ["NT", "YT"], ["ON", "QC", "BC", "NU"]),  # National Indigenous Peoples Day
        ("2026-06-24", ["QC"], ["ON", "NB", "NL"]),  # Saint-Jean-Baptiste
        ("2026-07-09", ["NU"], ["NT", "YT", "QC"]),  # Nunavut Day
        (
            "2026-09-30",  # National Day for Truth and Reconciliation
            ["BC", "MB", "NT", "NU", "PE", "YT"],
            ["AB", "NB", "NL", "NS", "ON", "QC", "SK"],
        ),
        ("2026-07-01", list(Province.values), []),
    ],
)
def test_each_province_keeps_its_own_holidays(day, keep, work):
    kept = {
        province
        for province in [*keep, *work]
        if told([UNSAID], day, province=province)[0].endswith("unknown")
    }
    assert kept == set(keep)


def test_without_a_province_only_holidays_that_all_of_canada_keeps():
    assert told([UNSAID], "2026-02-16", province="") == ["02-16 09:00 – 02-16 17:00 open"]
    assert told([UNSAID], "2026-12-25", province="") == ["12-25 09:00 – 12-25 17:00 unknown"]


def test_where_nobody_said_a_holiday_leaves_the_usual_times_unknown():
    assert told([UNSAID], "2026-12-24", "2026-12-25") == [
        "12-24 09:00 – 12-24 17:00 open",
        "12-25 09:00 – 12-25 17:00 unknown",
    ]
    assert state_at([UNSAID], "2026-12-25 20:00").state == "closed"


def test_a_day_on_which_a_holiday_is_observed_instead_counts():
    assert told([UNSAID], "2028-01-03")[0].endswith("unknown")  # New Year fell on Saturday


@pytest.mark.parametrize("state", ["call_first", "by_appointment"])
def test_a_holiday_leaves_call_first_and_appointments_unknown_too(state):
    assert told([{**UNSAID, "state": state}], "2026-12-25")[0].endswith("unknown")


def test_closed_and_as_usual_on_holidays():
    assert told([{**UNSAID, "holidays": "closed"}], "2026-12-25") == []
    assert told([{**UNSAID, "holidays": "as_usual"}], "2026-12-25") == [
        "12-25 09:00 – 12-25 17:00 open"
    ]


def test_each_line_says_for_itself_what_holidays_do():
    lines = [
        {**UNSAID, "opens_at": "09:00", "closes_at": "12:00", "holidays": "closed"},
        {**UNSAID, "opens_at": "13:00", "closes_at": "15:00", "holidays": "as_usual"},
        {**UNSAID, "opens_at": "16:00", "closes_at": "17:00"},
    ]
    assert told(lines, "2026-12-25") == [
        "12-25 13:00 – 12-25 15:00 open",
        "12-25 16:00 – 12-25 17:00 unknown",
    ]


def test_what_is_known_of_a_holiday_outranks_what_is_not():
    lines = [UNSAID, weekly(EVERY_DAY, "08:00", "10:00", state="call_first")]
    assert told(lines, "2026-12-25") == [
        "12-25 08:00 – 12-25 10:00 call_first",
        "12-25 10:00 – 12-25 17:00 unknown",
    ]


def test_a_line_for_holidays_only_replaces_the_others_on_them():
    only = {"holidays": "only", "opens_at": "12:00", "closes_at": "16:00"}
    assert told([UNSAID, only], "2026-12-24", "2026-12-25") == [
        "12-24 09:00 – 12-24 17:00 open",
        "12-25 12:00 – 12-25 16:00 open",
    ]


def test_a_weekly_line_for_holidays_only_holds_where_both_meet():
    only = weekly("MO", "12:00", "16:00", holidays="only")
    assert days_open([UNSAID, only], "2026-09-07", "2026-09-08") == ["09-07", "09-08"]
    assert told([UNSAID, only], "2026-09-07") == ["09-07 12:00 – 09-07 16:00 open"]
    assert told([UNSAID, only], "2026-12-25") == ["12-25 09:00 – 12-25 17:00 unknown"]  # a Friday


def test_a_line_for_that_date_is_known_although_it_is_a_holiday():
    lines = [UNSAID, dated("2026-12-25", "10:00", "14:00")]
    assert told(lines, "2026-12-25") == ["12-25 10:00 – 12-25 14:00 open"]


def test_a_line_for_that_date_outranks_one_for_all_holidays():
    lines = [
        {"holidays": "only", "opens_at": "12:00", "closes_at": "16:00"},
        dated("2026-12-25", "10:00", "11:00"),
    ]
    assert told(lines, "2026-12-25") == ["12-25 10:00 – 12-25 11:00 open"]


def test_hours_for_a_period_leave_holidays_within_it_unknown():
    lines = [dated("2026-12-20", "10:00", "14:00", until="2027-01-05")]
    assert told(lines, "2026-12-25") == ["12-25 10:00 – 12-25 14:00 unknown"]


def test_hours_for_a_period_but_not_its_holidays_do_not_bring_back_the_regular_ones():
    period = dated("2026-12-20", "10:00", "14:00", until="2027-01-05", holidays="closed")
    assert told([REGULAR, period], "2026-12-25") == []


def test_closed_on_every_holiday():
    lines = [REGULAR, {"state": "closed", "holidays": "only"}]
    assert told(lines, "2026-12-25") == []
    assert told(lines, "2026-12-24") == ["12-24 09:00 – 12-24 17:00 open"]


def test_a_closure_not_on_holidays():
    lines = [REGULAR, weekly("FR", state="closed", holidays="closed")]
    assert told(lines, "2026-12-18") == []
    assert told(lines, "2026-12-25") == ["12-25 09:00 – 12-25 17:00 open"]


def test_the_day_a_night_begins_on_decides_about_the_holiday():
    """24 December's night goes on into the holiday as usual; 25 December's is not known."""
    lines = [weekly(EVERY_DAY, "22:00", "02:00", holidays="unknown")]
    assert told(lines, "2026-12-24", "2026-12-26", province="AB") == [
        "12-24 00:00 – 12-24 02:00 open",
        "12-24 22:00 – 12-25 02:00 open",
        "12-25 22:00 – 12-26 02:00 unknown",
        "12-26 22:00 – 12-27 00:00 open",
    ]
    closed = [weekly(EVERY_DAY, "22:00", "02:00", holidays="closed")]
    assert told(closed, "2026-12-24", "2026-12-26", province="AB") == [
        "12-24 00:00 – 12-24 02:00 open",
        "12-24 22:00 – 12-25 02:00 open",
        "12-26 22:00 – 12-27 00:00 open",
    ]


def test_all_day_every_day_as_usual_takes_no_notice_of_holidays():
    assert told(ALWAYS, "2026-12-20", "2027-01-05") == ["12-20 00:00 – 01-06 00:00 open"]


def test_holidays_have_the_names_people_use():
    assert public_holidays("NT", 2026)[datetime.date(2026, 6, 21)] == (
        "National Indigenous Peoples Day"
    )
    assert public_holidays("QC", 2026, "fr")[datetime.date(2026, 6, 24)] == (
        "Fête nationale du Québec"
    )
    assert public_holidays("ON", 2026)[datetime.date(2026, 9, 7)] == "Labour Day"
    named = {
        name
        for province in Province.values
        for language in ("en", "fr")
        for name in public_holidays(province, 2026, language).values()
    }
    assert not named & set(HOLIDAY_RENAMED)


# What is not known


def test_no_lines_at_all_is_unknown():
    assert told([], "2026-03-09") == ["03-09 00:00 – 03-10 00:00 unknown"]
    assert state_at([], "2026-03-09 12:00") == ("unknown", None, None, None, False)


def test_only_closures_leave_the_rest_unknown():
    lines = [dated("2026-03-10", state="closed")]
    assert told(lines, "2026-03-09", "2026-03-11") == [
        "03-09 00:00 – 03-10 00:00 unknown",
        "03-11 00:00 – 03-12 00:00 unknown",
    ]
    assert state_at(lines, "2026-03-09 12:00").state == "unknown"
    assert state_at(lines, "2026-03-10 12:00").state == "closed"
    assert state_at(lines, "2026-03-11 12:00").state == "unknown"


@pytest.mark.parametrize("end", ["valid_to", "until"])
def test_lines_that_have_all_lapsed_leave_hours_unknown_not_closed(end):
    lines = [{**REGULAR, end: "2026-03-10"}]
    assert told(lines, "2026-03-10", "2026-03-11") == [
        "03-10 09:00 – 03-10 17:00 open",
        "03-11 00:00 – 03-12 00:00 unknown",
    ]
    assert state_at(lines, "2026-03-11 12:00").state == "unknown"


def test_a_line_that_has_lapsed_beside_one_that_holds_is_simply_over():
    lines = [{**REGULAR, "valid_to": "2026-03-10"}, weekly("SA", "09:00", "12:00")]
    assert state_at(lines, "2026-03-11 12:00").state == "closed"


def test_before_a_line_is_true_hours_are_unknown():
    lines = [{**REGULAR, "valid_from": "2026-03-10"}]
    assert state_at(lines, "2026-03-09 12:00")[:1] == ("unknown",)
    assert state_at(lines, "2026-03-09 12:00").next_state == "open"


def test_before_the_first_day_of_something_new_it_is_closed():
    lines = [{**REGULAR, "dtstart": "2026-03-11"}]
    found = state_at(lines, "2026-03-10 12:00")
    assert (found.state, found.next_start) == (
        "closed",
        datetime.datetime(2026, 3, 11, 13, tzinfo=UTC),
    )


def test_after_the_last_dated_stop_hours_are_unknown():
    assert state_at([dated("2026-03-10", "14:00", "16:00")], "2026-03-11 12:00").state == "unknown"


def test_a_dated_line_says_nothing_about_the_other_days_of_lapsed_hours():
    lines = [{**REGULAR, "valid_to": "2026-02-28"}, dated("2026-03-20", "10:00", "14:00")]
    assert state_at(lines, "2026-03-10 12:00").state == "unknown"
    assert state_at(lines, "2026-03-20 12:00").state == "open"
    assert state_at(lines, "2026-03-20 15:00").state == "closed"


def test_hours_for_holidays_alone_say_nothing_about_other_days():
    lines = [{"holidays": "only", "opens_at": "12:00", "closes_at": "16:00"}]
    assert state_at(lines, "2026-12-24 12:00").state == "unknown"
    assert state_at(lines, "2026-12-25 12:00").state == "open"
    assert state_at(lines, "2026-12-25 17:00").state == "closed"


# Some weeks ahead


def known(lines, now="2026-03-09 12:00", timezone="America/Toronto", province="ON"):
    at = datetime.datetime.fromisoformat(now).replace(tzinfo=zone(timezone))
    return materialise(rules_of(lines), timezone=timezone, province=province, now=at), at


def test_hours_are_known_from_yesterday_to_the_horizon():
    found, at = known([weekly(EVERY_DAY, "09:00", "17:00")])
    assert len(found.open) == HORIZON_DAYS + 1
    assert found.open[0][0] == datetime.datetime(2026, 3, 8, 13, tzinfo=UTC)
    assert found.until == datetime.datetime(2026, 4, 6, 4, tzinfo=UTC)  # local midnight
    assert (found.until - at).days >= HORIZON_DAYS - 1


def test_yesterday_night_is_among_them():
    found, _at = known([weekly(EVERY_DAY, "22:00", "02:00")], "2026-03-09 01:00")
    assert status(found, datetime.datetime(2026, 3, 9, 5, 30, tzinfo=UTC)).state == "open"


@pytest.mark.parametrize("lines", [ALWAYS, [UNSAID], [weekly("MO", state="call_first")]])
def test_past_the_horizon_nothing_is_known(lines):
    found, _at = known(lines)
    assert status(found, found.until).state == "unknown"
    assert status(found, found.until + datetime.timedelta(days=400)).state == "unknown"
    assert status(found, found.until - datetime.timedelta(seconds=1)).state != "unknown"


def test_nothing_is_known_of_no_lines():
    found, _at = known([])
    assert found.until is None
    assert found.open == found.call_first == found.by_appointment == found.unknown == []


def test_hours_that_lapse_are_known_until_then():
    found, _at = known([{**REGULAR, "valid_to": "2026-03-11"}])
    assert found.until == datetime.datetime(2026, 3, 12, 4, tzinfo=UTC)
    assert found.unknown == []


def test_a_night_past_the_last_day_is_known_to_its_end():
    found, _at = known([weekly(EVERY_DAY, "22:00", "02:00", valid_to="2026-03-11")])
    assert found.until == found.open[-1][1] == datetime.datetime(2026, 3, 12, 6, tzinfo=UTC)


def test_a_gap_between_two_validities_is_unknown():
    lines = [{**REGULAR, "valid_to": "2026-03-10"}, {**REGULAR, "valid_from": "2026-03-13"}]
    found, _at = known(lines)
    assert [
        (start.astimezone(zone("America/Toronto")).day, end.astimezone(zone("America/Toronto")).day)
        for start, end in found.unknown
    ] == [(11, 13)]


def test_only_seasons_may_leave_every_list_empty_although_hours_are_known():
    found, at = known([weekly("MO", "09:00", "17:00", season_from="07-01", season_to="08-31")])
    assert found.open == []
    assert found.until is not None
    assert status(found, at).state == "closed"


# What holds at an instant


def test_open_until_and_what_comes_next():
    found = state_at([REGULAR], "2026-03-09 12:00")
    assert found == (
        "open",
        datetime.datetime(2026, 3, 9, 21, tzinfo=UTC),
        datetime.datetime(2026, 3, 10, 13, tzinfo=UTC),
        "open",
        False,
    )


def test_closed_until_the_next_opening():
    found = state_at([REGULAR], "2026-03-13 18:00")  # Friday evening
    monday = datetime.datetime(2026, 3, 16, 13, tzinfo=UTC)
    assert found == ("closed", monday, monday, "open", False)


def test_an_unknown_holiday_ends_closed_but_is_no_opening():
    found = state_at([UNSAID], "2026-12-24 20:00")
    zone_ = zone("America/Toronto")
    assert found.until.astimezone(zone_).isoformat() == "2026-12-25T09:00:00-05:00"
    # 26 December is Boxing Day in Ontario, observed on the 28th
    assert found.next_start.astimezone(zone_).isoformat() == "2026-12-27T09:00:00-05:00"


def test_always_open_is_told_apart():
    assert state_at(ALWAYS, "2026-03-09 12:00") == ("open", None, None, None, True)


def test_open_day_and_night_for_a_week_or_more_is_always_open():
    shelter = weekly(EVERY_DAY, "00:00", "00:00", season_from="11-01", season_to="03-31")
    assert state_at([shelter], "2026-03-09 12:00").always
    assert not state_at([shelter], "2026-03-29 12:00").always
    assert state_at([shelter], "2026-03-29 12:00").until == datetime.datetime(
        2026, 4, 1, 4, tzinfo=UTC
    )


def test_a_night_cut_by_the_horizon_is_not_always_open():
    found, _at = known([weekly(EVERY_DAY, "22:00", "02:00")])
    late = status(found, found.until - datetime.timedelta(minutes=30))
    assert (late.state, late.until, late.always) == ("open", None, False)


def test_bare_spans_are_all_there_is_to_know():
    start = datetime.datetime(2026, 3, 9, 13, tzinfo=UTC)
    end = datetime.datetime(2026, 3, 9, 21, tzinfo=UTC)
    found = [Span(start, end, "call_first")]
    assert status(found, start) == ("call_first", end, None, None, False)
    assert status(found, end) == ("closed", None, None, None, False)
    before = start - datetime.timedelta(hours=1)
    assert status(found, before) == ("closed", start, start, "call_first", False)
    assert status([], start).state == "closed"
