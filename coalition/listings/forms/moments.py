"""Moments on the clock that a document is written in."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models.base import known_timezones

from .documents import DocumentForm
from .zones import ZONES

USUAL = "America/Toronto"
LOCAL = "%Y-%m-%dT%H:%M"


class LocalMomentField(forms.DateTimeField):
    """A day and a time, without a zone: the form says on whose clock it is."""

    def __init__(self, **options):
        widget = forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL)
        super().__init__(widget=widget, required=False, **options)


class MomentsForm(DocumentForm):
    """Moments are typed on the clock of the document's time zone, and written in UTC.

    Where the zone itself is among the fields, the one that was chosen counts.
    """

    def __init__(self, data, *, of: dict, prefix: str):
        super().__init__(data, of=of, prefix=prefix)
        own = self.clock(of)
        if "timezone" in self.fields:
            extra = [] if own in ZONES else [(own, own)]
            self.fields["timezone"].choices = [*ZONES.items(), *extra]
            self.initial["timezone"] = own
            own = self.data.get(self.add_prefix("timezone"), own)
        self.zone = ZoneInfo(own if own in known_timezones() else USUAL)
        for name, field in self.fields.items():
            if isinstance(field, LocalMomentField) and name in of:
                moment = datetime.datetime.fromisoformat(of[name]).astimezone(self.zone)
                self.initial[name] = moment.replace(tzinfo=None)

    def clock(self, of: dict) -> str:
        """The IANA name of the time zone that a document is in."""
        return of.get("timezone") or USUAL

    def full_clean(self) -> None:
        with timezone.override(self.zone):
            super().full_clean()

    def written(self) -> dict:
        result = super().written()
        for name, field in self.fields.items():
            if isinstance(field, LocalMomentField) and (moment := self.cleaned_data.get(name)):
                result[name] = kept_text(moment, self.of.get(name))
        return result

    def clean(self):
        cleaned = super().clean()
        for name, field in self.fields.items():
            moment = cleaned.get(name)
            if isinstance(field, LocalMomentField) and moment and not 2000 <= moment.year <= 2100:
                self.add_error(name, _("Give a day between the years 2000 and 2100."))
        return cleaned


def kept_text(moment: datetime.datetime, before: str | None) -> str:
    """In UTC; as it was written before, where it is the same minute."""
    if (
        before
        and datetime.datetime.fromisoformat(before).replace(second=0, microsecond=0) == moment
    ):
        return before
    return moment.astimezone(datetime.UTC).isoformat()
