"""How listings change: written by partners, decided by coordinators, corrected by residents."""

import datetime
import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.members.models import Member, Membership
from coalition.members.permissions import can_review
from coalition.review import actions as review
from coalition.review.enums import State
from directory.interchange import proposals
from directory.interchange.actions import hold, publish, withdraw
from directory.interchange.schema import SERVICE
from directory.interchange.subjects import SUBJECTS
from directory.interchange.write import InvalidListing
from directory.models import (
    Organization,
    Origin,
    Proposal,
    Service,
    Subject,
)
from directory.models.enums import ServiceStatus

from .looking import forget_mended
from .models import Care, Change, CheckRequest, Draft
from .sharing import anew, only_pointed_to, with_own_places
from .writing import WRITTEN, written

LISTING = "listing"
MOMENT = datetime.timedelta(minutes=1)


@transaction.atomic
def start_draft(
    organization: Organization,
    *,
    by: User,
    service: Service | None = None,
    subject: str = Subject.SERVICE,
) -> Draft:
    """Begin to write a new listing (or what else `subject` is), or go on with one's own draft: of
    `service`, or one in which nothing is written yet."""
    if service is not None:
        return open_draft(organization, service.pk, by=by)
    User.objects.select_for_update().get(pk=by.pk)  # one at a time
    own = {"organization": organization, "author": by, "subject": subject}
    untouched = Draft.objects.filter(**own, document={})
    return untouched.first() or Draft.objects.create(**own)


@transaction.atomic
def open_draft(
    organization: Organization, record_id, *, by: User, subject: str = Subject.SERVICE
) -> Draft:
    """Begin to write on what is there, or go on with one's own draft of it."""
    base = proposals.current(record_id, subject)
    draft, _created = Draft.objects.get_or_create(
        author=by,
        record_id=record_id,
        defaults={
            "organization": organization,
            "subject": subject,
            "base": base,
            "document": base,
        },
    )
    return draft


@transaction.atomic
def save_draft(draft: Draft, document: dict, *, revision: int | None = None) -> Draft:
    """Keep what was written so far, whole or not.

    With `revision`, raises Stale where the draft was saved elsewhere since.
    """
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if revision is not None and revision != draft.revision:
        raise Stale(draft)
    draft.document = proposals.plain(document)
    draft.updated_at = timezone.now()
    draft.revision += 1
    draft.save()
    return draft


class Stale(Exception):
    """The draft was saved elsewhere since this page was opened; `draft` is how it is now."""

    def __init__(self, draft: Draft):
        self.draft = draft
        super().__init__(draft.revision)


def whole(draft: Draft) -> dict:
    """The draft's document as it would be written: with its identifier and its organization."""
    return {
        **draft.document,
        "id": str(draft.record_id),
        "organization": {"id": str(draft.organization_id)},
    }


@transaction.atomic
def send_in(draft: Draft, *, by: User, checked: bool = False) -> Proposal:
    """Hand the draft over: a coordinator's, and a trusted member's change to a listing that is
    public, go live at once; everything else waits for a coordinator. What waits already, just as
    it is, is not sent in again. With `checked`, `by` says that all of it is true today.

    Raises InvalidListing for a document that could not be written, Conflict where the listing
    changed since in the same places, ValidationError where it may not be shown like this.
    """
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if is_sent(draft):
        return draft.submission.change.proposal
    kind = written(draft)
    document = kind.prepare(draft, whole(draft))
    if checked and kind.checkable:
        document["assured_date"] = timezone.localdate().isoformat()
        document["assured_by"] = draft.organization.filed_name[:200]
    try_out(draft, document)
    organization = draft.organization
    at_the_desk = can_review(by)
    proposal = proposals.propose(
        document,
        origin=Origin.COORDINATOR if at_the_desk else Origin.PARTNER,
        by=signed(by) if at_the_desk else organization.filed_name,
        base=draft.base,
        subject=draft.subject,
    )
    change = Change(proposal=proposal, user=by)
    if at_the_desk or goes_live(draft):
        # What is out of sight stays so: only a new one is shown at once.
        shown_by = proposal.by[:200] if draft.base is None else ""
        proposals.apply(proposal, published_by=shown_by)
        change.save()
        kind.changed(draft.record_id)
        if checked and kind.checkable:
            no_longer_due(draft.record_id)
        draft.delete()
        return proposal
    if draft.submission is not None and draft.submission.state in (State.WAITING, State.RETURNED):
        Change.objects.filter(submission=draft.submission).update(submission=None)
        change.submission = review.submit_again(draft.submission, by=by, title=title(document))
    else:
        change.submission = review.submit(
            kind.kind,
            title=title(document),
            by=by,
            organization=organization,
            area=kind.area(document),
        )
        draft.submission = change.submission
        draft.save(update_fields=["submission"])
    change.save()
    return proposal


def is_sent(draft: Draft) -> bool:
    """Whether the draft, just as it is, waits for a coordinator."""
    submission = draft.submission
    return (
        submission is not None
        and submission.state == State.WAITING
        and draft.updated_at <= submission.submitted_at
        and hasattr(submission, "change")
    )


def no_longer_due(service_id) -> None:
    """End what was under way to have a public listing checked."""
    Care.objects.filter(service=service_id, hidden_at__isnull=True).delete()
    CheckRequest.objects.filter(service=service_id, used_at__isnull=True).update(
        used_at=timezone.now()
    )


def mark_of(document: dict) -> str:
    """What tells a document from another, in short."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


def signed(by: User) -> str:
    """A coordinator in words that anyone may read."""
    return by.name or _("A coordinator")


def goes_live(draft: Draft) -> bool:
    """Whether sending it in shows it at once: a coordinator's, a trusted member's change."""
    if can_review(draft.author):
        return True
    if not Member.objects.filter(organization=draft.organization_id, trusted=True).exists():
        return False
    kind = written(draft)
    return kind.is_shown(draft.record_id) or (kind.fresh_at_once and draft.base is None)


def try_out(draft: Draft, document: dict) -> None:
    """Write it, look whether it may be shown, and undo: so that problems are said to who wrote it.

    Raises InvalidListing, Conflict, ValidationError.
    """
    with transaction.atomic():
        trial = proposals.propose(
            document, origin=Origin.SYSTEM, by="", base=draft.base, subject=draft.subject
        )
        proposals.apply(trial, published_by="trial")
        transaction.set_rollback(True)


def title(document: dict) -> str:
    return document.get("name") or document.get("name_fr") or "—"


def area(document: dict) -> str:
    for place in document.get("service_at_locations", []):
        for address in place.get("location", {}).get("addresses", []):
            if address.get("state_province"):
                return address["state_province"]
    return document.get("state_province", "")


def said_of(error: InvalidListing) -> list[str]:
    """What is wrong with a document, in words."""
    return [text for texts in error.errors.values() for text in texts]


def owners(organization: Organization) -> list[User]:
    found = Membership.objects.owners_of(organization).select_related("user")
    return [membership.user for membership in found]


@transaction.atomic
def edit_as_coordinator(
    document: dict,
    *,
    by: User,
    note: str = "",
    publish_now: bool = False,
    subject: str = Subject.SERVICE,
) -> Proposal:
    """A coordinator's change, live at once and recorded. Raises as `proposals.change`."""
    proposal = proposals.change(
        document,
        origin=Origin.COORDINATOR,
        by=signed(by),
        note=note,
        published_by=signed(by) if publish_now else "",
        subject=subject,
    )
    Change.objects.create(proposal=proposal, user=by)
    changed(proposal)
    return proposal


def changed(proposal: Proposal) -> None:
    """See to what follows from a change that was made."""
    if proposal.subject == Subject.ORGANIZATION:
        forget_mended(proposal.record_id, Subject.ORGANIZATION)
    else:
        WRITTEN[proposal.subject].changed(proposal.record_id)


def prepare(draft: Draft, document: dict) -> dict:
    """A listing as it is sent in: places of others are not changed in passing."""
    document = with_own_places(document, draft.organization)
    return only_pointed_to(document, draft.base)


class ChangedSince(Exception):
    """The record was changed after the page was opened."""


@transaction.atomic
def restore(earlier: Proposal, *, by: User, note: str, seen: int) -> Proposal:
    """Make a listing or an organization as it was after an `earlier` change.

    `seen` is the number of the newest change that whoever restores has seen: raises ChangedSince
    where there is a newer one, ValidationError where it is like this already or says no why, and
    what `proposals.change` raises. Its organization, which other listings share, stays as it is.
    """
    if not note.strip():
        raise ValidationError({"note": _("Say why: it is kept in the history.")})
    hold(alone=False)
    SUBJECTS[earlier.subject].lock(earlier.record_id)
    if Proposal.objects.history(earlier.record_id).values_list("number", flat=True).first() != seen:
        raise ChangedSince
    now = proposals.current(earlier.record_id, earlier.subject) or {}
    document = dict(earlier.after)
    organization = document.get("organization")
    if organization and earlier.subject == Subject.SERVICE:
        same = now.get("organization", {}).get("id") == organization["id"]
        document["organization"] = now["organization"] if same else {"id": organization["id"]}
    if document == now:
        raise ValidationError(_("It is like this already."))
    return edit_as_coordinator(document, by=by, note=note, subject=earlier.subject)


@transaction.atomic
def hide(service: Service, *, by: User | None, why: str) -> None:
    """Out of sight; nothing is deleted."""
    withdraw([service.pk])
    record("listing.hide", by=by, by_words="" if by else "site", about=service, note=why)


@transaction.atomic
def show(service: Service, *, by: User, why: str = "") -> None:
    """Back in sight. Raises ValidationError where it may not be shown."""
    publish([service.pk], by=signed(by))
    record("listing.show", by=by, about=service, note=why)


@transaction.atomic
def confirm(service: Service, *, by: User | None, who: str, origin: str) -> Proposal:
    """A person has checked that the listing is true today; `who`, in words anyone may read.

    It ends what was under way to have it checked, and brings a listing back that was hidden for
    it. Raises InvalidListing and ValidationError where it may not be shown as it is.
    """
    Service.objects.select_for_update().get(pk=service.pk)
    if (newest := just_checked(service, by)) is not None:
        return newest
    document = proposals.current(service.pk)
    document |= {"assured_date": timezone.localdate().isoformat(), "assured_by": who[:200]}
    proposal = proposals.change(document, origin=origin, by=who[:300], note="checked")
    Change.objects.create(proposal=proposal, user=by)
    care = Care.objects.select_for_update().filter(service=service).first()
    if care is not None:
        if care.hidden_at is not None:
            publish([service.pk], by=who[:200])
            record("listing.show", by=by, by_words="" if by else who, about=service, note="checked")
        care.delete()
    CheckRequest.objects.filter(service=service, used_at__isnull=True).update(
        used_at=timezone.now()
    )
    return proposal


def just_checked(service: Service, by: User | None) -> Proposal | None:
    """The newest change, where it is that `by` said this a moment ago: a button pressed twice."""
    newest = Proposal.objects.history(service.pk).select_related("change").first()
    if newest is None or newest.note != "checked" or timezone.now() - newest.applied_at > MOMENT:
        return None
    change = getattr(newest, "change", None)
    return newest if by is not None and change is not None and change.user_id == by.pk else None


@transaction.atomic
def change_own(
    document: dict,
    *,
    by: User,
    organization: Organization,
    note: str,
    subject: str = Subject.SERVICE,
    at_once: bool = False,
) -> Proposal | None:
    """A member's change made in one step: closing, reopening, retiring, the organization itself.

    Live at once for a trusted member's public listing and organization, and where `at_once`;
    else it waits. None where it changes nothing, or waits already. Raises as `send_in`.
    """
    hold(alone=False)
    SUBJECTS[subject].lock(document["id"])
    now = proposals.current(document["id"], subject)
    after = proposals.kept_form(document, subject)
    if now == after or waits(document["id"], after):
        return None
    proposal = proposals.propose(
        document, origin=Origin.PARTNER, by=organization.filed_name, note=note, subject=subject
    )
    if at_once or is_live(organization, document["id"], subject):
        proposals.apply(proposal)
        Change.objects.create(proposal=proposal, user=by)
        changed(proposal)
        return proposal
    with transaction.atomic():  # whether it could be written
        proposals.apply(Proposal.objects.get(pk=proposal.pk))
        transaction.set_rollback(True)
    kind = WRITTEN.get(subject, WRITTEN[Subject.SERVICE])
    submission = review.submit(
        kind.kind,
        title=title(document),
        by=by,
        organization=organization,
        area=kind.area(document),
    )
    Change.objects.create(proposal=proposal, user=by, submission=submission)
    return proposal


def is_live(organization: Organization, record_id, subject: str) -> bool:
    if not Member.objects.filter(organization=organization, trusted=True).exists():
        return False
    return subject == Subject.ORGANIZATION or WRITTEN[subject].is_shown(record_id)


def waits(record_id, after: dict) -> bool:
    """Whether just this has been sent in and nobody has decided."""
    return Proposal.objects.filter(
        record_id=record_id,
        applied_at__isnull=True,
        after=after,
        change__submission__state=State.WAITING,
    ).exists()


@transaction.atomic
def set_status(
    service: Service, status: str, *, by: User, note: str, alerts: dict[str, str] | None = None
) -> Proposal | None:
    """Close for a while, reopen or retire, with what is to be said about it. As `change_own`."""
    hold(alone=False)
    SUBJECTS[Subject.SERVICE].lock(service.pk)  # what it says is read once nobody else changes it
    document = proposals.current(service.pk)
    for key in ("alert", "alert_fr"):
        document.pop(key, None)
    document |= {"status": status, **(alerts or {})}
    return change_own(document, by=by, organization=service.organization, note=note)


@transaction.atomic
def count_free(service: Service, free: dict[str, int], *, by: User) -> Proposal | None:
    """How many are free now, by the identifier of each capacity: true at once for any member.

    Raises ValidationError for a number above the maximum, InvalidListing.
    """
    Service.objects.select_for_update().get(pk=service.pk)
    document = proposals.current(service.pk)
    counted = timezone.now().isoformat()
    for capacity in document.get("capacities", []):
        if capacity["id"] not in free:
            continue
        if capacity.get("maximum") is not None and free[capacity["id"]] > capacity["maximum"]:
            raise ValidationError(_("More are free than there are in all."))
        if capacity["available"] == free[capacity["id"]] and is_just_now(capacity["updated"]):
            continue  # the same page sent twice
        capacity |= {"available": free[capacity["id"]], "updated": counted}
    return change_own(
        document, by=by, organization=service.organization, note="capacity", at_once=True
    )


def is_just_now(counted: str) -> bool:
    return timezone.now() - datetime.datetime.fromisoformat(counted) < MOMENT


@transaction.atomic
def duplicate(service: Service, *, by: User) -> Draft:
    """Begin a new listing with all that another one says, under identifiers of its own.

    Who checked it, and the steward's consent, are about the other one.
    """
    document = anew(proposals.current(service.pk), SERVICE)
    for key in ("slug", "assured_date", "assured_by", "steward_consented_on", "alert", "alert_fr"):
        document.pop(key, None)
    document["status"] = ServiceStatus.ACTIVE.value
    for key, word in (("name", "copy"), ("name_fr", "copie")):
        if document.get(key):
            document[key] = f"{document[key][:290]} ({word})"
    User.objects.select_for_update().get(pk=by.pk)  # one at a time
    names = {key: document[key] for key in ("name", "name_fr") if key in document}
    lately = Draft.objects.filter(
        organization=service.organization,
        author=by,
        base__isnull=True,
        revision=1,
        document__contains=names,
        created_at__gt=timezone.now() - MOMENT,
    )
    if again := lately.first():
        return again  # the button was pressed twice
    draft = Draft(organization=service.organization, author=by)
    document["id"] = str(draft.record_id)
    draft.document = document
    draft.save()
    return draft


@transaction.atomic
def rebase(draft: Draft, document: dict, base: dict) -> Draft:
    """Go on from what the listing has become meanwhile."""
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    draft.base, draft.document = base, proposals.plain(document)
    draft.updated_at = timezone.now()
    draft.revision += 1
    draft.save()
    return draft


@transaction.atomic
def discard(draft: Draft, *, by: User) -> None:
    """Throw a draft away, and take back what it had sent in."""
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if draft.submission is not None and draft.submission.state in (State.WAITING, State.RETURNED):
        review.withdraw(draft.submission, by=by)
    draft.delete()


@transaction.atomic
def take_over(draft: Draft, *, by: User) -> Draft:
    """Go on with what somebody of the same organization has begun.

    Raises ValidationError where `by` writes the same listing already.
    """
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if Draft.objects.filter(author=by, record_id=draft.record_id).exclude(pk=draft.pk).exists():
        raise ValidationError(_("You are writing this already."))
    draft.author = by
    draft.save(update_fields=["author"])
    return draft
