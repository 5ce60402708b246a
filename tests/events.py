"""Events for tests, as documents: a plain one, with traits to ask for, written the way all are."""

import datetime
import uuid

import icalendar
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from coalition.events.calendar_file import calendar_file
from coalition.events.models.events import Event
from coalition.listings.models import Draft
from directory.interchange import proposals
from directory.models import Organization
from tests.factories import listing, published

DAY, WEEK = datetime.timedelta(days=1), datetime.timedelta(days=7)


def event_document(organization: Organization, **changes) -> dict:
    """A whole, plain document: a peer circle in Thunder Bay in a week, from 19:00 until 20:30.

    Days, times, records and enums may be given as they are; None takes a value out.
    """
    document = {
        "id": uuid.uuid4(),
        "organization": organization,
        "name": "Peer circle",
        "name_fr": "Cercle de pairs",
        "description": "Come as you are, stay as long as you like.",
        "description_fr": "Venez comme vous êtes, restez aussi longtemps que vous voulez.",
        "kind": "peer_circle",
        "languages": ["en"],
        "place_name": "Friendship Hall",
        "address_1": "14 Harbour Lane",
        "city": "Thunder Bay",
        "state_province": "ON",
        "starts_on": timezone.localdate() + WEEK,
        "starts_at": "19:00",
        "ends_at": "20:30",
        "timezone": "America/Toronto",
    } | changes
    return {key: plain(value) for key, value in document.items() if value is not None}


def plain(value):
    """As a document has it: identifiers and days as text, times as HH:MM, records as pointers."""
    match value:
        case Model():
            return {"id": str(value.pk)}
        case datetime.time():
            return f"{value:%H:%M}"
        case datetime.date():  # moments too
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    return value


def event(
    organization: Organization | None = None, *, published_by: str = "test", **changes
) -> Event:
    """An event as it is kept, shown to everyone; with `published_by=""` to nobody. `changes` are
    values of its document (`changes=[{"recurrence_id": …}]` are its days that differ)."""
    organization = organization or published(listing())[0].organization
    document = event_document(organization, **changes)
    return write(document, published_by=published_by)


def change_event(event: Event, **changes) -> Event:
    """The same event with other values in its document; None empties one. As it is kept then."""
    document = proposals.current(event.pk, "event") | {k: plain(v) for k, v in changes.items()}
    document = {key: value for key, value in document.items() if value is not None}
    return write(document, published_by="test" if event.published_at else "")


def write(document: dict, *, published_by: str) -> Event:
    proposals.change(
        document, origin="system", by="test", subject="event", published_by=published_by
    )
    return Event.objects.get(pk=document["id"])


def soon(days: int = 7) -> datetime.date:
    return timezone.localdate() + days * DAY


def weekly(organization: Organization | None = None, **changes) -> Event:
    """On four days, a week apart."""
    return event(organization, **{"rrule": "FREQ=WEEKLY;COUNT=4"} | changes)


def online(organization: Organization | None = None, **changes) -> Event:
    """Somewhere nobody has to go to."""
    return event(
        organization,
        **{
            "name": "Naloxone training online",
            "name_fr": "Formation sur la naloxone en ligne",
            "kind": "naloxone",
            "attendance": "online",
            "place_name": None,
            "address_1": None,
            "city": None,
            "state_province": None,
            "online_url": "https://meet.example.org/naloxone",
        }
        | changes,
    )


def hidden(organization: Organization | None = None, **changes) -> Event:
    """Where it is, nobody may read."""
    return event(
        organization,
        **{
            "visibility": "confidential",
            "place_name": "Juniper House",
            "address_1": "77 Sekrit Street",
            "postal_code": "P7C 9Z9",
            "directions": "Bus 7, then the green door",
        }
        | changes,
    )


def calendar_of(one: Event, language: str = "en") -> str:
    """The calendar of one event, as anyone may fetch it."""
    lines = one.ical_fr if language == "fr" else one.ical
    return "".join(calendar_file("Events", [one.clock], [lines]))


def read_calendar(one: Event, language: str = "en") -> list[icalendar.Event]:
    """Its components as another program reads them: the event, then the days that differ."""
    return icalendar.Calendar.from_ical(calendar_of(one, language)).events


def opened(client, one: Event) -> Draft:
    """Begin to write on it."""
    client.post(reverse("coalition:event_edit", args=[one.pk]))
    return Draft.objects.get(record_id=one.pk)
