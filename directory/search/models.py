"""The one table that search reads: a row for each place of a published service."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models.organizations import Organization
from directory.models.services import Service, ServiceAtLocation


class DateTimeMultiRangeField(models.Field):
    """PostgreSQL's `tstzmultirange`: a set of half-open spans of time."""

    def db_type(self, connection):
        return "tstzmultirange"


class Reach(models.TextChoices):
    """How a row's point is to be understood."""

    PLACE = "place"  # people go to that point
    AREA = "area"  # somewhere around: the exact place is not shown, or the service comes to you
    REMOTE = "remote"  # by phone or online


class FacetSet(models.Model):
    """One combination of facets (`group:code`, sorted), and the ages served (`age:16-24`, either
    end may be missing). Written once, never changed or taken away, so that whoever has read one
    may keep it. `key` is its digest."""

    id = models.AutoField(primary_key=True)
    key = models.CharField(max_length=32, unique=True)
    facets = ArrayField(models.CharField(max_length=80))

    def __str__(self):
        return " ".join(self.facets)


class SearchRow(models.Model):
    """A published service at one place, or reached by phone or online.

    Made from the public listing document only (`directory.search.rows`), so nothing that must
    not be shown can be found here. `number` is the service's, below zero where it has more than
    one row. `latitude`, `longitude` are WGS 84 degrees; `x`, `y`, `z` the same point on a unit
    sphere, whose straight-line distance orders as great circles do. `words` is all there is to be
    found by, without positions: a stem; `=stem` where the service's name has it; `~stem` where its
    name, terms or organization do; and every facet (`category:naloxone`). `open` and its siblings
    say when, up to `known_until`.

    What every question reads stays in the row; what few do (`card`, `words`, `rules`) is kept
    aside by the storage set in the migration, so that a page of the table holds many rows.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    service_at_location = models.ForeignKey(
        ServiceAtLocation, models.CASCADE, null=True, related_name="+"
    )
    number = models.IntegerField()
    facet_set = models.ForeignKey(FacetSet, models.PROTECT, related_name="+", db_index=False)
    reach = models.CharField(max_length=6, choices=Reach)
    organization_id = models.UUIDField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)
    city = models.CharField(max_length=100, blank=True)
    province = models.CharField(max_length=2, blank=True)
    words = SearchVectorField()
    sort_name = models.CharField(max_length=300)
    sort_name_fr = models.CharField(max_length=300)
    assured_date = models.DateField(null=True)
    temporarily_closed = models.BooleanField(default=False)
    timezone = models.CharField(max_length=50)
    rules = models.JSONField(default=list)
    open = DateTimeMultiRangeField()
    by_appointment = DateTimeMultiRangeField()
    call_first = DateTimeMultiRangeField()
    unknown = DateTimeMultiRangeField()
    known_until = models.DateTimeField(null=True)
    card = models.JSONField(default=dict)

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="searchrow_words", fastupdate=False),
            models.Index(fields=["organization_id"], name="searchrow_organization"),
            models.Index(fields=["number"], name="searchrow_number"),
            models.Index(
                fields=["province"],
                include=["number", "facet_set", "assured_date"],
                condition=models.Q(x=None),
                name="searchrow_remote",
            ),
            # What is near is answered from this index alone. Plain columns, because the planner
            # knows how many rows lie between two latitudes, and nothing of points in boxes.
            models.Index(
                fields=["latitude", "longitude"],
                include=["x", "y", "z", "number", "facet_set", "assured_date"],
                name="searchrow_position",
            ),
        ]

    def __str__(self):
        return f"{self.sort_name} {self.city}"


class Word(models.Model):
    """A word that public listings, terms or synonyms use: what a misspelt one may be put right to.

    `text` is folded, `shown` as it is written most, with its accents. `slips` is `text` and every
    spelling of it with one letter left out: two words one slip apart share one of these.
    """

    text = models.CharField(max_length=40, primary_key=True)
    shown = models.CharField(max_length=60)
    services = models.IntegerField(default=0)
    slips = ArrayField(models.CharField(max_length=40))

    class Meta:
        indexes = [
            GinIndex(fields=["slips"], name="word_slips", fastupdate=False),
            GinIndex(
                fields=["text"], name="word_trigrams", opclasses=["gin_trgm_ops"], fastupdate=False
            ),
        ]

    def __str__(self):
        return self.shown


class OrganizationStart(models.Model):
    """An organization's name from one of its words on, folded: what typing its start suggests.

    `first`: from its first word on. In the order of the collation C whatever the database's, the
    index gives the first few that begin so without reading the others.
    """

    start = models.CharField(max_length=100, db_collation="C")
    first = models.BooleanField()
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["first", "start"], name="organizationstart_start"),
        ]

    def __str__(self):
        return self.start


class MissedSearch(models.Model):
    """That something was looked for in vain, in a week and a province: not by whom, nor what.

    `word_hash` is keyed with the site's secret. `days` has a bit for each day of the week on which
    someone said so (1 is Monday, 64 Sunday). `word` is empty until five different days have asked.
    """

    week = models.DateField()
    province = models.CharField(max_length=2, blank=True)
    word_hash = models.CharField(max_length=64, db_index=True)
    times = models.PositiveIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=0)
    word = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "missed searches"
        constraints = [
            models.UniqueConstraint(
                fields=["week", "province", "word_hash"],
                name="missedsearch_is_unique",
                violation_error_message=_("This was counted for this week already."),
            )
        ]

    def __str__(self):
        return f"{self.week} {self.province}"
