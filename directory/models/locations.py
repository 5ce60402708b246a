"""Where services are: HSDS `location`, `address`, `accessibility`."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Part, Record, validate_timezone
from .enums import LocationType, Province, Visibility


class Location(Record):
    """A place, with how much of it anyone may see.

    `latitude` and `longitude` are WGS 84 degrees of the true place, whatever its visibility:
    only `directory.interchange.publication` decides what leaves the database.
    """

    visibility = models.CharField(
        _("who sees the address"), max_length=12, choices=Visibility, default=Visibility.PUBLIC
    )
    location_type = models.CharField(
        _("type"), max_length=8, choices=LocationType, default=LocationType.PHYSICAL
    )
    name = models.CharField(_("name"), max_length=300, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=300, blank=True)
    alternate_name = models.CharField(_("also known as"), max_length=300, blank=True)
    alternate_name_fr = models.CharField(_("also known as, in French"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)
    transportation = models.TextField(_("getting there"), blank=True)
    transportation_fr = models.TextField(_("getting there, in French"), blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    latitude = models.FloatField(
        _("latitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.FloatField(
        _("longitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    timezone = models.CharField(
        _("time zone"), max_length=50, default="America/Toronto", validators=[validate_timezone]
    )
    external_identifier = models.CharField(_("external identifier"), max_length=100, blank=True)
    external_identifier_type = models.CharField(_("kind of identifier"), max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    # A comparison with nothing is not false: say that both are there.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="location_has_both_coordinates",
                violation_error_message=_("Give latitude and longitude together, in degrees."),
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values),
                name="location_visibility_is_known",
                violation_error_message=_("Choose who sees the address."),
            ),
        ]

    def __str__(self):
        address = next(iter(self.addresses.all()), None)
        return self.name or self.name_fr or str(address or self.pk)


class Address(Part):
    """Where mail or people go. HSDS `address`."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="addresses")
    attention = models.CharField(_("attention"), max_length=200, blank=True)
    address_1 = models.CharField(_("street address"), max_length=300, blank=True)
    address_2 = models.CharField(_("unit, floor"), max_length=200, blank=True)
    city = models.CharField(_("town"), max_length=100)
    region = models.CharField(_("region"), max_length=100, blank=True)
    state_province = models.CharField(_("province"), max_length=2, choices=Province)
    postal_code = models.CharField(
        _("postal code"),
        max_length=7,
        blank=True,
        validators=[
            RegexValidator(
                r"^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d$",
                _("A Canadian postal code looks like P7B 5E1."),
            )
        ],
    )
    country = models.CharField(_("country"), max_length=2, default="CA")
    address_type = models.CharField(
        _("type"), max_length=8, choices=LocationType, default=LocationType.PHYSICAL
    )

    class Meta(Part.Meta):
        verbose_name_plural = "addresses"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state_province__in=Province.values),
                name="address_province_is_known",
                violation_error_message=_("Choose a province or territory."),
            ),
            models.CheckConstraint(
                condition=models.Q(postal_code="")
                | models.Q(postal_code__regex=r"^[A-Z][0-9][A-Z] [0-9][A-Z][0-9]$"),
                name="address_postal_code_is_canadian",
                violation_error_message=_("A Canadian postal code looks like P7B 5E1."),
            ),
        ]

    def __str__(self):
        return ", ".join(filter(None, [self.address_1, self.city, self.state_province]))


class Accessibility(Part):
    """How people get in and around. HSDS `accessibility`."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="accessibility")
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)
    details = models.TextField(_("details"), blank=True)
    details_fr = models.TextField(_("details in French"), blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name_plural = "accessibility"

    def __str__(self):
        return self.description or self.description_fr
