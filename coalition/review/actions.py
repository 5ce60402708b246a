"""The only ways a submission changes state. Exactly one decision counts a round."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.mail.actions import try_now
from directory.models import Organization

from .enums import DECISIONS, Outcome, State
from .kinds import KINDS
from .models import CannedReason, Decision, Desk, Submission

DECIDED = {State.APPROVED, State.DECLINED}
CLOSED = DECIDED | {State.WITHDRAWN}


class NotWaiting(Exception):
    """Somebody decided first, or it was withdrawn; `submission` says who and when."""

    def __init__(self, submission: Submission):
        self.submission = submission
        super().__init__(str(submission.state))


class ChangedSince(Exception):
    """Somebody changed it after the page was opened."""


class SentInAgain(Exception):
    """It was changed and sent in again since the one who decides has read it."""


@transaction.atomic
def submit(
    kind: str,
    *,
    title: str,
    by: User | None,
    organization: Organization | None = None,
    area: str = "",
    urgent: bool = False,
) -> Submission:
    """Put a new thing before the coordinators."""
    submission = Submission.objects.create(
        kind=KINDS[kind].code,
        title=title[:300],
        organization=organization,
        area=area,
        urgent=urgent,
        submitted_by=by,
    )
    Decision.objects.create(submission=submission, outcome=Outcome.SUBMITTED, round=1, by=by)
    return submission


@transaction.atomic
def submit_again(submission: Submission, *, by: User | None, title: str = "") -> Submission:
    """Send in again what was sent back or taken back, or replace what still waits. Raises
    NotWaiting where it is decided."""
    submission = locked(submission.pk)
    if submission.state in DECIDED:
        raise NotWaiting(submission)
    submission.state = State.WAITING
    submission.round += 1
    submission.title = title[:300] or submission.title
    submission.submitted_at = timezone.now()
    submission.decided_at = submission.decided_by = None
    submission.save()
    Decision.objects.create(
        submission=submission, outcome=Outcome.SUBMITTED, round=submission.round, by=by
    )
    return submission


@transaction.atomic
def withdraw(submission: Submission, *, by: User | None) -> Submission:
    """Take back what waits or was sent back. Raises NotWaiting."""
    submission = locked(submission.pk)
    if submission.state in CLOSED:
        raise NotWaiting(submission)
    if submission.state == State.WAITING:
        Decision.objects.create(
            submission=submission, outcome=Outcome.WITHDRAWN, round=submission.round, by=by
        )
    submission.state = State.WITHDRAWN
    submission.decided_at = submission.decided_by = None
    submission.save()
    return submission


@transaction.atomic
def decide(
    submission_id,
    outcome: str,
    *,
    by: User,
    round: int,
    reason: str = "",
) -> Submission:
    """Approve, send back or decline, do what that means, tell who asked.

    Raises NotWaiting where somebody was faster, SentInAgain where `round` is not the one that
    waits, ValidationError where it cannot be done (no reason given, or the room refuses).
    """
    submission = locked(submission_id)
    if submission.state != State.WAITING:
        raise NotWaiting(submission)
    if submission.round != round:
        raise SentInAgain
    kind = KINDS[submission.kind]
    if outcome not in DECISIONS or (outcome == Outcome.RETURNED and kind.give_back is None):
        raise ValidationError(_("This cannot be decided so."))
    reason = reason.strip()
    if outcome != Outcome.APPROVED and not reason:
        raise ValidationError({"reason": _("Say why: it is sent to those who asked.")})
    submission.state = State(outcome)
    submission.decided_by = by
    submission.decided_at = timezone.now()
    submission.reason = reason
    submission.save()
    Decision.objects.create(
        submission=submission, outcome=outcome, round=submission.round, by=by, reason=reason
    )
    act = {
        Outcome.APPROVED: kind.approve,
        Outcome.DECLINED: kind.decline,
        Outcome.RETURNED: kind.give_back,
    }[Outcome(outcome)]
    act(submission, by=by, reason=reason)
    kind.mails(submission, by=by, reason=reason)
    return submission


def locked(pk) -> Submission:
    return Submission.objects.select_for_update().get(pk=pk)


@transaction.atomic
def save_reason(reason: CannedReason, *, by: User, seen: str = "") -> None:
    """Keep a canned reason, new or changed. What is there just so already is kept once.

    `seen` is the mark of the one that is changed when its page was opened: raises ChangedSince
    where it is another by now, or gone.
    """
    said = {name: getattr(reason, name) for name in ("kind", "outcome", "text", "text_fr")}
    Desk.objects.select_for_update().get_or_create(pk=1)  # one at a time
    same = CannedReason.objects.filter(**said)
    if (same.filter(pk=reason.pk) if reason.pk else same).exists():
        return
    if reason.pk:
        now = CannedReason.objects.filter(pk=reason.pk).first()
        if now is None or now.mark != seen:
            raise ChangedSince
    reason.save()
    record("desk.reasons", by=by, about=reason, note=reason.get_outcome_display())


@transaction.atomic
def remove_reason(reason: CannedReason, *, by: User) -> None:
    """Take a canned reason off the list. What was decided with it keeps its words."""
    record("desk.reasons", by=by, about=reason, note=_("Removed."))
    reason.delete()


@transaction.atomic
def change_settings(values: dict[str, int], *, by: User, seen: str) -> Desk:
    """Set what the desk decides for the whole site; each change is recorded, before and after.

    `seen` is the mark of the settings as whoever changes them read them: raises ChangedSince
    where they are others by now.
    """
    Desk.objects.get_or_create(pk=1)
    desk = Desk.objects.select_for_update().get(pk=1)
    if desk.mark != seen:
        raise ChangedSince
    changed = {name: value for name, value in values.items() if getattr(desk, name) != value}
    for name, value in changed.items():
        label = Desk._meta.get_field(name).verbose_name
        record("desk.settings", by=by, about=label, note=f"{getattr(desk, name)} → {value}")
        setattr(desk, name, value)
    desk.save()
    return desk


@transaction.atomic
def try_mail(*, by: User) -> int:
    """Send now what could not be sent before; returns how many messages that are."""
    count = try_now()
    if count:
        record("mail.try", by=by, about=_("Mail"), note=str(count))
    return count
