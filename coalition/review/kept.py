"""What this room keeps about a person: it stays, without the name."""

from django.utils.translation import gettext_lazy as _

from coalition.accounts.holdings import Holding, register
from coalition.accounts.models import User

from .models import Decision, Submission


def submissions(user: User) -> list[dict]:
    found = Submission.objects.filter(submitted_by=user)
    return list(found.values("kind", "title", "state", "submitted_at", "decided_at", "reason"))


def decisions(user: User) -> list[dict]:
    found = Decision.objects.filter(by=user)
    return list(found.values("submission__title", "outcome", "at", "reason"))


def register_holdings() -> None:
    register(Holding("submissions", _("What you sent in"), submissions))
    register(Holding("decisions", _("What you decided, sent in or took back"), decisions))
