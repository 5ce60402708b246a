"""What coordinators set for the desk."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .enums import DECISIONS, Outcome
from .kinds import KINDS
from .models import CannedReason, Desk


class ReasonForm(forms.ModelForm):
    class Meta:
        model = CannedReason
        fields = ["kind", "outcome", "text", "text_fr"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "text_fr": forms.Textarea(attrs={"rows": 3, "lang": "fr"}),
        }

    kind = forms.ChoiceField(label=gettext_lazy("For what"), required=False)
    outcome = forms.ChoiceField(label=gettext_lazy("For which decision"))
    text = forms.CharField(
        label=gettext_lazy("Text in English"), max_length=1000, widget=Meta.widgets["text"]
    )
    text_fr = forms.CharField(
        label=gettext_lazy("Text in French"), max_length=1000, widget=Meta.widgets["text_fr"]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [(code, kind.label) for code, kind in KINDS.items()]
        self.fields["kind"].choices = [("", _("Everything that is sent in")), *kinds]
        self.fields["outcome"].choices = [(one.value, one.label) for one in DECISIONS]
        if not self.instance.pk:
            self.initial.setdefault("outcome", Outcome.RETURNED.value)


class DeskForm(forms.ModelForm):
    class Meta:
        model = Desk
        fields = ["hide_after_days", "hidden_addresses_per_hour"]
        help_texts = {
            "hide_after_days": gettext_lazy(
                "Its owner is written to before and when it is hidden. Nothing is deleted."
            ),
            "hidden_addresses_per_hour": gettext_lazy(
                "Past it, reports of an address are put first in the queue and wait for you."
            ),
        }
