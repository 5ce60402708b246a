"""Hours in words: what a card and a page say, in English and French."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from .clock import (
    MORNING_ENDS,
    Clock,
    language_now,
    period_text,
    speaking,
    times_text,
    weekday_text,
)
from .days import DAY, holiday_name, holidays_among
from .rules import BY_APPOINTMENT, CALL_FIRST, CLOSED, OPEN, UNKNOWN, Rule
from .spans import OUTRANKS, Plan, Seconds, Status, plan, subtract, union


class Line(NamedTuple):
    """A row of a day: `text` from when to when (empty for the whole day without times), the
    state and its words, and what the listing adds about these times."""

    text: str
    state: str
    state_text: str
    note: str


class Day(NamedTuple):
    """One day of the week's hours. `closed` and `unknown` are for days without lines."""

    date: datetime.date
    label: str
    is_today: bool
    holiday: str
    lines: list[Line]
    closed: bool
    unknown: bool


class Notice(NamedTuple):
    """What is different on some days ahead (`first` to `last`).

    `kind` is closed, holiday or dates (an outreach van's stop, hours for a while); `dates` says
    the days, `title` names the holiday, `text` says what holds, `note` what the listing adds.
    """

    first: datetime.date
    last: datetime.date
    kind: str
    dates: str
    title: str
    text: str
    note: str


def status_text(
    status: Status,
    *,
    at: datetime.datetime,
    timezone: str,
    language: str | None = None,
    mobile: bool = False,
    name_zone: bool = False,
    province: str | None = None,
) -> str:
    """What to say about hours at this instant: "Open until 8 pm", "Closed · opens Tue 9 am".

    Times are on the clock of `timezone`; `name_zone` names it, for readers who may be in
    another. `mobile`: the service comes to a place, so it is here rather than open. With the
    `province`, hours that a public holiday leaves open are told apart from those nobody knows.
    Never "closes in 20 minutes": pages are printed and kept.
    """
    with speaking(language):
        clock = Clock(at, timezone, name_zone)
        now = now_text(status, clock, mobile=mobile, province=province)
        opening = next_text(status, clock, mobile=mobile)
        return f"{now} · {opening}" if opening else now


def now_text(status: Status, clock: Clock, *, mobile: bool, province: str | None) -> str:
    """The first half: what holds now, and until when."""
    if status.state == UNKNOWN:
        if status.until and province is not None and on_holiday(clock, province):
            return _("Holiday hours not known")
        return _("Hours not known")
    if status.state == CLOSED:
        return _("Not here now") if mobile else _("Closed")
    if status.state == BY_APPOINTMENT:
        return _("By appointment")
    if status.state == CALL_FIRST:
        if status.always or status.until is None:
            return _("Call first")
        time, date = clock.end(status.until)
        if date:
            return _("Call first until %(date)s") % {"date": date}
        return _("Call first until %(time)s") % {"time": time}
    if status.always:
        return _("Open 24 hours")
    if status.until is None:
        return _("Van here now") if mobile else _("Open")
    time, date = clock.end(status.until)
    if mobile:
        if date:
            return _("Van here until %(date)s") % {"date": date}
        return _("Van here until %(time)s") % {"time": time}
    if date:
        return _("Open until %(date)s") % {"date": date}
    return _("Open until %(time)s") % {"time": time}


def next_text(status: Status, clock: Clock, *, mobile: bool) -> str:
    """The second half: the next opening, where it matters to someone who reads this now."""
    if status.next_start is None or status.state in (OPEN, CALL_FIRST):
        return ""
    if status.state == BY_APPOINTMENT and status.next_state != OPEN:
        return ""
    when = clock.start(status.next_start, all_day=status.next_state != OPEN)
    if status.next_state == BY_APPOINTMENT:
        return _("by appointment from %(when)s") % {"when": when}
    if status.next_state == CALL_FIRST:
        return _("call first from %(when)s") % {"when": when}
    if mobile:
        return _("next stop %(when)s") % {"when": when}
    return _("opens %(when)s") % {"when": when}


def on_holiday(clock: Clock, province: str) -> bool:
    """Whether a holiday can be what leaves hours open: today's, or last night's past midnight."""
    if holiday_name(clock.today, province):
        return True
    yesterday = clock.today - datetime.timedelta(days=1)
    return clock.local.time() < MORNING_ENDS and bool(holiday_name(yesterday, province))


def state_text(state: str) -> str:
    if state == OPEN:
        return _("Open")
    if state == BY_APPOINTMENT:
        return _("By appointment")
    if state == CALL_FIRST:
        return _("Call first")
    if state == CLOSED:
        return _("Closed")
    return _("Holiday hours not known, call first")


def week(
    rules: Iterable[Rule],
    *,
    timezone: str,
    province: str,
    today: datetime.date,
    language: str | None = None,
) -> list[Day]:
    """Seven days from `today`, which is the day it is in `timezone`; times are on its clock.

    From today rather than from Monday: on a Saturday night the past week is of no use.
    """
    with speaking(language):
        # A day more at both ends: closures that run past midnight.
        first = today - datetime.timedelta(days=1)
        planned = plan(rules, province=province, first=first, count=9)
        days = []
        for i in range(1, 8):
            date = planned.days.dates[i]
            lines = lines_of(planned, i)
            days.append(
                Day(
                    date=date,
                    label=weekday_text(date),
                    is_today=date == today,
                    holiday=holiday_name(date, province, language_now()),
                    lines=lines,
                    closed=not lines and planned.known[i],
                    unknown=not lines and not planned.known[i],
                )
            )
        return days


def lines_of(planned: Plan, i: int) -> list[Line]:
    """What holds on one day of the plan, closures taken out, higher states before lower ones.

    Lines that touch or overlap are one where they say the same in words too: two stops of a van
    stay two.
    """
    language = language_now()
    closed = union(
        [
            (begins + offset * DAY, ends + offset * DAY)
            for offset in (-1, 0, 1)
            if 0 <= i + offset < len(planned.closures)
            for begins, ends, _state, _rule in planned.closures[i + offset]
        ]
    )
    found: list[tuple[int, Line]] = []
    taken: Seconds = []
    for state in OUTRANKS:
        by_note: dict[tuple[str, bool], Seconds] = {}
        for begins, ends, own, rule in planned.openings[i]:
            if own == state:
                by_note.setdefault((rule.note(language), rule.has_times), []).append((begins, ends))
        for (note, has_times), pieces in by_note.items():
            times = subtract(union(pieces), closed)
            free = subtract(times, taken)
            words = state_text(state)
            if not has_times and times == [(0, DAY)]:
                if free:
                    text = "" if free == times else _("At other times")
                    found.append((free[0][0], Line(text, state, words, note)))
                continue
            found += [(a, Line(times_text(a, b), state, words, note)) for a, b in free]
        taken = union(taken + [piece for pieces in by_note.values() for piece in pieces])
    return [line for _begins, line in sorted(found, key=lambda pair: pair[0])]


def exceptions(
    rules: Iterable[Rule],
    *,
    province: str,
    today: datetime.date,
    days: int = 60,
    language: str | None = None,
) -> list[Notice]:
    """What is different in the `days` from `today`, in order: dated closures, dated hours and
    stops, public holidays with what is known of them."""
    rules = list(rules)
    with speaking(language):
        planned = plan(rules, province=province, first=today, count=days)
        dated = [
            rule
            for rule in sorted(rules, key=lambda rule: rule.begins)
            if rule.dtstart
            and not rule.freq
            and planned.days.first <= rule.last
            and rule.first < planned.days.first + days
        ]
        named = {rule.first for rule in dated if rule.first == rule.last}
        notices = [notice_of(rule, province, today) for rule in dated]
        notices += [
            holiday_notice(planned, i, province, today)
            for i in holidays_among(today, days, province)
            if planned.known[i]
            and planned.days.first + i not in named
            and not any(closure.rule in dated for closure in planned.closures[i])
        ]
        return sorted(notices, key=lambda notice: notice.first)


def notice_of(rule: Rule, province: str, today: datetime.date) -> Notice:
    """A dated line in words."""
    first, last = map(datetime.date.fromordinal, (rule.first, rule.last))
    return Notice(
        first=first,
        last=last,
        kind="closed" if rule.state == CLOSED else "dates",
        dates=period_text(first, last, today),
        title=holiday_name(first, province, language_now()) if first == last else "",
        text=hours_text(rule),
        note=rule.note(language_now()),
    )


def holiday_notice(planned: Plan, i: int, province: str, today: datetime.date) -> Notice:
    """A public holiday, and what is known of hours on it."""
    date = planned.days.dates[i]
    lines = lines_of(planned, i)
    if not lines:
        text = _("Closed")
    elif all(line.state == UNKNOWN for line in lines):
        text = state_text(UNKNOWN)
    else:
        text = ", ".join(line_text(line) for line in lines)
    return Notice(
        first=date,
        last=date,
        kind="holiday",
        dates=period_text(date, date, today),
        title=holiday_name(date, province, language_now()),
        text=text,
        note=" ".join(dict.fromkeys(line.note for line in lines if line.note)),
    )


def line_text(line: Line) -> str:
    """A line of a day in one phrase: 9 am – 8 pm; By appointment 1 pm – 5 pm."""
    if line.state == OPEN:
        return line.text
    return f"{line.state_text} {line.text}".strip()


def hours_text(rule: Rule) -> str:
    """What a line says of each of its days: 9 am – 8 pm; Closed; Call first noon – 4 pm."""
    text = times_text(rule.begins, rule.ends) if rule.has_times else ""
    if rule.state == OPEN:
        return text or times_text(0, DAY)
    return f"{state_text(rule.state)} {'' if rule.all_day else text}".strip()
