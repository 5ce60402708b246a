"""What this room keeps about a person."""

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.accounts.holdings import Holding, register
from coalition.accounts.models import User
from directory.models import Origin, Proposal, Service

from .models import Change, CheckRequest, Draft


def drafts(user: User) -> list[dict]:
    found = Draft.objects.filter(author=user)
    return list(found.values("subject", "record_id", "document", "created_at", "updated_at"))


def changes(user: User) -> list[dict]:
    found = Change.objects.filter(user=user)
    return list(
        found.values("proposal__record_id", "proposal__made_at", "proposal__by", "proposal__note")
    )


def check_requests_of(user: User):
    return CheckRequest.objects.filter(Q(user=user) | Q(email__iexact=user.email))


def check_requests(user: User) -> list[dict]:
    return list(check_requests_of(user).values("service_id", "created_at", "used_at"))


def forget_name(user: User) -> None:
    """A coordinator's name stands in the history of what they changed: no longer."""
    mine = Proposal.objects.filter(change__user=user, origin=Origin.COORDINATOR)
    mine.update(by="")
    if user.is_coordinator and user.name:
        Service.objects.filter(published_by=user.name).update(published_by=gettext("A coordinator"))


def forget_check_requests(user: User) -> None:
    check_requests_of(user).delete()


def register_holdings() -> None:
    register(Holding("drafts", _("What you are writing"), drafts))
    register(Holding("changes", _("Changes you made to listings"), changes, forget_name))
    register(
        Holding(
            "check_requests",
            _("Questions we sent you whether a listing is correct"),
            check_requests,
            forget_check_requests,
        )
    )
