"""What is on, what it belongs to, and who hosts it."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coalition.files.models import StoredFile
from directory.models import Location, Organization, Service, TaxonomyTerm
from directory.models.base import Named, Part, Record, named, validate_timezone
from directory.models.enums import Language, Province, Visibility

from ..enums import (
    Attendance,
    EventAccess,
    EventKind,
    EventStatus,
    RegistrationMode,
    SubstanceFree,
)
from ..recurrence import within_reach

FROM, UNTIL = pgettext_lazy("time of day", "from"), pgettext_lazy("time of day", "until")


class EventQuerySet(models.QuerySet):
    def published(self):
        """Those that everyone may see now; one that is cancelled is seen, and says so."""
        return self.filter(shown_from__lte=now())

    def of(self, organization: Organization):
        """Those it organizes."""
        return self.filter(organization=organization)

    def hosted_by(self, organization: Organization):
        """Those it organizes, or has agreed to host with others."""
        hosted = HostAnswer.objects.filter(organization=organization, accepted=True)
        return self.filter(
            models.Q(organization=organization)
            | models.Q(
                pk__in=hosted.values("event"),
                hosts__organization=organization,
            )
        ).distinct()


class Event(Named, Record):
    """Something that takes place, once or by a rule. Names follow RFC 5545 and schema.org.

    It begins on `starts_on` at `starts_at` (all day without) by its `clock`, the `timezone` that
    somebody has chosen or else that of its place, and lasts until `ends_at` of `ends_on` (the same
    day without). `rrule` is an RFC 5545 rule whose UNTIL is a local date, `exdates` are days of it
    that are left out; `changes` are days that differ.

    Where: `location`, one of the organizer's places, or an address of its own with its own
    `visibility`. What of it anyone sees is decided by `places.shown_place` only.

    `shown_from` is from when on everyone sees it, empty while nobody does; `held_back` where a
    coordinator has taken it out of sight. `sequence` rises with
    every change, `last_on` is its last day, empty where it has none. `ical` and `ical_fr` are its
    lines of a calendar, as everyone may read them.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="events", verbose_name=_("organizer")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    name = models.CharField(_("title"), max_length=300, blank=True)
    name_fr = models.CharField(_("title in French"), max_length=300, blank=True)
    description = models.TextField(_("what it is"), blank=True)
    description_fr = models.TextField(_("what it is, in French"), blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=EventKind, default=EventKind.OTHER)
    audience = models.TextField(_("for whom"), blank=True)
    audience_fr = models.TextField(_("for whom, in French"), blank=True)
    amount = models.DecimalField(
        _("price in dollars"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cost_description = models.TextField(_("cost"), blank=True)
    cost_description_fr = models.TextField(_("cost, in French"), blank=True)
    languages = ArrayField(
        models.CharField(max_length=2, choices=Language),
        verbose_name=_("languages spoken"),
        default=list,
        blank=True,
    )
    attendance = models.CharField(
        _("how people take part"),
        max_length=9,
        choices=Attendance,
        default=Attendance.IN_PERSON,
    )
    location = models.ForeignKey(
        Location,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("one of your places"),
    )
    visibility = models.CharField(
        _("who sees the address"), max_length=12, choices=Visibility, default=Visibility.PUBLIC
    )
    place_name = models.CharField(_("name of the place"), max_length=300, blank=True)
    place_name_fr = models.CharField(_("name of the place in French"), max_length=300, blank=True)
    address_1 = models.CharField(_("street address"), max_length=300, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    state_province = models.CharField(_("province"), max_length=2, choices=Province, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=7, blank=True)
    directions = models.TextField(_("getting there"), blank=True)
    directions_fr = models.TextField(_("getting there, in French"), blank=True)
    online_url = models.URLField(_("link to join online"), max_length=500, blank=True)
    online_note = models.TextField(_("how to join online"), blank=True)
    online_note_fr = models.TextField(_("how to join online, in French"), blank=True)
    registration = models.CharField(
        _("registration"),
        max_length=7,
        choices=RegistrationMode,
        default=RegistrationMode.NONE,
    )
    places = models.PositiveIntegerField(
        _("places each time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )
    contact_phone = models.CharField(_("phone to register or ask"), max_length=40, blank=True)
    contact_email = models.EmailField(_("e-mail to register or ask"), blank=True)
    contact_url = models.URLField(_("link to register or read more"), max_length=500, blank=True)
    access = ArrayField(
        models.CharField(max_length=10, choices=EventAccess),
        verbose_name=_("what there is"),
        default=list,
        blank=True,
    )
    access_note = models.TextField(_("more on access"), blank=True)
    access_note_fr = models.TextField(_("more on access, in French"), blank=True)
    substance_free = models.CharField(
        _("substance-free or not"), max_length=3, choices=SubstanceFree, blank=True
    )
    starts_on = models.DateField(_("first day"), validators=[within_reach])
    starts_at = models.TimeField(FROM, null=True, blank=True)
    ends_on = models.DateField(
        _("last day, if another"), null=True, blank=True, validators=[within_reach]
    )
    ends_at = models.TimeField(UNTIL, null=True, blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=50, blank=True, validators=[validate_timezone]
    )
    clock = models.CharField(max_length=50, editable=False)
    rrule = models.CharField(_("repeats"), max_length=200, blank=True)
    exdates = ArrayField(models.DateField(), verbose_name=_("not on"), default=list, blank=True)
    picture = models.ForeignKey(
        StoredFile,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_description = models.CharField(_("what the picture shows"), max_length=500, blank=True)
    picture_description_fr = models.CharField(
        _("what the picture shows, in French"), max_length=500, blank=True
    )
    status = models.CharField(
        _("status"), max_length=9, choices=EventStatus, default=EventStatus.CONFIRMED
    )
    status_note = models.TextField(_("notice"), blank=True)
    status_note_fr = models.TextField(_("notice in French"), blank=True)
    publish_from = models.DateTimeField(
        _("show it from"), null=True, blank=True, validators=[within_reach]
    )

    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.CharField(max_length=200, blank=True, editable=False)
    shown_from = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    held_back = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    last_modified = models.DateTimeField(default=now, editable=False, db_index=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    last_on = models.DateField(null=True, blank=True, editable=False)
    ical = models.TextField(blank=True, editable=False)
    ical_fr = models.TextField(blank=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            named("event"),
            models.CheckConstraint(
                condition=models.Q(kind__in=EventKind.values),
                name="event_kind_is_known",
                violation_error_message=_("Choose a kind."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="event_ends_after_it_starts",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(picture__isnull=True)
                | ~models.Q(picture_description="")
                | ~models.Q(picture_description_fr=""),
                name="event_describes_its_picture",
                violation_error_message=_("Say what the picture shows, for who cannot see it."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(starts_at__isnull=False),
                name="event_has_a_start",
                violation_error_message=_("Say from when, not only until when."),
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values),
                name="event_visibility_is_known",
                violation_error_message=_("Choose who sees the address."),
            ),
        ]

    @property
    def is_cancelled(self) -> bool:
        return self.status == EventStatus.CANCELLED

    @property
    def is_shown(self) -> bool:
        return self.shown_from is not None and self.shown_from <= now()

    @property
    def link_to_join(self) -> str:
        """For those who may have it; what is not online has none."""
        return "" if self.attendance == Attendance.IN_PERSON else self.online_url

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.clock)


class EventSlug(models.Model):
    """An address an event's page once had; it redirects for good."""

    slug = models.SlugField(max_length=80, primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="former_slugs")

    def __str__(self):
        return self.slug


class EventHost(Part):
    """An organization that is asked to host with the organizer; shown once it has agreed."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="hosts")
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="+", verbose_name=_("hosts with you")
    )

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["event", "organization"],
                name="eventhost_is_unique",
                violation_error_message=_("This organization is there already."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.event_id} {self.organization_id}"


class EventTerm(Part):
    """A term of the directory's vocabulary that says for whom it is."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="attributes")
    taxonomy_term = models.ForeignKey(TaxonomyTerm, models.PROTECT, related_name="+")

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["event", "taxonomy_term"],
                name="eventterm_is_unique",
                violation_error_message=_("This term is already there."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.event_id}: {self.taxonomy_term_id}"


class EventService(Part):
    """A service that the event belongs to: it is told of on that one's page."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="services")
    service = models.ForeignKey(
        Service, models.CASCADE, related_name="event_links", verbose_name=_("belongs to")
    )

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["event", "service"],
                name="eventservice_is_unique",
                violation_error_message=_("This listing is there already."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.event_id}: {self.service_id}"


class HostAnswerQuerySet(models.QuerySet):
    def of(self, organizations):
        """What these are asked, about events that are not out of sight."""
        return self.filter(
            organization__in=organizations, event__published_at__isnull=False
        ).select_related("event__organization", "organization")


class HostAnswer(models.Model):
    """Whether an organization that was asked hosts an event with others; empty until it says."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="host_answers")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("asked"), default=now, editable=False)
    accepted = models.BooleanField(_("agreed"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = HostAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "organization"],
                name="hostanswer_once",
                violation_error_message=_("This organization has been asked already."),
            ),
            models.CheckConstraint(
                condition=models.Q(accepted__isnull=True, answered_at__isnull=True)
                | models.Q(accepted__isnull=False, answered_at__isnull=False),
                name="hostanswer_has_a_time",
                violation_error_message=_("An answer has a time."),
            ),
        ]

    def __str__(self):
        return f"{self.event_id} {self.organization_id}"
