"""Where a listing came from, and what its source last said."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .services import Service


class SourceRecord(models.Model):
    """A listing as its source gave it last.

    `document` is the listing document last imported: a value of the listing that differs from
    it was set by a person, and an import leaves it alone.
    """

    source = models.SlugField(_("source"), max_length=60)
    source_id = models.CharField(_("identifier at the source"), max_length=200)
    service = models.ForeignKey(Service, models.CASCADE, related_name="source_records")
    document = models.JSONField(_("values last imported"))
    imported_at = models.DateTimeField(_("imported"), auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                name="sourcerecord_is_unique",
                violation_error_message=_("This source record is already there."),
            ),
        ]

    def __str__(self):
        return f"{self.source} {self.source_id}"
