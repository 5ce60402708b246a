"""Closed sets about membership."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person may do in an organization."""

    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")


class Standing(TextChoices):
    """An organization's place in the coalition."""

    ACTIVE = "active", _("Member")
    SUSPENDED = "suspended", _("Suspended")
    LEFT = "left", _("Has left")
