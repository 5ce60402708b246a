"""Which province a service without a place is for, and on which clock its hours are."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.interchange.schema import SERVICE

from .documents import DocumentForm, form_for

ZONES = {
    "America/St_Johns": _("Newfoundland"),
    "America/Halifax": _("Atlantic"),
    "America/Toronto": _("Eastern"),
    "America/Winnipeg": _("Central"),
    "America/Regina": _("Saskatchewan"),
    "America/Edmonton": _("Mountain"),
    "America/Vancouver": _("Pacific"),
    "America/Whitehorse": _("Yukon"),
}


class RegionBase(DocumentForm):
    def __init__(self, data, *, of: dict, prefix: str):
        super().__init__(data, of=of, prefix=prefix)
        own = of.get("timezone")
        extra = [(own, own)] if own and own not in ZONES else []
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[*ZONES.items(), *extra],
            initial=own or "America/Toronto",
        )


RegionForm = form_for(
    SERVICE,
    "state_province timezone",
    base=RegionBase,
    helps={
        "state_province": _(
            "For a service without a place people go to, such as a phone line. "
            "Empty for all of Canada."
        )
    },
)
