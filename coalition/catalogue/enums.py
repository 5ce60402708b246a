"""Closed sets about the catalogue's health."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Why(TextChoices):
    """Why two listings may be one."""

    PHONE = "phone", _("The same phone number, and names alike")
    STREET = "street", _("The same street address, and names alike")
    PERSON = "person", _("Somebody thought so")


class Settled(TextChoices):
    """What two listings that may be one turned out to be."""

    MERGED = "merged", _("Made one")
    APART = "apart", _("Not a duplicate")
