"""What cards and pages say of hours, in English and French."""

import datetime

import pytest
from django.utils import translation

from directory.hours.days import zone
from directory.hours.rules import rules_of
from directory.hours.spans import Status, materialise, status
from directory.hours.timetable import plain_text
from directory.hours.words import Day, Line, Notice, exceptions, status_text, week

NBSP = "\N{NO-BREAK SPACE}"
EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"
WEEKDAYS = "MO,TU,WE,TH,FR"


@pytest.fixture
def _french():
    """For sentences that only the site's French catalogue holds."""
    with translation.override("fr"):
        if translation.gettext("Open until %(time)s") == "Open until %(time)s":
            pytest.skip("the French catalogue does not hold the words for hours")


def weekly(byday, opens="", closes="", **line):
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


def says(lines, at, *, timezone="America/Toronto", province="ON", **words):
    """The words of a card at a local time."""
    now = datetime.datetime.fromisoformat(at).replace(tzinfo=zone(timezone))
    known = materialise(rules_of(lines), timezone=timezone, province=province, now=now)
    return status_text(status(known, now), at=now, timezone=timezone, province=province, **words)


NINE_TO_EIGHT = [weekly(WEEKDAYS, "09:00", "20:00")]
ALWAYS = [weekly(EVERY_DAY, "00:00", "00:00")]


# Now. 9 March 2026 is a Monday.


@pytest.mark.parametrize(
    ("opens", "closes", "at", "text"),
    [
        ("09:00", "20:00", "2026-03-09 12:00", "Open until 8 pm"),
        ("09:00", "20:30", "2026-03-09 12:00", "Open until 8:30 pm"),
        ("09:00", "12:00", "2026-03-09 10:00", "Open until noon"),
        ("09:00", "00:00", "2026-03-09 10:00", "Open until midnight"),
        ("09:00", "23:59", "2026-03-09 10:00", "Open until midnight"),
        ("00:00", "00:15", "2026-03-09 00:05", "Open until 12:15 am"),
        ("09:00", "12:05", "2026-03-09 10:00", "Open until 12:05 pm"),
        ("18:00", "01:30", "2026-03-09 20:00", "Open until 1:30 am"),
        ("18:00", "01:30", "2026-03-10 01:00", "Open until 1:30 am"),
        ("20:00", "09:00", "2026-03-09 20:00", "Open until 9 am"),
        ("15:00", "14:00", "2026-03-09 15:00", "Open until tomorrow 2 pm"),
    ],
)
def test_open_says_until_when(opens, closes, at, text):
    assert says([weekly("MO", opens, closes)], at) == text


def test_open_until_another_day_names_the_day():
    days_on_end = [weekly("TH,FR,SA", "00:00", "00:00"), weekly("SU", "00:00", "17:00")]
    assert says(days_on_end, "2026-03-12 12:00") == "Open until Sun 5 pm"
    assert says(days_on_end[:1], "2026-03-12 12:00") == "Open until Sat midnight"
    assert says(days_on_end[:1], "2026-03-13 12:00") == "Open until tomorrow midnight"
    assert says(days_on_end[:1], "2026-03-14 12:00") == "Open until midnight"


def test_all_day_every_day():
    assert says(ALWAYS, "2026-03-09 12:00") == "Open 24 hours"
    assert says(ALWAYS, "2026-12-25 12:00") == "Open 24 hours"
    assert says(ALWAYS, "2026-03-08 02:59") == "Open 24 hours"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2026-03-09 07:00", "Closed · opens 9 am"),
        ("2026-03-09 00:00", "Closed · opens 9 am"),
        ("2026-03-09 20:00", "Closed · opens tomorrow 9 am"),
        ("2026-03-13 23:30", "Closed · opens Mon 9 am"),
        ("2026-03-15 23:30", "Closed · opens tomorrow 9 am"),
        ("2026-03-16 00:30", "Closed · opens 9 am"),
    ],
)
def test_closed_says_when_it_opens(at, text):
    assert says(NINE_TO_EIGHT, at) == text


def test_an_opening_a_week_or_more_ahead_is_told_by_its_date():
    stop = [dated("2026-12-03", "09:00", "12:00")]
    assert says(stop, "2026-11-27 08:00") == "Closed · opens Thu 9 am"
    assert says(stop, "2026-11-26 08:00") == "Closed · opens 3 Dec"
    assert says([dated("2027-01-03", "09:00", "12:00")], "2026-12-20 08:00") == (
        "Closed · opens 3 Jan 2027"
    )


def test_closed_with_nothing_known_ahead():
    summer = [weekly(EVERY_DAY, "09:00", "17:00", season_from="05-01", season_to="09-30")]
    assert says(summer, "2026-11-20 12:00") == "Closed"


def test_opening_at_midnight_is_told_so_that_nobody_mistakes_the_day():
    lines = [weekly("WE", "00:00", "00:00")]
    assert says(lines, "2026-03-10 20:00") == "Closed · opens midnight"
    assert says(lines, "2026-03-09 20:00") == "Closed · opens Wed"


def test_by_appointment():
    lines = [weekly(WEEKDAYS, state="by_appointment")]
    assert says(lines, "2026-03-09 12:00") == "By appointment"
    assert says(lines, "2026-03-15 12:00") == "Closed · by appointment from tomorrow"
    assert says(lines, "2026-03-14 12:00") == "Closed · by appointment from Mon"
    timed = [weekly(WEEKDAYS, "09:00", "17:00", state="by_appointment")]
    assert says(timed, "2026-03-09 08:00") == "Closed · by appointment from 9 am"


def test_by_appointment_until_the_doors_open():
    lines = [weekly(EVERY_DAY, state="by_appointment"), weekly("TU", "13:00", "16:00")]
    assert says(lines, "2026-03-09 12:00") == "By appointment · opens tomorrow 1 pm"


def test_call_first():
    lines = [weekly(WEEKDAYS, "09:00", "20:00", state="call_first")]
    assert says(lines, "2026-03-09 12:00") == "Call first until 8 pm"
    assert says(lines, "2026-03-09 20:00") == "Closed · call first from tomorrow 9 am"
    assert says([weekly(EVERY_DAY, state="call_first")], "2026-03-09 12:00") == "Call first"


def test_unknown_hours():
    assert says([], "2026-03-09 12:00") == "Hours not known"
    assert says([{**NINE_TO_EIGHT[0], "valid_to": "2026-03-01"}], "2026-03-09 12:00") == (
        "Hours not known"
    )
    assert says([{**NINE_TO_EIGHT[0], "valid_from": "2026-03-10"}], "2026-03-09 12:00") == (
        "Hours not known · opens tomorrow 9 am"
    )


def test_a_holiday_is_named_as_the_reason_where_the_province_is_told():
    lines = [weekly(EVERY_DAY, "09:00", "20:00", holidays="unknown")]
    assert says(lines, "2026-02-16 12:00") == "Holiday hours not known · opens tomorrow 9 am"
    assert says(lines, "2026-02-16 12:00", province="QC") == "Open until 8 pm"
    night = [weekly(EVERY_DAY, "20:00", "02:00", holidays="unknown")]
    assert says(night, "2026-02-17 01:00") == "Holiday hours not known · opens 8 pm"
    now = datetime.datetime(2026, 2, 16, 17, tzinfo=datetime.UTC)
    told = Status("unknown", now + datetime.timedelta(hours=1), None, None)
    assert status_text(told, at=now, timezone="America/Toronto") == "Hours not known"
    assert status_text(told, at=now, timezone="America/Toronto", province="ON") == (
        "Holiday hours not known"
    )


def test_a_van_is_here_and_then_elsewhere():
    lines = [weekly("MO,TU", "18:00", "22:30")]
    assert says(lines, "2026-03-09 19:00", mobile=True) == "Van here until 10:30 pm"
    assert says(lines, "2026-03-09 23:00", mobile=True) == "Not here now · next stop tomorrow 6 pm"
    assert says([], "2026-03-09 23:00", mobile=True) == "Hours not known"


@pytest.mark.parametrize(
    ("timezone", "text"),
    [
        ("America/Toronto", "Open until 8 pm Eastern time"),
        ("America/St_Johns", "Open until 8 pm Newfoundland time"),
        ("America/Regina", "Open until 8 pm Saskatchewan time"),
        ("America/Whitehorse", "Open until 8 pm Yukon time"),
        ("Europe/Paris", "Open until 8 pm UTC+01:00"),
    ],
)
def test_a_line_across_the_country_names_its_time_zone(timezone, text):
    found = says(NINE_TO_EIGHT, "2026-03-09 12:00", timezone=timezone, name_zone=True)
    assert found == text


def test_times_are_those_of_the_services_own_zone():
    at = datetime.datetime(2026, 3, 9, 20, 30, tzinfo=datetime.UTC)
    known = materialise(
        rules_of(NINE_TO_EIGHT), timezone="America/Vancouver", province="BC", now=at
    )
    found = status_text(status(known, at), at=at, timezone="America/Vancouver")
    assert found == "Open until 8 pm"


@pytest.mark.usefixtures("_french")
@pytest.mark.parametrize(
    ("lines", "at", "text"),
    [
        (NINE_TO_EIGHT, "2026-03-09 12:00", "Ouvert jusqu’à 20 h"),
        ([weekly("MO", "09:00", "20:30")], "2026-03-09 12:00", "Ouvert jusqu’à 20 h 30"),
        ([weekly("MO", "09:00", "12:00")], "2026-03-09 11:00", "Ouvert jusqu’à midi"),
        ([weekly("MO", "18:00", "00:00")], "2026-03-09 20:00", "Ouvert jusqu’à minuit"),
        ([weekly("MO", "18:00", "01:05")], "2026-03-09 20:00", "Ouvert jusqu’à 1 h 05"),
        (NINE_TO_EIGHT, "2026-03-09 08:00", "Fermé · ouvre à 9 h"),
        (NINE_TO_EIGHT, "2026-03-09 21:00", "Fermé · ouvre demain à 9 h"),
        (NINE_TO_EIGHT, "2026-03-13 21:00", "Fermé · ouvre lundi à 9 h"),
        ([dated("2026-04-01", "09:00", "12:00")], "2026-03-20 12:00", "Fermé · ouvre le 1er avril"),
        (ALWAYS, "2026-03-09 12:00", "Ouvert 24 heures sur 24"),
        ([weekly(EVERY_DAY, state="by_appointment")], "2026-03-09 12:00", "Sur rendez-vous"),
        ([], "2026-03-09 12:00", "Horaire inconnu"),
    ],
)
def test_french_as_it_is_written_in_canada(lines, at, text):
    assert says(lines, at, language="fr").replace(NBSP, " ") == text


@pytest.mark.usefixtures("_french")
def test_a_french_time_is_never_cut_at_the_end_of_a_line():
    assert f"20{NBSP}h" in says(NINE_TO_EIGHT, "2026-03-09 12:00", language="fr")


@pytest.mark.usefixtures("_french")
def test_a_french_van_and_a_french_time_zone():
    lines = [weekly("MO", "18:00", "22:30")]
    found = says(lines, "2026-03-09 19:00", language="fr", mobile=True, name_zone=True)
    assert found.replace(NBSP, " ") == "Camionnette sur place jusqu’à 22 h 30, heure de l’Est"


def test_the_active_language_is_spoken_where_none_is_given():
    with translation.override("fr"):
        assert f"20{NBSP}h" in says(NINE_TO_EIGHT, "2026-03-09 12:00")
        assert says(NINE_TO_EIGHT, "2026-03-09 12:00", language="en") == "Open until 8 pm"


# The week


def week_of(lines, today, province="ON", language=None) -> list[Day]:
    return week(
        rules_of(lines),
        timezone="America/Toronto",
        province=province,
        today=datetime.date.fromisoformat(today),
        language=language,
    )


def day_of(lines, day, **where) -> Day:
    return week_of(lines, day, **where)[0]


def test_the_week_is_seven_days_from_today():
    days = week_of(NINE_TO_EIGHT, "2026-03-14")
    assert [day.label for day in days] == [
        "Saturday",
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
    ]
    assert [day.is_today for day in days] == [True] + [False] * 6
    assert [day.closed for day in days] == [True, True] + [False] * 5
    assert days[2].lines == [Line("9 am – 8 pm", "open", "Open", "")]
    assert days[2].date == datetime.date(2026, 3, 16)


def test_a_day_in_the_week_has_its_lines_in_order():
    lines = [weekly("MO", "13:00", "17:00"), weekly("MO", "09:00", "12:00")]
    assert [line.text for line in day_of(lines, "2026-03-09").lines] == [
        "9 am – noon",
        "1 pm – 5 pm",
    ]


def test_touching_lines_are_one_unless_they_say_different_things():
    stops = [
        weekly("MO", "13:00", "15:00", description="City Hall"),
        weekly("MO", "15:00", "17:00", description="Library"),
    ]
    assert day_of(stops, "2026-03-09").lines == [
        Line("1 pm – 3 pm", "open", "Open", "City Hall"),
        Line("3 pm – 5 pm", "open", "Open", "Library"),
    ]
    plain = [{**stop, "description": ""} for stop in stops]
    assert [line.text for line in day_of(plain, "2026-03-09").lines] == ["1 pm – 5 pm"]


def test_past_midnight_stands_under_the_day_it_opens():
    days = week_of([weekly("SA", "22:00", "02:00")], "2026-03-14")
    assert [line.text for line in days[0].lines] == ["10 pm – 2 am"]
    assert days[1].closed


def test_all_day_in_the_week():
    assert day_of(ALWAYS, "2026-03-09").lines == [Line("24 hours", "open", "Open", "")]


def test_the_whole_day_without_times_has_no_text():
    lines = [weekly(EVERY_DAY, state="by_appointment")]
    assert day_of(lines, "2026-03-09").lines == [Line("", "by_appointment", "By appointment", "")]


def test_by_appointment_around_open_hours():
    lines = [weekly(EVERY_DAY, state="by_appointment"), weekly("MO", "09:00", "12:00")]
    assert sorted(day_of(lines, "2026-03-09").lines) == sorted(
        [
            Line("At other times", "by_appointment", "By appointment", ""),
            Line("9 am – noon", "open", "Open", ""),
        ]
    )


def test_closures_are_taken_out_of_a_day():
    lines = [*NINE_TO_EIGHT, dated("2026-03-09", "12:00", "13:00", state="closed")]
    assert [line.text for line in day_of(lines, "2026-03-09").lines] == [
        "9 am – noon",
        "1 pm – 8 pm",
    ]
    lines = [*NINE_TO_EIGHT, dated("2026-03-09", state="closed")]
    assert day_of(lines, "2026-03-09").closed


def test_a_closure_past_midnight_reaches_the_next_day():
    lines = [*ALWAYS, dated("2026-03-09", "22:00", "02:00", state="closed")]
    days = week_of(lines, "2026-03-09")
    assert [line.text for line in days[0].lines] == ["midnight – 10 pm"]
    assert [line.text for line in days[1].lines] == ["2 am – midnight"]
    assert [line.text for line in day_of(lines, "2026-03-10").lines] == ["2 am – midnight"]


def test_a_day_without_known_hours_is_unknown_not_closed():
    day = day_of([{**NINE_TO_EIGHT[0], "valid_to": "2026-03-01"}], "2026-03-09")
    assert (day.closed, day.unknown, day.lines) == (False, True, [])


def test_a_holiday_in_the_week_is_named_with_what_is_known():
    unsaid = [weekly(WEEKDAYS, "09:00", "17:00", holidays="unknown")]
    day = day_of(unsaid, "2026-02-16")
    assert day.holiday == "Family Day"
    assert day.lines == [Line("9 am – 5 pm", "unknown", "Holiday hours not known, call first", "")]
    assert day_of(unsaid, "2026-02-16", province="MB").holiday == "Louis Riel Day"
    quebec = day_of(unsaid, "2026-02-16", province="QC")
    assert (quebec.holiday, quebec.lines[0].state) == ("", "open")
    assert day_of(unsaid, "2026-06-24", province="QC", language="fr").holiday == (
        "Fête nationale du Québec"
    )


def test_notes_come_in_the_readers_language():
    lines = [
        weekly("MO", "09:00", "12:00", description="Back door", description_fr="Porte arrière")
    ]
    assert day_of(lines, "2026-03-09").lines[0].note == "Back door"
    assert day_of(lines, "2026-03-09", language="fr").lines[0].note == "Porte arrière"
    only = [weekly("MO", "09:00", "12:00", description_fr="Porte arrière")]
    assert day_of(only, "2026-03-09").lines[0].note == "Porte arrière"


def test_days_have_french_names():
    assert day_of(NINE_TO_EIGHT, "2026-03-10", language="fr").label == "Mardi"


# What is different


def notices(lines, today="2026-11-24", province="ON", **asked) -> list[Notice]:
    return exceptions(
        rules_of(lines),
        province=province,
        today=datetime.date.fromisoformat(today),
        **asked,
    )


def told(found: list[Notice]) -> list[str]:
    return [
        f"{n.dates}{f' ({n.title})' if n.title else ''}: {n.text}{f' – {n.note}' if n.note else ''}"
        for n in found
    ]


def test_closures_stops_and_holidays_ahead_are_told_in_order():
    lines = [
        weekly(WEEKDAYS, "09:00", "17:00", holidays="unknown"),
        dated("2026-12-28", state="closed", until="2027-01-03", description="Winter break"),
        dated("2026-12-05", "14:00", "16:00", description="City Hall"),
        dated("2026-12-05", "10:00", "12:00", description="Library"),
        dated("2026-12-10", "12:00", "13:00", state="closed"),
    ]
    assert told(notices(lines)) == [
        "Sat 5 Dec: 10 am – noon – Library",
        "Sat 5 Dec: 2 pm – 4 pm – City Hall",
        "Thu 10 Dec: Closed noon – 1 pm",
        "Fri 25 Dec (Christmas Day): Holiday hours not known, call first",
        "Sat 26 Dec (Boxing Day): Closed",
        "28 Dec – 3 Jan 2027: Closed – Winter break",
    ]


def test_what_is_over_or_far_ahead_is_left_out():
    lines = [
        *NINE_TO_EIGHT,
        dated("2026-11-23", state="closed"),
        dated("2027-06-01", state="closed"),
        dated("2026-11-20", state="closed", until="2026-11-24"),
    ]
    assert [n.first for n in notices(lines, days=20)] == [datetime.date(2026, 11, 20)]


@pytest.mark.parametrize(
    ("holidays", "text"),
    [
        ("as_usual", "9 am – 5 pm"),
        ("closed", "Closed"),
        ("unknown", "Holiday hours not known, call first"),
    ],
)
def test_a_holiday_says_what_is_known_of_it(holidays, text):
    lines = [weekly(EVERY_DAY, "09:00", "17:00", holidays=holidays)]
    christmas = next(n for n in notices(lines) if n.title == "Christmas Day")
    assert (christmas.kind, christmas.text) == ("holiday", text)


def test_a_line_for_a_holidays_own_date_is_told_once():
    lines = [*NINE_TO_EIGHT, dated("2026-12-25", "12:00", "16:00", state="call_first")]
    found = [n for n in notices(lines) if n.first == datetime.date(2026, 12, 25)]
    assert [(n.title, n.text) for n in found] == [("Christmas Day", "Call first noon – 4 pm")]


def test_hours_for_holidays_are_told_on_each():
    lines = [*NINE_TO_EIGHT, {"holidays": "only", "opens_at": "12:00", "closes_at": "16:00"}]
    found = notices(lines, province="AB")
    assert told(found) == [
        "Fri 25 Dec (Christmas Day): noon – 4 pm",
        "Fri 1 Jan 2027 (New Year’s Day): noon – 4 pm",
    ]


def test_holidays_are_not_told_where_nothing_is_known_anyway():
    assert notices([]) == []
    assert notices([{**NINE_TO_EIGHT[0], "valid_to": "2026-01-01"}]) == []


# A timetable in plain text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([weekly(day, "09:00", "17:00") for day in WEEKDAYS.split(",")], "Mon–Fri 9 am – 5 pm"),
        ([weekly("SA", "12:00", "18:00")], "Sat noon – 6 pm"),
        ([weekly("SA,SU", "12:00", "18:00")], "Sat, Sun noon – 6 pm"),
        (
            [weekly("MO,TU,WE,FR", "09:00", "12:00"), weekly("MO,TU,WE,FR", "13:00", "17:00")],
            "Mon–Wed, Fri 9 am – noon, 1 pm – 5 pm",
        ),
        (ALWAYS, "Every day 24 hours"),
        ([weekly("TU", "22:00", "02:00")], "Tue 10 pm – 2 am"),
        ([weekly("SA", state="by_appointment")], "By appointment: Sat"),
        ([weekly("SA", "09:00", "12:00", state="call_first")], "Call first: Sat 9 am – noon"),
        (
            [weekly("SA", "12:00", "18:00", season_from="05-01", season_to="09-30")],
            "1 May – 30 Sep, Sat noon – 6 pm",
        ),
        (
            [weekly("TU", "13:00", "16:00", interval=2, dtstart="2026-01-06")],
            "Every 2 weeks from 6 Jan 2026, Tue 1 pm – 4 pm",
        ),
        (
            [{**weekly("2TU", "13:00", "16:00"), "freq": "MONTHLY"}],
            "2nd Tue of the month 1 pm – 4 pm",
        ),
        (
            [{**weekly("1MO,3MO", "13:00", "16:00"), "freq": "MONTHLY"}],
            "1st and 3rd Mon of the month 1 pm – 4 pm",
        ),
        (
            [{**weekly("-1FR", "13:00", "16:00"), "freq": "MONTHLY"}],
            "Last Fri of the month 1 pm – 4 pm",
        ),
        (
            [{**weekly("", "13:00", "16:00"), "freq": "MONTHLY", "bymonthday": "1,15"}],
            "Days 1 and 15 of the month 1 pm – 4 pm",
        ),
        (
            [{**weekly("", "13:00", "16:00"), "freq": "MONTHLY", "bymonthday": "-1"}],
            "Last day of the month 1 pm – 4 pm",
        ),
        (
            [weekly("MO", "09:00", "12:00", until="2026-04-30")],
            "Until 30 Apr 2026, Mon 9 am – noon",
        ),
        (
            [weekly("MO", "09:00", "12:00", dtstart="2026-04-01")],
            "From 1 Apr 2026, Mon 9 am – noon",
        ),
        (
            [weekly("MO", "09:00", "12:00", dtstart="2026-04-01", until="2026-04-30")],
            "1 Apr 2026 – 30 Apr 2026, Mon 9 am – noon",
        ),
        (
            [weekly("MO", "09:00", "12:00", description="Back door")],
            "Mon 9 am – noon (Back door)",
        ),
        ([dated("2026-03-10", "14:00", "16:00")], "Tue 10 Mar 2026 2 pm – 4 pm"),
        (
            [dated("2026-12-24", until="2027-01-02", state="closed")],
            "Closed: 24 Dec 2026 – 2 Jan 2027",
        ),
        (
            [{"holidays": "only", "opens_at": "12:00", "closes_at": "16:00"}],
            "Public holidays noon – 4 pm",
        ),
    ],
)
def test_a_timetable_in_a_line(lines, text):
    assert plain_text(rules_of(lines))[0] == text


def test_each_way_of_a_timetable_has_its_line():
    lines = [
        dated("2026-03-10", "14:00", "16:00"),
        weekly("SA", state="by_appointment"),
        *(weekly(day, "09:00", "17:00", holidays="closed") for day in WEEKDAYS.split(",")),
        weekly("SU", "12:00", "16:00", holidays="closed"),
    ]
    assert plain_text(rules_of(lines)) == [
        "Mon–Fri 9 am – 5 pm",
        "Sun noon – 4 pm",
        "By appointment: Sat",
        "Tue 10 Mar 2026 2 pm – 4 pm",
    ]


@pytest.mark.parametrize(
    ("holidays", "text"),
    [
        ("as_usual", "Public holidays as usual"),
        ("closed", "Closed on public holidays"),
        ("unknown", "Holiday hours not known, call first"),
    ],
)
def test_a_timetable_ends_with_what_holidays_do(holidays, text):
    assert plain_text(rules_of([weekly("MO", "09:00", "17:00", holidays=holidays)]))[-1] == text


def test_a_timetable_leaves_out_what_is_over():
    lines = [dated("2026-03-10", "14:00", "16:00"), dated("2026-03-12", "14:00", "16:00")]
    today = datetime.date(2026, 3, 11)
    assert plain_text(rules_of(lines), today=today) == ["Thu 12 Mar 2 pm – 4 pm"]
    begun = [weekly("MO", "09:00", "12:00", dtstart="2026-01-01", until="2026-04-30")]
    assert plain_text(rules_of(begun), today=today)[0] == "Until 30 Apr, Mon 9 am – noon"


@pytest.mark.usefixtures("_french")
@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([weekly(WEEKDAYS, "09:00", "17:30")], "Lundi au vendredi 9 h – 17 h 30"),
        (
            [weekly("SA", "12:00", "18:00", season_from="05-01", season_to="09-30")],
            "1er mai – 30 septembre, samedi midi – 18 h",
        ),
        (
            [{**weekly("1MO,3MO", "13:00", "16:00"), "freq": "MONTHLY"}],
            "1er et 3e lundi du mois 13 h – 16 h",
        ),
        ([weekly("SA", state="by_appointment")], "Sur rendez-vous : samedi"),
    ],
)
def test_a_timetable_in_french(lines, text):
    assert plain_text(rules_of(lines), "fr")[0].replace(NBSP, " ") == text
