"""How events change. What they say goes through proposals, as listings do; this is the rest."""

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.files.actions import hold
from coalition.listings.models import Draft
from coalition.listings.sight import Sight
from coalition.mail.actions import post
from coalition.members.links import absolute
from coalition.members.models import Membership
from directory.interchange.forgetting import GAP
from directory.interchange.read import load_by
from directory.interchange.schema import LOCATION
from directory.interchange.write import InvalidListing, write_one
from directory.models import Location, Organization, Service
from directory.models.enums import Visibility

from . import registering
from .calendars import calendar_lines
from .models.events import Event, EventSlug, HostAnswer
from .occurrences import refresh
from .places import clock_of, zone_of
from .recurrence import BadRule, first_fitting, normal, within_reach
from .schema import EVENT, SUBJECT

OWN_PLACE = (
    "address_1",
    "postal_code",
    "place_name",
    "place_name_fr",
    "directions",
    "directions_fr",
)
TEXTS = (
    "name",
    "description",
    "audience",
    "cost_description",
    "online_note",
    "access_note",
    "status_note",
    "picture_description",
)


def read_events(ids):
    """Whole documents of these events, in this order."""
    ids = [str(pk) for pk in ids]
    found = load_by(EVENT, "id", ids)
    yield from (found[pk] for pk in ids if pk in found)


@transaction.atomic
def write_event(document: dict) -> None:
    """Write one event, and make what follows from it anew. Raises InvalidListing."""
    before = Event.objects.filter(pk=document["id"]).first()
    document, clock = checked(document), clock_of(document)
    hold_picture(document)
    write_one(document, EVENT, EventSlug, "event")
    event = Event.objects.get(pk=document["id"])
    if before is not None and not (before.rrule or event.rrule):
        registering.move_day(event, before.starts_on)
    event.sequence += 1
    event.last_modified = timezone.now()
    event.shown_from, event.clock = shown_from(event), clock
    event.save(update_fields=["sequence", "last_modified", "shown_from", "clock"])
    if event.published_at is not None:
        try:
            refuse_harm(event)
        except ValidationError as error:
            raise InvalidListing({"": error.messages}) from error
    follow(event)


def follow(event: Event) -> None:
    """What is made from an event: its occurrences, its calendar, who waits for a place, who is
    asked to host it."""
    refresh(event)
    if event.published_at is not None:
        ask_hosts(event)
        registering.settle(event)
    event.ical = calendar_lines(event, "en")
    event.ical_fr = calendar_lines(event, "fr")
    event.save(update_fields=["ical", "ical_fr"])


def places_changed(ids: list[str]) -> None:
    """What is told of a place has changed: so has what is told of the events there."""
    for event in Event.objects.filter(location__in=ids).order_by("pk").select_for_update():
        try:
            refuse_harm(event)
        except ValidationError:  # its words tell what is hidden now
            SIGHT.hide(event, held_back=True)
        event.clock = event.timezone or zone_of({"location": {"id": event.location_id}})
        event.save(update_fields=["clock"])
        touch(event)
        follow(event)


def touch(event: Event) -> None:
    """It says something else now: calendars that have it are to take it anew."""
    event.sequence += 1
    event.last_modified = timezone.now()
    event.save(update_fields=["sequence", "last_modified"])


def remake_lines() -> int:
    """Each night: the calendars of events that are not over say what is true now (the name of an
    organization, the address of the site, our own words). Returns how many said something else."""
    coming = Event.objects.published().exclude(last_on__lt=timezone.localdate())
    done = 0
    for event in coming.iterator(chunk_size=200):
        if (event.ical, event.ical_fr) != (
            calendar_lines(event, "en"),
            calendar_lines(event, "fr"),
        ):
            with transaction.atomic():
                event = Event.objects.select_for_update().get(pk=event.pk)
                touch(event)
                follow(event)
            done += 1
    return done


def scrubbed(ids: list) -> None:
    """An address was forgotten that these events told: where they are is nobody's to know now."""
    for event in Event.objects.filter(pk__in=ids).order_by("pk").select_for_update():
        if GAP in event.address_1:
            event.visibility = Visibility.CONFIDENTIAL
            for name in OWN_PLACE:
                setattr(event, name, "")
        event.sequence += 1
        event.last_modified = timezone.now()
        event.save()
        follow(event)


def shown_from(event: Event) -> datetime.datetime | None:
    if event.published_at is None:
        return None
    return max(event.published_at, event.publish_from or event.published_at)


def checked(document: dict) -> dict:
    """The document with its rule as it is kept. Raises InvalidListing for what cannot be."""
    errors: dict[str, list[str]] = {}
    rule = document.get("rrule") or ""
    try:
        rule = normal(rule)
        first = datetime.date.fromisoformat(str(document.get("starts_on") or ""))
        within_reach(first)
        if rule and (fitting := first_fitting(first, rule)) != first:
            said = _("The first day is not one of those on which it repeats.")
            if fitting is not None:
                said += " " + _("The first of them is %s.") % fitting.isoformat()
            errors["starts_on"] = [said]
    except BadRule as error:
        errors["rrule"] = [str(error)]
    except ValueError:
        errors["starts_on"] = [_("Say on which day it is.")]
    except ValidationError as error:
        errors["starts_on"] = error.messages
    if errors:
        raise InvalidListing(errors)
    return {**document, "rrule": rule}


def hold_picture(document: dict) -> None:
    """A new picture is this organization's own, and is there. Raises InvalidListing."""
    pk = (document.get("picture") or {}).get("id")
    if not pk or Event.objects.filter(pk=document["id"], picture=pk).exists():
        return
    organization = Organization.objects.filter(pk=document["organization"]["id"]).first()
    try:
        hold([uuid.UUID(str(pk))], organization=organization)
    except ValidationError as error:
        raise InvalidListing({"picture": error.messages}) from error


def refuse_harm(event: Event) -> None:
    """Raises ValidationError for an event whose own words tell an address that is to be private."""
    texts = [getattr(event, f"{name}{suffix}") for name in TEXTS for suffix in ("", "_fr")]
    for change in event.changes.all():
        texts += [change.note, change.note_fr, change.place, change.place_fr]
    said = " ".join(texts)
    for street in hidden_streets(event):
        if street.casefold() in said.casefold():
            raise ValidationError(_("The words of it tell the address that is to stay private."))


def hidden_streets(event: Event) -> list[str]:
    if event.location_id is None:
        private = event.visibility != Visibility.PUBLIC
        return [event.address_1] if private and event.address_1 else []
    location = load_by(LOCATION, "id", [str(event.location_id)])[str(event.location_id)]
    if location["visibility"] == Visibility.PUBLIC:
        return []
    return [a["address_1"] for a in location.get("addresses", []) if a.get("address_1")]


def came(event: Event) -> None:
    """It is in sight. Raises ValidationError where its words tell what is private."""
    refuse_harm(event)
    event.shown_from, event.last_modified = shown_from(event), timezone.now()
    event.save(update_fields=["shown_from", "last_modified"])
    follow(event)


def went(event: Event) -> None:
    """It is out of sight."""
    event.shown_from, event.last_modified = None, timezone.now()
    event.save(update_fields=["shown_from", "last_modified"])
    refresh(event)


SIGHT = Sight(Event, SUBJECT, came, went)
publish, withdraw, show_again = SIGHT.publish, SIGHT.withdraw, SIGHT.show_again


def prepare(draft: Draft, document: dict) -> dict:
    """The last word before an event is sent in: it points only to what is its organization's or
    everyone's. Raises InvalidListing."""
    errors: dict[str, list[str]] = {}
    ours = draft.organization_id
    if place := document.get("location"):
        known = Location.objects.filter(
            pk=place["id"], service_at_locations__service__organization=ours
        )
        if not known.exists():
            errors["location"] = [_("Choose one of your places.")]
    for n, link in enumerate(document.get("services", [])):
        services = Service.objects.filter(pk=link.get("service", {}).get("id"), organization=ours)
        if not services.exists():
            errors[f"services[{n}].service"] = [_("Choose one of your listings.")]
    if errors:
        raise InvalidListing(errors)
    document.setdefault("rrule", "")
    return document


# Hosts


def ask_hosts(event: Event) -> None:
    """Organizations that are named as hosts and have not been asked are asked, by mail."""
    named = set(event.hosts.values_list("organization", flat=True))
    asked = set(event.host_answers.values_list("organization", flat=True))
    HostAnswer.objects.filter(event=event).exclude(organization__in=named).delete()
    for organization in Organization.objects.filter(pk__in=named - asked).order_by("pk"):
        HostAnswer.objects.create(event=event, organization=organization)
        for membership in Membership.objects.owners_of(organization).select_related("user"):
            user = membership.user
            post(
                "event-host",
                to=user.email,
                language=user.language,
                title=str(event),
                organization=event.organization.filed_name,
                url=absolute("coalition:workspace", user.language),
            )


@transaction.atomic
def answer(asked: HostAnswer, accepted: bool, *, by: User) -> HostAnswer:
    """An organization hosts an event with the organizer, or does not. Raises
    HostAnswer.DoesNotExist where it is not asked any more."""
    event = Event.objects.select_for_update().get(pk=asked.event_id)
    asked = HostAnswer.objects.select_for_update().get(pk=asked.pk)
    if asked.accepted == accepted:
        return asked
    asked.accepted = accepted
    asked.answered_at, asked.answered_by = timezone.now(), by
    asked.save()
    touch(event)
    follow(event)
    said = "event.host" if accepted else "event.no-host"
    record(said, by=by, about=asked.event, note=asked.organization.filed_name)
    return asked


@transaction.atomic
def step_back(organization: Organization, *, by: User) -> None:
    """It is suspended or has left: what others have on does not name it as a host any more. Once it
    is back, it is asked again."""
    agreed = HostAnswer.objects.filter(organization=organization, accepted=True)
    hosted = Event.objects.filter(pk__in=agreed.values("event"))
    for event in hosted.order_by("pk").select_for_update():
        agreed.filter(event=event).update(accepted=None, answered_at=None, answered_by=None)
        touch(event)
        follow(event)
        record("event.no-host", by=by, about=event, note=organization.filed_name)
