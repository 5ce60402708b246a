"""One time of a repeated event that differs, and cancelling."""

import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.events.models.events import Event
from coalition.events.models.times import EventChange, Occurrence
from coalition.events.recurrence import within_reach

DATE = {"type": "date"}
TIME = {"type": "time"}
TEXT = {"rows": 3, "lang": "en"}
# What a value of one time is called where it is for all of them.
OF_EVENT = {
    "place": "place_name",
    "place_fr": "place_name_fr",
    "note": "status_note",
    "note_fr": "status_note_fr",
}


class TimeForm(forms.Form):
    """When this time is, whether it takes place, and which others the change is for."""

    reach = forms.ChoiceField(
        label=gettext_lazy("What do you change?"),
        choices=[
            ("one", gettext_lazy("This one only")),
            ("following", gettext_lazy("This one and those after it")),
            ("all", gettext_lazy("All of them")),
        ],
        widget=forms.RadioSelect,
    )
    cancelled = forms.BooleanField(
        label=gettext_lazy("It does not take place"),
        required=False,
        help_text=gettext_lazy("For this one only. It stays to be seen, and says so."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(DATE, format="%Y-%m-%d"),
        validators=[within_reach],
    )
    starts_at = forms.TimeField(
        label=gettext_lazy("From"), required=False, widget=forms.TimeInput(TIME, format="%H:%M")
    )
    ends_at = forms.TimeField(
        label=gettext_lazy("Until"), required=False, widget=forms.TimeInput(TIME, format="%H:%M")
    )
    place = forms.CharField(label=gettext_lazy("Other place"), required=False, max_length=300)
    place_fr = forms.CharField(
        label=gettext_lazy("Other place, in French"), required=False, max_length=300
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=1000, widget=forms.Textarea(TEXT)
    )
    note_fr = forms.CharField(
        label=gettext_lazy("Note in French"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({**TEXT, "lang": "fr"}),
    )

    def __init__(
        self, data=None, *, event: Event, occurrence: Occurrence, change: EventChange | None
    ):
        begins = occurrence.starts_at.astimezone(event.zone)
        initial = {
            "reach": "one",
            "starts_on": begins.date(),
            "starts_at": None if occurrence.all_day else begins.time(),
            "ends_at": (change and change.ends_at) or event.ends_at,
        }
        if change is not None:
            for name in ("cancelled", "place", "place_fr", "note", "note_fr"):
                initial[name] = getattr(change, name)
        super().__init__(data, initial=initial)
        self.event, self.occurrence = event, occurrence
        if not event.rrule:
            self.fields["reach"].choices = [
                ("one", _("This event")),
                ("all", _("More than its day and time")),
            ]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("ends_at") and not cleaned.get("starts_at") and "starts_at" in cleaned:
            self.add_error("starts_at", _("Say from when, not only until when."))
        moved = cleaned.get("starts_on") != self.fields_day
        if cleaned.get("reach") == "following" and moved and cleaned.get("starts_on"):
            self.add_error(
                "starts_on", _("For this one and those after it, change the day in “All of them”.")
            )
        if cleaned.get("reach") != "one" and cleaned.get("cancelled"):
            self.add_error("cancelled", _("Only one time can be cancelled here."))
        return cleaned

    @property
    def fields_day(self) -> datetime.date:
        return self.occurrence.starts_at.astimezone(self.event.zone).date()

    def for_one(self) -> dict:
        """The values of a change, for what differs from the usual only."""
        cleaned = self.cleaned_data
        usual = {
            "starts_on": self.occurrence.recurrence_id,
            "starts_at": self.event.starts_at,
            "ends_at": self.event.ends_at,
        }
        said = {
            "cancelled": cleaned["cancelled"],
            **{name: cleaned[name].strip() for name in ("place", "place_fr", "note", "note_fr")},
        }
        for name, value in usual.items():
            if cleaned[name] != value and cleaned[name] is not None:
                said[name] = written(cleaned[name])
        if "starts_at" in said and cleaned["ends_at"]:
            said["ends_at"] = written(cleaned["ends_at"])
        return said

    def for_all(self) -> dict:
        """What of it was typed here, as values of the event."""
        typed = {OF_EVENT.get(name, name) for name in self.changed_data}
        return {name: value for name, value in self.for_series().items() if name in typed}

    def for_series(self) -> dict:
        """The values of the event that goes on from here."""
        cleaned = self.cleaned_data
        values = {
            "starts_at": written(cleaned["starts_at"]),
            "ends_at": written(cleaned["ends_at"]),
        }
        if cleaned["place"] or cleaned["place_fr"]:
            values |= {"place_name": cleaned["place"], "place_name_fr": cleaned["place_fr"]}
        return values | {"status_note": cleaned["note"], "status_note_fr": cleaned["note_fr"]}


def written(value) -> str:
    if isinstance(value, datetime.time):
        return value.isoformat("minutes")
    return value.isoformat() if value else ""


class CancelForm(forms.Form):
    status_note = forms.CharField(
        label=gettext_lazy("Why, or what instead"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "lang": "en"}),
    )
    status_note_fr = forms.CharField(
        label=gettext_lazy("The same in French"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "lang": "fr"}),
    )
