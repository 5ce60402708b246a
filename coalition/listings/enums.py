"""Closed sets about listings."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Wrong(TextChoices):
    """What a resident says is wrong with a listing."""

    DETAILS = "details", _("Something it says is not right")
    CLOSED = "closed", _("I went, and it was closed")
    ADDRESS = "address", _("This address should not be shown")


class ProblemKind(TextChoices):
    """What the weekly look at a listing found."""

    LINK = "link", _("A link that does not open")
    PHONE = "phone", _("A phone number that cannot be right")


# What `looking` writes down, in words; a number is what the page answered.
FOUND = {
    "unreached": _("Nothing answers there."),
    "certificate": _("Its certificate is not valid, so browsers warn."),
    "redirects": _("It leads from one address to the next without end."),
    "not-public": _("It is not an address on the internet."),
    "wrong-length": _("It has too few or too many digits."),
    "no-such-area-code": _("There is no such area code."),
    "no-such-exchange": _("No number goes on like this after the area code."),
    "for-fiction-only": _("Numbers from 555-0100 to 555-0199 are nobody’s."),
}
