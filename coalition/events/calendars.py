"""An event as iCalendar (RFC 5545): the lines kept beside it, ready to be read out by a feed.

- UID is the event's identifier alone (RFC 7986, 5.3): it survives a move to another host.
- There is no ORGANIZER: programs take an event with one for an invitation to answer, and it would
  need somebody's address. Who organizes it stands in the description.
- A time that is cancelled stays, with STATUS:CANCELLED and in its title: it shows as cancelled
  where a program can, and is gone from the others.
- What is on makes nobody busy: TRANSP:TRANSPARENT.
"""

import datetime
from collections.abc import Iterator

import icalendar
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import override

from coalition.accounts.links import absolute
from directory.models.enums import Visibility

from . import telling
from .enums import EventStatus
from .models.events import Event
from .models.times import EventChange
from .occurrences import Time, one_time
from .places import ShownPlace, shown_place
from .recurrence import dates, moment, parts_of, until_of


class Text(icalendar.vText):
    r"""Text as RFC 5545, 3.3.11 writes it. icalendar (7.3) takes the two letters \N that somebody
    typed for a line break; here they stay letters."""

    def to_ical(self) -> bytes:
        text = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return text.replace("\n", "\\n").encode()


def calendar_lines(event: Event, language: str) -> str:
    """Its VEVENT, and one more for each day that differs; CRLF, folded at 75 octets.

    `event` as it stands in the database; `language` is "en" or "fr".
    """
    prefetch_related_objects([event], *telling.RELATED)
    with override(language):
        place = shown_place(event)
        url = absolute("coalition:event_detail", language, slug=event.slug)
        return "".join(one.to_ical().decode() for one in components(event, place, url))


def components(event: Event, place: ShownPlace | None, url: str) -> Iterator[icalendar.Event]:
    changes = {change.recurrence_id: change for change in event.changes.all()}
    if not event.rrule:
        time = one_time(event, event.starts_on, changes.get(event.starts_on))
        yield component(event, time, place, url)
        return
    master = component(event, one_time(event, event.starts_on, None), place, url)
    master.add("rrule", rule(event))
    if left_out := sorted(event.exdates):
        master.add("exdate", [begins(event, day) for day in left_out])
    yield master
    for day in differing(event, changes):
        one = component(event, one_time(event, day, changes[day]), place, url)
        one.add("recurrence-id", begins(event, day))
        yield one


def differing(event: Event, changes: dict[datetime.date, EventChange]) -> list[datetime.date]:
    """Days that differ and that the rule has: others take no place with us, and would with those
    who read a component for them."""
    if not changes:
        return []
    known = set(dates(event.starts_on, event.rrule, max(changes))) - set(event.exdates)
    return sorted(known & changes.keys())


def component(event: Event, time: Time, place: ShownPlace | None, url: str) -> icalendar.Event:
    found = icalendar.Event()
    found.add("uid", str(event.pk))
    found.add("sequence", event.sequence)
    found.add("dtstamp", event.last_modified)
    found.add("last-modified", event.last_modified)
    found.add("created", event.created_at)
    found.add("dtstart", time.starts_at.date() if time.all_day else time.starts_at)
    if ends_are_said(event, time):
        found.add("dtend", time.ends_at.date() if time.all_day else time.ends_at)
    found.add("status", "CANCELLED" if time.cancelled else status(event))
    found.add("summary", Text(telling.title(event, cancelled=time.cancelled)))
    text = telling.told(event, place, url, cancelled=time.cancelled, change=time.change)
    found.add("description", Text(text))
    other = telling.other_place(place, time.change)
    if where := telling.clean(other or location(event, place)).replace("\n", ", "):
        found.add("location", Text(where))
    if not other and (point := pinned(event, place)):
        found.add("geo", point)
    found.add("url", url)
    found.add("categories", [str(event.get_kind_display())])
    found.add("transp", "TRANSPARENT")
    return found


def status(event: Event) -> str:
    return "TENTATIVE" if event.status == EventStatus.TENTATIVE else "CONFIRMED"


def ends_are_said(event: Event, time: Time) -> bool:
    """Where nobody said until when, no calendar is told what we take for likely."""
    several_days = event.ends_on is not None and event.ends_on > event.starts_on
    return bool(
        time.all_day or several_days or event.ends_at or (time.change and time.change.ends_at)
    )


def location(event: Event, place: ShownPlace | None) -> str:
    """Where to go, as far as anyone may know; programs look for it on a map."""
    if place is None:
        return _("Online")
    if place.visibility == Visibility.PUBLIC:
        return place.line
    return ", ".join(filter(None, [place.city, place.province])) if place.city else ""


def pinned(event: Event, place: ShownPlace | None) -> tuple[float, float] | None:
    """Its point (latitude, longitude in degrees), where that is the door and not the middle of a
    town or of a postal area."""
    if place is None or not place.exact or event.location_id is None:
        return None
    exact = (event.location.latitude, event.location.longitude)
    return exact if exact == (place.latitude, place.longitude) and None not in exact else None


def begins(event: Event, day: datetime.date) -> datetime.date | datetime.datetime:
    """When it would begin on this day by the rule, in the form in which the event begins."""
    return moment(day, event.starts_at, event.clock) if event.starts_at else day


def rule(event: Event) -> icalendar.vRecur:
    """The rule; its UNTIL, a local date with us, in UTC where the event has a time (3.3.10)."""
    found = icalendar.vRecur.from_ical(event.rrule)
    if last := until_of(parts_of(event.rrule)):
        until = begins(event, last)
        utc = isinstance(until, datetime.datetime)
        found["UNTIL"] = [until.astimezone(datetime.UTC) if utc else until]
    return found
