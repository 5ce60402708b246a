"""All listings, all events, all resources, whoever sees them: how each stands, what it is called,
and what a coordinator can do with it."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    F,
    FilteredRelation,
    Model,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from coalition.events.models.events import Event
from coalition.events.models.times import Occurrence
from coalition.events.schema import SUBJECT as EVENT
from coalition.events.words import repeats_text, when_text
from coalition.resources.models import Resource
from coalition.resources.schema import SUBJECT as RESOURCE
from coalition.resources.words import deadline_text
from coalition.review.models import Submission
from directory.hours.clock import zone_text
from directory.models import Organization, Service, Subject
from directory.models.enums import SHOWN, ServiceStatus


@dataclass(frozen=True)
class Act:
    """Something a coordinator can do: `url` is opened, or is sent to. Where it `stays`, the page
    on which it was chosen is the one to come back to."""

    label: str
    url: str
    sends: bool = False
    stays: bool = False


@dataclass(frozen=True)
class Row:
    """One of them as a line of a list: its `title`, how it stands in `marks`, more about it in
    `facts`, each of `details` on a line of its own. `page` is the one that those see for whom it
    is, empty where it is out of sight."""

    record_id: object
    title: str
    marks: list[str]
    facts: list[str]
    organization: Organization | None
    organization_page: str = ""
    page: str = ""
    details: Sequence[str] = ()
    acts: Sequence[Act] = ()

    def __str__(self):
        return self.title

    def with_first(self, *acts: Act) -> "Row":
        return replace(self, acts=(*acts, *self.acts))


@dataclass(frozen=True)
class Collection:
    """All there is of one kind. `subject` is that of its proposals.

    `stand` adds to any of its rows `stands`, one of `states`, and what `describe` reads: that makes
    lines of some of them. `order` is how all of them are listed.
    """

    subject: str
    name: Promise
    title: Promise
    counted: Callable[[int], str]
    model: type[Model]
    states: dict[str, Promise]
    stand: Callable[[QuerySet, datetime.datetime], QuerySet]
    order: tuple
    describe: Callable[[list, datetime.datetime], Iterator[Row]]

    def every(self, now: datetime.datetime) -> QuerySet:
        return self.stand(self.model.objects.all(), now).order_by(*self.order)

    def rows(self, records: list, now: datetime.datetime) -> list[Row]:
        """Lines of what `stand` has prepared, each with where a change of it waits."""
        waits = waiting([record.pk for record in records])
        rows = self.describe(records, now)
        return [
            row.with_first(
                *(decide(_("A change waits"), pk) for pk in waits.get(row.record_id, ()))
            )
            for row in rows
        ]


def waiting(ids: list) -> dict[object, list]:
    """Of these, what has changes that wait for a coordinator: the submissions by record."""
    found = Submission.objects.waiting().filter(change__proposal__record_id__in=ids)
    by: dict[object, list] = {}
    for record_id, pk in found.values_list("change__proposal__record_id", "pk"):
        by.setdefault(record_id, []).append(pk)
    return by


def decide(label: str, submission_id) -> Act:
    return Act(label, reverse("coalition:submission", args=[submission_id]))


def edit(name: str, pk) -> Act:
    return Act(_("Edit"), reverse(name, args=[pk]), sends=True)


def history(pk) -> Act:
    return Act(_("History"), reverse("coalition:history", args=[pk]))


def sight(subject: str, record) -> Act:
    """Out of sight, or back in it."""
    label, verb = _("Hide it"), "hide"
    if record.published_at is None:
        label, verb = _("Show it again"), "show"
    return Act(label, reverse(f"coalition:{subject}_{verb}", args=[record.pk]), True, True)


def organization_page(organization: Organization, *, shown: bool) -> str:
    """That of the desk for a member; for another one that everyone sees, if it has one."""
    if hasattr(organization, "member"):
        return reverse("coalition:desk_organization", args=[organization.slug])
    return reverse("directory:organization_detail", args=[organization.slug]) if shown else ""


def mark(
    states: dict[str, Promise], record, from_when: datetime.datetime | None, clock: str
) -> str:
    """How it stands; of what is to be shown later, from when, on the clock it was written by."""
    if record.stands == LATER:
        local = date_format(localtime(from_when, ZoneInfo(clock)), "DATETIME_FORMAT")
        return _("From %(when)s") % {"when": f"{local} {zone_text(clock, from_when)}"}
    return str(states[record.stands])


# As everywhere: out of sight, in sight, or to be shown later.
LATER = "later"
OUT = {
    "hidden": gettext_lazy("Hidden by its organization"),
    "held": gettext_lazy("Hidden by a coordinator"),
}
OUT_OF_SIGHT = (
    When(published_at=None, held_back=True, then=Value("held")),
    When(published_at=None, then=Value("hidden")),
)


# Listings

LISTING_STATES = {
    "shown": gettext_lazy("In sight"),
    "closed": pgettext_lazy("a listing", "Closed for now"),
    "hidden": gettext_lazy("Out of sight"),
    "unchecked": gettext_lazy("Hidden: nobody has checked it"),
    "retired": pgettext_lazy("a listing", "No longer offered"),
}


def listings_stand(services: QuerySet, now: datetime.datetime) -> QuerySet:
    hidden = Q(published_at=None)
    return services.select_related("organization__member").annotate(
        stands=Case(
            When(status=ServiceStatus.DEFUNCT, then=Value("retired")),
            When(hidden & Q(care__hidden_at__isnull=False), then=Value("unchecked")),
            When(hidden | ~Q(status__in=SHOWN), then=Value("hidden")),
            When(status=ServiceStatus.TEMPORARILY_CLOSED, then=Value("closed")),
            default=Value("shown"),
        )
    )


def listing_rows(services: list[Service], now: datetime.datetime) -> Iterator[Row]:
    for service in services:
        shown = service.stands in ("shown", "closed")
        facts = []
        if service.assured_date:
            facts.append(_("checked %(date)s") % {"date": date_format(service.assured_date)})
        yield Row(
            service.pk,
            title=str(service),
            marks=[str(LISTING_STATES[service.stands])],
            facts=facts,
            organization=service.organization,
            organization_page=organization_page(service.organization, shown=shown),
            page=reverse("directory:service_detail", args=[service.slug]) if shown else "",
            acts=(edit("coalition:listing_edit", service.pk), history(service.pk)),
        )


# Events

EVENT_STATES = {
    "shown": gettext_lazy("In sight"),
    LATER: gettext_lazy("To be shown later"),
    **OUT,
    "over": pgettext_lazy("of an event", "Over"),
}


def events_stand(events: QuerySet, now: datetime.datetime) -> QuerySet:
    """Each with `next_at`, when the time begins that is on or comes next."""
    coming = Q(occurrences__next_during__contains=now)
    return (
        events.select_related("organization__member")
        .annotate(coming=FilteredRelation("occurrences", condition=coming))
        .annotate(
            next_at=F("coming__starts_at"),
            stands=Case(
                *OUT_OF_SIGHT,
                When(shown_from__gt=now, then=Value(LATER)),
                When(coming__pk=None, last_on__isnull=False, then=Value("over")),
                default=Value("shown"),
            ),
        )
    )


def event_rows(events: list[Event], now: datetime.datetime) -> Iterator[Row]:
    prefetch_related_objects(events, "changes")
    coming = Occurrence.objects.filter(event__in=[event.pk for event in events]).next_ones(now)
    following = {one.event_id: one for one in coming}
    for event in events:
        facts = [event.get_kind_display()]
        if event.pk in following:
            facts.append(when_text(following[event.pk], event, now))
        elif event.last_on:
            facts.append(_("until %(date)s") % {"date": date_format(event.last_on)})
        if repeats := repeats_text(event):
            facts.append(repeats)
        marks = [mark(EVENT_STATES, event, event.shown_from, event.clock)]
        if event.is_cancelled:
            marks.append(event.get_status_display())
        shown = event.stands in ("shown", "over")
        yield Row(
            event.pk,
            title=str(event),
            marks=marks,
            facts=facts,
            organization=event.organization,
            organization_page=organization_page(event.organization, shown=shown),
            page=reverse("coalition:event_detail", args=[event.slug]) if shown else "",
            acts=(
                edit("coalition:event_edit", event.pk),
                Act(_("Its times"), reverse("coalition:event_times", args=[event.pk])),
                sight(EVENT, event),
                history(event.pk),
            ),
        )


# Resources

RESOURCE_STATES = {
    "shown": gettext_lazy("In sight"),
    LATER: gettext_lazy("To be shown later"),
    **OUT,
    "over": gettext_lazy("Deadline is over"),
}


def resources_stand(resources: QuerySet, now: datetime.datetime) -> QuerySet:
    return (
        resources.defer("words")
        .select_related("organization__member")
        .annotate(
            stands=Case(
                *OUT_OF_SIGHT,
                When(publish_from__gt=now, then=Value(LATER)),
                When(deadline__lte=now, then=Value("over")),
                default=Value("shown"),
            )
        )
    )


def resource_rows(resources: list[Resource], now: datetime.datetime) -> Iterator[Row]:
    for resource in resources:
        facts = [resource.get_kind_display(), resource.get_seen_by_display()]
        if resource.deadline:
            until = deadline_text(resource.deadline, resource.timezone)
            facts.append(_("until %(date)s") % {"date": until})
        changed = date_format(localtime(resource.last_modified))
        facts.append(_("changed %(when)s") % {"when": changed})
        shown = resource.stands in ("shown", "over")
        yield Row(
            resource.pk,
            title=str(resource),
            marks=[mark(RESOURCE_STATES, resource, resource.publish_from, resource.timezone)],
            facts=facts,
            organization=resource.organization,
            organization_page=organization_page(resource.organization, shown=False),
            page=reverse("coalition:resource_detail", args=[resource.slug]) if shown else "",
            acts=(
                edit("coalition:resource_edit", resource.pk),
                sight(RESOURCE, resource),
                history(resource.pk),
            ),
        )


def number(count: int) -> str:
    return number_format(count, force_grouping=True)


LISTINGS = Collection(
    subject=Subject.SERVICE,
    name=gettext_lazy("Listings"),
    title=gettext_lazy("All listings"),
    counted=lambda n: ngettext("%(total)s listing", "%(total)s listings", n) % {"total": number(n)},
    model=Service,
    states=LISTING_STATES,
    stand=listings_stand,
    order=("name", "name_fr", "pk"),
    describe=listing_rows,
)
EVENTS = Collection(
    subject=EVENT,
    name=gettext_lazy("Events"),
    title=gettext_lazy("All events"),
    counted=lambda n: ngettext("%(total)s event", "%(total)s events", n) % {"total": number(n)},
    model=Event,
    states=EVENT_STATES,
    stand=events_stand,
    # What comes next first; of what is over, the latest.
    order=(F("next_at").asc(nulls_last=True), F("last_on").desc(nulls_last=True), "pk"),
    describe=event_rows,
)
RESOURCES = Collection(
    subject=RESOURCE,
    name=gettext_lazy("Resources"),
    title=gettext_lazy("All resources"),
    counted=lambda n: ngettext("%s resource", "%s resources", n) % number(n),
    model=Resource,
    states=RESOURCE_STATES,
    stand=resources_stand,
    order=("-last_modified", "pk"),
    describe=resource_rows,
)
