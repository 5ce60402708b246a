"""The files of a resource: a new one, and those before it."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coalition.files.fields import UploadField
from coalition.files.models import StoredFile
from coalition.listings.forms.documents import DocumentForm, form_for
from coalition.listings.forms.parts import Posted, Row, Rows, Values, fresh_id

from ..models import ResourceVersion
from ..schema import VERSION

VersionForm = form_for(
    VERSION, "label note*", helps={"label": _("Such as: 2nd edition, May 2026.")}
)


class NewFileForm(VersionForm):
    """A file to add, with what is new in it."""

    file = UploadField(label=_("File"), required=False)

    def __init__(self, posted: Posted):
        super().__init__(posted.data, of={}, prefix="upload")
        self.files = posted.files or {}
        self.fields["file"].keep_for(posted.organization, by=posted.by)
        self.order_fields(["file"])

    def clean(self):
        cleaned = super().clean()
        if not self.errors and self.says_something() and not cleaned.get("file"):
            self.add_error("file", _("Choose a file."))
        return cleaned


class Shown(NamedTuple):
    """One version on its page: its fields, its file, and whether people could have it already."""

    row: Row
    file: StoredFile | None
    lasts: bool


class Versions(Rows):
    """The files, the newest first, and a way to add one. One that people could have stays."""

    template = "components/editor_versions.html"

    def __init__(self, posted: Posted, obj: dict):
        super().__init__(
            "versions",
            lambda posted, item, prefix: [Values(VersionForm, posted, item, f"{prefix}it")],
            posted,
            obj,
            title=_("Files"),
            shown_empty=False,
        )
        self.form = NewFileForm(posted) if posted.by else None

    @property
    def new(self) -> "Versions":
        """The part whose fields are those of the file to add."""
        return self

    @property
    def shown(self) -> list[Shown]:
        named = [one["file"]["id"] for one in self.items]
        own = StoredFile.objects.kept_by(self.posted.organization)
        files = {str(pk): one for pk, one in own.in_bulk(named).items()}
        lasting = self.lasting(self.items)
        return [
            Shown(row, files.get(row.item["file"]["id"]), row.id in lasting) for row in self.rows
        ]

    def lasting(self, items: list[dict]) -> set[str]:
        """Those that people could have already."""
        ids = [item["id"] for item in items]
        known = ResourceVersion.objects.filter(pk__in=ids).values_list("pk", flat=True)
        return {str(pk) for pk in known}

    def is_valid(self) -> bool:
        return super().is_valid() and (self.form is None or self.form.is_valid())

    def written(self, obj: dict) -> dict:
        versions = super().written(obj).get(self.key, [])
        before = obj.get(self.key, [])
        lasting = self.lasting(before)
        kept = {one["id"]: one for one in versions}
        versions = [
            kept.get(one["id"], one) for one in before if one["id"] in kept.keys() | lasting
        ]
        versions = [*self.added(versions), *versions]
        return {**obj, self.key: versions} if versions else super().written({})

    def added(self, versions: list[dict]) -> list[dict]:
        file = self.form.cleaned_data.get("file") if self.form else None
        if file is None or any(one["file"]["id"] == str(file.pk) for one in versions):
            return []
        taken = {one["id"] for one in versions}
        said = {k: v for k, v in self.form.written().items() if k != "file"}
        return [
            {
                "id": fresh_id(self.posted.seed, f"{self.key}-{file.pk}", taken),
                "file": {"id": str(file.pk)},
                "since": timezone.localdate().isoformat(),
                **said,
            }
        ]

    def forms(self) -> Iterator[DocumentForm]:
        if self.form is not None:
            yield self.form
        yield from super().forms()
