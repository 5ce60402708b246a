"""When a repeated event takes place, by the rules of RFC 5545. Pure.

A rule is the text of an RRULE (`FREQ=WEEKLY;INTERVAL=2;BYDAY=TU`) whose UNTIL is a local date,
the last day on which the event may begin. It is expanded in local dates; only then is each start
put on the clock of its time zone, so that 19:00 stays 19:00 through daylight saving.
"""

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, rrulestr
from django.utils.translation import gettext as _

FREQUENCIES = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
KEYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
MOST = 4000  # occurrences of one event: more than ten years of every day
LONGEST = 200


class BadRule(ValueError):
    """A rule that cannot be kept; the message says why, for whoever wrote it."""


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
        return datetime.datetime.strptime(text, "%Y%m%d").date()
    except ValueError as error:
        raise BadRule(_("This is not a rule that calendars read.")) from error


def normal(rule: str) -> str:
    """The rule as it is kept: capitals, UNTIL as a date. Empty stays empty. Raises BadRule."""
    if not rule.strip():
        return ""
    if len(rule) > LONGEST:
        raise BadRule(_("This is not a rule that calendars read."))
    parts = parts_of(rule.strip())
    if (last := until_of(parts)) is not None:
        parts["UNTIL"] = f"{last:%Y%m%d}"
    made(parts, datetime.date(2026, 1, 1))
    return joined(parts)


def made(parts: dict[str, str], first: datetime.date) -> rrule:
    start = datetime.datetime.combine(first, datetime.time())
    try:
        found = rrulestr(joined(parts), dtstart=start)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRule(_("This is not a rule that calendars read.")) from error
    return found


def dates(first: datetime.date, rule: str, until: datetime.date) -> Iterator[datetime.date]:
    """The days on which an event that first takes place on `first` begins, up to `until`.

    `first` is always among them (RFC 5545: DTSTART is the first instance). Raises BadRule.
    """
    yield first
    if not rule:
        return
    found = made(parts_of(rule), first)
    ends = datetime.datetime.combine(until, datetime.time.max)
    for number, moment in enumerate(found):
        if moment > ends or number > MOST:
            return
        if moment.date() != first:
            yield moment.date()


def first_fitting(first: datetime.date, rule: str) -> datetime.date | None:
    """The first day from `first` on that the rule itself names; None where there is none."""
    moment = next(iter(made(parts_of(rule), first)), None)
    return moment.date() if moment else None


def is_endless(rule: str) -> bool:
    parts = parts_of(rule) if rule else {"COUNT": "1"}
    return "COUNT" not in parts and "UNTIL" not in parts


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
