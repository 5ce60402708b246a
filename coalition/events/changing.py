"""When an event is otherwise than it was: one time of it, this and those after it, all of it; at
once, for whoever may edit it."""

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coalition.accounts.models import User
from coalition.listings import actions as listings
from coalition.listings.models import Draft
from directory.interchange import actions as catalogue
from directory.interchange import proposals
from directory.interchange.read import load_by
from directory.interchange.schema import LOCATION
from directory.models import Proposal

from . import registering
from .actions import publish
from .enums import EventStatus
from .models.events import Event, HostAnswer
from .recurrence import ended, rest
from .schema import SUBJECT


def locked(event: Event) -> Event:
    """As it is now; nobody else changes it until the transaction ends."""
    catalogue.hold(alone=False)
    return Event.objects.select_for_update().get(pk=event.pk)


@transaction.atomic
def change_time(event: Event, day: datetime.date, values: dict, *, by: User) -> Proposal | None:
    """Make one time of an event differ: `values` are those of a change (`cancelled`, `starts_on`,
    …); none of them makes it as usual again. At once, for whoever may edit it."""
    event = locked(event)
    document = proposals.current(event.pk, SUBJECT)
    changes = document.pop("changes", [])
    others = [one for one in changes if one["recurrence_id"] != day.isoformat()]
    known = next((one for one in changes if one["recurrence_id"] == day.isoformat()), {})
    said = {key: value for key, value in values.items() if value not in ("", None, False)}
    if said:
        kept = known.get("id") or str(uuid.uuid4())  # one made from its place would be taken
        others.append({"id": kept, "recurrence_id": day.isoformat(), **said})
    if others:
        others.sort(key=lambda one: one["recurrence_id"])
        document["changes"] = others
    return at_once(document, event, by=by, note="one-time")


@transaction.atomic
def change_following(event: Event, day: datetime.date, values: dict, *, by: User) -> Event:
    """End the series before this day and begin another from it, with `values` changed. Who has
    registered for a later time goes with it. Returns the new event.

    Raises ValidationError on the first day, where all of it is to be changed, and for a day that
    it does not take place on any more.
    """
    event = locked(event)
    if not event.rrule or day <= event.starts_on:
        raise ValidationError(_("This is the first time: change all of it."))
    if not event.occurrences.filter(recurrence_id=day).exists():
        raise ValidationError(_("It does not take place on this day any more."))
    before = proposals.current(event.pk, SUBJECT)
    after = {key: value for key, value in before.items() if key not in ("id", "slug")}
    after |= {"starts_on": day.isoformat(), "rrule": rest(event.starts_on, event.rrule, day)}
    for name in ("changes", "hosts", "attributes", "services"):
        after[name] = [{k: v for k, v in one.items() if k != "id"} for one in after.get(name, [])]
    after["changes"] = later_changes(after["changes"], day)
    if event.ends_on:
        after["ends_on"] = (day + (event.ends_on - event.starts_on)).isoformat()
    after = with_values(after, values)
    proposal = proposals.change(
        after,
        origin="partner",
        by=event.organization.filed_name,
        note="following",
        subject=SUBJECT,
    )
    listings.Change.objects.create(proposal=proposal, user=by)
    new = Event.objects.get(pk=proposal.record_id)
    new.held_back = event.held_back
    new.save(update_fields=["held_back"])
    registering.move(event, new, from_day=day)
    HostAnswer.objects.bulk_create(
        [
            HostAnswer(
                event=new,
                organization=answer.organization,
                accepted=answer.accepted,
                answered_at=answer.answered_at,
                answered_by=answer.answered_by,
            )
            for answer in event.host_answers.all()
        ]
    )
    if event.published_at:
        publish([new.pk], by=event.published_by)
        new.refresh_from_db()
    before["rrule"] = ended(event.starts_on, event.rrule, day)
    before["changes"] = [
        one for one in before.get("changes", []) if one["recurrence_id"] < day.isoformat()
    ]
    at_once(before, event, by=by, note="following")
    return new


def later_changes(changes: list[dict], day: datetime.date) -> list[dict]:
    """What differs after this day; and of this day, that it is moved to another: its hours and
    words are everyone's from now on."""
    first = [
        {key: one[key] for key in ("recurrence_id", "starts_on")}
        for one in changes
        if one["recurrence_id"] == day.isoformat() and one.get("starts_on")
    ]
    return first + [one for one in changes if one["recurrence_id"] > day.isoformat()]


@transaction.atomic
def begin_all(event: Event, values: dict, *, by: User) -> Draft:
    """Begin to write on all of it, with `values` changed; it is sent in from there."""
    draft = listings.open_draft(event.organization, event.pk, by=by, subject=SUBJECT)
    document = with_values(draft.document, values)
    return listings.save_draft(draft, document) if document != draft.document else draft


def with_values(document: dict, values: dict) -> dict:
    """The document with those of the values that say something. Another place is not at the one
    before."""
    document = dict(document)
    said = {key: value for key, value in values.items() if value not in (None, "")}
    if said.keys() & {"place_name", "place_name_fr"}:
        leave_place(document)
    return document | said


def leave_place(document: dict) -> None:
    """Take out where it is: of the place only the town stays, and who may know more."""
    for key in ("place_name", "place_name_fr", "address_1", "postal_code"):
        document.pop(key, None)
    for key in ("directions", "directions_fr"):
        document.pop(key, None)
    if pointer := document.pop("location", None):
        location = load_by(LOCATION, "id", [pointer["id"]])[pointer["id"]]
        document["visibility"] = location["visibility"]
        for address in location.get("addresses", [])[:1]:
            document |= {key: address[key] for key in ("city", "state_province")}


@transaction.atomic
def cancel(event: Event, note: dict, *, by: User) -> Proposal | None:
    """It does not take place: said on its page and in calendars, at once. `note` says why."""
    event = locked(event)
    document = proposals.current(event.pk, SUBJECT)
    document |= {"status": EventStatus.CANCELLED.value, **note}
    return at_once(document, event, by=by, note="cancel")


@transaction.atomic
def take_up(event: Event, *, by: User) -> Proposal | None:
    """It takes place after all."""
    event = locked(event)
    document = proposals.current(event.pk, SUBJECT)
    for key in ("status_note", "status_note_fr"):
        document.pop(key, None)
    document["status"] = EventStatus.CONFIRMED.value
    return at_once(document, event, by=by, note="take-up")


def at_once(document: dict, event: Event, *, by: User, note: str) -> Proposal | None:
    """When something takes place has to be true at once, for whoever may edit it."""
    return listings.change_own(
        document,
        by=by,
        organization=event.organization,
        note=note,
        subject=SUBJECT,
        at_once=True,
    )
