"""How a listing is kept true: its people are asked before a check is due, and reminded; then
coordinators have it; then it is hidden, and comes back the moment somebody has checked it.

Each step locks the listing and looks again, so that two runs at once do nothing twice. What each
owner is asked is written down with it, and mailed once all listings of a run are gone through: one
mail to a person, whether it is about one listing or about forty. What a run that broke off had
written down is mailed by the next.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.core import signing
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.mail.actions import post
from coalition.members.links import absolute
from coalition.members.models import Membership
from coalition.review.models import Desk
from directory.models import Origin, Proposal, Service

from . import actions
from .models import Care, CheckRequest

SALT = "coalition.check"
ASK_DAYS = 14  # before a check is due
PASS_ON_DAYS = 30  # after it was due
LINK_DAYS = 30
NOTICE_DAYS = 14  # between telling somebody and hiding
NAMED = 20  # of what coordinators are told of in one mail
KINDS = ["listing-hidden", "check-overdue", "check-due"]  # as one mail about several lists them


class NotOpen(Exception):
    """This link was used already, is too old, or belongs to somebody who has left."""


class ChangedMeanwhile(Exception):
    """The listing is not any more what the page showed."""


def keep_true(today: datetime.date) -> dict[str, int]:
    """What is due on this day, done; how many listings were asked about, and so on."""
    with alone():
        begin_anew(today)
        began = timezone.now()
        done = {
            "asked": each(to_ask(today), ask, today),
            "reminded": each(to_remind(today), remind, today),
            "passed_on": each(to_pass_on(today), pass_on, today),
            "hidden": each(to_hide(today), hide, today),
        }
        tell_coordinators(began)
        for user in sorted(set(CheckRequest.objects.untold().values_list("user", flat=True))):
            tell(user, today)
        return done


@contextmanager
def alone() -> Iterator[None]:
    """After any other run, which would else mail half of what this one is to ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [SALT])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [SALT])


def each(found: QuerySet, do, today: datetime.date) -> int:
    return sum(do(pk, today) for pk in list(found.values_list("pk", flat=True)))


def begin_anew(today: datetime.date) -> None:
    """Forget what was done for a check that is not due any more, however that came about; and to
    whom we wrote for it, once their links are long closed."""
    due = Service.objects.due(today + datetime.timedelta(days=ASK_DAYS)).order_by()
    Care.objects.filter(hidden_at__isnull=True).exclude(service__in=due.values("pk")).delete()
    closed = timezone.now() - datetime.timedelta(days=LINK_DAYS)
    CheckRequest.objects.filter(expires_at__lt=closed, service__care__isnull=True).delete()


def to_ask(today: datetime.date) -> QuerySet:
    """Due soon, with somebody to ask, and nobody was asked."""
    due = Service.objects.due(today + datetime.timedelta(days=ASK_DAYS))
    return due.filter(Exists(Membership.objects.owners_of(OuterRef("organization")))).filter(
        Q(care__isnull=True) | Q(care__asked_at__isnull=True)
    )


def to_remind(today: datetime.date) -> QuerySet:
    """Overdue, and nobody was written to since."""
    since = CheckRequest.objects.filter(
        service=OuterRef("pk"), created_at__date__gt=OuterRef("due_on")
    )
    return (
        Service.objects.overdue(today)
        .filter(
            Exists(Membership.objects.owners_of(OuterRef("organization"))),
            care__asked_at__isnull=False,
        )
        .filter(~Exists(since))
    )


def to_pass_on(today: datetime.date) -> QuerySet:
    """Long overdue: now for coordinators to see to."""
    due = Service.objects.due(today - datetime.timedelta(days=PASS_ON_DAYS))
    return due.filter(Q(care__isnull=True) | Q(care__passed_on_at__isnull=True))


def to_hide(today: datetime.date) -> QuerySet:
    """So long overdue that coordinators want it hidden, where somebody was told in good time.

    A listing that no person has ever checked is not among them: that it has just been brought in
    is no sign that it has become wrong.
    """
    days = Desk.settings().hide_after_days
    told = timezone.now() - datetime.timedelta(days=NOTICE_DAYS)
    due = Service.objects.due(today - datetime.timedelta(days=days))
    return due.filter(assured_date__isnull=False).filter(
        Q(care__asked_at__lte=told) | Q(care__asked_at__isnull=True, care__passed_on_at__lte=told)
    )


def held(found: QuerySet, pk) -> Service | None:
    """The listing, locked, if it is still among those found."""
    Service.objects.select_for_update().filter(pk=pk).first()
    return found.filter(pk=pk).first()


@transaction.atomic
def ask(pk, today: datetime.date) -> bool:
    """Ask its owners whether the listing is still correct."""
    service = held(to_ask(today), pk)
    if service is None:
        return False
    care, _new = Care.objects.get_or_create(service=service)
    care.asked_at = timezone.now()
    care.save(update_fields=["asked_at"])
    put_to_owners(service)
    return True


@transaction.atomic
def remind(pk, today: datetime.date) -> bool:
    """Ask once more, now that the check is overdue."""
    service = held(to_remind(today), pk)
    if service is None:
        return False
    put_to_owners(service)
    return True


@transaction.atomic
def pass_on(pk, today: datetime.date) -> bool:
    """Give it to the coordinators, who see it on their desk."""
    service = held(to_pass_on(today), pk)
    if service is None:
        return False
    care, _new = Care.objects.get_or_create(service=service)
    care.passed_on_at = timezone.now()
    care.save(update_fields=["passed_on_at"])
    return True


@transaction.atomic
def hide(pk, today: datetime.date) -> bool:
    """Out of sight until somebody has checked it; its owners are told and can bring it back."""
    service = held(to_hide(today), pk)
    if service is None:
        return False
    actions.hide(
        service,
        by=None,
        why=_("Not checked since %s.") % date_format(service.assured_date, "DATE_FORMAT"),
    )
    Care.objects.filter(service=service).update(hidden_at=timezone.now())
    put_to_owners(service)
    return True


@transaction.atomic
def tell_coordinators(since: datetime.datetime) -> None:
    """What this run has given to them, in one mail to each."""
    cares = Care.objects.passed_on().filter(passed_on_at__gte=since)
    services = [care.service for care in cares.select_related("service")]
    if not services:
        return
    for user in User.objects.coordinators():
        post(
            "checks-passed-on",
            to=user.email,
            language=user.language,
            count=len(services),
            titles=[title_of(service, user.language) for service in services[:NAMED]],
            more=max(len(services) - NAMED, 0),
            url=absolute("coalition:concern", user.language, code="unanswered"),
        )


def put_to_owners(service: Service) -> None:
    """To each owner a link of their own, mailed to them at the end of the run."""
    for user in actions.owners(service.organization):
        CheckRequest.objects.create(
            service=service,
            email=user.email,
            language=user.language,
            user=user,
            expires_at=timezone.now() + datetime.timedelta(days=LINK_DAYS),
        )


@transaction.atomic
def tell(user_id: int, today: datetime.date) -> None:
    """One mail to a person about all they are asked, in their language."""
    requests = CheckRequest.objects.untold().filter(user=user_id).select_for_update()
    by_service = {request.service_id: request for request in requests.order_by("created_at")}
    if not by_service:
        return
    newest = list(by_service.values())[-1]
    found = Service.objects.with_due_date().filter(pk__in=by_service, due_on__isnull=False)
    asked: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    with override(newest.language):
        for service in found.select_related("organization", "care").order_by("due_on", "pk"):
            about = said(service, by_service[service.pk])
            asked[kind_of(service, today)].append(about)
        write(newest.email, newest.language, asked)
    requests.update(told_at=timezone.now())


def write(email: str, language: str, asked: dict[str, list[dict]]) -> None:
    """The mail, about one or about several listings."""
    listings = [(kind, one) for kind, some in asked.items() for one in some]
    common = {"to": email, "language": language, "days": LINK_DAYS}
    if len(listings) == 1:
        kind, one = listings[0]
        post(kind, **common, **one)
    elif listings:
        post(
            "checks-due",
            **common,
            count=len(listings),
            asked=asked.items(),
            several=len({one["organization"] for _kind, one in listings}) > 1,
            workspace_url=absolute("coalition:workspace", language),
        )


def kind_of(service: Service, today: datetime.date) -> str:
    if hasattr(service, "care") and service.care.hidden_at is not None:
        return "listing-hidden"
    return "check-overdue" if service.due_on < today else "check-due"


def said(service: Service, request: CheckRequest) -> dict[str, str]:
    """What a mail says of one listing, and the link that is for it only."""
    return {
        "title": title_of(service, request.language),
        "organization": service.organization,
        "checked": date_format(service.assured_date) if service.assured_date else "",
        "due": date_format(service.due_on),
        "url": link(request),
    }


def title_of(service: Service, language: str) -> str:
    own, other = service.name, service.name_fr
    return (other or own) if language == "fr" else (own or other)


def link(request: CheckRequest) -> str:
    token = signing.dumps(str(request.pk), salt=SALT)
    return absolute("coalition:check", request.language, token=token)


def read(token: str) -> CheckRequest:
    """What a link is about. Raises signing.BadSignature, CheckRequest.DoesNotExist."""
    found = CheckRequest.objects.select_related("service__organization", "user")
    return found.get(pk=signing.loads(token, salt=SALT))


def is_open(request: CheckRequest) -> bool:
    """Whether it can still be answered, by somebody who still speaks for the listing."""
    organization = request.service.organization
    return (
        request.used_at is None
        and request.expires_at > timezone.now()
        and Membership.objects.active()
        .filter(user=request.user, organization=organization)
        .exists()
    )


@transaction.atomic
def answer(request: CheckRequest) -> Proposal:
    """Yes, it is still correct. Raises NotOpen, and as `actions.confirm`."""
    Service.objects.select_for_update().get(pk=request.service_id)
    request = CheckRequest.objects.select_for_update().get(pk=request.pk)
    if not is_open(request):
        raise NotOpen
    service = request.service
    return actions.confirm(
        service, by=request.user, who=service.organization.filed_name, origin=Origin.PARTNER
    )


def mark(service: Service) -> str:
    """What tells this state of the listing from a later one."""
    return f"{service.assured_date or 'never'} {service.last_modified.isoformat()}"


@transaction.atomic
def check_for_partner(service: Service, *, by: User, who: str, seen: str) -> Proposal:
    """A coordinator has asked somebody there: `who`, for the record only.

    Raises ChangedMeanwhile where it is not any more as `seen`, and as `actions.confirm`.
    """
    service = Service.objects.select_for_update().get(pk=service.pk)
    if mark(service) != seen:
        raise ChangedMeanwhile
    proposal = actions.confirm(
        service, by=by, who=service.organization.filed_name, origin=Origin.COORDINATOR
    )
    record("listing.check", by=by, about=service, note=who)
    return proposal


def waits_for_check(organizations) -> QuerySet:
    """What the people of these organizations have to check: due in two weeks, overdue, hidden."""
    today = timezone.localdate()
    own = Q(organization__in=organizations)  # in each part, or each would read the whole catalogue
    due = Service.objects.due(today + datetime.timedelta(days=ASK_DAYS)).filter(own)
    hidden = Service.objects.with_due_date().filter(own, care__hidden_at__isnull=False)
    return (
        Service.objects.with_due_date()
        .filter(own)
        .filter(Q(pk__in=due.order_by().values("pk")) | Q(pk__in=hidden.values("pk")))
        .order_by("due_on", "pk")
    )
