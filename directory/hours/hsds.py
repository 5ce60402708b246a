"""Hours as HSDS 3.1 `schedule` objects, for export.

HSDS has no word for closures, holidays, seasons or "by appointment". What can be said in its
fields is (field guidance, "Exceptional Schedules": the validity of regular hours ends where
others begin); the rest stands in `notes` and `attending_type`.
"""

import calendar
import datetime
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .clock import speaking
from .days import DAY, days_from, holidays_among, zone
from .rules import (
    CLOSED,
    FOREVER,
    HOLIDAYS_ONLY,
    ONLY,
    OPEN,
    RECURRING,
    WEEKDAYS,
    WEEKLY,
    Rule,
)
from .timetable import holiday_lines, plain_text
from .words import state_text

AHEAD = 366  # days for which closures, holidays and seasons are spelled out
NAMESPACE = uuid.UUID("5f1d5a57-6b43-4a0e-8e35-0f6f3a7f9d11")  # for lines without an identifier

Range = tuple[int, int]  # day numbers (date.toordinal), both included


def hsds_schedules(
    rules: Iterable[Rule],
    *,
    timezone: str,
    province: str,
    today: datetime.date,
    language: str = "en",
) -> list[dict]:
    """HSDS 3.1 schedules of a timetable, as of `today`, for the year ahead.

    Regular hours are cut where dated lines, dated closures and hours for holidays replace them;
    a season becomes its occurrences within that year. `timezone` becomes the offset from UTC
    at noon of `today`, a number of hours, as HSDS has it. Closures that recur or take part of a
    day, and holidays without hours of their own, are in `notes` (in `language`). An unchanged
    piece keeps its identifier from one export to the next. Only the schedule's own fields:
    whose it is (`service_id`, …) is for the caller.
    """
    rules = list(rules)
    noon = datetime.datetime.combine(today, datetime.time(12), zone(timezone))
    with speaking(language):
        return [
            described(rule, dates, noon, rules, language)
            for rule in rules
            if rule.state != CLOSED
            for dates in pieces(rule, rules, province=province, today=today)
        ]


def pieces(rule: Rule, rules: list[Rule], *, province: str, today: datetime.date) -> Iterator[dict]:
    """The stretches into which others cut a line: `dtstart`, `until`, `valid_from`, `valid_to`,
    and whether it is `whole`."""
    number = today.toordinal()
    days = days_from(today, AHEAD)
    holidays = holidays_among(today, AHEAD, province)
    cuts = cuts_into(rule, rules, [days.first + i for i in holidays], number)
    if rule.holidays == ONLY:
        for i in rule.days(days, holidays):
            date = days.dates[i]
            if not any(first <= days.first + i <= last for first, last in cuts):
                yield {"dtstart": date, "until": date, "valid_from": date, "valid_to": date}
        return
    for first, last in occurrences(rule, today):
        valid = (max(first, valid_from(rule)), min(last, valid_to(rule)))
        kept = without(valid, [cut for cut in cuts if falls_within(rule, cut, (first, last))])
        for low, high in kept:
            if high < number and (low, high) != valid:
                continue  # a stretch that a cut now behind us had ended
            cut_short = (low, high) != valid
            dated = rule.rank != RECURRING
            yield {
                "dtstart": day(first),
                "until": day(last),
                "valid_from": day(low) if dated or low > valid[0] else rule.valid_from,
                "valid_to": day(high) if dated or high < valid[1] else rule.valid_to,
                "whole": not cut_short and not rule.season_from,
            }


def cuts_into(rule: Rule, rules: list[Rule], holidays: list[int], today: int) -> list[Range]:
    """On which days ahead other lines speak instead of this one, or a closure ends it."""
    cuts: list[Range] = []
    for other in rules:
        if other.last < today:
            continue
        if other.state == CLOSED:
            if not other.freq and other.dtstart and other.all_day and other.holidays != ONLY:
                cuts.append((other.first, other.last))
        elif other.rank > rule.rank:
            if other.holidays == ONLY:
                cuts += [(n, n) for n in holidays if other.first <= n <= other.last]
            else:
                cuts.append((other.first, other.last))
    return sorted(cuts)


def without(whole: Range, cuts: list[Range]) -> list[Range]:
    """What of a range of days is left between the cuts."""
    left = []
    low, high = whole
    for first, last in cuts:
        if first > low:
            left.append((low, min(first - 1, high)))
        low = max(low, last + 1)
        if low > high:
            return left
    left.append((low, high))
    return left


def falls_within(rule: Rule, cut: Range, limits: Range) -> bool:
    """Whether a cut takes a day on which the line would have held."""
    first, last = max(cut[0], limits[0]), min(cut[1], limits[1])
    return any(rule.falls_on(datetime.date.fromordinal(n)) for n in range(first, last + 1))


def occurrences(rule: Rule, today: datetime.date) -> Iterator[Range]:
    """From the first to the last day: as written, or of each season in the year ahead."""
    begins = rule.dtstart.toordinal() if rule.dtstart else 0
    ends = rule.until.toordinal() if rule.until else FOREVER
    if not rule.freq and rule.dtstart and not rule.until:
        ends = begins
    if not rule.season_from:
        if rule.freq or ends >= today.toordinal():
            yield begins, ends
        return
    wraps = rule.season_from > rule.season_to
    number = today.toordinal()
    for year in range(today.year - 1, today.year + 2):
        first = max(begins, season_day(rule.season_from, year).toordinal())
        last = min(ends, season_day(rule.season_to, year + wraps, ending=True).toordinal())
        if last < number or first > min(last, number + AHEAD):
            continue
        # An iCalendar rule begins with a day that it meets.
        for n in range(first, last + 1):
            if rule.falls_on(datetime.date.fromordinal(n)):
                yield n, last
                break


def season_day(text: str, year: int, *, ending: bool = False) -> datetime.date:
    """Month and day in a year; one that the year lacks is the next to begin with, the last of
    its month to end with."""
    month, number = map(int, text.split("-"))
    length = calendar.monthrange(year, month)[1]
    if number <= length:
        return datetime.date(year, month, number)
    last = datetime.date(year, month, length)
    return last if ending else last + datetime.timedelta(days=1)


def described(
    rule: Rule, dates: dict, noon: datetime.datetime, rules: list[Rule], language: str
) -> dict:
    """One schedule object; empty values are left out."""
    offset = noon.utcoffset() / datetime.timedelta(hours=1)
    recurs = rule.freq and rule.holidays != ONLY
    byday = rule.byday if recurs else tuple((0, n) for n in weekdays_between(dates))
    schedule = {
        "id": identifier(rule, dates),
        "valid_from": iso(dates["valid_from"]),
        "valid_to": iso(dates["valid_to"]),
        "dtstart": iso(dates["dtstart"]),
        "timezone": int(offset) if offset.is_integer() else offset,
        "until": iso(dates["until"]),
        "freq": rule.freq if recurs else WEEKLY,
        "interval": rule.interval if recurs else 1,
        "byday": ",".join(f"{nth or ''}{WEEKDAYS[weekday]}" for nth, weekday in byday),
        "bymonthday": ",".join(map(str, rule.bymonthday)) if recurs else "",
        "description": plain_text([replace(rule, description="", description_fr="")])[0],
        "attending_type": "" if rule.state == OPEN else state_text(rule.state),
        "notes": "; ".join(notes(rule, rules, language)),
    }
    if schedule["freq"] == WEEKLY:
        schedule["wkst"] = "MO"
    if rule.has_times:
        zone_suffix = noon.isoformat()[-6:]
        closes = "23:59" if rule.all_day else clock(rule.ends)
        schedule["opens_at"] = clock(rule.begins) + zone_suffix
        schedule["closes_at"] = closes + zone_suffix
    return {key: value for key, value in schedule.items() if value not in ("", None)}


def notes(rule: Rule, rules: list[Rule], language: str) -> list[str]:
    """What HSDS has no field for: the line's own words, holidays, closures."""
    closures = [
        other
        for other in rules
        if other.state == CLOSED and (other.freq or not other.all_day or other.holidays == ONLY)
    ]
    for_holidays = any(other.rank == HOLIDAYS_ONLY for other in rules if other.state != CLOSED)
    return [
        *filter(None, [rule.note(language)]),
        *([] if for_holidays else holiday_lines([rule])),
        *plain_text(closures),
    ]


def identifier(rule: Rule, dates: dict) -> str:
    """The line's own; one that follows from it and the dates, for each piece of a cut line."""
    if dates.get("whole") and rule.id:
        return rule.id
    own = uuid.UUID(rule.id) if rule.id else uuid.uuid5(NAMESPACE, repr(rule))
    if dates.get("whole"):
        return str(own)
    return str(uuid.uuid5(own, f"{dates['dtstart']} {dates['valid_from']}"))


def weekdays_between(dates: dict) -> list[int]:
    """The weekdays from the first to the last day of a dated line."""
    span = (dates["until"] - dates["dtstart"]).days
    return sorted({(dates["dtstart"].weekday() + n) % 7 for n in range(min(span + 1, 7))})


def valid_from(rule: Rule) -> int:
    return rule.valid_from.toordinal() if rule.valid_from else 0


def valid_to(rule: Rule) -> int:
    return rule.valid_to.toordinal() if rule.valid_to else FOREVER


def day(number: int) -> datetime.date | None:
    return datetime.date.fromordinal(number) if 0 < number < FOREVER else None


def iso(date: datetime.date | None) -> str:
    return date.isoformat() if date else ""


def clock(seconds: int) -> str:
    seconds %= DAY
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
