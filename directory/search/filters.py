"""The parameters of /services/ (a public contract, see the README's table)."""

import datetime
from functools import cache

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.hours.days import zone
from directory.hours.spans import HORIZON_DAYS
from directory.places.gazetteer import Found, Place, find

from . import vocabulary
from .facets import Choice
from .models import SearchRow

SORTS = [
    ("best", gettext_lazy("Best match")),
    ("distance", gettext_lazy("Nearest")),
    ("checked", gettext_lazy("Checked lately")),
]
GENDERS = [
    ("women", gettext_lazy("A woman")),
    ("men", gettext_lazy("A man")),
    ("trans-nonbinary", gettext_lazy("Trans or non-binary")),
    ("two-spirit", gettext_lazy("Two-Spirit")),
]
GROUPS = ("access", "category", "serves", "led", "delivery", "language")
YESTERDAY = datetime.timedelta(days=1)
KNOWN_AHEAD = datetime.timedelta(days=HORIZON_DAYS)
FARTHEST_KM = 6000  # no two places in Canada are farther apart
OLDEST = 120


class PlaceField(forms.CharField):
    """A town, postal code or `lat,lon`. Cleans to what the gazetteer found, known or not."""

    def clean(self, value) -> Found | None:
        text = super().clean(value)
        return find(text) if text else None


class InstantField(forms.CharField):
    """`now`, or a moment as ISO 8601; without an offset it stays naive, for the place to tell."""

    def clean(self, value) -> datetime.datetime | None:
        text = super().clean(value)
        if not text:
            return None
        if text == "now":
            return timezone.now()
        try:
            moment = parse_datetime(text.replace(" ", "+") if "T" in text else text)
        except ValueError:
            moment = None
        if moment is None or not 2000 <= moment.year <= 2100:
            raise ValidationError(_("Write “now”, or a date and time such as 2026-12-24T20:00."))
        today = timezone.now().replace(tzinfo=None)
        ahead = moment.replace(tzinfo=None) - today
        if not -YESTERDAY <= ahead <= KNOWN_AHEAD:
            raise ValidationError(
                _("Hours are known from today for the next four weeks. Choose a moment in them.")
            )
        return moment


class PlaceFilter(filters.Filter):
    field_class = PlaceField


class LastOneWritten(forms.TextInput):
    """Where a page offers "now" and a day and time under one name, what was filled in last."""

    def value_from_datadict(self, data, files, name):
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        return next((value for value in reversed(values) if value), "")


class InstantFilter(filters.Filter):
    field_class = InstantField

    def __init__(self, **kwargs):
        super().__init__(widget=LastOneWritten, **kwargs)


class WholeNumberFilter(filters.Filter):
    field_class = forms.IntegerField


class CodesField(forms.Field):
    """Any of a set of codes. A multiple choice without the labels, which cost more than the
    search to prepare for every page."""

    widget = forms.SelectMultiple
    default_error_messages = {
        "invalid_choice": forms.MultipleChoiceField.default_error_messages["invalid_choice"]
    }

    def __init__(self, codes, **kwargs):
        super().__init__(**kwargs)
        self.codes = codes

    def to_python(self, value) -> list[str]:
        return list(dict.fromkeys(value or ()))

    def validate(self, value) -> None:
        known = self.codes()
        for code in value:
            if code not in known:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": code},
                )


class CodesFilter(filters.Filter):
    """Any of the chosen codes (OR inside a group); groups narrow each other (AND between)."""

    field_class = CodesField

    def __init__(self, group: str):
        super().__init__(codes=lambda: vocabulary.codes(group))


class ServiceFilter(filters.FilterSet):
    """What was asked, checked and read. `results` asks the table for it."""

    q = filters.CharFilter(max_length=200)
    near = PlaceFilter(max_length=120)
    within = filters.NumberFilter(min_value=1, max_value=FARTHEST_KM)
    category = CodesFilter("category")
    serves = CodesFilter("serves")
    access = CodesFilter("access")
    led = CodesFilter("led")
    delivery = CodesFilter("delivery")
    language = CodesFilter("language")
    age = WholeNumberFilter(min_value=0, max_value=OLDEST)
    gender = filters.ChoiceFilter(choices=GENDERS)
    open = InstantFilter(max_length=40)
    sort = filters.ChoiceFilter(choices=SORTS)
    exact = filters.ChoiceFilter(choices=[("1", "1")])
    format = filters.ChoiceFilter(choices=[("csv", "csv")])

    class Meta:
        model = SearchRow
        fields = []

    def asked(self) -> dict:
        """The parameters that make sense, read. Messages about the others are in `form`."""
        self.is_valid()
        return self.form.cleaned_data

    def get_form_class(self):
        """The form, built once: its fields are the same for every search."""
        return search_form()

    @property
    def typed_open(self) -> str:
        """What `open` was given as."""
        return LastOneWritten().value_from_datadict(self.data, {}, "open")

    @property
    def open_is_now(self) -> bool:
        return self.typed_open == "now"

    def choice(self) -> Choice:
        """The facets chosen, and the age and gender."""
        asked = self.asked()
        return Choice(
            {group: codes for group in GROUPS if (codes := asked.get(group))},
            asked.get("age"),
            asked.get("gender") or "",
        )

    def moment(self, place: Place | None) -> datetime.datetime | None:
        """When it is to be open: on the clock of the place searched, on the site's without one."""
        value = self.asked().get("open")
        if value is None or timezone.is_aware(value):
            return value
        here = place.timezone if place else ""
        return value.replace(tzinfo=zone(here or timezone.get_current_timezone_name()))


class Shared(dict):
    """Fields that every form may use as they are: none of ours changes once it is made."""

    def __deepcopy__(self, memo) -> dict:
        return self


@cache
def search_form() -> type[forms.Form]:
    form = super(ServiceFilter, ServiceFilter({})).get_form_class()
    form.base_fields = Shared(form.base_fields)
    return form
