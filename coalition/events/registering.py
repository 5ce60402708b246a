"""Who means to come. A limit of places holds however many register at once: places are counted
under a lock on the occurrence, and who waits moves up when somebody leaves."""

import datetime
import hashlib
from dataclasses import dataclass

from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from coalition.accounts.visitors import nobody
from coalition.mail.actions import post
from coalition.mail.models import Message
from coalition.members.links import absolute

from .enums import RegistrationMode
from .models.events import Event
from .models.times import Occurrence, Registration
from .places import shown_place
from .words import change_of, when_text, where_text

SALT = "coalition.event.registration"
KEPT = datetime.timedelta(days=7)  # after it is over
HOUR = 3600
AN_HOUR = 10  # of one visitor: a family, a worker with a group
MAILS = [f"event-{name}" for name in ("registered", "waiting", "moved-up", "reminder", "changed")]
MAILS += [f"event-{name}" for name in ("cancelled", "on-again", "gone")]
AHEAD = datetime.timedelta(hours=26)  # when people are reminded


@dataclass(frozen=True)
class Taken:
    """How many come to one time of an event; `limit` is empty where there is none."""

    going: int
    waiting: int
    limit: int | None

    @property
    def free(self) -> int | None:
        return None if self.limit is None else max(self.limit - self.going, 0)

    @property
    def is_full(self) -> bool:
        return self.free == 0


def taken(event: Event, day: datetime.date) -> Taken:
    rows = Registration.objects.filter(event=event, recurrence_id=day)
    return Taken(rows.going().count(), rows.waiting().count(), event.places)


def taken_by_day(event: Event) -> dict[datetime.date, Taken]:
    """The same for all of its days for which somebody has registered."""
    rows = event.registrations.order_by("recurrence_id").values_list("recurrence_id")
    counted = rows.annotate(
        going=Count("pk", filter=Q(confirmed_at__isnull=False)),
        waiting=Count("pk", filter=Q(confirmed_at__isnull=True)),
    )
    return {day: Taken(going, waiting, event.places) for day, going, waiting in counted}


def open_for(occurrence: Occurrence) -> bool:
    """Whether people may register for this time now."""
    return (
        occurrence.event.registration == RegistrationMode.HERE
        and not occurrence.cancelled
        and occurrence.starts_at > timezone.now()
    )


class TooMany(Exception):
    """More came from one visitor in an hour than one person would send."""


@transaction.atomic
def take(
    occurrence: Occurrence, *, stamp: str, visitor: HttpRequest, first_name: str, **said
) -> Registration:
    """Register somebody, once for each page that was sent: the same page sent again leads to what
    it has made. Raises TooMany, ValidationError."""
    who = nobody(visitor)
    key = f"registration:{who}:{stamp}"
    # Whoever sends the same page meanwhile waits here until this one is through.
    if not cache.add(key, 0, HOUR):
        known = Registration.objects.filter(pk=cache.get(key) or 0).first()
        if known is not None:
            return known
    if not any(cache.add(f"registrations:{who}:{slot}", 1, HOUR) for slot in range(AN_HOUR)):
        raise TooMany
    found = register(occurrence, first_name=first_name, **said)
    cache.set(key, found.pk, HOUR)
    return found


@transaction.atomic
def register(
    occurrence: Occurrence, *, first_name: str, email: str = "", language: str = "en"
) -> Registration:
    """Somebody means to come: they have a place, or stand on the waiting list.

    Raises ValidationError where it is not open for this any more.
    """
    # The event before its times: so does whoever changes it.
    event = Event.objects.select_for_update(no_key=True).get(pk=occurrence.event_id)
    rows = Occurrence.objects.shown().select_for_update()
    occurrence = rows.filter(pk=occurrence.pk).first()
    if occurrence is None or not open_for(occurrence):
        raise ValidationError(_("Registration for this day is closed."))
    occurrence.event = event
    so_far = taken(event, occurrence.recurrence_id)
    # Whoever waits goes first, also where a place has just become free.
    waits = so_far.waiting > 0 or so_far.is_full
    found = Registration.objects.create(
        event=event,
        recurrence_id=occurrence.recurrence_id,
        first_name=first_name,
        email=email,
        language=language,
        confirmed_at=None if waits else timezone.now(),
    )
    if email:
        tell(found, "event-waiting" if waits else "event-registered", occurrence)
    return found


@transaction.atomic
def leave(registration: Registration) -> None:
    """Somebody does not come after all; who waits moves up."""
    day = registration.recurrence_id
    rows = Occurrence.objects.select_for_update()  # its event is read once it is locked
    occurrence = rows.filter(event=registration.event_id, recurrence_id=day).first()
    Registration.objects.filter(pk=registration.pk).delete()
    if registration.email:
        sent_mail().filter(to=registration.email).delete()
    if occurrence is not None:
        move_up(occurrence)


def move_up(occurrence: Occurrence) -> None:
    """Who has waited longest gets a place that is free, while it is of use. With the occurrence
    locked."""
    if occurrence.cancelled or occurrence.starts_at <= timezone.now():
        return
    so_far = taken(occurrence.event, occurrence.recurrence_id)
    rows = Registration.objects.filter(
        event=occurrence.event, recurrence_id=occurrence.recurrence_id
    ).waiting()
    if so_far.free is not None:
        rows = rows[: so_far.free]
    for one in rows:
        one.confirmed_at = timezone.now()
        one.save(update_fields=["confirmed_at"])
        if one.email:
            tell(one, "event-moved-up", occurrence)


def settle(event: Event) -> None:
    """After an event has changed: who waits moves up where there are more places, and nobody is
    left registered for a day on which it does not take place any more."""
    days = set(event.registrations.values_list("recurrence_id", flat=True))
    if not days:
        return
    left = {
        one.recurrence_id: one
        for one in event.occurrences.select_for_update().filter(recurrence_id__in=days)
    }
    for day in sorted(days):
        if day in left:
            left[day].event = event
            tell_whether_it_is_on(left[day])
            tell_what_changed(left[day])
            move_up(left[day])
            continue
        gone = event.registrations.filter(recurrence_id=day)
        if day >= timezone.localdate():
            for one in gone.exclude(email=""):
                tell(one, "event-gone", None)
        gone.delete()


def tell_whether_it_is_on(occurrence: Occurrence) -> None:
    """Who asked to be written to learns once that it is cancelled, and once that it is not."""
    if occurrence.ends_at <= timezone.now():
        return
    rows = occurrence.event.registrations.filter(recurrence_id=occurrence.recurrence_id)
    for one in rows.filter(told_cancelled=not occurrence.cancelled).exclude(email=""):
        tell(one, "event-cancelled" if occurrence.cancelled else "event-on-again", occurrence)
        one.told_cancelled = occurrence.cancelled
        one.save(update_fields=["told_cancelled"])


def tell_what_changed(occurrence: Occurrence) -> None:
    """Who asked to be written to learns that it begins at another time, or is somewhere else."""
    if occurrence.cancelled or occurrence.starts_at <= timezone.now():
        return
    rows = occurrence.event.registrations.filter(recurrence_id=occurrence.recurrence_id)
    for one in rows.exclude(email="").exclude(told=mark_of(occurrence)):
        tell(one, "event-changed", occurrence)


def mark_of(occurrence: Occurrence) -> str:
    """Tells when it begins and where it is, as far as anyone may know, from another such mark."""
    with override("en"):
        place = shown_place(occurrence.event)
        where = where_text(occurrence.event, place, change_of(occurrence.event, occurrence))
    street = place.street if place else ""
    said = f"{occurrence.starts_at.timestamp()} {where} {street}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def move(event: Event, to: Event, *, from_day: datetime.date) -> None:
    """Who has registered for the later times of a series goes with them."""
    event.registrations.filter(recurrence_id__gte=from_day).update(event=to)


def move_day(event: Event, from_day: datetime.date) -> None:
    """Who has registered for what takes place once goes with it to another day."""
    if event.starts_on != from_day:
        event.registrations.filter(recurrence_id=from_day).update(
            recurrence_id=event.starts_on, reminded_at=None
        )


def tell(registration: Registration, kind: str, occurrence: Occurrence | None) -> None:
    event = registration.event
    language = registration.language
    with override(language):
        title = str(event)
        when = where = ""
        if occurrence is not None:
            when = when_text(occurrence, event, None, zone=True)
            where = where_text(event, shown_place(event), change_of(event, occurrence))
    post(
        kind,
        to=registration.email,
        language=language,
        title=title,
        name=registration.first_name,
        when=when,
        where=where,
        day=registration.recurrence_id,
        online_url=event.link_to_join,
        page=absolute("coalition:event_detail", language, slug=event.slug),
        url=absolute("coalition:registration", language, token=token(registration)),
    )
    if occurrence is not None:
        registration.told = mark_of(occurrence)
        registration.save(update_fields=["told"])


def token(registration: Registration) -> str:
    """What opens this registration, for whoever holds it."""
    return signing.dumps(registration.key.hex, salt=SALT)


def read_token(text: str) -> Registration:
    """Raises signing.BadSignature, Registration.DoesNotExist where it is cancelled or forgotten."""
    rows = Registration.objects.select_related("event")
    return rows.get(key=signing.loads(text, salt=SALT))


def number_in_line(registration: Registration) -> int:
    """Which they are on the waiting list, from 1."""
    rows = Registration.objects.filter(
        event=registration.event, recurrence_id=registration.recurrence_id
    )
    return rows.waiting().filter(pk__lte=registration.pk).count()


@transaction.atomic
def remind(now: datetime.datetime | None = None) -> int:
    """Write to those who asked for it, the day before. Returns how many."""
    now = now or timezone.now()
    soon = (
        Occurrence.objects.shown(now)
        .filter(starts_at__gt=now, starts_at__lte=now + AHEAD, cancelled=False)
        .filter(event__registrations__email__gt="")
        .distinct()
        .select_related("event")
    )
    done = 0
    for occurrence in soon:
        rows = Registration.objects.select_for_update().filter(
            event=occurrence.event,
            recurrence_id=occurrence.recurrence_id,
            reminded_at__isnull=True,
            # Who registered later has just been written to.
            created_at__lt=occurrence.starts_at - AHEAD,
        )
        for one in rows.going().exclude(email=""):
            tell(one, "event-reminder", occurrence)
            one.reminded_at = now
            one.save(update_fields=["reminded_at"])
            done += 1
    return done


def sent_mail() -> QuerySet[Message]:
    """To whom mail about registrations has gone."""
    return Message.objects.filter(kind__in=MAILS, sent_at__isnull=False)


@transaction.atomic
def forget(now: datetime.datetime | None = None) -> int:
    """Delete who had registered for what was over a week ago, and whom we wrote to. Returns how
    many had."""
    now = now or timezone.now()
    sent_mail().filter(sent_at__lt=now - KEPT).delete()
    its_time = {"event": OuterRef("event"), "recurrence_id": OuterRef("recurrence_id")}
    lost = Registration.objects.exclude(Exists(Occurrence.objects.filter(**its_time)))
    done = lost.filter(recurrence_id__lt=(now - KEPT).date()).delete()[0]
    over = Occurrence.objects.filter(ends_at__lt=now - KEPT, event__registrations__isnull=False)
    for pk, day in set(over.values_list("event", "recurrence_id")):
        done += Registration.objects.filter(event=pk, recurrence_id=day).delete()[0]
    return done
