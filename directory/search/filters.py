"""The parameters of /services/ (a public contract, see the README's table)."""

import datetime

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.hours.days import zone
from directory.hours.spans import HORIZON_DAYS
from directory.places.gazetteer import Found, find

from . import vocabulary
from .models import SearchRow
from .queries import text_query

SORTS = [
    ("best", gettext_lazy("Best match")),
    ("distance", gettext_lazy("Nearest")),
    ("checked", gettext_lazy("Checked lately")),
]
YESTERDAY = datetime.timedelta(days=1)
KNOWN_AHEAD = datetime.timedelta(days=HORIZON_DAYS)
FARTHEST_KM = 6000  # no two places in Canada are farther apart


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


class InstantFilter(filters.Filter):
    field_class = InstantField


class FacetFilter(filters.MultipleChoiceFilter):
    """Any of the chosen codes (OR inside a group); groups narrow each other (AND between)."""

    def __init__(self, choices, **kwargs):
        super().__init__(choices=lazy(choices, list)(), **kwargs)

    def filter(self, rows, codes):
        return rows.having(self.field_name, codes) if codes else rows


class ServiceFilter(filters.FilterSet):
    """Search rows for what was asked, save place and order, which `results` brings together."""

    q = filters.CharFilter(max_length=200, method="filter_text")
    near = PlaceFilter(max_length=120, method="filter_later")
    within = filters.NumberFilter(min_value=1, max_value=FARTHEST_KM, method="filter_later")
    category = FacetFilter(lambda: vocabulary.choices("category"), field_name="category")
    serves = FacetFilter(lambda: vocabulary.choices("serves"), field_name="serves")
    access = FacetFilter(lambda: vocabulary.choices("access"), field_name="access")
    led = FacetFilter(lambda: vocabulary.LED, field_name="led")
    delivery = FacetFilter(lambda: vocabulary.DELIVERY, field_name="delivery")
    language = FacetFilter(lambda: vocabulary.LANGUAGES, field_name="language")
    open = InstantFilter(max_length=40, method="filter_open")
    sort = filters.ChoiceFilter(choices=SORTS, method="filter_later")

    text_was_used = False  # set once there are words to look for

    class Meta:
        model = SearchRow
        fields = []

    def filter_text(self, rows, name, value):
        query = text_query(value)
        self.text_was_used = bool(query)
        return rows.matching(query) if query else rows

    def filter_open(self, rows, name, value):
        return rows.open_at(self.moment(value))

    def moment(self, value: datetime.datetime) -> datetime.datetime:
        """A moment on the clock of the place that is searched; on the site's without one."""
        if timezone.is_aware(value):
            return value
        found = self.form.cleaned_data.get("near")
        here = found.place.timezone if found and found.place else ""
        return value.replace(tzinfo=zone(here or timezone.get_current_timezone_name()))

    def filter_later(self, rows, name, value):
        return rows
