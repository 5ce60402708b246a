"""Calendar days: time zones, public holidays, and runs of days with what rules ask of them."""

import datetime
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from zoneinfo import TZPATH, ZoneInfo

import holidays as calendars

DAY = 86_400  # seconds
PROVINCES = frozenset(calendars.CA.subdivisions)

# The package still gives this day the name it had before 2017.
HOLIDAY_RENAMED = {
    "National Aboriginal Day": "National Indigenous Peoples Day",
    "Journée nationale des Autochtones": "Journée nationale des peuples autochtones",
}


@lru_cache(maxsize=128)
def zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name, from the newer of the machine's and the package's data.

    Python itself prefers the machine's, which on a server that is rarely updated can be years
    old; provinces have changed their clocks since. Raises ZoneInfoNotFoundError or ValueError.
    """
    if packaged_version() > machine_version():
        package, _, file = f"tzdata.zoneinfo.{name.replace('/', '.')}".rpartition(".")
        try:
            with resources.files(package).joinpath(file).open("rb") as data:
                return ZoneInfo.from_file(data, key=name)
        except (ImportError, OSError):
            pass  # not in the package: the machine may know it
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def packaged_version() -> str:
    """Version of the PyPI package tzdata, such as `2026f`; empty where it is not installed."""
    try:
        import tzdata
    except ImportError:
        return ""
    return tzdata.IANA_VERSION


@lru_cache(maxsize=1)
def machine_version() -> str:
    """Version of the time zones Python reads by itself; empty where they don't say."""
    for folder in TZPATH:
        if Path(folder).is_dir():
            for name in ("tzdata.zi", "+VERSION"):
                try:
                    with Path(folder, name).open() as file:
                        return file.readline().removeprefix("# version").strip()
                except OSError:
                    continue
            return ""
    return ""


def local_date(at: datetime.datetime, timezone: str) -> datetime.date:
    """The day it is at this instant in this zone."""
    return at.astimezone(zone(timezone)).date()


def instant(day: datetime.date, seconds: int, timezone: str) -> int:
    """Seconds since 1970 (UTC) of a clock reading, `seconds` after local midnight of `day`.

    As RFC 5545, section 3.3.5: a reading that the clocks skip is taken with the offset before
    the change (02:30 becomes 03:30), one that comes twice is the first.
    """
    days, seconds = divmod(seconds, DAY)
    clock = datetime.datetime.combine(
        day + datetime.timedelta(days=days), datetime.time(), zone(timezone)
    )
    return int((clock + datetime.timedelta(seconds=seconds)).timestamp())


@lru_cache(maxsize=512)
def public_holidays(
    province: str, year: int, language: str = "en"
) -> MappingProxyType[datetime.date, str]:
    """Public holidays of a province (its two letters) by day, with their names.

    Days on which a holiday is observed instead are among them. Without a province: those that
    all of Canada keeps. `language` is "fr" or anything else for English.
    """
    names = calendars.country_holidays(
        "CA",
        subdiv=province if province in PROVINCES else None,
        years=year,
        language="fr" if language.startswith("fr") else "en_CA",
    )
    return MappingProxyType({day: holiday_words(name) for day, name in names.items()})


def holiday_words(name: str) -> str:
    """The package's name of a holiday as this site writes it; two on one day as one."""
    return HOLIDAY_RENAMED.get(name, name).replace("; ", " / ").replace("'", "’")


def holiday_name(day: datetime.date, province: str, language: str = "en") -> str:
    """Name of the public holiday on this day; empty on any other."""
    return public_holidays(province, day.year, language).get(day, "")


@dataclass(frozen=True, slots=True)
class Days:
    """A run of calendar days, each with its weekday (Monday is 0). Shared: never changed."""

    first: int  # datetime.date.toordinal
    dates: tuple[datetime.date, ...]
    weekdays: tuple[int, ...]


@lru_cache(maxsize=256)
def days_from(first: datetime.date, count: int) -> Days:
    """`count` days, from `first`."""
    number = first.toordinal()
    dates = tuple(datetime.date.fromordinal(number + i) for i in range(count))
    return Days(number, dates, tuple(day.weekday() for day in dates))


@lru_cache(maxsize=256)
def midnights(first: datetime.date, count: int, timezone: str) -> tuple[int, ...]:
    """Instants (seconds since 1970, UTC) at which these days and the two after them begin."""
    return tuple(instant(first, i * DAY, timezone) for i in range(count + 2))


@lru_cache(maxsize=1024)
def holidays_among(first: datetime.date, count: int, province: str) -> frozenset[int]:
    """Which of these days (counted from 0) are public holidays of the province."""
    return frozenset(
        i
        for i, day in enumerate(days_from(first, count).dates)
        if day in public_holidays(province, day.year)
    )
