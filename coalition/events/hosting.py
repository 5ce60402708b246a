"""What an organization is asked about others' events."""

from django.urls import reverse
from django.utils.translation import gettext as _

from coalition.accounts.models import User
from coalition.listings.workspace import ToDo
from directory.models import Organization

from .models.events import HostAnswer

MOST = 10


def to_do(user: User, organizations: list[Organization]) -> list[ToDo]:
    """Events they are asked to host and have not answered for."""
    asked = HostAnswer.objects.of(organizations).filter(accepted__isnull=True).order_by("asked_at")
    return [
        ToDo(
            title=str(one.event),
            label=_("Do you host it?"),
            text=_("%(who)s asks %(you)s.")
            % {"who": one.event.organization, "you": one.organization},
            url=reverse("coalition:events", args=[one.organization.slug]),
            action=_("Say yes or no"),
        )
        for one in asked[:MOST]
    ]
