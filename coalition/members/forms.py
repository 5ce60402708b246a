"""The forms of joining, of an organization's people, and of the desk about both."""

import uuid

from django import forms
from django.core import signing
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from directory.models.enums import Language

from .enums import Role, Standing
from .models import Application, Principles

SALT_START = "coalition.join"
START_HOURS = 12
TEXT_LENGTH = 5000
EMAIL_LENGTH = 254


class StartForm(forms.Form):
    """Begins an application. `token` stands in for the cookie that no visitor has."""

    contact_name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=EMAIL_LENGTH,
        help_text=_("We send you a link there, to go on whenever you like."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = self.new_token

    @staticmethod
    def new_token() -> str:
        return signing.dumps(str(uuid.uuid4()), salt=SALT_START)

    def renew(self) -> None:
        """Give what was typed a new token, to be sent once more."""
        self.data = self.data.copy()
        self.data["token"] = self.new_token()

    def clean(self) -> dict:
        try:
            number = signing.loads(
                self.cleaned_data.get("token", ""), salt=SALT_START, max_age=START_HOURS * 3600
            )
        except signing.BadSignature:
            raise forms.ValidationError(
                _("This page has been open for too long. Send it again: nothing is lost.")
            ) from None
        # The same page sent twice begins one application; with another address, another one.
        email = self.cleaned_data.get("email", "").lower()
        self.cleaned_data["id"] = uuid.uuid5(uuid.UUID(number), email)
        return self.cleaned_data


class LinkForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class OrganizationForm(forms.ModelForm):
    website = forms.URLField(
        label=_("Website"), required=False, max_length=500, assume_scheme="https"
    )

    class Meta:
        model = Application
        fields = (
            "name",
            "name_fr",
            "website",
            "phone",
            "address_1",
            "city",
            "state_province",
            "postal_code",
        )
        labels = {
            "name": _("Name of the organization"),
            "name_fr": _("Name in French"),
            "phone": _("Phone"),
            "address_1": _("Street address"),
            "city": _("Town"),
            "state_province": _("Province or territory"),
            "postal_code": _("Postal code"),
        }
        help_texts = {
            "name_fr": _("If it has one. One of the two names is needed."),
            "address_1": _("Leave it empty if it must stay private: nobody is shown it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("city", "state_province"):
            self.fields[name].required = True
        self.fields["state_province"].choices = [
            ("", _("Choose…")),
            *[choice for choice in self.fields["state_province"].choices if choice[0]],
        ]

    def clean_postal_code(self) -> str:
        code = self.cleaned_data["postal_code"].upper().replace(" ", "")
        return f"{code[:3]} {code[3:]}" if code else ""

    def clean(self) -> dict:
        cleaned = super().clean()
        if not (cleaned.get("name") or cleaned.get("name_fr")) and "name" not in self.errors:
            self.add_error("name", _("Give a name in English or in French."))
        return cleaned


def ask_for_text(field: forms.Field) -> None:
    field.required = True
    field.validators.append(MaxLengthValidator(TEXT_LENGTH))


class WorkForm(forms.ModelForm):
    class Meta:
        model = Application
        fields = ("does",)
        labels = {"does": _("What you do")}
        help_texts = {"does": _("In a few plain sentences. You add each service later.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ask_for_text(self.fields["does"])


class ServesForm(forms.ModelForm):
    class Meta:
        model = Application
        fields = ("serves", "peer_led", "indigenous_led")
        labels = {
            "serves": _("Who you are there for"),
            "peer_led": _("Led by people with lived or living experience (peer-led)"),
            "indigenous_led": _("Led by First Nations, Inuit or Métis people (Indigenous-led)"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ask_for_text(self.fields["serves"])


class ContactForm(forms.ModelForm):
    class Meta:
        model = Application
        fields = ("contact_name", "contact_role", "contact_phone")
        labels = {
            "contact_name": _("Your name"),
            "contact_role": _("What you do there"),
            "contact_phone": _("A phone we can reach you at"),
        }
        help_texts = {
            "contact_phone": _("Only coordinators see it, to check that it is you."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("contact_name", "contact_role"):
            self.fields[name].required = True


class PrinciplesForm(forms.Form):
    """Agreement to the version that was on the page."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agree = forms.BooleanField(label=_("We agree to these principles."))

    def __init__(self, *args, principles: Principles, **kwargs):
        super().__init__(*args, initial={"version": principles.version}, **kwargs)
        self.principles = principles

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("version") not in (None, self.principles.version):
            self.data = self.data.copy()
            self.data["version"] = self.principles.version
            self.data.pop("agree", None)
            raise forms.ValidationError(
                _("The principles have changed since you opened this page. Read them again."),
                code="stale" if cleaned["version"] < self.principles.version else "unknown",
            )
        return cleaned


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=EMAIL_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("What they may do"),
        choices=[
            (Role.EDITOR, _("Editor: write listings")),
            (Role.OWNER, _("Owner: write listings, and look after the people here")),
        ],
        initial=Role.EDITOR,
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=_("The language we write to them in"), choices=Language, widget=forms.RadioSelect
    )


class StandingForm(forms.Form):
    """Suspend an organization, let it leave, or take it back."""

    standing = forms.ChoiceField(choices=Standing)
    listings = forms.ChoiceField(
        label=_("Its listings"),
        choices=[
            ("hide", _("Hide them: nothing is deleted")),
            ("keep", _("Leave them online: coordinators look after them")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Why"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("standing") in (Standing.SUSPENDED, Standing.LEFT):
            if not cleaned.get("listings"):
                self.add_error("listings", _("Say what happens to its listings."))
            if not cleaned.get("note", "").strip():
                self.add_error("note", _("Say why: it is kept in the record."))
        return cleaned
