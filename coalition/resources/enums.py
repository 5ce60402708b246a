"""Closed sets of what is shared, with whom, and on what terms."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ResourceKind(TextChoices):
    """What is shared."""

    DOCUMENT = "document", _("Document")
    LINK = "link", _("Link")
    VIDEO = "video", _("Video")
    TEMPLATE = "template", _("Template")
    TRAINING = "training", _("Training material")
    DATA = "data", _("Data or report")
    FUNDING = "funding", _("Funding opportunity")
    SPACE = "space", _("Space or equipment")


# What is nothing without an address on the web.
ELSEWHERE = (ResourceKind.LINK, ResourceKind.VIDEO)


class SeenBy(TextChoices):
    """Who may see it."""

    EVERYONE = "everyone", _("Everyone")
    MEMBERS = "members", _("Members of the coalition")
    ORGANIZATION = "organization", _("Our own organization only")


class Licence(TextChoices):
    """What others may do with it."""

    UNSTATED = "unstated", _("Not stated")
    PUBLIC_DOMAIN = "cc0", _("Public domain (CC0): use it as you like")
    BY = "cc-by", _("CC BY: share and change it, say who made it")
    BY_SA = "cc-by-sa", _("CC BY-SA: as CC BY, and share changes the same way")
    BY_NC = "cc-by-nc", _("CC BY-NC: as CC BY, but not to earn money")
    RESERVED = "reserved", _("All rights reserved: shared with permission")


# Where the terms of a licence are, for both languages.
LICENCE_URLS = {
    Licence.PUBLIC_DOMAIN: "https://creativecommons.org/publicdomain/zero/1.0/",
    Licence.BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Licence.BY_NC: "https://creativecommons.org/licenses/by-nc/4.0/",
}


class Spoken(TextChoices):
    """The languages something is in: those of the directory's filter that things are written in
    here, and the rest as one."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")
    OJIBWE = "oj", _("Ojibwe")
    CREE = "cr", _("Cree")
    INUKTITUT = "iu", _("Inuktitut")
    MIKMAW = "mic", _("Mi’kmaw")
    DENE = "den", _("Dene")
    MICHIF = "crg", _("Michif")
    ASL = "ase", _("American Sign Language")
    LSQ = "fcs", _("Quebec Sign Language")
    OTHER = "other", _("Another language")
