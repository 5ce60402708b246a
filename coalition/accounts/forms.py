"""Forms about a person's own account."""

from allauth.core import ratelimit
from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models.enums import Language

from .models import User


class SignupForm(forms.Form):
    """What django-allauth asks besides e-mail and password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("For the people you work with here. A first name is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("The language we write to you in"), choices=Language, widget=forms.RadioSelect
    )


class DeleteForm(forms.Form):
    """Asks for the password again, and that it is meant."""

    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    sure = forms.BooleanField(label=_("Delete my account. I know that it cannot be undone."))

    def __init__(self, *args, request, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.request.user):
            raise forms.ValidationError(_("Too many tries. Wait a minute."))
        if not self.request.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password
