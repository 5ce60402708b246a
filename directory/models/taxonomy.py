"""The words the catalogue is sorted by: HSDS `taxonomy`, `taxonomy_term` and their synonyms."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Record, named
from .enums import Language


class Taxonomy(Record):
    """A family of terms: `category`, `serves` or `access`."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)
    uri = models.URLField(_("source"), blank=True)
    version = models.CharField(_("version"), max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "taxonomies"
        constraints = [named("taxonomy")]

    def __str__(self):
        return self.code


class TaxonomyTerm(Record):
    """One term. Its `code` stands in public addresses and never changes."""

    taxonomy = models.ForeignKey(Taxonomy, models.PROTECT, related_name="terms")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=100, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    description = models.TextField(_("description"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)
    term_uri = models.CharField(_("Open Eligibility term"), max_length=200, blank=True)
    sensitive = models.BooleanField(
        _("keep out of page titles"),
        default=False,
        help_text=_("A title or preview that names this could expose a person."),
    )
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            named("taxonomyterm"),
            models.UniqueConstraint(
                fields=["taxonomy", "code"],
                name="taxonomyterm_code_is_unique",
                violation_error_message=_("Another term has this code."),
            ),
        ]

    def __str__(self):
        return self.name or self.name_fr


class Synonym(models.Model):
    """Another word people use for a term, in one language."""

    term = models.ForeignKey(TaxonomyTerm, models.CASCADE, related_name="synonyms")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    text = models.CharField(_("word or phrase"), max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "language", "text"],
                name="synonym_is_unique",
                violation_error_message=_("This word is already there."),
            ),
        ]

    def __str__(self):
        return self.text


class Unit(Record):
    """What a capacity counts: beds, places. HSDS `unit`."""

    identifier = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=60, blank=True)
    scheme = models.CharField(_("scheme"), max_length=60, blank=True)
    uri = models.URLField(_("source"), blank=True)

    class Meta:
        constraints = [named("unit")]

    def __str__(self):
        return self.name or self.name_fr
