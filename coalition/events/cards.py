"""Times of events as cards say them, in the reader's language."""

import datetime
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from directory.places.gazetteer import Place, great_circle_km

from . import words
from .models.events import Event
from .models.times import Occurrence
from .places import shown_places

# What no card says.
UNREAD = ("ical", "ical_fr", "description", "description_fr")


def cards(
    occurrences: Iterable[Occurrence],
    *,
    place: Place | None = None,
    now: datetime.datetime | None = None,
) -> list[dict]:
    """Cards (keys in components/event_cards.html) in a fixed number of queries."""
    occurrences = list(occurrences)
    now = now or timezone.now()
    events = Event.objects.defer(*UNREAD).select_related("organization")
    events = events.prefetch_related("changes")
    by_id = events.in_bulk({one.event_id for one in occurrences})
    places = shown_places(list(by_id.values()))
    found = []
    for one in occurrences:
        event = by_id[one.event_id]
        found.append(card(one, event, places[event.pk], place, now))
    return found


def brief_cards(ids: Iterable[int]) -> dict[int, dict]:
    """What a month says of each of these times: no more than fits in the square of a day."""
    occurrences = list(Occurrence.objects.filter(pk__in=ids))
    events = Event.objects.only("name", "name_fr", "slug", "rrule", "clock")
    by_id = events.in_bulk({one.event_id for one in occurrences})
    base = reverse("coalition:event_list")
    found = {}
    for one in occurrences:
        event = by_id[one.event_id]
        name, lang = words.in_both(event, "name")
        found[one.pk] = {
            "url": address_of(event, one, base),
            "name": name,
            "name_lang": lang,
            "day": one.day,
            "begins": "" if one.all_day else words.begins_text(one, event),
            "cancelled": one.cancelled,
        }
    return found


def card(occurrence: Occurrence, event: Event, where, near: Place | None, now) -> dict:
    today = now.astimezone(event.zone).date()
    when = words.when_text(occurrence, event, now)
    several = occurrence.last_day > occurrence.day
    name, lang = words.in_both(event, "name")
    kilometres = None
    if near is not None and occurrence.latitude is not None:
        kilometres = great_circle_km(near.lat, near.lon, occurrence.latitude, occurrence.longitude)
    return {
        "event": event,
        "occurrence": occurrence,
        "url": address_of(event, occurrence),
        "name": name,
        "name_lang": lang,
        "organizer": event.organization,
        "day": min(max(occurrence.day, today), occurrence.last_day),  # the one it is on now
        "when": when,
        "span": when if several else words.time_span(occurrence, event),
        "over": occurrence.ends_at <= now,
        "iso": occurrence.starts_at.astimezone(event.zone).isoformat(),
        "repeats": words.repeats_text(event),
        "kind": event.get_kind_display(),
        "where": words.where_text(event, where, words.change_of(event, occurrence)),
        "cost": words.cost_text(event) if event.amount == 0 else "",
        "cancelled": occurrence.cancelled,
        "tentative": event.status == "tentative",
        "km": kilometres,
        "km_text": f"{kilometres:.0f} km" if kilometres is not None else "",
    }


def address_of(event: Event, occurrence: Occurrence | None = None, base: str = "") -> str:
    """The event's page, on the day of this time where it repeats. `base` is the list's address."""
    url = f"{base or reverse('coalition:event_list')}{event.slug}/"
    if occurrence is not None and event.rrule:
        return f"{url}?date={occurrence.recurrence_id.isoformat()}"
    return url
