"""What residents may say about a listing, and what protects the form."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Location
from directory.models.enums import Visibility
from directory.public.anonymous import TRAP

from .enums import Wrong


class CorrectionForm(forms.Form):
    """What is wrong, in words; how to reach whoever says so, if they wish."""

    wrong = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Wrong.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is wrong."), "invalid_choice": _("Choose one.")},
    )
    place = forms.ChoiceField(label=_("Which address?"), required=False)
    text = forms.CharField(
        label=_("In your words"),
        help_text=_("What did you find, and when? Leave out what others should not know of you."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=3000,
        required=False,
    )
    contact = forms.CharField(
        label=_("How can we reach you? (you need not say)"),
        help_text=_(
            "An e-mail or a phone number. Only coordinators see it, and it is deleted once this is"
            " settled."
        ),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, places: list[Location], **options):
        super().__init__(data, **options)
        if len(places) > 1:
            self.fields["place"].choices = [
                ("", _("All of them, or I do not know")),
                *((str(place.pk), name_of(place)) for place in places),
            ]
            self.fields["place"].help_text = _("Only where an address should not be shown.")
        else:
            del self.fields["place"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("wrong") == Wrong.DETAILS and not cleaned.get("text", "").strip():
            self.add_error("text", _("Say in a few words what is not right."))
        return cleaned

    @property
    def places(self) -> list[uuid.UUID]:
        chosen = self.cleaned_data.get("place")
        return [uuid.UUID(chosen)] if chosen else []


def name_of(place: Location) -> str:
    """A place as residents read it."""
    address = next(iter(place.addresses.all()), None)
    if place.visibility == Visibility.PUBLIC:
        street = address.address_1 if address else ""
        return " · ".join(filter(None, [street or str(place), address and address.city]))
    return str(_("%s area") % address.city) if address else "—"


def is_robot(data) -> bool:
    """Whether the field that nobody sees was filled in."""
    return bool(data.get(TRAP))
