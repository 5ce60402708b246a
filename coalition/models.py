"""Each room's models, where Django looks for them; everything else imports from the rooms."""

from coalition.accounts.models import LetIn, RecordEntry, User
from coalition.catalogue.models import Lack, Pair
from coalition.listings.models import Care, Change, CheckRequest, Correction, Draft, Problem
from coalition.mail.models import Message
from coalition.members.models import Application, Invitation, Member, Membership, Principles
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
    "Invitation",
    "Lack",
    "LetIn",
    "Member",
    "Membership",
    "Message",
    "Pair",
    "Principles",
    "Problem",
    "RecordEntry",
    "Submission",
    "User",
]
