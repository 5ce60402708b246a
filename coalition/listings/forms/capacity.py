"""How many are free."""

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.interchange.schema import CAPACITY
from directory.models import Unit

from .documents import DocumentForm, form_for


def units() -> list[tuple[str, str]]:
    """What can be counted, by name in the reader's language."""
    french = get_language() == "fr"
    return sorted(
        (
            (unit.identifier, (french and unit.name_fr) or unit.name or unit.name_fr)
            for unit in Unit.objects.all()
        ),
        key=lambda choice: choice[1],
    )


class CapacityBase(DocumentForm):
    """So many of a unit are free, of so many; counted when the number was changed."""

    def __init__(self, data, *, of: dict, prefix: str, units: list[tuple[str, str]]):
        super().__init__(data, of=of, prefix=prefix)
        self.fields["unit"] = forms.ChoiceField(
            label=_("What is counted"),
            required=False,
            choices=[("", "—"), *units],
            initial=of.get("unit", {}).get("identifier", ""),
        )
        self.order_fields(["unit"])

    def clean(self):
        cleaned = super().clean()
        free, whole = cleaned.get("available"), cleaned.get("maximum")
        if free is not None and whole is not None and free > whole:
            self.add_error("available", _("More are free than there are in all."))
        if self.says_something() and not self.errors and not cleaned.get("unit"):
            self.add_error("unit", _("Say what is counted."))
        if self.says_something() and not self.errors and free is None:
            self.add_error("available", _("Say how many are free, 0 for none."))
        return cleaned

    def written(self) -> dict:
        written = super().written()
        written.pop("unit", None)
        if code := self.cleaned_data.get("unit"):
            written["unit"] = {"identifier": code}
        if self.says_something() and {"available", "maximum", "unit"} & set(self.changed_data):
            written["updated"] = timezone.now().isoformat()
        return written


CapacityForm = form_for(CAPACITY, "available maximum description*", base=CapacityBase)
