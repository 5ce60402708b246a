"""Each room's models, where Django looks for them; everything else imports from the rooms."""

from coalition.accounts.models import LetIn, RecordEntry, User
from coalition.catalogue.models import Lack, Pair
from coalition.events.models.events import (
    Event,
    EventHost,
    EventService,
    EventSlug,
    EventTerm,
    HostAnswer,
)
from coalition.events.models.times import EventChange, Occurrence, Registration
from coalition.files.models import FilePiece, StoredFile
from coalition.listings.models import Care, Change, CheckRequest, Correction, Draft, Problem
from coalition.mail.models import Message
from coalition.members.models import Application, Invitation, Member, Membership, Principles
from coalition.resources.models import (
    Resource,
    ResourceEvent,
    ResourceService,
    ResourceSlug,
    ResourceTerm,
    ResourceVersion,
)
from coalition.review.models import CannedReason, Decision, Desk, Submission

__all__ = [
    "Application",
    "CannedReason",
    "Care",
    "Change",
    "CheckRequest",
    "Correction",
    "Decision",
    "Desk",
    "Draft",
    "Event",
    "EventChange",
    "EventHost",
    "EventService",
    "EventSlug",
    "EventTerm",
    "FilePiece",
    "HostAnswer",
    "Invitation",
    "Lack",
    "LetIn",
    "Member",
    "Membership",
    "Message",
    "Occurrence",
    "Pair",
    "Principles",
    "Problem",
    "RecordEntry",
    "Registration",
    "Resource",
    "ResourceEvent",
    "ResourceService",
    "ResourceSlug",
    "ResourceTerm",
    "ResourceVersion",
    "StoredFile",
    "Submission",
    "User",
]
