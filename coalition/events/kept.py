"""What this room keeps about a person: who said that an organization hosts, who published, and the
e-mail somebody gave for a reminder. Who registers without one, nobody knows."""

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.accounts.holdings import Holding, register
from coalition.accounts.models import User

from .models.events import Event, HostAnswer
from .models.times import Registration


def answers(user: User) -> list[dict]:
    """The answer itself stays with the organization, without the name."""
    found = HostAnswer.objects.filter(answered_by=user).order_by("answered_at", "pk")
    return list(found.values("event__name", "event__name_fr", "accepted", "answered_at"))


def registrations_of(user: User) -> QuerySet[Registration]:
    return Registration.objects.filter(email__iexact=user.email)


def registrations(user: User) -> list[dict]:
    found = registrations_of(user).order_by("pk")
    return list(
        found.values("event__name", "event__name_fr", "recurrence_id", "first_name", "created_at")
    )


def forget_reminders(user: User) -> None:
    """Whoever has the link keeps the place; nobody is written to."""
    registrations_of(user).update(email="")


def published(user: User) -> list[dict]:
    if not (user.is_coordinator and user.name):
        return []
    found = Event.objects.filter(published_by=user.name).order_by("published_at", "pk")
    return list(found.values("name", "name_fr", "published_at"))


def forget_name(user: User) -> None:
    if user.is_coordinator and user.name:
        mine = Event.objects.filter(published_by=user.name)
        mine.update(published_by=gettext("A coordinator"))


def register_holdings() -> None:
    register(Holding("host_answers", _("Whether your organization hosts an event"), answers))
    register(
        Holding(
            "registrations",
            _("Events for which you gave your e-mail, until a week after"),
            registrations,
            forget_reminders,
        )
    )
    register(Holding("events", _("Events you published as a coordinator"), published, forget_name))
