"""The file around the lines of events: one VCALENDAR with the time zones they name."""

import datetime
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

import icalendar
from django.conf import settings
from django.utils import timezone

from .calendars import Text
from .telling import clean

PRODID = "-//Coalition Directory//Events//EN"
EVERY = datetime.timedelta(hours=6)  # how often a program that follows it asks again
FIRST_YEAR, YEARS = 2020, 20
BATCH = 100
UTC = {"UTC", "Etc/UTC", "Zulu"}
END = "END:VCALENDAR\r\n"


def calendar_file(name: str, zones: Iterable[str], lines: Iterable[str]) -> Iterator[str]:
    """The whole file in pieces. `name` is what programs call it, `zones` the IANA names of the time
    zones in it, `lines` the components of each event."""
    yield head(name)
    for zone in sorted({*zones} or {settings.TIME_ZONE}):
        if zone not in UTC:
            yield timezone_lines(zone, timezone.localdate().year + YEARS)
    lines = iter(lines)
    while some := list(islice(lines, BATCH)):
        yield "".join(some)
    yield END


def head(name: str) -> str:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):  # RFC 7986, and what programs knew before it
        calendar.add(key, Text(clean(name).replace("\n", " ")))
    calendar.add("refresh-interval", EVERY, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(EVERY))
    return calendar.to_ical().decode().removesuffix(END)


@cache
def timezone_lines(zone: str, until: int) -> str:
    """The VTIMEZONE of a time zone, from 2020 until the first of a year."""
    found = icalendar.Timezone.from_tzid(
        zone, first_date=datetime.date(FIRST_YEAR, 1, 1), last_date=datetime.date(until, 1, 1)
    )
    for observance in found.subcomponents:
        begin_by_the_clock_before(observance)
    return found.to_ical().decode()


def begin_by_the_clock_before(observance: icalendar.TimezoneStandard) -> None:
    """Clocks go forward at 2:00, not at 3:00: an observance begins by the offset before it (RFC
    5545, 3.6.5). icalendar (7.3) writes the time to which they are put."""
    forward = observance.TZOFFSETTO - observance.TZOFFSETFROM
    if forward <= datetime.timedelta():
        return
    observance.DTSTART -= forward
    if moments := observance.rdates:
        del observance["RDATE"]
        observance.add("rdate", [moment - forward for moment, *_rest in moments])
