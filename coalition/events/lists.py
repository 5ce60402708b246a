"""What is on: a list by day, a month, the next ones for other pages."""

import calendar
import datetime

from django.db import connection
from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from directory.models import Organization, Service
from directory.places.gazetteer import Place

from .cards import brief_cards, cards
from .filters import NEAR_KM, Asked, known_month, near
from .models.events import Event
from .models.times import Occurrence, lasting

DAY = datetime.timedelta(days=1)
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
        before = going_on(rows, day, day).get(day, [])
        rows = rows.filter(Q(day=day) | Q(pk__in=before)).order_by("starts_at", "event")
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
    """Each day once, also where clocks of several zones do not agree which it is."""
    found: dict[datetime.date, list[dict]] = {}
    for one in shown:
        found.setdefault(one["day"], []).append(one)
    return list(found.items())


def month(asked: Asked, first: datetime.date) -> dict:
    """A month as weeks of days; of each day the first few, and how many there are."""
    weeks = calendar.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1]
    counts, firsts = firsts_of(asked.here().filter(day__range=(begin, end)))
    for day, some in going_on(asked.here(), begin, end).items():
        counts[day] = counts.get(day, 0) + len(some)
        firsts[day] = [*some, *firsts.get(day, [])][:IN_A_DAY]
    by = brief_cards({pk for some in firsts.values() for pk in some})
    today = timezone.localdate(asked.now)
    return {
        "first": first,
        "weeks": [
            [
                {
                    "day": day,
                    "here": day.month == first.month,
                    "today": day == today,
                    "cards": [
                        by[pk] | ({} if by[pk]["day"] == day else {"begins": ""})
                        for pk in firsts.get(day, [])
                    ],
                    "count": counts.get(day, 0),
                    "more": counts.get(day, 0) - len(firsts.get(day, [])),
                }
                for day in week
            ]
            for week in weeks
        ],
        "total": sum(n for day, n in counts.items() if day.month == first.month),
        "before": known_month(first - datetime.timedelta(days=1)),
        "after": known_month(first + datetime.timedelta(days=31)),
    }


def going_on(rows: QuerySet[Occurrence], begin: datetime.date, end: datetime.date) -> dict:
    """By day, what began before and is on that day as well, what began first before the rest."""
    found: dict[datetime.date, list[int]] = {}
    several = rows.filter(lasting(begin, end)).order_by("starts_at", "event")
    for pk, day, last in several.values_list("pk", "day", "last_day"):
        day = max(day + DAY, begin)
        while day <= min(last, end):
            found.setdefault(day, []).append(pk)
            day += DAY
    return found


def firsts_of(rows: QuerySet[Occurrence]) -> tuple[dict[datetime.date, int], dict]:
    """How many begin on each day, and the first few of each: one pass over the rows."""
    numbered = rows.annotate(
        nth=Window(RowNumber(), partition_by="day", order_by=["starts_at", "event_id"])
    ).values("id", "day", "nth")
    sql, values = numbered.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT day, max(nth), array_agg(id ORDER BY nth)"  # noqa: S608
            f" FILTER (WHERE nth <= {IN_A_DAY})"
            f" FROM ({sql}) AS numbered GROUP BY day",
            values,
        )
        found = cursor.fetchall()
    return {day: count for day, count, _some in found}, {day: some for day, _count, some in found}


def next_ones(place: Place | None = None, count: int = SOON) -> list[dict]:
    """The next few, each event once, for the home page; near a place, if one was named."""
    rows = Occurrence.objects.shown().next_ones().filter(cancelled=False)
    if place is not None:
        rows = near(rows, place, NEAR_KM)
    return cards(rows[:count], place=place)


def of_organization(organization: Organization, count: int = 10) -> list[dict]:
    """The next time of each event that an organization organizes or hosts."""
    events = Event.objects.hosted_by(organization).values("pk")
    return cards(Occurrence.objects.shown().next_ones().filter(event__in=events)[:count])


def of_service(service: Service, count: int = 5) -> list[dict]:
    """The next time of each event that belongs to a listing."""
    rows = Occurrence.objects.shown().next_ones().filter(event__services__service=service)
    return cards(rows[:count])
