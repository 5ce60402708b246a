"""What the pages of events say, made ready for their templates."""

import datetime
from urllib.parse import urlencode

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
    prefetch_related_objects,
)
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from directory.models import Organization, Service
from directory.models.enums import Language
from directory.public.cards import directions_url, tel
from directory.search import vocabulary

from . import registering, words
from .enums import Attendance, EventAccess, EventKind, RegistrationMode
from .filters import Asked
from .models.events import Event
from .models.times import Occurrence
from .places import ShownPlace, shown_place

NEXT = 6  # times of a repeated event that its page lists
FILTERS = ("kind", "serves", "attendance")
DISTANCES = (10, 25, 50, 100, 250)  # kilometres


def url(asked: QueryDict, **changes) -> str:
    """This page with some parameters changed; None takes one away."""
    return f"{reverse('coalition:event_list')}{query(asked, **changes)}"


def query(asked: QueryDict, **changes) -> str:
    """The parameters, from the question mark on; empty where there are none."""
    found = asked.copy()
    for name, value in {"page": None, **changes}.items():
        found.pop(name, None)
        if value is not None:
            found[name] = str(value)
    for name, values in list(found.lists()):
        if not any(values):
            del found[name]
    return f"?{found.urlencode()}" if found else ""


def groups(asked: Asked) -> list[dict]:
    """What the list can be narrowed by."""
    labels = {name: asked.form.fields[name].label for name in FILTERS}
    choices = {
        "kind": EventKind.choices,
        "serves": vocabulary.choices("serves"),
        "attendance": [c for c in Attendance.choices if c[0] != Attendance.BOTH],
    }
    chosen = {name: set(asked.parameters.getlist(name)) for name in FILTERS}
    return [
        {
            "name": name,
            "legend": labels[name],
            "options": [
                {"code": code, "label": label, "checked": code in chosen[name]}
                for code, label in choices[name]
            ],
            "chosen": bool(chosen[name]),
        }
        for name in FILTERS
    ]


def distances(asked: Asked) -> list[tuple[int, bool]]:
    """How far it may be, in kilometres, and whether that is chosen; none without a place."""
    if asked.place is None:
        return []
    return [(km, km == asked.within) for km in sorted({*DISTANCES, asked.within})]


def place_choices(asked: Asked, parameters: QueryDict) -> list[dict]:
    """Other places that what was typed may mean."""
    if asked.near is None:
        return []
    others = asked.near.others[:6]
    return [{"label": one.label, "url": url(parameters, near=one.key)} for one in others]


def brief(event: Event, occurrence: Occurrence | None) -> dict:
    """What an event is and when, for the pages around it."""
    name, lang = words.in_both(event, "name")
    place = shown_place(event)
    change = words.change_of(event, occurrence) if occurrence else None
    return {
        "event": event,
        "occurrence": occurrence,
        "place": place,
        "change": change,
        "name": name,
        "name_lang": lang,
        "when": words.when_text(occurrence, event, timezone.now(), zone=True) if occurrence else "",
        "where": words.where_text(event, place, change),
        "url": reverse("coalition:event_detail", kwargs={"slug": event.slug}),
    }


def detail(event: Event, day: datetime.date | None) -> dict:
    """The page of an event: all that anyone may know of it."""
    now = timezone.now()
    prefetch_related_objects([event], "changes")
    times = event.occurrences.all()
    coming = list(times.filter(ends_at__gt=now).order_by("starts_at")[: NEXT + 1])
    asked = times.filter(recurrence_id=day).first() if day else None
    occurrence = asked or next(iter(coming), None) or times.order_by("-starts_at").first()
    known = brief(event, occurrence)
    place = known["place"]
    elsewhere, elsewhere_lang = words.other_place(place, known["change"])
    with_us = hosts(event)
    return {
        **known,
        "elsewhere": elsewhere,
        "elsewhere_lang": elsewhere_lang,
        "directions_url": "" if elsewhere else directions(place),
        "directions": in_reader(place, "directions") if place else "",
        "repeats": words.repeats_text(event),
        "kind": event.get_kind_display(),
        "cancelled": event.is_cancelled or bool(occurrence and occurrence.cancelled),
        "over": occurrence is None or occurrence.ends_at <= now,
        "hosts": with_us,
        "pages": with_page([event.organization, *with_us]),
        "cost": words.cost_text(event),
        "serves": serves(event),
        "access": [EventAccess(code).label for code in event.access],
        "languages": [str(Language(code).label) for code in event.languages],
        "facts": [
            (label, words.in_both(event, name))
            for name, label in (
                ("audience", Event._meta.get_field("audience").verbose_name),
                ("access_note", Event._meta.get_field("access_note").verbose_name),
            )
            if words.said(event, name)
        ],
        "times": [
            {
                "occurrence": one,
                "when": words.when_text(one, event, now),
                "here": occurrence is not None and one.pk == occurrence.pk,
                "url": f"?{urlencode({'date': one.recurrence_id.isoformat()})}",
            }
            for one in coming[:NEXT]
        ]
        if event.rrule
        else [],
        "more_times": len(coming) > NEXT,
        "registration": registration(event, occurrence),
        "show_online": event.registration != RegistrationMode.HERE,
        "contact_tel": tel(event.contact_phone),
        "services": Service.objects.published().filter(event_links__event=event),
    }


def in_reader(place: ShownPlace, name: str) -> str:
    own, other = getattr(place, name), getattr(place, f"{name}_fr")
    return (other or own) if words.french() else (own or other)


def directions(place: ShownPlace | None) -> str:
    """To a map for the way there; only where the street may be known."""
    if place is None or not place.exact or place.latitude is None:
        return ""
    return directions_url(place.latitude, place.longitude)


def hosts(event: Event) -> list[Organization]:
    """Those who have agreed to host it, in the order the organizer names them."""
    agreed = event.host_answers.filter(accepted=True).values_list("organization", flat=True)
    named = [host.organization_id for host in event.hosts.all()]
    order = Case(
        *(When(pk=pk, then=Value(n)) for n, pk in enumerate(named)), output_field=IntegerField()
    )
    found = Organization.objects.filter(pk__in=set(agreed) & set(named))
    return list(found.order_by(order)) if named else []


def with_page(organizations: list[Organization]) -> set:
    """Those of them that have a page: a listing that is shown, or something that is on."""
    found = Organization.objects.filter(pk__in=[one.pk for one in organizations])
    theirs = Q(event__organization=OuterRef("pk"))
    hosted = Q(event__host_answers__organization=OuterRef("pk"), event__host_answers__accepted=True)
    on = Occurrence.objects.shown().next_ones().filter(theirs | hosted)
    listed = Service.objects.published().filter(organization=OuterRef("pk"))
    return set(found.filter(Exists(on) | Exists(listed)).values_list("pk", flat=True))


def serves(event: Event) -> list[str]:
    names = dict(vocabulary.choices("serves"))
    codes = event.attributes.filter(taxonomy_term__taxonomy__code="serves").values_list(
        "taxonomy_term__code", flat=True
    )
    return [names[code] for code in codes if code in names]


def registration(event: Event, occurrence: Occurrence | None) -> dict | None:
    """Whether and how one registers here, and how many places are left."""
    if event.registration != RegistrationMode.HERE or occurrence is None:
        return None
    return {
        "open": registering.open_for(occurrence),
        "taken": registering.taken(event, occurrence.recurrence_id),
        "url": reverse(
            "coalition:event_register",
            kwargs={"slug": event.slug, "day": occurrence.recurrence_id.isoformat()},
        ),
    }
