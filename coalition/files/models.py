"""Files, kept in the database in pieces: in the same transaction and backup as what names them."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from directory.models import Organization

from .enums import PICTURES, Format
from .naming import LENGTH

KEPT_UNNAMED = datetime.timedelta(days=7)
PIECE = 256 * 1024  # bytes


class StoredFileQuerySet(models.QuerySet):
    def kept_by(self, organization: Organization | None):
        """Of this organization; of None, those that the coalition itself keeps."""
        return self.filter(organization=organization)

    def whole(self):
        """What somebody uploaded, without the smaller versions of pictures."""
        return self.filter(original=None)

    def with_small(self):
        """So that `small` asks the database nothing more."""
        return self.select_related("reduced")

    def old(self):
        """Uploaded so long ago that whatever was to name it has been written."""
        return self.whole().filter(created_at__lt=now() - KEPT_UNNAMED)


class StoredFile(models.Model):
    """A file that somebody uploaded, as it is given out. It never changes: a new version is a new
    file.

    `original` is set for the smaller version of a picture alone; it lives as long as that does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=LENGTH)
    size = models.PositiveIntegerField(_("size in bytes"))
    format = models.CharField(_("format"), max_length=4, choices=Format)
    width = models.PositiveSmallIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveSmallIntegerField(_("height"), null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="files"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded"), default=now, editable=False, db_index=True)
    original = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="reduced"
    )

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(format__in=Format.values),
                name="file_format_is_known",
                violation_error_message=_("This is not a kind of file that is kept."),
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0),
                name="file_is_not_empty",
                violation_error_message=_("This file is empty."),
            ),
            models.CheckConstraint(
                condition=Q(format__in=PICTURES, width__isnull=False, height__isnull=False)
                | Q(~Q(format__in=PICTURES), width=None, height=None),
                name="file_has_measures_as_a_picture",
                violation_error_message=_("A picture has a width and a height, a document none."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def kind(self) -> Format:
        return Format(self.format)

    @property
    def content_type(self) -> str:
        """From what it is, never from what the upload said."""
        return self.kind.content_type

    @property
    def is_picture(self) -> bool:
        return self.kind.is_picture

    @property
    def small(self) -> "StoredFile":
        """For a small screen or a list: at most 800 pixels long, the file itself if it is that."""
        return getattr(self, "reduced", self)


class FilePiece(models.Model):
    """256 KiB of a file, or its last piece; `number` counts from 0."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="pieces")
    number = models.PositiveSmallIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file", "number"],
                name="filepiece_is_unique",
                violation_error_message=_("This piece of the file is there already."),
            ),
        ]

    def __str__(self):
        return f"{self.file_id} {self.number}"
