"""The parameters of /events/ and of its feeds (a public contract, see the README's table)."""

import datetime
from dataclasses import dataclass
from functools import cached_property

import django_filters as filters
from django import forms
from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directory.models import Organization, Service
from directory.places.gazetteer import Found, Place, Status, box, chord, unit_vector
from directory.search import vocabulary
from directory.search.filters import PlaceFilter, WholeNumberFilter

from .enums import Attendance, EventKind
from .models.events import Event
from .models.times import Occurrence

NEAR_KM = 50
FARTHEST_KM = 6000
FIRST_YEAR, LAST_YEAR = 2000, 2100
KEPT_DAYS = 90  # how long what is over stays in a calendar that somebody subscribes to


def known_month(day: datetime.date) -> datetime.date | None:
    """The first of its month; None for one that nobody has a page of."""
    return day.replace(day=1) if FIRST_YEAR <= day.year <= LAST_YEAR else None


def serves() -> list[tuple[str, str]]:
    """Those a thing may be for, in the reader's language."""
    return vocabulary.choices("serves")


class EventFilter(filters.FilterSet):
    """What is on: `near` and `within`, `kind`, `serves`, `attendance`, `day` or `month`, `when`."""

    near = PlaceFilter(label=_("Near"))
    within = WholeNumberFilter(label=_("Within (km)"), min_value=1, max_value=FARTHEST_KM)
    kind = filters.MultipleChoiceFilter(
        label=pgettext_lazy("of event", "Kind"), choices=EventKind.choices
    )
    serves = filters.MultipleChoiceFilter(label=_("For whom"), choices=serves)
    attendance = filters.MultipleChoiceFilter(
        label=_("How people take part"), choices=Attendance.choices
    )
    organization = filters.CharFilter(label=_("Organizer"))
    service = filters.CharFilter(label=_("Listing"))
    day = filters.DateFilter(label=_("Day"))
    month = filters.CharFilter(label=_("Month"))
    when = filters.ChoiceFilter(
        label=_("When"), choices=[("coming", _("Coming")), ("past", _("Past"))]
    )

    class Meta:
        model = Occurrence
        fields: tuple = ()


@dataclass
class Asked:
    """What was asked for, as questions to the database. `errors` are messages by field; a
    parameter that makes no sense is left out of the question."""

    parameters: QueryDict
    now: datetime.datetime

    @classmethod
    def of(cls, parameters: QueryDict) -> "Asked":
        return cls(parameters, timezone.now())

    @cached_property
    def form(self) -> forms.Form:
        return EventFilter(self.parameters, queryset=Occurrence.objects.none()).form

    @cached_property
    def values(self) -> dict:
        self.form.is_valid()
        return self.form.cleaned_data

    @property
    def errors(self) -> dict[str, str]:
        found = {name: " ".join(messages) for name, messages in self.form.errors.items()}
        if self.near is not None and self.near.problem:
            found["near"] = str(self.near.problem.label)
        if self.values.get("month") and self.month is None:
            found["month"] = str(_("Write a month such as 2026-12."))
        return found

    @property
    def near(self) -> Found | None:
        return self.values.get("near")

    @property
    def place(self) -> Place | None:
        return self.near.place if self.near and self.near.status == Status.ONE else None

    @property
    def within(self) -> int:
        return self.values.get("within") or NEAR_KM

    @property
    def past(self) -> bool:
        return self.values.get("when") == "past"

    @cached_property
    def month(self) -> datetime.date | None:
        """The first day of the month that was asked for."""
        text = self.values.get("month") or ""
        try:
            found = datetime.datetime.strptime(text, "%Y-%m").date() if text else None
        except ValueError:
            return None
        return known_month(found) if found else None

    def chosen(self) -> QuerySet[Occurrence]:
        """Occurrences that fit in all but their time, wherever they are."""
        rows = Occurrence.objects.shown(self.now)
        if kinds := self.values.get("kind"):
            rows = rows.filter(kind__in=kinds)
        if serves := self.values.get("serves"):
            rows = rows.filter(serves__overlap=serves)
        if attendance := self.values.get("attendance"):
            wanted = {*attendance}
            if wanted & {Attendance.IN_PERSON, Attendance.ONLINE}:
                wanted.add(Attendance.BOTH)
            rows = rows.filter(attendance__in=wanted)
        if slug := self.values.get("organization"):
            organization = Organization.objects.filter(slug=slug).first()
            hosted = Event.objects.hosted_by(organization) if organization else Event.objects.none()
            rows = rows.filter(event__in=hosted.values("pk"))
        if slug := self.values.get("service"):
            services = Service.objects.published().filter(slug=slug)
            rows = rows.filter(event__services__service__in=services)
        return rows

    def here(self) -> QuerySet[Occurrence]:
        """The same, near the place that was asked for."""
        rows = self.chosen()
        return near(rows, self.place, self.within) if self.place else rows

    def online(self) -> QuerySet[Occurrence]:
        """The same, for people anywhere."""
        return self.chosen().filter(attendance__in=[Attendance.ONLINE, Attendance.BOTH])

    def events(self) -> QuerySet[Event]:
        """Events that fit, for a calendar somebody subscribes to: not those long over."""
        since = timezone.localdate(self.now) - datetime.timedelta(days=KEPT_DAYS)
        found = Event.objects.published().exclude(last_on__lt=since)
        asked = {k for k, v in self.values.items() if v and k not in ("day", "month", "when")}
        if self.near is not None and self.place is None:
            return found.none()
        return found.filter(pk__in=self.here().values("event")) if asked else found


def near(rows: QuerySet, place: Place, kilometres: float) -> QuerySet:
    """No farther than this on the great circle, with `square`, of the chord on the unit sphere."""
    south, west, north, east = box(place.lat, place.lon, kilometres)
    return (
        rows.filter(latitude__range=(south, north), longitude__range=(west, east))
        .annotate(square=square(place))
        .filter(square__lte=chord(kilometres) ** 2)
    )


def square(place: Place) -> CombinedExpression:
    """The square of the chord to a place, for a column that has x, y and z."""
    x, y, z = (Value(value, FloatField()) for value in unit_vector(place.lat, place.lon))
    dx, dy, dz = F("x") - x, F("y") - y, F("z") - z
    return dx * dx + dy * dy + dz * dz
