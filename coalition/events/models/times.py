"""The times an event takes place: those that differ, each as a row, and who comes."""

import datetime
import uuid

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from directory.models.base import Part
from directory.models.enums import Language

from ..recurrence import within_reach
from .events import FROM, UNTIL, Event


class EventChange(Part):
    """One time of a repeated event that differs: RFC 5545 RECURRENCE-ID.

    `recurrence_id` is the day on which it would have begun by the rule; what is empty is as usual.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="changes")
    recurrence_id = models.DateField(_("day by the rule"))
    cancelled = models.BooleanField(_("cancelled"), default=False)
    starts_on = models.DateField(_("on"), null=True, blank=True, validators=[within_reach])
    starts_at = models.TimeField(FROM, null=True, blank=True)
    ends_at = models.TimeField(UNTIL, null=True, blank=True)
    place = models.CharField(_("other place"), max_length=300, blank=True)
    place_fr = models.CharField(_("other place, in French"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    note_fr = models.TextField(_("note in French"), blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recurrence_id"],
                name="eventchange_once_a_day",
                violation_error_message=_("There is a change for this day already."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.event_id} {self.recurrence_id}"


def lasting(first: datetime.date, last: datetime.date) -> models.Q:
    """What began before and takes place on one of these days as well."""
    return models.Q(last_day__gt=models.F("day"), day__lt=last, last_day__gte=first)


class OccurrenceQuerySet(models.QuerySet):
    def shown(self, at: datetime.datetime | None = None):
        """Of events that everyone may see."""
        return self.filter(shown_from__lte=at or now())

    def upcoming(self, at: datetime.datetime | None = None):
        """Not over yet, the soonest first."""
        return self.filter(ends_at__gt=at or now()).order_by("starts_at", "event")

    def next_ones(self, at: datetime.datetime | None = None):
        """Of each event the one that is on or comes next, the soonest first."""
        return self.filter(next_during__contains=at or now()).order_by("starts_at", "event")

    def past(self, at: datetime.datetime | None = None):
        """Over, the latest first."""
        return self.filter(ends_at__lte=at or now()).order_by("-starts_at", "event")


class Occurrence(models.Model):
    """One time an event takes place. Made from the event, never edited.

    Its identity is (event, `recurrence_id`): the day on which it begins by the rule. `day` is the
    local day on which it begins, `last_day` another where it lasts several days. During
    `next_during`, from the end of the one before it until its own, it is the one of its event that
    is on or comes next. The point (degrees, and on the unit
    sphere) is the one that anyone may see; without one it is online, or where it is stays private.
    What is asked of events in a search stands here again, so that a question reads one table.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="occurrences")
    recurrence_id = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    day = models.DateField()
    last_day = models.DateField()
    next_during = DateTimeRangeField()
    all_day = models.BooleanField(default=False)
    cancelled = models.BooleanField(default=False)
    shown_from = models.DateTimeField(null=True)
    kind = models.CharField(max_length=12)
    attendance = models.CharField(max_length=9)
    serves = ArrayField(models.CharField(max_length=60), default=list)
    province = models.CharField(max_length=2, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["starts_at", "event"], name="occurrence_start"),
            models.Index(fields=["day", "starts_at"], name="occurrence_day"),
            models.Index(
                fields=["last_day", "day"],
                name="occurrence_days",
                condition=models.Q(last_day__gt=models.F("day")),
            ),
            models.Index(fields=["latitude", "longitude", "starts_at"], name="occurrence_place"),
            GinIndex(fields=["serves"], name="occurrence_serves"),
            GistIndex(fields=["next_during"], name="occurrence_next"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recurrence_id"],
                name="occurrence_is_unique",
                violation_error_message=_("It takes place on this day already."),
            ),
        ]

    def __str__(self):
        return f"{self.event_id} {self.recurrence_id}"


class RegistrationQuerySet(models.QuerySet):
    def going(self):
        return self.filter(confirmed_at__isnull=False).order_by("pk")

    def waiting(self):
        """On the waiting list, in order."""
        return self.filter(confirmed_at__isnull=True).order_by("pk")


class Registration(models.Model):
    """Somebody means to come to one time of an event. A first name, and no more unless they want
    to be reminded; gone a week after.

    The number is the order in which they came; `confirmed_at` is empty on the waiting list. `told`
    marks when and where they were last told it is (`registering.mark_of`).
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations")
    recurrence_id = models.DateField()
    first_name = models.CharField(_("first name"), max_length=60)
    email = models.EmailField(_("e-mail, for a reminder"), blank=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    created_at = models.DateTimeField(default=now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    told_cancelled = models.BooleanField(default=False)
    told = models.CharField(max_length=16, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["event", "recurrence_id"], name="registration_time")]

    def __str__(self):
        return f"{self.event_id} {self.recurrence_id}"
