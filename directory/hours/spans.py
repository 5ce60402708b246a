"""When a service is open, as spans of time: rules in, instants out.

How lines of a timetable are put together (docs/decisions/0003-hours.md):

1. `closed` outranks everything. A closure of a whole day also ends what would have run from
   that day past midnight.
2. Otherwise one kind of line speaks for a day: a line for that one date; else, on a public
   holiday, lines for holidays only; else lines for a period; else recurring ones.
3. Lines of that kind that overlap: open, then call first, then by appointment.
4. A day belongs to the opening, not the clock: what runs past midnight follows the day on which
   it began, its holidays, seasons and limits.
5. A day for which no line speaks is unknown, never closed.
"""

import datetime
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .days import DAY, Days, days_from, holidays_among, instant, local_date, midnights
from .rules import (
    BY_APPOINTMENT,
    CALL_FIRST,
    CLOSED,
    ONE_DAY,
    ONLY,
    OPEN,
    UNKNOWN,
    Rule,
)

HORIZON_DAYS = 28
# Open without a break for this long, to the end of what is known, reads "open 24 hours".
LASTING = datetime.timedelta(days=7)

# What is heard where lines overlap, first to last.
OUTRANKS = (OPEN, CALL_FIRST, BY_APPOINTMENT, UNKNOWN)

UTC = datetime.UTC
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
END_OF_TIME = datetime.datetime.max.replace(tzinfo=UTC)

Moments = list[tuple[datetime.datetime, datetime.datetime]]
Seconds = list[tuple[int, int]]


class Span(NamedTuple):
    """From `start` up to and without `end` (aware, UTC): open, call_first, by_appointment or
    unknown. Closed is what no span covers."""

    start: datetime.datetime
    end: datetime.datetime
    state: str


@dataclass(frozen=True, slots=True)
class Materialised:
    """Hours some weeks ahead, as half-open (start, end) in UTC, sorted, none overlapping another.

    What none covers is closed, up to `until`; from there on, and everywhere when `until` is
    None, hours are not known. `unknown` holds what is not known before `until`.
    """

    open: Moments
    by_appointment: Moments
    call_first: Moments
    unknown: Moments
    until: datetime.datetime | None


class Status(NamedTuple):
    """What holds at an instant: open, call_first, by_appointment, closed or unknown.

    `until` is when that ends, None where it lasts past what is known. `next_start` and
    `next_state` are the next opening (also call first and by appointment), if one is known.
    `always`: without a break as far as hours are known, and that is a week or more.
    """

    state: str
    until: datetime.datetime | None
    next_start: datetime.datetime | None
    next_state: str | None
    always: bool = False


class Opening(NamedTuple):
    """One line on one day: seconds after that day's local midnight, past 86,400 on the next."""

    begins: int
    ends: int
    state: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Plan:
    """What the lines say day by day, in local clock time, before closures are taken out.

    Lists as long as `days`. `known` is false on a day for which no line speaks; `shut` is true
    where a closure takes the whole day.
    """

    days: Days
    openings: list[list[Opening]]
    closures: list[list[Opening]]
    known: list[bool]
    shut: list[bool]


def plan(rules: Iterable[Rule], *, province: str, first: datetime.date, count: int) -> Plan:
    """Which lines hold on each of `count` days from `first`."""
    days = days_from(first, count)
    holidays = holidays_among(first, count, province)
    openings: list[list[Opening]] = [[] for _ in range(count)]
    closures: list[list[Opening]] = [[] for _ in range(count)]
    shut = [False] * count
    ranks = [0] * count
    speaking: list[Rule] = []
    for rule in rules:
        on = rule.days(days, holidays)
        if rule.state == CLOSED:
            opening = Opening(rule.begins, rule.ends, CLOSED, rule)
            skips_holidays = rule.holidays == CLOSED
            for i in on:
                if skips_holidays and i in holidays:
                    continue
                closures[i].append(opening)
                if rule.all_day:
                    shut[i] = True
            continue
        speaking.append(rule)
        opening = Opening(rule.begins, rule.ends, rule.state, rule)
        # A line for one date says what happens on that date: nothing about it is unknown.
        on_holiday = opening
        if rule.holidays == UNKNOWN and rule.rank != ONE_DAY:
            on_holiday = opening._replace(state=UNKNOWN)
        elif rule.holidays == CLOSED:
            on_holiday = None
        rank = rule.rank
        for i in on:
            if rank < ranks[i]:
                continue
            if rank > ranks[i]:
                ranks[i] = rank
                openings[i] = []
            what = on_holiday if i in holidays else opening
            if what is not None:
                openings[i].append(what)
    for i in range(count):
        if shut[i]:
            openings[i] = []
    return Plan(days, openings, closures, known_days(speaking, days, ranks, shut), shut)


def known_days(rules: list[Rule], days: Days, ranks: list[int], shut: list[bool]) -> list[bool]:
    """On which days some line speaks.

    Those that recur speak for every day within their validity up to their last. Where none
    recurs, dated ones do (an outreach van between its stops is known not to be there); lines
    for holidays alone say nothing about other days.
    """
    count = len(ranks)
    base = [rule for rule in rules if rule.recurs] or [
        rule for rule in rules if rule.holidays != ONLY
    ]
    if any(rule.valid_from is None and rule.last >= days.first + count for rule in base):
        return [True] * count
    return [
        bool(ranks[i] or shut[i]) or any(rule.speaks_for(days.first + i) for rule in base)
        for i in range(count)
    ]


def spans(
    rules: Iterable[Rule],
    *,
    timezone: str,
    province: str,
    start: datetime.datetime,
    end: datetime.datetime,
) -> list[Span]:
    """When these rules are open, by appointment, call first or unknown between two instants.

    `timezone` is an IANA name, `province` two letters (empty: only the holidays that all of
    Canada keeps), `start` and `end` aware. Sorted, not overlapping, touching ones of one state
    merged; gaps are closed.
    """
    first = local_date(start, timezone) - datetime.timedelta(days=1)
    count = (local_date(end, timezone) - first).days + 1
    found = states(rules, timezone=timezone, province=province, first=first, count=count)
    low, high = int(start.timestamp()), int(end.timestamp())
    found[UNKNOWN] = union(found[UNKNOWN] + found.pop(None))
    return sorted(
        Span(a, b, state)
        for state, times in found.items()
        for a, b in moments(clip(times, low, high))
    )


def materialise(
    rules: Iterable[Rule], *, timezone: str, province: str, now: datetime.datetime
) -> Materialised:
    """Hours from local midnight of yesterday to local midnight HORIZON_DAYS from today's."""
    today = local_date(now, timezone)
    first = today - datetime.timedelta(days=2)  # what began then may run into yesterday
    count = HORIZON_DAYS + 2
    edges = midnights(first, count, timezone)
    low, high = edges[1], edges[count]
    found = {
        state: clip(times, low, high)
        for state, times in states(
            rules, timezone=timezone, province=province, first=first, count=count
        ).items()
    }
    until = high
    unspoken = found[None]
    if unspoken and unspoken[-1][1] == high:
        until = unspoken.pop()[0]
    return Materialised(
        open=moments(found[OPEN]),
        by_appointment=moments(found[BY_APPOINTMENT]),
        call_first=moments(found[CALL_FIRST]),
        unknown=moments(union(found[UNKNOWN] + unspoken)),
        until=moment(until) if until > low else None,
    )


def states(
    rules: Iterable[Rule], *, timezone: str, province: str, first: datetime.date, count: int
) -> dict[str | None, Seconds]:
    """Spans (seconds since 1970) by state, none overlapping another; under None those for which
    no line speaks. `unknown` is what holidays leave open."""
    planned = plan(rules, province=province, first=first, count=count)
    edges = midnights(first, count, timezone)
    found: dict[str | None, Seconds] = {state: [] for state in OUTRANKS}
    closed: Seconds = []
    for i in range(count):
        midnight = edges[i]
        if edges[i + 2] - midnight == 2 * DAY:
            for begins, ends, state, _rule in planned.openings[i]:
                found[state].append((midnight + begins, midnight + ends))
            for begins, ends, _state, _rule in planned.closures[i]:
                closed.append((midnight + begins, midnight + ends))
            continue
        # The clocks change on this day or the next one. A reading that comes twice is the first
        # for openings and closings alike: nobody is told of an hour that may not be meant, and
        # lines that touch stay together.
        day = planned.days.dates[i]
        for begins, ends, state, _rule in (*planned.openings[i], *planned.closures[i]):
            into = closed if state == CLOSED else found[state]
            into.append((instant(day, begins, timezone), instant(day, ends, timezone)))
    found[None] = [(edges[i], edges[i + 1]) for i in range(count) if not planned.known[i]]
    taken = union(closed)
    for state, times in found.items():
        if times:
            times = found[state] = subtract(union(times), taken)
            taken = union(taken + times) if taken else times
    return found


def status(hours: Materialised | Iterable[Span], at: datetime.datetime) -> Status:
    """What holds at an instant. A bare list of spans is taken for all there is to know."""
    known = hours if isinstance(hours, Materialised) else from_spans(hours)
    if known.until is None or at >= known.until:
        return Status(UNKNOWN, None, None, None)
    state, span = CLOSED, None
    upcoming: list[tuple[datetime.datetime, str]] = []
    for name, times in (
        (OPEN, known.open),
        (CALL_FIRST, known.call_first),
        (BY_APPOINTMENT, known.by_appointment),
        (UNKNOWN, known.unknown),
    ):
        after = bisect_right(times, at, key=start_of)
        if after and at < times[after - 1][1]:
            state, span = name, times[after - 1]
        if after < len(times):
            upcoming.append((times[after][0], name))
    next_start, next_state = min((n for n in upcoming if n[1] != UNKNOWN), default=(None, None))
    if span is None:
        until = min(upcoming)[0] if upcoming else None
        return Status(state, until, next_start, next_state)
    start, end = span
    lasts = end >= known.until
    return Status(
        state,
        None if lasts else end,
        next_start,
        next_state,
        always=end - at >= LASTING or (lasts and end - start >= LASTING),
    )


def from_spans(spans: Iterable[Span]) -> Materialised:
    times: dict[str, Moments] = {state: [] for state in OUTRANKS}
    for start, end, state in spans:
        times[state].append((start, end))
    return Materialised(**times, until=END_OF_TIME)


def start_of(span: tuple[datetime.datetime, datetime.datetime]) -> datetime.datetime:
    return span[0]


def moment(seconds: int) -> datetime.datetime:
    return EPOCH + datetime.timedelta(seconds=seconds)


def moments(times: Seconds) -> Moments:
    return [(moment(a), moment(b)) for a, b in times]


def clip(times: Seconds, low: int, high: int) -> Seconds:
    """What of these spans lies between two instants."""
    return [(max(a, low), min(b, high)) for a, b in times if a < high and b > low]


def union(times: Seconds) -> Seconds:
    """Sorted, overlapping and touching ones merged, empty ones left out."""
    merged: Seconds = []
    low = high = None
    for a, b in sorted(times):
        if a >= b:
            continue
        if high is None or a > high:
            if high is not None:
                merged.append((low, high))
            low, high = a, b
        elif b > high:
            high = b
    if high is not None:
        merged.append((low, high))
    return merged


def subtract(times: Seconds, taken: Seconds) -> Seconds:
    """What of `times` no span of `taken` covers; both as `union` leaves them."""
    if not taken:
        return times
    left: Seconds = []
    i, count = 0, len(taken)
    for a, b in times:
        while i < count and taken[i][1] <= a:
            i += 1
        j = i
        while j < count and taken[j][0] < b:
            if taken[j][0] > a:
                left.append((a, taken[j][0]))
            a = max(a, taken[j][1])
            j += 1
        if a < b:
            left.append((a, b))
    return left
