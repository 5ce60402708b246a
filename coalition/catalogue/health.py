"""What is lacking in the catalogue. Each concern is a question, whose answer is a list of listings.

The answers are kept (`Lack`), and looked for anew every ten minutes: a page of one is then as quick
with a hundred thousand listings as with ten. What was put right since is left out at once.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coalition.listings.models import Care, CheckRequest, Problem
from coalition.members.enums import Standing
from directory.models import Location, Schedule, Service
from directory.models.enums import SHOWN, LocationType, Visibility

from .models import Lack, Pair

KEY = "coalition.catalogue.counted"
UNANSWERED = "unanswered"
PAGE = 50
ADD = """
INSERT INTO coalition_lack (service_id, concern, since)
SELECT id, %s, since FROM ({found}) AS found
ON CONFLICT (service_id, concern) DO UPDATE SET since = excluded.since
WHERE coalition_lack.since <> excluded.since
"""
REMOVE = """
DELETE FROM coalition_lack
WHERE concern = %s AND service_id NOT IN (SELECT id FROM ({found}) AS found)
"""


@dataclass(frozen=True)
class Concern:
    """`find` gives the listings it is about; those with the earliest `since` come first."""

    code: str
    label: Promise
    help: Promise
    find: Callable[[], QuerySet]
    since: str = "last_modified"


def overdue() -> QuerySet:
    return Service.objects.overdue(timezone.localdate())


def unanswered() -> QuerySet:
    return Service.objects.published().filter(care__in=Care.objects.passed_on())


def left_behind() -> QuerySet:
    gone = [Standing.SUSPENDED, Standing.LEFT]
    return Service.objects.published().filter(organization__member__standing__in=gone)


def never_checked() -> QuerySet:
    return Service.objects.never_checked()


def no_hours() -> QuerySet:
    """No timetable of its own, at any of its places, or of the places themselves."""
    own = Schedule.objects.filter(service=OuterRef("pk"))
    there = Schedule.objects.filter(service_at_location__service=OuterRef("pk"))
    place = Schedule.objects.filter(location__service_at_locations__service=OuterRef("pk"))
    return Service.objects.published().filter(~Exists(own), ~Exists(there), ~Exists(place))


def no_coordinates() -> QuerySet:
    """People are to go to a place that the map cannot show."""
    places = Location.objects.filter(
        service_at_locations__service=OuterRef("pk"),
        latitude=None,
        visibility=Visibility.PUBLIC,
        location_type=LocationType.PHYSICAL,
    )
    return Service.objects.published().filter(Exists(places))


def no_french() -> QuerySet:
    return Service.objects.published().filter(
        Q(name_fr="") | (~Q(description="") & Q(description_fr=""))
    )


def broken() -> QuerySet:
    problems = Problem.objects.filter(service=OuterRef("pk"))
    return Service.objects.published().filter(Exists(problems))


def hidden() -> QuerySet:
    return Service.objects.filter(published_at=None, status__in=SHOWN)


CONCERNS = {
    concern.code: concern
    for concern in (
        Concern(
            UNANSWERED,
            _("Nobody checked in time"),
            _("A month overdue: now it is for you to call them, before it is hidden."),
            unanswered,
            since="care__passed_on_at",
        ),
        Concern(
            "overdue",
            _("Check overdue"),
            _("The day by which somebody was to check it has passed."),
            overdue,
            since="due_on",
        ),
        Concern(
            "left-behind",
            _("Its organization is no member now"),
            _("Suspended or gone, with its listings kept: they are yours to look after."),
            left_behind,
        ),
        Concern(
            "never-checked",
            _("Never checked"),
            _("No person has ever said that it is true."),
            never_checked,
        ),
        Concern("no-hours", _("No hours"), _("Nobody can tell whether it is open."), no_hours),
        Concern(
            "no-coordinates",
            _("Not on the map"),
            _("A place people go to, whose position is not known."),
            no_coordinates,
        ),
        Concern(
            "no-french",
            _("French is missing"),
            _("Its name or its description is not there in French."),
            no_french,
        ),
        Concern(
            "broken",
            _("Links and phone numbers that fail"),
            _("Found by the weekly look at all of them."),
            broken,
        ),
        Concern(
            "hidden",
            _("Hidden"),
            _("Nobody sees these: they were taken out of sight, or wait to be shown."),
            hidden,
        ),
    )
}


@transaction.atomic
def refresh() -> None:
    """Go through the whole catalogue, and note when."""
    with connection.cursor() as cursor:
        for concern in CONCERNS.values():
            found, parameters = question(concern)
            cursor.execute(ADD.format(found=found), [concern.code, *parameters])
            cursor.execute(REMOVE.format(found=found), [concern.code, *parameters])
    cache.set(KEY, timezone.now(), None)


def question(concern: Concern) -> tuple[str, tuple]:
    """SQL for `id` and `since` of what a concern is about, with its parameters."""
    found = concern.find().order_by().values("id", since=F(concern.since))
    return found.query.sql_with_params()


def counted_at() -> datetime.datetime:
    """When the catalogue was last gone through: now, if it never was."""
    found = cache.get(KEY)
    if found is None:
        refresh()
        found = timezone.now()
    return found


def counts() -> dict[str, int]:
    """How many listings each concern is about, and how many pairs may be duplicates."""
    found = dict.fromkeys(CONCERNS, 0)
    rows = Lack.objects.order_by().values_list("concern").annotate(Count("pk"))
    found |= {concern: count for concern, count in rows if concern in found}
    return found | {"duplicates": Pair.objects.open().count()}


def page_of(concern: Concern, number: str | None) -> Page:
    """One page of a concern's listings, without what was put right since."""
    lacks = Lack.objects.filter(concern=concern.code).order_by("since", "service")
    page = Paginator(lacks.values_list("service", flat=True), PAGE).get_page(number)
    ids = list(page.object_list)
    found = concern.find().filter(pk__in=ids).select_related("organization")
    if concern.code == "broken":
        found = found.prefetch_related("problems")
    if concern.code == UNANSWERED:
        requests = CheckRequest.objects.select_related("user").order_by("created_at")
        found = found.select_related("care").prefetch_related(Prefetch("check_requests", requests))
    found = {service.pk: service for service in found}
    page.object_list = [found[pk] for pk in ids if pk in found]
    if concern.code == UNANSWERED:
        for service in page.object_list:
            service.asked = asked(service)
    return page


def asked(service: Service) -> dict[str, datetime.datetime]:
    """Who was asked to check it, in this round, and since when."""
    people: dict[str, datetime.datetime] = {}
    for request in service.check_requests.all():
        if service.care.asked_at and request.created_at >= service.care.asked_at:
            name = request.user.name if request.user else ""
            people.setdefault(name or request.email, request.created_at)
    return people
