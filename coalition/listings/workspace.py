"""What a partner finds in the workspace: what needs them today, and their listings."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.urls import reverse

from coalition.accounts.models import User
from coalition.members.enums import Standing
from coalition.members.models import Invitation, Membership
from coalition.review.enums import State
from coalition.review.models import Submission
from directory.models import Organization, Proposal, Service
from directory.models.enums import SHOWN, ServiceStatus

from .checks import waits_for_check
from .enums import Wrong
from .models import Correction, Draft, Problem
from .writing import WRITTEN

PAGE = 25
MOST = 10  # of each kind of thing to do, before "and more"


@dataclass
class Some:
    """The first of a list, and how many there are in all."""

    rows: list
    count: int

    @classmethod
    def of(cls, queryset) -> "Some":
        rows = list(queryset[: MOST + 1])
        return cls(rows[:MOST], len(rows) if len(rows) <= MOST else queryset.count())

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class ToDo:
    """Something else that needs somebody, and where to see to it."""

    title: str
    label: str
    text: str
    url: str
    action: str


# What other rooms have for people to do.
SOURCES: list[Callable[[User, list[Organization]], list[ToDo]]] = []


def register_to_do(source: Callable[[User, list[Organization]], list[ToDo]]) -> None:
    """Called once by each room that asks something of people, when the site starts."""
    if source not in SOURCES:
        SOURCES.append(source)


def memberships(user: User) -> list[Membership]:
    found = Membership.objects.filter(user=user).select_related(
        "organization", "organization__member"
    )
    return sorted(found, key=lambda one: str(one.organization).casefold())


def is_active(membership: Membership) -> bool:
    return membership.organization.member.standing == Standing.ACTIVE


def organizations_of(user: User):
    """Organizations this person can act for now, as a query."""
    active = Membership.objects.active().filter(user=user)
    return Organization.objects.filter(pk__in=active.values("organization"))


def to_do(user: User, organizations: list[Organization]) -> dict[str, Some | list[ToDo]]:
    """What needs this person today, of all their organizations."""
    ids = [organization.pk for organization in organizations]
    drafts = Draft.objects.filter(organization__in=ids).select_related(
        "organization", "submission", "author"
    )
    # What was changed or confirmed since is for coordinators to settle; an address stays urgent.
    answered = ~Q(wrong=Wrong.ADDRESS) & Q(service__last_modified__gt=F("submission__submitted_at"))
    own = Q(author=user) & (Q(submission=None) | Q(submission__state=State.RETURNED))
    returned = Submission.objects.filter(
        organization__in=ids, state=State.RETURNED, draft__isnull=False
    )
    return {
        "due": Some.of(waits_for_check(ids).select_related("organization")),
        "returned": Some.of(
            returned.select_related("organization", "draft__author").order_by("decided_at")
        ),
        "corrections": Some.of(
            Correction.objects.waiting()
            .filter(service__organization__in=ids)
            .exclude(answered)
            .select_related("service", "submission")
        ),
        "problems": problems(ids),
        "invitations": Some.of(
            Invitation.objects.open()
            .filter(email__iexact=user.email)
            .select_related("organization", "invited_by")
        ),
        "drafts": Some.of(drafts.filter(own).exclude(submission__state=State.RETURNED)),
        "waiting": Some.of(
            Submission.objects.filter(
                organization__in=ids, state=State.WAITING, change__isnull=False
            ).order_by("submitted_at")
        ),
        "others": Some.of(drafts.exclude(author=user).filter(submission=None)),
        "elsewhere": [one for source in SOURCES for one in source(user, organizations)],
    }


def problems(organizations: list) -> Some:
    """What the weekly look found, each with what it is `about` and the address to put it right."""
    found = Problem.objects.shown().of(*organizations).select_related("service")
    some = Some.of(found.order_by("found_at", "pk"))
    others: dict[str, list] = {}
    for one in some.rows:
        if one.service is None:
            others.setdefault(one.subject, []).append(one.record_id)
    named = {
        pk: record
        for subject, ids in others.items()
        for pk, record in WRITTEN[subject].node.model.objects.in_bulk(ids).items()
    }
    for one in some.rows:
        one.about = one.service or named.get(one.record_id, "")
        one.edit_url = reverse(WRITTEN[one.subject].edit, args=[one.about_id])
    return some


def listings(organization: Organization, number: str) -> Page:
    """A page of its listings by name, the retired ones last."""
    name = Coalesce(NullIf("name", Value("")), "name_fr")
    found = (
        Service.objects.filter(organization=organization)
        .annotate(sort_name=Func(Lower(name), function="unaccent", output_field=TextField()))
        .only("name", "name_fr", "slug", "status", "published_at", "assured_date")
    )
    return Paginator(found.order_by("status", "sort_name", "pk"), PAGE).get_page(number)


def with_waiting_changes(page: Page) -> set:
    """Which of these listings have a change that waits for a coordinator."""
    waiting = Proposal.objects.filter(
        record_id__in=[service.pk for service in page],
        applied_at__isnull=True,
        change__submission__state=State.WAITING,
    )
    return set(waiting.values_list("record_id", flat=True))


def state_of(service: Service) -> str:
    """What residents see of a listing, in one word."""
    if service.status not in SHOWN:
        return "retired" if service.status == ServiceStatus.DEFUNCT else "hidden"
    if service.published_at is None:
        return "hidden"
    return "closed" if service.status == ServiceStatus.TEMPORARILY_CLOSED else "public"
