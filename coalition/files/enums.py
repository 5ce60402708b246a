"""Closed sets about files."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Format(TextChoices):
    """What a kept file is, told by its content."""

    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    PPTX = "pptx", _("PowerPoint presentation")
    ODT = "odt", _("OpenDocument text")
    ODS = "ods", _("OpenDocument spreadsheet")
    ODP = "odp", _("OpenDocument presentation")
    CSV = "csv", _("Table (CSV)")
    TXT = "txt", _("Plain text")
    PNG = "png", _("Picture (PNG)")
    JPEG = "jpeg", _("Picture (JPEG)")
    WEBP = "webp", _("Picture (WebP)")

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self]

    @property
    def extension(self) -> str:
        """How a file's name ends, with the dot."""
        return ".jpg" if self is Format.JPEG else f".{self}"

    @property
    def is_picture(self) -> bool:
        return self in PICTURES


PICTURES = (Format.JPEG, Format.PNG, Format.WEBP)
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
CONTENT_TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: f"{OFFICE}.wordprocessingml.document",
    Format.XLSX: f"{OFFICE}.spreadsheetml.sheet",
    Format.PPTX: f"{OFFICE}.presentationml.presentation",
    Format.ODT: f"{OPEN_DOCUMENT}.text",
    Format.ODS: f"{OPEN_DOCUMENT}.spreadsheet",
    Format.ODP: f"{OPEN_DOCUMENT}.presentation",
    Format.CSV: "text/csv; charset=utf-8",
    Format.TXT: "text/plain; charset=utf-8",
    Format.PNG: "image/png",
    Format.JPEG: "image/jpeg",
    Format.WEBP: "image/webp",
}
