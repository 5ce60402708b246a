"""What this room keeps about a person."""

from django.utils.translation import gettext_lazy as _

from coalition.accounts.holdings import Holding, register
from coalition.accounts.models import User

from .models import StoredFile


def files(user: User) -> list[dict]:
    found = StoredFile.objects.whole().filter(uploaded_by=user).order_by("created_at", "pk")
    return list(found.values("name", "format", "size", "created_at"))


def register_holdings() -> None:
    register(Holding("files", _("Files you uploaded (their names)"), files))
