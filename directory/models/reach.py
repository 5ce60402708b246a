"""How to reach people and what they speak: HSDS `phone`, `url`, `contact`, `language`."""

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Part, named, one_parent
from .enums import PhoneType
from .locations import Location
from .organizations import Organization
from .services import Service, ServiceAtLocation


def parent(model: type[models.Model], name: str) -> models.ForeignKey:
    return models.ForeignKey(model, models.CASCADE, null=True, blank=True, related_name=name)


class Contact(Part):
    """A named person or desk. HSDS `contact`."""

    organization = parent(Organization, "contacts")
    service = parent(Service, "contacts")
    location = parent(Location, "contacts")
    service_at_location = parent(ServiceAtLocation, "contacts")
    name = models.CharField(_("name"), max_length=200, blank=True)
    title = models.CharField(_("role"), max_length=200, blank=True)
    title_fr = models.CharField(_("role in French"), max_length=200, blank=True)
    department = models.CharField(_("department"), max_length=200, blank=True)
    department_fr = models.CharField(_("department in French"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta(Part.Meta):
        constraints = [
            one_parent("contact", "organization", "service", "location", "service_at_location")
        ]

    def __str__(self):
        return self.name or self.title


class Phone(Part):
    """A number to call or text. HSDS `phone`; the first of a list is the one to try first."""

    organization = parent(Organization, "phones")
    service = parent(Service, "phones")
    location = parent(Location, "phones")
    service_at_location = parent(ServiceAtLocation, "phones")
    contact = parent(Contact, "phones")
    number = models.CharField(
        _("number"),
        max_length=30,
        validators=[
            RegexValidator(
                r"^\+?[0-9][0-9 ().\-]{1,27}[0-9]$",
                _("Write the number in digits, such as 807-555-0142."),
            )
        ],
    )
    extension = models.PositiveIntegerField(
        _("extension"), null=True, blank=True, validators=[MaxValueValidator(999_999)]
    )
    type = models.CharField(_("kind"), max_length=9, choices=PhoneType, default=PhoneType.VOICE)
    description = models.CharField(_("note"), max_length=300, blank=True)
    description_fr = models.CharField(_("note in French"), max_length=300, blank=True)

    class Meta(Part.Meta):
        constraints = [
            one_parent(
                "phone", "organization", "service", "location", "service_at_location", "contact"
            ),
            models.CheckConstraint(
                condition=models.Q(type__in=PhoneType.values),
                name="phone_type_is_known",
                violation_error_message=_("Choose what kind of number this is."),
            ),
        ]

    def __str__(self):
        return self.number


class Url(Part):
    """A further link. HSDS `url`."""

    organization = parent(Organization, "additional_websites")
    service = parent(Service, "additional_urls")
    label = models.CharField(_("label"), max_length=200, blank=True)
    label_fr = models.CharField(_("label in French"), max_length=200, blank=True)
    url = models.URLField(_("link"), max_length=500)

    class Meta(Part.Meta):
        constraints = [one_parent("url", "organization", "service")]

    def __str__(self):
        return self.url


class Language(Part):
    """A language spoken there. HSDS `language`; `code` is ISO 639."""

    service = parent(Service, "languages")
    location = parent(Location, "languages")
    name = models.CharField(_("language"), max_length=60, blank=True)
    name_fr = models.CharField(_("language in French"), max_length=60, blank=True)
    code = models.CharField(
        _("code"),
        max_length=3,
        validators=[RegexValidator(r"^[a-z]{2,3}$", _("Two or three letters, such as fr."))],
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    note_fr = models.CharField(_("note in French"), max_length=200, blank=True)

    class Meta(Part.Meta):
        constraints = [one_parent("language", "service", "location"), named("language")]

    def __str__(self):
        return self.name or self.name_fr
