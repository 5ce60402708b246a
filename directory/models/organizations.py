"""Who offers services: organizations and their programs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Named, Record, named


class Organization(Named, Record):
    """A group that offers services. HSDS `organization`."""

    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=300, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=300, blank=True)
    alternate_name = models.CharField(_("also known as"), max_length=300, blank=True)
    alternate_name_fr = models.CharField(_("also known as, in French"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    legal_status = models.CharField(_("legal status"), max_length=100, blank=True)
    year_incorporated = models.PositiveSmallIntegerField(
        _("year incorporated"), null=True, blank=True
    )
    parent_organization = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children"
    )

    class Meta:
        constraints = [named("organization")]


class Program(Record):
    """Services run under one heading. HSDS `program`."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="programs")
    name = models.CharField(_("name"), max_length=300, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=300, blank=True)
    alternate_name = models.CharField(_("also known as"), max_length=300, blank=True)
    alternate_name_fr = models.CharField(_("also known as, in French"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)

    class Meta:
        constraints = [named("program")]

    def __str__(self):
        return self.name or self.name_fr


class OrganizationSlug(models.Model):
    """An address an organization's page once had; it redirects for good."""

    slug = models.SlugField(max_length=80, primary_key=True)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="former_slugs")

    def __str__(self):
        return self.slug
