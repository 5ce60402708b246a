"""When a repeated event takes place, by the rules of RFC 5545. Pure.

A rule is the text of an RRULE (`FREQ=WEEKLY;INTERVAL=2;BYDAY=TU`) whose UNTIL is a local date,
the last day on which the event may begin. It is expanded in local dates; only then is each start
put on the clock of its time zone, so that 19:00 stays 19:00 through daylight saving.
"""

import datetime
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
KEYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
MOST = 4000  # occurrences of one event: more than ten years of every day
LONGEST = 200
EARLIEST, LATEST = datetime.date(1950, 1, 1), datetime.date(2100, 12, 31)
SOME_YEARS = datetime.timedelta(days=9 * 366)  # there may be eight from one 29 February to the next
BY_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


class BadRule(ValueError):
    """A rule that cannot be kept; the message says why, for whoever wrote it."""


def within_reach(day: datetime.date) -> None:
    """Raises ValidationError for a day (or moment) that no clock or calendar may follow: people
    write 9999 for “for good”."""
    if not EARLIEST.year <= day.year <= LATEST.year:
        said = _("Write a year from %(first)d to %(last)d.")
        raise ValidationError(said % {"first": EARLIEST.year, "last": LATEST.year})


def parts_of(rule: str) -> dict[str, str]:
    """The parts of a rule by name. Raises BadRule for what is no rule of dates."""
    parts: dict[str, str] = {}
    for part in rule.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name not in KEYS or name in parts:
            raise BadRule(_("This is not a rule that calendars read."))
        parts[name] = value
    if parts.get("FREQ") not in FREQUENCIES:
        raise BadRule(_("This is not a rule that calendars read."))
    for name in ("INTERVAL", "COUNT"):
        number = parts.get(name, "1")
        if not (number.isascii() and number.isdecimal() and 0 < int(number[:6]) <= MOST):
            raise BadRule(_("This is not a rule that calendars read."))
    days = [BY_DAY.fullmatch(day) for day in parts.get("BYDAY", "MO").split(",")]
    numbered = any(day and day[1] for day in days)
    if not all(days) or (numbered and parts["FREQ"] not in ("MONTHLY", "YEARLY")):
        raise BadRule(_("This is not a rule that calendars read."))
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRule(_("Say until when, or how often: not both."))
    return parts


def joined(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def until_of(parts: dict[str, str]) -> datetime.date | None:
    """The last day on which a repeated event may begin, where the rule says so."""
    text = parts.get("UNTIL", "")[:8]
    if not text:
        return None
    try:
        found = datetime.datetime.strptime(text, "%Y%m%d").date()
        within_reach(found)
    except ValueError as error:
        raise BadRule(_("This is not a rule that calendars read.")) from error
    except ValidationError as error:
        raise BadRule(*error.messages) from error
    return found


def normal(rule: str) -> str:
    """The rule as it is kept: capitals, UNTIL as a date. Empty stays empty. Raises BadRule."""
    if not rule.strip():
        return ""
    if len(rule) > LONGEST:
        raise BadRule(_("This is not a rule that calendars read."))
    parts = parts_of(rule.strip())
    if (last := until_of(parts)) is not None:
        parts["UNTIL"] = f"{last:%Y%m%d}"
    first = datetime.date(2026, 1, 1)
    made(parts, first, first)
    return joined(parts)


def made(parts: dict[str, str], first: datetime.date, until: datetime.date) -> Iterator:
    """The moments a rule names from `first` on, up to a day: a rule that names none is looked
    through no further."""
    asked = {name: value for name, value in parts.items() if name not in ("COUNT", "UNTIL")}
    last = min(until, until_of(parts) or until, LATEST)
    try:
        found = rrulestr(joined(asked), dtstart=datetime.datetime.combine(first, datetime.time()))
        found = found.replace(until=datetime.datetime.combine(last, datetime.time.max))
    except (ValueError, TypeError, OverflowError, IndexError) as error:
        raise BadRule(_("This is not a rule that calendars read.")) from error
    return islice(found, int(parts["COUNT"])) if "COUNT" in parts else iter(found)


def dates(first: datetime.date, rule: str, until: datetime.date) -> Iterator[datetime.date]:
    """The days on which an event that first takes place on `first` begins, up to `until`.

    `first` is always among them (RFC 5545: DTSTART is the first instance); of more than MOST
    others, the latest. Raises BadRule.
    """
    yield first
    if rule:
        for moment in deque(made(parts_of(rule), first, until), MOST):
            if moment.date() != first:
                yield moment.date()


def first_fitting(first: datetime.date, rule: str) -> datetime.date | None:
    """The first day from `first` on that the rule itself names; None where there is none within
    some years."""
    moment = next(iter(made(parts_of(rule), first, first + SOME_YEARS)), None)
    return moment.date() if moment else None


def goes_on(first: datetime.date, rule: str, day: datetime.date) -> bool:
    """Whether a repeated event takes place again after this day."""
    return any(moment.date() > day for moment in made(parts_of(rule), first, LATEST))


def ended(first: datetime.date, rule: str, day: datetime.date) -> str:
    """The rule, ending with the last time before this day."""
    parts = parts_of(rule)
    parts.pop("COUNT", None)
    parts["UNTIL"] = f"{day - datetime.timedelta(days=1):%Y%m%d}"
    return joined(parts)


def rest(first: datetime.date, rule: str, day: datetime.date) -> str:
    """The rule for a series that goes on from this day: a count becomes what is left of it."""
    parts = parts_of(rule)
    if "COUNT" in parts:
        before = sum(1 for one in dates(first, rule, day) if one < day)
        parts["COUNT"] = str(max(int(parts["COUNT"]) - before, 1))
    return joined(parts)


def moment(day: datetime.date, time: datetime.time, zone: str) -> datetime.datetime:
    """A local time on the clock of its zone.

    A time that daylight saving skips is read with the offset before it, and of a time that comes
    twice the first one counts (RFC 5545, 3.3.5).
    """
    return datetime.datetime.combine(day, time, tzinfo=ZoneInfo(zone))
