"""What may be lacking. Each concern is a question, whose answer is a list of listings, of events or
of resources."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.events.enums import Attendance, EventStatus
from coalition.events.models.events import Event
from coalition.listings.models import Care, CheckRequest, Problem
from coalition.members.enums import Standing
from coalition.resources.enums import SeenBy
from coalition.resources.models import Resource
from directory.models import Location, Schedule, Service
from directory.models.enums import SHOWN, LocationType, Visibility

from .everything import EVENTS, LISTINGS, RESOURCES, Collection

SOON = datetime.timedelta(days=30)
LONG = datetime.timedelta(days=2 * 365)
GONE = (Standing.SUSPENDED, Standing.LEFT)
NO_FRENCH = Q(name_fr="") | (~Q(description="") & Q(description_fr=""))


def nothing(records: list) -> dict:
    return {}


@dataclass(frozen=True)
class Concern:
    """`find` gives those of a `collection` it is about; those with the earliest `since` come first.
    `details` says more of some of them, in lines by identifier. With `by_phone` the organization is
    called, and what it says is checked."""

    code: str
    label: Promise
    help: Promise
    find: Callable[[], QuerySet]
    since: str = "last_modified"
    collection: Collection = LISTINGS
    details: Callable[[list], dict] = nothing
    by_phone: bool = False


# Of listings


def overdue() -> QuerySet:
    return Service.objects.overdue(timezone.localdate())


def due(services: list[Service]) -> dict:
    return {
        service.pk: [gettext("due %(date)s") % {"date": date_format(service.due_on)}]
        for service in services
    }


def unanswered() -> QuerySet:
    return Service.objects.published().filter(care__in=Care.objects.passed_on())


def asked(services: list[Service]) -> dict:
    """Who was asked to check each, in this round, and since when."""
    requests = defaultdict(list)
    found = CheckRequest.objects.filter(service__in=services).select_related("user")
    for request in found.order_by("created_at"):
        requests[request.service_id].append(request)
    cares = Care.objects.in_bulk([service.pk for service in services])
    return {pk: [asked_text(care, requests[pk])] for pk, care in cares.items()}


def asked_text(care: Care, requests: Iterable[CheckRequest]) -> str:
    people: dict[str, datetime.datetime] = {}
    for request in requests:
        if care.asked_at and request.created_at >= care.asked_at:
            name = request.user.name if request.user else ""
            people.setdefault(name or request.email, request.created_at)
    text = gettext("Nobody could be asked: it has no owner here.")
    if people:
        since = gettext("%(who)s since %(date)s")
        names = [since % {"who": who, "date": day(at)} for who, at in people.items()]
        text = " ".join([gettext("Asked:"), ", ".join(names)])
    given = gettext("given to you %(date)s") % {"date": day(care.passed_on_at)}
    return f"{text} · {given}"


def day(moment: datetime.datetime) -> str:
    return date_format(localtime(moment))


def left_behind() -> QuerySet:
    return Service.objects.published().filter(organization__member__standing__in=GONE)


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
    return Service.objects.published().filter(NO_FRENCH)


def broken() -> QuerySet:
    problems = Problem.objects.filter(service=OuterRef("pk"))
    return Service.objects.published().filter(Exists(problems))


def problems(records: list) -> dict:
    """What the weekly look found with each."""
    ids = [record.pk for record in records]
    found = defaultdict(list)
    for problem in Problem.objects.filter(Q(service__in=ids) | Q(record_id__in=ids)):
        found[problem.about_id].append(f"{problem.value}: {problem.explained}")
    return found


def hidden() -> QuerySet:
    return Service.objects.filter(published_at=None, status__in=SHOWN)


# Of events


def coming() -> QuerySet:
    """Those that everyone sees, that take place and are not over."""
    shown = Event.objects.published().exclude(last_on__lt=timezone.localdate())
    return shown.exclude(status=EventStatus.CANCELLED)


def event_no_french() -> QuerySet:
    return coming().filter(NO_FRENCH)


def event_nowhere() -> QuerySet:
    """People are to come, and nothing says where; or to join, and nothing says how."""
    nowhere = Q(location=None, city="") & ~Q(attendance=Attendance.ONLINE)
    no_way_in = Q(online_url="", online_note="", online_note_fr="") & ~Q(
        attendance=Attendance.IN_PERSON
    )
    return coming().filter(nowhere | no_way_in)


def event_ends() -> QuerySet:
    """Series of which the last time comes soon."""
    return coming().exclude(rrule="").filter(last_on__lte=timezone.localdate() + SOON)


def event_left_behind() -> QuerySet:
    return coming().filter(organization__member__standing__in=GONE)


# Of resources


def shared() -> QuerySet:
    """Those that others than its own organization see."""
    return Resource.objects.published().exclude(seen_by=SeenBy.ORGANIZATION)


def resource_no_french() -> QuerySet:
    return shared().filter(NO_FRENCH).exclude(deadline__lte=timezone.now())


def resource_broken() -> QuerySet:
    problems = Problem.objects.filter(record_id=OuterRef("pk"))
    return Resource.objects.published().filter(Exists(problems))


def resource_old() -> QuerySet:
    now = timezone.now()
    return shared().filter(last_modified__lt=now - LONG).exclude(deadline__lte=now)


def resource_left_behind() -> QuerySet:
    return shared().filter(organization__member__standing__in=GONE)


UNANSWERED = "unanswered"
CONCERNS = {
    concern.code: concern
    for concern in (
        Concern(
            UNANSWERED,
            _("Nobody checked in time"),
            _("A month overdue: now it is for you to call them, before it is hidden."),
            unanswered,
            since="care__passed_on_at",
            details=asked,
            by_phone=True,
        ),
        Concern(
            "overdue",
            _("Check overdue"),
            _("The day by which somebody was to check it has passed."),
            overdue,
            since="due_on",
            details=due,
            by_phone=True,
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
            by_phone=True,
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
            details=problems,
            by_phone=True,
        ),
        Concern(
            "hidden",
            _("Hidden"),
            _("Nobody sees these: they were taken out of sight, or wait to be shown."),
            hidden,
        ),
        Concern(
            "event-no-french",
            _("French is missing"),
            _("Its name or its description is not there in French."),
            event_no_french,
            collection=EVENTS,
        ),
        Concern(
            "event-nowhere",
            _("No place, no way to join"),
            _("It is to come, and nothing says where it is, or how to join it online."),
            event_nowhere,
            collection=EVENTS,
        ),
        Concern(
            "event-ends",
            _("The series ends within 30 days"),
            _("Ask the organizer whether it goes on."),
            event_ends,
            since="last_on",
            collection=EVENTS,
        ),
        Concern(
            "event-left-behind",
            _("Its organization is no member now"),
            _("Suspended or gone, with its events kept: they are yours to look after."),
            event_left_behind,
            collection=EVENTS,
        ),
        Concern(
            "resource-no-french",
            _("French is missing"),
            _("Its name or its description is not there in French."),
            resource_no_french,
            collection=RESOURCES,
        ),
        Concern(
            "resource-broken",
            _("Links that fail"),
            _("Found by the weekly look at all of them."),
            resource_broken,
            collection=RESOURCES,
            details=problems,
        ),
        Concern(
            "resource-old",
            _("Not changed for two years"),
            _("It may be out of date: ask its organization whether it still holds."),
            resource_old,
            collection=RESOURCES,
        ),
        Concern(
            "resource-left-behind",
            _("Its organization is no member now"),
            _("Suspended or gone, with its resources kept: they are yours to look after."),
            resource_left_behind,
            collection=RESOURCES,
        ),
    )
}
