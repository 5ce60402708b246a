"""The times an event takes place, as rows: made anew when it is written, and each night."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from psycopg.types.range import Range

from directory.places.gazetteer import unit_vector

from .models.events import Event
from .models.times import EventChange, Occurrence
from .places import shown_place
from .recurrence import dates, goes_on, moment

HORIZON_DAYS = 400
MIDNIGHT = datetime.time()
# How long it is taken to last where nobody said.
USUALLY = datetime.timedelta(hours=2)
COLUMNS = [
    "starts_at",
    "ends_at",
    "day",
    "last_day",
    "next_during",
    "all_day",
    "cancelled",
    "shown_from",
    "kind",
    "attendance",
    "serves",
    "province",
    "latitude",
    "longitude",
    "x",
    "y",
    "z",
]


@dataclass(frozen=True)
class Time:
    """One time an event takes place; `change` is what differs that day."""

    recurrence_id: datetime.date
    day: datetime.date
    last_day: datetime.date
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    all_day: bool
    cancelled: bool
    change: EventChange | None = None


def times(event: Event, changes: list[EventChange], until: datetime.date) -> Iterator[Time]:
    """Every time the event takes place up to a day, by its rule and the days that differ."""
    left_out = set(event.exdates)
    different = {change.recurrence_id: change for change in changes}
    for day in dates(event.starts_on, event.rrule, until):
        if day not in left_out:
            yield one_time(event, day, different.get(day))


def one_time(event: Event, day: datetime.date, change: EventChange | None) -> Time:
    begins_on = (change and change.starts_on) or day
    starts = (change and change.starts_at) or event.starts_at
    ends = (change and change.ends_at) or event.ends_at
    days = (event.ends_on - event.starts_on).days if event.ends_on else 0
    ends_on = last_day = begins_on + datetime.timedelta(days=days)
    starts_at = moment(begins_on, starts or MIDNIGHT, event.clock)
    usual_end = not (change and change.ends_at)
    if starts and ends and usual_end and starts != event.starts_at and ends <= starts and not days:
        ends = later(starts, event)  # moved past its usual end: it lasts as long as it does
    if starts is None:
        ends_at = moment(ends_on + datetime.timedelta(days=1), MIDNIGHT, event.clock)
    elif ends is None:
        ends_at = starts_at + USUALLY
        if days:
            ends_at = moment(ends_on + datetime.timedelta(days=1), MIDNIGHT, event.clock)
    else:
        if days == 0 and ends <= starts:  # past midnight
            ends_on += datetime.timedelta(days=1)
        ends_at = moment(ends_on, ends, event.clock)
    return Time(
        recurrence_id=day,
        day=begins_on,
        last_day=last_day,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=starts is None,
        cancelled=event.is_cancelled or bool(change and change.cancelled),
        change=change,
    )


def later(starts: datetime.time, event: Event) -> datetime.time:
    """So long after this as the event usually lasts."""
    day = datetime.date(2000, 1, 1)
    usual = datetime.datetime.combine(day, event.ends_at) - datetime.datetime.combine(
        day, event.starts_at
    )
    return (datetime.datetime.combine(day, starts) + usual).time()


def horizon(today: datetime.date | None = None) -> datetime.date:
    """The last day for which occurrences are rows."""
    return (today or timezone.localdate()) + datetime.timedelta(days=HORIZON_DAYS)


@transaction.atomic
def refresh(event: Event) -> None:
    """Make its occurrences what the event says. Those that stay keep their identity."""
    place, until = shown_place(event), max(horizon(), event.starts_on)
    changes = list(event.changes.all())
    serves = list(
        event.attributes.filter(taxonomy_term__taxonomy__code="serves").values_list(
            "taxonomy_term__code", flat=True
        )
    )
    point = dict.fromkeys(("latitude", "longitude", "x", "y", "z"))
    if place is not None and place.latitude is not None:
        x, y, z = unit_vector(place.latitude, place.longitude)
        point = {"latitude": place.latitude, "longitude": place.longitude, "x": x, "y": y, "z": z}
    rows = [
        Occurrence(
            event=event,
            recurrence_id=time.recurrence_id,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            day=time.day,
            last_day=time.last_day,
            all_day=time.all_day,
            cancelled=time.cancelled,
            shown_from=event.shown_from,
            kind=event.kind,
            attendance=event.attendance,
            serves=serves,
            province=place.province if place else "",
            **point,
        )
        for time in times(event, changes, until)
    ]
    before = None
    for row in sorted(rows, key=lambda row: row.starts_at):
        # A time that was moved may end before the one before it does.
        row.next_during = Range(before, max(row.ends_at, before or row.ends_at))
        before = row.next_during.upper
    days = [row.recurrence_id for row in rows]
    event.occurrences.exclude(recurrence_id__in=days).delete()
    Occurrence.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["event", "recurrence_id"],
        update_fields=COLUMNS,
    )
    last = None
    if not event.rrule or not goes_on(event.starts_on, event.rrule, until):
        last = max((timezone.localtime(row.ends_at).date() for row in rows), default=None)
    if event.last_on != last:
        event.last_on = last
        event.save(update_fields=["last_on"])


def move_horizon() -> int:
    """Each night: repeated events get the occurrences that came into sight. Returns events."""
    going_on = Event.objects.exclude(rrule="").exclude(last_on__lt=timezone.localdate())
    done = 0
    for pk in list(going_on.values_list("pk", flat=True)):
        with transaction.atomic():  # as it is once whoever writes it just now is through
            event = Event.objects.select_for_update().get(pk=pk)
            refresh(event)
        done += 1
    return done
