"""A timetable as a week to fill in: what is not changed comes back as it was."""

import itertools

from coalition.listings import week
from coalition.listings.week import Cell, grid, lines_of, put_together, sort_out

WEEKDAYS = {
    "id": "a",
    "state": "open",
    "freq": "WEEKLY",
    "interval": 1,
    "byday": "MO,TU,WE,TH,FR",
    "opens_at": "09:00",
    "closes_at": "17:00",
    "holidays": "closed",
}


def line(pk, **changes):
    return {**WEEKDAYS, "id": pk, **changes}


def ids():
    numbers = itertools.count(1)
    return lambda: f"new{next(numbers)}"


def same_again(lines):
    found = sort_out(lines)
    again = lines_of(grid(found.week), week.holidays(found.week), found.week, ids())
    return put_together(lines, [again, found.spaced, found.noted, found.dated, found.kept])


def test_a_week_that_nobody_changed_is_the_same_to_the_letter():
    lines = [
        line("c", dtstart="2026-12-25", freq="", byday="", state="closed", holidays="unknown"),
        line("a", byday="MO,WE"),
        line("b", byday="MO", opens_at="18:00", closes_at="02:00"),
        line("d", freq="MONTHLY", byday="2TU"),
        line("e", byday="SA", state="by_appointment", opens_at="", closes_at=""),
    ]
    assert same_again(lines) == lines


def test_split_days_and_past_midnight_are_two_times_of_a_day():
    lines = [WEEKDAYS, line("b", byday="FR", opens_at="22:00", closes_at="02:00")]
    assert grid(lines)["FR"] == [Cell("09:00", "17:00", "open"), Cell("22:00", "02:00", "open")]


def test_what_the_week_cannot_say_is_kept_aside():
    fifth = line("m", freq="MONTHLY", byday="5TU")
    uneven = line("u", freq="MONTHLY", byday="1TU,2WE")
    dates = line("n", freq="MONTHLY", byday="", bymonthday="1,15")
    loose = line("f", interval=2)  # nobody can tell which weeks
    holiday = line("h", freq="", byday="", holidays="only")
    found = sort_out([fifth, uneven, dates, loose, holiday, WEEKDAYS])
    assert found.kept == [fifth, uneven, dates, loose, holiday]
    assert found.week == [WEEKDAYS]


def test_every_few_weeks_and_weeks_of_the_month_have_rows_of_their_own():
    monthly = line("m", freq="MONTHLY", byday="2TU")
    last = line("l", freq="MONTHLY", byday="-1FR", description="Potluck")
    twice = line("t", freq="MONTHLY", byday="1TU,3TU,1TH,3TH")
    fortnight = line("f", interval=2, dtstart="2026-01-05")
    lines = [monthly, last, twice, fortnight]
    found = sort_out(lines)
    assert found.spaced == lines
    assert [week.weeks_of(one) for one in lines] == ["2", "-1", "1,3", "2w"]
    assert week.weekdays_of(twice) == ["TU", "TH"]
    assert same_again(lines) == lines
    for one in lines:
        said = week.spacing(week.weeks_of(one), week.weekdays_of(one))
        assert said == {key: one[key] for key in ("freq", "interval", "byday")}


def test_seasons_notes_and_another_word_about_holidays_have_rows_of_their_own():
    season = line("s", season_from="05-01", season_to="09-30")
    note = line("n", description="Women only")
    other = line("o", holidays="as_usual")
    found = sort_out([WEEKDAYS, season, note, other])
    assert found.noted == [season, note, other]


def test_a_fourth_time_of_a_day_is_not_lost():
    hours = [
        line(str(n), byday="MO", opens_at=f"{n:02}:00", closes_at=f"{n:02}:30") for n in range(4)
    ]
    found = sort_out(hours)
    assert (len(found.week), len(found.noted)) == (3, 1)
    assert same_again(hours) == hours


def test_days_of_the_same_hours_become_one_line_and_keep_its_identifier():
    wanted = {**grid([WEEKDAYS]), "SA": [Cell("09:00", "17:00", "open")]}
    (found,) = lines_of(wanted, "closed", [WEEKDAYS], ids())
    assert found == {**WEEKDAYS, "byday": "MO,TU,WE,TH,FR,SA"}


def test_other_hours_are_a_new_line_and_hours_nobody_keeps_go():
    wanted = {**grid([]), "MO": [Cell("10:00", "11:00", "call_first")]}
    (found,) = lines_of(wanted, "unknown", [WEEKDAYS], ids())
    assert (found["id"], found["byday"], found["state"]) == ("new1", "MO", "call_first")


def test_the_word_about_holidays_is_changed_for_all_lines():
    (found,) = lines_of(grid([WEEKDAYS]), "as_usual", [WEEKDAYS], ids())
    assert (found["id"], found["holidays"]) == ("a", "as_usual")


def test_the_same_time_twice_a_day_stays_two():
    twice = [line("a", byday="MO"), line("b", byday="MO")]
    assert same_again(twice) == twice
    wanted = {**grid(twice), "TU": [Cell("09:00", "17:00", "open")]}
    found = lines_of(wanted, "closed", twice, ids())
    assert [one["byday"] for one in found] == ["MO,TU", "MO"]
