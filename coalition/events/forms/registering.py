"""What people say who mean to come: a first name, and no more unless they want to."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RegistrationForm(forms.Form):
    first_name = forms.CharField(
        label=_("A first name"),
        help_text=_("Any you like. The organizer sees it, and nothing else."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give a name to be called by. It can be any.")},
    )
    email = forms.EmailField(
        label=_("E-mail, for a reminder (you need not)"),
        help_text=_("Only to remind you and to tell you of changes. Deleted a week after."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
