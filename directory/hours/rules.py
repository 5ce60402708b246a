"""Lines of a timetable as written, and the days on which each falls."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from .days import DAY, Days

# `Schedule.state`, and what is said where no line says anything.
OPEN = "open"
CALL_FIRST = "call_first"
BY_APPOINTMENT = "by_appointment"
CLOSED = "closed"
UNKNOWN = "unknown"
STATES = (OPEN, CALL_FIRST, BY_APPOINTMENT, CLOSED)

# `Schedule.freq`
WEEKLY = "WEEKLY"
MONTHLY = "MONTHLY"

# `Schedule.holidays`
AS_USUAL = "as_usual"
ONLY = "only"
ON_HOLIDAYS = (UNKNOWN, AS_USUAL, CLOSED, ONLY)

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# HSDS has no closing at midnight: there, all day is 00:00 to 23:59 (field guidance, "24h opening").
LAST_MINUTE = DAY - 60
FOREVER = datetime.date.max.toordinal()

# Where lines of the same day differ, the highest of these speaks for the day.
RECURRING, PERIOD, HOLIDAYS_ONLY, ONE_DAY = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a timetable; the fields are those of `directory.models.Schedule`.

    `byday` is pairs (which in the month, weekday from Monday 0), the first 0 where it is every
    one. The fields below `id` follow from those above it: `begins` and `ends` are seconds after
    local midnight (`ends` is past 86,400 where the line runs past midnight), `first` and `last`
    day numbers (`date.toordinal`), both included.
    """

    state: str = OPEN
    freq: str = ""
    interval: int = 1
    byday: tuple[tuple[int, int], ...] = ()
    bymonthday: tuple[int, ...] = ()
    dtstart: datetime.date | None = None
    until: datetime.date | None = None
    opens_at: datetime.time | None = None
    closes_at: datetime.time | None = None
    season_from: str = ""
    season_to: str = ""
    holidays: str = UNKNOWN
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    description: str = ""
    description_fr: str = ""
    id: str = ""

    begins: int = field(init=False, repr=False, compare=False)
    ends: int = field(init=False, repr=False, compare=False)
    first: int = field(init=False, repr=False, compare=False)
    last: int = field(init=False, repr=False, compare=False)
    rank: int = field(init=False, repr=False, compare=False)
    every: frozenset[int] = field(init=False, repr=False, compare=False)
    simple: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        self.refuse_nonsense()
        begins = seconds(self.opens_at) if self.opens_at else 0
        ends = seconds(self.closes_at) if self.closes_at else 0
        if ends >= LAST_MINUTE:
            ends = DAY
        starts = [day for day in (self.dtstart, self.valid_from) if day]
        stops = [day for day in (self.until, self.valid_to) if day]
        if not self.freq and self.dtstart and not self.until:
            stops.append(self.dtstart)
        first = max(starts).toordinal() if starts else 0
        last = min(stops).toordinal() if stops else FOREVER
        if not self.freq and self.dtstart and self.until in (None, self.dtstart):
            rank = ONE_DAY
        elif self.holidays == ONLY:
            rank = HOLIDAYS_ONLY
        else:
            rank = RECURRING if self.freq else PERIOD
        derive = object.__setattr__  # the class is frozen
        derive(self, "begins", begins)
        derive(self, "ends", ends if ends > begins else ends + DAY)
        derive(self, "first", first)
        derive(self, "last", last)
        derive(self, "rank", rank)
        derive(self, "every", frozenset(weekday for nth, weekday in self.byday if not nth))
        derive(
            self,
            "simple",
            self.interval == 1
            and not self.bymonthday
            and not self.season_from
            and not any(nth for nth, _ in self.byday),
        )

    def refuse_nonsense(self) -> None:
        if self.state not in STATES or self.freq not in ("", WEEKLY, MONTHLY):
            raise ValueError(f"Unknown state or frequency: {self.state!r}, {self.freq!r}.")
        if self.holidays not in ON_HOLIDAYS:
            raise ValueError(f"Unknown word about holidays: {self.holidays!r}.")
        if (self.opens_at is None) != (self.closes_at is None):
            raise ValueError("A line has an opening and a closing time, or neither.")
        if self.opens_at is not None and self.opens_at == self.closes_at != datetime.time():
            raise ValueError("Opening and closing are the same; all day is 00:00 to 00:00.")
        if bool(self.season_from) != bool(self.season_to):
            raise ValueError("A season has a first and a last day.")
        if self.interval < 1 or (self.interval > 1 and self.freq and not self.dtstart):
            raise ValueError("An interval is 1 or more, and counted from a first day.")
        if not (self.freq or self.dtstart or self.holidays == ONLY):
            raise ValueError("A line recurs, has a date, or is for holidays.")
        if self.freq and not (self.byday or self.bymonthday):
            raise ValueError("A recurring line names its days.")

    @classmethod
    def from_document(cls, line: dict) -> Self:
        """A schedule line as in the listing document: dates and times as text, empty ones absent.

        Keys that say nothing about hours are left aside. Raises ValueError for a line that the
        catalogue would refuse as well.
        """
        return cls(
            state=line.get("state") or OPEN,
            freq=line.get("freq") or "",
            interval=int(line.get("interval") or 1),
            byday=tuple(map(read_weekday, split(line.get("byday")))),
            bymonthday=tuple(map(int, split(line.get("bymonthday")))),
            dtstart=read_date(line.get("dtstart")),
            until=read_date(line.get("until")),
            opens_at=read_time(line.get("opens_at")),
            closes_at=read_time(line.get("closes_at")),
            season_from=line.get("season_from") or "",
            season_to=line.get("season_to") or "",
            holidays=line.get("holidays") or UNKNOWN,
            valid_from=read_date(line.get("valid_from")),
            valid_to=read_date(line.get("valid_to")),
            description=line.get("description") or "",
            description_fr=line.get("description_fr") or "",
            id=str(line.get("id") or ""),
        )

    @property
    def has_times(self) -> bool:
        return self.opens_at is not None

    @property
    def all_day(self) -> bool:
        """From one local midnight to the next, whether written 00:00–00:00 or without times."""
        return self.begins == 0 and self.ends == DAY

    @property
    def recurs(self) -> bool:
        """Says what an ordinary week or month looks like."""
        return self.rank == RECURRING

    def days(self, days: Days, holidays: frozenset[int]) -> Sequence[int]:
        """On which of these days (counted from 0) the line falls.

        Holidays count here only for a line that is for holidays alone; what the others do on
        them is decided where the lines of a day are put together.
        """
        low = max(0, self.first - days.first)
        high = min(len(days.dates), self.last - days.first + 1)
        if low >= high:
            return ()
        if self.holidays == ONLY:
            within = [i for i in sorted(holidays) if low <= i < high]
        else:
            within = range(low, high)
        if not self.freq and not self.season_from:
            return within
        if self.simple:
            weekdays, every = days.weekdays, self.every
            return [i for i in within if weekdays[i] in every]
        return [i for i in within if self.falls_on(days.dates[i])]

    def falls_on(self, day: datetime.date) -> bool:
        """Whether the recurrence and the season meet this day; limits by date are not asked."""
        if self.season_from and not self.in_season(day):
            return False
        if not self.freq:
            return True
        if self.byday and not self.meets_weekday(day):
            return False
        if self.bymonthday and not self.meets_day_of_month(day):
            return False
        if self.interval == 1:
            return True
        if self.freq == WEEKLY:
            return (week_number(day) - week_number(self.dtstart)) % self.interval == 0
        months = (day.year - self.dtstart.year) * 12 + day.month - self.dtstart.month
        return months % self.interval == 0

    def in_season(self, day: datetime.date) -> bool:
        """Both ends count. In a year without 29 February, a season to it ends on the 28th and
        one from it begins on 1 March."""
        today = f"{day.month:02}-{day.day:02}"
        if self.season_from <= self.season_to:
            return self.season_from <= today <= self.season_to
        return today >= self.season_from or today <= self.season_to

    def meets_weekday(self, day: datetime.date) -> bool:
        weekday = day.weekday()
        if weekday in self.every:
            return True
        from_start = (day.day - 1) // 7 + 1
        from_end = -((days_in_month(day) - day.day) // 7 + 1)
        return (from_start, weekday) in self.byday or (from_end, weekday) in self.byday

    def meets_day_of_month(self, day: datetime.date) -> bool:
        return day.day in self.bymonthday or day.day - days_in_month(day) - 1 in self.bymonthday

    def speaks_for(self, number: int) -> bool:
        """Whether the line still, or already, says what happens around this day: its validity
        has begun and its last day has not passed. Before the first day of something announced
        it is known to be closed; after the last, nothing is known."""
        return (
            self.valid_from is None or self.valid_from.toordinal() <= number
        ) and number <= self.last

    def note(self, language: str) -> str:
        """The line in words, in this language where there are any, else in the other."""
        if language.startswith("fr"):
            return self.description_fr or self.description
        return self.description or self.description_fr


def rules_of(lines: Iterable[dict]) -> list[Rule]:
    """Schedule lines of a listing document as rules."""
    return [Rule.from_document(line) for line in lines]


def schedule_lines(service: dict, place: dict | None = None) -> list[dict]:
    """Which lines of a listing document hold at one of its places (`service_at_locations`).

    The lines at the place, else those of the service, else those of the location. Without a
    place: those of the service.
    """
    place = place or {}
    return (
        place.get("schedules")
        or service.get("schedules")
        or (place.get("location") or {}).get("schedules")
        or []
    )


def split(text: str | None) -> list[str]:
    return text.split(",") if text else []


def read_date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def read_time(text: str | None) -> datetime.time | None:
    return datetime.time.fromisoformat(text) if text else None


def read_weekday(token: str) -> tuple[int, int]:
    """`TU` as (0, 1), `2TU` as (2, 1), `-1FR` as (-1, 4)."""
    nth, day = token.strip()[:-2], token.strip()[-2:]
    return {"": 0, "-": -1, "+": 1}.get(nth) or int(nth or 0), WEEKDAYS.index(day)


def seconds(clock: datetime.time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def week_number(day: datetime.date) -> int:
    """Weeks since the year 1, each beginning on Monday (RFC 5545, WKST=MO; 1 January 1 was one)."""
    return (day.toordinal() - 1) // 7


def days_in_month(day: datetime.date) -> int:
    following = day.replace(day=28) + datetime.timedelta(days=4)
    return (following - datetime.timedelta(days=following.day)).day
