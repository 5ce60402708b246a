"""A whole timetable in a few lines of plain text, in English and French."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from .clock import (
    SHORT_WEEKDAYS,
    date_text,
    from_to,
    language_now,
    month_day_text,
    period_text,
    speaking,
    times_text,
)
from .days import DAY
from .rules import (
    AS_USUAL,
    CLOSED,
    FOREVER,
    MONTHLY,
    ONLY,
    OPEN,
    PERIOD,
    RECURRING,
    STATES,
    UNKNOWN,
    WEEKLY,
    Rule,
)
from .words import state_text

NTH = {
    1: pgettext_lazy("weekday of a month", "1st"),
    2: pgettext_lazy("weekday of a month", "2nd"),
    3: pgettext_lazy("weekday of a month", "3rd"),
    4: pgettext_lazy("weekday of a month", "4th"),
    5: pgettext_lazy("weekday of a month", "5th"),
    -1: pgettext_lazy("weekday of a month", "last"),
    -2: pgettext_lazy("weekday of a month", "2nd last"),
    -3: pgettext_lazy("weekday of a month", "3rd last"),
    -4: pgettext_lazy("weekday of a month", "4th last"),
    -5: pgettext_lazy("weekday of a month", "5th last"),
}


def plain_text(
    rules: Iterable[Rule], language: str | None = None, *, today: datetime.date | None = None
) -> list[str]:
    """A timetable in a few lines, for print, text messages and other systems.

    "Mon–Fri 9 am – noon, 1 pm – 5 pm", "1 May – 30 Sep, Sat noon – 6 pm", "Every 2 weeks from
    6 Jan 2026, Tue 1 pm – 4 pm", "By appointment: Sat". With `today`, what is over is left out.
    """
    rules = [rule for rule in rules if today is None or rule.last >= today.toordinal()]
    with speaking(language):
        # Days of the same hours together ("Mon–Fri"), then hours of the same days.
        by_hours: dict[Shared, dict[tuple[int, int], set[int]]] = {}
        for rule in rules:
            weekdays = by_hours.setdefault(Shared.of(rule, today), {})
            weekdays.setdefault((rule.begins, rule.ends), set()).update(rule.every)
        lines: list[tuple[tuple, str]] = []
        for shared, hours in by_hours.items():
            by_days: dict[tuple[int, ...], list[tuple[int, int]]] = {}
            for times, weekdays in sorted(hours.items()):
                by_days.setdefault(tuple(sorted(weekdays)), []).append(times)
            lines += [
                ((*shared.order, weekdays, times), shared.line(weekdays, times))
                for weekdays, times in by_days.items()
            ]
        told = [line for _order, line in sorted(lines, key=lambda pair: pair[0])]
        return told + holiday_lines(rules)


class Shared(NamedTuple):
    """What lines of a timetable have in common that are told as one."""

    order: tuple[int, int, int]
    state: str
    has_times: bool
    period: str
    days: str  # empty where the weekdays say it
    note: str

    @classmethod
    def of(cls, rule: Rule, today: datetime.date | None) -> "Shared":
        dated = not rule.freq and rule.dtstart is not None
        kind = (rule.freq == WEEKLY, rule.freq == MONTHLY, not dated, True).index(True)
        first = rule.first if dated or rule.interval > 1 else 0
        return cls(
            order=(kind, first, STATES.index(rule.state)),
            state=rule.state,
            has_times=rule.has_times,
            period=period_of(rule, today),
            days=days_of(rule, today),
            note=rule.note(language_now()),
        )

    def line(self, weekdays: tuple[int, ...], times: list[tuple[int, int]]) -> str:
        when = self.days or weekdays_text(weekdays)
        if self.period:
            when = f"{self.period}, {when}"
        if self.has_times and not (self.state == CLOSED and times == [(0, DAY)]):
            when += " " + ", ".join(times_text(begins, ends) for begins, ends in times)
        if self.state != OPEN:
            when = pgettext("what happens: when", "%(what)s: %(when)s") % {
                "what": state_text(self.state),
                "when": when,
            }
        when = when[:1].upper() + when[1:]
        return f"{when} ({self.note})" if self.note else when


def period_of(rule: Rule, today: datetime.date | None) -> str:
    """The part of the year, or from when to when, and every how many weeks or months."""
    parts = []
    if rule.season_from:
        ends = (rule.season_from, rule.season_to)
        parts.append(from_to(*(month_day_text(*map(int, end.split("-"))) for end in ends)))
    if not rule.freq and rule.holidays != ONLY:
        return ", ".join(parts)
    begun = rule.first == 0 or (today is not None and rule.first <= today.toordinal())
    first = date_text(datetime.date.fromordinal(rule.first), today) if rule.first else ""
    if rule.interval > 1 and rule.freq:
        words = {"n": rule.interval, "date": date_text(rule.dtstart, today)}
        if rule.freq == MONTHLY:
            parts.append(
                ngettext(
                    "every month from %(date)s", "every %(n)s months from %(date)s", rule.interval
                )
                % words
            )
        else:
            parts.append(
                ngettext(
                    "every week from %(date)s", "every %(n)s weeks from %(date)s", rule.interval
                )
                % words
            )
        begun = True
    if rule.last != FOREVER:
        last = date_text(datetime.date.fromordinal(rule.last), today)
        if begun:
            parts.append(_("until %(date)s") % {"date": last})
        else:
            parts.append(from_to(first, last))
    elif not begun:
        parts.append(_("from %(date)s") % {"date": first})
    return ", ".join(parts)


def days_of(rule: Rule, today: datetime.date | None) -> str:
    """The days of a line that a run of weekdays cannot say."""
    if not rule.freq:
        if rule.dtstart is None:
            return _("public holidays")
        days = period_text(
            datetime.date.fromordinal(rule.first), datetime.date.fromordinal(rule.last), today
        )
        if rule.holidays == ONLY:
            return f"{_('public holidays')}, {days}"
        return days
    parts = []
    if any(nth for nth, _weekday in rule.byday):
        parts.append(nth_weekdays_text(rule.byday))
    elif rule.every and (rule.freq == MONTHLY or rule.holidays == ONLY):
        parts.append(weekdays_text(sorted(rule.every)))
    if rule.bymonthday:
        parts.append(month_days_text(rule.bymonthday))
    if rule.holidays == ONLY:
        parts.insert(0, _("public holidays"))
    return ", ".join(parts)


def weekdays_text(weekdays: Iterable[int]) -> str:
    """Mon–Fri; Sat, Sun; every day. Weekdays from Monday 0, sorted."""
    weekdays = list(weekdays)
    if len(weekdays) == 7:
        return _("every day")
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and weekday == runs[-1][-1] + 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    parts = []
    for run in runs:
        if len(run) > 2:
            ends = {"from": SHORT_WEEKDAYS[run[0]], "to": SHORT_WEEKDAYS[run[-1]]}
            parts.append(pgettext("from day to day", "%(from)s–%(to)s") % ends)
        else:
            parts += [str(SHORT_WEEKDAYS[weekday]) for weekday in run]
    return ", ".join(parts)


def nth_weekdays_text(byday: tuple[tuple[int, int], ...]) -> str:
    """2nd Tue of the month; 1st and 3rd Mon of the month."""
    weekdays = {weekday for _nth, weekday in byday}
    if len(weekdays) == 1 and all(nth for nth, _weekday in byday):
        days = nth_text(
            get_text_list([str(NTH[nth]) for nth, _weekday in byday], _("and")), weekdays.pop()
        )
    else:
        days = get_text_list(
            [
                nth_text(str(NTH[nth]), weekday) if nth else str(SHORT_WEEKDAYS[weekday])
                for nth, weekday in byday
            ],
            _("and"),
        )
    return _("%(days)s of the month") % {"days": days}


def nth_text(nth: str, weekday: int) -> str:
    return pgettext("which weekday of a month", "%(nth)s %(day)s") % {
        "nth": nth,
        "day": SHORT_WEEKDAYS[weekday],
    }


def month_days_text(numbers: tuple[int, ...]) -> str:
    """Days 1 and 15 of the month; last day of the month."""
    from_start = [str(n) for n in numbers if n > 0]
    parts = []
    if from_start:
        parts.append(
            ngettext("day %(days)s of the month", "days %(days)s of the month", len(from_start))
            % {"days": get_text_list(from_start, _("and"))}
        )
    for n in numbers:
        if n == -1:
            parts.append(_("last day of the month"))
        elif n < -1:
            parts.append(
                ngettext(
                    "%(n)s day before the last of the month",
                    "%(n)s days before the last of the month",
                    -n - 1,
                )
                % {"n": -n - 1}
            )
    return get_text_list(parts, _("and"))


def holiday_lines(rules: list[Rule]) -> list[str]:
    """What ordinary lines say of public holidays, where they agree or leave it open."""
    said = {
        rule.holidays for rule in rules if rule.state != CLOSED and rule.rank in (RECURRING, PERIOD)
    }
    if any(rule.holidays == ONLY for rule in rules) or not said:
        return []
    if UNKNOWN in said:
        return [state_text(UNKNOWN)]
    if said == {AS_USUAL}:
        return [_("Public holidays as usual")]
    if said == {CLOSED}:
        return [_("Closed on public holidays")]
    return []
