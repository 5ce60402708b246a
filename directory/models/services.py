"""What is offered: HSDS `service`, `service_at_location`, and what they need."""

import datetime
from calendar import monthrange

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from .base import Named, Part, Record, named, validate_timezone
from .enums import SHOWN, Cadence, Delivery, Province, ServiceStatus
from .locations import Location
from .organizations import Organization, Program
from .taxonomy import TaxonomyTerm, Unit


class ServiceQuerySet(models.QuerySet):
    def published(self):
        """Services anyone may see: published, and neither inactive nor defunct."""
        return self.filter(
            published_at__isnull=False,
            status__in=SHOWN,
        )

    def with_due_date(self):
        """Each with `due_on`: the day by which a person has to check it again.

        One that nobody has ever checked counts from the day it was published.
        """
        since = Coalesce("assured_date", TruncDate("published_at"))
        cadence = models.Func(
            models.F("check_every"),
            function="make_interval",
            template="%(function)s(months => %(expressions)s)",
            output_field=models.DurationField(),
        )
        due = models.ExpressionWrapper(since + cadence, output_field=models.DateTimeField())
        return self.annotate(due_on=Cast(due, models.DateField()))

    def due(self, on: datetime.date):
        """Shown, and to be checked by this day, the longest due first."""
        return self.published().with_due_date().filter(due_on__lte=on).order_by("due_on", "pk")

    def overdue(self, on: datetime.date):
        """Shown, though the day by which it was to be checked has passed, the longest due first."""
        return self.due(on - datetime.timedelta(days=1))

    def never_checked(self):
        """Shown, and no person has ever said that it is true."""
        return self.published().filter(assured_date__isnull=True)


def check_is_due(assured: datetime.date, months: int) -> datetime.date:
    """The day so many months after a check; the last of its month where that one is shorter."""
    year, month = divmod(assured.year * 12 + assured.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(assured.day, monthrange(year, month + 1)[1]))


class Service(Named, Record):
    """A support people can use. HSDS `service`.

    `assured_date` is when a person last checked that the listing is true, `assured_by` who, in
    words anyone may read; `last_modified` is when it was last edited, which is something else.
    `timezone` and `state_province` serve a service without a place (a phone line): its hours,
    its holidays, and which province it is for; an empty province means all of Canada.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="services")
    program = models.ForeignKey(
        Program, models.SET_NULL, null=True, blank=True, related_name="services"
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=300, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=300, blank=True)
    alternate_name = models.CharField(_("also known as"), max_length=300, blank=True)
    alternate_name_fr = models.CharField(_("also known as, in French"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    status = models.CharField(
        _("status"), max_length=18, choices=ServiceStatus, default=ServiceStatus.ACTIVE
    )
    alert = models.TextField(_("short-term notice"), blank=True)
    alert_fr = models.TextField(_("short-term notice in French"), blank=True)
    interpretation_services = models.TextField(_("interpretation"), blank=True)
    interpretation_services_fr = models.TextField(_("interpretation, in French"), blank=True)
    application_process = models.TextField(_("how to get it"), blank=True)
    application_process_fr = models.TextField(_("how to get it, in French"), blank=True)
    fees_description = models.TextField(_("cost"), blank=True)
    fees_description_fr = models.TextField(_("cost, in French"), blank=True)
    accreditations = models.TextField(_("accreditations"), blank=True)
    accreditations_fr = models.TextField(_("accreditations, in French"), blank=True)
    eligibility_description = models.TextField(_("who can come"), blank=True)
    eligibility_description_fr = models.TextField(_("who can come, in French"), blank=True)
    minimum_age = models.PositiveSmallIntegerField(
        _("youngest age"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    maximum_age = models.PositiveSmallIntegerField(
        _("oldest age"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    delivery = ArrayField(
        models.CharField(max_length=9, choices=Delivery),
        verbose_name=_("how it reaches people"),
        default=list,
        blank=True,
    )
    timezone = models.CharField(
        _("time zone"), max_length=50, default="America/Toronto", validators=[validate_timezone]
    )
    state_province = models.CharField(_("province"), max_length=2, choices=Province, blank=True)
    peer_led = models.BooleanField(_("peer-led"), default=False)
    indigenous_led = models.BooleanField(_("Indigenous-led"), default=False)
    indigenous_community = models.CharField(
        _("nation or community served"), max_length=200, blank=True
    )
    indigenous_community_fr = models.CharField(
        _("nation or community served, in French"), max_length=200, blank=True
    )
    steward = models.CharField(
        _("steward"),
        max_length=200,
        blank=True,
        help_text=_("Who alone consents to publishing, sharing and removing this listing (OCAP)."),
    )
    steward_consented_on = models.DateField(_("steward consented on"), null=True, blank=True)
    assured_date = models.DateField(_("checked on"), null=True, blank=True)
    assured_by = models.CharField(_("checked by"), max_length=200, blank=True)
    assurer_email = models.EmailField(_("checker’s e-mail"), blank=True)
    check_every = models.PositiveSmallIntegerField(
        _("checked every"), choices=Cadence, default=Cadence.SIX_MONTHS
    )
    last_modified = models.DateTimeField(_("edited"), default=now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.CharField(_("published by"), max_length=200, blank=True, editable=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            named("service"),
            models.CheckConstraint(
                condition=models.Q(status__in=ServiceStatus.values),
                name="service_status_is_known",
                violation_error_message=_("Choose a status."),
            ),
            models.CheckConstraint(
                condition=models.Q(delivery__contained_by=Delivery.values),
                name="service_delivery_is_known",
                violation_error_message=_("Choose how the service reaches people."),
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_age__isnull=True)
                | models.Q(maximum_age__isnull=True)
                | models.Q(minimum_age__lte=models.F("maximum_age")),
                name="service_ages_are_in_order",
                violation_error_message=_("The youngest age is above the oldest."),
            ),
            models.CheckConstraint(
                condition=models.Q(indigenous_led=False)
                | (
                    ~models.Q(steward="")
                    & (~models.Q(indigenous_community="") | ~models.Q(indigenous_community_fr=""))
                ),
                name="service_indigenous_led_has_a_steward",
                violation_error_message=_(
                    "Name the nation or community served, and the steward who consents."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True)
                | models.Q(indigenous_led=False)
                | models.Q(steward_consented_on__isnull=False),
                name="service_published_with_consent",
                violation_error_message=_("The steward has not consented to publishing this."),
            ),
            models.CheckConstraint(
                condition=models.Q(assured_date__isnull=True, assured_by="")
                | (models.Q(assured_date__isnull=False) & ~models.Q(assured_by="")),
                name="service_assured_by_someone",
                violation_error_message=_("Say who checked this, and when."),
            ),
            models.CheckConstraint(
                condition=models.Q(check_every__in=Cadence.values),
                name="service_cadence_is_known",
                violation_error_message=_("Choose how often this is checked."),
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, published_by="")
                | (models.Q(published_at__isnull=False) & ~models.Q(published_by="")),
                name="service_published_by_someone",
                violation_error_message=_("Say who published this, and when."),
            ),
        ]


class ServiceSlug(models.Model):
    """An address a service's page once had; it redirects for good."""

    slug = models.SlugField(max_length=80, primary_key=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="former_slugs")

    def __str__(self):
        return self.slug


class ServiceAtLocation(Part):
    """A service at one of its places; for an outreach van, one stop. HSDS entity."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="service_at_locations")
    location = models.ForeignKey(Location, models.PROTECT, related_name="service_at_locations")
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["service", "location"],
                name="serviceatlocation_is_unique",
                violation_error_message=_("This service is already at this place."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.service_id} at {self.location_id}"


class Attribute(Part):
    """A term that describes a service. HSDS `attribute`."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="attributes")
    taxonomy_term = models.ForeignKey(TaxonomyTerm, models.PROTECT, related_name="attributes")
    label = models.CharField(_("label"), max_length=100, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["service", "taxonomy_term"],
                name="attribute_is_unique",
                violation_error_message=_("This term is already there."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.service_id}: {self.taxonomy_term_id}"


class CostOption(Part):
    """What it costs. HSDS `cost_option`; `amount` in `currency` (ISO 4217)."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="cost_options")
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    option = models.CharField(_("for whom or what"), max_length=200, blank=True)
    option_fr = models.CharField(_("for whom or what, in French"), max_length=200, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CAD")
    amount = models.DecimalField(_("amount"), max_digits=9, decimal_places=2, null=True, blank=True)
    amount_description = models.CharField(_("amount in words"), max_length=300, blank=True)
    amount_description_fr = models.CharField(
        _("amount in words, in French"), max_length=300, blank=True
    )

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="costoption_amount_is_not_negative",
                violation_error_message=_("A cost cannot be below zero."),
            ),
        ]

    def __str__(self):
        return self.option or self.amount_description


class RequiredDocument(Part):
    """What to bring. HSDS `required_document`."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="required_documents")
    document = models.CharField(_("what to bring"), max_length=300, blank=True)
    document_fr = models.CharField(_("what to bring, in French"), max_length=300, blank=True)
    uri = models.URLField(_("link"), max_length=500, blank=True)

    def __str__(self):
        return self.document or self.document_fr


class ServiceArea(Part):
    """Where the service is for people. HSDS `service_area`. `name` may be a town or a province."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="service_areas")
    name = models.CharField(_("area"), max_length=200, blank=True)
    name_fr = models.CharField(_("area in French"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)
    extent = models.TextField(_("extent"), blank=True)
    extent_type = models.CharField(_("kind of extent"), max_length=20, blank=True)
    uri = models.URLField(_("source"), blank=True)

    class Meta(Part.Meta):
        constraints = [named("servicearea")]

    def __str__(self):
        return self.name or self.name_fr


class ServiceCapacity(Part):
    """How many are free. HSDS `service_capacity`; `available` and `maximum` count `unit`s."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="capacities")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="capacities")
    available = models.PositiveIntegerField(_("free now"))
    maximum = models.PositiveIntegerField(_("in all"), null=True, blank=True)
    description = models.CharField(_("note"), max_length=300, blank=True)
    description_fr = models.CharField(_("note in French"), max_length=300, blank=True)
    updated = models.DateTimeField(_("counted at"))

    class Meta(Part.Meta):
        verbose_name_plural = "service capacities"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(maximum__isnull=True)
                | models.Q(available__lte=models.F("maximum")),
                name="servicecapacity_within_maximum",
                violation_error_message=_("More are free than there are in all."),
            ),
        ]

    def __str__(self):
        return f"{self.available} {self.unit_id}"
