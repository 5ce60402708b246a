"""What a decision on a proposed listing means, and who is told."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from coalition.accounts.models import User
from coalition.mail.actions import post
from coalition.members.links import absolute
from coalition.review.models import Submission
from directory.interchange import proposals
from directory.interchange.proposals import Conflict
from directory.interchange.reading_out import label_of
from directory.interchange.subjects import SUBJECTS
from directory.interchange.write import InvalidListing

from .actions import LISTING, changed, owners, said_of, signed
from .models import Change, Draft


def approve(submission: Submission, *, by: User, reason: str) -> None:
    """Write what was proposed and let everyone see it."""
    change = Change.objects.select_related("proposal").get(submission=submission)
    node = SUBJECTS[change.proposal.subject].node
    try:
        applied = proposals.apply(change.proposal, published_by=signed(by))
    except Conflict as conflict:
        raise ValidationError(
            _("It has changed since this was sent in, in the same places: %s.")
            % ", ".join(dict.fromkeys(label_of(found.path, node) for found in conflict.kept))
        ) from conflict
    except InvalidListing as error:
        raise ValidationError(said_of(error)) from error
    Draft.objects.filter(submission=submission).delete()
    changed(applied)


def decline(submission: Submission, *, by: User, reason: str) -> None:
    """The proposal stays unapplied, for the record; its author keeps the draft."""
    Draft.objects.filter(submission=submission).update(submission=None)


def tell_partner(submission: Submission, *, by: User, reason: str) -> None:
    """To the person who sent it in; to the owners where that person is gone."""
    for user in people_of(submission):
        post(
            f"listing-{submission.state}",
            to=user.email,
            language=user.language,
            title=submission.title,
            reason=reason,
            everyone=submission.kind == LISTING,
            url=absolute("coalition:workspace", user.language),
        )


def people_of(submission: Submission) -> list[User]:
    if submission.submitted_by is not None and submission.submitted_by.is_active:
        return [submission.submitted_by]
    if submission.organization is None:
        return []
    return owners(submission.organization)
