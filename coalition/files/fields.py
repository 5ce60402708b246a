"""Choosing a file in a form, so that it is not lost when something else in the form is wrong."""

from typing import NamedTuple

from django import forms
from django.core import signing
from django.core.files import File
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from coalition.accounts.models import User
from directory.models import Organization

from .actions import keep
from .enums import PICTURES, Format
from .models import KEPT_UNNAMED, StoredFile

SALT = "coalition.files.kept"
LONGEST = int(KEPT_UNNAMED.total_seconds()) - 24 * 3600  # a day before it might be forgotten
HELP = {
    True: _("JPEG, PNG or WebP, up to 10 MB. Where and when a photo was taken is removed from it."),
    False: _(
        "PDF, Word, Excel, PowerPoint, OpenDocument, CSV or plain text up to 20 MB, or a picture "
        "up to 10 MB."
    ),
}


class Sent(NamedTuple):
    """What a form sent of a file: a new one, the one it had kept already, that it is to go."""

    upload: File | None
    token: str
    remove: bool


class UploadWidget(forms.FileInput):
    """The file that is there, if any, with a way to take it out; and the way to choose another."""

    def __init__(self, attrs: dict | None = None, *, pictures_only: bool = False):
        formats = PICTURES if pictures_only else list(Format)
        accepted = [format.content_type.partition(";")[0] for format in formats]
        super().__init__({"accept": ",".join([*accepted, *(f.extension for f in formats)])})
        self.attrs |= attrs or {}
        self.file: StoredFile | None = None
        self.token = ""

    def value_from_datadict(self, data, files, name: str) -> Sent:
        return Sent(
            super().value_from_datadict(data, files, name),
            data.get(f"{name}-kept", ""),
            f"{name}-remove" in data,
        )

    def value_omitted_from_data(self, data, files, name: str) -> bool:
        return name not in files and f"{name}-kept" not in data and f"{name}-remove" not in data

    def use_required_attribute(self, initial) -> bool:
        return super().use_required_attribute(initial) and not (initial or self.file)

    def get_context(self, name: str, value, attrs: dict | None) -> dict:
        file = value if isinstance(value, StoredFile) else None
        file = self.file or file
        context = super().get_context(name, None, attrs)
        told = context["widget"]["attrs"]
        if file and "id" in told:
            told["aria-describedby"] = (
                f"{told['id']}_kept {told.get('aria-describedby', '')}".strip()
            )
        return context | {"file": file, "token": self.token}

    def render(self, name: str, value, attrs: dict | None = None, renderer=None) -> SafeString:
        context = self.get_context(name, value, attrs)
        return mark_safe(render_to_string("components/upload.html", context))  # noqa: S308


class UploadField(forms.FileField):
    """A file, kept at once; the form's value is a StoredFile, or None where there is none.

    The form says for whom, and what is there already is its `initial`:

        class PosterForm(forms.Form):
            poster = UploadField(label=_("Poster"), pictures_only=True, required=False)

            def __init__(self, *args, organization, by, **kwargs):
                super().__init__(*args, **kwargs)
                self.fields["poster"].keep_for(organization, by=by)

        form = PosterForm(request.POST, request.FILES, initial={"poster": stored}, …)

    What is wrong with a file stands beside the field. One that is right is kept while the form is
    checked, even where another field is wrong: the page that comes back names it and carries a
    signed token instead, so that nobody chooses it twice. Write the identifier in a document in
    the transaction of `actions.hold`; a file that no document names is forgotten after a week.
    The form needs `enctype="multipart/form-data"`.
    """

    def __init__(self, *, pictures_only: bool = False, **options):
        self.pictures_only = pictures_only
        self.organization: Organization | None = None
        self.by: User | None = None
        options.setdefault("help_text", HELP[pictures_only])
        options.setdefault("widget", UploadWidget(pictures_only=pictures_only))
        super().__init__(**options)

    def keep_for(self, organization: Organization | None, *, by: User) -> None:
        self.organization, self.by = organization, by

    def clean(self, data: Sent, initial: StoredFile | None = None) -> StoredFile | None:
        if self.by is None:
            raise TypeError("Say by keep_for() whose file it is to be.")
        before = self.kept_before(data.token)
        self.show(before)
        if data.upload:
            file = keep(
                data.upload,
                organization=self.organization,
                by=self.by,
                pictures_only=self.pictures_only,
            )
            self.show(file)
            return file
        if data.remove:
            self.show(None)
        file = None if data.remove else before or initial
        if file is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return file

    def show(self, file: StoredFile | None) -> None:
        self.widget.file = file
        self.widget.token = signing.dumps([str(file.pk), self.by.pk], salt=SALT) if file else ""

    def kept_before(self, token: str) -> StoredFile | None:
        """What this form kept for this person, when another field was wrong."""
        try:
            file_id, user_id = signing.loads(token, salt=SALT, max_age=LONGEST)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        if user_id != self.by.pk:
            return None
        return StoredFile.objects.kept_by(self.organization).filter(pk=file_id).first()

    def bound_data(self, data: Sent, initial: StoredFile | None) -> StoredFile | None:
        """What the page that comes back shows, where nothing was kept just now."""
        return None if data and data.remove else initial

    def has_changed(self, initial: StoredFile | None, data: Sent) -> bool:
        return bool(data and (data.upload or data.token or data.remove))
