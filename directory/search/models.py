"""The one table that search reads: a row for each place of a published service."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from directory.models.services import Service, ServiceAtLocation

from .queries import SearchRowQuerySet


class DateTimeMultiRangeField(models.Field):
    """PostgreSQL's `tstzmultirange`: a set of half-open spans of time."""

    def db_type(self, connection):
        return "tstzmultirange"


class Reach(models.TextChoices):
    """How a row's point is to be understood."""

    PLACE = "place"  # people go to that point
    AREA = "area"  # somewhere around: the exact place is not shown, or the service comes to you
    REMOTE = "remote"  # by phone or online


class SearchRow(models.Model):
    """A published service at one place, or reached by phone or online.

    Made from the public listing document only (`directory.search.index`), so nothing that must
    not be shown can be found here. `latitude`, `longitude` are WGS 84 degrees; `x`, `y`, `z` the
    same point on a unit sphere, whose straight-line distance orders as great circles do.
    `words` is all there is to be found by; `names` the little of it that says what the service is
    (its names; its terms and who runs it), kept apart because ordering reads it for every row
    found. `facets` are `group:code` words; `open` and its siblings say when, up to `known_until`.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    service_at_location = models.ForeignKey(
        ServiceAtLocation, models.CASCADE, null=True, related_name="+"
    )
    reach = models.CharField(max_length=6, choices=Reach)
    organization_id = models.UUIDField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)
    city = models.CharField(max_length=100, blank=True)
    province = models.CharField(max_length=2, blank=True)
    facets = ArrayField(models.CharField(max_length=80), default=list)
    words = SearchVectorField()
    names = SearchVectorField()
    sort_name = models.CharField(max_length=300)
    sort_name_fr = models.CharField(max_length=300)
    assured_date = models.DateField(null=True)
    timezone = models.CharField(max_length=50)
    rules = models.JSONField(default=list)
    open = DateTimeMultiRangeField()
    by_appointment = DateTimeMultiRangeField()
    call_first = DateTimeMultiRangeField()
    unknown = DateTimeMultiRangeField()
    known_until = models.DateTimeField(null=True)
    card = models.JSONField(default=dict)

    objects = SearchRowQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="searchrow_words"),
            GinIndex(fields=["facets"], name="searchrow_facets"),
            models.Index(fields=["organization_id"], name="searchrow_organization"),
            models.Index(fields=["province"], condition=models.Q(x=None), name="searchrow_remote"),
            # What is near is answered from this index alone. Plain columns, because the planner
            # knows how many rows lie between two latitudes, and nothing of points in boxes.
            models.Index(
                fields=["latitude", "longitude"],
                include=["x", "y", "z", "service"],
                name="searchrow_position",
            ),
        ]

    def __str__(self):
        return f"{self.sort_name} {self.city}"
