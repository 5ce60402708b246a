"""Hours in HSDS 3.1's words."""

import datetime
import json
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings

from directory.hours.hsds import hsds_schedules
from directory.hours.rules import rules_of

SCHEMA = Path(settings.BASE_DIR).parent / "shared/data/hsds-3.1/schema/schedule.json"
TODAY = datetime.date(2026, 3, 9)
WEEKDAYS = "MO,TU,WE,TH,FR"


def weekly(byday, opens="09:00", closes="17:00", **line):
    return {
        "freq": "WEEKLY",
        "byday": byday,
        "opens_at": opens,
        "closes_at": closes,
        "holidays": "as_usual",
        **line,
    }


def dated(day, opens="", closes="", **line):
    return {"dtstart": day, "opens_at": opens, "closes_at": closes, **line}


def exported(lines, *, timezone="America/Toronto", province="ON", today=TODAY):
    return hsds_schedules(rules_of(lines), timezone=timezone, province=province, today=today)


def validity(schedules):
    return [(s.get("valid_from", ""), s.get("valid_to", "")) for s in schedules]


def test_weekly_hours_are_a_recurrence_rule_with_the_offset_of_the_day():
    identifier = "48102e86-bb50-41c4-8f1e-e269368c41d1"
    assert exported([weekly(WEEKDAYS, id=identifier)]) == [
        {
            "id": identifier,
            "timezone": -4,
            "freq": "WEEKLY",
            "interval": 1,
            "byday": WEEKDAYS,
            "description": "Mon–Fri 9 am – 5 pm",
            "notes": "Public holidays as usual",
            "wkst": "MO",
            "opens_at": "09:00-04:00",
            "closes_at": "17:00-04:00",
        }
    ]


@pytest.mark.parametrize(
    ("timezone", "today", "offset", "opens"),
    [
        ("America/St_Johns", datetime.date(2026, 1, 15), -3.5, "09:00-03:30"),
        ("America/St_Johns", datetime.date(2026, 7, 15), -2.5, "09:00-02:30"),
        ("America/Regina", datetime.date(2026, 7, 15), -6, "09:00-06:00"),
        ("Etc/UTC", datetime.date(2026, 7, 15), 0, "09:00+00:00"),
    ],
)
def test_the_zone_is_a_number_of_hours(timezone, today, offset, opens):
    (schedule,) = exported([weekly("MO")], timezone=timezone, today=today)
    assert (schedule["timezone"], schedule["opens_at"]) == (offset, opens)


def test_all_day_is_written_to_the_last_minute():
    (schedule,) = exported([weekly("MO", "00:00", "00:00")])
    assert (schedule["opens_at"], schedule["closes_at"]) == ("00:00-04:00", "23:59-04:00")


def test_a_line_without_times_has_none():
    (schedule,) = exported([weekly("MO", "", "", state="by_appointment")])
    assert "opens_at" not in schedule
    assert schedule["attending_type"] == "By appointment"


def test_monthly_and_fortnightly_rules_keep_their_parts():
    (monthly,) = exported([{**weekly("2TU,-1FR"), "freq": "MONTHLY"}])
    assert (monthly["freq"], monthly["byday"]) == ("MONTHLY", "2TU,-1FR")
    assert "wkst" not in monthly
    (last,) = exported([{**weekly(""), "freq": "MONTHLY", "bymonthday": "-1"}])
    assert last["bymonthday"] == "-1"
    (second,) = exported([weekly("TU", interval=2, dtstart="2026-01-06")])
    assert (second["interval"], second["dtstart"]) == (2, "2026-01-06")


def test_a_dated_stop_is_valid_on_its_day_alone():
    (stop,) = exported([dated("2026-03-14", "14:00", "16:00", description="City Hall")])
    assert (
        stop["valid_from"] == stop["valid_to"] == stop["dtstart"] == stop["until"] == "2026-03-14"
    )
    assert (stop["freq"], stop["byday"]) == ("WEEKLY", "SA")
    assert stop["notes"] == "City Hall"


def test_stops_that_are_over_are_left_out():
    assert exported([dated("2026-03-08", "14:00", "16:00")]) == []


def test_regular_hours_end_where_dated_ones_begin():
    found = exported([weekly("TU"), dated("2026-03-17", "10:00", "12:00")])
    assert validity(found) == [
        ("", "2026-03-16"),
        ("2026-03-18", ""),
        ("2026-03-17", "2026-03-17"),
    ]
    assert len({schedule["id"] for schedule in found}) == 3


def test_regular_hours_are_not_cut_on_days_they_do_not_hold():
    found = exported([weekly("TU"), dated("2026-03-18", "10:00", "12:00")])
    assert validity(found)[0] == ("", "")


def test_regular_hours_pause_for_a_closure():
    found = exported([weekly("TU"), dated("2026-12-20", state="closed", until="2027-01-03")])
    assert validity(found) == [("", "2026-12-19"), ("2027-01-04", "")]


def test_a_closure_that_is_over_leaves_no_trace():
    found = exported([weekly("TU"), dated("2026-01-01", state="closed", until="2026-03-08")])
    assert validity(found) == [("", "")]


def test_a_line_keeps_its_own_validity_at_both_ends():
    lines = [
        weekly("TU", valid_from="2026-01-01", valid_to="2026-06-30"),
        dated("2026-03-17", state="closed"),
    ]
    assert validity(exported(lines)) == [
        ("2026-01-01", "2026-03-16"),
        ("2026-03-18", "2026-06-30"),
    ]


def test_hours_for_holidays_stand_on_each_of_them_for_a_year():
    lines = [weekly(WEEKDAYS), {"holidays": "only", "opens_at": "12:00", "closes_at": "16:00"}]
    found = exported(lines, province="QC")
    special = [s for s in found if s["opens_at"] == "12:00-04:00"]
    assert [s["dtstart"] for s in special] == [
        "2026-04-03",
        "2026-05-18",
        "2026-06-24",
        "2026-07-01",
        "2026-09-07",
        "2026-10-12",
        "2026-12-25",
        "2027-01-01",
    ]
    regular = [s for s in found if s["opens_at"] == "09:00-04:00"]
    assert validity(regular)[:2] == [("", "2026-04-02"), ("2026-04-04", "2026-05-17")]


def test_a_season_becomes_its_days_in_the_year_ahead():
    summer = [weekly("SA,SU", season_from="05-01", season_to="09-30")]
    assert [(s["dtstart"], s["until"]) for s in exported(summer)] == [("2026-05-02", "2026-09-30")]
    in_season = exported(summer, today=datetime.date(2026, 6, 15))
    assert [(s["dtstart"], s["until"]) for s in in_season] == [
        ("2026-05-02", "2026-09-30"),
        ("2027-05-01", "2027-09-30"),
    ]


def test_a_season_over_new_year_and_to_29_february():
    winter = [weekly("MO,TU,WE,TH,FR,SA,SU", season_from="11-01", season_to="02-29")]
    found = exported(winter, today=datetime.date(2027, 1, 15))
    assert [(s["dtstart"], s["until"]) for s in found] == [
        ("2026-11-01", "2027-02-28"),
        ("2027-11-01", "2028-02-29"),
    ]


def test_what_hsds_cannot_say_stands_in_notes():
    lines = [
        weekly(WEEKDAYS, holidays="closed", description="Ring twice"),
        {"freq": "MONTHLY", "byday": "-1FR", "state": "closed"},
    ]
    (schedule,) = exported(lines)
    assert schedule["notes"] == (
        "Ring twice; Closed on public holidays; Closed: last Fri of the month"
    )
    assert schedule["description"] == "Mon–Fri 9 am – 5 pm"


def test_identifiers_stay_from_one_export_to_the_next():
    lines = [weekly("TU"), dated("2026-03-17", "10:00", "12:00")]
    ids = [schedule["id"] for schedule in exported(lines)]
    assert ids == [s["id"] for s in exported(lines, today=datetime.date(2026, 3, 12))]


def test_every_schedule_meets_the_schema():
    if not SCHEMA.exists():
        pytest.skip(f"{SCHEMA} is not here")
    schema = json.loads(SCHEMA.read_text())
    for name in ("attributes", "metadata"):  # they point to other files, and none are written
        schema["properties"].pop(name)
    schema["additionalProperties"] = False
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    lines = [
        weekly(WEEKDAYS),
        weekly("SA", "22:00", "02:00", state="call_first", interval=2, dtstart="2026-01-03"),
        weekly("SU", "", "", state="by_appointment", season_from="11-01", season_to="03-31"),
        {**weekly("2TU"), "freq": "MONTHLY", "valid_to": "2026-12-31"},
        {**weekly(""), "freq": "MONTHLY", "bymonthday": "1,-1"},
        dated("2026-03-14", "14:00", "16:00"),
        dated("2026-07-01", "10:00", "14:00", until="2026-07-14"),
        dated("2026-12-24", state="closed", until="2027-01-02"),
        {"holidays": "only", "opens_at": "12:00", "closes_at": "16:00"},
    ]
    found = exported(lines, timezone="America/St_Johns", province="NL")
    assert len(found) > len(lines)
    for schedule in found:
        validator.validate(schedule)
