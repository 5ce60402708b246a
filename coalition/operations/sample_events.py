"""What three organizations of the sample coalition have on, in both languages."""

import datetime
import tomllib
import uuid
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from coalition.events.actions import follow
from coalition.events.models.events import Event, HostAnswer
from coalition.events.schema import SUBJECT
from directory.interchange import proposals
from directory.models import Location, Organization, Origin
from directory.models.enums import Visibility

from .sample_people import NAMESPACE

DATA = Path(__file__).parent / "data" / "sample_events.toml"
BY = "sample catalogue"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
OURS = ("of", "weekday", "weeks", "at", "hosts", "cancelled_week", "note")


@transaction.atomic
def load_sample_events() -> int:
    """Bring in what is missing, so that there is always something on. Returns how many."""
    today = timezone.localdate()
    written = 0
    for one in tomllib.loads(DATA.read_text("utf-8"))["event"]:
        organization = Organization.objects.filter(slug=one["of"]).first()
        pk = uuid.uuid5(NAMESPACE, f"event {' '.join(one['name'])}")
        if organization is None or Event.objects.filter(pk=pk).exists():
            continue
        proposals.change(
            document_of(pk, one, organization, today),
            origin=Origin.SYSTEM,
            by=BY,
            subject=SUBJECT,
            published_by=BY,
        )
        agreed = HostAnswer.objects.filter(event=pk)
        if agreed.update(accepted=True, answered_at=timezone.now()):
            follow(Event.objects.get(pk=pk))
        written += 1
    return written


def document_of(pk: uuid.UUID, one: dict, organization: Organization, today) -> dict:
    monday = today - datetime.timedelta(days=today.weekday())
    first = monday + datetime.timedelta(weeks=one["weeks"], days=one["weekday"])
    document = {"id": str(pk), "organization": {"id": str(organization.pk)}}
    for key, value in one.items():
        if key in OURS:
            continue
        if isinstance(value, list) and f"{key}_fr" in Event.__dict__:
            document |= dict(zip((key, f"{key}_fr"), value, strict=True))
        else:
            document[key] = value
    document["starts_on"] = first.isoformat()
    # The same weekday of the same week of each month.
    nth = f"{(first.day - 1) // 7 + 1}{DAYS[first.weekday()]}"
    if "rrule" in document:
        document["rrule"] = document["rrule"].replace("%n", nth.replace("5", "-1"))
    if one.get("at") and (place := own_place(organization)):
        document |= {"location": {"id": str(place.pk)}}
    slugs = one.get("hosts", [])
    document["hosts"] = [
        {"organization": {"id": str(other.pk)}}
        for other in Organization.objects.filter(slug__in=slugs)
    ]
    if "cancelled_week" in one:
        day = first + datetime.timedelta(weeks=one["cancelled_week"] - one["weeks"])
        note, note_fr = one["note"]
        change = {"recurrence_id": day.isoformat(), "cancelled": True}
        document["changes"] = [change | {"note": note, "note_fr": note_fr}]
    return document


def own_place(organization: Organization) -> Location | None:
    places = Location.objects.filter(
        service_at_locations__service__organization=organization,
        visibility=Visibility.PUBLIC,
        addresses__address_1__gt="",
    )
    return places.order_by("pk").first()
