"""Closed sets of what events are and how they are come to."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventKind(TextChoices):
    """What people come for."""

    PEER_CIRCLE = "peer_circle", _("Peer circle or support group")
    NALOXONE = "naloxone", _("Naloxone training")
    TRAINING = "training", _("Training across sectors")
    WORKSHOP = "workshop", _("Workshop or talk")
    MEAL = "meal", _("Community meal")
    CEREMONY = "ceremony", _("Ceremony or cultural event")
    CELEBRATION = "celebration", _("Recovery celebration")
    REMEMBRANCE = "remembrance", _("Vigil or remembrance")
    ADVOCACY = "advocacy", _("Advocacy or rally")
    DROP_IN = "drop_in", _("Drop-in")
    MEETING = "meeting", _("Coalition meeting")
    OTHER = "other", _("Something else")


class Attendance(TextChoices):
    """How people take part; schema.org `eventAttendanceMode`."""

    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")
    BOTH = "both", _("In person and online")


class EventStatus(TextChoices):
    """RFC 5545 STATUS of an event."""

    CONFIRMED = "confirmed", _("Takes place")
    TENTATIVE = "tentative", _("Not certain yet")
    CANCELLED = "cancelled", _("Cancelled")


class RegistrationMode(TextChoices):
    """Whether people say beforehand that they come."""

    NONE = "none", _("Just come")
    CONTACT = "contact", _("Tell the organizer")
    HERE = "here", _("Register on this site")


class EventAccess(TextChoices):
    """What makes it possible for more people to come."""

    WHEELCHAIR = "wheelchair", _("Wheelchair accessible")
    CHILDCARE = "childcare", _("Childcare")
    ASL = "asl", _("ASL interpretation")
    LSQ = "lsq", _("LSQ interpretation")
    FOOD = "food", _("Food")
    TRANSPORT = "transport", _("Help to get there")


class SubstanceFree(TextChoices):
    """Whether people are asked to come without having used; blank where nobody said."""

    YES = "yes", _("Substance-free")
    NO = "no", _("Come as you are")
