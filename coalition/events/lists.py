"""What is on: a list by day, a month, the next ones for other pages."""

import calendar
import datetime
from itertools import groupby

from django.db import connection
from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from directory.models import Organization, Service

from .cards import brief_cards, cards
from .filters import Asked
from .models import Event, Occurrence

PAGE = 20
IN_A_DAY = 3  # of a month's day, before "and more"
SOON = 3
ONLINE = 5


def listed(asked: Asked, page: int) -> dict:
    """A page of the list, in days: of each event the next time, unless a day or what is past is
    asked for. One row more is asked for, to know whether there is another page. Beside what is
    near: what people can join from anywhere."""
    rows = asked.here()
    if day := asked.values.get("day"):
        rows = rows.filter(day=day).order_by("starts_at", "event")
    elif asked.past:
        rows = rows.past(asked.now)
    else:
        rows = rows.next_ones(asked.now)
    start = (page - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    here, far = found[:PAGE], []
    if asked.place is not None and not asked.past and page == 1:
        rows = asked.online().next_ones(asked.now).exclude(pk__in=[one.pk for one in here])
        far = list(rows[:ONLINE])
    shown = cards([*here, *far], place=asked.place, now=asked.now)
    return {
        "days": by_day(shown[: len(here)]),
        "online": shown[len(here) :],
        "more": len(found) > PAGE,
    }


def by_day(shown: list[dict]) -> list[tuple[datetime.date, list[dict]]]:
    return [(day, list(group)) for day, group in groupby(shown, key=lambda one: one["day"])]


def month(asked: Asked, first: datetime.date) -> dict:
    """A month as weeks of days; of each day the first few, and how many there are."""
    weeks = calendar.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1]
    rows = asked.here().filter(day__range=(begin, end))
    counts, some = firsts_of(rows)
    by = {}
    for one in brief_cards(some):
        by.setdefault(one["day"], []).append(one)
    today = timezone.localdate(asked.now)
    return {
        "first": first,
        "weeks": [
            [
                {
                    "day": day,
                    "here": day.month == first.month,
                    "today": day == today,
                    "cards": by.get(day, []),
                    "count": counts.get(day, 0),
                    "more": counts.get(day, 0) - len(by.get(day, [])),
                }
                for day in week
            ]
            for week in weeks
        ],
        "total": sum(n for day, n in counts.items() if day.month == first.month),
        "before": (first - datetime.timedelta(days=1)).replace(day=1),
        "after": (first + datetime.timedelta(days=31)).replace(day=1),
    }


def firsts_of(rows: QuerySet[Occurrence]) -> tuple[dict[datetime.date, int], list[Occurrence]]:
    """How many there are on each day, and the first few of each: one pass over the rows."""
    numbered = rows.annotate(
        nth=Window(RowNumber(), partition_by="day", order_by=["starts_at", "event_id"])
    ).values("id", "day", "nth")
    sql, values = numbered.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT day, max(nth), array_agg(id) FILTER (WHERE nth <= {IN_A_DAY})"  # noqa: S608
            f" FROM ({sql}) AS numbered GROUP BY day",
            values,
        )
        found = cursor.fetchall()
    ids = [pk for _day, _count, some in found for pk in some]
    some = Occurrence.objects.filter(pk__in=ids).order_by("starts_at", "event")
    return {day: count for day, count, _some in found}, list(some)


def next_ones(count: int = SOON) -> list[dict]:
    """The next few, each event once, for the home page."""
    return cards(Occurrence.objects.shown().next_ones().filter(cancelled=False)[:count])


def of_organization(organization: Organization, count: int = 10) -> list[dict]:
    """The next time of each event that an organization organizes or hosts."""
    events = Event.objects.hosted_by(organization).values("pk")
    return cards(Occurrence.objects.shown().next_ones().filter(event__in=events)[:count])


def of_service(service: Service, count: int = 5) -> list[dict]:
    """The next time of each event that belongs to a listing."""
    rows = Occurrence.objects.shown().next_ones().filter(event__services__service=service)
    return cards(rows[:count])
