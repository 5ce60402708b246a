"""Closed sets of the review mechanism."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a submission stands. Only `WAITING` ones can be decided."""

    WAITING = "waiting", _("Waiting")
    RETURNED = "returned", _("Sent back")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Outcome(TextChoices):
    """What was done with a submission."""

    SUBMITTED = "submitted", _("Sent in")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    RETURNED = "returned", _("Sent back")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What a coordinator may decide.
DECISIONS = (Outcome.APPROVED, Outcome.RETURNED, Outcome.DECLINED)
