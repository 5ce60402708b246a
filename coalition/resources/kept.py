"""What this room keeps about a person: the name of the coordinator who published something."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.accounts.holdings import Holding, register
from coalition.accounts.models import User

from .models import Resource


def published(user: User) -> list[dict]:
    if not (user.is_coordinator and user.name):
        return []
    found = Resource.objects.filter(published_by=user.name).order_by("published_at", "pk")
    return list(found.values("name", "name_fr", "published_at"))


def forget_name(user: User) -> None:
    if user.is_coordinator and user.name:
        mine = Resource.objects.filter(published_by=user.name)
        mine.update(published_by=gettext("A coordinator"))


def register_holdings() -> None:
    register(
        Holding("resources", _("Resources you published as a coordinator"), published, forget_name)
    )
