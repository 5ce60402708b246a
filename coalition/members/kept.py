"""What this room keeps about a person."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coalition.accounts.holdings import Holding, register
from coalition.accounts.models import User
from coalition.review import actions as review
from coalition.review.enums import State

from . import actions, applying
from .models import Application, Invitation, Membership

OPEN = {State.WAITING, State.RETURNED}
NOT_WRITTEN = {"id", "submission", "applicant", "claims"}
WRITTEN = [
    field.name for field in Application._meta.concrete_fields if field.name not in NOT_WRITTEN
]


def memberships(user: User) -> list[dict]:
    found = user.memberships.select_related("organization")
    return [{"organization": str(m.organization), "role": m.role, "since": m.since} for m in found]


def leave_all(user: User) -> None:
    """Raises ValidationError where this is the last owner of an organization."""
    for membership in Membership.objects.filter(user=user).order_by("organization_id"):
        actions.remove_person(membership, by=user)


def applications_of(user: User) -> QuerySet:
    return Application.objects.filter(Q(applicant=user) | Q(email__iexact=user.email))


def applications(user: User) -> list[dict]:
    return list(applications_of(user).values(*WRITTEN))


def forget_applications(user: User) -> None:
    """One that was never sent in goes; what an organization said of itself stays, nameless."""
    for application in applications_of(user):
        if application.submission_id is None:
            application.delete()
            continue
        submission = review.locked(application.submission_id)
        if submission.state in OPEN:
            review.withdraw(submission, by=user)
        applying.nameless(Application.objects.filter(pk=application.pk))


def invitations(user: User) -> list[dict]:
    found = Invitation.objects.filter(email__iexact=user.email).select_related("organization")
    return [
        {
            "organization": str(invitation.organization),
            "role": invitation.role,
            "created_at": invitation.created_at,
            "accepted_at": invitation.accepted_at,
        }
        for invitation in found
    ]


def forget_invitations(user: User) -> None:
    found = Invitation.objects.filter(email__iexact=user.email)
    found.filter(accepted_at__isnull=True).delete()
    found.update(email="")


def register_holdings() -> None:
    register(Holding("memberships", _("Your organizations"), memberships, leave_all))
    register(
        Holding("applications", _("Your applications to join"), applications, forget_applications)
    )
    register(Holding("invitations", _("Invitations to you"), invitations, forget_invitations))
