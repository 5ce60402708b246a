"""An event as search engines read it: schema.org `Event`, in the reader's language.

It says what the page says: where it is comes from `places.shown_place` alone.
"""

import datetime
import json

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from coalition.accounts.links import absolute
from directory.models.enums import Visibility

from . import telling, words
from .calendars import ends_are_said, pinned
from .enums import Attendance
from .models.events import Event
from .models.times import Occurrence
from .occurrences import Time, one_time
from .places import ShownPlace, shown_place
from .recurrence import parts_of, until_of

SCHEMA = "https://schema.org"
MODES = {
    Attendance.IN_PERSON: "OfflineEventAttendanceMode",
    Attendance.ONLINE: "OnlineEventAttendanceMode",
    Attendance.BOTH: "MixedEventAttendanceMode",
}
# ISO 8601 durations: schema.org `repeatFrequency`.
PERIODS = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}
# Nothing in the data can end the element it stands in, or begin another.
ESCAPES = {ord(char): f"\\u{ord(char):04X}" for char in "<>&\u2028\u2029"}


def event_json_ld(event: Event, occurrence: Occurrence | None = None) -> dict:
    """The event, at one of its times where one is given, else as it began."""
    language = get_language() or "en"
    place = shown_place(event)
    url = absolute("coalition:event_detail", language, slug=event.slug)
    time = time_of(event, occurrence)
    document = {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": f"urn:uuid:{event.pk}",
        "name": telling.clean(words.said(event, "name")),
        "description": telling.clean(words.said(event, "description")),
        "url": url,
        "image": picture(event, language),
        "startDate": stated(event, time.starts_at, time.all_day),
        "endDate": ends(event, time),
        "eventStatus": f"{SCHEMA}/Event{'Cancelled' if time.cancelled else 'Scheduled'}",
        "eventAttendanceMode": f"{SCHEMA}/{MODES[Attendance(event.attendance)]}",
        "location": locations(event, time, place, url),
        "organizer": [{"@type": "Organization", "name": n} for n in telling.organizers(event)],
        "isAccessibleForFree": None if event.amount is None else event.amount == 0,
        "offers": offer(event, url),
        "inLanguage": list(event.languages),
        "eventSchedule": schedule(event),
        "maximumAttendeeCapacity": event.places,
        "audience": audience(event),
    }
    return {key: value for key, value in document.items() if value not in (None, "", [])}


def data_block(event: Event, occurrence: Occurrence | None = None) -> SafeString:
    """The same for a page. A block of data is never run (HTML, "data block"), so the content
    policy has nothing to forbid in it."""
    text = json.dumps(
        event_json_ld(event, occurrence), ensure_ascii=False, separators=(",", ":")
    ).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 (escaped)


def time_of(event: Event, occurrence: Occurrence | None) -> Time:
    changes = {change.recurrence_id: change for change in event.changes.all()}
    if occurrence is not None:
        day = occurrence.recurrence_id
        return one_time(event, day, changes.get(day))
    return one_time(event, event.starts_on, None if event.rrule else changes.get(event.starts_on))


def stated(event: Event, moment: datetime.datetime, all_day: bool) -> str:
    """ISO 8601: a day, or a moment with its distance to UTC."""
    local = moment.astimezone(event.zone)
    return local.date().isoformat() if all_day else local.isoformat(timespec="minutes")


def ends(event: Event, time: Time) -> str:
    if not ends_are_said(event, time):
        return ""
    if time.all_day:  # its last day, not the one after
        return stated(event, time.ends_at - datetime.timedelta(seconds=1), True)
    return stated(event, time.ends_at, False)


def locations(event: Event, time: Time, place: ShownPlace | None, url: str) -> list[dict]:
    found = []
    if other := telling.other_place(place, time.change):
        found.append({"@type": "Place", "name": other, "address": other})
    elif place is not None and (there := place_of(event, place)):
        found.append(there)
    if event.attendance != Attendance.IN_PERSON:
        link = event.online_url if telling.shows_link(event) else url
        found.append({"@type": "VirtualLocation", "url": link})
    return found


def place_of(event: Event, place: ShownPlace) -> dict:
    address = {
        "streetAddress": place.street,
        "addressLocality": place.city,
        "addressRegion": place.province,
        "postalCode": place.postal_code,
    }
    address = {key: value for key, value in address.items() if value}
    if not address and not place.called:
        return {}
    found = {
        "@type": "Place",
        "name": place.called
        if place.visibility == Visibility.PUBLIC and place.called
        else words.where_text(event, place),
        "address": {"@type": "PostalAddress", **address, "addressCountry": "CA"},
    }
    if point := pinned(event, place):
        found["geo"] = {"@type": "GeoCoordinates", "latitude": point[0], "longitude": point[1]}
    return found


def picture(event: Event, language: str) -> str:
    if event.picture_id is None:
        return ""
    return absolute("coalition:event_picture", language, slug=event.slug, size="full")


def offer(event: Event, url: str) -> dict | None:
    if event.amount is None:
        return None
    return {"@type": "Offer", "price": f"{event.amount:.2f}", "priceCurrency": "CAD", "url": url}


def audience(event: Event) -> dict | None:
    said = telling.after(", ".join(telling.serves(event)), words.said(event, "audience"))
    return {"@type": "Audience", "audienceType": telling.clean(said)} if said else None


def schedule(event: Event) -> dict | None:
    """How it repeats: schema.org `Schedule`."""
    if not event.rrule:
        return None
    parts = parts_of(event.rrule)
    first = one_time(event, event.starts_on, None)
    last = until_of(parts)
    found = {
        "@type": "Schedule",
        "startDate": event.starts_on.isoformat(),
        "endDate": last.isoformat() if last else "",
        "repeatFrequency": f"P{int(parts.get('INTERVAL', '1'))}{PERIODS[parts['FREQ']]}",
        "repeatCount": int(parts["COUNT"]) if "COUNT" in parts else None,
        "byDay": listed(parts, "BYDAY"),
        "byMonth": [int(n) for n in listed(parts, "BYMONTH")],
        "byMonthDay": [int(n) for n in listed(parts, "BYMONTHDAY") if int(n) > 0],
        "startTime": "" if first.all_day else f"{event.starts_at:%H:%M}",
        "endTime": f"{event.ends_at:%H:%M}" if event.ends_at else "",
        "scheduleTimezone": event.clock,
        "exceptDate": [day.isoformat() for day in sorted(event.exdates)],
    }
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def listed(parts: dict[str, str], name: str) -> list[str]:
    """The values of a part of a rule; `byDay` takes RFC 5545's own (`-1FR`)."""
    return [one for one in parts.get(name, "").split(",") if one]
